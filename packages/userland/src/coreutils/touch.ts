/** touch(1): makes empty files, and gives existing ones the present time. Times of one's own choice (-d, -t) are not offered. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { withFile } from '../lib/stdio.ts';
import { ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'touch',
  usage: 'touch [-c] file...',
  options: [{ names: ['-c', '--no-create'], help: 'make no files' }],
};

export const main = tool(options, async ({ sys, options: given, operands, attempt }) => {
  if (operands.length === 0) throw new ToolError("missing file operand\nTry 'touch --help' for more information.");
  for (const path of operands) {
    // GNU: a dash is standard output, whose time nobody sees here.
    if (path === '-') continue;
    await attempt(`cannot touch '${path}'`, async () => {
      try {
        const flags = { write: true, create: !given.has('-c') };
        // Setting the size that a file has anyway marks it as changed now (ftruncate(2)).
        await withFile(sys, path, flags, async (fd) => sys.ftruncate(fd, (await sys.fstat(fd)).size));
      } catch (error) {
        const missing = error instanceof SysError && error.code === 'ENOENT' && given.has('-c');
        if (!missing) throw error;
      }
    });
  }
  return 0;
});
