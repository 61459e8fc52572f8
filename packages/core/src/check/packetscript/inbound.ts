/** Makes the wire's packets of what a script says comes in. */
import { type Ipv4Address, parseIpv4 } from '../../base/address.ts';
import { fromHex } from '../../base/bytes.ts';
import { decodeNetwork, encodeNetwork } from '../../wire/codec.ts';
import {
  ETHERTYPE,
  ICMP,
  IcmpMessage,
  IP_PROTOCOL,
  Ipv4Packet,
  type NetworkPdu,
  PacketId,
  TCP_FLAG,
  TcpSegment,
  type TransportPdu,
  UdpDatagram,
} from '../../wire/packet.ts';
import { EMPTY_PAYLOAD, type Payload, payloadOf } from '../../wire/payload.ts';
import { TCP_OPTION } from '../../wire/tcp-options.ts';
import type { IcmpPacketSpec, IpInfo, TcpOption, TcpPacketSpec, UdpPacketSpec } from './ast.ts';
import type { Flow } from './flow.ts';
import { CannotRun } from './problem.ts';

const TTL = 255;
const OPTIONS_MAX = 40;
const LENGTH_MAX = 65_535;
/** Where the checksum stands in each header. */
const CHECKSUM_AT = { tcp: 16, udp: 6, icmp: 2, raw: 0 } as const;
const ECN_BITS = { noecn: 0, ect1: 1, ect0: 2, ce: 3, ect01: 2 } as const;

export interface Ends {
  readonly remote: Ipv4Address;
  readonly local: Ipv4Address;
  readonly id: number;
  /** Of the script. */
  readonly line: number;
}

/** The packet as it comes off the wire: what no strict value can express (a wrong checksum, an odd option) is as the codec reads it. */
export function ipPacket(ends: Ends, ip: IpInfo, protocol: number, payload: TransportPdu): NetworkPdu {
  const ident = new PacketId(ends.id);
  const packet = strictPacket(ends, ident, ip, protocol, payload);
  if (packet.length > LENGTH_MAX)
    throw new CannotRun(ends.line, `a packet of ${packet.length} bytes: IPv4 has ${LENGTH_MAX} at most`);
  const bytes = encodeNetwork(packet);
  if (ip.badChecksum === true) bytes[packet.headerLength + CHECKSUM_AT[payload.kind]]! ^= 0xff;
  return decodeNetwork(bytes, ETHERTYPE.ipv4, ident);
}

function strictPacket(ends: Ends, ident: PacketId, ip: IpInfo, protocol: number, payload: TransportPdu): Ipv4Packet {
  const ecn = ip.ecn === undefined ? 0 : ECN_BITS[ip.ecn];
  return Ipv4Packet.of({
    ident,
    src: ip.src === undefined ? ends.remote : parseIpv4(ip.src)!,
    dst: ip.dst === undefined ? ends.local : parseIpv4(ip.dst)!,
    ...(ip.options === undefined ? {} : { options: padded(fromHex(ip.options)!) }),
    protocol,
    ttl: ip.ttl ?? TTL,
    tos: (ip.tos ?? 0) | ecn,
    payload,
  });
}

function zeros(length: number): Payload {
  return length === 0 ? EMPTY_PAYLOAD : payloadOf(new Uint8Array(length));
}

export function tcpSegment(spec: TcpPacketSpec, flow: Flow, line: number): TcpSegment {
  const options = Array.isArray(spec.options) ? (spec.options as readonly TcpOption[]) : [];
  if (spec.options === 'any') throw new CannotRun(line, 'syntax: <...> on a packet that comes in');
  if ((spec.flags & TCP_FLAG.ack) !== 0 && spec.ack === undefined)
    throw new CannotRun(line, 'syntax: a segment that comes in with the flag . needs ack');
  const raw = padded(new Uint8Array(options.flatMap((option) => optionBytes(option, flow))));
  if (raw.length > OPTIONS_MAX) throw new CannotRun(line, `${raw.length} bytes of options; a header has room for 40`);
  return new TcpSegment(
    flow.remotePort,
    flow.localPort,
    spec.seq,
    spec.ack === undefined ? 0 : (spec.flags & TCP_FLAG.ack) === 0 ? spec.ack : flow.toLive(spec.ack),
    spec.flags,
    spec.window ?? 0,
    spec.urgent ?? 0,
    -1,
    0,
    raw.length === 0 ? undefined : { raw },
    zeros(spec.length),
  );
}

/** In the order of the script, filled up to whole words with ends of list (RFC 9293 section 3.1). */
function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array((bytes.length + 3) & ~3);
  whole.set(bytes);
  return whole;
}

function optionBytes(option: TcpOption, flow: Flow): number[] {
  switch (option.kind) {
    case 'mss':
      return [TCP_OPTION.mss, 4, option.value >>> 8, option.value & 0xff];
    case 'wscale':
      return [TCP_OPTION.windowScale, 3, option.value];
    case 'sackOK':
      return [TCP_OPTION.sackPermitted, 2];
    case 'TS':
      return [TCP_OPTION.timestamps, 10, ...word(option.val), ...word(flow.stampToLive(option.ecr))];
    case 'sack': {
      const edges = option.blocks.flat().flatMap((edge) => word(flow.toLive(edge)));
      return [TCP_OPTION.sack, 2 + edges.length, ...edges];
    }
    case 'raw':
      return [...fromHex(option.hex)!];
    default:
      return [option.kind === 'eol' ? TCP_OPTION.end : TCP_OPTION.nop];
  }
}

function word(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

export function udpDatagram(spec: UdpPacketSpec, srcPort: number, dstPort: number): UdpDatagram {
  return new UdpDatagram(srcPort, dstPort, zeros(spec.length));
}

/** An error about one of our packets: its header and the eight bytes that RFC 792 asks for, rebuilt from what the script quotes. */
export function icmpMessage(
  spec: IcmpPacketSpec,
  ends: Ends,
  flow: { localPort: number; remotePort: number; toLive(seq: number): number },
  protocol: number,
): IcmpMessage {
  if (spec.type === ICMP.echoRequest || spec.type === ICMP.echoReply)
    return new IcmpMessage(spec.type, spec.code, echoRest(spec), EMPTY_PAYLOAD);
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  const tcp = protocol === IP_PROTOCOL.tcp;
  const length = 20 + (tcp ? 20 : 8) + (spec.quoted?.length ?? 0);
  view.setUint16(0, 0x4500);
  view.setUint16(2, Math.min(length, 0xffff));
  view.setUint16(6, 0x4000);
  view.setUint8(8, 63);
  view.setUint8(9, protocol);
  bytes.set(ends.local.bytes(), 12);
  bytes.set(ends.remote.bytes(), 16);
  view.setUint16(10, checksum(bytes.subarray(0, 20)));
  view.setUint16(20, flow.localPort);
  view.setUint16(22, flow.remotePort);
  if (tcp) view.setUint32(24, flow.toLive(spec.quoted?.seq ?? 0));
  else view.setUint16(24, 8 + (spec.quoted?.length ?? 0));
  return new IcmpMessage(spec.type, spec.code, spec.mtu ?? 0, payloadOf(bytes));
}

/** The identifier of an echo, and number 0 (RFC 792). */
export function echoRest({ id = 0 }: IcmpPacketSpec): number {
  return ((id & 0xffff) << 16) >>> 0;
}

/** RFC 1071 */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
