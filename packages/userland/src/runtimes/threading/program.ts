/**
 * Programs in the manner of CPython: `python('3.11', { async main(py) { … }, async worker(py, name) { … } })` makes a program for `spawn` and the shell.
 * The interpreter lock of that version is attached before `main`; threads and child processes start at the other entries, by name. What `main` raises is
 * told on standard error, and the process ends with 1; it ends when all threads that are no daemons have.
 */
import type { Entry, ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Cloneable, InterpreterProfile, InterpreterVersion, Sys } from '@netarium/core/syscall/sys.ts';
import { shutdownExecutors } from '../futures/thread-pool.ts';
import { endOfProcess, type ProcessStart, runChild } from '../multiprocessing/child.ts';
import { SystemExit } from './errors.ts';
import { LIBRARY } from './library.ts';
import { type Library, type ProcessState, type PyEntry, type PyModule, Python } from './python.ts';
import { revive, reviveAll } from './shared.ts';
import { joinNonDaemons, runThread, Thread, type ThreadStart, traceback } from './thread.ts';

type Start = ThreadStart | ProcessStart;

/** `more` are libraries whose objects the program's threads share, besides those that every program has. */
export function python(
  version: InterpreterVersion | InterpreterProfile,
  module: PyModule,
  ...more: readonly Library[]
): ProgramModule {
  const library: Library = {
    kinds: new Map([LIBRARY, ...more].flatMap(({ kinds }) => [...kinds])),
    entries: Object.assign({}, ...[LIBRARY, ...more].map(({ entries }) => entries)),
  };
  const code: Code = { module, library };
  const entries: Record<string, Entry> = {};
  for (const [name, entry] of [...Object.entries(library.entries), ...Object.entries(module)])
    entries[name] = (sys: Sys, start: Start, ...args: readonly Cloneable[]) => runEntry(sys, code, entry, start, args);
  return { ...entries, main: (sys, argv) => runMain(sys, version, code, argv) };
}

/** A program and what it was given. */
interface Code {
  readonly module: PyModule;
  readonly library: Library;
}

/** The lists and counters of a new process. */
async function newState(sys: Sys, name: string, daemon: boolean): Promise<ProcessState> {
  return {
    pid: await sys.getpid(),
    callNs: (await sys.interpreter_profile()).callNs,
    threads: await sys.list_create(),
    shutdown: await sys.list_create(),
    threadCount: await sys.cell_create(0),
    childCount: await sys.cell_create(0),
    children: await sys.list_create(),
    feeders: await sys.list_create(),
    executors: await sys.list_create(),
    executorCount: await sys.cell_create(0),
    name,
    daemon,
  };
}

async function runMain(
  sys: Sys,
  version: InterpreterVersion | InterpreterProfile,
  { module, library }: Code,
  argv: readonly string[],
): Promise<number> {
  // As the interpreter does at its start: a write without a reader raises BrokenPipeError.
  await sys.sigaction('SIGPIPE', 'ignore');
  await sys.interpreter_attach(version);
  const py = new Python(sys, await newState(sys, 'MainProcess', false), module, library);
  py.thread = await Thread.main(py);
  const code = await exitCode(py, () => module.main(py, argv));
  await shutdownExecutors(py);
  await joinNonDaemons(py);
  await endOfProcess(py);
  return code;
}

/** What the body's end means for the process: 0, the code of SystemExit, or 1 and a traceback. */
async function exitCode(py: Python, body: () => Promise<unknown>): Promise<number> {
  try {
    await body();
    return 0;
  } catch (error) {
    if (error instanceof SystemExit) return error.code;
    await py.writeAll(2, traceback(error));
    return 1;
  }
}

async function runEntry(
  sys: Sys,
  { module, library }: Code,
  entry: PyEntry,
  start: Start,
  args: readonly Cloneable[],
): Promise<unknown> {
  if (start.how === 'process') {
    const py = new Python(sys, await newState(sys, start.name, start.daemon), module, library);
    py.thread = await Thread.main(py);
    return runChild(py, start, async () => entry(py, ...((await reviveAll(py, args)) as never[])));
  }
  const py = new Python(sys, start.state, module, library);
  py.thread = (await revive(py, { $shared: 'Thread', packed: start.thread } as never)) as Thread;
  await runThread(py, async () => entry(py, ...((await reviveAll(py, args)) as never[])));
  return undefined;
}
