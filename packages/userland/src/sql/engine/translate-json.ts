/** Calls of functions over JSON: which of their values are JSON already is known here. */
import { sqlError } from '../errors.ts';
import { INT, isJson, isNumeric, JSON_TYPE, TEXT } from '../types.ts';
import { type CallTable, MANY, type Make, madeOf, mixed } from './call-table.ts';
import { asText } from './conversions.ts';
import type { Piece } from './scope.ts';

/** A kind and a value, for json-functions.ts. */
function valueText(x: Piece): string {
  const kind = isJson(x.type) ? 'json' : x.truth === true ? 'truth' : isNumeric(x.type) ? 'number' : 'text';
  return `'${kind}', ${asText(x).sql}`;
}

function call(name: string, args: readonly Piece[], parts: readonly string[]): Piece {
  return { sql: `my_${name}(${parts.join(', ')})`, type: madeOf(args, JSON_TYPE) };
}

/** Which arguments are values, by their place. */
const building =
  (name: string, isValue: (at: number) => boolean): Make =>
  (args) =>
    call(
      name,
      args,
      args.map((arg, i) => (isValue(i) ? valueText(arg) : asText(arg).sql)),
    );

/** Names or paths stand in front of values, in pairs. */
const pairs =
  (name: string, first: number): Make =>
  (args) => {
    if ((args.length - first) % 2 !== 0) throw sqlError(1582, name.toUpperCase());
    return building(name, (i) => i >= first && (i - first) % 2 === 1)(args);
  };

export const JSON_CALLS: CallTable = [
  ['JSON_VALID', 1, 1, mixed('json_valid', 't', INT)],
  ['JSON_EXTRACT', 2, MANY, mixed('json_extract', '', JSON_TYPE)],
  ['JSON_VALUE', 2, 2, mixed('json_value', '', TEXT)],
  ['JSON_UNQUOTE', 1, 1, mixed('json_unquote', '', TEXT)],
  ['JSON_QUOTE', 1, 1, mixed('json_quote', '', TEXT)],
  ['JSON_LENGTH', 1, 2, mixed('json_length', '', INT)],
  ['JSON_TYPE', 1, 1, mixed('json_type', '', TEXT)],
  ['JSON_KEYS', 1, 2, mixed('json_keys', '', TEXT)],
  ['JSON_CONTAINS_PATH', 3, MANY, mixed('json_contains_path', '', INT)],
  ['JSON_OBJECT', 0, MANY, pairs('json_object', 0)],
  ['JSON_ARRAY', 0, MANY, building('json_array', () => true)],
  ['JSON_SET', 3, MANY, pairs('json_set', 1)],
  ['JSON_INSERT', 3, MANY, pairs('json_insert', 1)],
  ['JSON_REPLACE', 3, MANY, pairs('json_replace', 1)],
  ['JSON_REMOVE', 2, MANY, mixed('json_remove', '', JSON_TYPE)],
];
