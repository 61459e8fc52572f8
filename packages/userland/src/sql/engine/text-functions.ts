/** Functions over texts and bytes beyond the common ones ("String Functions and Operators", "Encryption and Compression Functions"); NULL in is NULL out. */
import { fromHex, hex } from '@netarium/core/base/bytes.ts';
import { sha256 } from '@netarium/core/base/sha256.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { SqliteFunction, SqliteValue } from '@netarium/sqlite/sqlite.ts';
import { md5 } from '../../coreutils/md5.ts';
import { base64 } from '../../http/base64.ts';
import { sqlError, unsupportedSql } from '../errors.ts';
import { sha1 } from '../protocol/sha1.ts';
import { compact, cutDecimal, decimalText } from '../types.ts';
import { strict, text } from './strict.ts';

const bytes = (value: SqliteValue | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : encodeUtf8(text(value));

export const TEXT_FUNCTIONS: Readonly<Record<string, SqliteFunction>> = {
  trim: strict((x, what = ' ') => withoutStart(withoutEnd(text(x), text(what)), text(what))),
  ltrim: strict((x, what = ' ') => withoutStart(text(x), text(what))),
  rtrim: strict((x, what = ' ') => withoutEnd(text(x), text(what))),
  substring_index: strict((x, by, count) => substringIndex(text(x), text(by), Math.trunc(Number(count)))),
  field: (x, ...among) => (x === null ? 0 : among.findIndex((each) => each !== null && text(each) === text(x)) + 1),
  find_in_set: strict((x, list) => (text(list) === '' ? 0 : text(list).split(',').indexOf(text(x)) + 1)),
  elt: (n, ...among) => (n === null ? null : (among[Math.round(Number(n)) - 1] ?? null)),
  strcmp: strict((a, b) => (text(a) === text(b) ? 0 : text(a) < text(b) ? -1 : 1)),
  insert: strict((x, at, length, part) => inserted([...text(x)], Number(at), Number(length), text(part))),
  ascii: strict((x) => bytes(x)[0] ?? 0),
  ord: strict((x) => bytes([...text(x)][0] ?? '').reduce((sum, byte) => sum * 256 + byte, 0)),
  unhex: strict((x) => fromHex(text(x).length % 2 === 0 ? text(x) : `0${text(x)}`) ?? null),
  conv: strict((x, from, to) => conv(text(x), Number(from), Number(to))),
  md5: strict((x) => hex(md5(bytes(x)))),
  sha1: strict((x) => hex(sha1(bytes(x)))),
  sha2: strict((x, length) => {
    if (length !== 256 && length !== 0) throw unsupportedSql(`SHA2 of ${text(length)} bits`);
    return hex(sha256(bytes(x)));
  }),
  crc32: strict((x) => crc32(bytes(x))),
  to_base64: strict((x) => base64(bytes(x)).replace(/.{76}(?=.)/g, '$&\n')),
  quote: (x) => (x === null ? 'NULL' : `'${text(x).replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`),
  /** The place of a part, in letters from 1; 0 where it is not. */
  locate: strict((part, x, from = 1) => {
    const letters = [...text(x)];
    const start = Number(from);
    if (start < 1 || start > letters.length + 1) return 0;
    const rest = letters.slice(start - 1).join('');
    const at = rest.indexOf(text(part));
    return at < 0 ? 0 : start + [...rest.slice(0, at)].length;
  }),
  format: strict((x, digits) => grouped(decimalText(Number(x), Math.min(Math.max(Math.round(Number(digits)), 0), 38)))),
  truncate: strict((x, digits) => cutDecimal(Number(x), digits as number)),
  bits: strict((op, a, b) => bits(text(op), a as number | bigint, b as number | bigint)),
  bit_count: strict(
    (x) => [...BigInt.asUintN(64, whole(x as number | bigint)).toString(2)].filter((c) => c === '1').length,
  ),
  like_exactly: strict((x, pattern, sign) => (alike([...text(x)], wildcards(text(pattern), text(sign))) ? 1 : 0)),
  round_tens: strict((x, zeros) => {
    const unit = Number(`1e${zeros as number}`);
    const n = Number(x) / unit;
    return (n < 0 ? -Math.round(-n) : Math.round(n)) * unit + 0;
  }),
  truncate_tens: strict((x, zeros) => {
    const unit = Number(`1e${zeros as number}`);
    return Math.trunc(Number(x) / unit) * unit + 0;
  }),
  char: (...codes) => Uint8Array.from(codes.filter((code) => code !== null).flatMap((code) => bytesOf(Number(code)))),
  inet_aton: strict((x) => inetAton(text(x))),
  inet_ntoa: strict((x) => {
    const n = Number(x);
    return n < 0 || n > 0xffffffff ? null : [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
  }),
  tuple: strict((...parts) => parts.map((part) => `${text(part).length}:${text(part)}`).join('')),
  group: (json, separator) => {
    const parts = (JSON.parse(text(json)) as unknown[]).filter((part) => part !== null);
    return parts.length === 0 ? null : parts.join(text(separator));
  },
};

/** A pattern of LIKE: letters, and what `_` and `%` mean where the sign that takes it away does not stand in front. */
function wildcards(pattern: string, sign: string): readonly (string | 'any' | 'one')[] {
  const letters = [...pattern];
  const out: string[] = [];
  for (let i = 0; i < letters.length; i++) {
    const c = letters[i]!;
    if (c === sign && i + 1 < letters.length) out.push(letters[++i]!);
    else out.push(c === '%' ? 'any' : c === '_' ? 'one' : c);
  }
  return out;
}

/** Goes back to the last `%` only, so that its time is the product of the two lengths at worst. */
function alike(letters: readonly string[], pattern: readonly string[]): boolean {
  let [at, next, star, from] = [0, 0, -1, 0];
  while (at < letters.length) {
    const wanted = pattern[next];
    if (wanted === 'any') [star, from] = [next++, at];
    else if (wanted === 'one' || wanted === letters[at]) [at, next] = [at + 1, next + 1];
    else if (star >= 0) [at, next] = [++from, star + 1];
    else return false;
  }
  return pattern.slice(next).every((wanted) => wanted === 'any');
}

/** A number as its bytes, the great ones first; no zeros in front. */
function bytesOf(code: number): number[] {
  const n = Math.round(code) >>> 0;
  const all = [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
  const first = all.findIndex((byte) => byte !== 0);
  return first < 0 ? [0] : all.slice(first);
}

function withoutStart(x: string, what: string): string {
  let at = 0;
  while (what !== '' && x.startsWith(what, at)) at += what.length;
  return x.slice(at);
}

function withoutEnd(x: string, what: string): string {
  let end = x.length;
  while (what !== '' && end >= what.length && x.endsWith(what, end)) end -= what.length;
  return x.slice(0, end);
}

/** What is before so many delimiters, or behind so many from the end. */
function substringIndex(x: string, by: string, count: number): string {
  if (by === '' || count === 0) return '';
  const parts = x.split(by);
  return (count > 0 ? parts.slice(0, count) : parts.slice(Math.max(parts.length + count, 0))).join(by);
}

function inserted(letters: readonly string[], at: number, length: number, part: string): string {
  if (at < 1 || at > letters.length) return letters.join('');
  const end = length < 0 ? letters.length : Math.min(at - 1 + length, letters.length);
  return [...letters.slice(0, at - 1), part, ...letters.slice(end)].join('');
}

/** Digits of one base in another, as whole numbers of 64 bits; reading ends where no digit follows. */
function conv(x: string, from: number, to: number): string | null {
  const [base, target] = [Math.abs(from), Math.abs(to)];
  if (base < 2 || base > 36 || target < 2 || target > 36) return null;
  const negative = x.trim().startsWith('-');
  let value = 0n;
  for (const c of x.trim().replace(/^[+-]/, '').toLowerCase()) {
    const digit = Number.parseInt(c, 36);
    if (Number.isNaN(digit) || digit >= base) break;
    value = value * BigInt(base) + BigInt(digit);
  }
  if (value >= 1n << 64n) value = (1n << 64n) - 1n;
  const signed = negative ? -value : value;
  return (to < 0 ? signed : BigInt.asUintN(64, signed)).toString(target).toUpperCase();
}

/** The checksum of Ethernet and zip (IEEE 802.3). */
function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function grouped(number: string): string {
  const [whole, rest] = number.split('.') as [string, string?];
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest === undefined ? '' : `.${rest}`);
}

function whole(x: number | bigint): bigint {
  return typeof x === 'bigint' ? x : BigInt(x < 0 ? -Math.round(-x) : Math.round(x));
}

/** Unsigned numbers of 64 bits, as far as SQLite's integers go. */
function bits(op: string, left: number | bigint, right: number | bigint): SqliteValue {
  const [a, b] = [BigInt.asUintN(64, whole(left)), BigInt.asUintN(64, whole(right))];
  const value = BigInt.asUintN(64, operated(op, a, b));
  if (value >= 1n << 63n) throw sqlError(1690, 'BIGINT', String(value));
  return compact(value);
}

function operated(op: string, a: bigint, b: bigint): bigint {
  switch (op) {
    case '|':
      return a | b;
    case '&':
      return a & b;
    case '^':
      return a ^ b;
    case '<<':
      return b >= 64n ? 0n : a << b;
    default:
      return b >= 64n ? 0n : a >> b;
  }
}

/** Short forms too: `127.1` is 127.0.0.1. */
function inetAton(x: string): number | null {
  const parts = x.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  if (parts.length > 4 || parts.some((part) => !(part <= 255))) return null;
  const last = parts.pop()!;
  while (parts.length < 3) parts.push(0);
  return [...parts, last].reduce((sum, part) => sum * 256 + part, 0);
}
