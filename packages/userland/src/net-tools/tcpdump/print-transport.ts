/** TCP, UDP and ICMP in tcpdump's words. Each takes the segment as captured, its length on the wire, and the IP header before it. */
import { latin1 } from '@netarium/core/base/utf8.ts';
import { internetChecksum } from '../icmp-text.ts';
import { checksumWithPseudo, hex4, ipText, type PrintContext, u16, u32 } from './context.ts';
import { dhcpText } from './print-dhcp.ts';
import { dnsText } from './print-dns.ts';

export interface Segment {
  readonly bytes: Uint8Array;
  /** Length by the IP header; `bytes` may be shorter. */
  readonly length: number;
  readonly ipHeader: Uint8Array;
  /** More fragments follow, so no checksum can be told. */
  readonly fragmented: boolean;
}

function whole(segment: Segment): boolean {
  return segment.bytes.length >= segment.length && !segment.fragmented;
}

function endpoints(context: PrintContext, segment: Segment, protocol: 'tcp' | 'udp'): string {
  const { bytes, ipHeader } = segment;
  const source = `${context.host(ipText(ipHeader, 12))}.${context.port(u16(bytes, 0), protocol)}`;
  return `${source} > ${context.host(ipText(ipHeader, 16))}.${context.port(u16(bytes, 2), protocol)}: `;
}

function hosts(context: PrintContext, segment: Segment): string {
  return `${context.host(ipText(segment.ipHeader, 12))} > ${context.host(ipText(segment.ipHeader, 16))}: `;
}

const FLAGS = ['F', 'S', 'R', 'P', '.', 'U', 'E', 'W'] as const;

function flagsText(flags: number): string {
  const text = FLAGS.filter((_, bit) => flags & (1 << bit)).join('');
  return text === '' ? 'none' : text;
}

function optionsText(context: PrintContext, bytes: Uint8Array): string {
  const words: string[] = [];
  for (let i = 0; i < bytes.length; ) {
    const kind = bytes[i]!;
    if (kind === 0) {
      words.push('eol');
      break;
    }
    if (kind === 1) {
      words.push('nop');
      i++;
      continue;
    }
    const length = bytes[i + 1] ?? 0;
    if (length < 2 || i + length > bytes.length) {
      words.push('[bad opt]');
      break;
    }
    words.push(optionText(context, kind, bytes.subarray(i + 2, i + length)));
    i += length;
  }
  return words.join(',');
}

function optionText(context: PrintContext, kind: number, data: Uint8Array): string {
  if (kind === 2 && data.length === 2) return `mss ${u16(data, 0)}`;
  if (kind === 3 && data.length === 1) return `wscale ${data[0]}`;
  if (kind === 4) return 'sackOK';
  if (kind === 5 && data.length % 8 === 0) {
    const relative = (at: number) => (u32(data, at) - context.base.acknowledgement) >>> 0;
    const blocks = Array.from({ length: data.length / 8 }, (_, i) => `{${relative(i * 8)}:${relative(i * 8 + 4)}}`);
    return `sack ${blocks.length} ${blocks.join('')}`;
  }
  if (kind === 8 && data.length === 8) return `TS val ${u32(data, 0)} ecr ${u32(data, 4)}`;
  return `unknown-${kind}${data.length === 0 ? '' : ` 0x${[...data].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`}`;
}

const HTTP_START = /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|CONNECT|PATCH|HTTP\/1\.[01]) /;

/** Payload of the ports that tcpdump takes for HTTP: the first line, or with -v the whole head. */
function httpText(context: PrintContext, payload: Uint8Array, length: number): string {
  const text = latin1(payload.subarray(0, 4096));
  if (context.verbose === 0) {
    const first = /^[^\r\n]*/.exec(text)![0];
    return HTTP_START.test(text) ? `: HTTP: ${first}` : ': HTTP';
  }
  if (!HTTP_START.test(text)) return ': HTTP';
  return `: HTTP, length: ${length}${textLines(payload)}`;
}

/** Lines while they are printable; one without its end counts as cut off, one with other bytes ends the text. */
function textLines(payload: Uint8Array): string {
  const text = latin1(payload);
  let out = '';
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end).replace(/\r$/, '');
    if (!/^[\t -~]*$/.test(line)) return out;
    out += `\n\t${line}`;
    if (end < 0) return `${out} [|http]`;
    at = end + 1;
  }
  return out;
}

const HTTP_PORTS = new Set([80, 3128, 8080]);
const DNS_PORTS = new Set([53, 5353]);

export function tcpText(context: PrintContext, segment: Segment): string {
  const { bytes } = segment;
  if (bytes.length < 20) return `${hosts(context, segment)}[|tcp]`;
  const headerLength = (bytes[12]! >> 4) * 4;
  const head = endpoints(context, segment, 'tcp');
  if (headerLength < 20)
    return `${head}tcp ${segment.length - headerLength} [bad hdr length ${headerLength} - too short, < 20]`;
  if (headerLength > segment.length)
    return `${head}tcp ${segment.length} [bad hdr length ${headerLength} - too long, > ${segment.length}]`;
  const length = segment.length - headerLength;
  if (context.quiet) return `${head}tcp ${length}`;
  const flags = bytes[13]!;
  let text = `${head}Flags [${flagsText(flags)}]`;
  if (context.verbose > 0 && whole(segment))
    text += `, cksum 0x${hex4(u16(bytes, 16))} ${checksumVerdict(segment, 6, 16)}`;
  const sequence = (u32(bytes, 4) - context.base.sequence) >>> 0;
  if (context.verbose > 1 || length > 0 || flags & 0x07)
    text += `, seq ${sequence}${length > 0 ? `:${(sequence + length) >>> 0}` : ''}`;
  if (flags & 0x10) text += `, ack ${(u32(bytes, 8) - context.base.acknowledgement) >>> 0}`;
  text += `, win ${u16(bytes, 14)}`;
  if (flags & 0x20) text += `, urg ${u16(bytes, 18)}`;
  if (headerLength > 20) text += `, options [${optionsText(context, bytes.subarray(20, headerLength))}]`;
  text += `, length ${length}`;
  return length === 0 ? text : text + tcpPayload(context, bytes, headerLength, length, flags);
}

function tcpPayload(
  context: PrintContext,
  bytes: Uint8Array,
  headerLength: number,
  length: number,
  flags: number,
): string {
  const payload = bytes.subarray(headerLength);
  if (flags & 0x04) return ` [RST+ ${latin1(payload)}]`;
  const ports = [u16(bytes, 0), u16(bytes, 2)];
  if (ports.some((port) => HTTP_PORTS.has(port))) return httpText(context, payload, length);
  // DNS over TCP has its length before it (RFC 1035 section 4.2.2).
  if (ports.includes(53) && payload.length > 2) return ` ${dnsText(context, payload.subarray(2), length - 2)}`;
  return '';
}

function checksumVerdict(segment: Segment, protocol: number, at: number): string {
  if (checksumWithPseudo(segment.ipHeader, protocol, segment.bytes.subarray(0, segment.length)) === 0)
    return '(correct)';
  const cleared = segment.bytes.slice(0, segment.length);
  cleared[at] = 0;
  cleared[at + 1] = 0;
  return `(incorrect -> 0x${hex4(checksumWithPseudo(segment.ipHeader, protocol, cleared))})`;
}

export function udpText(context: PrintContext, segment: Segment): string {
  const { bytes } = segment;
  if (bytes.length < 8) return `${hosts(context, segment)}[|udp]`;
  const head = endpoints(context, segment, 'udp');
  const declared = u16(bytes, 4);
  const length = Math.max(0, Math.min(declared, segment.length) - 8);
  if (context.quiet) return `${head}UDP, length ${length}`;
  const ports = [u16(bytes, 0), u16(bytes, 2)];
  const sum = context.verbose > 1 && whole(segment) ? udpChecksum(segment) : '';
  const payload = bytes.subarray(8, 8 + length);
  if (ports.some((port) => DNS_PORTS.has(port))) return `${head}${sum}${dnsText(context, payload, length)}`;
  if (ports.includes(67) || ports.includes(68)) return `${head}${sum}${dhcpText(context, payload, length)}`;
  return `${head}${sum}UDP, length ${length}`;
}

function udpChecksum(segment: Segment): string {
  const stored = u16(segment.bytes, 6);
  if (stored === 0) return '[no cksum] ';
  const verdict = checksumVerdict(segment, 17, 6);
  if (verdict === '(correct)') return '[udp sum ok] ';
  return `[bad udp cksum 0x${hex4(stored)} -> 0x${verdict.slice(-5, -1)}!] `;
}

/** `quoted` prints the packet inside an error, which -v shows. */
export function icmpText(context: PrintContext, segment: Segment, quoted: (bytes: Uint8Array) => string): string {
  const { bytes, length } = segment;
  const head = hosts(context, segment);
  if (bytes.length < 4) return `${head}[|icmp]`;
  let text = `${head}ICMP ${icmpMessage(context, segment)}, length ${length}`;
  if (context.verbose > 0 && whole(segment) && internetChecksum(bytes.subarray(0, length)) !== 0)
    text += ` (wrong icmp cksum ${u16(bytes, 2).toString(16)} (->${icmpExpected(bytes.subarray(0, length))})!)`;
  const isError = [3, 4, 5, 11, 12].includes(bytes[0]!);
  if (context.verbose > 0 && isError && bytes.length > 28) text += `\n\t${quoted(bytes.subarray(8))}`;
  return text;
}

function icmpExpected(bytes: Uint8Array): string {
  const cleared = bytes.slice();
  cleared[2] = 0;
  cleared[3] = 0;
  return internetChecksum(cleared).toString(16);
}

function icmpMessage(context: PrintContext, segment: Segment): string {
  const { bytes } = segment;
  const [type, code] = [bytes[0]!, bytes[1]!];
  const pair = () => `id ${u16(bytes, 4)}, seq ${u16(bytes, 6)}`;
  switch (type) {
    case 0:
      return `echo reply, ${pair()}`;
    case 8:
      return `echo request, ${pair()}`;
    case 3:
      return unreachable(context, bytes);
    case 4:
      return 'source quench';
    case 5:
      return redirect(context, bytes);
    case 11:
      if (code === 0) return 'time exceeded in-transit';
      return code === 1 ? 'ip reassembly time exceeded' : `time exceeded-#${code}`;
    case 12:
      return code === 0 ? `parameter problem - octet ${bytes[4]}` : `parameter problem - code ${code}`;
    case 13:
      return `time stamp query id ${u16(bytes, 4)} seq ${u16(bytes, 6)}`;
    case 14:
      return `time stamp reply id ${u16(bytes, 4)} seq ${u16(bytes, 6)}`;
  }
  return `type-#${type}`;
}

function redirect(context: PrintContext, bytes: Uint8Array): string {
  const target = context.host(ipText(bytes, 24));
  const to = context.host(ipText(bytes, 4));
  const kind = ['net', 'host', 'tos-net', 'tos-host'];
  const words = ['to net', 'to host', 'to net', 'to host'];
  const code = bytes[1]!;
  if (code > 3) return `redirect-#${code} ${target} to net ${to}`;
  return `redirect ${code < 2 ? '' : `${kind[code]} `}${target} ${words[code]} ${to}`;
}

function unreachable(context: PrintContext, bytes: Uint8Array): string {
  // The quoted IP header begins at byte 8, its transport header behind it.
  const target = context.host(ipText(bytes, 24));
  const protocol = bytes[17] ?? 0;
  const transport = 8 + ((bytes[8] ?? 0) & 15) * 4;
  switch (bytes[1]) {
    case 0:
      return `net ${target} unreachable`;
    case 1:
      return `host ${target} unreachable`;
    case 2:
      return `${target} protocol ${protocol} unreachable`;
    case 3: {
      const port = u16(bytes, transport + 2);
      if (protocol === 6) return `${target} tcp port ${context.port(port, 'tcp')} unreachable`;
      if (protocol === 17) return `${target} udp port ${context.port(port, 'udp')} unreachable`;
      return `${target} protocol ${protocol} port ${port} unreachable`;
    }
    case 4:
      return `${target} unreachable - need to frag${u16(bytes, 6) === 0 ? '' : ` (mtu ${u16(bytes, 6)})`}`;
    case 5:
      return `${target} unreachable - source route failed`;
    case 6:
      return `net ${target} unreachable - unknown`;
    case 7:
      return `host ${target} unreachable - unknown`;
    case 9:
      return `net ${target} unreachable - admin prohibited`;
    case 10:
      return `host ${target} unreachable - admin prohibited`;
    case 13:
      return `host ${target} unreachable - admin prohibited filter`;
  }
  return `${target} unreachable - #${bytes[1]}`;
}
