/**
 * The packet tree: every header of a frame as nodes with Wireshark's filter names, values, labels in both languages and byte ranges,
 * and the columns of the packet list in Wireshark's words. Works on any bytes: what cannot be read is marked malformed and the rest
 * stays. Each frame stands alone: fragments and segments are not put together here.
 */
import { applicationTree } from './application.ts';
import { arpTree } from './arp.ts';
import { encodeFrame } from './codec.ts';
import { add, addGenerated, Dissector, type PacketContext, type TcpFinding } from './dissector.ts';
import { ETHERNET_LENGTH_FIELD, ETHERNET_PADDING, ETHERNET_TRAILER, ethernetTree } from './ethernet.ts';
import { row } from './field.ts';
import { frameTree } from './frame-tree.ts';
import { icmpTree, pingTimeTree } from './icmp.ts';
import { igmpTree } from './igmp.ts';
import { type Ipv4Span, ipv4Tree } from './ipv4.ts';
import { ETHERNET_HEADER_LENGTH, ETHERTYPE, type Frame, IP_PROTOCOL } from './packet.ts';
import { tcpTree } from './tcp-tree.ts';
import type { TreeNode } from './tree-node.ts';
import { udpTree } from './udp.ts';
import { VLAN_TAG_LENGTH, vlanTree } from './vlan.ts';

/** A dissected packet. */
export interface Dissection {
  readonly bytes: Uint8Array;
  readonly nodes: readonly TreeNode[];
  /** As in Wireshark's `frame.protocols`. */
  readonly protocols: readonly string[];
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly info: string;
}

const DATA = row('data', 'none', 'Data', '数据 Data');
const DATA_DATA = row('data.data', 'bytes', 'Data', '数据 Data');
const DATA_LENGTH = row('data.len', 'uint', 'Length', '长度 Length');
export const DATA_FIELDS = [DATA, DATA_DATA, DATA_LENGTH];

/** Frames shorter than this are padded on a real cable (IEEE 802.3 section 3.2.8, without the check sequence). */
const MINIMUM_FRAME = 60;

const REPEATED: ReadonlySet<TcpFinding> = new Set(['retransmission', 'out_of_order']);

/** The nodes of a frame, outermost header first. */
export function packetTree(frame: Frame | Uint8Array, context: PacketContext = {}): readonly TreeNode[] {
  return dissect(frame, context).nodes;
}

export function dissect(frame: Frame | Uint8Array, context: PacketContext = {}): Dissection {
  const d = new Dissector(frame instanceof Uint8Array ? frame : encodeFrame(frame), context);
  const etherType = ethernetTree(d);
  if (etherType !== undefined) {
    const end = link(d, etherType, ETHERNET_HEADER_LENGTH);
    if (end < d.bytes.length) trailer(d, end);
  }
  frameTree(d);
  return d;
}

/** Returns where the content of the frame ends. */
function link(d: Dissector, etherType: number, at: number): number {
  const end = d.bytes.length;
  // IEEE 802.3 section 3.2.6: values up to 1500 are a length and not a type.
  if (etherType <= 1500) {
    add(d.nodes[0]!, ETHERNET_LENGTH_FIELD, etherType, at - 2, at);
    data(d, at, Math.min(end, at + etherType));
    return Math.min(end, at + etherType);
  }
  d.protocols.push('ethertype');
  if (etherType === ETHERTYPE.vlan) {
    const inner = vlanTree(d, at, end);
    return inner === undefined ? end : link(d, inner, at + VLAN_TAG_LENGTH);
  }
  if (etherType === ETHERTYPE.arp) return arpTree(d, at, end);
  if (etherType === ETHERTYPE.ipv4) return network(d, at, end);
  data(d, at, end);
  return end;
}

/** Returns the end of the datagram by its total length. */
function network(d: Dissector, at: number, end: number): number {
  const ip = ipv4Tree(d, at, end);
  if (ip === undefined) return end;
  if (ip.laterFragment) data(d, ip.payloadStart, ip.payloadEnd);
  else transport(d, ip, at);
  return ip.payloadEnd;
}

function transport(d: Dissector, ip: Ipv4Span, at: number): void {
  if (ip.protocol === IP_PROTOCOL.tcp) {
    const payload = tcpTree(d, ip);
    if (payload !== undefined && payload.end > payload.start)
      application(d, 'tcp', ip.payloadStart, payload.start, payload.end);
  } else if (ip.protocol === IP_PROTOCOL.udp) {
    const payload = udpTree(d, ip);
    if (payload !== undefined && payload.end > payload.start)
      application(d, 'udp', ip.payloadStart, payload.start, payload.end);
  } else if (ip.protocol === IP_PROTOCOL.icmp) icmp(d, ip, at);
  else if (ip.protocol === IP_PROTOCOL.igmp) igmpTree(d, ip.payloadStart, ip.payloadEnd);
  else data(d, ip.payloadStart, ip.payloadEnd);
}

function application(d: Dissector, transportName: 'tcp' | 'udp', header: number, start: number, end: number): void {
  const srcPort = (d.bytes[header]! << 8) | d.bytes[header + 1]!;
  const dstPort = (d.bytes[header + 2]! << 8) | d.bytes[header + 3]!;
  // What was seen before is not dissected again, nor what came too early.
  if (transportName === 'tcp' && !d.quoted && d.context.tcp?.findings.some((name) => REPEATED.has(name)) === true)
    return;
  if (!applicationTree(d, transportName, srcPort, dstPort, start, end)) data(d, start, end);
}

/** An error's quoted datagram is dissected into the error's own node; its columns stay the error's. */
function icmp(d: Dissector, ip: Ipv4Span, at: number): void {
  const found = icmpTree(d, ip.payloadStart, ip.payloadEnd, ip.whole, d.bytes[at + 8]!);
  if (found === undefined || found.start >= ip.payloadEnd) return;
  if (!found.quote || d.quoted) {
    const start = pingTimeTree(d, found.node, found.start, ip.payloadEnd);
    if (start === ip.payloadEnd) return;
    add(found.node, DATA_DATA, d.bytes.subarray(start, ip.payloadEnd), start, ip.payloadEnd);
    addGenerated(found.node, DATA_LENGTH, ip.payloadEnd - start, start);
    d.protocols.push('data');
    return;
  }
  const before = d.nodes.length;
  d.quoted = true;
  network(d, found.start, ip.payloadEnd);
  d.quoted = false;
  for (const node of d.nodes.splice(before)) found.node.append(node);
}

function data(d: Dissector, start: number, end: number): void {
  if (end <= start) return;
  const node = d.open(DATA, start, end);
  add(node, DATA_DATA, d.bytes.subarray(start, end), start, end);
  addGenerated(node, DATA_LENGTH, end - start, start);
}

/** What follows the datagram is padding where the frame had to reach 60 bytes and all zeros; else somebody put it there. */
function trailer(d: Dissector, start: number): void {
  const end = d.bytes.length;
  let zeros = true;
  for (let i = start; i < end; i++) if (d.bytes[i] !== 0) zeros = false;
  const field = zeros && end <= MINIMUM_FRAME ? ETHERNET_PADDING : ETHERNET_TRAILER;
  add(d.nodes[0]!, field, d.bytes.subarray(start, end), start, end);
}
