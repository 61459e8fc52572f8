/** Predict-first: TCP (area A3). */
import {
  byCheck,
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

export const tcpItems: readonly QuizItem[] = [
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
      'The first timeout is one second (RFC 6298, 2.1) and doubles later on; Linux since 6.5 lets four more pass at one second each first (tcp_syn_linear_timeouts).',
      '首次超时是 1 秒（RFC 6298 2.1），之后加倍；Linux 6.5 起先再按 1 秒重发四次，然后才加倍（tcp_syn_linear_timeouts）。',
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
      '回 RST 并确认该 SYN，connect 得到 ECONNREFUSED（RFC 9293 3.10.7.1）。没有回音则说明分组被丢了。',
    ),
    expected: ['rst'],
    otherwise: { set: { port: 80 }, expected: ['synack'] },
  },
  {
    id: 'backlog-of-three',
    rows: [31],
    lab: 'backlog',
    question: text(
      'A server on Linux calls listen(3) and never accepts. Eight clients connect. For how many is the connection ESTABLISHED at the server?',
      'Linux 服务器调用 listen(3) 后从不 accept。八个客户端来连接，服务器端有几条连接进入 ESTABLISHED？',
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
