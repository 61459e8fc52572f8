/**
 * One sentence for every event, with the values that led to it, and the rule behind it. What is shown is text; nothing here decides anything about a run.
 */
import { parseMac } from '@netarium/core/base/address.ts';
import type { Text } from '@netarium/core/check/lab.ts';
import type { EventCatalogue, EventKind, Value } from '@netarium/core/record/catalogue.ts';
import { formatDuration } from '@netarium/core/time/instant.ts';
import { SSTHRESH_INFINITE } from '@netarium/core/transport/tcp/constants.ts';
import type { Language } from '../language.ts';
import { viewerMessages } from '../messages/viewer.ts';
import { DROP_REASONS, type Explained } from './drop-reasons.ts';
import {
  CONGESTION_STATES,
  clauseOf,
  NEIGHBOUR_REASONS,
  POWER_REASONS,
  RETRANSMIT_REASONS,
  TCP_STATE_REASONS,
} from './reasons.ts';

type Explainers = { readonly [K in EventKind]: (values: EventCatalogue[K]) => Explained };

const said = (en: string, zh: string, rule = ''): Explained => ({ text: { en, zh }, rule });

/** A drop: where, and why. */
function dropped(reason: string, detail: string | undefined, en: string, zh: string): Explained {
  const known = (DROP_REASONS as Readonly<Record<string, Explained>>)[reason];
  const more = detail === undefined ? '' : ` (${detail})`;
  const text: Text = known?.text ?? { en: reason, zh: reason };
  return said(`${en}: ${text.en}${more}`, `${zh}：${text.zh}${more}`, known?.rule ?? '');
}

/** A timer's name as the rest of the page has it. */
function timerText(timer: string): Text {
  const name = (language: Language): string => {
    const { timerNames } = viewerMessages(language);
    return Object.hasOwn(timerNames, timer) ? timerNames[timer]! : timer;
  };
  return { en: name('en'), zh: name('zh') };
}

const onOff = (on: boolean, yes: string, no: string): string => (on ? yes : no);

/** What of a cable changed, of which direction where it is one only, and for a fault whether it is over. */
const CABLE_CHANGE = /^(\w+)( aToB| bToA)?( lifted)?$/;

function cableChanged({ cable, what, value }: EventCatalogue['cable.change']): Explained {
  const [, changed = what, way = '', lifted] = CABLE_CHANGE.exec(what) ?? [];
  const [en, zh] = [`Cable ${cable}${way}`, `网线 ${cable}${way}`];
  const to = String(value);
  switch (changed) {
    case 'plugged':
      return value === true
        ? said(`${en} is plugged in.`, `${zh} 被插上。`)
        : said(`${en} is unplugged.`, `${zh} 被拔下。`);
    case 'fault':
      return lifted === undefined
        ? said(`${en}: a fault begins: ${to}.`, `${zh}：故障出现：${to}。`)
        : said(`${en}: a fault ends: ${to}.`, `${zh}：故障解除：${to}。`);
    case 'rate':
      return value === 'unlimited'
        ? said(`${en}: the rate is unlimited now.`, `${zh}：速率不再受限。`)
        : said(`${en}: the rate is ${to} bit/s now.`, `${zh}：速率变为 ${to} bit/s。`);
    case 'delayNs': {
      const delay = formatDuration(Number(value));
      return said(`${en}: the delay is ${delay} now.`, `${zh}：时延变为 ${delay}。`);
    }
    default:
      return said(`${en}: ${changed} is ${to} now.`, `${zh}：${changed} 变为 ${to}。`);
  }
}

const EXPLAINERS: Explainers = {
  'frame.drop': ({ card, packet, reason, detail }) =>
    dropped(reason, detail, `Frame of packet ${packet} dropped at ${card}`, `分组 ${packet} 的帧在 ${card} 被丢弃`),
  'frame.corrupt': ({ card, packet, byte }) =>
    said(
      `A bit of byte ${byte} of packet ${packet} changed behind ${card}.`,
      `分组 ${packet} 在 ${card} 之后第 ${byte} 字节有比特被改变。`,
    ),
  'frame.duplicate': ({ card, packet }) =>
    said(
      `The cable behind ${card} made a copy of packet ${packet}.`,
      `${card} 之后的网线把分组 ${packet} 复制了一份。`,
    ),
  'frame.reorder': ({ card, packet, byNs }) =>
    said(
      `The cable behind ${card} held packet ${packet} back by ${formatDuration(byNs)}: later ones overtake it.`,
      `${card} 之后的网线把分组 ${packet} 推迟了 ${formatDuration(byNs)}：后来的会超过它。`,
    ),
  'link.carrier': ({ card, up }) =>
    said(`${card} ${onOff(up, 'has', 'lost its')} carrier.`, `${card} ${onOff(up, '有了', '失去了')}载波。`),
  'link.admin': ({ card, up }) =>
    said(`${card} was switched ${onOff(up, 'on', 'off')}.`, `${card} 被${onOff(up, '启用', '关闭')}。`, 'ip-link(8)'),
  'link.collision': ({ card, attempt, backoffNs }) =>
    said(
      `Collision number ${attempt} at ${card}: it waits ${formatDuration(backoffNs)}, drawn from a range that doubles each time.`,
      `${card} 第 ${attempt} 次冲突：等待 ${formatDuration(backoffNs)}，随机范围每次加倍（截断二进制指数退避）。`,
      'IEEE 802.3 clause 4.2.3.2.5',
    ),
  'cable.change': cableChanged,
  'switch.learn': ({ port, mac }) =>
    said(
      `The switch learns that ${mac} is behind ${port}.`,
      `交换机学到 ${mac} 在 ${port} 后面。`,
      'IEEE 802.1D clause 7.8',
    ),
  'switch.move': ({ port, mac, from }) =>
    said(`${mac} moved from ${from} to ${port}.`, `${mac} 从 ${from} 移到 ${port}。`, 'IEEE 802.1D clause 7.8'),
  'switch.age': ({ port, mac }) =>
    said(
      `The switch forgets ${mac} at ${port}: not heard for too long.`,
      `交换机忘记 ${port} 上的 ${mac}：太久没有收到它的帧。`,
      'IEEE 802.1D clause 7.9.2',
    ),
  'switch.flood': ({ port, mac }) =>
    parseMac(mac)?.isGroup === true
      ? said(
          `A frame to ${mac} is for more than one: the switch sends it, as it came from ${port}, out of all other ports.`,
          `发往 ${mac} 的帧不只给一台机器：交换机把从 ${port} 来的帧发往其他所有端口（泛洪）。`,
          'IEEE 802.1D clause 7.7',
        )
      : said(
          `The switch does not know where ${mac} is and sends the frame from ${port} out of all other ports.`,
          `交换机不知道 ${mac} 在哪里，把从 ${port} 来的帧发往其他所有端口（泛洪）。`,
          'IEEE 802.1D clause 7.7',
        ),
  'neighbour.state': ({ address, from, to, mac, reason }) => {
    const why = clauseOf(NEIGHBOUR_REASONS, reason);
    return said(
      `Neighbour ${address}${mac === '' ? '' : ` (${mac})`} goes from ${from} to ${to}: ${why.en}.`,
      `邻居 ${address}${mac === '' ? ' ' : `（${mac}）`}从 ${from} 变为 ${to}：${why.zh}。`,
      'RFC 4861 section 7.3.2; arp(7)',
    );
  },
  'address.change': ({ card, address, added }) =>
    said(
      `${card} ${onOff(added, 'gets', 'loses')} the address ${address}.`,
      `${card} ${onOff(added, '得到', '失去')}地址 ${address}。`,
      'ip-address(8)',
    ),
  'route.change': ({ destination, gateway, card, added }) =>
    said(
      `Route to ${destination}${gateway === '' ? '' : ` via ${gateway}`} by ${card} ${onOff(added, 'added', 'removed')}.`,
      `${onOff(added, '增加', '删除')}到 ${destination} 的路由${gateway === '' ? '' : `，下一跳 ${gateway}`}，出口 ${card}。`,
      'ip-route(8)',
    ),
  'ip.drop': ({ src, dst, reason, detail }) =>
    dropped(reason, detail, `Datagram ${src} → ${dst} dropped`, `数据报 ${src} → ${dst} 被丢弃`),
  'ip.fragment': ({ packet, pieces, mtu }) =>
    said(
      `Packet ${packet} is cut into ${pieces} fragments for an MTU of ${mtu}.`,
      `分组 ${packet} 按 MTU ${mtu} 切成 ${pieces} 片。`,
      'RFC 791 section 2.3',
    ),
  'ip.reassembled': ({ pieces, length }) =>
    said(
      `${pieces} fragments are a datagram of ${length} bytes again.`,
      `${pieces} 个分片重新组成 ${length} 字节的数据报。`,
      'RFC 791 section 3.2',
    ),
  'ip.pmtu': ({ dst, mtu, from }) =>
    said(
      `The path to ${dst} carries ${mtu} bytes at most (${from} before).`,
      `到 ${dst} 的路径 MTU 是 ${mtu}（此前 ${from}）。`,
      'RFC 1191 section 3',
    ),
  'icmp.send': ({ type, code, to }) =>
    said(
      `An ICMP message of type ${type}, code ${code} goes to ${to}.`,
      `向 ${to} 发送类型 ${type}、代码 ${code} 的 ICMP 报文。`,
      'RFC 792',
    ),
  'tcp.state': ({ local, peer, from, to, reason }) => {
    const why = clauseOf(TCP_STATE_REASONS, reason);
    // Who listens has no peer.
    const [en, zh] = peer === '0.0.0.0:0' ? ['', ' '] : [` (peer ${peer})`, `（对端 ${peer}）`];
    return said(
      `${local}${en} goes from ${from} to ${to}: ${why.en}.`,
      `${local}${zh}从 ${from} 变为 ${to}：${why.zh}。`,
      'RFC 9293 section 3.3.2',
    );
  },
  'tcp.retransmit': ({ packet, seq, length, reason, rtoNs }) => {
    const why = clauseOf(RETRANSMIT_REASONS, reason);
    // A SYN, a FIN, or a probe of a closed window.
    const what =
      length === 0
        ? { en: `The segment without data with sequence number ${seq} is`, zh: `序号为 ${seq}、不带数据的报文段` }
        : { en: `Bytes ${seq} to ${seq + length} are`, zh: `序号 ${seq} 到 ${seq + length} 的字节` };
    return said(
      `${what.en} sent again as packet ${packet}: ${why.en}; the retransmission time-out is ${formatDuration(rtoNs)}.`,
      `${what.zh}作为分组 ${packet} 重传：${why.zh}；重传超时 RTO 为 ${formatDuration(rtoNs)}。`,
      'RFC 6298 section 5; RFC 5681 section 3.2; RFC 8985',
    );
  },
  'tcp.timer': ({ timer, backoff, nextNs }) => {
    const name = timerText(timer);
    return said(
      `A timer rang${backoff > 0 ? ` (${backoff + 1} times in a row)` : ''}: ${name.en}; next after ${formatDuration(nextNs)}.`,
      `定时器到期${backoff > 0 ? `（第 ${backoff + 1} 次）` : ''}：${name.zh}；下一次在 ${formatDuration(nextNs)} 之后。`,
      'RFC 6298 section 5.5',
    );
  },
  'tcp.recovery': ({ what, cwnd, ssthresh, flight }) => {
    const found = ssthresh < SSTHRESH_INFINITE;
    const state = clauseOf(CONGESTION_STATES, what);
    return said(
      `${state.en}: congestion window ${cwnd}, ${found ? `threshold ${ssthresh}` : 'no threshold yet'}, ${flight} segments in flight.`,
      `${state.zh}：拥塞窗口 cwnd ${cwnd}，${found ? `门限 ssthresh ${ssthresh}` : '还没有门限 ssthresh'}，在途 ${flight} 段。`,
      'RFC 5681 section 3.2; RFC 6675; RFC 6937',
    );
  },
  'tcp.drop': ({ seq, reason, detail }) =>
    dropped(reason, detail, `Segment with sequence number ${seq} dropped`, `序号 ${seq} 的报文段被丢弃`),
  'udp.drop': ({ port, reason }) =>
    dropped(reason, undefined, `Datagram for port ${port} dropped`, `发往端口 ${port} 的数据报被丢弃`),
  'process.start': ({ pid, parent, argv }) =>
    said(
      `Process ${pid} starts, child of ${parent}: ${argv}`,
      `进程 ${pid} 启动，父进程 ${parent}：${argv}`,
      'fork(2), posix_spawn(3)',
    ),
  'process.exec': ({ pid, argv }) =>
    said(`Process ${pid} runs another program: ${argv}`, `进程 ${pid} 换成另一个程序：${argv}`, 'execve(2)'),
  'process.exit': ({ pid, name, code, signal }) =>
    signal === ''
      ? said(
          `Process ${pid} (${name}) ends with code ${code}.`,
          `进程 ${pid}（${name}）结束，退出码 ${code}。`,
          'exit(3)',
        )
      : said(
          `Process ${pid} (${name}) is ended by ${signal}.`,
          `进程 ${pid}（${name}）被信号 ${signal} 终止。`,
          'signal(7)',
        ),
  'thread.start': ({ pid, tid }) =>
    said(`Thread ${tid} of process ${pid} starts.`, `进程 ${pid} 的线程 ${tid} 启动。`, 'pthread_create(3)'),
  'thread.exit': ({ pid, tid }) =>
    said(`Thread ${tid} of process ${pid} ends.`, `进程 ${pid} 的线程 ${tid} 结束。`, 'pthread_exit(3)'),
  'thread.deadlock': ({ circle }) =>
    said(
      `Deadlock: each waits for the next, and none has a time limit: ${circle}.`,
      `死锁：每个线程都在等下一个，而且都没有超时：${circle}。`,
    ),
  'signal.send': ({ pid, signal, from }) =>
    from === 0
      ? said(
          `${signal} for process ${pid}, from no process of this machine.`,
          `${signal} 发给进程 ${pid}，不是本机的进程发的。`,
          'signal(7); sigaction(2), si_pid',
        )
      : said(
          `${signal} for process ${pid}, from process ${from}.`,
          `${signal} 发给进程 ${pid}，来自进程 ${from}。`,
          'signal(7)',
        ),
  'host.power': ({ up, reason }) => {
    const why = clauseOf(POWER_REASONS, reason);
    return said(
      `The machine is ${onOff(up, 'on', 'off')}: ${why.en}.`,
      `机器${onOff(up, '开机', '断电')}：${why.zh}。`,
    );
  },
  input: ({ text }) => said(`Typed: ${text}`, `输入：${text}`),
  note: ({ text }) => said(text, text),
};

/** A kind that this version does not know shows its values as they are. */
export function explain(kind: string, values: Readonly<Record<string, Value>>): Explained {
  if (Object.hasOwn(EXPLAINERS, kind)) return EXPLAINERS[kind as EventKind](values as never);
  const list = Object.entries(values)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
  return said(`${kind}: ${list}`, `${kind}：${list}`);
}
