/** A queue between tasks (CPython 3.11's asyncio/queues.py): first in, first out; `put` waits while it is full, `get` while it is empty. */
import { ValueError } from '../errors.ts';
import { QueueEmpty, QueueFull } from './errors.ts';
import type { Future } from './future.ts';
import { Event } from './locks.ts';
import type { EventLoop } from './loop.ts';

export class Queue<T> {
  private readonly items: T[] = [];
  private readonly getters: Future<void>[] = [];
  private readonly putters: Future<void>[] = [];
  private unfinished = 0;
  private readonly finished: Event;

  constructor(
    private readonly loop: EventLoop,
    /** 0: without limit. */
    readonly maxsize = 0,
  ) {
    this.finished = new Event(loop);
    this.finished.set();
  }

  get size(): number {
    return this.items.length;
  }

  get empty(): boolean {
    return this.items.length === 0;
  }

  get full(): boolean {
    return this.maxsize > 0 && this.items.length >= this.maxsize;
  }

  async put(item: T): Promise<void> {
    while (this.full) await this.waitIn(this.putters, () => !this.full);
    this.putNowait(item);
  }

  putNowait(item: T): void {
    if (this.full) throw new QueueFull();
    this.items.push(item);
    this.unfinished++;
    this.finished.clear();
    wakeNext(this.getters);
  }

  async get(): Promise<T> {
    while (this.empty) await this.waitIn(this.getters, () => !this.empty);
    return this.getNowait();
  }

  getNowait(): T {
    if (this.empty) throw new QueueEmpty();
    const item = this.items.shift() as T;
    wakeNext(this.putters);
    return item;
  }

  /** One item that was got is dealt with. */
  taskDone(): void {
    if (this.unfinished === 0) throw new ValueError('task_done() called too many times');
    if (--this.unfinished === 0) this.finished.set();
  }

  /** Waits until every item that was put is dealt with. */
  async join(): Promise<void> {
    if (this.unfinished > 0) await this.finished.wait();
  }

  private async waitIn(line: Future<void>[], possible: () => boolean): Promise<void> {
    const place = this.loop.createFuture<void>();
    line.push(place);
    try {
      await place.wait();
    } catch (error) {
      place.cancel();
      const at = line.indexOf(place);
      if (at >= 0) line.splice(at, 1);
      // Woken and cancelled at once: the chance goes to the next one.
      if (possible() && !place.cancelled) wakeNext(line);
      throw error;
    }
  }
}

function wakeNext(line: Future<void>[]): void {
  for (let next = line.shift(); next !== undefined; next = line.shift()) {
    if (next.done) continue;
    next.setResult(undefined);
    return;
  }
}
