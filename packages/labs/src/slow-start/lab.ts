/** Slow start and congestion avoidance: the congestion window of one flow that fills a bottleneck alone. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { SSTHRESH_INFINITE } from '@netarium/core/transport/tcp/constants.ts';
import { sink, source } from '../lib/transfer.ts';

type Context = LabContext<'ann' | 'gate' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const MS = 1_000_000;

export default lab({
  id: 'slow-start',
  title: text('Slow start and congestion avoidance', '慢启动与拥塞避免'),
  text: text(
    'Behind a router lies a bottleneck of 5 Mbit/s with a short queue, and one TCP flow fills it. Slow start doubles its window with every round trip until the queue overflows; fast recovery halves it; congestion avoidance adds a segment per round trip until the next loss. See the teeth with `netarium plot slow-start cwnd`.',
    '路由器后面是一条 5 Mbit/s、队列很短的瓶颈，一条 TCP 流填满它。慢启动让窗口每个往返翻倍，直到队列溢出；快恢复把窗口减半；拥塞避免每个往返增加一段，直到下一次丢包。用 `netarium plot slow-start cwnd` 看锯齿。',
  ),
  params: {
    algorithm: {
      default: 'reno',
      choices: ['reno', 'cubic'],
      text: text('net.ipv4.tcp_congestion_control of the sender', '发送方的 net.ipv4.tcp_congestion_control'),
    },
    bytes: {
      default: 1_500_000,
      min: 1000,
      max: 6_000_000,
      text: text('Bytes of the flow', '这条流的字节数'),
    },
    queue: { default: 25, min: 4, max: 1000, text: text('Packets that the bottleneck queues', '瓶颈队列的分组数') },
  },
  machines: {
    ann: host({
      eth0: '10.0.1.2/24',
      gateway: '10.0.1.1',
      sysctl: { 'net.ipv4.tcp_congestion_control': param('algorithm') },
    }),
    gate: router({ eth0: '10.0.1.1/24', eth1: '10.0.9.1/24' }),
    server: host({ eth0: '10.0.9.2/24', gateway: '10.0.9.1', run: ['sink 7001'] }),
  },
  cables: [
    cable('ann.eth0', 'gate.eth0', { rate: '100Mbit', delay: '1ms', jitter: '4ms' }),
    cable('gate.eth1', 'server.eth0', { name: 'bottleneck', rate: '5Mbit', delay: '20ms', queue: param('queue') }),
  ],
  programs: { sink, source },
  until: '120s',
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
      text: text('A loss halves it by fast recovery; no timeout', '丢包经快恢复使窗口减半，没有超时'),
      row: 35,
      clause: 3,
    },
  },
  counterRuns: {
    'little-data': {
      set: { bytes: 10_000 },
      flips: ['slow-start', 'avoidance', 'recovery'],
      text: text('What fits into the first window needs no control.', '装进初始窗口的数据不需要控制。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    await alone(context);
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
    const known = Number(ssthresh) < SSTHRESH_INFINITE;
    const [en, zh] = known ? [`, ssthresh ${ssthresh}`, `，ssthresh ${ssthresh}`] : ['', ''];
    if (where === 'ann' && !curve.ended && told < 20)
      say(text(`${what}: cwnd ${cwnd}${en}`, `${what}：cwnd ${cwnd}${zh}`));
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
