/** Makes the wire's packets of what a script says comes in. */
import type { Ipv4Address } from '../../base/address.ts';
import {
  ICMP,
  IcmpMessage,
  IP_PROTOCOL,
  Ipv4Packet,
  PacketId,
  TCP_FLAG,
  type TcpOptions,
  TcpSegment,
  type TransportPdu,
  UdpDatagram,
} from '../../wire/packet.ts';
import { EMPTY_PAYLOAD, type Payload, payloadOf } from '../../wire/payload.ts';
import type { IcmpPacketSpec, IpInfo, TcpOption, TcpPacketSpec, UdpPacketSpec } from './ast.ts';
import type { Flow } from './flow.ts';
import { CannotRun } from './problem.ts';

const TTL = 255;
const ECN_BITS = { noecn: 0, ect1: 1, ect0: 2, ce: 3 } as const;

export interface Ends {
  readonly remote: Ipv4Address;
  readonly local: Ipv4Address;
  readonly id: number;
}

export function ipPacket(ends: Ends, ip: IpInfo, protocol: number, payload: TransportPdu): Ipv4Packet {
  const ecn = ip.ecn === undefined ? 0 : ECN_BITS[ip.ecn];
  return Ipv4Packet.of({
    ident: new PacketId(ends.id),
    src: ends.remote,
    dst: ends.local,
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
  const stamp = options.find((option) => option.kind === 'TS');
  if ((spec.flags & TCP_FLAG.ack) !== 0 && spec.ack === undefined)
    throw new CannotRun(line, 'syntax: a segment that comes in with the flag . needs ack');
  return new TcpSegment(
    flow.remotePort,
    flow.localPort,
    spec.seq,
    spec.ack === undefined ? 0 : (spec.flags & TCP_FLAG.ack) === 0 ? spec.ack : flow.toLive(spec.ack),
    spec.flags,
    spec.window ?? 0,
    spec.urgent ?? 0,
    stamp === undefined ? -1 : stamp.val,
    stamp === undefined ? 0 : flow.stampToLive(stamp.ecr),
    optionsOf(options, flow),
    zeros(spec.length),
  );
}

function optionsOf(list: readonly TcpOption[], flow: Flow): TcpOptions | undefined {
  let options: TcpOptions | undefined;
  for (const option of list) {
    if (option.kind === 'mss') options = { ...options, mss: option.value };
    else if (option.kind === 'wscale') options = { ...options, windowScale: option.value };
    else if (option.kind === 'sackOK') options = { ...options, sackPermitted: true };
    else if (option.kind === 'sack') {
      const sack = option.blocks.map(([left, right]) => [flow.toLive(left), flow.toLive(right)] as const);
      options = { ...options, sack };
    } else if (option.kind === 'eol') break;
  }
  return options;
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
  const rest = spec.mtu ?? 0;
  if (spec.type === ICMP.echoRequest || spec.type === ICMP.echoReply)
    return new IcmpMessage(spec.type, spec.code, rest, EMPTY_PAYLOAD);
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
  return new IcmpMessage(spec.type, spec.code, rest, payloadOf(bytes));
}

/** RFC 1071 */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
