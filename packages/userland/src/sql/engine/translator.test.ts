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
