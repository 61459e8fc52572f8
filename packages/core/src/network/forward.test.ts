import { describe, expect, test } from 'vitest';
import { type Ipv4Address, MacAddress } from '../base/address.ts';
import { MS, SECOND } from '../time/instant.ts';
import { encodeNetwork } from '../wire/codec.ts';
import {
  ETHERTYPE,
  Frame,
  ICMP,
  IcmpMessage,
  IP_PROTOCOL,
  Ipv4Packet,
  PacketId,
  RawPdu,
  UdpDatagram,
} from '../wire/packet.ts';
import { payloadOf } from '../wire/payload.ts';
import { ip, type TestHost, TestWorld, Watch } from './hosts.test-kit.ts';
import type { Path } from './path.ts';
import type { PacketHooks } from './types.ts';

/** a - r1 - r2 - b, 10 ms per cable. */
function chain() {
  const world = new TestWorld();
  const a = world.host('a', { eth0: '10.0.1.2/24' }, '10.0.1.1');
  const r1 = world.host('r1', { eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }).forwarding();
  const r2 = world.host('r2', { eth0: '10.0.2.2/24', eth1: '10.0.3.1/24' }).forwarding();
  const b = world.host('b', { eth0: '10.0.3.2/24' }, '10.0.3.1');
  r1.route('10.0.3.0/24', '10.0.2.2');
  r2.route('10.0.1.0/24', '10.0.2.1');
  const cables = [
    world.cable(a.eth(), r1.eth('eth0'), { delayNs: 10 * MS }),
    world.cable(r1.eth('eth1'), r2.eth('eth0'), { delayNs: 10 * MS }),
    world.cable(r2.eth('eth1'), b.eth(), { delayNs: 10 * MS }),
  ];
  return { world, a, r1, r2, b, cables };
}

function warm({ world, a }: { world: TestWorld; a: TestHost }): number {
  a.ping('10.0.3.2', 999);
  world.run(world.queue.now + SECOND);
  a.received.length = 0;
  return world.queue.now;
}

function errors(host: TestHost) {
  return host.errors.map(({ at, type, code, from, rest }) => ({ at, type, code, from, rest }));
}

/** Puts a datagram on a wire as this card would, whatever it says. */
function inject(
  host: TestHost,
  card: string,
  to: TestHost,
  toCard: string,
  fields: Partial<Ipv4Packet>,
  dst?: MacAddress,
) {
  const packet = Ipv4Packet.of({
    ident: new PacketId(7777),
    src: ip('10.0.1.2') as Ipv4Address,
    dst: ip('10.0.3.2') as Ipv4Address,
    protocol: 17,
    ttl: 64,
    payload: new UdpDatagram(1, 2, payloadOf(new Uint8Array(10))),
    ...fields,
  });
  host.eth(card).transmit(new Frame(dst ?? to.eth(toCard).mac, host.eth(card).mac, ETHERTYPE.ipv4, packet));
}

describe('a router', () => {
  test('lowers the TTL and keeps the rest; addresses of the frame change on every link', () => {
    const world = chain();
    const start = warm(world);
    const watches = [world.r1.eth('eth1'), world.r2.eth('eth1')].map((card) => new Watch(card));
    world.a.ping('10.0.3.2');
    world.world.run(start + SECOND);
    expect(watches.map((w) => w.lines[0])).toEqual([
      `${start + 10 * MS} out 10.0.1.2>10.0.3.2 ttl 63 icmp 8/0 84`,
      `${start + 20 * MS} out 10.0.1.2>10.0.3.2 ttl 62 icmp 8/0 84`,
    ]);
    expect(world.a.received).toMatchObject([{ at: start + 60 * MS, packet: { ttl: 62 } }]);
  });

  test.each([
    [1, '10.0.1.1', 20],
    [2, '10.0.2.2', 40],
  ])('TTL %i ends at %s with time exceeded', (ttl, from, ms) => {
    const world = chain();
    const start = warm(world);
    world.a.ping('10.0.3.2', 1, 56, { ttl });
    world.world.run(start + SECOND);
    expect(errors(world.a)).toEqual([{ at: start + ms * MS, type: 11, code: 0, from, rest: 0 }]);
    expect(world.a.errors[0]!.quoted).toMatchObject({ protocol: 1 });
    expect(world.a.errors[0]!.quoted.bytes[0]).toBe(ICMP.echoRequest);
  });

  test('no route: network unreachable; unreachable, prohibit and blackhole routes say what they are', () => {
    const { world, a, r1 } = chain();
    a.ping('10.9.0.1');
    world.run(2 * SECOND);
    const { config } = r1.stack;
    const destination = (text: string) => ({ network: ip(text), length: 16 }) as never;
    config.addRoute({ destination: destination('10.10.0.0'), type: 'unreachable' });
    config.addRoute({ destination: destination('10.11.0.0'), type: 'prohibit' });
    config.addRoute({ destination: destination('10.12.0.0'), type: 'blackhole' });
    for (const dst of ['10.10.0.1', '10.11.0.1', '10.12.0.1']) a.ping(dst);
    world.run(4 * SECOND);
    expect(a.errors.map(({ type, code, from }) => [type, code, from])).toEqual([
      [3, 0, '10.0.1.1'],
      [3, 1, '10.0.1.1'],
      [3, 13, '10.0.1.1'],
    ]);
    expect(world.reported('ip.drop', 'r1').map((v) => (v as { reason: string }).reason)).toEqual([
      'no-route',
      'unreachable-route',
      'unreachable-route',
      'unreachable-route',
    ]);
  });

  test('a host behind it that does not answer: host unreachable after three seconds', () => {
    const { world, a } = chain();
    a.ping('10.0.3.99');
    world.run(10 * SECOND);
    const [error] = errors(a);
    expect(error).toMatchObject({ type: 3, code: 1, from: '10.0.2.2' });
    // a, r1 and r2 each resolve their next hop first: 20 ms and 20 ms, then 10 ms to r2, which gives up 3 s later.
    expect(error!.at).toBe(20 * MS + 10 * MS + 20 * MS + 10 * MS + 3 * SECOND + 20 * MS);
  });

  test('without forwarding it is a host, and silent', () => {
    const { world, a, r1 } = chain();
    r1.set('net.ipv4.ip_forward', 0);
    a.ping('10.0.3.2');
    world.run(5 * SECOND);
    expect(a.errors).toEqual([]);
    expect(world.reported('ip.drop', 'r1')).toMatchObject([{ reason: 'not-local' }]);
  });

  test('broadcasts stay on their link', () => {
    const { world, a, r1, b } = chain();
    warm({ world, a });
    a.ping('255.255.255.255');
    a.ping('10.0.1.255');
    inject(a, 'eth0', r1, 'eth0', {}, new MacAddress(0xffff_ffff_ffff));
    const onB = new Watch(b.eth());
    world.run(world.queue.now + SECOND);
    expect(onB.lines).toEqual([]);
    expect(world.reported('ip.drop', 'r1')).toMatchObject([{ reason: 'broadcast-not-forwarded' }]);
  });

  test('directed broadcasts of other links are not sent on', () => {
    const { world, a, r2, b } = chain();
    warm({ world, a });
    const onB = new Watch(b.eth());
    inject(a, 'eth0', r2, 'eth0', { dst: ip('10.0.3.255') as Ipv4Address }, chainMac(a));
    world.run(world.queue.now + SECOND);
    expect(onB.lines).toEqual([]);
  });

  test.each([
    ['10.0.1.1', '10.0.3.2', 'martian-source'],
    ['127.0.0.1', '10.0.3.2', 'martian-source'],
    ['224.0.0.9', '10.0.3.2', 'martian-source'],
    ['255.255.255.255', '10.0.3.2', 'martian-source'],
    ['0.0.0.0', '10.0.3.2', 'martian-source'],
    ['10.0.1.2', '127.0.0.1', 'martian-destination'],
    ['10.0.1.2', '0.0.0.0', 'martian-destination'],
  ])('%s to %s is a %s', (src, dst, reason) => {
    const { world, a, r1 } = chain();
    const before = world.events.length;
    inject(a, 'eth0', r1, 'eth0', { src: ip(src) as Ipv4Address, dst: ip(dst) as Ipv4Address });
    world.run(SECOND);
    expect(world.events.slice(before).filter((e) => e.kind === 'ip.drop')).toMatchObject([
      { host: 'r1', values: { reason } },
    ]);
  });

  test('rp_filter 1 wants the way back to be the way in', () => {
    const { world, a, r1 } = chain();
    const fields = { src: ip('10.0.3.77') as Ipv4Address };
    inject(a, 'eth0', r1, 'eth0', fields);
    world.run(SECOND);
    expect(world.reported('ip.drop', 'r1')).toEqual([]);
    r1.set('net.ipv4.conf.all.rp_filter', 1);
    inject(a, 'eth0', r1, 'eth0', fields);
    world.run(2 * SECOND);
    expect(world.reported('ip.drop', 'r1')).toMatchObject([{ reason: 'martian-source' }]);
    r1.set('net.ipv4.conf.all.rp_filter', 2);
    inject(a, 'eth0', r1, 'eth0', fields);
    world.run(3 * SECOND);
    expect(world.reported('ip.drop', 'r1')).toHaveLength(1);
  });
});

function chainMac(a: TestHost): MacAddress {
  const neighbour = a.stack.config.neighbours()[0]!;
  return neighbour.mac!;
}

test('route_localnet: 127/8 is delivered from a wire and answered by it; as a source it is a martian still', () => {
  const { world, a, r1 } = chain();
  warm({ world, a });
  r1.set('net.ipv4.conf.eth0.route_localnet', 1);
  const onA = new Watch(a.eth());
  const echo = { payload: new IcmpMessage(ICMP.echoRequest, 0, 1, payloadOf(new Uint8Array(8))), protocol: 1 };
  inject(a, 'eth0', r1, 'eth0', { ...echo, src: ip('10.0.1.2') as Ipv4Address, dst: ip('127.0.0.1') as Ipv4Address });
  inject(a, 'eth0', r1, 'eth0', { ...echo, src: ip('127.0.0.7') as Ipv4Address, dst: ip('10.0.1.1') as Ipv4Address });
  world.run(world.queue.now + SECOND);
  expect(onA.lines.filter((line) => line.includes(' in ')).map((line) => line.split(' ')[2])).toEqual([
    '127.0.0.1>10.0.1.2',
  ]);
});

describe('redirects', () => {
  /** a, r1 and r2 on one wire cannot be cabled without a switch: r1 answers for a third router by hand. */
  function link() {
    const world = new TestWorld();
    const a = world.host('a', { eth0: '10.0.1.2/24' }, '10.0.1.1');
    const r1 = world.host('r1', { eth0: '10.0.1.1/24' }).forwarding();
    r1.route('10.9.0.0/16', '10.0.1.3');
    const mac = new MacAddress(0x0200_0000_0033);
    for (const host of [a, r1]) {
      host.stack.config.addNeighbour({ ifindex: 2, address: ip('10.0.1.3'), mac, state: 'PERMANENT' });
    }
    world.cable(a.eth(), r1.eth(), { delayNs: MS });
    return { world, a, r1 };
  }

  test('a router that sends a packet back where it came from names the better gateway; the host believes it', () => {
    const { world, a } = link();
    a.ping('10.9.0.1');
    world.run(SECOND);
    const path = a.stack.route(ip('10.9.0.1'));
    expect('hop' in path && path.hop.address.toString()).toBe('10.0.1.3');
    expect(world.reported('icmp.send', 'r1')).toMatchObject([{ type: 5, code: 1, to: '10.0.1.2' }]);
    world.run(302 * SECOND);
    const later = a.stack.route(ip('10.9.0.1'));
    expect('hop' in later && later.hop.address.toString()).toBe('10.0.1.1');
  });

  test('sysctl on either side turns them off', () => {
    const { world, a, r1 } = link();
    a.set('net.ipv4.conf.all.accept_redirects', 0);
    a.set('net.ipv4.conf.eth0.accept_redirects', 0);
    a.ping('10.9.0.1');
    world.run(SECOND);
    const path = a.stack.route(ip('10.9.0.1'));
    expect('hop' in path && path.hop.address.toString()).toBe('10.0.1.1');
    r1.set('net.ipv4.conf.all.send_redirects', 0);
    r1.set('net.ipv4.conf.eth0.send_redirects', 0);
    a.ping('10.9.0.1');
    world.run(2 * SECOND);
    expect(world.reported('icmp.send', 'r1')).toHaveLength(1);
  });

  test('are not for senders behind another router, which could not follow them', () => {
    const { world, a, r1 } = link();
    r1.route('10.77.0.0/24', '10.0.1.2');
    inject(a, 'eth0', r1, 'eth0', { src: ip('10.77.0.1') as Ipv4Address, dst: ip('10.9.0.1') as Ipv4Address });
    world.run(SECOND);
    expect(world.reported('icmp.send', 'r1')).toEqual([]);
  });

  /** Where a sends after its router has named `gateway` to it, which is its neighbour where it is `known`. */
  function told(gateway: string, settings: Readonly<Record<string, number>>, known = true, route = ''): string {
    const { world, a, r1 } = link();
    for (const [name, value] of Object.entries(settings))
      for (const card of ['all', 'eth0']) a.set(`net.ipv4.conf.${card}.${name}`, value);
    const mac = new MacAddress(0x0200_0000_0044);
    if (known) a.stack.config.addNeighbour({ ifindex: 2, address: ip(gateway), mac, state: 'PERMANENT' });
    if (route !== '') a.route(route, gateway);
    const quote = a.stack.route(ip('10.9.0.1')) as Path;
    for (let i = 0; i < 2; i++) {
      const request = Ipv4Packet.of({
        ident: new PacketId(1),
        src: quote.src as Ipv4Address,
        dst: ip('10.9.0.1') as Ipv4Address,
        protocol: IP_PROTOCOL.icmp,
        ttl: 64,
        payload: new IcmpMessage(ICMP.echoRequest, 0, 1, payloadOf(new Uint8Array(8))),
      });
      const message = new IcmpMessage(ICMP.redirect, 1, ip(gateway).key as number, payloadOf(encodeNetwork(request)));
      r1.send('10.0.1.2', message, IP_PROTOCOL.icmp);
      world.run(world.queue.now + SECOND);
    }
    const path = a.stack.route(ip('10.9.0.1')) as Path;
    return path.hop.address.toString();
  }

  // Each as the kernel does it (6.18).
  test.each([
    ['10.0.1.4', {}, '10.0.1.4'],
    ['10.5.0.4', {}, '10.5.0.4'],
    ['10.0.1.255', {}, '10.0.1.1'],
    ['224.0.0.5', {}, '10.0.1.1'],
    ['10.0.1.4', { shared_media: 0 }, '10.0.1.1'],
    ['10.0.1.4', { shared_media: 0, secure_redirects: 0 }, '10.0.1.4'],
    ['10.5.0.4', { shared_media: 0, secure_redirects: 0 }, '10.0.1.1'],
  ])('to %s with %o: a sends to %s', (gateway, settings, next) => {
    expect(told(gateway, settings)).toBe(next);
  });

  test('secure_redirects believes in a gateway that a route has', () => {
    expect(told('10.0.1.4', { shared_media: 0 }, true, '10.77.0.0/16')).toBe('10.0.1.4');
  });

  test('to a gateway that does not answer are not followed', () => {
    expect(told('10.0.1.9', {}, false)).toBe('10.0.1.1');
  });

  test('a router that begins to forward believes none', () => {
    const { a } = link();
    a.set('net.ipv4.ip_forward', 5);
    expect(a.context.sysctl.get('net.ipv4.conf.all.accept_redirects')!.text).toBe('0');
    expect(a.context.sysctl.get('net.ipv4.conf.eth0.forwarding')!.text).toBe('5');
    a.set('net.ipv4.ip_forward', 0);
    expect(a.context.sysctl.get('net.ipv4.conf.all.accept_redirects')!.text).toBe('1');
  });

  test('come at growing distances and nine times at most', () => {
    const { world, a } = link();
    a.set('net.ipv4.conf.all.accept_redirects', 0);
    a.set('net.ipv4.conf.eth0.accept_redirects', 0);
    for (let i = 0; i < 200; i++) {
      a.ping('10.9.0.1', i);
      world.run(world.queue.now + 100 * MS);
    }
    expect(world.reported('icmp.send', 'r1')).toHaveLength(9);
  });
});

describe('filters', () => {
  test('see packets at the five hooks, in order, and may drop them', () => {
    const { world, a, r1, b } = chain();
    const seen: string[] = [];
    const hooksOf = (host: string, dropAt?: string): PacketHooks => {
      const at = (point: string) => (packet: Ipv4Packet) => {
        seen.push(`${host} ${point} ttl ${packet.ttl}`);
        return point === dropAt ? undefined : packet;
      };
      return {
        prerouting: at('prerouting'),
        input: at('input'),
        forward: at('forward'),
        output: at('output'),
        postrouting: at('postrouting'),
      };
    };
    a.stack.setHooks(hooksOf('a'));
    r1.stack.setHooks(hooksOf('r1'));
    b.stack.setHooks(hooksOf('b', 'input'));
    a.ping('10.0.3.2');
    world.run(SECOND);
    expect(seen).toEqual([
      'a output ttl 64',
      'a postrouting ttl 64',
      'r1 prerouting ttl 64',
      'r1 forward ttl 63',
      'r1 postrouting ttl 63',
      'b prerouting ttl 62',
      'b input ttl 62',
    ]);
    a.stack.setHooks(hooksOf('a', 'output'));
    expect(a.ping('10.0.3.2')?.code).toBe('EPERM');
    a.stack.setHooks(undefined);
    expect(a.ping('10.0.3.2')).toBeUndefined();
  });
});

describe('this host', () => {
  test('pings itself over lo, at one instant', () => {
    const world = new TestWorld();
    const a = world.host('a', { eth0: '10.0.0.1/24' });
    for (const dst of ['127.0.0.1', '127.3.4.5', '10.0.0.1', '0.0.0.0']) a.ping(dst);
    world.run(SECOND);
    expect(a.received.map(({ at, packet }) => `${at} ${packet.src}>${packet.dst}`)).toEqual([
      '0 127.0.0.1>127.0.0.1',
      '0 127.3.4.5>127.0.0.1',
      '0 10.0.0.1>10.0.0.1',
      '0 127.0.0.1>127.0.0.1',
    ]);
  });

  test('hears its own broadcast', () => {
    const world = new TestWorld();
    const a = world.host('a', { eth0: '10.0.0.1/24' });
    const b = world.host('b', { eth0: '10.0.0.2/24' });
    world.cable(a.eth(), b.eth(), { delayNs: MS });
    const udp = new UdpDatagram(1000, 2000, payloadOf(Uint8Array.of(1)));
    expect(a.send('10.0.0.255', udp, 17)).toBeUndefined();
    world.run(SECOND);
    expect(a.received.map(({ at }) => at)).toEqual([0]);
    expect(b.received.map(({ at }) => at)).toEqual([MS]);
    b.stack.unreachablePort(b.received[0]!.packet);
    expect(world.reported('icmp.send')).toEqual([]);
  });

  test('hears groups that it joined, and only those', () => {
    const world = new TestWorld();
    const a = world.host('a', { eth0: '10.0.0.1/24' }, '10.0.0.2');
    const b = world.host('b', { eth0: '10.0.0.2/24' });
    world.cable(a.eth(), b.eth(), { delayNs: MS });
    const udp = new UdpDatagram(1000, 2000, payloadOf(Uint8Array.of(1)));
    const onB = new Watch(b.eth());
    a.send('239.1.2.3', udp, 17);
    expect(b.stack.joinGroup(ip('239.1.2.3'), { name: 'eth0' })).toBeUndefined();
    a.send('239.1.2.3', udp, 17);
    world.run(SECOND);
    expect(b.received).toHaveLength(2);
    expect(onB.lines[0]).toContain('10.0.0.1>239.1.2.3');
    expect(b.stack.leaveGroup(ip('239.1.2.3'), { name: 'eth0' })).toBeUndefined();
    expect(b.stack.leaveGroup(ip('239.1.2.3'), { name: 'eth0' })?.code).toBe('EADDRNOTAVAIL');
    a.send('239.1.2.3', udp, 17);
    world.run(2 * SECOND);
    expect(b.received).toHaveLength(2);
  });

  test('a member hears what its host sends to the group, unless IP_MULTICAST_LOOP is off; a TTL of 0 stays inside (RFC 1112 section 6.1)', () => {
    const world = new TestWorld();
    const a = world.host('a', { eth0: '10.0.0.1/24' }, '10.0.0.2');
    const b = world.host('b', { eth0: '10.0.0.2/24' });
    world.cable(a.eth(), b.eth());
    for (const host of [a, b]) expect(host.stack.joinGroup(ip('239.1.2.3'), { name: 'eth0' })).toBeUndefined();
    const heard = (ttl: number, multicastLoop: boolean): readonly number[] => {
      const before = [a.received.length, b.received.length] as const;
      a.send('239.1.2.3', new UdpDatagram(1000, 2000, payloadOf(Uint8Array.of(1))), 17, { ttl, multicastLoop });
      world.run(world.queue.now + SECOND);
      return [a.received.length - before[0], b.received.length - before[1]];
    };
    expect([heard(1, true), heard(1, false), heard(0, true)]).toEqual([
      [1, 1],
      [0, 1],
      [1, 0],
    ]);
  });

  test('says protocol unreachable about what nobody handles, and port unreachable when a transport asks', () => {
    const world = new TestWorld();
    const a = world.host('a', { eth0: '10.0.0.1/24' });
    const b = world.host('b', { eth0: '10.0.0.2/24' });
    world.cable(a.eth(), b.eth(), { delayNs: MS });
    a.send('10.0.0.2', new RawPdu(payloadOf(new Uint8Array(20))), 99);
    world.run(SECOND);
    expect(world.reported('icmp.send', 'b')).toMatchObject([{ type: 3, code: 2 }]);
    a.send('10.0.0.2', new UdpDatagram(5, 6, payloadOf(new Uint8Array(3))), 17);
    world.run(2 * SECOND);
    b.stack.unreachablePort(b.received[0]!.packet);
    world.run(3 * SECOND);
    expect(a.errors).toMatchObject([{ type: 3, code: 3, from: '10.0.0.2', quoted: { protocol: 17 } }]);
  });

  test('without carrier a packet is lost silently, with the card down it is refused', () => {
    const world = new TestWorld();
    const a = world.host('a', { eth0: '10.0.0.1/24' });
    expect(a.ping('10.0.0.2')).toBeUndefined();
    const path = a.stack.route(ip('10.0.0.2'));
    a.stack.config.setUp(2, false);
    expect(a.ping('10.0.0.2')?.code).toBe('ENETUNREACH');
    const message = new IcmpMessage(8, 0, 0, payloadOf(new Uint8Array(8)));
    const options = { tos: 0, ttl: 64, dontFragment: false, ident: new PacketId(1) };
    if ('hop' in path) expect(a.stack.output(path, message, 1, options)?.code).toBe('ENETDOWN');
  });
});

test('the same seed gives the same run, another seed another', () => {
  const digests = (seed: number) => {
    const world = new TestWorld(seed);
    const a = world.host('a', { eth0: '10.0.1.2/24' }, '10.0.1.1');
    const r = world.host('r', { eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }).forwarding();
    const b = world.host('b', { eth0: '10.0.2.2/24' }, '10.0.2.1');
    world.cable(a.eth(), r.eth('eth0'), { delayNs: MS, rate: 1_000_000 });
    world.cable(r.eth('eth1'), b.eth(), { delayNs: MS, rate: 1_000_000 });
    for (let i = 0; i < 20; i++) {
      a.ping('10.0.2.2', i, 3000);
      b.ping('10.0.1.9', i);
      world.run(world.queue.now + 7 * SECOND);
    }
    world.run();
    return `${world.recorder.wire} ${world.recorder.run}`;
  };
  expect(digests(1)).toBe(digests(1));
  expect(digests(1)).not.toBe(digests(2));
});
