/** cut(1): parts of lines, by bytes, characters or fields. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { withFile, writeAll } from '../lib/stdio.ts';
import { encodeText, linesOf, writeText } from './text.ts';
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

const NEWLINE = Uint8Array.of(10);

/** GNU cut's characters are bytes. Pieces that do not touch are joined by the output delimiter. */
function cutBytes(bytes: Uint8Array, ranges: Ranges, complement: boolean, joiner: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from++) {
    if (!chosen(ranges, from + 1, complement)) continue;
    let to = from + 1;
    while (to < bytes.length && chosen(ranges, to + 1, complement)) to++;
    if (parts.length > 0) parts.push(joiner);
    parts.push(bytes.subarray(from, to));
    from = to;
  }
  return concatBytes(parts);
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
  if (fields === undefined && given.has('-s')) {
    throw new ToolError(
      "suppressing non-delimited lines makes sense\n\tonly when operating on fields\nTry 'cut --help' for more information.",
    );
  }
  const ranges = parseList(fields ?? positions!, fields === undefined ? 'byte/character' : 'field');
  const delimiter = given.value('-d') ?? '\t';
  if ([...delimiter].length !== 1)
    throw new ToolError("the delimiter must be a single character\nTry 'cut --help' for more information.");
  const complement = given.has('--complement');
  const joiner = given.value('--output-delimiter') ?? (fields === undefined ? '' : delimiter);
  const cut = (line: string): string | undefined => {
    if (fields !== undefined && !line.includes(delimiter)) return given.has('-s') ? undefined : line;
    const kept = line.split(delimiter).filter((_, index) => chosen(ranges, index + 1, complement));
    return kept.join(joiner);
  };
  for (const name of operands.length === 0 ? ['-'] : operands) {
    const run = async (fd: number): Promise<void> => {
      for await (const { text, bytes } of linesOf(sys, fd)) {
        if (fields === undefined) {
          await writeAll(sys, 1, concatBytes([cutBytes(bytes, ranges, complement, encodeText(joiner)), NEWLINE]));
          continue;
        }
        const shown = cut(text);
        if (shown !== undefined) await writeText(sys, `${shown}\n`);
      }
    };
    await attempt(name, () => (name === '-' ? run(0) : withFile(sys, name, { read: true }, run)));
  }
  return 0;
});
