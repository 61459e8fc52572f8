/** `make-csv [--rows N] FILE`: writes the file of the notes' CSV question (`erotic-csv.ts`), under a temporary name first. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError, tool } from '../../coreutils/tool.ts';
import { countOption } from '../../lib/option-values.ts';
import type { ProgramOptions } from '../../lib/options.ts';
import { print, writeAll } from '../../lib/stdio.ts';
import { replaceFile } from '../lib/replace-file.ts';
import { HEADER, NOTES_ROWS, RowMaker } from './erotic-csv.ts';

const MAX_ROWS = 999_999_999;
const WRITE_BYTES = 262_144;

export const options: ProgramOptions = {
  name: 'make-csv',
  usage: 'make-csv [--rows N] FILE',
  options: [{ names: ['--rows'], value: 'N', help: `rows after the header (${NOTES_ROWS})` }],
};

export const main = tool(
  options,
  async ({ sys, options: given, operands: [path, ...more] }) => {
    if (path === undefined || more.length > 0) throw new ToolError(`usage: ${options.usage}`, 2);
    const rows = countOption('make-csv', given, '--rows', NOTES_ROWS, 0, MAX_ROWS);
    const bytes = await replaceFile(sys, path, (fd) => writeRows(sys, fd, rows));
    await print(sys, `${path}: ${rows} rows, ${bytes} bytes\n`);
    return 0;
  },
  { usageStatus: 2 },
);

async function writeRows(sys: Sys, fd: number, rows: number): Promise<number> {
  const header = encodeUtf8(HEADER);
  await writeAll(sys, fd, header);
  let total = header.length;
  for (const maker = new RowMaker(rows); !maker.done; ) {
    const out = new Uint8Array(WRITE_BYTES);
    const bytes = out.subarray(0, maker.fill(out));
    await writeAll(sys, fd, bytes);
    total += bytes.length;
  }
  return total;
}
