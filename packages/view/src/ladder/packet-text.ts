/** What a row of a ladder says about its packet: for TCP the numbers that a sequence diagram is about, elsewhere the packet list's words. */
import type { TcpContext } from '@netarium/core/wire/dissector.ts';
import { type Frame, TCP_FLAG, type TcpSegment } from '@netarium/core/wire/packet.ts';
import { flagWords } from '@netarium/core/wire/tcp-flags.ts';
import type { Dissection } from '@netarium/core/wire/tree.ts';
import type { LadderRow } from './ladder.ts';

type Said = Pick<
  LadderRow,
  | 'protocol'
  | 'flags'
  | 'seq'
  | 'ack'
  | 'seqRaw'
  | 'ackRaw'
  | 'window'
  | 'sack'
  | 'findings'
  | 'length'
  | 'src'
  | 'dst'
  | 'srcPort'
  | 'dstPort'
  | 'text'
>;

export function flagsText(flags: number): string {
  return flagWords(flags) || 'none';
}

/** The packet list's columns of protocol and info in one line. */
export function columnsText({ protocol, info }: Pick<Dissection, 'protocol' | 'info'>): string {
  // `DHCP Discover` names its protocol already.
  return info.startsWith(`${protocol} `) ? info : `${protocol} ${info}`;
}

export function packetText(frame: Frame, dissection: Dissection, tcp: TcpContext | undefined): Said {
  const { src, dst } = addressesOf(frame);
  const outer = frame.payload.kind === 'vlan' ? frame.payload.payload : frame.payload;
  const inner = outer.kind === 'ipv4' ? outer.payload : undefined;
  if (inner?.kind === 'tcp' && tcp !== undefined) return { ...segmentText(inner, tcp), src, dst };
  const { protocol } = dissection;
  const text = columnsText(dissection);
  if (inner?.kind !== 'udp') return { protocol, flags: '', length: frame.length, src, dst, text };
  const { srcPort, dstPort, payload } = inner;
  return { protocol, flags: '', length: payload.length, src, dst, srcPort, dstPort, text };
}

function segmentText(segment: TcpSegment, tcp: TcpContext): Omit<Said, 'src' | 'dst'> {
  const flags = flagsText(segment.flags);
  const seq = (segment.seq - tcp.seqBase) >>> 0;
  const ack = segment.has(TCP_FLAG.ack) ? (segment.ack - tcp.ackBase) >>> 0 : undefined;
  const length = segment.payload.length;
  // RFC 7323 section 2.2: the window of a SYN is never scaled.
  const window = segment.window << (segment.has(TCP_FLAG.syn) ? 0 : Math.max(0, tcp.windowShift));
  const words = [
    `${segment.srcPort} → ${segment.dstPort} [${flags}]`,
    `seq=${seq}`,
    ...(ack === undefined ? [] : [`ack=${ack}`]),
    `win=${window}`,
    `len=${length}`,
    ...tcp.findings.map((finding) => `{${finding.replaceAll('_', ' ')}}`),
  ];
  const sack = (segment.options?.sack ?? []).map(
    ([left, right]) => [(left - tcp.ackBase) >>> 0, (right - tcp.ackBase) >>> 0] as const,
  );
  return {
    protocol: 'TCP',
    flags,
    srcPort: segment.srcPort,
    dstPort: segment.dstPort,
    seq,
    seqRaw: segment.seq,
    ...(ack === undefined ? {} : { ack, ackRaw: segment.ack }),
    window,
    ...(sack.length === 0 ? {} : { sack }),
    ...(tcp.findings.length === 0 ? {} : { findings: tcp.findings }),
    length,
    text: `TCP ${words.join(' ')}`,
  };
}

function addressesOf(frame: Frame): { src: string; dst: string } {
  const pdu = frame.payload.kind === 'vlan' ? frame.payload.payload : frame.payload;
  if (pdu.kind === 'ipv4') return { src: String(pdu.src), dst: String(pdu.dst) };
  if (pdu.kind === 'arp') return { src: String(pdu.senderIp), dst: String(pdu.targetIp) };
  return { src: '', dst: '' };
}
