/** Nagle's algorithm and the delayed ACK: each waits for the other, 40 ms long, with every request. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { asker, oracle } from './programs.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const MS = 1_000_000;
const SERVER = '10.0.1.3';
const REQUESTS = 20;
const ROUND_TRIP_MS = 2;
/** Linux's shortest delay of an ACK. */
const DELAYED_ACK_MS = 40;
const WAYS = ['two-writes', 'one-write', 'nodelay'];

export default lab({
  id: 'nagle-and-delayed-ack',
  title: text('Nagle with delayed ACK', 'Nagle 算法与延迟确认'),
  text: text(
    'A client writes each request in two pieces and waits for the answer. The first piece leaves at once; Nagle’s algorithm holds the second back until the first is acknowledged. The server has nothing to say before it has the whole request, so its ACK waits for the delayed-ACK timer. Each request takes 40 ms and a second round trip. Three cures: one write, TCP_NODELAY, TCP_QUICKACK on the other side.',
    '客户端把每个请求分两次写出，然后等待回答。第一块立即发出；Nagle 算法把第二块扣住，直到第一块被确认。服务器没收全请求就无话可说，它的 ACK 要等延迟确认定时器。每个请求多花 40 毫秒和一个往返。三种办法：一次写完、TCP_NODELAY、对方设 TCP_QUICKACK。',
  ),
  params: {
    first: { default: 'two-writes', choices: WAYS, text: text('How the slow client writes', '慢的客户端怎样写') },
    joined: {
      default: 'one-write',
      choices: WAYS,
      text: text('How the client writes that joins its pieces', '合并两块的客户端怎样写'),
    },
    nodelay: {
      default: 'nodelay',
      choices: WAYS,
      text: text('How the client writes that does without Nagle', '不用 Nagle 的客户端怎样写'),
    },
    quick: {
      default: true,
      text: text('Whether the quick server sets TCP_QUICKACK', '快的服务器是否设置 TCP_QUICKACK'),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    server: host({ eth0: '10.0.1.3/24', run: ['oracle 7001'] }),
  },
  cables: [cable('client', 'server', { rate: '100Mbit', delay: '1ms' })],
  programs: { asker, oracle },
  checks: {
    stall: {
      text: text('Two writes: a request takes two round trips and 40 ms', '两次写：一个请求花费两个往返加 40 毫秒'),
      row: 36,
      claim: 'C113',
    },
    cause: {
      text: text(
        'The second piece leaves when the ACK of the first arrives, which waited 40 ms',
        '第二块在第一块的 ACK 到达时发出，而那个 ACK 等了 40 毫秒',
      ),
      row: 36,
    },
    'one-write': {
      text: text('Cure: one write, one segment, one round trip', '办法：一次写，一个报文段，一个往返'),
      row: 36,
    },
    nodelay: {
      text: text('Cure: TCP_NODELAY, two segments, one round trip', '办法：TCP_NODELAY，两个报文段，一个往返'),
      row: 36,
    },
    quickack: {
      text: text(
        'Cure: a server with TCP_QUICKACK; two round trips, since Nagle still waits for one',
        '办法：服务器设 TCP_QUICKACK；两个往返，因为 Nagle 仍要等一个',
      ),
      row: 36,
    },
  },
  counterRuns: {
    joined: {
      set: { first: 'one-write' },
      flips: ['stall', 'cause'],
      text: text('Nothing is small and unacknowledged when the next is written.', '下一次写时没有未确认的小块。'),
    },
    apart: {
      set: { joined: 'two-writes', nodelay: 'two-writes' },
      flips: ['one-write', 'nodelay'],
      text: text('All clients write twice, with Nagle.', '所有客户端都分两次写，且开着 Nagle。'),
    },
    'slow-server': {
      set: { quick: false },
      flips: ['quickack'],
      text: text('The server delays its ACKs, as by default.', '服务器按默认延迟确认。'),
    },
  },
  async script(context) {
    const { server, params, sleep, check } = context;
    await sleep('100ms');
    const slow = await ask(context, 7001, params.first);
    const slowMet = near(slow.medianMs, 2 * ROUND_TRIP_MS + DELAYED_ACK_MS);
    check('stall', () => ({ met: slowMet, saw: `${slow.medianMs} ms` }), slow.segments[1]);
    judgeCause(context, slow);
    const joined = await ask(context, 7001, params.joined);
    check(
      'one-write',
      () => ({ met: near(joined.medianMs, ROUND_TRIP_MS) && joined.segments.length === REQUESTS, saw: shown(joined) }),
      joined.segments[0],
    );
    const nodelay = await ask(context, 7001, params.nodelay);
    check(
      'nodelay',
      () => ({
        met: near(nodelay.medianMs, ROUND_TRIP_MS) && nodelay.segments.length === 2 * REQUESTS,
        saw: shown(nodelay),
      }),
      nodelay.segments[1],
    );
    const quick = server.start(`oracle 7002 ${params.quick === true ? 'quick' : ''}`);
    await sleep('10ms');
    const answered = await ask(context, 7002, 'two-writes');
    check(
      'quickack',
      () => ({ met: near(answered.medianMs, 2 * ROUND_TRIP_MS), saw: shown(answered) }),
      answered.segments[1],
    );
    quick.kill();
    await quick.wait();
  },
});

interface Asked {
  readonly medianMs: number;
  /** Data segments of the client, in order. */
  readonly segments: readonly SeenPacket[];
}

const near = (ms: number, wanted: number): boolean => ms >= wanted && ms < wanted + 1;
const shown = ({ medianMs, segments }: Asked): string => `${medianMs} ms, ${segments.length} segments`;

async function ask({ client, seen, say, sleep }: Context, port: number, way: unknown): Promise<Asked> {
  const filter = `ip.dst == ${SERVER} && tcp.len > 0`;
  const before = seen(filter).count;
  const { stdout } = await client.sh(`asker ${SERVER} ${port} ${REQUESTS} ${way}`);
  await sleep('1s');
  const times = stdout.trim().split('\n').map(Number);
  const medianMs = [...times].sort((a, b) => a - b)[times.length >> 1]! / 1000;
  const segments = seen(filter).packets.slice(before);
  const list = times.slice(0, 6).map((us) => Math.round(us / 100) / 10);
  const quick = port === 7002 ? text(', TCP_QUICKACK at the server', '，服务器设 TCP_QUICKACK') : text('', '');
  say({
    en: `${way}${quick.en}: ${list.join(', ')} ms …; ${segments.length} segments for ${REQUESTS} requests`,
    zh: `${way}${quick.zh}：${list.join('、')} 毫秒……；${REQUESTS} 个请求用了 ${segments.length} 个报文段`,
  });
  return { medianMs, segments };
}

/** The last request: its first piece, the ACK of it as the server sends it, its second piece. */
function judgeCause({ seen, say, check }: Context, { segments }: Asked): void {
  const [head, body] = segments.slice(-2);
  const ack = seen(`ip.src == ${SERVER} && tcp.len == 0 && tcp.flags.fin == 0`, 'client.eth0').packets.findLast(
    ({ atNs }) => atNs <= (body?.atNs ?? 0),
  );
  const arrivedNs = seen(`ip.dst == ${SERVER} && tcp.len > 0`, 'server.eth0').packets[segments.length - 2]?.atNs ?? 0;
  const sentNs = seen(`ip.src == ${SERVER} && tcp.len == 0`, 'server.eth0').packets.find(
    ({ atNs }) => atNs >= arrivedNs,
  )?.atNs;
  const waitedMs = Math.round(((sentNs ?? 0) - arrivedNs) / MS);
  say(
    text(
      `The last request: ${head?.field('tcp.len')} bytes leave at once, their ACK waits ${waitedMs} ms, then ${body?.field('tcp.len')} bytes follow`,
      `最后一个请求：${head?.field('tcp.len')} 字节立即发出，其 ACK 等了 ${waitedMs} 毫秒，然后 ${body?.field('tcp.len')} 字节跟上`,
    ),
  );
  check(
    'cause',
    () => ({
      met: body?.atNs === ack?.atNs && waitedMs === DELAYED_ACK_MS && head?.field('tcp.len') === 20,
      saw: `the ACK waited ${waitedMs} ms`,
    }),
    ack,
  );
}
