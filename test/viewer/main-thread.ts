/**
 * What a page's main thread did, from the browser's own trace: its tasks with the time that passed and the CPU time that they had. A page on a busy machine
 * waits for its turn, which is not its work: the two are told apart here, between marks that the page makes (`performance.mark`).
 */
import type { Browser } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** Instants and durations in milliseconds. */
interface Task {
  readonly from: number;
  readonly to: number;
  readonly cpu: number;
}

export interface Stretch {
  /** As the clock on the wall has it, and as the thread's own has. */
  readonly wall: number;
  readonly cpu: number;
  /** The task in it that took most CPU time. */
  readonly busiest: Task | undefined;
}

const TASK = 'ThreadControllerImpl::RunTask';

export class MainThread {
  private constructor(
    private readonly tasks: readonly Task[],
    private readonly marks: ReadonlyMap<string, number>,
  ) {}

  /** What went on in the page that made marks while `during` ran. */
  static async while(browser: Browser, during: () => Promise<unknown>): Promise<MainThread> {
    await browser.startTracing(undefined, { categories: ['toplevel', 'blink.user_timing'] });
    await during();
    const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
    const made = traceEvents.filter(({ name }) => name.startsWith(MARK));
    const [first] = made;
    if (first === undefined) throw new Error('the page made no mark');
    const own = traceEvents.filter(
      ({ name, ph, pid, tid }) => name === TASK && ph === 'X' && pid === first.pid && tid === first.tid,
    );
    return new MainThread(
      own.map(({ ts, dur = 0, tdur = 0 }) => ({ from: ts / 1000, to: (ts + dur) / 1000, cpu: tdur / 1000 })),
      new Map(made.map(({ name, ts }) => [name.slice(MARK.length), ts / 1000])),
    );
  }

  /** A mark is made inside of a task: the first one's counts, whole, and the last one's does not. */
  between(first: string, last: string): Stretch {
    const [from, to] = [this.marks.get(first)!, this.marks.get(last)!];
    const tasks = this.tasks.filter((task) => task.to > from && task.to <= to);
    const busiest = [...tasks].sort((a, b) => b.cpu - a.cpu)[0];
    return { wall: to - from, cpu: tasks.reduce((sum, { cpu }) => sum + cpu, 0), busiest };
  }
}

/** Begins the names of our marks. */
export const MARK = 'bench ';
