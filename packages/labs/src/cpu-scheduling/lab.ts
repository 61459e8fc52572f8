/** CPU scheduling: one job set under each algorithm, with its Gantt chart and table; convoy, starvation and ageing, a sweep over the quantum. */
import { host, lab, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { chart, type Outcome, rounded, Watcher, waitOf } from './gantt.ts';
import { jobSet } from './job-set.ts';

const HOSTS = ['fcfs', 'sjf', 'srtf', 'rr', 'priority', 'aged', 'mlfq', 'rr1', 'rr12', 'fair'] as const;
type Name = (typeof HOSTS)[number];
type Context = LabContext<Name>;

const textbook = { cores: 1, costs: 'none' } as const;

export default lab({
  id: 'cpu-scheduling',
  title: { en: 'Who gets the CPU? Scheduling algorithms side by side', zh: '谁得到 CPU？各种调度算法并排比较' },
  text: {
    en: 'The same jobs on hosts with one core each, which differ only in their scheduler. Bursts of 24, 3 and 3 ms wait 17 ms on average when they are served in the order of arrival, 3 ms with the shortest first, 5.67 ms in turns of 4 ms. Jobs that mostly wait for a device stand behind a long one (the convoy); a job of low priority starves under a stream of better ones, and ageing saves it; a small quantum answers soon and switches often.',
    zh: '同样的作业跑在几台单核主机上，区别只在调度算法。24、3、3 毫秒的三个作业：先来先服务平均等待 17 毫秒，短作业优先 3 毫秒，4 毫秒时间片轮转 5.67 毫秒。主要等设备的作业排在长作业后面（护航效应）；低优先级作业在源源不断的高优先级作业下饿死，老化能救它；时间片小则响应快、切换多。',
  },
  params: {
    long: { default: 24, min: 1, max: 1000, text: { en: 'The long burst, in ms', zh: '长作业的长度（毫秒）' } },
    short: {
      default: 3,
      min: 1,
      max: 1000,
      text: { en: 'The two short bursts, in ms', zh: '两个短作业的长度（毫秒）' },
    },
    quantum: { default: '4ms', text: { en: 'Quantum of round robin', zh: '轮转的时间片' } },
    preemptive: {
      default: 'srtf',
      choices: ['srtf', 'sjf'],
      text: { en: 'Does the shortest job take the core from a running one?', zh: '更短的作业是否抢占正在运行的作业' },
    },
    queues: {
      default: 'mlfq',
      choices: ['mlfq', 'fcfs'],
      text: { en: 'Feedback queues, or one queue', zh: '多级反馈队列，或单一队列' },
    },
    plain: { default: '0ms', text: { en: 'Ageing on the host without it', zh: '本无老化的主机上的老化间隔' } },
    ageing: {
      default: '20ms',
      text: { en: 'Ageing: one step up for so much waiting', zh: '老化：每等待这么久升一级' },
    },
    convoy: {
      default: 40,
      min: 1,
      max: 1000,
      text: { en: 'Burst of the long job in the convoy', zh: '护航中长作业的长度' },
    },
    small: { default: '1ms', text: { en: 'The smallest quantum of the sweep', zh: '扫描中最小的时间片' } },
  },
  machines: {
    fcfs: host({ cpu: { ...textbook, scheduler: 'fcfs' } }),
    sjf: host({ cpu: { ...textbook, scheduler: 'sjf' } }),
    srtf: host({ cpu: { ...textbook, scheduler: param('preemptive') } }),
    rr: host({ cpu: { ...textbook, scheduler: 'rr', quantum: param('quantum') } }),
    priority: host({ cpu: { ...textbook, scheduler: 'priority', ageing: param('plain') } }),
    aged: host({ cpu: { ...textbook, scheduler: 'priority', ageing: param('ageing') } }),
    mlfq: host({ cpu: { ...textbook, scheduler: param('queues'), quantum: '2ms', levels: 3 } }),
    rr1: host({ cpu: { ...textbook, scheduler: 'rr', quantum: param('small') } }),
    rr12: host({ cpu: { ...textbook, scheduler: 'rr', quantum: '12ms' } }),
    fair: host({ cpu: { ...textbook, scheduler: 'eevdf' } }),
  },
  programs: { 'job-set': jobSet },
  checks: {
    table: {
      text: {
        en: 'A job set of CPU and device bursts gives a chart and a table under every algorithm',
        zh: '一组含 CPU 与设备片段的作业在每种算法下得到甘特图与表格',
      },
      row: 154,
      clause: 1,
    },
    fcfs: {
      text: { en: 'First come first served: 17 ms of waiting on average', zh: '先来先服务：平均等待 17 毫秒' },
      row: 154,
      clause: 2,
    },
    sjf: { text: { en: 'Shortest job first: 3 ms', zh: '短作业优先：3 毫秒' }, row: 154, clause: 3 },
    rr: {
      text: { en: 'Round robin, quantum 4 ms: 5.67 ms', zh: '轮转，时间片 4 毫秒：5.67 毫秒' },
      row: 154,
      clause: 4,
    },
    srtf: {
      text: {
        en: 'A shorter job takes the core from a longer one; without preemption it waits',
        zh: '更短的作业抢占长作业；不抢占时只能等待',
      },
      row: 154,
      clause: 5,
    },
    mlfq: {
      text: {
        en: 'Under feedback queues short jobs pass a long one without knowing its length',
        zh: '多级反馈队列下，短作业越过长作业，而无需预知长度',
      },
      row: 154,
      clause: 6,
    },
    convoy: {
      text: { en: 'Jobs that mostly wait for a device stand behind a long one', zh: '主要等设备的作业堵在长作业后面' },
      row: 154,
      clause: 7,
    },
    starvation: {
      text: { en: 'A low priority starves under a stream of better ones', zh: '低优先级在源源不断的高优先级下饿死' },
      row: 154,
      clause: 8,
    },
    ageing: { text: { en: 'Ageing cures it', zh: '老化治好饥饿' }, row: 154, clause: 9 },
    sweep: {
      text: {
        en: 'The smaller the quantum, the sooner the answer and the more switches',
        zh: '时间片越小，响应越快，切换越多',
      },
      row: 154,
      clause: 10,
    },
  },
  counterRuns: {
    'long-is-short': {
      set: { long: 3 },
      flips: ['fcfs', 'rr'],
      text: { en: 'All bursts are alike.', zh: '各作业一样长。' },
    },
    'short-is-long': {
      set: { short: 10 },
      flips: ['sjf'],
      text: { en: 'The short bursts take 10 ms.', zh: '短作业要 10 毫秒。' },
    },
    'no-preemption': {
      set: { preemptive: 'sjf' },
      flips: ['srtf'],
      text: { en: 'The running job is left alone.', zh: '不抢占正在运行的作业。' },
    },
    'one-queue': {
      set: { queues: 'fcfs' },
      flips: ['mlfq', 'table'],
      text: { en: 'One queue instead of several.', zh: '用单一队列代替多级队列。' },
    },
    'no-convoy': { set: { convoy: 1 }, flips: ['convoy'], text: { en: 'No job is long.', zh: '没有长作业。' } },
    'ageing-everywhere': {
      set: { plain: '20ms' },
      flips: ['starvation'],
      text: { en: 'Both hosts age their waiting jobs.', zh: '两台主机都启用老化。' },
    },
    'slow-ageing': {
      set: { ageing: '10s' },
      flips: ['ageing'],
      text: { en: 'Ageing that comes too late.', zh: '来得太晚的老化。' },
    },
    'large-quantum': {
      set: { small: '24ms' },
      flips: ['sweep'],
      text: { en: 'The smallest quantum is the largest.', zh: '最小的时间片成了最大的。' },
    },
  },
  async script(context) {
    const watcher = new Watcher(context.on);
    await textbookSet(context, watcher);
    await preemption(context, watcher);
    await everyAlgorithm(context, watcher);
    await convoyEffect(context, watcher);
    await starving(context, watcher);
    await quantumSweep(context, watcher);
  },
});

async function measured(context: Context, watcher: Watcher, name: Name, plan: string): Promise<Outcome> {
  await context.host(name).sh(`job-set ${plan}`);
  return watcher.read(name);
}

function tell({ say }: Context, name: string, outcome: Outcome): void {
  const { averageWaitMs, averageTurnaroundMs, averageResponseMs, switches } = outcome;
  const [wait, turnaround, response] = [averageWaitMs, averageTurnaroundMs, averageResponseMs].map(rounded);
  say({
    en: `${name}: ${chart(outcome)}; on average waiting ${wait}, turnaround ${turnaround}, response ${response} ms; ${switches} switches`,
    zh: `${name}：${chart(outcome)}；平均等待 ${wait}、周转 ${turnaround}、响应 ${response} 毫秒；切换 ${switches} 次`,
  });
}

function waits(outcome: Outcome): string {
  return `${rounded(outcome.averageWaitMs)} ms: ${chart(outcome)}`;
}

async function textbookSet(context: Context, watcher: Watcher): Promise<void> {
  const { long, short } = context.params;
  const plan = `A@0:${long} B@0:${short} C@0:${short}`;
  const wanted = { fcfs: '17', sjf: '3', rr: '5.67' } as const;
  for (const name of ['fcfs', 'sjf', 'rr'] as const) {
    const outcome = await measured(context, watcher, name, plan);
    tell(context, name, outcome);
    context.check(name, () => ({ met: rounded(outcome.averageWaitMs) === wanted[name], saw: waits(outcome) }));
  }
}

async function preemption(context: Context, watcher: Watcher): Promise<void> {
  const plan = 'A@0:8 B@1:4 C@2:9 D@3:5';
  const taken = await measured(context, watcher, 'srtf', plan);
  const left = await measured(context, watcher, 'sjf', plan);
  tell(context, 'srtf', taken);
  tell(context, 'sjf', left);
  context.check('srtf', () => ({
    met: taken.averageWaitMs === 6.5 && left.averageWaitMs === 7.75 && taken.jobs[1]!.firstMs === 1,
    saw: `srtf ${waits(taken)}; sjf ${waits(left)}`,
  }));
}

/** One set with device bursts for all; then short jobs that come while a long one runs. */
async function everyAlgorithm(context: Context, watcher: Watcher): Promise<void> {
  const plan = 'A@0:12!3 B@1:2~6~2!1 C@2:5!2';
  const outcomes = new Map<Name, Outcome>();
  for (const name of ['fcfs', 'sjf', 'srtf', 'priority', 'rr', 'mlfq', 'fair'] as const) {
    const outcome = await measured(context, watcher, name, plan);
    outcomes.set(name, outcome);
    tell(context, name, outcome);
  }
  context.check('table', () => {
    const charts = [...outcomes].map(([name, outcome]) => `${name} ${chart(outcome)}`);
    const whole = [...outcomes.values()].every(
      (each) => each.jobs.length === 3 && each.jobs.every((job) => waitOf(job) >= 0),
    );
    const differ = chart(outcomes.get('mlfq')!) !== chart(outcomes.get('fcfs')!);
    return { met: whole && differ, saw: charts.join('; ') };
  });
  const passed = await measured(context, watcher, 'mlfq', 'L@0:40 B@10:2 C@20:2');
  tell(context, 'mlfq', passed);
  context.check('mlfq', () => ({
    met: passed.jobs.length === 3 && passed.jobs.slice(1).every((job) => waitOf(job) === 0),
    saw: chart(passed),
  }));
}

async function convoyEffect(context: Context, watcher: Watcher): Promise<void> {
  const plan = `L@0:${context.params.convoy} B@0:1~9~1~9~1 C@0:1~9~1~9~1`;
  const line = await measured(context, watcher, 'fcfs', plan);
  const turns = await measured(context, watcher, 'rr1', plan);
  tell(context, 'fcfs', line);
  tell(context, 'rr 1ms', turns);
  const slowest = (outcome: Outcome): number =>
    Math.max(...outcome.jobs.filter(({ job }) => job !== 'L').map((job) => job.endMs));
  context.check('convoy', () => ({
    met: line.jobs.length === 3 && slowest(line) >= slowest(turns) + 20,
    saw: `first come first served ${rounded(slowest(line))} ms, in turns ${rounded(slowest(turns))} ms`,
  }));
}

async function starving(context: Context, watcher: Watcher): Promise<void> {
  const stream = Array.from({ length: 40 }, (_, i) => `H${i}@${i * 10}:10!10`).join(' ');
  const plan = `L@0:10!15 ${stream}`;
  const starved = await measured(context, watcher, 'priority', plan);
  const cured = await measured(context, watcher, 'aged', plan);
  const [worst, better] = [starved, cured].map((outcome) => waitOf(outcome.jobs.find(({ job }) => job === 'L')!));
  context.say({
    en: `the low priority waited ${rounded(worst!)} ms under 400 ms of better jobs, and ${rounded(better!)} ms with ageing`,
    zh: `低优先级作业在 400 毫秒的高优先级作业下等了 ${rounded(worst!)} 毫秒，有老化时等了 ${rounded(better!)} 毫秒`,
  });
  context.check('starvation', () => ({ met: worst! >= 400, saw: `${rounded(worst!)} ms` }));
  context.check('ageing', () => ({ met: better! <= 200, saw: `${rounded(better!)} ms` }));
}

async function quantumSweep(context: Context, watcher: Watcher): Promise<void> {
  const plan = 'A@0:24 B@0:24 C@0:24';
  const sweep: Outcome[] = [];
  for (const name of ['rr1', 'rr', 'rr12'] as const) {
    const outcome = await measured(context, watcher, name, plan);
    sweep.push(outcome);
    context.say({
      en: `${name}: response ${rounded(outcome.averageResponseMs)} ms, turnaround ${rounded(outcome.averageTurnaroundMs)} ms, ${outcome.switches} switches`,
      zh: `${name}：响应 ${rounded(outcome.averageResponseMs)} 毫秒，周转 ${rounded(outcome.averageTurnaroundMs)} 毫秒，切换 ${outcome.switches} 次`,
    });
  }
  context.check('sweep', () => ({
    met: sweep.every(
      (each, i) =>
        i === 0 || (each.averageResponseMs > sweep[i - 1]!.averageResponseMs && each.switches < sweep[i - 1]!.switches),
    ),
    saw: sweep.map((each) => `${rounded(each.averageResponseMs)} ms, ${each.switches} switches`).join('; '),
  }));
}
