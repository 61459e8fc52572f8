/** Process locks and thread locks: ten buyers, one file of tickets. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { runToEnd } from '../lib/python-threads.ts';
import { TICKETS, tickets } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });
const LOCKS = ['none', 'thread', 'process'] as const;

export default lab({
  id: 'process-locks',
  title: text('Process lock and thread lock', '进程锁与线程锁'),
  text: text(
    'Ten buyers each read from a file how many tickets are left, think for 10 ms and write one less. Without a lock most sales are lost, by threads as by processes. A thread lock lies in the memory of one process: each forked child has a copy of its own, which holds nobody back. A process lock lies in memory that all share.',
    '十个买家各自从文件读出余票数，想 10 毫秒，再写回减一后的数。不加锁时，无论线程还是进程，大多数售票都丢失。线程锁在一个进程的内存里：fork 出的子进程各有一份拷贝，谁也拦不住。进程锁在共享内存里。',
  ),
  params: {
    none: { default: 'none', choices: LOCKS, text: text('The lock of those who have none', '“不加锁”一组用的锁') },
    threads: { default: 'thread', choices: LOCKS, text: text('The lock of ten threads', '十个线程用的锁') },
    processes: { default: 'process', choices: LOCKS, text: text('The lock of ten processes', '十个进程用的锁') },
    wrong: {
      default: 'thread',
      choices: LOCKS,
      text: text('The lock that ten processes try in vain', '十个进程徒劳使用的锁'),
    },
  },
  machines: { machine: host() },
  programs: { tickets },
  checks: {
    without: { text: text('Without a lock the count is wrong', '不加锁计数出错'), row: 120, clause: 1 },
    with: { text: text('With a lock it is exact', '加锁后精确'), row: 120, clause: 2 },
    process: { text: text('A process lock works across processes', '进程锁对多个进程有效'), row: 120, clause: 3 },
    thread: { text: text('A thread lock does not', '线程锁对多个进程无效'), row: 120, clause: 4 },
  },
  counterRuns: {
    locked: {
      set: { none: 'process' },
      flips: ['without'],
      text: text('With a lock for them too, nothing is lost.', '给他们也加锁就不会丢。'),
    },
    'threads-unlocked': {
      set: { threads: 'none' },
      flips: ['with'],
      text: text('Threads without their lock sell too many.', '线程不加锁就会多卖。'),
    },
    'processes-unlocked': {
      set: { processes: 'none' },
      flips: ['with', 'process'],
      text: text('Processes without a lock sell too many.', '进程不加锁就会多卖。'),
    },
    'right-lock': {
      set: { wrong: 'process' },
      flips: ['thread'],
      text: text('The right lock holds the processes back.', '换成进程锁就有效了。'),
    },
  },
  script,
});

async function script(context: LabContext<'machine'>): Promise<void> {
  const { machine, params, check } = context;
  const left = async (who: 'threads' | 'processes', lock: unknown): Promise<number> => {
    const kind = who === 'threads' ? '线程' : '进程';
    const about = text(`Ten ${who}, lock: ${lock}`, `十个${kind}，锁：${lock}`);
    const { stdout } = await runToEnd(context, machine, `tickets ${who} ${lock}`, about);
    return Number(/^(-?\d+) left/m.exec(stdout)?.[1] ?? Number.NaN);
  };
  const none = [await left('threads', params.none), await left('processes', params.none)];
  check('without', () => ({ met: none.every((count) => count > 0), saw: `${none.join(' and ')} of ${TICKETS} left` }));
  const threads = await left('threads', params.threads);
  const processes = await left('processes', params.processes);
  check('with', () => ({ met: threads === 0 && processes === 0, saw: `${threads} and ${processes} left` }));
  check('process', () => ({ met: processes === 0, saw: `${processes} left` }));
  const wrong = await left('processes', params.wrong);
  check('thread', () => ({ met: wrong > 0, saw: `${wrong} left` }));
}
