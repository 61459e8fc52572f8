/**
 * What a worker does with a message of tasks: prints their values, or submits each task by a POST of its own, again and again until the server has it; then it
 * writes down that they are done. A submission carries the same `Idempotency-Key` however often it is sent (the draft of the IETF's HTTPAPI group), so that a
 * server which keeps the keys counts it once, also where an answer was lost or the whole job was killed before the line was written.
 */
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';
import { parseUrl, type Url } from '../../http/url.ts';
import { writeAll } from '../../lib/stdio.ts';
import { at } from '../lib/place.ts';
import { Poster } from '../lib/poster.ts';
import type { Message } from './batcher.ts';
import { type DoneTasks, record, recordSynced } from './ledger.ts';

/** What a thread is given. Plain values: they are copied to it. */
export interface RunnerSetup {
  readonly [key: string]: Cloneable;
  readonly job: string;
  /** Of the ledger, in append mode. */
  readonly ledger: number;
  readonly ledgerPath: string;
  /** Held while something is printed and written down. */
  readonly mutex: number;
  /** Standard output is a file: a cell with its size, which is written down so that it can be cut back; -1 where it is none. */
  readonly outputSize: number;
  /** A cell: when that file is to be brought to the disk next, by the monotonic clock. */
  readonly nextSync: number;
  /** A cell: true when the job is to stop. */
  readonly stop: number;
  /** A cell: so many threads have begun to work. */
  readonly ready: number;
  /** Where to submit; empty: print. */
  readonly url: string;
  readonly retries: number;
  readonly timeoutNs: number;
}

export interface FailedTask {
  readonly [key: string]: Cloneable;
  readonly task: number;
  readonly reason: string;
}

/** What came of a message. */
export interface Outcome {
  readonly [key: string]: Cloneable;
  readonly tasks: number;
  readonly rows: number;
  /** Submissions that were sent again. */
  readonly repeated: number;
  readonly failed: readonly FailedTask[];
}

/** So many times as long as the disk took last does the job go on before it is asked again. */
const SYNC_SHARE = 20;
const FIRST_PAUSE_NS = 100_000_000;
const LONGEST_PAUSE_NS = 10_000_000_000;
/** RFC 9110 section 15: what may go well later. Every other 4xx would be answered again. */
const WORTH_REPEATING: ReadonlySet<number> = new Set([408, 425, 429]);

export class TaskRunner {
  private readonly poster: Poster | undefined;

  constructor(
    private readonly sys: Sys,
    private readonly setup: RunnerSetup,
  ) {
    const url = setup.url === '' ? undefined : (parseUrl(setup.url) as Url);
    this.poster = url && new Poster(sys, url, setup.timeoutNs);
  }

  async run(message: Message, batch: number): Promise<Outcome> {
    return this.poster === undefined ? this.print(message) : this.submit(this.poster, message, batch);
  }

  async close(): Promise<void> {
    await this.poster?.close();
  }

  private async print(message: Message): Promise<Outcome> {
    const { sys, setup } = this;
    const { first, ends, rows, endByte, bytes } = message;
    await sys.mutex_lock(setup.mutex);
    try {
      await at('standard output', writeAll(sys, 1, bytes));
      const before = setup.outputSize < 0 ? undefined : await sys.cell_add(setup.outputSize, bytes.length);
      await this.record({ first, tasks: ends.length, rows, endByte });
      if (before !== undefined) await this.syncNowAndThen(before + bytes.length);
    } finally {
      await sys.mutex_unlock(setup.mutex);
    }
    return { tasks: ends.length, rows, repeated: 0, failed: [] };
  }

  private async submit(poster: Poster, message: Message, batch: number): Promise<Outcome> {
    const { first, ends, rows, endByte, bytes } = message;
    const failed: FailedTask[] = [];
    let [tasks, repeated, doneRows] = [0, 0, 0];
    for (const [i, end] of ends.entries()) {
      // Only the last task of all may be short.
      const rowsOfTask = i === ends.length - 1 ? rows - batch * (ends.length - 1) : batch;
      const body = bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end);
      const sent = await this.send(poster, first + i, rowsOfTask, body);
      repeated += sent.repeated;
      if (sent.reason !== undefined) failed.push({ task: first + i, reason: sent.reason });
      else {
        tasks++;
        doneRows += rowsOfTask;
      }
    }
    if (failed.length === 0) await this.record({ first, tasks, rows, endByte });
    else await this.recordOthers(message, batch, failed);
    return { tasks, rows: doneRows, repeated, failed };
  }

  /** Where tasks of a message failed, each other one has a line of its own; where in the file it ends is not known. */
  private async recordOthers(message: Message, batch: number, failed: readonly FailedTask[]): Promise<void> {
    const { first, ends, rows, endByte } = message;
    const missing = new Set(failed.map(({ task }) => task));
    for (let i = 0; i < ends.length; i++) {
      const last = i === ends.length - 1;
      const rowsOfTask = last ? rows - batch * i : batch;
      const done = { first: first + i, tasks: 1, rows: rowsOfTask, endByte: last ? endByte : 0 };
      if (!missing.has(first + i)) await this.record(done);
    }
  }

  private async send(
    poster: Poster,
    task: number,
    rows: number,
    body: Uint8Array,
  ): Promise<{ readonly repeated: number; readonly reason?: string }> {
    const { sys, setup } = this;
    const fields = [
      ['Idempotency-Key', `"${setup.job}-${task}"`],
      ['X-Batch', `${task} ${rows}`],
    ] as const;
    for (let repeated = 0, pauseNs = FIRST_PAUSE_NS; ; repeated++, pauseNs = Math.min(2 * pauseNs, LONGEST_PAUSE_NS)) {
      const answer = await poster.post(body, fields);
      if ('status' in answer && answer.status >= 200 && answer.status < 300) return { repeated };
      const worth = 'failed' in answer || answer.status >= 500 || WORTH_REPEATING.has(answer.status);
      const reason = 'failed' in answer ? answer.failed : `HTTP ${answer.status}`;
      if (!worth || repeated >= setup.retries || (await sys.cell_load(setup.stop)) === true)
        return { repeated, reason };
      const askedNs = 'failed' in answer ? 0 : (answer.retryAfterNs ?? 0);
      await sys.nanosleep(Math.min(Math.max(pauseNs, askedNs), 6 * LONGEST_PAUSE_NS));
    }
  }

  private async syncNowAndThen(outputSize: number): Promise<void> {
    const { sys, setup } = this;
    const startNs = await sys.clock_gettime('monotonic');
    if (startNs < ((await sys.cell_load(setup.nextSync)) as number)) return;
    await at(setup.ledgerPath, recordSynced(sys, setup.ledger, 1, outputSize));
    const endNs = await sys.clock_gettime('monotonic');
    await sys.cell_store(setup.nextSync, endNs + SYNC_SHARE * (endNs - startNs));
  }

  private record(done: DoneTasks): Promise<void> {
    return at(this.setup.ledgerPath, record(this.sys, this.setup.ledger, done));
  }
}
