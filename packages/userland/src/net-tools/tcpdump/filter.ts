/**
 * Capture filters: hosts, nets, ports, protocols, lengths, bytes of headers, joined by and, or, not and parentheses, as pcap-filter(7) has them for Ethernet and IPv4. Here
 * is the language, which becomes one closure over a frame's bytes; what the closures look at is in filter-primitives.ts and filter-arithmetic.ts. Leaves out: IPv6, VLAN,
 * MPLS, PPP, `gateway`, `proto` names beyond a few.
 */
import { Prefix, parseIpv4, parseMac, parsePrefix } from '@netarium/core/base/address.ts';
import type { CoverageSection } from '../../lib/options.ts';
import { falseOutside, readRelation } from './filter-arithmetic.ts';
import {
  addressTest,
  type Direction,
  ETHER_PROTOCOLS,
  etherAddressTest,
  type FrameTest,
  IP_PROTOCOLS,
  isBroadcast,
  isIpProtocol,
  isMulticast,
  isProtocol,
  isType,
  type Protocol,
  portTest,
  protocolTest,
} from './filter-primitives.ts';
import { FilterError, FilterReader, filterNumber, filterWords, UNSUPPORTED } from './filter-words.ts';

/** How names in a filter become numbers; undefined where nobody knows them. */
export interface FilterNames {
  host(name: string): Promise<readonly string[] | undefined>;
  port(name: string): number | undefined;
}

type Kind = 'host' | 'net' | 'port' | 'portrange' | 'proto' | undefined;

interface Qualifiers {
  readonly protocol: Protocol | undefined;
  readonly direction: Direction | undefined;
  readonly kind: Kind;
}

const KINDS = ['host', 'net', 'port', 'portrange', 'proto'] as const;

class FilterParser {
  private last: Qualifiers = { protocol: undefined, direction: undefined, kind: undefined };

  constructor(
    private readonly words: FilterReader,
    private readonly names: FilterNames,
  ) {}

  async parse(): Promise<FrameTest> {
    if (this.words.peek() === undefined) return () => true;
    const test = await this.expression();
    if (this.words.peek() !== undefined) throw new FilterError('syntax error');
    return falseOutside(test);
  }

  /** `and` and `or` have the same precedence and join from the left. */
  private async expression(): Promise<FrameTest> {
    let left = await this.term();
    for (;;) {
      if (this.words.take('and', '&&')) {
        const [a, b] = [left, await this.term()];
        left = (frame) => a(frame) && b(frame);
      } else if (this.words.take('or', '||')) {
        const [a, b] = [left, await this.term()];
        left = (frame) => a(frame) || b(frame);
      } else return left;
    }
  }

  private async term(): Promise<FrameTest> {
    if (this.words.take('not', '!')) {
      const test = await this.term();
      return (frame) => !test(frame);
    }
    const relation = this.words.attempt(readRelation);
    if (relation) return relation;
    if (this.words.take('(')) {
      const test = await this.expression();
      if (!this.words.take(')')) throw new FilterError('syntax error');
      return test;
    }
    return this.primitive();
  }

  private async primitive(): Promise<FrameTest> {
    const word = this.words.peek();
    if (word === undefined) throw new FilterError('syntax error');
    if (UNSUPPORTED.has(word))
      throw new FilterError(`'${word}' is not supported by Netarium; see docs/coverage/tcpdump.md`);
    if (this.words.take('less')) return this.lengthTest((length, limit) => length <= limit);
    if (this.words.take('greater')) return this.lengthTest((length, limit) => length >= limit);
    const given = this.qualifiers();
    const next = this.words.peek();
    if (next === 'broadcast' || next === 'multicast') return this.groupTest(given);
    const bare = given.direction === undefined && given.kind === undefined;
    // A protocol alone, or at the end of a term.
    if (given.protocol !== undefined && bare && (next === undefined || ['and', '&&', 'or', '||', ')'].includes(next))) {
      if (given.protocol === 'ether') throw new FilterError('syntax error');
      return protocolTest(given.protocol);
    }
    if (next === undefined) throw new FilterError('syntax error');
    this.words.next();
    // `port 80 or 443`: an identifier without qualifiers takes those before it.
    const none = given.protocol === undefined && bare;
    const qualifiers =
      none && this.last.kind !== undefined ? this.last : { ...given, kind: given.kind ?? ('host' as const) };
    this.last = qualifiers;
    return this.identifier(qualifiers, next);
  }

  private qualifiers(): Qualifiers {
    let protocol: Protocol | undefined;
    let direction: Direction | undefined;
    let kind: Kind;
    const first = this.words.peek();
    if (isProtocol(first)) {
      protocol = first;
      this.words.next();
    }
    const side = this.words.peek();
    if (side === 'src' || side === 'dst') {
      this.words.next();
      direction = side;
      const joined = this.words.peek();
      const other = this.words.peek(1);
      if ((joined === 'or' || joined === 'and') && (other === 'src' || other === 'dst') && other !== side) {
        this.words.next();
        this.words.next();
        direction = joined === 'or' ? 'either' : 'both';
      }
    }
    const last = this.words.peek();
    if ((KINDS as readonly (string | undefined)[]).includes(last)) {
      kind = last as Kind;
      this.words.next();
    }
    return { protocol, direction, kind };
  }

  private lengthTest(compare: (length: number, limit: number) => boolean): FrameTest {
    const limit = filterNumber(this.words.next());
    if (limit === undefined) throw new FilterError('syntax error');
    return ({ wireLength }) => compare(wireLength, limit);
  }

  private groupTest(given: Qualifiers): FrameTest {
    const word = this.words.next()!;
    if (given.protocol !== undefined && given.protocol !== 'ether')
      throw new FilterError(`'${given.protocol} ${word}' is not supported by Netarium; see docs/coverage/tcpdump.md`);
    return word === 'multicast' ? isMulticast : isBroadcast;
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

  private protoNumber(protocol: Protocol | undefined, word: string): FrameTest {
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
    if (this.words.take('/')) text += `/${this.words.next() ?? ''}`;
    else if (this.words.take('mask')) text += `/${maskLength(this.words.next())}`;
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
    if (this.words.peek() === '/') return this.net(qualifiers, word);
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
    return etherAddressTest(String(mac), qualifiers.direction);
  }
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
  return new FilterParser(new FilterReader(filterWords(text)), names).parse();
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
