/** IPv4 addresses: prefixes against the forwarding of a host, the old classes, the blocks that are special, the private ones. */
import { cable, host, lab, networkSwitch, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { classify, groupListener, inPrefix, isPrivate, probe, sendTo } from './programs.ts';

type Context = LabContext<'ann' | 'bob' | 'cat' | 'gw1' | 'gw2' | 'border'>;
const GROUP = '239.1.1.1';
const PROBES = 1000;
/** Last outside, first inside, last inside, first outside, of the three blocks of RFC 1918. */
const BORDERS: readonly (readonly [address: string, isPrivate: boolean])[] = [
  ['9.255.255.255', false],
  ['10.0.0.0', true],
  ['10.255.255.255', true],
  ['11.0.0.0', false],
  ['172.15.255.255', false],
  ['172.16.0.0', true],
  ['172.31.255.255', true],
  ['172.32.0.0', false],
  ['192.167.255.255', false],
  ['192.168.0.0', true],
  ['192.168.255.255', true],
  ['192.169.0.0', false],
];

export default lab({
  id: 'addresses',
  title: {
    en: 'IPv4 addresses: prefixes, classes, special and private blocks',
    zh: 'IPv4 地址：前缀、分类、特殊地址与私有地址',
  },
  text: {
    en: 'A thousand random prefixes are put into a routing table and the packets show whether the calculator was right. Then the old classes by leading bits, the blocks that the stack treats in a way of their own, and the borders of the private blocks.',
    zh: '把一千个随机前缀放进路由表，由分组证明前缀计算是否正确。再看按首位比特划分的旧分类、协议栈特殊对待的地址块，以及私有地址块的边界。',
  },
  params: {
    error: {
      default: 0,
      min: 0,
      max: 8,
      text: { en: 'Bits by which the calculator is wrong', zh: '前缀计算错多少位' },
    },
    classes: {
      default: 'A0-127 B128-191 C192-223 D224-239 E240-255',
      text: { en: 'Your table of classes', zh: '你的分类表' },
    },
    zero: { default: '0.0.0.0', text: { en: 'The first address of 0/8', zh: '0/8 的第一个地址' } },
    loop: { default: '127.9.9.9', text: { en: 'An address in 127/8', zh: '127/8 中的一个地址' } },
    member: { default: 'yes', choices: ['yes', 'no'], text: { en: 'Bob joins the group', zh: 'Bob 是否加入组播组' } },
    broadcast: { default: '255.255.255.255', text: { en: 'The last address of 240/4', zh: '240/4 的最后一个地址' } },
    middle: {
      default: '172.16.0.0/12',
      text: { en: 'The second private block in the test', zh: '判断程序中的第二个私有地址块' },
    },
    filter: {
      default: 'unreachable 172.16.0.0/12',
      text: { en: 'The border router’s rule for the second block', zh: '边界路由器对第二个地址块的规则' },
    },
  },
  machines: {
    ann: host({ eth0: '10.0.1.2/24', eth1: '10.0.2.2/24', eth2: '10.0.3.2/24', gateway: '10.0.1.1' }),
    gw1: host({ eth0: '10.0.1.1/24' }),
    gw2: host({ eth0: '10.0.2.1/24' }),
    lan: networkSwitch(),
    bob: host({ eth0: '10.0.3.3/24' }),
    cat: host({ eth0: '10.0.3.4/24' }),
    border: router({
      eth0: '10.0.3.1/24',
      eth1: '203.0.113.1/30',
      gateway: '203.0.113.2',
      routes: ['unreachable 10.0.0.0/8', param('filter'), 'unreachable 192.168.0.0/16'],
    }),
    isp: host({ eth0: '203.0.113.2/30' }),
  },
  cables: [
    cable('ann.eth0', 'gw1', { rate: '1Gbit', delay: '10us' }),
    cable('ann.eth1', 'gw2', { rate: '1Gbit', delay: '10us' }),
    cable('ann.eth2', 'lan', { rate: '1Gbit', delay: '10us' }),
    cable('bob', 'lan', { rate: '1Gbit', delay: '10us' }),
    cable('cat', 'lan', { rate: '1Gbit', delay: '10us' }),
    cable('border.eth0', 'lan', { rate: '1Gbit', delay: '10us' }),
    cable('border.eth1', 'isp', { rate: '1Gbit', delay: '10us' }),
  ],
  programs: { classify, probe, 'is-private': isPrivate, 'group-listener': groupListener, 'send-to': sendTo },
  checks: {
    prefixes: {
      text: {
        en: `${PROBES} random pairs: the calculator and the packets agree`,
        zh: `${PROBES} 组随机地址与前缀：前缀计算与分组的去向一致`,
      },
      row: 7,
      clause: 1,
    },
    classes: {
      text: { en: 'All 256 first octets have the class of your table', zh: '256 个首字节的分类都与表一致' },
      row: 8,
      clause: 1,
    },
    zero: {
      text: {
        en: 'Of 0/8 only 0.0.0.0 is special: it means this host',
        zh: '0/8 中只有 0.0.0.0 特殊：它代表本机',
      },
      row: 8,
      clause: 2,
    },
    loopback: {
      text: { en: '127/8 is answered and never leaves the host', zh: '127/8 有应答，但从不离开主机' },
      row: 8,
      clause: 3,
    },
    groups: { text: { en: '224/4 goes to the members of a group only', zh: '224/4 只交给组成员' }, row: 8, clause: 4 },
    last: {
      text: {
        en: 'Of 240/4 only 255.255.255.255 is special: it needs SO_BROADCAST',
        zh: '240/4 中只有 255.255.255.255 特殊：需要 SO_BROADCAST',
      },
      row: 8,
      clause: 5,
    },
    private: {
      text: { en: 'The test agrees with RFC 1918 on all borders', zh: '判断程序在所有边界上与 RFC 1918 一致' },
      row: 9,
      clause: 1,
    },
    policy: {
      text: { en: 'The border router lets exactly the public addresses out', zh: '边界路由器只放行公网地址' },
      row: 9,
      clause: 2,
    },
  },
  counterRuns: {
    'wrong-mask': {
      set: { error: 1 },
      flips: ['prefixes'],
      text: { en: 'The calculator is wrong by one bit.', zh: '前缀计算错一位。' },
    },
    'wrong-table': {
      set: { classes: 'A1-126 B128-191 C192-223 D224-239 E240-254' },
      flips: ['classes'],
      text: { en: 'A table that leaves out 0, 127 and 255.', zh: '漏掉 0、127 和 255 的表。' },
    },
    ordinary: {
      set: { zero: '10.0.3.3', loop: '10.0.3.3', broadcast: '10.0.3.3' },
      flips: ['zero', 'loopback', 'last'],
      text: { en: 'Ordinary addresses in place of the special ones.', zh: '用普通地址代替特殊地址。' },
    },
    outsider: { set: { member: 'no' }, flips: ['groups'], text: { en: 'Bob is no member.', zh: 'Bob 不是组成员。' } },
    'class-b': {
      set: { middle: '172.16.0.0/16' },
      flips: ['private'],
      text: { en: 'The block taken for one class B network.', zh: '把该地址块当成一个 B 类网络。' },
    },
    'class-b-rule': {
      set: { filter: 'unreachable 172.16.0.0/16' },
      flips: ['policy'],
      text: { en: 'The same mistake at the router.', zh: '路由器上犯同样的错误。' },
    },
  },
  async script(context) {
    await prefixes(context);
    await classes(context);
    await special(context);
    await groups(context);
    await privateBlocks(context);
  },
});

async function prefixes({ ann, params, check, seen, say }: Context): Promise<void> {
  // Both gateways are known, so that no packet waits for ARP.
  await ann.sh('ping -c 1 10.0.1.1; ping -c 1 10.0.2.1');
  const { stdout } = await ann.sh(`probe ${PROBES}`);
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string]);
  const sent = seen('udp.dstport == 9').packets.filter((p) => p.direction === 'out' && p.card.startsWith('ann.'));
  const routed = sent.map((p) => p.card === 'ann.eth1');
  const wrong = pairs.findIndex(
    ([address, prefix], i) => inPrefix(address, prefix, Number(params.error)) !== routed[i],
  );
  const inside = routed.filter((yes) => yes).length;
  say({
    en: `${pairs.length} pairs, ${inside} addresses inside their prefix`,
    zh: `${pairs.length} 组，其中 ${inside} 个地址在前缀内`,
  });
  check(
    'prefixes',
    () => ({
      met: pairs.length === PROBES && sent.length === PROBES && inside > 100 && inside < 900 && wrong < 0,
      saw:
        wrong < 0 ? `${sent.length} packets` : `${pairs[wrong]!.join(' in ')}: the packet went by ${sent[wrong]?.card}`,
    }),
    sent[Math.max(0, wrong)],
  );
}

async function classes({ ann, params, check }: Context): Promise<void> {
  const { stdout } = await ann.sh('classify');
  const found = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[1]!);
  const table = String(params.classes)
    .split(/\s+/)
    .map((entry) => /^([A-E])(\d+)-(\d+)$/.exec(entry));
  const inTable = (octet: number): string =>
    table.find((entry) => entry !== null && octet >= Number(entry[2]) && octet <= Number(entry[3]))?.[1] ?? '-';
  const wrong = found.findIndex((name, octet) => name !== inTable(octet));
  check('classes', () => ({
    met: found.length === 256 && wrong < 0,
    saw: `${wrong} is ${found[wrong]}, the table says ${inTable(wrong)}`,
  }));
}

async function special(context: Context): Promise<void> {
  const { ann, cat, params, check, seen, sleep } = context;
  const onWire = (address: unknown): number =>
    seen(`ip.dst == ${address}`).packets.filter((p) => p.card !== 'ann.lo' && p.card.startsWith('ann.')).length;
  await cat.sh('ip route add default via 10.0.3.1');
  const self = await ann.sh(`ping -c 1 -W 1 ${params.zero}`);
  await cat.sh('send-to 0.1.2.3 9 x');
  await sleep('100ms');
  const other = seen('ip.dst == 0.1.2.3', 'border.eth1').first;
  check(
    'zero',
    () => ({
      met: self.status === 0 && onWire(params.zero) === 0 && other !== undefined,
      saw: `ping ended with ${self.status}, ${onWire(params.zero)} packets on cables, 0.1.2.3 forwarded: ${other !== undefined}`,
    }),
    other,
  );
  const loop = await ann.sh(`ping -c 1 -W 1 ${params.loop}`);
  check('loopback', () => ({
    met: loop.status === 0 && onWire(params.loop) === 0,
    saw: `ping ended with ${loop.status}, ${onWire(params.loop)} packets on cables`,
  }));
  const before = onWire(params.broadcast);
  const last = await ann.sh(`send-to ${params.broadcast} 9 x`);
  const ordinary = await ann.sh('send-to 240.0.0.1 9 x');
  const left = seen('ip.dst == 240.0.0.1').first;
  check(
    'last',
    () => ({
      met:
        last.stdout.trim() === 'EACCES' &&
        onWire(params.broadcast) === before &&
        ordinary.stdout.trim() === 'sent' &&
        left !== undefined,
      saw: `${params.broadcast}: ${last.stdout.trim()}, 240.0.0.1: ${ordinary.stdout.trim()}`,
    }),
    left,
  );
}

async function groups({ ann, bob, cat, params, check, seen, sleep }: Context): Promise<void> {
  const listeners = [bob.start(`group-listener ${GROUP} ${params.member}`), cat.start(`group-listener ${GROUP} no`)];
  await sleep('100ms');
  await ann.sh(`ip route add ${GROUP} dev eth2; send-to ${GROUP} 5000 hello`);
  await sleep('100ms');
  const heard = listeners.map((listener) => listener.stdout.trim());
  const packet = seen(`ip.dst == ${GROUP}`, 'bob.eth0').last ?? seen(`ip.dst == ${GROUP}`).last;
  check(
    'groups',
    () => ({ met: heard.join() === 'hello,', saw: `Bob heard '${heard[0]}', Cat heard '${heard[1]}'` }),
    packet,
  );
  for (const listener of listeners) {
    listener.kill();
    await listener.wait();
  }
}

async function privateBlocks({ ann, cat, params, check, seen, sleep }: Context): Promise<void> {
  ann.writeFile('/etc/private', `10.0.0.0/8 ${params.middle} 192.168.0.0/16\n`);
  const { stdout } = await ann.sh(`is-private ${BORDERS.map(([address]) => address).join(' ')}`);
  const said = stdout.trim().split('\n');
  const wanted = BORDERS.map(([address, yes]) => `${address} ${yes ? 'private' : 'public'}`);
  check('private', () => ({
    met: said.join() === wanted.join(),
    saw: said.find((line, i) => line !== wanted[i]) ?? 'nothing',
  }));
  for (const [address] of BORDERS) await cat.sh(`send-to ${address} 9 x`);
  await sleep('100ms');
  const out = (address: string): boolean => seen(`ip.dst == ${address} && udp && !icmp`, 'border.eth1').count > 0;
  const wrong = BORDERS.filter(([address, yes]) => out(address) === yes).map(([address]) => address);
  check(
    'policy',
    () => ({ met: wrong.length === 0, saw: `wrong: ${wrong.join(', ')}` }),
    seen('udp', 'border.eth1').last,
  );
}
