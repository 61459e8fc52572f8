/** The three-way handshake: its segments, numbers, states and instants; then each of the three lost once; then a hundred in a row. */
import { cable, host, lab, param } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { type Transition, transitions } from '../lib/states.ts';
import { answer, call } from './programs.ts';

type Context = LabContext<'client' | 'server'>;

const SYN = 'tcp.flags.syn == 1 && tcp.flags.ack == 0';
const SYN_ACK = 'tcp.flags.syn == 1 && tcp.flags.ack == 1';
const ACK = 'ip.src == 10.0.1.2 && tcp.flags.syn == 0 && tcp.flags.ack == 1';
const MS = 1_000_000;
/** One way over the cable: 10 ms, and 74 bytes (66 for the bare ACK) at 100 Mbit/s. */
const SYN_TRIP_NS = 10 * MS + 5920;
const ACK_TRIP_NS = 10 * MS + 5280;
/** How far an instant may be off: the calls' own CPU time. */
const NEAR_NS = 5000;
/** RFC 6298 section 2: the first timeout is one second. */
const FIRST_TIMEOUT_NS = 1000 * MS;

const drop = (en: string, zh: string) => ({ default: 1, min: 0, max: 4, text: { en, zh } });
const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'handshake',
  title: text('Three-way handshake', '三次握手'),
  text: text(
    'A client connects to a server over a cable of 10 ms. One handshake goes undisturbed; then the SYN, the SYN+ACK and the third ACK are lost, each in a connection of its own; then a hundred connections follow each other.',
    '客户端经一条 10 毫秒的线缆连接服务器。先有一次不受干扰的握手；然后 SYN、SYN+ACK、第三个 ACK 各在一条连接里丢失；最后连续建立一百条连接。',
  ),
  params: {
    syn: drop('How many SYNs in a row are lost', '连续丢失几个 SYN'),
    'syn-ack': drop('How many SYN+ACKs in a row are lost', '连续丢失几个 SYN+ACK'),
    ack: { ...drop('Whether the third ACK is lost (1) or not (0)', '第三个 ACK 是否丢失（1 是，0 否）'), max: 1 },
    server: {
      default: 'answer 80',
      choices: ['answer 80', 'sleep 600'],
      text: text(
        'What runs on the server: one that listens, or one that does not',
        '服务器上运行的程序：监听的或不监听的',
      ),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    server: host({ eth0: '10.0.1.3/24', run: [param('server')] }),
  },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '10ms' })],
  programs: { answer, call },
  checks: {
    segments: {
      text: text(
        'SYN seq x; SYN+ACK seq y, ack x+1; ACK seq x+1, ack y+1; each one cable after the other',
        'SYN 序号 x；SYN+ACK 序号 y、确认号 x+1；ACK 序号 x+1、确认号 y+1；前后相隔一次线缆传播',
      ),
      row: 26,
      clause: 1,
    },
    states: {
      text: text(
        'SYN-SENT, SYN-RECEIVED, ESTABLISHED at the client, ESTABLISHED at the server, at the instants of the segments',
        '客户端 SYN-SENT、服务器 SYN-RECEIVED、客户端 ESTABLISHED、服务器 ESTABLISHED，与报文段的时刻一致',
      ),
      row: 26,
      clause: 2,
    },
    'lost-syn': {
      text: text(
        'A lost SYN is sent again after 1 s; until then the client is in SYN-SENT and the server knows nothing',
        '丢失的 SYN 在 1 秒后重传；在此之前客户端处于 SYN-SENT，服务器一无所知',
      ),
      row: 26,
      clause: 3,
    },
    'lost-syn-ack': {
      text: text(
        'A lost SYN+ACK is sent again after 1 s; until then SYN-SENT and SYN-RECEIVED',
        '丢失的 SYN+ACK 在 1 秒后重传；在此之前双方处于 SYN-SENT 和 SYN-RECEIVED',
      ),
      row: 26,
      clause: 4,
    },
    'lost-ack': {
      text: text(
        'After a lost third ACK the client is ESTABLISHED, the server SYN-RECEIVED until the next segment of the client',
        '第三个 ACK 丢失后客户端已 ESTABLISHED，服务器停在 SYN-RECEIVED，直到客户端的下一个报文段',
      ),
      row: 26,
      clause: 5,
    },
    hundred: {
      text: text('Each of 100 connections is set up in three segments', '100 条连接，每条都用三个报文段建立'),
      row: 29,
      clause: 1,
    },
  },
  counterRuns: {
    'nobody-listens': {
      set: { server: 'sleep 600' },
      flips: ['segments', 'states', 'hundred'],
      text: text('Where nobody listens, RST answers the SYN.', '没有程序监听时，SYN 得到 RST。'),
    },
    'syn-arrives': { set: { syn: 0 }, flips: ['lost-syn'], text: text('No SYN is lost.', '不丢 SYN。') },
    'syn-ack-arrives': {
      set: { 'syn-ack': 0 },
      flips: ['lost-syn-ack'],
      text: text('No SYN+ACK is lost.', '不丢 SYN+ACK。'),
    },
    'ack-arrives': { set: { ack: 0 }, flips: ['lost-ack'], text: text('The third ACK arrives.', '第三个 ACK 到达。') },
  },
  async script(context) {
    const { sleep } = context;
    const states = transitions(context);
    const stop = tell(context);
    await sleep('100ms');
    await undisturbed(context, states);
    await lostSyn(context, states);
    await lostSynAck(context, states);
    await lostAck(context, states);
    stop();
    await hundred(context);
  },
});

/** Tells segments and states until the answer is called. */
function tell({ watch, on, say }: Context): () => void {
  let telling = true;
  watch('tcp.flags.syn == 1 || tcp.flags.reset == 1', (p) => {
    if (telling) say({ en: `${where(p)} ${p.info}`, zh: `${where(p)} ${p.info}` });
  });
  on('tcp.state', ({ host: name, values: { from, to } }) => {
    if (telling && (to.startsWith('SYN') || to === 'ESTABLISHED'))
      say({ en: `${name}: ${from} -> ${to}`, zh: `${name}：${from} -> ${to}` });
  });
  return () => {
    telling = false;
  };
}

const where = (p: SeenPacket): string => p.card.slice(0, p.card.indexOf('.'));

/** One connection; the answer holds its packets from its SYN on, and its state changes. */
async function connection(
  { client, seen, sleep }: Context,
  states: readonly Transition[],
  pauseMs: number,
): Promise<{ packets: readonly SeenPacket[]; changes: readonly Transition[] }> {
  const [packetsBefore, statesBefore] = [seen('tcp').count, states.length];
  await client.sh(`call 10.0.1.3 80 1 ${pauseMs}`);
  await sleep('5s');
  return { packets: seen('tcp').packets.slice(packetsBefore), changes: states.slice(statesBefore) };
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= NEAR_NS;
const at = (changes: readonly Transition[], name: string, to: string): number =>
  changes.find((change) => change.host === name && change.to === to)?.atNs ?? -1;
const list = (changes: readonly Transition[]): string =>
  changes.map(({ host: name, to, atNs }) => `${name} ${to} at ${atNs / MS} ms`).join(', ') || 'no state change';

async function undisturbed(context: Context, states: readonly Transition[]): Promise<void> {
  const { check, say } = context;
  say(text('A connection, undisturbed', '一条不受干扰的连接'));
  const { packets, changes } = await connection(context, states, 300);
  const [syn, synAck, ack] = packets;
  const number = (p: SeenPacket | undefined, name: string): number => Number(p?.field(name) ?? -1);
  check(
    'segments',
    () => {
      const [x, y] = [number(syn, 'tcp.seq_raw'), number(synAck, 'tcp.seq_raw')];
      const flags = [syn, synAck, ack].map((p) => number(p, 'tcp.flags')).join(' ');
      const numbers =
        number(synAck, 'tcp.ack_raw') === (x + 1) % 0x1_0000_0000 &&
        number(ack, 'tcp.seq_raw') === (x + 1) % 0x1_0000_0000 &&
        number(ack, 'tcp.ack_raw') === (y + 1) % 0x1_0000_0000;
      const [first, second] = [(synAck?.atNs ?? 0) - (syn?.atNs ?? 0), (ack?.atNs ?? 0) - (synAck?.atNs ?? 0)];
      return {
        // 0x002 SYN, 0x012 SYN+ACK, 0x010 ACK.
        met: flags === '2 18 16' && numbers && near(first, SYN_TRIP_NS) && near(second, SYN_TRIP_NS),
        saw: `flags ${flags}, ${first} ns and ${second} ns apart`,
      };
    },
    ack,
  );
  check('states', () => {
    const order = changes.slice(0, 4).map(({ host: name, to }) => `${name} ${to}`);
    const times = changes.slice(0, 4).map(({ atNs }) => atNs);
    const wanted = ['client SYN-SENT', 'server SYN-RECEIVED', 'client ESTABLISHED', 'server ESTABLISHED'];
    const timed =
      near(times[1]!, synAck?.atNs ?? 0) &&
      near(times[2]!, ack?.atNs ?? 0) &&
      near(times[3]!, (ack?.atNs ?? 0) + ACK_TRIP_NS);
    return { met: order.join() === wanted.join() && timed, saw: list(changes) };
  });
}

/** Loses the first `count` frames that match, during one connection. */
async function losing(
  context: Context,
  states: readonly Transition[],
  matching: string,
  count: number,
  pauseMs: number,
) {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const lift = count === 0 ? undefined : context.cable('client-server').fault({ drop: { nth: numbers, matching } });
  const seen = await connection(context, states, pauseMs);
  lift?.();
  return seen;
}

async function lostSyn(context: Context, states: readonly Transition[]): Promise<void> {
  const { params, check, say } = context;
  say(text('A connection whose SYN is lost', '一条 SYN 丢失的连接'));
  const { packets, changes } = await losing(context, states, SYN, Number(params.syn), 300);
  const syns = packets.filter((p) => p.field('tcp.flags') === 2);
  const gap = (syns[1]?.atNs ?? 0) - (syns[0]?.atNs ?? 0);
  check(
    'lost-syn',
    () => {
      const heard = at(changes, 'server', 'SYN-RECEIVED');
      const arrival = (syns.at(-1)?.atNs ?? 0) + SYN_TRIP_NS;
      const met =
        syns.length > 1 &&
        near(gap, FIRST_TIMEOUT_NS) &&
        near(heard, arrival) &&
        near(at(changes, 'client', 'ESTABLISHED'), arrival + SYN_TRIP_NS);
      return { met, saw: `${syns.length} SYNs; ${list(changes)}` };
    },
    syns[1],
  );
}

async function lostSynAck(context: Context, states: readonly Transition[]): Promise<void> {
  const { params, check, say } = context;
  say(text('A connection whose SYN+ACK is lost', '一条 SYN+ACK 丢失的连接'));
  const { packets, changes } = await losing(context, states, SYN_ACK, Number(params['syn-ack']), 300);
  const answers = packets.filter((p) => p.field('tcp.flags') === 18);
  check(
    'lost-syn-ack',
    () => {
      const gap = (answers[1]?.atNs ?? 0) - (answers[0]?.atNs ?? 0);
      const received = at(changes, 'server', 'SYN-RECEIVED');
      const established = at(changes, 'client', 'ESTABLISHED');
      const met =
        answers.length > 1 &&
        near(gap, FIRST_TIMEOUT_NS) &&
        near(received, answers[0]!.atNs) &&
        established > received + FIRST_TIMEOUT_NS;
      return { met, saw: `${answers.length} SYN+ACKs; ${list(changes)}` };
    },
    answers[1],
  );
}

async function lostAck(context: Context, states: readonly Transition[]): Promise<void> {
  const { params, check, say } = context;
  say(text('A connection whose third ACK is lost', '一条第三个 ACK 丢失的连接'));
  const { packets, changes } = await losing(context, states, ACK, Number(params.ack), 300);
  const [third, next] = packets.filter((p) => p.card === 'client.eth0' && p.field('tcp.flags') !== 2);
  check(
    'lost-ack',
    () => {
      const established = at(changes, 'server', 'ESTABLISHED');
      const met =
        near(at(changes, 'client', 'ESTABLISHED'), third?.atNs ?? -1) &&
        near(established, (next?.atNs ?? -1) + ACK_TRIP_NS);
      return { met, saw: list(changes) };
    },
    next,
  );
}

async function hundred({ client, seen, sleep, check, say }: Context): Promise<void> {
  say(text('A hundred connections, one after the other', '依次建立一百条连接'));
  const before = seen('tcp').count;
  await client.sh('call 10.0.1.3 80 100 100');
  await sleep('1s');
  const counts = new Map<unknown, { count: number; open: boolean }>();
  for (const p of seen('tcp').packets.slice(before)) {
    const stream = p.field('tcp.stream');
    const tally = counts.get(stream) ?? { count: 0, open: true };
    if (p.field('tcp.flags.fin') === true) tally.open = false;
    if (tally.open) tally.count++;
    counts.set(stream, tally);
  }
  const three = [...counts.values()].filter(({ count }) => count === 3).length;
  say(
    text(
      `${three} of ${counts.size} connections took three segments to set up`,
      `${counts.size} 条连接中有 ${three} 条用三个报文段建立`,
    ),
  );
  check('hundred', () => ({
    met: three === 100 && counts.size === 100,
    saw: `${three} of ${counts.size} connections`,
  }));
}
