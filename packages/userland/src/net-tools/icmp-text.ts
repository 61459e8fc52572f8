/** ICMP messages: their checksum, and the words that ping and tcpdump users know for them (RFC 792, RFC 1812 section 5.2.7.1). */
export const ICMP = Object.freeze({
  ECHO_REPLY: 0,
  DEST_UNREACH: 3,
  SOURCE_QUENCH: 4,
  REDIRECT: 5,
  ECHO: 8,
  TIME_EXCEEDED: 11,
  PARAMETER_PROBLEM: 12,
});

const UNREACHABLE = [
  'Destination Net Unreachable',
  'Destination Host Unreachable',
  'Destination Protocol Unreachable',
  'Destination Port Unreachable',
  'Frag needed and DF set',
  'Source Route Failed',
  'Destination Net Unknown',
  'Destination Host Unknown',
  'Source Host Isolated',
  'Destination Net Prohibited',
  'Destination Host Prohibited',
  'Destination Net Unreachable for Type of Service',
  'Destination Host Unreachable for Type of Service',
  'Packet filtered',
  'Precedence Violation',
  'Precedence Cutoff',
] as const;

/** ping's line for an error; `info` is the next-hop MTU of code 4, or the pointer of a parameter problem. */
export function icmpErrorText(type: number, code: number, info: number): string {
  if (type === ICMP.DEST_UNREACH) {
    const text = UNREACHABLE[code] ?? `Dest Unreachable, Bad Code: ${code}`;
    return code === 4 ? `${text} (mtu = ${info})` : text;
  }
  if (type === ICMP.SOURCE_QUENCH) return 'Source Quench';
  if (type === ICMP.REDIRECT)
    return (
      [
        'Redirect Network',
        'Redirect Host',
        'Redirect Type of Service and Network',
        'Redirect Type of Service and Host',
      ][code] ?? `Redirect, Bad Code: ${code}`
    );
  if (type === ICMP.TIME_EXCEEDED) {
    if (code === 0) return 'Time to live exceeded';
    return code === 1 ? 'Frag reassembly time exceeded' : `Time exceeded, Bad Code: ${code}`;
  }
  if (type === ICMP.PARAMETER_PROBLEM) return `Parameter problem: pointer = ${info}`;
  return `Bad ICMP type: ${type}`;
}

/** The Internet checksum (RFC 1071). */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** An echo request with its checksum. */
export function echoRequest(identifier: number, sequence: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + payload.length);
  bytes.set([ICMP.ECHO, 0, 0, 0, identifier >> 8, identifier & 255, (sequence >> 8) & 255, sequence & 255]);
  bytes.set(payload, 8);
  const checksum = internetChecksum(bytes);
  bytes[2] = checksum >> 8;
  bytes[3] = checksum & 255;
  return bytes;
}

export interface EchoHeader {
  readonly type: number;
  readonly code: number;
  readonly identifier: number;
  readonly sequence: number;
  /** Bytes of the ICMP message. */
  readonly length: number;
}

/** Reads an echo header, with or without an IP header before it; undefined where there is none. */
export function readEcho(bytes: Uint8Array, withIpHeader: boolean): EchoHeader | undefined {
  const start = withIpHeader ? (bytes[0]! & 15) * 4 : 0;
  if (bytes.length < start + 8 || (withIpHeader && start < 20)) return undefined;
  const at = (i: number) => bytes[start + i]!;
  return {
    type: at(0),
    code: at(1),
    identifier: (at(4) << 8) | at(5),
    sequence: (at(6) << 8) | at(7),
    length: bytes.length - start,
  };
}
