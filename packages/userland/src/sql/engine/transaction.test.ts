/** A transaction alone, over an engine with one table and a journal that can fail. What clients see of it is session.test.ts's. */
import { beforeEach, expect, test } from 'vitest';
import type { Engine } from './engine.ts';
import type { JournalEntry } from './journal.ts';
import { newEngine } from './session.test-kit.ts';
import { Transaction } from './transaction.ts';
import { Variables } from './variables.ts';

let engine: Engine;
let variables: Variables;
let transaction: Transaction;
let journal: string[][];
let broken: boolean;

beforeEach(async () => {
  journal = [];
  broken = false;
  const append = async (entries: readonly JournalEntry[]): Promise<void> => {
    if (broken) throw new Error('no room');
    journal.push(entries.map(({ sql }) => sql));
  };
  engine = await newEngine(undefined, { append });
  engine.writer.exec('CREATE TABLE t (n INTEGER)');
  variables = new Variables();
  transaction = new Transaction(engine, variables);
});

async function insert(n: number): Promise<void> {
  await transaction.startWriting();
  engine.writer.exec(`INSERT INTO t VALUES (${n})`);
  transaction.changed({ database: undefined, sql: `insert ${n}`, params: [], now: '' });
  await transaction.endStatement();
}

const committed = () => engine.execute(engine.reader, 'SELECT n FROM t ORDER BY n').rows.flat();
/** Whether somebody else gets the write lock without waiting. */
async function free(): Promise<boolean> {
  const other = {};
  const got = await engine.lock.acquire(other, 1).then(
    () => true,
    () => false,
  );
  engine.lock.release(other);
  return got;
}

test('without BEGIN a statement is a transaction, and in the journal alone', async () => {
  await insert(1);
  await insert(2);
  expect(journal).toEqual([['insert 1'], ['insert 2']]);
  expect(committed()).toEqual([1, 2]);
  expect([transaction.active, await free()]).toEqual([false, true]);
});

test('BEGIN takes no lock; the first change does, until the end', async () => {
  await transaction.begin(false);
  expect([transaction.active, transaction.writing, await free()]).toEqual([true, false, true]);
  await insert(1);
  expect([transaction.writing, await free(), committed()]).toEqual([true, false, []]);
  await transaction.commit();
  expect([transaction.active, await free(), committed()]).toEqual([false, true, [1]]);
});

test('WITH CONSISTENT SNAPSHOT takes one where reading is to be repeatable, and no lock', async () => {
  const other = new Transaction(engine, new Variables());
  const readsLater = async () => {
    const before = committed();
    await other.startWriting();
    engine.writer.exec('INSERT INTO t VALUES (1)');
    other.changed({ database: undefined, sql: '', params: [], now: '' });
    await other.commit();
    return engine.execute(transaction.connection, 'SELECT n FROM t').rows.length > before.length;
  };
  await transaction.begin(true);
  expect(await readsLater()).toBe(true);
  variables.set('transaction_isolation', 'REPEATABLE-READ');
  await transaction.begin(true);
  expect([transaction.writing, await readsLater()]).toEqual([false, false]);
});

test('a savepoint from before the first change counts; what came behind it is not in the journal', async () => {
  await transaction.begin(false);
  transaction.setSavepoint('a');
  await insert(1);
  transaction.setSavepoint('b');
  await insert(2);
  transaction.rollbackTo('b');
  await insert(3);
  await transaction.commit();
  expect(journal).toEqual([['insert 1', 'insert 3']]);
  expect(committed()).toEqual([1, 3]);

  await transaction.begin(false);
  transaction.setSavepoint('a');
  await insert(4);
  transaction.rollbackTo('a');
  expect(() => transaction.rollbackTo('b')).toThrow('SAVEPOINT b does not exist');
  transaction.releaseSavepoint('a');
  expect(() => transaction.rollbackTo('a')).toThrow('SAVEPOINT a does not exist');
  await transaction.commit();
  expect([journal.length, committed()]).toEqual([1, [1, 3]]);
});

test('what the journal does not take has not happened', async () => {
  broken = true;
  await expect(insert(1)).rejects.toThrow('the journal cannot be written: no room');
  expect([committed(), transaction.active, await free()]).toEqual([[], false, true]);
});

test('a statement that fails ends what is its own transaction only', async () => {
  await transaction.startWriting();
  transaction.failStatement();
  expect(transaction.writing).toBe(false);
  await transaction.begin(false);
  await transaction.startWriting();
  transaction.failStatement();
  expect(transaction.writing).toBe(true);
});

test('LOCK TABLES keeps the lock beyond commits, until UNLOCK TABLES, BEGIN or the end', async () => {
  const tables = new Map([[{ name: 't' } as never, true]]);
  await transaction.lockTables(tables);
  await insert(1);
  expect([committed(), await free()]).toEqual([[1], false]);
  await transaction.unlockTables();
  expect(await free()).toBe(true);
  await transaction.lockTables(tables);
  await transaction.begin(false);
  expect(await free()).toBe(true);
  await transaction.lockTables(tables);
  transaction.leave();
  expect(await free()).toBe(true);
});

test('foreign keys are checked as the session has it when it starts to write', async () => {
  engine.writer.exec('CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p REFERENCES parent)');
  const orphan = () => engine.writer.exec('INSERT INTO child VALUES (7)');
  await transaction.startWriting();
  expect(orphan).toThrow('FOREIGN KEY');
  transaction.undo();
  await transaction.startWriting(false);
  expect(orphan).not.toThrow();
  transaction.undo();
  variables.set('foreign_key_checks', 0);
  await transaction.startWriting();
  expect(orphan).not.toThrow();
});
