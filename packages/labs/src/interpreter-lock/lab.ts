/** The interpreter lock: one thread computes at a time, sleepers let go, versions differ, and `n += f()` loses updates all the same. */
import { host, lab, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { Timeline } from '../threads-and-cores/timeline.ts';
import { programs } from './programs.ts';

type Context = LabContext<'machine'>;

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'interpreter-lock',
  title: text('The global interpreter lock', '全局解释器锁（GIL）'),
  text: text(
    'Under the lock of CPython one thread of a process runs Python code at a time, also on four cores: threads that compute take turns of 5 ms and are no faster than one after the other. A thread that waits gives the lock up, so threads that wait do so side by side. Version 2.7 changes hands by instructions, 3.x by time, and the free-threaded build has no such lock. The lock protects the interpreter, not the program: between load and store another thread may come in.',
    '在 CPython 的锁之下，一个进程同一时刻只有一个线程执行 Python 代码，四核也一样：计算线程每 5 毫秒轮换，并不比依次执行快。等待的线程会放开锁，所以等待可以同时进行。2.7 按指令数换手，3.x 按时间，自由线程版没有这把锁。它保护的是解释器而不是程序：读与写之间仍可能有别的线程插进来。',
  ),
  params: {
    interval: {
      default: 5,
      min: 1,
      max: 1000,
      text: text('Switch interval of 3.11, in ms', '3.11 的切换间隔（毫秒）'),
    },
    task: {
      default: 'sleep',
      choices: ['sleep', 'compute'],
      text: text('What the waiting threads do', '等待线程做什么'),
    },
    free: {
      default: 'gil-free',
      choices: ['gil-free', 'gil-3.11'],
      text: text('The build without the lock', '没有这把锁的版本'),
    },
    old: {
      default: 'gil-2.7',
      choices: ['gil-2.7', 'gil-free'],
      text: text('The version of the old lock', '旧锁的版本'),
    },
    new: {
      default: 'gil-3.11',
      choices: ['gil-3.11', 'gil-free'],
      text: text('The version of the new lock', '新锁的版本'),
    },
    cores: { default: 4, min: 1, max: 64, text: text('Cores of the machine', '机器的核心数') },
    add: {
      default: 'bare',
      choices: ['bare', 'locked'],
      text: text('Is there a lock around n += f()?', 'n += f() 是否加锁'),
    },
    cure: {
      default: 'locked',
      choices: ['bare', 'locked'],
      text: text('And in the cured program?', '修好的程序是否加锁'),
    },
  },
  machines: { machine: host({ cpu: { cores: param('cores') } }) },
  programs,
  checks: {
    interval: {
      text: text('Under 3.11 the lock changes hands after 5 ms of computing', '3.11 下计算 5 毫秒后换手'),
      row: 110,
      clause: 1,
    },
    released: {
      text: text(
        'Threads that wait let go of it: four sleep in the time of one',
        '等待的线程会放开锁：四个一起睡只用一个的时间',
      ),
      row: 110,
      clause: 2,
    },
    'old-lock': {
      text: text('2.7: two threads are no faster than one after the other', '2.7：两个线程不比依次执行快'),
      row: 110,
      clause: 3,
    },
    'new-lock': { text: text('3.11: neither are they', '3.11：同样不快'), row: 110, clause: 4 },
    'no-lock': { text: text('Free-threaded: twice as fast', '自由线程版：快一倍'), row: 110, clause: 5 },
    lost: { text: text('n += f() loses updates under the lock', '有 GIL 时 n += f() 仍丢失更新'), row: 110, clause: 6 },
    whole: { text: text("A lock of the program's own keeps the sum whole", '程序自己加锁则总和正确') },
  },
  counterRuns: {
    'long-interval': {
      set: { interval: 20 },
      flips: ['interval'],
      text: text('sys.setswitchinterval(0.02).', 'sys.setswitchinterval(0.02)。'),
    },
    busy: {
      set: { task: 'compute' },
      flips: ['released'],
      text: text('They compute instead of waiting.', '改为计算而不是等待。'),
    },
    'locked-build': {
      set: { free: 'gil-3.11' },
      flips: ['no-lock'],
      text: text('The build with the lock.', '换成带锁的版本。'),
    },
    'old-is-free': {
      set: { old: 'gil-free' },
      flips: ['old-lock'],
      text: text('A build without the lock in place of 2.7.', '用没有锁的版本代替 2.7。'),
    },
    'locked-addition': {
      set: { add: 'locked' },
      flips: ['lost'],
      text: text('A lock around load, call and store.', '读、调用、写都在锁内。'),
    },
    'no-cure': {
      set: { cure: 'bare' },
      flips: ['whole'],
      text: text('No lock in the cured program.', '修好的程序也不加锁。'),
    },
    'new-is-free': {
      set: { new: 'gil-free' },
      flips: ['new-lock', 'interval'],
      text: text('A build without the lock in place of 3.11.', '用没有锁的版本代替 3.11。'),
    },
  },
  async script(context) {
    await interval(context);
    await waiting(context);
    await versions(context);
    await additions(context);
  },
});

async function run({ machine }: Context, command: string): Promise<number> {
  return Number((await machine.sh(command)).stdout);
}

async function interval(context: Context): Promise<void> {
  const { params, on, say, check } = context;
  const timeline = new Timeline(on, 'machine');
  const seconds = await run(
    context,
    `${params.new} threads 2 100 compute${params.new === 'gil-free' ? '' : ` ${params.interval}`}`,
  );
  // The last turn of a thread ends with its work.
  const turns = timeline.turns.map(({ fromNs, toNs }) => (toNs - fromNs) / 1e6).filter((ms) => ms > 0.5);
  const full = turns.slice(0, -2);
  const [least, most] = [Math.min(...full), Math.max(...full)].map((ms) => ms.toFixed(2));
  say({
    en: `3.11, two threads that compute for 100 ms each: ${seconds} s; ${timeline.lines(3).join('; ')}`,
    zh: `3.11，两个线程各计算 100 毫秒：${seconds} 秒；${timeline.lines(3).join('；')}`,
  });
  check('interval', () => ({
    met: full.length > 20 && full.every((ms) => ms >= 5 && ms < 5.5),
    saw: `${full.length} turns of ${least} to ${most} ms`,
  }));
}

async function waiting(context: Context): Promise<void> {
  const seconds = await run(context, `gil-3.11 threads 4 100 ${context.params.task}`);
  context.say({
    en: `four threads that ${context.params.task} for 100 ms: ${seconds} s`,
    zh: `四个线程各${context.params.task === 'sleep' ? '睡眠' : '计算'} 100 毫秒：${seconds} 秒`,
  });
  context.check('released', () => ({ met: seconds > 0.1 && seconds < 0.11, saw: `${seconds} s` }));
}

async function versions(context: Context): Promise<void> {
  const { params, say, check } = context;
  for (const [id, program, met] of [
    ['old-lock', params.old, (s: number) => s >= 0.2],
    ['new-lock', params.new, (s: number) => s >= 0.2],
    ['no-lock', params.free, (s: number) => s > 0.1 && s < 0.11],
  ] as const) {
    const seconds = await run(context, `${program} threads 2 100 compute`);
    say({
      en: `${program}: two threads that compute for 100 ms: ${seconds} s`,
      zh: `${program}：两个线程各计算 100 毫秒：${seconds} 秒`,
    });
    check(id, () => ({ met: met(seconds), saw: `${seconds} s` }));
  }
}

async function additions(context: Context): Promise<void> {
  const { params, say, check } = context;
  const bare = await run(context, `gil-3.11 add 4 3000 ${params.add} 50`);
  const locked = await run(context, `gil-3.11 add 4 3000 ${params.cure} 50`);
  say({
    en: `four threads add 1 three thousand times each: ${bare} without a lock of their own, ${locked} with one`,
    zh: `四个线程各加三千次 1：不加锁得 ${bare}，加锁得 ${locked}`,
  });
  check('lost', () => ({ met: bare > 0 && bare < 12_000, saw: String(bare) }));
  check('whole', () => ({ met: locked === 12_000, saw: String(locked) }));
}
