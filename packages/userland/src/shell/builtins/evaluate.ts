/** eval, `.`, command, exec, type, and how a name is described. */
import { SysError } from '@netarium/core/base/errno.ts';
import { latin1 } from '@netarium/core/base/utf8.ts';
import { readFile } from '../../lib/stdio.ts';
import { fromByteText } from '../bytetext.ts';
import { ReturnJump, ShellError } from '../errors.ts';
import { findExecutable, missing } from '../lookup.ts';
import { errorText, type Shell } from '../shell.ts';
import { commandEnvironment, execExternal } from '../subshell.ts';
import { KEYWORDS } from '../tokens.ts';
import { isBuiltin, SPECIAL_BUILTINS } from './names.ts';
import { parseLetters } from './options.ts';
import type { Builtin } from './types.ts';

const STANDARD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const evalBuiltin: Builtin = ({ shell, interpreter, args, testing }) => {
  const text = args.join(' ');
  return shell.nested(() => interpreter.runText(text, testing));
};

export const dotBuiltin: Builtin = async ({ shell, interpreter, args, testing }) => {
  const name = args[0];
  if (name === undefined) return 0;
  const path = await findScript(shell, name);
  let text: string;
  try {
    text = latin1(await readFile(shell.sys, fromByteText(path)));
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    throw new ShellError(`cannot open ${path}: ${error.code === 'ENOENT' ? 'No such file' : errorText(error)}`);
  }
  shell.commandName = path;
  const { loopDepth } = shell.state;
  shell.state.loopDepth = 0;
  try {
    return await shell.nested(() => interpreter.runText(text, testing));
  } catch (error) {
    if (error instanceof ReturnJump) return error.status;
    throw error;
  } finally {
    shell.state.loopDepth = loopDepth;
  }
};

/** A name without a slash is looked for in PATH, and need not be executable there (POSIX dot). */
async function findScript(shell: Shell, name: string): Promise<string> {
  if (name.includes('/')) return name;
  for (const directory of (shell.state.get('PATH') ?? '').split(':')) {
    const path = directory === '' ? name : `${directory}/${name}`;
    try {
      if ((await shell.sys.stat(fromByteText(path))).type === 'file') return path;
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  }
  throw new ShellError(`${name}: not found`);
}

export const commandBuiltin: Builtin = async ({ shell, interpreter, args, testing }) => {
  const { letters, operands } = parseLetters(args, 'pvV');
  const path = letters.has('p') ? STANDARD_PATH : shell.state.get('PATH');
  if (operands.length === 0) return 0;
  if (!letters.has('v') && !letters.has('V')) return interpreter.runCommand(operands, testing, letters.has('p'));
  // As in dash, only the first name counts.
  const name = operands[0]!;
  const text = letters.has('V') ? await describe(shell, name, path) : await locate(shell, name, path);
  if (text !== undefined) await shell.write(`${text}\n`);
  else if (letters.has('V')) await shell.write(`${name}: not found\n`);
  return text === undefined ? 127 : 0;
};

export const typeBuiltin: Builtin = async ({ shell, args }) => {
  let status = 0;
  for (const name of args) {
    const text = await describe(shell, name, shell.state.get('PATH'));
    await shell.write(`${text ?? `${name}: not found`}\n`);
    if (text === undefined) status = 127;
  }
  return status;
};

/** `command -v`: how the shell would run it, in a word. */
async function locate(shell: Shell, name: string, path: string | undefined): Promise<string | undefined> {
  if (KEYWORDS.has(name) || shell.state.functions.has(name) || isBuiltin(name)) return name;
  return executable(shell, name, path);
}

async function executable(shell: Shell, name: string, path: string | undefined): Promise<string | undefined> {
  const found = await findExecutable(shell.sys, name, path);
  if (found.kind === 'missing') return undefined;
  if (!name.includes('/')) return found.path;
  try {
    await shell.sys.access(fromByteText(name), 'execute');
    return name;
  } catch (error) {
    if (error instanceof SysError) return undefined;
    throw error;
  }
}

async function describe(shell: Shell, name: string, path: string | undefined): Promise<string | undefined> {
  if (KEYWORDS.has(name)) return `${name} is a shell keyword`;
  if (SPECIAL_BUILTINS.has(name)) return `${name} is a special shell builtin`;
  if (shell.state.functions.has(name)) return `${name} is a shell function`;
  if (isBuiltin(name)) return `${name} is a shell builtin`;
  const found = await executable(shell, name, path);
  return found === undefined ? undefined : `${name} is ${found}`;
}

/** Without a command only the redirections stay; the interpreter has made them. */
export const execBuiltin: Builtin = async ({ shell, args }) => {
  const name = args[0];
  if (name === undefined) return 0;
  const found = await findExecutable(shell.sys, name, shell.state.get('PATH'));
  if (found.kind === 'missing') throw new ShellError(`${name}: ${found.text}`, found.status);
  try {
    return await execExternal(shell, { argv: args, path: found.path, env: commandEnvironment(shell, new Map()) });
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    const failure = missing(error);
    throw new ShellError(`${name}: ${failure.text}`, failure.status);
  }
};
