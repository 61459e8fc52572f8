/** Processes, threads and coroutines: one job in each way, on one core and on four; what each costs, shares and survives. */
import { cable, host, lab, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { cost, crash, heap, job, slowServer } from './programs.ts';

type Name = 'one' | 'four';
type Context = LabContext<Name | 'server'>;

const WAYS = ['serial', 'threads', 'processes', 'coroutines'] as const;
const WORKERS = ['threads', 'processes', 'coroutines'] as const;
type Way = (typeof WAYS)[number];

const TASKS = 8;
const TASK_MS = 25;

const text = (en: string, zh: string) => ({ en, zh });
const WORDS: Readonly<Record<Way, string>> = { serial: '依次', threads: '线程', processes: '进程', coroutines: '协程' };

export default lab({
  id: 'three-ways',
  title: text('Processes, threads, coroutines: one job in each way', '进程、线程、协程：同一件事的几种做法'),
  text: text(
    'Eight tasks of 25 ms, one after the other, in threads, in processes, in coroutines; tasks that compute and tasks that wait for a server; one core and four. Under the interpreter lock only processes compute faster, and only where there are cores; waiting is done side by side by all three. A process costs most to make and has a copy of the heap; the crash of one leaves the others alone, while threads and coroutines fall together.',
    '八个 25 毫秒的任务：依次做、用线程、用进程、用协程；有的计算，有的等服务器；一个核心与四个核心。在解释器锁之下，只有进程能让计算变快，而且要有多个核心；等待则三种做法都能同时进行。进程创建最贵，各有一份堆的副本；一个进程崩溃不影响其他进程，而线程与协程会一起倒下。',
  ),
  params: {
    server: {
      default: 'slow-server 25',
      choices: ['slow-server 25', 'slow-server 0'],
      text: text('The server, and the ms that it takes to answer', '服务器及其回答所需的毫秒数'),
    },
    cores: { default: 4, min: 1, max: 64, text: text('Cores of the second host', '第二台主机的核心数') },
    fork: {
      default: 'processes',
      choices: ['processes', 'threads'],
      text: text('What is used as processes', '用什么当进程'),
    },
    swap: {
      default: 'threads',
      choices: ['threads', 'processes'],
      text: text('What is used as threads', '用什么当线程'),
    },
    light: {
      default: 'coroutines',
      choices: ['coroutines', 'processes'],
      text: text('What is used as coroutines', '用什么当协程'),
    },
    tasks: { default: 8, min: 1, max: 64, text: text('Tasks of the second run', '第二次运行的任务数') },
  },
  machines: {
    one: host({ eth0: '10.0.0.1/24', cpu: { cores: 1 } }),
    four: host({ eth0: '10.0.1.1/24', routes: ['10.0.0.0/24 via 10.0.1.2'], cpu: { cores: param('cores') } }),
    server: host({
      eth0: '10.0.0.2/24',
      eth1: '10.0.1.2/24',
      run: [param('server')],
    }),
  },
  cables: [cable('one', 'server.eth0', { delay: '50us' }), cable('four', 'server.eth1', { delay: '50us' })],
  programs: { job, cost, heap, crash, 'slow-server': slowServer },
  checks: {
    creation: {
      text: text(
        'A coroutine costs least to make, then a thread, then a process',
        '创建开销：协程最小，线程次之，进程最大',
      ),
      row: 106,
      clause: 1,
    },
    switches: {
      text: text(
        'The kernel switches between threads and processes; coroutines are one thread to it',
        '内核在线程与进程之间切换；协程在它看来只有一个线程',
      ),
      row: 106,
      clause: 2,
    },
    memory: {
      text: text(
        'Each process has a copy of the heap; threads and coroutines share one',
        '每个进程一份堆的副本；线程与协程共用一份',
      ),
      row: 106,
      clause: 3,
    },
    isolation: {
      text: text('A crash takes its process along, and no other', '崩溃带走所在的进程，不影响其他进程'),
      row: 106,
      clause: 4,
    },
    time: { text: text('Times on one core and on four', '单核与四核上的用时'), row: 106, clause: 5 },
    computing: {
      text: text('Computing: only processes on four cores are faster', '计算：只有四核上的进程更快'),
      row: 108,
      clause: 1,
    },
    waiting: {
      text: text(
        'Waiting: threads, processes and coroutines all do it side by side, on one core too',
        '等待：线程、进程、协程都能同时等，单核也一样',
      ),
      row: 108,
      clause: 2,
    },
    results: {
      text: text(
        'threading and multiprocessing run the same task to the same results',
        'threading 与 multiprocessing 执行同一任务，结果相同',
      ),
      row: 111,
      clause: 1,
    },
    compared: {
      text: text('Processes compute faster, threads start sooner', '进程算得更快，线程启动更快'),
      row: 111,
      clause: 2,
    },
  },
  counterRuns: {
    'quick-server': {
      set: { server: 'slow-server 0' },
      flips: ['waiting'],
      text: text('The server answers at once.', '服务器立即回答。'),
    },
    'one-core': {
      set: { cores: 1 },
      flips: ['computing', 'compared', 'time'],
      text: text('Both hosts have one core.', '两台主机都是单核。'),
    },
    'heavy-coroutines': {
      set: { light: 'processes' },
      flips: ['creation', 'switches', 'memory'],
      text: text('Processes in place of coroutines.', '用进程代替协程。'),
    },
    'threads-as-processes': {
      set: { fork: 'threads' },
      flips: ['isolation', 'memory'],
      text: text('Threads in place of processes.', '用线程代替进程。'),
    },
    'fewer-tasks': {
      set: { tasks: 7 },
      flips: ['results'],
      text: text('One of the two runs leaves a task out.', '其中一次少做一个任务。'),
    },
  },
  async script(context) {
    await context.sleep('10ms');
    const matrix = await timeMatrix(context);
    await sameTask(context, matrix);
    await costs(context);
    await isolation(context);
  },
});

const key = (host: Name, load: string, way: Way): string => `${host} ${load} ${way}`;

async function seconds(
  { host }: Context,
  name: Name,
  way: Way,
  load: string,
  tasks = TASKS,
): Promise<{ readonly s: number; readonly results: string }> {
  const { stdout } = await host(name).sh(`job ${way} ${load} ${tasks} ${TASK_MS}`);
  const lines = stdout.trim().split('\n');
  const results = lines
    .filter((line) => line.startsWith('task'))
    .sort()
    .join('; ');
  return { s: Number(lines.at(-1)!.split(' ')[1]), results };
}

async function timeMatrix(context: Context): Promise<ReadonlyMap<string, number>> {
  const { say, check } = context;
  const matrix = new Map<string, number>();
  for (const load of ['compute', 'wait']) {
    for (const name of ['one', 'four'] as const) {
      for (const way of WAYS) matrix.set(key(name, load, way), (await seconds(context, name, way, load)).s);
      const row = WAYS.map((way) => `${way} ${matrix.get(key(name, load, way))}`).join(', ');
      const zh = WAYS.map((way) => `${WORDS[way]} ${matrix.get(key(name, load, way))}`).join('，');
      say({
        en: `${load}, ${name === 'one' ? 'one core' : 'four cores'}: ${row} s`,
        zh: `${load === 'compute' ? '计算' : '等待'}，${name === 'one' ? '单核' : '四核'}：${zh} 秒`,
      });
    }
  }
  const total = (TASKS * TASK_MS) / 1000;
  const of = (name: Name, load: string, way: Way): number => matrix.get(key(name, load, way))!;
  const saw = [...matrix].map(([name, s]) => `${name} ${s}`).join(', ');
  check('computing', () => ({
    met:
      of('four', 'compute', 'processes') < 0.35 * total &&
      WAYS.every((way) => of('one', 'compute', way) >= total) &&
      WAYS.every((way) => way === 'processes' || of('four', 'compute', way) >= total),
    saw,
  }));
  check('waiting', () => ({
    met: (['one', 'four'] as const).every(
      (name) => of(name, 'wait', 'serial') >= total && WORKERS.every((way) => of(name, 'wait', way) < 0.35 * total),
    ),
    saw,
  }));
  check('time', () => ({
    met:
      of('four', 'compute', 'processes') < 0.4 * of('one', 'compute', 'processes') &&
      of('four', 'compute', 'threads') >= total,
    saw,
  }));
  return matrix;
}

async function sameTask(context: Context, matrix: ReadonlyMap<string, number>): Promise<void> {
  const { params, check } = context;
  const threads = await seconds(context, 'four', 'threads', 'compute');
  const processes = await seconds(context, 'four', 'processes', 'compute', Number(params.tasks));
  check('results', () => ({
    met: threads.results === processes.results && threads.results.includes('task 7 49'),
    saw: `${threads.results} | ${processes.results}`,
  }));
  const cheap = Number((await context.four.sh('cost threads 20')).stdout);
  const dear = Number((await context.four.sh('cost processes 20')).stdout);
  const fast = matrix.get(key('four', 'compute', 'processes'))!;
  const slow = matrix.get(key('four', 'compute', 'threads'))!;
  check('compared', () => ({
    met: fast < 0.5 * slow && cheap < dear,
    saw: `computing ${fast} s in processes, ${slow} s in threads; ${cheap} us for a thread, ${dear} us for a process`,
  }));
}

async function costs(context: Context): Promise<void> {
  const { params, four, say, check, on } = context;
  const commands = [params.light, params.swap, params.fork].map(String);
  const us: number[] = [];
  const kernelThreads: number[] = [];
  const copies: number[] = [];
  const tids = new Set<number>();
  on('thread.state', ({ host, values }) => {
    if (host === 'four' && values.process === 'job') tids.add(values.tid);
  });
  for (const way of commands) {
    us.push(Number((await four.sh(`cost ${way} 20`)).stdout));
    copies.push(Number((await four.sh(`heap ${way} 4`)).stdout));
    tids.clear();
    await four.sh(`job ${way} wait 8 25`);
    kernelThreads.push(tids.size);
  }
  say({
    en: `one ${commands.join(', one ')}: ${us.join(', ')} us to make; heaps for four: ${copies.join(', ')}; threads that the kernel sees for eight: ${kernelThreads.join(', ')}`,
    zh: `协程、线程、进程：创建 ${us.join('、')} 微秒；四个任务的堆：${copies.join('、')} 份；八个任务内核看到的线程：${kernelThreads.join('、')}`,
  });
  check('creation', () => ({ met: us[0]! < us[1]! && us[1]! < us[2]!, saw: us.join(', ') }));
  check('memory', () => ({ met: copies.join(' ') === '1 1 5', saw: copies.join(', ') }));
  check('switches', () => ({
    met: kernelThreads[0] === 1 && kernelThreads[1]! > 8 && kernelThreads[2]! > 8,
    saw: kernelThreads.join(', '),
  }));
}

async function isolation({ params, four, say, check }: Context): Promise<void> {
  const done: number[] = [];
  for (const way of ['coroutines', 'threads', params.fork]) {
    const { stdout, status } = await four.sh(`crash ${way}`);
    const count = stdout.split('\n').filter((line) => line.startsWith('done')).length;
    done.push(count);
    say({
      en: `${way}: the second of three crashes, ${count} of the others finish, status ${status}`,
      zh: `${WORDS[way as Way]}：三个中的第二个崩溃，其余完成 ${count} 个，状态 ${status}`,
    });
  }
  check('isolation', () => ({ met: done.join(' ') === '0 0 2', saw: done.join(', ') }));
}
