import { expect, test } from 'vitest';
import { IPV4_BROADCAST } from '../base/address.ts';
import type { Errno } from '../base/errno.ts';
import { E } from '../base/errno.ts';
import { encodeNetwork } from '../wire/codec.ts';
import { ICMP, IcmpMessage, IP_PROTOCOL, Ipv4Packet, PacketId } from '../wire/packet.ts';
import { payloadOf } from '../wire/payload.ts';
import type { Datagram } from './datagram.ts';
import { icmpBytes, Ping, PingSocket } from './icmp-echo.ts';
import { IPPROTO_RAW, Raw, type RawAccess } from './raw.ts';
import { CARD, FakeIp, ip4, TestClock } from './testing/fake-ip.ts';

type Listener = Parameters<RawAccess['addRawListener']>[1];

class RawIp extends FakeIp implements RawAccess {
  listeners: Listener[] = [];
  whole: Ipv4Packet[] = [];
  addRawListener(_protocol: number, listener: Listener): void {
    this.listeners.push(listener);
  }
  removeRawListener(_protocol: number, listener: Listener): void {
    this.listeners = this.listeners.filter((other) => other !== listener);
  }
  outputPacket(_path: unknown, packet: Ipv4Packet): Errno | undefined {
    this.whole.push(packet);
    return undefined;
  }
}

function host(): { ip: RawIp; sent: Ipv4Packet[]; raw: Raw; ping: Ping } {
  const sent: Ipv4Packet[] = [];
  const ip = new RawIp(ip4('10.0.0.1'), (packet) => sent.push(packet));
  const context = new TestClock().context('host');
  return { ip, sent, raw: new Raw(context, ip), ping: new Ping(context, ip) };
}

function echo(type: number, identifier: number, sequence: number, body = 'abc'): IcmpMessage {
  return new IcmpMessage(
    type,
    0,
    (identifier << 16) | sequence,
    payloadOf(Uint8Array.from(body, (c) => c.charCodeAt(0))),
  );
}

function reply(message: IcmpMessage): Ipv4Packet {
  return Ipv4Packet.of({
    ident: new PacketId(9),
    src: ip4('10.0.0.2'),
    dst: ip4('10.0.0.1'),
    protocol: IP_PROTOCOL.icmp,
    ttl: 60,
    payload: message,
  });
}

test('ping socket: the kernel sets the identifier, and only replies with it arrive', () => {
  const { ip, sent, ping } = host();
  const socket: PingSocket = ping.socket();
  expect(socket.send(payloadOf(icmpBytes(echo(ICMP.echoRequest, 77, 1))), ip4('10.0.0.2'))).toBe(11);
  const request = sent[0]!.payload as IcmpMessage;
  expect(request.rest >>> 16).toBe(socket.localPort);
  expect(request.rest & 0xffff).toBe(1);
  ip.deliver(reply(echo(ICMP.echoReply, socket.localPort ^ 1, 1)), 0);
  expect(socket.receive()).toBeUndefined();
  ip.deliver(reply(echo(ICMP.echoReply, socket.localPort, 1)), 0);
  const datagram = socket.receive() as Datagram;
  expect([datagram.payload.length, datagram.ttl]).toEqual([11, 60]);
  expect([...datagram.payload.bytes().subarray(8)]).toEqual([97, 98, 99]);
});

test('ping socket: only echo requests may be sent', () => {
  const { ping } = host();
  const socket = ping.socket();
  expect(socket.send(payloadOf(icmpBytes(echo(ICMP.echoReply, 1, 1))), ip4('10.0.0.2'))).toBe(E.EINVAL);
  expect(socket.send(payloadOf(new Uint8Array(4)), ip4('10.0.0.2'))).toBe(E.EINVAL);
  expect(socket.send(payloadOf(icmpBytes(echo(ICMP.echoRequest, 1, 1))))).toBe(E.EDESTADDRREQ);
});

test('a connect that is refused leaves a ping socket its identifier, a raw socket needs none (inet_dgram_connect)', () => {
  const { ping, raw } = host();
  for (const socket of [ping.socket(), raw.socket(1)]) {
    expect(socket.connect(IPV4_BROADCAST, 5)).toBe(E.EACCES);
    expect([socket.connected, socket.localPort !== 0]).toEqual([false, socket instanceof PingSocket]);
    socket.broadcast = true;
    expect([socket.connect(IPV4_BROADCAST, 5), socket.connected, socket.remotePort]).toEqual([undefined, true, 5]);
    socket.disconnect();
    expect([socket.connected, socket.remotePort]).toEqual([false, 0]);
  }
});

test('ping socket: identifiers are exclusive, and free after close', () => {
  const { ping } = host();
  const a = ping.socket();
  const b = ping.socket();
  expect(a.bind(ip4('0.0.0.0'), 42)).toBeUndefined();
  expect(b.bind(ip4('0.0.0.0'), 42)).toBe(E.EADDRINUSE);
  a.close();
  expect(b.bind(ip4('0.0.0.0'), 42)).toBeUndefined();
});

test('raw socket: a copy of each packet with its IP header; ICMP_FILTER keeps types away', () => {
  const { ip, raw } = host();
  const socket = raw.socket(IP_PROTOCOL.icmp);
  const packet = reply(echo(ICMP.echoReply, 1, 2));
  for (const listener of ip.listeners) listener.receive(packet, CARD, 0);
  const datagram = socket.receive() as Datagram;
  expect(datagram.payload.bytes()).toEqual(encodeNetwork(packet));
  socket.icmpFilter = 1 << ICMP.echoReply;
  for (const listener of ip.listeners) listener.receive(packet, CARD, 0);
  expect(socket.receive()).toBeUndefined();
  socket.close();
  expect(ip.listeners).toEqual([]);
});

test('raw socket: bytes become the message that they are; a wrong checksum stays raw bytes', () => {
  const { sent, raw } = host();
  const socket = raw.socket(IP_PROTOCOL.icmp);
  const bytes = icmpBytes(echo(ICMP.echoRequest, 5, 6));
  expect(socket.send(payloadOf(bytes), ip4('10.0.0.2'))).toBe(11);
  expect(sent[0]!.payload.kind).toBe('icmp');
  const broken = bytes.slice();
  broken[9]! ^= 1;
  socket.send(payloadOf(broken), ip4('10.0.0.2'));
  expect(sent[1]!.payload.kind).toBe('raw');
});

test('IP_HDRINCL: the program’s header goes out; length, checksum and a missing source are filled in (raw(7))', () => {
  const { ip, raw } = host();
  const socket = raw.socket(IPPROTO_RAW);
  const packet = Ipv4Packet.of({
    ident: new PacketId(1),
    src: ip4('0.0.0.0'),
    dst: ip4('10.0.0.2'),
    protocol: 200,
    ttl: 3,
    payload: echo(8, 1, 1),
  });
  const bytes = encodeNetwork(packet).slice();
  bytes[2] = bytes[3] = bytes[10] = bytes[11] = 0;
  expect(socket.send(payloadOf(bytes), ip4('10.0.0.2'))).toBe(bytes.length);
  expect([String(ip.whole[0]!.src), ip.whole[0]!.ttl, ip.whole[0]!.protocol]).toEqual(['10.0.0.1', 3, 200]);
  expect(socket.send(payloadOf(new Uint8Array(10)), ip4('10.0.0.2'))).toBe(E.EINVAL);
});
