/** rm(1): it never asks. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { missingOperand, type ToolCall, tool } from './tool.ts';
import { baseName, walk } from './walk.ts';

export const options: ProgramOptions = {
  name: 'rm',
  usage: 'rm [-dfrRv] file...',
  options: [
    { names: ['-f', '--force'], help: 'files that do not exist are no error' },
    { names: ['-r', '-R', '--recursive'], help: 'directories with all that is in them' },
    { names: ['-d', '--dir'], help: 'empty directories, too' },
    { names: ['-v', '--verbose'], help: 'say what is removed' },
  ],
};

async function removeTree({ sys, options: given, fail }: ToolCall, path: string): Promise<void> {
  for await (const entry of walk(sys, path, true)) {
    if (entry.type === 'unreadable') {
      if (entry.error?.code === 'ENOENT' && given.has('-f')) continue;
      await fail(`cannot remove '${entry.path}': ${entry.error?.reason.text}`);
      continue;
    }
    try {
      if (entry.type === 'directory') await sys.rmdir(entry.path);
      else await sys.unlink(entry.path);
      if (given.has('-v'))
        await print(sys, `removed ${entry.type === 'directory' ? 'directory ' : ''}'${entry.path}'\n`);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await fail(`cannot remove '${entry.path}': ${error.reason.text}`);
    }
  }
}

export const main = tool(options, async (call) => {
  const { sys, options: given, operands, fail, attempt } = call;
  if (operands.length === 0 && !given.has('-f')) throw missingOperand('rm');
  for (const path of operands) {
    if (path === '/' && given.has('-r')) {
      await fail("it is dangerous to operate recursively on '/'");
      continue;
    }
    const name = baseName(path);
    if (given.has('-r') && (name === '.' || name === '..')) {
      await fail(`refusing to remove '.' or '..' directory: skipping '${path}'`);
      continue;
    }
    if (given.has('-r')) {
      await removeTree(call, path);
      continue;
    }
    await attempt(`cannot remove '${path}'`, async () => {
      try {
        const directory = (await sys.lstat(path)).type === 'directory';
        if (directory && !given.has('-d')) return await fail(`cannot remove '${path}': Is a directory`);
        await (directory ? sys.rmdir(path) : sys.unlink(path));
        if (given.has('-v')) await print(sys, `removed ${directory ? 'directory ' : ''}'${path}'\n`);
      } catch (error) {
        const missing = error instanceof SysError && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
        if (!missing || !given.has('-f')) throw error;
      }
    });
  }
  return 0;
});
