/** tail(1): the last lines or bytes of files. Following a growing file (-f) is not offered. */
import type { ProgramOptions } from '../lib/options.ts';
import { printError, writeAll } from '../lib/stdio.ts';
import { withHistoricalCount } from './head.ts';
import { parseCount, readOperand, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'tail',
  usage: 'tail [-c bytes | -n lines] [-qv] [file...]',
  options: [
    { names: ['-n', '--lines'], value: 'lines', help: 'last lines; +N: from line N on' },
    { names: ['-c', '--bytes'], value: 'bytes', help: 'last bytes; +N: from byte N on' },
    { names: ['-q', '--quiet', '--silent'], help: 'no headers with file names' },
    { names: ['-v', '--verbose'], help: 'always headers with file names' },
  ],
};

const NEWLINE = 10;

/** Where the last `count` lines begin. */
function startOfLast(data: Uint8Array, count: number): number {
  if (count === 0) return data.length;
  let at = data.length;
  if (at > 0 && data[at - 1] === NEWLINE) at--;
  for (let i = 0; i < count; i++) {
    if (at === 0) return 0;
    at = data.lastIndexOf(NEWLINE, at - 1);
    if (at < 0) return 0;
  }
  return at + 1;
}

/** Where line `number` begins, counted from 1. */
function startOfLine(data: Uint8Array, number: number): number {
  let at = 0;
  for (let line = 1; line < number; line++) {
    const newline = data.indexOf(NEWLINE, at);
    if (newline < 0) return data.length;
    at = newline + 1;
  }
  return at;
}

const program = tool(options, async ({ sys, options: given, operands, attempt }) => {
  const unit = given.has('-c') ? 'bytes' : 'lines';
  const text = given.value(unit === 'bytes' ? '-c' : '-n') ?? '10';
  const fromStart = text.startsWith('+');
  const count = parseCount(text.replace(/^[-+]/, ''), `invalid number of ${unit}`);
  // Nothing is wanted, so nothing is read and no header shown.
  if (count === 0 && !fromStart) return 0;
  const headers = given.has('-v') || (operands.length > 1 && !given.has('-q'));
  let first = true;
  for (const name of operands.length === 0 ? ['-'] : operands) {
    await attempt(`cannot open '${name}' for reading`, async () => {
      const data = await readOperand(sys, name);
      if (headers) await writeAll(sys, 1, `${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      first = false;
      let start: number;
      if (unit === 'lines') start = fromStart ? startOfLine(data, count) : startOfLast(data, count);
      else start = fromStart ? Math.max(0, count - 1) : Math.max(0, data.length - count);
      await writeAll(sys, 1, data.subarray(start));
    });
  }
  return 0;
});

export const main: typeof program = async (sys, argv) => {
  const historical = /^-([0-9]+)$/.exec(argv[1] ?? '');
  if (historical !== null && argv.length > 3) {
    await printError(sys, `${argv[0]}: option used in invalid context -- ${historical[1]}\n`);
    return 1;
  }
  return program(sys, withHistoricalCount(argv));
};
