import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ipv4Address } from '../base/address.ts';
import { sameBytes } from '../base/bytes.ts';
import { MS, SECOND } from '../time/instant.ts';
import { encodeTransport } from '../wire/codec.ts';
import { ETHERTYPE, Frame, Ipv4Packet, PacketId, RawPdu, UdpDatagram } from '../wire/packet.ts';
import { payloadOf } from '../wire/payload.ts';
import { fragmentPacket } from './fragment.ts';
import { ip, type TestHost, TestWorld, Watch } from './hosts.test-kit.ts';

function pair() {
  const world = new TestWorld();
  const a = world.host('a', { eth0: '10.0.0.1/24' });
  const b = world.host('b', { eth0: '10.0.0.2/24' });
  world.cable(a.eth(), b.eth(), { delayNs: MS });
  for (const [host, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const address = ip(other === b ? '10.0.0.2' : '10.0.0.1');
    host.stack.config.addNeighbour({ ifindex: 2, address, mac: other.eth().mac, state: 'PERMANENT' });
  }
  return { world, a, b };
}

function datagram(bytes: number, fields: Partial<Ipv4Packet> = {}): Ipv4Packet {
  const data = new Uint8Array(bytes).map((_, i) => (i * 7) & 255);
  return Ipv4Packet.of({
    ident: new PacketId(500),
    src: ip('10.0.0.1') as Ipv4Address,
    dst: ip('10.0.0.2') as Ipv4Address,
    protocol: 17,
    ttl: 64,
    identification: 77,
    payload: new UdpDatagram(1000, 2000, payloadOf(data)),
    ...fields,
  });
}

function inject(from: TestHost, to: TestHost, packets: readonly Ipv4Packet[]): void {
  for (const packet of packets) from.eth().transmit(new Frame(to.eth().mac, from.eth().mac, ETHERTYPE.ipv4, packet));
}

const ids = () => {
  let last = 1000;
  return { next: () => ++last };
};

const drops = (world: TestWorld, host: string) =>
  world.reported('ip.drop', host).map((v) => {
    const { reason, detail } = v as { reason: string; detail?: string };
    return detail === undefined ? reason : `${reason}: ${detail}`;
  });

describe('sending', () => {
  test('cuts what is longer than the MTU into pieces of eight bytes’ multiples; the other side joins them', () => {
    const { world, a, b } = pair();
    const onA = new Watch(a.eth());
    a.ping('10.0.0.2', 1, 4000);
    world.run(SECOND);
    expect(onA.lines.slice(0, 3)).toEqual([
      '0 out 10.0.0.1>10.0.0.2 ttl 64 raw 1500 frag 0+',
      '0 out 10.0.0.1>10.0.0.2 ttl 64 raw 1500 frag 1480+',
      '0 out 10.0.0.1>10.0.0.2 ttl 64 raw 1068 frag 2960',
    ]);
    expect(new Set(onA.packets.slice(0, 3).map((p) => p.identification)).size).toBe(1);
    expect(a.received).toHaveLength(1);
    expect(a.received[0]!.packet.payload.length).toBe(4008);
    expect(world.reported('ip.reassembled')).toMatchObject([
      { pieces: 3, length: 4028 },
      { pieces: 3, length: 4028 },
    ]);
    expect(b.errors).toEqual([]);
  });

  test('DF over the MTU is EMSGSIZE, and so is what IPv4 cannot carry', () => {
    const { a } = pair();
    expect(a.ping('10.0.0.2', 1, 1472, { dontFragment: true })).toBeUndefined();
    expect(a.ping('10.0.0.2', 1, 1473, { dontFragment: true })?.code).toBe('EMSGSIZE');
    expect(a.ping('10.0.0.2', 1, 65507)).toBeUndefined();
    expect(a.ping('10.0.0.2', 1, 65508)?.code).toBe('EMSGSIZE');
  });

  test('65507 bytes arrive whole', () => {
    const { world, a } = pair();
    a.ping('10.0.0.2', 1, 65507);
    world.run(SECOND);
    expect(a.received[0]!.packet.length).toBe(65535);
  });

  test('identification: 0 with DF, otherwise counting per destination, from a seeded start', () => {
    const { world, a } = pair();
    const onA = new Watch(a.eth());
    a.ping('10.0.0.2', 1, 8, { dontFragment: true });
    for (let i = 0; i < 3; i++) a.ping('10.0.0.2', i, 8);
    a.ping('10.0.0.2', 1, 8, { dontFragment: true, identification: 4711 });
    world.run(0);
    const [df, first, ...rest] = onA.packets.map((p) => p.identification);
    expect(df).toBe(0);
    expect(rest).toEqual([(first! + 1) & 0xffff, (first! + 2) & 0xffff, 4711]);
  });
});

describe('a router', () => {
  function narrow() {
    const world = new TestWorld();
    const a = world.host('a', { eth0: '10.0.1.2/24' }, '10.0.1.1');
    const r = world.host('r', { eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }).forwarding();
    const b = world.host('b', { eth0: '10.0.2.2/24' }, '10.0.2.1');
    for (const card of [r.eth('eth1'), b.eth()]) card.mtu = 600;
    world.cable(a.eth(), r.eth('eth0'), { delayNs: MS });
    world.cable(r.eth('eth1'), b.eth(), { delayNs: MS });
    return { world, a, r, b };
  }

  test('fragments what may be, also fragments', () => {
    const { world, a, r } = narrow();
    const onR = new Watch(r.eth('eth1'));
    a.ping('10.0.2.2', 1, 2000);
    world.run(SECOND);
    const sent = onR.lines.filter((line) => line.includes('out 10.0.1.2'));
    expect(sent.map((line) => line.split('raw ')[1])).toEqual([
      '596 frag 0+',
      '596 frag 576+',
      '348 frag 1152+',
      '548 frag 1480',
    ]);
    expect(a.received).toHaveLength(1);
  });

  test('tells the sender of DF the MTU, which learns the path MTU for ten minutes', () => {
    const { world, a } = narrow();
    const path = a.stack.route(ip('10.0.2.2'));
    expect(path).toMatchObject({ mtu: 1500 });
    a.ping('10.0.2.2', 1, 1000, { dontFragment: true });
    world.run(SECOND);
    expect(a.errors).toMatchObject([{ type: 3, code: 4, rest: 600, from: '10.0.1.1' }]);
    expect(path).toMatchObject({ mtu: 600, valid: true });
    expect(a.ping('10.0.2.2', 2, 1000, { dontFragment: true })?.code).toBe('EMSGSIZE');
    expect(a.ping('10.0.2.2', 3, 572, { dontFragment: true })).toBeUndefined();
    world.run(2 * SECOND);
    expect(a.received).toHaveLength(1);
    expect(world.reported('ip.pmtu', 'a')).toEqual([{ dst: '10.0.2.2', mtu: 600, from: 1500 }]);
    world.run(603 * SECOND);
    expect(path).toMatchObject({ mtu: 1500 });
  });

  test('an MTU below min_pmtu stops discovery: 552 bytes, and DF is to be left off', () => {
    const { world, a, r, b } = narrow();
    for (const card of [r.eth('eth1'), b.eth()]) card.mtu = 300;
    a.ping('10.0.2.2', 1, 1000, { dontFragment: true });
    world.run(SECOND);
    expect(a.stack.route(ip('10.0.2.2'))).toMatchObject({ mtu: 552, mtuLocked: true });
  });

  test.each([
    [true, [1028]],
    [false, [596, 452]],
  ])("of a path whose MTU is known, a datagram may go by the card's: %s", (byLinkMtu, lengths) => {
    const { world, a } = narrow();
    a.ping('10.0.2.2', 1, 1000, { dontFragment: true });
    world.run(SECOND);
    const onA = new Watch(a.eth());
    a.ping('10.0.2.2', 2, 1000, { byLinkMtu });
    expect(onA.packets.map((packet) => packet.length)).toEqual(lengths);
  });

  test('a protocol that does not know the quoted packet keeps its path MTU', () => {
    const { world, a } = narrow();
    a.stack.register(99, { receive: () => {}, error: () => {}, knows: () => false });
    a.send('10.0.2.2', datagram(1000).payload, 99, { dontFragment: true });
    world.run(SECOND);
    expect(a.stack.route(ip('10.0.2.2'))).toMatchObject({ mtu: 1500 });
  });
});

describe('joining', () => {
  const pieces = (bytes = 3000, mtu = 1500) => fragmentPacket(datagram(bytes), mtu, ids());

  test('any order, with duplicates', () => {
    const { world, a, b } = pair();
    const [x, y, z] = pieces() as [Ipv4Packet, Ipv4Packet, Ipv4Packet];
    inject(a, b, [z, x, x, z, y]);
    world.run(SECOND);
    expect(b.received).toHaveLength(1);
    expect(drops(world, 'b')).toEqual(['fragment-invalid: duplicate', 'fragment-invalid: duplicate']);
  });

  test('a partial overlap condemns the datagram, pieces that come later included', () => {
    const { world, a, b } = pair();
    const [x, y, z] = pieces() as [Ipv4Packet, Ipv4Packet, Ipv4Packet];
    const overlapping = fragmentPacket(datagram(3000), 1000, ids())[1]!;
    inject(a, b, [x, overlapping, y, z]);
    world.run(60 * SECOND);
    expect(b.received).toEqual([]);
    expect(drops(world, 'b')[0]).toBe('fragment-overlap: with 1 pieces already here');
  });

  test('thirty seconds after the first piece: time exceeded, if the beginning is there', () => {
    const { world, a, b } = pair();
    const [x, y, z] = pieces() as [Ipv4Packet, Ipv4Packet, Ipv4Packet];
    const onA = new Watch(a.eth());
    inject(a, b, [x]);
    world.run(20 * SECOND);
    inject(a, b, [z]);
    world.run(40 * SECOND);
    expect(onA.lines.at(-1)).toBe(`${30 * SECOND + 2 * MS} in 10.0.0.2>10.0.0.1 ttl 64 icmp 11/1 576`);
    inject(a, b, [y, z]);
    world.run(100 * SECOND);
    expect(onA.lines.filter((line) => line.includes('icmp'))).toHaveLength(1);
    expect(drops(world, 'b')).toEqual([
      'reassembly-timeout: 2964 bytes here'.replace('2964', '1528'),
      expect.stringContaining('reassembly-timeout'),
    ]);
    expect(world.queue.pending).toBe(0);
  });

  test.each([
    ['an end before what is known', (p: Ipv4Packet[]) => [p[2]!, p[1]!, p[1]!.with({ moreFragments: false })]],
    [
      'a second, different end',
      (p: Ipv4Packet[]) => [p[2]!, p[1]!.with({ moreFragments: false, fragmentOffset: 4000 })],
    ],
    ['something beyond the end', (p: Ipv4Packet[]) => [p[2]!, p[1]!.with({ fragmentOffset: 4000 })]],
    ['nothing in it', (p: Ipv4Packet[]) => [p[0]!, p[1]!.with({ payload: new RawPdu(payloadOf(new Uint8Array(0))) })]],
  ])('%s is refused', (_name, change) => {
    const { world, a, b } = pair();
    inject(a, b, change(pieces()));
    world.run(SECOND);
    expect(drops(world, 'b')).toEqual([expect.stringContaining('fragment-invalid')]);
    expect(b.received).toEqual([]);
  });

  test('longer than IPv4 allows is refused', () => {
    const { world, a, b } = pair();
    const all = fragmentPacket(datagram(65_507), 1500, ids());
    const last = all.at(-1)!;
    const longer = last.with({ payload: all[0]!.payload });
    inject(a, b, [...all.slice(0, -1), longer]);
    world.run(SECOND);
    expect(drops(world, 'b')).toEqual(['fragment-invalid: longer than 65535 bytes']);
  });

  test('memory is bounded by ipfrag_high_thresh', () => {
    const { world, a, b } = pair();
    b.set('net.ipv4.ipfrag_high_thresh', 20_000);
    const first = (identification: number) => fragmentPacket(datagram(3000, { identification }), 1500, ids())[0]!;
    inject(
      a,
      b,
      Array.from({ length: 12 }, (_, i) => first(i)),
    );
    world.run(SECOND);
    // 2304 bytes each, as the kernel counts: the tenth is the first that finds the limit passed.
    expect(drops(world, 'b')).toEqual(Array(3).fill('reassembly-full: ipfrag_high_thresh 20000'));
  });

  test('a reused identification after many other fragments begins a new datagram', () => {
    const { world, a, b } = pair();
    const first = (identification: number) => fragmentPacket(datagram(3000, { identification }), 1500, ids())[0]!;
    inject(a, b, [first(1), ...Array.from({ length: 70 }, (_, i) => first(100 + i)), first(1)]);
    world.run(SECOND);
    expect(drops(world, 'b')).toEqual(['fragment-invalid: identification reused']);
  });

  test('ECN: CE of any piece is CE of the whole; not-ECT among ECT is refused', () => {
    const outcome = (marks: number[]) => {
      const { world, a, b } = pair();
      inject(
        a,
        b,
        pieces().map((p, i) => p.withTos(marks[i]!)),
      );
      world.run(SECOND);
      return b.received[0]?.packet.tos;
    };
    expect(outcome([0, 0, 0])).toBe(0);
    expect(outcome([2, 2, 2])).toBe(2);
    expect(outcome([2, 3, 2])).toBe(3);
    expect(outcome([2, 0, 2])).toBeUndefined();
  });

  test('any cut, any order: the same bytes come out', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9000 }),
        fc.integer({ min: 68, max: 2000 }),
        fc.integer(),
        (bytes, mtu, seed) => {
          const { world, a, b } = pair();
          const whole = datagram(bytes);
          let cut = whole.length <= mtu ? [whole] : fragmentPacket(whole, mtu, ids());
          // Cut again, as a router with a smaller MTU would.
          const smaller = Math.max(68, mtu >> 1);
          cut = cut.flatMap((p) => (p.length > smaller ? fragmentPacket(p, smaller, ids()) : [p]));
          const order = cut.map((p, i) => [Math.imul(i + 1, seed | 1) >>> 0, p] as const).sort((x, y) => x[0] - y[0]);
          inject(
            a,
            b,
            order.map(([, p]) => p),
          );
          world.run(SECOND);
          expect(b.received).toHaveLength(1);
          const { packet } = b.received[0]!;
          expect(packet.payload.kind).toBe('udp');
          expect(sameBytes(encodeTransport(packet), encodeTransport(whole))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});
