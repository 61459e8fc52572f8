/** The listen backlog: a server that never accepts fills its queue; a SYN flood fills the other, with cookies and without. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { callers, door, idle, synFlood } from './programs.ts';

type Context = LabContext<'client' | 'attacker' | 'lazy' | 'open' | 'guarded'>;

const text = (en: string, zh: string) => ({ en, zh });
const MS = 1_000_000;
const LAZY = '10.0.1.3';
const OPEN = '10.0.1.4';
const GUARDED = '10.0.1.5';
const SYN = 'tcp.flags.syn == 1 && tcp.flags.ack == 0';

export default lab({
  id: 'backlog',
  title: text('Listen backlog and SYN flood', '监听队列与 SYN 洪泛'),
  text: text(
    'A server calls listen(n) and never accept: the queue of finished connections takes n + 1. Then an attacker floods two servers with SYNs from addresses that nobody has, which fills the queue of unfinished ones: the first has SYN cookies off, the second on.',
    '服务器调用 listen(n) 却从不 accept：已完成连接的队列能放 n+1 条。然后攻击者用没人使用的源地址向两台服务器发送大量 SYN，填满未完成连接的队列：第一台关闭 SYN cookie，第二台打开。',
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
    flood: {
      default: 200,
      min: 0,
      max: 1000,
      text: text('SYNs of the attacker at each server', '攻击者向每台服务器发多少 SYN'),
    },
    cookies: {
      default: 1,
      choices: [0, 1],
      text: text('net.ipv4.tcp_syncookies of the guarded server', '受保护服务器的 net.ipv4.tcp_syncookies'),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    attacker: host({ eth0: '10.0.1.66/24' }),
    lazy: host({ eth0: '10.0.1.3/24' }),
    // What they answer to the forged addresses goes to the attacker, who drops it.
    open: host({
      eth0: '10.0.1.4/24',
      gateway: '10.0.1.66',
      sysctl: { 'net.ipv4.tcp_syncookies': 0 },
      run: ['door 80 16'],
    }),
    guarded: host({
      eth0: '10.0.1.5/24',
      gateway: '10.0.1.66',
      sysctl: { 'net.ipv4.tcp_syncookies': param('cookies') },
      run: ['door 80 16'],
    }),
    sw: networkSwitch(),
  },
  cables: (['client', 'attacker', 'lazy', 'open', 'guarded'] as const).map((name) =>
    cable(name, 'sw', { rate: '100Mbit', delay: '1ms' }),
  ),
  programs: { callers, door, idle, 'syn-flood': synFlood },
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
    'kept-out': {
      text: text('Flooded without cookies, the server takes no client', '没有 cookie，洪泛中的服务器不接受任何客户端'),
      row: 31,
      clause: 3,
    },
    cookies: {
      text: text('Flooded with cookies, the server takes every client', '有 cookie，洪泛中的服务器接受每个客户端'),
      row: 31,
      clause: 4,
    },
  },
  counterRuns: {
    accepts: {
      set: { server: 'door' },
      flips: ['established', 'retry'],
      text: text('A server that accepts takes everybody.', '会 accept 的服务器接受所有人。'),
    },
    'no-flood': {
      set: { flood: 0 },
      flips: ['kept-out'],
      text: text('Nobody floods.', '没有洪泛。'),
    },
    'no-cookies': {
      set: { cookies: 0 },
      flips: ['cookies'],
      text: text('Both servers without cookies.', '两台服务器都没有 cookie。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    await fill(context);
    await flooded(context, OPEN);
    await flooded(context, GUARDED);
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
      say(text(`The queue is full: packet ${values.packet} is dropped`, `队列已满：丢弃报文 ${values.packet}`));
  });
  say(text(`listen(${n}), and nobody accepts`, `listen(${n})，没人 accept`));
  const serving = lazy.start(`${params.server} 80 ${n}`);
  await sleep('10ms');
  const { stdout } = await client.sh(`callers ${LAZY} 80 ${params.callers} 2500`);
  say(text(`The clients see ${stdout.trim()} connected`, `客户端看到 ${stdout.trim()} 已连接`));
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

async function flooded({ client, attacker, params, seen, say, sleep, check }: Context, address: string): Promise<void> {
  const guarded = address === GUARDED;
  const name = guarded ? text('guarded', '受保护的') : text('open', '未受保护的');
  say(
    text(
      `The attacker sends ${params.flood} SYNs to the ${name.en} server`,
      `攻击者向${name.zh}服务器发送 ${params.flood} 个 SYN`,
    ),
  );
  const attack = attacker.start(`syn-flood ${address} 80 ${params.flood} 10`);
  await sleep('500ms');
  const { stdout, endNs } = await client.sh(`callers ${address} 80 4 800`);
  await attack.wait();
  const answers = seen(`ip.src == ${address} && ip.dst == 198.51.100.0/24`, 'attacker.eth0');
  say({
    en: `${answers.count} SYN+ACKs to nobody; of the honest clients ${stdout.trim()} are connected`,
    zh: `${answers.count} 个 SYN+ACK 发给了没人使用的地址；正常客户端中 ${stdout.trim()} 已连接`,
  });
  const evidence = { atNs: endNs };
  if (guarded) check('cookies', () => ({ met: stdout.trim() === '4 of 4', saw: stdout.trim() }), evidence);
  else check('kept-out', () => ({ met: stdout.trim() === '0 of 4', saw: stdout.trim() }), evidence);
}
