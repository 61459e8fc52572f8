/** Executors and futures: thirty tasks on five workers, threads or processes; states, cancelling, exceptions, callbacks; map. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { faults, life, mapped, poolSize, thirty } from './programs.ts';

type Context = LabContext<'machine'>;

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'executors',
  title: text('Pools of threads and processes, futures', '线程池、进程池与 Future'),
  text: text(
    "Thirty tasks on five workers: five run at once, never more, and the workers stay. submit answers a Future at once; result waits for it. A pool of processes shows five pids, and what goes to it must be picklable; when a worker dies the whole pool is broken. The notes' second program means processes but imports the thread pool under the name Pool: thirty lines with one pid. map answers in the order of its input, each result as it is asked for.",
    '三十个任务交给五个 worker：同时最多运行五个，worker 一直复用。submit 立刻返回 Future，result 等待结果。进程池能看到五个 pid，交给它的东西必须能被 pickle；一个工作进程死掉，整个池就坏了。笔记里的第二个程序本想用进程，却把线程池以 Pool 之名导入：三十行都是同一个 pid。map 按输入的顺序给出结果，取一个等一个。',
  ),
  params: {
    tasks: { default: 30, min: 1, max: 200, text: text('Tasks', '任务数') },
    workers: { default: 5, min: 1, max: 61, text: text('Workers', 'worker 数') },
    old: { default: '3.5', choices: ['3.5', '3.8'], text: text('The older version of Python', '较旧的 Python 版本') },
    kind: {
      default: 'processes',
      choices: ['processes', 'threads'],
      text: text('What the pool of processes is made of', '进程池里实际用什么'),
    },
    lambda: { default: 'lambda', choices: ['lambda', 'none'], text: text('A task without a name', '没有名字的任务') },
    crash: {
      default: 'crash',
      choices: ['crash', 'none'],
      text: text('A task that kills its process', '杀死自己进程的任务'),
    },
    free: {
      default: 1,
      min: 1,
      max: 8,
      text: text("Workers of the program about a future's life", '演示 Future 生命周期的 worker 数'),
    },
    waits: { default: 100, min: 0, max: 1000, text: text('ms that a slow task takes', '慢任务用多少毫秒') },
    order: {
      default: 'map',
      choices: ['map', 'completed'],
      text: text('Results in the order of the input, or of their ends', '结果按输入顺序，还是按完成顺序'),
    },
    chunksize: {
      default: 4,
      choices: [1, 4],
      text: text('Tasks that go to a worker at a time', '一次交给 worker 的任务数'),
    },
  },
  machines: { machine: host({ cpu: { cores: 4 } }) },
  programs: { thirty, 'pool-size': poolSize, faults, life, mapped },
  checks: {
    threads: {
      text: text('30 tasks, five threads, all results', '30 个任务，五个线程，结果齐全'),
      row: 130,
      clause: 1,
    },
    'at-once': { text: text('Never more than five at once', '同时不超过五个'), row: 130, clause: 2 },
    sizes: {
      text: text(
        'On four cores: 20 threads by default in 3.5, 8 since 3.8',
        '四核默认：3.5 为 20 个线程，3.8 起为 8 个',
      ),
      row: 130,
      clause: 3,
    },
    pids: { text: text('As many pids as workers', 'pid 数等于 worker 数'), row: 131, clause: 1 },
    pickle: {
      text: text('A task that cannot be pickled is an error of its future', '无法 pickle 的任务成为其 Future 的异常'),
      row: 131,
      clause: 2,
    },
    broken: { text: text('A worker that dies breaks the pool', '工作进程死掉，池即损坏'), row: 131, clause: 3 },
    states: {
      text: text('PENDING, RUNNING, FINISHED, CANCELLED', 'PENDING、RUNNING、FINISHED、CANCELLED'),
      row: 133,
      clause: 1,
    },
    cancel: {
      text: text('One that waits can be cancelled, one that runs cannot', '等待中的可以取消，运行中的不能'),
      row: 133,
      clause: 2,
    },
    exception: {
      text: text('What the task raises comes out of result', '任务抛出的异常由 result 给出'),
      row: 133,
      clause: 3,
    },
    callback: {
      text: text(
        'The callback runs in the worker, or at once in the thread that adds it',
        '回调在工作线程里执行；已完成时在添加它的线程里立即执行',
      ),
      row: 133,
      clause: 4,
    },
    order: { text: text('map keeps the order of the input', 'map 保持输入顺序'), row: 134, clause: 1 },
    lazy: {
      text: text('Its first result comes before the last task has ended', '最后一个任务结束之前就能拿到第一个结果'),
      row: 134,
      clause: 2,
    },
    chunks: {
      text: text(
        'With chunksize four tasks go to one worker at a time',
        'chunksize 为 4 时，四个任务一起交给一个 worker',
      ),
      row: 134,
      clause: 3,
    },
  },
  counterRuns: {
    'nine-workers': {
      set: { workers: 9 },
      flips: ['at-once', 'threads'],
      text: text('Nine workers.', '九个 worker。'),
    },
    'one-size': {
      set: { old: '3.8' },
      flips: ['sizes'],
      text: text('The newer version twice.', '两次都用较新的版本。'),
    },
    'as-printed': {
      set: { kind: 'threads' },
      flips: ['pids'],
      text: text('As printed: Pool is the thread pool.', '按原样：Pool 仍是线程池。'),
    },
    'no-lambda': {
      set: { lambda: 'none' },
      flips: ['pickle'],
      text: text('Only functions with names, no lock.', '只用有名字的函数，不传锁。'),
    },
    'no-crash': { set: { crash: 'none' }, flips: ['broken'], text: text('No worker dies.', '没有进程死掉。') },
    'free-workers': {
      set: { free: 3 },
      flips: ['states', 'cancel', 'exception'],
      text: text('A worker for each task.', '每个任务一个 worker。'),
    },
    completed: {
      set: { order: 'completed' },
      flips: ['order', 'lazy'],
      text: text('as_completed instead of map.', '用 as_completed 代替 map。'),
    },
    'single-tasks': { set: { chunksize: 1 }, flips: ['chunks'], text: text('One task at a time.', '一次一个任务。') },
    'callback-first': {
      set: { waits: 0 },
      flips: ['callback'],
      text: text('The task has ended before the callback is added.', '添加回调之前任务已经结束。'),
    },
  },
  async script(context) {
    await thirtyTasks(context);
    await processPool(context);
    await lifeOfAFuture(context);
    await maps(context);
  },
});

async function output({ machine }: Context, command: string): Promise<string[]> {
  return (await machine.sh(command)).stdout.trim().split('\n');
}

function distinct(lines: readonly string[], pattern: RegExp): number {
  return new Set(lines.map((line) => pattern.exec(line)?.[1])).size;
}

async function thirtyTasks(context: Context): Promise<void> {
  const { params, say, check } = context;
  const lines = await output(context, `thirty threads ${params.tasks} ${params.workers}`);
  const tasks = lines.filter((line) => line.startsWith('in '));
  const threads = distinct(tasks, /thread (\S+)/);
  const most = Math.max(...tasks.map((line) => Number(/at once (\d+)/.exec(line)![1])));
  say(
    text(
      `${tasks.length} tasks in ${threads} threads, at most ${most} at once; ${lines.at(-1)}`,
      `${tasks.length} 个任务在 ${threads} 个线程里，同时最多 ${most} 个；${lines.at(-1)}`,
    ),
  );
  const sum = `sum ${(29 * 30 * 59) / 6}`;
  check('threads', () => ({
    met: tasks.length === 30 && threads === 5 && lines.at(-1) === sum,
    saw: `${tasks.length} tasks, ${threads} threads, ${lines.at(-1)}`,
  }));
  check('at-once', () => ({ met: most === 5, saw: String(most) }));
  const sizes = [
    (await output(context, `pool-size ${params.old}`))[0],
    (await output(context, 'pool-size 3.8'))[0],
  ].join(' ');
  say(text(`default sizes on four cores: ${sizes}`, `四核上的默认大小：${sizes}`));
  check('sizes', () => ({ met: sizes === '20 8', saw: sizes }));
}

async function processPool(context: Context): Promise<void> {
  const { params, say, check } = context;
  const lines = await output(context, `thirty ${params.kind} 30 5`);
  const pids = distinct(
    lines.filter((line) => line.startsWith('in ')),
    /pid (\d+)/,
  );
  say(
    text(
      `30 tasks in a pool of ${params.kind}: ${pids} pids`,
      `30 个任务在${params.kind === 'threads' ? '线程' : '进程'}池里：${pids} 个 pid`,
    ),
  );
  check('pids', () => ({ met: pids === 5, saw: `${pids} pids` }));
  const pickle = await output(context, `faults ${params.lambda}`);
  const crash = await output(context, `faults ${params.crash}`);
  for (const line of [...pickle, ...crash]) say(text(line, line));
  check('pickle', () => ({
    met:
      pickle[0]!.startsWith("task: PicklingError: Can't pickle") &&
      pickle[1] === "lock: TypeError: cannot pickle '_thread.lock' object" &&
      pickle[2] === 'next: no error',
    saw: pickle.join('; '),
  }));
  check('broken', () => ({
    met: crash[0]!.startsWith('task: BrokenProcessPool') && crash[2]!.startsWith('next: BrokenProcessPool'),
    saw: crash.join('; '),
  }));
}

async function lifeOfAFuture(context: Context): Promise<void> {
  const { params, machine, check } = context;
  const command = `life ${params.free} ${params.waits}`;
  const { stdout } = await narrate(context, machine, command, text(command, command));
  const lines = stdout.trim().split('\n');
  const has = (line: string): boolean => lines.includes(line);
  const saw = lines.join('; ');
  check('states', () => ({ met: has('states RUNNING PENDING') && has('done FINISHED CANCELLED'), saw }));
  check('cancel', () => ({ met: has('cancel running False pending True'), saw }));
  check('exception', () => ({
    met: has('result 1 cancelled CancelledError') && has('raised RangeError: no such page; exception RangeError'),
    saw,
  }));
  check('callback', () => ({ met: has('callback later in worker_0') && has('callback at once in MainThread'), saw }));
}

async function maps(context: Context): Promise<void> {
  const { params, machine, check } = context;
  const command = `mapped ${params.order} ${params.chunksize}`;
  const { stdout } = await narrate(context, machine, command, text(command, command));
  const lines = stdout.trim().split('\n');
  const saw = lines.join('; ');
  check('order', () => ({ met: lines[1] === 'order 0.2 0.4 0.1 0.3 in 0.40', saw }));
  check('lazy', () => ({ met: lines[0] === 'first after 0.20', saw }));
  check('chunks', () => ({ met: lines[2] === 'chunks 2 whole true', saw }));
}
