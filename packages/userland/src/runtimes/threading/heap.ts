/** heapq over a shared list: the smallest item first. Numbers and texts compare, arrays item by item as Python's tuples do. */
import type { Cloneable, Sys } from '@netarium/core/syscall/sys.ts';

export async function heapPush(sys: Sys, heap: number, item: Cloneable): Promise<void> {
  let at = (await sys.list_push(heap, item)) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = await sys.list_get(heap, parent);
    if (!less(item, above)) return;
    await exchange(sys, heap, at, item, parent, above);
    at = parent;
  }
}

export async function heapPop(sys: Sys, heap: number): Promise<Cloneable> {
  const last = await sys.list_remove(heap, -1);
  const length = await sys.list_length(heap);
  if (length === 0) return last;
  const first = await sys.list_get(heap, 0);
  await sys.list_set(heap, 0, last);
  await sink(sys, heap, last, length);
  return first;
}

/** Lets the item at the top go down to its place. */
async function sink(sys: Sys, heap: number, item: Cloneable, length: number): Promise<void> {
  for (let at = 0; ; ) {
    const left = 2 * at + 1;
    if (left >= length) return;
    let [child, below] = [left, await sys.list_get(heap, left)];
    if (left + 1 < length) {
      const right = await sys.list_get(heap, left + 1);
      if (less(right, below)) [child, below] = [left + 1, right];
    }
    if (!less(below, item)) return;
    await exchange(sys, heap, at, item, child, below);
    at = child;
  }
}

async function exchange(
  sys: Sys,
  heap: number,
  at: number,
  one: Cloneable,
  to: number,
  other: Cloneable,
): Promise<void> {
  await sys.list_set(heap, at, other);
  await sys.list_set(heap, to, one);
}

/** `one < other`, as Python has it. */
export function less(one: Cloneable, other: Cloneable): boolean {
  if (typeof one === 'number' && typeof other === 'number') return one < other;
  if (typeof one === 'string' && typeof other === 'string') return one < other;
  if (Array.isArray(one) && Array.isArray(other)) {
    for (let i = 0; i < one.length && i < other.length; i++) {
      if (less(one[i], other[i])) return true;
      if (less(other[i], one[i])) return false;
    }
    return one.length < other.length;
  }
  throw new TypeError(`'<' not supported between instances of '${classOf(one)}' and '${classOf(other)}'`);
}

function classOf(value: Cloneable): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  return value instanceof Uint8Array ? 'bytes' : Array.isArray(value) ? 'tuple' : 'dict';
}
