/** tee(1): standard input to standard output and into files. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { writeAll } from '../lib/stdio.ts';
import { tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'tee',
  usage: 'tee [-ai] [file...]',
  options: [
    { names: ['-a', '--append'], help: 'at the end of files' },
    { names: ['-i', '--ignore-interrupts'], help: 'ignore Ctrl-C' },
  ],
};

export const main = tool(options, async ({ sys, options: given, operands, attempt, fail }) => {
  if (given.has('-i')) await sys.sigaction('SIGINT', 'ignore');
  const append = given.has('-a');
  const outputs = new Map([[1, 'standard output']]);
  for (const name of operands) {
    await attempt(name, async () => {
      outputs.set(await sys.open(name, { write: true, create: true, append, truncate: !append }), name);
    });
  }
  for (;;) {
    const data = await sys.read(0, 65536);
    if (data.length === 0) return 0;
    for (const [fd, name] of outputs) {
      try {
        await writeAll(sys, fd, data);
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
        outputs.delete(fd);
        await fail(`${name}: ${error.reason.text}`);
      }
    }
  }
});
