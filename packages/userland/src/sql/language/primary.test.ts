import { describe, expect, test } from 'vitest';
import { readPrimary } from './primary.ts';
import { Reader } from './reader.ts';

const read = (sql: string) => readPrimary(new Reader(sql));

describe('an operand', () => {
  test.each([
    ['(a)', { k: 'column', name: 'a', at: 0, end: 3 }],
    ['(a, b)', { k: 'row', items: [{ name: 'a' }, { name: 'b' }] }],
    ['(SELECT 1)', { k: 'subquery', select: { k: 'select' } }],
    ['EXISTS (SELECT 1)', { k: 'exists' }],
    ['d.t.c', { k: 'column', table: 't', name: 'c' }],
    ['@Name', { k: 'user-variable', name: 'name' }],
    ['@@session.SQL_MODE', { k: 'variable', name: 'sql_mode' }],
    ['CASE a WHEN 1 THEN 2 ELSE 3 END', { k: 'case', base: { name: 'a' }, otherwise: { value: 3 } }],
    ['CASE WHEN a THEN 2 END', { k: 'case', whens: [[{ name: 'a' }, { value: 2 }]] }],
    ['CAST(a AS CHAR)', { k: 'cast', x: { name: 'a' } }],
    ['count(*)', { k: 'call', name: 'COUNT', star: true, args: [] }],
    ['COUNT(DISTINCT a)', { k: 'call', distinct: true, args: [{ name: 'a' }] }],
    ["GROUP_CONCAT(a ORDER BY b SEPARATOR ';')", { k: 'call', separator: ';', orderBy: [{ descending: false }] }],
    ['ROW_NUMBER() OVER w', { k: 'call', name: 'ROW_NUMBER', over: 'w' }],
    ['CURRENT_TIMESTAMP', { k: 'call', name: 'CURRENT_TIMESTAMP', args: [] }],
  ])('%s', (sql, wanted) => expect(read(sql)).toMatchObject(wanted));

  test('that is a parameter gets its number', () => {
    const reader = new Reader('? ?');
    expect([readPrimary(reader), readPrimary(reader)]).toMatchObject([{ index: 0 }, { index: 1 }]);
    expect(reader.params).toBe(2);
  });

  test.each(['CASE END', 'CASE WHEN 1 THEN 2', 'CAST(a)', 'SUM(a SEPARATOR 1)', 'SUM(*)', '()'])(
    '%s breaks the grammar',
    (sql) => expect(() => read(sql)).toThrow(expect.objectContaining({ errno: 1064 })),
  );

  test('that assigns is refused by name', () => expect(() => read('@a := 1')).toThrow('assignment in an expression'));
});
