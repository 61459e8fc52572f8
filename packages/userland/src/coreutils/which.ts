/** which(1): where PATH finds a program. */
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { findInPath } from './run-command.ts';
import { tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'which',
  usage: 'which [-a] name...',
  options: [{ names: ['-a'], help: 'every place, not only the first' }],
};

export const main = tool(options, async ({ sys, options: given, operands }) => {
  const path = (await sys.getenv()).PATH ?? '';
  let status = operands.length === 0 ? 1 : 0;
  for (const name of operands) {
    const directories = name.includes('/') ? [''] : path.split(':');
    let found = false;
    for (const directory of directories) {
      const place = await findInPath(sys, name.includes('/') ? name : `${directory || '.'}/${name}`, '');
      if (place === undefined || !(await runs(place))) continue;
      found = true;
      await print(sys, `${place}\n`);
      if (!given.has('-a')) break;
    }
    if (!found) status = 1;
  }
  return status;

  async function runs(place: string): Promise<boolean> {
    try {
      await sys.access(place, 'execute');
      return (await sys.stat(place)).type === 'file';
    } catch {
      return false;
    }
  }
});
