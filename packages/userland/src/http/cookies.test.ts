import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCookieFile, parseCookieFile } from './cookiefile.ts';
import { CookieJar, type CookieRequest, defaultPath, domainMatches, parseSetCookie, pathMatches } from './cookies.ts';

const NOW = 1_000_000;
const at = (host: string, path = '/', secure = false): CookieRequest => ({ host, path, secure });

function jarOf(...lines: readonly [host: string, setCookie: string][]): CookieJar {
  const jar = new CookieJar();
  for (const [host, text] of lines) jar.receive(text, at(host, '/shop/cart'), NOW);
  return jar;
}

describe('matching', () => {
  it('of domains and paths', () => {
    expect([
      domainMatches('a.b.test', 'b.test'),
      domainMatches('ab.test', 'b.test'),
      domainMatches('10.0.0.1', '0.0.1'),
    ]).toEqual([true, false, false]);
    expect([pathMatches('/a/b', '/a'), pathMatches('/ab', '/a'), pathMatches('/a/b', '/a/')]).toEqual([
      true,
      false,
      true,
    ]);
    expect([defaultPath('/a/b'), defaultPath('/a'), defaultPath('')]).toEqual(['/a', '/', '/']);
  });

  it('keeps host-only cookies at their host', () => {
    const jar = jarOf(['shop.test', 'a=1'], ['www.shop.test', 'b=2; Domain=.Shop.test; Path=/']);
    expect(jar.header(at('shop.test', '/shop'), NOW)).toBe('a=1; b=2');
    expect(jar.header(at('www.shop.test', '/shop'), NOW)).toBe('b=2');
    expect(jar.header(at('other.test'), NOW)).toBeUndefined();
  });

  it('sends longer paths first, then older cookies', () => {
    const jar = jarOf(['h.test', 'a=1; Path=/'], ['h.test', 'b=2; Path=/shop'], ['h.test', 'c=3; Path=/']);
    expect(jar.header(at('h.test', '/shop/x'), NOW)).toBe('b=2; a=1; c=3');
  });
});

describe('storing', () => {
  it('replaces a cookie of the same name, domain and path', () => {
    expect(jarOf(['h.test', 'a=1'], ['h.test', 'a=2']).header(at('h.test', '/shop'), NOW)).toBe('a=2');
  });

  it('expires by Max-Age before Expires, in virtual time', () => {
    const jar = jarOf(['h.test', 'a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/']);
    expect(jar.header(at('h.test'), NOW + 9)).toBe('a=1');
    expect(jar.header(at('h.test'), NOW + 10)).toBeUndefined();
    jar.receive('a=1; Max-Age=0; Path=/', at('h.test'), NOW);
    expect(jar.cookies).toEqual([]);
  });

  it.each([
    ['a', 'malformed'],
    ['=x', 'malformed'],
    ['a=1; Domain=evil.test', 'domain does not match'],
    ['a=1; Domain=test', 'public suffix'],
    ['a=1; Secure', 'secure attribute over http'],
  ])('refuses %j', (text, wanted) => {
    expect(parseSetCookie(text, at('www.shop.test'), NOW)).toBe(wanted);
  });

  it('reads every attribute', () => {
    expect(
      parseSetCookie('id=a=b; path=/x; HttpOnly; SameSite=lax; Secure; Max-Age=5', at('h.test', '/', true), NOW),
    ).toEqual({
      name: 'id',
      value: 'a=b',
      domain: 'h.test',
      hostOnly: true,
      path: '/x',
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
      expires: NOW + 5,
      created: NOW,
    });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseSetCookie(text, at('h.test'), NOW)));
  });
});

describe('the cookie file', () => {
  it('comes back as it was written', () => {
    const jar = jarOf(['h.test', 'a=1; HttpOnly; Max-Age=99'], ['w.h.test', 'b=; Domain=h.test; Path=/x']);
    const text = formatCookieFile(jar);
    expect(text.split('\n').slice(4, 6)).toEqual([
      '.h.test\tTRUE\t/x\tFALSE\t0\tb\t',
      `#HttpOnly_h.test\tFALSE\t/shop\tFALSE\t${NOW + 99}\ta\t1`,
    ]);
    expect(formatCookieFile(parseCookieFile(formatCookieFile(parseCookieFile(text, NOW)), NOW))).toBe(text);
    expect(parseCookieFile(text, NOW + 99).cookies.map(({ name }) => name)).toEqual(['b']);
  });
});
