/**
 * A pair: one Python program and one of ours that do the same and mark their steps with the same labels. `pairs/NAME.py` runs in CPython on this
 * machine, `pairs/NAME.ts` in a simulated host; `compare.ts` holds their traces against each other as far as the order is guaranteed.
 */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { osErrorOf } from '@netarium/userland/runtimes/os-error.ts';

/** A step that a program marked. */
export interface Mark {
  /** The thread, task or process, as the program names it: `main` where it does not. */
  readonly who: string;
  readonly label: string;
  readonly atNs: number;
}

export class Trace {
  readonly marks: Mark[] = [];

  constructor(private readonly nowNs: () => number) {}

  at(label: string, who = 'main'): void {
    this.marks.push({ who, label, atNs: this.nowNs() });
  }

  /** An exception that was caught: its Python class and text. */
  raised(error: unknown, who = 'main'): void {
    this.at(`raised ${exceptionText(error)}`, who);
  }
}

/** `ValueError: bad`, as Python's `type(e).__name__` and `str(e)`; errors of system calls by the class that Python maps their errno to. */
export function exceptionText(error: unknown): string {
  if (!(error instanceof Error)) return `not an exception: ${String(error)}`;
  const { name, message } = osErrorOf(error) ?? error;
  return `${name}: ${message}`;
}

/** A ratio of two spans of time, each from one label's first mark to another's last. */
export interface Ratio {
  readonly name: string;
  readonly of: readonly [from: string, to: string];
  readonly to: readonly [from: string, to: string];
}

export interface Pair {
  /** Ours; `main` of the Python file is the file itself. */
  readonly main: (trace: Trace) => Program | ProgramModule;
  /** More programs of ours, for `spawn`: installed under /usr/local/bin. */
  readonly programs?: (trace: Trace) => Readonly<Record<string, Program>>;
  /** `total`: one order of all marks. `per thread`: that of each thread. `none`: only which marks there are, and how often. */
  readonly order: 'total' | 'per thread' | 'none';
  /** Marks whose order is guaranteed where `order` says less: every first one comes before every second one, in both traces. */
  readonly before?: readonly (readonly [earlier: string, later: string])[];
  /** Standard output: equal, or equal but for the order of its lines (threads that print). */
  readonly output?: 'exact' | 'any order';
  /** Ratios of time, equal within 15 % of the real run's, or of the median of three. */
  readonly ratios?: readonly Ratio[];
  /** How often CPython runs, and every run has to agree: once. */
  readonly runs?: number;
}

/** Python's exceptions that JavaScript has no name for. */
export class ValueError extends Error {
  override readonly name: string = 'ValueError';
}

export class KeyError extends Error {
  override readonly name: string = 'KeyError';
}
