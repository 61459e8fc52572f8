/**
 * One client's session: its database and variables, and what becomes of its statements, which come one at a time. A change waits for the write lock; it counts whole or not
 * at all, a transaction (transaction.ts) likewise. Definitions (CREATE, ALTER, DROP) end a transaction and count at once.
 */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Delete, Insert, Select, Statement, Update } from '../language/ast.ts';
import { type Parsed, parseStatement } from '../language/statement.ts';
import { NULL_TYPE, type SqlValue } from '../types.ts';
import type { Table } from './catalogue.ts';
import { changeResult } from './change-result.ts';
import { type Definition, define, isDefinition, isRemoval } from './definitions.ts';
import type { Engine, Ran } from './engine.ts';
import { explainResult } from './explain.ts';
import { INFORMATION_SCHEMA } from './information-rows.ts';
import { informationTable } from './information-schema.ts';
import { journalEntry } from './journal.ts';
import { replacing } from './replacing.ts';
import { type OkResult, ok, type Result, type ResultColumn, type RowsResult } from './result.ts';
import { Scope } from './scope.ts';
import { show } from './show.ts';
import { Status } from './status.ts';
import { lockedTables } from './table-locks.ts';
import { Transaction } from './transaction.ts';
import { translateDelete, translateInsert, translateUpdate } from './translate-change.ts';
import { expressionPiece } from './translate-expression.ts';
import { type SessionView, Translator, type UserValue } from './translator.ts';
import { Variables } from './variables.ts';
import { describedView, UnknownViews, type View } from './views.ts';
import type { VirtualTable } from './virtual-table.ts';

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
  /** `@name`, in small letters. */
  readonly userVariables = new Map<string, UserValue>();
  database: string | undefined;
  lastInsertId: number | bigint = 0;
  rowCount = -1;
  rowsFound = 0;
  now = '1970-01-01 00:00:00';
  /** What statements have cost since somebody asked. */
  private work: Work = { statements: 0, rows: 0, written: 0 };
  private readonly transaction: Transaction;

  constructor(
    readonly engine: Engine,
    readonly user: string,
    /** Counts rows that an UPDATE found instead of those that it changed (CLIENT_FOUND_ROWS). */
    readonly foundRows = false,
    readonly connectionId: number = engine.nextConnectionId(),
  ) {
    this.transaction = new Transaction(engine, this.variables);
  }

  variable(name: string): SqlValue {
    return this.variables.get(name);
  }

  userVariable(name: string): UserValue {
    return this.userVariables.get(name) ?? { value: null, type: NULL_TYPE };
  }

  get autocommit(): boolean {
    return this.variables.autocommit;
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

  get checksForeignKeys(): boolean {
    return this.variables.checksForeignKeys;
  }

  get inTransaction(): boolean {
    return this.transaction.active;
  }

  informationTable(name: string): VirtualTable | undefined {
    const { engine, user, connectionId, database } = this;
    const describeView = (view: View) => describedView(view, this.translator([]));
    return informationTable(name, { engine, user, connectionId, database, describeView });
  }

  use(database: string): void {
    if (database.toLowerCase() !== INFORMATION_SCHEMA) this.engine.catalogue.database(database);
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
    if (result.k === 'rows') this.rowsFound = result.rows.length;
    return result;
  }

  /** The columns that a statement will answer with, for COM_STMT_PREPARE; none for one that answers with counts. */
  describe({ statement }: Parsed): readonly ResultColumn[] {
    if (statement.k === 'select' && statement.into === undefined) return this.translator([]).select(statement).columns;
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
    if (isDefinition(statement)) return this.definition(statement, sql);
    switch (statement.k) {
      case 'select':
        return this.select(statement, params);
      case 'insert':
      case 'update':
      case 'delete':
        return this.change(statement, sql, params);
      case 'explain':
        return this.explain(statement.of, params);
      case 'nothing':
        return ok();
      case 'do':
        await this.selected(statement.select, params);
        return ok();
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
      case 'next-isolation':
        if (this.inTransaction) throw sqlError(1568);
        this.variables.nextIsolation = String((statement.level as { readonly value?: SqlValue }).value);
        return ok();
      case 'lock-tables':
        await this.transaction.lockTables(lockedTables(this.engine.catalogue, statement.locks, this.database));
        return ok();
      case 'unlock-tables':
        await this.transaction.unlockTables();
        return ok();
      default:
        return this.control(statement);
    }
  }

  private async select(select: Select, params: readonly SqlValue[]): Promise<Result> {
    const result = await this.selected(select, params);
    return select.into === undefined ? result : this.keep(select.into, result);
  }

  /** SELECT … INTO @a, @b: one row, or none, which leaves them as they are. */
  private keep(names: readonly string[], { columns, rows }: RowsResult): OkResult {
    if (names.length !== columns.length) throw sqlError(1222);
    for (const [i, value] of (rows[0] ?? []).entries())
      this.userVariables.set(names[i]!, { value, type: columns[i]!.type });
    if (rows.length > 1) throw sqlError(1172);
    return ok(rows.length);
  }

  private async selected(select: Select, params: readonly SqlValue[]): Promise<RowsResult> {
    // FOR UPDATE: nobody else may change what is read, until the transaction ends.
    // REPEATABLE READ and SERIALIZABLE: there is one lock, so whoever wants to read the same again has to have it.
    const holds = select.locking || (this.variables.repeatable && this.transaction.spansStatements);
    if (holds) await this.transaction.startWriting();
    try {
      const translator = this.translator(params);
      const { sql, columns } = translator.select(select);
      this.transaction.locks.refuseOthers(translator.visited);
      const ran = this.engine.execute(this.transaction.connection, sql);
      this.status.add('Com_select');
      this.worked(ran);
      this.status.read(this.engine.plans.of(this.transaction.connection, sql, translator.visited), ran.state.seen);
      return { k: 'rows', columns, rows: ran.rows };
    } finally {
      if (holds) await this.transaction.endStatement();
    }
  }

  /** A SELECT is carried out and its rows are counted; of a change only the way is told. */
  private explain(statement: Select | Update | Delete, params: readonly SqlValue[]): RowsResult {
    const translator = this.translator(params);
    const reading = statement.k === 'select';
    const { sql } = reading ? translator.select(statement) : TRANSLATE[statement.k](translator, statement as never);
    const seen = reading ? this.engine.execute(this.transaction.connection, sql).state.seen : undefined;
    return explainResult(this.engine.plans.of(this.transaction.connection, sql, translator.visited), seen);
  }

  private async change(
    statement: Insert | Update | Delete,
    sql: string,
    params: readonly SqlValue[],
  ): Promise<OkResult> {
    await this.transaction.startWriting();
    try {
      const result = this.changeNow(statement, sql, params);
      await this.transaction.endStatement();
      return result;
    } catch (error) {
      this.transaction.failStatement();
      throw error;
    }
  }

  private changeNow(statement: Insert | Update | Delete, text: string, params: readonly SqlValue[]): OkResult {
    const translator = this.translator(params);
    const { sql, table } = TRANSLATE[statement.k](translator, statement as never);
    // SQLite's OR IGNORE does not pass over rows that break a foreign key.
    if (statement.k === 'insert' && statement.ignore && table.foreignKeys.length > 0)
      throw unsupportedSql('INSERT IGNORE into a table with foreign keys');
    this.transaction.locks.refuseOthers(translator.visited, table);
    const auto = table.nextAuto;
    const ran = this.executed(statement, sql, table);
    const { state } = ran;
    this.worked(ran);
    const plans = this.engine.plans.of(this.engine.writer, sql, translator.visited);
    this.status.read(plans, state.seen);
    this.status.add(COUNTED[statement.k].command);
    this.transaction.changed({
      ...journalEntry(this, text, [...translator.userVariables]),
      params,
      auto: [table.database, table.name, auto],
      ...(this.variables.keepsZero && { keepsZero: true }),
    });
    const { result, counted, lastInsertId } = changeResult(statement, table, ran, this.foundRows);
    this.status.add(...counted);
    this.lastInsertId = lastInsertId ?? this.lastInsertId;
    return result;
  }

  /** A statement that lists its rows takes a number for each of them at once, whatever becomes of them (innodb_autoinc_lock_mode). */
  private executed(statement: Insert | Update | Delete, sql: string, table: Table): Ran {
    this.engine.keepsZero = this.variables.keepsZero;
    try {
      return statement.k === 'insert' && statement.replace
        ? replacing(this.engine, sql, table)
        : this.engine.execute(this.engine.writer, sql, table);
    } finally {
      const { generated } = this.engine.run;
      const rows = statement.k === 'insert' ? (statement.rows?.length ?? 0) : 0;
      if (generated !== undefined) table.nextAuto = Math.max(table.nextAuto, generated + rows);
    }
  }

  commit(): Promise<void> {
    return this.transaction.commit();
  }

  /** Takes back what has not been committed. */
  undo(): void {
    this.transaction.undo();
  }

  /** The client is gone. */
  leave(): void {
    this.transaction.leave();
  }

  private async definition(statement: Definition, sql: string): Promise<OkResult> {
    await this.commit();
    await this.transaction.startWriting(this.checksForeignKeys && !isRemoval(statement));
    this.engine.plans.clear();
    try {
      const result = define(this, statement, sql);
      const { unchecked, ...entry } = journalEntry(this, sql, sql.includes('@') ? [...this.userVariables.keys()] : []);
      // Of a view the word means something else: that what it reads may come later.
      this.transaction.changed(unchecked === true && statement.k !== 'create-view' ? { ...entry, unchecked } : entry);
      await this.commit();
      return result;
    } catch (error) {
      if (error instanceof UnknownViews) {
        this.transaction.changed(journalEntry(this, error.done, []));
        await this.commit();
      } else this.undo();
      throw error;
    }
  }

  private async control(statement: Statement): Promise<OkResult> {
    switch (statement.k) {
      case 'begin':
        await this.transaction.begin(statement.snapshot);
        return ok();
      case 'commit':
        this.status.add('Com_commit');
        await this.commit();
        return ok();
      case 'savepoint':
        this.transaction.setSavepoint(statement.name);
        return ok();
      case 'release':
        this.transaction.releaseSavepoint(statement.name);
        return ok();
      case 'rollback':
        this.status.add('Com_rollback');
        if (statement.to === undefined) this.undo();
        else this.transaction.rollbackTo(statement.to);
        return ok();
      default:
        throw sqlError(1064, statement.k, 1);
    }
  }

  private async set(statement: Statement & { k: 'set' }, params: readonly SqlValue[]): Promise<OkResult> {
    for (const { name, value, user = false } of statement.settings) {
      const before = this.autocommit;
      if (user) {
        this.userVariables.set(name, this.valueOf(value, params));
        continue;
      }
      if (name === 'foreign_key_checks' && this.transaction.writing)
        throw unsupportedSql('SET foreign_key_checks in a transaction that has changed something');
      this.variables.set(name, this.constant(value, params));
      // Switched on, autocommit commits what is open.
      if (!before && this.autocommit) await this.commit();
    }
    return ok();
  }

  private constant(expr: Parameters<typeof expressionPiece>[1], params: readonly SqlValue[]): SqlValue {
    return expr.k === 'literal' ? expr.value : this.valueOf(expr, params).value;
  }

  private valueOf(expr: Parameters<typeof expressionPiece>[1], params: readonly SqlValue[]): UserValue {
    const at = { scope: new Scope(), clause: 'field list' };
    const { sql, type } = expressionPiece(this.translator(params), expr, at);
    return { value: this.engine.execute(this.transaction.connection, `SELECT ${sql}`).rows[0]![0]!, type };
  }
}

const TRANSLATE = { insert: translateInsert, update: translateUpdate, delete: translateDelete } as const;

const COUNTED = {
  insert: { command: 'Com_insert' },
  update: { command: 'Com_update' },
  delete: { command: 'Com_delete' },
} as const;
