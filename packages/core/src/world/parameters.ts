/** Puts the values of lab parameters where a topology names them. */
import type { ParamValue, Topology } from './topology.ts';
import { SpecError } from './topology.ts';

/** A copy of the topology in which every `{ param: name }` is that parameter's value. */
export function resolveParams<T extends Topology>(topology: T, params: ReadonlyMap<string, ParamValue>): T {
  return resolve(topology, params, '') as T;
}

function resolve(value: unknown, params: ReadonlyMap<string, ParamValue>, path: string): unknown {
  if (Array.isArray(value)) return value.map((item, i) => resolve(item, params, `${path}[${i}]`));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]![0] === 'param' && typeof entries[0]![1] === 'string') {
    const found = params.get(entries[0]![1]);
    if (found === undefined) throw new SpecError(path, `there is no parameter '${entries[0]![1]}'`);
    return found;
  }
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, resolve(inner, params, path === '' ? key : `${path}.${key}`)]),
  );
}
