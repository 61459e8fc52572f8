/** A table as the statement that makes it anew: SHOW CREATE TABLE, and dumps. */
import { isJson, isNumeric, typeText } from '../types.ts';
import type { Column, Table } from './catalogue.ts';
import { checkText } from './check-constraints.ts';
import { foreignKeyText } from './foreign-keys.ts';
import { backtick } from './fragments.ts';
import { defaultText, nowText } from './show-columns.ts';

export function createText(table: Table): string {
  const lines = table.columns.map((column) => `  ${columnText(table, column)}`);
  for (const { name, kind, columns } of table.keys) {
    const list = `(${columns.map(backtick).join(',')})`;
    lines.push(
      kind === 'primary'
        ? `  PRIMARY KEY ${list}`
        : `  ${kind === 'unique' ? 'UNIQUE ' : ''}KEY ${backtick(name)} ${list}`,
    );
  }
  for (const key of table.foreignKeys) lines.push(`  ${foreignKeyText(key, table)}`);
  for (const { name, text } of table.checks)
    lines.push(`  CONSTRAINT ${backtick(name)} CHECK (${checkText(table, text)})`);
  const auto =
    table.columns.some(({ autoIncrement }) => autoIncrement) && table.nextAuto > 1
      ? ` AUTO_INCREMENT=${table.nextAuto}`
      : '';
  return `CREATE ${table.own ? 'TEMPORARY ' : ''}TABLE ${backtick(table.name)} (\n${lines.join(',\n')}\n) ENGINE=InnoDB${auto} DEFAULT CHARSET=utf8mb4`;
}

function columnText(table: Table, column: Column): string {
  const { type } = column;
  const collate = type.k === 'text' && type.binary && !isJson(type) ? ' COLLATE utf8mb4_bin' : '';
  const value = defaultText(column);
  const quoted = value !== null && column.defaultsTo.k === 'value' && !isNumeric(type) ? `'${escaped(value)}'` : value;
  const fallback = value === null ? (column.notNull ? '' : ' DEFAULT NULL') : ` DEFAULT ${quoted}`;
  const update = column.onUpdateNow ? ` ON UPDATE ${nowText(type)}` : '';
  const auto = column.autoIncrement ? ' AUTO_INCREMENT' : '';
  const comment = column.comment === '' ? '' : ` COMMENT '${escaped(column.comment)}'`;
  const check = column.check === undefined ? '' : ` CHECK (${checkText(table, column.check)})`;
  return `${backtick(column.name)} ${typeText(type)}${collate}${nullText(column)}${column.autoIncrement ? '' : fallback}${update}${auto}${comment}${check}`;
}

/** A TIMESTAMP was NOT NULL without a word once, so that a word is written. */
function nullText({ notNull, type }: Column): string {
  if (notNull) return ' NOT NULL';
  return type.k === 'datetime' && type.name === 'timestamp' ? ' NULL' : '';
}

/** A text as MySQL reads it between quotes. */
export function escaped(text: string): string {
  return text.replace(/[\\']/g, (c) => `\\${c}`).replaceAll('\0', '\\0');
}
