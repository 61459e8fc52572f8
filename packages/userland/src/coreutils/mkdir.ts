/** mkdir(1). */
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { isDirectory } from './destination.ts';
import { applyMode } from './mode.ts';
import { missingOperand, quote, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'mkdir',
  usage: 'mkdir [-pv] [-m mode] directory...',
  options: [
    { names: ['-p', '--parents'], help: 'with its parents; none of them is an error' },
    { names: ['-v', '--verbose'], help: 'say what is made' },
    { names: ['-m', '--mode'], value: 'mode', help: 'permissions, as chmod takes them' },
  ],
};

export const main = tool(options, async ({ sys, options: given, operands, attempt }) => {
  if (operands.length === 0) throw missingOperand('mkdir');
  const modeText = given.value('-m');
  const mode = modeText === undefined ? undefined : applyMode(modeText, 0o777, true, 0);
  if (modeText !== undefined && mode === undefined) throw new ToolError(`invalid mode ${quote(modeText)}`);
  const make = async (path: string): Promise<void> => {
    await sys.mkdir(path);
    if (given.has('-v')) await print(sys, `mkdir: created directory '${path}'\n`);
  };
  for (const path of operands) {
    await attempt(`cannot create directory ${quote(path)}`, async () => {
      if (!given.has('-p')) await make(path);
      else {
        for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
          const part = end < 0 ? path : path.slice(0, end);
          if (!(await isDirectory(sys, part))) await make(part);
          if (end < 0) break;
        }
      }
      if (mode !== undefined) await sys.chmod(path, mode);
    });
  }
  return 0;
});
