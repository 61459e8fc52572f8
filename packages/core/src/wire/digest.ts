/**
 * A frame's contribution to the wire digest: every header field, the payload by its chunk's sum and range, the length. No bytes are made.
 * Two frames that differ in any field differ here; identities (`PacketId`) are not part of a frame on the wire and are left out.
 *
 * This runs once per hop. Fields are packed into words first and mixed in one loop: each function writes from `at` on and answers where
 * it ended.
 */
import type { Mix } from '../base/mix.ts';
import type { ArpPacket, Frame, Ipv4Packet, NetworkPdu, TcpOptions, TcpSegment } from './packet.ts';
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
/**
 * Scratch, written before it is read. The longest frame: two tags and addresses, 40 bytes of IP options, four SACK blocks, 40 bytes of
 * unknown TCP options at two words each, 40 raw option bytes.
 */
const WORDS = new Int32Array(192);

/** Mixes in a frame that starts on the wire of `lane` (a hash of its name) at `start`. */
export function digestTransmission(mix: Mix, lane: number, start: number, frame: Frame): void {
  const words = WORDS;
  words[0] = lane;
  words[1] = start;
  words[2] = start / TWO_32;
  mix.words(words, ethernet(words, 3, frame));
}

function ethernet(words: Int32Array, at: number, frame: Frame): number {
  const { dst, src } = frame;
  words[at] = dst.low;
  words[at + 1] = src.low;
  words[at + 2] = (dst.high << 16) | src.high;
  words[at + 3] = (frame.etherType << 16) ^ frame.length;
  const end = network(words, at + 4, frame.payload);
  const { trailer } = frame;
  if (trailer === undefined) return end;
  words[end] = TRAILER;
  return payload(words, end + 1, trailer);
}

function network(words: Int32Array, at: number, pdu: NetworkPdu): number {
  switch (pdu.kind) {
    case 'ipv4':
      return ipv4(words, at, pdu);
    case 'arp':
      return arp(words, at, pdu);
    case 'vlan':
      words[at] = VLAN;
      words[at + 1] = (pdu.vlanId << 20) | (pdu.priority << 17) | (pdu.dropEligible ? 0x1_0000 : 0) | pdu.etherType;
      return network(words, at + 2, pdu.payload);
    case 'raw':
      words[at] = RAW;
      return payload(words, at + 1, pdu.payload);
  }
}

function payload(words: Int32Array, at: number, bytes: Payload): number {
  const { chunk } = bytes;
  chunk.digestInto(words, at);
  words[at + 2] = bytes.start - chunk.from;
  words[at + 3] = bytes.end - chunk.from;
  return at + 4;
}

/** A few bytes, their number first, packed four to a word. */
function shortBytes(words: Int32Array, at: number, bytes: Uint8Array): number {
  words[at++] = bytes.length;
  for (let i = 0; i < bytes.length; i += 4) {
    words[at++] = (bytes[i]! << 24) | ((bytes[i + 1] ?? 0) << 16) | ((bytes[i + 2] ?? 0) << 8) | (bytes[i + 3] ?? 0);
  }
  return at;
}

function arp(words: Int32Array, at: number, pdu: ArpPacket): number {
  const { senderMac, targetMac } = pdu;
  words[at] = (ARP << 16) | pdu.operation;
  words[at + 1] = senderMac.low;
  words[at + 2] = targetMac.low;
  words[at + 3] = (senderMac.high << 16) | targetMac.high;
  words[at + 4] = pdu.senderIp.key;
  words[at + 5] = pdu.targetIp.key;
  return at + 6;
}

function ipv4(words: Int32Array, at: number, packet: Ipv4Packet): number {
  words[at] = (IPV4 << 24) | packet.service;
  words[at + 1] = packet.src.key;
  words[at + 2] = packet.dst.key;
  words[at + 3] = packet.fragment;
  at += 4;
  if (packet.options !== undefined) at = shortBytes(words, at, packet.options);
  const inner = packet.payload;
  switch (inner.kind) {
    case 'tcp':
      return tcp(words, at, inner);
    case 'udp':
      words[at] = inner.checksum ? UDP : UDP | 0x100;
      words[at + 1] = (inner.srcPort << 16) | inner.dstPort;
      return payload(words, at + 2, inner.payload);
    case 'icmp':
      words[at] = (ICMP << 16) | (inner.type << 8) | inner.code;
      words[at + 1] = inner.rest;
      return payload(words, at + 2, inner.payload);
    case 'raw':
      words[at] = RAW;
      return payload(words, at + 1, inner.payload);
  }
}

function tcp(words: Int32Array, at: number, segment: TcpSegment): number {
  words[at] = (TCP << 16) | segment.flags;
  words[at + 1] = (segment.srcPort << 16) | segment.dstPort;
  words[at + 2] = segment.seq;
  words[at + 3] = segment.ack;
  words[at + 4] = (segment.window << 16) | segment.urgentPointer;
  // A missing time stamp is -1, which the header's length tells from the time stamp of that value.
  words[at + 5] = segment.tsVal;
  words[at + 6] = segment.tsEcr ^ (segment.headerLength << 24);
  at += 7;
  if (segment.options !== undefined) at = tcpOptions(words, at, segment.options);
  return payload(words, at, segment.payload);
}

function tcpOptions(words: Int32Array, at: number, options: TcpOptions): number {
  words[at++] = options.mss ?? -1;
  words[at++] = (options.windowScale ?? 0xff) | (options.sackPermitted === true ? 0x100 : 0);
  const { sack, unknown, raw } = options;
  if (sack !== undefined) {
    words[at++] = sack.length;
    for (const [left, right] of sack) {
      words[at++] = left;
      words[at++] = right;
    }
  }
  if (unknown !== undefined) {
    for (const { kind, data } of unknown) {
      words[at++] = kind;
      at = shortBytes(words, at, data);
    }
  }
  return raw === undefined ? at : shortBytes(words, at, raw);
}
