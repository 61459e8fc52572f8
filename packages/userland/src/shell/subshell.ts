/**
 * Processes that a shell starts: programs, and subshells. There is no fork that returns twice, so a subshell is a new `sh` process that finds its
 * work (a piece of the tree) and its parent's state as JSON text in one environment variable, which it removes before anything else runs.
 * In a process list it looks like its parent, as a forked shell does.
 *
 * Leaves out: scripts whose state does not fit into an environment string of a real kernel (128 KiB); simulated hosts have no such limit.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import { latin1 } from '@netarium/core/base/utf8.ts';
import type { SpawnOptions } from '@netarium/core/syscall/sys.ts';
import { readAll } from '../lib/stdio.ts';
import type { CommandNode, ListNode, SimpleNode, Word } from './ast.ts';
import { isBuiltin } from './builtins/names.ts';
import { fromByteText } from './bytetext.ts';
import { ShellError } from './errors.ts';
import { expandText, expandWords } from './expand.ts';
import { findExecutable } from './lookup.ts';
import { openRedirects } from './redirect.ts';
import { Shell } from './shell.ts';
import { MAX_TEXT, saveState } from './state.ts';
import { waitForProcess } from './wait.ts';

/** Names the environment variable that carries a subshell's work. */
export const SUBSHELL_VARIABLE = '_SH_SUBSHELL';
const SHELL_PATH = '/bin/sh';

export type Work =
  | { readonly task: 'run'; readonly node: CommandNode; readonly testing: boolean; readonly state: unknown }
  | { readonly task: 'write'; readonly text: string };

type Descriptors = ReadonlyMap<number, number>;

function spawnWork(shell: Shell, work: Work, fds: Descriptors): Promise<number> {
  const env = { ...environment(shell), [SUBSHELL_VARIABLE]: JSON.stringify(work) };
  return shell.sys.spawn(SHELL_PATH, shell.argv, { fds: record(fds), env });
}

function environment(shell: Shell): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(shell.state.environment())) out[name] = fromByteText(value);
  return out;
}

function record(fds: Descriptors): Record<number, number> {
  const out: Record<number, number> = {};
  for (const [child, ours] of fds) out[child] = ours;
  return out;
}

/** Starts a subshell that runs `node`. `testing`: `set -e` is suspended around it. */
function spawnSubshell(shell: Shell, node: CommandNode, fds: Descriptors, testing: boolean): Promise<number> {
  return spawnWork(shell, { task: 'run', node, testing, state: saveState(shell.state) }, fds);
}

/** Starts a process that writes a text and ends. */
export async function spawnWriter(shell: Shell, text: string, to: number): Promise<void> {
  await spawnWork(shell, { task: 'write', text }, new Map([[1, to]]));
}

export interface External {
  readonly argv: readonly string[];
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a program. A file that is neither a program nor has a `#!` line is a shell script (POSIX 2.9.1.1, ENOEXEC). */
export async function spawnExternal(shell: Shell, command: External, fds: Descriptors): Promise<number> {
  const path = fromByteText(command.path);
  const argv = command.argv.map(fromByteText);
  const options: SpawnOptions = { fds: record(fds), env: command.env };
  try {
    return await shell.sys.spawn(path, argv, options);
  } catch (error) {
    if (!(error instanceof SysError) || error.code !== 'ENOEXEC') throw error;
    return shell.sys.spawn(SHELL_PATH, [SHELL_PATH, path, ...argv.slice(1)], options);
  }
}

/** Replaces the shell by a program, which inherits the shell's own descriptors. A SysError says why it could not be. */
export async function execExternal(shell: Shell, command: External): Promise<never> {
  const path = fromByteText(command.path);
  const argv = command.argv.map(fromByteText);
  const { env } = command;
  await shell.closeAllOwn();
  try {
    return await shell.sys.exec(path, argv, { env });
  } catch (error) {
    if (!(error instanceof SysError) || error.code !== 'ENOEXEC') throw error;
    return shell.sys.exec(SHELL_PATH, [SHELL_PATH, path, ...argv.slice(1)], { env });
  }
}

/** The environment of a command: exported variables, and the assignments before it. */
export function commandEnvironment(shell: Shell, assignments: ReadonlyMap<string, string>): Record<string, string> {
  const out = environment(shell);
  for (const [name, value] of assignments) out[name] = fromByteText(value);
  return out;
}

/**
 * Starts a command of a pipeline, a substitution or a background job in a process of its own. A program whose words can be expanded without
 * running anything is started directly, without a shell between; everything else gets a subshell.
 */
export async function spawnCommand(
  shell: Shell,
  node: CommandNode,
  fds: Descriptors,
  testing: boolean,
): Promise<number> {
  const external = await plainExternal(shell, node);
  if (external === undefined) return spawnSubshell(shell, node, fds, testing);
  let opened: readonly number[] = [];
  try {
    const table = await openRedirects(external.shell, external.node.redirects, fds);
    opened = table.opened;
    return await spawnExternal(shell, external.command, table.fds);
  } catch (error) {
    // The subshell meets the same failure, and it can report it and carry the exit status.
    if (error instanceof ShellError || error instanceof SysError) return spawnSubshell(shell, node, fds, testing);
    throw error;
  } finally {
    for (const fd of opened) await shell.sys.close(fd);
  }
}

interface PlainExternal {
  readonly node: SimpleNode;
  readonly command: External;
  /** Has the effects that the expansions had, which must not reach the real shell. */
  readonly shell: Shell;
}

async function plainExternal(shell: Shell, node: CommandNode): Promise<PlainExternal | undefined> {
  if (node.kind === 'list' && node.items.length === 1 && !node.items[0]!.background) {
    return plainExternal(shell, node.items[0]!.command);
  }
  if (node.kind !== 'simple' || node.words.length === 0 || shell.state.options.has('x')) return undefined;
  const words = [...node.words, ...node.assignments.map((a) => a.value), ...node.redirects.map((r) => r.target)];
  if (words.some(runsCommands)) return undefined;
  const copy = new Shell(shell.sys, shell.state.copy(), shell.argv);
  try {
    const argv = await expandWords(copy, node.words);
    const name = argv[0];
    if (name === undefined || isBuiltin(name) || copy.state.functions.has(name)) return undefined;
    const assignments = new Map<string, string>();
    for (const { name: variable, value } of node.assignments) {
      const text = await expandText(copy, value);
      copy.state.set(variable, text);
      assignments.set(variable, text);
    }
    const path = assignments.get('PATH') ?? copy.state.get('PATH');
    const found = await findExecutable(copy.sys, name, path);
    if (found.kind === 'missing') return undefined;
    return { node, shell: copy, command: { argv, path: found.path, env: commandEnvironment(copy, assignments) } };
  } catch (error) {
    // The subshell meets the same error and reports it.
    if (error instanceof ShellError) return undefined;
    throw error;
  }
}

function runsCommands(word: Word): boolean {
  return word.some((part) => {
    if (part.kind === 'command') return true;
    if (part.kind === 'parameter') return runsCommands(part.word);
    return part.kind === 'arithmetic' && runsCommands(part.expression);
  });
}

/** Command substitution (POSIX 2.6.3): standard output without its last newlines. Leaves the status in the shell. */
export async function captureCommand(shell: Shell, body: ListNode): Promise<string> {
  if (body.items.length === 0) {
    shell.substitutionStatus = 0;
    return '';
  }
  const [readEnd, writeEnd] = await shell.sys.pipe();
  const pid = await spawnCommand(shell, body, shell.childDescriptors().set(1, writeEnd), false);
  await shell.sys.close(writeEnd);
  const bytes = await readAll(shell.sys, readEnd);
  await shell.sys.close(readEnd);
  shell.substitutionStatus = await waitForProcess(shell, pid);
  if (bytes.length > MAX_TEXT) throw new ShellError('Out of space');
  return latin1(bytes).replaceAll('\0', '').replace(/\n+$/, '');
}
