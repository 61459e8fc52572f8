/**
 * DNS messages, bytes to values (`dns-types.ts`).
 *
 * Promises: `decodeDns(encodeDns(m)).message` equals `m` (but for the case of names that compression shares); decoding any bytes ends,
 * never throws, gives what could be read, the first problem, and the byte range of every field (`layout`), so that a packet tree can
 * point at them. Span names are the property names of the value.
 */
import { Ipv6Address, ipFromBytes } from '../base/address.ts';
import { ByteReader, hex } from '../base/bytes.ts';
import { latin1 } from '../base/utf8.ts';
import { readName } from './dns-name.ts';
import {
  type DnsFlags,
  type DnsMessage,
  type EdnsOption,
  type Question,
  type RData,
  type ResourceRecord,
  TYPE,
} from './dns-types.ts';

export const DNS_HEADER_LENGTH = 12;

/** A field's bytes, `start` up to and without `end`, counted from the start of the message. */
export interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface QuestionLayout {
  readonly start: number;
  readonly end: number;
  /** name, type, class */
  readonly fields: readonly Span[];
}

export interface RecordLayout {
  readonly section: 'answers' | 'authorities' | 'additionals';
  readonly start: number;
  readonly end: number;
  /** name, type, class, ttl, rdlength, then the properties of the record's `data`. */
  readonly fields: readonly Span[];
}

/** The header's fields stand at fixed places: id 0, flags 2, counts 4, 6, 8, 10. */
export interface DnsLayout {
  readonly counts: { readonly qd: number; readonly an: number; readonly ns: number; readonly ar: number };
  readonly questions: readonly QuestionLayout[];
  /** In message order, parallel to answers, then authorities, then additionals. */
  readonly records: readonly RecordLayout[];
}

export interface DnsProblem {
  readonly code: 'short-header' | 'bad-name' | 'short' | 'bad-rdata';
  readonly at: number;
  readonly text: string;
}

export interface DecodedDns {
  /** What could be read; complete where `problem` is undefined. */
  readonly message: DnsMessage;
  readonly layout: DnsLayout;
  readonly problem?: DnsProblem;
  /** Where reading stopped; bytes behind it belong to no section. */
  readonly end: number;
}

function decodeFlags(word: number): DnsFlags {
  return {
    qr: (word & 0x8000) !== 0,
    opcode: (word >> 11) & 15,
    aa: (word & 0x400) !== 0,
    tc: (word & 0x200) !== 0,
    rd: (word & 0x100) !== 0,
    ra: (word & 0x80) !== 0,
    z: (word & 0x40) !== 0,
    ad: (word & 0x20) !== 0,
    cd: (word & 0x10) !== 0,
    rcode: word & 15,
  };
}

class Decoder {
  readonly reader: ByteReader;
  readonly questions: Question[] = [];
  readonly questionLayouts: QuestionLayout[] = [];
  readonly recordLayouts: RecordLayout[] = [];
  problem: DnsProblem | undefined;
  fields: Span[] = [];

  constructor(bytes: Uint8Array) {
    this.reader = new ByteReader(bytes);
  }

  fail(code: DnsProblem['code'], at: number, text: string): undefined {
    this.problem ??= { code, at, text };
    return undefined;
  }

  name(field: string, reader = this.reader): string | undefined {
    const start = reader.at;
    const name = readName(reader);
    if (typeof name !== 'string') return this.fail('bad-name', start, name.problem);
    this.fields.push({ name: field, start, end: reader.at });
    return name;
  }

  number(field: string, size: 1 | 2 | 4, reader = this.reader): number {
    const start = reader.at;
    const value = size === 1 ? reader.u8() : size === 2 ? reader.u16() : reader.u32();
    this.fields.push({ name: field, start, end: reader.at });
    return value;
  }

  /** False where the rest cannot be read. */
  question(): boolean {
    const start = this.reader.at;
    this.fields = [];
    const name = this.name('name');
    if (name === undefined) return false;
    const type = this.number('type', 2);
    const klass = this.number('class', 2);
    if (this.reader.short) return this.fail('short', start, 'question is cut off') ?? false;
    this.questions.push({ name, type, class: klass });
    this.questionLayouts.push({ start, end: this.reader.at, fields: this.fields });
    return true;
  }

  record(section: RecordLayout['section'], into: ResourceRecord[]): boolean {
    const { reader } = this;
    const start = reader.at;
    this.fields = [];
    const name = this.name('name');
    if (name === undefined) return false;
    const type = this.number('type', 2);
    const klass = this.number('class', 2);
    const ttl = this.number('ttl', 4);
    const length = this.number('rdlength', 2);
    if (reader.short || reader.left < length) return this.fail('short', start, 'record is cut off') ?? false;
    const dataStart = reader.at;
    const data = this.data(type, new ByteReader(reader.bytes, dataStart, dataStart + length));
    reader.at = dataStart + length;
    into.push({ name, type, class: klass, ttl, data });
    this.recordLayouts.push({ section, start, end: reader.at, fields: this.fields });
    return true;
  }

  /** The typed data; where the bytes are not of that shape the problem is noted and they are kept as they are. */
  private data(type: number, reader: ByteReader): RData {
    const start = reader.at;
    const before = this.fields.length;
    const typed = this.typed(type, reader);
    if (typed && !reader.short && reader.left === 0) return typed;
    if (KNOWN.has(type)) this.fail('bad-rdata', start, `data of type ${type} has a wrong length or content`);
    this.fields.length = before;
    this.fields.push({ name: 'bytes', start, end: reader.end });
    return { kind: 'raw', bytes: reader.bytes.slice(start, reader.end) };
  }

  private typed(type: number, reader: ByteReader): RData | undefined {
    switch (type) {
      case TYPE.A:
        return this.address('A', 4, reader);
      case TYPE.AAAA:
        return this.address('AAAA', 16, reader);
      case TYPE.NS:
        return this.target('NS', reader);
      case TYPE.CNAME:
        return this.target('CNAME', reader);
      case TYPE.PTR:
        return this.target('PTR', reader);
      case TYPE.MX: {
        const preference = this.number('preference', 2, reader);
        const exchange = this.name('exchange', reader);
        return exchange === undefined ? undefined : { kind: 'MX', preference, exchange };
      }
      case TYPE.TXT:
        return this.texts(reader);
      case TYPE.SRV: {
        const [priority, weight, port] = ['priority', 'weight', 'port'].map((field) => this.number(field, 2, reader));
        const target = this.name('target', reader);
        if (target === undefined) return undefined;
        return { kind: 'SRV', priority: priority!, weight: weight!, port: port!, target };
      }
      case TYPE.SOA:
        return this.soa(reader);
      case TYPE.OPT:
        return this.options(reader);
      default:
        return undefined;
    }
  }

  private address(kind: 'A' | 'AAAA', size: number, reader: ByteReader): RData | undefined {
    if (reader.left !== size) return undefined;
    this.fields.push({ name: 'address', start: reader.at, end: reader.end });
    const bytes = reader.rest();
    return { kind, address: kind === 'A' ? String(ipFromBytes(bytes)) : String(new Ipv6Address(hex(bytes))) };
  }

  private target(kind: 'NS' | 'CNAME' | 'PTR', reader: ByteReader): RData | undefined {
    const target = this.name('target', reader);
    return target === undefined ? undefined : { kind, target };
  }

  private texts(reader: ByteReader): RData | undefined {
    const texts: string[] = [];
    while (reader.left > 0) {
      const start = reader.at;
      texts.push(latin1(reader.slice(reader.u8())));
      this.fields.push({ name: 'texts', start, end: reader.at });
    }
    // At least one string (RFC 1035 section 3.3.14).
    return texts.length === 0 ? undefined : { kind: 'TXT', texts };
  }

  private soa(reader: ByteReader): RData | undefined {
    const primary = this.name('primary', reader);
    const mailbox = primary === undefined ? undefined : this.name('mailbox', reader);
    if (primary === undefined || mailbox === undefined) return undefined;
    const serial = this.number('serial', 4, reader);
    const refresh = this.number('refresh', 4, reader);
    const retry = this.number('retry', 4, reader);
    const expire = this.number('expire', 4, reader);
    const minimum = this.number('minimum', 4, reader);
    return { kind: 'SOA', primary, mailbox, serial, refresh, retry, expire, minimum };
  }

  private options(reader: ByteReader): RData {
    const options: EdnsOption[] = [];
    while (reader.left > 0 && !reader.short) {
      const start = reader.at;
      const code = reader.u16();
      const data = reader.slice(reader.u16()).slice();
      options.push({ code, data });
      this.fields.push({ name: 'options', start, end: reader.at });
    }
    return { kind: 'OPT', options };
  }
}

/** Types whose data this codec takes apart. */
const KNOWN: ReadonlySet<number> = new Set([
  TYPE.A,
  TYPE.NS,
  TYPE.CNAME,
  TYPE.SOA,
  TYPE.PTR,
  TYPE.MX,
  TYPE.TXT,
  TYPE.AAAA,
  TYPE.SRV,
  TYPE.OPT,
]);

export function decodeDns(bytes: Uint8Array): DecodedDns {
  const decoder = new Decoder(bytes);
  const { reader } = decoder;
  const id = reader.u16();
  const flags = decodeFlags(reader.u16());
  const counts = { qd: reader.u16(), an: reader.u16(), ns: reader.u16(), ar: reader.u16() };
  const sections = {
    answers: [] as ResourceRecord[],
    authorities: [] as ResourceRecord[],
    additionals: [] as ResourceRecord[],
  };
  if (reader.short) decoder.fail('short-header', 0, `a header has 12 bytes, here are ${bytes.length}`);
  else readSections(decoder, counts, sections);
  return {
    message: { id, flags, questions: decoder.questions, ...sections },
    layout: { counts, questions: decoder.questionLayouts, records: decoder.recordLayouts },
    end: reader.at,
    ...(decoder.problem ? { problem: decoder.problem } : {}),
  };
}

function readSections(
  decoder: Decoder,
  counts: DnsLayout['counts'],
  sections: Readonly<Record<RecordLayout['section'], ResourceRecord[]>>,
): void {
  for (let i = 0; i < counts.qd; i++) if (!decoder.question()) return;
  for (let i = 0; i < counts.an; i++) if (!decoder.record('answers', sections.answers)) return;
  for (let i = 0; i < counts.ns; i++) if (!decoder.record('authorities', sections.authorities)) return;
  for (let i = 0; i < counts.ar; i++) if (!decoder.record('additionals', sections.additionals)) return;
}
