/**
 * What is pending, by slot: when, in which place of the order of scheduling, and which event. Slots are reused, the last one that became free first, while its lines
 * are at hand. Heap and wheel hold slots; slot 0 is none.
 */
import { assert } from '../base/assert.ts';
import type { Instant } from './instant.ts';
import type { Event } from './queue.ts';

const FREE: Event = {
  fire() {
    assert(false, 'a free slot fired');
  },
};

export class Entries {
  // Starts small: arrays of 64 bytes live in the young heap, and a small world costs little.
  private capacity = 4;
  /** Of each slot its time, then its number in the order of scheduling. */
  keys = new Float64Array(2 * this.capacity);
  /** Of each slot the next one of its list: of a bucket, or of the free ones. */
  links = new Int32Array(this.capacity);
  readonly events: Event[] = [FREE];
  private free = 0;
  private sequence = 0;

  add(at: Instant, event: Event): number {
    let slot = this.free;
    if (slot === 0) slot = this.extend();
    else this.free = this.links[slot]!;
    this.events[slot] = event;
    const { keys } = this;
    keys[2 * slot] = at;
    keys[2 * slot + 1] = this.sequence++;
    return slot;
  }

  private extend(): number {
    const slot = this.events.push(FREE) - 1;
    if (slot < this.capacity) return slot;
    this.capacity *= 2;
    const keys = new Float64Array(2 * this.capacity);
    const links = new Int32Array(this.capacity);
    keys.set(this.keys);
    links.set(this.links);
    this.keys = keys;
    this.links = links;
    return slot;
  }

  timeOf(slot: number): Instant {
    return this.keys[2 * slot]!;
  }

  /** Whether an entry, due at `at`, fires before another one. */
  precedes(slot: number, at: Instant, other: number): boolean {
    const { keys } = this;
    const time = keys[2 * other]!;
    return at < time || (at === time && keys[2 * slot + 1]! < keys[2 * other + 1]!);
  }

  /** Frees a slot, and answers its event. */
  release(slot: number): Event {
    const event = this.events[slot]!;
    this.events[slot] = FREE;
    this.links[slot] = this.free;
    this.free = slot;
    return event;
  }
}
