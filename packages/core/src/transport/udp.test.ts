import { expect, test } from 'vitest';
import { IPV4_ANY, IPV4_BROADCAST } from '../base/address.ts';
import { E, Errno } from '../base/errno.ts';
import { ICMP, IcmpMessage, IP_PROTOCOL, Ipv4Packet, PacketId, UdpDatagram } from '../wire/packet.ts';
import { EMPTY_PAYLOAD, payloadOf } from '../wire/payload.ts';
import type { Datagram } from './datagram.ts';
import { truesize } from './datagram.ts';
import { READY } from './readiness.ts';
import { FakeIp, ip4, TestClock } from './testing/fake-ip.ts';
import { UDP_PAYLOAD_MAX, Udp, type UdpSocket } from './udp.ts';

class Host {
  readonly clock = new TestClock();
  readonly sent: Ipv4Packet[] = [];
  readonly ip = new FakeIp(ip4('10.0.0.1'), (packet) => this.sent.push(packet));
  readonly udp = new Udp(this.clock.context('host'), this.ip);

  bound(port: number, address = '0.0.0.0'): UdpSocket {
    const socket = this.udp.socket();
    expect(socket.bind(ip4(address), port)).toBeUndefined();
    return socket;
  }

  arrive(dstPort: number, text: string, more: { src?: string; srcPort?: number; dst?: string } = {}): void {
    const payload = payloadOf(Uint8Array.from(text, (c) => c.charCodeAt(0)));
    const { src = '10.0.0.2', srcPort = 999, dst = '10.0.0.1' } = more;
    const packet = Ipv4Packet.of({
      ident: new PacketId(5),
      src: ip4(src),
      dst: ip4(dst),
      protocol: IP_PROTOCOL.udp,
      ttl: 61,
      payload: new UdpDatagram(srcPort, dstPort, payload),
    });
    this.ip.deliver(packet, this.clock.queue.now);
  }

  icmp(type: number, code: number, srcPort: number, dstPort: number): void {
    const bytes = Uint8Array.of(srcPort >> 8, srcPort, dstPort >> 8, dstPort, 0, 12, 0, 0, 1, 2, 3, 4);
    const quoted = { src: ip4('10.0.0.1'), dst: ip4('10.0.0.2'), protocol: IP_PROTOCOL.udp, bytes };
    this.ip.icmp(new IcmpMessage(type, code, 0, EMPTY_PAYLOAD), quoted, ip4('10.0.0.254'));
  }
}

const hello = payloadOf(Uint8Array.of(104, 105));
const textOf = (datagram: unknown): string => String.fromCharCode(...(datagram as Datagram).payload.bytes());

test('a datagram arrives whole, with its sender and TTL (RFC 768)', () => {
  const host = new Host();
  const socket = host.bound(53);
  expect(socket.receive()).toBeUndefined();
  host.arrive(53, 'ab');
  host.arrive(53, 'cd');
  const first = socket.receive() as Datagram;
  expect([textOf(first), String(first.from), first.fromPort, first.ttl]).toEqual(['ab', '10.0.0.2', 999, 61]);
  expect(textOf(socket.receive(true))).toBe('cd');
  expect(textOf(socket.receive())).toBe('cd');
  expect(socket.receive()).toBeUndefined();
});

test('RFC 1122 section 4.1.3.1: a port without a socket is answered with port unreachable', () => {
  const host = new Host();
  host.arrive(53, 'ab');
  expect(host.ip.unreachable.length).toBe(1);
});

test('sendto binds an ephemeral port; 65,507 bytes fit, 65,508 are EMSGSIZE', () => {
  const host = new Host();
  const socket = host.udp.socket();
  expect(socket.send(hello)).toBe(E.EDESTADDRREQ);
  expect(socket.send(hello, ip4('10.0.0.2'), 0)).toBe(E.EINVAL);
  expect(socket.send(hello, ip4('10.0.0.2'), 53)).toBe(2);
  expect(socket.localPort).toBeGreaterThanOrEqual(32_768);
  expect(socket.send(payloadOf(new Uint8Array(UDP_PAYLOAD_MAX)), ip4('10.0.0.2'), 53)).toBe(UDP_PAYLOAD_MAX);
  expect(socket.send(payloadOf(new Uint8Array(UDP_PAYLOAD_MAX + 1)), ip4('10.0.0.2'), 53)).toBe(E.EMSGSIZE);
  expect(host.sent.map((packet) => packet.dontFragment)).toEqual([true, false]);
});

test('IP_MTU_DISCOVER: DO refuses what does not fit, DONT never sets DF (ip(7))', () => {
  const host = new Host();
  const socket = host.udp.socket();
  const large = payloadOf(new Uint8Array(1473));
  socket.mtuDiscover = 2;
  expect(socket.send(large, ip4('10.0.0.2'), 53)).toBe(E.EMSGSIZE);
  socket.receiveErrors = true;
  expect(socket.send(large, ip4('10.0.0.2'), 53)).toBe(E.EMSGSIZE);
  expect(socket.receiveError()).toMatchObject({ info: 1500, toPort: 0, payload: EMPTY_PAYLOAD });
  expect(socket.send(hello, ip4('10.0.0.2'), 53)).toBe(2);
  socket.mtuDiscover = 0;
  expect(socket.send(large, ip4('10.0.0.2'), 53)).toBe(1473);
  expect(host.sent.map((packet) => packet.dontFragment)).toEqual([true, false]);
});

test('SO_BROADCAST is needed for broadcasts: EACCES (socket(7))', () => {
  const host = new Host();
  const socket = host.udp.socket();
  expect(socket.send(hello, IPV4_BROADCAST, 67)).toBe(E.EACCES);
  expect(socket.connect(IPV4_BROADCAST, 67)).toBe(E.EACCES);
  socket.broadcast = true;
  expect(socket.send(hello, IPV4_BROADCAST, 67)).toBe(2);
});

test('connect: only the peer is heard, and its port unreachable is ECONNREFUSED once', () => {
  const host = new Host();
  const socket = host.udp.socket();
  expect(socket.connect(ip4('10.0.0.2'), 53)).toBeUndefined();
  expect(String(socket.localAddress)).toBe('10.0.0.1');
  host.arrive(socket.localPort, 'no', { srcPort: 54 });
  host.arrive(socket.localPort, 'yes', { srcPort: 53 });
  expect(textOf(socket.receive())).toBe('yes');
  expect(socket.send(hello)).toBe(2);
  host.icmp(ICMP.unreachable, 3, socket.localPort, 53);
  expect(socket.readiness() & READY.ERR).toBe(READY.ERR);
  expect(socket.send(hello)).toBe(E.ECONNREFUSED);
  expect(socket.send(hello)).toBe(2);
});

test('connected to port 0: every port of the peer is heard, and what any of them refuses is told (Linux)', () => {
  const host = new Host();
  const socket = host.udp.socket();
  expect(socket.connect(ip4('10.0.0.2'), 0)).toBeUndefined();
  host.arrive(socket.localPort, 'stranger', { src: '10.0.0.3', srcPort: 54 });
  host.arrive(socket.localPort, 'peer', { srcPort: 54 });
  expect(textOf(socket.receive())).toBe('peer');
  expect(socket.send(hello, ip4('10.0.0.2'), 7000)).toBe(2);
  host.icmp(ICMP.unreachable, 3, socket.localPort, 7000);
  expect(socket.takeError()).toBe(E.ECONNREFUSED);
});

test('an unconnected socket hears of errors only with IP_RECVERR, and then of soft ones too', () => {
  const host = new Host();
  const socket = host.bound(1000);
  host.icmp(ICMP.unreachable, 3, 1000, 53);
  expect(socket.receive()).toBeUndefined();
  socket.receiveErrors = true;
  host.icmp(ICMP.timeExceeded, 0, 1000, 33_434);
  const entry = socket.receiveError();
  expect(entry).toMatchObject({ errno: E.EHOSTUNREACH, type: 11, code: 0, toPort: 33_434 });
  expect(String(entry!.offender)).toBe('10.0.0.254');
  expect([...entry!.payload.bytes()]).toEqual([1, 2, 3, 4]);
  expect(socket.receiveError()).toBeUndefined();
  expect(socket.receive()).toBeUndefined();
});

test('the receive queue is bounded by SO_RCVBUF, charged by memory and not by payload', () => {
  const host = new Host();
  const socket = host.bound(53);
  socket.setReceiveBuffer(2000);
  expect(socket.receiveBuffer).toBe(4000);
  for (let i = 0; i < 20; i++) host.arrive(53, 'x');
  let got = 0;
  while (socket.receive() instanceof Object) got++;
  expect(got).toBe(Math.floor(4000 / truesize(1)) + 1);
  expect(socket.dropped).toBe(20 - got);
});

test('bind: EADDRINUSE, EACCES below 1024 for users, EADDRNOTAVAIL, EINVAL for the second one', () => {
  const host = new Host();
  const first = host.bound(5000);
  const second = host.udp.socket();
  expect(second.bind(IPV4_ANY, 5000)).toBe(E.EADDRINUSE);
  expect(second.bind(ip4('10.0.0.9'), 5001)).toBe(E.EADDRNOTAVAIL);
  second.uid = 1000;
  expect(second.bind(IPV4_ANY, 53)).toBe(E.EACCES);
  expect(first.bind(IPV4_ANY, 5001)).toBe(E.EINVAL);
  first.close();
  second.uid = 0;
  expect(second.bind(IPV4_ANY, 5000)).toBeUndefined();
});

test('SO_REUSEADDR: both must have it; the newest socket gets unicast, all get broadcast', () => {
  const host = new Host();
  const a = host.udp.socket();
  const b = host.udp.socket();
  a.reuseAddress = b.reuseAddress = true;
  expect(a.bind(IPV4_ANY, 5000)).toBeUndefined();
  expect(b.bind(IPV4_ANY, 5000)).toBeUndefined();
  host.arrive(5000, 'u');
  expect([a.receive(), textOf(b.receive())]).toEqual([undefined, 'u']);
  host.arrive(5000, 'b', { dst: '255.255.255.255' });
  expect([textOf(a.receive()), textOf(b.receive())]).toEqual(['b', 'b']);
});

test('SO_REUSEPORT spreads peers over the group, one peer always to the same socket', () => {
  const host = new Host();
  const sockets = [0, 1, 2].map(() => {
    const socket = host.udp.socket();
    socket.reusePort = true;
    expect(socket.bind(IPV4_ANY, 5000)).toBeUndefined();
    return socket;
  });
  for (let port = 1; port <= 60; port++) for (let i = 0; i < 2; i++) host.arrive(5000, 'x', { srcPort: port });
  const counts = sockets.map((socket) => {
    let count = 0;
    while (!((socket.receive() ?? E.EAGAIN) instanceof Errno)) count++;
    return count;
  });
  expect(counts.reduce((a, b) => a + b)).toBe(120);
  for (const count of counts) expect(count % 2 === 0 && count > 10).toBe(true);
});

test('a socket bound to an address is preferred to the wildcard, a connected one to both', () => {
  const host = new Host();
  const any = host.udp.socket();
  const exact = host.udp.socket();
  const peer = host.udp.socket();
  for (const socket of [any, exact, peer]) socket.reuseAddress = true;
  any.bind(IPV4_ANY, 5000);
  exact.bind(ip4('10.0.0.1'), 5000);
  host.arrive(5000, '1');
  expect(textOf(exact.receive())).toBe('1');
  peer.bind(ip4('10.0.0.1'), 5000);
  peer.connect(ip4('10.0.0.2'), 999);
  host.arrive(5000, '2');
  host.arrive(5000, '3', { srcPort: 1 });
  expect(textOf(peer.receive())).toBe('2');
  expect(textOf(exact.receive())).toBe('3');
});

test('multicast: members get the group; EINVAL for no group, EADDRINUSE twice, EADDRNOTAVAIL when no member', () => {
  const host = new Host();
  const socket = host.bound(5000);
  socket.multicastAll = false;
  host.arrive(5000, 'a', { dst: '239.1.1.1' });
  expect(socket.receive()).toBeUndefined();
  expect(socket.join(ip4('10.0.0.2'))).toBe(E.EINVAL);
  expect(socket.join(ip4('239.1.1.1'))).toBeUndefined();
  expect(socket.join(ip4('239.1.1.1'))).toBe(E.EADDRINUSE);
  host.arrive(5000, 'b', { dst: '239.1.1.1' });
  expect(textOf(socket.receive())).toBe('b');
  expect(socket.leave(ip4('239.1.1.1'))).toBeUndefined();
  expect(socket.leave(ip4('239.1.1.1'))).toBe(E.EADDRNOTAVAIL);
});

test('shutdown needs a peer; afterwards the end of input and EPIPE', () => {
  const host = new Host();
  const socket = host.udp.socket();
  expect(socket.shut('read')).toBe(E.ENOTCONN);
  socket.connect(ip4('10.0.0.2'), 53);
  socket.shut('read');
  socket.shut('write');
  expect(socket.atEnd).toBe(true);
  expect(socket.send(hello)).toBe(E.EPIPE);
  expect(socket.readiness() & READY.HUP).toBe(READY.HUP);
});

test('shut for reading, a socket still gets what arrives, as on Linux', () => {
  const host = new Host();
  const socket = host.bound(5000);
  socket.shut('read');
  host.arrive(5000, 'late');
  expect([socket.atEnd, textOf(socket.receive()), socket.atEnd]).toEqual([false, 'late', true]);
});

test('errors of the address and the way come before one that is pending, which stays (udp_sendmsg)', () => {
  const host = new Host();
  const socket = host.udp.socket();
  socket.connect(ip4('10.0.0.2'), 53);
  host.icmp(ICMP.unreachable, 3, socket.localPort, 53);
  expect(socket.send(hello, IPV4_BROADCAST, 67)).toBe(E.EACCES);
  host.ip.routeError = E.ENETUNREACH;
  expect(socket.send(hello, ip4('10.9.9.9'), 53)).toBe(E.ENETUNREACH);
  expect(socket.send(payloadOf(new Uint8Array(UDP_PAYLOAD_MAX + 1)), ip4('10.9.9.9'), 53)).toBe(E.ENETUNREACH);
  host.ip.routeError = undefined;
  expect([socket.send(hello), socket.send(hello)]).toEqual([E.ECONNREFUSED, 2]);
});

test('a socket is in twenty groups at most (igmp_max_memberships): ENOBUFS', () => {
  const socket = new Host().bound(5000);
  for (let i = 1; i <= 20; i++) expect(socket.join(ip4(`239.1.1.${i}`))).toBeUndefined();
  expect(socket.join(ip4('239.1.1.21'))).toBe(E.ENOBUFS);
  expect(socket.join(ip4('239.1.1.1'))).toBe(E.EADDRINUSE);
});

// The kernel's answers on a card of 1500 bytes, where the path takes 600 (6.18; a route with mtu 600).
test.each([
  ['DONT', 0, 'goes', false, 'goes', undefined],
  ['WANT', 1, 'goes', true, 'goes', undefined],
  ['DO', 2, E.EMSGSIZE, true, E.EMSGSIZE, undefined],
  ['PROBE', 3, 'goes', true, E.EMSGSIZE, true],
  ['INTERFACE', 4, 'goes', false, E.EMSGSIZE, true],
  ['OMIT', 5, 'goes', false, 'goes', true],
] as const)(
  'IP_PMTUDISC_%s: DF, what is too long, and by which MTU it is cut',
  (_name, value, middle, df, large, byLinkMtu) => {
    const host = new Host();
    const socket = host.bound(5000);
    socket.mtuDiscover = value;
    socket.send(hello, ip4('10.0.0.2'), 53);
    host.ip.setMtu(600);
    const send = (bytes: number) => socket.send(payloadOf(new Uint8Array(bytes)), ip4('10.0.0.2'), 53);
    expect(send(1000)).toBe(middle === 'goes' ? 1000 : middle);
    expect(send(2000)).toBe(large === 'goes' ? 2000 : large);
    send(100);
    expect(host.sent.at(-1)!.dontFragment).toBe(df);
    expect(host.ip.lastOptions?.byLinkMtu).toBe(byLinkMtu);
    // A path that reports too little to be believed carries no DF for who only wants it.
    host.ip.setMtu(552, true);
    send(100);
    expect(host.sent.at(-1)!.dontFragment).toBe(df && value !== 1);
  },
);

test('ip_no_pmtu_disc: a new socket does no path-MTU discovery', () => {
  const host = new Host();
  host.ip.noPathMtuDiscovery = true;
  expect(host.udp.socket().mtuDiscover).toBe(0);
});

test('IP_MULTICAST_IF is the way to groups alone, SO_BINDTODEVICE and a bound address come before it', () => {
  const host = new Host();
  const socket = host.bound(5000);
  const asked = (to: string) => {
    socket.send(hello, ip4(to), 53);
    return host.ip.asked;
  };
  expect(socket.setMulticastCard(7, IPV4_ANY)).toBe(E.EADDRNOTAVAIL);
  expect(socket.setMulticastCard(1, ip4('10.0.0.9'))).toBeUndefined();
  expect(asked('239.1.1.1')).toEqual(['10.0.0.9', 'eth0', false]);
  expect(asked('10.0.0.2')).toEqual([undefined, undefined, false]);
  expect(socket.bindToCard('none')).toBe(E.ENODEV);
  socket.boundCard = 'eth1';
  expect(socket.setMulticastCard(1, IPV4_ANY)).toBe(E.EINVAL);
  expect(asked('239.1.1.2')).toEqual(['10.0.0.9', 'eth1', false]);
  socket.boundCard = undefined;
  socket.dontRoute = true;
  expect(asked('10.0.0.2')).toEqual([undefined, undefined, true]);
  socket.localAddress = ip4('10.0.0.1');
  expect(asked('239.1.1.3')).toEqual(['10.0.0.1', 'eth0', true]);
});
