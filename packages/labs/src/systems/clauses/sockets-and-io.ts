/** Clauses: sockets and framing, I/O models and multiplexing. */
import { clause, type RowClauses } from './clause.ts';

export const socketsAndIo: readonly RowClauses[] = [
  [
    41,
    [
      clause('POSIX socket calls answer with results or errno.', 'POSIX 套接字调用返回结果或 errno。'),
      clause(
        'Calls in a wrong order give EINVAL, ENOTCONN and EADDRINUSE.',
        '错误的调用顺序得到 EINVAL、ENOTCONN、EADDRINUSE。',
      ),
      clause('The trace of calls stands beside the packets that they made.', '调用轨迹与它产生的分组并列显示。'),
    ],
  ],
  [
    42,
    [
      clause('A ThreadingTCPServer serves ten clients at once.', 'ThreadingTCPServer 同时服务十个客户端。'),
      clause('So does a ForkingTCPServer.', 'ForkingTCPServer 也是。'),
    ],
  ],
  [
    43,
    [
      clause('Five clients are served together.', '五个客户端同时得到服务。'),
      clause(
        'After the clients close, the cured version has no busy loop and leaves no CLOSE-WAIT.',
        '客户端关闭后，修正版不空转，也不留 CLOSE-WAIT。',
      ),
      clause('The printed version shows both.', '原版两者都有。'),
    ],
  ],
  [
    44,
    [
      clause('Each connection has its own pid.', '每个连接有自己的 pid。'),
      clause('Zombies are reaped.', '僵尸被回收。'),
      clause('The crash of one child leaves the others.', '一个子进程崩溃不影响其他。'),
    ],
  ],
  [
    45,
    [
      clause('Messages stick together by Nagle’s algorithm alone.', '仅由 Nagle 算法造成的粘包。'),
      clause('A message is torn apart by segmentation alone.', '仅由分段造成的拆包。'),
      clause(
        'Messages stick together in the receive buffer of a late reader alone.',
        '仅由读得晚、接收缓冲堆积造成的粘包。',
      ),
      clause('A length prefix cures it.', '长度前缀可以解决。'),
      clause('A delimiter cures it.', '分隔符可以解决。'),
      clause('Fixed length cures it.', '定长消息可以解决。'),
      clause('Of 1000 random messages none is wrong.', '随机 1000 条消息，0 条出错。'),
    ],
  ],
  [
    46,
    [
      clause('The thread is blocked until the data is there.', '线程一直阻塞到数据到达。'),
      clause('The wait uses no CPU.', '等待不占 CPU。'),
    ],
  ],
  [
    47,
    [
      clause('EAGAIN, data and the end of the stream are told apart.', 'EAGAIN、数据与流结束三者分明。'),
      clause('Wasted calls are counted.', '白费的调用有计数。'),
    ],
  ],
  [
    48,
    [
      clause('One thread serves 500 clients, all of them.', '一个线程服务 500 个客户端，个个都服务到。'),
      clause('Wake-ups and scanned entries are counted.', '唤醒次数与扫描条目数都有计数。'),
    ],
  ],
  [
    49,
    [
      clause(
        'With O_ASYNC and F_SETOWN the handler of SIGIO runs when data arrives.',
        '设了 O_ASYNC 与 F_SETOWN，数据到达时运行 SIGIO 的处理函数。',
      ),
      clause('The copy is still done by recv.', '数据仍由 recv 复制。'),
    ],
  ],
  [
    50,
    [
      clause('The buffer is already filled when the completion is notified.', '完成通知到来时缓冲区已经填好。'),
      clause('The thread is blocked for no time at all.', '线程阻塞时间为零。'),
    ],
  ],
  [
    51,
    [
      clause('The sets come back with what is ready, as fd_set has it.', '按 fd_set 的语义，返回时集合里只剩就绪的。'),
      clause(
        'FD_SETSIZE limits the number of a descriptor, not how many there are.',
        'FD_SETSIZE 限制的是描述符编号，不是个数。',
      ),
      clause('Each look is at all watched descriptors: O(n), counted.', '每次都看遍所有被监视的描述符：O(n)，有计数。'),
    ],
  ],
  [
    52,
    [
      clause(
        'A list of pollfd with revents: POLLIN, POLLHUP, POLLNVAL.',
        'pollfd 列表与 revents：POLLIN、POLLHUP、POLLNVAL。',
      ),
      clause('Descriptor 5000 is fine.', '5000 号描述符没问题。'),
      clause('Each look is at all of them: O(n).', '每次都看遍：O(n)。'),
    ],
  ],
  [
    53,
    [
      clause(
        'epoll_create, epoll_ctl, epoll_wait: only the ready list is looked at.',
        'epoll_create、epoll_ctl、epoll_wait：只看就绪链表。',
      ),
      clause('Level- and edge-triggered notification differ.', '水平触发与边缘触发的通知不同。'),
      clause('Data forgotten in edge-triggered mode is shown.', '演示边缘触发下被遗忘的数据。'),
      clause('The Windows profile has no epoll.', 'Windows 配置档没有 epoll。'),
    ],
  ],
  [
    54,
    [
      clause('One program for each cell of the table, with its thread states.', '表中每格一个程序，给出线程状态。'),
      clause('Their completion times.', '各自的完成时间。'),
    ],
  ],
];
