/**
 * One client's session: its database and variables, and what becomes of its statements, which come one at a time. A change waits for the write lock; it counts whole or not
 * at all, a transaction (transaction.ts) likewise. Definitions (CREATE, ALTER, DROP) end a transaction and count at once.
 */
import { sqlError } from '../errors.ts';
import type { Statement } from '../language/ast.ts';
import { type Parsed, parseStatement } from '../language/statement.ts';
import { NULL_TYPE, type SqlValue } from '../types.ts';
import { dropStored } from './create-table.ts';
import { concernsTemporary, type Definition, define, isDefinition, isRemoval } from './definitions.ts';
import { type Engine, engineError, type Ran } from './engine.ts';
import { explainResult } from './explain.ts';
import { INFORMATION_SCHEMA } from './information-rows.ts';
import { informationTable } from './information-schema.ts';
import { type JournalEntry, journalEntry } from './journal.ts';
import { type OkResult, ok, type Result, type ResultColumn } from './result.ts';
import { runChange } from './run-change.ts';
import { runExplain, runSelect, selectRows } from './run-select.ts';
import { runSet } from './run-set.ts';
import type { SessionView, UserValue } from './session-view.ts';
import { show } from './show.ts';
import { type Plan, Status } from './status.ts';
import { lockedTables } from './table-locks.ts';
import { TemporaryTables } from './temporary-tables.ts';
import { type Recording, Transaction } from './transaction.ts';
import { isChange, translateChange } from './translate-change.ts';
import { Translator } from './translator.ts';
import { Variables } from './variables.ts';
import { describedView, UnknownViews, type View } from './views.ts';
import type { VirtualTable } from './virtual-table.ts';
import { WorkCounter } from './work.ts';

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
  /** What statements have cost. */
  readonly work = new WorkCounter();
  readonly temporary = new TemporaryTables();
  private ownerName: string | undefined;
  readonly transaction: Transaction;

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

  /** Counts what a statement did. */
  worked(ran: Ran, plans: readonly Plan[]): void {
    this.work.add(ran);
    this.status.add('Sqlite_pages_read', ran.pages);
    this.status.read(plans, ran.state.seen);
  }

  get checksForeignKeys(): boolean {
    return this.variables.checksForeignKeys;
  }

  /** In the journal, where it has had temporary tables. */
  get owner(): string | undefined {
    if (this.temporary.used) this.ownerName ??= this.engine.nextOwner();
    return this.ownerName;
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
    const result = await this.carryOut(statement, sql, params).catch((error) => {
      throw engineError(error);
    });
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
    if (isChange(statement)) translateChange(this.translator([]), statement);
    return [];
  }

  translator(params: readonly SqlValue[]): Translator {
    return new Translator(this.engine.catalogue, this, params);
  }

  private async carryOut(statement: Statement, sql: string, params: readonly SqlValue[]): Promise<Result> {
    if (isDefinition(statement)) return this.definition(statement, sql);
    if (isChange(statement)) return runChange(this, statement, sql, params);
    switch (statement.k) {
      case 'select':
        return runSelect(this, statement, params);
      case 'explain':
        return runExplain(this, statement.of, params);
      case 'nothing':
        return ok();
      case 'do':
        await selectRows(this, statement.select, params);
        return ok();
      case 'show':
        return show(this, statement);
      case 'set':
        await runSet(this, statement.settings, params);
        return ok();
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
        await this.transaction.lockTables(lockedTables(this, statement.locks));
        return ok();
      case 'unlock-tables':
        await this.transaction.unlockTables();
        return ok();
      default:
        return this.control(statement);
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
    dropStored(this, this.temporary.all());
  }

  private async definition(statement: Definition, sql: string): Promise<OkResult> {
    const { transaction } = this;
    if (concernsTemporary(this, statement)) return transaction.aside((record) => this.defined(statement, sql, record));
    await this.commit();
    await transaction.startWriting(this.checksForeignKeys && !isRemoval(statement));
    try {
      return await this.defined(statement, sql, (entry, counts) => {
        transaction.changed(entry);
        return transaction.commit(counts);
      });
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  /** What a definition makes of the catalogue counts when it has been recorded; until then everybody reads what was there before. */
  private async defined(statement: Definition, sql: string, record: Recording): Promise<OkResult> {
    const before = this.checkpoint();
    let answer: OkResult | UnknownViews;
    let after: () => void;
    try {
      answer = define(this, statement, sql);
      after = this.checkpoint();
    } finally {
      before();
    }
    await record(this.definitionEntry(statement, answer instanceof UnknownViews ? answer.done : sql), after);
    if (answer instanceof UnknownViews) throw answer;
    return answer;
  }

  /** Keeps what definitions can change; the function that it answers brings it back. */
  private checkpoint(): () => void {
    const { engine, database } = this;
    const restore = engine.catalogue.checkpoint(this.temporary);
    return () => {
      restore();
      this.database = database;
      engine.plans.clear();
    };
  }

  /** With all variables of the session where it may read one. */
  private definitionEntry(statement: Definition, sql: string): JournalEntry {
    const { unchecked, ...entry } = journalEntry(this, sql, sql.includes('@') ? [...this.userVariables.keys()] : []);
    // Of a view the word means something else: that what it reads may come later.
    return unchecked === true && statement.k !== 'create-view' ? { ...entry, unchecked } : entry;
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
}
