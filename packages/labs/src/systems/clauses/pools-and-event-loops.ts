/** Clauses: pools and futures, coroutines and event loops. */
import { clause, comparedBy, type RowClauses } from './clause.ts';

export const poolsAndEventLoops: readonly RowClauses[] = [
  [
    130,
    [
      clause('30 tasks on 5 workers.', '30 个任务交给 5 个 worker。'),
      clause('At most 5 at once.', '同时最多 5 个。'),
      clause('Default size per Python version.', '各 Python 版本的默认大小。'),
    ],
  ],
  [
    131,
    [
      clause('The pids are the workers.', '每个 pid 就是一个 worker。'),
      clause('Unpicklable task error.', '无法 pickle 的任务报错。'),
      clause('Broken pool on worker crash.', '工作进程崩溃使池损坏。'),
    ],
  ],
  [
    132,
    [
      clause('apply blocks.', 'apply 会阻塞。'),
      clause('apply_async does not.', 'apply_async 不阻塞。'),
      clause('map waits for all and keeps the order.', 'map 等全部完成并保持顺序。'),
      clause('close lets the work end.', 'close 让工作做完。'),
      clause('join wants close or terminate first.', 'join 之前要先 close 或 terminate。'),
      clause('terminate ends it at once.', 'terminate 立即结束。'),
    ],
  ],
  [
    133,
    [
      clause('States.', '状态。'),
      clause('cancel.', '取消。'),
      clause('exception.', '异常。'),
      clause('The callback thread is shown.', '显示回调所在的线程。'),
    ],
  ],
  [
    134,
    [clause('Input order.', '输入顺序。'), clause('Lazy results.', '惰性结果。'), clause('chunksize.', 'chunksize。')],
  ],
  [
    135,
    [
      clause('1000 coroutines run on one thread of the operating system.', '1000 个协程在操作系统的一个线程上运行。'),
      clause('The kernel sees one.', '内核只看到一个。'),
    ],
  ],
  [
    136,
    [
      clause('Five rounds of producer and consumer print these exact lines.', '生产者消费者五轮，逐行一致。'),
      clause('A value sent before the first yield is a TypeError.', '第一次 yield 之前发送值是 TypeError。'),
      clause('close() ends the consumer.', 'close() 结束消费者。'),
    ],
  ],
  [
    137,
    [
      clause('It takes 2.00 s of virtual time.', '虚拟时间 2.00 秒。'),
      comparedBy(
        'test/cpython/language-errors.real.test.ts',
        'As printed the program ends with TabError and RuntimeError.',
        '笔记原样的程序以 TabError 和 RuntimeError 告终。',
      ),
      clause('The corrected program has this output.', '改正后的程序有这样的输出。'),
    ],
  ],
  [
    138,
    [
      clause('gather runs coroutines together.', 'gather 让协程同时进行。'),
      clause('A time-out cancels.', '超时会取消。'),
      clause('A task can be cancelled.', '任务可以取消。'),
      clause('A lock guards what lies across an await.', '锁保护跨 await 的操作。'),
      clause('Streams serve many connections in one thread.', '流在一个线程里服务多个连接。'),
      clause('An update across an await is lost without it.', '没有锁，跨 await 的更新会丢失。'),
    ],
  ],
  [
    139,
    [
      clause('spawn and joinall run greenlets in order.', 'spawn 和 joinall 按顺序运行 greenlet。'),
      clause('Patched and unpatched calls take different times.', '打补丁与不打补丁用时不同。'),
    ],
  ],
  [
    140,
    [
      clause('Ten downloads take 1 s.', '十个下载共 1 秒。'),
      clause('A failure goes to the errback.', '失败走 errback。'),
      clause('A callback that blocks is the fault that holds up all.', '阻塞的回调拖住一切。'),
    ],
  ],
  [
    141,
    [
      clause('The trace shows the ready queue.', '轨迹显示就绪队列。'),
      clause('It shows the timers.', '轨迹显示定时器。'),
      clause('It shows the polls.', '轨迹显示等待。'),
    ],
  ],
];
