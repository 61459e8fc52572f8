/**
 * Node's worker threads, kept when the thread that ran in one has ended: starting one takes tens of milliseconds of a processor, and what it has loaded and compiled is
 * warm for the next thread, which then starts in a fraction of one. What a thread has is made anew each time; only modules and what they hold stay.
 *
 * An idle worker does not keep the process alive.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { Answer } from './answer.ts';
import type { Settled } from './pending.ts';
import type { Entries } from './program.ts';
import type { FromThread, ThreadStart } from './thread-entry.ts';
import { toReply } from './wire.ts';

/** More than this many idle workers are ended: each holds some megabytes. */
const MOST_IDLE = 16;

/** Who runs in a worker. */
export interface Occupant {
  heard(message: FromThread): void;
  /** An exception that nobody caught: the worker is gone. */
  crashed(error: Error): void;
  /** The worker is gone. */
  gone(): void;
}

export class ThreadWorker {
  private readonly answers = new Answer();
  private readonly worker: Worker;
  private occupant: Occupant | undefined;

  constructor({ thread, execArgv }: Entries, gone: (worker: ThreadWorker) => void) {
    // The environment of Node itself, which no program sees, need not be copied.
    this.worker = new Worker(thread, { workerData: this.answers.buffer, execArgv: [...execArgv], env: SHARE_ENV });
    this.worker.on('message', (message: FromThread) => this.occupant?.heard(message));
    this.worker.on('error', (error: Error) => this.occupant?.crashed(error));
    this.worker.on('exit', () => {
      gone(this);
      this.occupant?.gone();
    });
  }

  run(start: ThreadStart, occupant: Occupant): void {
    this.occupant = occupant;
    this.worker.ref();
    this.worker.postMessage(start);
  }

  /** A call's outcome. */
  answer(outcome: Settled, handle?: number): void {
    if (handle === undefined && this.answers.tell(outcome)) return;
    const reply = toReply(outcome);
    this.worker.postMessage(handle === undefined ? reply : { ...reply, handle });
    this.answers.posted();
  }

  /** Its thread has ended. */
  rest(): void {
    this.occupant = undefined;
    this.worker.unref();
  }

  terminate(): void {
    this.occupant = undefined;
    void this.worker.terminate();
  }
}

export class WorkerCache {
  private readonly idle: ThreadWorker[] = [];

  constructor(private readonly entries: Entries) {}

  take(): ThreadWorker {
    return this.idle.pop() ?? new ThreadWorker(this.entries, (worker) => this.forget(worker));
  }

  /** Its thread has ended by itself. */
  giveBack(worker: ThreadWorker): void {
    worker.rest();
    if (this.idle.length < MOST_IDLE) this.idle.push(worker);
    else worker.terminate();
  }

  private forget(worker: ThreadWorker): void {
    const at = this.idle.indexOf(worker);
    if (at >= 0) this.idle.splice(at, 1);
  }

  close(): void {
    for (const worker of this.idle.splice(0)) worker.terminate();
  }
}
