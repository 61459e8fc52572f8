/** A pool of threads: the first thread deals out the attempts and takes in the results, over two queues. */
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';
import { type QueueNumbers, WorkQueue } from '../lib/work-queue.ts';
import type { FetchSettings } from './conclusion.ts';
import { Fetcher } from './fetch.ts';
import type { Attempt, Result } from './scheduler.ts';
import { type ThreadUse, WaitMeter } from './wait-meter.ts';
import type { Run, Way } from './way.ts';

type Answer = { readonly thread: number; readonly result: Result } | { readonly use: ThreadUse };

export const threads: Way = async (run) => {
  const { sys, concurrency } = run;
  // A thread's place in the queue is that of the attempt that it takes next.
  const jobs = await WorkQueue.create<Cloneable>(sys, 2 * concurrency);
  const answers = await WorkQueue.create<Cloneable>(sys, 4 * concurrency);
  const dealer = new ThreadDealer(run, jobs, answers);
  await dealer.run();
  for (let i = 0; i < dealer.started; i++) await jobs.put(null);
  const uses: ThreadUse[] = [];
  while (uses.length < dealer.started) {
    const answer = (await answers.take()) as unknown as Answer;
    if ('use' in answer) uses.push(answer.use);
  }
  for (const tid of dealer.tids) await sys.thread_join(tid);
  return uses.sort((a, b) =>
    a.name.length - b.name.length === 0 ? (a.name < b.name ? -1 : 1) : a.name.length - b.name.length,
  );
};

class ThreadDealer {
  readonly tids: number[] = [];
  private underWay = 0;

  constructor(
    private readonly pass: Run,
    private readonly jobs: WorkQueue<Cloneable>,
    private readonly answers: WorkQueue<Cloneable>,
  ) {}

  get started(): number {
    return this.tids.length;
  }

  async run(): Promise<void> {
    const { sys, scheduler, concurrency } = this.pass;
    for (;;) {
      const nowNs = await sys.clock_gettime('monotonic');
      const next = this.underWay < concurrency ? scheduler.next(nowNs) : { do: 'idle' as const };
      if (next.do === 'end') return;
      if (next.do === 'start') await this.deal(next.attempt);
      else await this.take(next.do === 'wait' ? next.untilNs - nowNs : -1);
    }
  }

  private async deal(attempt: Attempt): Promise<void> {
    const { sys, settings, concurrency } = this.pass;
    // A thread for each of the first ones.
    if (this.tids.length < concurrency && this.underWay === this.tids.length) {
      const args = [this.tids.length, { ...settings }, this.jobs.numbers, this.answers.numbers];
      this.tids.push(await sys.thread_create('worker', args, { name: `worker-${this.tids.length + 1}` }));
    }
    this.underWay++;
    await this.jobs.put(attempt);
  }

  private async take(timeoutNs: number): Promise<void> {
    const answer = (await this.answers.take(timeoutNs)) as unknown as Answer | undefined;
    if (answer === undefined || 'use' in answer) return;
    this.underWay--;
    await this.pass.report(answer.result, `worker-${answer.thread + 1}`);
  }
}

/** A thread: attempts until it is told to go. */
export async function worker(
  own: Sys,
  thread: number,
  settings: FetchSettings,
  jobNumbers: QueueNumbers,
  answerNumbers: QueueNumbers,
): Promise<void> {
  const meter = await WaitMeter.create(own);
  const jobs = new WorkQueue<Cloneable>(meter.sys, jobNumbers);
  const answers = new WorkQueue<Cloneable>(meter.sys, answerNumbers);
  const fetcher = new Fetcher(meter.sys, settings);
  for (;;) {
    const attempt = (await jobs.take()) as unknown as Attempt | null;
    if (attempt === null) break;
    await answers.put({ thread, result: await fetcher.fetch(attempt) });
  }
  await fetcher.close();
  await answers.put({ use: await meter.use(`worker-${thread + 1}`) });
}
