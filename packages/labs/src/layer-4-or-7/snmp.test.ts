import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSnmp, encodeSnmp } from './snmp.ts';

test('the bytes of a request, as RFC 1157 and X.690 have them', () => {
  const bytes = encodeSnmp({ community: 'public', request: true, id: 1, value: '' });
  expect(Buffer.from(bytes).toString('hex')).toBe(
    '302602010004067075626c6963a019020101020100020100300e300c06082b060102010101000500',
  );
});

test('a message comes back as it was, anything else is none', () => {
  const text = fc.string({ unit: fc.constantFrom(...'abc é中'), maxLength: 12 });
  const message = fc.record({ community: text, request: fc.boolean(), id: fc.nat(127), value: text });
  fc.assert(
    fc.property(message, (sent) => {
      expect(decodeSnmp(encodeSnmp(sent))).toEqual({ ...sent, value: sent.request ? '' : sent.value });
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void decodeSnmp(bytes)));
});
