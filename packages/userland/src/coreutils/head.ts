/** head(1): the first lines or bytes of files. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { readAll, withFile, writeAll } from '../lib/stdio.ts';
import { parseCount, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'head',
  usage: 'head [-c bytes | -n lines] [-qv] [file...]',
  options: [
    { names: ['-n', '--lines'], value: 'lines', help: 'first lines; -N: all but the last N' },
    { names: ['-c', '--bytes'], value: 'bytes', help: 'first bytes; -N: all but the last N' },
    { names: ['-q', '--quiet', '--silent'], help: 'no headers with file names' },
    { names: ['-v', '--verbose'], help: 'always headers with file names' },
  ],
};

const NEWLINE = 10;
const BLOCK = 8192;

interface Wanted {
  readonly unit: 'lines' | 'bytes';
  readonly count: number;
  /** Everything but the last `count`. */
  readonly allBut: boolean;
}

/** Index behind the `count`th newline, or the length when there are fewer. */
function afterLines(data: Uint8Array, count: number): number {
  let at = 0;
  for (let i = 0; i < count; i++) {
    const newline = data.indexOf(NEWLINE, at);
    if (newline < 0) return data.length;
    at = newline + 1;
  }
  return at;
}

function countLines(data: Uint8Array): number {
  let count = data.length > 0 && data[data.length - 1] !== NEWLINE ? 1 : 0;
  for (const byte of data) if (byte === NEWLINE) count++;
  return count;
}

async function show(sys: Sys, fd: number, wanted: Wanted): Promise<void> {
  if (wanted.allBut) {
    const data = await readAll(sys, fd);
    const total = wanted.unit === 'bytes' ? data.length : countLines(data);
    const keep = Math.max(0, total - wanted.count);
    await writeAll(sys, 1, data.subarray(0, wanted.unit === 'bytes' ? keep : afterLines(data, keep)));
    return;
  }
  // Stops reading as soon as it has enough, so that a writer that never ends gets its broken pipe.
  for (let left = wanted.count; left > 0; ) {
    const data = await sys.read(fd, BLOCK);
    if (data.length === 0) return;
    const end = wanted.unit === 'bytes' ? Math.min(left, data.length) : afterLines(data, left);
    const part = data.subarray(0, end);
    await writeAll(sys, 1, part);
    if (wanted.unit === 'bytes') left -= part.length;
    else for (const byte of part) if (byte === NEWLINE) left--;
  }
}

/** `-5` as first argument is the historical spelling of `-n 5`. */
export function withHistoricalCount(argv: readonly string[]): readonly string[] {
  const match = /^-([0-9]+)$/.exec(argv[1] ?? '');
  return match === null ? argv : [argv[0]!, '-n', match[1]!, ...argv.slice(2)];
}

const program = tool(options, async ({ sys, options: given, operands, attempt }) => {
  const unit = given.has('-c') ? 'bytes' : 'lines';
  const text = given.value(unit === 'bytes' ? '-c' : '-n') ?? '10';
  const allBut = text.startsWith('-');
  const wanted = {
    unit,
    allBut,
    count: parseCount(allBut ? text.slice(1) : text, `invalid number of ${unit}`),
  } as const;
  const headers = given.has('-v') || (operands.length > 1 && !given.has('-q'));
  let first = true;
  for (const name of operands.length === 0 ? ['-'] : operands) {
    await attempt(`cannot open '${name}' for reading`, async () => {
      const run = async (fd: number): Promise<void> => {
        if (headers) await writeAll(sys, 1, `${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
        first = false;
        await show(sys, fd, wanted);
      };
      if (name === '-') await run(0);
      else await withFile(sys, name, { read: true }, run);
    });
  }
  return 0;
});

export const main: typeof program = (sys, argv) => program(sys, withHistoricalCount(argv));
