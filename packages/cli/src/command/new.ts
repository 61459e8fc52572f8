/** `netarium new`: writes a lab to start from. Never over something that exists. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { EXIT, reason, UsageError } from '../exit.ts';
import { makeFolder } from '../files.ts';
import type { Io } from '../io.ts';
import { starterModule, starterYaml } from './starter.ts';

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs', '.yaml', '.yml'];

export function newCommand(target: string | undefined, options: { readonly yaml?: boolean }, io: Io): number {
  const { m, out } = io;
  const path = pathOf(target ?? '.', options.yaml === true);
  const yaml = /^\.ya?ml$/.test(extname(path));
  if (options.yaml === true && !yaml) throw new UsageError(m.errors.notWith('--yaml', path), 'new');
  try {
    makeFolder(dirname(path));
    writeFileSync(path, yaml ? starterYaml : starterModule, { flag: 'wx' });
  } catch (error) {
    const why = reason(error);
    throw new UsageError(why === 'EEXIST' ? m.errors.exists(path) : m.errors.cannotWrite(path, why));
  }
  out(m.new.wrote(path));
  out(m.new.next(`netarium run ${path}`));
  return EXIT.met;
}

/** A name with the extension of a lab is a file, anything else a folder. */
function pathOf(target: string, yaml: boolean): string {
  const isFolder = existsSync(target) && statSync(target).isDirectory();
  if (!isFolder && EXTENSIONS.includes(extname(target).toLowerCase())) return target;
  return join(target, yaml ? 'my-lab.yaml' : 'my-lab.ts');
}
