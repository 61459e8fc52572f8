import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, hex } from '../base/bytes.ts';
import { berInteger, berOid, elementAt, oidOf, signedOf, unsignedOf } from './ber.ts';
import { encodeSnmp, SNMP_PDU, type SnmpMessage, type SnmpPduType, type SnmpValue } from './snmp.ts';
import { decodeSnmp } from './snmp-decoder.ts';

const SYS_DESCR = '1.3.6.1.2.1.1.1.0';
const request: SnmpMessage = {
  version: 0,
  community: 'public',
  pdu: {
    type: SNMP_PDU.GET,
    requestId: 1,
    errorStatus: 0,
    errorIndex: 0,
    variables: [{ name: SYS_DESCR, value: { kind: 'null' } }],
  },
};
const REQUEST = '302602010004067075626c6963a019020101020100020100300e300c06082b060102010101000500';

describe('BER', () => {
  test.each([
    [0, '020100'],
    [127, '02017f'],
    [128, '02020080'],
    [-128, '020180'],
    [-129, '0202ff7f'],
    [4294967295, '020500ffffffff'],
  ])('%i in as few bytes as hold it', (value, wanted) => expect(hex(berInteger(value))).toBe(wanted));

  test('integers come back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (value) => {
        const bytes = berInteger(value);
        expect(signedOf(bytes, elementAt(bytes, 0, bytes.length)!)).toBe(value);
      }),
    );
    const most = berInteger((1n << 64n) - 1n);
    expect(unsignedOf(most, elementAt(most, 0, most.length)!)).toBe((1n << 64n) - 1n);
  });

  // X.690 section 8.19.5, and the numbers at the borders of bytes.
  test.each([
    ['2.999.3', '0603883703'],
    ['1.3.6.1.4.1.8072', '06072b06010401bf08'],
    ['0.39', '060127'],
    ['2.40.4294967295', '060678' + '8fffffff7f'],
  ])('%s', (oid, wanted) => {
    const bytes = berOid(oid);
    expect(hex(bytes)).toBe(wanted);
    expect(oidOf(bytes, elementAt(bytes, 0, bytes.length)!)).toBe(oid);
  });

  test.each(['0600', '060181', '06069080808000', '0602', '0680', '06850000000001', '1f0100'])('%s is none', (text) => {
    const bytes = fromHex(text)!;
    const element = elementAt(bytes, 0, bytes.length);
    expect(element && oidOf(bytes, element)).toBeUndefined();
  });
});

const oid = fc
  .array(fc.nat({ max: 0xffff_ffff }), { minLength: 1, maxLength: 20 })
  .map((numbers) => `1.3.${numbers.join('.')}`);
const int32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const uint32 = fc.nat({ max: 0xffff_ffff });
const address = fc.ipV4();
const value: fc.Arbitrary<SnmpValue> = fc.oneof(
  fc.record({ kind: fc.constant('integer' as const), value: int32 }),
  fc.record({ kind: fc.constantFrom('counter32' as const, 'gauge32' as const, 'timeticks' as const), value: uint32 }),
  fc.record({ kind: fc.constant('counter64' as const), value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) }),
  fc.record({
    kind: fc.constantFrom('octets' as const, 'opaque' as const),
    bytes: fc.uint8Array({ maxLength: 300 }),
  }),
  fc.record({ kind: fc.constant('oid' as const), oid }),
  fc.record({ kind: fc.constant('address' as const), address }),
  fc.record({
    kind: fc.constantFrom('null', 'noSuchObject', 'noSuchInstance', 'endOfMibView'),
  }) as fc.Arbitrary<SnmpValue>,
);
const variables = fc.array(fc.record({ name: oid, value }), { maxLength: 5 });
const types = Object.values(SNMP_PDU).filter((type): type is Exclude<SnmpPduType, 4> => type !== SNMP_PDU.TRAP);
const pdu = fc.oneof(
  fc.record({ type: fc.constantFrom(...types), requestId: int32, errorStatus: int32, errorIndex: int32, variables }),
  fc.record({
    type: fc.constant(SNMP_PDU.TRAP),
    enterprise: oid,
    agentAddress: address,
    genericTrap: int32,
    specificTrap: int32,
    timeStamp: uint32,
    variables,
  }),
);
const message: fc.Arbitrary<SnmpMessage> = fc.record({
  version: fc.constantFrom(0 as const, 1 as const),
  community: fc.string({ unit: 'grapheme', maxLength: 12 }),
  pdu,
});

describe('SNMP', () => {
  test('the bytes of a request, as RFC 1157 and X.690 have them', () => {
    expect(hex(encodeSnmp(request))).toBe(REQUEST);
  });

  test('any message comes back as it was', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const { message: found, problem } = decodeSnmp(encodeSnmp(sent))!;
        expect([found, problem]).toEqual([sent, undefined]);
      }),
    );
  });

  test('each value has its place', () => {
    const { version, community, type, parts, variables: found, end } = decodeSnmp(fromHex(`ff${REQUEST}00`)!, 1)!;
    expect([version, community]).toEqual([
      { value: 0, start: 5, end: 6 },
      { value: 'public', start: 8, end: 14 },
    ]);
    expect([type, end]).toEqual([{ value: SNMP_PDU.GET, start: 14, end: 41 }, 41]);
    expect(parts.map(({ start }) => start)).toEqual([18, 21, 24]);
    expect(found).toMatchObject([{ name: { value: SYS_DESCR, start: 31, end: 39 }, value: { start: 41, end: 41 } }]);
  });

  test.each([
    ['cut off', REQUEST.slice(0, -2)],
    ['a text', hex(Uint8Array.from('hello', (c) => c.charCodeAt(0)))],
    ['version 3', REQUEST.replace('020100', '020103')],
  ])('%s is no message', (_, text) => expect(decodeSnmp(fromHex(text)!)).toBeUndefined());

  test.each([
    ['a community that is a number', REQUEST.replace('0406', '0206'), 'no community', 5],
    ['no PDU', '300b02010004067075626c6963', 'no PDU', 13],
    ['an unknown PDU', REQUEST.replace('a019', 'a919'), 'no PDU', 13],
    ['a request without its index', '3013020100040670' + '75626c6963a006020101020100', 'no integer', 21],
    ['a name that does not end', REQUEST.replace('2b06010201010100', '2b06010201010181'), 'no oid', 28],
    [
      'a NULL with content',
      REQUEST.replace(/^3026/, '3027')
        .replace('a019', 'a01a')
        .replace('300e300c', '300f300d')
        .replace(/0500$/, '050100'),
      'no value',
      38,
    ],
  ])('%s is told with its place', (_, text, problem, at) => {
    const decoded = decodeSnmp(fromHex(text)!);
    expect(decoded).toMatchObject({ problem: { text: problem, at } });
    expect(decoded!.message).toBeUndefined();
  });

  test('any bytes end in an answer', () => {
    const bytes = fromHex(REQUEST)!;
    const damaged = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)).map(([at, byte]) => bytes.with(at, byte));
    for (const input of [damaged, fc.uint8Array({ maxLength: 60 })])
      fc.assert(
        fc.property(input, (any) => {
          const { message: found, problem } = decodeSnmp(any) ?? {};
          expect(found === undefined || problem === undefined).toBe(true);
        }),
      );
  });
});
