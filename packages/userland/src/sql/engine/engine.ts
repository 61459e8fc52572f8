/**
 * The engine behind all sessions: SQLite with two connections to one database in memory. One belongs to the session that holds the write lock, the other to all who only
 * read and therefore see what is committed; who wants to read the same again has a snapshot (snapshots.ts).
 */
import { type Connection, type Library, SqliteError, type SqliteValue } from '@netarium/sqlite/sqlite.ts';
import { type SqlError, sqlError, unsupportedSql } from '../errors.ts';
import { type ColumnType, type SqlValue, valueText } from '../types.ts';
import { allRows } from './all-rows.ts';
import { Catalogue, sameName, type Table } from './catalogue.ts';
import { brokenCheck } from './check-constraints.ts';
import { brokenKey, danglingKey } from './foreign-keys.ts';
import { definitions, type FunctionHost } from './functions.ts';
import type { Journal } from './journal.ts';
import { type Pause, WriteLock } from './lock.ts';
import { Plans } from './plan.ts';
import { RunState } from './run-state.ts';
import { Snapshots } from './snapshots.ts';

export interface Ran {
  readonly rows: SqliteValue[][];
  /** Rows inserted, changed or deleted, as SQLite counts them. */
  readonly changes: number;
  readonly state: RunState;
  readonly pages: number;
}

export class Engine implements FunctionHost {
  readonly catalogue = new Catalogue();
  readonly lock: WriteLock;
  readonly reader: Connection;
  readonly writer: Connection;
  readonly plans = new Plans();
  readonly snapshots = new Snapshots(() => this.prepared(this.reader.copy()));
  run = new RunState();
  /** Whether a zero for AUTO_INCREMENT is kept, by the statement that is carried out. */
  keepsZero = false;
  /** Which run of the server on its journal this is. */
  epoch = 0;
  private lastConnection = 0;
  private lastOwner = 0;

  constructor(
    readonly library: Library,
    pause: Pause,
    /** Where changes go before they count; none keeps nothing. */
    public journal: Journal | undefined = undefined,
  ) {
    this.lock = new WriteLock(pause);
    this.writer = this.connect();
    this.reader = this.connect();
  }

  private connect(): Connection {
    return this.prepared(this.library.open('netarium'));
  }

  private prepared(connection: Connection): Connection {
    // An index that is made for one query would hide which rows it looked at.
    connection.exec('PRAGMA automatic_index=OFF; PRAGMA foreign_keys=ON');
    for (const { name, run, deterministic } of definitions(this)) connection.define(name, run, deterministic);
    return connection;
  }

  /** A name for a session with temporary tables, that no other one ever has in the journal. */
  nextOwner(): string {
    return `${this.epoch}.${++this.lastOwner}`;
  }

  nextConnectionId(): number {
    return ++this.lastConnection;
  }

  close(): void {
    this.reader.close();
    this.writer.close();
  }

  /** Carries out one translated statement; errors are MySQL's. `strict`: what does not fit is one of them. */
  execute(connection: Connection, sql: string, changing?: Table, strict = changing !== undefined): Ran {
    const state = (this.run = new RunState(strict));
    try {
      // The pages of the statement itself, not those that tell what tables there are.
      const rows = allRows(connection, sql, () => connection.pagesRead());
      for (const row of rows)
        for (const value of row)
          if (value === Infinity || value === -Infinity) throw sqlError(1690, 'DOUBLE', String(value));
      return { rows, changes: changing === undefined ? 0 : connection.changes(), state, pages: connection.pagesRead() };
    } catch (error) {
      throw state.error ?? this.translated(error, sql, changing);
    }
  }

  private translated(error: unknown, sql: string, table: Table | undefined): Error {
    if (!(error instanceof SqliteError)) return error as Error;
    // A foreign key to a table that was made to come later, and has not.
    const dangling = /^no such table: main\.t\d+$/.test(error.message);
    if (table !== undefined && (dangling || error.message === 'FOREIGN KEY constraint failed')) {
      // SQLite's OR IGNORE does not pass over such rows.
      if (!this.run.strict) return unsupportedSql('IGNORE with rows that break a foreign key');
      return dangling ? danglingKey(this.catalogue, table) : brokenKey(this, sql, table);
    }
    const check = /^CHECK constraint failed: c(\d+)$/.exec(error.message);
    if (table !== undefined && check !== null) return brokenCheck(table, Number(check[1]));
    // An aggregate of the query around, in a place where that has none.
    if (/^misuse of aggregate/.test(error.message)) return sqlError(1111);
    const unique = /^UNIQUE constraint failed: (?:index '.*:(.*)'|(.*))$/.exec(error.message);
    if (unique === null || table === undefined) return engineError(error);
    return this.duplicate(table, unique[1], unique[2] ?? '');
  }

  /** SQLite names the columns of the key; the values are those that came in last. */
  private duplicate(table: Table, name: string | undefined, columns: string): SqlError {
    const names = columns.split(', ').map((each) => each.slice(each.indexOf('.') + 1));
    const key = table.keys.find(
      (each) =>
        each.kind !== 'index' &&
        (each.name === name ||
          (each.columns.length === names.length && each.columns.every((column, i) => sameName(column, names[i]!)))),
    );
    const values = (key?.columns ?? names).map((name) => {
      const at = table.columns.findIndex((each) => sameName(each.name, name));
      return keyText(this.run.values.get(at) ?? null, table.columns[at]!.type);
    });
    return sqlError(1062, values.join('-'), `${table.name}.${key?.name ?? names.join('_')}`);
  }
}

/** What SQLite itself complains of, which nothing above it has foreseen, as an error that a client is told. */
export function engineError(error: unknown): Error {
  return error instanceof SqliteError ? sqlError(1105, `the SQL engine says: ${error.message}`) : (error as Error);
}

/** A value of a key as error 1062 tells it. */
export function keyText(value: SqlValue, type: ColumnType): string {
  return value === null ? 'NULL' : valueText(value, type);
}
