/** SELECT as a whole: what is the same in a set, whose an aggregate function is, what a recursive WITH may read. MariaDB holds more of it in test/real. */
import { beforeAll, expect, test } from 'vitest';
import { rowsOf, sessionWith } from './session.test-kit.ts';
import type { Session } from './session.ts';

let session: Session;

beforeAll(async () => {
  session = await sessionWith(
    'CREATE TABLE t (id INT, name VARCHAR(9), code VARBINARY(9))',
    "INSERT INTO t VALUES (1, 'b', 'b'), (2, 'B', 'B'), (3, 'a', 'a')",
  );
});

// Texts that differ in capitals only are the same, whether a column has them or an expression makes them.
test.each([
  ['SELECT DISTINCT name FROM t', 2],
  ["SELECT DISTINCT CONCAT(name, '') FROM t", 2],
  ['SELECT DISTINCT code FROM t', 3],
  ["SELECT DISTINCT CONCAT(name, '') FROM t UNION ALL SELECT 'b'", 3],
  ["SELECT CONCAT(name, '') FROM t UNION SELECT 'A'", 2],
  ["SELECT CONCAT(name, '') FROM t INTERSECT SELECT 'A'", 1],
  ["SELECT x.made FROM (SELECT DISTINCT CONCAT(name, '') AS made FROM t) AS x", 2],
])('%s has %i rows', async (sql, wanted) => expect(await rowsOf(session, sql)).toHaveLength(wanted));

// An aggregate function is of the innermost SELECT that has one of its columns.
test.each([
  ['SELECT id FROM t HAVING id < (SELECT MAX(id) FROM t) ORDER BY id', [[1], [2]]],
  ['SELECT (SELECT MAX(id) FROM t) AS k, COUNT(*) FROM t GROUP BY k', [[3, 3]]],
  ['SELECT (SELECT MAX(t.id)) AS k FROM t HAVING k > 1', [[3]]],
  ['SELECT (SELECT MAX(t.id) FROM t AS u LIMIT 1) AS k FROM t HAVING k > 1', [[3]]],
  ['SELECT MAX(id) AS k FROM t HAVING k > 3', []],
])('%s', async (sql, wanted) => expect(await rowsOf(session, sql)).toEqual(wanted));

const recursive = (...parts: readonly string[]) =>
  rowsOf(
    session,
    `WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL ${parts.join(' UNION ALL ')}) SELECT n FROM r ORDER BY n`,
  );

test('parts of a recursive WITH that do not read it may stand anywhere', async () => {
  expect(await recursive('SELECT n + 1 FROM r WHERE n < 3', 'SELECT 9')).toEqual([[1], [2], [3], [9]]);
  expect(await recursive('SELECT 9', 'SELECT n + 1 FROM r WHERE n < (SELECT MAX(id) FROM t)')).toHaveLength(4);
  expect(await recursive('SELECT 2')).toEqual([[1], [2]]);
});

test.each([
  'SELECT x.n + 1 FROM r AS x JOIN r AS y ON x.n = y.n WHERE x.n < 4',
  'SELECT n + 1 FROM r WHERE n < (SELECT MAX(n) FROM r)',
  'SELECT id FROM t WHERE id IN (SELECT n FROM r)',
  'SELECT MAX(n) FROM r',
])('a part of a recursive WITH reads it once, in its own FROM: %s', async (part) => {
  await expect(recursive(part)).rejects.toMatchObject({ errno: 4008 });
});
