/**
 * What is downloaded when, the same for every way: in the order of the list, a failed attempt again after a pause that doubles, no more requests to a host
 * than its rate allows, nothing more after a failure of the disk. It neither waits nor reads a clock: the ways do, each in its manner.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { TimerHeap } from '../../lib/timer-heap.ts';

/** One request for one file. Plain values: it passes to threads and processes. */
export interface Attempt {
  readonly [key: string]: Cloneable;
  readonly index: number;
  readonly url: string;
  /** The file, with its directory. */
  readonly path: string;
  /** Tells whether the part that an earlier attempt left is still of the same file (If-Range); empty where there is none. */
  readonly validator: string;
}

/** What came of it. */
export interface Result {
  readonly [key: string]: Cloneable;
  readonly index: number;
  readonly ok: boolean;
  /** 0 where no response came. */
  readonly status: number;
  readonly type: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Why it failed. */
  readonly reason: string;
  /** It may go well later. */
  readonly again: boolean;
  /** The disk failed, not the network. */
  readonly disk: boolean;
  readonly validator: string;
  /** As long as the server asks to wait. */
  readonly retryAfterNs: number;
  readonly tookNs: number;
}

export interface Item {
  readonly url: string;
  readonly host: string;
  readonly path: string;
}

/** An item at its end. */
export interface Ending extends Result {
  readonly attempts: number;
}

export interface SchedulerLimits {
  readonly retries: number;
  /** Between two requests to one host; 0: none. */
  readonly hostIntervalNs: number;
}

export type Next =
  | { readonly do: 'start'; readonly attempt: Attempt }
  /** Nothing may start before this instant. */
  | { readonly do: 'wait'; readonly untilNs: number }
  /** Nothing is left but what is under way, which may have to be done again. */
  | { readonly do: 'idle' }
  | { readonly do: 'end' };

const FIRST_PAUSE_NS = 500_000_000;
const LONGEST_PAUSE_NS = 60_000_000_000;

interface Host {
  readonly waiting: number[];
  /** Its next request may start then. */
  freeNs: number;
}

export class Scheduler {
  private readonly hosts = new Map<string, Host>();
  private readonly pauses = new TimerHeap<{
    readonly atNs: number;
    readonly cancelled: false;
    readonly index: number;
  }>();
  private readonly attempts: number[];
  private readonly validators = new Map<number, string>();
  private waiting = 0;
  private underWay = 0;
  private pausing = 0;
  /** The disk has failed: why. */
  stopped: string | undefined;

  constructor(
    private readonly items: readonly Item[],
    private readonly limits: SchedulerLimits,
    private readonly ended: (ending: Ending) => void,
  ) {
    this.attempts = items.map(() => 0);
    for (const index of items.keys()) this.enqueue(index);
  }

  /** Items that were never tried, or not for the last time, because the disk failed. */
  get untried(): number {
    return this.stopped === undefined ? 0 : this.waiting + this.pausing;
  }

  next(nowNs: number): Next {
    for (const { index } of this.pauses.takeDue(nowNs)) {
      this.pausing--;
      this.enqueue(index);
    }
    if (this.stopped !== undefined) return { do: this.underWay > 0 ? 'idle' : 'end' };
    let untilNs = this.pauses.first?.atNs ?? Number.MAX_SAFE_INTEGER;
    if (this.waiting > 0) {
      for (const [name, host] of this.hosts) {
        const index = host.waiting[0];
        if (index === undefined) continue;
        if (host.freeNs <= nowNs) return { do: 'start', attempt: this.start(name, host, nowNs) };
        untilNs = Math.min(untilNs, host.freeNs);
      }
    }
    if (untilNs < Number.MAX_SAFE_INTEGER) return { do: 'wait', untilNs };
    return { do: this.underWay > 0 ? 'idle' : 'end' };
  }

  /** The disk has failed: nothing more is begun. */
  stop(reason: string): void {
    this.stopped ??= reason;
  }

  report(result: Result, nowNs: number): void {
    this.underWay--;
    const { index } = result;
    const attempts = this.attempts[index]!;
    if (result.disk) this.stop(result.reason);
    if (result.ok || !result.again || attempts > this.limits.retries || this.stopped !== undefined) {
      this.ended({ ...result, attempts });
      return;
    }
    if (result.validator !== '') this.validators.set(index, result.validator);
    else this.validators.delete(index);
    let pauseNs = FIRST_PAUSE_NS;
    for (let i = 1; i < attempts && pauseNs < LONGEST_PAUSE_NS; i++) pauseNs *= 2;
    this.pausing++;
    this.pauses.push({
      atNs: nowNs + Math.min(LONGEST_PAUSE_NS, Math.max(pauseNs, result.retryAfterNs)),
      cancelled: false,
      index,
    });
  }

  private enqueue(index: number): void {
    const name = this.limits.hostIntervalNs === 0 ? '' : this.items[index]!.host;
    const host = this.hosts.get(name);
    if (host === undefined) this.hosts.set(name, { waiting: [index], freeNs: 0 });
    else host.waiting.push(index);
    this.waiting++;
  }

  private start(name: string, host: Host, nowNs: number): Attempt {
    const index = host.waiting.shift()!;
    this.waiting--;
    this.underWay++;
    this.attempts[index]!++;
    host.freeNs = nowNs + this.limits.hostIntervalNs;
    // The next turn is another host's.
    if (this.hosts.size > 1) {
      this.hosts.delete(name);
      this.hosts.set(name, host);
    }
    const { url, path } = this.items[index]!;
    return { index, url, path, validator: this.validators.get(index) ?? '' };
  }
}
