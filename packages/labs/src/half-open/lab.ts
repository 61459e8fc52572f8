/** The half-open connection: one end has lost its power, the other does not know. What tells it, and when. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext, Running } from '@netarium/core/check/lab-context.ts';
import { transitions } from '../lib/states.ts';
import { holder, keeper, redial } from './programs.ts';

type Context = LabContext<'client' | 'net' | 'server'>;

const text = (en: string, zh: string) => ({ en, zh });
const SECOND = 1_000_000_000;
const CLIENT = '10.0.1.2';
const SERVER = '10.0.2.2';
const PORT = 80;
const REDIAL_PORT = 45_000;
const KEEPALIVE = '60,10,5';
/** Idle time, and one interval per probe. */
const KEEPALIVE_SECONDS = 60 + 5 * 10;
const PROBES = 5;
/** 0.2 s doubled nine times and 120 s six times: what tcp_retries2 of 15 means where nobody reports (tcp(7)). */
const RETRIES2_SECONDS = 924.6;
/** When a silent holder sends its next line: after the server is back. */
const LATE_SECONDS = 7200;

export default lab({
  id: 'half-open',
  title: text('The half-open connection after a crash', '崩溃后的半开连接'),
  text: text(
    'Five connections of a client, and the server loses its power: it sends nothing more, not even a FIN. Who only waits for data waits for ever. Keep-alive probes notice after their time; unacknowledged data is repeated for a quarter of an hour, or as long as TCP_USER_TIMEOUT says; the server that is back answers with RST. At last the client loses its power, and calls again from the same port.',
    '客户端有五条连接，服务器断电：再也不发任何分组，连 FIN 也没有。只等数据的一方会永远等下去。保活探测在设定时间后发现；未确认的数据会重传一刻钟，或按 TCP_USER_TIMEOUT；重启后的服务器回以 RST。最后客户端断电，恢复后再从同一端口发起连接。',
  ),
  params: {
    idle: {
      default: 'off',
      choices: ['off', KEEPALIVE],
      text: text('SO_KEEPALIVE of the connection that only waits', '只等待的连接的 SO_KEEPALIVE'),
    },
    keepalive: {
      default: KEEPALIVE,
      choices: ['off', KEEPALIVE, '7200,75,9'],
      text: text(
        'TCP_KEEPIDLE, TCP_KEEPINTVL (s) and TCP_KEEPCNT of the careful connection',
        '谨慎的连接的 TCP_KEEPIDLE、TCP_KEEPINTVL（秒）和 TCP_KEEPCNT',
      ),
    },
    'user-timeout': {
      default: 30_000,
      min: 0,
      max: 3_600_000,
      text: text(
        'TCP_USER_TIMEOUT of the hasty sender (ms; 0: none)',
        '急性子发送方的 TCP_USER_TIMEOUT（毫秒；0：不设）',
      ),
    },
    retries: {
      default: 15,
      min: 3,
      max: 15,
      text: text('net.ipv4.tcp_retries2 of the client', '客户端的 net.ipv4.tcp_retries2'),
    },
    boot: {
      default: true,
      text: text('The server comes back before the last line is sent', '最后一行发出之前服务器已恢复'),
    },
    'local-port': {
      default: REDIAL_PORT,
      min: 0,
      max: 65_535,
      text: text(
        'Port from which the client calls again (0: any other)',
        '客户端再次发起连接所用的端口（0：任意其他端口）',
      ),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1', sysctl: { 'net.ipv4.tcp_retries2': param('retries') } }),
    net: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
    server: host({ eth0: '10.0.2.2/24', gateway: '10.0.2.1', run: [`keeper ${PORT}`] }),
  },
  cables: [
    cable('client', 'net.eth0', { rate: '100Mbit', delay: '5ms' }),
    cable('net.eth1', 'server', { rate: '100Mbit', delay: '5ms' }),
  ],
  programs: { holder, keeper, redial },
  until: '3h',
  checks: {
    waits: {
      text: text(
        'Two hours after the crash who only reads still waits, ESTABLISHED, and not one packet was sent for it',
        '崩溃两小时后，只读的一方仍在等待，状态 ESTABLISHED，没有为它发过一个分组',
      ),
      row: 27,
    },
    keepalive: {
      text: text(
        `With keep-alive the connection ends after 60 s of silence and ${PROBES} probes, 10 s apart`,
        `开启保活的连接在 60 秒静默和 ${PROBES} 次间隔 10 秒的探测之后结束`,
      ),
      row: 27,
    },
    'user-timeout': {
      text: text(
        'TCP_USER_TIMEOUT ends a sender’s connection after 30 s',
        'TCP_USER_TIMEOUT 在 30 秒后结束发送方的连接',
      ),
      row: 32,
    },
    retries: {
      text: text(
        'Without it data is repeated for as long as 15 doubled pauses would take, a quarter of an hour',
        '否则数据会一直重传，时间相当于 15 次加倍的间隔，约一刻钟',
      ),
      row: 32,
    },
    reset: {
      text: text(
        'The server that is back knows no connection: RST, and the client’s recv fails with ECONNRESET',
        '恢复的服务器不认识这条连接：RST，客户端 recv 得到 ECONNRESET',
      ),
      row: 30,
      claim: 'C076',
    },
    redial: {
      text: text(
        'A SYN for a half-open connection: the server answers with an ACK, the caller with RST, and the next SYN connects',
        '半开连接收到 SYN：服务器回 ACK，客户端回 RST，下一个 SYN 建立连接',
      ),
      row: 26,
    },
  },
  counterRuns: {
    'probes-too': {
      set: { idle: KEEPALIVE },
      flips: ['waits'],
      text: text('With keep-alive it would have known.', '开了保活就会知道。'),
    },
    'no-probes': {
      set: { keepalive: 'off' },
      flips: ['keepalive'],
      text: text('Linux’s default: no keep-alive.', 'Linux 的默认：不保活。'),
    },
    patient: {
      set: { 'user-timeout': 0 },
      flips: ['user-timeout'],
      text: text('Without a user timeout it takes a quarter of an hour.', '没有用户超时就要一刻钟。'),
    },
    'few-retries': {
      set: { retries: 5 },
      flips: ['retries'],
      text: text('tcp_retries2 of 5 gives up within seconds.', 'tcp_retries2 为 5 时几秒就放弃。'),
    },
    'stays-dark': {
      set: { boot: false },
      flips: ['reset', 'redial'],
      text: text('A server that stays off answers nothing.', '一直关机的服务器什么也不回答。'),
    },
    'another-port': {
      set: { 'local-port': 0 },
      flips: ['redial'],
      text: text('From another port the old connection is not touched.', '换一个端口就碰不到旧连接。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    tell(context);
    const holders = await hold(context);
    await judgeHolders(context, holders);
    await callAgain(context);
  },
});

interface Holders {
  readonly waits: Running;
  readonly careful: Running;
  readonly hasty: Running;
  readonly plain: Running;
  readonly late: Running;
  readonly crashNs: number;
  /** Local port of the connection that only waits. */
  readonly waitsPort: unknown;
}

function tell({ on, watch, say }: Context): void {
  on('host.power', ({ host: where, values }) => {
    const [en, zh] = values.up ? ['is switched on', '开机'] : ['loses its power', '断电'];
    say(text(`${where} ${en}`, `${where} ${zh}`));
  });
  let probes = 0;
  on('tcp.timer', ({ host: where, values: { timer, backoff, nextNs } }) => {
    if (where !== 'client' || timer !== 'keepalive' || ++probes > PROBES) return;
    const next = nextNs / SECOND;
    say(text(`keep-alive probe ${backoff}, the next in ${next} s`, `保活探测 ${backoff}，下一次在 ${next} 秒后`));
  });
  let reports = 0;
  watch('icmp.type == 3', (p) => {
    if (reports++ > 0) return;
    const from = p.field('ip.src');
    say(
      text(
        `${from} reports: ${p.info}. TCP keeps it in mind, and tries again sooner (RFC 6069)`,
        `${from} 报告：${p.info}。TCP 记下它，并更快重试（RFC 6069）`,
      ),
    );
  });
  watch('tcp.flags.reset == 1 && tcp.port != 45000 && !icmp', (p) =>
    say(text(`${p.field('ip.src')}: ${p.info}`, `${p.field('ip.src')}：${p.info}`)),
  );
}

/** Five connections; two seconds later the server is dark, for almost two hours. */
async function hold(context: Context): Promise<Holders> {
  const { client, server, params, seen, sleep } = context;
  const start = (wait: number, keepalive: unknown, userTimeout: unknown): Running =>
    client.start(`holder ${SERVER} ${PORT} ${wait} ${keepalive} ${userTimeout}`);
  const waits = start(0, params.idle, 0);
  await sleep('100ms');
  const waitsPort = seen('tcp.flags == 0x002', 'client.eth0').last?.field('tcp.srcport');
  const careful = start(0, params.keepalive, 0);
  const hasty = start(10, 'off', params['user-timeout']);
  const plain = start(10, 'off', 0);
  const late = start(LATE_SECONDS, 'off', 0);
  tellEnds(context, [
    [careful, 'Keep-alive', '保活'],
    [hasty, 'The hasty sender', '急性子的发送方'],
    [plain, 'The patient sender', '耐心的发送方'],
    [late, 'The late line', '迟到的一行'],
  ]);
  await sleep('2s');
  server.crash();
  const crashNs = context.now;
  await sleep((LATE_SECONDS - 60) * SECOND);
  if (params.boot === true) server.boot();
  await sleep('120s');
  return { waits, careful, hasty, plain, late, crashNs, waitsPort };
}

const ENDED = /^(\w+) ([\d.]+)$/;

/** What the last recv came to, and the seconds since the last line; a holder that still waits has none. */
function ended(holder: Running): { readonly how: string; readonly seconds: number } {
  const [, how = 'waits', seconds = 'NaN'] = ENDED.exec(holder.stdout.trim()) ?? [];
  return { how, seconds: Number(seconds) };
}

/** Tells what each holder got, as it ends. */
function tellEnds(
  { on, say }: Context,
  holders: readonly (readonly [holder: Running, en: string, zh: string])[],
): void {
  on('process.exit', ({ values: { pid, name } }) => {
    const found = name === 'holder' ? holders.find(([holder]) => holder.pid === pid) : undefined;
    if (found === undefined) return;
    const [holder, en, zh] = found;
    const { how, seconds } = ended(holder);
    say(text(`${en}: ${how} after ${seconds} s`, `${zh}：${seconds} 秒后 ${how}`));
  });
}

const gaveUp = (how: string): boolean => how === 'ETIMEDOUT' || how === 'EHOSTUNREACH';

async function judgeHolders(context: Context, holders: Holders): Promise<void> {
  const { client, params, seen, events, say, check } = context;
  const { crashNs, waitsPort } = holders;
  const [careful, hasty, plain, late] = [holders.careful, holders.hasty, holders.plain, holders.late].map(ended);
  const { stdout } = await client.sh('ss -tan');
  const stands = stdout.split('\n').some((line) => line.startsWith('ESTAB') && line.includes(`:${waitsPort} `));
  const since = seen(`tcp.port == ${waitsPort}`, 'client.eth0').packets.filter(({ atNs }) => atNs >= crashNs);
  say(text(`Who only reads: ${stands ? 'ESTABLISHED' : 'gone'}`, `只读的一方：${stands ? 'ESTABLISHED' : '已结束'}`));
  check('waits', () => ({
    met: stands && !holders.waits.finished && since.length === 0,
    saw: `${ended(holders.waits).how}, ${since.length} packets`,
  }));
  const probes = events('tcp.timer').filter(
    ({ host: where, values }) => where === 'client' && values.timer === 'keepalive',
  );
  check(
    'keepalive',
    () => ({
      met: gaveUp(careful!.how) && near(careful!.seconds, KEEPALIVE_SECONDS, 1) && probes.length === PROBES,
      saw: `${careful!.how} after ${careful!.seconds} s, ${probes.length} probes`,
    }),
    { atNs: probes.at(-1)?.at ?? 0 },
  );
  check('user-timeout', () => ({
    met: gaveUp(hasty!.how) && near(hasty!.seconds, Number(params['user-timeout']) / 1000, 2),
    saw: `${hasty!.how} after ${hasty!.seconds} s`,
  }));
  check('retries', () => ({
    met: gaveUp(plain!.how) && near(plain!.seconds, RETRIES2_SECONDS, 10),
    saw: `${plain!.how} after ${plain!.seconds} s`,
  }));
  const rst = seen('tcp.flags.reset == 1', 'server.eth0').first;
  check('reset', () => ({ met: late!.how === 'ECONNRESET', saw: `${late!.how}; ${rst?.info ?? 'no RST'}` }), rst);
}

const near = (value: number, wanted: number, by: number): boolean => value >= wanted - by && value <= wanted + by;

/** The other way round: the client loses its power, and comes back to a server that still holds the connection (RFC 9293 figure 9). */
async function callAgain(context: Context): Promise<void> {
  const { client, server, params, seen, watch, say, sleep, check } = context;
  client.start(`redial ${SERVER} ${PORT} ${REDIAL_PORT}`);
  await sleep('500ms');
  client.crash();
  await sleep('2s');
  client.boot();
  await sleep('1s');
  const before = context.now;
  const states = transitions(context);
  let told = 0;
  watch('tcp', (p) => {
    if (++told <= 5) say(text(`${p.card.split('.')[0]}: ${p.info}`, `${p.card.split('.')[0]}：${p.info}`));
  });
  const calling = client.start(`redial ${SERVER} ${PORT} ${params['local-port']}`);
  await sleep('10s');
  const packets = seen('tcp', 'client.eth0').packets.filter(({ atNs }) => atNs > before);
  const flags = packets.slice(0, 4).map((p) => Number(p.field('tcp.flags')));
  const closed = states.find(
    (c) => c.host === server.name && c.to === 'CLOSED' && c.peer === `${CLIENT}:${REDIAL_PORT}`,
  );
  check(
    'redial',
    () => ({
      // SYN, the ACK of what the server still waits for, RST, SYN.
      met: flags.join() === '2,16,4,2' && closed !== undefined && calling.stdout.startsWith('ok '),
      saw: `flags ${flags.join(' ')}, connect ${calling.stdout.trim() || 'still waits'}`,
    }),
    packets[2],
  );
  if (!calling.finished) calling.kill();
}
