/** Closing a connection: in four segments, in three, by both at once, by RST; and where the border between three and four lies. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { type Transition, transitions } from '../lib/states.ts';
import { answer, call } from './programs.ts';

type Context = LabContext<'client' | 'server'>;

const MS = 1_000_000;
const text = (en: string, zh: string) => ({ en, zh });
const delay = (value: number, en: string, zh: string) => ({ default: value, min: 0, max: 500, text: { en, zh } });

const AT_THE_SERVER = {
  passive: 'ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED',
  both: 'ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT',
} as const;
const AT_THE_CLIENT = {
  active: 'ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT',
  /** A FIN that carries the ACK leaves no time for FIN-WAIT-2. */
  quick: 'ESTABLISHED FIN-WAIT-1 TIME-WAIT',
  both: 'ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT',
} as const;
const ABORTED = 'ESTABLISHED CLOSED';

export default lab({
  id: 'four-way-close',
  title: text('Four-way close', '四次挥手'),
  text: text(
    'A client closes first and the server follows sooner or later; both close at once; the client aborts. Then the server’s delay is swept: below its delayed-ACK timer its ACK and FIN travel together and the close takes three segments, above it four.',
    '客户端先关闭，服务器或快或慢地跟随；双方同时关闭；客户端强行中止。然后扫描服务器的关闭延迟：小于延迟确认定时器时 ACK 与 FIN 合在一起，关闭只需三个报文段；大于时需要四个。',
  ),
  params: {
    late: delay(200, 'A late server closes so many ms after the client', '慢的服务器在客户端之后多少毫秒关闭'),
    soon: delay(5, 'A quick server closes so many ms after the client', '快的服务器在客户端之后多少毫秒关闭'),
    apart: delay(0, 'For the simultaneous close: how many ms the server is later', '同时关闭时服务器晚多少毫秒'),
    abort: { default: true, text: text('The client aborts with SO_LINGER 0', '客户端用 SO_LINGER 0 中止连接') },
    from: delay(0, 'The sweep begins at this delay (ms)', '扫描从这个延迟（毫秒）开始'),
    to: delay(80, 'The sweep ends at this delay (ms)', '扫描到这个延迟（毫秒）为止'),
    step: { default: 2, min: 1, max: 50, text: text('Step of the sweep in ms', '扫描步长（毫秒）') },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    server: host({ eth0: '10.0.1.3/24' }),
  },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '10ms' })],
  programs: { answer, call },
  until: '200s',
  checks: {
    four: {
      text: text('A late server: FIN, ACK, FIN, ACK', '慢的服务器：FIN、ACK、FIN、ACK'),
      row: 27,
      clause: 1,
    },
    three: { text: text('A quick server: FIN, FIN+ACK, ACK', '快的服务器：FIN、FIN+ACK、ACK'), row: 27, clause: 2 },
    simultaneous: {
      text: text(
        'Both at once: FIN crosses FIN, and both sides go through CLOSING',
        '同时关闭：两个 FIN 交错，双方都经过 CLOSING',
      ),
      row: 27,
      clause: 3,
    },
    reset: {
      text: text(
        'An abort: one RST, both sides CLOSED, ECONNRESET at the server',
        '中止：一个 RST，双方 CLOSED，服务器得到 ECONNRESET',
      ),
      row: 27,
      clause: 4,
    },
    'time-wait': {
      text: text('The side that closed first rests 60 s in TIME-WAIT', '先关闭的一方在 TIME-WAIT 停留 60 秒'),
    },
    merged: {
      text: text(
        'Before the delayed-ACK timer the ACK rides on the FIN, after it both go alone',
        '早于延迟确认定时器时 ACK 搭在 FIN 上，晚于它则各自发送',
      ),
      row: 28,
      clause: 1,
    },
    border: {
      text: text('The sweep finds the border at the delayed-ACK timer', '扫描得到的分界就是延迟确认定时器'),
      row: 28,
      clause: 2,
    },
    hundred: {
      text: text(
        'Of 100 connections 34 are closed by four segments, 33 by three, 33 by one',
        '100 条连接：34 条用四个、33 条用三个、33 条用一个报文段断开',
      ),
      row: 29,
      clause: 2,
    },
  },
  counterRuns: {
    'late-is-soon': {
      set: { late: 0 },
      flips: ['four', 'merged', 'hundred'],
      text: text('The late server is not late at all: three segments.', '慢的服务器其实不慢：三个报文段。'),
    },
    'soon-is-late': {
      set: { soon: 100 },
      flips: ['three', 'merged', 'hundred'],
      text: text('The quick server takes 100 ms: four segments.', '快的服务器用了 100 毫秒：四个报文段。'),
    },
    'one-after-the-other': {
      set: { apart: 100 },
      flips: ['simultaneous'],
      text: text('The server closes 100 ms later.', '服务器晚 100 毫秒关闭。'),
    },
    'no-abort': {
      set: { abort: false },
      flips: ['reset', 'hundred'],
      text: text('The client closes in order.', '客户端正常关闭。'),
    },
    'sweep-above': {
      set: { from: 60 },
      flips: ['border'],
      text: text('A sweep that begins above the timer finds no border.', '从定时器之上开始的扫描找不到分界。'),
    },
  },
  async script(context) {
    const states = transitions(context);
    const server = context.server.start('answer 80');
    await context.sleep('100ms');
    const closing = new Closing(context, states);
    const lone = await inOrder(closing);
    await bothAtOnce(closing);
    await aborted(closing, () => server.stdout);
    await sweep(closing, lone);
    await hundred(closing);
    await rest(closing);
    server.kill();
    await server.wait();
  },
});

interface Ended {
  /** From the first FIN or RST on. */
  readonly packets: readonly SeenPacket[];
  readonly client: string;
  readonly server: string;
  /** `FIN ACK`-like names of the segments, one per packet. */
  readonly segments: string;
}

const flagsOf = (p: SeenPacket): string => {
  const names = (['fin', 'reset', 'ack'] as const).filter((name) => p.field(`tcp.flags.${name}`) === true);
  // Every segment of an open connection carries ACK; it is named where it is alone.
  const main = names.filter((name) => name !== 'ack').map((name) => (name === 'reset' ? 'RST' : 'FIN'));
  return main[0] ?? 'ACK';
};

/** Runs calls and takes each connection's ending apart. */
class Closing {
  constructor(
    readonly tools: Context,
    readonly states: readonly Transition[],
  ) {}

  async run(times: number, when: string, theirMs: unknown, ownMs: number, abort = false): Promise<readonly Ended[]> {
    const { client, seen, sleep } = this.tools;
    const [packets, states] = [seen('tcp').count, this.states.length];
    await client.sh(`call 10.0.1.3 80 ${times} ${when} ${theirMs} ${ownMs}${abort ? ' abort' : ''}`);
    await sleep('100ms');
    const streams = new Map<string, SeenPacket[]>();
    for (const p of seen('tcp').packets.slice(packets)) {
      const fromClient = p.card === 'client.eth0';
      const port = String(p.field(fromClient ? 'tcp.srcport' : 'tcp.dstport'));
      streams.set(port, [...(streams.get(port) ?? []), p]);
    }
    const changes = this.states.slice(states);
    return [...streams].map(([port, all]) => ended(port, all, changes));
  }

  tell(en: string, zh: string, end: Ended): void {
    this.tools.say({ en: `${en}: ${end.segments}`, zh: `${zh}：${end.segments}` });
    this.tools.say({ en: `  client: ${end.client}`, zh: `  客户端：${end.client}` });
    this.tools.say({ en: `  server: ${end.server}`, zh: `  服务器：${end.server}` });
  }

  judge(id: string, end: Ended, segments: string, client: string, server: string, more = true): void {
    const met = more && end.segments === segments && end.client === client && end.server === server;
    const saw = `${end.segments}; client ${end.client}; server ${end.server}`;
    this.tools.check(id, () => ({ met, saw }), end.packets[0]);
  }
}

function ended(port: string, all: readonly SeenPacket[], changes: readonly Transition[]): Ended {
  const first = all.findIndex((p) => flagsOf(p) !== 'ACK');
  const packets = first < 0 ? [] : all.slice(first);
  const path = (name: string): string => {
    const own = changes.filter((c) => c.host === name && (name === 'client' ? c.local : c.peer).endsWith(`:${port}`));
    const from = own.findIndex((c) => c.to === 'ESTABLISHED');
    // States in which it stayed: those left in the instant of their entry are steps of one segment's processing.
    const stayed = own.slice(from).filter((c, i, all) => c.atNs !== all[i + 1]?.atNs);
    return stayed.map((c) => c.to).join(' ');
  };
  return { packets, client: path('client'), server: path('server'), segments: packets.map(flagsOf).join(' ') };
}

/** Four and three segments; answers how long the server's lone ACK waited after the FIN. */
async function inOrder(closing: Closing): Promise<number> {
  const { params, check } = closing.tools;
  const [late] = await closing.run(1, 'after', params.late, 100);
  closing.tell(
    `The server closes ${params.late} ms after the client`,
    `服务器在客户端之后 ${params.late} 毫秒关闭`,
    late!,
  );
  closing.judge('four', late!, 'FIN ACK FIN ACK', AT_THE_CLIENT.active, AT_THE_SERVER.passive);
  const [soon] = await closing.run(1, 'after', params.soon, 100);
  closing.tell(
    `The server closes ${params.soon} ms after the client`,
    `服务器在客户端之后 ${params.soon} 毫秒关闭`,
    soon!,
  );
  closing.judge('three', soon!, 'FIN FIN ACK', AT_THE_CLIENT.quick, AT_THE_SERVER.passive);
  check(
    'merged',
    () => ({
      met: late!.packets.length === 4 && soon!.packets.length === 3,
      saw: `${soon!.packets.length} segments at ${params.soon} ms, ${late!.packets.length} at ${params.late} ms`,
    }),
    soon!.packets[1],
  );
  return late!.packets.length === 4 ? late!.packets[1]!.atNs - late!.packets[0]!.atNs : -1;
}

async function bothAtOnce(closing: Closing): Promise<void> {
  const { params } = closing.tools;
  // The caller's line takes 10 ms to the server, so the caller waits that much longer.
  const [end] = await closing.run(1, 'now', 90 + Number(params.apart), 100);
  closing.tell('Both close at once', '双方同时关闭', end!);
  closing.judge('simultaneous', end!, 'FIN FIN ACK ACK', AT_THE_CLIENT.both, AT_THE_SERVER.both);
}

async function aborted(closing: Closing, printed: () => string): Promise<void> {
  const [end] = await closing.run(1, 'after', 0, 100, closing.tools.params.abort === true);
  closing.tell('The client aborts', '客户端中止连接', end!);
  const told = printed().trim().split('\n').at(-1) ?? '';
  closing.tools.say({ en: `  the server’s recv: ${told}`, zh: `  服务器的 recv：${told}` });
  closing.judge('reset', end!, 'RST', ABORTED, ABORTED, told.includes('Connection reset by peer'));
}

/** One close per delay. `loneNs`: from the client's FIN to the server's lone ACK, which is one way over the cable and the timer. */
async function sweep(closing: Closing, loneNs: number): Promise<void> {
  const { params, check, say } = closing.tools;
  const counts: { readonly delayMs: number; readonly segments: number }[] = [];
  for (let ms = Number(params.from); ms <= Number(params.to); ms += Number(params.step)) {
    const [end] = await closing.run(1, 'after', ms, 100);
    counts.push({ delayMs: ms, segments: end!.packets.length });
  }
  const timerMs = (loneNs - 10 * MS) / MS;
  const below = counts.filter(({ segments }) => segments === 3).map(({ delayMs }) => delayMs);
  const above = counts.filter(({ segments }) => segments === 4).map(({ delayMs }) => delayMs);
  const [lastThree, firstFour] = [below.at(-1), above[0]];
  say({
    en: `Sweep: three segments up to ${lastThree} ms, four from ${firstFour} ms; the lone ACK waited ${timerMs} ms`,
    zh: `扫描：到 ${lastThree} 毫秒为三段，从 ${firstFour} 毫秒起为四段；单独的 ACK 等了 ${timerMs} 毫秒`,
  });
  check('border', () => {
    if (lastThree === undefined || firstFour === undefined)
      return { met: false, saw: `no border: three ${below.join(' ')}, four ${above.join(' ')}` };
    // The timer runs from the FIN's arrival, the program's delay from its wake a moment later.
    const met = lastThree < firstFour && lastThree <= timerMs && timerMs <= firstFour + 1;
    return { met, saw: `three up to ${lastThree} ms, four from ${firstFour} ms, timer ${timerMs} ms` };
  });
}

async function hundred(closing: Closing): Promise<void> {
  const { params, check, say } = closing.tools;
  const ends = [
    ...(await closing.run(34, 'after', params.late, 50)),
    ...(await closing.run(33, 'after', params.soon, 50)),
    ...(await closing.run(33, 'after', 0, 50, params.abort === true)),
  ];
  const [four, three, one] = [4, 3, 1].map((n) => ends.filter(({ packets }) => packets.length === n).length);
  say({
    en: `Of ${ends.length} connections ${four} were closed by four segments, ${three} by three, ${one} by one`,
    zh: `${ends.length} 条连接中 ${four} 条用四个、${three} 条用三个、${one} 条用一个报文段断开`,
  });
  check('hundred', () => ({ met: four === 34 && three === 33 && one === 33, saw: `${four}, ${three} and ${one}` }));
}

/** TIME-WAIT of the first connection. */
async function rest({ tools: { sleep, check }, states }: Closing): Promise<void> {
  await sleep('62s');
  const entered = states.find((c) => c.host === 'client' && c.to === 'TIME-WAIT');
  const left = states.find((c) => c.from === 'TIME-WAIT' && c.local === entered?.local && c.host === 'client');
  check('time-wait', () => {
    const seconds = entered && left ? (left.atNs - entered.atNs) / 1e9 : -1;
    return { met: seconds > 59.9 && seconds < 61, saw: `${seconds} s` };
  });
}
