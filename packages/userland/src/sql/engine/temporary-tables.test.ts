/** Tables of one session: seen by it alone, before others of their name, and gone with it. MariaDB holds more of it in test/real. */
import { beforeEach, expect, test } from 'vitest';
import { allRows } from './all-rows.ts';
import { NOW, rowsOf, sessionWith } from './session.test-kit.ts';
import { Session } from './session.ts';

let one: Session;
let two: Session;

beforeEach(async () => {
  one = await sessionWith('CREATE TABLE t (a INT)', 'INSERT INTO t VALUES (1)');
  two = new Session(one.engine, 'two');
  two.use('d');
  await run(one, 'CREATE TEMPORARY TABLE t (b INT AUTO_INCREMENT PRIMARY KEY)', 'INSERT INTO t VALUES (NULL), (7)');
});

const run = async (session: Session, ...statements: readonly string[]) => {
  for (const sql of statements) await session.execute(sql, NOW);
};
const stored = () => allRows(one.engine.reader, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'")[0]![0];

test('each session has its own, which hide what others see', async () => {
  await run(two, 'CREATE TEMPORARY TABLE t (c INT)');
  expect(await rowsOf(one, 'SELECT b FROM t')).toEqual([[1], [7]]);
  expect(await rowsOf(two, 'SELECT c FROM t')).toEqual([]);
  await run(one, 'DROP TABLE t');
  expect(await rowsOf(one, 'SELECT a FROM t')).toEqual([[1]]);
  await expect(run(one, 'DROP TEMPORARY TABLE t')).rejects.toMatchObject({ errno: 1051 });
});

test('they go with their session, and their rows with the next commit', async () => {
  await run(one, 'CREATE TEMPORARY TABLE u (a INT)');
  expect(stored()).toBe(3);
  one.leave();
  await run(two, 'INSERT INTO t VALUES (2)');
  expect([stored(), one.temporary.all()]).toEqual([1, []]);
});

test('a definition of one ends no transaction, and waits for no end of it', async () => {
  await run(one, 'BEGIN', 'CREATE TEMPORARY TABLE u (a INT)', 'ALTER TABLE u ADD COLUMN b INT');
  expect([one.inTransaction, await rowsOf(one, 'SELECT a, b FROM u')]).toEqual([true, []]);
  await run(one, 'INSERT INTO u VALUES (1, 2)');
  await expect(run(one, 'DROP TEMPORARY TABLE u')).rejects.toThrow('in a transaction that has changed something');
  await run(one, 'ROLLBACK');
  expect(await rowsOf(one, 'SELECT * FROM u')).toEqual([]);
});

test('a view reads what it read when it was made', async () => {
  await run(two, 'CREATE VIEW v AS SELECT a FROM t');
  expect(await rowsOf(one, 'SELECT * FROM v')).toEqual([[1]]);
  await run(one, 'CREATE TEMPORARY TABLE v (x INT)');
  expect(await rowsOf(one, 'SELECT x FROM v')).toEqual([]);
  await expect(run(one, 'CREATE VIEW w AS SELECT b FROM t')).rejects.toMatchObject({ errno: 1352 });
});

test('one that cannot be filled is not there, and what it was to replace is', async () => {
  const refused = 'TABLE t (z INT NOT NULL) AS SELECT NULL AS z';
  await expect(run(one, `CREATE OR REPLACE TEMPORARY ${refused}`)).rejects.toMatchObject({ errno: 1048 });
  expect(await rowsOf(one, 'SELECT b FROM t')).toEqual([[1], [7]]);
  await expect(run(two, `CREATE OR REPLACE ${refused}`)).rejects.toMatchObject({ errno: 1048 });
  expect(await rowsOf(two, 'SELECT a FROM t')).toEqual([[1]]);
});

test('LOCK TABLES keeps nobody from their own', async () => {
  await run(one, 'CREATE TABLE other (a INT)', 'LOCK TABLES other WRITE, t WRITE');
  expect(await rowsOf(one, 'SELECT b FROM t')).toEqual([[1], [7]]);
});
