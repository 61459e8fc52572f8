/**
 * DHCP messages, bytes to values (`dhcp.ts`).
 *
 * Promises: `decodeDhcp(encodeDhcp(m)).message` equals `m`; decoding any bytes ends, never throws, gives what could be read, the first
 * problem, and the byte range of every field and option (`layout`).
 */
import { ipFromBytes } from '../base/address.ts';
import { ByteReader, concatBytes } from '../base/bytes.ts';
import { latin1 } from '../base/utf8.ts';
import { DHCP_MAGIC, type DhcpMessage } from './dhcp.ts';
import { DHCP_OPTION, type DhcpOption, OPTION_SHAPES } from './dhcp-options.ts';

/** The fixed part, with the four bytes of the magic cookie. */
const FIXED_LENGTH = 240;

export interface DhcpSpan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface DhcpOptionLayout {
  readonly code: number;
  readonly area: 'options' | 'file' | 'sname';
  /** From the code byte to behind the content. Pad and End are listed too. */
  readonly start: number;
  readonly end: number;
}

export interface DhcpLayout {
  readonly fields: readonly DhcpSpan[];
  readonly options: readonly DhcpOptionLayout[];
}

export interface DhcpProblem {
  readonly code: 'short' | 'bad-hlen' | 'no-cookie' | 'short-option' | 'bad-option';
  readonly at: number;
  readonly text: string;
}

export interface DecodedDhcp {
  readonly message: DhcpMessage;
  readonly layout: DhcpLayout;
  readonly problem?: DhcpProblem;
}

/** Option contents by code, in the order of first appearance, pieces of one code joined (RFC 3396 section 7). */
type Pieces = Map<number, Uint8Array[]>;

class Decoder {
  readonly fields: DhcpSpan[] = [];
  readonly options: DhcpOptionLayout[] = [];
  readonly pieces: Pieces = new Map();
  problem: DhcpProblem | undefined;

  constructor(readonly reader: ByteReader) {}

  fail(code: DhcpProblem['code'], at: number, text: string): void {
    this.problem ??= { code, at, text };
  }

  number(name: string, size: 1 | 2 | 4): number {
    const start = this.reader.at;
    const value = size === 1 ? this.reader.u8() : size === 2 ? this.reader.u16() : this.reader.u32();
    this.fields.push({ name, start, end: this.reader.at });
    return value;
  }

  bytes(name: string, size: number): Uint8Array {
    const start = this.reader.at;
    const bytes = this.reader.slice(size);
    this.fields.push({ name, start, end: this.reader.at });
    return bytes;
  }

  address(name: string): string {
    const bytes = this.bytes(name, 4);
    return bytes.length === 4 ? String(ipFromBytes(bytes)) : '0.0.0.0';
  }

  /** Reads the options of one area up to End. Pad has no length (RFC 2132 section 3.1). */
  area(area: DhcpOptionLayout['area'], from: number, to: number): void {
    const reader = new ByteReader(this.reader.bytes, from, to);
    while (reader.left > 0) {
      const start = reader.at;
      const code = reader.u8();
      if (code !== DHCP_OPTION.PAD && code !== DHCP_OPTION.END) {
        const content = reader.slice(reader.u8());
        if (reader.short) {
          this.fail('short-option', start, `option ${code} runs past the end of ${area}`);
          return;
        }
        const known = this.pieces.get(code);
        if (known) known.push(content);
        else this.pieces.set(code, [content]);
      }
      if (code !== DHCP_OPTION.PAD) this.options.push({ code, area, start, end: reader.at });
      if (code === DHCP_OPTION.END) return;
    }
  }
}

const FILE_AT = 108;
const SNAME_AT = 44;

export function decodeDhcp(bytes: Uint8Array): DecodedDhcp {
  const decoder = new Decoder(new ByteReader(bytes));
  const { reader } = decoder;
  const op = decoder.number('op', 1);
  const htype = decoder.number('htype', 1);
  const hlen = decoder.number('hlen', 1);
  const hops = decoder.number('hops', 1);
  const xid = decoder.number('xid', 4);
  const secs = decoder.number('secs', 2);
  const flags = decoder.number('flags', 2);
  const [ciaddr, yiaddr, siaddr, giaddr] = ['ciaddr', 'yiaddr', 'siaddr', 'giaddr'].map((name) =>
    decoder.address(name),
  );
  const chaddr = decoder.bytes('chaddr', 16).slice(0, hlen);
  if (hlen > 16) decoder.fail('bad-hlen', 2, `hardware address length ${hlen} is more than 16`);
  const sname = decoder.bytes('sname', 64);
  const file = decoder.bytes('file', 128);
  const cookie = decoder.number('cookie', 4);
  if (reader.short) decoder.fail('short', bytes.length, `a message has at least ${FIXED_LENGTH} bytes`);
  else if (cookie !== DHCP_MAGIC) decoder.fail('no-cookie', 236, 'the magic cookie 99.130.83.99 is missing');
  else decoder.area('options', FIXED_LENGTH, bytes.length);
  // Option 52: bit 1 says that `file` holds options, bit 2 that `sname` does (RFC 2132 section 9.3); file first (RFC 2131 section 4.1).
  const overload = decoder.pieces.get(DHCP_OPTION.OVERLOAD)?.[0]?.[0] ?? 0;
  if (overload & 1) decoder.area('file', FILE_AT, FILE_AT + 128);
  if (overload & 2) decoder.area('sname', SNAME_AT, SNAME_AT + 64);
  const message: DhcpMessage = {
    op,
    htype,
    hops,
    xid,
    secs,
    flags,
    ciaddr: ciaddr!,
    yiaddr: yiaddr!,
    siaddr: siaddr!,
    giaddr: giaddr!,
    chaddr,
    sname: overload & 2 ? '' : untilZero(sname),
    file: overload & 1 ? '' : untilZero(file),
    options: [...decoder.pieces].map(([code, pieces]) => typedOption(decoder, code, pieces)),
  };
  const layout = { fields: decoder.fields, options: decoder.options };
  return decoder.problem ? { message, layout, problem: decoder.problem } : { message, layout };
}

function untilZero(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return latin1(bytes, 0, end < 0 ? bytes.length : end);
}

function typedOption(decoder: Decoder, code: number, pieces: readonly Uint8Array[]): DhcpOption {
  const bytes = concatBytes(pieces);
  const typed = shaped(code, bytes);
  if (typed) return typed;
  const at = decoder.options.find((one) => one.code === code)?.start ?? 0;
  decoder.fail('bad-option', at, `option ${code} has a wrong length of ${bytes.length}`);
  return { code, kind: 'raw', bytes };
}

function shaped(code: number, bytes: Uint8Array): DhcpOption | undefined {
  const shape = OPTION_SHAPES.get(code);
  switch (shape?.kind) {
    case 'address':
      return bytes.length === 4 ? { code, kind: 'address', address: String(ipFromBytes(bytes)) } : undefined;
    case 'addresses': {
      if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined;
      const addresses = Array.from({ length: bytes.length / 4 }, (_, i) => String(ipFromBytes(bytes, i * 4)));
      return { code, kind: 'addresses', addresses };
    }
    case 'number': {
      if (bytes.length !== shape.size) return undefined;
      return { code, kind: 'number', value: bytes.reduce((sum, byte) => sum * 256 + byte, 0) };
    }
    case 'text':
      return { code, kind: 'text', text: latin1(bytes) };
    case 'codes':
      return { code, kind: 'codes', codes: [...bytes] };
    default:
      return { code, kind: 'raw', bytes };
  }
}
