/** pwd(1) as a program. The shell has its own. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'pwd',
  usage: 'pwd [-LP]',
  options: [
    { names: ['-L', '--logical'], help: 'PWD of the environment, links and all' },
    { names: ['-P', '--physical'], help: 'without links (the default)' },
  ],
};

export const main = tool(options, async ({ sys, options: given }) => {
  const physical = await sys.getcwd();
  const logical = given.has('-L') ? (await sys.getenv()).PWD : undefined;
  let shown = physical;
  if (logical?.startsWith('/')) {
    try {
      if ((await sys.stat(logical)).ino === (await sys.stat(physical)).ino) shown = logical;
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  }
  await print(sys, `${shown}\n`);
  return 0;
});
