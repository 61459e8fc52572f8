/**
 * A resolver's cache: record sets and negative answers with their remaining time (RFC 1035 section 7.4, RFC 2181 section 5.4.1 for trust,
 * RFC 2308 for negative answers). Pure: the caller says what time it is, in whole seconds, the unit in which BIND counts too.
 */
import { type DnsName, nameKey } from '@netarium/core/wire/dns-name.ts';
import { CLASS, type ResourceRecord, TYPE } from '@netarium/core/wire/dns-types.ts';
import type { RecordSet } from './zone.ts';

/** Where data came from; more trustworthy data is not replaced by less while it lives. */
export const TRUST = { glue: 1, referral: 2, answer: 3, authoritative: 4 } as const;
export type Trust = (typeof TRUST)[keyof typeof TRUST];

export type Cached =
  | { readonly kind: 'set'; readonly set: RecordSet; readonly trust: Trust }
  | { readonly kind: 'nodata' | 'nxdomain'; readonly soa: ResourceRecord };

interface Entry {
  readonly value: Cached;
  readonly expiresS: number;
}

/** BIND's max-cache-ttl, max-ncache-ttl, and a bound on entries in place of max-cache-size. */
const MAX_TTL_S = 604_800;
const MAX_NEGATIVE_TTL_S = 10_800;
const MAX_ENTRIES = 20_000;

export class DnsCache {
  private readonly entries = new Map<string, Entry>();

  get size(): number {
    return this.entries.size;
  }

  flush(): void {
    this.entries.clear();
  }

  put(set: RecordSet, trust: Trust, nowS: number): void {
    const key = keyOf(set.name, set.type);
    const known = this.live(key, nowS)?.value;
    if (known?.kind === 'set' && known.trust > trust) return;
    // Glue never contradicts an authority's denial.
    if (known && known.kind !== 'set' && trust < TRUST.answer) return;
    if (trust >= TRUST.answer) this.entries.delete(keyOf(set.name, 'nxdomain'));
    this.store(key, { kind: 'set', set, trust }, Math.min(set.ttl, MAX_TTL_S), nowS);
  }

  /** Notes that `name` does not exist, or has no records of `type`; `soa.ttl` is how long (RFC 2308 section 5). */
  putNegative(kind: 'nodata' | 'nxdomain', name: DnsName, type: number, soa: ResourceRecord, nowS: number): void {
    const key = keyOf(name, kind === 'nxdomain' ? kind : type);
    this.store(key, { kind, soa }, Math.min(soa.ttl, MAX_NEGATIVE_TTL_S), nowS);
  }

  /** What is known of the name and type, its TTL counted down. */
  get(name: DnsName, type: number, nowS: number): Cached | undefined {
    const entry = this.live(keyOf(name, type), nowS) ?? this.live(keyOf(name, 'nxdomain'), nowS);
    if (!entry) return undefined;
    const ttl = entry.expiresS - nowS;
    const { value } = entry;
    return value.kind === 'set' ? { ...value, set: { ...value.set, ttl } } : { ...value, soa: { ...value.soa, ttl } };
  }

  /** The record set alone. */
  getSet(name: DnsName, type: number, nowS: number): RecordSet | undefined {
    const found = this.get(name, type, nowS);
    return found?.kind === 'set' ? found.set : undefined;
  }

  private live(key: string, nowS: number): Entry | undefined {
    const entry = this.entries.get(key);
    if (!entry || entry.expiresS > nowS) return entry;
    this.entries.delete(key);
    return undefined;
  }

  private store(key: string, value: Cached, ttl: number, nowS: number): void {
    // Taken out and put in again: the map's order is by age of the entry, the oldest goes first.
    this.entries.delete(key);
    if (ttl <= 0) return;
    this.entries.set(key, { value, expiresS: nowS + ttl });
    if (this.entries.size > MAX_ENTRIES) this.entries.delete(this.entries.keys().next().value!);
  }
}

function keyOf(name: DnsName, type: number | 'nxdomain'): string {
  return `${nameKey(name)} ${type}`;
}

/** Groups records of class IN into sets; the TTL of a set is the least one (RFC 2181 section 5.2). */
export function setsOf(records: readonly ResourceRecord[]): RecordSet[] {
  const sets = new Map<string, { name: DnsName; type: number; ttl: number; data: ResourceRecord['data'][] }>();
  for (const record of records) {
    if (record.class !== CLASS.IN || record.type === TYPE.OPT) continue;
    // RFC 2181 section 8: a TTL with the first bit set means 0.
    const ttl = record.ttl > 0x7fff_ffff ? 0 : record.ttl;
    const key = keyOf(record.name, record.type);
    const set = sets.get(key);
    if (!set) sets.set(key, { name: record.name, type: record.type, ttl, data: [record.data] });
    else {
      set.data.push(record.data);
      set.ttl = Math.min(set.ttl, ttl);
    }
  }
  return [...sets.values()];
}
