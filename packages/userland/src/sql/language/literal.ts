/** Literals: texts with or without a character set, bytes, numbers, NULL, TRUE, FALSE ("Literal Values"). */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { sqlError } from '../errors.ts';
import { literalBytes } from '../protocol/statement-text.ts';
import type { Expr, Place } from './ast.ts';
import type { Reader } from './reader.ts';

/** Undefined where there is none. */
export function readLiteral(reader: Reader): Expr | undefined {
  const { token } = reader;
  const place: Place = { at: token.at, end: token.end };
  if (token.kind === 'string') {
    let value = reader.advance().text;
    // 'a' 'b' is 'ab'.
    while (reader.token.kind === 'string') value += reader.advance().text;
    const bytes = literalBytes(value);
    if (bytes !== undefined) return { k: 'literal', value: bytes, at: token.at, end: reader.lastEnd };
    return { k: 'literal', value, at: token.at, end: reader.lastEnd };
  }
  if (token.kind === 'bytes') {
    reader.advance();
    return { k: 'literal', value: token.bytes!, ...place };
  }
  if (token.kind === 'number') {
    reader.advance();
    return { k: 'literal', ...numberLiteral(token.text), ...place };
  }
  if (token.kind !== 'word') return undefined;
  if (/^_(binary|utf8(mb[34])?)$/i.test(token.text) && /^(string|bytes)$/.test(reader.peek().kind))
    return readIntroduced(reader, /^_b/i.test(token.text));
  const word = reader.acceptOneOf('NULL', 'TRUE', 'FALSE');
  if (word === undefined) return undefined;
  if (word === 'NULL') return { k: 'literal', value: null, ...place };
  return { k: 'literal', value: word === 'TRUE' ? 1 : 0, truth: true, ...place };
}

/** `_binary 'text'`, `_utf8mb4 x'…'`: a literal with its character set in front. */
function readIntroduced(reader: Reader, binary: boolean): Expr {
  const { at } = reader.advance();
  const literal = readLiteral(reader) as Expr & { k: 'literal' };
  const { value } = literal;
  if (binary && typeof value === 'string') return { ...literal, value: encodeUtf8(value), at };
  return !binary && value instanceof Uint8Array ? { ...literal, value: decodeUtf8(value), at } : { ...literal, at };
}

/** Whole numbers are integers, those with a point DECIMAL, those with an exponent DOUBLE. */
function numberLiteral(text: string): { readonly value: number | bigint; readonly scale?: number } {
  if (!Number.isFinite(Number(text))) throw sqlError(1367, 'double', text);
  if (/e/i.test(text)) return { value: Number(text), scale: -1 };
  const point = text.indexOf('.');
  if (point >= 0) return { value: Number(text), scale: text.length - point - 1 };
  const value = BigInt(text);
  return { value: Number.isSafeInteger(Number(value)) ? Number(value) : value };
}
