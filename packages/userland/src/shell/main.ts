/**
 * sh: the hosts' shell, after dash. POSIX grammar, expansions and built-ins; subshells, pipelines and background jobs are processes.
 *
 * Invocations: `sh [options] [file [args]]`, `sh -c command [name [args]]`, `sh -s [args]`; interactive when standard input and standard error
 * are a terminal. Leaves out: aliases, job control (fg, bg, Ctrl-Z), times, fc; each is an error by name.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { writeAll } from '../lib/stdio.ts';
import { parseSetOptions } from './builtins/variables.ts';
import { bytesOf, fromByteText, toByteText } from './bytetext.ts';
import { AbandonLine, ExitShell, LoopJump, ReturnJump, ShellError, ShellSyntaxError } from './errors.ts';
import { Executor } from './execute.ts';
import { runInteractive, runStream } from './input.ts';
import { isName } from './scanner.ts';
import { Shell } from './shell.ts';
import { loadState, ShellState } from './state.ts';
import { SUBSHELL_VARIABLE, type Work } from './subshell.ts';

/** The table of the coverage page. */
export const options: ProgramOptions = {
  name: 'sh',
  usage: 'sh [-efnuvxCa] [-o option] [file [argument...]] | sh -c command [name [argument...]] | sh -s [argument...]',
  options: [
    { names: ['-c'], help: 'run the command given as text' },
    { names: ['-s'], help: 'read commands from standard input' },
    { names: ['-i'], help: 'interactive' },
    { names: ['-e', '-o errexit'], help: 'end when a command fails' },
    { names: ['-f', '-o noglob'], help: 'no pathname expansion' },
    { names: ['-n', '-o noexec'], help: 'read commands, run none' },
    { names: ['-u', '-o nounset'], help: 'an unset parameter is an error' },
    { names: ['-v', '-o verbose'], help: 'show the input as it is read' },
    { names: ['-x', '-o xtrace'], help: 'show each command before it runs' },
    { names: ['-C', '-o noclobber'], help: '> does not overwrite files' },
    { names: ['-a', '-o allexport'], help: 'export every variable that is set' },
  ],
};

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const main: Program = async (sys, argv) => {
  const env = await sys.getenv();
  const work = env[SUBSHELL_VARIABLE];
  if (work !== undefined) return subshellMain(sys, argv, work);
  const shell = new Shell(sys, await initialState(sys, argv, env), argv);
  return finish(shell, (executor) => start(shell, executor, argv.slice(1)));
};

/** Runs the work of a subshell in the state of its parent. */
async function subshellMain(sys: Sys, argv: readonly string[], text: string): Promise<number> {
  let work: Work;
  let state: ShellState;
  try {
    work = JSON.parse(text) as Work;
    if (work.task === 'write') {
      await writeAll(sys, 1, bytesOf(work.text));
      return 0;
    }
    state = loadState(work.state);
  } catch (error) {
    if (error instanceof SysError) return 1;
    await writeAll(sys, 2, `sh: 0: ${SUBSHELL_VARIABLE} is not a subshell's work\n`);
    return 2;
  }
  const { node, testing } = work;
  return finish(new Shell(sys, state, argv), (executor) => executor.run(node, testing, true));
}

async function initialState(sys: Sys, argv: readonly string[], env: Readonly<Record<string, string>>) {
  const state = new ShellState();
  state.arg0 = toByteText(argv[0] ?? 'sh');
  state.pid = await sys.getpid();
  state.set('IFS', ' \t\n');
  state.set('PATH', DEFAULT_PATH);
  state.set('PS1', (await sys.getuid()) === 0 ? '# ' : '$ ');
  state.set('PS2', '> ');
  state.set('PS4', '+ ');
  state.set('PPID', String(await sys.getppid()));
  state.set('OPTIND', '1');
  for (const [name, value] of Object.entries(env)) {
    if (!isName(name) || name === 'IFS' || name === 'OPTIND' || name === 'PPID') continue;
    state.variables.set(name, { value: toByteText(value), exported: true, readOnly: false });
  }
  await setWorkingDirectory(sys, state);
  state.descriptors = await openDescriptors(sys);
  return state;
}

/** PWD of the environment is believed when it is an absolute path of this directory (POSIX sh, PWD). */
async function setWorkingDirectory(sys: Sys, state: ShellState): Promise<void> {
  const physical = await sys.getcwd();
  const pwd = state.get('PWD');
  const logical = pwd?.startsWith('/') === true && (await sameDirectory(sys, pwd, physical));
  if (!logical) state.variables.set('PWD', { value: toByteText(physical), exported: true, readOnly: false });
}

async function sameDirectory(sys: Sys, a: string, b: string): Promise<boolean> {
  try {
    return (await sys.stat(fromByteText(a))).ino === (await sys.stat(b)).ino;
  } catch (error) {
    if (error instanceof SysError) return false;
    throw error;
  }
}

async function openDescriptors(sys: Sys): Promise<Set<number>> {
  const open = new Set<number>();
  for (let fd = 0; fd < 10; fd++) {
    try {
      await sys.fstat(fd);
      open.add(fd);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  }
  return open;
}

interface Invocation {
  readonly command: string | undefined;
  readonly file: string | undefined;
  readonly interactive: boolean;
}

/** Options and operands of the command line; sets the state's options, `$0` and parameters. */
function parseInvocation(state: ShellState, args: readonly string[]): Invocation {
  const words = args.map(toByteText);
  let command = false;
  let stdin = false;
  let interactive = false;
  let i = 0;
  for (; i < words.length && /^[-+]./.test(words[i]!); i++) {
    const word = words[i]!;
    if (word === '--') {
      i++;
      break;
    }
    const rest = word.replace(/(?<=^-.*)[csi]/g, '');
    if (word.startsWith('-')) {
      command ||= word.includes('c');
      stdin ||= word.includes('s');
      interactive ||= word.includes('i');
    }
    const needsName = rest.endsWith('o');
    if (rest.length > 1) parseSetOptions(state, needsName ? [rest, words[++i] ?? ''] : [rest]);
  }
  if (words[i] === '-') i++;
  const operands = words.slice(i);
  if (command) {
    const text = operands[0];
    if (text === undefined) throw new ShellError('-c requires an argument');
    state.arg0 = operands[1] ?? state.arg0;
    state.parameters = operands.slice(2);
    return { command: text, file: undefined, interactive };
  }
  const file = stdin ? undefined : operands[0];
  if (file !== undefined) state.arg0 = file;
  else state.options.add('s');
  state.parameters = operands.slice(file === undefined ? 0 : 1);
  return { command: undefined, file, interactive };
}

async function start(shell: Shell, executor: Executor, args: readonly string[]): Promise<number> {
  shell.state.line = 0;
  const invocation = parseInvocation(shell.state, args);
  shell.state.line = 1;
  if (invocation.command !== undefined) return executor.runText(invocation.command, false, true);
  if (invocation.file !== undefined) return runFile(shell, executor, invocation.file);
  const terminal = shell.state.descriptors.has(2) && (await shell.sys.isatty(0)) && (await shell.sys.isatty(2));
  if (invocation.interactive || terminal) return runInteractive(shell, executor);
  return runStream(shell, executor, 0);
}

async function runFile(shell: Shell, executor: Executor, file: string): Promise<number> {
  let fd: number;
  try {
    fd = await shell.sys.open(fromByteText(file), { read: true });
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    shell.state.line = 0;
    shell.state.arg0 = toByteText(shell.argv[0] ?? 'sh');
    throw new ShellError(
      `cannot open ${file}: ${error.code === 'ENOENT' ? 'No such file' : toByteText(error.reason.text)}`,
    );
  }
  return runStream(shell, executor, await shell.moveAway(fd));
}

/** Runs the shell to its end: errors become messages and statuses, and the EXIT trap runs last. */
async function finish(shell: Shell, run: (executor: Executor) => Promise<number>): Promise<number> {
  const executor = new Executor(shell);
  let status = await statusOf(shell, () => run(executor));
  if (status.runsTrap) {
    const trap = shell.traps.get('EXIT');
    if (trap !== undefined && trap !== '') {
      shell.traps.delete('EXIT');
      shell.state.status = status.code;
      const before = status.code;
      status = await statusOf(shell, async () => {
        await executor.runText(trap, false);
        return before;
      });
    }
  }
  return status.code & 0xff;
}

async function statusOf(shell: Shell, run: () => Promise<number>): Promise<{ code: number; runsTrap: boolean }> {
  try {
    return { code: await run(), runsTrap: true };
  } catch (error) {
    if (error instanceof ExitShell) return { code: error.status, runsTrap: error.runsTrap };
    if (error instanceof ReturnJump || error instanceof AbandonLine) return { code: error.status, runsTrap: true };
    if (error instanceof LoopJump) return { code: 0, runsTrap: true };
    if (error instanceof ShellSyntaxError) shell.state.line = error.line;
    if (error instanceof ShellSyntaxError || error instanceof ShellError) {
      await shell.complain(error.message);
      return { code: error instanceof ShellError ? error.status : 2, runsTrap: true };
    }
    throw error;
  }
}
