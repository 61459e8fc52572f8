/** Simple commands (POSIX 2.9.1): words, redirections, assignments, and then a built-in, a function or a program. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { CommandNode, SimpleNode, Word } from './ast.ts';
import { isBuiltin, SPECIAL_BUILTINS } from './builtins/names.ts';
import { BUILTINS } from './builtins/table.ts';
import type { Interpreter } from './builtins/types.ts';
import { ShellError, ShellSyntaxError } from './errors.ts';
import { expandText, expandWords } from './expand.ts';
import { findExecutable, type Missing, missing } from './lookup.ts';
import { applyRedirects, openRedirects } from './redirect.ts';
import { errorText, type Shell } from './shell.ts';
import { commandEnvironment, execExternal, spawnExternal } from './subshell.ts';
import { waitForProcess } from './wait.ts';
import { assignmentOf, plainText } from './words.ts';

const STANDARD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface FunctionCaller extends Interpreter {
  callFunction(
    body: CommandNode,
    args: readonly string[],
    assignments: ReadonlyMap<string, string>,
    testing: boolean,
  ): Promise<number>;
}

export async function runSimple(
  shell: Shell,
  interpreter: FunctionCaller,
  node: SimpleNode,
  testing: boolean,
  final: boolean,
): Promise<number> {
  shell.state.line = node.line;
  await shell.step();
  shell.substitutionStatus = undefined;
  const argv = await expandArguments(shell, node.words);
  const name = argv[0];
  if (name === undefined) return assignOnly(shell, node);
  const body = SPECIAL_BUILTINS.has(name) ? undefined : shell.state.functions.get(name);
  if (body === undefined && !isBuiltin(name)) {
    return final && mayBeReplaced(shell) ? becomeProgram(shell, node, argv) : runProgram(shell, node, argv);
  }
  return runInside(shell, interpreter, node, argv, body, testing);
}

/** Built-ins whose arguments `name=value` are expanded as assignments: neither split nor matched against files. */
const ASSIGNING = new Set(['export', 'local', 'readonly']);

async function expandArguments(shell: Shell, words: readonly Word[]): Promise<string[]> {
  const assigning = words[0] !== undefined && ASSIGNING.has(plainText(words[0]) ?? '');
  if (!assigning) return expandWords(shell, words);
  const argv: string[] = [];
  for (const word of words) {
    const assignment = assignmentOf(word);
    if (assignment === undefined) argv.push(...(await expandWords(shell, [word])));
    else argv.push(`${assignment.name}=${await expandText(shell, assignment.value)}`);
  }
  return argv;
}

/** No command: the assignments are the shell's own, the redirections are made and undone. */
async function assignOnly(shell: Shell, node: SimpleNode): Promise<number> {
  let undo: () => Promise<void>;
  try {
    undo = await applyRedirects(shell, node.redirects, true);
  } catch (error) {
    return redirectFailed(shell, error);
  }
  await undo();
  for (const { name, value } of node.assignments) shell.state.set(name, await expandText(shell, value));
  await trace(shell, node, []);
  return shell.substitutionStatus ?? 0;
}

async function redirectFailed(shell: Shell, error: unknown): Promise<number> {
  if (!(error instanceof ShellError)) throw error;
  await shell.complain(error.message);
  return error.status;
}

/** The assignments before a command, expanded in order. */
async function assignmentsOf(shell: Shell, node: SimpleNode): Promise<Map<string, string>> {
  const out = new Map<string, string>();
  for (const { name, value } of node.assignments) out.set(name, await expandText(shell, value));
  return out;
}

/** `set -x`: the command as it will run, after PS4. */
async function trace(
  shell: Shell,
  node: SimpleNode,
  argv: readonly string[],
  assignments?: ReadonlyMap<string, string>,
): Promise<void> {
  if (!shell.state.options.has('x')) return;
  const shown = node.assignments.map(({ name }) => `${name}=${assignments?.get(name) ?? shell.state.get(name) ?? ''}`);
  await shell.write(`${shell.state.get('PS4') ?? ''}${[...shown, ...argv].join(' ')}\n`, 2);
}

/** Functions and built-ins run in the shell's own process, with its descriptors changed for as long as they run. */
async function runInside(
  shell: Shell,
  interpreter: FunctionCaller,
  node: SimpleNode,
  argv: readonly string[],
  body: CommandNode | undefined,
  testing: boolean,
): Promise<number> {
  const name = argv[0]!;
  const special = SPECIAL_BUILTINS.has(name);
  const keeps = name === 'exec' || (name === 'command' && argv[1] === 'exec');
  let undo: () => Promise<void>;
  try {
    undo = await applyRedirects(shell, node.redirects, !keeps);
  } catch (error) {
    const status = await redirectFailed(shell, error);
    if (special) shell.abort(status);
    return status;
  }
  try {
    const assignments = await assignmentsOf(shell, node);
    await trace(shell, node, argv, assignments);
    if (body !== undefined) {
      return await reporting(shell, () => interpreter.callFunction(body, argv.slice(1), assignments, testing));
    }
    if (special) {
      // POSIX 2.14: assignments before a special built-in stay.
      for (const [variable, value] of assignments) shell.state.set(variable, value);
      return await runBuiltin(shell, interpreter, argv, testing, true);
    }
    return await withAssignments(shell, assignments, () => runBuiltin(shell, interpreter, argv, testing, false));
  } finally {
    if (!keeps) await undo();
  }
}

/** Reports an error that ends the shell while the redirections around it still hold, as they do in dash. */
export async function reporting(shell: Shell, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    await shell.complain(error.message);
    return shell.abort(error.status);
  }
}

/** A regular built-in sees the assignments before it, and they are gone afterwards. */
async function withAssignments(
  shell: Shell,
  assignments: ReadonlyMap<string, string>,
  run: () => Promise<number>,
): Promise<number> {
  if (assignments.size === 0) return run();
  const { state } = shell;
  const before = [...assignments.keys()].map((name) => [name, state.variables.get(name)] as const);
  for (const [name, value] of assignments) {
    state.set(name, value);
    state.mark(name, 'exported');
  }
  try {
    return await run();
  } finally {
    for (const [name, variable] of before) {
      if (variable === undefined) state.variables.delete(name);
      else state.variables.set(name, variable);
    }
  }
}

/** An error in a special built-in ends the shell, one in a regular built-in only the command (POSIX 2.8.1). */
async function runBuiltin(
  shell: Shell,
  interpreter: Interpreter,
  argv: readonly string[],
  testing: boolean,
  special: boolean,
): Promise<number> {
  const { commandName } = shell;
  const name = argv[0]!;
  shell.commandName = name;
  try {
    return await BUILTINS.get(name)!({ shell, interpreter, name, args: argv.slice(1), testing });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    await shell.complain(failure.message);
    if (special) shell.abort(failure.status);
    return failure.status;
  } finally {
    shell.commandName = commandName;
  }
}

function failureOf(error: unknown): { readonly message: string; readonly status: number } | undefined {
  if (error instanceof ShellError) return error;
  if (error instanceof ShellSyntaxError) return { message: error.message, status: 2 };
  // A system call that a built-in did not expect to fail: say which errno it was.
  if (error instanceof SysError) return { message: errorText(error), status: 2 };
  return undefined;
}

async function runProgram(shell: Shell, node: SimpleNode, argv: readonly string[]): Promise<number> {
  let table: Awaited<ReturnType<typeof openRedirects>>;
  try {
    table = await openRedirects(shell, node.redirects, shell.childDescriptors());
  } catch (error) {
    return redirectFailed(shell, error);
  }
  let pid: number | undefined;
  let failure: Missing | undefined;
  try {
    const assignments = await assignmentsOf(shell, node);
    refuseReadOnly(shell, assignments);
    await trace(shell, node, argv, assignments);
    const found = await findExecutable(shell.sys, argv[0]!, assignments.get('PATH') ?? shell.state.get('PATH'));
    if (found.kind === 'missing') failure = found;
    else
      pid = await spawnExternal(
        shell,
        { argv, path: found.path, env: commandEnvironment(shell, assignments) },
        table.fds,
      );
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    failure = missing(error);
  } finally {
    // The message about a missing command goes where its standard error would have gone.
    if (failure !== undefined) await shell.complain(`${argv[0]}: ${failure.text}`, table.fds.get(2) ?? 2);
    for (const fd of table.opened) await shell.sys.close(fd);
  }
  if (pid === undefined) return failure?.status ?? 127;
  return waitForProcess(shell, pid);
}

/** Traps and a person at the terminal need the shell afterwards. */
export function mayBeReplaced(shell: Shell): boolean {
  return shell.traps.size === 0 && !shell.interactive;
}

/** The last thing that this shell does: as in dash the program takes the shell's place, without a process of its own. */
async function becomeProgram(shell: Shell, node: SimpleNode, argv: readonly string[]): Promise<number> {
  try {
    await applyRedirects(shell, node.redirects, false);
  } catch (error) {
    return redirectFailed(shell, error);
  }
  const assignments = await assignmentsOf(shell, node);
  refuseReadOnly(shell, assignments);
  await trace(shell, node, argv, assignments);
  const found = await findExecutable(shell.sys, argv[0]!, assignments.get('PATH') ?? shell.state.get('PATH'));
  let failure: Missing;
  if (found.kind === 'missing') failure = found;
  else {
    try {
      const env = commandEnvironment(shell, assignments);
      return await execExternal(shell, { argv, path: found.path, env });
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      failure = missing(error);
    }
  }
  await shell.complain(`${argv[0]}: ${failure.text}`);
  return failure.status;
}

function refuseReadOnly(shell: Shell, assignments: ReadonlyMap<string, string>): void {
  for (const name of assignments.keys()) {
    if (shell.state.variables.get(name)?.readOnly === true) throw new ShellError(`${name}: is read only`);
  }
}

/** `command name args`: no functions, and a special built-in counts as a regular one. */
export async function runArguments(
  shell: Shell,
  interpreter: Interpreter,
  argv: readonly string[],
  testing: boolean,
  standardPath: boolean,
): Promise<number> {
  const name = argv[0]!;
  if (isBuiltin(name)) return runBuiltin(shell, interpreter, argv, testing, false);
  const path = standardPath ? STANDARD_PATH : shell.state.get('PATH');
  const found = await findExecutable(shell.sys, name, path);
  const { commandName } = shell;
  shell.commandName = undefined;
  try {
    if (found.kind === 'missing') {
      await shell.complain(`${name}: ${found.text}`);
      return found.status;
    }
    const command = { argv, path: found.path, env: commandEnvironment(shell, new Map()) };
    return await waitForProcess(shell, await spawnExternal(shell, command, shell.childDescriptors()));
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    const failure = missing(error);
    await shell.complain(`${name}: ${failure.text}`);
    return failure.status;
  } finally {
    shell.commandName = commandName;
  }
}
