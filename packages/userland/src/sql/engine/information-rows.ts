/** The rows of INFORMATION_SCHEMA's tables, in the order of their columns. */
import { type ColumnType, type SqlValue, typeText } from '../types.ts';
import { allRows } from './all-rows.ts';
import { type Catalogue, columnOf, type ForeignKey, type Table } from './catalogue.ts';
import { checksOf, checkText } from './check-constraints.ts';
import { CHARSET, COLLATION, collationOf } from './collations.ts';
import type { Engine } from './engine.ts';
import { defaultText, extraText, keyText } from './show-columns.ts';
import type { View, ViewColumn } from './views.ts';

export const INFORMATION_SCHEMA = 'information_schema';

/** What of a session the tables tell. */
export interface Asking {
  readonly engine: Engine;
  readonly user: string;
  readonly connectionId: number;
  readonly database: string | undefined;
  /** Columns of a view as its SELECT has them. */
  describeView(view: View): readonly ViewColumn[];
}

/** With INFORMATION_SCHEMA itself. */
export function databaseNames(catalogue: Catalogue): string[] {
  return [...catalogue.databases.keys(), INFORMATION_SCHEMA].sort();
}

const inOrder = (tables: readonly Table[]): Table[] =>
  [...tables].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : placeOf(a) > placeOf(b) ? 1 : 0));
const placeOf = ({ database, name }: { readonly database: string; readonly name: string }): string =>
  `${database}\0${name}`;
const tablesOf = ({ engine }: Asking): Table[] => inOrder(engine.catalogue.tables());

export function schemata({ engine }: Asking): SqlValue[][] {
  return databaseNames(engine.catalogue).map((name) => ['def', name, CHARSET, COLLATION, null]);
}

export function tables(asking: Asking): SqlValue[][] {
  const views = asking.engine.catalogue.views();
  return [
    ...tablesOf(asking).map((table) => [
      ...['def', table.database, table.name, 'BASE TABLE', 'InnoDB', 10, 'Dynamic', rowCount(asking.engine, table)],
      ...[null, null, null, null, null],
      table.columns.some(({ autoIncrement }) => autoIncrement) ? table.nextAuto : null,
      ...[null, null, null, COLLATION, null, '', ''],
    ]),
    ...views.map(({ database, name }) => [
      ...['def', database, name, 'VIEW', null, null, null, null, null, null, null, null, null, null],
      ...[null, null, null, null, null, null, 'VIEW'],
    ]),
  ];
}

function rowCount({ reader }: Engine, table: Table): SqlValue {
  return allRows(reader, `SELECT count(*) FROM t${table.id}`)[0]![0]!;
}

export function columns(asking: Asking): SqlValue[][] {
  const ofTables = tablesOf(asking).flatMap((table) =>
    table.columns.map((column, i) => [
      ...['def', table.database, table.name, column.name, i + 1, defaultText(column), column.notNull ? 'NO' : 'YES'],
      ...typeParts(column.type),
      ...[typeText(column.type), keyText(table, column), extraText(column), PRIVILEGES, column.comment, ''],
    ]),
  );
  const ofViews = asking.engine.catalogue
    .views()
    .flatMap((view) =>
      asking
        .describeView(view)
        .map(({ name, type, notNull }, i) => [
          ...['def', view.database, view.name, name, i + 1, null, notNull ? 'NO' : 'YES'],
          ...typeParts(type),
          ...[typeText(type), '', '', PRIVILEGES, '', ''],
        ]),
    );
  return [...ofTables, ...ofViews];
}

export const PRIVILEGES = 'select,insert,update,references';
const DIGITS: Readonly<Record<string, number>> = { tinyint: 3, smallint: 5, mediumint: 7, int: 10, bigint: 19 };

/** From DATA_TYPE to COLLATION_NAME. */
function typeParts(type: ColumnType): SqlValue[] {
  const none = [null, null, null, null, null, null, null];
  switch (type.k) {
    case 'int':
      return [
        type.name,
        null,
        null,
        DIGITS[type.name]! + (type.unsigned && type.name === 'bigint' ? 1 : 0),
        0,
        null,
        null,
        null,
      ];
    case 'double':
      return ['double', null, null, 22, null, null, null, null];
    case 'float':
      return ['float', null, null, 12, null, null, null, null];
    case 'decimal':
      return ['decimal', null, null, type.precision, type.scale, null, null, null];
    case 'date':
      return ['date', ...none];
    case 'datetime':
      return [type.name, null, null, null, null, type.fraction, null, null];
    case 'blob':
      return [type.name, type.length, type.length, null, null, null, null, null];
    case 'text':
      return [
        type.name,
        type.length,
        Math.min(type.length * (type.name.endsWith('text') ? 1 : 4), 4_294_967_295),
        null,
        null,
        null,
        CHARSET,
        collationOf(type),
      ];
    case 'enum': {
      const longest = Math.max(...type.values.map(({ length }) => length));
      return ['enum', longest, longest * 4, null, null, null, CHARSET, COLLATION];
    }
    default:
      return ['null', ...none];
  }
}

export function statistics(asking: Asking): SqlValue[][] {
  return tablesOf(asking).flatMap((table) =>
    table.keys.flatMap((key) =>
      key.columns.map((name, i) => [
        ...[
          'def',
          table.database,
          table.name,
          key.kind === 'index' ? 1 : 0,
          table.database,
          key.name,
          i + 1,
          name,
          'A',
        ],
        ...[null, null, null, columnOf(table, name)!.notNull ? '' : 'YES', 'BTREE', '', ''],
      ]),
    ),
  );
}

export function keyColumns(asking: Asking): SqlValue[][] {
  return tablesOf(asking).flatMap((table) => {
    const start = (name: string) => ['def', table.database, name, 'def', table.database, table.name];
    const unique = table.keys.filter(({ kind }) => kind !== 'index');
    return [
      ...unique.flatMap((key) =>
        key.columns.map((name, i) => [...start(key.name), name, i + 1, null, null, null, null]),
      ),
      ...table.foreignKeys.flatMap((key) =>
        key.columns.map((name, i) => [
          ...[...start(key.name), name, i + 1, i + 1],
          ...[key.parent.database, key.parent.name, key.references[i]!],
        ]),
      ),
    ];
  });
}

export function constraints(asking: Asking): SqlValue[][] {
  return tablesOf(asking).flatMap((table) => {
    const row = (name: string, type: string) => ['def', table.database, name, table.database, table.name, type];
    const unique = table.keys.filter(({ kind }) => kind !== 'index');
    return [
      ...unique.map((key) => row(key.name, key.kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE')),
      ...table.foreignKeys.map((key) => row(key.name, 'FOREIGN KEY')),
      ...checksOf(table).map(({ name }) => row(name, 'CHECK')),
    ];
  });
}

export function checks(asking: Asking): SqlValue[][] {
  return tablesOf(asking).flatMap((table) =>
    checksOf(table).map(({ name, text }) => ['def', table.database, table.name, name, checkText(table, text)]),
  );
}

export function references(asking: Asking): SqlValue[][] {
  const uniqueName = ({ parent, references: names }: ForeignKey): string | null =>
    parent.keys.find((key) => key.kind !== 'index' && key.columns.join('\0') === names.join('\0'))?.name ?? null;
  return tablesOf(asking).flatMap((table) =>
    table.foreignKeys.map((key) => [
      ...['def', table.database, key.name, 'def', key.parent.database, uniqueName(key), 'NONE'],
      ...[key.onUpdate || 'RESTRICT', key.onDelete || 'RESTRICT', table.name, key.parent.name],
    ]),
  );
}

export function views({ engine, user }: Asking): SqlValue[][] {
  return engine.catalogue
    .views()
    .map(({ database, name, text }) => [
      ...['def', database, name, text, 'NONE', isUpdatable(text) ? 'YES' : 'NO'],
      ...[user, 'DEFINER', CHARSET, COLLATION],
    ]);
}

const isUpdatable = (text: string): boolean => !/\b(GROUP BY|DISTINCT|UNION|LIMIT|HAVING)\b/i.test(text);
