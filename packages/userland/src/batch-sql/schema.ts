/**
 * Tables of the warehouse: a directory each, with a file `.schema` (a line per column: name and type, and `partition` where a directory's name holds the value) and text
 * files of lines with commas. The schema counts when a file is read, not when it is written: a field that does not fit is NULL.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { unless } from '../lib/failure.ts';
import { readText } from '../lib/stdio.ts';
import { BatchError } from './errors.ts';

export type FieldType = 'int' | 'double' | 'string';
export type Field = string | number | null;

export interface BatchColumn {
  readonly name: string;
  readonly type: FieldType;
  /** Its values are in the names of directories: `day=2026-01-31`. */
  readonly partition: boolean;
}

export interface BatchTable {
  readonly name: string;
  readonly folder: string;
  readonly columns: readonly BatchColumn[];
}

export const SCHEMA_FILE = '.schema';

const TYPES: ReadonlyMap<string, FieldType> = new Map([
  ['INT', 'int'],
  ['INTEGER', 'int'],
  ['BIGINT', 'int'],
  ['SMALLINT', 'int'],
  ['TINYINT', 'int'],
  ['DOUBLE', 'double'],
  ['FLOAT', 'double'],
  ['STRING', 'string'],
  ['VARCHAR', 'string'],
  ['DATE', 'string'],
]);

export function fieldType(word: string): FieldType {
  const type = TYPES.get(word.toUpperCase());
  if (type === undefined) throw new BatchError(`type '${word}' is not supported`);
  return type;
}

export function schemaText(columns: readonly BatchColumn[]): string {
  return columns.map(({ name, type, partition }) => `${name} ${type}${partition ? ' partition' : ''}\n`).join('');
}

export async function openTable(sys: Sys, warehouse: string, name: string): Promise<BatchTable> {
  const folder = `${warehouse}/${name}`;
  const text = await unless(readText(sys, `${folder}/${SCHEMA_FILE}`), 'ENOENT', 'ENOTDIR');
  if (text === undefined) throw new BatchError(`table '${name}' not found`);
  const lines = text.split('\n').filter((line) => line !== '');
  const columns = lines.map((line, i): BatchColumn => {
    const match = /^(\w+) (int|double|string)( partition)?$/.exec(line);
    if (match === null) throw new BatchError(`${folder}/${SCHEMA_FILE}: line ${i + 1}: '${line}'`);
    return { name: match[1]!, type: match[2] as FieldType, partition: match[3] !== undefined };
  });
  return { name, folder, columns };
}

/** A text as a value of its column's type; NULL where it is none, and for `\N`. */
export function fieldOf(text: string | undefined, type: FieldType): Field {
  if (text === undefined || text === '\\N') return null;
  if (type === 'string') return text;
  const number =
    /^\s*[+-]?\d+\s*$/.test(text) || (type === 'double' && /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text));
  return number ? Number(text) : null;
}
