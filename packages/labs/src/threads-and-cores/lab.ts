/** Threads: what they share and what not, how they take turns on one core and run side by side on four, and how many are worth while. */
import { host, lab, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { compute, leave, share, sweep } from './programs.ts';
import { Timeline } from './timeline.ts';

type Context = LabContext<'one' | 'four'>;

const COUNTS = [1, 2, 4, 8, 16, 64, 256, 1000];

export default lab({
  id: 'threads-and-cores',
  title: { en: 'Threads and cores: taking turns, side by side', zh: '线程与核心：轮流与同时' },
  text: {
    en: 'The run queue holds threads, not processes. Each has a stack of its own; the heap is common; when the process ends they all end. On one core four threads take turns (concurrency), on four they run at the same instant (parallelism): the number of threads that run at once says which. More threads than cores gain nothing for computing, and cost their making and switching.',
    zh: '就绪队列里排的是线程而不是进程。每个线程有自己的栈，堆是共享的；进程结束，线程全部结束。四个线程在一个核心上轮流（并发），在四个核心上同时运行（并行）：同时运行的线程数说明是哪一种。计算任务的线程多于核心没有好处，只多出创建与切换的开销。',
  },
  params: {
    threads: { default: 4, min: 1, max: 64, text: { en: 'Threads that compute', zh: '做计算的线程数' } },
    cores: { default: 4, min: 1, max: 64, text: { en: 'Cores of the second host', zh: '第二台主机的核心数' } },
    few: { default: 1, min: 1, max: 64, text: { en: 'Cores of the first host', zh: '第一台主机的核心数' } },
    kind: {
      default: 'threads',
      choices: ['threads', 'processes', 'static'],
      text: { en: 'What counts in the heap', zh: '由谁在堆里计数' },
    },
    leaving: {
      default: 'returns',
      choices: ['returns', 'exits'],
      text: { en: 'main returns, or ends its own thread alone', zh: 'main 返回，或只结束自己的线程' },
    },
  },
  machines: {
    one: host({ cpu: { cores: param('few') } }),
    four: host({ cpu: { cores: param('cores') } }),
  },
  programs: { compute, share, leave, sweep },
  checks: {
    queue: {
      text: {
        en: 'The run queue holds threads: several of one process are ready while one of them runs',
        zh: '就绪队列里是线程：同一进程一个在运行，几个在排队',
      },
      row: 105,
      clause: 1,
    },
    stack: {
      text: { en: 'Each thread counts alone on its stack', zh: '每个线程在自己的栈上单独计数' },
      row: 105,
      clause: 2,
    },
    heap: { text: { en: 'All count together in the heap', zh: '在堆上一起计数' }, row: 105, clause: 3 },
    end: { text: { en: 'When main returns all threads end', zh: 'main 返回时所有线程结束' }, row: 105, clause: 4 },
    turns: {
      text: { en: 'On one core the overlap is 1: they take turns', zh: '单核上的重叠数为 1：轮流运行' },
      row: 107,
      clause: 1,
    },
    parallel: { text: { en: 'On four cores it is the number of cores', zh: '四核上等于核心数' }, row: 107, clause: 2 },
    optimum: {
      text: {
        en: 'From 1 to 1,000 threads, as many as cores are the fastest',
        zh: '从 1 到 1000 个线程，与核心数相同时最快',
      },
      row: 109,
      clause: 1,
    },
    cost: { text: { en: 'A thousand threads are slower than four', zh: '一千个线程比四个慢' }, row: 109, clause: 2 },
  },
  counterRuns: {
    'one-thread': {
      set: { threads: 1 },
      flips: ['queue', 'parallel'],
      text: { en: 'A single thread.', zh: '只有一个线程。' },
    },
    processes: {
      set: { kind: 'processes' },
      flips: ['heap'],
      text: { en: 'Processes count, each in its copy of the heap.', zh: '由进程计数，各有一份堆的副本。' },
    },
    'main-exits-alone': {
      set: { leaving: 'exits' },
      flips: ['end'],
      text: { en: 'main ends its own thread alone.', zh: 'main 只结束自己的线程。' },
    },
    'many-cores': {
      set: { few: 8 },
      flips: ['turns', 'queue'],
      text: { en: 'The first host has eight cores.', zh: '第一台主机有八个核心。' },
    },
    'one-core': {
      set: { cores: 1 },
      flips: ['parallel', 'optimum', 'cost'],
      text: { en: 'The second host has one core.', zh: '第二台主机只有一个核心。' },
    },
    'static-variable': {
      set: { kind: 'static' },
      flips: ['stack'],
      text: {
        en: 'The counter is a static variable, which is common to all.',
        zh: '计数器是静态变量，为所有线程共有。',
      },
    },
  },
  async script(context) {
    await turnsAndOverlap(context);
    await sharing(context);
    await leaving(context);
    await howMany(context);
  },
});

async function turnsAndOverlap(context: Context): Promise<void> {
  const { params, say, check, on, one, four } = context;
  const chart = async (name: 'one' | 'four'): Promise<Timeline> => {
    const timeline = new Timeline(on, name);
    await (name === 'one' ? one : four).sh(`compute ${params.threads} 12`);
    const overlap = timeline.overlap().toFixed(2);
    say({
      en: `${name}: ${timeline.lines().join('; ')}; ${overlap} run at once`,
      zh: `${name}：${timeline.lines().join('；')}；同时运行 ${overlap} 个`,
    });
    return timeline;
  };
  const few = await chart('one');
  const many = await chart('four');
  check('queue', () => ({
    met: few.mostReady >= 2 && new Set(few.turns.map(({ pid }) => pid)).size === 1,
    saw: `${few.mostReady} ready at once, of ${new Set(few.turns.map(({ pid }) => pid)).size} process`,
  }));
  check('turns', () => ({ met: few.overlap().toFixed(2) === '1.00', saw: few.overlap().toFixed(2) }));
  check('parallel', () => ({ met: many.overlap() > 3.9 && many.overlap() <= 4, saw: many.overlap().toFixed(2) }));
}

async function sharing({ params, one, say, check }: Context): Promise<void> {
  const { stdout } = await one.sh(`share ${params.kind}`);
  const lines = stdout.trim().split('\n');
  for (const line of lines) say({ en: line, zh: line });
  check('stack', () => ({ met: lines.filter((line) => line.includes('stack 3')).length === 2, saw: lines.join('; ') }));
  check('heap', () => ({ met: lines.at(-1) === 'heap 6', saw: lines.at(-1)! }));
}

async function leaving({ params, one, say, check }: Context): Promise<void> {
  const { stdout } = await one.sh(`leave ${params.leaving}`);
  const ticks = stdout.trim().split('\n');
  say({
    en: `main leaves after 25 ms; the other thread came to ${ticks.at(-1)}`,
    zh: `main 在 25 毫秒后离开；另一个线程走到 ${ticks.at(-1)}`,
  });
  check('end', () => ({ met: ticks.length === 2, saw: ticks.join(', ') }));
}

async function howMany({ four, say, check }: Context): Promise<void> {
  const { stdout } = await four.sh(`sweep 400 ${COUNTS.join(' ')}`);
  const times = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number) as [number, number]),
  );
  for (const [count, ns] of times) {
    const ms = (ns / 1e6).toFixed(1);
    say({ en: `${count} threads: ${ms} ms`, zh: `${count} 个线程：${ms} 毫秒` });
  }
  const fastest = [...times].reduce((best, each) => (each[1] < best[1] ? each : best));
  check('optimum', () => ({ met: times.size === COUNTS.length && fastest[0] === 4, saw: `${fastest[0]} threads` }));
  check('cost', () => ({
    met: times.get(1000)! > 1.05 * times.get(4)! && times.get(1)! > 3 * times.get(4)!,
    saw: COUNTS.map((count) => `${count}: ${(times.get(count)! / 1e6).toFixed(1)} ms`).join(', '),
  }));
}
