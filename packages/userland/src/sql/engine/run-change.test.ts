/** One statement that changes several tables (all of them or none, and once in the journal), or one row several times. */
import { beforeEach, expect, test } from 'vitest';
import { NOW, newEngine, rowsOf } from './session.test-kit.ts';
import { Session } from './session.ts';

let session: Session;
let journal: string[];

beforeEach(async () => {
  journal = [];
  const append = async (entries: readonly { readonly sql: string }[]) =>
    void journal.push(...entries.map(({ sql }) => sql));
  session = new Session(await newEngine(undefined, { append }), 'a@b');
  for (const sql of [
    'CREATE DATABASE d',
    'USE d',
    'CREATE TABLE a (id INT PRIMARY KEY, n INT)',
    'CREATE TABLE b (a INT, m INT UNIQUE)',
    'INSERT INTO a VALUES (1, 10), (2, 20), (3, 30)',
    'INSERT INTO b VALUES (1, 1), (1, 2), (2, 3), (9, 4)',
  ])
    await session.execute(sql, NOW);
  journal = [];
});

const both = async () => [await rowsOf(session, 'SELECT id, n FROM a'), await rowsOf(session, 'SELECT a, m FROM b')];

test('all values are those from before; a row that comes twice takes what comes first', async () => {
  const sql = 'UPDATE a JOIN b ON b.a = a.id SET a.n = b.m + 100, b.m = b.m + a.n';
  expect(await session.execute(sql, NOW)).toMatchObject({
    affected: 5,
    info: 'Rows matched: 5  Changed: 5  Warnings: 0',
  });
  expect(await both()).toEqual([
    [
      [1, 101],
      [2, 103],
      [3, 30],
    ],
    [
      [1, 11],
      [1, 12],
      [2, 23],
      [9, 4],
    ],
  ]);
  expect(journal).toEqual([sql]);
});

test('what fails at the second table leaves the first as it was, and the transaction goes on', async () => {
  const before = await both();
  await session.execute('BEGIN', NOW);
  await expect(session.execute('UPDATE a JOIN b ON b.a = a.id SET a.n = 0, b.m = 4', NOW)).rejects.toMatchObject({
    errno: 1062,
  });
  expect(await both()).toEqual(before);
  expect(await session.execute('DELETE a, b FROM a JOIN b ON b.a = a.id', NOW)).toMatchObject({ affected: 5 });
  await session.execute('COMMIT', NOW);
  expect(await both()).toEqual([[[3, 30]], [[9, 4]]]);
  expect(journal).toEqual(['DELETE a, b FROM a JOIN b ON b.a = a.id']);
});

test('a table of the list that has no row in an outer join loses none', async () => {
  const sql = 'DELETE a, b FROM a LEFT JOIN b ON b.a = a.id WHERE a.id = 3';
  expect(await session.execute(sql, NOW)).toMatchObject({ affected: 1 });
});

// As MariaDB 10.11 counts: each time that a row is in the way.
test.each([
  ['INSERT INTO a VALUES (1, 1), (1, 2) ON DUPLICATE KEY UPDATE n = VALUES(n)', 4, 'Records: 2  Duplicates: 2'],
  ['INSERT INTO a VALUES (7, 1), (7, 1), (7, 1) ON DUPLICATE KEY UPDATE n = n + 1', 5, 'Records: 3  Duplicates: 2'],
  [
    'INSERT INTO a VALUES (1, 10), (1, 10), (1, 3) ON DUPLICATE KEY UPDATE n = VALUES(n)',
    2,
    'Records: 3  Duplicates: 1',
  ],
  ['INSERT INTO a SELECT 1, m FROM b ON DUPLICATE KEY UPDATE n = a.n + VALUES(n)', 8, 'Records: 4  Duplicates: 4'],
])('%s', async (sql, affected, info) => {
  expect(await session.execute(sql, NOW)).toMatchObject({ affected, info: `${info}  Warnings: 0` });
});
