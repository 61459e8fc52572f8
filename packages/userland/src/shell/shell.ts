/**
 * A running shell: its state, its door to the host, its signals and its output. The other files of this folder are functions over it.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Signal, Sys } from '@netarium/core/syscall/sys.ts';
import { writeAll } from '../lib/stdio.ts';
import { bytesOf, toByteText } from './bytetext.ts';
import { AbandonLine, ExitShell, ShellError } from './errors.ts';
import type { ShellState } from './state.ts';

/** CPU time of one step of the interpreter: what a loop of built-ins costs, so that it moves the clock as it does in reality. */
const STEP_NS = 1_000;
/** Steps are handed to the clock in portions: one system call for so many. */
const STEPS_PER_CALL = 16;

/** Descriptors from here on are the shell's own: scripts can name 0 to 9 only. */
const FIRST_OWN_DESCRIPTOR = 10;

const MAX_CALL_DEPTH = 1000;

export interface Job {
  readonly number: number;
  /** The last process of the job's pipeline: `$!`. */
  readonly pid: number;
  /** Its processes that have not ended. */
  readonly running: number[];
  lastStatus: number;
  /** Set when all of it has ended. */
  status: number | undefined;
}

export class Shell {
  /** Commands of `trap`, by signal; EXIT for 0. */
  traps = new Map<Signal | 'EXIT', string>();
  /** Trapped signals that arrived and whose commands have not run yet. */
  pending: Signal[] = [];
  jobs: Job[] = [];
  /** Status of the last command substitution of the current simple command, undefined when there was none. */
  substitutionStatus: number | undefined;
  /** Set by SIGINT in an interactive shell. */
  interrupted = false;
  interactive = false;
  /** The built-in that runs, for error messages. */
  commandName: string | undefined;
  /** Functions, `eval` and `.` under way. */
  callDepth = 0;
  private steps = 0;
  private readonly ownDescriptors = new Set<number>();

  constructor(
    public sys: Sys,
    public state: ShellState,
    /** How the process was started, for subshells that look like it in a process list. */
    readonly argv: readonly string[],
  ) {}

  async step(): Promise<void> {
    if (++this.steps < STEPS_PER_CALL) return;
    this.steps = 0;
    await this.sys.cpu(STEP_NS * STEPS_PER_CALL);
  }

  write(byteText: string, fd = 1): Promise<void> {
    return byteText === '' ? Promise.resolve() : writeAll(this.sys, fd, bytesOf(byteText));
  }

  /** `sh: 1: message` on standard error, with the name of the built-in that runs. */
  async complain(message: string, fd = 2): Promise<void> {
    const command = this.commandName === undefined ? '' : `${this.commandName}: `;
    try {
      await this.write(`${this.state.arg0}: ${this.state.line}: ${command}${message}\n`, fd);
    } catch (error) {
      // A closed standard error takes the message with it, as in any shell.
      if (!(error instanceof SysError)) throw error;
    }
  }

  /** Ends the shell, or brings an interactive one back to its prompt (POSIX 2.8.1). */
  abort(status: number): never {
    this.state.status = status;
    if (this.interactive) throw new AbandonLine(status);
    throw new ExitShell(status);
  }

  /** Runs something that may nest without end: a function that calls itself, `eval` of itself. */
  async nested<T>(run: () => Promise<T>): Promise<T> {
    if (this.callDepth >= MAX_CALL_DEPTH) {
      throw new ShellError(`Maximum function recursion depth (${MAX_CALL_DEPTH}) reached`);
    }
    this.callDepth++;
    try {
      return await run();
    } finally {
      this.callDepth--;
    }
  }

  /** A free descriptor number outside the reach of scripts, now taken. */
  private takeOwn(): number {
    for (let fd = FIRST_OWN_DESCRIPTOR; ; fd++) {
      if (this.ownDescriptors.has(fd)) continue;
      this.ownDescriptors.add(fd);
      return fd;
    }
  }

  /** Moves a descriptor out of the reach of scripts. */
  async moveAway(fd: number): Promise<number> {
    const own = await this.copyAway(fd);
    await this.sys.close(fd);
    return own;
  }

  async copyAway(fd: number): Promise<number> {
    const own = this.takeOwn();
    await this.sys.dup2(fd, own);
    return own;
  }

  async closeOwn(fd: number): Promise<void> {
    this.ownDescriptors.delete(fd);
    await this.sys.close(fd);
  }

  /** Closes what only this program uses: another one takes its place in the process. */
  async closeAllOwn(): Promise<void> {
    for (const fd of [...this.ownDescriptors]) await this.closeOwn(fd);
  }

  /** The descriptor table that a child gets: the script's own numbers. */
  childDescriptors(): Map<number, number> {
    return new Map([...this.state.descriptors].map((fd) => [fd, fd]));
  }
}

/** The text of a system call's failure, as byte text. */
export function errorText(error: SysError): string {
  return toByteText(error.reason.text);
}
