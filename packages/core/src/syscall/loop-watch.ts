/**
 * How an event loop of a program lets itself be looked at. It is no system call: it takes no time, changes nothing and is in no digest. Where nobody looks on, which
 * is always so on the real kernel, there is nobody to tell.
 */
import type { LoopQueues, Queued } from '../record/loop-queues.ts';
import type { Sys } from './sys.ts';

export interface LoopWatcher {
  /** From now on the thread that makes calls through this `sys` runs a loop with these queues; undefined: none any more. */
  show(queues: (() => LoopQueues) | undefined): void;
  /** Where in the program the caller is: told of a coroutine that is about to be suspended. */
  site(): string;
}

const WATCHER = Symbol('loop watcher');

type Watched = Sys & { [WATCHER]?: LoopWatcher };

export function setLoopWatcher(sys: Sys, watcher: LoopWatcher): void {
  (sys as Watched)[WATCHER] = watcher;
}

/** Who looks on; undefined where nobody does. */
export function loopWatcherOf(sys: Sys): LoopWatcher | undefined {
  return (sys as Watched)[WATCHER];
}

/** Longer queues nobody reads. */
const SHOWN = 20;

/** What is shown of a queue of `count` entries: takes no more from `entries` than that. */
export function queued<T>(count: number, entries: Iterable<T>): Queued<T> {
  const first: T[] = [];
  for (const entry of entries) {
    if (first.length === SHOWN) break;
    first.push(entry);
  }
  return { count, first };
}
