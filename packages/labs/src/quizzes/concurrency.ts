/** Predict-first: processes, threads, locks, queues, pools, coroutines, jobs and the language (areas A14 to A19). */
import type { ObservedRun } from './observed-run.ts';
import {
  byCheck,
  byOrder,
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

const processes: readonly QuizItem[] = [
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

const sharing: readonly QuizItem[] = [
  {
    id: 'three-acquires-two-releases',
    rows: [119, 118],
    lab: 'locks',
    set: { releases: 2 },
    question: text(
      'A thread acquires an RLock three times and releases it twice. Can another thread get it?',
      '线程对 RLock 获取三次、释放两次。别的线程能拿到它吗？',
    ),
    task: one({ yes: ['Yes', '能'], no: ['No', '不能'] }),
    decide: byStory(/another thread gets it: (\w+)/, ([answer]) => (answer!.toLowerCase() === 'true' ? 'yes' : 'no')),
    why: text(
      'It counts: as many releases as acquires. A plain Lock would have blocked its own thread at the second acquire.',
      '它会计数：获取几次就要释放几次。普通 Lock 在第二次获取时就把自己锁死了。',
    ),
    expected: ['no'],
    otherwise: { set: { releases: 3 }, expected: ['yes'] },
  },
  {
    id: 'noodles-and-fork',
    rows: [121, 118],
    lab: 'noodles-and-forks',
    question: text(
      'Two kinds of guests: one takes the noodles first, then the fork; the other the fork first. Can all be left waiting for ever?',
      '两类食客：一类先拿面再拿叉子，另一类先拿叉子再拿面。有没有可能大家永远等下去？',
    ),
    task: one({ deadlock: ['yes: a deadlock', '有：死锁'], never: ['no, somebody always eats', '没有，总有人能吃'] }),
    decide: ({ events, check }) => {
      const [circle] = events('thread.deadlock');
      const found = check('found');
      const evidence = [
        ...(circle === undefined
          ? []
          : [{ atNs: circle.at, text: { en: circle.values.circle, zh: circle.values.circle } }]),
        {
          atNs: Math.max(0, found.atNs),
          text:
            found.verdict === 'met'
              ? found.text
              : { en: `✗ not so: ${found.text.en}`, zh: `✗ 不成立：${found.text.zh}` },
        },
      ];
      return { answer: [found.verdict === 'met' || circle !== undefined ? 'deadlock' : 'never'], evidence };
    },
    why: text(
      'Each holds what the other needs. One order for all, a try with letting go, or one lock for both prevents it; the explorer tries all schedules.',
      '各自拿着对方要的东西。统一顺序、拿不到就放下、或只用一把锁都能避免；探索器试过所有调度。',
    ),
    expected: ['deadlock'],
    otherwise: {
      set: { printed: 'table ordered', eaters: 'noodles ordered', try: 'table try', single: 'table single' },
      expected: ['never'],
    },
  },
  {
    id: 'thread-lock-between-processes',
    rows: [120],
    lab: 'process-locks',
    question: text(
      'Ten processes sell one ticket each from a file with ten tickets. Each guards it with a thread lock of its own. How many tickets does the file show afterwards?',
      '十个进程各从文件里卖出一张票，共十张，各自用自己的线程锁保护。最后文件里还剩几张？',
    ),
    task: number('tickets', '张'),
    decide: byStory(/: (\d+) left$/, ([left]) => left!, 'last'),
    why: text(
      'A thread lock lives in the memory of one process; all ten read 10 and write 9. A process lock makes it 0.',
      '线程锁只在本进程内存里有效，十个进程都读到 10、写回 9。用进程锁则是 0。',
    ),
    expected: ['9'],
    otherwise: { set: { wrong: 'process' }, expected: ['0'] },
  },
  {
    id: 'shared-object',
    rows: [122],
    lab: 'thread-local',
    question: text(
      'Ten threads store their number in one ordinary shared object, wait, and print what is in it. What do they print?',
      '十个线程把各自的编号存进同一个普通共享对象，稍等后打印。打印的是什么？',
    ),
    task: one({
      last: ['all the number that was stored last', '都是最后存进去的编号'],
      own: ['each its own number', '各自的编号'],
    }),
    decide: byCheck('contrast', 'last', 'own', /shared object/),
    why: text(
      'One object, one value. threading.local keeps one value for each thread.',
      '一个对象只有一个值。threading.local 为每个线程各存一份。',
    ),
    expected: ['last'],
    otherwise: { set: { contrast: 'local' }, expected: ['own'] },
  },
  {
    id: 'forgotten-writing-end',
    rows: [124, 123],
    lab: 'pipes',
    set: { closed: 'forgotten' },
    question: text(
      'The writer of a pipe closes its end. The reader has forgotten to close its own copy of the writing end. What does its read do?',
      '管道的写者关闭了写端，但读者忘了关闭自己持有的那份写端。读者的 read 会怎样？',
    ),
    task: one({ waits: ['it waits for ever', '一直等下去'], end: ['end of file', '读到文件结束'] }),
    decide: byCheck('end', 'end', 'waits', /writing end|end of file/),
    why: text(
      'The end comes with the last writer; the reader is one itself (pipe(7)).',
      '最后一个写者关闭才有文件结束，而读者自己就是一个写者（pipe(7)）。',
    ),
    expected: ['waits'],
    otherwise: { set: { closed: 'all' }, expected: ['end'] },
  },
  {
    id: 'put-into-a-full-queue',
    rows: [125, 123],
    lab: 'process-queue',
    question: text(
      'A multiprocessing.Queue of three places is full. What does put() do?',
      '容量为 3 的 multiprocessing.Queue 已满。put() 会怎样？',
    ),
    task: one({
      waits: ['it waits for a place', '等有空位'],
      atOnce: ['it returns at once', '立即返回'],
      drops: ['it drops the oldest', '丢掉最旧的'],
    }),
    decide: byCheck('blocks', 'waits', 'atOnce'),
    why: text('A bounded queue slows its producers down: back-pressure.', '有界队列让生产者慢下来：反压。'),
    expected: ['waits'],
    otherwise: { set: { maxsize: 0 }, expected: ['atOnce'] },
  },
  {
    id: 'no-end-marker',
    rows: [128, 127],
    lab: 'producer-consumer',
    question: text(
      'A producer ends without putting an end marker into the queue. What does the consumer do?',
      '生产者结束时没有往队列里放结束标记。消费者会怎样？',
    ),
    task: one({ hangs: ['it waits for ever', '永远等下去'], ends: ['it ends too', '也结束'] }),
    decide: byCheck('missing', 'hangs', 'ends', /it hangs|no marker/),
    why: text(
      'An empty queue says nothing about the future. One marker for each consumer, after the last producer.',
      '队列空并不说明以后没有。每个消费者要一个标记，在最后一个生产者之后放。',
    ),
    expected: ['hangs'],
    otherwise: { set: { missing: 'after' }, expected: ['ends'] },
  },
  {
    id: 'full-log-queue',
    rows: [129, 127],
    lab: 'log-writer',
    question: text(
      'Four threads log 10,000 records through a bounded queue by put(). How many are lost?',
      '四个线程通过有界队列用 put() 写 10000 条日志。丢了几条？',
    ),
    task: one({ none: ['none', '一条不丢'], some: ['some', '丢一些'] }),
    decide: byCheck('lost', 'none', 'some', /records in the file|dropped/),
    why: text(
      'put waits while the queue is full. put_nowait raises, and who swallows that loses records.',
      '队列满时 put 会等。put_nowait 会抛异常，吞掉异常就丢日志。',
    ),
    expected: ['none'],
    otherwise: { set: { policy: 'drop', maxsize: 20, batchMs: 10 }, expected: ['some'] },
  },
  {
    id: 'redis-counter',
    rows: [126, 123],
    lab: 'redis',
    question: text(
      'Two hosts at once each send INCR visits a hundred times to one Redis server. What is the counter?',
      '两台主机同时各向同一个 Redis 服务器发一百次 INCR visits。计数器是多少？',
    ),
    task: number('', ''),
    decide: byStory(/^a hundred steps on each host: (\d*)/, ([count]) => count || '0'),
    why: text(
      'Redis carries out commands one after the other in one thread: none is lost. GET and SET from outside would lose some.',
      'Redis 单线程逐条执行命令，不会丢。先 GET 再 SET 就会丢。',
    ),
    expected: ['200'],
    otherwise: { set: { step: 'GET visits' }, expected: ['0'] },
  },
];

const pools: readonly QuizItem[] = [
  {
    id: 'at-once-in-a-pool',
    rows: [130],
    lab: 'executors',
    question: text(
      '30 tasks are given to ThreadPoolExecutor(max_workers=5). How many run at once at most?',
      '把 30 个任务交给 ThreadPoolExecutor(max_workers=5)。最多同时运行几个？',
    ),
    task: number('tasks', '个任务'),
    decide: byStory(/^30 tasks in \d+ threads, at most (\d+) at once/, ([most]) => most!),
    why: text('As many as workers; the others wait in its queue.', '与工作线程数相同，其余在队列里等。'),
    expected: ['5'],
    otherwise: { set: { workers: 9 }, expected: ['9'] },
  },
  {
    id: 'order-of-map',
    rows: [134, 133],
    lab: 'executors',
    question: text(
      'executor.map over tasks of 0.2, 0.4, 0.1 and 0.3 s. In which order do the results come?',
      '对 0.2、0.4、0.1、0.3 秒的任务用 executor.map。结果按什么顺序给出？',
    ),
    task: one({
      input: ['in the order of the input', '按输入顺序'],
      completion: ['in the order of completion', '按完成顺序'],
    }),
    decide: byCheck('order', 'input', 'completion', /order 0/),
    why: text(
      'map hands out each result in its turn, however early it is; as_completed gives them as they come.',
      'map 按输入次序逐个给出；as_completed 按完成次序给出。',
    ),
    expected: ['input'],
    otherwise: { set: { order: 'completed' }, expected: ['completion'] },
  },
  {
    id: 'broken-pool',
    rows: [131],
    lab: 'executors',
    question: text(
      'A worker process of a ProcessPoolExecutor is killed. What happens to the next submit?',
      'ProcessPoolExecutor 的一个工作进程被杀。下一次 submit 会怎样？',
    ),
    task: one({
      broken: ['BrokenProcessPool', 'BrokenProcessPool'],
      replaced: ['a new worker takes its place', '自动补一个新进程'],
    }),
    decide: byCheck('broken', 'broken', 'replaced', /BrokenProcessPool/),
    why: text(
      'The pool cannot know what the dead worker held; all futures fail and the pool is closed. multiprocessing.Pool would replace it, and lose the task.',
      '池无法知道死去的进程手里有什么，于是所有 future 失败、池作废。multiprocessing.Pool 会补进程，但任务丢了。',
    ),
    expected: ['broken'],
    otherwise: { set: { crash: 'none' }, expected: ['replaced'] },
  },
];

const loops: readonly QuizItem[] = [
  {
    id: 'coroutines-in-ps',
    rows: [135, 106],
    lab: 'coroutines',
    question: text(
      '1000 coroutines sleep in one program. How many entries does the process table have for it?',
      '一个程序里有 1000 个协程在睡眠。进程表里它有几个条目？',
    ),
    task: one({ one: ['1', '1 个'], many: ['1000', '1000 个'] }),
    decide: byStory(/ps lists (\d+) of them/, ([count]) => (count === '1' ? 'one' : 'many')),
    why: text(
      'Coroutines are functions that the program suspends by itself; the kernel sees one thread.',
      '协程是程序自己挂起的函数，内核只看到一个线程。',
    ),
    expected: ['one'],
    otherwise: { set: { as: 'processes' }, expected: ['many'] },
  },
  {
    id: 'send-too-early',
    rows: [136],
    lab: 'coroutines',
    question: text('A generator has just been made. What does g.send(1) do?', '刚创建的生成器，g.send(1) 会怎样？'),
    task: one({
      error: ['TypeError', 'TypeError'],
      runs: ['it runs to the first yield, which gives 1', '运行到第一个 yield，其值为 1'],
    }),
    decide: byCheck('priming', 'error', 'runs', /TypeError|send\(None\)/),
    why: text(
      'No yield waits for the value yet. Prime it by next(g) or g.send(None).',
      '还没有 yield 在等这个值。先用 next(g) 或 g.send(None) 启动。',
    ),
    expected: ['error'],
    otherwise: { set: { first: 'prime' }, expected: ['runs'] },
  },
  {
    id: 'gather-of-three',
    rows: [138, 137],
    lab: 'asyncio',
    question: text(
      'asyncio.gather of waits of 300, 100 and 200 ms. After how many ms does it return?',
      'asyncio.gather 三个等待：300、100、200 毫秒。多少毫秒后返回？',
    ),
    task: number('ms', '毫秒', 10),
    decide: byStory(/results .* after (\d+) ms/, ([ms]) => ms!),
    why: text(
      'Three tasks wait at once; the longest decides. Awaited one after the other it would be 600.',
      '三个任务同时等，由最长的决定。逐个 await 则是 600。',
    ),
    expected: ['300'],
    otherwise: { set: { together: false }, expected: ['600'] },
  },
  {
    id: 'update-across-an-await',
    rows: [138],
    lab: 'asyncio',
    question: text(
      'Ten tasks of one thread add 100 each to a number: read, await, write. What is the sum?',
      '同一线程里十个任务各给一个数加 100 次 1：读、await、写。结果是多少？',
    ),
    task: one({
      fewer: ['less than 1000', '少于 1000'],
      exact: ['1000: one thread has no races', '1000：单线程没有竞态'],
    }),
    decide: byCheck('lost-update', 'fewer', 'exact', /without a lock|client: \d+$/),
    why: text(
      'At the await another task runs and reads the old value. One thread, and still a race; an asyncio.Lock cures it.',
      '在 await 处别的任务会运行并读到旧值。单线程也有竞态，用 asyncio.Lock 解决。',
    ),
    expected: ['fewer'],
    otherwise: { set: { inside: 'atomic' }, expected: ['exact'] },
  },
  {
    id: 'sort-the-loop',
    rows: [141],
    lab: 'event-loop',
    question: text(
      'At 0 ms two callbacks are ready; the first adds a third. Timers stand at 50 and 20 ms, a datagram comes at about 37 ms. In which order does the loop run them?',
      '0 毫秒时有两个就绪回调，第一个又添加了第三个；定时器在 50 和 20 毫秒，约 37 毫秒来一个数据报。事件循环按什么顺序执行？',
    ),
    task: order({
      late: ['the timer of 50 ms', '50 毫秒定时器'],
      added: ['what the first added', '第一个添加的回调'],
      second: ['the second callback', '第二个回调'],
      datagram: ['the datagram', '数据报'],
      first: ['the first callback', '第一个回调'],
      early: ['the timer of 20 ms', '20 毫秒定时器'],
    }),
    decide: byOrder(/^looper: \d+ ms: (first|second|added|timer of 20|timer of 50|datagram)/, ([what]) =>
      what === 'timer of 20' ? 'early' : what === 'timer of 50' ? 'late' : what!,
    ),
    why: text(
      'What a callback adds runs a round later; timers go by their time; the wait ends early for a packet.',
      '回调里新加的要到下一轮；定时器按时间；有包到达就提前结束等待。',
    ),
    expected: ['first', 'second', 'added', 'early', 'datagram', 'late'],
    otherwise: { set: { adding: 'direct' }, expected: ['first', 'added', 'second', 'early', 'datagram', 'late'] },
  },
  {
    id: 'patched-too-late',
    rows: [139, 144],
    lab: 'gevent',
    set: { patch: 'late' },
    question: text(
      'Three greenlets call time.sleep(1), which the program took over before monkey patching. How many seconds in all?',
      '三个 greenlet 调用 time.sleep(1)，而程序在打猴子补丁之前就导入了它。一共几秒？',
    ),
    task: number('s', '秒', 0.1),
    decide: byStory(/three sleeps took (\d+) ms/, ([ms]) => String(Math.round(Number(ms) / 100) / 10)),
    why: text(
      'The old name still blocks the only thread; patched first it is 1 s.',
      '旧名字仍会阻塞唯一的线程；先打补丁就是 1 秒。',
    ),
    expected: ['3'],
    otherwise: { set: { patch: 'first' }, expected: ['1'] },
  },
  {
    id: 'blocking-in-a-callback',
    rows: [140, 145],
    lab: 'twisted',
    question: text(
      'A Deferred’s callback downloads something by a client that blocks. What becomes of the reactor’s other calls?',
      'Deferred 的回调里用会阻塞的客户端下载。反应器的其他调用会怎样？',
    ),
    task: one({ late: ['they come late', '被推迟'], inTime: ['they come in time', '照常准时'] }),
    decide: byCheck('blocking-callback', 'late', 'inTime', /comes \d+ ms late/),
    why: text(
      'There is one thread: while a callback runs, nothing else does.',
      '只有一个线程：回调运行时别的都动不了。',
    ),
    expected: ['late'],
    otherwise: { set: { again: false }, expected: ['inTime'] },
  },
];

const jobs: readonly QuizItem[] = [
  {
    id: 'one-name-for-ten',
    rows: [142, 143, 144, 145],
    lab: 'ten-pictures',
    question: text(
      'The notes’ loop downloads ten pictures and opens "xxx.png" for each. How many files are there afterwards?',
      '笔记里的循环下载十张图片，每次都打开 "xxx.png" 写入。最后有几个文件？',
    ),
    task: one({ one: ['one', '一个'], ten: ['ten', '十个'] }),
    decide: byCheck('one-name', 'one', 'ten'),
    why: text('Each opening with "wb" empties the file of the one before.', '每次以 "wb" 打开都会清空上一张。'),
    expected: ['one'],
    otherwise: { set: { names: 'own' }, expected: ['ten'] },
  },
  {
    id: 'newline-at-the-end',
    rows: [147],
    lab: 'validation',
    set: { how: 'dollar' },
    question: text(
      'A format is written ^…$ and tested by match. Is a good telephone number with a newline behind it taken?',
      '格式写成 ^…$ 并用 match 检查。正确的电话号码后面带一个换行符，会通过吗？',
    ),
    task: one({ taken: ['Yes', '会'], refused: ['No', '不会'] }),
    decide: byCheck('newline', 'refused', 'taken', /newline behind/),
    why: text(
      '$ also matches before a newline at the end. fullmatch, or \\Z, does not.',
      '$ 也匹配结尾换行之前的位置。用 fullmatch 或 \\Z 就不会。',
    ),
    expected: ['taken'],
    otherwise: { set: { how: 'fullmatch' }, expected: ['refused'] },
  },
  {
    id: 'catastrophe',
    rows: [147],
    lab: 'validation',
    question: text(
      '(a+)+b is tried on a row of a’s without a b. One more a: what happens to the number of steps?',
      '用 (a+)+b 匹配一串没有 b 的 a。多一个 a，步数怎样变化？',
    ),
    task: one({ doubles: ['it doubles', '加倍'], one: ['one step more', '多一步'] }),
    decide: byCheck('doubles', 'doubles', 'one', /takes/),
    why: text(
      'A backtracking engine tries every way of cutting the row into groups. a+b says the same in a handful of steps.',
      '回溯引擎会尝试所有分组方式。a+b 意思相同，只要很少几步。',
    ),
    expected: ['doubles'],
    otherwise: { set: { catastrophic: 'a+b' }, expected: ['one'] },
  },
];

const language: readonly QuizItem[] = [
  {
    id: 'after-the-end',
    rows: [150],
    lab: 'iterators-and-generators',
    question: text(
      'An iterator has come to its end. What does the next next() do?',
      '迭代器已经走到结尾，再调用 next() 会怎样？',
    ),
    task: one({ stop: ['StopIteration again', '再次 StopIteration'], again: ['it begins again', '从头开始'] }),
    decide: byCheck('next', 'stop', 'again', /next\(a\)/),
    why: text(
      'An iterator remembers its position and goes forward only; a new one begins at the start.',
      '迭代器记住位置，只能向前；要从头开始得新建一个。',
    ),
    expected: ['stop'],
    otherwise: { set: { asked: 'fresh' }, expected: ['again'] },
  },
  {
    id: 'before-the-first-next',
    rows: [151],
    lab: 'iterators-and-generators',
    question: text(
      'A generator function is called. What of its body has run before the first next()?',
      '调用了一个生成器函数。第一次 next() 之前函数体执行了多少？',
    ),
    task: one({
      nothing: ['nothing', '一句也没有'],
      toYield: ['up to the first yield', '到第一个 yield'],
      all: ['all of it', '全部'],
    }),
    decide: byCheck('suspend-resume', 'nothing', 'all', /made, nothing|start/),
    why: text(
      'The call makes the generator only; each next runs to the next yield.',
      '调用只创建生成器；每次 next 才运行到下一个 yield。',
    ),
    expected: ['nothing'],
    otherwise: { set: { squares: 'list' }, expected: ['all'] },
  },
  {
    id: 'cached-questions',
    rows: [152],
    lab: 'decorators',
    question: text(
      'A function that asks a server is decorated with a cache. Five calls ask for two different prices. How many requests are sent?',
      '一个向服务器查价格的函数加了缓存装饰器。五次调用查两种价格，发出几个请求？',
    ),
    task: one({ two: ['two', '两个'], five: ['five', '五个'] }),
    decide: byCheck('cache', 'two', 'five', /costs|hits/),
    why: text(
      'The wrapper keeps each answer by its arguments; the function itself was not changed.',
      '包装函数按参数记住结果，原函数没有改动。',
    ),
    expected: ['two'],
    otherwise: { set: { cache: false }, expected: ['five'] },
  },
  {
    id: 'error-in-else',
    rows: [153],
    lab: 'exceptions',
    question: text(
      'try … except ValueError … else: an error of that class is raised in the else part. Does the except catch it?',
      'try … except ValueError … else：else 部分抛出 ValueError，会被这个 except 捕获吗？',
    ),
    task: one({ no: ['No', '不会'], yes: ['Yes', '会'] }),
    decide: byCheck('order', 'no', 'yes', /raised in follow-up/),
    why: text(
      'else runs after a body without exception, outside of what except guards; finally runs in any case.',
      'else 在 try 部分没有异常之后才执行，不受 except 保护；finally 总会执行。',
    ),
    expected: ['no'],
    otherwise: { set: { otherwise: 'body' }, expected: ['yes'] },
  },
];

export const concurrencyItems: readonly QuizItem[] = [
  ...processes,
  ...sharing,
  ...pools,
  ...loops,
  ...jobs,
  ...language,
];
