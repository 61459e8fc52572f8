/**
 * One client's session: its database, variables and transaction. Statements come one at a time; a change waits for the write lock. A statement counts whole or not at
 * all, a transaction likewise, and before either counts it is in the journal. Definitions (CREATE, ALTER, DROP) end a transaction and count at once.
 */
import type { Connection } from '@netarium/sqlite/sqlite.ts';
import { SqlError, sqlError, unsupportedSql } from '../errors.ts';
import type { Delete, Insert, Select, Statement, Update } from '../language/ast.ts';
import { type Parsed, parseStatement } from '../language/statement.ts';
import type { SqlValue } from '../types.ts';
import { rowKey, type Table } from './catalogue.ts';
import { define, isDefinition } from './definitions.ts';
import type { Engine, Ran } from './engine.ts';
import { explainResult } from './explain.ts';
import { quoteName } from './fragments.ts';
import type { JournalEntry } from './journal.ts';
import { type OkResult, ok, type Result, type ResultColumn, type RowsResult } from './result.ts';
import type { RunState } from './run-state.ts';
import { Scope } from './scope.ts';
import { show } from './show.ts';
import { Status } from './status.ts';
import { translateDelete, translateInsert, translateUpdate } from './translate-change.ts';
import { expressionPiece } from './translate-expression.ts';
import { type SessionView, Translator } from './translator.ts';
import { Variables } from './variables.ts';
import { UnknownViews } from './views.ts';

export interface Work {
  readonly statements: number;
  /** Rows that were looked at. */
  readonly rows: number;
  /** Rows that were inserted, changed or deleted. */
  readonly written: number;
}

export class Session implements SessionView {
  readonly variables = new Variables();
  readonly status = new Status();
  database: string | undefined;
  lastInsertId: number | bigint = 0;
  rowCount = -1;
  now = '1970-01-01 00:00:00';
  /** What statements have cost since somebody asked. */
  private work: Work = { statements: 0, rows: 0, written: 0 };
  /** BEGIN was said. */
  private begun = false;
  /** SQLite's transaction is open on the writing connection, and the lock is ours. */
  private open = false;
  private entries: JournalEntry[] = [];
  private savepoints: { readonly name: string; readonly entries: number }[] = [];

  constructor(
    readonly engine: Engine,
    readonly user: string,
    /** Counts rows that an UPDATE found instead of those that it changed (CLIENT_FOUND_ROWS). */
    readonly foundRows = false,
    readonly connectionId: number = engine.nextConnectionId(),
  ) {}

  variable(name: string): SqlValue {
    return this.variables.get(name);
  }

  get autocommit(): boolean {
    return this.variables.get('autocommit') === 1;
  }

  takeWork(): Work {
    const { work } = this;
    this.work = { statements: 0, rows: 0, written: 0 };
    return work;
  }

  private worked({ state, changes, pages }: Ran): void {
    const { statements, rows, written } = this.work;
    const looked = state.seen.reduce((sum, count) => sum + (count ?? 0), 0);
    this.work = { statements: statements + 1, rows: rows + looked, written: written + changes };
    this.status.add('Sqlite_pages_read', pages);
  }

  get inTransaction(): boolean {
    return this.begun || this.open;
  }

  private get connection(): Connection {
    return this.open ? this.engine.writer : this.engine.reader;
  }

  use(database: string): void {
    this.engine.catalogue.database(database);
    this.database = database;
  }

  /** Parses and runs one statement at a wall-clock time, given as text. */
  execute(sql: string, now: string): Promise<Result> {
    return this.run(parseStatement(sql).statement, sql, [], now);
  }

  /** Runs a parsed statement with the values of its parameters. */
  async run(statement: Statement, sql: string, params: readonly SqlValue[], now: string): Promise<Result> {
    this.now = now;
    this.status.add('Questions');
    const result = await this.carryOut(statement, sql, params);
    this.rowCount = result.k === 'ok' ? result.affected : -1;
    return result;
  }

  /** The columns that a statement will answer with, for COM_STMT_PREPARE; none for one that answers with counts. */
  describe({ statement }: Parsed): readonly ResultColumn[] {
    if (statement.k === 'select') return this.translator([]).select(statement).columns;
    if (statement.k === 'show') return show(this, statement).columns;
    if (statement.k === 'explain') return explainResult([], []).columns;
    // Names that do not exist are found out here already.
    if (statement.k === 'insert') translateInsert(this.translator([]), statement);
    if (statement.k === 'update') translateUpdate(this.translator([]), statement);
    if (statement.k === 'delete') translateDelete(this.translator([]), statement);
    return [];
  }

  translator(params: readonly SqlValue[]): Translator {
    return new Translator(this.engine.catalogue, this, params);
  }

  private async carryOut(statement: Statement, sql: string, params: readonly SqlValue[]): Promise<Result> {
    if (isDefinition(statement)) return this.definition(() => define(this, statement, sql), sql);
    switch (statement.k) {
      case 'select':
        return this.select(statement, params);
      case 'insert':
      case 'update':
      case 'delete':
        return this.change(statement, sql, params);
      case 'explain':
        return this.explain(statement.select, params);
      case 'show':
        return show(this, statement);
      case 'set':
        return this.set(statement, params);
      case 'flush-status':
        this.status.reset();
        return ok();
      case 'use':
        this.use(statement.name);
        return ok();
      default:
        return this.transaction(statement);
    }
  }

  private async select(select: Select, params: readonly SqlValue[]): Promise<RowsResult> {
    // FOR UPDATE: nobody else may change what is read, until the transaction ends.
    if (select.locking) await this.startWriting();
    try {
      const translator = this.translator(params);
      const { sql, columns } = translator.select(select);
      const ran = this.engine.execute(this.connection, sql);
      this.status.add('Com_select');
      this.worked(ran);
      this.status.read(this.engine.plans.of(this.connection, sql, translator.visited), ran.state.seen);
      return { k: 'rows', columns, rows: ran.rows };
    } finally {
      if (select.locking) await this.endStatement();
    }
  }

  private explain(select: Select, params: readonly SqlValue[]): RowsResult {
    const translator = this.translator(params);
    const { sql } = translator.select(select);
    const { state } = this.engine.execute(this.connection, sql);
    return explainResult(this.engine.plans.of(this.connection, sql, translator.visited), state.seen);
  }

  private async change(
    statement: Insert | Update | Delete,
    sql: string,
    params: readonly SqlValue[],
  ): Promise<OkResult> {
    await this.startWriting();
    try {
      const result = this.changeNow(statement, sql, params);
      await this.endStatement();
      return result;
    } catch (error) {
      // SQLite has taken back what the statement did; a transaction that was begun goes on.
      if (!this.begun && this.autocommit) this.undo();
      throw error;
    }
  }

  private changeNow(statement: Insert | Update | Delete, text: string, params: readonly SqlValue[]): OkResult {
    const translator = this.translator(params);
    const { sql, table } = TRANSLATE[statement.k](translator, statement as never);
    // SQLite's OR IGNORE does not pass over rows that break a foreign key.
    if (statement.k === 'insert' && statement.ignore && table.foreignKeys.length > 0)
      throw unsupportedSql('INSERT IGNORE into a table with foreign keys');
    const auto = table.nextAuto;
    const ran = this.executed(statement, sql, table);
    const { changes, state } = ran;
    this.worked(ran);
    const plans = this.engine.plans.of(this.engine.writer, sql, translator.visited);
    this.status.read(plans, state.seen);
    this.status.add(COUNTED[statement.k].command);
    this.entries.push({
      database: this.database,
      sql: text,
      params,
      now: this.now,
      auto: [table.database, table.name, auto],
    });
    if (statement.k === 'delete') return this.counted('Handler_delete', changes);
    if (statement.k === 'insert') return this.inserted(statement, table, changes, state);
    this.status.add('Handler_update', state.changed);
    return ok(
      this.foundRows ? changes : state.changed,
      0,
      `Rows matched: ${changes}  Changed: ${state.changed}  Warnings: 0`,
    );
  }

  /** A statement that lists its rows takes a number for each of them at once, whatever becomes of them (innodb_autoinc_lock_mode). */
  private executed(statement: Insert | Update | Delete, sql: string, table: Table): Ran {
    try {
      return this.engine.execute(this.engine.writer, sql, table);
    } finally {
      const { generated } = this.engine.run;
      const rows = statement.k === 'insert' ? (statement.rows?.length ?? 0) : 0;
      if (generated !== undefined) table.nextAuto = Math.max(table.nextAuto, generated + rows);
    }
  }

  private counted(name: 'Handler_delete' | 'Handler_write', changes: number): OkResult {
    this.status.add(name, changes);
    return ok(changes);
  }

  private inserted(insert: Insert, table: Table, changes: number, state: RunState): OkResult {
    this.status.add('Handler_write', changes);
    const rows = insert.rows?.length ?? changes;
    const info = rows > 1 || insert.select ? `Records: ${rows}  Duplicates: ${rows - changes}  Warnings: 0` : '';
    if (state.updates > 0) return this.insertedOrUpdated(table, changes, state, info);
    if (state.generated !== undefined && changes > 0) this.lastInsertId = state.generated;
    return ok(changes, changes > 0 ? (state.generated ?? state.explicit ?? 0) : 0, info);
  }

  /** ON DUPLICATE KEY UPDATE: a row that was changed instead counts twice; one that was so already not at all, or once for who counts found rows. */
  private insertedOrUpdated(
    table: Table,
    changes: number,
    { updates, changed, updatedRow }: RunState,
    info: string,
  ): OkResult {
    const unchanged = this.foundRows ? updates - changed : 0;
    const numbered = rowKey(table)?.autoIncrement === true && changed > 0;
    const id = numbered ? (updatedRow as number | bigint) : 0;
    if (numbered) this.lastInsertId = id;
    return ok(changes - updates + 2 * changed + unchanged, id, info);
  }

  /** The lock and SQLite's transaction, with the savepoints that were set before the first change. */
  private async startWriting(): Promise<void> {
    if (this.open) return;
    await this.engine.lock.acquire(this, this.variables.lockWaitSeconds);
    this.engine.writer.exec('BEGIN');
    this.open = true;
    for (const { name } of this.savepoints) this.engine.writer.exec(`SAVEPOINT ${quoteName(name)}`);
  }

  /** Outside of a transaction each statement is one. */
  private async endStatement(): Promise<void> {
    if (!this.begun && this.autocommit) await this.commit();
  }

  async commit(): Promise<void> {
    const { journal, writer } = this.engine;
    if (this.open) {
      try {
        if (this.entries.length > 0) await journal?.append(this.entries);
      } catch (error) {
        this.undo();
        throw error instanceof Error && !(error instanceof SqlError)
          ? sqlError(1105, `the journal cannot be written: ${error.message}`)
          : error;
      }
      writer.exec('COMMIT');
    }
    this.ended();
  }

  /** Takes back what has not been committed. */
  undo(): void {
    if (this.open) this.engine.writer.exec('ROLLBACK');
    this.ended();
  }

  private ended(): void {
    this.open = false;
    this.begun = false;
    this.entries = [];
    this.savepoints = [];
    this.engine.lock.release(this);
  }

  private async definition(run: () => OkResult, sql: string): Promise<OkResult> {
    await this.commit();
    await this.startWriting();
    this.engine.plans.clear();
    try {
      const result = run();
      this.entries.push({ database: this.database, sql, params: [], now: this.now });
      await this.commit();
      return result;
    } catch (error) {
      if (error instanceof UnknownViews) {
        this.entries.push({ database: this.database, sql: error.done, params: [], now: this.now });
        await this.commit();
      } else this.undo();
      throw error;
    }
  }

  private async transaction(statement: Statement): Promise<OkResult> {
    const { writer } = this.engine;
    switch (statement.k) {
      case 'begin':
        await this.commit();
        this.begun = true;
        return ok();
      case 'commit':
        this.status.add('Com_commit');
        await this.commit();
        return ok();
      case 'savepoint':
        if (!this.begun && this.autocommit) return ok();
        this.savepoints = this.savepoints.filter(({ name }) => name !== statement.name);
        this.savepoints.push({ name: statement.name, entries: this.entries.length });
        if (this.open) writer.exec(`SAVEPOINT ${quoteName(statement.name)}`);
        return ok();
      case 'release':
        this.savepoints.length = this.savepointAt(statement.name);
        return ok();
      case 'rollback':
        this.status.add('Com_rollback');
        if (statement.to === undefined) this.undo();
        else this.rollbackTo(statement.to);
        return ok();
      default:
        throw sqlError(1064, statement.k, 1);
    }
  }

  private savepointAt(name: string): number {
    const at = this.savepoints.findIndex((each) => each.name === name);
    if (at < 0) throw new SqlError(1305, '42000', `SAVEPOINT ${name} does not exist`);
    return at;
  }

  private rollbackTo(name: string): void {
    const at = this.savepointAt(name);
    this.entries.length = this.savepoints[at]!.entries;
    this.savepoints.length = at + 1;
    if (this.open) this.engine.writer.exec(`ROLLBACK TO ${quoteName(name)}`);
  }

  private async set(statement: Statement & { k: 'set' }, params: readonly SqlValue[]): Promise<OkResult> {
    for (const { name, value } of statement.settings) {
      const before = this.autocommit;
      this.variables.set(name, this.constant(value, params));
      // Switched on, autocommit commits what is open.
      if (!before && this.autocommit) await this.commit();
    }
    return ok();
  }

  private constant(expr: Parameters<typeof expressionPiece>[1], params: readonly SqlValue[]): SqlValue {
    if (expr.k === 'literal') return expr.value;
    const { sql } = expressionPiece(this.translator(params), expr, { scope: new Scope(), clause: 'field list' });
    return this.engine.execute(this.engine.reader, `SELECT ${sql}`).rows[0]![0]!;
  }
}

const TRANSLATE = { insert: translateInsert, update: translateUpdate, delete: translateDelete } as const;

const COUNTED = {
  insert: { command: 'Com_insert' },
  update: { command: 'Com_update' },
  delete: { command: 'Com_delete' },
} as const;
