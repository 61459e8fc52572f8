/**
 * A frame's contribution to the wire digest: every header field, the payload by its chunk's sum and range, the length. No bytes are made.
 * Two frames that differ in any field differ here; identities (`PacketId`) are not part of a frame on the wire and are left out.
 */
import type { Mix } from '../base/mix.ts';
import type { ArpPacket, Frame, Ipv4Packet, NetworkPdu, RawPdu, TcpOptions, TcpSegment } from './packet.ts';
import type { Payload } from './payload.ts';

// First words that keep the shapes apart.
const ARP = 1;
const IPV4 = 2;
const VLAN = 3;
const RAW = 4;
const TCP = 5;
const UDP = 6;
const ICMP = 7;
const TRAILER = 8;

export function digestFrame(mix: Mix, frame: Frame): void {
  mix.wide(frame.dst.key);
  mix.wide(frame.src.key);
  mix.word((frame.etherType << 16) | frame.length);
  network(mix, frame.payload);
  const { trailer } = frame;
  if (trailer !== undefined) {
    mix.word(TRAILER);
    payload(mix, trailer);
  }
}

function network(mix: Mix, pdu: NetworkPdu): void {
  switch (pdu.kind) {
    case 'ipv4':
      ipv4(mix, pdu);
      break;
    case 'arp':
      arp(mix, pdu);
      break;
    case 'vlan':
      mix.word(VLAN);
      mix.word((pdu.vlanId << 20) | (pdu.priority << 17) | (pdu.dropEligible ? 0x1_0000 : 0) | pdu.etherType);
      network(mix, pdu.payload);
      break;
    case 'raw':
      raw(mix, pdu);
      break;
  }
}

function raw(mix: Mix, pdu: RawPdu): void {
  mix.word(RAW);
  payload(mix, pdu.payload);
}

function payload(mix: Mix, bytes: Payload): void {
  bytes.chunk.digestInto(mix);
  mix.word(bytes.start);
  mix.word(bytes.end);
}

function arp(mix: Mix, pdu: ArpPacket): void {
  mix.word((ARP << 16) | pdu.operation);
  mix.wide(pdu.senderMac.key);
  mix.word(pdu.senderIp.key);
  mix.wide(pdu.targetMac.key);
  mix.word(pdu.targetIp.key);
}

function ipv4(mix: Mix, packet: Ipv4Packet): void {
  mix.word((IPV4 << 24) | (packet.protocol << 16) | (packet.ttl << 8) | packet.tos);
  mix.word(packet.src.key);
  mix.word(packet.dst.key);
  // The offset counts units of eight bytes on the wire: 13 bits.
  const flags = (packet.dontFragment ? 2 : 0) | (packet.moreFragments ? 1 : 0);
  mix.word((packet.identification << 16) | (flags << 13) | (packet.fragmentOffset >> 3));
  if (packet.options !== undefined) mix.bytes(packet.options);
  const inner = packet.payload;
  switch (inner.kind) {
    case 'tcp':
      tcp(mix, inner);
      break;
    case 'udp':
      mix.word(UDP + (inner.checksum ? 0 : 0x100));
      mix.word((inner.srcPort << 16) | inner.dstPort);
      payload(mix, inner.payload);
      break;
    case 'icmp':
      mix.word((ICMP << 16) | (inner.type << 8) | inner.code);
      mix.word(inner.rest);
      payload(mix, inner.payload);
      break;
    case 'raw':
      raw(mix, inner);
      break;
  }
}

function tcp(mix: Mix, segment: TcpSegment): void {
  mix.word((TCP << 16) | segment.flags);
  mix.word((segment.srcPort << 16) | segment.dstPort);
  mix.word(segment.seq);
  mix.word(segment.ack);
  mix.word((segment.window << 16) | segment.urgentPointer);
  if (segment.tsVal >= 0) {
    mix.word(segment.tsVal);
    mix.word(segment.tsEcr);
  }
  if (segment.options !== undefined) tcpOptions(mix, segment.options);
  payload(mix, segment.payload);
}

function tcpOptions(mix: Mix, options: TcpOptions): void {
  mix.word(
    (options.mss ?? -1) ^ ((options.windowScale ?? -1) << 17) ^ (options.sackPermitted === true ? 0x4000_0000 : 0),
  );
  if (options.sack !== undefined) {
    mix.word(options.sack.length);
    for (const [left, right] of options.sack) {
      mix.word(left);
      mix.word(right);
    }
  }
  for (const option of options.unknown ?? []) {
    mix.word(option.kind);
    mix.bytes(option.data);
  }
  if (options.raw !== undefined) mix.bytes(options.raw);
}
