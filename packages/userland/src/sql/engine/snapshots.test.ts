/** REPEATABLE READ beside others who change what it has read. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from './engine.ts';
import { NOW, rowsOf, sessionWith } from './session.test-kit.ts';
import { Session } from './session.ts';

let engine: Engine;
let one: Session;
let two: Session;
let three: Session;
/** Connections that have been closed and copies that have been made. */
let copies: { made: number; closed: number };

beforeEach(async () => {
  one = await sessionWith('CREATE TABLE t (id INT PRIMARY KEY, n INT)', 'INSERT INTO t VALUES (1, 1), (2, 2)');
  ({ engine } = one);
  [two, three] = [new Session(engine, 'two'), new Session(engine, 'three')];
  for (const session of [two, three]) session.use('d');
  copies = { made: 0, closed: 0 };
  const { copy } = engine.reader;
  engine.reader.copy = () => {
    const made = copy();
    copies.made++;
    return Object.assign(made, { close: counted(made.close) });
  };
});

const counted = (close: () => void) => () => {
  copies.closed++;
  close();
};
const run = async (session: Session, ...statements: readonly string[]) => {
  for (const sql of statements) await session.execute(sql, NOW);
};
const sum = async (session: Session) => (await rowsOf(session, 'SELECT SUM(n) FROM t'))[0]![0];
const repeatable = 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ';

test('reads the same again while others go on, and what is new after its end', async () => {
  await run(one, repeatable, 'BEGIN');
  expect(await sum(one)).toBe(3);
  await run(two, 'UPDATE t SET n = n * 10', 'INSERT INTO t VALUES (3, 300)', 'DELETE FROM t WHERE id = 1');
  expect([await sum(one), await sum(two)]).toEqual([3, 320]);
  expect(await rowsOf(one, "SELECT id FROM t WHERE n = 1 AND CONCAT(n, 'x') = '1X'")).toEqual([[1]]);
  await run(one, 'COMMIT');
  expect(await sum(one)).toBe(320);
  expect(copies).toEqual({ made: 1, closed: 1 });
});

test('the instant is the first read, or WITH CONSISTENT SNAPSHOT', async () => {
  await run(one, repeatable, 'BEGIN');
  await run(two, 'UPDATE t SET n = 10');
  expect(await sum(one)).toBe(20);
  await run(one, 'START TRANSACTION WITH CONSISTENT SNAPSHOT');
  await run(two, 'UPDATE t SET n = 20');
  expect(await sum(one)).toBe(20);
});

test('those who read the same share a copy, which goes with the last of them', async () => {
  for (const session of [one, two]) await run(session, repeatable, 'BEGIN');
  expect([await sum(one), await sum(two)]).toEqual([3, 3]);
  await run(three, 'UPDATE t SET n = 5', 'UPDATE t SET n = 6');
  expect(copies).toEqual({ made: 1, closed: 0 });
  await run(one, 'ROLLBACK');
  expect([await sum(one), await sum(two), copies.closed]).toEqual([12, 3, 0]);
  two.leave();
  expect(copies.closed).toBe(1);
});

test('nobody pays where nobody reads so', async () => {
  await run(one, 'BEGIN');
  await sum(one);
  await run(two, repeatable);
  await sum(two);
  await run(two, 'BEGIN', 'UPDATE t SET n = 9', 'COMMIT', 'BEGIN', 'SELECT n FROM t', 'ROLLBACK');
  await run(three, 'UPDATE t SET n = 8');
  expect(copies.made).toBe(0);
});

describe('the first change', () => {
  test('is made to the newest rows, and from there on they are read', async () => {
    await run(one, repeatable, 'BEGIN');
    await sum(one);
    await run(two, 'UPDATE t SET n = 100 WHERE id = 1');
    await run(one, 'UPDATE t SET n = n + 1 WHERE id = 1');
    expect(await sum(one)).toBe(103);
    await run(one, 'COMMIT');
    expect(await sum(two)).toBe(103);
  });

  test('as does FOR UPDATE', async () => {
    await run(one, repeatable, 'BEGIN');
    await sum(one);
    await run(two, 'UPDATE t SET n = 100 WHERE id = 1');
    expect(await rowsOf(one, 'SELECT n FROM t WHERE id = 1 FOR UPDATE')).toEqual([[100]]);
  });
});

test('a table of another shape cannot be read as it was; one that stayed can', async () => {
  await run(one, 'CREATE TABLE u (a INT)', repeatable, 'BEGIN');
  await sum(one);
  await run(two, 'ALTER TABLE t ADD COLUMN m INT', 'CREATE TABLE v (a INT)');
  await expect(sum(one)).rejects.toMatchObject({ errno: 1412 });
  await expect(rowsOf(one, 'SELECT * FROM v')).rejects.toMatchObject({ errno: 1412 });
  expect(await rowsOf(one, 'SELECT * FROM u')).toEqual([]);
});
