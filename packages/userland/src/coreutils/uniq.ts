/** uniq(1): one of each run of equal lines. */
import type { ProgramOptions } from '../lib/options.ts';
import { withFile, writeAll } from '../lib/stdio.ts';
import { decodeText, encodeText, splitLines, writeText } from './text.ts';
import { parseCount, quote, readOperand, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'uniq',
  usage: 'uniq [-cdiu] [-f fields] [-s chars] [input [output]]',
  options: [
    { names: ['-c', '--count'], help: 'before each line, how often it came' },
    { names: ['-d', '--repeated'], help: 'only lines that came more than once' },
    { names: ['-u', '--unique'], help: 'only lines that came once' },
    { names: ['-i', '--ignore-case'], help: 'capitals and small letters are equal' },
    { names: ['-f', '--skip-fields'], value: 'fields', help: 'leave the first fields out of the comparison' },
    { names: ['-s', '--skip-chars'], value: 'chars', help: 'leave the first characters out of the comparison' },
  ],
};

export const main = tool(options, async ({ sys, options: given, operands }) => {
  if (operands.length > 2) throw new ToolError(`extra operand ${quote(operands[2]!)}`);
  const fields = parseCount(given.value('-f') ?? '0', 'invalid number of fields to skip');
  const chars = parseCount(given.value('-s') ?? '0', 'invalid number of bytes to skip');
  const keyOf = (line: string): string => {
    let rest = line;
    for (let i = 0; i < fields && rest !== ''; i++) rest = rest.replace(/^[ \t]*[^ \t]*/, '');
    rest = rest.slice(chars);
    return given.has('-i') ? rest.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : rest;
  };
  const lines = splitLines(decodeText(await readOperand(sys, operands[0] ?? '-')));
  let text = '';
  for (let from = 0; from < lines.length; ) {
    let to = from + 1;
    while (to < lines.length && keyOf(lines[to]!) === keyOf(lines[from]!)) to++;
    const count = to - from;
    const shown = !(given.has('-d') && count === 1) && !(given.has('-u') && count > 1);
    if (shown) text += `${given.has('-c') ? `${String(count).padStart(7)} ` : ''}${lines[from]}\n`;
    from = to;
  }
  const output = operands[1];
  if (output === undefined || output === '-') await writeText(sys, text);
  else {
    const flags = { write: true, create: true, truncate: true };
    await withFile(sys, output, flags, (fd) => writeAll(sys, fd, encodeText(text)));
  }
  return 0;
});
