/** Predict-first: locks, queues, memory that is shared and memory that is not (area A15). */
import { byCheck, byStory, number, one, type QuizItem, text } from './quiz.ts';

export const sharingItems: readonly QuizItem[] = [
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
