/** The quote in an ICMP error: made at most 576 bytes long in all, and read back tolerantly, as its datagram is cut and its sums may be off. */
import { ipFromBytes } from '../base/address.ts';
import { encodeNetwork } from '../wire/codec.ts';
import { IPV4_HEADER_LENGTH, type Ipv4Packet } from '../wire/packet.ts';
import { type Payload, payloadOf } from '../wire/payload.ts';
import type { QuotedPacket } from './types.ts';

/** RFC 1812 section 4.3.2.3: as much as possible without the error exceeding 576 bytes. */
const ERROR_LENGTH_MAX = 576;
const ICMP_HEADER_LENGTH = 8;
const TRANSPORT_BYTES_MIN = 8;

export function quoteOf(packet: Ipv4Packet, mtu: number, optionsLength: number): Payload {
  const room = Math.min(mtu, ERROR_LENGTH_MAX) - IPV4_HEADER_LENGTH - optionsLength - ICMP_HEADER_LENGTH;
  const bytes = encodeNetwork(packet);
  return payloadOf(bytes.length <= room ? bytes : bytes.slice(0, room));
}

/** Undefined where there is no IPv4 header with eight bytes behind it (icmp_socket_deliver). */
export function readQuote(payload: Payload): QuotedPacket | undefined {
  const bytes = payload.bytes();
  if (bytes.length < IPV4_HEADER_LENGTH || bytes[0]! >> 4 !== 4) return undefined;
  const headerLength = (bytes[0]! & 15) * 4;
  if (headerLength < IPV4_HEADER_LENGTH || bytes.length < headerLength + TRANSPORT_BYTES_MIN) return undefined;
  return {
    src: ipFromBytes(bytes, 12),
    dst: ipFromBytes(bytes, 16),
    protocol: bytes[9]!,
    bytes: bytes.subarray(headerLength),
  };
}
