import { beforeAll, describe, expect, test } from 'vitest';
import type { Select } from '../language/ast.ts';
import { parseStatement } from '../language/statement.ts';
import type { SqlValue } from '../types.ts';
import { rowsOf, sessionWith } from './session.test-kit.ts';
import type { Session } from './session.ts';

let session: Session;

beforeAll(async () => {
  session = await sessionWith(
    'CREATE TABLE t (id INT, name VARCHAR(9), n INT)',
    "INSERT INTO t VALUES (1, 'b', 3), (2, 'B', 1), (3, 'a', 2)",
  );
});

const rows = (sql: string) => rowsOf(session, sql);
const prepared = (sql: string, params: readonly SqlValue[]) =>
  session.translator(params).select(parseStatement(sql).statement as Select).sql;

describe('GROUP BY', () => {
  test.each([
    [
      'a place in the list',
      'SELECT name, SUM(n) FROM t GROUP BY 1 ORDER BY 2',
      [
        ['a', 2],
        ['b', 4],
      ],
    ],
    [
      'an alias',
      'SELECT n > 1 AS great, COUNT(*) FROM t GROUP BY great ORDER BY 1',
      [
        [0, 1],
        [1, 2],
      ],
    ],
    ['a column before an alias of its name', 'SELECT 7 AS n FROM t GROUP BY n', [[7], [7], [7]]],
  ])('%s', async (_, sql, wanted) => expect(await rows(sql)).toEqual(wanted));

  test.each([
    ['SELECT COUNT(*) FROM t GROUP BY 1', "Can't group on 'COUNT(*)'"],
    ['SELECT SUM(n) + 1 AS x FROM t GROUP BY x', "Can't group on 'x'"],
    ['SELECT n FROM t GROUP BY 2', "Unknown column '2' in 'group statement'"],
    ['SELECT n FROM t GROUP BY nobody', "Unknown column 'nobody' in 'group statement'"],
  ])('%s', async (sql, wanted) => expect(rows(sql)).rejects.toThrow(wanted));
});

describe('ORDER BY', () => {
  test.each([
    ['a place in the list', 'SELECT id, n FROM t ORDER BY 2 DESC', [1, 3, 2]],
    ['an alias before a column of its name', 'SELECT id, -n AS n FROM t ORDER BY n', [1, 3, 2]],
    ['an expression', 'SELECT id FROM t ORDER BY (n + 1) % 3, id', [3, 1, 2]],
    ['a constant that is no literal, and so no place', 'SELECT n FROM t ORDER BY @@autocommit, id', [3, 1, 2]],
    ['text whatever its capitals', 'SELECT id FROM t ORDER BY CONCAT(name), id', [3, 1, 2]],
    ['a name of a union', 'SELECT id AS x FROM t UNION SELECT 9 ORDER BY x DESC', [9, 3, 2, 1]],
  ])('%s', async (_, sql, wanted) => expect((await rows(sql)).map(([first]) => first)).toEqual(wanted));

  test.each([
    ['SELECT n FROM t ORDER BY 2', "Unknown column '2' in 'order clause'"],
    ['SELECT n FROM t UNION SELECT 1 ORDER BY n + 1', 'ORDER BY an expression after UNION'],
  ])('%s', async (sql, wanted) => expect(rows(sql)).rejects.toThrow(wanted));
});

describe('LIMIT', () => {
  test('counts rows behind those that OFFSET leaves out', async () => {
    expect(await rows('SELECT id FROM t ORDER BY id LIMIT 1 OFFSET 1')).toEqual([[2]]);
    expect(await rows('SELECT id FROM t ORDER BY id LIMIT 1, 2')).toEqual([[2], [3]]);
  });

  test('takes a parameter, which nobody knows before the execution', () => {
    expect(prepared('SELECT 1 LIMIT ?', [])).toMatch(/ LIMIT 0$/);
    expect(prepared('SELECT 1 LIMIT ?', ['12'])).toMatch(/ LIMIT 12$/);
    expect(prepared('SELECT 1 LIMIT ?, ?', [3, 12n])).toMatch(/ LIMIT 12 OFFSET 3$/);
  });

  test.each([[-1], [1.5], ['x'], [null]])('refuses %j', (value) => {
    expect(() => prepared('SELECT 1 LIMIT ?', [value])).toThrow(expect.objectContaining({ errno: 1210 }));
  });
});
