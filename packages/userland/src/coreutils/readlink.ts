/** readlink(1), and with -f the path without links. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { missingOperand, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'readlink',
  usage: 'readlink [-fn] file...',
  options: [
    { names: ['-f', '--canonicalize'], help: 'follow every link of the path' },
    { names: ['-n', '--no-newline'], help: 'no newline at the end' },
  ],
};

const MAX_LINKS = 40;

/** The path without links, dots and double slashes; the last component need not exist (realpath(3), as readlink -f uses it). */
async function canonicalPath(sys: Sys, path: string): Promise<string | undefined> {
  const pending = (path.startsWith('/') ? path : `${await sys.getcwd()}/${path}`).split('/').reverse();
  const done: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const component = pending.pop()!;
    if (component === '' || component === '.') continue;
    if (component === '..') {
      done.pop();
      continue;
    }
    const here = `/${[...done, component].join('/')}`;
    try {
      if ((await sys.lstat(here)).type !== 'symlink') {
        done.push(component);
        continue;
      }
      if (++links > MAX_LINKS) return undefined;
      const target = await sys.readlink(here);
      if (target.startsWith('/')) done.length = 0;
      pending.push(...target.split('/').reverse());
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      if (error.code !== 'ENOENT' || pending.some((part) => part !== '')) return undefined;
      done.push(component);
    }
  }
  return `/${done.join('/')}`;
}

export const main = tool(options, async ({ sys, options: given, operands }) => {
  if (operands.length === 0) throw missingOperand('readlink');
  let status = 0;
  for (const path of operands) {
    let target: string | undefined;
    try {
      target = given.has('-f') ? await canonicalPath(sys, path) : await sys.readlink(path);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
    if (target === undefined) status = 1;
    else await print(sys, given.has('-n') ? target : `${target}\n`);
  }
  return status;
});
