/** WITH ROLLUP over two expressions, and where its rows stand. MariaDB holds more of it in test/real. */
import { beforeAll, expect, test } from 'vitest';
import { rowsOf, sessionWith } from './session.test-kit.ts';
import type { Session } from './session.ts';

let session: Session;

beforeAll(async () => {
  session = await sessionWith(
    'CREATE TABLE t (a INT, b VARCHAR(9), n INT)',
    "INSERT INTO t VALUES (1, 'x', 10), (1, 'X', 20), (1, 'y', 30), (2, NULL, 40)",
  );
});

test.each([
  [
    'each group before the one above it, NULLs of the data among the groups',
    'SELECT a, UPPER(b), SUM(n) FROM t GROUP BY a, b WITH ROLLUP',
    [
      [1, 'X', 30],
      [1, 'Y', 30],
      [1, null, 60],
      [2, null, 40],
      [2, null, 40],
      [null, null, 100],
    ],
  ],
  [
    'a place in the list, and an aggregate over what is grouped by',
    'SELECT a * 2, MAX(a * 2), COUNT(*) FROM t GROUP BY 1 WITH ROLLUP',
    [
      [2, 2, 3],
      [4, 4, 1],
      [null, 4, 4],
    ],
  ],
  [
    'rows are chosen before they are counted for groups',
    "SELECT a, COUNT(*) FROM t WHERE a > 0 AND b = 'x' GROUP BY a WITH ROLLUP",
    [
      [1, 2],
      [null, 2],
    ],
  ],
  [
    'columns of a star, by their place too',
    'SELECT * FROM (SELECT a, COUNT(*) AS n FROM t GROUP BY a) AS x GROUP BY 1, n WITH ROLLUP',
    [
      [1, 3],
      [1, null],
      [2, 1],
      [2, null],
      [null, null],
    ],
  ],
  [
    'a subquery with a name',
    'SELECT (SELECT MAX(a) FROM t) AS k, COUNT(*) FROM t GROUP BY k WITH ROLLUP',
    [
      [2, 4],
      [null, 4],
    ],
  ],
  ['HAVING over the rows above too', 'SELECT a FROM t GROUP BY a WITH ROLLUP HAVING SUM(n) > 50', [[1], [null]]],
  [
    'its own order in a union',
    'SELECT b, COUNT(*) FROM t WHERE a = 1 GROUP BY b WITH ROLLUP UNION ALL SELECT 9, 9',
    [
      ['x', 2],
      ['y', 1],
      [null, 3],
      [9, 9],
    ],
  ],
  ['nothing of nothing', 'SELECT a, COUNT(*) FROM t WHERE n < 0 GROUP BY a WITH ROLLUP', []],
])('%s', async (_, sql, wanted) => expect(await rowsOf(session, sql)).toEqual(wanted));

test('rows are counted once', async () => {
  await session.execute('FLUSH STATUS', '2026-01-01 00:00:00');
  await rowsOf(session, 'SELECT a, b, COUNT(*) FROM t GROUP BY a, b WITH ROLLUP');
  expect(await rowsOf(session, "SHOW STATUS LIKE 'Handler_read_rnd_next'")).toEqual([['Handler_read_rnd_next', '4']]);
});

test('tables of a subquery are visited once', async () => {
  const sql = 'SELECT a, (SELECT COUNT(*) FROM t AS u) FROM t WHERE n > (SELECT MIN(n) FROM t AS v) GROUP BY a';
  const tables = async (query: string) => (await rowsOf(session, `EXPLAIN ${query}`)).map((row) => row[2]).sort();
  expect(await tables(`${sql} WITH ROLLUP`)).toEqual(['t', 'u', 'v']);
});

test.each([
  ['SELECT a FROM t GROUP BY a WITH ROLLUP ORDER BY a', 'Incorrect usage of CUBE/ROLLUP and ORDER BY'],
  ['SELECT a FROM t GROUP BY 2 WITH ROLLUP', "Unknown column '2' in 'group statement'"],
  ['SELECT COUNT(*) AS c FROM t GROUP BY c WITH ROLLUP', "Can't group on 'c'"],
  ['SELECT a FROM t GROUP BY a WITH CUBE', "This version of MySQL doesn't yet support 'WITH CUBE'"],
])('%s', async (sql, message) => expect(rowsOf(session, sql)).rejects.toThrow(message));
