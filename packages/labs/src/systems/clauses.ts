/**
 * "It works when", clause by clause, for the rows that have labs. A lab's check names its row and the clause's number (from 1, the place in the
 * list); a row works when every clause has a met check that a counter-run of its lab turns into "not met". A clause may say what it waits for.
 */
import type { Text } from '@netarium/core/check/lab.ts';

export interface Clause {
  readonly text: Text;
  /** The later part that it needs, where no lab can assert it yet. */
  readonly needs?: Text;
  /** The comparison with the real thing that asserts it, where it is about what no simulation may imitate: an error of the Python language. */
  readonly comparedBy?: string;
}

const clause = (en: string, zh: string, needs?: Text): Clause =>
  needs === undefined ? { text: { en, zh } } : { text: { en, zh }, needs };

const comparedBy = (test: string, en: string, zh: string): Clause => ({ text: { en, zh }, comparedBy: test });

export const clauses: ReadonlyMap<number, readonly Clause[]> = new Map([
  [
    1,
    [
      clause(
        'Every captured frame opens layer by layer, each field with its byte offsets.',
        '任何抓到的帧都能逐层展开，每个字段带字节偏移。',
      ),
      clause('Each header belongs to exactly one layer.', '每个首部只归属一层。'),
      clause('A layer without a header of its own is shown as empty.', '没有独立首部的层显示为空。'),
      clause('The TCP/IP layer of each OSI layer is shown beside it.', '旁边给出与 TCP/IP 各层的对应关系。'),
      clause(
        'Sorting the layers is accepted only as 7 application, 6 presentation, 5 session, then 4 to 1.',
        '排序练习只接受 7 应用、6 表示、5 会话、再 4 到 1。',
      ),
    ],
  ],
  [
    6,
    [
      clause(
        '1472 bytes of UDP payload fit into one frame at MTU 1500; one byte more makes two fragments.',
        'MTU 1500 时 1472 字节 UDP 载荷装进一帧，多一字节就分成两片。',
      ),
      clause('65,507 bytes is the largest UDP payload that goes through.', '能发出的最大 UDP 载荷是 65507 字节。'),
      clause('65,508 bytes is refused with EMSGSIZE.', '发 65508 字节得到 EMSGSIZE。'),
    ],
  ],
  [
    7,
    [
      clause(
        'For 1000 random pairs the prefix calculator and the forwarding decision of a host agree.',
        '1000 组随机地址与前缀中，前缀计算与主机真实的转发决定一致。',
      ),
    ],
  ],
  [
    8,
    [
      clause('All 256 first octets get the right class.', '256 个首字节都分到正确的类。'),
      clause(
        '0/8 was "this network" in RFC 1122; Linux since 5.3 treats only 0.0.0.0 in a way of its own: it means this host.',
        '0/8 在 RFC 1122 中是“本网络”；Linux 5.3 起只有 0.0.0.0 特殊：代表本机。',
      ),
      clause('127/8 is special in the stack: it never leaves the host.', '127/8 在协议栈中特殊：不会离开本机。'),
      clause('224/4 is special in the stack: it is delivered to groups.', '224/4 在协议栈中特殊：按组播处理。'),
      clause(
        '240/4 is reserved by RFC 1112, yet Linux sends to it as to any unicast address; only 255.255.255.255 is special.',
        '240/4 按 RFC 1112 是保留地址，但 Linux 把它当普通单播发送；只有 255.255.255.255 特殊。',
      ),
    ],
  ],
  [
    9,
    [
      clause(
        'The test for private addresses agrees with RFC 1918 on both borders of all three blocks.',
        '私有地址判断在三个地址块的上下边界都与 RFC 1918 一致。',
      ),
      clause(
        'The border router’s policy agrees with RFC 1918 on the same borders.',
        '边界路由器的策略在同样的边界上与 RFC 1918 一致。',
      ),
    ],
  ],
  [
    10,
    [
      clause('Port 65536 is an error.', '端口 65536 报错。'),
      clause('An ordinary user who binds port 1023 gets EACCES.', '普通用户绑定 1023 端口得到 EACCES。'),
      clause('Binding port 0 gives an ephemeral port.', '绑定端口 0 得到一个临时端口。'),
      clause('The port viewer names the process that owns each port.', '端口查看工具列出每个端口的所属进程。'),
    ],
  ],
  [
    11,
    [
      clause(
        '`ss -ltnp` lists exactly the listening sockets that the stack holds.',
        '`ss -ltnp` 恰好列出协议栈中的全部监听套接字。',
      ),
      clause('Each line has the pid of the owner.', '每行都有所属进程的 pid。'),
    ],
  ],
  [
    12,
    [
      clause('Every network card has a 48-bit address that no other card has.', '每块网卡都有唯一的 48 位地址。'),
      clause(
        'Two cards with one MAC on one switch make the address flap between its ports.',
        '同一交换机上两块网卡 MAC 相同，会看到地址在端口间漂移。',
      ),
    ],
  ],
  [
    13,
    [
      clause('Across three routers the pair of IP addresses stays the same.', '经过三个路由器，IP 地址对不变。'),
      clause('On each link the pair of MAC addresses is another one.', '每段链路上 MAC 地址对都不同。'),
      clause('A new network card changes the MAC and leaves the IP address.', '换网卡改变 MAC，不改变 IP。'),
    ],
  ],
  [
    14,
    [
      clause(
        'A ping with an empty cache makes one broadcast request and one unicast reply.',
        '缓存为空时 ping：一个广播请求，一个单播应答。',
      ),
      clause('Afterwards the caches on both sides are filled.', '之后双方缓存都有条目。'),
      clause('A request that nobody answers is sent three times.', '无人应答时共请求三次。'),
      clause('The sender gets EHOSTUNREACH after 3 s.', '3 秒后发送方得到 EHOSTUNREACH。'),
    ],
  ],
  [
    15,
    [
      clause(
        'A bystander’s stale entry is updated by what it overhears (RFC 826 merge).',
        '旁观主机的旧条目会被更新（RFC 826 合并规则）。',
      ),
      clause('A bystander without an entry creates none.', '没有条目的旁观主机不会新建。'),
      clause('A forged reply redirects the traffic.', '伪造的应答能把流量引走。'),
    ],
  ],
  [
    16,
    [
      clause('The MAC table learns the port of each sender.', 'MAC 表学到每个发送者所在端口。'),
      clause('Entries age out.', '条目会老化。'),
      clause('Frames to an unknown or the broadcast address go to all ports.', '未知目的和广播帧发往所有端口。'),
      clause('There are no collisions.', '没有冲突。'),
      clause('A learned unicast is seen by one of n hosts only.', '学到之后，单播只有一台主机看到。'),
    ],
  ],
  [
    19,
    [
      clause('The hub repeats every frame to every other port.', '集线器把每一帧重复到其他所有端口。'),
      clause('Two senders at once collide and back off.', '两台同时发送会冲突并退避。'),
      clause('The counters differ from the same run with a switch.', '计数与换成交换机的同样运行不同。'),
    ],
  ],
  [
    20,
    [
      clause('The rate sets how long a frame takes onto the cable.', '速率决定一帧发上网线要多久。'),
      clause('The delay sets when it arrives.', '时延决定它何时到达。'),
      clause('Loss takes frames away.', '丢包会丢掉帧。'),
      clause('The MTU bounds a frame’s payload.', 'MTU 限制帧的载荷。'),
      clause('A card that is down neither sends nor receives.', '关闭的网卡既不发也不收。'),
      clause('Unplugging gives “no carrier” on both ends.', '拔线后两端都是无载波。'),
      clause('Traffic stops at that very instant.', '流量正好在那一刻停止。'),
    ],
  ],
  [
    21,
    [
      clause('Of several routes the one with the longest matching prefix is taken.', '多条路由中取最长前缀匹配。'),
      clause('Each router takes one from the TTL.', '每个路由器把 TTL 减一。'),
      clause('A packet whose TTL runs out is answered by ICMP time exceeded.', 'TTL 耗尽时返回 ICMP 超时。'),
      clause(
        'A packet without a route is answered by ICMP destination unreachable.',
        '没有路由时返回 ICMP 目的不可达。',
      ),
      clause('A broadcast is not forwarded.', '广播不被转发。'),
    ],
  ],
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
  [
    55,
    [
      clause('The stub resolver of a host asks its configured server.', '主机的存根解析器询问配置的服务器。'),
      clause('A forwarder passes the question on.', '转发服务器把查询转交出去。'),
      clause(
        'The recursive resolver walks from the root by the TLD to the authoritative server.',
        '递归解析器从根经顶级域走到权威服务器。',
      ),
      clause('A cached answer is used until its TTL is over.', '缓存的应答在 TTL 内被使用。'),
      clause('A name that does not exist gives NXDOMAIN.', '不存在的名字得到 NXDOMAIN。'),
      clause('A truncated answer (TC=1) is asked for again by TCP.', '应答被截断（TC=1）时改用 TCP 再问。'),
    ],
  ],
  [
    56,
    [
      clause('Each host has a hosts file of its own that can be edited.', '每台主机有自己可编辑的 hosts 文件。'),
      clause('A name in it is resolved without a DNS query.', '文件里的名字不发 DNS 查询就能解析。'),
      clause('Linux reads it at /etc/hosts.', 'Linux 的路径是 /etc/hosts。'),
      clause(
        'Windows reads it at C:\\Windows\\System32\\drivers\\etc\\hosts.',
        'Windows 的路径是 C:\\Windows\\System32\\drivers\\etc\\hosts。',
      ),
      clause('The order in nsswitch.conf is honoured.', '遵守 nsswitch.conf 的顺序。'),
    ],
  ],
  [
    62,
    [
      clause(
        'An answer of up to 512 bytes takes one exchange by UDP port 53.',
        '不超过 512 字节的应答用 UDP 53 端口一问一答。',
      ),
      clause('A larger one goes by TCP.', '更大的应答走 TCP。'),
    ],
  ],
  [
    65,
    [
      clause(
        'A visit from a cold laptop gives the nine steps in their true order.',
        '冷启动访问得到九个步骤的正确顺序。',
      ),
      clause('Each step has its packets.', '每一步都有对应的分组。'),
      clause('The learner sorts the steps and the lab judges the order.', '学习者排序，实验判断对错。'),
    ],
  ],
  [
    77,
    [
      clause(
        "Calls in Python 2's manner (urllib, urllib2) send the described headers.",
        'Python 2 写法的调用（urllib、urllib2）发出所述的请求头。',
      ),
      clause(
        "Calls in Python 3's manner (urllib.request) send the described headers.",
        'Python 3 写法的调用（urllib.request）发出所述的请求头。',
      ),
      clause('Missing names raise the described errors.', '不存在的名字按所述报错。'),
    ],
  ],
  [
    78,
    [
      clause(
        'Connections are counted: a Session keeps one, single calls make one each.',
        '数连接：Session 只用一条，单独调用每次一条。',
      ),
      clause('Cookies of a Session.', 'Session 的 Cookie。'),
      clause('A multipart upload arrives whole.', 'multipart 上传完整到达。'),
      clause('The encoding of a response is detected as described.', '响应编码按所述规则判定。'),
      clause(
        'A URL with Chinese host, path and query leaves as xn-- name and percent-encoded UTF-8.',
        '中文主机名、路径和查询以 xn-- 名字和百分号编码的 UTF-8 发出。',
      ),
      clause(
        'data= of a dict is form-encoded, json= is JSON, a str is sent untouched with no Content-Type.',
        'data= 传字典为表单编码，json= 为 JSON，传字符串原样发送且没有 Content-Type。',
      ),
    ],
  ],
  [
    79,
    [
      clause('A pool manager keeps as many pools as it may.', '连接池管理器保留的池数有上限。'),
      clause('Without block, extra connections are made and discarded.', '不设 block 时，多出的连接用完即弃。'),
      clause('With block, requests wait for a free connection.', '设 block 时，请求等待空闲连接。'),
    ],
  ],
  [
    80,
    [
      clause('Six pages are fetched by a pool of threads.', '线程池取回六个网页。'),
      clause('db.txt has six lines of URL and size.', 'db.txt 有六行 URL 和大小。'),
      clause('Thread name and pid of get and parse are recorded.', '记录 get 和 parse 的线程名与 pid。'),
      clause('Exceptions in callbacks are logged.', '回调里的异常记入日志。'),
    ],
  ],
  [
    81,
    [
      clause('A site refuses by User-Agent: 403.', '网站按 User-Agent 拒绝：403。'),
      clause('A site refuses by rate: 429.', '网站按频率拒绝：429。'),
      clause('With proper headers and pace the same crawler succeeds.', '请求头和节奏合适时，同一个爬虫成功。'),
    ],
  ],
  [
    82,
    [
      clause(
        'The same URLs are fetched by processes, by threads and by coroutines.',
        '同一批 URL 分别用进程、线程、协程抓取。',
      ),
      clause('A table of times.', '时间表。'),
      clause('A table of resources.', '资源表。'),
    ],
  ],
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
  [
    142,
    [
      clause('Ten files with the right hashes.', '十个文件，哈希正确。'),
      clause('The time is the sum.', '总时间等于各次之和。'),
    ],
  ],
  [
    143,
    [
      clause('Ten files.', '十个文件。'),
      clause('The time is that of the slowest.', '总时间等于最慢的一个。'),
      clause('The use of the threads is printed.', '打印线程利用率。'),
    ],
  ],
  [
    144,
    [
      clause('Ten files.', '十个文件。'),
      clause('One thread.', '一个线程。'),
      clause('The time is that of the slowest.', '总时间等于最慢的一个。'),
    ],
  ],
  [
    145,
    [
      clause('Ten files.', '十个文件。'),
      clause('One thread.', '一个线程。'),
      clause('The reactor stops after the last.', '最后一个完成后 reactor 停止。'),
      clause('It stops also if one fails.', '有一个失败也会停止。'),
    ],
  ],
  [
    146,
    [
      clause(
        'The file has the notes’ own format: a header, quoted fields with a blank after each comma, ids of 24 characters, made the same each time.',
        '文件就是笔记的格式：表头，字段带引号、逗号后有空格，id 为 24 个字符，每次生成相同。',
      ),
      clause(
        'Every hundred rows are a task: 2,710,037 rows are 27,101, the last of 37 rows.',
        '每 100 行一个任务：2,710,037 行共 27,101 个，最后一个 37 行。',
      ),
      clause('Each id exactly once.', '每个 id 恰好一次。'),
      clause('At most N worker threads are started.', '最多启动 N 个工作线程。'),
      clause('Memory is bounded.', '内存有界。'),
      clause(
        'A reader that does not skip the blanks is shown to fail on columns 2 and 3.',
        '展示不跳过空格的读法在第 2、3 列出错。',
      ),
      clause('The tasks print.', '任务可以打印。'),
      clause('Or they submit to an HTTP server.', '或提交到 HTTP 服务器。'),
      clause('Failed batches are retried without doubles.', '失败的批次重试而不重复。'),
    ],
  ],
  [
    150,
    [
      clause('next and StopIteration are traced.', 'next 与 StopIteration 可以追踪。'),
      clause('Memory is constant over a big file.', '遍历大文件时内存恒定。'),
    ],
  ],
  [
    151,
    [
      clause('Suspending and resuming are traced.', '挂起与恢复可以追踪。'),
      clause('A generator does the CSV job.', '生成器完成 CSV 任务。'),
    ],
  ],
  [
    152,
    [
      clause('A log decorator has an effect that can be observed.', '日志装饰器的效果可以观察到。'),
      clause('So has a timing decorator.', '计时装饰器也是。'),
      clause('So has a transaction decorator.', '事务装饰器也是。'),
      clause('So has a cache decorator.', '缓存装饰器也是。'),
      clause('So has a permission decorator.', '权限装饰器也是。'),
      clause('wraps keeps the name.', 'wraps 保留名字。'),
    ],
  ],
  [
    153,
    [
      clause('try, except, else and finally run in their order.', 'try、except、else、finally 按顺序执行。'),
      clause('Exceptions are chained.', '异常成链。'),
      clause('Each errno of the network has its exception class.', '网络的每个 errno 有对应的异常类。'),
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
    107,
    [
      clause('Gantt chart with the overlap number for 1 core.', '单核的甘特图与重叠数。'),
      clause('The same for n cores.', '多核的甘特图与重叠数。'),
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
    147,
    [
      clause('User names: 20 good and 20 bad cases judged as they should be.', '用户名：好坏各 20 例以上判断正确。'),
      clause('The same with Chinese characters.', '可含汉字的用户名同样。'),
      clause('Mobile numbers of mainland China.', '大陆手机号。'),
      clause('Landline numbers of mainland China.', '大陆固定电话。'),
      clause('E-mail addresses.', '电子邮箱。'),
      clause('What RFC 5321 and RFC 5322 allow beyond is listed.', 'RFC 5321/5322 允许而不收的写法列出。'),
      clause('A trailing newline fails.', '结尾的换行不通过。'),
      clause('A catastrophic expression is stopped.', '灾难性的正则被中止。'),
      comparedBy(
        'packages/userland/src/validation/languages.real.test.ts',
        'The same patterns give the same verdicts in Python and JavaScript.',
        '同样的正则在 Python 和 JavaScript 里结论相同。',
      ),
    ],
  ],
  [
    148,
    [
      comparedBy(
        'test/real/sql.real.test.ts',
        "Real clients use it, unmodified: the mysql2 library and Debian's client; the same program passes against Debian's mariadb-server.",
        '真实客户端不加改动就能用：mysql2 库与 Debian 的客户端；同一个程序在 Debian 的 mariadb-server 上也通过。',
      ),
      clause('Handshake and login by mysql_native_password.', '握手，并用 mysql_native_password 登录。'),
      clause('Text queries.', '文本查询。'),
      clause(
        'INSERT, SELECT, UPDATE and DELETE with parameters of prepared statements.',
        '用预处理语句的参数做 INSERT、SELECT、UPDATE、DELETE。',
      ),
      clause("Error packets with MySQL's numbers.", '错误包使用 MySQL 的错误号。'),
      clause('Transactions with rollback.', '可回滚的事务。'),
      clause('An index, with visible row counts.', '索引，并能看到行数。'),
      clause('A duplicate key is error 1062.', '重复键是错误 1062。'),
      clause('An injection attempt succeeds with string building.', '用字符串拼接时注入成功。'),
      clause('It is harmless with parameters.', '用参数时注入无害。'),
    ],
  ],
  [
    149,
    [
      clause(
        'A row store with an index and a batch engine over files answer the same queries.',
        '带索引的行存储与基于文件的批处理引擎回答同样的查询。',
      ),
      clause('Their latency is compared.', '比较两者的时延。'),
      clause('The pages that they read are compared.', '比较两者读取的页数。'),
      clause('What they can change is compared.', '比较两者的更新能力。'),
    ],
  ],
]);
