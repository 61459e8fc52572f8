/**
 * Objects that threads share. Their state lies in the process's memory, under numbers; what a program holds is a handle, and another thread, which gets its
 * arguments as copies, makes a handle of its own from the same numbers. So no closure and no object ever passes from thread to thread.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import type { Python } from './python.ts';

export abstract class Shared {
  /** Key of the class in `library.ts`. */
  abstract readonly kind: string;
  /** What another thread needs to make its handle. */
  abstract pack(): Cloneable;
}

/** What is held for a while: locks and semaphores. */
export abstract class Acquirable extends Shared {
  abstract acquire(blocking?: boolean, timeout?: number): Promise<boolean>;
  abstract release(): Promise<void>;

  /** The `with` statement. */
  async with<T>(body: () => Promise<T>): Promise<T> {
    await this.acquire();
    try {
      return await body();
    } finally {
      await this.release();
    }
  }
}

/** What a program hands to a thread: plain values, and shared objects among them. */
export type Passable = Cloneable | Shared | readonly Passable[] | { readonly [key: string]: Passable };

export type Revive = (py: Python, packed: never) => Shared | Promise<Shared>;

const MARK = '$shared';

/** Handles become their numbers. */
export function flatten(value: Passable): Cloneable {
  if (value instanceof Shared) return { [MARK]: value.kind, packed: flatten(value.pack()) };
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value as Cloneable;
  if (Array.isArray(value)) return value.map(flatten);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, flatten(inner as Passable)]));
}

/** Numbers become handles again. */
export async function revive(py: Python, value: Cloneable): Promise<Passable> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return reviveAll(py, value as readonly Cloneable[]);
  const object = value as { readonly [key: string]: Cloneable };
  const kind = object[MARK];
  if (typeof kind === 'string') return py.library.kinds.get(kind)!(py, object.packed as never);
  const entries: [string, Passable][] = [];
  for (const [key, inner] of Object.entries(object)) entries.push([key, await revive(py, inner)]);
  return Object.fromEntries(entries) as Passable;
}

export async function reviveAll(py: Python, values: readonly Cloneable[]): Promise<Passable[]> {
  const revived: Passable[] = [];
  for (const value of values) revived.push(await revive(py, value));
  return revived;
}
