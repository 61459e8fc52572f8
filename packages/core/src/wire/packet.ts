/**
 * Packets as immutable values: strict headers nested by layer, made by constructors, sharing what did not change. A router's hop makes
 * a new `Ipv4Packet` and a new `Frame` around the same transport segment. Lengths and checksums are not stored: they follow from the
 * value, and `wire/codec.ts` makes the bytes when someone looks. What no strict value can express (a corrupted or cut header) is a
 * `RawPdu` that keeps its bytes and says what is wrong with them.
 */
import { type Ipv4Address, MAC_ZERO, type MacAddress } from '../base/address.ts';
import type { Seq } from '../base/sequence.ts';
import type { Payload } from './payload.ts';

export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd } as const;
export const IP_PROTOCOL = { icmp: 1, igmp: 2, tcp: 6, udp: 17, vrrp: 112 } as const;
export const ETHERNET_HEADER_LENGTH = 14;
export const IPV4_HEADER_LENGTH = 20;
export const UDP_HEADER_LENGTH = 8;
export const TCP_HEADER_LENGTH = 20;

/** Why a packet exists, as the kind of its link to an earlier one. */
export type CauseKind = 'origin' | 'reply' | 'retransmission' | 'fragment' | 'carried' | 'reassembled';

/**
 * A packet's identity within its world and the packet it came from. Copies on later links (forwarded, flooded, duplicated) keep the id.
 * `of` is 0 for an origin.
 */
export class PacketId {
  constructor(
    readonly id: number,
    readonly cause: CauseKind = 'origin',
    readonly of = 0,
  ) {}
}

export class Frame {
  constructor(
    readonly dst: MacAddress,
    readonly src: MacAddress,
    readonly etherType: number,
    readonly payload: NetworkPdu,
  ) {}

  /** Bytes on the wire without preamble, padding and frame check sequence. */
  get length(): number {
    return ETHERNET_HEADER_LENGTH + this.payload.length;
  }

  /** Bytes after the end that the payload's own length field gives (padding to 60 bytes); only a decoded `TrailedFrame` has them. */
  get trailer(): Payload | undefined {
    return undefined;
  }
}

/** A decoded frame with bytes after its payload. A switch passes it on whole, a router drops the trailer with the old frame. */
export class TrailedFrame extends Frame {
  constructor(
    dst: MacAddress,
    src: MacAddress,
    etherType: number,
    payload: NetworkPdu,
    private readonly tail: Payload,
  ) {
    super(dst, src, etherType, payload);
  }

  override get length(): number {
    return super.length + this.tail.length;
  }

  override get trailer(): Payload {
    return this.tail;
  }
}

/** Fewer than 14 bytes: no addresses to speak of, the payload (problem "short header") is all there is. */
export class RuntFrame extends Frame {
  constructor(payload: RawPdu) {
    super(MAC_ZERO, MAC_ZERO, 0, payload);
  }

  override get length(): number {
    return this.payload.length;
  }
}

export type NetworkPdu = ArpPacket | Ipv4Packet | VlanTagged | RawPdu;

/** IEEE 802.1Q: a tag between the addresses and the inner EtherType. */
export class VlanTagged {
  readonly kind = 'vlan';
  constructor(
    readonly vlanId: number,
    readonly priority: number,
    readonly etherType: number,
    readonly payload: ArpPacket | Ipv4Packet | RawPdu,
    /** Drop eligible indicator, the bit between priority and VLAN id. */
    readonly dropEligible = false,
  ) {}

  get length(): number {
    return 4 + this.payload.length;
  }
}

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

/** RFC 826 for Ethernet and IPv4, 28 bytes. */
export class ArpPacket {
  readonly kind = 'arp';
  constructor(
    readonly ident: PacketId,
    readonly operation: number,
    readonly senderMac: MacAddress,
    readonly senderIp: Ipv4Address,
    readonly targetMac: MacAddress,
    readonly targetIp: Ipv4Address,
  ) {}

  get length(): number {
    return 28;
  }
}

export interface Ipv4Fields {
  readonly ident: PacketId;
  readonly src: Ipv4Address;
  readonly dst: Ipv4Address;
  readonly protocol: number;
  readonly ttl: number;
  readonly payload: TransportPdu;
  /** DSCP and ECN, the former type-of-service byte. */
  readonly tos?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In bytes, a multiple of eight. */
  readonly fragmentOffset?: number;
  /** Raw option bytes, padded to a multiple of four, at most 40. */
  readonly options?: Uint8Array | undefined;
}

/** The first of the two words below. */
export function serviceWord(protocol: number, ttl: number, tos: number): number {
  return (protocol << 16) | (ttl << 8) | tos;
}

/** The header's second word (RFC 791 section 3.1). `offset` is in bytes. */
export function fragmentWord(identification: number, dontFragment: boolean, more: boolean, offset: number): number {
  return (identification << 16) | (dontFragment ? DONT_FRAGMENT : 0) | (more ? MORE_FRAGMENTS : 0) | (offset >> 3);
}

const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;

/** RFC 791. Small fields lie together in two words, as in the header: every router makes one of these per packet. */
export class Ipv4Packet {
  readonly kind = 'ipv4';
  /** Total length in bytes, header included. */
  readonly length: number;
  /** Of what no router changes, by `digest.ts`: made on the first link and handed on to the copies. Zeros before. */
  contentsA = 0;
  contentsB = 0;

  constructor(
    readonly ident: PacketId,
    readonly src: Ipv4Address,
    readonly dst: Ipv4Address,
    /** `serviceWord` */
    readonly service: number,
    /** `fragmentWord` */
    readonly fragment: number,
    readonly options: Uint8Array | undefined,
    readonly payload: TransportPdu,
  ) {
    this.length = IPV4_HEADER_LENGTH + (options === undefined ? 0 : options.length) + payload.length;
  }

  static of(f: Ipv4Fields): Ipv4Packet {
    const { identification = 0, dontFragment = false, moreFragments = false, fragmentOffset = 0 } = f;
    return new Ipv4Packet(
      f.ident,
      f.src,
      f.dst,
      serviceWord(f.protocol, f.ttl, f.tos ?? 0),
      fragmentWord(identification, dontFragment, moreFragments, fragmentOffset),
      f.options,
      f.payload,
    );
  }

  get protocol(): number {
    return this.service >> 16;
  }

  get ttl(): number {
    return (this.service >> 8) & 0xff;
  }

  get tos(): number {
    return this.service & 0xff;
  }

  get identification(): number {
    return this.fragment >>> 16;
  }

  get dontFragment(): boolean {
    return (this.fragment & DONT_FRAGMENT) !== 0;
  }

  get moreFragments(): boolean {
    return (this.fragment & MORE_FRAGMENTS) !== 0;
  }

  /** In bytes. */
  get fragmentOffset(): number {
    return (this.fragment & FRAGMENT_OFFSET) << 3;
  }

  get headerLength(): number {
    return IPV4_HEADER_LENGTH + (this.options === undefined ? 0 : this.options.length);
  }

  get isFragment(): boolean {
    return (this.fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) !== 0;
  }

  /** The same datagram one hop on (RFC 1812 section 5.3.1). */
  withTtl(ttl: number): Ipv4Packet {
    return this.withService(serviceWord(this.protocol, ttl, this.tos));
  }

  /** The same datagram with a congestion mark (RFC 3168 section 5). */
  withTos(tos: number): Ipv4Packet {
    return this.withService(serviceWord(this.protocol, this.ttl, tos));
  }

  /** The same datagram with some fields changed. */
  with(changes: Partial<Ipv4Fields>): Ipv4Packet {
    const { ident, src, dst, protocol, ttl, tos, identification } = this;
    const { dontFragment, moreFragments, fragmentOffset, options, payload } = this;
    const place = { identification, dontFragment, moreFragments, fragmentOffset };
    return Ipv4Packet.of({ ident, src, dst, protocol, ttl, tos, ...place, options, payload, ...changes });
  }

  private withService(service: number): Ipv4Packet {
    const { ident, src, dst, fragment, options, payload } = this;
    const copy = new Ipv4Packet(ident, src, dst, service, fragment, options, payload);
    copy.contentsA = this.contentsA;
    copy.contentsB = this.contentsB;
    return copy;
  }
}

export type TransportPdu = TcpSegment | UdpDatagram | IcmpMessage | RawPdu;

/** RFC 768. `checksum` false sends zero, "no checksum" (IPv4 only). */
export class UdpDatagram {
  readonly kind = 'udp';
  readonly length: number;
  constructor(
    readonly srcPort: number,
    readonly dstPort: number,
    readonly payload: Payload,
    readonly checksum = true,
  ) {
    this.length = UDP_HEADER_LENGTH + payload.length;
  }
}

export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128, ae: 256 } as const;

/** Options beside the time stamp, which has fields of its own in the segment because nearly every segment carries it. */
export interface TcpOptions {
  readonly mss?: number;
  /** Shift count of RFC 7323, 0 to 14 as received (uncapped). */
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  /** RFC 2018 blocks, left and right edge as a `Seq`, D-SACK first (RFC 2883). */
  readonly sack?: readonly (readonly [left: Seq, right: Seq])[];
  /** Options that this stack does not know: kind and data. */
  readonly unknown?: readonly { readonly kind: number; readonly data: Uint8Array }[];
  /** Set by the decoder where our own packing of the values above would give other bytes: the option bytes as received. */
  readonly raw?: Uint8Array;
}

/**
 * RFC 9293 section 3.1. `tsVal` is -1 where the segment has no time-stamp option.
 * `optionsLength` is the padded length in the order that Linux writes: MSS, SACK permitted + TS (or NOP NOP TS), NOP + window scale, SACK.
 */
export class TcpSegment {
  readonly kind = 'tcp';
  readonly length: number;
  // 32-bit fields are kept signed, which the engine does not box: 64 bytes a segment less.
  readonly seq: Seq;
  readonly ack: Seq;
  private readonly stamped: boolean;
  private readonly signedTsVal: number;
  private readonly signedTsEcr: number;

  constructor(
    readonly srcPort: number,
    readonly dstPort: number,
    seq: number,
    ack: number,
    readonly flags: number,
    readonly window: number,
    readonly urgentPointer: number,
    tsVal: number,
    tsEcr: number,
    readonly options: TcpOptions | undefined,
    readonly payload: Payload,
  ) {
    this.seq = seq | 0;
    this.ack = ack | 0;
    this.stamped = tsVal >= 0;
    this.signedTsVal = tsVal | 0;
    this.signedTsEcr = tsEcr | 0;
    this.length =
      TCP_HEADER_LENGTH +
      (options === undefined ? (tsVal < 0 ? 0 : 12) : tcpOptionsLength(options, tsVal >= 0)) +
      payload.length;
  }

  get tsVal(): number {
    return this.stamped ? this.signedTsVal >>> 0 : -1;
  }

  get tsEcr(): number {
    return this.signedTsEcr >>> 0;
  }

  get headerLength(): number {
    return this.length - this.payload.length;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** Sequence space taken: data, SYN and FIN (RFC 9293 section 3.4). */
  get seqLength(): number {
    return (
      this.payload.length + ((this.flags & TCP_FLAG.syn) !== 0 ? 1 : 0) + ((this.flags & TCP_FLAG.fin) !== 0 ? 1 : 0)
    );
  }
}

/** Option bytes with Linux's packing (tcp_options_write): each group aligned to four bytes. */
export function tcpOptionsLength(options: TcpOptions, timestamps: boolean): number {
  if (options.raw !== undefined) return options.raw.length;
  let length = 0;
  if (options.mss !== undefined) length += 4;
  if (timestamps) length += 12;
  else if (options.sackPermitted === true) length += 4;
  if (options.windowScale !== undefined) length += 4;
  if (options.sack !== undefined && options.sack.length > 0) length += 4 + 8 * options.sack.length;
  if (options.unknown !== undefined) {
    let extra = 0;
    for (const option of options.unknown) extra += 2 + option.data.length;
    length += (extra + 3) & ~3;
  }
  return length;
}

export const ICMP = {
  echoReply: 0,
  unreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
  timestampRequest: 13,
  timestampReply: 14,
} as const;

export const ICMP_UNREACHABLE = {
  net: 0,
  host: 1,
  protocol: 2,
  port: 3,
  fragmentationNeeded: 4,
  sourceRouteFailed: 5,
  netUnknown: 6,
  hostUnknown: 7,
  netProhibited: 9,
  hostProhibited: 10,
  adminProhibited: 13,
} as const;

/**
 * RFC 792. `rest` is the second 32-bit word of the header: identifier and sequence for echo, next-hop MTU for "fragmentation needed"
 * (RFC 1191), gateway for redirects, zero otherwise. Errors quote the offending datagram in `payload`.
 */
export class IcmpMessage {
  readonly kind = 'icmp';
  readonly length: number;
  constructor(
    readonly type: number,
    readonly code: number,
    readonly rest: number,
    readonly payload: Payload,
  ) {
    this.length = 8 + payload.length;
  }

  get isError(): boolean {
    return this.type === 3 || this.type === 4 || this.type === 5 || this.type === 11 || this.type === 12;
  }
}

/** Bytes that are no strict value of their layer: another protocol, a later fragment, or a header with a fault. */
export class RawPdu {
  readonly kind = 'raw';
  constructor(
    readonly payload: Payload,
    /** What the strict decoder refused, or undefined for a protocol it does not know and for fragments. */
    readonly problem: RawProblem | undefined = undefined,
  ) {}

  get length(): number {
    return this.payload.length;
  }
}

export type RawProblem =
  | 'short header'
  | 'bad version'
  | 'bad header length'
  | 'bad total length'
  | 'bad header checksum'
  | 'bad checksum'
  | 'bad length'
  | 'bad options'
  | 'reserved bit set'
  | 'unknown hardware or protocol type';
