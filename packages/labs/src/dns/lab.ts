/** DNS: a stub, a forwarder, a recursive resolver and three authoritative servers; caching, NXDOMAIN, truncation. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext, LabTools, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { ADDRESS, forwarderFiles, resolverFiles, rootFiles, shopFiles, tldFiles, WWW_TTL_S } from './zones.ts';

const NAME = 'www.shop.test';
type Context = LabContext<'laptop' | 'forwarder' | 'resolver' | 'root' | 'tld' | 'shop'>;

const SERVER_NAMES = new Map<string, string>([
  [ADDRESS.forwarder, 'forwarder'],
  [ADDRESS.resolver, 'resolver'],
  [ADDRESS.root, 'root'],
  [ADDRESS.tld, 'test'],
  [ADDRESS.shop, 'shop.test'],
]);

export default lab({
  id: 'dns',
  title: { en: 'DNS: from a name to an address', zh: 'DNS：从域名到地址' },
  text: {
    en: 'The laptop asks a forwarder, which asks a recursive resolver, which walks from the root to the server that knows. Then: the cache and its time, a name that does not exist, and an answer too long for a datagram.',
    zh: '笔记本询问转发服务器，转发服务器询问递归解析器，后者从根一路查到权威服务器。然后看缓存与 TTL、不存在的域名，以及一个数据报装不下的应答。',
  },
  params: {
    server: {
      default: ADDRESS.forwarder,
      choices: [ADDRESS.forwarder, ADDRESS.resolver],
      text: { en: 'The name server in the laptop’s resolv.conf', zh: '笔记本 resolv.conf 中的域名服务器' },
    },
    tld: {
      default: 'named -f',
      choices: ['named -f', 'sleep 600'],
      text: { en: 'What runs on the server of test.', zh: 'test. 的服务器上运行什么' },
    },
    soon: {
      default: 100,
      min: 1,
      max: 1000,
      text: { en: 'Seconds until the name is asked for again', zh: '多少秒后再次查询' },
    },
    late: {
      default: 30,
      min: 0,
      max: 1000,
      text: { en: 'More seconds until the third time', zh: '再过多少秒第三次查询' },
    },
    missing: { default: 'nosuch.shop.test', text: { en: 'A name that does not exist', zh: '一个不存在的域名' } },
    big: { default: 'big.shop.test', text: { en: 'A name with a long answer', zh: '应答很长的域名' } },
    small: { default: NAME, text: { en: 'A name with a short answer', zh: '应答很短的域名' } },
  },
  machines: {
    laptop: host({ eth0: '10.0.0.1/24' }),
    forwarder: host({ eth0: '10.0.0.2/24', files: forwarderFiles, run: ['named -f'] }),
    resolver: host({ eth0: '10.0.0.3/24', files: resolverFiles, run: ['named -f'] }),
    root: host({ eth0: '10.0.0.10/24', files: rootFiles, run: ['named -f'] }),
    tld: host({ eth0: '10.0.0.11/24', files: tldFiles, run: [param('tld')] }),
    shop: host({ eth0: '10.0.0.12/24', files: shopFiles, run: ['named -f'] }),
    sw: networkSwitch(),
  },
  cables: [
    cable('laptop', 'sw', { rate: '1Gbit', delay: '100us' }),
    cable('forwarder', 'sw', { rate: '1Gbit', delay: '1ms' }),
    cable('resolver', 'sw', { rate: '1Gbit', delay: '5ms' }),
    cable('root', 'sw', { rate: '1Gbit', delay: '20ms' }),
    cable('tld', 'sw', { rate: '1Gbit', delay: '15ms' }),
    cable('shop', 'sw', { rate: '1Gbit', delay: '10ms' }),
  ],
  until: '40m',
  checks: {
    stub: {
      text: { en: 'The stub resolver asks the server of resolv.conf', zh: '存根解析器向 resolv.conf 中的服务器查询' },
      row: 55,
      clause: 1,
    },
    forwarder: {
      text: { en: 'The forwarder passes the question on to the resolver', zh: '转发服务器把问题转给递归解析器' },
      row: 55,
      clause: 2,
    },
    walk: {
      text: {
        en: 'The resolver walks from the root by test. to shop.test',
        zh: '递归解析器从根经 test. 查到 shop.test',
      },
      row: 55,
      clause: 3,
    },
    cache: {
      text: {
        en: `A cached answer serves for its TTL of ${WWW_TTL_S} s and not longer`,
        zh: `缓存的应答在 ${WWW_TTL_S} 秒的 TTL 内有效，过后失效`,
      },
      row: 55,
      clause: 4,
    },
    nxdomain: {
      text: { en: 'A name that does not exist gives NXDOMAIN', zh: '不存在的域名得到 NXDOMAIN' },
      row: 55,
      clause: 5,
    },
    truncated: {
      text: { en: 'A truncated answer is asked for again by TCP', zh: '被截断的应答改用 TCP 重新查询' },
      row: 55,
      clause: 6,
    },
    'udp-exchange': {
      text: { en: 'A short answer takes one exchange over UDP port 53', zh: '短应答只需一次 UDP 53 端口的往返' },
      row: 62,
      clause: 1,
    },
    'by-tcp': {
      text: {
        en: 'An answer of more than 512 bytes comes over TCP port 53',
        zh: '超过 512 字节的应答经 TCP 53 端口到达',
      },
      row: 62,
      clause: 2,
    },
  },
  counterRuns: {
    'no-forwarder': {
      set: { server: ADDRESS.resolver },
      flips: ['stub', 'forwarder'],
      text: { en: 'The laptop asks the resolver itself.', zh: '笔记本直接询问递归解析器。' },
    },
    'tld-down': {
      set: { tld: 'sleep 600' },
      flips: ['walk'],
      text: { en: 'The server of test. is not running.', zh: 'test. 的服务器没有运行。' },
    },
    'too-late': {
      set: { soon: 130 },
      flips: ['cache'],
      text: { en: 'The second question comes after the TTL.', zh: '第二次查询在 TTL 之后。' },
    },
    exists: { set: { missing: NAME }, flips: ['nxdomain'], text: { en: 'The name exists.', zh: '这个域名存在。' } },
    short: {
      set: { big: NAME },
      flips: ['truncated', 'by-tcp'],
      text: { en: 'The answer fits into a datagram.', zh: '应答装得进一个数据报。' },
    },
    long: {
      set: { small: 'big.shop.test' },
      flips: ['udp-exchange'],
      text: { en: 'The answer does not fit.', zh: '应答装不下。' },
    },
  },
  async script(context) {
    const { laptop, params, sleep } = context;
    laptop.writeFile('/etc/resolv.conf', `nameserver ${params.server}\noptions timeout:5 attempts:1\n`);
    await sleep('1s');
    tell(context);
    await resolve(context);
    await caching(context);
    await missing(context);
    await lengths(context);
  },
});

function tell({ watch, say }: LabTools): void {
  watch('dns.flags.response == 0', (p) => {
    const [to, name, type] = [nameOf(p), p.field('dns.qry.name'), p.field('tcp.dstport') === 53 ? 'TCP' : 'UDP'];
    const who = p.card.split('.')[0];
    say({ en: `${who} asks ${to} for ${name} (${type})`, zh: `${who} 向 ${to} 查询 ${name}（${type}）` });
  });
  watch('dns.flags.response == 1', (p) => {
    const who = p.card.split('.')[0];
    const code = Number(p.field('dns.flags.rcode'));
    const tc = p.field('dns.flags.truncated') === true;
    const answers = p.fields('dns.a').join(', ') || (code === 3 ? 'NXDOMAIN' : code === 0 ? '-' : `RCODE ${code}`);
    const cut = tc ? ', TC=1' : '';
    say({ en: `${who} answers: ${answers}${cut}`, zh: `${who} 应答：${answers}${cut}` });
  });
}

function nameOf(p: SeenPacket): string {
  const address = String(p.field('ip.dst'));
  return SERVER_NAMES.get(address) ?? address;
}

/** Every query so far, where it was made. */
function queries({ seen }: LabTools): readonly SeenPacket[] {
  return seen('dns.flags.response == 0').packets;
}

function routes(list: readonly SeenPacket[]): string {
  return list.map((p) => `${p.card.split('.')[0]}>${nameOf(p)}`).join(' ');
}

async function resolve(context: Context): Promise<void> {
  const { laptop, check } = context;
  const answer = await laptop.sh(`getent hosts ${NAME}`);
  const asked = queries(context);
  const first = asked[0];
  check('stub', () => ({ met: first?.field('ip.dst') === ADDRESS.forwarder, saw: routes(asked) }), first);
  const passed = asked.find((p) => p.card === 'forwarder.eth0');
  check(
    'forwarder',
    () => ({
      met: passed?.field('ip.dst') === ADDRESS.resolver && passed.field('dns.qry.name') === NAME,
      saw: routes(asked),
    }),
    passed,
  );
  const walked = asked.filter((p) => p.card === 'resolver.eth0');
  check(
    'walk',
    () => ({
      met: routes(walked) === 'resolver>root resolver>test resolver>shop.test' && answer.stdout.includes('10.0.0.80'),
      saw: `${routes(walked)}; the laptop got ${answer.stdout.trim() || 'nothing'}`,
    }),
    walked.at(-1),
  );
}

async function caching(context: Context): Promise<void> {
  const { laptop, params, check, sleep } = context;
  const askedByResolver = (from: number): SeenPacket[] =>
    queries(context).filter((p) => p.atNs >= from && p.card === 'resolver.eth0');
  await sleep(Number(params.soon) * 1_000_000_000);
  const soonNs = context.now;
  await laptop.sh(`getent hosts ${NAME}`);
  const again = askedByResolver(soonNs);
  await sleep(Number(params.late) * 1_000_000_000);
  const lateNs = context.now;
  await laptop.sh(`getent hosts ${NAME}`);
  const after = askedByResolver(lateNs);
  check(
    'cache',
    () => ({
      met: again.length === 0 && after.length > 0,
      saw: `asked anew: within the TTL ${routes(again) || 'nobody'}, after it ${routes(after) || 'nobody'}`,
    }),
    after[0] ?? again[0],
  );
}

async function missing({ laptop, params, check, seen }: Context): Promise<void> {
  const { stdout } = await laptop.sh(`dig ${params.missing}`);
  const status = /status: (\w+)/.exec(stdout)?.[1];
  const packet = seen('dns.flags.rcode == 3', 'laptop.eth0').last;
  check(
    'nxdomain',
    () => ({ met: status === 'NXDOMAIN' && packet !== undefined, saw: status ?? stdout.trim() }),
    packet,
  );
}

async function lengths({ laptop, params, check, seen }: Context): Promise<void> {
  const before = seen('dns', 'laptop.eth0').last?.atNs ?? 0;
  await laptop.sh(`dig +noedns @${ADDRESS.shop} ${params.big} TXT`);
  const big = seen('dns', 'laptop.eth0').packets.filter((p) => p.atNs > before);
  const cut = big.find((p) => p.field('dns.flags.truncated') === true && p.field('dns.flags.response') === true);
  const again = big.find((p) => p.field('tcp.dstport') === 53);
  check(
    'truncated',
    () => ({
      met: cut !== undefined && again !== undefined && again.atNs >= cut.atNs,
      saw: `${big.length} messages, TC=${cut !== undefined}`,
    }),
    again,
  );
  const whole = big.find((p) => p.field('tcp.srcport') === 53);
  check(
    'by-tcp',
    () => ({
      met: Number(whole?.field('dns.length') ?? 0) > 512,
      saw: `${whole?.field('dns.length') ?? 'no'} bytes over TCP`,
    }),
    whole,
  );
  const then = seen('dns', 'laptop.eth0').last?.atNs ?? 0;
  await laptop.sh(`dig +noedns @${ADDRESS.shop} ${params.small} ${params.small === NAME ? 'A' : 'TXT'}`);
  const small = seen('dns', 'laptop.eth0').packets.filter((p) => p.atNs > then);
  const udp = small.filter((p) => p.field('udp.port') !== undefined || p.field('udp.srcport') !== undefined);
  check(
    'udp-exchange',
    () => ({
      met: small.length === 2 && udp.length === 2 && udp[0]!.field('udp.dstport') === 53,
      saw: `${udp.length} datagrams of ${small.length} messages`,
    }),
    small.at(-1),
  );
}
