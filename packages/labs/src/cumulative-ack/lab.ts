/** Cumulative acknowledgement: one lost segment, the duplicate ACKs that it makes, the jump that follows; then three lost, with SACK and without. */
import { cable, host, lab, param } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { sink, source } from '../lib/transfer.ts';

type Context = LabContext<'sender' | 'plain' | 'selective'>;

const text = (en: string, zh: string) => ({ en, zh });
const BYTES = 120_000;
const MS = 1_000_000;
/** A round trip over the cables: twice 10 ms, and what the frames wait. */
const ROUND_NS = 20 * MS;
/** The value of tcp.flags with ACK alone. */
const ACK_ONLY = 0x010;
const PLAIN = { address: '10.0.1.3', card: 'sender.eth0', cable: 'plain-cable' };
const SELECTIVE = { address: '10.0.2.3', card: 'sender.eth1', cable: 'selective-cable' };
type Path = typeof PLAIN;

export default lab({
  id: 'cumulative-ack',
  title: text('Cumulative acknowledgement and SACK', '累积确认与 SACK'),
  text: text(
    'A sender has two receivers: one without selective acknowledgement, one with it. One segment is lost on the way to each, then three. An acknowledgement names the next byte that is missing, whatever came after it; SACK names the rest.',
    '发送方有两个接收方：一个不用选择确认，一个使用。先各丢一个报文段，再各丢三个。确认号总是下一个缺失的字节，不管后面到了什么；SACK 说明其余到达的部分。',
  ),
  params: {
    lost: {
      default: 20,
      min: 0,
      max: 60,
      text: text('Which data segment is lost (0: none)', '丢失第几个数据段（0：不丢）'),
    },
    more: {
      default: 3,
      min: 1,
      max: 8,
      text: text('How many are lost in the second transfer, every other one', '第二次传输隔一个丢几个'),
    },
    sack: {
      default: 1,
      choices: [0, 1],
      text: text('net.ipv4.tcp_sack of the second receiver', '第二个接收方的 net.ipv4.tcp_sack'),
    },
  },
  machines: {
    sender: host({ eth0: '10.0.1.2/24', eth1: '10.0.2.2/24' }),
    plain: host({ eth0: '10.0.1.3/24', sysctl: { 'net.ipv4.tcp_sack': 0 }, run: ['sink 7000'] }),
    selective: host({ eth0: '10.0.2.3/24', sysctl: { 'net.ipv4.tcp_sack': param('sack') }, run: ['sink 7000'] }),
  },
  cables: [
    cable('sender.eth0', 'plain.eth0', { name: PLAIN.cable, rate: '10Mbit', delay: '10ms' }),
    cable('sender.eth1', 'selective.eth0', { name: SELECTIVE.cable, rate: '10Mbit', delay: '10ms' }),
  ],
  programs: { sink, source },
  checks: {
    duplicates: {
      text: text(
        'Every segment after the lost one is answered by the same acknowledgement number again',
        '丢失之后到达的每个报文段都得到同一个确认号',
      ),
      row: 33,
      clause: 1,
    },
    jump: {
      text: text(
        'The repeated segment fills the gap, and one acknowledgement jumps over all that waited behind it',
        '重传的报文段填上缺口，一个确认越过后面等待的全部数据',
      ),
      row: 33,
      clause: 2,
    },
    blocks: {
      text: text(
        'With SACK the duplicate ACKs name the ranges that came; without it they name none',
        '有 SACK 时重复确认说明已到达的区间；没有时不说明',
      ),
      row: 33,
      clause: 3,
    },
    rounds: {
      text: text(
        'Several gaps: with SACK all are repaired within two round trips, without it one per round trip',
        '多个缺口：有 SACK 时两个往返内全部修复；没有时每个往返修一个',
      ),
      row: 33,
      clause: 4,
    },
  },
  counterRuns: {
    'nothing-lost': {
      set: { lost: 0 },
      flips: ['duplicates', 'jump', 'blocks', 'rounds'],
      text: text('Nothing is lost: each acknowledgement is a new one.', '什么都不丢：每个确认都是新的。'),
    },
    'no-sack': {
      set: { sack: 0 },
      flips: ['blocks', 'rounds'],
      text: text('Neither receiver uses SACK.', '两个接收方都不用 SACK。'),
    },
  },
  async script(context) {
    const { params, say } = context;
    const [first, count] = [Number(params.lost), Number(params.more)];
    await context.sleep('100ms');
    say(text('One segment is lost, no SACK', '丢一个报文段，无 SACK'));
    const one = await transfer(context, PLAIN, first, 1, true);
    say(text('The same with SACK', '同样，有 SACK'));
    const named = await transfer(context, SELECTIVE, first, 1, true);
    judgeOne(context, one, named);
    say(text(`${count} segments are lost, no SACK`, `丢 ${count} 个报文段，无 SACK`));
    const slow = await transfer(context, PLAIN, first, count, false);
    say(text('The same with SACK', '同样，有 SACK'));
    const fast = await transfer(context, SELECTIVE, first, count, false);
    judgeRounds(context, slow, fast);
  },
});

interface Transfer {
  readonly packets: readonly SeenPacket[];
  readonly acks: readonly SeenPacket[];
  readonly repeats: readonly SeenPacket[];
}

/** One transfer that loses data segments `first`, `first + 2` and so on; the answer is the capture at the sender's card. */
async function transfer(context: Context, path: Path, first: number, count: number, aloud: boolean): Promise<Transfer> {
  const { sender, seen, sleep } = context;
  const nth = Array.from({ length: count }, (_, i) => first + 2 * i);
  const matching = `ip.dst == ${path.address} && tcp.len > 0`;
  const lift = first === 0 ? undefined : context.cable(path.cable).fault({ drop: { nth, matching } }, 'forward');
  const before = seen('tcp', path.card).count;
  const stop = aloud ? tell(context, path) : () => {};
  await sender.sh(`source ${path.address} 7000 ${BYTES}`);
  await sleep('1s');
  stop();
  lift?.();
  const packets = seen('tcp', path.card).packets.slice(before);
  const acks = packets.filter((p) => p.direction === 'in' && Number(p.field('tcp.flags')) === ACK_ONLY);
  return { packets, acks, repeats: repeated(packets) };
}

/** Data segments that begin below what was sent before. */
function repeated(packets: readonly SeenPacket[]): SeenPacket[] {
  let highest = 0;
  return packets.filter((p) => {
    const [seq, length] = [Number(p.field('tcp.seq')), Number(p.field('tcp.len'))];
    if (p.direction !== 'out' || length === 0) return false;
    const old = seq < highest;
    highest = Math.max(highest, seq + length);
    return old;
  });
}

const range = (p: SeenPacket): string => {
  const edges = [p.fields('tcp.options.sack_le'), p.fields('tcp.options.sack_re')];
  return edges[0]!.map((left, i) => `${left}-${edges[1]![i]}`).join(' ');
};

function tell({ on, watch, say }: Context, path: Path): () => void {
  let [telling, told, last] = [true, 0, -1];
  on('frame.drop', ({ values }) => {
    if (telling && values.reason === 'lost')
      say(text(`The cable loses packet ${values.packet}`, `线缆丢失分组 ${values.packet}`));
  });
  watch(
    `ip.src == ${path.address} && tcp.analysis.duplicate_ack`,
    (p) => {
      if (!telling || told++ >= 4) return;
      const blocks = range(p);
      last = Number(p.field('tcp.ack'));
      say({
        en: `Duplicate ACK ${last}${blocks && `, SACK ${blocks}`}`,
        zh: `重复确认 ${last}${blocks && `，SACK ${blocks}`}`,
      });
    },
    path.card,
  );
  on('tcp.retransmit', ({ values }) => {
    if (telling)
      say(
        text(
          `The sender repeats ${values.length} bytes: ${values.reason}`,
          `发送方重传 ${values.length} 字节：${values.reason}`,
        ),
      );
  });
  watch(
    `ip.src == ${path.address} && tcp.flags.ack == 1`,
    (p) => {
      const ack = Number(p.field('tcp.ack'));
      if (!telling || last < 0 || ack <= last) return;
      say(text(`The ACK jumps from ${last} to ${ack}`, `确认号从 ${last} 跳到 ${ack}`));
      last = -1;
    },
    path.card,
  );
  return () => {
    telling = false;
  };
}

const ackOf = (p: SeenPacket): number => Number(p.field('tcp.ack'));

/** RFC 5681 section 2: the same number and the same window; another window is an update. */
const repeatsAck = (p: SeenPacket, before: SeenPacket): boolean =>
  ackOf(p) === ackOf(before) && p.field('tcp.window_size') === before.field('tcp.window_size');

function judgeOne({ check }: Context, plain: Transfer, selective: Transfer): void {
  const duplicates = plain.acks.filter((p, i) => i > 0 && repeatsAck(p, plain.acks[i - 1]!));
  const stuck = duplicates[0] === undefined ? -1 : ackOf(duplicates[0]);
  check(
    'duplicates',
    () => ({
      met: duplicates.length >= 3 && duplicates.every((p) => ackOf(p) === stuck),
      saw: `${duplicates.length} duplicate ACKs of ${[...new Set(duplicates.map(ackOf))].join(', ') || 'nothing'}`,
    }),
    duplicates[0],
  );
  const next = plain.acks.find((p) => ackOf(p) > stuck && stuck > 0 && p.atNs > duplicates[0]!.atNs);
  const jump = next === undefined ? 0 : ackOf(next) - stuck;
  const mss = Number(plain.repeats[0]?.field('tcp.len') ?? 0);
  check(
    'jump',
    () => ({
      met: plain.repeats.length === 1 && jump >= 4 * mss && ackOf(plain.repeats[0]!) > 0,
      saw: `${plain.repeats.length} segments sent again, the acknowledgement went on by ${jump} bytes`,
    }),
    next,
  );
  const named = selective.acks.filter((p) => p.fields('tcp.options.sack_le').length > 0);
  const unnamed = plain.acks.filter((p) => p.fields('tcp.options.sack_le').length > 0);
  check(
    'blocks',
    () => ({
      met: named.length >= 3 && unnamed.length === 0,
      saw: `${named.length} with SACK, ${unnamed.length} without`,
    }),
    named[0],
  );
}

/** How long the gaps took: from the first segment sent again to the last. */
function spanNs({ repeats }: Transfer): number {
  return (repeats.at(-1)?.atNs ?? 0) - (repeats[0]?.atNs ?? 0);
}

function judgeRounds({ params, check, say }: Context, plain: Transfer, selective: Transfer): void {
  const [slow, fast] = [spanNs(plain), spanNs(selective)];
  say({
    en: `${plain.repeats.length} repetitions within ${slow / MS} ms without SACK, ${selective.repeats.length} within ${fast / MS} ms with it`,
    zh: `无 SACK：${plain.repeats.length} 次重传历时 ${slow / MS} 毫秒；有 SACK：${selective.repeats.length} 次历时 ${fast / MS} 毫秒`,
  });
  const count = Number(params.more);
  check(
    'rounds',
    () => ({
      met: selective.repeats.length >= count && slow >= (count - 1) * ROUND_NS && fast <= 2 * ROUND_NS && fast < slow,
      saw: `${slow / MS} ms without SACK, ${fast / MS} ms with it`,
    }),
    selective.repeats[0],
  );
}
