/**
 * Capture filters: hosts, nets, ports, protocols, lengths, bytes of headers, joined by and, or, not and parentheses, as pcap-filter(7) has
 * them for Ethernet and IPv4. They are closures over the frame's bytes; arithmetic is 32 bits wide and unsigned, as in BPF. A byte that is not
 * there makes the whole filter false, as BPF does. Leaves out: IPv6, VLAN, MPLS, PPP, `gateway`, `proto` names beyond a few.
 */
import { Prefix, parseIpv4, parseMac, parsePrefix } from '@netarium/core/base/address.ts';
import type { CoverageSection } from '../../lib/options.ts';
import { macText, u16, u32 } from './context.ts';
import { FIELD_OFFSETS, FilterError, filterNumber, filterWords, NAMED_NUMBERS } from './filter-words.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, locateNetwork, locateTransport, PROTOCOL } from './locate.ts';

export interface FilterFrame {
  readonly bytes: Uint8Array;
  readonly wireLength: number;
}

export type FrameTest = (frame: FilterFrame) => boolean;

/** How names in a filter become numbers; undefined where nobody knows them. */
export interface FilterNames {
  host(name: string): Promise<readonly string[] | undefined>;
  port(name: string): number | undefined;
}

type Direction = 'src' | 'dst' | 'either' | 'both';
type Protocol = 'ether' | 'ip' | 'arp' | 'rarp' | 'icmp' | 'tcp' | 'udp' | undefined;
type Kind = 'host' | 'net' | 'port' | 'portrange' | 'proto' | undefined;

interface Qualifiers {
  readonly protocol: Protocol;
  readonly direction: Direction | undefined;
  readonly kind: Kind;
}

/** Thrown by an expression whose byte lies outside the frame; caught at the top of the filter. */
class Outside extends Error {}

type Value = (frame: FilterFrame) => number;

const PROTOCOLS = ['ether', 'ip', 'arp', 'rarp', 'icmp', 'tcp', 'udp'] as const;
const KINDS = ['host', 'net', 'port', 'portrange', 'proto'] as const;
const UNSUPPORTED = new Set([
  'ip6',
  'icmp6',
  'vlan',
  'mpls',
  'pppoed',
  'pppoes',
  'geneve',
  'gateway',
  'wlan',
  'fddi',
  'tr',
  'link',
  'decnet',
  'iso',
  'stp',
  'igmp',
  'sctp',
  'inbound',
  'outbound',
  'ifname',
  'ifindex',
  'protochain',
  'igrp',
  'pim',
  'vrrp',
  'carp',
  'ah',
  'esp',
  'lat',
  'aarp',
  'ipx',
  'netbeui',
  'moprc',
  'mopdl',
]);
const IP_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['icmp', PROTOCOL.ICMP],
  ['igmp', PROTOCOL.IGMP],
  ['tcp', PROTOCOL.TCP],
  ['udp', PROTOCOL.UDP],
]);
const ETHER_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['ip', ETHERTYPE_IPV4],
  ['arp', ETHERTYPE_ARP],
  ['rarp', 0x8035],
  ['ip6', 0x86dd],
]);
const RELATIONS: ReadonlyMap<string, (a: number, b: number) => boolean> = new Map([
  ['<', (a: number, b: number) => a < b],
  ['>', (a, b) => a > b],
  ['<=', (a, b) => a <= b],
  ['>=', (a, b) => a >= b],
  ['=', (a, b) => a === b],
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
]);
const ARITHMETIC: ReadonlyMap<string, readonly [level: number, (a: number, b: number) => number]> = new Map<
  string,
  readonly [number, (a: number, b: number) => number]
>([
  ['|', [0, (a, b) => (a | b) >>> 0]],
  ['^', [1, (a, b) => (a ^ b) >>> 0]],
  ['&', [2, (a, b) => (a & b) >>> 0]],
  ['<<', [3, (a, b) => (b > 31 ? 0 : (a << b) >>> 0)]],
  ['>>', [3, (a, b) => (b > 31 ? 0 : a >>> b)]],
  ['+', [4, (a, b) => (a + b) >>> 0]],
  ['-', [4, (a, b) => (a - b) >>> 0]],
  ['*', [5, (a, b) => Math.imul(a, b) >>> 0]],
  ['/', [5, (a, b) => (b === 0 ? outside() : Math.floor(a / b))]],
]);

function outside(): never {
  throw new Outside();
}

function isType(etherType: number): FrameTest {
  return ({ bytes }) => locateNetwork(bytes)?.etherType === etherType;
}

function isIpProtocol(number: number): FrameTest {
  return ({ bytes }) => locateTransport(bytes)?.protocol === number;
}

function protocolTest(protocol: Protocol): FrameTest {
  switch (protocol) {
    case undefined:
    case 'ether':
      return () => true;
    case 'ip':
      return isType(ETHERTYPE_IPV4);
    case 'arp':
      return isType(ETHERTYPE_ARP);
    case 'rarp':
      return isType(0x8035);
    case 'icmp':
    case 'tcp':
    case 'udp':
      return isIpProtocol(IP_PROTOCOLS.get(protocol)!);
  }
}

function byDirection(direction: Direction | undefined, source: FrameTest, destination: FrameTest): FrameTest {
  if (direction === 'src') return source;
  if (direction === 'dst') return destination;
  if (direction === 'both') return (frame) => source(frame) && destination(frame);
  return (frame) => source(frame) || destination(frame);
}

/** Source and destination of IPv4, sender and target of ARP. */
function addressTest(protocol: Protocol, prefix: Prefix, direction: Direction | undefined): FrameTest {
  const inside =
    (ipOffset: number, arpOffset: number): FrameTest =>
    ({ bytes }) => {
      const network = locateNetwork(bytes);
      const offset =
        network?.etherType === ETHERTYPE_IPV4
          ? ipOffset
          : network?.etherType === ETHERTYPE_ARP || network?.etherType === 0x8035
            ? arpOffset
            : -1;
      if (!network || offset < 0 || bytes.length < network.start + offset + 4) return false;
      const key = u32(bytes, network.start + offset);
      return prefixHolds(prefix, key);
    };
  const allowed = protocolTest(protocol);
  const test = byDirection(direction, inside(12, 14), inside(16, 24));
  return (frame) => allowed(frame) && test(frame);
}

function prefixHolds(prefix: Prefix, key: number): boolean {
  if (prefix.network.family !== 4) return false;
  const mask = prefix.length === 0 ? 0 : (0xffff_ffff << (32 - prefix.length)) >>> 0;
  return (key & mask) >>> 0 === prefix.network.key;
}

function portTest(protocol: Protocol, low: number, high: number, direction: Direction | undefined): FrameTest {
  if (protocol !== undefined && protocol !== 'tcp' && protocol !== 'udp')
    throw new FilterError(`'${protocol}' modifier applied to port`);
  const at =
    (offset: number): FrameTest =>
    ({ bytes }) => {
      const place = locateTransport(bytes);
      if (place?.fragmentOffset !== 0 || bytes.length < place.start + 4) return false;
      const right =
        protocol === undefined
          ? place.protocol === PROTOCOL.TCP || place.protocol === PROTOCOL.UDP
          : place.protocol === IP_PROTOCOLS.get(protocol);
      const port = u16(bytes, place.start + offset);
      return right && port >= low && port <= high;
    };
  return byDirection(direction, at(0), at(2));
}

class FilterParser {
  private at = 0;
  private last: Qualifiers = { protocol: undefined, direction: undefined, kind: undefined };

  constructor(
    private readonly words: readonly string[],
    private readonly names: FilterNames,
  ) {}

  async parse(): Promise<FrameTest> {
    if (this.words.length === 0) return () => true;
    const test = await this.expression();
    if (this.at < this.words.length) throw new FilterError('syntax error');
    return (frame) => {
      try {
        return test(frame);
      } catch (error) {
        if (error instanceof Outside) return false;
        throw error;
      }
    };
  }

  private peek(): string | undefined {
    return this.words[this.at];
  }

  private take(...options: string[]): boolean {
    const word = this.peek();
    if (word === undefined || !options.includes(word)) return false;
    this.at++;
    return true;
  }

  /** `and` and `or` have the same precedence and join from the left. */
  private async expression(): Promise<FrameTest> {
    let left = await this.term();
    for (;;) {
      if (this.take('and', '&&')) {
        const [a, b] = [left, await this.term()];
        left = (frame) => a(frame) && b(frame);
      } else if (this.take('or', '||')) {
        const [a, b] = [left, await this.term()];
        left = (frame) => a(frame) || b(frame);
      } else return left;
    }
  }

  private async term(): Promise<FrameTest> {
    if (this.take('not', '!')) {
      const test = await this.term();
      return (frame) => !test(frame);
    }
    const start = this.at;
    const relation = this.relation();
    if (relation) return relation;
    this.at = start;
    if (this.take('(')) {
      const test = await this.expression();
      if (!this.take(')')) throw new FilterError('syntax error');
      return test;
    }
    return this.primitive();
  }

  private async primitive(): Promise<FrameTest> {
    const word = this.peek();
    if (word === undefined) throw new FilterError('syntax error');
    if (UNSUPPORTED.has(word))
      throw new FilterError(`'${word}' is not supported by Netarium; see docs/coverage/tcpdump.md`);
    if (this.take('less')) return this.lengthTest((length, limit) => length <= limit);
    if (this.take('greater')) return this.lengthTest((length, limit) => length >= limit);
    const given = this.qualifiers();
    const next = this.peek();
    if (next === 'broadcast' || next === 'multicast') return this.groupTest(given);
    const bare = given.direction === undefined && given.kind === undefined;
    // A protocol alone, or at the end of a term.
    if (given.protocol !== undefined && bare && (next === undefined || ['and', '&&', 'or', '||', ')'].includes(next))) {
      if (given.protocol === 'ether') throw new FilterError('syntax error');
      return protocolTest(given.protocol);
    }
    if (next === undefined) throw new FilterError('syntax error');
    this.at++;
    // `port 80 or 443`: an identifier without qualifiers takes those before it.
    const none = given.protocol === undefined && bare;
    const qualifiers =
      none && this.last.kind !== undefined ? this.last : { ...given, kind: given.kind ?? ('host' as const) };
    this.last = qualifiers;
    return this.identifier(qualifiers, next);
  }

  private qualifiers(): Qualifiers {
    let protocol: Protocol;
    let direction: Direction | undefined;
    let kind: Kind;
    const first = this.peek();
    if ((PROTOCOLS as readonly (string | undefined)[]).includes(first)) {
      protocol = first as Protocol;
      this.at++;
    }
    const side = this.peek();
    if (side === 'src' || side === 'dst') {
      this.at++;
      direction = side;
      const joined = this.peek();
      const other = this.words[this.at + 1];
      if ((joined === 'or' || joined === 'and') && (other === 'src' || other === 'dst') && other !== side) {
        this.at += 2;
        direction = joined === 'or' ? 'either' : 'both';
      }
    }
    const last = this.peek();
    if ((KINDS as readonly (string | undefined)[]).includes(last)) {
      kind = last as Kind;
      this.at++;
    }
    return { protocol, direction, kind };
  }

  private lengthTest(compare: (length: number, limit: number) => boolean): FrameTest {
    const limit = filterNumber(this.words[this.at++]);
    if (limit === undefined) throw new FilterError('syntax error');
    return ({ wireLength }) => compare(wireLength, limit);
  }

  private groupTest(given: Qualifiers): FrameTest {
    const word = this.words[this.at++]!;
    if (given.protocol !== undefined && given.protocol !== 'ether')
      throw new FilterError(`'${given.protocol} ${word}' is not supported by Netarium; see docs/coverage/tcpdump.md`);
    if (word === 'multicast') return ({ bytes }) => ((bytes[0] ?? 0) & 1) === 1;
    return ({ bytes }) => bytes.length >= 6 && macText(bytes, 0) === 'ff:ff:ff:ff:ff:ff';
  }

  private async identifier(qualifiers: Qualifiers, word: string): Promise<FrameTest> {
    const { protocol, direction } = qualifiers;
    switch (qualifiers.kind) {
      case 'port': {
        const port = this.port(word);
        return portTest(protocol, port, port, direction);
      }
      case 'portrange': {
        const [from, to = from] = word.split('-');
        const [low, high] = [this.port(from!), this.port(to!)];
        return portTest(protocol, Math.min(low, high), Math.max(low, high), direction);
      }
      case 'proto':
        return this.protoNumber(protocol, word);
      case 'net':
        return this.net(qualifiers, word);
      default:
        return this.host(qualifiers, word);
    }
  }

  private port(word: string): number {
    const port = filterNumber(word) ?? this.names.port(word);
    if (port === undefined) throw new FilterError(`unknown port '${word}'`);
    if (port > 65535) throw new FilterError(`illegal port number ${port} > 65535`);
    return port;
  }

  private protoNumber(protocol: Protocol, word: string): FrameTest {
    const name = word.replace(/^\\/, '');
    if (protocol === 'ether') {
      const etherType = filterNumber(name) ?? ETHER_PROTOCOLS.get(name);
      if (etherType === undefined) throw new FilterError(`unknown ether proto '${word}'`);
      return isType(etherType);
    }
    if (protocol !== undefined && protocol !== 'ip') throw new FilterError(`'${protocol} proto' is bogus`);
    const number = filterNumber(name) ?? IP_PROTOCOLS.get(name);
    if (number === undefined) throw new FilterError(`unknown protocol: ${word}`);
    return isIpProtocol(number);
  }

  /** `10.0.1.0/24`, `10.0.1.0 mask 255.255.255.0`, `10.0.1`. */
  private net(qualifiers: Qualifiers, word: string): FrameTest {
    let text = word;
    if (this.take('/')) text += `/${this.words[this.at++] ?? ''}`;
    else if (this.take('mask')) text += `/${maskLength(this.words[this.at++])}`;
    else {
      const parts = word.split('.');
      if (parts.length < 4 || parts.slice(-1)[0] === '0')
        text = `${[...parts, '0', '0', '0'].slice(0, 4).join('.')}/${significant(parts) * 8}`;
      else text = `${word}/32`;
    }
    const prefix = parsePrefix(text, true);
    if (!prefix) throw new FilterError(`unknown network '${word}'`);
    if (!parsePrefix(text)) throw new FilterError(`non-network bits set in "${text}"`);
    return addressTest(qualifiers.protocol, prefix, qualifiers.direction);
  }

  private async host(qualifiers: Qualifiers, word: string): Promise<FrameTest> {
    if (qualifiers.protocol === 'ether') return this.etherHost(qualifiers, word);
    if (qualifiers.protocol === 'tcp' || qualifiers.protocol === 'udp' || qualifiers.protocol === 'icmp')
      throw new FilterError(`'${qualifiers.protocol}' modifier applied to host`);
    if (this.take('/')) {
      this.at -= 1;
      return this.net(qualifiers, word);
    }
    const addresses = parseIpv4(word) ? [word] : await this.names.host(word);
    if (addresses === undefined || addresses.length === 0) throw new FilterError(`unknown host '${word}'`);
    const tests = addresses.map((address) =>
      addressTest(qualifiers.protocol, new Prefix(parseIpv4(address)!, 32), qualifiers.direction),
    );
    return (frame) => tests.some((test) => test(frame));
  }

  private etherHost(qualifiers: Qualifiers, word: string): FrameTest {
    const mac = parseMac(word);
    if (!mac) throw new FilterError(`unknown ether host '${word}'`);
    const text = String(mac);
    const at =
      (offset: number): FrameTest =>
      ({ bytes }) =>
        bytes.length >= 14 && macText(bytes, offset) === text;
    return byDirection(qualifiers.direction, at(6), at(0));
  }

  /** `ARITHMETIC RELOP ARITHMETIC`; undefined where the words are something else. */
  private relation(): FrameTest | undefined {
    const left = this.arithmetic(0);
    const compare = left && RELATIONS.get(this.peek() ?? '');
    if (!left || !compare) return undefined;
    this.at++;
    const right = this.arithmetic(0);
    if (!right) throw new FilterError('syntax error');
    return (frame) => compare(left(frame), right(frame));
  }

  private arithmetic(level: number): Value | undefined {
    if (level > 5) return this.operand();
    let left = this.arithmetic(level + 1);
    for (;;) {
      const operator = ARITHMETIC.get(this.peek() ?? '');
      if (!left || operator?.[0] !== level) return left;
      this.at++;
      const [a, b, apply]: readonly [Value, Value | undefined, (x: number, y: number) => number] = [
        left,
        this.arithmetic(level + 1),
        operator[1],
      ];
      if (!b) return undefined;
      left = (frame) => apply(a(frame), b(frame));
    }
  }

  private operand(): Value | undefined {
    const word = this.words[this.at++];
    if (word === '(') {
      const inner = this.arithmetic(0);
      return inner && this.take(')') ? inner : undefined;
    }
    if (word === 'len') return ({ wireLength }) => wireLength;
    const number = filterNumber(word) ?? NAMED_NUMBERS.get(word ?? '');
    if (number !== undefined) return () => number;
    if (!(PROTOCOLS as readonly (string | undefined)[]).includes(word) || this.peek() !== '[') return undefined;
    return this.bytesAt(word as NonNullable<Protocol>);
  }

  /** `tcp[13]`, `ip[2:2]`, `tcp[tcpflags]`. */
  private bytesAt(protocol: NonNullable<Protocol>): Value | undefined {
    this.at++;
    const named = FIELD_OFFSETS.get(this.peek() ?? '');
    if (named !== undefined) this.at++;
    const offset = named === undefined ? this.arithmetic(0) : () => named;
    let size = 1;
    if (this.take(':')) size = filterNumber(this.words[this.at++]) ?? 0;
    if (!offset || !this.take(']')) return undefined;
    if (![1, 2, 4].includes(size)) throw new FilterError('data size must be 1, 2, or 4');
    return (frame) => {
      const start = headerStart(protocol, frame) + offset(frame);
      const { bytes } = frame;
      if (start + size > bytes.length) outside();
      return size === 1 ? bytes[start]! : size === 2 ? u16(bytes, start) : u32(bytes, start);
    };
  }
}

function headerStart(protocol: NonNullable<Protocol>, frame: FilterFrame): number {
  if (protocol === 'ether') return 0;
  if (!protocolTest(protocol)(frame)) outside();
  if (protocol === 'ip' || protocol === 'arp' || protocol === 'rarp') return locateNetwork(frame.bytes)!.start;
  const place = locateTransport(frame.bytes)!;
  if (place.fragmentOffset !== 0) outside();
  return place.start;
}

function significant(parts: readonly string[]): number {
  let count = parts.length;
  while (count > 1 && parts[count - 1] === '0') count--;
  return count;
}

function maskLength(word: string | undefined): number {
  const mask = parseIpv4(word ?? '')?.key;
  if (mask === undefined) throw new FilterError('syntax error');
  let length = 0;
  while (length < 32 && (mask & (0x8000_0000 >>> length)) !== 0) length++;
  if ((length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0) !== mask)
    throw new FilterError(`non-contiguous netmask ${word}`);
  return length;
}

export function compileFilter(text: string, names: FilterNames): Promise<FrameTest> {
  return new FilterParser(filterWords(text), names).parse();
}

export const coverage: readonly CoverageSection[] = [
  {
    program: 'tcpdump',
    title: 'Capture filters',
    entries: [
      '`[ip|arp|rarp] [src|dst|src or dst|src and dst] host NAME|ADDRESS`, `net PREFIX`, `net ADDRESS mask MASK`, `ether [src|dst] host MAC`',
      '`[tcp|udp] [src|dst] port NAME|NUMBER`, `portrange FIRST-LAST`',
      '`ip`, `arp`, `rarp`, `icmp`, `tcp`, `udp`, `ip proto NUMBER|NAME`, `ether proto NUMBER|NAME`',
      '`broadcast`, `multicast`, `less LENGTH`, `greater LENGTH`',
      '`PROTOCOL[OFFSET:SIZE]`, `len`, numbers and names such as `tcpflags`, `tcp-syn`, `icmp-echo`, with `+ - * / & | ^ << >>` and `= == != < > <= >=`',
      '`and`, `or`, `not`, `&&`, `||`, `!` and parentheses',
    ],
  },
];
