import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ipv4Address, MacAddress } from '../base/address.ts';
import { MS, SECOND } from '../time/instant.ts';
import { decodeFrame, encodeFrame } from '../wire/codec.ts';
import { ETHERTYPE, Frame, ICMP, IcmpMessage, Ipv4Packet, PacketId, RawPdu, UdpDatagram } from '../wire/packet.ts';
import { payloadOf } from '../wire/payload.ts';
import { ip, type TestHost, TestWorld, Watch } from './hosts.test-kit.ts';
import { readQuote } from './icmp-quote.ts';

function pair() {
  const world = new TestWorld();
  const a = world.host('a', { eth0: '10.0.0.1/24' });
  const b = world.host('b', { eth0: '10.0.0.2/24' });
  world.cable(a.eth(), b.eth(), { delayNs: MS });
  a.stack.config.addNeighbour({ ifindex: 2, address: ip('10.0.0.2'), mac: b.eth().mac, state: 'PERMANENT' });
  b.stack.config.addNeighbour({ ifindex: 2, address: ip('10.0.0.1'), mac: a.eth().mac, state: 'PERMANENT' });
  return { world, a, b, onA: new Watch(a.eth()) };
}

function inject(from: TestHost, to: TestHost, fields: Partial<Ipv4Packet>, dst?: MacAddress): void {
  const packet = Ipv4Packet.of({
    ident: new PacketId(7777),
    src: ip('10.0.0.1') as Ipv4Address,
    dst: ip('10.0.0.2') as Ipv4Address,
    protocol: 17,
    ttl: 64,
    payload: new UdpDatagram(1, 2, payloadOf(new Uint8Array(1400))),
    ...fields,
  });
  from.eth().transmit(new Frame(dst ?? to.eth().mac, from.eth().mac, ETHERTYPE.ipv4, packet));
}

describe('requests', () => {
  test('echo: same identifier, sequence, data and type of service', () => {
    const { world, a } = pair();
    a.ping('10.0.0.2', 7, 20, { tos: 0x20 });
    world.run(SECOND);
    const { packet } = a.received[0]!;
    expect(packet).toMatchObject({ tos: 0x20, ttl: 64, dontFragment: false });
    expect(packet.payload).toMatchObject({ type: 0, code: 0, rest: (0x1234 << 16) | 7 });
    expect([...packet.payload.payload.bytes()]).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test('icmp_echo_ignore_all and the broadcast rule', () => {
    const { world, a, b, onA } = pair();
    a.ping('10.0.0.255');
    world.run(SECOND);
    expect(onA.lines).toHaveLength(1);
    b.set('net.ipv4.icmp_echo_ignore_broadcasts', 0);
    a.ping('10.0.0.255');
    world.run(2 * SECOND);
    expect(onA.lines.at(-1)).toContain('in 10.0.0.2>10.0.0.1');
    b.set('net.ipv4.icmp_echo_ignore_all', 1);
    a.ping('10.0.0.2');
    world.run(3 * SECOND);
    expect(onA.lines.at(-1)).toContain('out 10.0.0.1>10.0.0.2');
  });

  test('time stamp: milliseconds since midnight', () => {
    const { world, a, b, onA } = pair();
    b.stack.setStartMilliseconds(86_399_999);
    world.run(500 * MS);
    const stamps = new Uint8Array(12).fill(9);
    a.send('10.0.0.2', new IcmpMessage(ICMP.timestampRequest, 0, 5, payloadOf(stamps)), 1);
    world.run(SECOND);
    const reply = onA.packets.at(-1)!.payload as IcmpMessage;
    expect(reply).toMatchObject({ type: 14, rest: 5 });
    // 86399999 + 501 ms, past midnight.
    expect([...reply.payload.bytes()]).toEqual([9, 9, 9, 9, 0, 0, 1, 244, 0, 0, 1, 244]);
  });
});

describe('errors', () => {
  test('quote up to 576 bytes in all, with precedence 6', () => {
    const { world, a, b, onA } = pair();
    inject(a, b, { protocol: 99, payload: new RawPdu(payloadOf(new Uint8Array(1400).fill(1))), tos: 0x04 });
    world.run(SECOND);
    const error = onA.packets.at(-1)!;
    expect(error).toMatchObject({ length: 576, tos: 0xc4, ttl: 64 });
    expect(readQuote(error.payload.payload)).toMatchObject({ protocol: 99 });
  });

  test.each<[string, Partial<Ipv4Packet>, boolean]>([
    ['an ICMP error', { protocol: 1, payload: new IcmpMessage(3, 1, 0, payloadOf(new Uint8Array(28))), ttl: 1 }, false],
    ['an unknown ICMP type', { protocol: 1, payload: new IcmpMessage(77, 0, 0, payloadOf(new Uint8Array(28))) }, false],
    ['an echo request', { protocol: 1, payload: new IcmpMessage(8, 0, 0, payloadOf(new Uint8Array(28))) }, true],
    ['a first fragment', { moreFragments: true, payload: new RawPdu(payloadOf(new Uint8Array(24))) }, true],
    ['a later fragment', { fragmentOffset: 64, payload: new RawPdu(payloadOf(new Uint8Array(24))) }, false],
  ])('about %s', (_name, fields, expected) => {
    const { world, a, b, onA } = pair();
    b.forwarding();
    inject(a, b, { dst: ip('10.77.0.1') as Ipv4Address, ...fields });
    world.run(SECOND);
    expect(onA.lines.length).toBe(expected ? 2 : 1);
  });

  test('per peer: six at once, then one a second (icmp_ratelimit)', () => {
    const { world, a, b } = pair();
    const sent = () => world.reported('icmp.send', 'b').length;
    const burst = (n: number) => {
      for (let i = 0; i < n; i++) inject(a, b, { protocol: 99, payload: new RawPdu(payloadOf(new Uint8Array(8))) });
      world.run(world.queue.now + 10 * MS);
      return sent();
    };
    expect(burst(20)).toBe(6);
    world.run(2 * SECOND);
    expect(burst(20)).toBe(8);
    expect(world.reported('ip.drop', 'b')).toContainEqual(expect.objectContaining({ reason: 'icmp-rate-limit' }));
    b.set('net.ipv4.icmp_ratelimit', 0);
    expect(burst(20)).toBe(28);
  });

  test('per host: a burst of 50, refilled with a thousand a second', () => {
    const { world, a, b } = pair();
    b.set('net.ipv4.icmp_ratelimit', 0);
    b.set('net.ipv4.icmp_msgs_per_sec', 100);
    for (let i = 0; i < 200; i++) inject(a, b, { protocol: 99, payload: new RawPdu(payloadOf(new Uint8Array(8))) });
    world.run(10 * MS);
    const first = world.reported('icmp.send', 'b').length;
    // Each message costs 0, 1 or 2 credits, by chance.
    expect(first).toBeGreaterThan(30);
    expect(first).toBeLessThan(80);
  });

  test('echo replies and path-MTU errors are not limited', () => {
    const { world, a } = pair();
    for (let i = 0; i < 100; i++) a.ping('10.0.0.2', i);
    world.run(SECOND);
    expect(a.received).toHaveLength(100);
  });
});

describe('what comes in', () => {
  test('errors reach the quoted protocol; bad ones nobody', () => {
    const { world, a, b } = pair();
    const error = (quote: Uint8Array, type = 3, code = 1) =>
      inject(b, a, {
        src: ip('10.0.0.2') as Ipv4Address,
        dst: ip('10.0.0.1') as Ipv4Address,
        protocol: 1,
        payload: new IcmpMessage(type, code, 0, payloadOf(quote)),
      });
    const quote = Uint8Array.of(
      0x45,
      0,
      0,
      99,
      0,
      0,
      0,
      0,
      64,
      17,
      0,
      0,
      10,
      0,
      0,
      1,
      10,
      0,
      0,
      9,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
    );
    error(quote);
    error(quote.slice(0, 27));
    error(Uint8Array.of());
    error(Uint8Array.of(0x65, ...quote.slice(1)));
    error(quote, 3, 77);
    error(quote, 11, 1);
    error(quote, 11, 0);
    world.run(SECOND);
    expect(a.errors.map(({ type, code, quoted }) => [type, code, quoted.dst.toString(), quoted.bytes[0]])).toEqual([
      [3, 1, '10.0.0.9', 1],
      [11, 0, '10.0.0.9', 1],
    ]);
  });

  test('a bad checksum is dropped with its reason', () => {
    const { world, a, b } = pair();
    inject(a, b, { protocol: 1, payload: new RawPdu(payloadOf(new Uint8Array(16)), 'bad checksum') });
    world.run(SECOND);
    expect(world.reported('ip.drop', 'b')).toMatchObject([{ reason: 'icmp-invalid', detail: 'bad checksum' }]);
  });

  test('any bytes in a frame: nothing throws, nothing hangs', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom(0x0800, 0x0806, 0x8100, 0x1234),
        (tail, etherType) => {
          const { world, a, b } = pair();
          b.forwarding();
          const head = encodeFrame(
            new Frame(b.eth().mac, a.eth().mac, etherType, new RawPdu(payloadOf(new Uint8Array(0)))),
          );
          const bytes = new Uint8Array(head.length + tail.length);
          bytes.set(head);
          bytes.set(tail, head.length);
          a.eth().transmit(decodeFrame(bytes, new PacketId(5)));
          world.run();
        },
      ),
      { numRuns: 200 },
    );
  });

  test('damaged datagrams: whatever fields say, nothing throws', () => {
    const address = fc.constantFrom(
      '10.0.0.1',
      '10.0.0.2',
      '10.0.0.255',
      '255.255.255.255',
      '224.0.0.1',
      '127.0.0.1',
      '0.0.0.0',
      '9.9.9.9',
    );
    const options = fc.uint8Array({ minLength: 1, maxLength: 10 }).map((bytes) => {
      const out = new Uint8Array((bytes.length * 4) as number);
      out.set(bytes);
      return out;
    });
    fc.assert(
      fc.property(
        fc.record({
          src: address,
          dst: address,
          ttl: fc.integer({ min: 0, max: 3 }),
          protocol: fc.constantFrom(1, 17, 99),
          moreFragments: fc.boolean(),
          fragmentOffset: fc.constantFrom(0, 0, 8, 65_528),
          options: fc.option(options, { nil: undefined }),
          type: fc.nat(20),
          bytes: fc.uint8Array({ maxLength: 60 }),
          whole: fc.boolean(),
        }),
        (f) => {
          const { world, a, b } = pair();
          b.forwarding();
          const data = payloadOf(f.bytes);
          const fragment = f.moreFragments || f.fragmentOffset > 0;
          const payload =
            f.protocol === 1 && !fragment && f.whole ? new IcmpMessage(f.type, 0, 7, data) : new RawPdu(data);
          inject(a, b, {
            ...f,
            src: ip(f.src) as Ipv4Address,
            dst: ip(f.dst) as Ipv4Address,
            options: f.options as never,
            payload,
          });
          world.run();
          expect(world.queue.pending).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('options', () => {
  const option = (...bytes: number[]) => Uint8Array.from(bytes);
  const recordRoute = () => {
    const out = new Uint8Array(40).fill(0);
    out.set([7, 39, 4]);
    return out;
  };

  test('record route: origin, router, destination, and the way back', () => {
    const world = new TestWorld();
    const a = world.host('a', { eth0: '10.0.1.2/24' }, '10.0.1.1');
    const r = world.host('r', { eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }).forwarding();
    const b = world.host('b', { eth0: '10.0.2.2/24' }, '10.0.2.1');
    world.cable(a.eth(), r.eth('eth0'));
    world.cable(r.eth('eth1'), b.eth());
    a.ping('10.0.2.2', 1, 8, { ipOptions: recordRoute() });
    world.run(SECOND);
    const { options } = a.received[0]!.packet;
    const count = (options![2]! - 4) / 4;
    const stops = Array.from({ length: count }, (_, i) => [...options!.slice(3 + i * 4, 7 + i * 4)].join('.'));
    expect(stops).toEqual(['10.0.1.2', '10.0.2.1', '10.0.2.2', '10.0.2.2', '10.0.1.1', '10.0.1.2']);
  });

  test('time stamps with addresses, and the count of those that found no room', () => {
    const { world, a, onA } = pair();
    const stamps = option(68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    world.run(250 * MS);
    a.ping('10.0.0.2', 1, 8, { ipOptions: stamps });
    world.run(SECOND);
    const { options } = onA.packets.at(-1)!;
    // Stamped by the origin; destination, its reply and its receiver found the option full.
    expect([...options!.slice(0, 12)]).toEqual([68, 12, 13, 0x21, 10, 0, 0, 1, 0, 0, 0, 250]);
    expect(a.received[0]!.packet.options![3]).toBe(0x31);
  });

  test('source routes are refused by name, broken options with a parameter problem', () => {
    const { world, a, b } = pair();
    inject(a, b, { options: option(131, 7, 4, 10, 0, 0, 9, 0) });
    inject(a, b, { options: option(1, 7, 99, 0) });
    world.run(SECOND);
    expect(world.reported('ip.drop', 'b')).toMatchObject([
      { reason: 'filtered', detail: 'source routes are not accepted (accept_source_route 0)' },
      { reason: 'ip-header-invalid', detail: 'option at byte 21' },
    ]);
    expect(a.errors).toMatchObject([{ type: 12, code: 0, rest: (21 << 24) >>> 0 }]);
    expect(a.ping('10.0.0.2', 1, 8, { ipOptions: option(7, 99, 4, 0) })?.code).toBe('EINVAL');
    expect(a.ping('10.0.0.2', 1, 8, { ipOptions: option(1, 1, 1) })?.code).toBe('EINVAL');
  });

  test('only copied options stand in later fragments', () => {
    const { world, a, onA } = pair();
    a.ping('10.0.0.2', 1, 2000, { ipOptions: option(148, 4, 0, 0, 68, 8, 5, 0, 0, 0, 0, 0) });
    world.run(0);
    expect(onA.packets.map((p) => [...p.options!])).toEqual([
      [148, 4, 0, 0, 68, 8, 9, 0, 0, 0, 0, 0],
      [148, 4, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1],
    ]);
  });
});

test("a group that shares its link-layer address with one that the host joined is not the host's (RFC 1112 section 6.4)", () => {
  const { world, a, b, onA } = pair();
  b.set('net.ipv4.icmp_echo_ignore_broadcasts', 0);
  b.stack.joinGroup(ip('239.1.2.3'), { name: 'eth0' });
  world.run(10 * SECOND);
  const ask = (group: string): number => {
    onA.lines.length = 0;
    const payload = new IcmpMessage(8, 0, 1, payloadOf(new Uint8Array(8)));
    inject(a, b, { dst: ip(group) as Ipv4Address, protocol: 1, payload }, new MacAddress(0x0100_5e01_0203));
    world.run(world.queue.now + SECOND);
    return onA.lines.filter((line) => line.includes('in 10.0.0.2>10.0.0.1')).length;
  };
  expect([ask('239.1.2.3'), ask('239.129.2.3')]).toEqual([1, 0]);
});
