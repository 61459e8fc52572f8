/** Bytes of a statement that are no text: they become a literal of bytes and come out as they went in. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { expect, test } from 'vitest';
import { parseStatement } from '../language/statement.ts';
import { decodeStatement, literalBytes } from './statement-text.ts';

const quoted = (...bytes: number[]): Uint8Array => Uint8Array.from([0x27, ...bytes, 0x27]);

test('text is text, also with the character that stands for what is lost', () => {
  for (const text of ["SELECT 'a'", "'张三 😀'", "'\ufffd'"]) {
    expect(decodeStatement(encodeUtf8(text))).toBe(text);
    expect(literalBytes(text)).toBeUndefined();
  }
});

test.each([
  [[0xff]],
  [[0x00, 0x80, 0x41, 0xc3]],
  [[0xe5, 0xbc, 0xa0, 0xff, 0xef, 0xbf, 0xbd]],
  [[0xed, 0xa0, 0x80]],
  [[0xf4, 0x90, 0x80, 0x80]],
])('%j comes out as it went in', (bytes) => {
  const text = decodeStatement(quoted(...bytes));
  expect([...literalBytes(text.slice(1, -1))!]).toEqual(bytes);
});

test('such a byte in a name is error 1300', () => {
  const sql = decodeStatement(Uint8Array.from([...encodeUtf8('SELECT `a'), 0xff, 0x60]));
  expect(() => parseStatement(sql)).toThrow(expect.objectContaining({ errno: 1300 }));
});
