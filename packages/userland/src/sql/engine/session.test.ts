/** Sessions over one engine: transactions, what others see, the write lock. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from './engine.ts';
import { NOW, newEngine, rowsOf as rows } from './session.test-kit.ts';
import { Session } from './session.ts';

let engine: Engine;
let one: Session;
let two: Session;
/** Those who wait for the lock, with the end of their patience. */
let waiting: (() => void)[];

beforeEach(async () => {
  waiting = [];
  engine = await newEngine(async () => {
    let settle: (granted: boolean) => void = () => {};
    const over = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    waiting.push(() => settle(false));
    return { wait: () => over, end: () => settle(true) };
  });
  one = new Session(engine, 'one@localhost');
  two = new Session(engine, 'two@localhost');
  await run(one, 'CREATE DATABASE test');
  for (const session of [one, two]) session.use('test');
  await run(one, 'CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) UNIQUE, n INT)');
  await run(one, "INSERT INTO t (name, n) VALUES ('a', 1), ('b', 2), ('c', 3)");
});

async function run(session: Session, sql: string): Promise<unknown> {
  const result = await session.execute(sql, NOW);
  return result.k === 'rows' ? result.rows : [result.affected, result.insertId];
}

const errno = (session: Session, sql: string): Promise<number> =>
  run(session, sql).then(
    () => 0,
    (error: { errno: number }) => error.errno,
  );

/** A statement that ends without waiting fails the test, where a loop without an end would keep it for ever. */
async function somebodyWaits(): Promise<void> {
  for (let turns = 0; waiting.length === 0; turns++) {
    if (turns === 10_000) throw new Error('nobody waits for the lock');
    await Promise.resolve();
  }
}

describe('transactions', () => {
  test('what is rolled back never was; numbers that were given are gone', async () => {
    await run(one, 'BEGIN');
    expect(await run(one, "INSERT INTO t (name) VALUES ('d')")).toEqual([1, 4]);
    await run(one, 'ROLLBACK');
    expect(await rows(one, 'SELECT COUNT(*) FROM t')).toEqual([[3]]);
    expect(await run(one, "INSERT INTO t (name) VALUES ('d')")).toEqual([1, 5]);
  });

  test('others see what is committed, and oneself what one did', async () => {
    await run(one, 'BEGIN');
    await run(one, 'DELETE FROM t');
    expect(await rows(one, 'SELECT COUNT(*) FROM t')).toEqual([[0]]);
    expect(await rows(two, 'SELECT COUNT(*) FROM t')).toEqual([[3]]);
    await run(one, 'COMMIT');
    expect(await rows(two, 'SELECT COUNT(*) FROM t')).toEqual([[0]]);
  });

  test('autocommit off begins by itself; switched on it commits', async () => {
    await run(one, 'SET autocommit = 0');
    await run(one, 'DELETE FROM t WHERE id = 1');
    expect(await rows(two, 'SELECT COUNT(*) FROM t')).toEqual([[3]]);
    await run(one, 'SET autocommit = 1');
    expect(await rows(two, 'SELECT COUNT(*) FROM t')).toEqual([[2]]);
  });

  test('savepoints, also from before the first change', async () => {
    await run(one, 'BEGIN');
    await run(one, 'SAVEPOINT start');
    await run(one, 'UPDATE t SET n = 9');
    await run(one, 'SAVEPOINT later');
    await run(one, 'DELETE FROM t');
    await run(one, 'ROLLBACK TO later');
    expect(await rows(one, 'SELECT SUM(n) FROM t')).toEqual([[27]]);
    await run(one, 'ROLLBACK TO start');
    expect(await rows(one, 'SELECT SUM(n) FROM t')).toEqual([[6]]);
    expect(await errno(one, 'ROLLBACK TO later')).toBe(1305);
  });

  test('a statement counts whole or not at all, inside of a transaction that goes on', async () => {
    await run(one, 'BEGIN');
    await run(one, 'UPDATE t SET n = 0 WHERE id = 1');
    expect(await errno(one, "INSERT INTO t (name) VALUES ('x'), ('a')")).toBe(1062);
    expect(await errno(one, "UPDATE t SET name = 'c' WHERE id < 3")).toBe(1062);
    expect(await errno(one, "INSERT INTO t (name, n) VALUES ('y', 1), ('z', 'many')")).toBe(1366);
    expect(await errno(one, "UPDATE t SET n = IF(id = 3, 'many', 7)")).toBe(1366);
    expect(await errno(one, "INSERT INTO t (name, n) SELECT CONCAT(name, '!'), IF(id = 3, 'many', 7) FROM t")).toBe(
      1366,
    );
    expect(await errno(one, 'DELETE FROM t WHERE id < 3 AND (id < 2 OR (SELECT id FROM t) = 1)')).toBe(1242);
    await run(one, 'COMMIT');
    expect(await rows(two, 'SELECT id, name, n FROM t')).toEqual([
      [1, 'a', 0],
      [2, 'b', 2],
      [3, 'c', 3],
    ]);
  });

  test('the same without any key, where SQLite itself sees no reason to be careful', async () => {
    await run(one, 'CREATE TABLE plain (n INT)');
    await run(one, 'INSERT INTO plain VALUES (1), (2), (3)');
    await run(one, 'BEGIN');
    expect(await errno(one, "UPDATE plain SET n = IF(n = 3, 'many', 7)")).toBe(1366);
    expect(await errno(one, "INSERT INTO plain VALUES (8), ('many')")).toBe(1366);
    expect(await errno(one, "INSERT INTO plain SELECT IF(n = 3, 'many', n) FROM plain")).toBe(1366);
    await run(one, 'COMMIT');
    expect(await rows(two, 'SELECT n FROM plain')).toEqual([[1], [2], [3]]);
  });

  test('a definition commits what was open', async () => {
    await run(one, 'BEGIN');
    await run(one, 'DELETE FROM t WHERE id = 1');
    await run(one, 'CREATE TABLE u (a INT)');
    await run(one, 'ROLLBACK');
    expect(await rows(two, 'SELECT COUNT(*) FROM t')).toEqual([[2]]);
  });

  test('whoever leaves takes back what was not committed, and the lock is free', async () => {
    await run(one, 'BEGIN');
    await run(one, 'DELETE FROM t');
    one.undo();
    expect(await run(two, 'DELETE FROM t WHERE id = 1')).toEqual([1, 0]);
  });
});

describe('the write lock', () => {
  test('waiting ends with error 1205, and takes nothing from the transaction', async () => {
    await run(one, 'BEGIN');
    await run(one, 'DELETE FROM t WHERE id = 1');
    await run(two, 'BEGIN');
    const refused = errno(two, 'DELETE FROM t WHERE id = 2');
    await Promise.resolve().then(() => {});
    await somebodyWaits();
    waiting.shift()!();
    expect(await refused).toBe(1205);
    await run(one, 'COMMIT');
    expect(await run(two, 'DELETE FROM t WHERE id = 2')).toEqual([1, 0]);
    await run(two, 'COMMIT');
    expect(await rows(one, 'SELECT COUNT(*) FROM t')).toEqual([[1]]);
  });

  test('it goes to who has waited longest', async () => {
    const three = new Session(engine, 'three@localhost');
    three.use('test');
    await run(one, 'SELECT * FROM t FOR UPDATE');
    await run(one, 'BEGIN');
    await run(one, 'UPDATE t SET n = 10 WHERE id = 1');
    const second = run(two, 'UPDATE t SET n = n * 2 WHERE id = 1');
    const third = run(three, 'UPDATE t SET n = n + 1 WHERE id = 1');
    await run(one, 'COMMIT');
    await Promise.all([second, third]);
    expect(await rows(one, 'SELECT n FROM t WHERE id = 1')).toEqual([[21]]);
  });
});

test('rows are changed through a view of one table; of several it is said by name', async () => {
  await run(one, 'CREATE VIEW seen AS SELECT id, name AS word, n FROM t WHERE n < 3');
  expect(await run(one, "UPDATE seen SET word = CONCAT(word, '!') WHERE n < 9")).toEqual([2, 0]);
  expect(await run(one, "INSERT INTO seen (word, n) VALUES ('far', 99)")).toEqual([1, 4]);
  expect(await run(one, 'DELETE FROM seen WHERE id > 1')).toEqual([1, 0]);
  expect(await rows(one, 'SELECT name, n FROM t ORDER BY id')).toEqual([
    ['a!', 1],
    ['c', 3],
    ['far', 99],
  ]);
  await run(one, 'CREATE VIEW pair AS SELECT t.id FROM t JOIN t u ON t.id = u.id');
  await expect(run(one, 'DELETE FROM pair')).rejects.toMatchObject({
    errno: 1235,
    message: "This version of MySQL doesn't yet support 'changes through a view of several tables'",
  });
  await run(one, 'CREATE VIEW star AS SELECT * FROM t');
  expect(await rows(one, 'SHOW CREATE VIEW star')).toEqual([
    [
      'star',
      expect.stringMatching(/ VIEW `star` \(`id`, `name`, .*\) AS SELECT `t`\.`id`, .* FROM t$/),
      'utf8mb4',
      'utf8mb4_general_ci',
    ],
  ]);
});

describe('isolation', () => {
  test('SERIALIZABLE keeps what it reads as it is: others wait until it ends', async () => {
    await run(one, 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE');
    await run(one, 'BEGIN');
    expect(await rows(one, 'SELECT SUM(n) FROM t')).toEqual([[6]]);
    const change = run(two, 'UPDATE t SET n = n + 1');
    await somebodyWaits();
    expect(await rows(one, 'SELECT SUM(n) FROM t')).toEqual([[6]]);
    await run(one, 'COMMIT');
    expect(await change).toEqual([3, 0]);
  });

  test('SET TRANSACTION is for the next transaction and no other', async () => {
    await run(one, 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
    await run(one, 'BEGIN');
    await rows(one, 'SELECT * FROM t');
    expect(await errno(one, 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED')).toBe(1568);
    const change = run(two, 'UPDATE t SET n = 0');
    await somebodyWaits();
    await run(one, 'COMMIT');
    await change;
    await run(one, 'BEGIN');
    await rows(one, 'SELECT * FROM t');
    expect(await run(two, 'UPDATE t SET n = 1')).toEqual([3, 0]);
  });

  test('READ COMMITTED sees what others have committed meanwhile', async () => {
    await run(one, 'BEGIN');
    expect(await rows(one, 'SELECT SUM(n) FROM t')).toEqual([[6]]);
    await run(two, 'UPDATE t SET n = n + 1');
    expect(await rows(one, 'SELECT SUM(n) FROM t')).toEqual([[9]]);
  });

  test('LOCK TABLES keeps other writers out until UNLOCK TABLES', async () => {
    await run(one, 'CREATE TABLE other (a INT)');
    await run(one, 'LOCK TABLES t WRITE');
    await run(one, 'UPDATE t SET n = 0 WHERE id = 1');
    const change = run(two, 'UPDATE t SET n = n + 1 WHERE id = 1');
    await somebodyWaits();
    expect(await errno(one, 'SELECT * FROM other')).toBe(1100);
    await run(one, 'UNLOCK TABLES');
    expect(await change).toEqual([1, 0]);
  });
});

test('ALTER TABLE takes everything back where one of its changes fails', async () => {
  const before = await rows(one, 'SHOW CREATE TABLE t');
  expect(await errno(one, 'ALTER TABLE t DROP COLUMN n, MODIFY name INT, RENAME TO u')).toBe(1366);
  expect(await errno(one, 'ALTER TABLE t RENAME COLUMN n TO m, ADD UNIQUE KEY (nosuch)')).toBe(1072);
  expect(await rows(one, 'SHOW CREATE TABLE t')).toEqual(before);
  expect(await rows(one, 'SELECT SUM(n) FROM t')).toEqual([[6]]);
});

test('a WITH that does not end by itself ends, and the server goes on', async () => {
  const endless = 'WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n + 1 FROM r) SELECT COUNT(*) FROM r';
  await expect(run(one, endless)).rejects.toMatchObject({
    errno: 1105,
    message: 'a recursive WITH makes more than 200000 rows',
  });
  const twice =
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n FROM r UNION ALL SELECT n FROM r) SELECT 1 FROM r';
  await expect(run(one, twice)).rejects.toMatchObject({ errno: 1105 });
  expect(await rows(one, 'SELECT 1')).toEqual([[1]]);
});

test('what SQLite itself complains of is told, and the session goes on', async () => {
  engine.writer.exec('ALTER TABLE t1 RENAME TO gone');
  expect(await errno(one, 'DROP TABLE t')).toBe(1105);
  expect(await errno(one, 'SELECT * FROM t')).toBe(1105);
  expect(await rows(one, 'SELECT 1')).toEqual([[1]]);
});
