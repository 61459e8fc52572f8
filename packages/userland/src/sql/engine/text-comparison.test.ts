/** Capitals and small letters, in columns of either kind and in what is made of them. MariaDB holds more of it in test/real. */
import { beforeAll, describe, expect, test } from 'vitest';
import { rowsOf, sessionWith } from './session.test-kit.ts';
import type { Session } from './session.ts';

let session: Session;

beforeAll(async () => {
  session = await sessionWith(
    "CREATE TABLE t (s VARCHAR(9), b VARCHAR(9) COLLATE utf8mb4_bin, e ENUM('z', 'a'))",
    "INSERT INTO t VALUES ('x', 'x', 'z'), ('X', 'X', 'a')",
    'CREATE VIEW v AS SELECT b FROM t',
  );
});

const count = async (condition: string, source = 't') =>
  (await rowsOf(session, `SELECT COUNT(*) FROM ${source} WHERE ${condition}`))[0]![0];

describe('are one', () => {
  test.each([
    "s = 'X'",
    "CONCAT(s, '') = 'X'",
    "FIELD(s, 'y', 'X') = 2",
    "INSTR(s, 'X')",
    "s IN ('X', 'y')",
    "CONCAT(s, '!') LIKE 'X_'",
    "b COLLATE utf8mb4_general_ci = 'X'",
    'UPPER(s) = LOWER(s)',
    "CASE WHEN 1 THEN s ELSE 'y' END = 'X'",
  ])('in %s', async (condition) => expect(await count(condition)).toBe(2));
});

describe('differ', () => {
  test.each([
    "b = 'X'",
    "'X' = b",
    "s = b AND b = 'X'",
    "CONCAT(b, '!') = 'X!'",
    "COALESCE(b, s) = 'X'",
    "IF(1, s, b) = 'X'",
    "b IN ('X', 'y')",
    "s IN (SELECT b FROM t WHERE b = 'X')",
    "(s, 1) IN (SELECT b, 1 FROM t WHERE b = 'X')",
    "CONCAT(b) LIKE 'X'",
    "CONCAT(b) REGEXP '^X'",
    "BINARY s = 'X'",
    "s COLLATE utf8mb4_bin = 'X'",
    "IF(s = 'x', b, b) = 'X'",
    "b = IF(s = 'x', 'X', 'X')",
    "b IN (IF(s = 'x', 'X', 'X'), 'y')",
    "CASE WHEN s > 'a' THEN b END = 'X'",
    "CONCAT(b) = s AND b = 'X'",
    "STRCMP(b, 'X') = 0",
    "FIELD('X', b) = 1",
    "FIND_IN_SET(b, 'y,X')",
    "LOCATE('X', CONCAT('-', b)) = 2",
    "CONCAT(b, '') < e AND b = 'X'",
    '(SELECT MIN(d.s) FROM (SELECT s FROM t) AS d) = b',
  ])('in %s', async (condition) => expect(await count(condition)).toBe(1));

  test.each(['v', '(SELECT b FROM t) AS d', '(SELECT MAX(b) AS b FROM t GROUP BY b UNION ALL SELECT 9) AS d'])(
    'by way of %s',
    async (source) => expect(await count("b = 'X'", source)).toBe(1),
  );
});

test('a comparison within an expression says nothing of the expression', async () => {
  expect(await rowsOf(session, "SELECT MAX(IF(s = 'x', b, b)) FROM t")).toEqual([['x']]);
  expect(await rowsOf(session, "SELECT COUNT(DISTINCT IF(s = 'x', b, b)) FROM t")).toEqual([[2]]);
  expect(await rowsOf(session, "SELECT b FROM t GROUP BY IF(s = 'x', b, b) ORDER BY IF(s = 'x', b, b)")).toEqual([
    ['X'],
    ['x'],
  ]);
});

test('places in a list are in order as their columns are', async () => {
  expect(await rowsOf(session, 'SELECT e FROM t ORDER BY 1')).toEqual([['z'], ['a']]);
  expect(await rowsOf(session, "SELECT CONCAT(b, '') FROM t UNION ALL SELECT 'a' ORDER BY 1")).toEqual([
    ['X'],
    ['a'],
    ['x'],
  ]);
  expect(await rowsOf(session, "SELECT CONCAT(s, '') FROM t UNION ALL SELECT 'Y' ORDER BY 1 DESC LIMIT 1")).toEqual([
    ['Y'],
  ]);
});
