/** Shared cells and lists (`os/memory.ts`). */
import { E, Errno } from '../../base/errno.ts';
import { BLOCKED } from '../../kernel/outcome.ts';
import { Cell, type Cloneable, cloned, List, type MemoryObject } from '../../os/memory.ts';
import type { MemoryHost, MemoryThread } from '../call-host.ts';
import type { MemoryCallTable } from '../call-table.ts';
import type { CellOptions } from '../sys/memory.ts';

/** An access to memory costs no entry into the kernel, though it looks like one here. */
export function chargeAccess({ costs }: MemoryHost, thread: MemoryThread): void {
  thread.charge(costs.cellNs - costs.syscallNs + (thread.process.interpreter?.profile.instructionNs ?? 0));
}

/** The cell, after its cost was charged. */
function accessed(kernel: MemoryHost, thread: MemoryThread, id: number): Cell | Errno {
  chargeAccess(kernel, thread);
  return thread.process.memory.get(id, Cell);
}

function accessedList(kernel: MemoryHost, thread: MemoryThread, id: number): List | Errno {
  chargeAccess(kernel, thread);
  return thread.process.memory.get(id, List);
}

/** Puts an object into the process's memory: its own, shared with children, or the one that has the name already. */
export function place<T extends MemoryObject>(
  kernel: MemoryHost,
  thread: MemoryThread,
  { name, shared = false }: CellOptions,
  object: T,
  type: abstract new (...args: never[]) => T,
): number | Errno {
  const { memory } = thread.process;
  object.key = name ?? `${thread.tid}/${++thread.objectsMade}`;
  if (name === undefined) return memory.add(object, shared);
  const found = kernel.sharedObjects.get(name);
  if (found !== undefined && !(found instanceof type)) return E.EINVAL;
  if (found === undefined) kernel.sharedObjects.set(name, object);
  return memory.add(found ?? object, true);
}

/** Where in a list: from its end where negative, as many languages have it. ERANGE past its ends. */
function indexIn({ items }: List, at: number, last: number): number | Errno {
  if (!Number.isInteger(at)) return E.EINVAL;
  const index = at < 0 ? at + items.length : at;
  return index < 0 || index > last ? E.ERANGE : index;
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
    return copy === undefined ? E.EINVAL : place(kernel, thread, options, new Cell(copy.value), Cell);
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
    // A sleeper that was woken has been woken, be its time over or the cell gone by now: futex(2) does not look at the word again.
    if (call.subject instanceof Cell) {
      if (call.woken) return undefined;
      if (call.expired) return E.ETIMEDOUT;
      call.waitOn(call.subject.waiters);
      return BLOCKED;
    }
    const cell = thread.process.memory.get(id, Cell);
    if (cell instanceof Errno) return cell;
    if (!Object.is(cell.value, expected)) return E.EAGAIN;
    if (timeoutNs === 0) return E.ETIMEDOUT;
    if (timeoutNs > 0) call.expireAt(thread.readyAt + timeoutNs);
    call.subject = cell;
    call.waitOn(cell.waiters);
    return BLOCKED;
  },
  cell_notify(kernel, thread, _call, id, count) {
    const cell = thread.process.memory.get(id, Cell);
    if (cell instanceof Errno) return cell;
    return cell.waiters.wakeFirst(count, kernel.wakeUpNs());
  },
  cell_free: (_kernel, thread, _call, id) => (thread.process.memory.delete(id) ? undefined : E.EFAULT),
  list_create(kernel, thread, _call, initial = [], options = {}) {
    const copy = cloned(initial);
    if (copy === undefined || !Array.isArray(copy.value)) return E.EINVAL;
    return place(kernel, thread, options, new List([...(copy.value as readonly Cloneable[])]), List);
  },
  list_length(kernel, thread, _call, id) {
    const list = accessedList(kernel, thread, id);
    return list instanceof Errno ? list : list.items.length;
  },
  list_get(kernel, thread, _call, id, at) {
    const list = accessedList(kernel, thread, id);
    if (list instanceof Errno) return list;
    const index = indexIn(list, at, list.items.length - 1);
    return index instanceof Errno ? index : list.items[index];
  },
  list_set(kernel, thread, _call, id, at, value) {
    const list = accessedList(kernel, thread, id);
    if (list instanceof Errno) return list;
    const index = indexIn(list, at, list.items.length - 1);
    const copy = cloned(value);
    if (index instanceof Errno) return index;
    if (copy === undefined) return E.EINVAL;
    list.items[index] = copy.value;
    return undefined;
  },
  list_push(kernel, thread, _call, id, value) {
    const list = accessedList(kernel, thread, id);
    if (list instanceof Errno) return list;
    const copy = cloned(value);
    return copy === undefined ? E.EINVAL : list.items.push(copy.value);
  },
  list_insert(kernel, thread, _call, id, at, value) {
    const list = accessedList(kernel, thread, id);
    if (list instanceof Errno) return list;
    const index = indexIn(list, at, list.items.length);
    const copy = cloned(value);
    if (index instanceof Errno) return index;
    if (copy === undefined) return E.EINVAL;
    list.items.splice(index, 0, copy.value);
    return undefined;
  },
  list_remove(kernel, thread, _call, id, at) {
    const list = accessedList(kernel, thread, id);
    if (list instanceof Errno) return list;
    const index = indexIn(list, at, list.items.length - 1);
    if (index instanceof Errno) return index;
    return index === 0 ? list.items.shift() : list.items.splice(index, 1)[0];
  },
  shm_unlink: (kernel, _thread, _call, name) => (kernel.sharedObjects.delete(name) ? undefined : E.ENOENT),
} satisfies Partial<MemoryCallTable>;
