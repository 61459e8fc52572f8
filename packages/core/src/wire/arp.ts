/** ARP for IPv4 over Ethernet (RFC 826), 28 bytes. Other hardware and protocol types stay raw bytes. */
import { Ipv4Address, MacAddress } from '../base/address.ts';
import { get16, get32, get48, put16, put32, putMac } from './buffer.ts';
import { addGenerated, type Dissector } from './dissector.ts';
import { ETHER_TYPE_NAMES } from './ethernet.ts';
import { type HeaderTable, hexUint, ipv4Field, macField, names, row, uint } from './field.ts';
import { ARP_REPLY, ARP_REQUEST, ArpPacket, ETHERTYPE, PacketId, type RawProblem } from './packet.ts';

export const ARP_LENGTH = 28;

const AT = {
  hardwareType: 0,
  protocolType: 2,
  hardwareSize: 4,
  protocolSize: 5,
  operation: 6,
  senderMac: 8,
  senderIp: 14,
  targetMac: 18,
  targetIp: 24,
} as const;
const HARDWARE_ETHERNET = 1;
/** The two address sizes as one 16-bit word. */
const SIZES = 0x0604;

// -- fields

const OPERATIONS = names({ request: 1, reply: 2 });

export const ARP: HeaderTable = {
  protocol: row('arp', 'none', 'Address Resolution Protocol', '地址解析协议 ARP'),
  rows: [
    uint('arp.hw.type', AT.hardwareType, 2, 'Hardware type', '硬件类型 Hardware type', {
      names: names({ Ethernet: 1 }),
    }),
    hexUint('arp.proto.type', AT.protocolType, 2, 'Protocol type', '协议类型 Protocol type', {
      names: ETHER_TYPE_NAMES,
    }),
    uint('arp.hw.size', AT.hardwareSize, 1, 'Hardware size', '硬件地址长度 Hardware size'),
    uint('arp.proto.size', AT.protocolSize, 1, 'Protocol size', '协议地址长度 Protocol size'),
    uint('arp.opcode', AT.operation, 2, 'Opcode', '操作码 Opcode', { names: OPERATIONS }),
    macField('arp.src.hw_mac', AT.senderMac, 'Sender MAC address', '发送方 MAC 地址 Sender MAC address'),
    ipv4Field('arp.src.proto_ipv4', AT.senderIp, 'Sender IP address', '发送方 IP 地址 Sender IP address'),
    macField('arp.dst.hw_mac', AT.targetMac, 'Target MAC address', '目标 MAC 地址 Target MAC address'),
    ipv4Field('arp.dst.proto_ipv4', AT.targetIp, 'Target IP address', '目标 IP 地址 Target IP address'),
  ],
};
const IS_GRATUITOUS = row('arp.isgratuitous', 'bool', 'Is gratuitous', '免费 ARP Is gratuitous');
const IS_PROBE = row('arp.isprobe', 'bool', 'Is probe', '地址探测 Is probe');
const IS_ANNOUNCEMENT = row('arp.isannouncement', 'bool', 'Is announcement', '地址通告 Is announcement');
export const ARP_GENERATED = [IS_GRATUITOUS, IS_PROBE, IS_ANNOUNCEMENT];

// -- encode

export function putArp(bytes: Uint8Array, at: number, arp: ArpPacket): void {
  put16(bytes, at + AT.hardwareType, HARDWARE_ETHERNET);
  put16(bytes, at + AT.protocolType, ETHERTYPE.ipv4);
  put16(bytes, at + AT.hardwareSize, SIZES);
  put16(bytes, at + AT.operation, arp.operation);
  putMac(bytes, at + AT.senderMac, arp.senderMac);
  put32(bytes, at + AT.senderIp, arp.senderIp.key);
  putMac(bytes, at + AT.targetMac, arp.targetMac);
  put32(bytes, at + AT.targetIp, arp.targetIp.key);
}

// -- decode

/** Whole, for IPv4 and over Ethernet. */
export function isArp(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    end - at >= ARP_LENGTH &&
    get16(bytes, at + AT.hardwareType) === HARDWARE_ETHERNET &&
    get16(bytes, at + AT.protocolType) === ETHERTYPE.ipv4 &&
    get16(bytes, at + AT.hardwareSize) === SIZES
  );
}

export function getArp(bytes: Uint8Array, at: number, end: number, ident: PacketId): ArpPacket | RawProblem {
  if (end - at < ARP_LENGTH) return 'short header';
  if (!isArp(bytes, at, end)) return 'unknown hardware or protocol type';
  return new ArpPacket(
    ident,
    get16(bytes, at + AT.operation),
    new MacAddress(get48(bytes, at + AT.senderMac)),
    new Ipv4Address(get32(bytes, at + AT.senderIp)),
    new MacAddress(get48(bytes, at + AT.targetMac)),
    new Ipv4Address(get32(bytes, at + AT.targetIp)),
  );
}

// -- tree

/** Adds the packet's node; returns where it ends. */
export function arpTree(d: Dissector, at: number, end: number): number {
  const node = d.header({ protocol: ARP.protocol, rows: [] }, at, at + ARP_LENGTH, end);
  const arp = getArp(d.bytes, at, end, NOBODY);
  if (typeof arp === 'string') {
    // The first five fields have their place whatever the address types are.
    d.rows(node, ARP.rows.slice(0, 5), at, end);
    d.column('ARP', 'Address Resolution Protocol');
    if (arp === 'short header') d.malformed(node, end, arp);
    return end;
  }
  d.rows(node, ARP.rows, at, end);
  d.column('ARP', arpInfo(arp));
  const mark = arpMark(arp);
  if (mark === IS_ANNOUNCEMENT) addGenerated(node, IS_GRATUITOUS, 1, at);
  if (mark !== undefined) addGenerated(node, mark, 1, at);
  return at + ARP_LENGTH;
}

const NOBODY = new PacketId(0);

/** RFC 5227: a probe asks with sender 0.0.0.0, an announcement names the sender's own address as the target. */
function arpMark(arp: ArpPacket): typeof IS_PROBE | undefined {
  const own = arp.senderIp.key === arp.targetIp.key;
  if (arp.operation === ARP_REQUEST && arp.senderIp.key === 0) return IS_PROBE;
  if (own && arp.operation === ARP_REQUEST) return IS_ANNOUNCEMENT;
  return own && arp.operation === ARP_REPLY ? IS_GRATUITOUS : undefined;
}

function arpInfo(arp: ArpPacket): string {
  const mark = arpMark(arp);
  if (mark === IS_ANNOUNCEMENT) return `ARP Announcement for ${arp.targetIp}`;
  if (mark === IS_PROBE) return `Who has ${arp.targetIp}? (ARP Probe)`;
  if (mark === IS_GRATUITOUS) return `Gratuitous ARP for ${arp.targetIp} (Reply)`;
  if (arp.operation === ARP_REQUEST) return `Who has ${arp.targetIp}? Tell ${arp.senderIp}`;
  if (arp.operation === ARP_REPLY) return `${arp.senderIp} is at ${arp.senderMac}`;
  return `Unknown ARP opcode 0x${arp.operation.toString(16).padStart(4, '0')}`;
}
