/** What exact numbers become. MariaDB holds more of it in test/real. */
import { beforeAll, expect, test } from 'vitest';
import { valueText } from '../types.ts';
import { NOW, sessionWith } from './session.test-kit.ts';
import type { Session } from './session.ts';

let session: Session;

beforeAll(async () => {
  session = await sessionWith('CREATE TABLE t (i INT, d DECIMAL(8,2))', 'INSERT INTO t VALUES (7, 1.50), (3, -0.25)');
});

// As MariaDB 10.11 answers: a quotient shows four digits more than its dividend and goes on with groups of nine.
test.each([
  ['1 / 3', '0.3333'],
  ['1 / 3 * 3', '1.0000'],
  ['1 / 7 / 1.5', '0.09523809'],
  ['0.25 / 7 / 0.25', '0.1428571400'],
  ['1.50 / 7 / 1.50', '0.1428571427'],
  ['1 / 3 / 3 / 3', '0.037037037000'],
  ['AVG(d)', '0.625000'],
  ['AVG(i) / 3', '1.66666667'],
  ['SUM(d) / 3', '0.416667'],
  ['2 / 3 DIV 0.1', '6'],
  ['1 / 3 DIV 0.0000000002', '1666666665'],
  ['0.0000000007 DIV 0.0000000002', '3'],
  ['0.0000000007 % 0.0000000002', '0.0000000001'],
])('%s is %s', async (expression, wanted) => {
  const result = await session.execute(`SELECT ${expression} FROM t`, NOW);
  if (result.k !== 'rows') throw new Error('no rows');
  expect(valueText(result.rows[0]![0]!, result.columns[0]!.type)).toBe(wanted);
});
