import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQsl, quote, quotePlus, unquote, unquotePlus, urlencode, urljoin, urlsplit, urlunsplit } from './parse.ts';

/** No lone surrogates: no encoding holds them. */
const text = fc.string({ unit: 'grapheme' });

describe('quoting', () => {
  it('comes back as it was', () => {
    fc.assert(fc.property(text, (value) => void expect(unquote(quote(value))).toBe(value)));
    fc.assert(fc.property(text, (value) => void expect(unquotePlus(quotePlus(value))).toBe(value)));
  });

  it('leaves nothing that a URL may not hold', () => {
    fc.assert(fc.property(text, (value) => void expect(quote(value)).toMatch(/^[A-Za-z0-9_.\-~/%]*$/)));
  });
});

it('a form comes back as it was', () => {
  const pairs = fc.array(fc.tuple(text, text));
  fc.assert(
    fc.property(pairs, (data) => void expect(parseQsl(urlencode(data), true)).toEqual(data.map((pair) => [...pair]))),
  );
  expect(parseQsl('a=&b=1&=c&&d')).toEqual([
    ['b', '1'],
    ['', 'c'],
  ]);
});

it('a URL put together again is the same', () => {
  for (const url of ['http://a/b?c#d', 'http://a', '/x?y', 'mailto:a@b', 'file:///etc/hosts', '//host/path'])
    expect(urlunsplit(urlsplit(url))).toBe(url);
  expect(urljoin('http://a/b/c', '../../../d')).toBe('http://a/d');
});
