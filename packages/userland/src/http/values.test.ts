import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateConditions, fileValidators, rangeApplies } from './conditional.ts';
import { formatHttpDate, formatLogDate, parseCookieDate, parseHttpDate } from './date.ts';
import { Fields, splitList } from './fields.ts';
import { mediaType } from './mime.ts';
import { formatContentRange, parseRange } from './range.ts';
import { formatUrl, parseUrl, percentDecode, resolveReference, type Url } from './url.ts';

describe('dates', () => {
  it('agree with the calendar for every second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000_000_000 }), (seconds) => {
        expect(formatHttpDate(seconds)).toBe(new Date(seconds * 1000).toUTCString());
      }),
    );
  });

  it('are read in the three forms of RFC 9110', () => {
    for (const text of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])
      expect(parseHttpDate(text), text).toBe(784111777);
    for (const text of ['', 'yesterday', 'Sun, 31 Feb 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 24:00:00 GMT'])
      expect(parseHttpDate(text), text).toBeUndefined();
    expect(formatLogDate(784111777)).toBe('06/Nov/1994:08:49:37 +0000');
  });

  it('of cookies may be sloppy', () => {
    for (const text of ['Sun, 06-Nov-1994 08:49:37 GMT', '8:49:37 6 november 94', 'Nov 06 1994 08:49:37'])
      expect(parseCookieDate(text), text).toBe(784111777);
    fc.assert(fc.property(fc.string(), (text) => void parseCookieDate(text)));
  });
});

describe('fields', () => {
  it('split lists at commas outside quotes', () => {
    expect(splitList('a, "b,c" , , d')).toEqual(['a', '"b,c"', 'd']);
    expect(splitList('"a\\')).toEqual(['"a\\']);
  });

  it('are found without case and kept in order', () => {
    const fields = new Fields([
      ['A', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
    expect(fields.get('A')).toBe('1, 3');
    expect([...fields.set('a', '4')].map(({ value }) => value)).toEqual(['4', '2']);
  });
});

describe('conditions', () => {
  const current = fileValidators(784111777_000000000, 255);
  const evaluate = (name: string, value: string) => evaluateConditions(new Fields([[name, value]]), current);

  it('compare entity tags and dates', () => {
    expect(current.etag).toBe('"2ebc9921-ff"'.replace('2ebc9921', (784111777).toString(16)));
    expect(evaluate('If-None-Match', `"x", W/${current.etag}`)).toBe('not modified');
    expect(evaluate('If-None-Match', '*')).toBe('not modified');
    expect(evaluate('If-None-Match', '"x"')).toBe('proceed');
    expect(evaluate('If-Match', '"x"')).toBe('failed');
    expect(evaluate('If-Match', current.etag)).toBe('proceed');
    expect(evaluate('If-Modified-Since', formatHttpDate(784111777))).toBe('not modified');
    expect(evaluate('If-Modified-Since', formatHttpDate(784111776))).toBe('proceed');
    expect(evaluate('If-Unmodified-Since', formatHttpDate(784111776))).toBe('failed');
    expect(evaluate('If-Modified-Since', 'nonsense')).toBe('proceed');
  });

  it('drop a range whose version has gone', () => {
    expect(rangeApplies(new Fields([['If-Range', current.etag]]), current)).toBe(true);
    expect(rangeApplies(new Fields([['If-Range', '"x"']]), current)).toBe(false);
  });
});

describe('ranges', () => {
  it.each([
    ['bytes=0-4', [{ first: 0, last: 4 }]],
    ['bytes=5-', [{ first: 5, last: 9 }]],
    ['bytes=-3', [{ first: 7, last: 9 }]],
    ['bytes=-30', [{ first: 0, last: 9 }]],
    [
      'bytes=8-99, 0-0',
      [
        { first: 8, last: 9 },
        { first: 0, last: 0 },
      ],
    ],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=4-2', 'ignore'],
    ['bytes=-', 'ignore'],
    ['lines=1-2', 'ignore'],
  ])('%s of ten bytes', (text, wanted) => {
    expect(parseRange(text, 10)).toEqual(wanted);
  });

  it('are named in Content-Range', () => {
    expect(formatContentRange({ first: 0, last: 4 }, 10)).toBe('bytes 0-4/10');
    expect(formatContentRange(undefined, 10)).toBe('bytes */10');
  });
});

describe('URLs', () => {
  it('are taken apart', () => {
    expect(parseUrl('HTTP://u:p@Www.Shop.Test:8080/a/../b?c=d#e')).toEqual({
      scheme: 'http',
      userinfo: 'u:p',
      host: 'www.shop.test',
      port: 8080,
      path: '/b',
      query: 'c=d',
      fragment: 'e',
    });
    expect([parseUrl('http://h:99999/'), parseUrl('http:///x'), parseUrl('/x'), parseUrl('http://a b/')]).toEqual([
      'bad port',
      'no host',
      'malformed',
      'malformed',
    ]);
  });

  it.each([
    ['g', 'http://a/b/c/g'],
    ['./g/', 'http://a/b/c/g/'],
    ['/g', 'http://a/g'],
    ['//g', 'http://g/'],
    ['?y', 'http://a/b/c/d;p?y'],
    ['g?y#s', 'http://a/b/c/g?y#s'],
    ['', 'http://a/b/c/d;p?q'],
    ['../../../g', 'http://a/g'],
    ['..', 'http://a/b/'],
    ['http://x/y', 'http://x/y'],
  ])('resolve %j as RFC 3986 section 5.4 does', (reference, wanted) => {
    expect(formatUrl(resolveReference(parseUrl('http://a/b/c/d;p?q') as Url, reference) as Url)).toBe(wanted);
  });

  it('never throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void resolveReference(parseUrl('http://a/b') as Url, text)));
    fc.assert(fc.property(fc.webUrl(), (text) => void expect(typeof parseUrl(text)).toBe('object')));
  });

  it('decode percent signs or refuse', () => {
    expect(percentDecode('a%2Fb')).toEqual(Uint8Array.of(97, 47, 98));
    expect(percentDecode('%2')).toBeUndefined();
  });
});

it('media types follow the extension', () => {
  expect([mediaType('/a/index.html'), mediaType('x.PNG'), mediaType('/a.b/c'), mediaType('.png')]).toEqual([
    'text/html; charset=utf-8',
    'image/png',
    'application/octet-stream',
    'application/octet-stream',
  ]);
});
