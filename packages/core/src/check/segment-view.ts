/**
 * The numbers of a TCP segment that conversation analysis needs, from a strict frame or, where a checksum is wrong, from its bytes:
 * Wireshark analyses damaged segments too.
 */
import { unsigned } from '../base/sequence.ts';
import { get16, get32 } from '../wire/buffer.ts';
import { encodeFrame, encodeNetwork, frameProblem } from '../wire/codec.ts';
import { mayBeHttp } from '../wire/http1.ts';
import { ETHERNET_HEADER_LENGTH, ETHERTYPE, type Frame, IP_PROTOCOL, type TcpSegment } from '../wire/packet.ts';
import { Chunk, Payload } from '../wire/payload.ts';
import { TCP_OPTION, tcpOptionSpans } from '../wire/tcp-options.ts';

export interface SegmentView extends Ends {
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  /** Bytes of data. */
  readonly length: number;
  /** -1 where the segment has no window-scale option. */
  readonly windowShift: number;
  readonly sack: readonly (readonly [number, number])[];
  /** Undefined in a damaged segment. */
  readonly payload: Payload | undefined;
}

const NO_SACK: SegmentView['sack'] = [];
const NO_OPTIONS = { windowShift: -1, sack: NO_SACK };

/** Undefined where the frame carries no TCP header that can be read. */
export function segmentView(frame: Frame): SegmentView | undefined {
  const outer = frame.payload;
  const packet = outer.kind === 'vlan' ? outer.payload : outer;
  if (packet.kind === 'ipv4' && packet.payload.kind === 'tcp')
    return strict(packet.src.key, packet.dst.key, packet.payload);
  const damaged =
    packet.kind === 'raw'
      ? packet.problem
      : packet.kind === 'ipv4' && packet.payload.kind === 'raw'
        ? packet.payload.problem
        : undefined;
  return damaged === undefined ? undefined : fromBytes(encodeFrame(frame));
}

/**
 * The same of the frame that these bytes are, read off them: a capture of a million frames is analysed without a million frames being made. A payload is
 * there only where it may be one that analysis looks at.
 */
export function segmentOfBytes(bytes: Uint8Array): SegmentView | undefined {
  const segment = fromBytes(bytes);
  if (segment === undefined || segment.length === 0 || !mayBeHttp(bytes[segment.dataAt]!)) return segment;
  if (frameProblem(bytes, 0, bytes.length) !== undefined) return segment;
  const { dataAt, length } = segment;
  return { ...segment, payload: new Payload(new Chunk(bytes), dataAt, dataAt + length) };
}

function strict(src: number, dst: number, tcp: TcpSegment): SegmentView {
  return {
    src,
    dst,
    srcPort: tcp.srcPort,
    dstPort: tcp.dstPort,
    seq: unsigned(tcp.seq),
    ack: unsigned(tcp.ack),
    flags: tcp.flags,
    window: tcp.window,
    length: tcp.payload.length,
    windowShift: tcp.options?.windowScale ?? -1,
    sack: tcp.options?.sack ?? NO_SACK,
    payload: tcp.payload,
  };
}

/** The two ends of a conversation. */
export interface Ends {
  readonly src: number;
  readonly dst: number;
  readonly srcPort: number;
  readonly dstPort: number;
}

/**
 * The conversation that a frame is about without being a segment of it that can be analysed: a header with a wrong length, one in the first
 * fragment of its datagram, or one quoted whole in an ICMP error. Wireshark counts them as the conversation's last sign of life.
 */
export function mentionedEnds(frame: Frame): Ends | undefined {
  const outer = frame.payload;
  const packet = outer.kind === 'vlan' ? outer.payload : outer;
  if (packet.kind !== 'ipv4') return undefined;
  const { payload } = packet;
  if (payload.kind === 'icmp') return payload.isError ? endsAt(payload.payload.bytes(), 0) : undefined;
  const first = packet.moreFragments && packet.fragmentOffset === 0;
  const unread = payload.kind === 'raw' && (payload.problem !== undefined || first);
  return unread ? endsAt(encodeNetwork(packet), 0, first) : undefined;
}

function endsAt(bytes: Uint8Array, at: number, first = false): Ends | undefined {
  const place = tcpPlace(bytes, at, first);
  return place === undefined ? undefined : endsOf(bytes, at, place.tcp);
}

function endsOf(bytes: Uint8Array, ip: number, tcp: number): Ends {
  return {
    src: get32(bytes, ip + 12),
    dst: get32(bytes, ip + 16),
    srcPort: get16(bytes, tcp),
    dstPort: get16(bytes, tcp + 2),
  };
}

/** Where a TCP header of 20 bytes or more begins and its segment ends, in a datagram that is no fragment, or in its `first`. */
function tcpPlace(
  bytes: Uint8Array,
  at: number,
  first = false,
): { readonly tcp: number; readonly end: number } | undefined {
  if (bytes.length - at < 20 || bytes[at]! >> 4 !== 4) return undefined;
  const headerLength = (bytes[at]! & 15) * 4;
  const total = get16(bytes, at + 2);
  // Offset or "more fragments": analysis leaves fragments alone.
  const fragment = (get16(bytes, at + 6) & (first ? 0x1fff : 0x3fff)) !== 0;
  if (headerLength < 20 || total < headerLength || fragment || bytes[at + 9] !== IP_PROTOCOL.tcp) return undefined;
  const tcp = at + headerLength;
  const end = Math.min(bytes.length, at + total);
  return end - tcp < 20 ? undefined : { tcp, end };
}

function fromBytes(bytes: Uint8Array): (SegmentView & { readonly dataAt: number }) | undefined {
  let at = ETHERNET_HEADER_LENGTH;
  let etherType = bytes.length < at ? 0 : get16(bytes, 12);
  if (etherType === ETHERTYPE.vlan && bytes.length >= at + 4) {
    etherType = get16(bytes, at + 2);
    at += 4;
  }
  const place = etherType === ETHERTYPE.ipv4 ? tcpPlace(bytes, at) : undefined;
  if (place === undefined) return undefined;
  const { tcp, end } = place;
  const dataAt = tcp + (bytes[tcp + 12]! >> 4) * 4;
  if (dataAt < tcp + 20 || dataAt > end) return undefined;
  // Written out: spread objects take three times as long, and a capture has a million segments.
  const { src, dst, srcPort, dstPort } = endsOf(bytes, at, tcp);
  const { windowShift, sack } = dataAt === tcp + 20 ? NO_OPTIONS : optionNumbers(bytes, tcp + 20, dataAt);
  return {
    src,
    dst,
    srcPort,
    dstPort,
    seq: get32(bytes, tcp + 4),
    ack: get32(bytes, tcp + 8),
    flags: get16(bytes, tcp + 12) & 0xfff,
    window: get16(bytes, tcp + 14),
    length: end - dataAt,
    payload: undefined,
    windowShift,
    sack,
    dataAt,
  };
}

function optionNumbers(bytes: Uint8Array, start: number, end: number): Pick<SegmentView, 'windowShift' | 'sack'> {
  let windowShift = -1;
  const sack: [number, number][] = [];
  for (const span of tcpOptionSpans(bytes, start, end)) {
    if (!span.valid) break;
    if (span.kind === TCP_OPTION.windowScale && span.length === 3) windowShift = bytes[span.start + 2]!;
    if (span.kind !== TCP_OPTION.sack || (span.length - 2) % 8 !== 0) continue;
    for (let at = span.start + 2; at < span.start + span.length; at += 8)
      sack.push([get32(bytes, at), get32(bytes, at + 4)]);
  }
  return { windowShift, sack };
}
