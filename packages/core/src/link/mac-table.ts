/**
 * A switch's forwarding table for one VLAN: which port an address was last seen on (IEEE 802.1Q clause 8.8). Entries age: one that has not
 * been refreshed for the ageing time is gone for forwarding at that instant; it is taken out (and reported) when it is next looked at, so
 * that a silent network has nothing pending. Bounded: a full table learns nothing new and the unknown is flooded.
 */
import type { MacAddress } from '../base/address.ts';
import type { Instant } from '../time/instant.ts';

export interface MacEntry<P> {
  readonly mac: MacAddress;
  port: P;
  /** Last frame from this address. Never ages where `fixed`. */
  seenAt: Instant;
  readonly fixed: boolean;
}

/** What a table reports. */
export interface MacTableWatcher<P> {
  learned(entry: MacEntry<P>): void;
  moved(entry: MacEntry<P>, from: P): void;
  aged(entry: MacEntry<P>): void;
}

const RECENT = 256;

export class MacTable<P> {
  private readonly entries = new Map<number, MacEntry<P>>();
  /** Entries that were found last, by the low bits of their addresses: 48-bit keys have boxes, which slow the map down (a twentieth of a hop). */
  private readonly recent = new Array<MacEntry<P> | undefined>(RECENT).fill(undefined);

  constructor(
    private readonly watcher: MacTableWatcher<P>,
    public ageingNs: number,
    private readonly limit: number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  private find(mac: MacAddress): MacEntry<P> | undefined {
    const place = placeOf(mac);
    const known = this.recent[place];
    if (known !== undefined && known.mac.low === mac.low && known.mac.high === mac.high) return known;
    const entry = this.entries.get(mac.key);
    if (entry !== undefined) this.recent[place] = entry;
    return entry;
  }

  /** Notes that a frame from `mac` came in at `port`. False where the table was full. */
  learn(mac: MacAddress, port: P, now: Instant): boolean {
    const entry = this.find(mac);
    if (entry === undefined) return this.add(mac, port, now);
    if (entry.fixed) return true;
    if (entry.port !== port) {
      const from = entry.port;
      entry.port = port;
      // An entry that had aged unseen is a new one.
      if (now - entry.seenAt >= this.ageingNs) {
        this.watcher.aged({ ...entry, port: from });
        this.watcher.learned(entry);
      } else this.watcher.moved(entry, from);
    }
    entry.seenAt = now;
    return true;
  }

  private add(mac: MacAddress, port: P, now: Instant): boolean {
    if (this.entries.size >= this.limit) this.sweep(now);
    if (this.entries.size >= this.limit) return false;
    const entry = { mac, port, seenAt: now, fixed: false };
    this.keep(entry);
    this.watcher.learned(entry);
    return true;
  }

  private keep(entry: MacEntry<P>): void {
    this.entries.set(entry.mac.key, entry);
    this.recent[placeOf(entry.mac)] = entry;
  }

  /** An entry by hand that stays where it is. */
  fix(mac: MacAddress, port: P): void {
    this.keep({ mac, port, seenAt: 0, fixed: true });
  }

  /** The port to `mac`; undefined where it is not known (any more). */
  lookup(mac: MacAddress, now: Instant): P | undefined {
    const entry = this.find(mac);
    if (entry === undefined) return undefined;
    if (!entry.fixed && now - entry.seenAt >= this.ageingNs) {
      this.remove(entry);
      return undefined;
    }
    return entry.port;
  }

  private remove(entry: MacEntry<P>): void {
    this.entries.delete(entry.mac.key);
    const place = placeOf(entry.mac);
    if (this.recent[place] === entry) this.recent[place] = undefined;
    this.watcher.aged(entry);
  }

  /** Takes out what has aged. */
  sweep(now: Instant): void {
    for (const entry of this.entries.values()) {
      if (!entry.fixed && now - entry.seenAt >= this.ageingNs) this.remove(entry);
    }
  }

  /** Forgets what was learned behind `port`, as a bridge does when the port loses carrier. */
  forget(port: P): void {
    for (const entry of this.entries.values()) if (!entry.fixed && entry.port === port) this.remove(entry);
  }

  /** Entries that hold at `now`, in the order of learning. */
  list(now: Instant): readonly MacEntry<P>[] {
    this.sweep(now);
    return [...this.entries.values()];
  }
}

function placeOf(mac: MacAddress): number {
  return mac.low & (RECENT - 1);
}
