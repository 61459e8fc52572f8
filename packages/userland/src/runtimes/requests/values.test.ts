import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fields } from '../../http/fields.ts';
import { RequestsCookieJar } from './cookies.ts';
import { decodeStrict, decodeText, encodingFromHeaders, guessEncoding, guessJsonEncoding } from './encoding.ts';
import { isinstance, RequestException } from './exceptions.ts';
import { dumps, type Json, loads } from './json.ts';
import { requoteUri } from './prepared-request.ts';
import { nextMethod, nextUrl } from './redirects.ts';

describe('JSON', () => {
  it('comes back as it was, and any reader takes it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = dumps(value as Json);
        expect(text).toMatch(/^[ -~]*$/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(loads(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('says where it is wrong, as Python does', () => {
    const errors: readonly (readonly [string, string])[] = [
      ['', 'Expecting value: line 1 column 1 (char 0)'],
      ['[1,\n x]', 'Expecting value: line 2 column 2 (char 5)'],
      ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
      ['{a: 1}', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
      ['["a\n"]', 'Invalid control character at: line 1 column 4 (char 3)'],
      ['"abc', 'Unterminated string starting at: line 1 column 1 (char 0)'],
      ['1 2', 'Extra data: line 1 column 3 (char 2)'],
    ];
    for (const [text, message] of errors) expect(() => loads(text)).toThrow(message);
    expect(() => loads('['.repeat(100_000))).toThrow(RangeError);
    expect(() => dumps(Number.POSITIVE_INFINITY)).toThrow('Out of range float values are not JSON compliant');
  });
});

describe('encodings', () => {
  it('are told by the header alone', () => {
    const of = (type: string) => encodingFromHeaders(new Fields([['Content-Type', type]]));
    expect(of('text/html; charset="GBK"')).toBe('GBK');
    expect(of('text/plain')).toBe('ISO-8859-1');
    expect(of('application/json')).toBe('utf-8');
    expect(of('image/png')).toBeUndefined();
  });

  it('are guessed within limits', () => {
    expect(guessEncoding(encodeUtf8('中文'))).toBe('utf-8');
    expect(guessEncoding(encodeUtf8('\ufffd'))).toBe('utf-8');
    expect(guessEncoding(Uint8Array.of(0xe4))).toBe('ISO-8859-1');
    expect(guessEncoding(encodeUtf8('plain'))).toBe('ascii');
    expect(guessJsonEncoding(Uint8Array.of(0, 0x7b, 0, 0x22))).toBe('utf-16-be');
  });

  it('decode, or say that they are not carried', () => {
    expect(decodeText(Uint8Array.of(0x80), 'windows-1252')).toBe('€');
    expect(decodeText(Uint8Array.of(0xff, 0xfe, 0x2d, 0x4e), 'UTF-16')).toBe('中');
    expect(decodeText(Uint8Array.of(1), 'no such')).toBeUndefined();
    expect(() => decodeText(Uint8Array.of(1), 'GB2312')).toThrow('encoding GB2312 is not carried');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => void expect(decodeStrict(encodeUtf8(text))).toBe(text)),
    );
    expect(() => decodeStrict(Uint8Array.of(0x61, 0xff))).toThrow(
      "can't decode byte 0xff in position 1: invalid start byte",
    );
  });
});

it('cookies: those of the host, and those that a program set for all', () => {
  const jar = RequestsCookieJar.of({ mine: '1' });
  const at = (host: string, path = '/') => ({ host, path, secure: false, now: 100 });
  jar.extract(
    new Fields([
      ['Set-Cookie', 'sid=2; Max-Age=10'],
      ['Set-Cookie', 'deep=3; Path=/a'],
    ]),
    at('x.test'),
  );
  expect(jar.header(at('x.test'))).toBe('mine=1; sid=2');
  expect(jar.header(at('x.test', '/a/b'))).toBe('deep=3; mine=1; sid=2');
  expect(jar.header(at('y.test'))).toBe('mine=1');
  expect(new RequestsCookieJar().update(jar).header({ ...at('x.test'), now: 200 })).toBe('mine=1');
  jar.clear();
  expect(jar.items()).toEqual([]);
});

it('redirects: method, place, fragment', () => {
  expect([301, 302, 303, 307].map((status) => nextMethod('PUT', status))).toEqual(['PUT', 'GET', 'GET', 'PUT']);
  expect(nextUrl('../x y', 'http://a/b/c/d', 'f')).toBe('http://a/b/x%20y#f');
  expect(nextUrl('//b/x', 'http://a/', '')).toBe('http://b/x');
  expect(requoteUri('http://a/%7eb/%zz')).toBe('http://a/%257eb/%25zz');
});

it('exceptions are caught by any of their parents', () => {
  const error = new RequestException('ConnectTimeout', 'late');
  expect(
    ['ConnectionError', 'Timeout', 'OSError', 'ReadTimeout'].map((name) => isinstance(error, name as never)),
  ).toEqual([true, true, true, false]);
});
