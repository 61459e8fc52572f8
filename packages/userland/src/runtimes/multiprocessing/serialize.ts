/** Values as bytes between processes: JSON, with what JSON lacks marked. It stands where CPython has pickle, whose bytes differ. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Cloneable } from '@netarium/core/syscall/sys.ts';

const BYTES = '$bytes';
const OTHER = '$value';

function tagged(value: Cloneable): unknown {
  if (value === undefined) return { [OTHER]: 'undefined' };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { [OTHER]: Object.is(value, -0) ? '-0' : String(value) };
  if (value instanceof Uint8Array) return { [BYTES]: [...value] };
  if (Array.isArray(value)) return (value as readonly Cloneable[]).map(tagged);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tagged(inner)]));
  return value;
}

function untagged(value: unknown): Cloneable {
  if (Array.isArray(value)) return value.map(untagged);
  if (typeof value !== 'object' || value === null) return value as Cloneable;
  const object = value as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(object, BYTES)) return Uint8Array.from(object[BYTES] as readonly number[]);
  if (Object.hasOwn(object, OTHER)) return object[OTHER] === 'undefined' ? undefined : Number(object[OTHER]);
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, untagged(inner)]));
}

export function serialize(value: Cloneable): Uint8Array {
  return encodeUtf8(JSON.stringify(tagged(value)));
}

/** Throws where the bytes are none of ours: messages of two writers that were mixed up. */
export function deserialize(bytes: Uint8Array): Cloneable {
  return untagged(JSON.parse(decodeUtf8(bytes)));
}
