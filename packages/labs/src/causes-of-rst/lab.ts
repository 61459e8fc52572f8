/** Why RST segments are sent: seven causes, each made by programs, each with what the other side's program gets to see. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { callers, door, idle } from '../lib/callers.ts';
import { serve, visit } from './programs.ts';

type Context = LabContext<'client' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SERVER = '10.0.1.3';
const RST = 'tcp.flags.reset == 1';
const FLAGS = { rst: 0x004, rstAck: 0x014 } as const;
/** listen(3): four connections wait to be accepted, no more. */
const BACKLOG = 3;
const CALLERS = 6;

export default lab({
  id: 'causes-of-rst',
  title: text('Causes of RST', 'RST 的各种原因'),
  text: text(
    'A reset ends a connection at once, or refuses one. Seven causes: a port where nobody listens; a close with unread data; data for a program that has closed; SO_LINGER with zero seconds; a peer that was switched off and on again; an accept queue that overflows with net.ipv4.tcp_abort_on_overflow; a listener that ends while callers wait. Each time the lab shows who sent the RST, its numbers, and what the program on the other side gets.',
    'RST 会立即结束一条连接，或者拒绝它。七种原因：端口没人监听；关闭时还有未读数据；向已关闭的程序发数据；SO_LINGER 为 0 秒；对方断电后又重启；打开 net.ipv4.tcp_abort_on_overflow 时全连接队列溢出；监听程序结束时还有人排队。每次都给出谁发了 RST、它的序号，以及另一边的程序得到什么。',
  ),
  params: {
    port: { default: 81, min: 1, max: 65_535, text: text('The port that should be closed', '应当关闭的端口') },
    hasty: {
      default: 'unread',
      choices: ['unread', 'read'],
      text: text('Whether the hasty server reads before it closes', '匆忙的服务器关闭前是否读取数据'),
    },
    going: {
      default: 'leave',
      choices: ['leave', 'half'],
      text: text(
        'The client closes (leave) or ends only its own direction (half)',
        '客户端完全关闭，或只结束自己的方向',
      ),
    },
    linger: {
      default: 'linger0',
      choices: ['linger0', 'read'],
      text: text('Whether the server sets SO_LINGER 0 before it closes', '服务器关闭前是否设置 SO_LINGER 0'),
    },
    power: { default: true, text: text('The server is switched off and on again', '服务器断电后重新启动') },
    abort: {
      default: 1,
      choices: [0, 1],
      text: text('net.ipv4.tcp_abort_on_overflow', 'net.ipv4.tcp_abort_on_overflow'),
    },
    listener: {
      default: 'idle',
      choices: ['idle', 'door'],
      text: text('The listener never accepts (idle), or does (door)', '监听程序从不 accept，或会 accept'),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    server: host({
      eth0: '10.0.1.3/24',
      sysctl: { 'net.ipv4.tcp_abort_on_overflow': param('abort') },
      run: ['door 80 16'],
    }),
    sw: networkSwitch(),
  },
  cables: [
    cable('client', 'sw', { rate: '100Mbit', delay: '5ms' }),
    cable('server', 'sw', { rate: '100Mbit', delay: '5ms' }),
  ],
  programs: { callers, door, idle, serve, visit },
  checks: {
    'closed-port': {
      text: text(
        'A SYN to a closed port: RST, ACK of that SYN; connect fails with ECONNREFUSED',
        '发往关闭端口的 SYN：RST 并确认该 SYN；connect 得到 ECONNREFUSED',
      ),
      row: 30,
      claim: 'C076',
    },
    unread: {
      text: text(
        'A close with unread data: RST instead of FIN; the peer’s recv fails with ECONNRESET',
        '关闭时有未读数据：发 RST 而不是 FIN；对方 recv 得到 ECONNRESET',
      ),
      row: 27,
      claim: 'C061',
    },
    'after-close': {
      text: text(
        'Data for a program that has closed: RST; the first send succeeds, the next fails with EPIPE',
        '向已关闭的程序发数据：RST；第一次 send 成功，下一次得到 EPIPE',
      ),
      row: 27,
      claim: 'C063',
    },
    linger: {
      text: text(
        'SO_LINGER 0: close sends RST; the peer’s recv fails with ECONNRESET',
        'SO_LINGER 0：close 发出 RST；对方 recv 得到 ECONNRESET',
      ),
      row: 27,
      claim: 'C061',
    },
    rebooted: {
      text: text(
        'Data for a connection that the rebooted host does not know: RST with the sequence number that the data acknowledges',
        '重启后的主机不认识这条连接：RST，其序号就是数据所确认的序号',
      ),
      row: 30,
      claim: 'C076',
    },
    overflow: {
      text: text(
        'An accept queue that overflows: the caller was connected already, then comes RST',
        '全连接队列溢出：客户端已经连接成功，然后收到 RST',
      ),
      row: 31,
    },
    'listener-ends': {
      text: text(
        'A listener ends: each connection that waits for accept gets a RST',
        '监听程序结束：每条等待 accept 的连接都收到 RST',
      ),
      row: 31,
    },
  },
  counterRuns: {
    'open-port': { set: { port: 80 }, flips: ['closed-port'], text: text('Somebody listens there.', '那里有人监听。') },
    reads: {
      set: { hasty: 'read' },
      flips: ['unread'],
      text: text('A server that has read everything closes by FIN.', '读完全部数据的服务器用 FIN 关闭。'),
    },
    'half-closed': {
      set: { going: 'half' },
      flips: ['after-close'],
      text: text('A client that has ended only its own direction still reads.', '只结束自己方向的客户端仍在读取。'),
    },
    'in-order': {
      set: { linger: 'read' },
      flips: ['linger'],
      text: text('Without SO_LINGER 0 the close goes by FIN.', '不设 SO_LINGER 0 时用 FIN 关闭。'),
    },
    'no-power-cut': {
      set: { power: false },
      flips: ['rebooted'],
      text: text('The server stays up and takes the second line.', '服务器一直在线，收下第二行数据。'),
    },
    'silent-overflow': {
      set: { abort: 0 },
      flips: ['overflow'],
      text: text('Linux’s default: the overflow is silent.', 'Linux 的默认值：溢出时不作声。'),
    },
    accepts: {
      set: { listener: 'door' },
      flips: ['overflow', 'listener-ends'],
      text: text('Nobody waits in the queue of a server that accepts.', '会 accept 的服务器，队列里没人等待。'),
    },
  },
  async script(context) {
    const { sleep, watch, say } = context;
    await sleep('100ms');
    watch(RST, (p) => {
      const [from, seq, ack] = [p.field('ip.src'), p.field('tcp.seq'), p.field('tcp.ack')];
      const also = p.field('tcp.flags.ack') === true ? `, ACK, ack ${ack}` : '';
      say(text(`  ${from} sends RST${also}, seq ${seq}`, `  ${from} 发出 RST${also}，seq ${seq}`));
    });
    await closedPort(context);
    await hasty(context);
    await afterClose(context);
    await lingerZero(context);
    await rebooted(context);
    await overflow(context);
  },
});

interface Scene {
  /** RSTs of the scene, where they were made. */
  readonly resets: readonly SeenPacket[];
  /** Lines that the programs printed, on one line. */
  readonly client: string;
  readonly server: string;
}

const lines = (printed: string): string => printed.trim().split('\n').join(', ') || '-';
const sees = ({ resets, client, server }: Scene): string =>
  `${resets.length} RST; client: ${client}; server: ${server}`;

/** One connection: the server's program, the client's, and the resets meanwhile. */
async function scene(
  { client, server, seen, sleep, say }: Context,
  title: { readonly en: string; readonly zh: string },
  [port, serving, visiting]: readonly [port: unknown, serving: string, visiting: string],
): Promise<Scene> {
  say(title);
  const before = seen(RST).count;
  const other = serving === '' ? undefined : server.start(`serve ${port} ${serving}`);
  await sleep('10ms');
  const { stdout } = await client.sh(`visit ${SERVER} ${port} ${visiting}`);
  await sleep('1s');
  const found = { resets: seen(RST).packets.slice(before), client: lines(stdout), server: lines(other?.stdout ?? '') };
  say(text(`  client: ${found.client}; server: ${found.server}`, `  客户端：${found.client}；服务器：${found.server}`));
  return found;
}

async function closedPort(context: Context): Promise<void> {
  const { params, check, seen } = context;
  const title = text(`1. Port ${params.port}, where nobody listens`, `1. 没人监听的端口 ${params.port}`);
  const found = await scene(context, title, [params.port, '', 'wait']);
  const [rst] = found.resets;
  const syn = seen('tcp.flags == 0x002', 'client.eth0').first;
  check(
    'closed-port',
    () => ({
      met:
        found.client === 'connect ECONNREFUSED' &&
        rst?.field('tcp.flags') === FLAGS.rstAck &&
        rst.field('tcp.seq_raw') === 0 &&
        rst.field('tcp.ack_raw') === (Number(syn?.field('tcp.seq_raw')) + 1) % 0x1_0000_0000,
      saw: sees(found),
    }),
    rst,
  );
}

async function hasty(context: Context): Promise<void> {
  const { params, check } = context;
  const title = text('2. The server closes with data unread', '2. 服务器没读数据就关闭');
  const found = await scene(context, title, [7001, String(params.hasty), 'wait']);
  const [rst] = found.resets;
  check(
    'unread',
    () => ({ met: rst?.card === 'server.eth0' && found.client === 'connect ok, recv ECONNRESET', saw: sees(found) }),
    rst,
  );
}

async function afterClose(context: Context): Promise<void> {
  const { params, check } = context;
  const title = text('3. The client has gone, the server goes on sending', '3. 客户端已离开，服务器继续发送');
  const found = await scene(context, title, [7002, 'talk', String(params.going)]);
  const [rst] = found.resets;
  check(
    'after-close',
    () => ({
      met: rst?.card === 'client.eth0' && found.server === 'recv end of stream, send ok, send EPIPE, send EPIPE',
      saw: sees(found),
    }),
    rst,
  );
}

async function lingerZero(context: Context): Promise<void> {
  const { params, check } = context;
  const title = text('4. The server closes with SO_LINGER 0', '4. 服务器带 SO_LINGER 0 关闭');
  const found = await scene(context, title, [7003, String(params.linger), 'wait']);
  const [rst] = found.resets;
  check(
    'linger',
    () => ({ met: rst?.card === 'server.eth0' && found.client === 'connect ok, recv ECONNRESET', saw: sees(found) }),
    rst,
  );
}

/** The client learns of the power cut when it sends: a host without the connection answers by RST (RFC 9293 section 3.5.1). */
async function rebooted(context: Context): Promise<void> {
  const { client, server, params, seen, say, sleep, check } = context;
  say(text('5. The server is switched off and on again', '5. 服务器断电后重新启动'));
  const before = seen(RST).count;
  const visiting = client.start(`visit ${SERVER} 7004 again`);
  const serving = server.start('serve 7004 hold');
  await sleep('1s');
  if (params.power === true) {
    server.crash();
    await sleep('1s');
    server.boot();
  }
  await sleep('5s');
  const data = seen(`ip.dst == ${SERVER} && tcp.dstport == 7004 && tcp.len > 0`, 'client.eth0').last;
  if (params.power !== true) serving.kill();
  visiting.kill();
  const told = lines((await visiting.wait()).stdout);
  say(text(`  client: ${told}`, `  客户端：${told}`));
  const [rst] = seen(RST).packets.slice(before);
  check(
    'rebooted',
    () => ({
      met:
        told === 'connect ok, send ok, recv ECONNRESET' &&
        rst?.field('tcp.flags') === FLAGS.rst &&
        rst.field('tcp.seq_raw') === data?.field('tcp.ack_raw'),
      saw: `client: ${told}; ${rst?.info ?? 'no RST'}`,
    }),
    rst,
  );
}

async function overflow({ client, server, params, seen, say, sleep, check }: Context): Promise<void> {
  say(text(`6. ${CALLERS} callers, listen(${BACKLOG})`, `6. ${CALLERS} 个客户端，listen(${BACKLOG})`));
  const serving = server.start(`${params.listener} 7005 ${BACKLOG}`);
  await sleep('10ms');
  const before = seen(RST).count;
  const calling = client.start(`callers ${SERVER} 7005 ${CALLERS} 500`);
  await sleep('300ms');
  const resets = seen(RST).packets.slice(before);
  const third = (rst: SeenPacket) =>
    seen(`tcp.flags == 0x010 && tcp.srcport == ${rst.field('tcp.dstport')} && tcp.dstport == 7005`, 'client.eth0')
      .first;
  check(
    'overflow',
    () => ({
      met: resets.length > 0 && resets.every((rst) => (third(rst)?.atNs ?? rst.atNs) < rst.atNs),
      saw: `${resets.length} RST`,
    }),
    resets[0],
  );
  say(text('7. The listener ends while callers wait', '7. 监听程序结束时还有人排队'));
  const waiting = seen(RST).count;
  serving.kill();
  await calling.wait();
  await sleep('1s');
  const last = seen(RST)
    .packets.slice(waiting)
    .filter(({ card }) => card === 'server.eth0');
  check(
    'listener-ends',
    () => ({ met: last.length === BACKLOG + 1, saw: `${last.length} RST from the server` }),
    last[0],
  );
}
