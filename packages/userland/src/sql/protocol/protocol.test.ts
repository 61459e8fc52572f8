/** Packets come back as they went; the password's proof is the one that MySQL computes. */
import { hex } from '@netarium/core/base/bytes.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SqlError, sqlError } from '../errors.ts';
import type { SqlValue } from '../types.ts';
import { PacketReader, PacketWriter, ProtocolError } from './buffer.ts';
import { PacketStream } from './framing.ts';
import {
  decodeGreeting,
  decodeResponse,
  decodeSwitch,
  encodeGreeting,
  encodeResponse,
  encodeSwitch,
  nativeProof,
  saltFrom,
} from './handshake.ts';
import { decodeError, decodeOk, encodeError, encodeOk } from './replies.ts';
import { sha1 } from './sha1.ts';
import { decodeExecution, encodeExecution } from './statement-execute.ts';
import { decodeColumn, encodeBinaryRow, encodeColumn, encodeTextRow, readBinaryValue } from './values.ts';

const SALT = encodeUtf8('0123456789abcdefghij');

// FIPS 180-4's own examples, and lengths around a block.
test.each([
  ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
  ['a'.repeat(64), '0098ba824b5c16427bd7a1122a5a442a25ec644d'],
])('SHA-1 of %j', (text, digest) => {
  expect(hex(sha1(encodeUtf8(text)))).toBe(digest);
});

test('no password, no proof', () => {
  expect(nativeProof('', SALT)).toEqual(new Uint8Array(0));
  expect(nativeProof('secret', SALT)).toHaveLength(20);
  expect(nativeProof('secret', SALT)).not.toEqual(nativeProof('secret', encodeUtf8('0123456789abcdefghik')));
});

test('a salt holds neither NUL nor dollar', () => {
  const salt = saltFrom(Uint8Array.from({ length: 256 }, (_, i) => i));
  expect(salt.every((byte) => byte > 36 && byte < 127)).toBe(true);
});

test('the connection phase comes back', () => {
  const greeting = decodeGreeting(encodeGreeting({ version: '8.0.40', connectionId: 77, salt: SALT }));
  expect(greeting).toEqual({ version: '8.0.40', connectionId: 77, salt: SALT, plugin: 'mysql_native_password' });
  const response = decodeResponse(encodeResponse('ann', SALT, 'shop'));
  expect(response).toMatchObject({ user: 'ann', proof: SALT, database: 'shop', plugin: 'mysql_native_password' });
  expect(decodeResponse(encodeResponse('ann', new Uint8Array(0), undefined)).database).toBeUndefined();
  expect(decodeSwitch(encodeSwitch(SALT))).toEqual({ plugin: 'mysql_native_password', salt: SALT });
});

test('a client that asks for TLS, or is from before 4.1, breaks the protocol', () => {
  const request = new PacketWriter()
    .uint(0x200 | 0x800, 4)
    .uint(0, 4)
    .uint(45, 1)
    .zeros(23)
    .done();
  expect(() => decodeResponse(request)).toThrow(ProtocolError);
  expect(() => decodeResponse(new PacketWriter().uint(1, 4).done())).toThrow('before version 4.1');
});

test('answers come back', () => {
  const ok = { affected: 3, insertId: 2n ** 40n, status: 2, info: 'Records: 3' };
  expect(decodeOk(encodeOk(ok))).toEqual({ ...ok, insertId: 2 ** 40 });
  expect(decodeOk(encodeOk({ affected: 0, insertId: 0, status: 0, info: '' }))).toEqual({
    affected: 0,
    insertId: 0,
    status: 0,
    info: '',
  });
  const error = decodeError(encodeError(sqlError(1062, 'x', 't.PRIMARY')));
  expect(error).toBeInstanceOf(SqlError);
  expect([error.errno, error.sqlState, error.message]).toEqual([
    1062,
    '23000',
    "Duplicate entry 'x' for key 't.PRIMARY'",
  ]);
});

test.each([0, 250, 251, 65_535, 65_536, 16_777_215, 16_777_216])('a length of %i', (length) => {
  const reader = new PacketReader(new PacketWriter().lengthOf(length).done());
  expect(reader.length()).toBe(length);
  expect(reader.left).toBe(0);
});

const value: fc.Arbitrary<SqlValue> = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (Object.is(x, -0) ? 0 : x)),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n - 1n }),
);

test('parameters come back, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), (values) => {
      const { values: back } = decodeExecution(encodeExecution(7, values), values.length, [], new Map());
      expect(back).toEqual(values);
    }),
  );
});

test('an execution may leave out the types that are known', () => {
  const types = [{ field: 8, unsigned: false }];
  const packet = new PacketWriter().uint(0x17, 1).uint(1, 4).uint(0, 1).uint(1, 4).uint(0, 1).uint(0, 1).big(5n).done();
  expect(decodeExecution(packet, 1, types, new Map()).values).toEqual([5]);
  expect(() => decodeExecution(packet, 1, [], new Map())).toThrow(ProtocolError);
});

describe('rows', () => {
  const columns = [
    { name: 'i', type: { k: 'int', name: 'int', unsigned: false } },
    { name: 'd', type: { k: 'decimal', precision: 8, scale: 2 } },
    { name: 't', type: { k: 'datetime', name: 'datetime', fraction: 0 } },
    { name: 's', type: { k: 'text', name: 'varchar', length: 20, binary: false } },
  ] as const;

  test('as text: NULL is 0xfb, DECIMAL has its digits', () => {
    const bytes = encodeTextRow([-7, 1.5, null, 'é'], columns);
    expect(hex(bytes)).toBe('022d3704312e3530fb02c3a9');
  });

  test('in the binary protocol', () => {
    const reader = new PacketReader(encodeBinaryRow([-7, 1.5, '2026-01-31 01:02:03', null], columns));
    expect([reader.u8(), reader.u8()]).toEqual([0, 0b10_0000]);
    expect(readBinaryValue(reader, 3, false)).toBe(-7);
    expect(readBinaryValue(reader, 246, false)).toBe('1.50');
    expect(readBinaryValue(reader, 12, false)).toBe('2026-01-31 01:02:03');
    expect(reader.left).toBe(0);
  });

  test('times of the binary protocol have as many parts as they need', () => {
    const column = [{ name: 't', type: { k: 'datetime', name: 'datetime', fraction: 6 } }] as const;
    const there = (text: string) => {
      const reader = new PacketReader(encodeBinaryRow([text], column).subarray(2));
      return [reader.left, readBinaryValue(reader, 12, false)];
    };
    expect(there('2026-01-31 00:00:00.000000')).toEqual([5, '2026-01-31 00:00:00']);
    expect(there('2026-01-31 00:00:01.000000')).toEqual([8, '2026-01-31 00:00:01']);
    expect(there('2026-01-31 00:00:00.000010')).toEqual([12, '2026-01-31 00:00:00.000010']);
  });

  test('a column tells its name, type and sign', () => {
    expect(decodeColumn(encodeColumn({ name: 'n', type: { k: 'int', name: 'bigint', unsigned: true } }))).toEqual({
      name: 'n',
      field: 8,
      binary: true,
      unsigned: true,
    });
  });
});

describe('packets on the stream', () => {
  const through = async (payload: Uint8Array, packetMax = 2 ** 26): Promise<Uint8Array> => {
    const framed = new PacketStream(async () => new Uint8Array(0), 1).frame(payload);
    let at = 0;
    const reader = new PacketStream(async (length) => framed.subarray(at, (at += length)), packetMax);
    return reader.read();
  };

  test.each([0, 1, 0xfffffe, 0xffffff, 0x1000000])('%i bytes', async (length) => {
    const payload = new Uint8Array(length).fill(7);
    expect((await through(payload)).length).toBe(length);
  });

  test('too much, or out of order, is refused', async () => {
    await expect(through(new Uint8Array(100), 99)).rejects.toMatchObject({ errno: 1153 });
    const reader = new PacketStream(async () => Uint8Array.of(1, 0, 0, 5), 100);
    await expect(reader.read()).rejects.toThrow('packet 5 where 0 is due');
  });
});
