/**
 * Random Ethernet frames for a router with two cards: ARP, datagrams good and bad, options, fragments in every disorder, damaged and cut
 * bytes. No TCP: that has a test of its own kind. From a seed, so that a difference can be sent again.
 */
import { type Ipv4Address, MacAddress, parseIpv4 } from '@netarium/core/base/address.ts';
import { fragmentPacket } from '@netarium/core/network/fragment.ts';
import { Stream } from '@netarium/core/random/random.ts';
import { encodeFrame } from '@netarium/core/wire/codec.ts';
import {
  ArpPacket,
  ETHERTYPE,
  Frame,
  IcmpMessage,
  Ipv4Packet,
  type NetworkPdu,
  PacketId,
  RawPdu,
  type TransportPdu,
  UdpDatagram,
} from '@netarium/core/wire/packet.ts';
import { payloadOf } from '@netarium/core/wire/payload.ts';
import { Choices } from './choices.ts';

/** Card (0 or 1) and bytes. */
export type Sent = readonly [port: number, frame: Uint8Array];

export const OWN_MAC = [new MacAddress(0x0200_0000_0002), new MacAddress(0x0200_0000_0003)] as const;
export const PEER_MAC = [new MacAddress(0x0200_0000_0a02), new MacAddress(0x0200_0000_0a03)] as const;

const OWN = ['10.0.0.2', '10.0.9.2'] as const;
const PEERS = ['10.0.0.1', '10.0.9.1'] as const;
const MTU = [1500, 600] as const;
const SOURCES = [
  ...['10.0.0.1', '10.0.0.2', '10.0.0.55', '10.0.9.1', '10.0.9.2', '9.9.9.9', '127.0.0.1', '224.0.0.5'],
  ...['255.255.255.255', '0.0.0.0', '10.0.0.255', '0.0.0.5', '10.0.0.0'],
];
/** Where a router can only say no; the kernel limits these answers by its own clock. */
const REFUSED = ['8.8.8.8', '10.7.0.1', '10.8.0.1', '10.10.0.1', '0.0.0.9'];
const DESTINATIONS = [
  ...['10.0.9.2', '10.0.9.1', '10.0.9.55', '10.0.0.55', '10.0.0.255', '255.255.255.255', '224.0.0.1', '239.1.1.1'],
  ...['9.9.9.9', '10.0.9.255', '127.0.0.1', '0.0.0.0', '10.0.0.0', ...REFUSED],
];
const ICMP_TYPES = [8, 8, 8, 8, 0, 13, 15, 17, 3, 11, 5, 4, 12, 10, 40, 9];
/** Where a router sends on, or says why not. */
const ROUTABLE = ['10.0.9.1', '10.0.9.1', '10.0.9.55', '10.0.0.55', '9.9.9.9', '10.0.9.2', '10.0.9.2', '10.7.0.1'];
const ANSWERED_TYPES = [8, 8, 8, 8, 8, 8, 13, 13];
/** Addresses that nobody has introduced: what they say of themselves is what the router knows of them. */
const STRANGERS = { first: 60, count: 190 };
/** Of aimed cases, how many are made like any other. */
const WILD_PERCENT = 12;

export type FrameArea = 'arp' | 'frag' | 'icmp' | 'udp';

/** What a case is about, by its bytes as they are sent; undefined for other protocols and for frames cut inside of the IP header. */
export function areaOf(sent: readonly Sent[]): FrameArea | undefined {
  const bytes = sent[0]?.[1];
  if (bytes === undefined) return undefined;
  if (bytes[12] === 8 && bytes[13] === 6) return 'arp';
  if (bytes.length < 34 || bytes[12] !== 8 || bytes[13] !== 0) return undefined;
  // More fragments, or an offset (RFC 791 section 3.1).
  const isPiece = sent.some(([, frame]) => ((frame[20]! << 8) | frame[21]!) & 0x3fff);
  if (isPiece) return 'frag';
  return bytes[23] === 1 ? 'icmp' : bytes[23] === 17 ? 'udp' : undefined;
}

export function isRefused(dst: Ipv4Address): boolean {
  return REFUSED.includes(dst.toString());
}

/** The commercial IP security option: kernels built with NetLabel read it, our stack passes it on. */
const CIPSO = 134;

const address = (text: string): Ipv4Address => parseIpv4(text)!;
const origin = new PacketId(1);

export class RandomFrames extends Choices {
  private identification: number;
  private strangers = 0;

  /** With an area, only cases of that area, most of them such as a router has to answer. */
  constructor(
    seed: number,
    private readonly area?: FrameArea,
  ) {
    super(new Stream(seed, area === undefined ? 'frames' : `frames ${area}`));
    this.identification = this.random.below(60_000);
  }

  private percent(chance: number): boolean {
    return this.random.below(100) < chance;
  }

  /** What is sent in one go. */
  next(): Sent[] {
    if (this.area === undefined) return this.wild();
    for (;;) {
      const sent = this.percent(WILD_PERCENT) ? this.wild() : this.aimed(this.area);
      if (areaOf(sent) === this.area) return sent;
    }
  }

  private wild(): Sent[] {
    const port = this.percent(85) ? 0 : 1;
    const to = this.percent(85) ? OWN_MAC[port] : this.groupOrOther();
    const frame = (etherType: number, pdu: NetworkPdu) => encodeFrame(new Frame(to, PEER_MAC[port]!, etherType, pdu));
    if (this.percent(15)) return [[port, frame(ETHERTYPE.arp, this.arp(port))]];
    const packets = this.datagrams(port).filter((packet) => packet.length <= MTU[port]!);
    const frames = packets.map((packet) => frame(ETHERTYPE.ipv4, packet));
    if (frames.length > 0) frames[0] = this.damaged(frames[0]!, MTU[port]!);
    return frames.map((bytes) => [port, bytes]);
  }

  private groupOrOther(): MacAddress {
    return new MacAddress(this.pick([0xffff_ffff_ffff, 0xffff_ffff_ffff, 0x0200_0000_0077, 0x0100_5e00_0001]));
  }

  // -- cases that ask for an answer

  private aimed(area: FrameArea): Sent[] {
    const port = this.percent(85) ? 0 : 1;
    if (area === 'arp') return this.aimedArp(port);
    const packets = this.aimedDatagram(port, area).filter((packet) => packet.length <= MTU[port]!);
    return packets.map((packet) => [
      port,
      encodeFrame(new Frame(OWN_MAC[port]!, PEER_MAC[port]!, ETHERTYPE.ipv4, packet)),
    ]);
  }

  /** A sound request with at most two odd fields; or a stranger introduces itself, and then sends an echo request that must find its way back. */
  private aimedArp(port: number): Sent[] {
    const stranger = this.percent(40);
    const number = STRANGERS.first + (this.strangers++ % STRANGERS.count);
    const net = port === 0 ? '10.0.0' : '10.0.9';
    const sender = {
      mac: stranger ? new MacAddress(0x0200_0000_0b00 + number) : PEER_MAC[port]!,
      address: stranger ? `${net}.${number}` : PEERS[port]!,
    };
    const arp = {
      operation: 1,
      senderMac: sender.mac,
      sender: sender.address,
      targetMac: new MacAddress(0),
      target: OWN[port]! as string,
      to: this.percent(70) ? new MacAddress(0xffff_ffff_ffff) : OWN_MAC[port]!,
    };
    const twists: readonly (() => void)[] = [
      () => (arp.operation = this.pick([2, 2, 3, 0])),
      () => (arp.senderMac = new MacAddress(0x0200_0000_00ee)),
      () => (arp.sender = this.pick(['0.0.0.0', '0.0.0.0', ...SOURCES, arp.target])),
      () => (arp.targetMac = this.pick([OWN_MAC[port]!, PEER_MAC[port]!])),
      () => (arp.target = this.pick([OWN[1 - port]!, PEERS[port]!, '10.0.0.1', ...DESTINATIONS])),
      () => (arp.to = this.groupOrOther()),
    ];
    for (let left = this.pick([0, 0, 1, 1, 1, 2]); left > 0; left--) this.pick(twists)();
    const { operation, senderMac, targetMac, to } = arp;
    const packet = new ArpPacket(origin, operation, senderMac, address(arp.sender), targetMac, address(arp.target));
    const asked: Sent = [port, encodeFrame(new Frame(to, sender.mac, ETHERTYPE.arp, packet))];
    return stranger ? [asked, [port, this.echoFrom(sender, port)]] : [asked];
  }

  private echoFrom(sender: { readonly mac: MacAddress; readonly address: string }, port: number): Uint8Array {
    const payload = new IcmpMessage(8, 0, this.random.bits32(), payloadOf(this.random.bytes(8)));
    const [src, dst] = [address(sender.address), address(OWN[port]!)];
    const packet = Ipv4Packet.of({ ident: origin, src, dst, protocol: 1, ttl: 64, payload });
    return encodeFrame(new Frame(OWN_MAC[port]!, sender.mac, ETHERTYPE.ipv4, packet));
  }

  private aimedDatagram(port: number, area: FrameArea): Ipv4Packet[] {
    const protocol = area === 'udp' ? 17 : area === 'icmp' || this.percent(80) ? 1 : this.pick([17, 99]);
    const packet = Ipv4Packet.of({
      ident: origin,
      src: address(this.percent(92) ? PEERS[port]! : this.pick(SOURCES)),
      dst: address(this.percent(60) ? this.pick(OWN) : this.pick(ROUTABLE)),
      protocol,
      ttl: this.pick([64, 64, 64, 64, 2, 1]),
      tos: this.percent(70) ? 0 : this.random.below(256),
      identification: (this.identification = (this.identification + 1) & 0xffff),
      dontFragment: area !== 'frag' && this.percent(50),
      options: this.percent(80) ? undefined : this.options(),
      payload: protocol === 1 ? this.question() : this.transport(protocol),
    });
    return area === 'frag' ? this.fragments(packet) : [packet];
  }

  private question(): IcmpMessage {
    const type = this.percent(85) ? this.pick(ANSWERED_TYPES) : this.pick(ICMP_TYPES);
    const data = payloadOf(this.random.bytes(this.pick([0, 1, 8, 12, 16, 56, 560, 600, 1400])));
    return new IcmpMessage(type, this.percent(92) ? 0 : 4, this.random.bits32(), data);
  }

  // -- parts

  private arp(port: number): ArpPacket {
    const sender = this.pick([PEERS[port]!, PEERS[port]!, ...SOURCES.slice(1)]);
    const target = this.pick([OWN[0], OWN[0], OWN[1], '10.0.0.1', ...DESTINATIONS]);
    const senderMac = this.percent(90) ? PEER_MAC[port]! : new MacAddress(0x0200_0000_00ee);
    const targetMac = this.pick([new MacAddress(0), OWN_MAC[port]!, PEER_MAC[port]!]);
    return new ArpPacket(origin, this.pick([1, 1, 1, 2, 3]), senderMac, address(sender), targetMac, address(target));
  }

  private datagrams(port: number): Ipv4Packet[] {
    const protocol = this.pick([1, 1, 1, 1, 17, 17, 99, 47]);
    const packet = Ipv4Packet.of({
      ident: origin,
      src: address(this.percent(65) ? PEERS[port]! : this.pick(SOURCES)),
      dst: address(this.percent(45) ? OWN[0] : this.pick(DESTINATIONS)),
      protocol,
      ttl: this.pick([64, 64, 64, 64, 255, 2, 1, 0]),
      tos: this.percent(70) ? 0 : this.random.below(256),
      identification: (this.identification = (this.identification + 1) & 0xffff),
      dontFragment: this.percent(50),
      options: this.percent(75) ? undefined : this.options(),
      payload: this.transport(protocol),
    });
    return this.percent(15) ? this.fragments(packet) : [packet];
  }

  private transport(protocol: number): TransportPdu {
    const data = payloadOf(this.random.bytes(this.pick([0, 1, 8, 20, 56, 100, 560, 600, 1000, 1400])));
    if (protocol === 17) return new UdpDatagram(this.random.below(65_536), 33_000 + this.random.below(1000), data);
    if (protocol !== 1) return new RawPdu(data);
    const code = this.pick([0, 0, 0, 1, 4]);
    return new IcmpMessage(this.pick(ICMP_TYPES), code, this.random.bits32(), this.percent(30) ? this.quote() : data);
  }

  /** Of a datagram that the router could have sent. */
  private quote(): ReturnType<typeof payloadOf> {
    const fields = { ident: origin, src: address(this.pick(OWN)), protocol: 17, ttl: 3 };
    const payload = new UdpDatagram(1, 2, payloadOf(this.random.bytes(30)));
    const packet = Ipv4Packet.of({ ...fields, dst: address(this.pick([...PEERS, '8.8.8.8'])), payload });
    return payloadOf(encodeFrame(new Frame(OWN_MAC[0], OWN_MAC[0], ETHERTYPE.ipv4, packet)).slice(14));
  }

  private options(): Uint8Array {
    const kinds: readonly (() => number[])[] = [
      () => this.recordRoute(),
      () => [148, 4, 0, 0],
      () => [1, 1, 1, this.pick([0, 1])],
      () => [this.pick([131, 137]), 7, this.pick([4, 8, 3]), 10, 0, 9, 1],
      () => [...this.random.bytes(this.pick([4, 8, 12]))].map((byte) => (byte === CIPSO ? 1 : byte)),
      () => [this.pick([130, 136, 25, 94]), this.pick([4, 3, 11, 2]), 0, 0],
    ];
    const bytes = this.pick(kinds)();
    while (bytes.length % 4 !== 0) bytes.push(0);
    return Uint8Array.from(bytes.slice(0, 40));
  }

  private recordRoute(): number[] {
    const room = 4 * this.pick([1, 2, 3, 9]);
    const pointer = this.percent(70) ? 4 : this.pick([0, 3, 5, 8, 40, 7 + room]);
    return [7, 3 + room, pointer, ...new Array<number>(room).fill(0)];
  }

  private fragments(packet: Ipv4Packet): Ipv4Packet[] {
    const big = new IcmpMessage(8, 0, 5, payloadOf(this.random.bytes(this.pick([200, 1400, 2500]))));
    const payload = packet.protocol === 1 ? big : packet.payload;
    const whole = Ipv4Packet.of({ ...fieldsOf(packet), dontFragment: this.percent(10), payload });
    const mtu = whole.headerLength + this.pick([48, 104, 504, 1000]);
    if (whole.length <= mtu) return [whole];
    const pieces = fragmentPacket(whole, mtu, { next: () => 1 });
    if (this.percent(60)) for (let i = 0; i < 3; i++) this.disturb(pieces);
    return pieces.length > 0 ? pieces : [whole];
  }

  /** Swaps, repeats, loses or shifts a piece, or changes what it says about more to come. */
  private disturb(pieces: Ipv4Packet[]): void {
    if (pieces.length === 0) return;
    const i = this.random.below(pieces.length);
    const j = this.random.below(pieces.length);
    const piece = pieces[i]!;
    switch (this.random.below(5)) {
      case 0:
        [pieces[i], pieces[j]] = [pieces[j]!, piece];
        break;
      case 1:
        pieces.push(piece);
        break;
      case 2:
        pieces.splice(i, 1);
        break;
      case 3: {
        const fragmentOffset = Math.max(0, piece.fragmentOffset + this.pick([-8, 8]));
        pieces.splice(j, 0, Ipv4Packet.of({ ...fieldsOf(piece), fragmentOffset }));
        break;
      }
      default:
        pieces[i] = Ipv4Packet.of({ ...fieldsOf(piece), moreFragments: !piece.moreFragments });
    }
  }

  /** One frame in six arrives with a wrong bit, cut, or with bytes behind its end. */
  private damaged(frame: Uint8Array, mtu: number): Uint8Array {
    if (this.percent(8)) {
      const out = frame.slice();
      const at = 14 + this.random.below(Math.min(out.length - 14, 40));
      out[at] = out[at]! ^ (1 << this.random.below(8));
      return out;
    }
    if (this.percent(4)) return frame.slice(0, 15 + this.random.below(frame.length - 14));
    if (!this.percent(4)) return frame;
    const longer = new Uint8Array(Math.min(frame.length + this.random.below(20), mtu + 14));
    longer.set(frame.subarray(0, longer.length));
    return longer;
  }
}

function fieldsOf(packet: Ipv4Packet) {
  const { ident, src, dst, protocol, ttl, tos, identification, dontFragment } = packet;
  const { moreFragments, fragmentOffset, options, payload } = packet;
  const first = { ident, src, dst, protocol, ttl, tos, identification, dontFragment };
  return { ...first, moreFragments, fragmentOffset, options, payload };
}
