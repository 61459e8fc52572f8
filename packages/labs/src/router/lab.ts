/** Routers: what they change in a packet and what they leave alone, how they choose a route, and what they answer when they cannot go on. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext, LabTools, SeenPacket } from '@netarium/core/check/lab-context.ts';

const BOB = '10.0.4.2';
const NEW_MAC = '02:00:00:00:aa:01';
type Context = LabContext<'ann' | 'r1' | 'r2' | 'r3' | 'r4' | 'bob'>;

/** The cards that a packet from Ann to Bob leaves by, link by link. */
const LINKS = ['ann.eth0', 'r1.eth1', 'r2.eth1', 'r3.eth1'] as const;

export default lab({
  id: 'router',
  title: { en: 'Routers: from network to network', zh: '路由器：从一个网络到另一个网络' },
  text: {
    en: 'A ping crosses three routers. On each link the MAC addresses are others, the IP addresses are the same, and the TTL is one less. Then a longer prefix wins, a TTL runs out, a destination is nowhere, and a broadcast stays where it is.',
    zh: '一次 ping 穿过三台路由器。每段链路上 MAC 地址都不同，IP 地址不变，TTL 每跳减一。再看最长前缀优先、TTL 耗尽、目的地不存在，以及广播不被转发。',
  },
  params: {
    target: { default: BOB, text: { en: 'Whom Ann pings', zh: 'Ann ping 谁' } },
    mac: { default: NEW_MAC, text: { en: 'The MAC address of Ann’s new card', zh: 'Ann 换上的新网卡的 MAC 地址' } },
    specific: {
      default: '10.9.1.0/24 via 10.0.14.2',
      text: { en: 'The more specific route of r1', zh: 'r1 上更具体的路由' },
    },
    ttl: {
      default: 2,
      min: 1,
      max: 255,
      text: { en: 'Time to live of the packet that should not arrive', zh: '不应到达的分组的 TTL' },
    },
    nowhere: { default: '192.168.77.1', text: { en: 'An address that no route leads to', zh: '没有路由可达的地址' } },
    broadcast: { default: '10.0.1.255', text: { en: 'The broadcast address', zh: '广播地址' } },
  },
  machines: {
    ann: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1' }),
    r1: router({
      eth0: '10.0.1.1/24',
      eth1: '10.0.2.1/24',
      eth2: '10.0.14.1/24',
      routes: ['10.0.3.0/24 via 10.0.2.2', '10.0.4.0/24 via 10.0.2.2', '10.9.0.0/16 via 10.0.2.2', param('specific')],
    }),
    r2: router({
      eth0: '10.0.2.2/24',
      eth1: '10.0.3.1/24',
      routes: ['10.0.1.0/24 via 10.0.2.1', '10.0.4.0/24 via 10.0.3.2'],
    }),
    r3: router({
      eth0: '10.0.3.2/24',
      eth1: '10.0.4.1/24',
      routes: ['10.0.1.0/24 via 10.0.3.1', '10.0.2.0/24 via 10.0.3.1'],
    }),
    r4: router({ eth0: '10.0.14.2/24', routes: ['10.0.1.0/24 via 10.0.14.1'] }),
    bob: host({ eth0: '10.0.4.2/24', gateway: '10.0.4.1' }),
  },
  cables: [
    cable('ann', 'r1.eth0', { rate: '1Gbit', delay: '100us' }),
    cable('r1.eth1', 'r2.eth0', { rate: '100Mbit', delay: '5ms' }),
    cable('r2.eth1', 'r3.eth0', { rate: '100Mbit', delay: '5ms' }),
    cable('r3.eth1', 'bob', { rate: '1Gbit', delay: '100us' }),
    cable('r1.eth2', 'r4.eth0', { rate: '100Mbit', delay: '5ms' }),
  ],
  checks: {
    'ip-pair': {
      text: { en: 'The IP addresses are the same on all four links', zh: '四段链路上 IP 地址都相同' },
      row: 13,
      clause: 1,
    },
    'mac-pairs': {
      text: { en: 'The MAC addresses are others on each link', zh: '每段链路上的 MAC 地址都不同' },
      row: 13,
      clause: 2,
    },
    'new-card': {
      text: {
        en: 'A new card changes the MAC address and not the IP address',
        zh: '换网卡只改变 MAC 地址，不改变 IP 地址',
      },
      row: 13,
      clause: 3,
    },
    'longest-prefix': { text: { en: 'The longer prefix wins', zh: '前缀更长的路由优先' }, row: 21, clause: 1 },
    ttl: {
      text: { en: 'Each router takes one from the TTL: 64, 63, 62, 61', zh: '每台路由器把 TTL 减一：64、63、62、61' },
      row: 21,
      clause: 2,
    },
    'time-exceeded': {
      text: { en: 'Where the TTL runs out the router answers time exceeded', zh: 'TTL 耗尽处的路由器回以超时' },
      row: 21,
      clause: 3,
    },
    unreachable: {
      text: { en: 'Without a route the router answers destination unreachable', zh: '没有路由时路由器回以目的不可达' },
      row: 21,
      clause: 4,
    },
    broadcast: { text: { en: 'The broadcast does not leave its network', zh: '广播不出本网络' }, row: 21, clause: 5 },
  },
  counterRuns: {
    near: {
      set: { target: '10.0.1.1' },
      flips: ['ip-pair', 'mac-pairs', 'ttl'],
      text: { en: 'The ping goes no further than the first router.', zh: 'ping 只到第一台路由器。' },
    },
    'same-card': {
      set: { mac: '02:00:00:00:01:01' },
      flips: ['new-card'],
      text: { en: 'The card stays the same.', zh: '网卡没有换。' },
    },
    'less-specific': {
      set: { specific: '10.8.1.0/24 via 10.0.14.2' },
      flips: ['longest-prefix'],
      text: { en: 'There is no longer prefix.', zh: '没有更长的前缀。' },
    },
    'long-lived': {
      set: { ttl: 64 },
      flips: ['time-exceeded'],
      text: { en: 'The TTL is enough.', zh: 'TTL 足够大。' },
    },
    somewhere: { set: { nowhere: BOB }, flips: ['unreachable'], text: { en: 'There is a route.', zh: '存在路由。' } },
    unicast: {
      set: { broadcast: BOB },
      flips: ['broadcast'],
      text: { en: 'The address is Bob’s.', zh: '地址是 Bob 的。' },
    },
  },
  async script(context) {
    tell(context);
    await across(context);
    await newCard(context);
    await choice(context);
    await deadEnds(context);
  },
});

function tell({ watch, say }: LabTools): void {
  for (const card of LINKS) {
    watch(
      'icmp.type == 8',
      (p) => {
        if (p.direction !== 'out') return;
        const [src, dst, ttl] = [p.field('eth.src'), p.field('eth.dst'), p.field('ip.ttl')];
        say({
          en: `${card}: ${p.field('ip.src')} to ${p.field('ip.dst')}, TTL ${ttl}, MAC ${src} to ${dst}`,
          zh: `${card}：${p.field('ip.src')} 到 ${p.field('ip.dst')}，TTL ${ttl}，MAC ${src} 到 ${dst}`,
        });
      },
      card,
    );
  }
  watch('icmp.type == 11 || icmp.type == 3', (p) => {
    const who = p.card.split('.')[0];
    say({ en: `${who} answers: ${p.info}`, zh: `${who} 应答：${p.info}` });
  });
}

/** The last echo request that each link of the way carried. */
function onLinks({ seen }: LabTools, filter: string): SeenPacket[] {
  return LINKS.flatMap((card) =>
    seen(`icmp.type == 8 && ${filter}`, card)
      .packets.filter((p) => p.direction === 'out')
      .slice(-1),
  );
}

async function across(context: Context): Promise<void> {
  const { ann, params, check } = context;
  await ann.sh(`ping -c 1 -W 1 ${params.target}`);
  const links = onLinks(context, `ip.dst == ${params.target}`);
  const ips = links.map((p) => `${p.field('ip.src')}>${p.field('ip.dst')}`);
  const macs = links.map((p) => `${p.field('eth.src')}>${p.field('eth.dst')}`);
  const ttls = links.map((p) => p.field('ip.ttl')).join(', ');
  check('ip-pair', () => ({ met: links.length === 4 && new Set(ips).size === 1, saw: ips.join(', ') }), links.at(-1));
  check(
    'mac-pairs',
    () => ({ met: links.length === 4 && new Set(macs).size === 4, saw: macs.join(', ') }),
    links.at(-1),
  );
  check('ttl', () => ({ met: ttls === '64, 63, 62, 61', saw: ttls }), links.at(-1));
}

async function newCard({ ann, params, check, seen }: Context): Promise<void> {
  const before = seen('icmp.type == 8', 'ann.eth0').last;
  await ann.sh(`ip link set eth0 address ${params.mac}`);
  await ann.sh('ping -c 1 -W 1 10.0.1.1');
  const after = seen('icmp.type == 8', 'ann.eth0').last;
  check(
    'new-card',
    () => ({
      met: after?.field('eth.src') !== before?.field('eth.src') && after?.field('ip.src') === before?.field('ip.src'),
      saw: `MAC ${before?.field('eth.src')} then ${after?.field('eth.src')}, IP ${before?.field('ip.src')} then ${after?.field('ip.src')}`,
    }),
    after,
  );
}

async function choice({ ann, check, seen }: Context): Promise<void> {
  await ann.sh('ping -c 1 -W 1 10.9.1.1; ping -c 1 -W 1 10.9.2.1');
  // Answers from beyond quote the request, so only what r1 sends counts.
  const sent = (to: string, card: string) =>
    seen(`icmp.type == 8 && ip.dst == ${to}`, card).packets.filter((p) => p.direction === 'out');
  const specific = sent('10.9.1.1', 'r1.eth2');
  const general = sent('10.9.2.1', 'r1.eth1');
  check(
    'longest-prefix',
    () => ({
      met: specific.length === 1 && general.length === 1,
      saw: `10.9.1.1 by eth2 ${specific.length} times, 10.9.2.1 by eth1 ${general.length} times`,
    }),
    specific[0],
  );
}

async function deadEnds({ ann, params, check, seen }: Context): Promise<void> {
  await ann.sh(`ping -c 1 -W 1 -t ${params.ttl} ${BOB}`);
  const exceeded = seen('icmp.type == 11', 'ann.eth0').last;
  check(
    'time-exceeded',
    () => ({ met: exceeded?.field('ip.src') === '10.0.2.2', saw: 'no time exceeded from 10.0.2.2' }),
    exceeded,
  );
  await ann.sh(`ping -c 1 -W 1 ${params.nowhere}`);
  const unreachable = seen(`icmp.type == 3 && ip.src == 10.0.1.1`, 'ann.eth0').packets.find((p) =>
    p.fields('ip.dst').includes(String(params.nowhere)),
  );
  check(
    'unreachable',
    () => ({ met: unreachable !== undefined, saw: 'no destination unreachable from r1' }),
    unreachable,
  );
  await ann.sh(`ping -b -c 1 -W 1 ${params.broadcast}`);
  const here = seen(`icmp.type == 8 && ip.dst == ${params.broadcast}`, 'ann.eth0').last;
  const beyond = seen(`icmp.type == 8 && ip.dst == ${params.broadcast} && ip.ttl == 63`, 'r1.eth1');
  check(
    'broadcast',
    () => ({ met: here !== undefined && beyond.count === 0, saw: `${beyond.count} copies beyond r1` }),
    here,
  );
}
