import fc from 'fast-check';
import { expect, test } from 'vitest';
import { payloadOf } from '../../wire/payload.ts';
import { segmentMemory } from './buffer-memory.ts';
import { ReassemblyQueue } from './reassembly.ts';
import { ReceiveQueue } from './receive-queue.ts';

const STREAM = Uint8Array.from({ length: 4000 }, (_, i) => (i * 7 + (i >> 8)) & 255);

test('whatever the order of adds, reads, peeks and collapses, the bytes come out as they went in', () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ read: fc.integer({ min: 1, max: 500 }), peek: fc.boolean() }),
    fc.constant('collapse' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new ReceiveQueue();
      let added = 0;
      let read = 0;
      for (const s of steps) {
        if (s === 'collapse') queue.collapse((memory, length) => memory > 2 * length);
        else if ('add' in s) {
          const end = Math.min(STREAM.length, added + s.add);
          if (end > added) queue.add(payloadOf(STREAM.slice(added, end)));
          added = end;
        } else {
          const got = new Uint8Array(Math.min(s.read, queue.length));
          queue.read(got, got.length, s.peek);
          expect([...got]).toEqual([...STREAM.subarray(read, read + got.length)]);
          expect(got.length).toBe(Math.min(s.read, added - read));
          if (!s.peek) read += got.length;
        }
        expect(queue.length).toBe(added - read);
        if (queue.length === 0) expect(queue.memory).toBe(0);
        else expect(queue.memory).toBeGreaterThanOrEqual(queue.length);
      }
    }),
  );
});

test('reassembly: any overlapping pieces in any order give the stream, once, and no memory stays behind', () => {
  const piece = fc.record({ from: fc.integer({ min: 0, max: 900 }), length: fc.integer({ min: 1, max: 200 }) });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(0xffff_ffff), (pieces, base) => {
      const queue = new ReassemblyQueue();
      const seq = (at: number): number => (base + at) >>> 0;
      for (const { from, length } of pieces) {
        queue.insert({
          seq: seq(from + 1),
          endSeq: seq(from + 1 + length),
          payload: payloadOf(STREAM.slice(from + 1, from + 1 + length)),
          fin: false,
        });
      }
      // Everything below the first gap arrives when byte 0 does.
      let next = 1;
      const out: number[] = [];
      for (let s = queue.next(seq(next)); s !== undefined; s = queue.next(seq(next))) {
        out.push(...s.payload.bytes());
        next += s.payload.length;
      }
      expect(out).toEqual([...STREAM.subarray(1, next)]);
      const covered = new Set(pieces.flatMap(({ from, length }) => Array.from({ length }, (_, i) => from + 1 + i)));
      let end = 1;
      while (covered.has(end)) end++;
      expect(next).toBe(end);
      if (queue.empty) expect(queue.memory).toBe(0);
    }),
  );
});

test('a full segment is charged twice its bytes, a small one its overhead', () => {
  expect([1, 152, 153, 600, 601, 1460].map(segmentMemory)).toEqual([832, 832, 1280, 1280, 2304, 2304]);
  expect([1624, 1625, 3672, 3673, 65_000].map(segmentMemory)).toEqual([2304, 4352, 4352, 8448, 4352 + 61_440]);
});

test('what fits behind the last segment costs nothing, until all of that buffer is read', () => {
  const queue = new ReceiveQueue();
  const out = new Uint8Array(2000);
  queue.add(payloadOf(new Uint8Array(1000)));
  expect(queue.memory).toBe(2304);
  queue.add(payloadOf(new Uint8Array(500)));
  expect(queue.memory).toBe(2304);
  // 124 bytes are left.
  queue.add(payloadOf(new Uint8Array(125)));
  expect(queue.memory).toBe(2304 + 832);
  queue.read(out, 1000, false);
  expect(queue.memory).toBe(2304 + 832);
  queue.read(out, 500, false);
  expect(queue.memory).toBe(832);
  queue.read(out, 125, false);
  expect(queue.memory).toBe(0);
  // Nothing waits that it could be copied to.
  queue.add(payloadOf(new Uint8Array(1)));
  expect(queue.memory).toBe(832);
});
