/** Columns as DESCRIBE, SHOW CREATE TABLE and INFORMATION_SCHEMA write them. */
import { type ColumnType, textOf } from '../types.ts';
import { type Column, sameName, type Table } from './catalogue.ts';

export function defaultText({ defaultsTo, type }: Column): string | null {
  if (defaultsTo.k === 'now') return nowText(type);
  if (defaultsTo.k === 'none' || defaultsTo.value === null) return null;
  return type.k === 'decimal' ? (defaultsTo.value as number).toFixed(type.scale) : textOf(defaultsTo.value);
}

/** The current time, with the digits of the column. */
export function nowText(type: ColumnType): string {
  return `CURRENT_TIMESTAMP${type.k === 'datetime' && type.fraction > 0 ? `(${type.fraction})` : ''}`;
}

/** Which kind of key a column begins or, of the primary key, belongs to. */
export function keyText(table: Table, column: Column): 'PRI' | 'UNI' | 'MUL' | '' {
  const has = (columns: readonly string[]): boolean => columns.some((name) => sameName(name, column.name));
  if (table.keys.some((key) => key.kind === 'primary' && has(key.columns))) return 'PRI';
  const first = table.keys.filter((key) => sameName(key.columns[0]!, column.name));
  if (first.some((each) => each.kind === 'unique' && each.columns.length === 1)) return 'UNI';
  return first.length > 0 ? 'MUL' : '';
}

export function extraText({ autoIncrement, defaultsTo, onUpdateNow, type }: Column): string {
  return [
    ...(autoIncrement ? ['auto_increment'] : []),
    ...(defaultsTo.k === 'now' ? ['DEFAULT_GENERATED'] : []),
    ...(onUpdateNow ? [`on update ${nowText(type)}`] : []),
  ].join(' ');
}
