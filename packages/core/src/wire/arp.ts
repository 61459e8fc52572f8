/** ARP for IPv4 over Ethernet (RFC 826), 28 bytes. Other hardware and protocol types stay raw bytes. */
import { Ipv4Address, MacAddress } from '../base/address.ts';
import { get16, get32, get48, put16, put32, put48 } from './buffer.ts';
import { ArpPacket, ETHERTYPE, type PacketId, type RawProblem } from './packet.ts';

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

// -- encode

export function putArp(bytes: Uint8Array, at: number, arp: ArpPacket): void {
  put16(bytes, at + AT.hardwareType, HARDWARE_ETHERNET);
  put16(bytes, at + AT.protocolType, ETHERTYPE.ipv4);
  put16(bytes, at + AT.hardwareSize, SIZES);
  put16(bytes, at + AT.operation, arp.operation);
  put48(bytes, at + AT.senderMac, arp.senderMac.key);
  put32(bytes, at + AT.senderIp, arp.senderIp.key);
  put48(bytes, at + AT.targetMac, arp.targetMac.key);
  put32(bytes, at + AT.targetIp, arp.targetIp.key);
}

// -- decode

export function getArp(bytes: Uint8Array, at: number, end: number, ident: PacketId): ArpPacket | RawProblem {
  if (end - at < ARP_LENGTH) return 'short header';
  const known =
    get16(bytes, at + AT.hardwareType) === HARDWARE_ETHERNET &&
    get16(bytes, at + AT.protocolType) === ETHERTYPE.ipv4 &&
    get16(bytes, at + AT.hardwareSize) === SIZES;
  if (!known) return 'unknown hardware or protocol type';
  return new ArpPacket(
    ident,
    get16(bytes, at + AT.operation),
    new MacAddress(get48(bytes, at + AT.senderMac)),
    new Ipv4Address(get32(bytes, at + AT.senderIp)),
    new MacAddress(get48(bytes, at + AT.targetMac)),
    new Ipv4Address(get32(bytes, at + AT.targetIp)),
  );
}
