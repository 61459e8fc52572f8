/** wc(1): lines, words, characters and bytes. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { readOperand, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'wc',
  usage: 'wc [-clmwL] [file...]',
  options: [
    { names: ['-l', '--lines'], help: 'count newlines' },
    { names: ['-w', '--words'], help: 'count words' },
    { names: ['-m', '--chars'], help: 'count characters' },
    { names: ['-c', '--bytes'], help: 'count bytes' },
    { names: ['-L', '--max-line-length'], help: 'length of the longest line' },
  ],
};

const COLUMNS = ['-l', '-w', '-m', '-c', '-L'] as const;
type Counts = Readonly<Record<(typeof COLUMNS)[number], number>>;

const TAB = 8;

/** Columns that a line takes on a terminal: tabs lead to the next multiple of eight. */
function columnsOf(line: string): number {
  let columns = 0;
  for (const c of line) {
    if (c === '\t') columns += TAB - (columns % TAB);
    else if (c >= ' ') columns++;
  }
  return columns;
}

function count(data: Uint8Array): Counts {
  const text = decodeUtf8(data);
  const lines = text.split('\n');
  let longest = 0;
  for (const line of lines) longest = Math.max(longest, columnsOf(line));
  return {
    '-l': lines.length - 1,
    '-w': text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '').length,
    '-m': [...text].length,
    '-c': data.length,
    '-L': longest,
  };
}

export const main = tool(options, async ({ sys, options: given, operands, attempt }) => {
  const stated = COLUMNS.filter((column) => given.has(column));
  const columns = stated.length > 0 ? stated : (['-l', '-w', '-c'] as const);
  const rows: { name: string; counts: Counts }[] = [];
  for (const name of operands.length === 0 ? ['-'] : operands) {
    await attempt(name, async () => {
      rows.push({ name: operands.length === 0 ? '' : name, counts: count(await readOperand(sys, name)) });
    });
  }
  if (operands.length > 1) rows.push({ name: 'total', counts: total(rows.map((row) => row.counts)) });
  // GNU wc: as wide as the largest byte count; seven columns where standard input has no size; one number needs no width.
  const single = columns.length === 1 && operands.length <= 1;
  const widest = Math.max(...rows.map((row) => String(row.counts['-c']).length), 1);
  const fromStdin = operands.length === 0 || operands.includes('-');
  const sizeless = fromStdin && (await sys.fstat(0)).type !== 'file';
  const width = single ? 1 : sizeless ? Math.max(7, widest) : widest;
  for (const { name, counts } of rows) {
    const numbers = columns.map((column) => String(counts[column]).padStart(width)).join(' ');
    await print(sys, `${numbers}${name === '' ? '' : ` ${name}`}\n`);
  }
  return 0;
});

function total(all: readonly Counts[]): Counts {
  const sum = (column: (typeof COLUMNS)[number]): number => all.reduce((value, counts) => value + counts[column], 0);
  return {
    '-l': sum('-l'),
    '-w': sum('-w'),
    '-m': sum('-m'),
    '-c': sum('-c'),
    '-L': Math.max(0, ...all.map((counts) => counts['-L'])),
  };
}
