import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyFrame } from '../../../../test/wire/arbitrary.ts';
import { Ipv4Address, MacAddress } from '../base/address.ts';
import { sameBytes } from '../base/bytes.ts';
import { WireBuffer } from './buffer.ts';
import {
  decodeFrame,
  decodeTransport,
  encodeFrame,
  encodeFrameAt,
  encodeNetwork,
  encodeTransport,
  frameProblem,
  headersLength,
} from './codec.ts';
import {
  ArpPacket,
  Frame,
  Ipv4Packet,
  type NetworkPdu,
  PacketId,
  RawPdu,
  RuntFrame,
  TcpSegment,
  type TransportPdu,
  UdpDatagram,
  VlanTagged,
} from './packet.ts';
import { payloadOf } from './payload.ts';

const ident = new PacketId(1);
const mac = new MacAddress(0x0200_0000_0001);

test('every strict frame encodes and decodes to the same bytes and kinds', () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      const bytes = encodeFrame(frame);
      expect(bytes.length).toBe(frame.length);
      const back = decodeFrame(bytes.slice(), ident);
      expect(back.payload.kind).toBe(frame.payload.kind);
      if (frame.payload instanceof Ipv4Packet && back.payload instanceof Ipv4Packet) {
        expect(back.payload.payload.kind).toBe(frame.payload.isFragment ? 'raw' : frame.payload.payload.kind);
        expect({ ...back.payload, payload: 0, ident: 0 }).toEqual({ ...frame.payload, payload: 0, ident: 0 });
      }
      expect(sameBytes(encodeFrame(back), bytes)).toBe(true);
      expect(sameBytes(encodeFrame(frame, new WireBuffer(1)), bytes)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('strict TCP segments come back field by field', () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      const sent = frame.payload instanceof Ipv4Packet ? frame.payload.payload : undefined;
      if (!(sent instanceof TcpSegment) || (frame.payload as Ipv4Packet).isFragment) return;
      const back = (decodeFrame(encodeFrame(frame), ident).payload as Ipv4Packet).payload as TcpSegment;
      expect({ ...back, payload: 0, options: plain(back) }).toEqual({ ...sent, payload: 0, options: plain(sent) });
      expect(back.payload.bytes()).toEqual(sent.payload.bytes());
    }),
    { numRuns: 1000 },
  );
});

/** An empty option object and none at all have the same bytes. */
function plain(tcp: TcpSegment): unknown {
  const { options } = tcp;
  if (options === undefined) return undefined;
  const kept = Object.entries(options).filter(
    ([, v]) => v !== undefined && v !== false && !(Array.isArray(v) && v.length === 0),
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

test('any bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(sameBytes(encodeFrame(decodeFrame(bytes, ident)), bytes)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('a strict frame with flipped bits, cut or with a trailer comes back as it was', () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { maxLength: 3 });
  fc.assert(
    fc.property(anyFrame, flips, fc.nat(4), fc.uint8Array({ maxLength: 20 }), (frame, bits, cut, tail) => {
      const whole = encodeFrame(frame);
      const bytes = new Uint8Array([...whole.subarray(0, Math.max(0, whole.length - cut)), ...tail]);
      for (const [at, bit] of bits) if (bytes.length > 0) bytes[at % bytes.length]! ^= 1 << bit;
      expect(sameBytes(encodeFrame(decodeFrame(bytes, ident)), bytes)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('one flipped bit after the Ethernet header is a problem somewhere or a header that says another protocol', () => {
  fc.assert(
    fc.property(anyFrame, fc.nat(), fc.nat(7), (frame, at, bit) => {
      const { payload } = frame;
      if (!(payload instanceof Ipv4Packet) || payload.isFragment || payload.payload instanceof RawPdu) return;
      if (payload.payload.kind === 'udp' && !payload.payload.checksum) return;
      const bytes = encodeFrame(frame);
      bytes[14 + (at % (bytes.length - 14))]! ^= 1 << bit;
      const back = decodeFrame(bytes, ident).payload;
      const problem = back instanceof RawPdu ? back.problem : back instanceof Ipv4Packet ? problemOf(back) : undefined;
      // Clearing all of a UDP checksum that had one bit set means "no checksum".
      if (problem === undefined) expect(noChecksumNow(back)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

function problemOf(packet: Ipv4Packet): string | undefined {
  return packet.payload instanceof RawPdu ? packet.payload.problem : undefined;
}

function noChecksumNow(back: unknown): boolean {
  return back instanceof Ipv4Packet && back.payload.kind === 'udp' && !back.payload.checksum;
}

test('network and transport encodings are the parts of the frame', () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      const bytes = encodeFrame(frame);
      const network = encodeNetwork(frame.payload);
      expect(sameBytes(network, bytes.subarray(14))).toBe(true);
      if (!(frame.payload instanceof Ipv4Packet)) return;
      const packet = frame.payload;
      const transport = encodeTransport(packet);
      expect(sameBytes(transport, network.subarray(packet.headerLength))).toBe(true);
      const back = decodeTransport(transport, packet.protocol, packet.src.key, packet.dst.key);
      if (!packet.isFragment) expect(back.kind).toBe(packet.payload.kind);
    }),
  );
});

test('fewer than fourteen bytes are a runt', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const frame = decodeFrame(bytes, ident);
  expect(frame).toBeInstanceOf(RuntFrame);
  expect(frame.length).toBe(3);
  expect(encodeFrame(frame)).toEqual(bytes);
});

test('a frame written in place has the same bytes, cut at the limit', () => {
  fc.assert(
    fc.property(anyFrame, fc.nat(30), fc.nat(400), (frame, at, more) => {
      const whole = encodeFrame(frame);
      const kept = Math.min(whole.length, headersLength(frame) + more);
      const memory = new Uint8Array(at + kept + 8).fill(0xa5);
      encodeFrameAt(frame, memory, at, at + kept);
      expect(sameBytes(memory.subarray(at, at + kept), whole.subarray(0, kept))).toBe(true);
      expect([...memory.subarray(at + kept)]).toEqual(new Array(8).fill(0xa5));
    }),
  );
});

test('headers end where the payload begins', () => {
  const host = (last: number): Ipv4Address => new Ipv4Address(0x0a00_0000 + last);
  const datagram = (payload: TransportPdu, protocol: number): Frame =>
    new Frame(mac, mac, 0x0800, Ipv4Packet.of({ ident, src: host(1), dst: host(2), protocol, ttl: 64, payload }));
  const data = payloadOf(new Uint8Array(1000));
  const stamped = new TcpSegment(80, 1024, 1, 1, 16, 512, 0, 7, 8, undefined, data);
  expect(headersLength(datagram(stamped, 6))).toBe(14 + 20 + 32);
  expect(headersLength(datagram(new UdpDatagram(53, 1024, data), 17))).toBe(14 + 20 + 8);
  expect(headersLength(datagram(new RawPdu(data), 47))).toBe(14 + 20);
  const arp = new ArpPacket(ident, 1, mac, host(1), mac, host(2));
  expect(headersLength(new Frame(mac, mac, 0x8100, new VlanTagged(5, 0, 0x0806, arp)))).toBe(14 + 4 + 28);
});

test('a problem found without making values is the one that the decoder finds', () => {
  const problemOf = (pdu: NetworkPdu | TransportPdu): string | undefined => {
    if (pdu.kind === 'raw') return pdu.problem;
    return pdu.kind === 'ipv4' || pdu.kind === 'vlan' ? problemOf(pdu.payload) : undefined;
  };
  const decoded = (bytes: Uint8Array): string | undefined => problemOf((decodeFrame(bytes, ident) as Frame).payload);
  fc.assert(
    fc.property(anyFrame, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(60), (frame, at, flip, cut) => {
      const bytes = encodeFrame(frame);
      bytes[at % bytes.length]! ^= flip;
      const short = bytes.slice(0, cut % 7 === 0 ? Math.max(1, bytes.length - cut) : bytes.length);
      expect(frameProblem(short, 0, short.length)).toBe(decoded(short.slice()));
    }),
    { numRuns: 2000 },
  );
});
