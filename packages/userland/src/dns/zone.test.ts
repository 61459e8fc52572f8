import { CLASS, type Question, RCODE, typeNumber } from '@netarium/core/wire/dns-types.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerFromZones } from './authority.ts';
import { rdataText } from './record-text.ts';
import { buildZone, type Zone } from './zone.ts';
import { parseZoneFile } from './zone-file.ts';

const SHOP = `
$ORIGIN shop.test.
$TTL 1h
@       IN SOA ns1 hostmaster (
            2026010101 ; serial
            2h 30m 2w
            5m )       ; negative TTL
        IN NS  ns1
           NS  ns2.shop.test.
ns1     A   10.0.3.53
ns2     300 IN A 10.0.4.53
www     CNAME web
web     IN 60 A 10.0.2.2
        A  10.0.2.3
        AAAA 2001:db8::2
@       MX 10 mail
mail    A  10.0.2.25
text    TXT "hello; world" plain "a \\"quote\\""
_http._tcp SRV 0 5 80 web
out     CNAME elsewhere.example.
loop1   CNAME loop2
loop2   CNAME loop1
*.wild  A 10.9.9.9
host.wild TXT "no address here"
sub     NS ns.sub
ns.sub  A 10.0.9.53
odd     TYPE65280 \\# 3 0A0B0C
empty.inner A 10.1.1.1
`;

function zoneOf(text: string, origin = 'shop.test.'): Zone {
  const parsed = parseZoneFile(text, origin);
  if (!parsed.ok) throw new Error(`${parsed.problem.line}: ${parsed.problem.text}`);
  const built = buildZone(origin, parsed.records);
  if (!built.ok) throw new Error(`${built.line}: ${built.text}`);
  return built.zone;
}

const shop = new Map([['shop.test.', zoneOf(SHOP)]]);
const ask = (name: string, type: string, zones = shop) => {
  const question: Question = { name, type: typeNumber(type)!, class: CLASS.IN };
  const answer = answerFromZones(zones, question, { minimal: false, acrossZones: true, rotate: 0 });
  const list = (records: readonly { name: string; ttl: number; data: Parameters<typeof rdataText>[0] }[]) =>
    records.map((one) => `${one.name} ${one.ttl} ${one.data.kind} ${rdataText(one.data)}`);
  return (
    answer && {
      rcode: answer.rcode,
      aa: answer.authoritative,
      answers: list(answer.answers),
      authorities: list(answer.authorities),
      additionals: list(answer.additionals),
      open: answer.open,
    }
  );
};

describe('master files', () => {
  const problem = (text: string) => {
    const parsed = parseZoneFile(text, 'test.');
    return parsed.ok ? undefined : `${parsed.problem.line}: ${parsed.problem.text}`;
  };

  it.each([
    ['@ 5 A 10.0.0', "1: near '10.0.0': bad dotted quad"],
    ['\n\n@ 5 FOO bar', "3: unknown RR type 'FOO'"],
    ['@ A 10.0.0.1', '1: no TTL specified'],
    ['  5 A 10.0.0.1', '1: no current owner name'],
    ['$INCLUDE other', '1: $INCLUDE is not supported by Netarium; see docs/coverage/named.md'],
    ['$TTL', '1: unexpected end of line'],
    ['$FOO x', "1: unknown $ directive '$FOO'"],
    ['x 5 TXT', '1: near eol: unexpected end of input'],
    ['a..b 5 A 10.0.0.1', '1: empty label'],
    ['@ 5 SOA a b ( 1 2 3 4 5', '1: unbalanced parentheses'],
    ['@ 5 TXT "open', '1: unbalanced quotes'],
    ['@ 5 MX ten mail', "1: near 'ten': not a valid number"],
    ['@ 5 MX 70000 mail', "1: near '70000': out of range"],
    ['@ 5 A 10.0.0.1 10.0.0.2', "1: near '10.0.0.2': extra input text"],
    [`${'x'.repeat(64)} 5 A 10.0.0.1`, '1: label too long'],
    ['a 5 CH A 10.0.0.1', "1: class 'CH' != zone class 'IN'"],
    [
      'a 5 DNSKEY 257 3 8 abc',
      "1: DNSKEY data can be given as '\\# length hex' (RFC 3597) only; see docs/coverage/named.md",
    ],
    ['a 5 A \\# 3 0A0B0C', '1: bad data for type 1'],
  ])('%j: %s', (text, expected) => expect(problem(text)).toBe(expected));

  it('end on any text', () => {
    const words = fc.constantFrom(
      '@',
      '$TTL',
      '$ORIGIN',
      '(',
      ')',
      '"',
      ';',
      '\n',
      ' ',
      'IN',
      'A',
      'SOA',
      '1h',
      '\\',
      'x.',
      '5',
      '\\#',
    );
    const text = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.array(words, { maxLength: 60 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, (value) => {
        const parsed = parseZoneFile(value, 'test.');
        if (parsed.ok) buildZone('test.', parsed.records);
      }),
      { numRuns: 2000 },
    );
  });

  it('end on zones with changed characters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(SHOP.length - 1), fc.string({ maxLength: 3 })), { maxLength: 5 }),
        (edits) => {
          let text = SHOP;
          for (const [at, insert] of edits) text = text.slice(0, at) + insert + text.slice(at + 1);
          const parsed = parseZoneFile(text, 'shop.test.');
          if (parsed.ok) buildZone('shop.test.', parsed.records);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('must make a zone', () => {
    const build = (text: string) => {
      const parsed = parseZoneFile(text, 'test.');
      if (!parsed.ok) throw new Error(parsed.problem.text);
      const built = buildZone('test.', parsed.records);
      return built.ok ? built.warnings.map((one) => `${one.line}: ${one.text}`).join() : `${built.line}: ${built.text}`;
    };
    const soa = '@ 5 SOA a b 1 2 3 4 5\n';
    expect(build('@ 5 NS a')).toBe('1: zone has 0 SOA records');
    expect(build(soa)).toBe('1: zone has no NS records');
    expect(build(`${soa} NS a\nx CNAME y\nx A 10.0.0.1`)).toBe('4: x.test: CNAME and other data');
    expect(build(`${soa} NS a\nx CNAME y\nx CNAME z`)).toBe('4: x.test: multiple RRs of singleton type');
    expect(build(`${soa} NS a\nother. A 10.0.0.1`)).toBe('3: ignoring out-of-zone data (other)');
    expect(build(`@ SOA a b 1 2 3 4 5\n NS a`)).toBe('');
    expect(build(`${soa} NS a\n*.x NS b`)).toBe('3: *.x.test: invalid NS owner name (wildcard)');
  });
});

describe('answers', () => {
  it('gives addresses with authority and glue', () => {
    expect(ask('WEB.shop.test.', 'A')).toEqual({
      rcode: RCODE.NOERROR,
      aa: true,
      answers: ['WEB.shop.test. 60 A 10.0.2.2', 'WEB.shop.test. 60 A 10.0.2.3'],
      authorities: ['shop.test. 3600 NS ns1.shop.test.', 'shop.test. 3600 NS ns2.shop.test.'],
      additionals: ['ns1.shop.test. 3600 A 10.0.3.53', 'ns2.shop.test. 300 A 10.0.4.53'],
      open: undefined,
    });
  });

  it('follows aliases inside, and stops at those that lead out or in circles', () => {
    expect(ask('www.shop.test.', 'A')?.answers).toEqual(
      ['www.shop.test. 3600 CNAME web.shop.test.', 'www.shop.test. 60 A 10.0.2.2', 'www.shop.test. 60 A 10.0.2.3'].map(
        (line) => line.replace(/^www(.* A )/, 'web$1'),
      ),
    );
    expect(ask('www.shop.test.', 'CNAME')?.answers).toHaveLength(1);
    expect(ask('out.shop.test.', 'A')?.open).toEqual({ kind: 'alias', target: 'elsewhere.example.' });
    expect(ask('loop1.shop.test.', 'A')?.answers).toHaveLength(2);
  });

  it('tells NXDOMAIN from NODATA, with the SOA and the negative TTL', () => {
    const soa = 'shop.test. 300 SOA ns1.shop.test. hostmaster.shop.test. 2026010101 7200 1800 1209600 300';
    expect(ask('no.shop.test.', 'A')).toMatchObject({ rcode: RCODE.NXDOMAIN, aa: true, authorities: [soa] });
    expect(ask('mail.shop.test.', 'TXT')).toMatchObject({ rcode: RCODE.NOERROR, answers: [], authorities: [soa] });
    expect(ask('inner.shop.test.', 'A')).toMatchObject({ rcode: RCODE.NOERROR, answers: [], authorities: [soa] });
  });

  it('refers to the servers of a delegated zone, with glue and without AA', () => {
    const referral = {
      aa: false,
      answers: [],
      authorities: ['sub.shop.test. 3600 NS ns.sub.shop.test.'],
      additionals: ['ns.sub.shop.test. 3600 A 10.0.9.53'],
      open: { kind: 'referral', cut: 'sub.shop.test.' },
    };
    expect(ask('a.b.sub.shop.test.', 'A')).toMatchObject(referral);
    expect(ask('sub.shop.test.', 'NS')).toMatchObject(referral);
    expect(ask('ns.sub.shop.test.', 'A')).toMatchObject(referral);
  });

  it('makes wildcard answers only where nothing closer exists', () => {
    expect(ask('x.wild.shop.test.', 'A')?.answers).toEqual(['x.wild.shop.test. 3600 A 10.9.9.9']);
    expect(ask('x.y.wild.shop.test.', 'A')?.answers).toEqual(['x.y.wild.shop.test. 3600 A 10.9.9.9']);
    expect(ask('host.wild.shop.test.', 'A')).toMatchObject({ rcode: RCODE.NOERROR, answers: [] });
    expect(ask('x.host.wild.shop.test.', 'A')).toMatchObject({ rcode: RCODE.NXDOMAIN });
    expect(ask('x.wild.shop.test.', 'MX')).toMatchObject({ rcode: RCODE.NOERROR, answers: [] });
  });

  it('gives MX, SRV, TXT and unknown types with the addresses behind them', () => {
    expect(ask('shop.test.', 'MX')?.additionals).toContain('mail.shop.test. 3600 A 10.0.2.25');
    expect(ask('_http._tcp.shop.test.', 'SRV')?.additionals).toContain('web.shop.test. 60 A 10.0.2.2');
    expect(ask('text.shop.test.', 'TXT')?.answers).toEqual([
      'text.shop.test. 3600 TXT "hello; world" "plain" "a \\"quote\\""',
    ]);
    expect(ask('odd.shop.test.', 'TYPE65280')?.answers).toEqual(['odd.shop.test. 3600 raw \\# 3 0A0B0C']);
    expect(ask('shop.test.', 'ANY')?.answers).toHaveLength(1);
    expect(ask('example.', 'A')).toBeUndefined();
  });

  it('rotates record sets', () => {
    const question = { name: 'web.shop.test.', type: 1, class: 1 };
    const first = (rotate: number) =>
      answerFromZones(shop, question, { minimal: true, acrossZones: true, rotate })!.answers[0]!.data;
    expect([0, 1, 2].map(first).map(rdataText)).toEqual(['10.0.2.2', '10.0.2.3', '10.0.2.2']);
  });
});
