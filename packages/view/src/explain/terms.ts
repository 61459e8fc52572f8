/**
 * What a state or a number on the page means: one sentence each, and where it is written. Values stand in the sentences of `explainTerm`'s callers: this table
 * knows none. Fields of packets have a table of their own (`fields.ts`).
 */
import type { Explained } from './drop-reasons.ts';

const said = (en: string, zh: string, rule = ''): Explained => ({ text: { en, zh }, rule });

const RFC_STATES = 'RFC 9293 section 3.3.2';

/** By group and name: `tcp.SYN-SENT`. */
const TERMS: ReadonlyMap<string, Explained> = new Map<string, Explained>([
  ['tcp.LISTEN', said('It waits for a connection request from any peer.', '等待任何对端的连接请求。', RFC_STATES)],
  [
    'tcp.SYN-SENT',
    said('Its SYN is sent; it waits for the peer’s SYN and ACK.', '已发出 SYN，等待对端的 SYN 和 ACK。', RFC_STATES),
  ],
  [
    'tcp.SYN-RECEIVED',
    said(
      'A SYN came and was answered; it waits for the ACK that ends the handshake.',
      '已收到 SYN 并已应答，等待完成握手的 ACK。',
      RFC_STATES,
    ),
  ],
  ['tcp.ESTABLISHED', said('Open: data goes both ways.', '连接已建立：双向传输数据。', RFC_STATES)],
  [
    'tcp.FIN-WAIT-1',
    said(
      'Its program closed first; its FIN is sent and not acknowledged yet.',
      '本端先关闭：已发出 FIN，还未被确认。',
      RFC_STATES,
    ),
  ],
  [
    'tcp.FIN-WAIT-2',
    said('Its FIN is acknowledged; it waits for the peer’s FIN.', '本端的 FIN 已被确认，等待对端的 FIN。', RFC_STATES),
  ],
  [
    'tcp.CLOSE-WAIT',
    said(
      'The peer closed; this program has not called close yet. A connection that stays here is a forgotten close.',
      '对端已关闭，本端程序还没有调用 close。长期停在这里就是忘了关闭连接。',
      RFC_STATES,
    ),
  ],
  [
    'tcp.CLOSING',
    said(
      'Both closed at once: FINs crossed, and the ACK of its own is missing.',
      '双方同时关闭：FIN 交错，本端的 FIN 还未被确认。',
      RFC_STATES,
    ),
  ],
  [
    'tcp.LAST-ACK',
    said('It closed second and waits for the ACK of its FIN.', '本端后关闭，等待自己的 FIN 被确认。', RFC_STATES),
  ],
  [
    'tcp.TIME-WAIT',
    said(
      'It closed first and waits 60 seconds, so that late segments of this connection meet nobody new and a lost last ACK can be sent again.',
      '先关闭的一端再等 60 秒：让迟到的报文段不会落到新连接上，最后的 ACK 丢了也能再发。',
      'RFC 9293 section 3.6.1',
    ),
  ],
  ['tcp.CLOSED', said('There is no connection.', '没有连接。', RFC_STATES)],

  [
    'neighbour.INCOMPLETE',
    said(
      'A request is out, and no answer has come yet.',
      '已发出请求，还没有收到回答。',
      'RFC 4861 section 7.3.2; arp(7)',
    ),
  ],
  [
    'neighbour.REACHABLE',
    said(
      'Its MAC address was confirmed a short time ago.',
      '不久前刚确认过它的 MAC 地址。',
      'RFC 4861 section 7.3.2; arp(7)',
    ),
  ],
  [
    'neighbour.STALE',
    said(
      'Its MAC address is known and not confirmed lately: the next packet uses it and starts the check.',
      'MAC 地址已知，但最近没有确认：下一个分组照用，并触发核实。',
      'RFC 4861 section 7.3.2; arp(7)',
    ),
  ],
  [
    'neighbour.DELAY',
    said(
      'A packet went to the stale address; some seconds are left for a sign of life from above.',
      '已用旧地址发出分组，再等几秒看上层有没有可达的迹象。',
      'RFC 4861 section 7.3.3',
    ),
  ],
  [
    'neighbour.PROBE',
    said(
      'It is asked directly whether the address still holds.',
      '正在单播询问地址是否仍然有效。',
      'RFC 4861 section 7.3.3',
    ),
  ],
  [
    'neighbour.FAILED',
    said(
      'Nobody answered: packets for it are dropped as unreachable.',
      '没有人回答：发往它的分组因不可达被丢弃。',
      'RFC 4861 section 7.3.3; arp(7)',
    ),
  ],
  [
    'neighbour.PERMANENT',
    said('Set by hand: never checked, never forgotten.', '手工设置：不核实，也不遗忘。', 'ip-neighbour(8)'),
  ],
  [
    'neighbour.NOARP',
    said(
      'Needs no question: the device has no neighbours to ask.',
      '不需要询问：该设备没有可问的邻居。',
      'ip-neighbour(8)',
    ),
  ],

  ['lane.running', said('It runs on a core.', '正在一个核上运行。', 'sched(7)')],
  [
    'lane.ready',
    said('It could run, and every core is busy with somebody else.', '可以运行，但所有核都在忙。', 'sched(7)'),
  ],
  [
    'lane.interpreter',
    said(
      'It waits for the interpreter lock: one thread at a time runs Python code, however many cores there are.',
      '等待解释器锁 GIL：不管有多少个核，同一时刻只有一个线程执行 Python 代码。',
      'Python documentation, glossary: global interpreter lock; sys.setswitchinterval',
    ),
  ],
  [
    'lane.lock',
    said(
      'It waits for a lock, a condition or another thread’s end; the table says for which, and who holds it.',
      '等待锁、条件变量或另一个线程结束；表中写明等的是什么、由谁持有。',
      'pthread_mutex_lock(3), pthread_cond_wait(3), futex(2)',
    ),
  ],
  ['lane.sleep', said('It sleeps for a time that it chose itself.', '按自己选定的时间睡眠。', 'nanosleep(2)')],
  [
    'lane.io',
    said(
      'It waits in a call for data, a connection, a child or a signal.',
      '在系统调用里等待数据、连接、子进程或信号。',
      'poll(2), read(2), wait(2)',
    ),
  ],
  [
    'lane.zombie',
    said(
      'Its process has ended, and its parent has not waited for it yet: no thread runs any more, and only the number and the exit status are kept.',
      '进程已经结束，父进程还没有用 wait 回收它：不再有线程运行，只保留着进程号和退出状态。',
      'wait(2), notes',
    ),
  ],

  [
    'curve.cwnd',
    said(
      'Congestion window: so many segments may be unacknowledged on the way; so many are, says the filled part. Thin: the slow start threshold, above which it grows slowly.',
      '拥塞窗口 cwnd：允许多少个报文段在途未确认；填色部分是实际在途的。细线是慢启动门限 ssthresh，超过它就缓慢增长。',
      'RFC 5681 section 3.1; RFC 9438',
    ),
  ],
  [
    'curve.rtt',
    said(
      'Smoothed round-trip time: each new measurement, a dot, counts an eighth. The retransmission time-out is made of it.',
      '平滑往返时间 SRTT：每个新测量值（图中的点）占八分之一。重传超时 RTO 由它算出。',
      'RFC 6298 section 2',
    ),
  ],
  [
    'curve.goodput',
    said(
      'What reached the receiving program’s side per second: retransmissions and headers do not count. Thin: the throughput, all that the sender put on the wire.',
      '每秒真正到达接收程序一侧的数据：不计重传和头部。细线是吞吐：发送方放上线路的全部字节。',
      'RFC 2647 section 3.17',
    ),
  ],
  [
    'curve.sequence',
    said(
      'Sequence numbers over time: each upright is a segment when it was sent, the stair what was acknowledged when the sender heard of it, the dashed line how far the receiver’s window let it go. The distance between data and stair is what is in flight.',
      '序号随时间的变化：每条竖线是一个报文段发出的时刻，阶梯是发送方得知的确认，虚线是接收窗口允许发到的位置。数据与阶梯之间的距离就是在途的数据。',
      'W. R. Stevens, TCP/IP Illustrated, volume 1, section 16.2; RFC 9293 section 3.8.6',
    ),
  ],
  [
    'curve.queue',
    said(
      'Frames that wait in front of a cable. Each of them delays all behind it; a full queue drops the newest.',
      '在网线前排队的帧数。每一帧都推迟后面的帧；队列满了就丢弃最新到的。',
      'RFC 7567',
    ),
  ],

  [
    'timer.retransmission',
    said(
      'Retransmission timer (RTO): runs while anything is unacknowledged, starts anew with each new acknowledgement; when it expires, the oldest segment is sent again and the time doubles.',
      '重传定时器 RTO：有数据未被确认时运行，每次新的确认都重新计时；到期就重发最早的报文段，并把时间加倍。',
      'RFC 6298 section 5',
    ),
  ],
  [
    'timer.persist',
    said(
      'Zero-window probe: the peer’s window is closed, and its opening may have been lost.',
      '零窗口探测：对端窗口已关闭，窗口重开的通知可能丢了。',
      'RFC 9293 section 3.8.6.1',
    ),
  ],
  [
    'timer.loss-probe',
    said(
      'Tail loss probe: if no acknowledgement comes within about two round trips, the last segment is sent again to provoke one.',
      '尾部丢失探测 TLP：约两个往返时间内没有确认，就重发最后一段来引出确认。',
      'RFC 8985 section 7',
    ),
  ],
  [
    'timer.reordering',
    said(
      'RACK waits a little in case segments only arrived out of order, before it calls them lost.',
      'RACK 在判定丢失之前再等一小段时间，以防只是乱序。',
      'RFC 8985 section 6.2',
    ),
  ],
  [
    'timer.delayed-ack',
    said(
      'Delayed ACK: the acknowledgement waits for data to travel with, or for a second segment; 40 ms at first on Linux.',
      '延迟确认：等着和数据一起发，或等第二个报文段；Linux 上起初为 40 毫秒。',
      'RFC 9293 section 3.8.6.3; RFC 5681 section 4.2',
    ),
  ],
  [
    'timer.sack-compression',
    said(
      'Duplicate ACKs behind a gap are held back and sent as one.',
      '缺口后面的重复 ACK 先攒着，合成一个发出。',
      'net.ipv4.tcp_comp_sack_delay_ns, ip-sysctl',
    ),
  ],
  [
    'timer.keepalive',
    said(
      'Keep-alive: after long silence the peer is asked whether it is still there.',
      '保活：长时间没有动静后询问对端是否还在。',
      'RFC 9293 section 3.8.4; tcp(7)',
    ),
  ],
  [
    'timer.fin-wait-2',
    said(
      'A closed connection without an owner does not wait for the peer’s FIN for ever.',
      '程序已放手的连接不会无限期等待对端的 FIN。',
      'tcp(7): tcp_fin_timeout',
    ),
  ],
  [
    'timer.time-wait',
    said(
      'TIME-WAIT: 60 seconds in which late segments meet nobody new.',
      'TIME-WAIT：60 秒之内迟到的报文段不会落到新连接上。',
      'RFC 9293 section 3.6.1',
    ),
  ],
  [
    'timer.syn-ack',
    said(
      'The SYN-ACK is sent again when no third segment comes.',
      '第三个报文段不来，就重发 SYN-ACK。',
      'RFC 9293 section 3.5; tcp(7): tcp_synack_retries',
    ),
  ],

  [
    'machine.carriers',
    said(
      'Whether something answers at the other end of each card’s cable.',
      '每块网卡的网线另一端是否有设备响应。',
      'ip-link(8)',
    ),
  ],
  [
    'machine.addresses',
    said(
      'The addresses of each card, with the length of their network part.',
      '每块网卡的地址和网络部分的长度。',
      'RFC 4632 section 3.1; ip-address(8)',
    ),
  ],
  [
    'machine.routes',
    said(
      'Where packets go: of the routes that fit, the one with the longest prefix.',
      '分组往哪里走：匹配的路由中前缀最长的那条。',
      'RFC 1812 section 5.2.4.3; ip-route(8)',
    ),
  ],
  [
    'machine.neighbours',
    said(
      'The MAC addresses of those on the same link, and how sure of them it is.',
      '同一链路上各邻居的 MAC 地址，以及有多可靠。',
      'RFC 826; arp(7)',
    ),
  ],
  [
    'machine.connections',
    said(
      'Its TCP connections, each with the state of its own end.',
      '它的 TCP 连接，各自是本端的状态。',
      'RFC 9293 section 3.3.2; ss(8)',
    ),
  ],
  [
    'machine.processes',
    said('Its processes: number, and what they were started with.', '它的进程：进程号和启动命令。', 'ps(1)'),
  ],
]);

export const TERM_IDS: readonly string[] = [...TERMS.keys()];

/** Undefined for what is no term. Kernels write states with and without dashes: both are known. */
export function explainTerm(id: string): Explained | undefined {
  return TERMS.get(id) ?? TERMS.get(id.replaceAll('_', '-'));
}
