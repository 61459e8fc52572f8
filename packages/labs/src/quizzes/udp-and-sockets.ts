/** Predict-first: UDP, sockets and framing (areas A4 and A5). */
import { byCheck, byOrder, byStory, number, one, order, type QuizItem, text } from './quiz.ts';

export const udpItems: readonly QuizItem[] = [
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

export const socketItems: readonly QuizItem[] = [
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
      'The client closes; the server’s thread reads zero bytes, goes on looping and never closes. In which state is the server’s connection?',
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
