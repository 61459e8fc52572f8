/** chmod(1). */
import type { ProgramOptions } from '../lib/options.ts';
import { applyMode } from './mode.ts';
import { missingOperand, quote, ToolError, tool } from './tool.ts';
import { walk } from './walk.ts';

export const options: ProgramOptions = {
  name: 'chmod',
  usage: 'chmod [-R] mode file...',
  options: [{ names: ['-R', '--recursive'], help: 'directories with all that is in them' }],
};

export const main = tool(options, async ({ sys, options: given, operands, attempt }) => {
  const [mode, ...files] = operands;
  if (mode === undefined) throw missingOperand('chmod');
  if (files.length === 0)
    throw new ToolError(`missing operand after ${quote(mode)}\nTry 'chmod --help' for more information.`);
  const umask = await sys.umask(0);
  await sys.umask(umask);
  const change = async (path: string): Promise<void> => {
    const stat = await sys.stat(path);
    const next = applyMode(mode, stat.mode & 0o7777, stat.type === 'directory', umask);
    if (next === undefined)
      throw new ToolError(`invalid mode: ${quote(mode)}\nTry 'chmod --help' for more information.`);
    await sys.chmod(path, next);
  };
  for (const file of files) {
    await attempt(`cannot access '${file}'`, async () => {
      if (!given.has('-R')) return change(file);
      for await (const entry of walk(sys, file)) if (entry.type !== 'symlink') await change(entry.path);
    });
  }
  return 0;
});
