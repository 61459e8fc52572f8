import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIpv6 } from '../base/address.ts';
import { fromHex } from '../base/bytes.ts';
import { encodeDns } from './dns.ts';
import { decodeDns } from './dns-decoder.ts';
import { isWithin, labelsOf, nameText, parentName, parseLabels, parseName } from './dns-name.ts';
import { type DnsMessage, ednsOf, fullRcode, NO_FLAGS, optRecord, type ResourceRecord, TYPE } from './dns-types.ts';

const label = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  // No capital letters: compression may answer with the spelling of the earlier name.
  .map((bytes) => String.fromCharCode(...bytes.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))));
const name = fc.array(label, { maxLength: 5 }).map(nameText);
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = fc.uint8Array({ maxLength: 40 });
const latin = fc.uint8Array({ maxLength: 255 }).map((raw) => String.fromCharCode(...raw));
const ipv4 = fc.ipV4();

const data = fc.oneof(
  ipv4.map((address) => [TYPE.A, { kind: 'A', address }]),
  fc.ipV6().map((text) => [TYPE.AAAA, { kind: 'AAAA', address: String(parseIpv6(text)) }]),
  name.map((target) => [TYPE.NS, { kind: 'NS', target }]),
  name.map((target) => [TYPE.CNAME, { kind: 'CNAME', target }]),
  name.map((target) => [TYPE.PTR, { kind: 'PTR', target }]),
  fc.record({ kind: fc.constant('MX'), preference: u16, exchange: name }).map((one) => [TYPE.MX, one]),
  fc.array(latin, { minLength: 1, maxLength: 3 }).map((texts) => [TYPE.TXT, { kind: 'TXT', texts }]),
  fc
    .record({ kind: fc.constant('SRV'), priority: u16, weight: u16, port: u16, target: name })
    .map((one) => [TYPE.SRV, one]),
  fc
    .record({
      kind: fc.constant('SOA'),
      primary: name,
      mailbox: name,
      serial: u32,
      refresh: u32,
      retry: u32,
      expire: u32,
      minimum: u32,
    })
    .map((one) => [TYPE.SOA, one]),
  fc
    .array(fc.record({ code: u16, data: bytes }), { maxLength: 3 })
    .map((options) => [TYPE.OPT, { kind: 'OPT', options }]),
  bytes.map((raw) => [65280, { kind: 'raw', bytes: raw }]),
) as unknown as fc.Arbitrary<readonly [number, ResourceRecord['data']]>;

const record = fc
  .record({ name, class: u16, ttl: u32, data })
  .map((one): ResourceRecord => ({ ...one, type: one.data[0], data: one.data[1] }));
const flag = fc.boolean();
const four = fc.integer({ min: 0, max: 15 });
const message: fc.Arbitrary<DnsMessage> = fc.record({
  id: u16,
  flags: fc.record({
    qr: flag,
    opcode: four,
    aa: flag,
    tc: flag,
    rd: flag,
    ra: flag,
    z: flag,
    ad: flag,
    cd: flag,
    rcode: four,
  }),
  questions: fc.array(fc.record({ name, type: u16, class: u16 }), { maxLength: 2 }),
  answers: fc.array(record, { maxLength: 4 }),
  authorities: fc.array(record, { maxLength: 3 }),
  additionals: fc.array(record, { maxLength: 3 }),
});

const query = (qname: string): DnsMessage => ({
  id: 0x1234,
  flags: { ...NO_FLAGS, rd: true },
  questions: [{ name: qname, type: TYPE.A, class: 1 }],
  answers: [],
  authorities: [],
  additionals: [],
});

describe('codec', () => {
  it('gives back what it encoded', () => {
    fc.assert(
      fc.property(message, (value) => {
        const encoded = encodeDns(value);
        const decoded = decodeDns(encoded);
        expect(decoded.problem).toBeUndefined();
        expect(decoded.end).toBe(encoded.length);
        expect(decoded.message).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('lays every byte behind the header into exactly one question or record', () => {
    fc.assert(
      fc.property(message, (value) => {
        const { layout, end } = decodeDns(encodeDns(value));
        const all = [...layout.questions, ...layout.records];
        let at = 12;
        for (const one of all) {
          expect(one.start).toBe(at);
          expect(one.fields[0]!.start).toBe(at);
          expect(one.fields.every((field) => field.start >= one.start && field.end <= one.end)).toBe(true);
          at = one.end;
        }
        expect(at).toBe(end);
      }),
    );
  });

  it('ends without an exception on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (raw) => {
        const decoded = decodeDns(raw);
        expect(decoded.end).toBeLessThanOrEqual(raw.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('ends without an exception on mutated messages, and what it read encodes again', () => {
    fc.assert(
      fc.property(
        message,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(),
        (value, flips, cut) => {
          const raw = encodeDns(value);
          for (const [at, byte] of flips) raw[at % raw.length] = byte;
          const decoded = decodeDns(raw.subarray(0, raw.length - (cut % 20)));
          const again = decodeDns(encodeDns(decoded.message));
          if (!decoded.problem) expect(again.problem).toBeUndefined();
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('writes the query of RFC 1035 as everyone does', () => {
    const expected = '1234010000010000000000000377777704736f7004746573740000010001'.replace('04736f70', '0473686f70');
    expect(encodeDns(query('www.shop.test.'))).toEqual(fromHex(expected));
  });

  it('points at an earlier name whatever its case', () => {
    const value: DnsMessage = {
      ...query('WWW.Shop.test.'),
      answers: [
        { name: 'www.shop.TEST.', type: 5, class: 1, ttl: 60, data: { kind: 'CNAME', target: 'a.shop.test.' } },
      ],
    };
    const raw = encodeDns(value);
    // The owner is one pointer to offset 12, the target two bytes of label and a pointer to `Shop.test.` at 16.
    expect(raw.subarray(31)).toEqual(fromHex('c00c00050001000000' + '3c0004' + '0161c010'));
  });

  it('does not compress past 16383 and keeps big messages whole', () => {
    const answers = Array.from(
      { length: 400 },
      (_, i): ResourceRecord => ({
        name: `host${i}.some.long.name.test.`,
        type: TYPE.TXT,
        class: 1,
        ttl: 1,
        data: { kind: 'TXT', texts: ['x'.repeat(80)] },
      }),
    );
    const value = { ...query('test.'), answers };
    expect(decodeDns(encodeDns(value)).message).toEqual(value);
  });
});

describe('hostile names', () => {
  const header = '000000000001000000000000';
  const problem = (body: string) => decodeDns(fromHex(header + body)!).problem;

  it('refuses pointers that do not lead backwards', () => {
    expect(problem('c00c00010001')?.text).toContain('does not lead backwards');
    expect(problem('0161c00c00010001')?.text).toContain('does not lead backwards');
    expect(problem('c0ff00010001')?.text).toContain('does not lead backwards');
  });

  it('refuses reserved label types, cut labels and names over 255 bytes', () => {
    expect(problem('4161')?.text).toContain('reserved');
    expect(problem('0561')?.text).toContain('past the end');
    expect(problem(`${`3f${'61'.repeat(63)}`.repeat(4)}0000010001`)?.text).toContain('longer than 255');
  });

  it('names the first problem and keeps what came before', () => {
    const raw = encodeDns({
      ...query('a.test.'),
      answers: [{ name: 'a.test.', type: TYPE.A, class: 1, ttl: 5, data: { kind: 'A', address: '10.0.0.1' } }],
    });
    const cut = decodeDns(raw.subarray(0, raw.length - 1));
    expect(cut.problem).toMatchObject({ code: 'short' });
    expect(cut.message.questions).toHaveLength(1);
    raw[raw.length - 5] = 3;
    const bad = decodeDns(raw);
    expect(bad.problem).toMatchObject({ code: 'bad-rdata' });
    expect(bad.message.answers[0]!.data.kind).toBe('raw');
  });
});

describe('names', () => {
  it('survive text and back', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 6 }), (parts) => {
        const labels = parts.map((part) => String.fromCharCode(...part));
        const text = nameText(labels);
        expect(parseLabels(text)).toEqual({ labels, absolute: true });
        expect(labelsOf(text)).toEqual(labels);
      }),
    );
  });

  it('never throw on any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => void parseName(text)));
  });

  it('are read as zone files have them', () => {
    expect(parseName('www', 'shop.test.')).toBe('www.shop.test.');
    expect(parseName('www.', 'shop.test.')).toBe('www.');
    expect(parseName('a\\.b', 'test.')).toBe('a\\.b.test.');
    expect(parseName('a\\032b.')).toBe('a\\032b.');
    expect(parseLabels('a..b')).toBe('empty label');
    expect(parseLabels(`${'x'.repeat(64)}.`)).toBe('label too long');
    expect(parseLabels('a\\299')).toBe('bad escape');
    expect(parseName(`${'x'.repeat(60)}.`.repeat(3) + 'y'.repeat(60), 'z'.repeat(20))).toBeUndefined();
  });

  it('know their ancestors', () => {
    expect(isWithin('www.Shop.test.', 'shop.TEST.')).toBe(true);
    expect(isWithin('wwwshop.test.', 'shop.test.')).toBe(false);
    expect(isWithin('www\\.shop.test.', 'shop.test.')).toBe(false);
    expect(isWithin('test.', '.')).toBe(true);
    expect(parentName('www.shop.test.')).toBe('shop.test.');
    expect(parentName('test.')).toBe('.');
    expect(parentName('.')).toBeUndefined();
  });
});

describe('EDNS', () => {
  it('carries size, flags and the upper bits of the response code', () => {
    const value: DnsMessage = {
      ...query('.'),
      additionals: [optRecord({ udpSize: 1232, extendedRcode: 1, dnssecOk: true, options: [] })],
    };
    const { message } = decodeDns(encodeDns(value));
    expect(ednsOf(message)).toEqual({ udpSize: 1232, extendedRcode: 1, version: 0, dnssecOk: true, options: [] });
    expect(fullRcode(message)).toBe(16);
  });
});

describe('IPv6 text', () => {
  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
  ])('%s', (text, expected) => expect(String(parseIpv6(text))).toBe(expected));
  it.each(['', ':', ':::', '1:2', '1::2::3', '12345::', '1:2:3:4:5:6:7:8:9', '::10.0.0.256', 'g::'])(
    'refuses %s',
    (text) => expect(parseIpv6(text)).toBeUndefined(),
  );
});
