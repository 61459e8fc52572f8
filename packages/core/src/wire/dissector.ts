/**
 * What the headers' tree functions share: the frame's bytes, the nodes made so far, the columns of the packet list, and what is known
 * about the packet from its conversation (`PacketContext`, computed above the wire).
 */
import type { Field, FieldValue, HeaderTable } from './field.ts';
import { readRow, row } from './field.ts';
import { TreeNode } from './tree-node.ts';

/** What a single frame does not tell: where and when it was seen, and its place in a TCP conversation. */
export interface PacketContext {
  /** Position in the capture, from 1. */
  readonly number?: number;
  /** Nanoseconds since the first frame of the capture. */
  readonly relativeNs?: number;
  /** Nanoseconds since the previous frame of the capture. */
  readonly deltaNs?: number;
  /** Whole seconds and nanoseconds since 1970. */
  readonly epochSeconds?: number;
  readonly epochNs?: number;
  readonly interfaceName?: string;
  readonly tcp?: TcpContext;
}

/** A finding about a segment, by its Wireshark field: `tcp.analysis.retransmission`. */
export type TcpFinding =
  | 'retransmission'
  | 'fast_retransmission'
  | 'spurious_retransmission'
  | 'out_of_order'
  | 'lost_segment'
  | 'ack_lost_segment'
  | 'duplicate_ack'
  | 'zero_window'
  | 'zero_window_probe'
  | 'zero_window_probe_ack'
  | 'window_update'
  | 'window_full'
  | 'keep_alive'
  | 'keep_alive_ack'
  | 'reused_ports';

export interface TcpContext {
  /** Index of the conversation in the capture. */
  readonly stream: number;
  /** Wireshark's bit set: 1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST, over the whole conversation so far. */
  readonly completeness: number;
  /** An HTTP message was seen in the conversation, so that what is no start line continues one. */
  readonly http: boolean;
  /** Sequence numbers that count as zero: the initial ones, or the first seen. */
  readonly seqBase: number;
  readonly ackBase: number;
  /** Shift of the sender's window; -1 not known (handshake not seen), -2 window scaling not used. */
  readonly windowShift: number;
  readonly sinceFirstNs: number;
  readonly sincePreviousNs: number;
  /** There is something to say below "SEQ/ACK analysis", be it only that nothing came of it. */
  readonly analysed: boolean;
  readonly findings: readonly TcpFinding[];
  readonly duplicateAckNumber?: number;
  readonly duplicateAckFrame?: number;
  readonly acksFrame?: number;
  readonly ackRttNs?: number;
  readonly initialRttNs?: number;
  readonly rtoNs?: number;
  readonly rtoFrame?: number;
  readonly bytesInFlight?: number;
  readonly pushBytesSent?: number;
}

export const MALFORMED: Field = row('_ws.malformed', 'none', 'Malformed Packet', '畸形分组 Malformed Packet');

export class Dissector {
  readonly nodes: TreeNode[] = [];
  /** Wireshark's `frame.protocols`, without the leading `eth:ethertype` glue. */
  readonly protocols: string[] = [];
  /** Columns of the packet list; each layer overwrites what the one below wrote. */
  protocol = '';
  info = '';
  /** Stays before whatever a higher layer writes into the info column: what analysis found. */
  infoPrefix = '';
  source = '';
  destination = '';
  /** Inside an ICMP error: headers are shown, the columns are left alone. */
  quoted = false;

  constructor(
    readonly bytes: Uint8Array,
    readonly context: PacketContext,
  ) {}

  /** Opens a protocol's node and fills it with the rows that have a fixed place and fit before `end`. */
  header(table: HeaderTable, at: number, headerEnd: number, end: number): TreeNode {
    const node = this.open(table.protocol, at, Math.min(headerEnd, end));
    this.rows(node, table.rows, at, end);
    return node;
  }

  open(protocol: Field, at: number, end: number): TreeNode {
    const node = new TreeNode(protocol, undefined, at, end);
    this.nodes.push(node);
    this.protocols.push(protocol.name);
    return node;
  }

  /** Rows that lie within another one follow it in the table. */
  rows(parent: TreeNode, rows: readonly Field[], base: number, end: number): void {
    let group = parent;
    for (const field of rows) {
      if (field.at === undefined || field.size === undefined) continue;
      const start = base + field.at;
      if (start + field.size > end) continue;
      const node = this.fixed(field, base, start);
      if (field.within !== undefined && group.field.name === field.within) {
        group.append(node);
        continue;
      }
      parent.append(node);
      group = node;
    }
  }

  private fixed(field: Field, base: number, start: number): TreeNode {
    const end = start + field.size!;
    const value = field.type === 'bytes' ? this.bytes.subarray(start, end) : readRow(field, this.bytes, base);
    return new TreeNode(field, value, start, end);
  }

  /** Text and columns of a quoted packet belong to the error around it. */
  column(protocol: string, info: string): void {
    if (this.quoted) return;
    this.protocol = protocol;
    this.info = this.infoPrefix + info;
  }

  malformed(parent: TreeNode | undefined, at: number, what: string): void {
    const node = new TreeNode(MALFORMED, undefined, at, at, what);
    if (parent === undefined) this.nodes.push(node);
    else parent.append(node);
    if (!this.quoted) this.info = `${this.info}${this.info === '' ? '' : ' '}[Malformed Packet]`;
  }
}

/** Adds a child and returns it. */
export function add(
  parent: TreeNode,
  field: Field,
  value: FieldValue,
  start: number,
  end: number,
  meaning?: string,
): TreeNode {
  const node = new TreeNode(field, value, start, end, meaning);
  parent.append(node);
  return node;
}

/** Adds a computed field: it has a place for the eye (`at`) and no bytes. */
export function addGenerated(
  parent: TreeNode,
  field: Field,
  value: FieldValue,
  at: number,
  meaning?: string,
): TreeNode {
  return add(parent, field, value, at, at, meaning);
}

export function findChild(parent: TreeNode, name: string): TreeNode | undefined {
  return parent.children.find((child) => child.name === name);
}
