/** What the printers of tcpdump share: how much to show, names for numbers, and the base of relative sequence numbers. */
export interface PrintContext {
  /** How often -v was given. */
  readonly verbose: number;
  /** -q */
  readonly quiet: boolean;
  /** -n */
  readonly numeric: boolean;
  /** -e */
  readonly linkHeader: boolean;
  host(address: string): string;
  port(port: number, protocol: 'tcp' | 'udp'): string;
  /** What to take off the sequence and acknowledgement numbers of this packet; zeros for absolute numbers. */
  readonly base: SequenceBase;
}

export interface SequenceBase {
  readonly sequence: number;
  readonly acknowledgement: number;
}

export const ABSOLUTE: SequenceBase = Object.freeze({ sequence: 0, acknowledgement: 0 });

export function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 0x10000 + u16(bytes, at + 2);
}

export function ipText(bytes: Uint8Array, at: number): string {
  return `${bytes[at] ?? 0}.${bytes[at + 1] ?? 0}.${bytes[at + 2] ?? 0}.${bytes[at + 3] ?? 0}`;
}

export function macText(bytes: Uint8Array, at: number): string {
  return Array.from({ length: 6 }, (_, i) => (bytes[at + i] ?? 0).toString(16).padStart(2, '0')).join(':');
}

export function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

/** The Internet checksum of a pseudo header and a segment; 0 where the stored one is right (RFC 9293 section 3.1, RFC 768). */
export function checksumWithPseudo(ipHeader: Uint8Array, protocol: number, segment: Uint8Array): number {
  let sum = protocol + segment.length;
  for (let i = 12; i < 20; i += 2) sum += u16(ipHeader, i);
  for (let i = 0; i < segment.length; i += 2) sum += u16(segment, i) & (i + 1 < segment.length ? 0xffff : 0xff00);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
