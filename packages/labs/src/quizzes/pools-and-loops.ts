/** Predict-first: pools, futures, coroutines and event loops (areas A16 and A17). */
import { byCheck, byOrder, byStory, number, one, order, type QuizItem, text } from './quiz.ts';

export const poolItems: readonly QuizItem[] = [
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

export const loopItems: readonly QuizItem[] = [
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
      '回调里新加的要到下一轮；定时器按时间；有分组到达就提前结束等待。',
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
      'Deferred 的回调里用会阻塞的客户端下载。reactor 的其他调用会怎样？',
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
