/** CHECK: what a condition may be, how it is shown, and that it stays where a table is altered, copied or dumped. MariaDB holds more of it in test/real. */
import { beforeEach, describe, expect, test } from 'vitest';
import { NOW, rowsOf, sessionFromDump, sessionWith } from './session.test-kit.ts';
import type { Session } from './session.ts';

let session: Session;

beforeEach(async () => {
  session = await sessionWith(
    "CREATE TABLE t (a INT CHECK (a > 0), `b c` VARCHAR(9) COLLATE utf8mb4_bin, CHECK (`b c` IN ('x','y')), CONSTRAINT pair CHECK ( NOT (A=5 AND `b c` LIKE 'y') ))",
    "INSERT INTO t VALUES (1, 'x'), (NULL, NULL)",
  );
});

const run = async (sql: string) => session.execute(sql, NOW);
const shown = async () => String((await rowsOf(session, 'SHOW CREATE TABLE t'))[0]![1]).match(/CHECK .*?(?=,?\n)/g);

describe('a row is refused that breaks', () => {
  test.each([
    ["INSERT INTO t VALUES (0, 'x')", 't.a'],
    ["INSERT INTO t VALUES (1, 'X')", 'CONSTRAINT_1'],
    ["UPDATE t SET a = 5, `b c` = 'y' WHERE a = 1", 'pair'],
    ['UPDATE t SET a = a - 1', 't.a'],
  ])('%s', async (sql, name) => {
    await expect(run(sql)).rejects.toMatchObject({
      errno: 4025,
      message: `CONSTRAINT \`${name}\` failed for \`d\`.\`t\``,
    });
    expect(await rowsOf(session, 'SELECT * FROM t')).toEqual([
      [1, 'x'],
      [null, null],
    ]);
  });
});

test('IGNORE leaves it out', async () => {
  expect(await run("INSERT IGNORE INTO t VALUES (0, 'x'), (7, 'x')")).toMatchObject({ affected: 1 });
  await run('UPDATE IGNORE t SET a = a - 1');
  expect(await rowsOf(session, 'SELECT a FROM t ORDER BY a')).toEqual([[null], [1], [6]]);
});

test('conditions are shown as MariaDB writes them', async () => {
  expect(await shown()).toEqual([
    'CHECK (`a` > 0)',
    "CHECK (`b c` in ('x','y'))",
    "CHECK (not (`a` = 5 and `b c` like 'y'))",
  ]);
});

test('they follow a column to another name, and go with the only one that they name', async () => {
  await run('ALTER TABLE t RENAME COLUMN a TO n');
  expect((await shown())![2]).toBe("CHECK (not (`n` = 5 and `b c` like 'y'))");
  await expect(run('UPDATE t SET n = 0')).rejects.toMatchObject({ errno: 4025 });
  await expect(run('ALTER TABLE t DROP COLUMN `b c`')).rejects.toMatchObject({ errno: 1054 });
  await run('ALTER TABLE t DROP CONSTRAINT pair, DROP COLUMN `b c`');
  expect(await shown()).toEqual(['CHECK (`n` > 0)']);
  await run('ALTER TABLE t MODIFY n INT');
  expect(await shown()).toBe(null);
});

test('a dump has them', async () => {
  const again = await sessionFromDump(session.engine);
  expect(await rowsOf(again, 'SHOW CREATE TABLE t')).toEqual(await rowsOf(session, 'SHOW CREATE TABLE t'));
  await expect(again.execute("INSERT INTO t VALUES (5, 'y')", NOW)).rejects.toMatchObject({ errno: 4025 });
});

describe('what changes by itself is no condition', () => {
  test.each([
    ['CHECK (a > (SELECT 1))', 1970],
    ['CHECK (a IN (1, LAST_INSERT_ID()))', 1901],
    ['CHECK (a > @x)', 1901],
    ['CHECK (SUM(a) > 1)', 1901],
    ['CHECK (ROW_NUMBER() OVER () > 1)', 1901],
    ['CHECK (nobody > 1)', 1054],
    ['CHECK (a > ?)', 1064],
    ['CHECK a > 1', 1064],
  ])('%s', (condition, errno) => expect(run(`CREATE TABLE u (a INT, ${condition})`)).rejects.toMatchObject({ errno }));
});
