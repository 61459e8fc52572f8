/**
 * The packets of a script: `< S 0:0(0) win 1000 <mss 1460>`, `> udp (100)`, `< icmp unreachable frag_needed mtu 1400 [1:1461(1460)]`. Left out,
 * and refused by name: Fast Open, AccECN, MD5, tunnels, IPv6.
 */
import { parseIpv4 } from '../../base/address.ts';
import { flagOfLetter } from '../../wire/tcp-flags.ts';
import type { EcnMark, IcmpPacketSpec, IpInfo, PacketSpec, Ports, TcpOption } from './ast.ts';
import { ICMP_CODES, ICMP_TYPES } from './constants.ts';
import { CannotRun } from './problem.ts';
import type { TokenStream } from './token-stream.ts';

const ECN: ReadonlySet<string> = new Set<EcnMark>(['noecn', 'ect0', 'ect1', 'ect01', 'ce']);
/** Additions to the language, for packets that no well-behaved sender makes. */
const INBOUND_MARKS: ReadonlySet<string> = new Set(['src', 'dst', 'ipopt', 'badsum']);
const TUNNELS: ReadonlySet<string> = new Set(['ipv4', 'ipv6', 'gre', 'mpls', 'esp', 'psp']);

/** The most that fields of one and two bytes hold. */
const BYTE = 0xff;
const WORD = 0xffff;

interface Start {
  readonly kind: 'packet';
  readonly inbound: boolean;
  readonly ip: IpInfo;
}

export function parsePacket(t: TokenStream): PacketSpec {
  const inbound = t.next().text === '<';
  const ip = t.is('[') || t.is('(') ? ipInfo(t, inbound) : {};
  const start: Start = { kind: 'packet', inbound, ip };
  const { text, line } = t.peek();
  if (TUNNELS.has(text)) throw new CannotRun(line, `packets in a tunnel (${text})`);
  if (t.accept('udp')) return udp(t, start);
  if (t.accept('icmp')) return icmp(t, start);
  if (text === 'icmpv6') throw new CannotRun(line, 'IPv6');
  return tcp(t, { ...start, ports: ports(t) });
}

function ipInfo(t: TokenStream, inbound: boolean): IpInfo {
  const close = t.next().text === '[' ? ']' : ')';
  let info: IpInfo = {};
  do {
    const { text, line } = t.take('word', 'an IP mark such as ect0');
    if (text === 'ect01' && inbound) throw new CannotRun(line, 'syntax: [ect01] on a packet that comes in');
    if (ECN.has(text)) info = { ...info, ecn: text as EcnMark };
    else if (text === 'ttl') info = { ...info, ttl: t.integer('a TTL', BYTE) };
    else if (text === 'tos') info = { ...info, tos: t.integer('a type of service', BYTE) };
    else if (INBOUND_MARKS.has(text) && !inbound)
      throw new CannotRun(line, `the IP mark ${text} of an expected packet`);
    else if (text === 'src') info = { ...info, src: address(t) };
    else if (text === 'dst') info = { ...info, dst: address(t) };
    else if (text === 'ipopt') info = { ...info, options: hexBytes(t) };
    else if (text === 'badsum') info = { ...info, badChecksum: true };
    else throw new CannotRun(line, `the IP mark ${text}`);
  } while (t.accept(','));
  t.expect(close);
  return info;
}

function address(t: TokenStream): string {
  const { text, line } = t.take('string', 'an address in quotes');
  if (parseIpv4(text) === undefined) throw new CannotRun(line, 'syntax: an IPv4 address expected', text);
  return text;
}

/** Up to the forty bytes that either header has for options. */
function hexBytes(t: TokenStream): string {
  const { text, line } = t.take('string', 'bytes in quotes');
  if (!/^([0-9a-f]{2}){1,40}$/i.test(text)) throw new CannotRun(line, 'syntax: hexadecimal bytes expected', text);
  return text;
}

function ports(t: TokenStream): Ports | undefined {
  if (t.peek().kind !== 'number') return undefined;
  const from = t.integer('a port', WORD);
  t.expect('>');
  return { from, to: t.integer('a port', WORD) };
}

function udp(t: TokenStream, start: Start): PacketSpec {
  const between = ports(t);
  t.expect('(');
  const length = t.integer('a length');
  t.expect(')');
  return { ...start, protocol: 'udp', ports: between, length };
}

function icmp(t: TokenStream, start: Start): PacketSpec {
  const { text, line } = t.next();
  const type = ICMP_TYPES.get(text);
  if (type === undefined) throw new CannotRun(line, `the ICMP type ${text}`);
  let code = 0;
  if (t.peek().kind === 'word' && !t.is('mtu') && !t.is('id') && t.peek().line === line) {
    const name = t.next().text;
    const known = ICMP_CODES.get(`${type} ${name}`);
    if (known === undefined) throw new CannotRun(line, `the ICMP code ${name} of ${text}`);
    code = known;
  }
  const mtu = t.accept('mtu') ? t.integer('an MTU', WORD) : undefined;
  const id = t.accept('id') ? t.integer('an identifier', WORD) : undefined;
  return { ...start, protocol: 'icmp', ports: undefined, type, code, mtu, id, quoted: quoted(t) };
}

/** The part of our packet that the error quotes: `[1:1461(1460)]`. */
function quoted(t: TokenStream): IcmpPacketSpec['quoted'] {
  if (!t.accept('[')) return undefined;
  let seq = 0;
  const udp = t.accept('udp');
  if (!udp) {
    seq = t.integer('a sequence number');
    t.expect(':');
    t.integer('a sequence number');
  }
  t.expect('(');
  const length = t.integer('a length');
  t.expect(')');
  t.expect(']');
  return { udp, seq, length };
}

function tcp(t: TokenStream, start: Start & { readonly ports: Ports | undefined }): PacketSpec {
  const flags = tcpFlags(t);
  const { line } = t.peek();
  const seq = t.integer('a sequence number');
  t.expect(':');
  const end = t.integer('a sequence number');
  t.expect('(');
  const length = t.integer('a payload length');
  t.expect(')');
  if ((seq + length) >>> 0 !== end)
    throw new CannotRun(line, 'syntax: the sequence numbers and the length do not agree', `${seq}:${end}(${length})`);
  if (length > 65_495) throw new CannotRun(line, 'a segment longer than an IPv4 datagram', String(length));
  const ack = t.accept('ack') ? t.integer('an acknowledgement number') : undefined;
  const window = t.accept('win') ? t.integer('a window', WORD) : undefined;
  const urgent = t.accept('urg') ? t.integer('an urgent pointer', WORD) : undefined;
  const options = t.is('<') && isOptionList(t) ? tcpOptions(t) : undefined;
  return { ...start, protocol: 'tcp', flags, seq, length, ack, window, urgent, options };
}

/** `<` after a segment opens its options, unless it is the next event, which stands in a line of its own. */
function isOptionList(t: TokenStream): boolean {
  const after = t.peek(1);
  return t.is('...', 1) || after.text === '>' || OPTION_WORDS.has(after.text);
}

const OPTION_WORDS: ReadonlySet<string> = new Set([
  'mss',
  'nop',
  'eol',
  'sackOK',
  'sack',
  'wscale',
  'TS',
  'FO',
  'FOEXP',
  'md5',
  'ECN',
  'exp',
  'mptcp',
  'accecn',
  'unknown',
  'raw',
]);

function tcpFlags(t: TokenStream): number {
  const { line } = t.peek();
  let text = '';
  while (t.peek().kind === 'word' || t.is('.') || t.is('-')) {
    if (text !== '' && t.peek().spaced) break;
    text += t.next().text;
  }
  if (text !== '' && t.peek().kind === 'number' && !t.peek().spaced)
    throw new CannotRun(line, 'AccECN (the ACE counter in the flags)', text + t.peek().text);
  if (text === '') t.refuse('TCP flags');
  if (text === '-') return 0;
  let flags = 0;
  for (const letter of text) {
    const bit = flagOfLetter(letter);
    if (letter === 'A') throw new CannotRun(line, 'AccECN (the flag AE)', text);
    if (bit === undefined) throw new CannotRun(line, `the packet or TCP flags ${text}`);
    flags |= bit;
  }
  return flags;
}

function tcpOptions(t: TokenStream): readonly TcpOption[] | 'any' {
  t.expect('<');
  if (t.accept('...')) {
    t.expect('>');
    return 'any';
  }
  const options: TcpOption[] = [];
  if (t.accept('>')) return options;
  do options.push(tcpOption(t));
  while (t.accept(','));
  t.expect('>');
  return options;
}

function tcpOption(t: TokenStream): TcpOption {
  const { text, line } = t.take('word', 'a TCP option');
  switch (text) {
    case 'mss':
      return { kind: 'mss', value: t.integer('a segment size', WORD) };
    case 'wscale':
      return { kind: 'wscale', value: t.integer('a shift count', BYTE) };
    case 'nop':
    case 'eol':
    case 'sackOK':
      return { kind: text };
    case 'sack':
      return { kind: 'sack', blocks: sackBlocks(t) };
    case 'TS': {
      t.expect('val');
      const val = t.integer('a time stamp');
      t.expect('ecr');
      return { kind: 'TS', val, ecr: t.integer('a time stamp') };
    }
    case 'raw':
      return { kind: 'raw', hex: hexBytes(t) };
    case 'md5':
      return { kind: 'raw', hex: signature(t) };
    case 'FO':
    case 'FOEXP':
      throw new CannotRun(line, `TCP Fast Open (the option ${text})`);
    default:
      throw new CannotRun(line, `the TCP option ${text}`);
  }
}

/** Kind 19, length 18 and the digest's 32 digits; zeros where none are given (RFC 2385). */
function signature(t: TokenStream): string {
  const { line } = t.peek();
  let digits = '';
  while (t.peek().kind === 'number' || t.peek().kind === 'word') digits += t.next().text;
  if (digits === '') digits = '0'.repeat(32);
  if (!/^[0-9a-f]{32}$/i.test(digits))
    throw new CannotRun(line, 'syntax: a digest of 32 hexadecimal digits expected', digits);
  return `1312${digits}`;
}

function sackBlocks(t: TokenStream): (readonly [number, number])[] {
  const blocks: (readonly [number, number])[] = [];
  while (t.peek().kind === 'number') {
    const left = t.integer('an edge');
    t.expect(':');
    blocks.push([left, t.integer('an edge')]);
  }
  return blocks;
}
