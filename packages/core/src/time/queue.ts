/**
 * The event queue: pending events ordered by (time, sequence), so that events of one instant run first-in first-out. `now` is the world's clock: it moves here and
 * nowhere else.
 *
 * What is due soon lies in a wheel (`wheel.ts`), all else in a heap (`heap.ts`), and the earlier of their first entries is next. The wheel takes its dimensions from
 * the last thousand events: four buckets or more for each that is pending, each as long as four to eight events take. Beside a heap alone, a hop of workload C with
 * its 700 pending takes 285 of 4,546 compiled instructions fewer, an event of workload E with 1,000 a quarter less time (bench/README.md).
 */
import { assert } from '../base/assert.ts';
import { Entries } from './entries.ts';
import { EntryHeap } from './heap.ts';
import { HORIZON_NS, type Instant, NEVER, START } from './instant.ts';
import { EntryWheel } from './wheel.ts';

/** Something that happens at an instant. One object may be scheduled many times. */
export interface Event {
  fire(now: Instant): void;
}

export class HorizonError extends Error {
  override readonly name = 'HorizonError';
}

const CANCELLED: Event = { fire() {} };

/** After so many events, a power of two, the wheel's dimensions are looked at. */
const REVIEW_EVENTS = 1024;
/** With fewer pending a heap is as fast or faster: with the 11 of workload A a wheel took more time, though not more instructions. */
const WHEEL_MIN_PENDING = 24;
const BUCKETS_MIN = 64;
/** With 100,000 pending, more buckets are slower again: they no longer fit the processor's cache. */
const BUCKETS_MAX = 1 << 16;

export class EventQueue {
  now: Instant = NEVER;
  /** Events fired since the start, cancelled ones not counted. */
  fired = 0;
  private cancelled = 0;
  private readonly entries = new Entries();
  private readonly wheel = new EntryWheel(this.entries);
  private readonly heap = new EntryHeap(this.entries);
  private reviewed: Instant = START;

  constructor() {
    // A plain 0 in a field that was a floating-point number from its beginning: see `START`.
    this.now = 0;
    this.reviewed = 0;
  }

  /** Events still to fire. */
  get pending(): number {
    return this.wheel.size + this.heap.size - this.cancelled;
  }

  /** Schedules `event` and answers a slot for `cancel`, valid until the event fires. */
  schedule(at: Instant, event: Event): number {
    if (!(at >= this.now && at <= HORIZON_NS) || !Number.isInteger(at)) this.refuse(at);
    const slot = this.entries.add(at, event);
    if (!this.wheel.add(slot, at)) this.addToHeap(slot, at);
    return slot;
  }

  private refuse(at: Instant): never {
    if (at > HORIZON_NS) throw new HorizonError('virtual time would pass 100 days: the run never comes to rest');
    assert(Number.isInteger(at), `event at ${at}: not an integer number of nanoseconds`);
    assert(at >= this.now, `event at ${at} lies before now, ${this.now}`);
    throw new HorizonError('unreachable');
  }

  private addToHeap(slot: number, at: Instant): void {
    const { wheel } = this;
    if (wheel.size === 0 && wheel.buckets > 0) {
      // An empty wheel stands still: its turn may have been over long ago.
      wheel.restart(this.now);
      if (wheel.add(slot, at)) return;
    }
    this.heap.add(slot, at);
  }

  /** Takes a scheduled event back. `event` guards against a slot that has fired and was reused. */
  cancel(slot: number, event: Event): void {
    const { events } = this.entries;
    assert(events[slot] === event, 'cancel of an event that is not pending in this slot');
    events[slot] = CANCELLED;
    this.cancelled++;
  }

  /** The instant of the next event, or undefined when none is pending. */
  get next(): Instant | undefined {
    for (let slot = this.first; slot !== 0; slot = this.first) {
      if (this.entries.events[slot] !== CANCELLED) return this.entries.timeOf(slot);
      this.cancelled--;
      this.take(slot);
    }
    return undefined;
  }

  /** Fires the next event if it is due at or before `until`; moves the clock to it. */
  step(until: Instant): boolean {
    for (;;) {
      const slot = this.first;
      if (slot === 0) return false;
      const at = this.entries.timeOf(slot);
      if (at > until) return false;
      const event = this.take(slot);
      if (event === CANCELLED) {
        this.cancelled--;
        continue;
      }
      this.now = at;
      if ((++this.fired & (REVIEW_EVENTS - 1)) === 0) this.review();
      event.fire(at);
      return true;
    }
  }

  /** Moves the clock forward where nothing is pending before `at`. */
  advance(at: Instant): void {
    const { next } = this;
    assert(at >= this.now && (next === undefined || at <= next), 'advance over a pending event');
    this.now = at;
  }

  /** The slot of the next entry, which may be cancelled; 0 where nothing is pending. */
  private get first(): number {
    const { wheel, heap } = this;
    if (wheel.size === 0) return heap.first;
    const slot = wheel.first;
    return heap.isBefore(slot, this.entries.timeOf(slot)) ? heap.first : slot;
  }

  /** Takes out the entry that `first` has just answered. */
  private take(slot: number): Event {
    const { wheel, heap, entries } = this;
    if (heap.first === slot) heap.takeFirst();
    else {
      wheel.takeFirst(slot);
      // What is due before a cancelled event may still come.
      if (entries.events[slot] !== CANCELLED) wheel.turn();
    }
    return entries.release(slot);
  }

  /** Fits the wheel to what is pending, and to how events followed each other since the last review. */
  private review(): void {
    const { wheel } = this;
    const gapNs = (this.now - this.reviewed) / REVIEW_EVENTS;
    this.reviewed = this.now;
    const pending = wheel.size + this.heap.size;
    let buckets = 0;
    if (pending >= WHEEL_MIN_PENDING)
      for (buckets = BUCKETS_MIN; buckets < 4 * pending && buckets < BUCKETS_MAX; ) buckets *= 2;
    let perNs = 1;
    while (perNs * gapNs > 0.25) perNs /= 2;
    wheel.rebase();
    if (!isNear(wheel.buckets, buckets) || (buckets > 0 && !isNear(wheel.perNs, perNs))) this.rebuild(buckets, perNs);
  }

  /** What is in the heap stays there until it fires. */
  private rebuild(buckets: number, perNs: number): void {
    const { wheel, heap, entries } = this;
    const slots = wheel.takeAll();
    wheel.resize(buckets, perNs);
    wheel.restart(this.now);
    for (const slot of slots) if (!wheel.add(slot, entries.timeOf(slot))) heap.add(slot, entries.timeOf(slot));
  }
}

/** Whether a change of dimensions would be of little use. */
function isNear(value: number, wanted: number): boolean {
  return value >= wanted / 2 && value <= wanted * 4;
}
