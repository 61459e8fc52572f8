/** yes(1): the same line until nobody reads it any more. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { SysError } from '@netarium/core/base/errno.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { withHelp } from '../lib/help.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { printError, writeAll } from '../lib/stdio.ts';
import { encodeText } from './text.ts';

export const options: ProgramOptions = { name: 'yes', usage: 'yes [text...]', options: [] };

const BUFFER = 8192;

export const main: Program = withHelp(options, async (sys, argv) => {
  const line = encodeText(`${argv.length > 1 ? argv.slice(1).join(' ') : 'y'}\n`);
  const copies = Math.max(1, Math.floor(BUFFER / line.length));
  const data = concatBytes(new Array<Uint8Array>(copies).fill(line));
  try {
    for (;;) await writeAll(sys, 1, data);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    await printError(sys, `yes: standard output: ${error.reason.text}\n`);
    return 1;
  }
});
