/** ln(1) for symbolic links. Hard links need a system call that hosts do not have. */
import { SysError } from '@netarium/core/base/errno.ts';
import { type ProgramOptions, unsupported } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { isDirectory, whyNoDirectory } from './destination.ts';
import { ToolError, tool } from './tool.ts';
import { baseName, joinPath } from './walk.ts';

export const options: ProgramOptions = {
  name: 'ln',
  usage: 'ln -s [-fnv] target... name',
  options: [
    { names: ['-s', '--symbolic'], help: 'a symbolic link' },
    { names: ['-f', '--force'], help: 'in place of an existing file' },
    { names: ['-n', '--no-dereference'], help: 'a name that is a link to a directory is replaced, not entered' },
    { names: ['-v', '--verbose'], help: 'say what is made' },
  ],
};

export const main = tool(options, async ({ sys, options: given, operands, attempt }) => {
  if (operands.length === 0) throw new ToolError("missing file operand\nTry 'ln --help' for more information.");
  if (!given.has('-s')) throw new ToolError(unsupported('ln', 'hard link').replace(/^ln: /, ''));
  const targets = operands.length === 1 ? operands : operands.slice(0, -1);
  const name = operands.length === 1 ? '.' : operands.at(-1)!;
  const isLink = given.has('-n') && (await linkThere(sys.lstat(name)));
  const into = !isLink && (await isDirectory(sys, name));
  if (!into && targets.length > 1) throw new ToolError(`target '${name}': ${await whyNoDirectory(sys, name)}`);
  for (const target of targets) {
    const path = into ? joinPath(name, baseName(target)) : name;
    await attempt(`failed to create symbolic link '${path}'`, async () => {
      if (given.has('-f')) await removeIfThere(sys.unlink(path));
      await sys.symlink(target, path);
      if (given.has('-v')) await print(sys, `'${path}' -> '${target}'\n`);
    });
  }
  return 0;
});

async function linkThere(looking: Promise<{ readonly type: string }>): Promise<boolean> {
  try {
    return (await looking).type === 'symlink';
  } catch (error) {
    if (error instanceof SysError) return false;
    throw error;
  }
}

async function removeIfThere(removing: Promise<void>): Promise<void> {
  try {
    await removing;
  } catch (error) {
    if (!(error instanceof SysError && error.code === 'ENOENT')) throw error;
  }
}
