/** Cells in the heap: one value each, every access atomic, and a queue of sleepers (futex(2)). */
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Outcome } from '@netarium/core/kernel/outcome.ts';
import type { Cloneable } from '@netarium/core/os/memory.ts';
import type { Access } from './access.ts';
import { CELL_VALUE, KIND, SLOT } from './layout.ts';
import { decoded } from './values.ts';
import type { Wait } from './wait.ts';
import { wakeFirst } from './wait-queue.ts';

export class Cells {
  constructor(private readonly access: Access) {}

  create(initial: Cloneable): number | Errno {
    const { access } = this;
    const failed = access.values.prepare(initial);
    if (failed !== undefined) return failed;
    const number = access.make(KIND.CELL, (slot) => access.values.store(slot + CELL_VALUE));
    if (number instanceof Errno) access.values.discard();
    return number;
  }

  load(number: number): Cloneable | Errno {
    const { access } = this;
    const slot = access.enter(number, KIND.CELL);
    if (slot instanceof Errno) return slot;
    const value = access.values.load(slot + CELL_VALUE);
    access.heap.leave(slot);
    return decoded(value);
  }

  store(number: number, value: Cloneable): Errno | undefined {
    const { values, heap } = this.access;
    const slot = this.enterPrepared(number, value);
    if (slot instanceof Errno) return slot;
    values.release(slot + CELL_VALUE);
    values.store(slot + CELL_VALUE);
    heap.leave(slot);
    return undefined;
  }

  exchange(number: number, value: Cloneable): Cloneable | Errno {
    const { values, heap } = this.access;
    const slot = this.enterPrepared(number, value);
    if (slot instanceof Errno) return slot;
    const before = values.load(slot + CELL_VALUE);
    values.release(slot + CELL_VALUE);
    values.store(slot + CELL_VALUE);
    heap.leave(slot);
    return decoded(before);
  }

  /** Arrays and objects are never what is expected: each has an identity of its own in each thread. */
  compareExchange(number: number, expected: Cloneable, value: Cloneable): Cloneable | Errno {
    const { values, heap } = this.access;
    const failed = values.prepare(value);
    const slot = heap.enter(number, KIND.CELL);
    if (slot instanceof Errno) {
      values.discard();
      return slot;
    }
    const before = decoded(values.load(slot + CELL_VALUE));
    const equal = Object.is(before, expected);
    if (equal && failed === undefined) {
      values.release(slot + CELL_VALUE);
      values.store(slot + CELL_VALUE);
    } else values.discard();
    heap.leave(slot);
    return equal ? (failed ?? before) : before;
  }

  add(number: number, amount: number): number | Errno {
    const { values, heap } = this.access;
    const slot = heap.enter(number, KIND.CELL);
    if (slot instanceof Errno) return slot;
    let before: number | Errno = E.EINVAL;
    if (typeof amount === 'number' && values.isNumber(slot + CELL_VALUE)) {
      before = values.load(slot + CELL_VALUE) as number;
      values.setNumber(slot + CELL_VALUE, before + amount);
    }
    heap.leave(slot);
    return before;
  }

  /** futex(2) does not look at the word again: who was woken has been woken, also where its time was over before it ran. */
  wait(number: number, expected: Cloneable, timeoutNs: number, wait: Wait): Outcome<undefined> {
    const { access } = this;
    const asleep = wait.slot !== 0;
    const slot = access.enter(number, KIND.CELL, wait);
    if (slot instanceof Errno) return slot;
    const outcome = asleep ? endOfSleep(wait, slot) : this.beginSleep(slot, expected, timeoutNs, wait);
    access.leave(slot);
    return outcome;
  }

  private beginSleep(slot: number, expected: Cloneable, timeoutNs: number, wait: Wait): Outcome<undefined> {
    if (!Object.is(decoded(this.access.values.load(slot + CELL_VALUE)), expected)) return E.EAGAIN;
    if (timeoutNs === 0) return E.ETIMEDOUT;
    return wait.sleep(slot, SLOT.SLEEPERS, timeoutNs, true);
  }

  notify(number: number, count: number): number | Errno {
    const { heap } = this.access;
    const slot = heap.enter(number, KIND.CELL);
    if (slot instanceof Errno) return slot;
    const woken = wakeFirst(heap, slot + SLOT.SLEEPERS, count);
    heap.leave(slot);
    return woken;
  }

  /** The slot, locked, and the value prepared. */
  private enterPrepared(number: number, value: Cloneable): number | Errno {
    const { values, heap } = this.access;
    const failed = values.prepare(value);
    const slot = heap.enter(number, KIND.CELL);
    if (slot instanceof Errno) {
      values.discard();
      return slot;
    }
    if (failed === undefined) return slot;
    heap.leave(slot);
    return failed;
  }
}

function endOfSleep(wait: Wait, slot: number): Outcome<undefined> {
  if (wait.woken) return undefined;
  if (wait.expired) return E.ETIMEDOUT;
  // Nothing has ended it: the sleep goes on where the wait was spurious.
  return wait.interrupted ? E.EINTR : wait.sleep(slot, SLOT.SLEEPERS, -1, true);
}
