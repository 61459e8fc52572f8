/** Predict-first: models, addresses and the link layer (areas A1 and A2). */
import {
  byCheck,
  byOrder,
  byStory,
  number,
  one,
  order,
  packetEvidence,
  type QuizItem,
  several,
  storyEvidence,
  text,
} from './quiz.ts';

const ECHO_REQUEST = 'icmp.type == 8 && ip.dst == 10.0.4.2';

export const modelItems: readonly QuizItem[] = [
  {
    id: 'where-http-begins',
    rows: [1, 65],
    lab: 'osi-layers',
    question: text(
      'A frame carries the answer of a web server: Ethernet, IP, TCP with timestamps, HTTP. At which offset in the frame does HTTP begin?',
      '一个帧里装着 Web 服务器的响应：以太网、IP、带时间戳选项的 TCP、HTTP。HTTP 的起始位置在帧内偏移多少？',
    ),
    task: number('bytes, counted from 0', '字节，从 0 数起'),
    decide: ({ seen }) => {
      const last = seen('http').last;
      const layer = last?.layers.find(({ protocol }) => protocol === 'http');
      if (last === undefined || layer === undefined) return { answer: [], evidence: [] };
      const places = last.layers.map(({ protocol, start, end }) => `${protocol} ${start}–${end - 1}`).join(', ');
      return {
        answer: [String(layer.start)],
        evidence: [packetEvidence(last), { atNs: last.atNs, text: { en: places, zh: places } }],
      };
    },
    why: text(
      '14 bytes of Ethernet, 20 of IPv4, 32 of TCP with its timestamps: 66. No header of a session or presentation layer stands between.',
      '以太网 14 字节、IPv4 20 字节、带时间戳的 TCP 32 字节，合计 66。中间没有会话层或表示层的头部。',
    ),
    expected: ['66'],
  },
  {
    id: 'wrong-of-four',
    rows: [2, 63],
    quiz: 'Q002',
    lab: 'layer-4-or-7',
    question: text(
      'Which of these four statements about layer 4 and layer 7 are wrong?',
      '关于四层和七层的四句话，哪些是错的？',
    ),
    task: several({
      a: ['SNMP works in layer 4', 'SNMP 工作在四层'],
      b: ['the headers of layer 4 hold IP address and port', '四层头部里有 IP 地址和端口'],
      c: ['HTTP is layer 7', 'HTTP 在七层'],
      d: ['layer-4 proxies handle TCP and UDP, layer-7 proxies HTTP', '四层代理面向 TCP/UDP，七层代理面向 HTTP'],
    }),
    decide: ({ check, story }) => {
      // The lab's checks: "A is wrong", "B is wrong", "C is right", "D is right".
      const verdicts = ['snmp', 'addresses', 'http', 'proxies'].map((id) => check(id).verdict);
      if (verdicts.includes('could not be judged')) return { answer: [], evidence: [] };
      const wrongIf = ['met', 'met', 'not met', 'not met'];
      return {
        answer: [...'abcd'].filter((_, i) => verdicts[i] === wrongIf[i]),
        evidence: story(/UDP header|packets: in layer 4|The page|through the/).map(({ line }) => storyEvidence(line)),
      };
    },
    why: text(
      'SNMP is a message that UDP carries; addresses stand in the IP header. "Layer-4 balancer" names what a device reads to decide, not where a field lives.',
      'SNMP 是 UDP 承载的应用报文；地址在 IP 头里。“四层负载均衡”说的是设备按什么决定，不是字段在哪一层。',
    ),
    expected: ['a', 'b'],
    otherwise: { set: { seven: 'relay 8008 10.0.1.3 7000' }, expected: ['a', 'b', 'd'] },
  },
  {
    id: 'largest-datagram',
    rows: [6, 36, 37],
    lab: 'segments-and-nagle',
    question: text(
      'Programs hand one UDP message of 1472, 1473, 65,507 and 65,508 bytes to the kernel. Which is the largest that is sent?',
      '程序依次把 1472、1473、65507、65508 字节的 UDP 消息交给内核。能发出的最大一个是多少字节？',
    ),
    task: number('bytes', '字节'),
    decide: (run) => {
      const sent = run.story(/^A datagram of (\d+) bytes: (\d+),/);
      const refused = run.story(/^A datagram of \d+ bytes: EMSGSIZE/);
      const sizes = sent.map(({ groups }) => Number(groups[0]));
      if (sizes.length === 0) return { answer: [], evidence: [] };
      const evidence = [...sent.slice(-1), ...refused].map(({ line }) => ({ atNs: line.atNs, text: line.text }));
      return { answer: [String(Math.max(...sizes))], evidence };
    },
    why: text(
      'IPv4 counts 65,535 bytes at most; 20 are its own header, 8 are UDP’s. One byte more is EMSGSIZE. Above 1472 bytes it takes fragments.',
      'IPv4 总长最多 65535，减去自身 20 字节和 UDP 的 8 字节头部。再多一个字节就是 EMSGSIZE；超过 1472 字节就要分片。',
    ),
    expected: ['65507'],
  },
];

export const linkItems: readonly QuizItem[] = [
  {
    id: 'arp-first-frame',
    rows: [14, 12],
    lab: 'arp',
    question: text(
      'Ann pings Bob on the same switch; her ARP table is empty. To which MAC address does her first frame go?',
      'Ann 在同一交换机上 ping Bob，ARP 表是空的。她发出的第一个帧的目的 MAC 是什么？',
    ),
    task: one({
      bob: ['Bob’s', 'Bob 的 MAC'],
      broadcast: ['ff:ff:ff:ff:ff:ff, everybody', 'ff:ff:ff:ff:ff:ff，所有主机'],
      switch: ['the switch’s', '交换机的 MAC'],
      zero: ['00:00:00:00:00:00, unknown', '00:00:00:00:00:00，未知'],
    }),
    decide: ({ seen }) => {
      const first = seen('eth', 'ann.eth0').first;
      if (first === undefined) return { answer: [], evidence: [] };
      const to = String(first.field('eth.dst'));
      const names: Readonly<Record<string, string>> = {
        'ff:ff:ff:ff:ff:ff': 'broadcast',
        '00:00:00:00:00:00': 'zero',
        '02:00:00:00:02:01': 'bob',
      };
      return { answer: [names[to] ?? 'switch'], evidence: [packetEvidence(first)] };
    },
    why: text(
      'She cannot know Bob’s MAC address, so she asks everybody (RFC 826); only the answer is unicast. The switch has no part in it.',
      '她还不知道 Bob 的 MAC，只能问所有主机（RFC 826）；只有应答是单播。交换机不参与应答。',
    ),
    expected: ['broadcast'],
  },
  {
    id: 'arp-tries',
    rows: [14],
    lab: 'arp',
    question: text(
      'Nobody has 10.0.1.99. How many ARP requests does Linux send within 3 seconds before ping is told "host unreachable"?',
      '没有主机使用 10.0.1.99。Linux 在 3 秒内发出几个 ARP 请求之后，ping 得到“主机不可达”？',
    ),
    task: number('requests', '个请求'),
    decide: ({ run, seen }) => {
      const asked = seen(`arp.opcode == 1 && arp.dst.proto_ipv4 == ${String(run.params.absent)}`).packets;
      const answered = seen(`arp.opcode == 2 && arp.src.proto_ipv4 == ${String(run.params.absent)}`).first?.atNs;
      const end = answered ?? (asked[0]?.atNs ?? 0) + 2_900_000_000;
      const round = asked.filter(({ atNs }) => atNs < end);
      return { answer: [String(round.length)], evidence: round.map(packetEvidence) };
    },
    why: text(
      'Linux asks three times, a second apart (mcast_solicit), then the neighbour is FAILED and waiting packets end in EHOSTUNREACH.',
      'Linux 每隔 1 秒问一次，共三次（mcast_solicit），之后邻居进入 FAILED，等待的分组以 EHOSTUNREACH 结束。',
    ),
    expected: ['3'],
    otherwise: { set: { absent: '10.0.1.5' }, expected: ['1'] },
  },
  {
    id: 'arp-bystander',
    rows: [15],
    lab: 'arp',
    question: text(
      'Dan broadcasts an ARP question for Ann. Cat hears it and has no entry for Dan. Does she make one?',
      'Dan 广播 ARP 请求找 Ann。Cat 也听到了，她的表里没有 Dan。她会添加 Dan 吗？',
    ),
    task: one({ yes: ['Yes', '会'], no: ['No', '不会'] }),
    decide: byCheck('no-entry', 'no', 'yes'),
    why: text(
      'A bystander may update an entry that it has, but makes none (RFC 826, packet reception): she would fill her table with strangers.',
      '旁观者可以更新已有条目，但不新建（RFC 826 接收算法），否则表里会塞满无关主机。',
    ),
    expected: ['no'],
    otherwise: { set: { met: true }, expected: ['yes'] },
  },
  {
    id: 'arp-forged',
    rows: [15, 14],
    lab: 'arp',
    question: text(
      'Eve sends Ann an unasked ARP reply: "10.0.1.3 is at my MAC". Ann knows Bob’s true address. To whom goes her next packet for Bob?',
      'Eve 主动向 Ann 发 ARP 应答：“10.0.1.3 在我的 MAC”。Ann 原本知道 Bob 的真实 MAC。她下一个发给 Bob 的分组到谁那里？',
    ),
    task: one({ bob: ['Bob', 'Bob'], eve: ['Eve', 'Eve'], both: ['both', '两者都有'], nobody: ['nobody', '都没有'] }),
    decide: byCheck('spoofed', 'eve', 'bob', /Eve tells Ann/),
    why: text(
      'ARP has no proof of who speaks: an entry that exists is overwritten. That is ARP spoofing.',
      'ARP 没有身份验证，已有条目会被覆盖，这就是 ARP 欺骗。',
    ),
    expected: ['eve'],
    otherwise: { set: { forged: false }, expected: ['bob'] },
  },
  {
    id: 'addresses-on-the-way',
    rows: [13, 21],
    lab: 'router',
    question: text(
      'One packet crosses three routers. What is the same on all four links?',
      '一个分组经过三台路由器。四段链路上保持不变的是什么？',
    ),
    task: one({
      ip: ['the pair of IP addresses', '一对 IP 地址'],
      mac: ['the pair of MAC addresses', '一对 MAC 地址'],
      both: ['both pairs', '两对都不变'],
      none: ['neither', '两对都变'],
    }),
    decide: ({ seen }) => {
      const cards = ['ann.eth0', 'r1.eth1', 'r2.eth1', 'r3.eth1'];
      const hops = cards.flatMap((card) => seen(ECHO_REQUEST, card).first ?? []);
      if (hops.length < cards.length) return { answer: [], evidence: [] };
      const kinds = (a: string, b: string): number => new Set(hops.map((p) => `${p.field(a)} ${p.field(b)}`)).size;
      const [ip, mac] = [kinds('ip.src', 'ip.dst') === 1, kinds('eth.src', 'eth.dst') === 1];
      const evidence = hops.map((p) => {
        const said = `${p.card}: ${p.field('ip.src')} → ${p.field('ip.dst')}, ${p.field('eth.src')} → ${p.field('eth.dst')}`;
        return { atNs: p.atNs, text: { en: said, zh: said } };
      });
      return { answer: [ip && mac ? 'both' : ip ? 'ip' : mac ? 'mac' : 'none'], evidence };
    },
    why: text(
      'IP addresses name the two ends, MAC addresses the two ends of one link; each router writes a new link header.',
      'IP 地址标识两端主机，MAC 地址只标识一段链路的两端；每台路由器都换上新的链路头部。',
    ),
    expected: ['ip'],
  },
  {
    id: 'ttl-after-three',
    rows: [21],
    lab: 'router',
    question: text(
      'A ping leaves with TTL 64. Which TTL has it on the link behind the third router?',
      'ping 以 TTL 64 发出。过了第三台路由器之后的那段链路上，TTL 是多少？',
    ),
    task: number('', ''),
    decide: ({ seen }) => {
      const behind = seen(ECHO_REQUEST, 'r3.eth1').first;
      if (behind === undefined) return { answer: [], evidence: [] };
      const evidence = ['ann.eth0', 'r1.eth1', 'r2.eth1', 'r3.eth1']
        .flatMap((card) => seen(ECHO_REQUEST, card).first ?? [])
        .map((p) => {
          const said = `${p.card}: TTL ${p.field('ip.ttl')}`;
          return { atNs: p.atNs, text: { en: said, zh: said } };
        });
      return { answer: [String(behind.field('ip.ttl'))], evidence };
    },
    why: text('Each router takes one. At 0 it answers ICMP time exceeded.', '每台路由器减一；减到 0 就回 ICMP 超时。'),
    expected: ['61'],
  },
  {
    id: 'longest-prefix',
    rows: [21],
    lab: 'router',
    question: text(
      'A packet for 10.9.1.1 meets two routes: 10.9.0.0/16 to the right, 10.9.1.0/24 to the left. Which is taken?',
      '去往 10.9.1.1 的分组遇到两条路由：10.9.0.0/16 向右，10.9.1.0/24 向左。走哪一条？',
    ),
    task: one({
      long: ['the /24, it is longer', '/24，前缀更长'],
      short: ['the /16, it is more general', '/16，范围更大'],
      first: ['the one that was entered first', '先添加的那条'],
      both: ['both in turn', '两条轮流'],
    }),
    decide: byCheck('longest-prefix', 'long', 'short', /10\.9\.1\.1/),
    why: text(
      'The longest matching prefix wins (RFC 1812, 5.2.4.3), in whatever order routes were entered.',
      '最长前缀优先（RFC 1812 5.2.4.3），与添加顺序无关。',
    ),
    expected: ['long'],
    otherwise: { set: { specific: '10.8.1.0/24 via 10.0.14.2' }, expected: ['short'] },
  },
  {
    id: 'who-sees-a-unicast',
    rows: [16, 19],
    lab: 'switch-and-hub',
    question: text(
      'A switch has learned where Bob is. Ann sends Bob a frame. How many of the three other hosts see it?',
      '交换机已经学到 Bob 的位置。Ann 给 Bob 发一帧，另外三台主机中有几台看到它？',
    ),
    task: one({ one: ['one: Bob', '一台：Bob'], three: ['all three', '三台都看到'] }),
    decide: byCheck('one-sees', 'one', 'three'),
    why: text(
      'A switch sends a learned unicast out of one port; a hub repeats it everywhere.',
      '交换机只从学到的端口送出；集线器向所有端口复制。',
    ),
    expected: ['one'],
    otherwise: { set: { via: 2 }, expected: ['three'] },
  },
  {
    id: 'two-at-once',
    rows: [19, 16],
    lab: 'switch-and-hub',
    question: text(
      'Two hosts on a hub begin to send at the same instant. What happens?',
      '集线器上的两台主机同时开始发送，会怎样？',
    ),
    task: one({
      collide: ['a collision; both wait for a random time and try again', '冲突；双方随机退避后重试'],
      queue: ['the hub keeps one frame until the other has gone', '集线器先存一帧，等另一帧发完'],
      both: ['both arrive, nothing special', '两帧都正常到达'],
      lost: ['both are lost for good', '两帧都永久丢失'],
    }),
    decide: byCheck('collide', 'collide', 'both', /^Collision/),
    why: text(
      'A hub has no memory: the signals meet. CSMA/CD backs off and repeats (IEEE 802.3).',
      '集线器没有缓存，信号会相撞；CSMA/CD 退避后重发（IEEE 802.3）。',
    ),
    expected: ['collide'],
    otherwise: { set: { both: false }, expected: ['both'] },
  },
  {
    id: 'pulled-plug',
    rows: [20],
    lab: 'cable',
    question: text(
      'A plug is pulled while a frame is on its way through the cable. Does it arrive?',
      '帧还在网线里传播时插头被拔掉，它会到达吗？',
    ),
    task: one({ yes: ['Yes, it had been sent', '会，已经发出去了'], no: ['No', '不会'] }),
    decide: byCheck('instant', 'no', 'yes', /plug is pulled/),
    why: text(
      'What was still in the cable is gone, and both cards show no carrier from that instant on.',
      '还在线缆里的信号也没了；从那一刻起两端网卡都显示无载波。',
    ),
    expected: ['no'],
    otherwise: { set: { cut: false }, expected: ['yes'] },
  },
  {
    id: 'loopback-block',
    rows: [7, 8],
    lab: 'addresses',
    question: text('A host pings 127.9.9.9. What is seen on its cable?', '主机 ping 127.9.9.9，网线上能看到什么？'),
    task: one({
      nothing: ['nothing, and the ping is answered', '什么也没有，而 ping 有应答'],
      request: ['an echo request to the gateway', '发往网关的 Echo 请求'],
      arp: ['an ARP request for 127.9.9.9', '查询 127.9.9.9 的 ARP 请求'],
      error: ['nothing, and the ping fails', '什么也没有，ping 失败'],
    }),
    decide: byCheck('loopback', 'nothing', 'request'),
    why: text(
      'All of 127.0.0.0/8 means this host (RFC 1122, 3.2.1.3), not 127.0.0.1 alone.',
      '整个 127.0.0.0/8 都指本机（RFC 1122 3.2.1.3），不只是 127.0.0.1。',
    ),
    expected: ['nothing'],
    otherwise: { set: { loop: '10.0.3.3' }, expected: ['request'] },
  },
  {
    id: 'private-border',
    rows: [9, 24],
    lab: 'addresses',
    question: text(
      'Which block between 172.0.0.0 and 172.255.255.255 is private?',
      '172.0.0.0 到 172.255.255.255 之间哪一段是私有地址？',
    ),
    task: one({
      twelve: ['172.16.0.0/12, up to 172.31.255.255', '172.16.0.0/12，到 172.31.255.255'],
      sixteen: ['172.16.0.0/16, up to 172.16.255.255', '172.16.0.0/16，到 172.16.255.255'],
    }),
    decide: byCheck('private', 'twelve', 'sixteen'),
    why: text(
      'RFC 1918: 10/8, 172.16/12, 192.168/16. The test walks over all their borders.',
      'RFC 1918：10/8、172.16/12、192.168/16。实验检查了所有边界地址。',
    ),
    expected: ['twelve'],
    otherwise: { set: { middle: '172.16.0.0/16' }, expected: ['sixteen'] },
  },
  {
    id: 'low-port',
    rows: [10, 11],
    lab: 'ports',
    question: text(
      'An ordinary user’s program on Linux binds port 1023. What does bind() say?',
      'Linux 上普通用户的程序绑定端口 1023，bind() 返回什么？',
    ),
    task: one({
      EACCES: ['EACCES: permission denied', 'EACCES：权限不够'],
      bound: ['it works', '成功'],
      EADDRINUSE: ['EADDRINUSE: address in use', 'EADDRINUSE：地址已被占用'],
      EINVAL: ['EINVAL: invalid argument', 'EINVAL：参数无效'],
    }),
    decide: byStory(/^uid 1000 binds (\d+): (\w+)/, ([, result]) => result!),
    why: text(
      'Below net.ipv4.ip_unprivileged_port_start, 1024, a process needs CAP_NET_BIND_SERVICE (ip(7)).',
      '低于 1024（ip_unprivileged_port_start）的端口需要 CAP_NET_BIND_SERVICE（ip(7)）。',
    ),
    expected: ['EACCES'],
    otherwise: { set: { low: 1024 }, expected: ['bound'] },
  },
  {
    id: 'sort-a-lease',
    rows: [23],
    lab: 'dhcp',
    question: text('Put the four messages of a DHCP lease into their order.', '把一次 DHCP 租约的四个报文排好顺序。'),
    task: order({
      Request: ['Request', 'Request（请求）'],
      Ack: ['Ack', 'Ack（确认）'],
      Discover: ['Discover', 'Discover（发现）'],
      Offer: ['Offer', 'Offer（提供）'],
    }),
    decide: byOrder(/: DHCP (Discover|Offer|Request|Ack) /, ([name]) => name!),
    why: text(
      'The client asks who is there, servers offer, the client picks one aloud, and that server confirms (RFC 2131, 3.1).',
      '客户端询问，服务器提供，客户端公开选定一个，由该服务器确认（RFC 2131 3.1）。',
    ),
    expected: ['Discover', 'Offer', 'Request', 'Ack'],
    otherwise: { set: { server: 'sleep 600' }, expected: ['Discover'] },
  },
];
