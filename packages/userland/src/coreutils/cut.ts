/** cut(1): parts of lines, by bytes, characters or fields. */
import type { ProgramOptions } from '../lib/options.ts';
import { withFile } from '../lib/stdio.ts';
import { linesOf, writeText } from './text.ts';
import { quote, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'cut',
  usage: 'cut -b list | -c list | -f list [-d delimiter] [-s] [file...]',
  options: [
    { names: ['-b', '--bytes'], value: 'list', help: 'these characters (as -c)' },
    { names: ['-c', '--characters'], value: 'list', help: 'these characters' },
    { names: ['-f', '--fields'], value: 'list', help: 'these fields' },
    { names: ['-d', '--delimiter'], value: 'delimiter', help: 'between fields; a tab unless given' },
    { names: ['-s', '--only-delimited'], help: 'no lines without a delimiter' },
    { names: ['--complement'], help: 'all but these' },
    { names: ['--output-delimiter'], value: 'text', help: 'between fields in the output' },
  ],
};

type Ranges = readonly (readonly [from: number, to: number])[];

function parseList(text: string, what: string): Ranges {
  return text.split(/[, ]/).map((item) => {
    const match = /^([0-9]{0,15})(-?)([0-9]{0,15})$/.exec(item);
    if (match === null || (match[1] === '' && match[3] === ''))
      throw new ToolError(`invalid ${what} value ${quote(item)}\nTry 'cut --help' for more information.`);
    const from = match[1] === '' ? 1 : Number(match[1]);
    const to = match[2] === '' ? from : match[3] === '' ? Number.MAX_SAFE_INTEGER : Number(match[3]);
    if (from === 0)
      throw new ToolError(
        `${what === 'field' ? 'fields' : 'byte/character positions'} are numbered from 1\nTry 'cut --help' for more information.`,
      );
    if (to < from) throw new ToolError("invalid decreasing range\nTry 'cut --help' for more information.");
    return [from, to] as const;
  });
}

function chosen(ranges: Ranges, index: number, complement: boolean): boolean {
  return ranges.some(([from, to]) => index >= from && index <= to) !== complement;
}

export const main = tool(options, async ({ sys, options: given, operands, attempt }) => {
  const fields = given.value('-f');
  const positions = given.value('-c') ?? given.value('-b');
  if (fields === undefined && positions === undefined) {
    throw new ToolError(
      "you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.",
    );
  }
  if (fields !== undefined && positions !== undefined)
    throw new ToolError("only one list may be specified\nTry 'cut --help' for more information.");
  const ranges = parseList(fields ?? positions!, fields === undefined ? 'byte/character' : 'field');
  const delimiter = given.value('-d') ?? '\t';
  if ([...delimiter].length !== 1)
    throw new ToolError("the delimiter must be a single character\nTry 'cut --help' for more information.");
  const complement = given.has('--complement');
  const joiner = given.value('--output-delimiter') ?? (fields === undefined ? '' : delimiter);
  const cut = (line: string): string | undefined => {
    if (fields !== undefined && !line.includes(delimiter)) return given.has('-s') ? undefined : line;
    const pieces = fields === undefined ? [...line] : line.split(delimiter);
    return pieces.filter((_, index) => chosen(ranges, index + 1, complement)).join(joiner);
  };
  for (const name of operands.length === 0 ? ['-'] : operands) {
    const run = async (fd: number): Promise<void> => {
      for await (const { text } of linesOf(sys, fd)) {
        const shown = cut(text);
        if (shown !== undefined) await writeText(sys, `${shown}\n`);
      }
    };
    await attempt(name, () => (name === '-' ? run(0) : withFile(sys, name, { read: true }, run)));
  }
  return 0;
});
