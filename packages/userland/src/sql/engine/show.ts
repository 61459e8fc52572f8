/** SHOW and DESCRIBE ("SHOW Statements"): the catalogue, the session's counters and variables as rows; most of it is INFORMATION_SCHEMA under other headings. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Statement } from '../language/ast.ts';
import { BIGINT, type SqlValue, typeText } from '../types.ts';
import { type Catalogue, type Column, sameName, type Table } from './catalogue.ts';
import { CHARSET, COLLATION, collationOf } from './collations.ts';
import { truth } from './conversions.ts';
import { createText } from './create-text.ts';
import { backtick } from './fragments.ts';
import { databaseNames, PRIVILEGES } from './information-rows.ts';
import { likeFilter } from './name-pattern.ts';
import { type RowsResult, textRows } from './result.ts';
import { Scope } from './scope.ts';
import type { Session } from './session.ts';
import { defaultText, extraText, keyText } from './show-columns.ts';
import { expressionPiece } from './translate-expression.ts';
import { describeView, shownViewText, type View } from './views.ts';
import { virtualText } from './virtual-table.ts';

type Show = Extract<Statement, { readonly k: 'show' }>;

export function show(session: Session, statement: Show): RowsResult {
  const result = everything(session, statement);
  if (statement.where !== undefined) return chosen(session, result, statement.where);
  if (statement.like === undefined) return result;
  const liked = likeFilter(statement.like);
  return { ...result, rows: result.rows.filter(([name]) => liked(String(name))) };
}

function everything(session: Session, statement: Show): RowsResult {
  switch (statement.what) {
    case 'databases':
      return textRows(
        [`Database${heading(statement)}`],
        databaseNames(session.engine.catalogue).map((name) => [name]),
      );
    case 'tables':
      return tables(session, statement);
    case 'columns':
      return columns(session, statement);
    case 'index':
      return indexes(tableOf(session, statement));
    case 'create-view':
    case 'create-table':
      return created(session, statement);
    case 'create-database':
      return createdDatabase(session, statement);
    case 'status':
      return textRows(['Variable_name', 'Value'], session.status.all());
    case 'variables':
      return textRows(['Variable_name', 'Value'], session.variables.all());
    case 'warnings':
      // Strict mode: what would be a warning is an error.
      return textRows(['Level', 'Code', 'Message'], []);
    case 'grants':
      return textRows([`Grants for ${session.user}`], [[`GRANT ALL PRIVILEGES ON *.* TO ${account(session.user)}`]]);
    default:
      return information(session, statement);
  }
}

const heading = ({ like }: Show): string => (like === undefined ? '' : ` (${like})`);
const account = (user: string): string => user.split('@').map(backtick).join('@');

/** WHERE over the columns that are shown. */
function chosen(session: Session, result: RowsResult, where: NonNullable<Show['where']>): RowsResult {
  const scope = new Scope();
  scope.add({
    alias: 'shown',
    columns: result.columns.map(({ name, type }, i) => ({ name, piece: { sql: `column${i + 1}`, type } })),
  });
  const condition = truth(
    expressionPiece(session.translator([]), where, { scope, clause: 'where clause', noAggregates: true }),
  );
  const shown = virtualText({ columns: result.columns.map(({ name, type }) => [name, type]), rows: result.rows });
  const { rows } = session.engine.execute(session.engine.reader, `SELECT * FROM ${shown} WHERE ${condition}`);
  return { ...result, rows };
}

function databaseOf({ database }: Session, { name }: Show): string {
  const of = name ?? database;
  if (of === undefined) throw sqlError(1046);
  return of;
}

function tables(session: Session, statement: Show): RowsResult {
  const of = databaseOf(session, statement);
  const { catalogue } = session.engine;
  catalogue.database(of);
  const named = [...tableNames(catalogue, of)].sort(([a], [b]) => (a < b ? -1 : 1));
  const first = `Tables_in_${of}${heading(statement)}`;
  return statement.full
    ? textRows([first, 'Table_type'], named)
    : textRows(
        [first],
        named.map(([name]) => [name]),
      );
}

function* tableNames(catalogue: Catalogue, database: string): Generator<[name: string, type: string]> {
  for (const name of catalogue.database(database).keys()) yield [name, 'BASE TABLE'];
  for (const view of catalogue.views()) if (view.database === database) yield [view.name, 'VIEW'];
}

function tableOf({ engine, database, temporary }: Session, { table }: Show): Table {
  return engine.catalogue.table(table ?? { name: '', at: 0, end: 0 }, database, temporary);
}

function viewOf({ engine, database, temporary }: Session, { table }: Show): View | undefined {
  return temporary.find(table!, database) ? undefined : engine.catalogue.view(table!, database);
}

const COLUMNS = ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'];
const FULL_COLUMNS = ['Field', 'Type', 'Collation', 'Null', 'Key', 'Default', 'Extra', 'Privileges', 'Comment'];

function columns(session: Session, statement: Show): RowsResult {
  const view = viewOf(session, statement);
  const found = view === undefined ? tableOf(session, statement) : undefined;
  const described = view && session.translator([]).viewed(view).columns;
  const rows = view ? describeView(view, described!) : found!.columns.map((column) => describe(found!, column));
  if (!statement.full) return textRows(COLUMNS, rows);
  const types = (described ?? found!.columns).map(({ type }) => collationOf(type));
  const comments = found?.columns.map(({ comment }) => comment);
  return textRows(
    FULL_COLUMNS,
    rows.map(([name, type, ...rest], i) => [name!, type!, types[i]!, ...rest, PRIVILEGES, comments?.[i] ?? '']),
  );
}

function describe(table: Table, column: Column): SqlValue[] {
  const { name, type, notNull } = column;
  return [name, typeText(type), notNull ? 'NO' : 'YES', keyText(table, column), defaultText(column), extraText(column)];
}

const INDEX_COLUMNS =
  'Table Non_unique Key_name Seq_in_index Column_name Collation Cardinality Sub_part Packed Null Index_type Comment Index_comment';

function indexes(table: Table): RowsResult {
  const rows = table.keys.flatMap(({ name, kind, columns: names }) =>
    names.map((column, i) => {
      const { notNull } = table.columns.find((each) => sameName(each.name, column))!;
      const head = [table.name, kind === 'index' ? 1 : 0, name, i + 1, column];
      return [...head, 'A', null, null, null, notNull ? '' : 'YES', 'BTREE', '', ''];
    }),
  );
  const { columns: named } = textRows(INDEX_COLUMNS.split(' '), rows);
  const typed = named.map((each) => (/^(Non_unique|Seq_in_index)$/.test(each.name) ? { ...each, type: BIGINT } : each));
  return { k: 'rows', columns: typed, rows };
}

function created(session: Session, statement: Show): RowsResult {
  const view = viewOf(session, statement);
  if (view === undefined) {
    const table = tableOf(session, statement);
    if (statement.what === 'create-view') throw sqlError(1347, `${table.database}.${table.name}`, 'VIEW');
    return textRows(['Table', 'Create Table'], [[table.name, createText(table)]]);
  }
  return textRows(
    ['View', 'Create View', 'character_set_client', 'collation_connection'],
    [[view.name, shownViewText(view, session.user), CHARSET, COLLATION]],
  );
}

function createdDatabase({ engine }: Session, { name = '', ifNotExists = false }: Show): RowsResult {
  engine.catalogue.database(name);
  const guarded = ifNotExists ? '/*!32312 IF NOT EXISTS*/ ' : '';
  const text = `CREATE DATABASE ${guarded}${backtick(name)} /*!40100 DEFAULT CHARACTER SET utf8mb4 */`;
  return textRows(['Database', 'Create Database'], [[name, text]]);
}

/** Tables of INFORMATION_SCHEMA under SHOW's headings: theirs without the words in front. */
const INFORMATION: ReadonlyMap<string, readonly [table: string, headings: string, schema?: string]> = new Map<
  string,
  readonly [string, string, string?]
>([
  [
    'table-status',
    [
      'TABLES',
      'Name=TABLE_NAME Engine=ENGINE Version=VERSION Row_format=ROW_FORMAT Rows=TABLE_ROWS Avg_row_length=AVG_ROW_LENGTH Data_length=DATA_LENGTH Max_data_length=MAX_DATA_LENGTH Index_length=INDEX_LENGTH Data_free=DATA_FREE Auto_increment=AUTO_INCREMENT Create_time=CREATE_TIME Update_time=UPDATE_TIME Check_time=CHECK_TIME Collation=TABLE_COLLATION Checksum=CHECKSUM Create_options=CREATE_OPTIONS Comment=TABLE_COMMENT',
      'TABLE_SCHEMA',
    ],
  ],
  [
    'engines',
    ['ENGINES', 'Engine=ENGINE Support=SUPPORT Comment=COMMENT Transactions=TRANSACTIONS XA=XA Savepoints=SAVEPOINTS'],
  ],
  [
    'character-sets',
    [
      'CHARACTER_SETS',
      'Charset=CHARACTER_SET_NAME Description=DESCRIPTION Default_collation=DEFAULT_COLLATE_NAME Maxlen=MAXLEN',
    ],
  ],
  [
    'collations',
    [
      'COLLATIONS',
      'Collation=COLLATION_NAME Charset=CHARACTER_SET_NAME Id=ID Default=IS_DEFAULT Compiled=IS_COMPILED Sortlen=SORTLEN',
    ],
  ],
  ['processlist', ['PROCESSLIST', 'Id=ID User=USER Host=HOST db=DB Command=COMMAND Time=TIME State=STATE Info=INFO']],
  [
    'triggers',
    [
      'TRIGGERS',
      'Trigger=TRIGGER_NAME Event=EVENT_MANIPULATION Table=EVENT_OBJECT_TABLE Statement=ACTION_STATEMENT Timing=ACTION_TIMING Created=CREATED sql_mode=SQL_MODE Definer=DEFINER character_set_client=CHARACTER_SET_CLIENT collation_connection=COLLATION_CONNECTION Database·Collation=DATABASE_COLLATION',
      'TRIGGER_SCHEMA',
    ],
  ],
  [
    'events',
    ['EVENTS', 'Db=EVENT_SCHEMA Name=EVENT_NAME Definer=DEFINER Type=EVENT_TYPE Status=STATUS', 'EVENT_SCHEMA'],
  ],
  ['routines', ['ROUTINES', 'Db=ROUTINE_SCHEMA Name=ROUTINE_NAME Type=ROUTINE_TYPE Definer=DEFINER']],
  [
    'plugins',
    ['PLUGINS', 'Name=PLUGIN_NAME Status=PLUGIN_STATUS Type=PLUGIN_TYPE Library=PLUGIN_LIBRARY License=PLUGIN_LICENSE'],
  ],
]);

function information(session: Session, statement: Show): RowsResult {
  const spec = INFORMATION.get(statement.what);
  if (spec === undefined) throw unsupportedSql(`SHOW ${statement.what.toUpperCase()}`);
  const [name, headings, schema] = spec;
  const { columns: all, rows } = session.informationTable(name)!;
  const place = (column: string): number => all.findIndex(([each]) => each === column);
  const pairs = headings.split(' ').map((each) => each.split('=') as [string, string]);
  const of = schema === undefined ? undefined : databaseOf(session, statement);
  if (of !== undefined) session.engine.catalogue.database(of);
  const own = schema === undefined ? rows : rows.filter((row) => row[place(schema)] === of);
  return {
    k: 'rows',
    columns: pairs.map(([shown, column]) => ({ name: shown.replace('·', ' '), type: all[place(column)]![1] })),
    rows: own.map((row) => pairs.map(([, column]) => row[place(column)]!)),
  };
}
