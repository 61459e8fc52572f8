/** Clauses: locks, queues, communication between processes. */
import { clause, comparedBy, type RowClauses } from './clause.ts';

export const locksAndQueues: readonly RowClauses[] = [
  [
    118,
    [
      clause('The count is exact under the lock for every schedule.', '加锁后计数在所有调度下都精确。'),
      clause('A second acquire blocks.', '第二次 acquire 会阻塞。'),
    ],
  ],
  [
    119,
    [
      clause('Acquired n times it is free after n releases.', '获取 n 次，释放 n 次后才空闲。'),
      clause('Only its owner may release it.', '只有持有者可以释放。'),
    ],
  ],
  [
    120,
    [
      clause(
        'A ticket counter of ten processes and of ten threads is wrong without a lock.',
        '十个进程、十个线程的售票计数不加锁就出错。',
      ),
      clause('With a lock it is exact.', '加锁后精确。'),
      clause('A process lock works across processes.', '进程锁跨进程有效。'),
      clause('A thread lock does not.', '线程锁跨进程无效。'),
    ],
  ],
  [
    121,
    [
      clause('The schedule explorer finds the deadlock.', '调度探索器找到死锁。'),
      clause('The wait-for cycle is printed.', '打印等待环。'),
      clause('Ordered locks are proven free of it in all schedules.', '按序加锁在所有调度下无死锁。'),
      clause('So is the try-lock.', '尝试加锁也是。'),
      clause('So is a single RLock.', '单一递归锁也是。'),
    ],
  ],
  [
    122,
    [
      clause('Ten threads print their own number in any order.', '十个线程以任意次序打印各自的编号。'),
      clause('A shared object is the contrast.', '共享对象作为对照。'),
    ],
  ],
  [
    123,
    [
      clause(
        'The same message goes by pipe, queue, shared memory, signal, Unix and TCP socket.',
        '同一条消息经由管道、队列、共享内存、信号、Unix 与 TCP 套接字。',
      ),
      clause('The bytes of each are counted.', '统计各自的字节数。'),
      clause('So are the copies.', '统计拷贝次数。'),
      clause('So is the time.', '统计耗时。'),
      clause('And it goes by redis.', '也经由 redis。'),
    ],
  ],
  [
    124,
    [
      clause('Pipes are duplex or simplex.', '管道有双工与单工。'),
      clause('The reader meets the end of file.', '读者遇到文件结尾。'),
      clause('A writer without readers gets SIGPIPE.', '没有读者的写者收到 SIGPIPE。'),
      clause('Writes are whole up to PIPE_BUF, and interleave beyond.', '不超过 PIPE_BUF 的写入完整，更长的会交错。'),
    ],
  ],
  [
    125,
    [
      clause('Each item is delivered exactly once.', '每个元素恰好交付一次。'),
      clause('maxsize makes put wait.', 'maxsize 使 put 等待。'),
      clause('A feeder thread writes into the pipe.', 'feeder 线程写入管道。'),
    ],
  ],
  [
    126,
    [
      comparedBy(
        'packages/userland/src/redis/redis.real.test.ts',
        "It speaks RESP2 and RESP3, inline commands too, reply for reply as Debian's redis-server does.",
        '使用 RESP2 和 RESP3（含行内命令），逐条回复与 Debian 的 redis-server 相同。',
      ),
      clause('SET and GET with expiry.', '带过期时间的 SET 与 GET。'),
      clause('INCR.', 'INCR。'),
      clause('LPUSH and BRPOP.', 'LPUSH 与 BRPOP。'),
      clause('PUB/SUB.', '发布与订阅。'),
      clause('MULTI and EXEC.', 'MULTI 与 EXEC。'),
      clause("Errors in Redis's own words for the rest.", '其余用 Redis 自己的话报错。'),
      clause('Used by processes on two hosts.', '两台主机上的进程使用它。'),
    ],
  ],
  [
    127,
    [
      clause('All versions of the program run.', '程序的所有版本都能运行。'),
      clause('What is eaten is what was produced.', '吃掉的等于生产的。'),
      clause('A missing marker shows as a hang.', '缺少标记表现为挂起。'),
      clause('An early marker shows as a loss.', '标记过早表现为丢失。'),
      clause('The JoinableQueue version runs.', 'JoinableQueue 版本能运行。'),
    ],
  ],
  [
    128,
    [
      clause(
        'The matrix of producers, consumers and markers shows which end and which hang.',
        '生产者、消费者与标记数的矩阵显示哪些结束、哪些挂起。',
      ),
    ],
  ],
  [
    129,
    [
      clause(
        'A log writer with a bounded queue loses none of 10,000 records.',
        '有界队列的日志写入者一万条记录一条不丢。',
      ),
      clause('Callers never wait for longer than a stated time.', '调用者等待不超过规定时间。'),
    ],
  ],
];
