/** Congestion control: the window of one flow alone; two flows that share a bottleneck; a UDP flow that takes what it wants. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { flood, sink, source, tally } from '../lib/transfer.ts';

type Context = LabContext<'ann' | 'bob' | 'eve' | 'gate' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const MS = 1_000_000;
const SECOND = 1000 * MS;
const BOTTLENECK_BITS = 5_000_000;
const DATAGRAM = 1400;

export default lab({
  id: 'congestion',
  title: text('Congestion control', '拥塞控制'),
  text: text(
    'Behind a router lies a bottleneck of 5 Mbit/s with a short queue. One TCP flow fills it: slow start, a loss, fast recovery, congestion avoidance. Then two flows share it, and then a UDP flow that knows no congestion joins them.',
    '路由器后面是一条 5 Mbit/s、队列很短的瓶颈。一条 TCP 流填满它：慢启动、丢包、快速恢复、拥塞避免。然后两条流分享它，最后加入一条不理会拥塞的 UDP 流。',
  ),
  params: {
    algorithm: {
      default: 'reno',
      choices: ['reno', 'cubic'],
      text: text('net.ipv4.tcp_congestion_control of the senders', '发送方的 net.ipv4.tcp_congestion_control'),
    },
    bytes: {
      default: 1_500_000,
      min: 1000,
      max: 6_000_000,
      text: text('Bytes of the flow alone', '单独一条流的字节数'),
    },
    queue: { default: 25, min: 4, max: 1000, text: text('Packets that the bottleneck queues', '瓶颈队列的报文数') },
    far: { default: '2ms', text: text('Delay between the second sender and the router', '第二个发送方到路由器的时延') },
    udp: {
      default: 6_000_000,
      min: 100_000,
      max: 20_000_000,
      text: text('Rate of the UDP flow (bit/s)', 'UDP 流的速率（bit/s）'),
    },
  },
  machines: {
    ann: host({
      eth0: '10.0.1.2/24',
      gateway: '10.0.1.1',
      sysctl: { 'net.ipv4.tcp_congestion_control': param('algorithm') },
    }),
    bob: host({
      eth0: '10.0.2.2/24',
      gateway: '10.0.2.1',
      sysctl: { 'net.ipv4.tcp_congestion_control': param('algorithm') },
    }),
    eve: host({ eth0: '10.0.3.2/24', gateway: '10.0.3.1' }),
    gate: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24', eth2: '10.0.3.1/24', eth3: '10.0.9.1/24' }),
    server: host({ eth0: '10.0.9.2/24', gateway: '10.0.9.1', run: ['sink 7001', 'sink 7002'] }),
  },
  cables: [
    cable('ann.eth0', 'gate.eth0', { rate: '100Mbit', delay: '1ms', jitter: '4ms' }),
    cable('bob.eth0', 'gate.eth1', { rate: '100Mbit', delay: param('far'), jitter: '4ms' }),
    cable('eve.eth0', 'gate.eth2', { rate: '100Mbit', delay: '1ms' }),
    cable('gate.eth3', 'server.eth0', { name: 'bottleneck', rate: '5Mbit', delay: '20ms', queue: param('queue') }),
  ],
  programs: { flood, sink, source, tally },
  until: '300s',
  checks: {
    'slow-start': {
      text: text('From round trip to round trip the window doubles', '每个往返窗口翻倍'),
      row: 35,
      clause: 1,
    },
    avoidance: {
      text: text('After the loss it grows by about one segment per round trip', '丢包之后每个往返约增一个报文段'),
      row: 35,
      clause: 2,
    },
    recovery: {
      text: text('A loss halves it by fast recovery; no timeout', '丢包经快速恢复使窗口减半，没有超时'),
      row: 35,
      clause: 3,
    },
    fair: {
      text: text('Of two flows each gets at least a quarter of the bottleneck', '两条流各得到至少四分之一的瓶颈'),
      row: 35,
      clause: 4,
    },
    starved: {
      text: text('Beside the UDP flow both together get less than a tenth', '与 UDP 流并存时两条流合计不到十分之一'),
      row: 35,
      clause: 5,
    },
  },
  counterRuns: {
    'little-data': {
      set: { bytes: 10_000 },
      flips: ['slow-start', 'avoidance', 'recovery'],
      text: text('What fits into the first window needs no control.', '装进初始窗口的数据不需要控制。'),
    },
    'far-away': {
      set: { far: '150ms' },
      flips: ['fair'],
      text: text('The flow with the longer round trip gets less.', '往返时间更长的流得到的少。'),
    },
    'slow-udp': {
      set: { udp: 1_000_000 },
      flips: ['starved'],
      text: text('A UDP flow of a fifth of the bottleneck leaves room.', '只占瓶颈五分之一的 UDP 流留有余地。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    await alone(context);
    const rate = arrivals(context);
    await together(context, rate);
    await starve(context, rate);
  },
});

/** One flow, its window drawn as it changes. */
async function alone(context: Context): Promise<void> {
  const { ann, params, on, say, sleep } = context;
  say(text(`Ann sends ${params.bytes} bytes, alone`, `Ann 单独发送 ${params.bytes} 字节`));
  const curve = plot(context);
  on('tcp.cwnd', ({ host: where, at, values }) => {
    if (where === 'ann' && !curve.ended) curve.point(at, values.cwnd);
  });
  await ann.sh(`source 10.0.9.2 7001 ${params.bytes}`);
  await sleep('2s');
  curve.ended = true;
  judgeWindow(context);
}

/** Tells the window five times a second and at each turn of the algorithm. */
function plot({ on, say }: Context): { ended: boolean; point(at: number, cwnd: number): void } {
  let next = 0;
  let told = 0;
  const curve = {
    ended: false,
    point(at: number, cwnd: number): void {
      if (at < next || told++ >= 10) return;
      next = at + 200 * MS;
      say(text(`cwnd ${cwnd} ${'#'.repeat(Math.min(cwnd, 80))}`, `cwnd ${cwnd} ${'#'.repeat(Math.min(cwnd, 80))}`));
    },
  };
  on('tcp.recovery', ({ host: where, values: { what, cwnd, ssthresh } }) => {
    if (where === 'ann' && !curve.ended && told < 20)
      say(text(`${what}: cwnd ${cwnd}, ssthresh ${ssthresh}`, `${what}：cwnd ${cwnd}，ssthresh ${ssthresh}`));
  });
  return curve;
}

interface Round {
  readonly atNs: number;
  /** Data segments sent from one acknowledgement of everything sent before to the next. */
  readonly segments: number;
}

/** Round trips as the capture at the sender shows them: each ends when all that was sent before its beginning is acknowledged. */
function roundTrips(packets: readonly SeenPacket[]): Round[] {
  const rounds: Round[] = [];
  let [next, mark, segments] = [0, 2, 0];
  for (const p of packets) {
    const length = Number(p.field('tcp.len'));
    if (p.direction === 'out' && length > 0) {
      segments++;
      next = Math.max(next, Number(p.field('tcp.seq')) + length);
    } else if (p.direction === 'in' && Number(p.field('tcp.ack')) >= mark) {
      rounds.push({ atNs: p.atNs, segments });
      segments = 0;
      mark = Math.max(next, mark + 1);
    }
  }
  return rounds;
}

function judgeWindow({ seen, events, check }: Context): void {
  const rounds = roundTrips(seen('tcp', 'ann.eth0').packets);
  const turns = events('tcp.recovery').filter(({ host: where }) => where === 'ann');
  const lossAt = turns.find(({ values }) => values.what === 'disorder')?.at ?? Number.POSITIVE_INFINITY;
  const first = rounds.filter(({ atNs }) => atNs < lossAt).slice(0, 4);
  const show = (list: readonly Round[]): string =>
    `${list.map(({ segments }) => segments).join(', ')} segments per round trip`;
  check(
    'slow-start',
    () => {
      const doubles = first.slice(1).every(({ segments }, i) => Math.abs(segments - 2 * first[i]!.segments) <= 2);
      return { met: first.length >= 3 && doubles, saw: show(first) };
    },
    { atNs: first.at(-1)?.atNs ?? 0 },
  );
  const teeth = turns.flatMap(({ at, values }, i) => {
    const end = turns[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    return values.what === 'open' ? [rounds.filter(({ atNs }) => atNs > at && atNs < end).slice(1, -3)] : [];
  });
  const longest = teeth.reduce((most, tooth) => (tooth.length > most.length ? tooth : most), []);
  check(
    'avoidance',
    () => {
      const growth = ((longest.at(-1)?.segments ?? 0) - (longest[0]?.segments ?? 0)) / Math.max(longest.length - 1, 1);
      return { met: longest.length >= 8 && growth > 0.7 && growth < 1.3, saw: `${show(longest)}, ${growth} more each` };
    },
    { atNs: longest[0]?.atNs ?? 0 },
  );
  const loss = turns.findIndex(({ values }) => values.what === 'recovery');
  const [before, after] = [turns[loss], turns[loss + 1]];
  const repeated = events('tcp.retransmit').filter(
    ({ host: where, at }) => where === 'ann' && at >= (before?.at ?? 0) && at <= (after?.at ?? 0),
  );
  const fast = repeated.filter(({ values }) => values.reason === 'fast-retransmit');
  const timeouts = repeated.length - fast.length;
  check(
    'recovery',
    () => {
      const half = (before?.values.cwnd ?? 0) / 2;
      // Reduction stops where the packets in flight fit (RFC 6937), a few below or above the half.
      const halved = after?.values.what === 'open' && Math.abs(after.values.cwnd - half) <= 2 + half / 20;
      return {
        met: halved && fast.length > 0 && timeouts === 0,
        saw: `cwnd ${before?.values.cwnd} before, ${after?.values.cwnd} after, ${fast.length} fast retransmissions, ${timeouts} others`,
      };
    },
    { atNs: fast[0]?.at ?? 0 },
  );
}

/** Payload bits per second that a sender brings to the server within a time. */
type Rate = (address: string, fromNs: number, toNs: number) => number;

/** Counts from now on what arrives, packet by packet. */
function arrivals({ watch }: Context): Rate {
  const seen: { readonly atNs: number; readonly from: unknown; readonly bytes: number }[] = [];
  watch(
    'ip.dst == 10.0.9.2 && (tcp.len > 0 || udp)',
    (p) => {
      const bytes = p.field('tcp.len') ?? Number(p.field('udp.length')) - 8;
      seen.push({ atNs: p.atNs, from: p.field('ip.src'), bytes: Number(bytes) });
    },
    'server.eth0',
  );
  return (address, fromNs, toNs) => {
    const within = seen.filter(({ atNs, from }) => from === address && atNs >= fromNs && atNs < toNs);
    return Math.round((within.reduce((sum, { bytes }) => sum + bytes, 0) * 8 * SECOND) / (toNs - fromNs));
  };
}

async function together(context: Context, rate: Rate): Promise<void> {
  const { ann, bob, say, sleep, until, check } = context;
  // Shorter round trips, shorter teeth: a fair share is found within seconds.
  context.cable('bottleneck').set({ delay: '5ms' });
  say(text('Ann and Bob send at once', 'Ann 和 Bob 同时发送'));
  const both = [ann.start('source 10.0.9.2 7001 4000000'), bob.start('source 10.0.9.2 7002 4000000')];
  const from = context.now + 2 * SECOND;
  await until(() => both.some(({ finished }) => finished), '60s');
  const to = context.now;
  for (const running of both) await running.wait();
  await sleep('5s');
  const [a, b] = [rate('10.0.1.2', from, to), rate('10.0.2.2', from, to)];
  say(text(`Ann ${a} bit/s, Bob ${b} bit/s`, `Ann ${a} bit/s，Bob ${b} bit/s`));
  check('fair', () => ({ met: Math.min(a, b) > BOTTLENECK_BITS / 4, saw: `${a} and ${b} bit/s` }), { atNs: to });
}

async function starve(context: Context, rate: Rate): Promise<void> {
  const { ann, bob, eve, server, params, say, sleep, check } = context;
  const wanted = Number(params.udp);
  const both = [ann.start('source 10.0.9.2 7001 600000'), bob.start('source 10.0.9.2 7002 600000')];
  await sleep('500ms');
  say(text(`Eve sends datagrams at ${wanted} bit/s`, `Eve 以 ${wanted} bit/s 发送数据报`));
  const counting = server.start('tally 9 2000');
  const flooding = eve.start(`flood 10.0.9.2 9 ${DATAGRAM} ${Math.ceil((wanted * 3) / (DATAGRAM * 8))} ${wanted}`);
  const from = context.now + SECOND;
  await flooding.wait();
  const to = context.now;
  for (const running of [counting, ...both]) await running.wait();
  await sleep('5s');
  const [a, b] = [rate('10.0.1.2', from, to), rate('10.0.2.2', from, to)];
  const udp = rate('10.0.3.2', from, to);
  say(text(`Ann ${a}, Bob ${b}, Eve ${udp} bit/s`, `Ann ${a}，Bob ${b}，Eve ${udp} bit/s`));
  check(
    'starved',
    () => ({ met: a + b < BOTTLENECK_BITS / 10 && udp > 0, saw: `${a} and ${b} bit/s beside ${udp} bit/s of UDP` }),
    { atNs: to },
  );
}
