/**
 * The event queue: pending events ordered by (time, sequence), so that events of one instant run first-in first-out. A 4-ary heap over
 * typed arrays, written for this one element type only (a second instantiation would halve its speed; see bench/README.md). `now` is the
 * world's clock: it moves here and nowhere else.
 * A fired event's place at the top stays vacant until the next one is scheduled or asked for: most events schedule their successor, which then
 * sinks from the top at once, in place of one entry that sinks and one that rises.
 */
import { assert } from '../base/assert.ts';
import { HORIZON_NS, type Instant, NEVER } from './instant.ts';

/** Something that happens at an instant. One object may be scheduled many times. */
export interface Event {
  fire(now: Instant): void;
}

export class HorizonError extends Error {
  override readonly name = 'HorizonError';
}

const FREE: Event = {
  fire() {
    assert(false, 'a free slot fired');
  },
};
const CANCELLED: Event = { fire() {} };

export class EventQueue {
  now: Instant = NEVER;
  /** Events fired since the start, cancelled ones not counted. */
  fired = 0;
  private sequence = 0;
  private size = 0;
  private cancelled = 0;
  /** The entry at the top has fired; this was its slot. -1 while the top is pending. */
  private vacant = -1;
  // Starts small: arrays of 64 bytes live in the young heap, and a small world costs little.
  private capacity = 8;
  // The heap, in heap order: time and sequence of each entry, and the slot that holds its event.
  private times = new Float64Array(this.capacity);
  private sequences = new Float64Array(this.capacity);
  private slots = new Int32Array(this.capacity);
  // Slots, reused through a free list.
  private events: Event[] = [];
  private freeSlots: number[] = [];

  constructor() {
    // A plain 0 in a field that was a floating-point number from its beginning: see `START`.
    this.now = 0;
  }

  /** Events still to fire. */
  get pending(): number {
    return this.size - this.cancelled - (this.vacant >= 0 ? 1 : 0);
  }

  /** Schedules `event` and answers a slot for `cancel`, valid until the event fires. */
  schedule(at: Instant, event: Event): number {
    if (!(at >= this.now && at <= HORIZON_NS) || !Number.isInteger(at)) this.refuse(at);
    let slot = this.vacant;
    if (slot >= 0) {
      this.vacant = -1;
      this.events[slot] = event;
      this.siftDown(at, this.sequence++, slot);
      return slot;
    }
    if (this.freeSlots.length > 0) {
      slot = this.freeSlots.pop()!;
      this.events[slot] = event;
    } else {
      slot = this.events.length;
      this.events.push(event);
    }
    if (this.size === this.capacity) this.grow();
    this.siftUp(this.size++, at, this.sequence++, slot);
    return slot;
  }

  private refuse(at: Instant): never {
    if (at > HORIZON_NS) throw new HorizonError('virtual time would pass 100 days: the run never comes to rest');
    assert(Number.isInteger(at), `event at ${at}: not an integer number of nanoseconds`);
    assert(at >= this.now, `event at ${at} lies before now, ${this.now}`);
    throw new HorizonError('unreachable');
  }

  /** Takes a scheduled event back. `event` guards against a slot that has fired and was reused. */
  cancel(slot: number, event: Event): void {
    assert(this.events[slot] === event, 'cancel of an event that is not pending in this slot');
    this.events[slot] = CANCELLED;
    this.cancelled++;
  }

  /** The instant of the next event, or undefined when none is pending. */
  get next(): Instant | undefined {
    this.dropCancelled();
    return this.size === 0 ? undefined : this.times[0]!;
  }

  private dropCancelled(): void {
    if (this.vacant >= 0) this.fill();
    while (this.size > 0 && this.events[this.slots[0]!] === CANCELLED) {
      this.cancelled--;
      this.take();
      this.fill();
    }
  }

  /** Fires the next event if it is due at or before `until`; moves the clock to it. */
  step(until: Instant): boolean {
    for (;;) {
      if (this.vacant >= 0) this.fill();
      if (this.size === 0 || this.times[0]! > until) return false;
      const at = this.times[0]!;
      const event = this.take();
      if (event === CANCELLED) {
        this.cancelled--;
        continue;
      }
      this.now = at;
      this.fired++;
      event.fire(at);
      return true;
    }
  }

  /** Moves the clock forward where nothing is pending before `at`. */
  advance(at: Instant): void {
    const next = this.next;
    assert(at >= this.now && (next === undefined || at <= next), 'advance over a pending event');
    this.now = at;
  }

  /** The event at the top, which leaves its place vacant. */
  private take(): Event {
    const slot = this.slots[0]!;
    const event = this.events[slot]!;
    this.events[slot] = FREE;
    this.vacant = slot;
    return event;
  }

  /** Closes the vacant place with the last entry. */
  private fill(): void {
    this.freeSlots.push(this.vacant);
    this.vacant = -1;
    const last = --this.size;
    if (last > 0) this.siftDown(this.times[last]!, this.sequences[last]!, this.slots[last]!);
  }

  private siftUp(hole: number, at: Instant, sequence: number, slot: number): void {
    const { times, sequences, slots } = this;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      // The newest sequence is always the larger one, so equal times stay below their elders.
      if (times[parent]! <= at) break;
      times[hole] = times[parent]!;
      sequences[hole] = sequences[parent]!;
      slots[hole] = slots[parent]!;
      hole = parent;
    }
    times[hole] = at;
    sequences[hole] = sequence;
    slots[hole] = slot;
  }

  private siftDown(at: Instant, sequence: number, slot: number): void {
    const { times, sequences, slots, size } = this;
    let hole = 0;
    for (let child = 1; child < size; child = hole * 4 + 1) {
      let best: number;
      if (child + 3 < size) {
        // Comparisons that count as 0 or 1 are no branches: of those, a processor guesses one in three wrongly on unordered times.
        const left = child + +(times[child + 1]! < times[child]!);
        const right = child + 2 + +(times[child + 3]! < times[child + 2]!);
        best = left + ((right - left) & -(times[right]! < times[left]!));
        const equal = times[child] === times[child + 1] || times[child + 2] === times[child + 3];
        if (equal || times[left] === times[right]) best = this.earliest(child, child + 4);
      } else best = this.earliest(child, size);
      const bestTime = times[best]!;
      if (bestTime > at || (bestTime === at && sequences[best]! > sequence)) break;
      times[hole] = bestTime;
      sequences[hole] = sequences[best]!;
      slots[hole] = slots[best]!;
      hole = best;
    }
    times[hole] = at;
    sequences[hole] = sequence;
    slots[hole] = slot;
  }

  /** The place of the first entry to fire of those at `from` up to `to`. */
  private earliest(from: number, to: number): number {
    const { times, sequences } = this;
    let best = from;
    for (let i = from + 1; i < to; i++) {
      const time = times[i]!;
      const bestTime = times[best]!;
      if (time < bestTime || (time === bestTime && sequences[i]! < sequences[best]!)) best = i;
    }
    return best;
  }

  private grow(): void {
    this.capacity *= 2;
    const times = new Float64Array(this.capacity);
    const sequences = new Float64Array(this.capacity);
    const slots = new Int32Array(this.capacity);
    times.set(this.times);
    sequences.set(this.sequences);
    slots.set(this.slots);
    this.times = times;
    this.sequences = sequences;
    this.slots = slots;
  }
}
