/**
 * A frame's contribution to the wire digest: every header field, the payload by its chunk's sum and range, the length. No bytes are made.
 * Two frames that differ in any field differ here; identities (`PacketId`) are not part of a frame on the wire and are left out.
 *
 * This runs once per hop. What no router changes of a datagram is digested on its first link and goes with its copies. Fields are read before
 * the first word of a group is mixed: the engine then keeps both halves of the mix in registers, some 17 instructions a word in place of 27.
 */
import { Mix } from '../base/mix.ts';
import type { ArpPacket, Frame, Ipv4Packet, NetworkPdu, TcpOptions, TcpSegment, TransportPdu } from './packet.ts';
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

const TWO_32 = 0x1_0000_0000;

/** Mixes in a frame that starts on the wire of `lane` (a hash of its name) at `start`. */
export function digestTransmission(mix: Mix, lane: number, start: number, frame: Frame): void {
  const { dst, src, payload, trailer } = frame;
  const dstLow = dst.low;
  const srcLow = src.low;
  const high = (dst.high << 16) | src.high;
  const shape = (frame.etherType << 16) ^ frame.length;
  mix.word(lane);
  mix.word(start | 0);
  mix.word((start / TWO_32) | 0);
  mix.word(dstLow);
  mix.word(srcLow);
  mix.word(high);
  mix.word(shape);
  network(mix, payload);
  if (trailer === undefined) return;
  mix.word(TRAILER);
  carried(mix, trailer);
}

function network(mix: Mix, pdu: NetworkPdu): void {
  switch (pdu.kind) {
    case 'ipv4':
      ipv4(mix, pdu);
      return;
    case 'arp':
      arp(mix, pdu);
      return;
    case 'vlan':
      mix.word(VLAN);
      mix.word((pdu.vlanId << 20) | (pdu.priority << 17) | (pdu.dropEligible ? 0x1_0000 : 0) | pdu.etherType);
      network(mix, pdu.payload);
      return;
    case 'raw':
      mix.word(RAW);
      carried(mix, pdu.payload);
  }
}

function ipv4(mix: Mix, packet: Ipv4Packet): void {
  if (packet.contentsA === 0 && packet.contentsB === 0) digestContents(packet);
  const { service, contentsA, contentsB } = packet;
  mix.word((IPV4 << 24) | service);
  mix.word(contentsA);
  mix.word(contentsB);
}

/** All but the service word, which routers change. */
function digestContents(packet: Ipv4Packet): void {
  const mix = new Mix();
  const { fragment, options } = packet;
  const src = packet.src.key;
  const dst = packet.dst.key;
  mix.word(src);
  mix.word(dst);
  mix.word(fragment);
  if (options !== undefined) shortBytes(mix, options);
  transport(mix, packet.payload);
  packet.contentsA = mix.a;
  packet.contentsB = mix.b;
}

function transport(mix: Mix, pdu: TransportPdu): void {
  switch (pdu.kind) {
    case 'tcp':
      tcp(mix, pdu);
      break;
    case 'udp':
      mix.word(pdu.checksum ? UDP : UDP | 0x100);
      mix.word((pdu.srcPort << 16) | pdu.dstPort);
      break;
    case 'icmp':
      mix.word((ICMP << 16) | (pdu.type << 8) | pdu.code);
      mix.word(pdu.rest);
      break;
    case 'raw':
      mix.word(RAW);
  }
  carried(mix, pdu.payload);
}

function tcp(mix: Mix, segment: TcpSegment): void {
  const { flags, srcPort, dstPort, seq, ack, window, urgentPointer, tsVal, options } = segment;
  const last = segment.tsEcr ^ (segment.headerLength << 24);
  mix.word((TCP << 16) | flags);
  mix.word((srcPort << 16) | dstPort);
  mix.word(seq);
  mix.word(ack);
  mix.word((window << 16) | urgentPointer);
  // A missing time stamp is -1, which the header's length tells from the time stamp of that value.
  mix.word(tsVal);
  mix.word(last);
  if (options !== undefined) tcpOptions(mix, options);
}

function tcpOptions(mix: Mix, options: TcpOptions): void {
  mix.word(options.mss ?? -1);
  mix.word((options.windowScale ?? 0xff) | (options.sackPermitted === true ? 0x100 : 0));
  const { sack, unknown, raw } = options;
  if (sack !== undefined) {
    mix.word(sack.length);
    for (const [left, right] of sack) {
      mix.word(left);
      mix.word(right);
    }
  }
  if (unknown !== undefined) {
    for (const { kind, data } of unknown) {
      mix.word(kind);
      shortBytes(mix, data);
    }
  }
  if (raw !== undefined) shortBytes(mix, raw);
}

function arp(mix: Mix, { operation, senderMac, targetMac, senderIp, targetIp }: ArpPacket): void {
  mix.word((ARP << 16) | operation);
  mix.word(senderMac.low);
  mix.word(targetMac.low);
  mix.word((senderMac.high << 16) | targetMac.high);
  mix.word(senderIp.key);
  mix.word(targetIp.key);
}

function carried(mix: Mix, { chunk, start, end }: Payload): void {
  const { from } = chunk;
  chunk.digestInto(mix);
  mix.word(start - from);
  mix.word(end - from);
}

/** A few bytes, their number first, packed four to a word. */
function shortBytes(mix: Mix, bytes: Uint8Array): void {
  mix.word(bytes.length);
  for (let i = 0; i < bytes.length; i += 4) {
    mix.word((bytes[i]! << 24) | ((bytes[i + 1] ?? 0) << 16) | ((bytes[i + 2] ?? 0) << 8) | (bytes[i + 3] ?? 0));
  }
}
