/**
 * Segments that mean harm, as bytes: land, floods of options, blind RST, SYN and data (RFC 5961), floods of tiny pieces, acknowledgements that lie. Answered
 * as the RFCs ask, and never with more than they cost; overlapping fragments are in `network/fragment.test.ts`, bounds of memory in `bounds.test.ts`.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ipv4Address } from '../../base/address.ts';
import { assert } from '../../base/assert.ts';
import { ip, TestWorld } from '../../network/hosts.test-kit.ts';
import { put16, put32 } from '../../wire/buffer.ts';
import { checksumOf, pseudoHeaderSum, sumBytes } from '../../wire/checksum.ts';
import { decodeTransport } from '../../wire/codec.ts';
import { ETHERTYPE, Frame, IP_PROTOCOL, Ipv4Packet, PacketId, TCP_FLAG, type TcpSegment } from '../../wire/packet.ts';
import { ack, bytes, data, HOST_PORT, PEER_PORT, Scenario } from '../testing/scenario.ts';
import type { TcpConnection } from './connection.ts';
import { Tcp } from './tcp.ts';

interface Header {
  readonly srcPort?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly flags?: number;
}

/** A segment between two addresses, made as bytes with these option bytes (padded with zeros to whole words) and decoded; a SYN unless told otherwise. */
function segmentOf(src: Ipv4Address, dst: Ipv4Address, options: readonly number[], header: Header = {}): TcpSegment {
  const padded = [...options.slice(0, 40)];
  while (padded.length % 4 !== 0) padded.push(0);
  const bytes = new Uint8Array(20 + padded.length);
  put16(bytes, 0, header.srcPort ?? PEER_PORT);
  put16(bytes, 2, HOST_PORT);
  put32(bytes, 4, header.seq ?? 1000);
  put32(bytes, 8, header.ack ?? 0);
  bytes[12] = (bytes.length / 4) << 4;
  bytes[13] = header.flags ?? TCP_FLAG.syn;
  put16(bytes, 14, 1000);
  bytes.set(padded, 20);
  put16(bytes, 16, checksumOf(pseudoHeaderSum(src.key, dst.key, IP_PROTOCOL.tcp, bytes.length) + sumBytes(bytes)));
  const pdu = decodeTransport(bytes, IP_PROTOCOL.tcp, src.key, dst.key);
  assert(pdu.kind === 'tcp', `decoded as ${pdu.kind}`);
  return pdu;
}

const synTo = (t: Scenario, options: readonly number[]): TcpSegment => segmentOf(t.peer, t.host, options);

test('land: a SYN from our own address and port is a martian, and starts nothing', () => {
  const world = new TestWorld();
  const host = world.host('a', { eth0: '10.0.0.1/24' });
  const other = world.host('b', { eth0: '10.0.0.2/24' });
  world.cable(host.eth(), other.eth());
  const tcp = new Tcp(host.context, host.stack);
  const listener = tcp.socket();
  listener.bind(ip('0.0.0.0'), HOST_PORT);
  listener.listen(5);
  const own = ip('10.0.0.1') as Ipv4Address;
  const payload = segmentOf(own, own, [], { srcPort: HOST_PORT });
  const packet = Ipv4Packet.of({
    ident: new PacketId(1),
    src: own,
    dst: own,
    protocol: IP_PROTOCOL.tcp,
    ttl: 64,
    payload,
  });
  other.eth().transmit(new Frame(host.eth().mac, other.eth().mac, ETHERTYPE.ipv4, packet));
  world.run();
  expect(tcp.flows.all()).toEqual([]);
  expect(world.reported('ip.drop', 'a').map(({ reason }) => reason)).toEqual(['martian-source']);
});

describe('option floods', () => {
  const floods: Readonly<Record<string, readonly number[]>> = {
    'forty no-operations': Array(40).fill(1),
    'ten MSS options': Array.from({ length: 40 }, (_, i) => [2, 4, 0, i][i % 4]!),
    'a length of zero': [2, 0, 5, 5],
    'a length past the end': [3, 200, 5, 5],
    'a scale of 255': [3, 3, 255, 0],
    'an MSS of zero': [2, 4, 0, 0],
    'SACK in a SYN': [5, 10, 0, 0, 0, 1, 0, 0, 0, 2],
    'twenty unknown options': Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 253 : 2)),
  };
  test.each(Object.entries(floods))('%s: the SYN is answered, and the connection works', (_name, options) => {
    const t = new Scenario();
    const listener = t.listen();
    t.deliver(synTo(t, options));
    const [answer, ...more] = t.take();
    expect(t.summary(answer!)[0]).toBe('S.');
    expect(more).toEqual([]);
    // The handshake is completed with the numbers of that SYN.
    const child = completed(t, listener, answer!.seq);
    expect(child.stateName).toBe('ESTABLISHED');
    expect(child.info().snd_mss).toBeGreaterThanOrEqual(48);
    child.send(bytes(100));
    expect(t.take().reduce((sum, segment) => sum + segment.payload.length, 0)).toBe(100);
  });

  test('any forty bytes: at most one answer, and never a throw', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { maxLength: 40 }), (options) => {
        const t = new Scenario();
        t.listen();
        t.deliver(synTo(t, options));
        expect(t.take().length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

function completed(t: Scenario, listener: TcpConnection, iss: number): TcpConnection {
  const header = { seq: 1001, ack: (iss + 1) >>> 0, flags: TCP_FLAG.ack };
  t.deliver(segmentOf(t.peer, t.host, [], header));
  return listener.accept() as TcpConnection;
}

test('blind RSTs over the whole sequence space: the connection stands, and answers at most once in half a second', () => {
  const t = new Scenario();
  const c = t.accepted();
  let answers = 0;
  for (let i = 0; i < 5000; i++) {
    t.at(t.nowMs + 1).send({ flags: 'R', seq: 2 + i * 858_993 });
    answers += t.take().length;
  }
  expect(c.stateName).toBe('ESTABLISHED');
  expect(answers).toBeLessThanOrEqual(11);
});

test('blind SYNs and blind data: the connection stands, nothing is taken in, answers are limited', () => {
  const t = new Scenario();
  const c = t.accepted();
  let answers = 0;
  for (let i = 0; i < 5000; i++) {
    t.at(t.nowMs + 1).send({ flags: 'S', seq: 2 + i * 858_993, mss: 1000 });
    t.send(data(2 + i * 858_993, 1, { flags: 'P.', ack: 100_000 + i * 700_001 }));
    answers += t.take().length;
  }
  expect(c.stateName).toBe('ESTABLISHED');
  expect(c.receiveQueueLength).toBe(0);
  // What carries data is answered each time it lies outside the window: RFC 9293 section 3.10.7.4 asks for it.
  expect(answers).toBeLessThanOrEqual(5011);
});

test('a flood of single bytes out of order takes no more memory than the receive buffer and one segment', () => {
  const t = new Scenario();
  const c = t.accepted({ sackPermitted: true });
  c.setOption('SO_RCVBUF', 20_000);
  for (let i = 0; i < 20_000; i++) t.send(data(3 + 2 * i, 1));
  expect(c.reassembly!.memory).toBeLessThanOrEqual(40_000 + 832);
  expect(t.take().every((segment) => (segment.options?.sack ?? []).length <= 4)).toBe(true);
});

test('acknowledgements that lie (optimistic, of the future, SACKs of everything) neither throw nor free what is out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -100_000, max: 100_000 }), fc.integer({ min: -100_000, max: 100_000 })), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 10_002, max: 2_000_000_000 }),
      (blocks, future) => {
        const t = new Scenario();
        const c = t.accepted({ sackPermitted: true });
        c.send(bytes(10_000));
        t.send(ack(future, { sack: blocks }));
        expect(c.packetsOut).toBe(10);
        t.send(ack(1, { sack: blocks }));
        expect(c.sackedOut).toBeLessThanOrEqual(c.packetsOut);
        expect(c.sackedOut + c.lostOut).toBeLessThanOrEqual(c.packetsOut);
      },
    ),
    { numRuns: 200 },
  );
});
