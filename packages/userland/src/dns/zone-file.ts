/**
 * Master files to records (RFC 1035 section 5, RFC 2308 section 4 for $TTL).
 *
 * Promises: any text gives records or a problem with its line, in finite time; names come out absolute and TTLs explicit.
 * Supported: $ORIGIN, $TTL, `@`, relative names, repeated owners, parentheses, quoted strings, comments, TTL units, class and TTL in
 * either order, RFC 3597 types. $INCLUDE and $GENERATE are problems that say so.
 */
import { type DnsName, parseLabels, parseName } from '@netarium/core/wire/dns-name.ts';
import { CLASS, className, classNumber, type ResourceRecord, TYPE, typeNumber } from '@netarium/core/wire/dns-types.ts';
import { parseRData, parseTtl, type Word } from './record-text.ts';
import { type ZoneLine, type ZoneProblem, zoneLines } from './zone-words.ts';

export interface ZoneRecord extends ResourceRecord {
  readonly line: number;
}

export type ParsedZoneFile =
  | { readonly ok: true; readonly records: readonly ZoneRecord[]; readonly warnings: readonly ZoneProblem[] }
  | { readonly ok: false; readonly problem: ZoneProblem };

class ZoneFileParser {
  readonly records: ZoneRecord[] = [];
  readonly warnings: ZoneProblem[] = [];
  private owner: DnsName | undefined;
  private defaultTtl: number | undefined;
  private lastTtl: number | undefined;

  constructor(private origin: DnsName) {}

  /** A text is the problem with this line. */
  line(line: ZoneLine): string | undefined {
    const first = line.words[0]!;
    if (!line.indented && !first.quoted && first.text.startsWith('$')) return this.directive(first.text, line);
    return this.record(line);
  }

  private directive(name: string, line: ZoneLine): string | undefined {
    const value = line.words[1]?.text;
    const upper = name.toUpperCase();
    if (upper === '$INCLUDE' || upper === '$GENERATE')
      return `${name} is not supported by Netarium; see docs/coverage/named.md`;
    if (upper !== '$ORIGIN' && upper !== '$TTL') return `unknown $ directive '${name}'`;
    if (value === undefined) return 'unexpected end of line';
    if (line.words.length > 2) return 'extra input text';
    if (upper === '$TTL') {
      this.defaultTtl = parseTtl(value);
      return this.defaultTtl === undefined ? `bad ttl '${value}'` : undefined;
    }
    const origin = this.name(value);
    if (typeof origin === 'object') return origin.problem;
    this.origin = origin;
    return undefined;
  }

  private name(text: string): DnsName | { readonly problem: string } {
    if (text === '@') return this.origin;
    const name = parseName(text, this.origin);
    if (name !== undefined) return name;
    const reason = parseLabels(text);
    return { problem: typeof reason === 'string' ? reason : 'ran out of space' };
  }

  private record(line: ZoneLine): string | undefined {
    let words = line.words;
    if (!line.indented) {
      const owner = this.name(words[0]!.text);
      if (typeof owner === 'object') return owner.problem;
      this.owner = owner;
      words = words.slice(1);
    }
    if (this.owner === undefined) return 'no current owner name';
    const { ttl, klass, rest } = ttlAndClass(words);
    const typeWord = rest[0];
    if (typeWord === undefined) return 'unexpected end of line';
    const type = typeWord.quoted ? undefined : typeNumber(typeWord.text);
    if (type === undefined) return `unknown RR type '${typeWord.text}'`;
    if (META_TYPES.has(type)) return `'${typeWord.text}' is a meta type and cannot stand in a zone`;
    if (klass !== CLASS.IN) return `class '${className(klass)}' != zone class 'IN'`;
    const data = parseRData(type, rest.slice(1), this.origin);
    if (typeof data === 'string') return data;
    return this.add(line.line, type, ttl, data);
  }

  private add(line: number, type: number, ttl: number | undefined, data: ResourceRecord['data']): string | undefined {
    // RFC 2308 section 4: $TTL, before it RFC 1035's "last stated value"; BIND falls back to the SOA's minimum and warns.
    let effective = ttl ?? this.defaultTtl ?? this.lastTtl;
    if (effective === undefined && data.kind === 'SOA') {
      effective = data.minimum;
      this.warnings.push({ line, text: 'no TTL specified; using SOA MINTTL instead' });
    }
    if (effective === undefined) return 'no TTL specified';
    this.lastTtl = effective;
    this.records.push({ name: this.owner!, type, class: CLASS.IN, ttl: effective, data, line });
    return undefined;
  }
}

const META_TYPES: ReadonlySet<number> = new Set([TYPE.OPT, TYPE.ANY, TYPE.AXFR, TYPE.IXFR]);

/** `[TTL] [class]` or `[class] [TTL]` before the type. */
function ttlAndClass(words: readonly Word[]): { ttl: number | undefined; klass: number; rest: readonly Word[] } {
  let ttl: number | undefined;
  let klass: number | undefined;
  let at = 0;
  for (; at < words.length && at < 2; at++) {
    const { text, quoted } = words[at]!;
    if (quoted) break;
    const seconds = ttl === undefined ? parseTtl(text) : undefined;
    const number = klass === undefined ? classNumber(text) : undefined;
    // ANY is a type and a class; before data it is the type.
    if (seconds !== undefined) ttl = seconds;
    else if (number !== undefined && number !== CLASS.ANY) klass = number;
    else break;
  }
  return { ttl, klass: klass ?? CLASS.IN, rest: words.slice(at) };
}

export function parseZoneFile(text: string, origin: DnsName): ParsedZoneFile {
  const lines = zoneLines(text);
  if ('text' in lines) return { ok: false, problem: lines };
  const parser = new ZoneFileParser(origin);
  for (const line of lines) {
    const problem = parser.line(line);
    if (problem !== undefined) return { ok: false, problem: { line: line.line, text: problem } };
  }
  return { ok: true, records: parser.records, warnings: parser.warnings };
}
