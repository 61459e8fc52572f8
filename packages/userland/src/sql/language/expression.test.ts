import { describe, expect, test } from 'vitest';
import type { Expr } from './ast.ts';
import { readExpr, readOrderings } from './expression.ts';
import { Reader } from './reader.ts';

/** With all its parentheses. */
function shown(expr: Expr): string {
  switch (expr.k) {
    case 'binary':
      return `(${shown(expr.left)} ${expr.op} ${shown(expr.right)})`;
    case 'unary':
      return `(${expr.op} ${shown(expr.x)})`;
    case 'shift':
      return `(${shown(expr.x)} ${expr.back ? '-' : '+'} ${shown(expr.by)} ${expr.unit})`;
    case 'in':
      return `(${shown(expr.x)}${expr.not ? ' NOT' : ''} IN ${(expr.among as readonly Expr[]).map(shown).join()})`;
    case 'between':
      return `(${shown(expr.x)} BETWEEN ${shown(expr.low)}..${shown(expr.high)})`;
    case 'is':
      return `(${shown(expr.x)} IS${expr.not ? ' NOT' : ''} ${expr.what})`;
    case 'like':
      return `(${shown(expr.x)} LIKE ${shown(expr.pattern)})`;
    case 'column':
      return expr.name;
    case 'literal':
      return String(expr.value);
    default:
      return expr.k;
  }
}

function read(sql: string): string {
  const reader = new Reader(sql);
  const expr = readExpr(reader);
  expect(reader.atEnd).toBe(true);
  return shown(expr);
}

describe('an expression', () => {
  // "Operator Precedence": one pair of neighbours after the other.
  test.each([
    ['a ^ b * c', '((a ^ b) * c)'],
    ['- a ^ b', '((- a) ^ b)'],
    ['a + b * c', '(a + (b * c))'],
    ['a DIV b MOD c', '((a DIV b) % c)'],
    ['a << b + c', '(a << (b + c))'],
    ['a & b << c', '(a & (b << c))'],
    ['a | b & c', '(a | (b & c))'],
    ['a = b | c', '(a = (b | c))'],
    ['a < b = c', '((a < b) = c)'],
    ['NOT a = b', '(NOT (a = b))'],
    ['! a = b', '((NOT a) = b)'],
    ['a AND NOT b', '(a AND (NOT b))'],
    ['a XOR b && c', '(a XOR (b AND c))'],
    ['a || b XOR c', '(a OR (b XOR c))'],
    ['a OR b AND c OR d', '((a OR (b AND c)) OR d)'],
    ['a - b - c', '((a - b) - c)'],
    ['a BETWEEN b AND c AND d', '((a BETWEEN b..c) AND d)'],
    ['a NOT IN (b, c) OR d', '((a NOT IN b,c) OR d)'],
    ['a = b IS NOT NULL', '((a = b) IS NOT null)'],
    ["a + b LIKE 'c'", '((a + b) LIKE c)'],
    ['a - INTERVAL 1 DAY + b', '((a - 1 DAY) + b)'],
    ['INTERVAL 1 DAY + a', '(a + 1 DAY)'],
    ['-5', '-5'],
  ])('%s is %s', (sql, wanted) => expect(read(sql)).toBe(wanted));

  test.each(['a +', 'a IN ()', 'a BETWEEN b', 'IS NULL'])('%s is none', (sql) => {
    expect(() => read(sql)).toThrow(expect.objectContaining({ errno: 1064 }));
  });

  test('has an escape of one character', () => {
    expect(() => read("a LIKE 'b' ESCAPE 'xx'")).toThrow(expect.objectContaining({ errno: 1210 }));
  });
});

test('orderings ascend where nothing is said', () => {
  const orderings = readOrderings(new Reader('a DESC, b, c ASC'));
  expect(orderings.map(({ expr, descending }) => [shown(expr), descending])).toEqual([
    ['a', true],
    ['b', false],
    ['c', false],
  ]);
});
