/** Functions over JSON ("JSON Functions"); what is no JSON, or no path, is NULL as in MariaDB. Values come in pairs of a kind and the value: JSON as it is, a text in quotes, all else as it is written. */
import type { SqliteFunction, SqliteValue } from '@netarium/sqlite/sqlite.ts';
import { changedAt, type JsonNode, type JsonPath, jsonAt, jsonOf, jsonString, readPath, writtenJson } from '../json.ts';
import { numberPrefix } from './conversions.ts';
import { strict, text } from './strict.ts';

export const JSON_FUNCTIONS: Readonly<Record<string, SqliteFunction>> = {
  json_valid: strict((x) => (jsonOf(text(x)) === undefined ? 0 : 1)),
  json_extract: strict((x, ...paths) => {
    const found = paths.map((path) => at(x, path));
    const there = found.filter((node) => node !== undefined);
    if (there.length === 0) return null;
    return writtenJson(paths.length === 1 ? there[0]! : { k: 'array', items: there });
  }),
  json_value: strict((x, path) => scalarText(at(x, path))),
  json_unquote: strict((x) => unquoted(text(x))),
  json_number: strict((x) => {
    const plain = unquoted(text(x));
    return plain === 'true' ? 1 : plain === 'false' ? 0 : numberPrefix(plain);
  }),
  json_quote: strict((x) => JSON.stringify(text(x))),
  json_length: strict((x, path = '$') => {
    const node = at(x, path);
    if (node === undefined) return null;
    return node.k === 'object' ? node.members.length : node.k === 'array' ? node.items.length : 1;
  }),
  json_type: strict((x) => typeOf(jsonOf(text(x)))),
  json_keys: strict((x, path = '$') => {
    const node = at(x, path);
    return node?.k === 'object' ? `[${[...new Set(node.members.map(([key]) => key))].join(', ')}]` : null;
  }),
  json_contains_path: strict((x, which, ...paths) => {
    const found = paths.map((path) => at(x, path) !== undefined);
    return Number(text(which).toLowerCase() === 'all' ? found.every(Boolean) : found.some(Boolean));
  }),
  json_object: (...args) => writtenJson({ k: 'object', members: members(args) }),
  json_array: (...args) => writtenJson({ k: 'array', items: values(args) }),
  json_set: changing((_, value) => value),
  json_insert: changing((old, value) => old ?? value),
  json_replace: changing((old, value) => old && value),
  json_remove: strict((x, ...paths) => changed(x, paths, () => undefined)),
};

function at(x: SqliteValue | undefined, path: SqliteValue | undefined): JsonNode | undefined {
  const [node, steps] = [jsonOf(text(x)), readPath(text(path))];
  return node && steps && jsonAt(node, steps);
}

function scalarText(node: JsonNode | undefined): string | null {
  if (node?.k !== 'scalar' || node.raw === 'null') return null;
  return node.raw === 'true' ? '1' : node.raw === 'false' ? '0' : unquoted(node.raw);
}

/** A JSON string without its quotes; all else as it is. */
function unquoted(x: string): string {
  const node = x.startsWith('"') ? jsonOf(x) : undefined;
  return node?.k === 'scalar' ? jsonString(node.raw) : x;
}

function typeOf(node: JsonNode | undefined): string | null {
  if (node?.k !== 'scalar') return node === undefined ? null : node.k.toUpperCase();
  if (node.raw === 'null') return 'NULL';
  if (/^[tf]/.test(node.raw)) return 'BOOLEAN';
  return node.raw.startsWith('"') ? 'STRING' : node.raw.includes('.') ? 'DOUBLE' : 'INTEGER';
}

/** Of a kind, and a value as text. */
function nodeOf(kind: SqliteValue | undefined, value: SqliteValue | undefined): JsonNode {
  if (value === null) return { k: 'scalar', raw: 'null' };
  const written = text(value);
  if (kind === 'json') return jsonOf(written) ?? { k: 'scalar', raw: JSON.stringify(written) };
  if (kind === 'truth') return { k: 'scalar', raw: Number(written) === 0 ? 'false' : 'true' };
  return { k: 'scalar', raw: kind === 'number' ? written : JSON.stringify(written) };
}

function values(args: readonly SqliteValue[]): JsonNode[] {
  return args.flatMap((kind, i) => (i % 2 === 0 ? [nodeOf(kind, args[i + 1])] : []));
}

function members(args: readonly SqliteValue[]): (readonly [string, JsonNode])[] {
  return args.flatMap((key, i) =>
    i % 3 === 0 ? [[JSON.stringify(key === null ? '' : text(key)), nodeOf(args[i + 1], args[i + 2])] as const] : [],
  );
}

/** Of a document, then paths, each with a kind and a value; all are read before one of them is changed. */
function changing(change: (old: JsonNode | undefined, value: JsonNode) => JsonNode | undefined): SqliteFunction {
  return (x, ...rest) => {
    const paths = rest.filter((_, i) => i % 3 === 0);
    if (x === null || paths.includes(null)) return null;
    return changed(x, paths, (old, i) => change(old, nodeOf(rest[3 * i + 1], rest[3 * i + 2])));
  };
}

function changed(
  x: SqliteValue | undefined,
  paths: readonly SqliteValue[],
  change: (old: JsonNode | undefined, i: number) => JsonNode | undefined,
): string | null {
  const steps = paths.map((path) => readPath(text(path)));
  let node = jsonOf(text(x));
  if (steps.some((each) => each === undefined)) return null;
  for (const [i, each] of (steps as JsonPath[]).entries()) {
    if (node === undefined) return null;
    node = changedAt(node, each, (old) => change(old, i));
  }
  return node === undefined ? null : writtenJson(node);
}
