/** The listen backlog: a server that never accepts fills its queue of finished connections. */
import { cable, host, lab, networkSwitch } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { callers, door, idle } from '../lib/callers.ts';

type Context = LabContext<'client' | 'lazy'>;

const text = (en: string, zh: string) => ({ en, zh });
const MS = 1_000_000;
const LAZY = '10.0.1.3';
const SYN = 'tcp.flags.syn == 1 && tcp.flags.ack == 0';

export default lab({
  id: 'backlog',
  title: text('Listen backlog', '监听队列 backlog'),
  text: text(
    'A server calls listen(n) and never accepts: the queue of finished connections takes n + 1. Whoever comes later sends its SYN again and again.',
    '服务器调用 listen(n) 却从不 accept：已完成连接的队列能放 n+1 条。后来的客户端只能不断重传 SYN。',
  ),
  params: {
    backlog: { default: 3, min: 0, max: 16, text: text('n of listen(n)', 'listen(n) 的 n') },
    callers: { default: 8, min: 1, max: 32, text: text('How many clients call at once', '同时有多少客户端连接') },
    server: {
      default: 'idle',
      choices: ['idle', 'door'],
      text: text(
        'What the first server runs: idle never accepts, door does',
        '第一台服务器运行什么：idle 从不 accept，door 会',
      ),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    lazy: host({ eth0: '10.0.1.3/24' }),
    sw: networkSwitch(),
  },
  cables: (['client', 'lazy'] as const).map((name) => cable(name, 'sw', { rate: '100Mbit', delay: '1ms' })),
  programs: { callers, door, idle },
  until: '300s',
  checks: {
    established: {
      text: text('n + 1 clients are connected, no more', '恰好 n+1 个客户端建立连接'),
      row: 31,
      clause: 1,
    },
    retry: {
      text: text('Each of the others sends its SYN again, a second later', '其余每个客户端一秒后重传 SYN'),
      row: 31,
      clause: 2,
    },
  },
  counterRuns: {
    accepts: {
      set: { server: 'door' },
      flips: ['established', 'retry'],
      text: text('A server that accepts takes everybody.', '会 accept 的服务器接受所有人。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    await fill(context);
  },
});

/** SYNs of the client to an address, by connection. */
function knocks(packets: readonly SeenPacket[]): Map<unknown, SeenPacket[]> {
  const byPort = new Map<unknown, SeenPacket[]>();
  for (const p of packets) {
    const port = p.field('tcp.srcport');
    const known = byPort.get(port);
    if (known === undefined) byPort.set(port, [p]);
    else known.push(p);
  }
  return byPort;
}

async function fill({ client, lazy, params, on, seen, say, sleep, check }: Context): Promise<void> {
  const n = Number(params.backlog);
  let established = 0;
  on('tcp.state', ({ host: where, values }) => {
    if (where !== 'lazy' || values.to !== 'ESTABLISHED') return;
    established++;
    say(
      text(
        `The server has ${established} connections, port ${values.peer}`,
        `服务器已有 ${established} 条连接，端口 ${values.peer}`,
      ),
    );
  });
  let dropped = 0;
  on('tcp.drop', ({ host: where, values }) => {
    if (where === 'lazy' && values.reason === 'tcp-backlog-full' && ++dropped <= 4)
      say(text(`The queue is full: packet ${values.packet} is dropped`, `队列已满：丢弃分组 ${values.packet}`));
  });
  say(text(`listen(${n}), and nobody accepts`, `listen(${n})，没人 accept`));
  const serving = lazy.start(`${params.server} 80 ${n}`);
  await sleep('10ms');
  const { stdout } = await client.sh(`callers ${LAZY} 80 ${params.callers} 2500`);
  const [standing, called] = stdout.trim().split(' of ');
  say(text(`The clients see ${standing} of ${called} connected`, `${called} 个客户端中 ${standing} 个看到已连接`));
  const byPort = knocks(seen(`${SYN} && ip.dst == ${LAZY}`, 'client.eth0').packets);
  const wanted = Math.min(n + 1, Number(params.callers));
  check('established', () => ({
    met: established === wanted && stdout.startsWith(`${wanted} of`),
    saw: `${established} at the server, the clients say ${stdout.trim()}`,
  }));
  const again = [...byPort.values()].filter((syns) => syns.length > 1);
  const late = again.map((syns) => syns[1]!.atNs - syns[0]!.atNs);
  check(
    'retry',
    () => ({
      met:
        again.length === byPort.size - wanted &&
        again.length > 0 &&
        late.every((ns) => Math.abs(ns - 1000 * MS) < 10 * MS),
      saw: `${again.length} of ${byPort.size} clients repeat their SYN`,
    }),
    again[0]?.[1],
  );
  serving.kill();
  await serving.wait();
  await sleep('1s');
}
