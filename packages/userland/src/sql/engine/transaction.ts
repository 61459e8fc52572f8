/**
 * One session's transaction: the write lock, SQLite's transaction behind it, savepoints, and the statements that go to the journal before they count. It takes the lock
 * with its first change and keeps it to its end; so it may have begun and still be read-only, with a snapshot of what it reads. LOCK TABLES is a second reason to keep the lock.
 */
import type { Connection } from '@netarium/sqlite/sqlite.ts';
import { SqlError, sqlError, unsupportedSql } from '../errors.ts';
import type { Table } from './catalogue.ts';
import type { Engine } from './engine.ts';
import { quoteName } from './fragments.ts';
import type { JournalEntry } from './journal.ts';
import { isRedefined, type Snapshot } from './snapshots.ts';
import { TableLocks } from './table-locks.ts';
import type { Visited } from './translator.ts';
import type { Variables } from './variables.ts';

/** Brings a statement to the journal, and then calls `counts`. */
export type Recording = (entry: JournalEntry, counts: () => void) => Promise<void>;

export class Transaction {
  /** LOCK TABLES: while there is one the write lock is ours. */
  readonly locks = new TableLocks();
  /** BEGIN was said. */
  private begun = false;
  /** SQLite's transaction is open on the writing connection, and the lock is ours. */
  private open = false;
  private snapshot: Snapshot | undefined;
  private entries: JournalEntry[] = [];
  private savepoints: { readonly name: string; readonly entries: number }[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly variables: Variables,
  ) {}

  /** As clients are told: BEGIN was said, or something has been changed. */
  get active(): boolean {
    return this.begun || this.open;
  }

  get writing(): boolean {
    return this.open;
  }

  /** Outside of a transaction each statement is one. */
  get spansStatements(): boolean {
    return this.begun || !this.variables.autocommit;
  }

  /** Where statements read: what this session has changed is seen by itself only. */
  get connection(): Connection {
    return this.open ? this.engine.writer : (this.snapshot?.copy ?? this.engine.reader);
  }

  /** What is read from here on stays as it is now, to the end of the transaction or its first change. */
  holdSnapshot(): void {
    if (!this.open) this.snapshot ??= this.engine.snapshots.take();
  }

  /** A table that has changed its shape since cannot be read as it was. */
  refuseRedefined(read: readonly Visited[]): void {
    const { snapshot } = this;
    if (snapshot !== undefined && read.some(({ table }) => isRedefined(snapshot, table))) throw sqlError(1412);
  }

  private dropSnapshot(): void {
    if (this.snapshot !== undefined) this.engine.snapshots.release(this.snapshot);
    this.snapshot = undefined;
  }

  async begin(snapshot: boolean): Promise<void> {
    const { nextIsolation } = this.variables;
    await this.commit();
    this.variables.nextIsolation = nextIsolation;
    this.unlock();
    this.begun = true;
    if (snapshot && this.variables.repeatable) this.holdSnapshot();
  }

  /** The lock and SQLite's transaction, with the savepoints that were set before the first change. */
  async startWriting(checksForeignKeys = this.variables.checksForeignKeys): Promise<void> {
    if (this.open) return;
    await this.engine.lock.acquire(this, this.variables.lockWaitSeconds);
    this.dropSnapshot();
    this.engine.writer.exec(`PRAGMA foreign_keys=${checksForeignKeys ? 'ON' : 'OFF'}; BEGIN`);
    this.open = true;
    for (const { name } of this.savepoints) this.engine.writer.exec(`SAVEPOINT ${quoteName(name)}`);
  }

  /** Something was changed; the journal is told when it counts. */
  changed(entry: JournalEntry): void {
    this.entries.push(entry);
  }

  async endStatement(): Promise<void> {
    if (!this.spansStatements) await this.commit();
  }

  /** SQLite has taken back what the statement did; a transaction that was begun goes on. */
  failStatement(): void {
    if (!this.spansStatements) this.undo();
  }

  /** `counts` is called when the journal has it all, before anybody else reads it. */
  async commit(counts?: () => void): Promise<void> {
    if (this.open) {
      try {
        await this.record(this.entries);
      } catch (error) {
        this.undo();
        throw error;
      }
      if (this.entries.length > 0) this.engine.snapshots.beforeCommit();
      counts?.();
      this.commitNow();
    }
    this.ended();
  }

  private async record(entries: readonly JournalEntry[]): Promise<void> {
    try {
      if (entries.length > 0) await this.engine.journal?.append(entries);
    } catch (error) {
      throw error instanceof Error && !(error instanceof SqlError)
        ? sqlError(1105, `the journal cannot be written: ${error.message}`)
        : error;
    }
  }

  /** With the rows of temporary tables that have gone. */
  private commitNow(): void {
    const { writer, catalogue } = this.engine;
    for (const id of catalogue.discarded.splice(0)) writer.exec(`DROP TABLE t${id}`);
    writer.exec('COMMIT');
  }

  /** Something that counts at once and leaves the transaction as it is: what concerns temporary tables ends none. `run` records it. */
  async aside<T>(run: (record: Recording) => Promise<T>): Promise<T> {
    if (this.open) throw unsupportedSql('a definition of temporary tables in a transaction that has changed something');
    const { lock, writer } = this.engine;
    await lock.acquire(this, this.variables.lockWaitSeconds);
    try {
      writer.exec('BEGIN');
      const result = await run(async (entry, counts) => {
        await this.record([entry]);
        counts();
      });
      this.commitNow();
      return result;
    } catch (error) {
      writer.exec('ROLLBACK');
      throw error;
    } finally {
      if (!this.locks.held) lock.release(this);
    }
  }

  /** Takes back what has not been committed. */
  undo(): void {
    if (this.open) this.engine.writer.exec('ROLLBACK');
    this.ended();
  }

  private ended(): void {
    this.dropSnapshot();
    this.open = false;
    this.begun = false;
    this.variables.nextIsolation = undefined;
    this.entries = [];
    this.savepoints = [];
    if (!this.locks.held) this.engine.lock.release(this);
  }

  setSavepoint(name: string): void {
    if (!this.spansStatements) return;
    this.savepoints = this.savepoints.filter((each) => each.name !== name);
    this.savepoints.push({ name, entries: this.entries.length });
    if (this.open) this.engine.writer.exec(`SAVEPOINT ${quoteName(name)}`);
  }

  releaseSavepoint(name: string): void {
    this.savepoints.length = this.savepointAt(name);
  }

  rollbackTo(name: string): void {
    const at = this.savepointAt(name);
    this.entries.length = this.savepoints[at]!.entries;
    this.savepoints.length = at + 1;
    if (this.open) this.engine.writer.exec(`ROLLBACK TO ${quoteName(name)}`);
  }

  private savepointAt(name: string): number {
    const at = this.savepoints.findIndex((each) => each.name === name);
    if (at < 0) throw new SqlError(1305, '42000', `SAVEPOINT ${name} does not exist`);
    return at;
  }

  /** The tables as they are: nobody changes them until UNLOCK TABLES. Others go on reading what is committed. */
  async lockTables(tables: ReadonlyMap<Table, boolean>): Promise<void> {
    await this.commit();
    this.unlock();
    await this.engine.lock.acquire(this, this.variables.lockWaitSeconds);
    this.locks.take(tables);
  }

  async unlockTables(): Promise<void> {
    if (this.locks.held) await this.commit();
    this.unlock();
  }

  /** The client is gone. */
  leave(): void {
    this.undo();
    this.unlock();
  }

  private unlock(): void {
    this.locks.free();
    if (!this.open) this.engine.lock.release(this);
  }
}
