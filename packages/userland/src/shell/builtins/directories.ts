/** cd, pwd, umask. `cd` keeps the logical path of PWD unless -P is given (POSIX cd, steps 1 to 10). */
import { SysError } from '@netarium/core/base/errno.ts';
import { fromByteText, toByteText } from '../bytetext.ts';
import { ShellError } from '../errors.ts';
import type { Shell } from '../shell.ts';
import { parseLetters } from './options.ts';
import type { Builtin } from './types.ts';

/** Removes `.`, `..` and double slashes from a path, by its text alone. */
export function canonical(path: string): string {
  const out: string[] = [];
  for (const component of path.split('/')) {
    if (component === '..') out.pop();
    else if (component !== '' && component !== '.') out.push(component);
  }
  return `/${out.join('/')}`;
}

async function currentDirectory(shell: Shell): Promise<string> {
  return shell.state.get('PWD') ?? toByteText(await shell.sys.getcwd());
}

export const cdBuiltin: Builtin = async ({ shell, args }) => {
  const { letters, operands } = parseLetters(args, 'LP');
  const operand = operands[0] ?? shell.state.get('HOME') ?? '';
  const back = operand === '-';
  const directory = back ? (shell.state.get('OLDPWD') ?? '') : operand;
  if (directory === '') return 0;
  const here = await currentDirectory(shell);
  for (const candidate of candidates(shell, directory)) {
    const target = letters.has('P') || candidate.path.startsWith('/') ? candidate.path : `${here}/${candidate.path}`;
    try {
      await shell.sys.chdir(fromByteText(letters.has('P') ? target : canonical(target)));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      continue;
    }
    const now = letters.has('P') ? toByteText(await shell.sys.getcwd()) : canonical(target);
    setDirectory(shell, here, now);
    if (back || candidate.announce) await shell.write(`${now}\n`);
    return 0;
  }
  throw new ShellError(`can't cd to ${directory}`);
};

/** The directory itself, after those that CDPATH makes of it. */
function candidates(shell: Shell, directory: string): { path: string; announce: boolean }[] {
  const out: { path: string; announce: boolean }[] = [];
  const cdpath = shell.state.get('CDPATH') ?? '';
  if (cdpath !== '' && !/^(\/|\.\.?(\/|$))/.test(directory)) {
    for (const prefix of cdpath.split(':')) {
      out.push({ path: prefix === '' ? directory : `${prefix}/${directory}`, announce: prefix !== '' });
    }
  }
  out.push({ path: directory, announce: false });
  return out;
}

function setDirectory(shell: Shell, before: string, now: string): void {
  shell.state.set('OLDPWD', before);
  shell.state.set('PWD', now);
  shell.state.mark('OLDPWD', 'exported');
  shell.state.mark('PWD', 'exported');
}

export const pwdBuiltin: Builtin = async ({ shell, args }) => {
  const { letters } = parseLetters(args, 'LP');
  await shell.write(`${letters.has('P') ? toByteText(await shell.sys.getcwd()) : await currentDirectory(shell)}\n`);
  return 0;
};

export const umaskBuiltin: Builtin = async ({ shell, args }) => {
  const { letters, operands } = parseLetters(args, 'S');
  const mask = await shell.sys.umask(0o022);
  await shell.sys.umask(mask);
  const mode = operands[0];
  if (mode === undefined) {
    await shell.write(letters.has('S') ? `${symbolic(mask)}\n` : `${mask.toString(8).padStart(4, '0')}\n`);
    return 0;
  }
  if (/^[0-9]/.test(mode)) {
    if (!/^[0-7]{1,4}$/.test(mode)) throw new ShellError(`Illegal number: ${mode}`);
    await shell.sys.umask(Number.parseInt(mode, 8) & 0o777);
    return 0;
  }
  await shell.sys.umask(~applySymbolic(mode, ~mask & 0o777) & 0o777);
  return 0;
};

function symbolic(mask: number): string {
  const allowed = (shift: number): string =>
    [...'rwx'].filter((_, k) => ((~mask >> shift) & 7 & (4 >> k)) !== 0).join('');
  return `u=${allowed(6)},g=${allowed(3)},o=${allowed(0)}`;
}

/** `u+x,g-w,o=`: changes permission bits as chmod(1) does, for the letters r, w and x. */
function applySymbolic(text: string, bits: number): number {
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (match === null) throw new ShellError(`Illegal mode: ${text}`);
    const who = match[1] === '' || match[1]!.includes('a') ? 'ugo' : match[1]!;
    let wanted = 0;
    for (const letter of match[3]!) wanted |= letter === 'r' ? 4 : letter === 'w' ? 2 : 1;
    for (const class_ of who) {
      const shift = class_ === 'u' ? 6 : class_ === 'g' ? 3 : 0;
      if (match[2] === '=') bits = (bits & ~(7 << shift)) | (wanted << shift);
      else if (match[2] === '+') bits |= wanted << shift;
      else bits &= ~(wanted << shift);
    }
  }
  return bits;
}
