import { openLibrary } from '@netarium/sqlite/sqlite.ts';
import { beforeAll, expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { Session } from './session.ts';

const NOW = '2026-01-01 00:00:00';
let session: Session;

beforeAll(async () => {
  session = new Session(
    new Engine(await openLibrary(), async () => ({ wait: async () => false, end: () => {} })),
    'a@b',
  );
  for (const sql of ['CREATE DATABASE d', 'USE d', 'CREATE TABLE t (id INT, name VARCHAR(9), code VARBINARY(9))'])
    await session.execute(sql, NOW);
  await session.execute("INSERT INTO t VALUES (1, 'b', 'b'), (2, 'B', 'B'), (3, 'a', 'a')", NOW);
});

/** How many rows. */
async function count(sql: string): Promise<number> {
  const result = await session.execute(sql, NOW);
  return result.k === 'rows' ? result.rows.length : 0;
}

// Texts that differ in capitals only are the same, whether a column has them or an expression makes them.
test.each([
  ['SELECT DISTINCT name FROM t', 2],
  ["SELECT DISTINCT CONCAT(name, '') FROM t", 2],
  ['SELECT DISTINCT code FROM t', 3],
  ["SELECT DISTINCT CONCAT(name, '') FROM t UNION ALL SELECT 'b'", 3],
  ["SELECT CONCAT(name, '') FROM t UNION SELECT 'A'", 2],
  ["SELECT CONCAT(name, '') FROM t INTERSECT SELECT 'A'", 1],
  ["SELECT x.made FROM (SELECT DISTINCT CONCAT(name, '') AS made FROM t) AS x", 2],
])('%s has %i rows', async (sql, wanted) => expect(await count(sql)).toBe(wanted));
