import { encodeDns } from '@netarium/core/wire/dns.ts';
import { decodeDns } from '@netarium/core/wire/dns-decoder.ts';
import {
  type DnsMessage,
  ednsOf,
  fullRcode,
  NO_FLAGS,
  OPCODE,
  optRecord,
  RCODE,
  type ResourceRecord,
  TYPE,
} from '@netarium/core/wire/dns-types.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DnsCache, setsOf, TRUST } from './cache.ts';
import { parseNamedConf } from './named-conf.ts';
import { encodeReply, type Query, type ReplyContent, readQuery, udpLimit } from './reply.ts';

const query = (change: Partial<DnsMessage> = {}): DnsMessage => ({
  id: 7,
  flags: { ...NO_FLAGS, rd: true },
  questions: [{ name: 'www.test.', type: TYPE.A, class: 1 }],
  answers: [],
  authorities: [],
  additionals: [],
  ...change,
});

const a = (name: string, address: string, ttl = 60): ResourceRecord => ({
  name,
  type: 1,
  class: 1,
  ttl,
  data: { kind: 'A', address },
});

describe('what is wrong with a query', () => {
  const rcode = (message: DnsMessage) => {
    const read = readQuery(encodeDns(message), true);
    return read.kind === 'reply' ? fullRcode(decodeDns(read.bytes).message) : read.kind;
  };

  it.each([
    ['nothing', query(), 'query'],
    ['it is a reply', query({ flags: { ...NO_FLAGS, qr: true } }), 'drop'],
    ['an opcode nobody knows', query({ flags: { ...NO_FLAGS, opcode: 9 } }), RCODE.NOTIMP],
    ['an update', query({ flags: { ...NO_FLAGS, opcode: OPCODE.UPDATE } }), RCODE.NOTIMP],
    ['no question', query({ questions: [] }), RCODE.FORMERR],
    ['two questions', query({ questions: [...query().questions, ...query().questions] }), RCODE.FORMERR],
    ['class CH', query({ questions: [{ name: 'version.bind.', type: TYPE.TXT, class: 3 }] }), RCODE.REFUSED],
    ['a zone transfer', query({ questions: [{ name: 'test.', type: TYPE.AXFR, class: 1 }] }), RCODE.NOTIMP],
    ['EDNS of a later version', query({ additionals: [optRecord({ udpSize: 512, version: 1 })] }), RCODE.BADVERS],
    [
      'two OPT records',
      query({ additionals: [optRecord({ udpSize: 512 }), optRecord({ udpSize: 512 })] }),
      RCODE.FORMERR,
    ],
  ])('%s', (_what, message, expected) => expect(rcode(message)).toBe(expected));

  it('answers FORMERR to what it cannot read, and nothing to less than a header', () => {
    const cut = encodeDns(query()).subarray(0, 20);
    const read = readQuery(cut, false);
    expect(read.kind === 'reply' && decodeDns(read.bytes).message).toMatchObject({
      id: 7,
      questions: [],
      flags: { rcode: 1, qr: true },
    });
    expect(readQuery(new Uint8Array(11), false).kind).toBe('drop');
  });

  it('is found in any bytes without an exception, and replies are well-formed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (raw, plain) => {
        if (plain && raw.length > 12) raw.set([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        const read = readQuery(raw, true);
        if (read.kind === 'reply') expect(decodeDns(read.bytes).problem).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('replies that do not fit', () => {
  const read = (message: DnsMessage): Query => {
    const result = readQuery(encodeDns(message), false);
    if (result.kind !== 'query') throw new Error(result.kind);
    return result.query;
  };
  const content = (answers: ResourceRecord[], more: Partial<ReplyContent> = {}): ReplyContent => ({
    rcode: 0,
    authoritative: true,
    answers,
    authorities: [],
    additionals: [],
    ...more,
  });
  const many = (name: string, count: number) =>
    Array.from({ length: count }, (_, i) => a(name, `10.0.${i >> 8}.${i & 255}`));
  const sizes = (bytes: Uint8Array) => {
    const { message } = decodeDns(bytes);
    return [bytes.length, message.flags.tc, message.answers.length, message.additionals.length];
  };

  it('leave out what does not fit and say TC', () => {
    expect(sizes(encodeReply(read(query()), content(many('www.test.', 40)), false, 512))).toEqual([506, true, 30, 0]);
    expect(sizes(encodeReply(read(query()), content(many('www.test.', 40)), false, 65_535))[1]).toBe(false);
    const edns = read(query({ additionals: [optRecord({ udpSize: 4096 })] }));
    expect(udpLimit(edns.edns)).toBe(1232);
    expect(udpLimit({ ...edns.edns!, udpSize: 100 })).toBe(512);
    const reply = encodeReply(edns, content(many('www.test.', 100)), false, 1232);
    expect(sizes(reply)).toEqual([37, true, 0, 1]);
    expect(ednsOf(decodeDns(reply).message)).toMatchObject({ udpSize: 1232, version: 0 });
  });

  it('do without additional records before anything else', () => {
    const reply = encodeReply(
      read(query()),
      content([a('www.test.', '10.0.0.1')], { additionals: many('ns.test.', 60) }),
      false,
      512,
    );
    expect(sizes(reply)).toEqual([42, false, 1, 0]);
  });
});

describe('the cache', () => {
  const set = (ttl: number, address = '10.0.0.1') => setsOf([a('www.test.', address, ttl)])[0]!;

  it('counts down and forgets', () => {
    const cache = new DnsCache();
    cache.put(set(60), TRUST.answer, 100);
    expect(cache.getSet('WWW.test.', 1, 130)?.ttl).toBe(30);
    expect(cache.getSet('www.test.', 1, 160)).toBeUndefined();
    cache.put(set(0), TRUST.answer, 200);
    expect(cache.getSet('www.test.', 1, 200)).toBeUndefined();
  });

  it('does not let glue replace an answer, but an answer glue', () => {
    const cache = new DnsCache();
    cache.put(set(60), TRUST.authoritative, 0);
    cache.put(set(60, '6.6.6.6'), TRUST.glue, 0);
    expect(cache.getSet('www.test.', 1, 0)?.data).toEqual([{ kind: 'A', address: '10.0.0.1' }]);
    cache.put(set(60, '10.0.0.2'), TRUST.authoritative, 0);
    expect(cache.getSet('www.test.', 1, 0)?.data).toEqual([{ kind: 'A', address: '10.0.0.2' }]);
  });

  it('keeps denials for all types or one', () => {
    const cache = new DnsCache();
    const soa = { ...a('test.', '10.0.0.1', 30), type: TYPE.SOA };
    cache.putNegative('nxdomain', 'no.test.', 1, soa, 0);
    cache.putNegative('nodata', 'www.test.', 28, soa, 0);
    expect(cache.get('no.test.', 16, 10)).toMatchObject({ kind: 'nxdomain', soa: { ttl: 20 } });
    expect(cache.get('www.test.', 28, 10)?.kind).toBe('nodata');
    expect(cache.get('www.test.', 1, 10)).toBeUndefined();
    cache.put(setsOf([a('no.test.', '10.0.0.1')])[0]!, TRUST.authoritative, 20);
    expect(cache.get('no.test.', 16, 20)).toBeUndefined();
  });

  it('holds a bounded number of entries', () => {
    const cache = new DnsCache();
    for (let i = 0; i < 20_100; i++) cache.put(setsOf([a(`n${i}.test.`, '10.0.0.1')])[0]!, TRUST.answer, 0);
    expect(cache.size).toBe(20_000);
    expect(cache.getSet('n0.test.', 1, 0)).toBeUndefined();
  });
});

describe('named.conf', () => {
  it('is read in its documented part', () => {
    const conf = parseNamedConf(`// comment
options {
  directory "/srv"; recursion no; forwarders { 10.0.0.1; 10.0.0.2; }; forward only;
  listen-on port 5353 { 10.0.0.9; }; rrset-order { order cyclic; }; minimal-responses yes;
  dnssec-validation no; allow-query { any; }; listen-on-v6 { none; }; querylog yes;
};
zone "shop.test" IN { type master; file "db"; };
zone "." { type hint; file "root"; };
`);
    expect(conf).toMatchObject({
      directory: '/srv',
      recursion: false,
      forwarders: ['10.0.0.1', '10.0.0.2'],
      forwardOnly: true,
      port: 5353,
      listenOn: ['10.0.0.9'],
      order: 'cyclic',
      minimal: true,
      querylog: true,
      zones: [
        { name: 'shop.test.', type: 'primary', file: 'db', line: 7 },
        { name: '.', type: 'hint', file: 'root', line: 8 },
      ],
    });
  });

  it.each([
    ['acl x { any; };', "1: statement 'acl' is not supported by Netarium; see docs/coverage/named.md"],
    [
      'options { dnssec-validation auto; };',
      "1: 'dnssec-validation auto' is not supported by Netarium; see docs/coverage/named.md",
    ],
    ['options {\n recursion maybe; };', "2: boolean expected near 'maybe'"],
    ['options { forwarders { dns.test; }; };', "1: expected IP address near 'dns.test'"],
    [
      'zone "x" { type secondary; };',
      "1: zone type 'secondary' is not supported by Netarium; see docs/coverage/named.md",
    ],
    ['zone "x" { type primary; };', "1: zone 'x': missing 'file' entry"],
    ['zone "x" { file "f"; };', "1: zone 'x': 'type' not present"],
    ['zone "a..b" { type primary; file "f"; };', "1: zone: bad name 'a..b'"],
    ['zone "x" { type primary; file "f"; };\nzone "X" { type primary; file "g"; };', "2: zone 'X': already exists"],
    [
      'zone "x" { type primary; file "f"; allow-update { any; }; };',
      "1: 'allow-update' other than { none; } is not supported by Netarium; see docs/coverage/named.md",
    ],
    ['options;', "1: '{' expected near 'options'"],
  ])('%j', (text, expected) => {
    const conf = parseNamedConf(text);
    expect('text' in conf && `${conf.line}: ${conf.text}`).toBe(expected);
  });

  it('ends on any text', () => {
    const words = fc.constantFrom(
      'options',
      'zone',
      '"x"',
      '{',
      '}',
      ';',
      'type',
      'primary',
      'file',
      'recursion',
      'yes',
      'forwarders',
      '10.0.0.1',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (all) => void parseNamedConf(all.join(' '))),
      { numRuns: 1000 },
    );
  });
});
