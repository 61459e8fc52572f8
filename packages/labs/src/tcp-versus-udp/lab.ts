/** TCP and UDP side by side: one table, each cell measured. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { flood, tally } from '../lib/transfer.ts';
import { gather, pour } from './programs.ts';

type Context = LabContext<'left' | 'right'>;
type Protocol = 'tcp' | 'udp';

const text = (en: string, zh: string) => ({ en, zh });
const SECOND = 1_000_000_000;
const BLOCK = 1000;
const ROUND_NS = 20_000_000;
const UDP_RATE = 5_000_000;
/** Paths by number: the good cable, the bad one, the narrow one. */
const [GOOD, BAD, NARROW] = [1, 2, 3];
const cell = (clause: number, en: string, zh: string) => ({ text: text(en, zh), row: 39, clause });
const chance = (value: string, en: string, zh: string) => ({ default: value, text: text(en, zh) });

export default lab({
  id: 'tcp-versus-udp',
  title: text('TCP and UDP compared', 'TCP 与 UDP 对比'),
  text: text(
    'The same numbered blocks go by TCP and by UDP over three paths: a good cable, one that loses and reorders, and a narrow one behind a router. Every cell of the table is measured from packets or from what the receiver got.',
    '同样的编号数据块分别用 TCP 和 UDP 通过三条路径：好线缆、会丢包乱序的线缆、路由器后面的窄线缆。表中每一格都由分组或接收方的结果测得。',
  ),
  params: {
    loss: chance('5%', 'Lost frames of the bad cable', '坏线缆的丢帧率'),
    reorder: chance('10%', 'Frames of the bad cable that arrive late', '坏线缆上迟到的帧'),
    narrow: chance('2Mbit', 'Rate of the narrow cable', '窄线缆的速率'),
    second: {
      default: 'udp',
      choices: ['udp', 'tcp'],
      text: text('What TCP is compared with on the good cable', '在好线缆上与 TCP 对比的协议'),
    },
  },
  machines: {
    left: host({ eth0: '10.0.1.2/24', eth1: '10.0.2.2/24', eth2: '10.0.3.2/24', routes: ['10.0.4.0/24 via 10.0.3.1'] }),
    right: host({
      eth0: '10.0.1.3/24',
      eth1: '10.0.2.3/24',
      eth2: '10.0.4.3/24',
      routes: ['10.0.3.0/24 via 10.0.4.1'],
    }),
    gate: router({ eth0: '10.0.3.1/24', eth1: '10.0.4.1/24' }),
  },
  cables: [
    cable('left.eth0', 'right.eth0', { name: 'good', rate: '10Mbit', delay: '10ms' }),
    cable('left.eth1', 'right.eth1', {
      name: 'bad',
      rate: '10Mbit',
      delay: '10ms',
      loss: param('loss'),
      reorder: param('reorder'),
      reorderBy: '5ms',
    }),
    cable('left.eth2', 'gate.eth0', { rate: '100Mbit', delay: '1ms' }),
    cable('gate.eth1', 'right.eth2', { name: 'narrow', rate: param('narrow'), delay: '10ms', queue: 20 }),
  ],
  programs: { flood, gather, pour, tally },
  until: '200s',
  checks: {
    header: cell(1, 'TCP’s header takes 20 to 60 bytes, UDP’s always 8', 'TCP 首部 20 到 60 字节，UDP 总是 8 字节'),
    setup: cell(2, 'Data leaves after one round trip with TCP, at once with UDP', 'TCP 一个往返后才发数据，UDP 立即发'),
    delivered: cell(3, 'TCP delivers 100 %, UDP what the cable left', 'TCP 交付 100%，UDP 只交付没丢的部分'),
    order: cell(4, 'TCP delivers in order, UDP as it comes', 'TCP 按序交付，UDP 按到达顺序交付'),
    goodput: cell(5, 'Over the bad cable UDP carries more per second than TCP', '坏线缆上 UDP 每秒送达的比 TCP 多'),
    congestion: cell(
      6,
      'On the narrow cable TCP slows down to its rate, UDP sends as before',
      '窄线缆上 TCP 降到线缆速率，UDP 照发不误',
    ),
  },
  counterRuns: {
    'tcp-twice': {
      set: { second: 'tcp' },
      flips: ['header', 'setup'],
      text: text('TCP compared with TCP.', 'TCP 与 TCP 对比。'),
    },
    'good-cable': {
      set: { loss: '0%', reorder: '0%' },
      flips: ['delivered', 'order', 'goodput'],
      text: text(
        'Over a good cable UDP delivers all, in order, and TCP is as fast.',
        '好线缆上 UDP 全部按序交付，TCP 也一样快。',
      ),
    },
    'wide-cable': {
      set: { narrow: '20Mbit' },
      flips: ['congestion'],
      text: text('Where there is room neither has to slow down.', '有余地时两者都不必减速。'),
    },
  },
  async script(context) {
    const { params, say } = context;
    await context.sleep('100ms');
    const second = params.second as Protocol;
    const good = [await run(context, 'tcp', GOOD, 20), await run(context, second, GOOD, 20)] as const;
    const bad = [await run(context, 'tcp', BAD, 600), await run(context, 'udp', BAD, 600)] as const;
    const narrow = [await run(context, 'tcp', NARROW, 600), await run(context, 'udp', NARROW, 600)] as const;
    judgeGood(context, ...good);
    judgeBad(context, ...bad);
    judgeNarrow(context, ...narrow);
    for (const [index, name] of [text('TCP', 'TCP'), text(second.toUpperCase(), second.toUpperCase())].entries()) {
      const [g, b, n] = [good[index]!, bad[index]!, narrow[index]!];
      say({
        en: `${name.en}: header ${headers(g)} bytes, set-up ${g.setupNs / ROUND_NS} RTT, delivered ${percent(b)} %, ${b.late} out of order, goodput ${b.goodput} bit/s, under congestion sends ${n.sendRate} bit/s`,
        zh: `${name.zh}：首部 ${headers(g)} 字节，建立 ${g.setupNs / ROUND_NS} 个往返，交付 ${percent(b)}%，乱序 ${b.late} 个，有效吞吐 ${b.goodput} bit/s，拥塞时发送 ${n.sendRate} bit/s`,
      });
    }
  },
});

interface Measured {
  readonly sent: number;
  readonly count: number;
  readonly late: number;
  readonly setupNs: number;
  /** Header bytes that occurred. */
  readonly headers: ReadonlySet<number>;
  /** Payload bits per second, from the first packet to the last delivery. */
  readonly goodput: number;
  /** Bits per second of payload that left the sender's card. */
  readonly sendRate: number;
  readonly first: SeenPacket | undefined;
}

const percent = ({ sent, count }: Measured): number => Math.round((count * 1000) / sent) / 10;
const headers = (m: Measured): string => [...m.headers].join(' or ');
const length = (p: SeenPacket): number => Number(p.field('tcp.len') ?? Number(p.field('udp.length')) - 8);

/** So many blocks by one protocol over one cable. */
async function run(context: Context, protocol: Protocol, path: number, count: number): Promise<Measured> {
  const { left, right, now, seen, say, sleep } = context;
  const [address, card] = [path === NARROW ? '10.0.4.3' : `10.0.${path}.3`, `eth${path - 1}`];
  await left.sh(`ping -c 1 -W 1 ${address}`);
  const receiving = right.start(protocol === 'tcp' ? `gather 7000 ${BLOCK}` : 'tally 7000 1000');
  await sleep('10ms');
  const before = context.now;
  const rate = protocol === 'tcp' ? '' : UDP_RATE;
  await left.sh(`${protocol === 'tcp' ? 'pour' : 'flood'} ${address} 7000 ${BLOCK} ${count} ${rate}`);
  const { stdout } = await receiving.wait();
  await sleep('1s');
  const since = (where: string) => seen(`${protocol}`, where).packets.filter((p) => p.atNs >= before);
  const out = since(`left.${card}`).filter((p) => p.direction === 'out');
  const data = out.filter((p) => length(p) > 0);
  const arrived = since(`right.${card}`).filter((p) => p.direction === 'in' && length(p) > 0);
  const [arrivals, late] = stdout.trim().split(' ').map(Number);
  const spanNs = Math.max((arrived.at(-1)?.atNs ?? 0) - (out[0]?.atNs ?? 0), 1);
  const sendNs = Math.max((data.at(-1)?.atNs ?? 0) - (data[0]?.atNs ?? 0), 1);
  const bits = data.reduce((sum, p) => sum + length(p) * 8, 0);
  say(
    text(
      `${protocol} to ${address}: ${arrivals} of ${count} blocks`,
      `${protocol} 到 ${address}：${count} 块中收到 ${arrivals} 块`,
    ),
  );
  return {
    sent: count,
    count: arrivals!,
    late: late!,
    setupNs: (data[0]?.atNs ?? now) - (out[0]?.atNs ?? now),
    headers: new Set(out.map((p) => headerBytes(p, protocol))),
    goodput: Math.round((arrivals! * BLOCK * 8 * SECOND) / spanNs),
    sendRate: Math.round((bits * SECOND) / sendNs),
    first: out[0],
  };
}

function headerBytes(p: SeenPacket, protocol: Protocol): number {
  const layer = p.layers.find((candidate) => candidate.protocol === protocol);
  if (layer === undefined) return 0;
  return protocol === 'tcp' ? Number(p.field('tcp.hdr_len')) : layer.end - layer.start;
}

function judgeGood({ check }: Context, tcp: Measured, udp: Measured): void {
  check(
    'header',
    () => ({
      met: [...tcp.headers].every((bytes) => bytes >= 20 && bytes <= 60) && headers(udp) === '8',
      saw: `${headers(tcp)} and ${headers(udp)} bytes`,
    }),
    udp.first,
  );
  check(
    'setup',
    () => ({
      met: tcp.setupNs >= ROUND_NS && tcp.setupNs < 1.2 * ROUND_NS && udp.setupNs === 0,
      saw: `${tcp.setupNs} ns and ${udp.setupNs} ns`,
    }),
    udp.first,
  );
}

function judgeBad({ check }: Context, tcp: Measured, udp: Measured): void {
  check('delivered', () => ({
    met: tcp.count === tcp.sent && udp.count < udp.sent && udp.count > 0,
    saw: `${percent(tcp)} % and ${percent(udp)} %`,
  }));
  check('order', () => ({ met: tcp.late === 0 && udp.late > 0, saw: `${tcp.late} and ${udp.late} out of order` }));
  check('goodput', () => ({ met: udp.goodput > tcp.goodput, saw: `${tcp.goodput} and ${udp.goodput} bit/s` }));
}

/** The narrow cable carries 2 Mbit/s: TCP sends no more than that (and what the queue takes at first), UDP what it likes. */
function judgeNarrow({ check, params }: Context, tcp: Measured, udp: Measured): void {
  const capacity = Number.parseFloat(String(params.narrow)) * 1_000_000;
  check('congestion', () => ({
    met: tcp.sendRate < capacity * 1.25 && udp.sendRate > capacity * 2,
    saw: `${tcp.sendRate} and ${udp.sendRate} bit/s on a cable of ${capacity}`,
  }));
}
