/** cp(1): bytes and permission bits. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { FileStat, Sys } from '@netarium/core/syscall/sys.ts';
import { errorText, unless } from '../lib/failure.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print, writeAll } from '../lib/stdio.ts';
import { pairs } from './destination.ts';
import { type ToolCall, tool } from './tool.ts';
import { joinPath } from './walk.ts';

export const options: ProgramOptions = {
  name: 'cp',
  usage: 'cp [-afnrRv] source... destination',
  options: [
    { names: ['-r', '-R', '--recursive'], help: 'directories with all that is in them' },
    { names: ['-a', '--archive'], help: 'as -r, and links as links' },
    { names: ['-P', '--no-dereference'], help: 'links as links' },
    { names: ['-f', '--force'], help: 'remove a target that cannot be written' },
    { names: ['-n', '--no-clobber'], help: 'never over an existing file' },
    { names: ['-t', '--target-directory'], value: 'directory', help: 'copy into it' },
    { names: ['-v', '--verbose'], help: 'say what is copied' },
  ],
};

const BLOCK = 65536;

async function copyBytes(sys: Sys, input: number, output: number): Promise<void> {
  for (;;) {
    const data = await sys.read(input, BLOCK);
    if (data.length === 0) return;
    await writeAll(sys, output, data);
  }
}

class Copier {
  private readonly links: boolean;
  private readonly recursive: boolean;

  constructor(private readonly call: ToolCall) {
    const given = call.options;
    this.recursive = given.has('-r') || given.has('-a');
    this.links = given.has('-a') || given.has('-P') || this.recursive;
  }

  async copy(from: string, to: string, top: boolean): Promise<void> {
    const { sys, fail, options: given } = this.call;
    const asLink = top ? given.has('-a') || given.has('-P') : this.links;
    const stat = await this.source(from, asLink);
    if (stat === undefined) return;
    if (stat.type === 'directory') return this.directory(from, to, stat);
    const target = await unless(sys.stat(to), 'ENOENT');
    if (target !== undefined && given.has('-n')) return;
    if (target?.type === 'directory') return fail(`cannot overwrite directory '${to}' with non-directory`);
    if (target !== undefined && target.ino === stat.ino) return fail(`'${from}' and '${to}' are the same file`);
    if (stat.type === 'symlink') {
      if (target !== undefined) await sys.unlink(to);
      await sys.symlink(await sys.readlink(from), to);
    } else if (!(await this.file(from, to, stat.mode, target !== undefined))) return;
    if (given.has('-v')) await print(sys, `'${from}' -> '${to}'\n`);
  }

  /** False where it was not copied, which has been told. */
  private async file(from: string, to: string, mode: number, exists: boolean): Promise<boolean> {
    const { sys, fail } = this.call;
    let input: number;
    try {
      input = await sys.open(from, { read: true });
    } catch (error) {
      await fail(`cannot open '${from}' for reading: ${errorText(error)}`);
      return false;
    }
    try {
      const output = await this.create(to, mode, exists);
      if (output < 0) return false;
      await copyBytes(sys, input, output).finally(() => sys.close(output));
      return true;
    } finally {
      await sys.close(input);
    }
  }

  /** The target, open and empty; -1 where that cannot be, which has been told. */
  private async create(to: string, mode: number, exists: boolean): Promise<number> {
    const { sys, fail, options: given } = this.call;
    const open = () => sys.open(to, { write: true, create: true, truncate: true, mode: mode & 0o777 });
    try {
      return await open();
    } catch (error) {
      const why = errorText(error);
      try {
        // One that is there and cannot be opened is removed (cp(1), --force).
        if (exists && given.has('-f')) {
          await sys.unlink(to);
          return await open();
        }
      } catch (again) {
        await fail(`cannot remove '${to}': ${errorText(again)}`);
        return -1;
      }
      await fail(`cannot create regular file '${to}': ${why}`);
      return -1;
    }
  }

  private async source(from: string, asLink: boolean): Promise<FileStat | undefined> {
    const { sys, fail } = this.call;
    try {
      return await (asLink ? sys.lstat(from) : sys.stat(from));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      await fail(`cannot stat '${from}': ${error.reason.text}`);
      return undefined;
    }
  }

  private async directory(from: string, to: string, stat: FileStat): Promise<void> {
    const { sys, fail } = this.call;
    if (!this.recursive) return fail(`-r not specified; omitting directory '${from}'`);
    if (`${to}/`.startsWith(`${from.replace(/\/+$/, '')}/`)) {
      return fail(`cannot copy a directory, '${from}', into itself, '${to}'`);
    }
    const target = await unless(sys.stat(to), 'ENOENT');
    if (target === undefined) await sys.mkdir(to, stat.mode & 0o777);
    else if (target.type !== 'directory')
      return fail(`cannot overwrite non-directory '${to}' with directory '${from}'`);
    for (const { name } of await sys.readdir(from)) {
      if (name !== '.' && name !== '..') await this.copy(joinPath(from, name), joinPath(to, name), false);
    }
  }
}

export const main = tool(options, async (call) => {
  const { sys, options: given, operands, attempt } = call;
  const copier = new Copier(call);
  for (const { from, to } of await pairs(sys, 'cp', operands, given.value('-t'))) {
    await attempt(`cannot create regular file '${to}'`, () => copier.copy(from, to, true));
  }
  return 0;
});
