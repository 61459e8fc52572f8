/** TIME-WAIT: who rests in it, how long, what it keeps busy, what frees it, and what it is good for. */
import { cable, host, lab, nth, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { SpecError } from '@netarium/core/world/topology.ts';
import { type Transition, transitions } from '../lib/states.ts';
import { caller, claim, ghost, station } from './programs.ts';

type Context = LabContext<'client' | 'net' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SECOND = 1_000_000_000;
const SERVER = '10.0.2.2';
/** A port of its own for each scene: TIME-WAIT outlives the scene that made it. */
const PORT = { who: 8001, claim: 8002, many: 8003, lost: 8004, twin: 8005, hazard: 8006 } as const;
const TWIN = 45_000;

export default lab({
  id: 'time-wait',
  title: text('TIME-WAIT', 'TIME-WAIT 状态'),
  text: text(
    'The side that closes first rests in TIME-WAIT for 60 seconds. Meanwhile its pair of addresses and ports is taken: a server cannot bind its port again without SO_REUSEADDR, and a client that calls often runs out of ports until net.ipv4.tcp_tw_reuse lets it take them again. In return a lost last ACK can be repeated, and old duplicates find no new connection to spoil.',
    '先关闭的一方在 TIME-WAIT 停留 60 秒。期间这对地址和端口被占用：服务器不设 SO_REUSEADDR 就不能再次绑定自己的端口，频繁建连的客户端会用完端口，直到 net.ipv4.tcp_tw_reuse 允许重用。换来的是：丢失的最后一个 ACK 可以重发，旧的重复报文段找不到可以破坏的新连接。',
  ),
  params: {
    ending: {
      default: 'close',
      choices: ['close', 'abort'],
      text: text('The first to end its connection closes it, or aborts it', '先结束的一方正常关闭，或强行中止'),
    },
    'fin-timeout': {
      default: 10,
      min: 1,
      max: 600,
      text: text(
        'net.ipv4.tcp_fin_timeout of both (s), which is not TIME-WAIT’s',
        '双方的 net.ipv4.tcp_fin_timeout（秒），与 TIME-WAIT 无关',
      ),
    },
    first: {
      default: 'server',
      choices: ['server', 'client'],
      text: text('Who closes first before the server’s program is started again', '服务器程序重启之前由谁先关闭'),
    },
    reuse: {
      default: 'reuse',
      choices: ['reuse', 'plain'],
      text: text('SO_REUSEADDR at the second attempt', '第二次尝试是否设置 SO_REUSEADDR'),
    },
    ports: {
      default: '40000 40009',
      pattern: /^\d{1,5} \d{1,5}$/,
      text: text('net.ipv4.ip_local_port_range of the busy client', '繁忙客户端的 net.ipv4.ip_local_port_range'),
    },
    'tw-reuse': {
      default: 1,
      choices: [0, 1, 2],
      text: text('net.ipv4.tcp_tw_reuse that helps it', '用来解围的 net.ipv4.tcp_tw_reuse'),
    },
    timestamps: {
      default: 1,
      choices: [0, 1],
      text: text('net.ipv4.tcp_timestamps of the client', '客户端的 net.ipv4.tcp_timestamps'),
    },
    lost: {
      default: 3,
      min: 0,
      max: 100,
      text: text(
        'Which bare ACK of the client is lost (0: none; 3: the last)',
        '丢失客户端的第几个纯 ACK（0：不丢；3：最后一个）',
      ),
    },
    ghost: {
      default: true,
      text: text(
        'An old segment arrives once more, during the next connection',
        '一个旧报文段在下一条连接期间再次到达',
      ),
    },
    rfc1337: {
      default: 0,
      choices: [0, 1],
      text: text('net.ipv4.tcp_rfc1337 of the client', '客户端的 net.ipv4.tcp_rfc1337'),
    },
  },
  machines: {
    client: host({
      eth0: '10.0.1.2/24',
      gateway: '10.0.1.1',
      sysctl: {
        'net.ipv4.tcp_fin_timeout': param('fin-timeout'),
        'net.ipv4.tcp_timestamps': param('timestamps'),
        'net.ipv4.tcp_rfc1337': param('rfc1337'),
      },
    }),
    net: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
    server: host({
      eth0: '10.0.2.2/24',
      gateway: '10.0.2.1',
      sysctl: { 'net.ipv4.tcp_fin_timeout': param('fin-timeout') },
      run: [PORT.who, PORT.many, PORT.lost, PORT.twin, PORT.hazard].map((port) => `station ${port}`),
    }),
  },
  cables: [
    cable('client', 'net.eth0', { rate: '100Mbit', delay: '5ms' }),
    cable('net.eth1', 'server', { rate: '100Mbit', delay: '5ms' }),
  ],
  programs: { caller, claim, ghost, station },
  until: '600s',
  checks: {
    who: {
      text: text(
        'The side that closes first is in TIME-WAIT, the other is not',
        '先关闭的一方处于 TIME-WAIT，另一方不是',
      ),
      row: 27,
      claim: 'C066',
    },
    sixty: {
      text: text(
        'TIME-WAIT lasts 60 s, whatever tcp_fin_timeout says',
        'TIME-WAIT 持续 60 秒，与 tcp_fin_timeout 无关',
      ),
      row: 27,
      claim: 'C067',
    },
    'in-use': {
      text: text(
        'A server started again cannot bind its port: EADDRINUSE',
        '重启的服务器无法绑定自己的端口：EADDRINUSE',
      ),
      row: 41,
    },
    'reuse-address': { text: text('With SO_REUSEADDR it can', '设置 SO_REUSEADDR 后可以'), row: 41 },
    exhausted: {
      text: text(
        'Ten ports carry ten calls a minute; the eleventh connect fails with EADDRNOTAVAIL',
        '十个端口每分钟只够建立十次连接；第十一次 connect 得到 EADDRNOTAVAIL',
      ),
      row: 10,
    },
    'tw-reuse': {
      text: text(
        'With tcp_tw_reuse and timestamps its ports can be used again',
        '打开 tcp_tw_reuse 和时间戳后端口可以再用',
      ),
      row: 10,
    },
    'lost-ack': {
      text: text(
        'The last ACK is lost: the FIN comes again, TIME-WAIT answers it and begins anew',
        '最后一个 ACK 丢失：FIN 重传，TIME-WAIT 回答它并重新计时',
      ),
      row: 27,
    },
    'old-duplicate': {
      text: text(
        'An old segment that arrives in the next connection of the same ports is dropped by its timestamp (PAWS)',
        '旧报文段到达同一对端口的下一条连接，因时间戳被丢弃（PAWS）',
      ),
      row: 32,
    },
    hazard: {
      text: text(
        'An old segment that arrives in TIME-WAIT can end it: its ACK provokes a RST (RFC 1337)',
        '旧报文段到达 TIME-WAIT 可能使其提前结束：它的 ACK 引来 RST（RFC 1337）',
      ),
      row: 27,
    },
  },
  counterRuns: {
    aborts: {
      set: { ending: 'abort' },
      flips: ['who', 'sixty'],
      text: text('A reset leaves nothing behind.', 'RST 不留下任何状态。'),
    },
    'client-first': {
      set: { first: 'client' },
      flips: ['in-use'],
      text: text('The client closed first: the server’s port is free at once.', '客户端先关闭：服务器的端口立即空闲。'),
    },
    'never-reuses': {
      set: { reuse: 'plain' },
      flips: ['reuse-address'],
      text: text('Without SO_REUSEADDR the second attempt fails too.', '不设 SO_REUSEADDR，第二次同样失败。'),
    },
    'many-ports': {
      set: { ports: '32768 60999' },
      flips: ['exhausted'],
      text: text('28,232 ports do for a while.', '28232 个端口够用一阵子。'),
    },
    'no-reuse': {
      set: { 'tw-reuse': 0 },
      flips: ['tw-reuse'],
      text: text(
        'No port is chosen again before its 60 seconds are over; one that a program binds may be.',
        '60 秒之内端口不会再被选用；程序自己绑定的端口仍可再用。',
      ),
    },
    'no-timestamps': {
      set: { timestamps: 0 },
      flips: ['tw-reuse', 'old-duplicate'],
      text: text('Without timestamps nothing would tell old from new: no reuse.', '没有时间戳就无法分辨新旧：不重用。'),
    },
    'ack-arrives': {
      set: { lost: 0 },
      flips: ['lost-ack'],
      text: text('The last ACK arrives.', '最后一个 ACK 到达。'),
    },
    'no-ghost': {
      set: { ghost: false },
      flips: ['old-duplicate', 'hazard'],
      text: text('Nothing old arrives.', '没有旧报文段到达。'),
    },
    'rfc-1337': {
      set: { rfc1337: 1 },
      flips: ['hazard'],
      text: text('net.ipv4.tcp_rfc1337 ignores a RST in TIME-WAIT.', 'net.ipv4.tcp_rfc1337 使 TIME-WAIT 忽略 RST。'),
    },
  },
  async script(context) {
    const states = transitions(context);
    await context.sleep('100ms');
    await who(context, states);
    await claims(context);
    await manyCalls(context);
    await lostAck(context, states);
    await twin(context);
    await hazard(context, states);
  },
});

/** Calls of the client; what it printed, on one line. */
async function calls({ client }: Context, port: number, count: number, rest: string): Promise<string> {
  const { stdout } = await client.sh(`caller ${SERVER} ${port} ${count} ${rest}`);
  return stdout.trim().split('\n').join(', ');
}

/** Where and for how long connections of a port rested in TIME-WAIT. */
function rests(states: readonly Transition[], port: number): { host: string; seconds: number }[] {
  const about = states.filter(({ local, peer }) => local.endsWith(`:${port}`) || peer.endsWith(`:${port}`));
  return about
    .filter(({ to }) => to === 'TIME-WAIT')
    .map((entered) => {
      const left = about.find((c) => c.from === 'TIME-WAIT' && c.host === entered.host && c.atNs > entered.atNs);
      const until = left?.atNs ?? Number.NaN;
      return { host: entered.host, seconds: (until - entered.atNs) / SECOND };
    });
}

async function who(context: Context, states: readonly Transition[]): Promise<void> {
  const { params, client, server, say, sleep, check } = context;
  const found: string[] = [];
  for (const first of ['client', 'server']) {
    const from = states.length;
    await calls(context, PORT.who, 1, `${first} ${params.ending}`);
    await sleep('1s');
    const where = rests(states.slice(from), PORT.who).map((rest) => rest.host);
    found.push(where.join(' and ') || 'nobody');
    say(
      text(
        `The ${first} closes first: in TIME-WAIT is ${found.at(-1)}`,
        `${first} 先关闭：处于 TIME-WAIT 的是 ${found.at(-1)}`,
      ),
    );
  }
  for (const control of [client, server]) {
    const line = (await control.sh('ss -tan state time-wait')).stdout.trim().split('\n').at(-1) ?? '';
    say(text(`ss on ${control.name}: ${line}`, `${control.name} 上的 ss：${line}`));
  }
  check('who', () => ({ met: found.join() === 'client,server', saw: found.join(', then ') }));
  await sleep('62s');
  const lasted = rests(states, PORT.who).map(({ seconds }) => seconds);
  for (const seconds of lasted) say(text(`TIME-WAIT lasted ${seconds} s`, `TIME-WAIT 持续了 ${seconds} 秒`));
  check('sixty', () => ({
    met: lasted.length === 2 && lasted.every((seconds) => seconds >= 60 && seconds < 61),
    saw: lasted.length === 0 ? 'no TIME-WAIT' : `${lasted.join(' and ')} s`,
  }));
}

/** The server's program ends and is started again at once. */
async function claims(context: Context): Promise<void> {
  const { server, params, say, sleep, check } = context;
  const serving = server.start(`station ${PORT.claim}`);
  await sleep('10ms');
  await calls(context, PORT.claim, 1, `${params.first} close`);
  await sleep('1s');
  serving.kill();
  await serving.wait();
  const plain = await server.sh(`claim ${PORT.claim}`);
  const again = await server.sh(`claim ${PORT.claim} ${params.reuse}`);
  const [first, second] = [plain.stdout.trim(), again.stdout.trim()];
  say(
    text(
      `The server’s program is started again: bind ${first}; at the second attempt: ${second}`,
      `服务器程序重新启动：bind ${first}；第二次尝试：${second}`,
    ),
  );
  check('in-use', () => ({ met: first === 'EADDRINUSE', saw: first }), { atNs: plain.endNs });
  check('reuse-address', () => ({ met: second === 'ok', saw: second }), { atNs: again.endNs });
}

async function manyCalls(context: Context): Promise<void> {
  const { client, params, say, sleep, check } = context;
  const range = await client.sh(`echo ${params.ports} > /proc/sys/net/ipv4/ip_local_port_range`);
  if (range.status !== 0) throw new SpecError('params.ports', `the client's kernel refuses '${params.ports}'`);
  const results = (await calls(context, PORT.many, 12, 'client close')).split(', ');
  const connected = results.filter((result) => result === '8 bytes').length;
  say(
    text(
      `Ports ${params.ports}: ${connected} of 12 calls in a row; the last: ${results.at(-1)}`,
      `端口 ${params.ports}：连续 12 次连接成功 ${connected} 次；最后一次：${results.at(-1)}`,
    ),
  );
  check('exhausted', () => ({
    met: connected === 10 && results.slice(10).every((result) => result === 'EADDRNOTAVAIL'),
    saw: results.join(' '),
  }));
  // A port is taken again when a whole second has passed on its timestamps.
  await sleep('2s');
  await client.sh(`echo ${params['tw-reuse']} > /proc/sys/net/ipv4/tcp_tw_reuse`);
  const again = await calls(context, PORT.many, 5, 'client close');
  say(text(`tcp_tw_reuse ${params['tw-reuse']}: ${again}`, `tcp_tw_reuse ${params['tw-reuse']}：${again}`));
  const inRange = context
    .seen(`tcp.flags == 0x002 && tcp.dstport == ${PORT.many}`, 'client.eth0')
    .packets.map((p) => String(p.field('tcp.srcport')));
  check('tw-reuse', () => ({
    met: again === Array(5).fill('8 bytes').join(', ') && new Set(inRange).size < inRange.length,
    saw: `${again}; ${inRange.length} connections from ${new Set(inRange).size} ports`,
  }));
  await client.sh('echo 32768 60999 > /proc/sys/net/ipv4/ip_local_port_range');
}

async function lostAck(context: Context, states: readonly Transition[]): Promise<void> {
  const { params, seen, say, sleep, check } = context;
  const bare = `tcp.dstport == ${PORT.lost} && tcp.flags == 0x010 && tcp.len == 0`;
  const lift = context.cable('client-net').fault({ drop: nth(Number(params.lost), bare) }, 'forward');
  await calls(context, PORT.lost, 1, 'client close');
  await sleep('70s');
  lift();
  const fins = seen(`tcp.srcport == ${PORT.lost} && tcp.flags.fin == 1`, 'client.eth0').packets;
  const answers = seen(bare, 'server.eth0').packets.filter(({ atNs }) => atNs > (fins.at(-1)?.atNs ?? 0));
  const [rest] = rests(states, PORT.lost);
  say(
    text(
      `The client’s last ACK is lost: the server’s FIN comes ${fins.length} times, TIME-WAIT lasts ${rest?.seconds} s`,
      `客户端最后一个 ACK 丢失：服务器的 FIN 出现 ${fins.length} 次，TIME-WAIT 持续 ${rest?.seconds} 秒`,
    ),
  );
  const repeatedNs = (fins.at(-1)?.atNs ?? 0) - (fins[0]?.atNs ?? 0);
  check(
    'lost-ack',
    () => ({
      met: fins.length === 2 && answers.length === 1 && (rest?.seconds ?? 0) * SECOND >= 60 * SECOND + repeatedNs,
      saw: `${fins.length} FIN, ${answers.length} ACK after it, ${rest?.seconds} s`,
    }),
    answers[0],
  );
}

/** An old segment of the connection before, while the next one of the same four numbers is open. */
async function twin(context: Context): Promise<void> {
  const { net, params, on, say, sleep, check } = context;
  const dropped: { readonly atNs: number; readonly reason: string }[] = [];
  on('tcp.drop', ({ host: where, at, values }) => {
    if (where === 'server') dropped.push({ atNs: at, reason: values.reason });
  });
  const haunting = params.ghost === true ? net.start('ghost 10.0.1.2 3000') : undefined;
  await calls(context, PORT.twin, 1, `client close ${TWIN}`);
  await sleep('2s');
  const second = await calls(context, PORT.twin, 1, `client close ${TWIN} 2000`);
  say(
    text(
      `The next connection from port ${TWIN}: ${second}; the server drops ${dropped.map(({ reason }) => reason).join(', ') || 'nothing'}`,
      `从端口 ${TWIN} 发起的下一条连接：${second}；服务器丢弃 ${dropped.map(({ reason }) => reason).join(', ') || '无'}`,
    ),
  );
  await haunting?.wait();
  check(
    'old-duplicate',
    () => ({
      met: second === '8 bytes' && dropped.length === 1 && dropped[0]?.reason === 'tcp-paws',
      saw: `${second}; dropped: ${dropped.map(({ reason }) => reason).join(', ') || 'nothing'}`,
    }),
    { atNs: dropped[0]?.atNs ?? context.now },
  );
}

/** The old segment, TIME-WAIT's ACK to it, and the RST of a server that has long forgotten the connection. */
async function hazard(context: Context, states: readonly Transition[]): Promise<void> {
  const { net, params, seen, say, sleep, check } = context;
  const haunting = params.ghost === true ? net.start(`ghost ${SERVER} 5000`) : undefined;
  await calls(context, PORT.hazard, 1, 'client close');
  await sleep('70s');
  await haunting?.wait();
  const [rst] = seen(`tcp.flags.reset == 1 && tcp.srcport == ${PORT.hazard}`, 'client.eth0').packets;
  const [rest] = rests(states, PORT.hazard);
  say(
    text(
      `An old segment arrives in TIME-WAIT; ${rst === undefined ? 'no RST' : rst.info}: it lasted ${rest?.seconds} s`,
      `旧报文段到达 TIME-WAIT；${rst === undefined ? '没有 RST' : rst.info}：持续了 ${rest?.seconds} 秒`,
    ),
  );
  check(
    'hazard',
    () => ({
      met: rst !== undefined && (rest?.seconds ?? 60) < 10,
      saw: `${rest?.seconds} s, ${rst?.info ?? 'no RST'}`,
    }),
    rst,
  );
}
