/**
 * UDP datagrams made and read by hand, for hosts without an address: the kernel's UDP has no source to send from, so a DHCP client, and a
 * server that answers one, speak through a packet socket (RFC 791, RFC 768, checksums by RFC 1071).
 */
import { ipFromBytes, parseIpv4 } from '@netarium/core/base/address.ts';
import { assert } from '@netarium/core/base/assert.ts';
import { ByteReader, ByteWriter } from '@netarium/core/base/bytes.ts';

export const ETHERTYPE_IPV4 = 0x0800;
const PROTOCOL_UDP = 17;
const IP_HEADER = 20;
const UDP_HEADER = 8;
/** What ISC's client and server put there: minimize delay, 128 hops. */
const TOS = 0x10;
const TTL = 128;

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface Datagram {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly payload: Uint8Array;
}

/** The Internet checksum of the bytes, going on from `sum`. */
function checksum(bytes: Uint8Array, sum = 0): number {
  for (let i = 0; i < bytes.length; i++) sum += i % 2 === 0 ? bytes[i]! << 8 : bytes[i]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function addressBytes(text: string): Uint8Array {
  const address = parseIpv4(text);
  assert(address, `${text} is not an IPv4 address`);
  return address.bytes();
}

/** The pseudo header of RFC 768, as a sum for `checksum`. */
function pseudoSum(from: Uint8Array, to: Uint8Array, length: number): number {
  let sum = PROTOCOL_UDP + length;
  for (const bytes of [from, to]) for (let i = 0; i < 4; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
  return sum;
}

/** An IPv4 packet with one UDP datagram. */
export function encodeDatagram({ from, to, payload }: Datagram): Uint8Array {
  const [source, destination] = [addressBytes(from.address), addressBytes(to.address)];
  const length = UDP_HEADER + payload.length;
  const out = new ByteWriter(IP_HEADER + length);
  out
    .u8(0x45)
    .u8(TOS)
    .u16(IP_HEADER + length)
    .u16(0)
    .u16(0);
  out.u8(TTL).u8(PROTOCOL_UDP).u16(0).put(source).put(destination);
  out.setU16(10, checksum(out.written()));
  out.u16(from.port).u16(to.port).u16(length).u16(0).put(payload);
  const sum = checksum(out.written(IP_HEADER), pseudoSum(source, destination, length));
  // A sum of zero is sent as all ones; zero says that there is none.
  out.setU16(IP_HEADER + 6, sum === 0 ? 0xffff : sum);
  return out.bytes();
}

/** Takes a packet apart; undefined for anything but an undamaged, whole UDP datagram. */
export function decodeDatagram(bytes: Uint8Array): Datagram | undefined {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  const headerLength = (version & 15) * 4;
  reader.u8();
  const total = reader.u16();
  reader.u16();
  const fragment = reader.u16();
  reader.u8();
  const protocol = reader.u8();
  reader.u16();
  const source = reader.slice(4);
  const destination = reader.slice(4);
  if (reader.short || version >> 4 !== 4 || headerLength < IP_HEADER || total > bytes.length) return undefined;
  if (protocol !== PROTOCOL_UDP || (fragment & 0x3fff) !== 0 || checksum(bytes.subarray(0, headerLength)) !== 0)
    return undefined;
  const udp = new ByteReader(bytes, headerLength, total);
  const [fromPort, toPort, length, sum] = [udp.u16(), udp.u16(), udp.u16(), udp.u16()];
  if (udp.short || length! < UDP_HEADER || headerLength + length! > total) return undefined;
  const datagram = bytes.subarray(headerLength, headerLength + length!);
  if (sum !== 0 && checksum(datagram, pseudoSum(source, destination, length!)) !== 0) return undefined;
  return {
    from: { address: String(ipFromBytes(source)), port: fromPort! },
    to: { address: String(ipFromBytes(destination)), port: toPort! },
    payload: datagram.slice(UDP_HEADER),
  };
}
