/** multiprocessing.Queue: a pipe with locks, a bound and a feeder thread. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { runToEnd } from '../lib/python-threads.ts';
import { bounded, deliver, feeder, ITEMS, PROCESSES } from './programs.ts';

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'process-queue',
  title: text('A queue between processes', '进程间的队列'),
  text: text(
    'A queue between processes is a pipe with a lock at each end, a semaphore that counts free places, and a thread that writes what was put into the pipe. Three processes put and three take: each item comes out once. The bare pipe tears long messages apart.',
    '进程间队列是一根管道，两端各有一把锁，一个信号量计数空位，还有一个线程把放入的东西写进管道。三个进程放、三个进程取，每个元素恰好取出一次。裸管道会把长消息撕碎。',
  ),
  params: {
    way: {
      default: 'Queue',
      choices: ['Queue', 'Pipe'],
      text: text('What the six processes use', '六个进程用什么传递'),
    },
    maxsize: {
      default: 3,
      min: 0,
      max: 10,
      text: text('Places in the bounded queue, 0 for no bound', '有界队列的容量，0 表示无界'),
    },
    feeder: {
      default: 'Queue',
      choices: ['Queue', 'SimpleQueue'],
      text: text('The queue of the long item', '放长元素的队列'),
    },
  },
  machines: { machine: host() },
  programs: { deliver, bounded, feeder },
  checks: {
    once: { text: text('Each item is delivered exactly once', '每个元素恰好交付一次'), row: 125, clause: 1 },
    blocks: { text: text('A put into a full queue waits for a place', '队列满时 put 等待空位'), row: 125, clause: 2 },
    feeder: {
      text: text('put returns at once; a feeder thread writes into the pipe', 'put 立即返回，由 feeder 线程写入管道'),
      row: 125,
      clause: 3,
    },
  },
  counterRuns: {
    'bare-pipe': {
      set: { way: 'Pipe' },
      flips: ['once'],
      text: text('Without locks the messages of the writers get mixed up.', '没有锁，写者的消息会混在一起。'),
    },
    unbounded: {
      set: { maxsize: 0 },
      flips: ['blocks'],
      text: text('Without a bound nobody waits.', '无界就没人等待。'),
    },
    simple: {
      set: { feeder: 'SimpleQueue' },
      flips: ['feeder'],
      text: text(
        'SimpleQueue has no feeder: put itself waits for the pipe.',
        'SimpleQueue 没有 feeder 线程：put 自己等管道。',
      ),
    },
  },
  script,
});

async function script(context: LabContext<'machine'>): Promise<void> {
  const { machine, params, check } = context;
  const six = text(`Three processes put, three take, by ${params.way}`, `三个进程放、三个进程取，经由 ${params.way}`);
  const delivered = await runToEnd(context, machine, `deliver ${params.way} 2>/dev/null`, six, '5s');
  const got = delivered.lines.filter((line) => line.startsWith('got ')).map((line) => Number(line.slice(4)));
  const distinct = new Set(got).size;
  check('once', () => ({
    met: !delivered.hung && got.length === PROCESSES * ITEMS && distinct === PROCESSES * ITEMS,
    saw: `${got.length} delivered, ${distinct} of ${PROCESSES * ITEMS} different, ${delivered.hung ? 'hung' : 'ended'}`,
  }));
  const full = text(
    `A queue of ${params.maxsize} places; the taker comes after 1 s`,
    `容量 ${params.maxsize} 的队列，1 秒后才有人取`,
  );
  const puts = await runToEnd(context, machine, `bounded ${params.maxsize}`, full);
  const took = puts.lines.map((line) => Number(/took (\d+)/.exec(line)?.[1]));
  const maxsize = Number(params.maxsize);
  check('blocks', () => ({
    met: took.length === 5 && took.every((ms, i) => (i === maxsize ? ms > 900 : ms < 100)) && maxsize > 0,
    saw: `puts took ${took.join(', ')} ms`,
  }));
  const long = text(`100,000 characters into a ${params.feeder}`, `把 100000 个字符放入 ${params.feeder}`);
  const fed = await runToEnd(context, machine, `feeder ${params.feeder}`, long);
  check('feeder', () => ({
    met: /put took 0 ms.*QueueFeederThread/.test(fed.stdout) && fed.stdout.includes('got 100000'),
    saw: fed.stdout,
  }));
}
