/**
 * Views ("View Syntax"): a name for a SELECT, put in where it is read. A star means the columns that there were when the view was made. Left out: CREATE VIEW's
 * ALGORITHM = TEMPTABLE and CHECK OPTION.
 */
import { SqlError, sqlError } from '../errors.ts';
import type { Select, TableName } from '../language/ast.ts';
import type { CreateView } from '../language/definition-ast.ts';
import { parseStatement } from '../language/statement.ts';
import { type ColumnType, isNumeric, type SqlValue, typeText } from '../types.ts';
import { refuseTwice, sameName } from './catalogue.ts';
import type { Engine } from './engine.ts';
import { backtick } from './fragments.ts';
import { type OkResult, ok } from './result.ts';
import type { Session } from './session.ts';
import { defaultText } from './show-columns.ts';
import type { OutputColumn, Star, Translator } from './translator.ts';

export interface View {
  readonly database: string;
  readonly name: string;
  /** What names of tables without a database's mean in it. */
  readonly home: string | undefined;
  readonly columns: readonly string[];
  readonly select: Select;
  /** The SELECT, its stars written out. */
  readonly text: string;
}

export function createView(session: Session, statement: CreateView, sql: string): OkResult {
  const { catalogue } = session.engine;
  const database = catalogue.databaseOf(statement.view, session.database);
  const { name } = statement.view;
  const before = catalogue.view({ ...statement.view, database }, undefined);
  if (catalogue.database(database).has(name)) throw sqlError(1050, name);
  if (before !== undefined && !statement.orReplace) {
    if (statement.ifNotExists) return ok();
    throw sqlError(1050, name);
  }
  const translator = session.translator([]);
  const found = translator.select(statement.select).columns;
  if (translator.userVariables.size > 0) throw sqlError(1351);
  const passing = translator.visited.find(({ table }) => table.own !== undefined);
  if (passing !== undefined) throw sqlError(1352, passing.table.name);
  // A view that reads itself by a detour: while it is made it is not there, says MariaDB.
  if (before !== undefined && translator.views.has(before)) throw sqlError(1146, `${database}.${name}`);
  const columns = statement.columns ?? found.map((column) => column.name);
  if (columns.length !== found.length) throw sqlError(1353);
  const twice = columns.find((column, i) => columns.findIndex((each) => sameName(each, column)) !== i);
  if (twice !== undefined) throw sqlError(1060, twice);
  const text = writtenOut(sql, statement, translator.stars);
  const select = parseStatement(text).statement as Select;
  catalogue.addView({ database, name, home: session.database, columns, select, text });
  return ok();
}

function writtenOut(sql: string, { at: from, end: to }: CreateView, stars: readonly Star[]): string {
  let text = sql.slice(0, to);
  const places = new Map(stars.map((star) => [star.at, star]));
  for (const { at, end, columns } of [...places.values()].sort((a, b) => b.at - a.at)) {
    const list = columns.map(([table, column]) => `${backtick(table)}.${backtick(column)}`).join(', ');
    text = text.slice(0, at) + list + text.slice(end);
  }
  return text.slice(from);
}

/** One that is in a dump: what it reads may have gone, or come later. */
export function restoreView({ catalogue }: Engine, statement: CreateView, sql: string, home: string | undefined): void {
  const { view, columns = [], select, at, end } = statement;
  const database = catalogue.databaseOf(view, home);
  catalogue.addView({ database, name: view.name, home, columns, select, text: sql.slice(at, end) });
}

/** Those that are there go, though others may not be. */
export function dropViews(
  { engine, database: current }: Session,
  names: readonly TableName[],
  ifExists: boolean,
): OkResult | UnknownViews {
  const { catalogue } = engine;
  refuseTwice(names, current);
  const places = names.map((name) => ({ ...name, database: catalogue.databaseOf(name, current) }));
  const missing = places.filter((place) => catalogue.view(place, undefined) === undefined);
  for (const place of places) {
    const view = catalogue.view(place, undefined);
    if (view !== undefined) catalogue.removeView(view);
  }
  const listed = (all: typeof places, quote: (name: string) => string): string =>
    all.map(({ database, name }) => `${quote(database)}.${quote(name)}`).join(',');
  if (missing.length > 0 && !ifExists)
    return new UnknownViews(
      listed(missing, (name) => name),
      `DROP VIEW IF EXISTS ${listed(places, backtick)}`,
    );
  return ok();
}

/** The others have been dropped, and that counts. */
export class UnknownViews extends SqlError {
  constructor(
    names: string,
    /** What was carried out. */
    readonly done: string,
  ) {
    const { errno, sqlState, message } = sqlError(4092, names);
    super(errno, sqlState, message);
  }
}

/** As MySQL would have it typed in again. */
export function createViewText({ name, database, columns, text }: View, withDatabase = false): string {
  return `CREATE VIEW ${withDatabase ? `${backtick(database)}.` : ''}${backtick(name)} (${columns.map(backtick).join(', ')}) AS ${text}`;
}

export interface ViewColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
}

/** Columns of a view as INFORMATION_SCHEMA tells them: none where what it reads has gone. */
export function describedView(view: View, translator: Translator): ViewColumn[] {
  try {
    return translator.viewed(view).columns.map(({ type, notNull = false, origin }, i) => ({
      name: view.columns[i]!,
      type,
      notNull: origin?.column.notNull ?? notNull,
    }));
  } catch (error) {
    if (error instanceof SqlError) return [];
    throw error;
  }
}

/** As MySQL shows it, with what it would have added. */
export function shownViewText(view: View, user: string): string {
  const [name, host = 'localhost'] = user.split('@') as [string, string?];
  const head = `CREATE ALGORITHM=UNDEFINED DEFINER=${backtick(name)}@${backtick(host)} SQL SECURITY DEFINER`;
  return createViewText(view).replace(/^CREATE/, () => head);
}

/** DESCRIBE: a column that is one of a table has that one's default. */
export function describeView(view: View, columns: readonly OutputColumn[]): SqlValue[][] {
  return columns.map(({ type, notNull = false, origin }, i) => {
    const kept = origin?.column.notNull ?? notNull;
    const fallback = origin === undefined ? (kept && isNumeric(type) ? '0' : null) : defaultText(origin.column);
    return [view.columns[i]!, typeText(type), kept ? 'NO' : 'YES', '', fallback, ''];
  });
}
