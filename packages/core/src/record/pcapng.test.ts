import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes } from '../base/bytes.ts';
import { PcapngWriter } from './pcapng.ts';
import { readPcapng } from './pcapng-reader.ts';

const device = { name: 'web.eth0', description: 'web server', epochSeconds: 1_700_000_000, epochNs: 123_456_789 };

function capture(
  packets: readonly { atNs: number; bytes: Uint8Array; comment?: string }[],
  chunkBytes?: number,
): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter(device, (chunk) => chunks.push(chunk.slice()), chunkBytes);
  for (const { atNs, bytes, comment } of packets) {
    writer.packet(atNs, bytes, { direction: 'outbound', comments: comment === undefined ? [] : [comment] });
  }
  writer.flush();
  return chunks;
}

test('what is written is read back: bytes, nanoseconds, names, direction, comments', () => {
  const packet = fc.record({
    atNs: fc.maxSafeNat(),
    bytes: fc.uint8Array({ maxLength: 70 }),
    comment: fc.string({ unit: 'grapheme' }),
  });
  fc.assert(
    fc.property(fc.array(packet), (packets) => {
      const file = readPcapng(concatBytes(capture(packets)));
      expect(file.problem).toBeUndefined();
      expect(file.application).toBe('Netarium');
      expect(file.interfaces).toMatchObject([
        { name: 'web.eth0', description: 'web server', unitsPerSecond: 1_000_000_000n },
      ]);
      expect(file.packets.map((p) => ({ t: p.timeNs, b: [...p.bytes], c: p.comments }))).toEqual(
        packets.map((p) => ({
          t: 1_700_000_000_123_456_789n + BigInt(p.atNs),
          b: [...p.bytes],
          c: [p.comment],
        })),
      );
      expect(file.packets.every((p) => p.direction === 'outbound')).toBe(true);
    }),
  );
});

test('memory is bounded: chunks leave as they fill', () => {
  const packets = Array.from({ length: 100 }, (_, i) => ({ atNs: i, bytes: new Uint8Array(1000).fill(i) }));
  const chunks = capture(packets, 4096);
  expect(chunks.length).toBeGreaterThan(20);
  expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(6000);
  expect(readPcapng(concatBytes(chunks)).packets.length).toBe(100);
});

test('a packet beyond the snap length is cut and says how long it was', () => {
  const [packet] = readPcapng(concatBytes(capture([{ atNs: 0, bytes: new Uint8Array(300_000) }]))).packets;
  expect(packet).toMatchObject({ originalLength: 300_000 });
  expect(packet!.bytes.length).toBe(262_144);
});

test('the reader survives any bytes and any damage', () => {
  const whole = concatBytes(
    capture([
      { atNs: 5, bytes: new Uint8Array(60), comment: 'x' },
      { atNs: 6, bytes: new Uint8Array(61) },
    ]),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(whole.length),
      (edits, cut) => {
        const bytes = whole.slice(0, cut);
        for (const [at, value] of edits) if (at < cut) bytes[at] = value;
        const file = readPcapng(bytes);
        for (const packet of file.packets) expect(packet.device).toBeLessThan(file.interfaces.length);
      },
    ),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void readPcapng(bytes)));
  expect(readPcapng(new Uint8Array(40)).problem).toBe('not a pcapng file');
});

test('big-endian files, microseconds by default, simple packets', () => {
  const view = new DataView(new ArrayBuffer(28 + 20 + 36 + 20));
  const words = (at: number, ...values: number[]) =>
    values.forEach((value, i) => void view.setUint32(at + 4 * i, value));
  words(0, 0x0a0d0d0a, 28, 0x1a2b3c4d, 0x0001_0000, 0xffff_ffff, 0xffff_ffff, 28);
  words(28, 1, 20, 0x0001_0000, 65535, 20);
  words(48, 6, 36, 0, 0, 7, 4, 4, 0x01020304, 36);
  words(84, 3, 20, 3, 0x0a0b0c00, 20);
  const file = readPcapng(new Uint8Array(view.buffer));
  expect(file.problem).toBeUndefined();
  expect(file.packets.map((p) => [p.timeNs, [...p.bytes]])).toEqual([
    [7000n, [1, 2, 3, 4]],
    [0n, [10, 11, 12]],
  ]);
});
