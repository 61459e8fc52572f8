/** Clauses: TCP, UDP and the two beside each other. */
import { clause, type RowClauses } from './clause.ts';

export const transport: readonly RowClauses[] = [
  [
    26,
    [
      clause('SYN, SYN+ACK, ACK with their sequence numbers at exact times.', 'SYN、SYN+ACK、ACK 及其序号，时间精确。'),
      clause('The states of both hosts follow each other at exact times.', '两台主机的状态变化时间线精确。'),
      clause('A lost SYN is sent again, and the states are right meanwhile.', '丢失 SYN 会重传，期间状态正确。'),
      clause(
        'A lost SYN+ACK is sent again, and the states are right meanwhile.',
        '丢失 SYN+ACK 会重传，期间状态正确。',
      ),
      clause(
        'A lost third ACK leaves the server in SYN-RECEIVED until it hears more.',
        '丢失第三个 ACK 时服务器停在 SYN-RECEIVED，直到收到后续报文段。',
      ),
    ],
  ],
  [
    27,
    [
      clause('A close in four segments, with the states on both sides.', '四个报文段的关闭，带双方状态记录。'),
      clause('A close in three segments, with the states on both sides.', '三个报文段的关闭，带双方状态记录。'),
      clause('A simultaneous close, with the states on both sides.', '同时关闭，带双方状态记录。'),
      clause('A close by RST, with the states on both sides.', 'RST 关闭，带双方状态记录。'),
    ],
  ],
  [
    28,
    [
      clause(
        'A close before the delayed-ACK timer takes three segments, after it four.',
        '早于延迟确认定时器关闭是三段，晚于它是四段。',
      ),
      clause('A sweep of the close delay finds the border at that timer.', '扫描关闭延迟，分界就在该定时器处。'),
    ],
  ],
  [
    29,
    [
      clause('Over 100 connections each set-up takes three segments.', '100 个连接，每次建立都是三个报文段。'),
      clause('A tear-down takes four, three or one segment, by case.', '断开按情况是四、三或一个报文段。'),
    ],
  ],
  [
    30,
    [
      clause('SYN is produced by a small program and found by its filter.', 'SYN 由一个小程序产生，并被过滤器找到。'),
      clause('FIN is produced by a small program and found by its filter.', 'FIN 由一个小程序产生，并被过滤器找到。'),
      clause('ACK is produced by a small program and found by its filter.', 'ACK 由一个小程序产生，并被过滤器找到。'),
      clause('PSH is produced by a small program and found by its filter.', 'PSH 由一个小程序产生，并被过滤器找到。'),
      clause('RST is produced by a small program and found by its filter.', 'RST 由一个小程序产生，并被过滤器找到。'),
      clause('URG is produced by a small program and found by its filter.', 'URG 由一个小程序产生，并被过滤器找到。'),
      clause('Statistics count each flag over all traffic of the lab.', '统计实验全部流量中每个标志出现的次数。'),
    ],
  ],
  [
    31,
    [
      clause(
        'After listen(n) without accept exactly n + 1 connections are established.',
        'listen(n) 而不 accept 时恰好建立 n+1 条连接。',
      ),
      clause('The other clients send their SYN again and again.', '其余客户端不断重传 SYN。'),
      clause('Without cookies a SYN flood keeps others out.', '没有 SYN cookie 时，SYN 洪水攻击让别人连不上。'),
      clause('With cookies others still connect during the flood.', '有 SYN cookie 时，攻击期间别人仍能连接。'),
    ],
  ],
  [
    32,
    [
      clause(
        '1 MB over 10 % loss, reordering, duplication and corruption arrives with the same hash.',
        '1 MB 数据经过 10% 丢包、乱序、重复和损坏，哈希一致。',
      ),
      clause('Each repair mechanism is counted.', '每种修复机制都有计数。'),
    ],
  ],
  [
    33,
    [
      clause(
        'After a lost segment the trace shows duplicate ACKs with one and the same number.',
        '丢一个报文段后，抓包中出现确认号相同的重复 ACK。',
      ),
      clause(
        'Once the gap is filled one acknowledgement jumps over all that waited.',
        '缺口补上后，一个确认一次越过全部等待的数据。',
      ),
      clause(
        'With SACK the duplicate ACKs name what came, without it they do not.',
        '有 SACK 时重复 ACK 说明已到达的区间，没有时不说明。',
      ),
      clause('With SACK several gaps are repaired sooner than without it.', '有 SACK 时多个缺口修复得比没有时快。'),
    ],
  ],
  [
    34,
    [
      clause('A slow reader drives the window to zero.', '读得慢会把窗口压到 0。'),
      clause('The sender probes the closed window.', '发送方探测零窗口。'),
      clause('A window update lets it go on.', '窗口更新后继续发送。'),
      clause('The sender never has more in flight than the receiver’s window.', '发送方在途数据从不超过接收窗口。'),
    ],
  ],
  [
    35,
    [
      clause('In slow start the congestion window doubles per round trip.', '慢启动时拥塞窗口每个往返翻倍。'),
      clause(
        'In congestion avoidance it grows by about a segment per round trip.',
        '拥塞避免时每个往返约增一个报文段。',
      ),
      clause('Fast recovery halves it after a loss, without a timeout.', '快恢复在丢包后减半窗口，而不等超时。'),
      clause('Two flows share a bottleneck fairly.', '两条流公平分享瓶颈。'),
      clause('A UDP flow starves them.', '一条 UDP 流把它们饿死。'),
    ],
  ],
  [
    36,
    [
      clause('With Nagle’s algorithm small writes are merged.', '开启 Nagle 时小块写会合并。'),
      clause('With TCP_NODELAY each write is a segment of its own.', '开启 TCP_NODELAY 时每次写各成一段。'),
      clause('Segment sizes follow MTU 1500, 1492 and 9000.', '段长随 MTU 1500、1492、9000 变化。'),
      clause('Path-MTU discovery finds a smaller MTU on the way.', '路径 MTU 发现能找到途中更小的 MTU。'),
    ],
  ],
  [
    37,
    [
      clause('An echo by sendto and recvfrom.', '用 sendto 和 recvfrom 回显。'),
      clause('A lost datagram is seen to be lost.', '看得到数据报丢失。'),
      clause('A duplicated datagram arrives twice.', '重复的数据报到达两次。'),
      clause('A datagram longer than the buffer is cut.', '超过缓冲区的数据报被截断。'),
      clause('A closed port answers with ICMP port unreachable.', '关闭的端口返回 ICMP 端口不可达。'),
    ],
  ],
  [
    38,
    [
      clause(
        'The echo server and client are processes of hosts in the lab.',
        '回显服务器和客户端是实验里主机上的真实进程。',
      ),
      clause('The same programs run unchanged over every topology.', '同样的程序不加修改运行在各种拓扑上。'),
    ],
  ],
  [
    39,
    [
      clause('Header bytes of both protocols, measured.', '测得两种协议的首部字节数。'),
      clause('Round trips before the first byte of data, measured.', '测得第一个数据字节之前的往返次数。'),
      clause('What part of the data is delivered over a cable that loses, measured.', '测得有丢包时交付的比例。'),
      clause('Whether data arrives in order over a cable that reorders, measured.', '测得有乱序时是否按序到达。'),
      clause('Goodput over the same cable, measured.', '测得同一条线缆上的有效吞吐量。'),
      clause('The rate that each sends at when the path is congested, measured.', '测得路径拥塞时各自的发送速率。'),
    ],
  ],
  [
    40,
    [
      clause(
        'Sending to the broadcast address without SO_BROADCAST is refused.',
        '未设 SO_BROADCAST 就向广播地址发送会被拒绝。',
      ),
      clause('With SO_BROADCAST every host on the LAN receives it.', '设了 SO_BROADCAST，局域网上每台主机都收到。'),
      clause('Only members of a group receive what is sent to the group.', '只有组成员收到发给组的数据。'),
      clause(
        'TCP connect to a broadcast or group address fails with ENETUNREACH.',
        'TCP 连接广播或组播地址得到 ENETUNREACH。',
      ),
    ],
  ],
];
