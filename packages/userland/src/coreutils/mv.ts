/** mv(1): a host has one file system, so that a move is always a rename. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { pairs } from './destination.ts';
import { tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'mv',
  usage: 'mv [-fnv] source... destination',
  options: [
    { names: ['-f', '--force'], help: 'never ask (it never does)' },
    { names: ['-n', '--no-clobber'], help: 'never over an existing file' },
    { names: ['-t', '--target-directory'], value: 'directory', help: 'move into it' },
    { names: ['-v', '--verbose'], help: 'say what is moved' },
  ],
};

export const main = tool(options, async ({ sys, options: given, operands, fail, attempt }) => {
  for (const { from, to } of await pairs(sys, 'mv', operands, given.value('-t'))) {
    try {
      await sys.lstat(from);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await fail(`cannot stat '${from}': ${error.reason.text}`);
      continue;
    }
    if (from === to) {
      await fail(`'${from}' and '${to}' are the same file`);
      continue;
    }
    await attempt(`cannot move '${from}' to '${to}'`, async () => {
      if (given.has('-n') && (await exists(sys.lstat(to)))) return;
      await sys.rename(from, to);
      if (given.has('-v')) await print(sys, `renamed '${from}' -> '${to}'\n`);
    });
  }
  return 0;
});

async function exists(looking: Promise<unknown>): Promise<boolean> {
  try {
    await looking;
    return true;
  } catch (error) {
    if (error instanceof SysError) return false;
    throw error;
  }
}
