/** Clauses: models and architecture, addressing and the link layer. */
import { clause, type RowClauses } from './clause.ts';

export const modelsAndAddressing: readonly RowClauses[] = [
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
    2,
    [
      clause(
        'Statement A (SNMP works in layer 4) is judged by a dissected SNMP exchange: the message is a layer of its own behind UDP.',
        '第 1 句（SNMP 在四层）由解析出的 SNMP 报文判断：报文是 UDP 之后单独的一层。',
      ),
      clause(
        'Statement B (layer 4 is mainly IP and port) by the fields of every header that was seen: addresses in layer 3, ports in layer 4.',
        '第 2 句（四层主要是 IP 和端口）由抓到的所有首部的字段判断：地址在三层，端口在四层。',
      ),
      clause(
        'Statement C (HTTP is layer 7) by a dissected HTTP exchange: HTTP begins where the header of TCP ends.',
        '第 3 句（HTTP 在七层）由解析出的 HTTP 报文判断：HTTP 从 TCP 首部之后开始。',
      ),
      clause(
        'Statement D (proxies of layer 4 and of layer 7) by one of each in front of HTTP and of another protocol.',
        '第 4 句（四层代理与七层代理）由各一个代理转发 HTTP 和另一种协议来判断。',
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
];
