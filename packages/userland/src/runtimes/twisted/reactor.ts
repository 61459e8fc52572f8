/**
 * A reactor (Twisted's twisted/internet/base.py and epollreactor.py): one thread, calls due by time first, then descriptors by epoll. Everything that
 * happens is a callback; one that blocks keeps all others waiting. It runs once: a reactor that has stopped cannot be started again.
 */
import { loopWatcherOf, queued } from '@netarium/core/syscall/loop-watch.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { writeAll } from '../../lib/stdio.ts';
import { TimerHeap } from '../../lib/timer-heap.ts';
import { type Direction, Readiness } from '../readiness.ts';
import type { Deferred, FailureLog } from './deferred.ts';

export class ReactorNotRunning extends Error {
  override readonly name = 'ReactorNotRunning';
}

export class ReactorNotRestartable extends Error {
  override readonly name = 'ReactorNotRestartable';
}

type Call = () => void | Promise<void>;

/** A call for later, which can be taken back. */
export class DelayedCall {
  cancelled = false;

  constructor(
    readonly atNs: number,
    readonly call: Call,
  ) {}

  get label(): string {
    return labelOf(this.call);
  }

  cancel(): void {
    this.cancelled = true;
  }
}

/** As Python shows a function: by its name, where it has one. */
function labelOf({ name }: Call): string {
  return name === '' ? '<lambda>' : name;
}

export class Reactor implements FailureLog {
  readonly unhandled = new Set<Deferred>();
  private readonly timers = new TimerHeap<DelayedCall>();
  private readonly atStart: Call[] = [];
  /** What runs one after the other, and whose turn it is. */
  private runs: readonly Call[] = [];
  private turn = 0;
  private state: 'new' | 'running' | 'stopping' | 'stopped' = 'new';

  private constructor(
    readonly sys: Sys,
    private readonly readiness: Readiness<Call>,
  ) {
    loopWatcherOf(sys)?.show(() => this.queues());
  }

  static async create(sys: Sys): Promise<Reactor> {
    return new Reactor(sys, await Readiness.create<Call>(sys));
  }

  async callLater(delayNs: number, call: Call): Promise<DelayedCall> {
    const delayed = new DelayedCall((await this.sys.clock_gettime('monotonic')) + delayNs, call);
    this.timers.push(delayed);
    return delayed;
  }

  /** When the reactor starts; at once where it runs. */
  async callWhenRunning(call: Call): Promise<void> {
    if (this.state === 'running') await call();
    else this.atStart.push(call);
  }

  async watch(fd: number, direction: Direction, call: Call): Promise<void> {
    await this.readiness.set(fd, direction, call);
  }

  async unwatch(fd: number, direction: Direction): Promise<void> {
    await this.readiness.clear(fd, direction);
  }

  /** Runs until `stop`. Failures that no errback took are told then (Twisted tells them when the Deferred is collected). */
  async run(): Promise<void> {
    if (this.state !== 'new') throw new ReactorNotRestartable();
    this.state = 'running';
    await this.inTurn(this.atStart);
    while (this.state === 'running') await this.iterate();
    this.state = 'stopped';
    for (const { failure } of this.unhandled) {
      await this.log('Unhandled error in Deferred:', failure?.error);
    }
    await this.readiness.close();
    loopWatcherOf(this.sys)?.show(undefined);
  }

  /** The reactor ends after the round in progress. */
  stop(): void {
    if (this.state !== 'running') throw new ReactorNotRunning("Can't stop reactor that isn't running.");
    this.state = 'stopping';
  }

  private async iterate(): Promise<void> {
    let nowNs = await this.sys.clock_gettime('monotonic');
    const due = this.timers.takeDue(nowNs);
    await this.inTurn(
      due.map((delayed) => delayed.call),
      (i) => !due[i]!.cancelled,
    );
    // `stop` may have come in a delayed call: then this look at the descriptors must not wait.
    const next = this.timers.first;
    let timeoutNs = this.state === 'running' ? -1 : 0;
    if (timeoutNs < 0 && next !== undefined) {
      // The calls took their time.
      if (due.length > 0) nowNs = await this.sys.clock_gettime('monotonic');
      timeoutNs = Math.max(0, next.atNs - nowNs);
    }
    await this.inTurn(await this.readiness.wait(timeoutNs));
  }

  /** One after the other, those that are still wanted when it is their turn. */
  private async inTurn(calls: readonly Call[], wanted: (i: number) => boolean = () => true): Promise<void> {
    this.runs = calls;
    for (this.turn = 0; this.turn < calls.length; this.turn++)
      if (wanted(this.turn)) await this.guarded(calls[this.turn]!);
    this.runs = [];
  }

  /** For who looks on. */
  private queues() {
    const { timers, runs, turn } = this;
    const [current] = runs.slice(turn);
    const left = runs.slice(turn + 1);
    const waiting = this.readiness.list();
    return {
      runtime: 'twisted',
      running: current === undefined ? '' : labelOf(current),
      ready: queued(left.length, left.map(labelOf)),
      timers: queued(timers.living, timers.list()),
      waiting: queued(
        waiting.length,
        waiting.map(({ watcher, ...what }) => ({ ...what, label: labelOf(watcher) })),
      ),
      coroutines: queued(0, []),
    };
  }

  private async guarded(call: Call): Promise<void> {
    try {
      await call();
    } catch (error) {
      await this.log('Unhandled Error', error);
    }
  }

  private log(what: string, error: unknown): Promise<void> {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return writeAll(this.sys, 2, `${what}\n${text}\n`);
  }
}
