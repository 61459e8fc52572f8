/** The threads of the log writer: callers, who log and should not wait for a disk, and the one that writes. A bounded queue is between them. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { type QueueNumbers, WorkQueue } from '../lib/work-queue.ts';
import { LogFile, type LogHandle } from './log-file.ts';

export type Policy = 'block' | 'drop';

const BATCH = 100;
const BURST = 50;
const NS_PER_SECOND = 1_000_000_000;
const NEWLINE = Uint8Array.of(10);

/** What all threads have in common: the queue, and cells by number. */
export interface Shared {
  readonly [key: string]: number | string | QueueNumbers;
  readonly queue: QueueNumbers;
  readonly policy: Policy;
  /** Records that found the queue full and were not to wait. */
  readonly dropped: number;
  /** 1 where nobody should log any more: a signal came, or the writer has failed. */
  readonly stopped: number;
  /** How long the call that took longest kept its caller, in nanoseconds. */
  readonly longestNs: number;
  /** A semaphore: the writer is there. */
  readonly ready: number;
}

export async function share(sys: Sys, capacity: number, policy: Policy): Promise<Shared> {
  const { numbers } = await WorkQueue.create(sys, capacity);
  const [dropped, stopped] = [await sys.cell_create(0), await sys.cell_create(0)];
  const [longestNs, ready] = [await sys.cell_create(0), await sys.sem_create(0)];
  return { queue: numbers, policy, dropped, stopped, longestNs, ready };
}

/** What a program that logs holds. */
export class Logger {
  private readonly queue: WorkQueue<Uint8Array>;
  private longestNs = 0;

  constructor(
    private readonly sys: Sys,
    private readonly shared: Shared,
  ) {
    this.queue = new WorkQueue(sys, shared.queue);
  }

  /** False where nobody should log any more. */
  async log(record: Uint8Array): Promise<boolean> {
    const { sys, shared } = this;
    if ((await sys.cell_load(shared.stopped)) !== 0) return false;
    const beforeNs = await sys.clock_gettime('monotonic');
    const taken = await this.queue.put(record, shared.policy === 'drop' ? 0 : -1);
    this.longestNs = Math.max(this.longestNs, (await sys.clock_gettime('monotonic')) - beforeNs);
    if (!taken) await sys.cell_add(shared.dropped, 1);
    return true;
  }

  /** Tells the others how long this caller had to wait. */
  async end(): Promise<void> {
    const { sys, shared, longestNs } = this;
    for (let known = (await sys.cell_load(shared.longestNs)) as number; longestNs > known; ) {
      const found = (await sys.cell_compare_exchange(shared.longestNs, known, longestNs)) as number;
      if (found === known) return;
      known = found;
    }
  }
}

/** A caller: so many records, in bursts that come to `rate` records a second (0: as fast as it can). Answers how many it has logged. */
export async function call(sys: Sys, name: string, records: number, rate: number, shared: Shared): Promise<number> {
  const logger = new Logger(sys, shared);
  const fromNs = await sys.clock_gettime('monotonic');
  let logged = 0;
  while (logged < records && (await logger.log(encodeUtf8(`${name} record ${logged + 1}`)))) {
    logged++;
    if (rate === 0 || logged % BURST !== 0) continue;
    const aheadNs = fromNs + (logged * NS_PER_SECOND) / rate - (await sys.clock_gettime('monotonic'));
    if (aheadNs > 0) await sys.nanosleep(Math.round(aheadNs));
  }
  await logger.end();
  return logged;
}

/** What the writer answers. */
export interface Written {
  readonly [key: string]: number | string;
  readonly lines: number;
  /** Records that were in the queue and did not come into the file. */
  readonly lost: number;
  readonly batches: number;
  readonly problem: string;
}

/** The writer: batches of up to a hundred records, `diskNs` for each, until the end marker. After a failure it only counts, so that nobody waits for it. */
export async function write(sys: Sys, handle: LogHandle, diskNs: number, shared: Shared): Promise<Written> {
  const queue = new WorkQueue<Uint8Array | null>(sys, shared.queue);
  const file = new LogFile(sys, handle);
  await sys.sem_post(shared.ready);
  let [lines, lost, batches, problem] = [0, 0, 0, ''];
  for (let over = false; !over; ) {
    const parts: Uint8Array[] = [];
    let record = await queue.take();
    for (; record !== undefined && record !== null; record = parts.length < 2 * BATCH ? await queue.take(0) : undefined)
      parts.push(record, NEWLINE);
    over = record === null;
    if (parts.length === 0) continue;
    const count = parts.length / 2;
    if (problem !== '') {
      lost += count;
      continue;
    }
    if (diskNs > 0) await sys.nanosleep(diskNs);
    const appended = await file.append(concatBytes(parts));
    batches++;
    lines += appended.lines;
    lost += count - appended.lines;
    problem = appended.problem;
    if (problem !== '') await sys.cell_store(shared.stopped, 1);
  }
  return { lines, lost, batches, problem };
}
