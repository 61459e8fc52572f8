/** What may pass to another process: functions by the names of entries, plain values, and shared objects made for several processes. */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import type { Python } from '../threading/python.ts';
import { flatten, type Passable } from '../threading/shared.ts';

export class PicklingError extends Error {
  override readonly name = 'PicklingError';
}

/** PicklingError for a function that has no name in the program, TypeError for a lock between threads or a thread. */
export function checkPicklable(py: Python, entry: string, args: readonly Passable[]): void {
  if (py.entry(entry) === undefined)
    throw new PicklingError(`Can't pickle <function ${entry}>: attribute lookup ${entry} on __main__ failed`);
  for (const arg of args) check(flatten(arg));
}

function check(value: Cloneable): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  const kind = (value as { readonly $shared?: string }).$shared;
  if (kind !== undefined && !kind.startsWith('mp.'))
    throw new TypeError(`cannot pickle '${PYTHON_NAMES.get(kind) ?? kind}' object`);
  for (const inner of Object.values(value)) check(inner as Cloneable);
}

const PYTHON_NAMES: ReadonlyMap<string, string> = new Map([
  ['Lock', '_thread.lock'],
  ['RLock', '_thread.RLock'],
  ['Thread', '_thread.lock'],
  ['Condition', '_thread.RLock'],
  ['Event', '_thread.lock'],
  ['queue.Queue', '_thread.lock'],
  ['Future', '_thread.RLock'],
]);
