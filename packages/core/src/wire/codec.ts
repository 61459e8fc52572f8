/**
 * Values to bytes and back. `encodeFrame` makes the bytes of a frame with every length and checksum; `decodeFrame` makes strict values
 * of bytes that are right and a `RawPdu` with the `problem` of those that are not, so that any bytes come back as they were:
 * encodeFrame(decodeFrame(b)) equals b. What higher protocols (DNS, DHCP, HTTP) make of the payload is not this file's business.
 */
import { assert } from '../base/assert.ts';
import { ARP_LENGTH, getArp, putArp } from './arp.ts';
import { get16, putPayload, type WireBuffer } from './buffer.ts';
import { getEthernet, putEthernet } from './ethernet.ts';
import { getIcmp, ICMP_HEADER_LENGTH, putIcmp } from './icmp.ts';
import { checkIpv4, getIpv4, putIpv4 } from './ipv4.ts';
import {
  ETHERNET_HEADER_LENGTH,
  ETHERTYPE,
  Frame,
  fragmentWord,
  IcmpMessage,
  IP_PROTOCOL,
  Ipv4Packet,
  type NetworkPdu,
  PacketId,
  RawPdu,
  type RawProblem,
  RuntFrame,
  serviceWord,
  TCP_HEADER_LENGTH,
  TcpSegment,
  TrailedFrame,
  type TransportPdu,
  UDP_HEADER_LENGTH,
  UdpDatagram,
  VlanTagged,
} from './packet.ts';
import { Chunk, EMPTY_PAYLOAD, Payload } from './payload.ts';
import { getTcp, putTcp, type TcpHeader } from './tcp.ts';
import { getTcpOptions, type ReadOptions } from './tcp-options.ts';
import { getUdp, putUdp } from './udp.ts';
import { getVlan, putVlan, VLAN_TAG_LENGTH } from './vlan.ts';

// -- encode

/** The frame's bytes: a new array, or a view of `buffer` that is valid until the buffer's next use. */
export function encodeFrame(frame: Frame, buffer?: WireBuffer): Uint8Array {
  const length = frame.length;
  const bytes = room(length, buffer);
  encodeFrameAt(frame, bytes, 0, length);
  return bytes.length === length ? bytes : bytes.subarray(0, length);
}

/** Bytes of the frame's headers, options included; what follows them is payload. */
export function headersLength(frame: Frame): number {
  if (frame instanceof RuntFrame) return 0;
  let pdu: NetworkPdu | TransportPdu = frame.payload;
  let length = ETHERNET_HEADER_LENGTH;
  while (pdu.kind === 'ipv4' || pdu.kind === 'vlan') {
    length += pdu.length - pdu.payload.length;
    pdu = pdu.payload;
  }
  return length + (pdu.kind === 'arp' ? ARP_LENGTH : pdu.length - pdu.payload.length);
}

/** Writes the frame to `bytes` from `at` on. At `limit`, behind the headers or at the frame's end, the payload is cut. */
export function encodeFrameAt(frame: Frame, bytes: Uint8Array, at: number, limit: number): void {
  assert(limit - at >= frame.length || limit - at >= headersLength(frame), 'headers are not cut');
  if (frame.etherType === 0 && frame instanceof RuntFrame) putRaw(bytes, at, frame.payload, limit);
  else {
    putEthernet(bytes, at, frame);
    const end = putNetwork(bytes, at + ETHERNET_HEADER_LENGTH, frame.payload, limit);
    if (frame.trailer !== undefined) putPayload(bytes, end, frame.trailer, limit);
  }
}

/** The bytes of what a frame carries: an IPv4 datagram for an ICMP quote or for fragments, an ARP packet, a tag with its content. */
export function encodeNetwork(pdu: NetworkPdu, buffer?: WireBuffer): Uint8Array {
  const bytes = room(pdu.length, buffer);
  putNetwork(bytes, 0, pdu, bytes.length);
  return bytes.subarray(0, pdu.length);
}

/** The bytes of a datagram's payload with its checksum, to be cut into fragments; the addresses are part of that checksum. */
export function encodeTransport(packet: Ipv4Packet, buffer?: WireBuffer): Uint8Array {
  const bytes = room(packet.payload.length, buffer);
  putTransport(bytes, 0, packet, bytes.length);
  return bytes.subarray(0, packet.payload.length);
}

function room(length: number, buffer: WireBuffer | undefined): Uint8Array {
  if (buffer === undefined) return new Uint8Array(length);
  buffer.reserve(length);
  return buffer.bytes;
}

function putNetwork(bytes: Uint8Array, at: number, pdu: NetworkPdu, limit: number): number {
  switch (pdu.kind) {
    case 'ipv4':
      putIpv4(bytes, at, pdu);
      return putTransport(bytes, at + pdu.headerLength, pdu, limit);
    case 'arp':
      putArp(bytes, at, pdu);
      return at + ARP_LENGTH;
    case 'vlan':
      putVlan(bytes, at, pdu);
      return putNetwork(bytes, at + VLAN_TAG_LENGTH, pdu.payload, limit);
    case 'raw':
      return putRaw(bytes, at, pdu, limit);
  }
}

function putTransport(bytes: Uint8Array, at: number, packet: Ipv4Packet, limit: number): number {
  const pdu = packet.payload;
  if (pdu.kind === 'raw') return putRaw(bytes, at, pdu, limit);
  const payloadAt = at + pdu.length - pdu.payload.length;
  const end = putPayload(bytes, payloadAt, pdu.payload, limit);
  const payloadSum = end === payloadAt ? 0 : pdu.payload.sum();
  switch (pdu.kind) {
    case 'tcp':
      putTcp(bytes, at, pdu, packet.src.key, packet.dst.key, payloadSum);
      break;
    case 'udp':
      putUdp(bytes, at, pdu, packet.src.key, packet.dst.key, payloadSum);
      break;
    case 'icmp':
      putIcmp(bytes, at, pdu, payloadSum);
  }
  return end;
}

function putRaw(bytes: Uint8Array, at: number, pdu: NetworkPdu, limit: number): number {
  return pdu.kind === 'raw' ? putPayload(bytes, at, pdu.payload, limit) : at;
}

// -- decode

/** The values share `bytes` (payloads are views of it): nobody may write to it afterwards. */
export function decodeFrame(bytes: Uint8Array, ident: PacketId): Frame {
  const input = new Input(bytes, ident);
  if (bytes.length < ETHERNET_HEADER_LENGTH)
    return new RuntFrame(new RawPdu(input.payload(0, bytes.length), 'short header'));
  const { dst, src, etherType } = getEthernet(bytes);
  const pdu = decodeEtherType(input, etherType, ETHERNET_HEADER_LENGTH);
  const end = ETHERNET_HEADER_LENGTH + pdu.length;
  if (end === bytes.length) return new Frame(dst, src, etherType, pdu);
  return new TrailedFrame(dst, src, etherType, pdu, input.payload(end, bytes.length));
}

/** The inverse of `encodeNetwork`; bytes after the datagram's total length are not part of the value. */
export function decodeNetwork(bytes: Uint8Array, etherType: number, ident: PacketId): NetworkPdu {
  return decodeEtherType(new Input(bytes, ident), etherType, 0);
}

/** The transport unit that a whole (reassembled) datagram's payload bytes are; the inverse of `encodeTransport`. */
export function decodeTransport(bytes: Uint8Array, protocol: number, src: number, dst: number): TransportPdu {
  return transportOf(new Input(bytes, undefined), protocol, 0, bytes.length, src, dst);
}

/**
 * What `decodeFrame` would refuse in the frame at bytes[at, end), found without making values: a wrong checksum, length or header field.
 * `words`: as for `sumBytes`.
 */
export function frameProblem(bytes: Uint8Array, at: number, end: number, words?: Int32Array): RawProblem | undefined {
  if (end - at < ETHERNET_HEADER_LENGTH) return 'short header';
  let type = get16(bytes, at + ETHERNET_HEADER_LENGTH - 2);
  let from = at + ETHERNET_HEADER_LENGTH;
  if (type === ETHERTYPE.vlan) {
    if (end - from < VLAN_TAG_LENGTH) return 'short header';
    type = getVlan(bytes, from).etherType;
    from += VLAN_TAG_LENGTH;
  }
  if (type === ETHERTYPE.ipv4) return datagramProblem(bytes, from, end, words);
  return type === ETHERTYPE.arp ? problemIn(getArp(bytes, from, end, NO_IDENT)) : undefined;
}

const NO_IDENT = new PacketId(0);

function datagramProblem(
  bytes: Uint8Array,
  at: number,
  end: number,
  words: Int32Array | undefined,
): RawProblem | undefined {
  const problem = checkIpv4(bytes, at, end);
  if (problem !== undefined) return problem;
  const { headerLength, totalLength, protocol, moreFragments, fragmentOffset, src, dst } = getIpv4(bytes, at);
  if (moreFragments || fragmentOffset > 0) return undefined;
  const [from, to] = [at + headerLength, at + totalLength];
  if (protocol === IP_PROTOCOL.tcp) return problemIn(getTcp(bytes, from, to, src.key, dst.key, words));
  if (protocol === IP_PROTOCOL.udp) return problemIn(getUdp(bytes, from, to, src.key, dst.key, words));
  return protocol === IP_PROTOCOL.icmp ? problemIn(getIcmp(bytes, from, to, words)) : undefined;
}

function problemIn(read: object | RawProblem): RawProblem | undefined {
  return typeof read === 'string' ? read : undefined;
}

/** What is being decoded: one chunk for all payloads of a frame. */
class Input {
  private readonly chunk: Chunk;

  constructor(
    readonly bytes: Uint8Array,
    readonly ident: PacketId | undefined,
  ) {
    this.chunk = new Chunk(bytes);
  }

  payload(start: number, end: number): Payload {
    return start === end ? EMPTY_PAYLOAD : new Payload(this.chunk, start, end);
  }
}

function decodeEtherType(input: Input, etherType: number, at: number): NetworkPdu {
  const end = input.bytes.length;
  if (etherType !== ETHERTYPE.vlan) return decodeUntagged(input, etherType, at);
  if (end - at < VLAN_TAG_LENGTH) return new RawPdu(input.payload(at, end), 'short header');
  const tag = getVlan(input.bytes, at);
  const inner = decodeUntagged(input, tag.etherType, at + VLAN_TAG_LENGTH);
  return new VlanTagged(tag.vlanId, tag.priority, tag.etherType, inner, tag.dropEligible);
}

function decodeUntagged(input: Input, etherType: number, at: number): Exclude<NetworkPdu, VlanTagged> {
  const { bytes, ident } = input;
  const end = bytes.length;
  if (etherType === ETHERTYPE.ipv4) return ipv4Of(input, at, end);
  if (etherType !== ETHERTYPE.arp) return new RawPdu(input.payload(at, end));
  const arp = getArp(bytes, at, end, ident!);
  return typeof arp === 'string' ? new RawPdu(input.payload(at, end), arp) : arp;
}

function ipv4Of(input: Input, at: number, end: number): Ipv4Packet | RawPdu {
  const problem = checkIpv4(input.bytes, at, end);
  if (problem !== undefined) return new RawPdu(input.payload(at, end), problem);
  const h = getIpv4(input.bytes, at);
  const from = at + h.headerLength;
  const to = at + h.totalLength;
  const fragment = h.moreFragments || h.fragmentOffset > 0;
  const payload = fragment
    ? new RawPdu(input.payload(from, to))
    : transportOf(input, h.protocol, from, to, h.src.key, h.dst.key);
  const service = serviceWord(h.protocol, h.ttl, h.tos);
  const place = fragmentWord(h.identification, h.dontFragment, h.moreFragments, h.fragmentOffset);
  return new Ipv4Packet(input.ident!, h.src, h.dst, service, place, h.options, payload);
}

function transportOf(input: Input, protocol: number, at: number, end: number, src: number, dst: number): TransportPdu {
  const { bytes } = input;
  if (protocol === IP_PROTOCOL.tcp) {
    const h = getTcp(bytes, at, end, src, dst);
    return typeof h === 'string' ? new RawPdu(input.payload(at, end), h) : tcpOf(input, h, at, end);
  }
  if (protocol === IP_PROTOCOL.udp) {
    const h = getUdp(bytes, at, end, src, dst);
    if (typeof h === 'string') return new RawPdu(input.payload(at, end), h);
    return new UdpDatagram(h.srcPort, h.dstPort, input.payload(at + UDP_HEADER_LENGTH, end), h.checksum);
  }
  if (protocol !== IP_PROTOCOL.icmp) return new RawPdu(input.payload(at, end));
  const h = getIcmp(bytes, at, end);
  if (typeof h === 'string') return new RawPdu(input.payload(at, end), h);
  return new IcmpMessage(h.type, h.code, h.rest, input.payload(at + ICMP_HEADER_LENGTH, end));
}

function tcpOf(input: Input, h: TcpHeader, at: number, end: number): TcpSegment {
  const payload = input.payload(at + h.headerLength, end);
  const segment = ({ tsVal, tsEcr, options }: ReadOptions): TcpSegment =>
    new TcpSegment(
      h.srcPort,
      h.dstPort,
      h.seq,
      h.ack,
      h.flags,
      h.window,
      h.urgentPointer,
      tsVal,
      tsEcr,
      options,
      payload,
    );
  return getTcpOptions(input.bytes, at + TCP_HEADER_LENGTH, at + h.headerLength, segment);
}
