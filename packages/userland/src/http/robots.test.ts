import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Robots } from './robots.ts';

const allowed = (text: string, agent: string, ...paths: readonly string[]): string =>
  paths.map((path) => (Robots.parse(text).allowed(agent, path) ? 'y' : 'n')).join('');

describe('robots.txt', () => {
  it('takes the group of the crawler, or that for all (RFC 9309 section 2.2.1)', () => {
    const text = 'User-Agent: foobot\nUser-agent: barbot\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n';
    expect(allowed(text, 'FooBot/1.0 (+http://x/)', '/a', '/b')).toBe('ny');
    expect(allowed(text, 'barbot', '/a/b', '/b')).toBe('ny');
    expect(allowed(text, 'other', '/', '/robots.txt')).toBe('ny');
    expect(allowed('Disallow: /\n', 'x', '/')).toBe('y');
  });

  it('lets the longest rule decide, and allow where two are as long (section 2.2.2)', () => {
    const text =
      'User-agent: *\nDisallow: /\nAllow: /pages/\nDisallow: /pages/private\nAllow: /same\nDisallow: /same\n';
    expect(allowed(text, 'x', '/', '/pages/1', '/pages/private/2', '/same')).toBe('nyny');
    expect(allowed('User-agent: *\nDisallow:\n', 'x', '/')).toBe('y');
  });

  it('knows * and $, and compares escapes by what they stand for', () => {
    const text =
      'User-agent: *\nDisallow: /*.gif$\nDisallow: /a*b*c\nDisallow: /%7euser/\nDisallow: /end$ # a comment\n';
    expect(
      allowed(text, 'x', '/x.gif', '/x.gif?1', '/a-b-c-d', '/a-c-b', '/~user/x', '/%7Euser/', '/end', '/end/'),
    ).toBe('nynynnny');
  });

  it('reads Crawl-delay, line ends of all kinds, and rubbish', () => {
    const text = '\ufeffuser-agent:*\rcrawl-delay: 2.5\r\nnonsense\nDisallow /x\nSitemap: http://x/\nDISALLOW: /p\n';
    expect(Robots.parse(text).crawlDelay('x')).toBe(2.5);
    expect(allowed(text, 'x', '/x', '/p')).toBe('yn');
  });

  it('answers whatever it is given', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, agent, path) => {
        const robots = Robots.parse(`User-agent: *\nDisallow: ${text}\n${text}`);
        expect(typeof robots.allowed(agent, `/${path}`)).toBe('boolean');
      }),
    );
    expect(Robots.parse('User-agent: *\nDisallow: /').allowed('x', '/y')).toBe(false);
  });
});
