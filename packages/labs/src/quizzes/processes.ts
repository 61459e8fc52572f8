/** Predict-first: processes, threads and who runs when (area A14). */
import type { ObservedRun } from './observed-run.ts';
import {
  byCheck,
  byStory,
  type Decision,
  number,
  one,
  order,
  type QuizItem,
  several,
  storyEvidence,
  text,
} from './quiz.ts';

/** How far the end of a process may be from what a statement says, in seconds. */
const NEAR_S = 0.5;

/** Each statement of the daemon quiz as the instant at which it lets a process end, from what main, daemons and the others take. */
const STATEMENTS: readonly (readonly [string, (daemon: number, other: number) => number])[] = [
  ['a', (_, other) => other],
  ['b', (daemon) => daemon],
  ['c', (daemon, other) => Math.max(daemon, other)],
  ['d', (daemon, other) => Math.max(daemon, other)],
];

/** The statements that hold for every one of the lab's programs, each a process with threads of known length. */
function daemonStatements({ events }: ObservedRun): Decision {
  const ends = events('process.exit');
  const programs = events('process.start').flatMap(({ at, values }) => {
    const sleeps = /mix (\d+) (\d+)/.exec(values.argv);
    const end = ends.find((exit) => exit.values.pid === values.pid);
    if (sleeps === null || end === undefined) return [];
    return [{ daemon: Number(sleeps[1]), other: Number(sleeps[2]), tookS: (end.at - at) / 1e9, atNs: end.at }];
  });
  if (programs.length === 0) return { answer: [], evidence: [] };
  const holds = STATEMENTS.filter(([, endsAfter]) =>
    programs.every(({ daemon, other, tookS }) => Math.abs(endsAfter(daemon, other) - tookS) < NEAR_S),
  );
  return {
    answer: holds.map(([id]) => id),
    evidence: programs.map(({ daemon, other, tookS, atNs }) => ({
      atNs,
      text: text(
        `daemon thread ${daemon} s, other thread ${other} s: the process ends after ${tookS.toFixed(1)} s`,
        `守护线程 ${daemon} 秒，非守护线程 ${other} 秒：进程在 ${tookS.toFixed(1)} 秒后结束`,
      ),
    })),
  };
}

export const processItems: readonly QuizItem[] = [
  {
    id: 'daemon-statements',
    rows: [112, 115],
    quiz: 'Q069',
    lab: 'daemon-threads',
    question: text(
      'Which statements about daemon threads are right: a process ends …',
      '关于守护线程，哪些说法正确：进程……',
    ),
    task: several({
      a: ['when all non-daemon threads have ended, daemons or not', '所有非守护线程结束就结束，不管还有没有守护线程'],
      b: ['when all daemon threads have ended, whatever else runs', '所有守护线程结束就结束，不管还有没有非守护线程'],
      c: ['never while a thread of either kind lives', '只要还有任何一种线程就不会结束'],
      d: ['only after all threads of both kinds', '两种线程全部结束之后才结束'],
    }),
    decide: daemonStatements,
    why: text(
      'At its end Python joins the non-daemon threads only; daemons are stopped wherever they are.',
      '退出时 Python 只 join 非守护线程，守护线程做到哪里就停在哪里。',
    ),
    expected: ['a'],
    otherwise: { set: { daemon: 0, first: 'mix 0 5' }, expected: ['a', 'c', 'd'] },
  },
  {
    id: 'flag-a-to-flag-b',
    rows: [116],
    quiz: 'Q072',
    lab: 'daemon-threads',
    question: text(
      'flag A; t = Thread(target=_wait()), where _wait sleeps for 60 s; t.start(); flag B. How many seconds from A to B?',
      'flag A；t = Thread(target=_wait())，_wait 睡 60 秒；t.start()；flag B。从 A 到 B 大约多少秒？',
    ),
    task: number('s', '秒', 1),
    decide: ({ run }) => {
      const lines = run.story;
      const from = lines.findIndex(({ text: { en } }) => /^target=_wait/.test(en));
      const taken = lines.slice(from + 1).find(({ text: { en } }) => /: \d+\.\d\d$/.test(en));
      if (from < 0 || taken === undefined) return { answer: [], evidence: [] };
      const seconds = /(\d+)\.\d\d$/.exec(taken.text.en)![1]!;
      return { answer: [seconds], evidence: [storyEvidence(lines[from]!), storyEvidence(taken)] };
    },
    why: text(
      'The brackets call _wait at once, in the main thread; the new thread gets None for its target. With target=_wait it is 0 s, and the process ends 60 s later.',
      '括号使 _wait 立刻在主线程里执行，新线程拿到的 target 是 None。写成 target=_wait 则是 0 秒，而进程 60 秒后才结束。',
    ),
    expected: ['60'],
    otherwise: { set: { called: 'passed' }, expected: ['0'] },
  },
  {
    id: 'variable-after-fork',
    rows: [104, 106],
    lab: 'processes',
    question: text(
      'A variable is 1. The process forks; the child sets it to 42. What has the parent?',
      '变量是 1。进程 fork，子进程把它改成 42。父进程里是多少？',
    ),
    task: number('', ''),
    decide: byStory(/parent has (\d+)/, ([value]) => value!),
    why: text(
      'fork copies the memory (copy on write); to share a value takes shared memory or a message.',
      'fork 复制内存（写时复制）；要共享就得用共享内存或消息。',
    ),
    expected: ['1'],
    otherwise: { set: { memory: 'shared' }, expected: ['42'] },
  },
  {
    id: 'ended-child',
    rows: [114],
    lab: 'zombies',
    question: text(
      'A child has ended, its parent has not called wait() yet. What does ps show for the child?',
      '子进程已结束，父进程还没 wait()。ps 显示子进程是什么状态？',
    ),
    task: one({
      Z: ['Z: a zombie', 'Z：僵尸'],
      S: ['S: asleep', 'S：睡眠'],
      gone: ['nothing: it is gone', '没有了'],
      R: ['R: running', 'R：运行'],
    }),
    decide: (run) => {
      const states = run.story(/^child \d+: (state (\w)|not in the table)/);
      const last = states.findLast(({ groups }) => groups[1] !== undefined);
      if (last === undefined) return { answer: [], evidence: [] };
      return {
        answer: [last.groups[1] === 'Z' ? 'Z' : 'gone'],
        evidence: states.map(({ line }) => storyEvidence(line)),
      };
    },
    why: text(
      'Its exit status is kept until somebody fetches it (wait(2)); with SIGCHLD ignored nobody has to.',
      '退出状态要保留到有人来取（wait(2)）；忽略 SIGCHLD 则不必。',
    ),
    expected: ['Z'],
    otherwise: { set: { sigchld: 'ignore' }, expected: ['gone'] },
  },
  {
    id: 'parent-killed',
    rows: [113],
    lab: 'daemon-processes',
    question: text(
      'The main process gets SIGKILL. What becomes of its daemon child (multiprocessing)?',
      '主进程收到 SIGKILL。它的守护子进程（multiprocessing）会怎样？',
    ),
    task: one({
      lives: ['it lives on, as a child of init', '继续运行，由 init 收养'],
      dies: ['it ends with it', '跟着结束'],
    }),
    decide: byCheck('orphan', 'lives', 'dies', /SIGKILL|SIGINT|Three seconds/),
    why: text(
      'Daemon children are ended by code that the main process runs at its exit; after SIGKILL no code runs any more.',
      '守护子进程是由主进程退出时执行的代码结束的；SIGKILL 之后没有代码可执行。',
    ),
    expected: ['lives'],
    otherwise: { set: { kill: 'SIGINT' }, expected: ['dies'] },
  },
  {
    id: 'best-number-of-threads',
    rows: [109, 107, 105],
    lab: 'threads-and-cores',
    question: text(
      'Four cores, a computation that splits as one likes, no interpreter lock: of 1, 2, 4, 8, 16, 64, 256, 1000 threads, which number is the fastest?',
      '四个核，计算可以任意拆分，没有解释器锁：1、2、4、8、16、64、256、1000 个线程中哪个最快？',
    ),
    task: number('threads', '个线程'),
    decide: (run) => {
      const tries = run.story(/^(\d+) threads: ([\d.]+) ms/);
      const best = tries.toSorted((x, y) => Number(x.groups[1]) - Number(y.groups[1]))[0];
      return {
        answer: best === undefined ? [] : [best.groups[0]!],
        evidence: tries.map(({ line }) => storyEvidence(line)),
      };
    },
    why: text(
      'As many as cores. More threads do no more at once, and switching costs.',
      '与核数相同。再多也不能同时多做，切换还要花时间。',
    ),
    expected: ['4'],
    otherwise: { set: { cores: 1 }, expected: ['1'] },
  },
  {
    id: 'two-threads-under-the-gil',
    rows: [110, 108, 111],
    lab: 'interpreter-lock',
    question: text(
      'CPython 3.11, four cores: two threads compute for 100 ms each. How long does it take?',
      'CPython 3.11，四个核：两个线程各计算 100 毫秒。一共多久？',
    ),
    task: one({
      sum: ['about 200 ms', '约 200 毫秒'],
      one: ['about 100 ms', '约 100 毫秒'],
      half: ['about 50 ms', '约 50 毫秒'],
    }),
    decide: (run) => {
      const lines = run.story(/^gil-\S+: two threads that compute.*: ([\d.]+) s/);
      const seconds = Number(lines[1]?.groups[0] ?? Number.NaN);
      if (Number.isNaN(seconds)) return { answer: [], evidence: [] };
      return {
        answer: [seconds > 0.15 ? 'sum' : seconds > 0.08 ? 'one' : 'half'],
        evidence: [storyEvidence(lines[1]!.line)],
      };
    },
    why: text(
      'One thread at a time runs bytecode; the lock changes hands every 5 ms. A free-threaded build takes 100 ms.',
      '同一时刻只有一个线程执行字节码，锁每 5 毫秒易手。无 GIL 的版本是 100 毫秒。',
    ),
    expected: ['sum'],
    otherwise: { set: { new: 'gil-free' }, expected: ['one'] },
  },
  {
    id: 'lost-updates',
    rows: [110, 118],
    lab: 'interpreter-lock',
    question: text(
      'Four threads each do n += f() 3000 times under the GIL, without a lock of their own. What is n afterwards?',
      '四个线程在 GIL 下各做 3000 次 n += f()，不另外加锁。最后 n 是多少？',
    ),
    task: one({
      fewer: ['less than 12,000', '少于 12000'],
      exact: ['exactly 12,000: the GIL protects it', '正好 12000：GIL 保护了它'],
    }),
    decide: byCheck('lost', 'fewer', 'exact', /four threads add/),
    why: text(
      'The lock protects the interpreter, not your statement: between reading and writing n another thread may run.',
      'GIL 保护的是解释器，不是你的语句：读和写 n 之间可能换线程。',
    ),
    expected: ['fewer'],
    otherwise: { set: { add: 'locked' }, expected: ['exact'] },
  },
  {
    id: 'who-computes-faster',
    rows: [108, 106, 111],
    lab: 'three-ways',
    question: text(
      'CPython on four cores, eight computing tasks. Which way is faster than one after the other?',
      'CPython、四个核、八个计算任务。哪种方式比依次执行快？',
    ),
    task: one({
      processes: ['processes only', '只有多进程'],
      threads: ['threads and processes', '多线程和多进程'],
      all: ['all, coroutines too', '全部，包括协程'],
      none: ['none', '都不快'],
    }),
    decide: byCheck('computing', 'processes', 'none', /^compute/),
    why: text(
      'Each process has an interpreter lock of its own; threads share one, coroutines share one thread.',
      '每个进程有自己的解释器锁；线程共用一把，协程共用一个线程。',
    ),
    expected: ['processes'],
    otherwise: { set: { cores: 1 }, expected: ['none'] },
  },
  {
    id: 'sort-the-schedulers',
    rows: [154],
    lab: 'cpu-scheduling',
    question: text(
      'Jobs of 24, 3 and 3 ms arrive at once, in this order. Sort the algorithms by average waiting time, the shortest first.',
      '24、3、3 毫秒的三个作业同时到达，按此顺序排队。按平均等待时间从短到长排列算法。',
    ),
    task: order({
      fcfs: ['first come, first served', '先来先服务'],
      rr: ['round robin, quantum 4 ms', '时间片轮转，4 毫秒'],
      sjf: ['shortest job first', '短作业优先'],
    }),
    decide: (run) => {
      const lines = run.story(/^(fcfs|sjf|rr): .* on average waiting ([\d.]+),/).slice(0, 3);
      const sorted = lines.toSorted((x, y) => Number(x.groups[1]) - Number(y.groups[1]));
      return {
        answer: sorted.map(({ groups }) => groups[0]!),
        evidence: sorted.map(({ line }) => storyEvidence(line)),
      };
    },
    why: text(
      '3, 5.67 and 17 ms: the two short jobs wait behind the long one (convoy effect) unless somebody lets them pass.',
      '3、5.67、17 毫秒：不让短作业先走，它们就堵在长作业后面（护航效应）。',
    ),
    expected: ['sjf', 'rr', 'fcfs'],
    otherwise: { set: { long: 3 }, expected: ['fcfs', 'sjf', 'rr'] },
  },
  {
    id: 'apply-in-a-pool',
    rows: [132, 117],
    lab: 'process-pools',
    question: text(
      'A pool of five processes; ten tasks of one second each, handed over by pool.apply in a loop. How many seconds?',
      '五个进程的进程池，循环用 pool.apply 提交十个各一秒的任务。一共几秒？',
    ),
    task: number('s', '秒', 0.2),
    decide: byStory(/ in ([\d.]+)$/, ([seconds]) => String(Number(seconds))),
    why: text(
      'apply waits for each result before the next; map and apply_async use all five at once: 2 s.',
      'apply 等到结果才返回，等于依次执行；map、apply_async 五个同时做：2 秒。',
    ),
    expected: ['10'],
    otherwise: { set: { blocking: 'map' }, expected: ['2'] },
  },
];
