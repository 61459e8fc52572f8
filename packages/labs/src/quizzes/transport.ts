/** Predict-first: TCP, UDP, sockets and waiting for them (areas A3 to A6). */
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

/** Both ends’ states in one list, as the sorting exercise names them. */
const CLOSING = new Map([
  ['client FIN-WAIT-1', 'fw1'],
  ['server CLOSE-WAIT', 'cw'],
  ['client FIN-WAIT-2', 'fw2'],
  ['server LAST-ACK', 'la'],
  ['client TIME-WAIT', 'tw'],
  ['server CLOSED', 'closed'],
]);

const tcp: readonly QuizItem[] = [
  {
    id: 'segments-to-set-up-and-close',
    rows: [29, 26, 27],
    quiz: 'Q017',
    lab: 'four-way-close',
    question: text(
      'How many segments do the two ends exchange to set up a TCP connection, and how many to tear it down?',
      'TCP 建立连接时双方交换几个报文段？拆除连接时交换几个？',
    ),
    task: one({
      threes: ['3 and 3', '3 个和 3 个'],
      varies: ['3; and 4, 3 or 1 as it happens', '3 个；拆除可能是 4 个、3 个或 1 个'],
      fours: ['3 and always 4', '3 个和总是 4 个'],
      twos: ['2 and 2', '2 个和 2 个'],
    }),
    decide: (run) => {
      const told = run.story(/^Of 100 connections (\d+) were closed by four segments, (\d+) by three, (\d+) by one/)[0];
      const syns = run.seen('tcp.flags.syn == 1', 'client.eth0').packets.slice(0, 2);
      if (told === undefined) return { answer: [], evidence: [] };
      const [four, three, single] = told.groups.map((count) => Number(count) > 0);
      const kinds = [four, three, single].filter(Boolean).length;
      return {
        answer: [kinds > 1 ? 'varies' : four ? 'fours' : 'threes'],
        evidence: [...syns.map(packetEvidence), storyEvidence(told.line)],
      };
    },
    why: text(
      'SYN, SYN+ACK, ACK. A close takes FIN, ACK, FIN, ACK; three where ACK and FIN ride together; one RST for an abort. "Three" is right for setting up only.',
      '建立是 SYN、SYN+ACK、ACK。拆除是 FIN、ACK、FIN、ACK；ACK 与 FIN 合并时三个；异常终止只有一个 RST。只答“三次”只对建立成立。',
    ),
    expected: ['varies'],
    otherwise: { set: { late: 0, abort: false }, expected: ['threes'] },
  },
  {
    id: 'sort-a-close',
    rows: [27, 28],
    lab: 'four-way-close',
    question: text(
      'The client closes first, the server 200 ms later. Put the states that the two ends enter into their order.',
      '客户端先关闭，服务器 200 毫秒后关闭。把双方依次进入的状态排好顺序。',
    ),
    task: order({
      tw: ['client: TIME-WAIT', '客户端：TIME-WAIT'],
      la: ['server: LAST-ACK', '服务器：LAST-ACK'],
      fw1: ['client: FIN-WAIT-1', '客户端：FIN-WAIT-1'],
      closed: ['server: CLOSED', '服务器：CLOSED'],
      cw: ['server: CLOSE-WAIT', '服务器：CLOSE-WAIT'],
      fw2: ['client: FIN-WAIT-2', '客户端：FIN-WAIT-2'],
    }),
    decide: ({ events }) => {
      const changes = events('tcp.state');
      const first = changes.find(({ values }) => values.to === 'FIN-WAIT-1');
      if (first === undefined) return { answer: [], evidence: [] };
      const ends = [first.values.local, first.values.peer];
      const found = new Map<string, { atNs: number; said: string }>();
      for (const { at, host, values } of changes) {
        const choice = CLOSING.get(`${host} ${values.to}`);
        if (choice === undefined || at < first.at || found.has(choice)) continue;
        if (!ends.includes(values.local) || !ends.includes(values.peer)) continue;
        found.set(choice, { atNs: at, said: `${host}: ${values.from} → ${values.to}` });
      }
      return {
        answer: [...found.keys()],
        evidence: [...found.values()].map(({ atNs, said }) => ({ atNs, text: { en: said, zh: said } })),
      };
    },
    why: text(
      'A FIN says "I have no more to send". The other side acknowledges it at once and may go on sending until its program closes too; who closed first rests in TIME-WAIT.',
      'FIN 表示“我没有数据要发了”。对端立刻确认，但在自己的程序关闭前还能继续发；先关闭的一方停在 TIME-WAIT。',
    ),
    expected: ['fw1', 'cw', 'fw2', 'la', 'tw', 'closed'],
    otherwise: { set: { late: 0 }, expected: ['fw1', 'cw', 'la', 'fw2', 'tw', 'closed'] },
  },
  {
    id: 'third-ack-lost',
    rows: [26],
    lab: 'handshake',
    question: text(
      'The third segment of a handshake is lost. In which states are the two ends then?',
      '三次握手的第三个报文段丢了，这时两端各是什么状态？',
    ),
    task: one({
      half: ['client ESTABLISHED, server SYN-RECEIVED', '客户端 ESTABLISHED，服务器 SYN-RECEIVED'],
      whole: ['both ESTABLISHED', '两端都是 ESTABLISHED'],
      sent: ['client SYN-SENT, server SYN-RECEIVED', '客户端 SYN-SENT，服务器 SYN-RECEIVED'],
      closed: ['both CLOSED', '两端都是 CLOSED'],
    }),
    decide: ({ story, events }) => {
      const from = story(/third ACK is lost/)[0];
      const later = events('tcp.state').filter(({ at }) => from !== undefined && at >= from.line.atNs);
      const [client, server] = ['client', 'server'].map((name) =>
        later.find(({ host, values }) => host === name && values.to === 'ESTABLISHED'),
      );
      if (from === undefined || client === undefined || server === undefined) return { answer: [], evidence: [] };
      const evidence = [client, server].map(({ at, host, values }) => {
        const said = `${host}: ${values.from} → ${values.to}`;
        return { atNs: at, text: { en: said, zh: said } };
      });
      return {
        // One way takes 10 ms.
        answer: [server.at - client.at > 20_000_000 ? 'half' : 'whole'],
        evidence: [storyEvidence(from.line), ...evidence],
      };
    },
    why: text(
      'The client has all it needs; the server waits for an ACK, and the next data segment carries one.',
      '客户端已收到所需的一切；服务器还在等 ACK，客户端下一个数据段会带上它。',
    ),
    expected: ['half'],
    otherwise: { set: { ack: 0 }, expected: ['whole'] },
  },
  {
    id: 'syn-repeated',
    rows: [26],
    lab: 'handshake',
    question: text(
      'The first SYN is lost. After how many seconds does the client send it again?',
      '第一个 SYN 丢了。客户端多少秒后重发？',
    ),
    task: number('s', '秒', 0.05),
    decide: ({ seen }) => {
      const again = seen('tcp.flags == 2 && tcp.analysis.retransmission', 'client.eth0').first;
      if (again === undefined) return { answer: ['0'], evidence: [] };
      const before = seen('tcp.flags == 2', 'client.eth0')
        .packets.filter(({ atNs }) => atNs < again.atNs)
        .at(-1)!;
      return {
        answer: [String(Math.round((again.atNs - before.atNs) / 1e6) / 1000)],
        evidence: [packetEvidence(before), packetEvidence(again)],
      };
    },
    why: text(
      'The first timeout is one second (RFC 6298, 2.1) and doubles from then on.',
      '首次超时是 1 秒（RFC 6298 2.1），之后每次加倍。',
    ),
    expected: ['1'],
    otherwise: { set: { syn: 0, 'syn-ack': 0 }, expected: ['0'] },
  },
  {
    id: 'flag-bits',
    rows: [30],
    quiz: 'Q018',
    lab: 'tcp-flags',
    question: text(
      'Which of these are flags that TCP segments carry in the lab’s traffic?',
      '实验流量里的 TCP 报文段带有下列哪些标志？',
    ),
    task: several({ syn: ['SYN', 'SYN'], rst: ['RST', 'RST'], ack: ['ACK', 'ACK'], urg: ['URG', 'URG'] }),
    decide: ({ seen }) => {
      const fields = { syn: 'syn', rst: 'reset', ack: 'ack', urg: 'urg' };
      const found = Object.entries(fields).map(([id, field]) => ({ id, packets: seen(`tcp.flags.${field} == 1`) }));
      const there = found.filter(({ packets }) => packets.count > 0);
      return {
        answer: there.map(({ id }) => id),
        evidence: there.map(({ packets }) => packetEvidence(packets.first!)),
      };
    },
    why: text(
      'All four are flags. SYN, ACK and RST are everyday; URG takes a send with MSG_OOB, is rare, and new use is discouraged (RFC 6093).',
      '四个都是标志位。SYN、ACK、RST 很常见；URG 要用 MSG_OOB 发送才会出现，很少用，也不建议新用（RFC 6093）。',
    ),
    expected: ['syn', 'rst', 'ack', 'urg'],
    otherwise: { set: { without: 'urg' }, expected: ['syn', 'rst', 'ack'] },
  },
  {
    id: 'who-rests',
    rows: [27, 28],
    lab: 'time-wait',
    question: text(
      'The server closes the connection first. Which side is in TIME-WAIT afterwards?',
      '服务器先关闭连接。之后哪一端处于 TIME-WAIT？',
    ),
    task: one({
      server: ['the server', '服务器'],
      client: ['the client', '客户端'],
      both: ['both', '两端'],
      nobody: ['neither', '都没有'],
    }),
    decide: byStory(/^The server closes first: in TIME-WAIT is (\w+)/, ([who]) =>
      who === 'server' || who === 'client' ? who : 'nobody',
    ),
    why: text(
      'TIME-WAIT belongs to whoever closes first, for 2 MSL; not to "the client".',
      'TIME-WAIT 属于先关闭的一方，持续 2MSL，与是不是客户端无关。',
    ),
    expected: ['server'],
    otherwise: { set: { ending: 'abort' }, expected: ['nobody'] },
  },
  {
    id: 'closed-port',
    rows: [30, 26],
    lab: 'causes-of-rst',
    question: text(
      'A client connects to a port where nobody listens. What comes back?',
      '客户端连接一个没有程序监听的端口，会收到什么？',
    ),
    task: one({
      rst: ['a RST', 'RST'],
      nothing: ['nothing; it tries for minutes', '什么也没有，要重试几分钟'],
      fin: ['a FIN', 'FIN'],
      synack: ['a SYN+ACK', 'SYN+ACK'],
    }),
    decide: byCheck('closed-port', 'rst', 'synack', /client: connect/),
    why: text(
      'RST with an ACK of the SYN; connect fails with ECONNREFUSED (RFC 9293, 3.10.7.1). Silence means a dropped packet.',
      '回 RST 并确认该 SYN，connect 得到 ECONNREFUSED（RFC 9293 3.10.7.1）。没有回音则说明包被丢了。',
    ),
    expected: ['rst'],
    otherwise: { set: { port: 80 }, expected: ['synack'] },
  },
  {
    id: 'backlog-of-three',
    rows: [31],
    lab: 'backlog',
    question: text(
      'A server calls listen(3) and never accepts. Eight clients connect. For how many is the connection ESTABLISHED at the server?',
      '服务器调用 listen(3) 后从不 accept。八个客户端来连接，服务器端有几条连接进入 ESTABLISHED？',
    ),
    task: number('connections', '条'),
    decide: ({ events }) => {
      const there = events('tcp.state').filter(({ host, values }) => host === 'lazy' && values.to === 'ESTABLISHED');
      return {
        answer: [String(there.length)],
        evidence: there.map(({ at, values }) => {
          const said = `lazy: ${values.peer} ${values.from} → ${values.to}`;
          return { atNs: at, text: { en: said, zh: said } };
        }),
      };
    },
    why: text(
      'The queue takes backlog + 1 on Linux; the handshake needs no accept(). The others’ SYNs are dropped and come again.',
      'Linux 的队列能放 backlog + 1 条；握手不需要 accept()。其余客户端的 SYN 被丢弃，会重发。',
    ),
    expected: ['4'],
    otherwise: { set: { backlog: 1 }, expected: ['2'] },
  },
  {
    id: 'how-a-loss-is-noticed',
    rows: [32, 33],
    lab: 'one-lost-packet',
    question: text(
      'One segment in the middle of a page is lost. What makes the sender repeat it?',
      '页面传到一半时丢了一个报文段。是什么让发送方重发它？',
    ),
    task: one({
      duplicates: ['duplicate ACKs, within a round trip', '重复 ACK，一个往返之内'],
      timeout: ['the retransmission timer', '重传定时器超时'],
      icmp: ['an ICMP message from the router', '路由器发来的 ICMP'],
      request: ['the receiver asks for it by name', '接收方点名索要'],
    }),
    decide: ({ events }) => {
      const again = events('tcp.retransmit')[0];
      if (again === undefined) return { answer: [], evidence: [] };
      const { reason, seq, length } = again.values;
      const said = `${again.host}: ${reason}, seq ${seq}, ${length} B`;
      return {
        answer: [reason === 'fast-retransmit' ? 'duplicates' : 'timeout'],
        evidence: [{ atNs: again.at, text: { en: said, zh: said } }],
      };
    },
    why: text(
      'Each later segment is answered by the same ACK number; that is enough for fast retransmit (RFC 5681, 3.2). Where nothing follows, only the timer is left.',
      '后续每个报文段都引来同样的确认号，足以触发快重传（RFC 5681 3.2）。后面没有数据时才靠定时器。',
    ),
    expected: ['duplicates'],
    otherwise: { set: { lost: 1 }, expected: ['timeout'] },
  },
  {
    id: 'closed-window',
    rows: [34],
    lab: 'flow-control',
    question: text(
      'The receiver’s program stops reading, its buffer is full: window 0. What does the sender do?',
      '接收方程序停止读取，缓冲区满，窗口为 0。发送方怎么办？',
    ),
    task: one({
      probes: ['it asks again and again, in growing pauses', '隔越来越长的时间反复探测'],
      waits: ['it waits silently for an update', '一声不响地等窗口更新'],
      sends: ['it goes on: the network keeps the data', '继续发：数据由网络保管'],
      closes: ['it closes', '关闭连接'],
    }),
    decide: byCheck('probes', 'probes', 'sends', /probes|window is closed/),
    why: text(
      'The update could be lost, so it probes; the pauses double (RFC 9293, 3.8.6.1).',
      '窗口更新可能丢失，所以要探测，间隔逐次加倍（RFC 9293 3.8.6.1）。',
    ),
    expected: ['probes'],
    otherwise: { set: { rest: 0, every: 0 }, expected: ['sends'] },
  },
  {
    id: 'window-after-a-loss',
    rows: [35],
    lab: 'slow-start',
    question: text(
      'Reno loses a segment at a congestion window of 90. With how many segments does it go on (ssthresh)?',
      'Reno 在拥塞窗口为 90 时丢了一个报文段。它以多大的窗口继续（ssthresh）？',
    ),
    task: number('segments', '个报文段', 1),
    decide: ({ events }) => {
      const loss = events('tcp.recovery').find(({ values }) => values.what === 'recovery');
      if (loss === undefined) return { answer: [], evidence: [] };
      const { cwnd, ssthresh } = loss.values;
      const said = `${loss.host}: recovery, cwnd ${cwnd}, ssthresh ${ssthresh}`;
      return { answer: [String(ssthresh)], evidence: [{ atNs: loss.at, text: { en: said, zh: said } }] };
    },
    why: text(
      'Half of what was in flight (RFC 5681, 3.2). CUBIC keeps 0.7 of it. Only a timeout starts again from one segment.',
      '减为一半（RFC 5681 3.2）。CUBIC 保留 0.7。只有超时才从一个报文段重新开始。',
    ),
    expected: ['45'],
    otherwise: { set: { algorithm: 'cubic' }, expected: ['61'] },
  },
  {
    id: 'fifty-small-writes',
    rows: [36, 45],
    lab: 'segments-and-nagle',
    question: text(
      'A program writes 10 bytes every 4 ms, fifty times; Nagle’s algorithm is on. How many segments leave?',
      '程序每 4 毫秒写 10 字节，共五十次，Nagle 算法开着。发出多少个报文段？',
    ),
    task: one({
      fifty: ['50, one for each write', '50 个，每次写一个'],
      fewer: ['about a dozen', '十个左右'],
      one: ['1', '1 个'],
    }),
    decide: byStory(/^50 writes of 10 bytes, 4 ms apart, \w+: (\d+) segments/, ([count]) =>
      Number(count) >= 50 ? 'fifty' : Number(count) === 1 ? 'one' : 'fewer',
    ),
    why: text(
      'While data is unacknowledged, small writes are gathered (RFC 1122, 4.2.3.4): one segment per round trip. TCP_NODELAY sends each at once.',
      '有数据未确认时，小块数据先攒着（RFC 1122 4.2.3.4），每个往返一个报文段。TCP_NODELAY 则立刻发出。',
    ),
    expected: ['fewer'],
    otherwise: { set: { first: 'nodelay' }, expected: ['fifty'] },
  },
];

const udp: readonly QuizItem[] = [
  {
    id: 'lost-datagram',
    rows: [37, 39],
    lab: 'udp-echo',
    question: text('A UDP datagram is lost on the cable. Who sends it again?', '一个 UDP 数据报在线上丢了。谁来重发？'),
    task: one({
      nobody: ['nobody', '没有人'],
      kernel: ['the sender’s kernel', '发送方内核'],
      router: ['the next router', '下一个路由器'],
      receiver: ['the receiver asks for it', '接收方会索要'],
    }),
    decide: byCheck('lost', 'nobody', 'kernel', /ann sends 64 bytes to port 7/),
    why: text(
      'UDP adds ports and a checksum, nothing else (RFC 768). Who wants repetition must program it.',
      'UDP 只加端口和校验和（RFC 768）。要重发就得自己编程。',
    ),
    expected: ['nobody'],
    otherwise: { set: { lost: 0 }, expected: ['kernel'] },
  },
  {
    id: 'cut-datagram',
    rows: [37, 39],
    lab: 'udp-echo',
    question: text(
      'A datagram of 300 bytes arrives; the program calls recvfrom with room for 100. What becomes of the other 200?',
      '来了 300 字节的数据报，程序用 100 字节的缓冲区调用 recvfrom。其余 200 字节呢？',
    ),
    task: one({
      gone: ['they are gone', '丢掉了'],
      next: ['the next recvfrom gets them', '下一次 recvfrom 读到'],
      error: ['the call fails', '调用失败'],
    }),
    decide: byCheck('cut', 'gone', 'next', /300 bytes/),
    why: text(
      'A datagram is one message: what does not fit is thrown away (udp(7), MSG_TRUNC). A TCP stream would keep it.',
      '一个数据报就是一条消息，放不下的部分被丢弃（udp(7)、MSG_TRUNC）。TCP 字节流则会保留。',
    ),
    expected: ['gone'],
    otherwise: { set: { buffer: 1000 }, expected: ['next'] },
  },
  {
    id: 'who-hears-a-group',
    rows: [40],
    lab: 'broadcast-multicast',
    question: text(
      'Ann sends to the group 239.1.2.3. Bob and Cat have joined it, Dan has not. Whose program receives it?',
      'Ann 向组播地址 239.1.2.3 发送。Bob 和 Cat 加入了该组，Dan 没有。谁的程序收到？',
    ),
    task: one({
      members: ['Bob’s and Cat’s', 'Bob 和 Cat'],
      all: ['all three', '三个都收到'],
      one: ['Bob’s alone', '只有 Bob'],
      none: ['nobody’s', '都收不到'],
    }),
    decide: byStory(/^The group 239\.1\.2\.3: heard by (.*)$/, ([who]) =>
      who === 'bob, cat' ? 'members' : who === 'bob, cat, dan' ? 'all' : who === 'bob' ? 'one' : 'none',
    ),
    why: text(
      'Multicast is for members (RFC 1112); broadcast is for all of the link, asked or not.',
      '组播只给组成员（RFC 1112）；广播给本链路上所有主机。',
    ),
    expected: ['members'],
    otherwise: { set: { members: 3 }, expected: ['all'] },
  },
  {
    id: 'setup-of-both',
    rows: [39, 38],
    lab: 'tcp-versus-udp',
    question: text(
      'After how many round trips can the first byte of data leave: with TCP, with UDP?',
      '第一个数据字节要等几个往返才能发出：TCP？UDP？',
    ),
    task: one({
      oneZero: ['TCP after one, UDP at once', 'TCP 一个往返，UDP 立即'],
      both: ['both at once', '都立即'],
      oneOne: ['both after one', '都要一个往返'],
      threeOne: ['TCP after three, UDP after one', 'TCP 三个，UDP 一个'],
    }),
    decide: byCheck('setup', 'oneZero', 'oneOne', /set-up/),
    why: text(
      'The handshake takes one round trip; its third segment may be followed by data at once. UDP has no handshake.',
      '握手要一个往返，第三个报文段之后马上可以发数据。UDP 没有握手。',
    ),
    expected: ['oneZero'],
    otherwise: { set: { second: 'tcp' }, expected: ['oneOne'] },
  },
];

const sockets: readonly QuizItem[] = [
  {
    id: 'sort-the-server-calls',
    rows: [41, 38],
    lab: 'socket-calls',
    question: text(
      'Put the calls of a TCP server into the order in which they return.',
      '把 TCP 服务器的各个调用按返回的先后排好顺序。',
    ),
    task: order({
      listen: ['listen', 'listen'],
      recv: ['recv', 'recv'],
      socket: ['socket', 'socket'],
      send: ['send', 'send'],
      accept: ['accept', 'accept'],
      bind: ['bind', 'bind'],
      close: ['close', 'close'],
    }),
    decide: byOrder(/^bob: (socket|bind|listen|accept|recv|send|close)\(/, ([call]) => call!),
    why: text(
      'A port is taken by bind, offered by listen; accept only fetches a connection that the kernel has made already.',
      'bind 占端口，listen 开放，accept 只是取走内核已建好的连接。',
    ),
    expected: ['socket', 'bind', 'listen', 'accept', 'recv', 'send', 'close'],
    otherwise: { set: { port: 5009 }, expected: ['socket', 'bind', 'listen'] },
  },
  {
    id: 'sticky-receives',
    rows: [45, 36],
    lab: 'sticky-packets',
    question: text(
      '20 messages of 40 bytes are sent, 4 ms apart, with Nagle’s algorithm. In how many receive calls do they come?',
      '以 4 毫秒间隔发出 20 条 40 字节的消息，Nagle 算法开着。接收方调用几次 recv 收完？',
    ),
    task: one({
      each: ['20: one for each message', '20 次：每条一次'],
      fewer: ['fewer: several messages at a time', '更少：一次收到多条'],
      more: ['more: messages are torn', '更多：消息被拆开'],
    }),
    decide: byStory(/^20 messages of 40 bytes.*receive calls: (.*)$/, ([sizes]) =>
      sizes!.split(' ').some((size) => Number(size) > 40) ? 'fewer' : 'each',
    ),
    why: text(
      'A stream has no message borders: Nagle gathers small writes into one segment, and recv takes what is there.',
      '字节流没有消息边界：Nagle 把小块攒进一个报文段，recv 有多少取多少。',
    ),
    expected: ['fewer'],
    otherwise: { set: { nodelay: true }, expected: ['each'] },
  },
  {
    id: 'framed-messages',
    rows: [45],
    lab: 'sticky-packets',
    question: text(
      'With a length before each message, how many of 1000 random messages are read wrongly?',
      '每条消息前加上长度，1000 条随机消息中有几条读错？',
    ),
    task: number('messages', '条'),
    decide: byStory(/^Length prefix, 1000 messages: \d+ received, (\d+) wrong/, ([wrong]) => wrong!),
    why: text(
      'The border stands in the data itself, so it does not matter how the stream was cut.',
      '边界写在数据里，字节流怎么切都不要紧。',
    ),
    expected: ['0'],
    otherwise: { set: { framed: false }, expected: ['999'] },
  },
  {
    id: 'client-gone',
    rows: [43],
    lab: 'threaded-server',
    question: text(
      'The client closes; the server’s thread reads an empty answer, goes on looping and never closes. In which state is the server’s connection?',
      '客户端关闭了；服务器线程读到空数据仍继续循环，从不关闭。服务器端的连接是什么状态？',
    ),
    task: one({
      closeWait: ['CLOSE-WAIT', 'CLOSE-WAIT'],
      timeWait: ['TIME-WAIT', 'TIME-WAIT'],
      finWait: ['FIN-WAIT-2', 'FIN-WAIT-2'],
      closed: ['none: it is gone', '没有了：连接已消失'],
    }),
    decide: byStory(/after the close (\d+) empty answers and (\d+) in CLOSE-WAIT/, ([, waiting]) =>
      Number(waiting) > 0 ? 'closeWait' : 'closed',
    ),
    why: text(
      'CLOSE-WAIT means: the peer has closed, our program has not. It stays for as long as the program does; meanwhile recv returns at once, and the loop burns a core.',
      'CLOSE-WAIT 表示对端已关闭而本端程序没关。程序不关它就一直在；同时 recv 立即返回空，循环白占 CPU。',
    ),
    expected: ['closeWait'],
    otherwise: { set: { first: 'cured' }, expected: ['closed'] },
  },
  {
    id: 'one-child-crashes',
    rows: [44, 42],
    lab: 'forking-server',
    question: text(
      'A server forks a process for each connection. One of them dies by SIGSEGV. What becomes of the other connections?',
      '服务器为每条连接 fork 一个进程，其中一个因 SIGSEGV 崩溃。其他连接会怎样？',
    ),
    task: one({ live: ['they get all their answers', '照常得到全部应答'], die: ['they end with it', '跟着一起断'] }),
    decide: byCheck('crash', 'live', 'die', /SIGSEGV/),
    why: text(
      'Processes do not share memory, so a fault stays in one. Threads would all have ended.',
      '进程不共享内存，故障不会扩散。若是线程，就全部一起结束了。',
    ),
    expected: ['live'],
    otherwise: { set: { style: 'threads' }, expected: ['die'] },
  },
];

const waiting: readonly QuizItem[] = [
  {
    id: 'state-of-a-reader',
    rows: [46, 54],
    lab: 'blocking-io',
    samples: ['thread.state'],
    question: text(
      'A program calls recv() on a blocking socket; the peer will speak in 200 ms. In which state is its thread meanwhile?',
      '程序在阻塞套接字上调用 recv()，对端 200 毫秒后才发数据。这期间它的线程处于什么状态？',
    ),
    task: one({
      blocked: ['asleep, without a core', '睡眠，不占 CPU'],
      running: ['running: it asks again and again', '运行：反复询问'],
      ready: ['ready, waiting for a core', '就绪，等 CPU'],
    }),
    decide: ({ run, events }) => {
      const states = events('thread.state').filter(({ host }) => host === 'client');
      const asleep = states.find(({ values }) => values.state === 'blocked' && values.waits.startsWith('recv'));
      const wake =
        asleep === undefined
          ? undefined
          : states.find(
              ({ at, values }) => at > asleep.at && values.tid === asleep.values.tid && values.state === 'running',
            );
      const worked = run.story.find(({ text: { en } }) => en.includes('calls were for nothing'));
      if (asleep === undefined)
        return { answer: ['running'], evidence: worked === undefined ? [] : [storyEvidence(worked)] };
      const { process, tid, waits, fromNs } = asleep.values;
      const from = {
        atNs: fromNs,
        text: { en: `${process}/${tid}: blocked in ${waits}`, zh: `${process}/${tid}：阻塞在 ${waits}` },
      };
      const to =
        wake === undefined
          ? []
          : [
              {
                atNs: wake.values.fromNs,
                text: { en: `${process}/${tid}: running again`, zh: `${process}/${tid}：恢复运行` },
              },
            ];
      return { answer: ['blocked'], evidence: [from, ...to] };
    },
    why: text(
      'It sleeps in the kernel and is woken when the segment comes; the core is free for others.',
      '它睡在内核里，报文段到达时被唤醒；CPU 可以给别人用。',
    ),
    expected: ['blocked'],
    otherwise: { set: { first: 'nonblocking' }, expected: ['running'] },
  },
  {
    id: 'eagain',
    rows: [47, 54],
    lab: 'blocking-io',
    question: text(
      'On a non-blocking socket recv() finds no data yet. What does it say?',
      '非阻塞套接字上 recv() 时还没有数据，它返回什么？',
    ),
    task: one({
      EAGAIN: ['EAGAIN', 'EAGAIN'],
      empty: ['an empty answer', '空数据'],
      sleeps: ['nothing yet: it sleeps', '不返回：睡眠等待'],
    }),
    decide: (run) => {
      const found = run.story(/^Its answers, in order: (\S+),/)[0];
      if (found !== undefined)
        return { answer: [found.groups[0] === 'EAGAIN' ? 'EAGAIN' : 'sleeps'], evidence: [storyEvidence(found.line)] };
      return { answer: ['sleeps'], evidence: run.story(/slept/).map(({ line }) => storyEvidence(line)) };
    },
    why: text(
      'EAGAIN is "not yet"; an empty answer is the end of the stream. To mix them up is a classic fault.',
      'EAGAIN 表示“还没有”，空数据表示对端关闭。混淆两者是典型错误。',
    ),
    expected: ['EAGAIN'],
    otherwise: { set: { second: 'blocking' }, expected: ['sleeps'] },
  },
  {
    id: 'epoll-looks',
    rows: [48, 51, 52, 53],
    lab: 'multiplexing',
    set: { clients: 100 },
    question: text(
      'A server has 100 connections; at each wake-up a few are ready. How many descriptors does epoll look at?',
      '服务器有 100 条连接，每次醒来只有少数就绪。epoll 要检查多少个描述符？',
    ),
    task: one({ ready: ['those on its ready list', '只看就绪链表上的'], all: ['all, at each look', '每次都看全部'] }),
    decide: byCheck('epoll', 'ready', 'all', /descriptors looked at/),
    why: text(
      'select and poll walk over all descriptors at every call; epoll is told by wake-ups which ones to look at (epoll(7)).',
      'select 和 poll 每次遍历全部描述符；epoll 由唤醒得知该看哪些（epoll(7)）。',
    ),
    expected: ['ready'],
    otherwise: { set: { clients: 100, third: 'poll' }, expected: ['all'] },
  },
  {
    id: 'select-limit',
    rows: [51, 52],
    lab: 'select-and-poll',
    question: text(
      'A program watches one descriptor only, and its number is 5000. What does select() say?',
      '程序只监视一个描述符，编号是 5000。select() 返回什么？',
    ),
    task: one({ EINVAL: ['EINVAL', 'EINVAL'], ok: ['it works', '正常工作'] }),
    decide: byStory(/^select \d{3,}: (\S+)/, ([result]) => (result === 'EINVAL' ? 'EINVAL' : 'ok'), 'last'),
    why: text(
      'Its sets are bit maps of FD_SETSIZE, 1024: the number counts, not how many. poll has no such limit (select(2)).',
      '它的集合是 FD_SETSIZE（1024）位的位图：看的是编号而不是个数。poll 没有这个限制（select(2)）。',
    ),
    expected: ['EINVAL'],
    otherwise: { set: { number: 1023 }, expected: ['ok'] },
  },
  {
    id: 'edge-triggered-rest',
    rows: [53],
    lab: 'edge-triggered',
    question: text(
      'Ten bytes arrive at an edge-triggered descriptor. The reader takes 4 and calls epoll_wait again. What happens?',
      '边缘触发的描述符收到十个字节。程序读走 4 个后再次调用 epoll_wait，会怎样？',
    ),
    task: one({
      sleeps: ['it sleeps, six bytes stay unread', '睡下去，六个字节没人读'],
      told: ['it is told again at once', '立刻再次通知'],
    }),
    decide: byCheck('forgotten', 'sleeps', 'told', /left \d+ bytes/),
    why: text(
      'An edge is told once, at the arrival. Read until EAGAIN, or use level-triggered (epoll(7)).',
      '边缘只在到达时通知一次。要读到 EAGAIN 为止，或用水平触发（epoll(7)）。',
    ),
    expected: ['sleeps'],
    otherwise: { set: { reads: 'drain' }, expected: ['told'] },
  },
  {
    id: 'sigio-copies',
    rows: [49],
    lab: 'signal-io',
    question: text(
      'Signal-driven I/O: when SIGIO arrives, where is the data?',
      '信号驱动 I/O：SIGIO 到来时，数据在哪里？',
    ),
    task: one({
      kernel: ['in the kernel; the program still has to recv it', '还在内核里，程序仍要 recv'],
      program: ['already in the program’s buffer', '已在程序的缓冲区里'],
    }),
    decide: byCheck('copy', 'kernel', 'program', /SIGIO|handler calls/),
    why: text(
      'The signal tells of readiness only; the copy is made by recv. Only asynchronous I/O reports a finished copy.',
      '信号只表示就绪，复制由 recv 完成。只有异步 I/O 通知的是复制已完成。',
    ),
    expected: ['kernel'],
    otherwise: { set: { handler: 'nothing' }, expected: ['program'] },
  },
  {
    id: 'completion',
    rows: [50, 54],
    lab: 'async-io',
    question: text(
      'Asynchronous I/O by io_uring: when the completion is seen, what does the buffer hold?',
      '用 io_uring 做异步 I/O：看到完成通知时，缓冲区里有什么？',
    ),
    task: one({
      filled: ['the data, without a recv', '已经是数据，不需要 recv'],
      empty: ['nothing yet; now recv has to be called', '还没有，现在要调用 recv'],
    }),
    decide: byCheck('filled', 'filled', 'empty', /completion/),
    why: text(
      'The kernel does the waiting and the copying; the program is told when all is done (io_uring(7)).',
      '等待和复制都由内核完成，做完才通知程序（io_uring(7)）。',
    ),
    expected: ['filled'],
    otherwise: { set: { by: 'recv' }, expected: ['empty'] },
  },
];

export const transportItems: readonly QuizItem[] = [...tcp, ...udp, ...sockets, ...waiting];
