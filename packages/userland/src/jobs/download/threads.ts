/** A pool of threads, one for each file that may be under way: the first thread deals out the attempts and takes in the results, over two queues. */
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';
import { type QueueNumbers, WorkQueue } from '../lib/work-queue.ts';
import type { FetchSettings } from './conclusion.ts';
import { Fetcher } from './fetch.ts';
import type { Attempt, Result } from './scheduler.ts';
import { type ThreadUse, WaitMeter } from './wait-meter.ts';
import type { Run, Way } from './way.ts';

type Answer =
  | { readonly ready: true }
  | { readonly thread: number; readonly result: Result }
  | { readonly use: ThreadUse };

export const threads: Way = async (run) => {
  const { sys, concurrency } = run;
  const jobs = await WorkQueue.create<Cloneable>(sys, concurrency);
  const answers = await WorkQueue.create<Cloneable>(sys, 2 * concurrency);
  const tids: number[] = [];
  for (let thread = 0; thread < concurrency; thread++) {
    const args = [thread, { ...run.settings }, jobs.numbers, answers.numbers];
    tids.push(await sys.thread_create('worker', args, { name: nameOf(thread) }));
  }
  for (const _ of tids) await answers.take();
  await run.began();
  await deal(run, jobs, answers);
  for (const _ of tids) await jobs.put(null);
  const uses: ThreadUse[] = [];
  while (uses.length < tids.length) {
    const answer = (await answers.take()) as unknown as Answer;
    if ('use' in answer) uses.push(answer.use);
  }
  for (const tid of tids) await sys.thread_join(tid);
  return inOrder(uses);
};

function nameOf(thread: number): string {
  return `worker-${thread + 1}`;
}

/** By the number at the end of their names. */
export function inOrder(uses: readonly ThreadUse[]): ThreadUse[] {
  const number = ({ name }: ThreadUse): number => Number(name.slice(name.lastIndexOf('-') + 1));
  return [...uses].sort((a, b) => number(a) - number(b));
}

/** As many attempts under way as there are threads, until none is left. */
async function deal(run: Run, jobs: WorkQueue<Cloneable>, answers: WorkQueue<Cloneable>): Promise<void> {
  const { sys, scheduler, concurrency } = run;
  let underWay = 0;
  for (;;) {
    const nowNs = await sys.clock_gettime('monotonic');
    const next = underWay < concurrency ? scheduler.next(nowNs) : { do: 'idle' as const };
    if (next.do === 'end') return;
    if (next.do === 'start') {
      underWay++;
      await jobs.put(next.attempt);
      continue;
    }
    const answer = (await answers.take(next.do === 'wait' ? next.untilNs - nowNs : -1)) as unknown as
      | Answer
      | undefined;
    if (answer === undefined || !('result' in answer)) continue;
    underWay--;
    await run.report(answer.result, nameOf(answer.thread));
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
  const fetcher = new Fetcher(meter.sys, settings, meter);
  await answers.put({ ready: true });
  for (;;) {
    const attempt = (await jobs.take()) as unknown as Attempt | null;
    if (attempt === null) break;
    await answers.put({ thread, result: await fetcher.fetch(attempt) });
  }
  await fetcher.close();
  await answers.put({ use: await meter.use(nameOf(thread)) });
}
