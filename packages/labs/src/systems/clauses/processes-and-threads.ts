/** Clauses: processes, threads, parallelism. */
import { clause, comparedBy, type RowClauses } from './clause.ts';

export const processesAndThreads: readonly RowClauses[] = [
  [
    104,
    [
      clause('The process table shows each process with its parent and state.', '进程表列出每个进程及其父进程与状态。'),
      clause('fork and spawn make processes.', 'fork 与 spawn 创建进程。'),
      clause(
        'Memory is isolated: what a child changes its parent does not see.',
        '内存隔离：子进程的修改父进程看不到。',
      ),
      clause('Exit codes reach the parent.', '退出码能到达父进程。'),
      clause('Signals reach processes: caught, ignored, or the end.', '信号能到达进程：被捕获、被忽略，或终止进程。'),
    ],
  ],
  [
    105,
    [
      clause('The run queue holds threads.', '就绪队列里是线程。'),
      clause('The stack is private.', '栈是私有的。'),
      clause('The heap is shared.', '堆是共享的。'),
      clause('All die with the process.', '线程随进程一起结束。'),
    ],
  ],
  [
    106,
    [
      clause('The same job in three ways: cost of making one.', '同一件事的三种做法：创建开销。'),
      clause('Switches.', '切换。'),
      clause('Memory.', '内存。'),
      clause('Crash isolation.', '崩溃隔离。'),
      clause('Time on 1 and 4 cores.', '单核与四核上的用时。'),
    ],
  ],
  [
    107,
    [
      clause('Gantt chart with the overlap number for 1 core.', '单核的甘特图与重叠数。'),
      clause('The same for n cores.', '多核的甘特图与重叠数。'),
    ],
  ],
  [
    108,
    [
      clause(
        'Time matrix for computing: serial, threads, processes, coroutines on 1 and 4 cores.',
        '计算的用时矩阵：依次、线程、进程、协程，单核与四核。',
      ),
      clause('The same for waiting.', '等待的用时矩阵。'),
    ],
  ],
  [
    109,
    [
      clause(
        'Sweep 1 to 1,000 threads: the optimum is at the core count for computing without an interpreter lock.',
        '从 1 到 1000 个线程扫描：没有解释器锁的计算任务，最优值等于核心数。',
      ),
      clause('Too many threads are slower.', '线程过多反而更慢。'),
    ],
  ],
  [
    110,
    [
      clause('The lock changes hands after the switch interval.', '锁在切换间隔之后换手。'),
      clause('It is released around waits.', '等待时会放开。'),
      clause('Profile 2.7.', '2.7 的配置。'),
      clause('Profile 3.x.', '3.x 的配置。'),
      clause('Profile free-threaded.', '自由线程版的配置。'),
      clause('Lost updates of += are reproduced.', '重现 += 的更新丢失。'),
    ],
  ],
  [
    111,
    [
      clause('Both APIs run the same task to the same results.', '两套 API 执行同一任务，结果相同。'),
      clause('Their times are compared.', '比较用时。'),
    ],
  ],
  [
    112,
    [
      clause('Exit time of a program with a daemon thread alone.', '只有守护线程的程序的退出时间。'),
      clause('With a daemon and another thread.', '守护线程与非守护线程并存。'),
      clause('With a non-daemon thread alone.', '只有非守护线程。'),
      clause('With none.', '没有其他线程。'),
      clause('Answer A of the quiz is verified.', '验证选择题答案 A。'),
    ],
  ],
  [
    113,
    [
      clause(
        'Daemon children end when the main code ends; the others are waited for: the order of exits shows it.',
        '主代码结束时守护子进程随之结束，其余的要等待：退出顺序可见。',
      ),
      clause(
        'A parent killed by SIGKILL leaves its daemon child behind as an orphan.',
        '父进程被 SIGKILL 杀死，守护子进程成为孤儿。',
      ),
    ],
  ],
  [
    114,
    [
      clause(
        "A child is in state Z from its exit to its parent's wait.",
        '子进程从退出到父进程 wait 之间处于 Z 状态。',
      ),
      clause('Children of a dead parent are adopted and reaped by init.', '父进程死后，子进程由 init 收养并回收。'),
    ],
  ],
  [
    115,
    [
      clause('join without a time limit.', '不限时的 join。'),
      clause('join with a time limit.', '限时的 join。'),
      clause('A thread that joins itself is an error.', '线程 join 自己是错误。'),
    ],
  ],
  [
    116,
    [
      comparedBy(
        'test/cpython/language-errors.real.test.ts',
        'As printed the program ends with AttributeError.',
        '笔记原样的程序以 AttributeError 告终。',
      ),
      clause('With the typing error mended: 60 s.', '改正拼写后：60 秒。'),
      clause('With the call mended too: 0 s.', '再改正调用后：0 秒。'),
      clause('Process end times.', '进程结束的时间。'),
    ],
  ],
  [
    117,
    [
      clause('Text output of both files.', '输出两个文件的内容。'),
      clause('Serial apply: the times add up.', '串行的 apply：时间相加。'),
      clause('map: the time of one.', 'map：一份时间。'),
      comparedBy(
        'test/cpython/language-errors.real.test.ts',
        "The printed version's errors are reported.",
        '报告笔记原样的版本的错误。',
      ),
    ],
  ],
  [
    154,
    [
      clause(
        'Algorithms are selectable per host; a job set of CPU and device bursts gives a Gantt chart and a table of turnaround, waiting and response times and switches.',
        '每台主机可选算法；一组含 CPU 与设备片段的作业给出甘特图，以及周转、等待、响应时间和切换次数的表格。',
      ),
      clause(
        'Bursts of 24, 3 and 3 ms wait 17 ms on average, first come first served.',
        '24、3、3 毫秒的作业，先来先服务平均等待 17 毫秒。',
      ),
      clause('Shortest job first: 3 ms.', '短作业优先：3 毫秒。'),
      clause('Round robin with a quantum of 4 ms: 5.67 ms.', '时间片 4 毫秒的轮转：5.67 毫秒。'),
      clause(
        'Shortest remaining time preempts, shortest job first does not.',
        '最短剩余时间优先会抢占，短作业优先不会。',
      ),
      clause('Multilevel feedback queues let short jobs pass long ones.', '多级反馈队列让短作业越过长作业。'),
      clause('The convoy effect is shown.', '展示护航效应。'),
      clause('Starvation of a low priority is shown.', '展示低优先级的饥饿。'),
      clause('Ageing cures it.', '老化治好饥饿。'),
      clause('A sweep over the quantum is shown.', '展示时间片的扫描。'),
    ],
  ],
];
