/** Random frames of every kind that the strict values can express, for the property tests of the wire layer. */
import { Ipv4Address, MacAddress } from '@netarium/core/base/address.ts';
import {
  ArpPacket,
  ETHERTYPE,
  Frame,
  IcmpMessage,
  IP_PROTOCOL,
  Ipv4Packet,
  PacketId,
  RawPdu,
  type TcpOptions,
  TcpSegment,
  type TransportPdu,
  UdpDatagram,
  VlanTagged,
} from '@netarium/core/wire/packet.ts';
import { payloadOf } from '@netarium/core/wire/payload.ts';
import fc from 'fast-check';

const ident = new PacketId(1);
const anyMac = fc.nat(0xffff_ffff_ffff).map((key) => new MacAddress(key));
const u32 = fc.nat(0xffff_ffff);
const seq = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const u16 = fc.nat(0xffff);
const anyIp = u32.map((key) => new Ipv4Address(key));
/** Short payloads mostly; sometimes long enough for the word sum. */
const anyPayload = fc
  .oneof({ arbitrary: fc.uint8Array({ maxLength: 40 }), weight: 4 }, fc.uint8Array({ minLength: 90, maxLength: 300 }))
  .map((bytes) => payloadOf(bytes));

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Options that fit: at most two SACK blocks, and no unknown ones beside them. */
const anyTcpOptions: fc.Arbitrary<TcpOptions | undefined> = fc
  .record({
    mss: optional(u16),
    windowScale: optional(fc.nat(255)),
    sackPermitted: optional(fc.constant(true)),
    sack: optional(fc.array(fc.tuple(seq, seq), { minLength: 1, maxLength: 2 })),
    unknown: optional(
      fc.array(fc.record({ kind: fc.integer({ min: 30, max: 255 }), data: fc.uint8Array({ maxLength: 3 }) }), {
        minLength: 1,
        maxLength: 1,
      }),
    ),
  })
  .map((all) => {
    const kept = Object.entries(all).filter(([key, value]) => value !== undefined && !(key === 'unknown' && all.sack));
    return kept.length === 0 ? undefined : (Object.fromEntries(kept) as TcpOptions);
  });

const anyTcp = fc
  .tuple(u16, u16, u32, u32, fc.nat(0xfff), u16, u16, fc.oneof(fc.constant(-1), u32), u32, anyTcpOptions, anyPayload)
  .map(
    ([src, dst, seq, ack, flags, window, urgent, tsVal, tsEcr, options, payload]) =>
      new TcpSegment(src, dst, seq, ack, flags, window, urgent, tsVal, tsVal < 0 ? 0 : tsEcr, options, payload),
  );
const anyUdp = fc
  .tuple(u16, u16, anyPayload, fc.boolean())
  .map(([src, dst, payload, checksum]) => new UdpDatagram(src, dst, payload, checksum));
const anyIcmp = fc
  .tuple(fc.nat(255), fc.nat(255), u32, anyPayload)
  .map(([type, code, rest, payload]) => new IcmpMessage(type, code, rest, payload));

const protocols: readonly (readonly [number, fc.Arbitrary<TransportPdu>])[] = [
  [IP_PROTOCOL.tcp, anyTcp],
  [IP_PROTOCOL.udp, anyUdp],
  [IP_PROTOCOL.icmp, anyIcmp],
  [IP_PROTOCOL.igmp, anyPayload.map((payload) => new RawPdu(payload))],
];
const anyTransport = fc.oneof(...protocols.map(([protocol, pdu]) => pdu.map((payload) => ({ protocol, payload }))));

const anyIpv4 = fc
  .record({
    src: anyIp,
    dst: anyIp,
    ttl: fc.nat(255),
    tos: fc.nat(255),
    identification: u16,
    dontFragment: fc.boolean(),
    moreFragments: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    fragmentOffset: fc.oneof(
      { arbitrary: fc.constant(0), weight: 6 },
      fc.nat(0x1fff).map((n) => n * 8),
    ),
    options: fc.option(
      fc.nat(9).chain((n) => fc.uint8Array({ minLength: 4 * n + 4, maxLength: 4 * n + 4 })),
      { nil: undefined, freq: 4 },
    ),
    transport: anyTransport,
  })
  .map(({ transport, ...rest }) => Ipv4Packet.of({ ident, ...rest, ...transport }));

const anyArp = fc
  .tuple(u16, anyMac, anyIp, anyMac, anyIp)
  .map(
    ([operation, senderMac, senderIp, targetMac, targetIp]) =>
      new ArpPacket(ident, operation, senderMac, senderIp, targetMac, targetIp),
  );

const anyInner = fc.oneof(
  { arbitrary: anyIpv4.map((payload) => ({ etherType: ETHERTYPE.ipv4 as number, payload })), weight: 6 },
  { arbitrary: anyArp.map((payload) => ({ etherType: ETHERTYPE.arp as number, payload })), weight: 1 },
  { arbitrary: anyPayload.map((bytes) => ({ etherType: 0x9000, payload: new RawPdu(bytes) })), weight: 1 },
);

const anyContent = fc.oneof(
  { arbitrary: anyInner, weight: 6 },
  {
    arbitrary: fc.tuple(fc.nat(4095), fc.nat(7), fc.boolean(), anyInner).map(([id, priority, dei, inner]) => ({
      etherType: ETHERTYPE.vlan as number,
      payload: new VlanTagged(id, priority, inner.etherType, inner.payload, dei),
    })),
    weight: 1,
  },
);

export const anyFrame = fc
  .tuple(anyMac, anyMac, anyContent)
  .map(([dst, src, { etherType, payload }]) => new Frame(dst, src, etherType, payload));
