/** What SHOW STATUS and EXPLAIN tell was counted while statements ran. */
import { beforeEach, describe, expect, test } from 'vitest';
import { NOW, rowsOf, sessionWith } from './session.test-kit.ts';
import type { Session } from './session.ts';

let session: Session;

describe('rows that were looked at', () => {
  const status = async (sql: string): Promise<Record<string, number>> => {
    await session.execute('FLUSH STATUS', NOW);
    await session.execute(sql, NOW);
    const all = await rowsOf(session, "SHOW STATUS LIKE 'Handler_read%'");
    return Object.fromEntries(
      all.map(([name, count]) => [String(name).slice(13), Number(count)]).filter(([, count]) => count !== 0),
    );
  };

  beforeEach(async () => {
    session = await sessionWith(
      'CREATE TABLE t (n INT)',
      'INSERT INTO t VALUES (1), (2), (3)',
      'CREATE TABLE big (id INT PRIMARY KEY, k INT, v INT, KEY (k))',
      `INSERT INTO big VALUES ${Array.from({ length: 200 }, (_, i) => `(${i}, ${i % 20}, ${i})`).join(', ')}`,
    );
  });

  test.each([
    ['SELECT v FROM big WHERE v = 7', { rnd_next: 200 }],
    ['SELECT v FROM big WHERE id = 7', { key: 1 }],
    ['SELECT v FROM big WHERE k = 7', { key: 1, next: 9 }],
    ['SELECT v FROM big WHERE id BETWEEN 10 AND 19', { key: 1, next: 9 }],
    ['SELECT v FROM big WHERE id = 999', {}],
    ['SELECT v FROM big LIMIT 5', { rnd_next: 5 }],
    ['SELECT b.v FROM t JOIN big b ON b.id = t.n', { rnd_next: 3, key: 3 }],
    ['UPDATE big SET v = 0 WHERE k = 7', { key: 1, next: 9 }],
    ['DELETE FROM big WHERE v > 190', { rnd_next: 200 }],
    ['SELECT COUNT(*) FROM big WHERE k IN (1, 2) AND v > 0', { key: 1, next: 19 }],
  ])('%s', async (sql, wanted) => {
    const counted = await status(sql);
    // A whole scan may go over an index instead of the table.
    expect(counted).toEqual(wanted);
  });

  test('EXPLAIN tells the key, and rows that it counted', async () => {
    const explain = async (sql: string) =>
      (await rowsOf(session, `EXPLAIN ${sql}`)).map(([, , table, type, key, count]) => [table, type, key, count]);
    expect(await explain('SELECT * FROM big WHERE v = 7')).toEqual([['big', 'ALL', null, 200]]);
    expect(await explain('SELECT * FROM big WHERE k = 7')).toEqual([['big', 'ref', 'k', 10]]);
    expect(await explain('SELECT * FROM big WHERE id = 7')).toEqual([['big', 'const', 'PRIMARY', 1]]);
    await session.execute('CREATE TABLE times (m DATETIME(3), KEY (m))', NOW);
    await session.execute("INSERT INTO times VALUES ('2026-01-01'), ('2026-01-02'), ('2026-01-03')", NOW);
    expect(await explain("SELECT * FROM times WHERE m = '2026-01-02'")).toEqual([['times', 'ref', 'm', 1]]);
  });
});
