/** Shared cells and lists: the memory that threads have in common. Every access is a scheduling point. */
import type { Cloneable } from '../../os/memory.ts';

export interface CellOptions {
  /** Shared with forked children instead of copied (MAP_SHARED). */
  readonly shared?: boolean;
  /** Found by every process of the host under this name (shm_open(3)); implies `shared`. The first one's initial value counts. */
  readonly name?: string;
}

/** EFAULT for an unknown number, EINVAL for an object of another kind or a value that cannot be copied. */
export interface MemoryCalls {
  cell_create(initial: Cloneable, options?: CellOptions): Promise<number>;
  cell_load(cell: number): Promise<Cloneable>;
  cell_store(cell: number, value: Cloneable): Promise<void>;
  /** Atomic: stores and answers what was there. */
  cell_exchange(cell: number, value: Cloneable): Promise<Cloneable>;
  /** Atomic: stores where the cell holds `expected` (compared with Object.is; numbers, texts, booleans), and answers what was there. */
  cell_compare_exchange(cell: number, expected: Cloneable, value: Cloneable): Promise<Cloneable>;
  /** Atomic: adds and answers what was there. EINVAL where that is no number. */
  cell_add(cell: number, amount: number): Promise<number>;
  /** Sleeps while the cell holds `expected` (futex(2)): EAGAIN where it does not, ETIMEDOUT, EINTR. A wake promises nothing. */
  cell_wait(cell: number, expected: Cloneable, timeoutNs?: number): Promise<void>;
  /** Wakes up to `count` sleepers, longest first; answers how many. */
  cell_notify(cell: number, count: number): Promise<number>;
  cell_free(cell: number): Promise<void>;

  /** A list that threads share, each operation of which is atomic. */
  list_create(initial?: readonly Cloneable[], options?: CellOptions): Promise<number>;
  list_length(list: number): Promise<number>;
  /** An element; from the end where `at` is negative. ERANGE where there is none. */
  list_get(list: number, at: number): Promise<Cloneable>;
  list_set(list: number, at: number, value: Cloneable): Promise<void>;
  /** Appends and answers the new length. */
  list_push(list: number, value: Cloneable): Promise<number>;
  list_insert(list: number, at: number, value: Cloneable): Promise<void>;
  /** Takes an element out and answers it. ERANGE where there is none. */
  list_remove(list: number, at: number): Promise<Cloneable>;
  /** Takes a name away from a shared object: who has the object keeps it, who asks for the name gets a new one. ENOENT. */
  shm_unlink(name: string): Promise<void>;
}
