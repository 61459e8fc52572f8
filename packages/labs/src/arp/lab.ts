/** ARP: question and answer, the cache, what bystanders do with what they overhear, and what a forged answer does. */
import { cable, host, lab, networkSwitch } from '@netarium/core/check/lab.ts';
import type { HostControl, LabContext, LabTools } from '@netarium/core/check/lab-context.ts';
import { main as forge } from './forge.ts';

type Hosts = 'ann' | 'bob' | 'cat' | 'dan' | 'eve';
type Context = LabContext<Hosts>;

const BOB = '10.0.1.3';
const BOB_MAC = '02:00:00:00:02:01';
const EVE_MAC = '02:00:00:00:05:01';
const ANN_MAC = '02:00:00:00:01:01';
const NEW_MAC = '02:00:00:00:aa:01';

/** The MAC that a host's table has for an address; undefined where it has none. */
async function neighbour(on: HostControl, address: string): Promise<string | undefined> {
  const { stdout } = await on.sh(`ip neigh show ${address}`);
  return /lladdr (\S+)/.exec(stdout)?.[1];
}

export default lab({
  id: 'arp',
  title: { en: 'ARP: from IP address to MAC address', zh: 'ARP：从 IP 地址到 MAC 地址' },
  text: {
    en: 'Five hosts on one switch. Ann pings Bob with empty caches; she asks for somebody who is not there; Cat overhears what is not meant for her; Eve answers a question that nobody asked.',
    zh: '一台交换机上的五台主机。Ann 在缓存为空时 ping Bob；又询问一个不存在的地址；Cat 旁听与自己无关的请求；Eve 回答了一个没人提出的问题。',
  },
  params: {
    target: { default: BOB, text: { en: 'Whom Ann pings first', zh: 'Ann 先 ping 谁' } },
    absent: { default: '10.0.1.99', text: { en: 'The address that should be nobody’s', zh: '应当没人使用的地址' } },
    speaks: {
      default: true,
      text: { en: 'Ann asks for somebody after her MAC has changed', zh: 'Ann 的 MAC 改变后是否又发出询问' },
    },
    met: { default: false, text: { en: 'Cat has talked with Dan before', zh: 'Cat 之前是否与 Dan 通信过' } },
    forged: { default: true, text: { en: 'Eve forges an answer', zh: 'Eve 是否伪造应答' } },
  },
  machines: {
    ann: host({ eth0: '10.0.1.2/24' }),
    bob: host({ eth0: '10.0.1.3/24' }),
    cat: host({ eth0: '10.0.1.4/24' }),
    dan: host({ eth0: '10.0.1.5/24' }),
    eve: host({ eth0: '10.0.1.66/24' }),
    sw: networkSwitch(),
  },
  cables: (['ann', 'bob', 'cat', 'dan', 'eve'] as const).map((name) =>
    cable(name, 'sw', { rate: '100Mbit', delay: '10us' }),
  ),
  programs: { forge },
  checks: {
    exchange: {
      text: {
        en: 'One broadcast request, one unicast reply, then the ping',
        zh: '一个广播请求，一个单播应答，然后才是 ping',
      },
      row: 14,
      clause: 1,
    },
    caches: {
      text: { en: 'Both sides know each other afterwards', zh: '之后双方的缓存里都有对方' },
      row: 14,
      clause: 2,
    },
    'three-tries': {
      text: {
        en: 'A question without an answer is asked three times, one second apart',
        zh: '没人应答的请求发三次，相隔一秒',
      },
      row: 14,
      clause: 3,
    },
    unreachable: {
      text: { en: 'After 3 s the program gets EHOSTUNREACH', zh: '3 秒后程序得到 EHOSTUNREACH' },
      row: 14,
      clause: 4,
    },
    merge: {
      text: {
        en: "Cat's old entry for Ann is updated by a request that asks for somebody else",
        zh: 'Cat 对 Ann 的旧条目被一个问别人的请求更新',
      },
      row: 15,
      clause: 1,
    },
    'no-entry': {
      text: {
        en: 'Cat makes no entry for Dan, whose request she overhears',
        zh: 'Cat 听到 Dan 的请求，但不为他新建条目',
      },
      row: 15,
      clause: 2,
    },
    spoofed: {
      text: { en: "Ann's next packet for Bob goes to Eve", zh: 'Ann 发给 Bob 的下一个分组到了 Eve 那里' },
      row: 15,
      clause: 3,
    },
  },
  counterRuns: {
    nobody: {
      set: { target: '10.0.1.77' },
      flips: ['exchange', 'caches'],
      text: { en: 'Pinging an address that nobody has.', zh: 'ping 一个没人使用的地址。' },
    },
    present: {
      set: { absent: '10.0.1.5' },
      flips: ['three-tries', 'unreachable'],
      text: { en: 'The absent address is Dan’s.', zh: '“不存在”的地址其实是 Dan 的。' },
    },
    silent: {
      set: { speaks: false },
      flips: ['merge'],
      text: { en: 'Ann says nothing after her MAC has changed.', zh: 'Ann 的 MAC 改变后没有发出任何请求。' },
    },
    acquainted: {
      set: { met: true },
      flips: ['no-entry'],
      text: { en: 'Cat has talked with Dan before.', zh: 'Cat 之前与 Dan 通信过。' },
    },
    honest: { set: { forged: false }, flips: ['spoofed'], text: { en: 'Eve keeps quiet.', zh: 'Eve 保持沉默。' } },
  },
  async script(context) {
    tell(context);
    await question(context);
    await nobodyAnswers(context);
    await bystanders(context);
    await forgery(context);
  },
});

function tell({ watch, say }: LabTools): void {
  watch('arp.opcode == 1', (p) => {
    const [who, by, to] = [p.field('arp.dst.proto_ipv4'), p.field('arp.src.proto_ipv4'), p.field('eth.dst')];
    say({
      en: `ARP request to ${to}: who has ${who}? Tell ${by}`,
      zh: `ARP 请求发往 ${to}：谁是 ${who}？请告诉 ${by}`,
    });
  });
  watch('arp.opcode == 2', (p) => {
    const [ip, mac, to] = [p.field('arp.src.proto_ipv4'), p.field('arp.src.hw_mac'), p.field('eth.dst')];
    say({ en: `ARP reply to ${to}: ${ip} is at ${mac}`, zh: `ARP 应答发往 ${to}：${ip} 的 MAC 是 ${mac}` });
  });
}

async function question({ ann, bob, params, check, seen, say }: Context): Promise<void> {
  say({ en: `Ann pings ${params.target}`, zh: `Ann ping ${params.target}` });
  const ping = await ann.sh(`ping -c 1 -W 1 ${params.target}`);
  const requests = seen('arp.opcode == 1').packets;
  const replies = seen('arp.opcode == 2').packets;
  check(
    'exchange',
    () => {
      const broadcast = requests.filter((p) => p.field('eth.dst') === 'ff:ff:ff:ff:ff:ff');
      const unicast = replies.filter((p) => p.field('eth.dst') === ANN_MAC);
      const met = requests.length === 1 && broadcast.length === 1 && replies.length === 1 && unicast.length === 1;
      return {
        met: met && ping.status === 0,
        saw: `${broadcast.length} broadcast requests, ${unicast.length} unicast replies, ping ended with ${ping.status}`,
      };
    },
    replies[0] ?? requests[0],
  );
  const [atAnn, atBob] = [await neighbour(ann, BOB), await neighbour(bob, '10.0.1.2')];
  check('caches', () => ({
    met: atAnn === BOB_MAC && atBob === ANN_MAC,
    saw: `Ann has ${atAnn ?? 'nothing'}, Bob has ${atBob ?? 'nothing'}`,
  }));
}

async function nobodyAnswers({ ann, params, check, seen, say }: Context): Promise<void> {
  const before = seen('arp.opcode == 1').count;
  say({ en: `Ann pings ${params.absent}, where nobody is`, zh: `Ann ping ${params.absent}，那里没有主机` });
  await ann.sh(`ping -c 1 -W 5 ${params.absent}`);
  const asked = seen('arp.opcode == 1')
    .packets.slice(before)
    .filter((p) => p.field('arp.dst.proto_ipv4') === params.absent);
  const gaps = asked.slice(1).map((p, i) => p.atNs - asked[i]!.atNs);
  check(
    'three-tries',
    () => ({
      met: asked.length === 3 && gaps.every((gap) => gap > 990_000_000 && gap < 1_100_000_000),
      saw: `${asked.length} requests, ${gaps.map((gap) => `${gap / 1e9} s`).join(', ')} apart`,
    }),
    asked.at(-1),
  );
  const attempt = await ann.sh(`nc -v -w 10 ${params.absent} 7`);
  const seconds = (attempt.endNs - attempt.startNs) / 1e9;
  check(
    'unreachable',
    () => ({
      met: attempt.stderr.includes('No route to host') && seconds > 2.9 && seconds < 3.3,
      saw: `${attempt.stderr.trim()} after ${seconds} s`,
    }),
    { atNs: attempt.endNs },
  );
}

async function bystanders(context: Context): Promise<void> {
  const { ann, cat, dan, params, check, sleep, say } = context;
  await cat.sh('ping -c 1 10.0.1.2');
  if (params.met === true) await cat.sh('ping -c 1 10.0.1.5');
  await sleep('2s');
  say({ en: "Ann's card gets another MAC address", zh: 'Ann 的网卡换了一个 MAC 地址' });
  await ann.sh(`ip link set eth0 address ${NEW_MAC}`);
  if (params.speaks === true) await ann.sh('ping -c 1 -W 1 10.0.1.5');
  const known = await neighbour(cat, '10.0.1.2');
  check('merge', () => ({ met: known === NEW_MAC, saw: `Cat has ${known ?? 'nothing'} for Ann` }));
  await dan.sh('ping -c 1 10.0.1.66');
  const stranger = await neighbour(cat, '10.0.1.5');
  check('no-entry', () => ({ met: stranger === undefined, saw: `Cat has ${stranger} for Dan` }));
  await ann.sh(`ip link set eth0 address ${ANN_MAC}`);
}

async function forgery({ ann, eve, params, check, seen, sleep, say }: Context): Promise<void> {
  await ann.sh(`ping -c 1 ${BOB}`);
  await sleep('2s');
  if (params.forged === true) {
    say({ en: `Eve tells Ann that ${BOB} is hers`, zh: `Eve 告诉 Ann：${BOB} 是我的` });
    await eve.sh(`forge eth0 ${EVE_MAC} ${BOB} 10.0.1.2 ${ANN_MAC}`);
  }
  await ann.sh(`ping -c 1 -W 1 ${BOB}`);
  const stolen = seen(`icmp.type == 8 && ip.dst == ${BOB}`, 'eve.eth0').packets;
  check(
    'spoofed',
    () => ({ met: stolen.length === 1, saw: `${stolen.length} echo requests for Bob reached Eve` }),
    stolen[0],
  );
}
