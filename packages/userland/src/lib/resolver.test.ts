import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHosts, parseNsswitch, parseResolvConf } from './resolv-conf.ts';
import { parseAton, reverseName } from './resolver.ts';
import { isProblem, parseStatements } from './statements.ts';

describe('resolv.conf', () => {
  it('has the defaults of glibc', () => {
    expect(parseResolvConf('', 'pc')).toEqual({
      nameservers: ['127.0.0.1'],
      search: [],
      ndots: 1,
      timeout: 5,
      attempts: 2,
      rotate: false,
      useTcp: false,
      edns: false,
    });
    expect(parseResolvConf('', 'pc.home.test').search).toEqual(['home.test']);
  });

  it('takes three servers, the last search list, and bounded options', () => {
    const text = `# a comment
; another
nameserver 10.0.0.1
nameserver nonsense
nameserver 10.0.0.2
nameserver 10.0.0.3
nameserver 10.0.0.4
domain first.test
search a.test b.test
options ndots:3 timeout:99 attempts:9 rotate use-vc edns0 unknown:1
`;
    expect(parseResolvConf(text, 'pc')).toEqual({
      nameservers: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
      search: ['a.test', 'b.test'],
      ndots: 3,
      timeout: 30,
      attempts: 5,
      rotate: true,
      useTcp: true,
      edns: true,
    });
  });
});

describe('nsswitch.conf', () => {
  const order = (text: string) =>
    parseNsswitch(text).map(
      (one) =>
        `${one.name}:${['SUCCESS', 'NOTFOUND', 'UNAVAIL', 'TRYAGAIN'].filter((status) => one.returnOn.has(status as never)).join('+')}`,
    );

  it.each([
    ['', ['files:SUCCESS', 'dns:SUCCESS']],
    ['hosts: dns files # comment', ['dns:SUCCESS', 'files:SUCCESS']],
    ['passwd: files\n hosts:\tfiles', ['files:SUCCESS']],
    ['hosts: files [NOTFOUND=return] dns', ['files:SUCCESS+NOTFOUND', 'dns:SUCCESS']],
    ['hosts: dns [!UNAVAIL=return] files', ['dns:SUCCESS+NOTFOUND+TRYAGAIN', 'files:SUCCESS']],
    ['hosts: files [SUCCESS=continue notfound=RETURN] dns', ['files:NOTFOUND', 'dns:SUCCESS']],
  ])('%j', (text, expected) => expect(order(text)).toEqual(expected));
});

describe('hosts', () => {
  it('has addresses, names and aliases; the rest is skipped', () => {
    expect(parseHosts('127.0.0.1\tlocalhost lo # me\n\n10.0.0.300 bad\n::1 ip6-localhost\r\n10.0.0.1\n')).toEqual([
      { address: '127.0.0.1', name: 'localhost', aliases: ['lo'] },
      { address: '::1', name: 'ip6-localhost', aliases: [] },
    ]);
  });
});

describe('numeric names', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['10.1.2', '10.1.0.2'],
    ['0x7f000001', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['010.0.0.1', '8.0.0.1'],
    ['0', '0.0.0.0'],
    ['10.0.0.256', undefined],
    ['256.1', undefined],
    ['1.2.3.4.5', undefined],
    ['08', undefined],
    ['a', undefined],
    ['', undefined],
    ['4294967296', undefined],
  ])('%s is %s', (text, expected) => expect(parseAton(text)).toBe(expected));

  it('are found backwards', () => {
    expect(reverseName('10.0.1.2')).toBe('2.1.0.10.in-addr.arpa.');
    expect(reverseName('2001:db8::1')).toBe(`1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa.`);
    expect(reverseName('pc')).toBeUndefined();
  });
});

describe('any text', () => {
  it('is read without an exception', () => {
    const words = fc.constantFrom(
      'nameserver',
      'search',
      'options',
      'hosts:',
      '[',
      ']',
      'NOTFOUND=return',
      '10.0.0.1',
      '\n',
      ' ',
      '#',
      ':',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 30 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, (value) => {
        parseResolvConf(value, value);
        parseNsswitch(value);
        parseHosts(value);
        parseAton(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('is a tree of statements or one problem', () => {
    const words = fc.constantFrom('a', '{', '}', ';', '"', '#', '//', '/*', '*/', '\n', ',', '\\');
    const text = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 40 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, fc.boolean(), fc.boolean(), fc.boolean(), (value, semicolonAfterBlock, cComments, commas) => {
        const parsed = parseStatements(value, { semicolonAfterBlock, cComments, commas });
        if (isProblem(parsed)) expect(parsed.line).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('of statements keeps lines, quotes and comments apart', () => {
    const syntax = { semicolonAfterBlock: true, cComments: true, commas: false };
    const parsed = parseStatements('a "b c" { // x\n d; /* y\n z */ e f;\n};', syntax);
    expect(JSON.stringify(parsed)).toContain('"text":"b c","quoted":true,"line":1');
    expect(isProblem(parsed) ? [] : parsed[0]!.block!.map((one) => one.line)).toEqual([2, 3]);
    expect(parseStatements('a { b; }', syntax)).toEqual({ line: 1, text: "missing ';' at end of file" });
    expect(parseStatements('{'.repeat(50), syntax)).toMatchObject({ text: 'blocks are nested deeper than 16' });
    expect(parseStatements('a "b', syntax)).toEqual({ line: 1, text: 'unbalanced quotes' });
    expect(parseStatements('a /* b', syntax)).toEqual({ line: 1, text: 'unbalanced comment' });
  });
});
