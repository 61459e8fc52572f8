/** xargs(1): builds command lines from standard input. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { printError, readAll } from '../lib/stdio.ts';
import { runCommand } from './run-command.ts';
import { decodeText, splitLines } from './text.ts';
import { parseCount, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'xargs',
  usage: 'xargs [-0rt] [-n count] [-I text] [-d delimiter] [command [argument...]]',
  options: [
    { names: ['-0', '--null'], help: 'items end with a zero byte' },
    { names: ['-d', '--delimiter'], value: 'delimiter', help: 'items end with this character' },
    { names: ['-n', '--max-args'], value: 'count', help: 'so many items at a time' },
    { names: ['-I'], value: 'text', help: 'a line at a time, in place of this text' },
    { names: ['-r', '--no-run-if-empty'], help: 'no items, no command' },
    { names: ['-t', '--verbose'], help: 'show each command before it runs' },
  ],
};

/** POSIX xargs: blanks and newlines separate, quotes and backslashes protect. */
function splitQuoted(text: string): string[] {
  const items: string[] = [];
  let item: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === ' ' || c === '\t' || c === '\n') {
      if (item !== undefined) items.push(item);
      item = undefined;
    } else if (c === '"' || c === "'") {
      const end = text.indexOf(c, i + 1);
      const newline = text.indexOf('\n', i + 1);
      if (end < 0 || (newline >= 0 && newline < end)) {
        const kind = c === '"' ? 'double' : 'single';
        throw new ToolError(
          `unmatched ${kind} quote; by default quotes are special to xargs unless you use the -0 option`,
        );
      }
      item = (item ?? '') + text.slice(i + 1, end);
      i = end;
    } else if (c === '\\' && i + 1 < text.length) item = (item ?? '') + text[++i]!;
    else item = (item ?? '') + c;
  }
  if (item !== undefined) items.push(item);
  return items;
}

function delimiterOf(text: string): string {
  const escapes = new Map([
    ['\\n', '\n'],
    ['\\t', '\t'],
    ['\\0', '\0'],
  ]);
  const delimiter = escapes.get(text) ?? text;
  if ([...delimiter].length !== 1)
    throw new ToolError(
      `Invalid input delimiter specification ${text}: the delimiter must be either a single character or an escape sequence starting with \\.`,
    );
  return delimiter;
}

const MAX_ITEMS = 4096;

export const main = tool(
  options,
  async ({ sys, options: given, operands }) => {
    const replaced = given.value('-I');
    const delimiter = given.has('-0') ? '\0' : given.value('-d');
    const text = decodeText(await readAll(sys, 0));
    let items: string[];
    if (delimiter !== undefined) {
      const character = delimiterOf(delimiter);
      items = text === '' ? [] : (text.endsWith(character) ? text.slice(0, -1) : text).split(character);
    } else if (replaced !== undefined)
      items = splitLines(text)
        .map((line) => line.trimStart())
        .filter((line) => line !== '');
    else items = splitQuoted(text);
    const size =
      replaced !== undefined ? 1 : parseCount(given.value('-n') ?? String(MAX_ITEMS), 'invalid number for -n option');
    if (size === 0) throw new ToolError('value 0 for -n option should be >= 1');
    const command = operands.length === 0 ? ['echo'] : operands;
    const batches: string[][] = [];
    for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
    if (batches.length === 0 && !given.has('-r') && replaced === undefined) batches.push([]);
    let status = 0;
    for (const batch of batches) {
      const argv =
        replaced === undefined ? [...command, ...batch] : command.map((word) => word.replaceAll(replaced, batch[0]!));
      if (given.has('-t')) await printError(sys, `${argv.join(' ')}\n`);
      try {
        const result = await runCommand(sys, argv);
        if (result.signal !== undefined) throw new ToolError(`${argv[0]}: terminated by signal`, 125);
        // Status 255 ends xargs at once; any other failure is 123 at the end (POSIX xargs).
        if (result.code === 255) throw new ToolError(`${argv[0]}: exited with status 255; aborting`, 124);
        if (result.code !== 0) status = 123;
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
        throw new ToolError(`${argv[0]}: ${error.reason.text}`, error.code === 'ENOENT' ? 127 : 126);
      }
    }
    return status;
  },
  { stopAtOperand: true },
);
