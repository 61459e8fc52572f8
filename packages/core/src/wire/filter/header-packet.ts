/**
 * A packet whose headers answer for themselves: of a plain frame (Ethernet, ARP, IPv4, TCP, UDP as most are) the fields with a fixed place are read off the
 * bytes, and what belongs to a layer that is not there is known to be absent. Only for the rest is the packet dissected. One object serves a whole list.
 * A property test holds that the answers are those of the dissection. Left to the dissection: tags, fragments, ICMP with what it quotes, damaged headers.
 */
import { applicationOf } from '../application.ts';
import { ARP, ARP_LENGTH, isArp } from '../arp.ts';
import { get16 } from '../buffer.ts';
import type { PacketContext } from '../dissector.ts';
import { ETHERNET } from '../ethernet.ts';
import { type Field, type HeaderTable, readRow } from '../field.ts';
import { FRAGMENT_OFFSET_MASK, IPV4, ipv4Problem } from '../ipv4.ts';
import { ETHERNET_HEADER_LENGTH, ETHERTYPE, IP_PROTOCOL, TCP_HEADER_LENGTH, UDP_HEADER_LENGTH } from '../packet.ts';
import { TCP } from '../tcp.ts';
import { FINDING_NAMES } from '../tcp-analysis-tree.ts';
import { sequenceNode, TCP_LENGTH, TCP_STREAM } from '../tcp-tree.ts';
import type { Dissection } from '../tree.ts';
import { TreeNode } from '../tree-node.ts';
import { UDP } from '../udp.ts';
import { DissectedPacket, type FilterPacket } from './packet.ts';

/** Where packets come from. Both are asked for only where the headers do not answer. */
export interface PacketSource {
  context(): PacketContext;
  dissect(): Dissection;
}

/** The tables of plain headers, by the first word of their fields' names. */
const TABLES: ReadonlyMap<string, HeaderTable> = new Map([
  ['eth', ETHERNET],
  ['arp', ARP],
  ['ip', IPV4],
  ['tcp', TCP],
  ['udp', UDP],
]);
const APPLICATIONS: ReadonlySet<string> = new Set(['dns', 'dhcp', 'snmp', 'echo', 'http']);
const NONE: readonly TreeNode[] = [];
const ABSENT = -1;

interface Reading {
  /** First word of the name. */
  readonly layer: string;
  /** Rows with that name, or that it matches too; undefined where the table has none. */
  readonly rows: readonly Field[] | undefined;
}

function firstWord(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}

export class HeaderPacket implements FilterPacket {
  bytes: Uint8Array = new Uint8Array();
  private dissected: DissectedPacket | undefined;
  private plain = false;
  /** Where headers begin; ABSENT where there is none. */
  private readonly at = { eth: 0, arp: ABSENT, ip: ABSENT, tcp: ABSENT, udp: ABSENT };
  private payloadStart = 0;
  private payloadEnd = 0;
  private readonly readings = new Map<string, Reading>();

  constructor(private readonly source: PacketSource) {}

  /** From now on, this packet: the one that the source speaks of. */
  take(bytes: Uint8Array): this {
    this.bytes = bytes;
    this.dissected = undefined;
    this.plain = this.findLayers();
    return this;
  }

  nodes(name: string): readonly TreeNode[] {
    return (this.plain ? this.answer(name) : undefined) ?? this.dissection().nodes(name);
  }

  private dissection(): DissectedPacket {
    this.dissected ??= new DissectedPacket(this.source.dissect());
    return this.dissected;
  }

  /** False where the frame is not of the plain kind. */
  private findLayers(): boolean {
    const { at, bytes } = this;
    at.arp = at.ip = at.tcp = at.udp = ABSENT;
    this.payloadStart = this.payloadEnd = 0;
    if (bytes.length < ETHERNET_HEADER_LENGTH) return false;
    const etherType = get16(bytes, ETHERNET_HEADER_LENGTH - 2);
    if (etherType === ETHERTYPE.arp) {
      at.arp = ETHERNET_HEADER_LENGTH;
      return isArp(bytes, at.arp, bytes.length);
    }
    return etherType === ETHERTYPE.ipv4 && this.findTransport(ETHERNET_HEADER_LENGTH);
  }

  private findTransport(ip: number): boolean {
    const { at, bytes } = this;
    if (ipv4Problem(bytes, ip, bytes.length) !== undefined) return false;
    if ((get16(bytes, ip + 6) & FRAGMENT_OFFSET_MASK) !== 0) return false;
    at.ip = ip;
    const start = ip + (bytes[ip]! & 15) * 4;
    const end = Math.min(bytes.length, ip + get16(bytes, ip + 2));
    const protocol = bytes[ip + 9];
    if (protocol === IP_PROTOCOL.tcp) {
      at.tcp = start;
      const length = end - start < TCP_HEADER_LENGTH ? 0 : (bytes[start + 12]! >> 4) * 4;
      this.payloadStart = start + length;
      this.payloadEnd = end;
      return length >= TCP_HEADER_LENGTH && this.payloadStart <= end;
    }
    if (protocol !== IP_PROTOCOL.udp || end - start < UDP_HEADER_LENGTH) return false;
    at.udp = start;
    const length = get16(bytes, start + 4);
    this.payloadStart = start + UDP_HEADER_LENGTH;
    this.payloadEnd = start + length;
    return length >= UDP_HEADER_LENGTH && this.payloadEnd <= end;
  }

  /** Undefined where only the dissection knows. */
  private answer(name: string): readonly TreeNode[] | undefined {
    const { layer, rows } = this.readingOf(name);
    switch (layer) {
      case 'eth':
      case 'arp':
      case 'ip':
      case 'udp':
      case 'tcp':
        if (this.at[layer] === ABSENT) return NONE;
        return rows === undefined ? this.computed(name) : rows.map((row) => this.read(row, this.at[layer]));
      case 'vlan':
      case 'icmp':
      case 'igmp':
        return NONE;
      default:
        if (layer === 'data' && this.payloadEnd === this.payloadStart) return NONE;
        return APPLICATIONS.has(layer) && this.application() !== layer ? NONE : undefined;
    }
  }

  /** Tables and names are looked through once for a name. */
  private readingOf(name: string): Reading {
    let reading = this.readings.get(name);
    if (reading === undefined) {
      const layer = firstWord(name);
      const rows = TABLES.get(layer)?.rows.filter((row) => row.name === name || row.also?.includes(name) === true);
      reading = { layer, rows: rows?.length === 0 ? undefined : rows };
      this.readings.set(name, reading);
    }
    return reading;
  }

  private read(row: Field, base: number): TreeNode {
    const start = base + row.at!;
    return new TreeNode(row, readRow(row, this.bytes, base), start, start + row.size!);
  }

  /** What stands in no table. */
  private computed(name: string): readonly TreeNode[] | undefined {
    const { at, payloadStart, payloadEnd } = this;
    switch (name) {
      case 'eth':
        return [new TreeNode(ETHERNET.protocol, undefined, 0, ETHERNET_HEADER_LENGTH)];
      case 'arp':
        return [new TreeNode(ARP.protocol, undefined, at.arp, at.arp + ARP_LENGTH)];
      case 'ip':
        return [new TreeNode(IPV4.protocol, undefined, at.ip, at.ip + (this.bytes[at.ip]! & 15) * 4)];
      case 'udp':
        return [new TreeNode(UDP.protocol, undefined, at.udp, at.udp + UDP_HEADER_LENGTH)];
      case 'tcp':
        return [new TreeNode(TCP.protocol, undefined, at.tcp, payloadStart)];
      case 'tcp.len':
        return [new TreeNode(TCP_LENGTH, payloadEnd - payloadStart, at.tcp + 2, at.tcp + 2)];
      case 'tcp.payload':
      case 'udp.payload':
        return payloadEnd === payloadStart ? NONE : undefined;
      default:
        return name.startsWith('tcp.') ? this.conversation(name) : undefined;
    }
  }

  /** What analysis said, as far as that is little. */
  private conversation(name: string): readonly TreeNode[] | undefined {
    const analysed = name === 'tcp.analysis' || name.startsWith('tcp.analysis.');
    const { tcp } = this.source.context();
    if (name === 'tcp.seq' || name === 'tcp.ack') return [sequenceNode(name, this.bytes, this.at.tcp, tcp)];
    if (!analysed && name !== 'tcp.stream') return undefined;
    if (tcp === undefined) return NONE;
    if (!analysed) return [new TreeNode(TCP_STREAM, tcp.stream, this.at.tcp + 2, this.at.tcp + 2)];
    return !tcp.analysed || (tcp.findings.length === 0 && FINDING_NAMES.has(name)) ? NONE : undefined;
  }

  /** By its ports; undefined where the packet carries nothing. */
  private application(): string | undefined {
    const { at, bytes } = this;
    if (this.payloadEnd === this.payloadStart) return undefined;
    const [transport, header] = at.tcp === ABSENT ? (['udp', at.udp] as const) : (['tcp', at.tcp] as const);
    return applicationOf(transport, get16(bytes, header), get16(bytes, header + 2));
  }
}

/** Fields of segments for which nothing but the segment is needed; every other one of TCP's counts from what came before. */
const ALONE: ReadonlySet<string> = new Set([
  'tcp',
  'tcp.port',
  'tcp.len',
  'tcp.payload',
  'tcp.flags.str',
  'tcp.checksum.status',
  ...TCP.rows.map(({ name }) => name),
]);
const NEVER_IN_CONVERSATION: ReadonlySet<string> = new Set('eth vlan arp ip icmp igmp udp dhcp snmp'.split(' '));

/** Whether a field says what earlier packets of its conversation decide: relative numbers, findings, and whether a payload is shown as a protocol's. */
export function needsConversation(name: string): boolean {
  const word = firstWord(name);
  if (word === 'frame') return name === 'frame.protocols';
  return !NEVER_IN_CONVERSATION.has(word) && !ALONE.has(name);
}
