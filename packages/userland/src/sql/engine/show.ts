/** SHOW and DESCRIBE ("SHOW Statements"): the catalogue, the session's counters and variables as rows. */
import { sqlError } from '../errors.ts';
import type { Statement } from '../language/ast.ts';
import { isNumeric, type SqlValue, typeText } from '../types.ts';
import { type Catalogue, type Column, sameName, type Table } from './catalogue.ts';
import { foreignKeyText } from './foreign-keys.ts';
import { backtick } from './fragments.ts';
import { type RowsResult, textRows } from './result.ts';
import type { Session } from './session.ts';
import { defaultText } from './show-columns.ts';
import { createViewText, describeView } from './views.ts';

type Show = Extract<Statement, { readonly k: 'show' }>;

export function show(session: Session, statement: Show): RowsResult {
  const { catalogue } = session.engine;
  const liked = likeFilter(statement.like);
  const table = (): Table => catalogue.table(statement.table ?? { name: '', at: 0, end: 0 }, session.database);
  switch (statement.what) {
    case 'databases':
      return textRows(['Database'], rowsOf([...catalogue.databases.keys()].sort().filter(liked)));
    case 'tables':
      return tables(session, statement, liked);
    case 'columns': {
      const view = catalogue.view(statement.table!, session.database);
      if (view !== undefined)
        return textRows(
          ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'],
          describeView(view, session.translator([]).ofView(view)).filter(([name]) => liked(String(name))),
        );
      const found = table();
      return textRows(
        ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'],
        found.columns.filter(({ name }) => liked(name)).map((column) => describe(found, column)),
      );
    }
    case 'index':
      return textRows(
        ['Table', 'Non_unique', 'Key_name', 'Seq_in_index', 'Column_name', 'Null', 'Index_type'],
        indexes(table()),
      );
    case 'create-view': {
      const view = catalogue.view(statement.table!, session.database);
      if (view === undefined) throw sqlError(1347, `${table().database}.${table().name}`, 'VIEW');
      return textRows(['View', 'Create View'], [[view.name, createViewText(view)]]);
    }
    case 'create-table':
      return textRows(['Table', 'Create Table'], [[table().name, createText(table())]]);
    case 'status':
      return textRows(
        ['Variable_name', 'Value'],
        session.status.all().filter(([name]) => liked(name)),
      );
    case 'variables':
      return textRows(
        ['Variable_name', 'Value'],
        session.variables.all().filter(([name]) => liked(name)),
      );
    case 'warnings':
      // Strict mode: what would be a warning is an error.
      return textRows(['Level', 'Code', 'Message'], []);
    case 'processlist':
      return textRows(['Id', 'User', 'db'], [[session.connectionId, session.user, session.database ?? null]]);
  }
}

function rowsOf(values: readonly string[]): string[][] {
  return values.map((value) => [value]);
}

function tables({ engine, database }: Session, { name, like }: Show, liked: (text: string) => boolean): RowsResult {
  const of = name ?? database;
  if (of === undefined) throw sqlError(1046);
  const heading = `Tables_in_${of}${like === undefined ? '' : ` (${like})`}`;
  return textRows([heading], rowsOf(tableNames(engine.catalogue, of).filter(liked)));
}

function tableNames(catalogue: Catalogue, database: string): string[] {
  const views = catalogue.views().filter((view) => view.database === database);
  return [...catalogue.database(database).keys(), ...views.map(({ name }) => name)].sort();
}

function describe(table: Table, column: Column): SqlValue[] {
  const first = table.keys.filter((key) => sameName(key.columns[0]!, column.name));
  const primary = table.keys.some(
    (key) => key.kind === 'primary' && key.columns.some((name) => sameName(name, column.name)),
  );
  const key = primary
    ? 'PRI'
    : first.some((each) => each.kind === 'unique' && each.columns.length === 1)
      ? 'UNI'
      : first.length > 0
        ? 'MUL'
        : '';
  const extra = [
    ...(column.autoIncrement ? ['auto_increment'] : []),
    ...(column.defaultsTo.k === 'now' ? ['DEFAULT_GENERATED'] : []),
    ...(column.onUpdateNow ? ['on update CURRENT_TIMESTAMP'] : []),
  ];
  return [column.name, typeText(column.type), column.notNull ? 'NO' : 'YES', key, defaultText(column), extra.join(' ')];
}

function indexes(table: Table): SqlValue[][] {
  return table.keys.flatMap(({ name, kind, columns }) =>
    columns.map((column, i) => {
      const { notNull } = table.columns.find((each) => sameName(each.name, column))!;
      return [table.name, kind === 'index' ? 1 : 0, name, i + 1, column, notNull ? '' : 'YES', 'BTREE'];
    }),
  );
}

/** A statement that makes the table anew. */
export function createText(table: Table): string {
  const lines = table.columns.map((column) => `  ${columnText(column)}`);
  for (const { name, kind, columns } of table.keys) {
    const list = `(${columns.map(backtick).join(',')})`;
    lines.push(
      kind === 'primary'
        ? `  PRIMARY KEY ${list}`
        : `  ${kind === 'unique' ? 'UNIQUE ' : ''}KEY ${backtick(name)} ${list}`,
    );
  }
  for (const key of table.foreignKeys) lines.push(`  ${foreignKeyText(key, table)}`);
  const auto =
    table.columns.some(({ autoIncrement }) => autoIncrement) && table.nextAuto > 1
      ? ` AUTO_INCREMENT=${table.nextAuto}`
      : '';
  return `CREATE TABLE ${backtick(table.name)} (\n${lines.join(',\n')}\n) ENGINE=InnoDB${auto} DEFAULT CHARSET=utf8mb4`;
}

function columnText(column: Column): string {
  const { type } = column;
  const collate = type.k === 'text' && type.binary ? ' COLLATE utf8mb4_bin' : '';
  const value = defaultText(column);
  const quoted = value !== null && column.defaultsTo.k === 'value' && !isNumeric(type) ? `'${escaped(value)}'` : value;
  const fallback = value === null ? (column.notNull ? '' : ' DEFAULT NULL') : ` DEFAULT ${quoted}`;
  const update = column.onUpdateNow ? ' ON UPDATE CURRENT_TIMESTAMP' : '';
  const auto = column.autoIncrement ? ' AUTO_INCREMENT' : '';
  const comment = column.comment === '' ? '' : ` COMMENT '${escaped(column.comment)}'`;
  return `${backtick(column.name)} ${typeText(type)}${collate}${column.notNull ? ' NOT NULL' : ''}${column.autoIncrement ? '' : fallback}${update}${auto}${comment}`;
}

/** A text as MySQL reads it between quotes. */
export function escaped(text: string): string {
  return text.replace(/[\\']/g, (c) => `\\${c}`).replaceAll('\0', '\\0');
}

/** LIKE over names: capitals and small letters are one. */
function likeFilter(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  const source = pattern.replace(/\\([%_\\])|([%_])|([.*+?^${}()|[\]\\])/g, (_, escapedChar, wild, special) =>
    escapedChar !== undefined
      ? `\\${escapedChar}`.replace(/\\([%_])/, '$1')
      : wild !== undefined
        ? wild === '%'
          ? '.*'
          : '.'
        : `\\${special}`,
  );
  const expression = new RegExp(`^${source}$`, 'is');
  return (text) => expression.test(text);
}
