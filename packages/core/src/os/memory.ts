/**
 * The memory that the threads of a process have in common, as objects with numbers: cells, lists, and the locks of `sync/`. A cell holds one cloneable
 * value; each load, store and atomic operation is a system call and a scheduling point. `fork` copies a process's own objects and shares those made
 * shared; named ones are found by every process.
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

/** What lies in memory. */
export abstract class MemoryObject {
  /** The same in every schedule of a program: who made it, and as that thread's how manieth. */
  key = '';

  /** What a forked child gets in its place: the same state, and nobody asleep. */
  abstract copy(): MemoryObject;
}

export class Cell extends MemoryObject {
  /** Threads in `cell_wait` (futex(2)). */
  readonly waiters = new WaitQueue();

  constructor(public value: Cloneable) {
    super();
  }

  copy(): Cell {
    return new Cell(this.value);
  }
}

/** A growing list, each of whose operations is atomic: what an interpreter's built-in list is to its threads. */
export class List extends MemoryObject {
  constructor(readonly items: Cloneable[]) {
    super();
  }

  copy(): List {
    return new List([...this.items]);
  }
}

/** Shared objects that have names, one table per host (shm_open(3)). */
export type SharedNames = Map<string, MemoryObject>;

interface Entry {
  readonly object: MemoryObject;
  readonly shared: boolean;
}

export class Memory {
  private readonly objects = new Map<number, Entry>();
  private lastId = 0;
  /** Other processes may see some of it. */
  isShared = false;

  add(object: MemoryObject, shared: boolean): number {
    this.objects.set(++this.lastId, { object, shared });
    this.isShared ||= shared;
    return this.lastId;
  }

  find(id: number): MemoryObject | undefined {
    return this.objects.get(id)?.object;
  }

  /** EFAULT where there is nothing, EINVAL where there is something else. */
  get<T extends MemoryObject>(id: number, type: abstract new (...args: never[]) => T): T | Errno {
    const found = this.find(id);
    if (found === undefined) return E.EFAULT;
    return found instanceof type ? found : E.EINVAL;
  }

  delete(id: number): boolean {
    return this.objects.delete(id);
  }

  get size(): number {
    return this.objects.size;
  }

  /** What a forked child starts with: the same numbers, its own copies of what is not shared. */
  fork(pid: number): Memory {
    const copy = new Memory();
    copy.lastId = this.lastId;
    copy.isShared = this.isShared;
    for (const [id, entry] of this.objects) copy.objects.set(id, entry.shared ? entry : ownCopy(entry.object, pid));
    return copy;
  }
}

function ownCopy(object: MemoryObject, pid: number): Entry {
  const copy = object.copy();
  copy.key = `${pid}:${object.key}`;
  return { object: copy, shared: false };
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
