import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Ipv6Address,
  MacAddress,
  parseInterfaceAddress,
  parseIpv4,
  parseMac,
  parsePrefix,
  prefixOf,
} from './address.ts';
import { ByteReader, ByteWriter, fromHex, hex } from './bytes.ts';
import { E, SysError } from './errno.ts';
import { mulDiv } from './muldiv.ts';
import { seqBetween, seqDiff, seqGt, seqLt } from './sequence.ts';
import { Sha256, sha256 } from './sha256.ts';
import { SysctlSet, SysctlTable } from './sysctl.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

test('sha256 equals the platform for any split of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
      const sha = new Sha256().update(bytes.subarray(0, cut)).update(bytes.subarray(cut));
      expect(hex(sha.clone().digest())).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(hex(sha.digest())).toBe(hex(sha256(bytes)));
    }),
  );
});

test('UTF-8 equals the platform, valid or not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => hex(encodeUtf8(text)) === hex(new TextEncoder().encode(text))),
  );
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => decodeUtf8(encodeUtf8(text)) === text));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof decodeUtf8(bytes) === 'string'));
  const runs = fc.array(fc.tuple(fc.constantFrom('é', '世', '😀'), fc.nat(40)), { maxLength: 40 });
  fc.assert(
    fc.property(runs, (pieces) => {
      const text = pieces.map(([sign, length]) => sign + 'ascii'.repeat(8).slice(0, length)).join('');
      return decodeUtf8(encodeUtf8(text)) === text;
    }),
  );
  const long = '世a bc'.repeat(2000);
  expect(decodeUtf8(encodeUtf8(long))).toBe(long);
});

describe('addresses', () => {
  test('IPv4 text is strict, as inet_pton', () => {
    expect(String(parseIpv4('10.0.1.255'))).toBe('10.0.1.255');
    for (const bad of ['10.0.1', '10.0.1.256', '10.0.1.01', '1.2.3.4.5', ' 1.2.3.4', '0x1.2.3.4', ''])
      expect(parseIpv4(bad)).toBeUndefined();
  });

  test('prefixes contain exactly their addresses', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.integer({ min: 0, max: 32 }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        (base, length, other) => {
          const dotted = (n: number) => [24, 16, 8, 0].map((s) => (n >>> s) & 255).join('.');
          const prefix = prefixOf(parseIpv4(dotted(base))!, length);
          const inside = length === 0 || base >>> (32 - length) === other >>> (32 - length);
          expect(prefix.contains(parseIpv4(dotted(other))!)).toBe(inside);
        },
      ),
    );
  });

  test('directed broadcast, host bits, default', () => {
    expect(String(parsePrefix('10.0.1.0/24')?.broadcast)).toBe('10.0.1.255');
    expect(parsePrefix('10.0.1.2/24')).toBeUndefined();
    expect(parsePrefix('10.0.1.0/31')?.broadcast).toBeUndefined();
    expect(String(parsePrefix('default'))).toBe('0.0.0.0/0');
    expect(parseInterfaceAddress('10.0.1.2/33')).toBeUndefined();
  });

  test('MAC text, group and broadcast bits', () => {
    expect(String(parseMac('02:00:00:00:0A:01'))).toBe('02:00:00:00:0a:01');
    expect(parseMac('01:00:5e:00:00:01')?.isGroup).toBe(true);
    expect(new MacAddress(0xffff_ffff_ffff).isBroadcast).toBe(true);
    expect(parseMac('02:00:00:00:00')).toBeUndefined();
  });

  test('IPv6 text is RFC 5952', () => {
    expect(String(new Ipv6Address('20010db8000000000000000000000001'))).toBe('2001:db8::1');
    expect(String(new Ipv6Address('00000000000000000000000000000001'))).toBe('::1');
    expect(String(new Ipv6Address('00000000000000000000000000000000'))).toBe('::');
    expect(String(new Ipv6Address('20010db8000000010001000100010001'))).toBe('2001:db8:0:1:1:1:1:1');
    expect(String(new Ipv6Address('20010000000000010000000000000001'))).toBe('2001:0:0:1::1');
  });
});

test('sequence numbers compare around the wrap', () => {
  expect(seqLt(0xffff_ffff, 0)).toBe(true);
  expect(seqGt(5, 0xffff_fff0)).toBe(true);
  expect(seqDiff(3, 0xffff_ffff)).toBe(4);
  expect(seqBetween(0xffff_fffe, 1, 3)).toBe(true);
});

test('mulDiv is exact past 2^53', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.nat(2 ** 30), fc.integer({ min: 2 ** 20, max: 2 ** 33 }), (a, b, c) => {
      expect(mulDiv(a, b, c)).toBe(Number((BigInt(a) * BigInt(b)) / BigInt(c)));
    }),
  );
});

test('byte writer and reader round-trip; short input is flagged, not thrown', () => {
  const bytes = new ByteWriter(2).u8(1).u16(0x203).u32(0x0405_0607).u48(0x0809_0a0b_0c0d).bytes();
  expect(hex(bytes)).toBe('0102030405060708090a0b0c0d');
  expect(fromHex(hex(bytes))).toEqual(bytes);
  const reader = new ByteReader(bytes);
  expect([reader.u8(), reader.u16(), reader.u32(), reader.u48(), reader.short]).toEqual([
    1,
    0x203,
    0x0405_0607,
    0x0809_0a0b_0c0d,
    false,
  ]);
  expect([reader.u16(), reader.short]).toEqual([0, true]);
});

test('sysctl cells keep bounds, and nothing undeclared exists', () => {
  const table = new SysctlTable();
  const cell = table.declare({ key: 'net.ipv4.tcp_rmem', initial: [4096, 131072, 6291456], min: 1 });
  expect(cell.set('4096 87380 0')).toBe(false);
  expect(cell.set('4096 87380 6000000')).toBe(true);
  expect(cell.text).toBe('4096\t87380\t6000000');
  expect(cell.set('010 0x10')).toBe(true);
  expect(cell.text).toBe('8\t16\t6000000');
  expect(cell.set('1 2 3 four')).toBe(true);
  expect(cell.text).toBe('1\t2\t3');
  expect(cell.set('08')).toBe(false);
  expect(table.get('net.ipv4.tcp_magic')).toBeUndefined();
  expect(() => table.declare({ key: 'net.ipv4.tcp_rmem', initial: 1 })).toThrow(/twice/);
});

test('a host has cells of its own only for the variables that somebody asked it for', () => {
  const set = new SysctlSet({ b: { key: 'net.b', initial: 2 }, a: { key: 'net.a', initial: 1 } });
  const [table, other] = [new SysctlTable(), new SysctlTable()];
  const [early, late, others] = [{ ...set.initial }, { ...set.initial }, { ...set.initial }];
  table.declareSet(set, early);
  other.declareSet(set, others);
  expect(table.get('net.b')?.set('5')).toBe(true);
  table.declareSet(set, late);
  expect([early.b.number, late.b.number, others.b.number]).toEqual([5, 5, 2]);
  expect([early.a, late.a]).toEqual([set.initial.a, set.initial.a]);
  expect(() => early.a.set('7')).toThrow("not a host's own");
  expect([table.get('net.c'), table.get('net.b')]).toEqual([undefined, early.b]);
  expect([table.keys(), other.keys()]).toEqual([
    ['net.a', 'net.b'],
    ['net.a', 'net.b'],
  ]);
});

test('errno have Linux numbers and glibc texts', () => {
  expect([E.ECONNREFUSED.number, E.ECONNREFUSED.text]).toEqual([111, 'Connection refused']);
  expect(new SysError(E.ETIMEDOUT, 'connect').message).toBe('connect: Connection timed out');
});
