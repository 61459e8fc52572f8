/** Our half of a pair about threads and processes: a program over the library in CPython's manner, whose steps are marked by its threads' names. */
import { SystemExit } from '@netarium/userland/runtimes/threading/errors.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { PyEntry, PyModule, Python } from '@netarium/userland/runtimes/threading/python.ts';
import { exceptionText, type Pair, type Trace } from './pair.ts';

/** Marks the steps of a thread, as `harness.py` does. */
export class Marks {
  constructor(readonly trace: Trace) {}

  at(py: Python, label: string): void {
    this.trace.at(label, who(py));
  }

  /** Runs what is expected to raise, and marks it; `no error` where it does not. */
  async raises(py: Python, body: () => Promise<unknown>): Promise<void> {
    try {
      await body();
      this.at(py, 'no error');
    } catch (error) {
      this.trace.raised(error, who(py));
    }
  }
}

function who(py: Python): string {
  return py.thread.name === 'MainThread' ? 'main' : py.thread.name;
}

/**
 * The program of a pair. What no one catches is marked, as the harness of the Python side does; what tasks raise, which an executor or a future calls, is
 * caught there.
 */
export function pyMain(
  entries: (marks: Marks) => PyModule,
  tasks: (marks: Marks) => Readonly<Record<string, PyEntry>> = () => ({}),
): Pair['main'] {
  return (trace) => {
    const marks = new Marks(trace);
    const marked = Object.entries(entries(marks)).map(([name, entry]) => [name, reporting(entry, trace)]);
    return python('3.11', { ...tasks(marks), ...Object.fromEntries(marked) } as PyModule);
  };
}

function reporting(entry: PyEntry, trace: Trace): PyEntry {
  return async (py, ...args) => {
    try {
      return await entry(py, ...args);
    } catch (error) {
      // A child process tells its parent by its exit code alone.
      const quiet = error instanceof SystemExit && py.thread.name === 'MainThread';
      const tells = py.state.name === 'MainProcess' && !quiet;
      if (tells) trace.at(`uncaught ${exceptionText(error)}`, who(py));
      throw error;
    }
  };
}
