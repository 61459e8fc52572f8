/**
 * A wheel of buckets, each of them a stretch of time, for what is due soon: an entry finds its bucket by one multiplication, and the first bucket in use is found by
 * a bit for each. A bucket's entries form a list in the order in which they fire (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", scheme 6, with sorted
 * lists). Both take the same time however many are pending; with a heap its height counts.
 *
 * The wheel takes what is due within one turn, as long as a bucket's list is short; what it refuses belongs into the heap. So its dimensions decide about speed
 * alone, never about order.
 */
import type { Entries } from './entries.ts';
import { type Instant, START } from './instant.ts';

/** Steps along a bucket's list before an entry is refused. */
const LIST_STEPS = 12;
/** Bucket numbers stay small integers, for which the engine needs no box. */
const CURSOR_MAX = 1 << 29;

export class EntryWheel {
  /** Entries in the wheel. */
  size = 0;
  buckets = 0;
  /** Buckets per nanosecond, a power of two, so that multiplying by it is exact. */
  perNs = 0.5;
  private mask = -1;
  /** Where bucket 0 begins. */
  private base: Instant = START;
  /** No entry is in a bucket before this one. */
  private cursor = 0;
  /** The bucket of the entry that `first` answered. */
  private found = 0;
  private heads = new Int32Array(0);
  /** A bit for each bucket that has entries. */
  private inUse = new Int32Array(0);

  constructor(private readonly entries: Entries) {
    this.base = 0;
  }

  /** Sets the dimensions of a wheel without entries: how many buckets, a power of two from 32, or 0. */
  resize(buckets: number, perNs: number): void {
    this.buckets = buckets;
    this.perNs = perNs;
    this.mask = buckets - 1;
    this.heads = new Int32Array(buckets);
    this.inUse = new Int32Array(buckets >> 5);
  }

  /** Lets an empty wheel begin at an instant. */
  restart(now: Instant): void {
    this.base = now;
    this.cursor = 0;
  }

  /** Keeps the numbers of buckets small in a long run. */
  rebase(): void {
    if (this.cursor < CURSOR_MAX) return;
    const turns = Math.floor(this.cursor / this.buckets);
    this.base += (turns * this.buckets) / this.perNs;
    this.cursor -= turns * this.buckets;
  }

  /**
   * False where the entry is due after this turn, or its bucket's list is long. No entry may be due in a bucket before the one that the wheel has turned to, or be
   * older than another one of its instant.
   */
  add(slot: number, at: Instant): boolean {
    const bucket = (at - this.base) * this.perNs;
    return bucket < this.cursor + this.buckets && this.insert(slot, at, (bucket | 0) & this.mask);
  }

  private insert(slot: number, at: Instant, place: number): boolean {
    const { heads } = this;
    const { links, keys } = this.entries;
    const head = heads[place]!;
    if (head === 0) this.inUse[place >> 5]! |= 1 << (place & 31);
    else if (!(at < keys[2 * head]!)) return this.insertBehind(head, slot, at);
    heads[place] = slot;
    links[slot] = head;
    this.size++;
    return true;
  }

  /** Behind all entries of the same instant. */
  private insertBehind(head: number, slot: number, at: Instant): boolean {
    const { links, keys } = this.entries;
    let before = head;
    for (let i = 0; i < LIST_STEPS; i++) {
      const next = links[before]!;
      if (next === 0 || at < keys[2 * next]!) {
        links[slot] = next;
        links[before] = slot;
        this.size++;
        return true;
      }
      before = next;
    }
    return false;
  }

  /** The slot of the earliest entry of a wheel that has one. */
  get first(): number {
    const { cursor } = this;
    const slot = this.heads[cursor & this.mask]!;
    if (slot === 0) return this.search();
    this.found = cursor;
    return slot;
  }

  private search(): number {
    const { cursor, mask, inUse } = this;
    const lastWord = mask >> 5;
    let word = (cursor & mask) >> 5;
    let bucket = cursor & ~31;
    let bits = inUse[word]! & (-1 << (cursor & 31));
    while (bits === 0) {
      word = (word + 1) & lastWord;
      bucket += 32;
      bits = inUse[word]!;
    }
    bucket += 31 - Math.clz32(bits & -bits);
    this.found = bucket;
    return this.heads[bucket & mask]!;
  }

  /** Takes out the entry that `first` has just answered. */
  takeFirst(slot: number): void {
    const { found } = this;
    const place = found & this.mask;
    const next = this.entries.links[slot]!;
    this.heads[place] = next;
    if (next === 0) this.inUse[place >> 5]! &= ~(1 << (place & 31));
    this.size--;
  }

  /** Turns to the bucket of the entry that was taken out: nothing will be added before it. */
  turn(): void {
    this.cursor = this.found;
  }

  /** Takes all entries out, those of one instant in their order. */
  takeAll(): number[] {
    const all: number[] = [];
    const { links } = this.entries;
    for (const head of this.heads) for (let slot = head; slot !== 0; slot = links[slot]!) all.push(slot);
    this.heads.fill(0);
    this.inUse.fill(0);
    this.size = 0;
    return all;
  }
}
