/**
 * Record data as text, both ways: the presentation format of zone files and of `dig` (RFC 1035 section 5.1, RFC 3597 section 5).
 * Reading takes the words of one line; a text is the reason why they are no such data, in BIND's words.
 */
import { parseIpv4, parseIpv6 } from '@netarium/core/base/address.ts';
import { fromHex, hex } from '@netarium/core/base/bytes.ts';
import { decodeDns } from '@netarium/core/wire/dns-decoder.ts';
import { type DnsName, parseLabels, parseName } from '@netarium/core/wire/dns-name.ts';
import { type RData, TYPE, typeName } from '@netarium/core/wire/dns-types.ts';

/** A word of a zone file. `quoted` words are never names of directives or types. */
export interface Word {
  /** As written, escapes included; without the quotes. */
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

/** A character-string in quotes, with the escapes that zone files need. */
function quotedText(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) out += `\\${String(code).padStart(3, '0')}`;
    else out += text[i] === '"' || text[i] === '\\' ? `\\${text[i]}` : text[i];
  }
  return `"${out}"`;
}

/** Record data as `dig` prints it. */
export function rdataText(data: RData): string {
  switch (data.kind) {
    case 'A':
    case 'AAAA':
      return data.address;
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return data.target;
    case 'MX':
      return `${data.preference} ${data.exchange}`;
    case 'TXT':
      return data.texts.map(quotedText).join(' ');
    case 'SRV':
      return `${data.priority} ${data.weight} ${data.port} ${data.target}`;
    case 'SOA':
      return `${data.primary} ${data.mailbox} ${data.serial} ${data.refresh} ${data.retry} ${data.expire} ${data.minimum}`;
    case 'OPT':
      return data.options.map((option) => `${option.code}:${hex(option.data)}`).join(' ');
    case 'raw': {
      const digits = hex(data.bytes)
        .toUpperCase()
        .replace(/.{56}(?=.)/g, '$& ');
      return digits === '' ? '\\# 0' : `\\# ${data.bytes.length} ${digits}`;
    }
  }
}

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
]);

/** `3600`, `1h30m`, `2W` in seconds (BIND's units); undefined for anything else or past 2^31 - 1 (RFC 2181 section 8). */
export function parseTtl(text: string): number | undefined {
  if (!/^(\d{1,10}|(\d{1,10}[smhdw])+)$/i.test(text)) return undefined;
  let seconds = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)([smhdw]?)/gi))
    seconds += Number(digits) * (UNIT_SECONDS.get(unit!.toLowerCase()) ?? 1);
  return seconds <= 0x7fff_ffff ? seconds : undefined;
}

/** Resolves `\DDD` and `\X` of a character-string; undefined where an escape is broken or the string exceeds 255 bytes. */
function unescaped(text: string): string | undefined {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      out += text[i];
      continue;
    }
    const digits = /^\d{3}/.exec(text.slice(i + 1, i + 4))?.[0];
    if (digits === undefined) {
      if (i + 1 >= text.length || /\d/.test(text[i + 1]!)) return undefined;
      out += text[++i];
    } else {
      if (Number(digits) > 255) return undefined;
      out += String.fromCharCode(Number(digits));
      i += 3;
    }
  }
  for (let i = 0; i < out.length; i++) if (out.charCodeAt(i) > 255) return undefined;
  return out.length <= 255 ? out : undefined;
}

/** Takes words one by one and remembers the first complaint. */
class WordReader {
  problem: string | undefined;
  private at = 0;

  constructor(
    private readonly words: readonly Word[],
    private readonly origin: DnsName,
  ) {}

  get left(): number {
    return this.words.length - this.at;
  }

  word(): string {
    const word = this.words[this.at++];
    if (word === undefined) return this.complain('near eol: unexpected end of input');
    return word.text;
  }

  complain(text: string, near?: string): string {
    this.problem ??= near === undefined ? text : `near '${near}': ${text}`;
    return '';
  }

  name(): DnsName {
    const text = this.word();
    if (this.problem !== undefined) return '.';
    if (text === '@') return this.origin;
    const name = parseName(text, this.origin);
    if (name !== undefined) return name;
    const reason = parseLabels(text);
    this.complain(typeof reason === 'string' ? reason : 'ran out of space', text);
    return '.';
  }

  number(max: number): number {
    const text = this.word();
    if (/^\d{1,10}$/.test(text) && Number(text) <= max) return Number(text);
    if (this.problem === undefined) this.complain(/^\d+$/.test(text) ? 'out of range' : 'not a valid number', text);
    return 0;
  }

  seconds(): number {
    const text = this.word();
    const seconds = parseTtl(text);
    if (seconds === undefined && this.problem === undefined) this.complain('bad ttl', text);
    return seconds ?? 0;
  }

  string(): string {
    const text = this.word();
    const plain = unescaped(text);
    if (plain === undefined) this.complain('syntax error', text);
    return plain ?? '';
  }
}

const U16 = 0xffff;

/** Reads the data of a record of `type` from the words behind the type. */
export function parseRData(type: number, words: readonly Word[], origin: DnsName): RData | string {
  if (words[0]?.text === '\\#' && !words[0].quoted) return genericRData(type, words.slice(1));
  const reader = new WordReader(words, origin);
  const data = typedRData(type, reader);
  if (data === undefined)
    return `${typeName(type)} data can be given as '\\# length hex' (RFC 3597) only; see docs/coverage/named.md`;
  if (reader.problem !== undefined) return reader.problem;
  return reader.left > 0 ? `near '${words[words.length - reader.left]!.text}': extra input text` : data;
}

function typedRData(type: number, reader: WordReader): RData | undefined {
  switch (type) {
    case TYPE.A: {
      const text = reader.word();
      if (!parseIpv4(text) && reader.problem === undefined) reader.complain('bad dotted quad', text);
      return { kind: 'A', address: text };
    }
    case TYPE.AAAA: {
      const text = reader.word();
      const address = parseIpv6(text);
      if (!address && reader.problem === undefined) reader.complain('bad IPv6 address', text);
      return { kind: 'AAAA', address: String(address) };
    }
    case TYPE.NS:
      return { kind: 'NS', target: reader.name() };
    case TYPE.CNAME:
      return { kind: 'CNAME', target: reader.name() };
    case TYPE.PTR:
      return { kind: 'PTR', target: reader.name() };
    case TYPE.MX:
      return { kind: 'MX', preference: reader.number(U16), exchange: reader.name() };
    case TYPE.TXT: {
      const texts = [reader.string()];
      while (reader.left > 0) texts.push(reader.string());
      return { kind: 'TXT', texts };
    }
    case TYPE.SRV: {
      const [priority, weight, port] = [reader.number(U16), reader.number(U16), reader.number(U16)];
      return { kind: 'SRV', priority, weight, port, target: reader.name() };
    }
    case TYPE.SOA: {
      const primary = reader.name();
      const mailbox = reader.name();
      const serial = reader.number(0xffff_ffff);
      const [refresh, retry, expire, minimum] = [
        reader.seconds(),
        reader.seconds(),
        reader.seconds(),
        reader.seconds(),
      ];
      return { kind: 'SOA', primary, mailbox, serial, refresh, retry, expire, minimum };
    }
    default:
      return undefined;
  }
}

/** `\# 4 0A000001` (RFC 3597 section 5), also for types that have a form of their own. */
function genericRData(type: number, words: readonly Word[]): RData | string {
  const length = words[0]?.text ?? '';
  const bytes = fromHex(
    words
      .slice(1)
      .map((word) => word.text)
      .join(''),
  );
  if (!/^\d{1,5}$/.test(length) || Number(length) > U16) return `near '${length}': not a valid number`;
  if (!bytes) return 'bad hex encoding';
  if (bytes.length !== Number(length)) return 'unexpected end of input';
  // A message of one record with these bytes: the decoder knows the shapes of the types.
  const head = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, type >> 8, type & 255, 0, 1, 0, 0, 0, 0];
  const message = Uint8Array.of(...head, bytes.length >> 8, bytes.length & 255, ...bytes);
  const decoded = decodeDns(message);
  return decoded.problem ? `bad data for type ${type}` : decoded.message.answers[0]!.data;
}
