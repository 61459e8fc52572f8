import { describe, expect, test } from 'vitest';
import { readLiteral } from './literal.ts';
import { Reader } from './reader.ts';

const read = (sql: string) => readLiteral(new Reader(sql));

describe('a literal', () => {
  test.each([
    ['1', 1, undefined],
    ['9007199254740993', 9007199254740993n, undefined],
    ['1.50', 1.5, 2],
    ['1e3', 1000, -1],
    ["'a' 'b'", 'ab', undefined],
    ["x'4142'", Uint8Array.of(0x41, 0x42), undefined],
    ["_binary 'é'", Uint8Array.of(0xc3, 0xa9), undefined],
    ["_utf8mb4 x'c3a9'", 'é', undefined],
    ["_utf8mb4 'é'", 'é', undefined],
    ['NULL', null, undefined],
  ])('%s', (sql, value, scale) => {
    const literal = read(sql);
    expect(literal).toEqual({ k: 'literal', value, ...(scale !== undefined && { scale }), at: 0, end: sql.length });
  });

  test.each([
    ['true', 1],
    ['FALSE', 0],
  ])('%s is a number that JSON writes as a word', (sql, value) => {
    expect(read(sql)).toEqual({ k: 'literal', value, truth: true, at: 0, end: sql.length });
  });

  test.each(['a', '`1`', '?', '@a', '(1)', '_binary', '_latin1 x'])('%s is none', (sql) => {
    const reader = new Reader(sql);
    expect(readLiteral(reader)).toBeUndefined();
    expect(reader.lastEnd).toBe(0);
  });

  test('has a number that a double can hold', () => {
    expect(() => read('1e999')).toThrow(expect.objectContaining({ errno: 1367 }));
  });
});
