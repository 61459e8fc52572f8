/** rmdir(1). */
import type { ProgramOptions } from '../lib/options.ts';
import { missingOperand, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'rmdir',
  usage: 'rmdir [-p] directory...',
  options: [{ names: ['-p', '--parents'], help: 'and then its parents' }],
};

export const main = tool(options, async ({ sys, options: given, operands, attempt }) => {
  if (operands.length === 0) throw missingOperand('rmdir');
  for (const operand of operands) {
    let path = operand.replace(/\/+$/, '') || '/';
    await attempt(`failed to remove '${operand}'`, () => sys.rmdir(path));
    while (given.has('-p') && path.lastIndexOf('/') > 0) {
      path = path.slice(0, path.lastIndexOf('/')).replace(/\/+$/, '');
      const parent = path;
      await attempt(`failed to remove directory '${parent}'`, () => sys.rmdir(parent));
    }
  }
  return 0;
});
