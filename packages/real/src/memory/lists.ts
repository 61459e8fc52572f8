/**
 * Lists in the heap: records one after the other in one block, with room at both ends, so that taking the first and appending cost the same however long the
 * list is. Each operation is atomic.
 */
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Cloneable } from '@netarium/core/os/memory.ts';
import type { Access } from './access.ts';
import { KIND, LIST } from './layout.ts';
import { decoded, VALUE_BYTES, VALUE_WORDS } from './values.ts';

const FIRST_CAPACITY = 4;

export class Lists {
  constructor(private readonly access: Access) {}

  create(initial: readonly Cloneable[]): number | Errno {
    if (!Array.isArray(initial)) return E.EINVAL;
    const number = this.access.make(KIND.LIST, () => {});
    if (number instanceof Errno) return number;
    for (const value of initial) {
      const pushed = this.push(number, value);
      if (!(pushed instanceof Errno)) continue;
      this.access.destroy(number);
      return pushed;
    }
    return number;
  }

  length(number: number): number | Errno {
    const { heap } = this.access;
    const slot = heap.enter(number, KIND.LIST);
    if (slot instanceof Errno) return slot;
    const length = heap.words[slot + LIST.LENGTH]!;
    heap.leave(slot);
    return length;
  }

  get(number: number, at: number): Cloneable | Errno {
    const { heap, values } = this.access;
    const slot = heap.enter(number, KIND.LIST);
    if (slot instanceof Errno) return slot;
    const index = this.indexIn(slot, at, heap.words[slot + LIST.LENGTH]! - 1);
    const value = index instanceof Errno ? index : values.load(this.record(slot, index));
    heap.leave(slot);
    return value instanceof Errno ? value : decoded(value);
  }

  set(number: number, at: number, value: Cloneable): Errno | undefined {
    return this.change(number, value, (slot) => {
      const { values, heap } = this.access;
      const index = this.indexIn(slot, at, heap.words[slot + LIST.LENGTH]! - 1);
      if (index instanceof Errno) return index;
      return () => {
        const record = this.record(slot, index);
        values.release(record);
        values.store(record);
        return undefined;
      };
    });
  }

  push(number: number, value: Cloneable): number | Errno {
    const { values, heap } = this.access;
    const failed = values.prepare(value);
    const slot = heap.enter(number, KIND.LIST);
    if (slot instanceof Errno) {
      values.discard();
      return slot;
    }
    let outcome: number | Errno;
    if (failed !== undefined) outcome = failed;
    else if (!this.makeRoom(slot)) outcome = E.ENOMEM;
    else {
      outcome = heap.words[slot + LIST.LENGTH]! + 1;
      values.store(this.record(slot, outcome - 1));
      heap.words[slot + LIST.LENGTH] = outcome;
    }
    heap.leave(slot);
    if (outcome === E.ENOMEM) values.discard();
    return outcome;
  }

  insert(number: number, at: number, value: Cloneable): Errno | undefined {
    return this.change(number, value, (slot) => {
      const { values, heap } = this.access;
      const length = heap.words[slot + LIST.LENGTH]!;
      const index = this.indexIn(slot, at, length);
      if (index instanceof Errno) return index;
      return () => {
        if (!this.makeRoom(slot)) return E.ENOMEM;
        const record = this.record(slot, index);
        heap.words.copyWithin(record + VALUE_WORDS, record, this.record(slot, length));
        values.store(record);
        heap.words[slot + LIST.LENGTH] = length + 1;
        return undefined;
      };
    });
  }

  remove(number: number, at: number): Cloneable | Errno {
    const { heap, values } = this.access;
    const slot = heap.enter(number, KIND.LIST);
    if (slot instanceof Errno) return slot;
    const index = this.indexIn(slot, at, heap.words[slot + LIST.LENGTH]! - 1);
    if (index instanceof Errno) {
      heap.leave(slot);
      return index;
    }
    const record = this.record(slot, index);
    const value = values.load(record);
    values.release(record);
    this.closeGap(slot, index);
    heap.leave(slot);
    return decoded(value);
  }

  private closeGap(slot: number, index: number): void {
    const { words } = this.access.heap;
    const length = words[slot + LIST.LENGTH]! - 1;
    if (index === 0) words[slot + LIST.START]! += 1;
    else {
      const record = this.record(slot, index);
      words.copyWithin(record, record + VALUE_WORDS, this.record(slot, length + 1));
    }
    words[slot + LIST.LENGTH] = length;
  }

  /** Looks first and changes then, as the simulated kernel does: a place that is none comes before a value that cannot be copied. */
  private change(
    number: number,
    value: Cloneable,
    look: (slot: number) => Errno | (() => Errno | undefined),
  ): Errno | undefined {
    const { values, heap } = this.access;
    const failed = values.prepare(value);
    const slot = heap.enter(number, KIND.LIST);
    let outcome: Errno | undefined;
    if (slot instanceof Errno) outcome = slot;
    else {
      const change = look(slot);
      outcome = change instanceof Errno ? change : (failed ?? change());
      heap.leave(slot);
    }
    if (outcome !== undefined) values.discard();
    return outcome;
  }

  /** Where in the list: from its end where negative. ERANGE past its ends. */
  private indexIn(slot: number, at: number, last: number): number | Errno {
    if (!Number.isInteger(at)) return E.EINVAL;
    const index = at < 0 ? at + this.access.heap.words[slot + LIST.LENGTH]! : at;
    return index < 0 || index > last ? E.ERANGE : index;
  }

  private record(slot: number, index: number): number {
    const { words } = this.access.heap;
    return (words[slot + LIST.ITEMS]! >> 2) + (words[slot + LIST.START]! + index) * VALUE_WORDS;
  }

  /** Room for one more at the end: by moving down where the front half is empty, else in a block twice as large. False at the end of memory. */
  private makeRoom(slot: number): boolean {
    const { heap } = this.access;
    const capacity = heap.words[slot + LIST.CAPACITY]!;
    const start = heap.words[slot + LIST.START]!;
    const length = heap.words[slot + LIST.LENGTH]!;
    if (start + length < capacity) return true;
    const first = this.record(slot, 0);
    const old = heap.words[slot + LIST.ITEMS]!;
    let target = old;
    if (start * 2 <= capacity) {
      const wanted = Math.max(FIRST_CAPACITY, capacity * 2);
      target = heap.allocate(wanted * VALUE_BYTES);
      if (target === 0) return false;
      heap.words[slot + LIST.CAPACITY] = wanted;
    }
    heap.words.copyWithin(target >> 2, first, first + length * VALUE_WORDS);
    heap.words[slot + LIST.ITEMS] = target;
    heap.words[slot + LIST.START] = 0;
    if (target !== old && capacity > 0) heap.free(old, capacity * VALUE_BYTES);
    return true;
  }
}
