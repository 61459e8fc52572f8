/** Shared cells (`os/memory.ts`). */
import { E, Errno } from '../../base/errno.ts';
import { BLOCKED } from '../../kernel/outcome.ts';
import { Cell, type Cloneable, cloned } from '../../os/memory.ts';
import type { Thread } from '../../os/thread.ts';
import type { CallTable } from '../call-table.ts';
import type { Kernel } from '../kernel.ts';

/** The cell, after its cost was charged. */
function accessed(kernel: Kernel, thread: Thread, id: number): Cell | Errno {
  thread.charge(
    kernel.costs.cellNs - kernel.costs.syscallNs + (thread.process.interpreter?.profile.instructionNs ?? 0),
  );
  return thread.process.memory.get(id);
}

function put(cell: Cell, value: unknown): Errno | undefined {
  const copy = cloned(value);
  if (copy === undefined) return E.EINVAL;
  cell.value = copy.value;
  return undefined;
}

export const memoryCalls = {
  cell_create(kernel, thread, _call, initial, options = {}) {
    const copy = cloned(initial);
    if (copy === undefined) return E.EINVAL;
    if (options.name === undefined) {
      const cell = new Cell(copy.value, `${thread.tid}/${++thread.cellsMade}`);
      return thread.process.memory.add(cell, options.shared === true);
    }
    let cell = kernel.sharedCells.get(options.name);
    if (cell === undefined) {
      cell = new Cell(copy.value, options.name);
      kernel.sharedCells.set(options.name, cell);
    }
    return thread.process.memory.add(cell, true);
  },
  cell_load(kernel, thread, _call, id) {
    const cell = accessed(kernel, thread, id);
    return cell instanceof Errno ? cell : cell.value;
  },
  cell_store(kernel, thread, _call, id, value) {
    const cell = accessed(kernel, thread, id);
    return cell instanceof Errno ? cell : put(cell, value);
  },
  cell_exchange(kernel, thread, _call, id, value) {
    const cell = accessed(kernel, thread, id);
    if (cell instanceof Errno) return cell;
    const before = cell.value;
    return put(cell, value) ?? before;
  },
  cell_compare_exchange(kernel, thread, _call, id, expected, value) {
    const cell = accessed(kernel, thread, id);
    if (cell instanceof Errno) return cell;
    const before = cell.value;
    if (!Object.is(before, expected)) return before;
    return put(cell, value) ?? before;
  },
  cell_add(kernel, thread, _call, id, amount) {
    const cell = accessed(kernel, thread, id);
    if (cell instanceof Errno) return cell;
    const before: Cloneable = cell.value;
    if (typeof before !== 'number' || typeof amount !== 'number') return E.EINVAL;
    cell.value = before + amount;
    return before;
  },
  cell_wait(_kernel, thread, call, id, expected, timeoutNs = -1) {
    const cell = thread.process.memory.get(id);
    if (cell instanceof Errno) return cell;
    // A sleeper was woken, or its time is over: futex(2) does not look at the word again.
    if (call.progress === 'asleep') return call.expired ? E.ETIMEDOUT : undefined;
    if (!Object.is(cell.value, expected)) return E.EAGAIN;
    if (timeoutNs === 0) return E.ETIMEDOUT;
    if (timeoutNs > 0) call.expireAt(thread.readyAt + timeoutNs);
    call.progress = 'asleep';
    call.waitOn(cell.waiters);
    return BLOCKED;
  },
  cell_notify(kernel, thread, _call, id, count) {
    const cell = thread.process.memory.get(id);
    if (cell instanceof Errno) return cell;
    return cell.waiters.wakeFirst(count, kernel.costs.wakeUpNs);
  },
  cell_free: (_kernel, thread, _call, id) => (thread.process.memory.delete(id) ? undefined : E.EFAULT),
} satisfies Partial<CallTable>;
