/** The path-MTU black hole: a narrow link on the way, and a filter that drops the ICMP errors that would tell of it. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { order, shop } from './programs.ts';

type Context = LabContext<'client' | 'gw' | 'narrow' | 'isp' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SERVER = '10.0.9.2';
const LARGE = 30_000;
const PATIENCE_MS = 60_000;
/** What a ping of this size makes: 20 bytes IPv4 header and 8 bytes ICMP header more. */
const PING_HEADERS = 28;
/** TCP's payload in a packet of so many bytes: less 20 bytes IPv4, 20 bytes TCP, 12 bytes timestamps. */
const payloadAt = (mtu: number): number => mtu - 52;

export default lab({
  id: 'black-hole',
  title: text('The path-MTU black hole', '路径 MTU 黑洞'),
  text: text(
    'Between two routers packets may have 1400 bytes only. A larger one that must not be fragmented (DF) is dropped there, and the router says so by ICMP; but a filter on the way drops ICMP errors. Ping works, the handshake works, small orders work, and every large one hangs. Five cures are tried: let ICMP pass, a lower MTU at the sender, a clamped MSS, net.ipv4.tcp_mtu_probing, and no path-MTU discovery at all.',
    '两台路由器之间的分组最多 1400 字节。更大且不许分片（DF）的分组在那里被丢弃，路由器用 ICMP 通知；但途中的过滤器丢弃 ICMP 差错。ping 正常，握手正常，小订单正常，大订单全部卡住。尝试五种办法：放行 ICMP、发送方改小 MTU、限制 MSS、net.ipv4.tcp_mtu_probing、完全不做路径 MTU 发现。',
  ),
  params: {
    small: { default: 500, min: 1, max: 100_000, text: text('Bytes of the small order', '小订单的字节数') },
    narrow: { default: 1400, min: 576, max: 1500, text: text('MTU between the two routers', '两台路由器之间的 MTU') },
    filter: {
      default: 'icmp.type == 3',
      text: text('What the filter drops (a display filter)', '过滤器丢弃什么（显示过滤器）'),
    },
    mtu: {
      default: 1400,
      min: 576,
      max: 1500,
      text: text('The lower MTU of the sender’s card', '发送方网卡改小后的 MTU'),
    },
    mss: {
      default: 1360,
      min: 88,
      max: 1460,
      text: text('TCP_MAXSEG of the clamped order', '限制 MSS 的订单所用的 TCP_MAXSEG'),
    },
    probing: {
      default: 1,
      choices: [0, 1, 2],
      text: text('net.ipv4.tcp_mtu_probing of the probing sender', '探测的发送方的 net.ipv4.tcp_mtu_probing'),
    },
    discovery: {
      default: 1,
      choices: [0, 1],
      text: text(
        'net.ipv4.ip_no_pmtu_disc of the sender that fragments',
        '允许分片的发送方的 net.ipv4.ip_no_pmtu_disc',
      ),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1' }),
    gw: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24', gateway: '10.0.2.2' }),
    narrow: router({
      eth0: '10.0.2.2/24',
      eth1: { address: '10.0.3.1/24', mtu: param('narrow') },
      gateway: '10.0.3.2',
      routes: ['10.0.1.0/24 via 10.0.2.1'],
    }),
    isp: router({ eth0: { address: '10.0.3.2/24', mtu: param('narrow') }, eth1: '10.0.9.1/24', gateway: '10.0.3.1' }),
    server: host({ eth0: '10.0.9.2/24', gateway: '10.0.9.1', run: ['shop 80'] }),
  },
  cables: [
    cable('client', 'gw.eth0', { rate: '100Mbit', delay: '1ms' }),
    cable('gw.eth1', 'narrow.eth0', { name: 'filtered', rate: '100Mbit', delay: '5ms' }),
    cable('narrow.eth1', 'isp.eth0', { rate: '10Mbit', delay: '10ms' }),
    cable('isp.eth1', 'server', { rate: '100Mbit', delay: '1ms' }),
  ],
  programs: { order, shop },
  until: '600s',
  checks: {
    ping: {
      text: text(
        'Ping works; with 1472 bytes and DF it gets no answer and no error',
        'ping 正常；带 1472 字节且 DF 时既无应答也无差错',
      ),
      row: 86,
      claim: 'C145',
    },
    small: { text: text('A small order is delivered', '小订单送达') },
    stuck: {
      text: text(
        'A large order connects and hangs: its full segments never arrive, no ICMP comes',
        '大订单能连接但卡住：满段从未到达，也没有 ICMP',
      ),
      row: 36,
    },
    icmp: {
      text: text('Cure: ICMP passes, and the next order is delivered', '办法：放行 ICMP，下一份订单送达'),
      row: 36,
    },
    mtu: { text: text('Cure: a lower MTU at the sender', '办法：发送方改小 MTU'), row: 36 },
    mss: { text: text('Cure: an MSS that fits', '办法：合适的 MSS'), row: 36 },
    probing: {
      text: text(
        'Cure: with tcp_mtu_probing TCP finds a size that passes after some time-outs',
        '办法：打开 tcp_mtu_probing，TCP 在几次超时后找到能通过的大小',
      ),
      row: 36,
    },
    fragments: {
      text: text(
        'Cure: without path-MTU discovery the router cuts the packets up',
        '办法：不做路径 MTU 发现，由路由器分片',
      ),
      row: 36,
    },
  },
  counterRuns: {
    wide: {
      set: { narrow: 1500 },
      flips: ['ping', 'stuck', 'icmp', 'fragments'],
      text: text('No narrow link, no black hole.', '没有窄链路，就没有黑洞。'),
    },
    'icmp-passes': {
      set: { filter: 'udp' },
      flips: ['ping', 'stuck'],
      text: text('ICMP tells of the narrow link.', 'ICMP 告知窄链路。'),
    },
    'not-so-small': {
      set: { small: 1448 },
      flips: ['small'],
      text: text('A segment of 1500 bytes is too large already.', '1500 字节的一段已经太大。'),
    },
    'same-mtu': { set: { mtu: 1500 }, flips: ['mtu'], text: text('The card keeps its MTU.', '网卡的 MTU 不变。') },
    'same-mss': { set: { mss: 1460 }, flips: ['mss'], text: text('The MSS is not clamped.', 'MSS 没有限制。') },
    'no-probing': {
      set: { probing: 0 },
      flips: ['probing'],
      text: text('Linux’s default: no probing.', 'Linux 的默认：不探测。'),
    },
    'with-discovery': {
      set: { discovery: 0 },
      flips: ['fragments'],
      text: text('Every segment is sent with DF.', '每个报文段都带 DF。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    const lift = context.cable('filtered').fault({ drop: { matching: String(context.params.filter) } }, 'backward');
    tell(context);
    await fall(context);
    await cures(context);
    lift();
    await letPass(context);
  },
});

/** Errors as they are made, and what becomes of the first ones. */
function tell({ on, watch, say }: Context): void {
  let [made, dropped] = [0, 0];
  watch('icmp.type == 3 && icmp.code == 4', (p) => {
    if (++made <= 2)
      say(
        text(
          `${p.field('ip.src')} drops a packet and says: MTU of the next hop ${p.field('icmp.mtu')}`,
          `${p.field('ip.src')} 丢弃一个分组并告知：下一跳 MTU ${p.field('icmp.mtu')}`,
        ),
      );
  });
  on('frame.drop', ({ values: { reason, packet } }) => {
    if (reason === 'filtered' && ++dropped <= 2)
      say(text(`The filter drops packet ${packet}`, `过滤器丢弃分组 ${packet}`));
  });
}

interface Order {
  readonly delivered: boolean;
  readonly ms: number;
  /** Payload sizes of the segments that came to the server, and how often a time-out repeated one. */
  readonly sizes: readonly number[];
  readonly timeouts: number;
  readonly first: SeenPacket | undefined;
}

async function place(context: Context, bytes: number, mss = 0): Promise<Order> {
  const { client, seen, events } = context;
  const filter = `tcp.len > 0 && ip.dst == ${SERVER}`;
  const timeouts = () => events('tcp.retransmit').filter(({ values }) => values.reason === 'timeout').length;
  const [before, late] = [seen(filter, 'server.eth0').count, timeouts()];
  const { stdout } = await client.sh(`order ${SERVER} 80 ${bytes} ${PATIENCE_MS} ${mss}`);
  const [how, ms] = stdout.trim().split(' ');
  const arrived = seen(filter, 'server.eth0').packets.slice(before);
  return {
    delivered: how === 'delivered',
    ms: Number(ms),
    sizes: arrived.map((p) => Number(p.field('tcp.len'))),
    timeouts: timeouts() - late,
    first: arrived[0],
  };
}

const largest = ({ sizes }: Order): number => Math.max(0, ...sizes);
const result = (o: Order): string =>
  `${o.delivered ? 'delivered' : 'stuck'} after ${o.ms} ms, largest segment ${largest(o)}, ${o.timeouts} time-outs`;
const zhResult = (o: Order): string =>
  `${o.ms} 毫秒后${o.delivered ? '送达' : '仍卡住'}，最大报文段 ${largest(o)}，超时 ${o.timeouts} 次`;

async function fall(context: Context): Promise<void> {
  const { client, params, seen, say, check } = context;
  const plain = await client.sh(`ping -c 1 -W 2 ${SERVER}`);
  const full = await client.sh(`ping -c 1 -W 2 -M do -s ${1500 - PING_HEADERS} ${SERVER}`);
  const told = seen('icmp.type == 3', 'client.eth0');
  const answers = [plain, full].map(({ status }) => (status === 0 ? 'answered' : 'no answer'));
  const zhAnswers = [plain, full].map(({ status }) => (status === 0 ? '有应答' : '无应答'));
  say(
    text(
      `ping: ${answers[0]}; ping -M do -s 1472: ${answers[1]}`,
      `ping：${zhAnswers[0]}；ping -M do -s 1472：${zhAnswers[1]}`,
    ),
  );
  check(
    'ping',
    () => ({
      met: plain.status === 0 && full.status !== 0 && told.count === 0,
      saw: `${answers.join(', then ')}; ${told.count} ICMP errors`,
    }),
    { atNs: full.endNs },
  );
  const small = await place(context, Number(params.small));
  say(text(`An order of ${params.small} bytes: ${result(small)}`, `${params.small} 字节的订单：${zhResult(small)}`));
  check('small', () => ({ met: small.delivered, saw: result(small) }), small.first);
  const large = await place(context, LARGE);
  say(text(`An order of ${LARGE} bytes: ${result(large)}`, `${LARGE} 字节的订单：${zhResult(large)}`));
  const errors = seen('icmp.type == 3', 'client.eth0').count;
  check('stuck', () => ({
    met: !large.delivered && largest(large) < payloadAt(1400) && large.timeouts > 3 && errors === 0,
    saw: `${result(large)}, ${errors} ICMP errors`,
  }));
}

async function cures(context: Context): Promise<void> {
  const { client, params, say, check } = context;
  const judge = (id: string, en: string, zh: string, tried: Order, met: boolean): void => {
    say(text(`${en}: ${result(tried)}`, `${zh}：${zhResult(tried)}`));
    check(id, () => ({ met: tried.delivered && met, saw: result(tried) }), tried.first);
  };
  await client.sh(`ip link set eth0 mtu ${params.mtu}`);
  const mtu = await place(context, LARGE);
  judge('mtu', `MTU ${params.mtu} at the sender`, `发送方 MTU ${params.mtu}`, mtu, mtu.timeouts === 0);
  await client.sh('ip link set eth0 mtu 1500');
  const mss = await place(context, LARGE, Number(params.mss));
  judge('mss', `MSS ${params.mss}`, `MSS ${params.mss}`, mss, mss.timeouts === 0);
  await client.sh(`echo ${params.probing} > /proc/sys/net/ipv4/tcp_mtu_probing`);
  const probing = await place(context, LARGE);
  judge('probing', `tcp_mtu_probing ${params.probing}`, `tcp_mtu_probing ${params.probing}`, probing, true);
  await client.sh('echo 0 > /proc/sys/net/ipv4/tcp_mtu_probing');
  await client.sh(`echo ${params.discovery} > /proc/sys/net/ipv4/ip_no_pmtu_disc`);
  const cut = await place(context, LARGE);
  const fragments = context.seen('ip.flags.mf == 1', 'server.eth0').count;
  judge(
    'fragments',
    `ip_no_pmtu_disc ${params.discovery}, ${fragments} fragments`,
    `ip_no_pmtu_disc ${params.discovery}，${fragments} 个分片`,
    cut,
    fragments > 0,
  );
  await client.sh('echo 0 > /proc/sys/net/ipv4/ip_no_pmtu_disc');
}

/** The true cure comes last: what ICMP tells is remembered for ten minutes. */
async function letPass(context: Context): Promise<void> {
  const { seen, say, check } = context;
  const before = seen('icmp.type == 3', 'client.eth0').count;
  const tried = await place(context, LARGE);
  const told = seen('icmp.type == 3', 'client.eth0').packets[before];
  say(text(`ICMP passes: ${result(tried)}`, `放行 ICMP：${zhResult(tried)}`));
  check(
    'icmp',
    () => ({
      met: tried.delivered && tried.timeouts === 0 && told !== undefined,
      saw: `${result(tried)}; ${told?.info ?? 'no ICMP'}`,
    }),
    told,
  );
}
