/**
 * Shared cells: the memory that the threads of a process have in common. A cell holds one cloneable value; each load, store and atomic operation is a
 * system call and a scheduling point. `fork` copies a process's own cells and shares those made shared; named cells are found by every process.
 */
import { E, type Errno } from '../base/errno.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';

/** Numbers, texts, booleans, null, undefined, bytes, and arrays and plain objects of them. */
export type Cloneable =
  | number
  | string
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly Cloneable[]
  | { readonly [key: string]: Cloneable };

export class Cell {
  /** Threads in `cell_wait` (futex(2)). */
  readonly waiters = new WaitQueue();

  /** `key` is the same in every schedule of a program: who made it, and as that thread's how manieth. */
  constructor(
    public value: Cloneable,
    readonly key: string,
  ) {}
}

/** Shared cells that have names, one table per host (shm_open(3)). */
export type SharedNames = Map<string, Cell>;

export class Memory {
  private readonly cells = new Map<number, { readonly cell: Cell; readonly shared: boolean }>();
  private lastId = 0;

  add(cell: Cell, shared: boolean): number {
    this.cells.set(++this.lastId, { cell, shared });
    return this.lastId;
  }

  get(id: number): Cell | Errno {
    return this.cells.get(id)?.cell ?? E.EFAULT;
  }

  delete(id: number): boolean {
    return this.cells.delete(id);
  }

  get size(): number {
    return this.cells.size;
  }

  /** What a forked child starts with: the same numbers, its own copies of what is not shared. */
  fork(pid: number): Memory {
    const copy = new Memory();
    copy.lastId = this.lastId;
    for (const [id, { cell, shared }] of this.cells)
      copy.cells.set(id, { cell: shared ? cell : new Cell(cell.value, `${pid}:${cell.key}`), shared });
    return copy;
  }
}

/** A deep, frozen copy; undefined in the second place where the value holds what cannot be copied (functions, symbols, foreign classes). */
export function cloned(value: unknown): { readonly value: Cloneable } | undefined {
  switch (typeof value) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'undefined':
      return { value };
    case 'object':
      return value === null ? { value } : clonedObject(value);
    default:
      return undefined;
  }
}

function clonedObject(value: object): { readonly value: Cloneable } | undefined {
  if (value instanceof Uint8Array) return { value: value.slice() };
  if (Array.isArray(value)) {
    const copy: Cloneable[] = [];
    for (const item of value) {
      const inner = cloned(item);
      if (inner === undefined) return undefined;
      copy.push(inner.value);
    }
    return { value: Object.freeze(copy) };
  }
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const copy: Record<string, Cloneable> = {};
  for (const [key, item] of Object.entries(value)) {
    const inner = cloned(item);
    if (inner === undefined) return undefined;
    copy[key] = inner.value;
  }
  return { value: Object.freeze(copy) };
}
