import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { concatBytes } from '@netarium/core/base/bytes.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ContentDecoder } from './decode.ts';
import { DecodeError } from './errors.ts';

const CODINGS = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['deflate, gzip', (bytes: Uint8Array) => gzipSync(deflateSync(bytes))],
] as const;

it.each(CODINGS)('%s: undone, however the body was cut', (coding, encode) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 1, max: 50 }), (bytes, piece) => {
      const body = new Uint8Array(encode(bytes));
      const decoder = ContentDecoder.for(coding)!;
      const parts: Uint8Array[] = [];
      for (let at = 0; at < body.length; at += piece) parts.push(decoder.decode(body.slice(at, at + piece)));
      expect(concatBytes([...parts, decoder.flush()])).toEqual(bytes);
    }),
    { numRuns: 50 },
  );
});

it('an end that comes too early gives what there was; rubbish is a DecodeError; other codings are left alone', () => {
  const body = new Uint8Array(gzipSync('hello '.repeat(100)));
  const decoder = ContentDecoder.for('gzip')!;
  const part = concatBytes([decoder.decode(body.slice(0, 14)), decoder.flush()]);
  expect(part.length).toBeLessThan(600);
  expect(() => ContentDecoder.for('gzip')!.decode(new Uint8Array(20).fill(7))).toThrow(DecodeError);
  expect(ContentDecoder.for('br')).toBeUndefined();
  expect(ContentDecoder.for(undefined)).toBeUndefined();
});
