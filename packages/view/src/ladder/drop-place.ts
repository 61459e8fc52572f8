/** Where a drop's cross stands on a picture of a ladder. */
import type { Drop } from './ladder.ts';

/**
 * In units of the columns: half way to the next host where the packet was lost on the way, `far` behind the last one where nobody knows the next; else at its host.
 * `from`: the packet's sender. Undefined where no host of it is a column.
 */
export function dropPlace(
  { host, after, before, onTheWay }: Drop,
  from: number | undefined,
  columns: ReadonlyMap<string, number>,
  far: number,
): number | undefined {
  const at = (name: string | undefined): number | undefined => (name === undefined ? undefined : columns.get(name));
  if (!onTheWay) return at(host) ?? from;
  const last = at(after) ?? from;
  return last === undefined ? undefined : (last + (at(before) ?? last + far)) / 2;
}
