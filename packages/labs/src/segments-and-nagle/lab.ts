/** How writes become segments: Nagle's algorithm, the MTU of the first cable, a smaller MTU on the way; and datagrams, which are never merged. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { datagram, datagrams, pieces, sink } from './programs.ts';

type Context = LabContext<'sender' | 'plain' | 'pppoe' | 'jumbo' | 'gw' | 'isp' | 'far'>;

const text = (en: string, zh: string) => ({ en, zh });
const WRITES = 50;
const SMALL = 10;
const BULK = 60_000;
/** TCP payload of a full segment: MTU less 20 bytes IPv4, 20 bytes TCP and 12 bytes timestamps. */
const payloadAt = (mtu: number): number => mtu - 52;
/** [host, address, MTU]. */
const LINKS = [
  ['plain', '10.0.1.3', 1500],
  ['pppoe', '10.0.2.3', 1492],
  ['jumbo', '10.0.3.3', 9000],
] as const;
const mode = (value: string, en: string, zh: string) => ({
  default: value,
  choices: ['nagle', 'nodelay'],
  text: { en, zh },
});

export default lab({
  id: 'segments-and-nagle',
  title: text('Nagle, MTU and segments', 'Nagle、MTU 与分段'),
  text: text(
    'Fifty writes of ten bytes leave merged with Nagle’s algorithm and one by one with TCP_NODELAY. A bulk of 60 kB is cut to the MTU of 1500, 1492 or 9000, and to 1400 after a router on the way has refused larger packets. Datagrams are never merged: one that is too long is fragmented, and beyond 65,507 bytes refused.',
    '五十次 10 字节的写，开启 Nagle 时合并发出，设置 TCP_NODELAY 时逐个发出。60 kB 数据按 1500、1492、9000 的 MTU 切分；途中路由器拒绝大包后改按 1400 切分。数据报从不合并：过长则分片，超过 65507 字节被拒绝。',
  ),
  params: {
    first: mode('nagle', 'Mode of the first writer', '第一个写入方的模式'),
    second: mode('nodelay', 'Mode of the second writer', '第二个写入方的模式'),
    jumbo: { default: 9000, min: 576, max: 9000, text: text('MTU of the jumbo link', '巨帧链路的 MTU') },
    narrow: { default: 1400, min: 576, max: 1500, text: text('MTU between the two routers', '两台路由器之间的 MTU') },
    'one-frame': {
      default: 1472,
      min: 0,
      max: 65_507,
      text: text('Datagram that should fit into one frame (bytes)', '应装进一帧的数据报（字节）'),
    },
    largest: {
      default: 65_507,
      min: 0,
      max: 65_535,
      text: text('Datagram that should be the largest (bytes)', '应为最大的数据报（字节）'),
    },
    'too-large': {
      default: 65_508,
      min: 0,
      max: 65_535,
      text: text('Datagram that should be refused (bytes)', '应被拒绝的数据报（字节）'),
    },
  },
  machines: {
    sender: host({
      eth0: '10.0.1.2/24',
      eth1: { address: '10.0.2.2/24', mtu: 1492 },
      eth2: { address: '10.0.3.2/24', mtu: param('jumbo') },
      eth3: '10.0.4.2/24',
      routes: ['10.0.6.0/24 via 10.0.4.1'],
    }),
    plain: host({ eth0: '10.0.1.3/24', run: ['sink 9', 'datagrams 9'] }),
    pppoe: host({ eth0: { address: '10.0.2.3/24', mtu: 1492 }, run: ['sink 9'] }),
    jumbo: host({ eth0: { address: '10.0.3.3/24', mtu: param('jumbo') }, run: ['sink 9'] }),
    gw: router({ eth0: '10.0.4.1/24', eth1: { address: '10.0.5.1/24', mtu: param('narrow') }, gateway: '10.0.5.2' }),
    isp: router({
      eth0: { address: '10.0.5.2/24', mtu: param('narrow') },
      eth1: '10.0.6.1/24',
      routes: ['10.0.4.0/24 via 10.0.5.1'],
    }),
    far: host({ eth0: '10.0.6.2/24', gateway: '10.0.6.1', run: ['sink 9'] }),
  },
  cables: [
    cable('sender.eth0', 'plain', { rate: '100Mbit', delay: '10ms' }),
    cable('sender.eth1', 'pppoe', { rate: '100Mbit', delay: '1ms' }),
    cable('sender.eth2', 'jumbo', { rate: '100Mbit', delay: '1ms' }),
    cable('sender.eth3', 'gw.eth0', { rate: '100Mbit', delay: '1ms' }),
    cable('gw.eth1', 'isp.eth0', { rate: '100Mbit', delay: '1ms' }),
    cable('isp.eth1', 'far', { rate: '100Mbit', delay: '1ms' }),
  ],
  programs: { sink, pieces, datagram, datagrams },
  checks: {
    nagle: {
      text: text(`${WRITES} small writes leave in far fewer segments`, `${WRITES} 次小块写合并成少得多的报文段`),
      row: 36,
      clause: 1,
    },
    nodelay: {
      text: text(`${WRITES} small writes leave in ${WRITES} segments`, `${WRITES} 次小块写发出 ${WRITES} 个报文段`),
      row: 36,
      clause: 2,
    },
    sizes: {
      text: text('Full segments carry 1448, 1440 and 8948 bytes', '满段分别携带 1448、1440、8948 字节'),
      row: 36,
      clause: 3,
    },
    'path-mtu': {
      text: text(
        'ICMP tells of MTU 1400; from then on segments carry 1348 bytes, and all arrives',
        'ICMP 告知 MTU 1400；此后每段 1348 字节，数据全部到达',
      ),
      row: 36,
      clause: 4,
    },
    fragments: {
      text: text(
        '1472 bytes of UDP take one frame, one byte more takes two fragments',
        '1472 字节 UDP 占一帧，多一字节就是两个分片',
      ),
      row: 6,
      clause: 1,
    },
    largest: {
      text: text('65,507 bytes of UDP arrive, in 45 fragments', '65507 字节 UDP 以 45 个分片到达'),
      row: 6,
      clause: 2,
    },
    refused: { text: text('65,508 bytes are refused with EMSGSIZE', '65508 字节被拒绝：EMSGSIZE'), row: 6, clause: 3 },
  },
  counterRuns: {
    'both-nodelay': {
      set: { first: 'nodelay' },
      flips: ['nagle'],
      text: text('With TCP_NODELAY nothing is merged.', '设置 TCP_NODELAY 后不再合并。'),
    },
    'both-nagle': {
      set: { second: 'nagle' },
      flips: ['nodelay'],
      text: text('With Nagle’s algorithm writes are merged.', '开启 Nagle 则写会合并。'),
    },
    'small-jumbo': {
      set: { jumbo: 1500 },
      flips: ['sizes'],
      text: text('The jumbo link has an MTU of 1500 too.', '巨帧链路的 MTU 也是 1500。'),
    },
    wide: {
      set: { narrow: 1500 },
      flips: ['path-mtu'],
      text: text('The way is as wide as its beginning.', '途中的 MTU 与起点一样大。'),
    },
    datagrams: {
      set: { 'one-frame': 1473, largest: 65_508, 'too-large': 65_507 },
      flips: ['fragments', 'largest', 'refused'],
      text: text('One byte more, or less, at each border.', '在每个边界多或少一个字节。'),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    await smallWrites(context);
    await bulks(context);
    await narrowWay(context);
    await udp(context);
  },
});

/** Data segments that the sender makes while a command runs. */
async function segmentsOf(
  { sender, seen, sleep }: Context,
  command: string,
  to: string,
): Promise<readonly SeenPacket[]> {
  const filter = `ip.dst == ${to} && tcp.len > 0`;
  const before = seen(filter).count;
  await sender.sh(command);
  await sleep('2s');
  return seen(filter).packets.slice(before);
}

const lengths = (packets: readonly SeenPacket[]): readonly number[] => packets.map((p) => Number(p.field('tcp.len')));
const shown = (sizes: readonly number[]): string => `${sizes.slice(0, 8).join(' ')}${sizes.length > 8 ? ' …' : ''}`;

async function smallWrites(context: Context): Promise<void> {
  const { params, say, check } = context;
  for (const [id, setting, met] of [
    ['nagle', params.first, (sizes: readonly number[]) => sizes.length <= WRITES / 4],
    [
      'nodelay',
      params.second,
      (sizes: readonly number[]) => sizes.length === WRITES && sizes.every((n) => n === SMALL),
    ],
  ] as const) {
    const packets = await segmentsOf(context, `pieces 10.0.1.3 9 ${WRITES} ${SMALL} 4000 ${setting}`, '10.0.1.3');
    const sizes = lengths(packets);
    say({
      en: `${WRITES} writes of ${SMALL} bytes, 4 ms apart, ${setting}: ${sizes.length} segments (${shown(sizes)})`,
      zh: `${WRITES} 次 ${SMALL} 字节的写，间隔 4 毫秒，${setting}：${sizes.length} 个报文段（${shown(sizes)}）`,
    });
    check(id, () => ({ met: met(sizes), saw: `${sizes.length} segments: ${shown(sizes)}` }), packets[1]);
  }
}

async function bulks(context: Context): Promise<void> {
  const { say, check } = context;
  const largest: number[] = [];
  let evidence: SeenPacket | undefined;
  for (const [name, address, mtu] of LINKS) {
    const packets = await segmentsOf(context, `pieces ${address} 9 1 ${BULK} 0 nagle`, address);
    const sizes = lengths(packets);
    largest.push(Math.max(...sizes));
    evidence = packets[0];
    say({
      en: `${BULK} bytes to ${name}, MTU ${mtu}: segments of ${shown(sizes)}`,
      zh: `向 ${name} 发 ${BULK} 字节，MTU ${mtu}：报文段 ${shown(sizes)}`,
    });
  }
  const wanted = LINKS.map(([, , mtu]) => payloadAt(mtu));
  check('sizes', () => ({ met: largest.join() === wanted.join(), saw: largest.join(', ') }), evidence);
}

async function narrowWay(context: Context): Promise<void> {
  const { say, check, seen, watch } = context;
  let refusals = 0;
  watch('icmp.type == 3 && icmp.code == 4', (p) => {
    if (refusals++ === 0)
      say({
        en: `ICMP from ${p.field('ip.src')}: fragmentation needed, MTU of the next hop ${p.field('icmp.mtu')}`,
        zh: `来自 ${p.field('ip.src')} 的 ICMP：需要分片，下一跳 MTU ${p.field('icmp.mtu')}`,
      });
  });
  const sizes = lengths(await segmentsOf(context, `pieces 10.0.6.2 9 1 ${BULK} 0 nagle`, '10.0.6.2'));
  say({
    en: `${BULK} bytes over the narrow way: segments of ${shown(sizes)}`,
    zh: `经过窄路的 ${BULK} 字节：报文段 ${shown(sizes)}`,
  });
  const arrived = lengths(seen('tcp.len > 0 && ip.dst == 10.0.6.2', 'far.eth0').packets);
  say({
    en: `The router refused ${refusals} packets; what arrived came in segments of ${shown(arrived)}`,
    zh: `路由器拒绝了 ${refusals} 个分组；到达的报文段为 ${shown(arrived)}`,
  });
  const told = seen('icmp.type == 3 && icmp.code == 4 && icmp.mtu == 1400').first;
  check(
    'path-mtu',
    () => {
      const whole = arrived.reduce((sum, n) => sum + n, 0) === BULK;
      const met =
        told !== undefined && sizes[0] === payloadAt(1500) && Math.max(...arrived) === payloadAt(1400) && whole;
      return {
        met,
        saw: `${told === undefined ? 'no ICMP' : 'ICMP'}, segments of ${shown(sizes)}, arrived ${shown(arrived)}`,
      };
    },
    told,
  );
}

async function udp({ sender, seen, sleep, params, say, check }: Context): Promise<void> {
  const send = async (length: number) => {
    const before = seen('ip.proto == 17 && ip.dst == 10.0.1.3', 'sender.eth0').count;
    const { stdout } = await sender.sh(`datagram 10.0.1.3 9 ${length}`);
    await sleep('1s');
    const frames = seen('ip.proto == 17 && ip.dst == 10.0.1.3', 'sender.eth0').packets.slice(before);
    say({
      en: `A datagram of ${length} bytes: ${stdout.trim()}, ${frames.length} frames`,
      zh: `${length} 字节的数据报：${stdout.trim()}，${frames.length} 帧`,
    });
    return { answer: stdout.trim(), frames };
  };
  const length = Number(params['one-frame']);
  const [one, two] = [await send(length), await send(length + 1)];
  check(
    'fragments',
    () => ({
      met: one.frames.length === 1 && two.frames.length === 2,
      saw: `${one.frames.length} and ${two.frames.length} frames`,
    }),
    two.frames[1],
  );
  const most = await send(Number(params.largest));
  check(
    'largest',
    () => ({
      met: most.answer === '65507' && most.frames.length === 45,
      saw: `${most.answer}, ${most.frames.length} frames`,
    }),
    most.frames.at(-1),
  );
  const over = await send(Number(params['too-large']));
  check('refused', () => ({
    met: over.answer === 'EMSGSIZE' && over.frames.length === 0,
    saw: `${over.answer}, ${over.frames.length} frames`,
  }));
}
