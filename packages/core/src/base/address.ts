/**
 * Addresses as immutable values. `key` is the value as a map key: a number for MAC and IPv4 addresses, a string for IPv6 ones, so that
 * keys of the two families never meet. Nothing above the wire looks inside an `IpAddress`; it compares keys and asks for bytes.
 */
export class MacAddress {
  /** True for broadcast and multicast (IEEE 802.3, the group bit of the first byte). */
  readonly isGroup: boolean;
  /** The first 16 bits, and the other 32 as a signed number: neither has a box, as `key` has. */
  readonly high: number;
  readonly low: number;

  constructor(readonly key: number) {
    this.high = Math.floor(key / 0x1_0000_0000);
    this.low = key | 0;
    this.isGroup = (this.high & 0x100) !== 0;
  }

  get isBroadcast(): boolean {
    return this.key === 0xffff_ffff_ffff;
  }

  toString(): string {
    const digits = this.key.toString(16).padStart(12, '0');
    return digits.replace(/..(?=.)/g, '$&:');
  }
}

export const MAC_BROADCAST = new MacAddress(0xffff_ffff_ffff);
export const MAC_ZERO = new MacAddress(0);

/** Accepts `02:00:00:00:00:01` and `02-00-00-00-00-01`; undefined for anything else. */
export function parseMac(text: string): MacAddress | undefined {
  if (!/^[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}$/i.test(text)) return undefined;
  return new MacAddress(text.split(/[:-]/).reduce((sum, part) => sum * 256 + Number.parseInt(part, 16), 0));
}

export class Ipv4Address {
  readonly family = 4;
  /** The address as a signed number, which the engine keeps without a box. */
  private readonly value: number;

  constructor(key: number) {
    this.value = key | 0;
  }

  /** The address as an unsigned 32-bit number. */
  get key(): number {
    return this.value >>> 0;
  }

  get byteLength(): number {
    return 4;
  }

  get bits(): number {
    return 32;
  }

  bytes(): Uint8Array {
    const value = this.key;
    return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
  }

  /** 224.0.0.0/4 (RFC 5771). */
  get isMulticast(): boolean {
    return this.key >>> 28 === 14;
  }

  /** 127.0.0.0/8 (RFC 1122 section 3.2.1.3). */
  get isLoopback(): boolean {
    return this.key >>> 24 === 127;
  }

  get isUnspecified(): boolean {
    return this.key === 0;
  }

  /** 255.255.255.255, which no router forwards (RFC 919). */
  get isLimitedBroadcast(): boolean {
    return this.key === 0xffff_ffff;
  }

  toString(): string {
    const value = this.key;
    return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
  }
}

/** Sixteen bytes; the codec and the stack for IPv6 come later, the type leaves room for them. */
export class Ipv6Address {
  readonly family = 6;
  /** 32 lower-case hex digits. */
  constructor(readonly key: string) {}

  get byteLength(): number {
    return 16;
  }

  get bits(): number {
    return 128;
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(16);
    for (let i = 0; i < 16; i++) out[i] = Number.parseInt(this.key.slice(i * 2, i * 2 + 2), 16);
    return out;
  }

  get isMulticast(): boolean {
    return this.key.startsWith('ff');
  }

  get isLoopback(): boolean {
    return this.key === '00000000000000000000000000000001';
  }

  get isUnspecified(): boolean {
    return this.key === '00000000000000000000000000000000';
  }

  get isLimitedBroadcast(): boolean {
    return false;
  }

  /** RFC 5952 text: lower case, the longest run of two or more zero groups shortened. */
  toString(): string {
    const groups = (this.key.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, ''));
    const text = groups.join(':');
    const runs = [...text.matchAll(/(?:^|:)(0(?::0)+)(?=:|$)/g)].map((match) => match[1]!);
    const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
    if (longest === '') return text;
    const at = text.search(new RegExp(`(^|:)${longest}(?=:|$)`));
    const from = text[at] === ':' ? at + 1 : at;
    return `${text.slice(0, from).replace(/:$/, '')}::${text.slice(from + longest.length).replace(/^:/, '')}`;
  }
}

export type IpAddress = Ipv4Address | Ipv6Address;

export const IPV4_ANY = new Ipv4Address(0);
export const IPV4_BROADCAST = new Ipv4Address(0xffff_ffff);
export const IPV4_LOOPBACK = new Ipv4Address(0x7f00_0001);

export function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a === b || a.key === b.key;
}

/** Dotted quad, all four parts, decimal, no leading zeros (as `inet_pton`); undefined for anything else. */
export function parseIpv4(text: string): Ipv4Address | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const part = match[i]!;
    const octet = Number(part);
    if (octet > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    value = value * 256 + octet;
  }
  return new Ipv4Address(value);
}

/** RFC 4291 section 2.2 text, `::` and a dotted quad at the end included; undefined for anything else. */
export function parseIpv6(text: string): Ipv6Address | undefined {
  const quad = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (quad) {
    const tail = parseIpv4(quad[2]!)?.key;
    if (tail === undefined) return undefined;
    text = `${quad[1]}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`;
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = head!.length + (tail?.length ?? 0);
  if (tail ? given > 7 : given !== 8) return undefined;
  const groups = [...head!, ...Array<string>(8 - given).fill('0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return new Ipv6Address(groups.map((group) => group.toLowerCase().padStart(4, '0')).join(''));
}

export function parseIp(text: string): IpAddress | undefined {
  return parseIpv4(text);
}

export function ipFromBytes(bytes: Uint8Array, start = 0): Ipv4Address {
  return new Ipv4Address(
    ((bytes[start]! << 24) | (bytes[start + 1]! << 16) | (bytes[start + 2]! << 8) | bytes[start + 3]!) >>> 0,
  );
}

/** An address prefix such as 10.0.1.0/24. `network` has its host bits cleared. */
export class Prefix {
  constructor(
    readonly network: IpAddress,
    readonly length: number,
  ) {}

  contains(address: IpAddress): boolean {
    if (address.family !== this.network.family) return false;
    if (address.family === 4) return maskIpv4(address.key, this.length) === this.network.key;
    return maskIpv6(address.key, this.length) === this.network.key;
  }

  /** The directed broadcast address; undefined where the prefix has none (IPv6, /31 by RFC 3021, /32). */
  get broadcast(): Ipv4Address | undefined {
    if (this.network.family !== 4 || this.length >= 31) return undefined;
    return new Ipv4Address((this.network.key | (0xffff_ffff >>> this.length)) >>> 0);
  }

  toString(): string {
    return `${this.network}/${this.length}`;
  }
}

export function maskIpv4(value: number, length: number): number {
  return length === 0 ? 0 : (value & (0xffff_ffff << (32 - length))) >>> 0;
}

function maskIpv6(key: string, length: number): string {
  const whole = length >> 2;
  const part = length & 3;
  if (whole >= 32) return key;
  const digit = part === 0 ? 0 : Number.parseInt(key[whole]!, 16) & (0xf << (4 - part)) & 0xf;
  return (key.slice(0, whole) + digit.toString(16)).padEnd(32, '0').slice(0, 32);
}

export function prefixOf(address: IpAddress, length: number): Prefix {
  if (address.family === 4) return new Prefix(new Ipv4Address(maskIpv4(address.key, length)), length);
  return new Prefix(new Ipv6Address(maskIpv6(address.key, length)), length);
}

/** An address with its prefix length, as on an interface: `10.0.1.2/24`. */
export interface InterfaceAddress {
  readonly address: IpAddress;
  readonly prefixLength: number;
}

/** Parses `10.0.1.2/24`; a missing length means a host address. Undefined for anything else. */
export function parseInterfaceAddress(text: string): InterfaceAddress | undefined {
  const slash = text.indexOf('/');
  const address = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (!address) return undefined;
  if (slash < 0) return { address, prefixLength: address.bits };
  const digits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > address.bits) return undefined;
  return { address, prefixLength: Number(digits) };
}

/** Parses a prefix such as `10.0.0.0/8` or `default`; host bits must be clear unless `lenient`. */
export function parsePrefix(text: string, lenient = false): Prefix | undefined {
  if (text === 'default') return new Prefix(IPV4_ANY, 0);
  const parsed = parseInterfaceAddress(text);
  if (!parsed) return undefined;
  const prefix = prefixOf(parsed.address, parsed.prefixLength);
  return lenient || sameAddress(prefix.network, parsed.address) ? prefix : undefined;
}
