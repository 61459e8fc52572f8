/**
 * Where a shell's commands come from: a file or standard input, command by command, or a person at a terminal. A command runs as soon as its
 * text is complete, as in any shell: an error in line 3 of a script comes after lines 1 and 2 have run.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import { latin1 } from '@netarium/core/base/utf8.ts';
import { AbandonLine, ShellError, ShellSyntaxError } from './errors.ts';
import type { Executor } from './execute.ts';
import { expandText } from './expand.ts';
import { parseCommand, parseScript } from './parser.ts';
import type { Shell } from './shell.ts';
import { installSignal } from './traps.ts';
import { reapJobs } from './wait.ts';

const BLOCK = 8192;

/** Text that was read and not yet run. */
class Input {
  private text = '';
  private line = 1;
  ended = false;

  constructor(
    private readonly shell: Shell,
    private readonly fd: number,
  ) {}

  /** Reads more. A directory or a lost terminal reads as an empty file, as in dash. */
  async fill(): Promise<void> {
    try {
      const bytes = await this.shell.sys.read(this.fd, BLOCK);
      if (bytes.length === 0) this.ended = true;
      const text = latin1(bytes).replaceAll('\0', '');
      this.text += text;
      if (this.shell.state.options.has('v')) await this.shell.write(text, 2);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      if (error.code === 'EINTR') return;
      this.ended = true;
    }
  }

  get empty(): boolean {
    return this.text === '';
  }

  /** Forgets what was typed so far of an unfinished command. */
  discard(): void {
    this.line += this.text.split('\n').length - 1;
    this.text = '';
  }

  /** The next command; undefined when the text so far holds none. A syntax error uses up the text. */
  next() {
    let result: ReturnType<typeof parseCommand>;
    try {
      result = parseCommand(this.text, 0, this.line, !this.ended);
    } catch (error) {
      if (error instanceof ShellSyntaxError) this.discard();
      throw error;
    }
    if (result.kind !== 'command') return result;
    this.text = this.text.slice(result.next);
    this.line = result.line;
    return result;
  }
}

/** Runs a script from a descriptor. */
export async function runStream(shell: Shell, executor: Executor, fd: number): Promise<number> {
  const input = new Input(shell, fd);
  let status = 0;
  for (;;) {
    const result = input.next();
    if (result.kind === 'command') {
      if (result.list.items.length > 0 && !shell.state.options.has('n'))
        status = await executor.run(result.list, false);
      continue;
    }
    if (input.ended) return status;
    await input.fill();
    await executor.runTraps();
  }
}

/** A shell with a person at it: prompts, survives errors, and Ctrl-C gives a new prompt. */
export async function runInteractive(shell: Shell, executor: Executor): Promise<number> {
  shell.interactive = true;
  shell.state.options.add('i');
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM'] as const) await installSignal(shell, signal);
  const input = new Input(shell, 0);
  for (let continued = false; ; ) {
    if (input.empty || continued) {
      await reportJobs(shell);
      await prompt(shell, continued ? 'PS2' : 'PS1');
      await input.fill();
      await executor.runTraps();
    }
    if (shell.interrupted) {
      shell.interrupted = false;
      shell.state.status = 130;
      input.discard();
      continued = false;
      await shell.write('\n', 2);
      continue;
    }
    continued = await runNext(shell, executor, input);
    if (input.ended && !continued && input.empty) break;
  }
  await shell.write('\n', 2);
  return shell.state.status;
}

/** Runs one command of what was typed. Answers true when the command goes on in the next line. */
async function runNext(shell: Shell, executor: Executor, input: Input): Promise<boolean> {
  try {
    const result = input.next();
    if (result.kind === 'incomplete') return true;
    if (result.kind === 'end') input.discard();
    else if (result.list.items.length > 0) await executor.run(result.list, false);
  } catch (error) {
    if (error instanceof AbandonLine) {
      shell.state.status = error.status;
      if (error.interrupted) await shell.write('\n', 2);
    } else if (error instanceof ShellError || error instanceof ShellSyntaxError) {
      if (error instanceof ShellSyntaxError) shell.state.line = error.line;
      await shell.complain(error.message);
      shell.state.status = 2;
    } else throw error;
    input.discard();
  }
  return false;
}

/** PS1 and PS2 are expanded each time (POSIX sh, PS1). */
async function prompt(shell: Shell, name: 'PS1' | 'PS2'): Promise<void> {
  const text = shell.state.get(name) ?? '';
  let shown = text;
  if (text.includes('$') || text.includes('`')) {
    try {
      const command = parseScript(`"${text.replaceAll('"', '\\"')}"`).items[0]?.command;
      if (command?.kind === 'simple') shown = await expandText(shell, command.words[0] ?? []);
    } catch (error) {
      if (!(error instanceof ShellError || error instanceof ShellSyntaxError)) throw error;
    }
  }
  await shell.write(shown, 2);
}

/** Tells about background jobs that ended since the last prompt. */
async function reportJobs(shell: Shell): Promise<void> {
  if (shell.jobs.length === 0) return;
  await reapJobs(shell);
  for (const job of shell.jobs) {
    if (job.status === undefined) continue;
    await shell.write(`[${job.number}] + ${job.status === 0 ? 'Done' : `Done(${job.status})`}\n`, 2);
  }
  shell.jobs = shell.jobs.filter((job) => job.status === undefined);
}
