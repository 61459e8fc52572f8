import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Mix } from '../base/mix.ts';
import { joinPayloads, PayloadStore, payloadOf } from './payload.ts';

test('what a store handed out keeps its bytes, whatever is copied later', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000, size: 'max' }), { maxLength: 30 }), (messages) => {
      const store = new PayloadStore();
      const buffer = new Uint8Array(3000);
      const payloads = messages.map((message) => {
        buffer.set(message);
        return store.copy(buffer.subarray(0, message.length));
      });
      buffer.fill(0);
      expect(payloads.map((payload) => [...payload.bytes()])).toEqual(messages.map((message) => [...message]));
    }),
  );
});

test('equal bytes have equal digests, wherever they lie', () => {
  const store = new PayloadStore();
  const message = Uint8Array.from({ length: 333 }, (_, i) => i & 255);
  const digest = (payload: ReturnType<typeof payloadOf>) => {
    const mix = new Mix();
    payload.chunk.digestInto(mix);
    return mix.toString();
  };
  store.copy(new Uint8Array(7));
  expect(digest(store.copy(message))).toEqual(digest(payloadOf(message)));
});

test('slices and joins', () => {
  const store = new PayloadStore();
  const [ab, cd] = [store.copy(Uint8Array.of(1, 2)), store.copy(Uint8Array.of(3, 4))];
  expect([...joinPayloads([ab, cd]).slice(1, 3).bytes()]).toEqual([2, 3]);
  expect(joinPayloads([ab])).toBe(ab);
  expect(joinPayloads([]).length).toBe(0);
});

test('pieces side by side in one chunk are joined without a copy, others with one', () => {
  const whole = payloadOf(Uint8Array.of(1, 2, 3, 4, 5, 6));
  const joined = joinPayloads([whole.slice(1, 3), whole.slice(3, 4), whole.slice(4, 6)]);
  expect(joined.chunk).toBe(whole.chunk);
  expect([...joined.bytes()]).toEqual([2, 3, 4, 5, 6]);
  const apart = joinPayloads([whole.slice(3, 6), whole.slice(0, 2)]);
  expect(apart.chunk).not.toBe(whole.chunk);
  expect([...apart.bytes()]).toEqual([4, 5, 6, 1, 2]);
});
