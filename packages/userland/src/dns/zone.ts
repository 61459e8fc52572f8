/**
 * A zone in memory: names to record sets, checked when it is built (RFC 1034 section 4.2, RFC 2181 section 5).
 *
 * Promises: every name between a record and the apex exists (empty non-terminals, RFC 4592 section 2.2.2); a record set has one TTL, the
 * first one stated (RFC 2181 section 5.2); no duplicate data.
 */
import { ByteWriter, hex } from '@netarium/core/base/bytes.ts';
import { writeRData } from '@netarium/core/wire/dns.ts';
import { type DnsName, isWithin, nameKey, parentName } from '@netarium/core/wire/dns-name.ts';
import { CLASS, type RData, type ResourceRecord, type SoaData, TYPE } from '@netarium/core/wire/dns-types.ts';
import type { ZoneRecord } from './zone-file.ts';
import type { ZoneProblem } from './zone-words.ts';

export interface RecordSet {
  readonly name: DnsName;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  readonly data: readonly RData[];
}

export type ZoneNode = ReadonlyMap<number, RecordSet>;

export interface Zone {
  readonly origin: DnsName;
  readonly soa: SoaData;
  readonly soaTtl: number;
  /** By `nameKey`; empty non-terminals have an empty map. */
  readonly nodes: ReadonlyMap<string, ZoneNode>;
}

export type BuiltZone =
  | { readonly ok: true; readonly zone: Zone; readonly warnings: readonly ZoneProblem[] }
  | { readonly ok: false; readonly line: number; readonly text: string };

export function recordsOf(set: RecordSet, name: DnsName = set.name, ttl: number = set.ttl): ResourceRecord[] {
  return set.data.map((data) => ({ name, type: set.type, class: CLASS.IN, ttl, data }));
}

/** Data as bytes in lower case where it is names: equal text for equal data (RFC 2181 section 5). */
function rdataKey(data: RData): string {
  const out = new ByteWriter();
  const folded = 'target' in data ? { ...data, target: nameKey(data.target) } : data;
  writeRData(out, folded.kind === 'MX' ? { ...folded, exchange: nameKey(folded.exchange) } : folded);
  return hex(out.written());
}

type MutableNodes = Map<string, Map<number, { name: DnsName; type: number; ttl: number; data: RData[] }>>;

function place(nodes: MutableNodes, record: ResourceRecord): void {
  const key = nameKey(record.name);
  const node = nodes.get(key) ?? new Map();
  nodes.set(key, node);
  const set = node.get(record.type);
  if (!set) node.set(record.type, { name: record.name, type: record.type, ttl: record.ttl, data: [record.data] });
  else if (!set.data.some((one: RData) => rdataKey(one) === rdataKey(record.data))) set.data.push(record.data);
}

function addEmptyNonTerminals(nodes: MutableNodes, origin: DnsName): void {
  for (const node of [...nodes.values()]) {
    const first = node.values().next().value;
    for (let up = first && parentName(first.name); up !== undefined && isWithin(up, origin); up = parentName(up)) {
      if (nodes.has(nameKey(up))) continue;
      nodes.set(nameKey(up), new Map());
    }
  }
}

/** RFC 2181 section 10.1: where a CNAME is, nothing else may be, and only one. The line is that of the record that came second. */
function conflict(records: readonly ZoneRecord[]): ZoneProblem | undefined {
  const seen = new Map<string, { readonly type: number; readonly data: string }>();
  for (const record of records) {
    const { line } = record;
    const key = nameKey(record.name);
    const before = seen.get(key);
    const alias = record.type === TYPE.CNAME;
    if (before && alias !== (before.type === TYPE.CNAME))
      return { line, text: `${label(record.name)}: CNAME and other data` };
    if (before && alias && before.data !== rdataKey(record.data))
      return { line, text: `${label(record.name)}: multiple RRs of singleton type` };
    if (!before) seen.set(key, { type: record.type, data: alias ? rdataKey(record.data) : '' });
  }
  return undefined;
}

export function buildZone(origin: DnsName, records: readonly ZoneRecord[]): BuiltZone {
  const nodes: MutableNodes = new Map();
  const warnings: ZoneProblem[] = [];
  const soas: ZoneRecord[] = [];
  for (const record of records) {
    if (!isWithin(record.name, origin)) {
      warnings.push({ line: record.line, text: `ignoring out-of-zone data (${label(record.name)})` });
      continue;
    }
    if (record.type === TYPE.SOA) {
      if (nameKey(record.name) !== nameKey(origin))
        return { ok: false, line: record.line, text: `SOA record not at top of zone (${label(record.name)})` };
      soas.push(record);
    }
    // A wildcard cannot be a zone cut (RFC 4592 section 4.2).
    if (record.type === TYPE.NS && record.name.startsWith('*.'))
      return { ok: false, line: record.line, text: `${label(record.name)}: invalid NS owner name (wildcard)` };
    place(nodes, record);
  }
  const soa = soas[0]?.data;
  if (soa?.kind !== 'SOA') return { ok: false, line: 1, text: 'zone has 0 SOA records' };
  if (soas.length > 1) return { ok: false, line: soas[1]!.line, text: `zone has ${soas.length} SOA records` };
  if (!nodes.get(nameKey(origin))!.has(TYPE.NS))
    return { ok: false, line: soas[0]!.line, text: 'zone has no NS records' };
  const clash = conflict(records);
  if (clash) return { ok: false, ...clash };
  addEmptyNonTerminals(nodes, origin);
  return { ok: true, zone: { origin, soa, soaTtl: soas[0]!.ttl, nodes }, warnings };
}

/** A name as BIND's messages have it. */
function label(name: DnsName): string {
  return name === '.' ? name : name.replace(/\.$/, '');
}
