/**
 * A bounded queue between the threads of a program, over its shared lists and semaphores: `put` waits while it is full, `take` while it is empty. What passes
 * is copied. A handle is made from plain numbers, so that a thread can be given the queue as an argument.
 */
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '../../lib/failure.ts';

/** What another thread needs to make its handle. */
export interface QueueNumbers {
  readonly [key: string]: number;
  readonly items: number;
  readonly filled: number;
  readonly room: number;
}

export class WorkQueue<T extends Cloneable> {
  constructor(
    private readonly sys: Sys,
    readonly numbers: QueueNumbers,
  ) {}

  static async create<T extends Cloneable>(sys: Sys, capacity: number): Promise<WorkQueue<T>> {
    const items = await sys.list_create();
    return new WorkQueue(sys, { items, filled: await sys.sem_create(0), room: await sys.sem_create(capacity) });
  }

  /** False where it stayed full for so long (a negative time: for ever). */
  async put(item: T, timeoutNs = -1): Promise<boolean> {
    if (!(await waited(this.sys, this.numbers.room, timeoutNs))) return false;
    await this.sys.list_push(this.numbers.items, item);
    await this.sys.sem_post(this.numbers.filled);
    return true;
  }

  /** Undefined where it stayed empty for so long. */
  async take(timeoutNs = -1): Promise<T | undefined> {
    if (!(await waited(this.sys, this.numbers.filled, timeoutNs))) return undefined;
    const item = await this.sys.list_remove(this.numbers.items, 0);
    await this.sys.sem_post(this.numbers.room);
    return item as T;
  }

  /** Whether something waits to be taken. */
  async waiting(): Promise<boolean> {
    return (await this.sys.sem_getvalue(this.numbers.filled)) > 0;
  }
}

async function waited(sys: Sys, semaphore: number, timeoutNs: number): Promise<boolean> {
  for (;;) {
    try {
      await (timeoutNs === 0 ? sys.sem_trywait(semaphore) : sys.sem_wait(semaphore, timeoutNs));
      return true;
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'ETIMEDOUT' || code === 'EAGAIN') return false;
      // A signal handler ran while it slept (sem_wait(3)).
      if (code !== 'EINTR') throw error;
    }
  }
}
