import { beforeAll, describe, expect, test } from 'vitest';
import type { Select } from '../language/ast.ts';
import { parseStatement } from '../language/statement.ts';
import { rowsOf, sessionWith } from './session.test-kit.ts';
import type { Session } from './session.ts';

let session: Session;

beforeAll(async () => {
  session = await sessionWith(
    'CREATE TABLE t (id INT, n INT)',
    'INSERT INTO t VALUES (1, 10), (2, 20)',
    'CREATE VIEW v (a) AS SELECT n FROM t',
  );
});

function translated(sql: string) {
  const translator = session.translator([]);
  return { translator, columns: translator.select(parseStatement(sql).statement as Select).columns };
}

describe('a FROM reads', () => {
  test.each([
    ['a table', 'SELECT n FROM t', [[10], [20]]],
    ['a view, with names of its own', 'SELECT v.a FROM v', [[10], [20]]],
    ['a SELECT', 'SELECT x.m FROM (SELECT MAX(n) AS m FROM t) AS x', [[20]]],
    ['WITH before a table of its name', 'WITH t AS (SELECT 5 AS n) SELECT n FROM t', [[5]]],
    [
      'a table that names its database, whatever WITH says',
      'WITH t AS (SELECT 5 AS n) SELECT n FROM d.t',
      [[10], [20]],
    ],
    ['INFORMATION_SCHEMA', "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'VIEW'", [['v']]],
    ['joins of them', 'SELECT x.n, v.a FROM t x JOIN v ON v.a = x.n WHERE x.id = 2', [[20, 20]]],
  ])('%s', async (_, sql, wanted) => expect(await rowsOf(session, sql)).toEqual(wanted));

  test.each([
    ['SELECT * FROM nobody', 1146],
    ['SELECT * FROM information_schema.nobody', 1109],
    ['SELECT * FROM (SELECT 1 AS a, 2 AS A) AS x', 1060],
    ['SELECT * FROM t, v AS t', 1066],
  ])('not %s', (sql, errno) => expect(() => translated(sql)).toThrow(expect.objectContaining({ errno })));

  test('rows that are counted of stored tables only, also of those behind a view', () => {
    const { translator, columns } = translated('SELECT * FROM v, t AS own, (SELECT 1 AS one) AS made');
    expect(columns.map(({ name }) => name)).toEqual(['a', 'id', 'n', 'one']);
    expect(translator.visited.map(({ shown, table }) => `${shown} ${table.name}`)).toEqual(['t t', 'own t']);
  });
});
