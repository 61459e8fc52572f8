import type { TcpContext, TcpFinding } from '@netarium/core/wire/dissector.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Recording } from '../recording/recording.ts';
import { FirstPlaces } from './first-places.ts';
import { Chains } from './follow.ts';
import { TcpContexts } from './tcp-contexts.ts';

test('the first place of a number is found, and of no other', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(40), fc.maxSafeNat()), { maxLength: 200 }),
      fc.maxSafeNat(),
      (column, other) => {
        const places = new FirstPlaces(column.length, (place) => column[place]!);
        const added = column.map((_, place) => places.add(place));
        expect(added).toEqual(column.map((number, place) => column.indexOf(number) === place));
        for (const number of [...column, other]) expect(places.of(number)).toBe(column.indexOf(number));
      },
    ),
  );
});

const findings = fc.uniqueArray(fc.constantFrom<TcpFinding>('retransmission', 'duplicate_ack', 'zero_window'));
const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 });
const context: fc.Arbitrary<TcpContext> = fc.record(
  {
    stream: fc.nat(),
    completeness: fc.nat(63),
    http: fc.boolean(),
    seqBase: fc.nat(0xffff_ffff),
    ackBase: fc.nat(0xffff_ffff),
    windowShift: fc.integer({ min: -2, max: 14 }),
    sinceFirstNs: number,
    sincePreviousNs: number,
    analysed: fc.boolean(),
    findings,
    duplicateAckNumber: fc.nat(),
    duplicateAckFrame: fc.nat(),
    acksFrame: fc.nat(),
    ackRttNs: number,
    initialRttNs: number,
    rtoNs: number,
    rtoFrame: fc.nat(),
    bytesInFlight: fc.nat(),
    pushBytesSent: fc.nat(),
  },
  {
    requiredKeys: [
      'stream',
      'completeness',
      'http',
      'seqBase',
      'ackBase',
      'windowShift',
      'sinceFirstNs',
      'sincePreviousNs',
      'analysed',
      'findings',
    ],
  },
) as fc.Arbitrary<TcpContext>;

test('contexts come out as they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.option(context, { nil: undefined }), { maxLength: 60 }), (list) => {
      const contexts = new TcpContexts(list.length + 1);
      for (const each of list) contexts.push(each);
      expect(list.map((_, row) => contexts.at(row))).toEqual(list);
      expect(contexts.at(list.length)).toBe(undefined);
    }),
  );
});

test('contexts beyond the first chunk too', () => {
  const list = fc.sample(context, 12_000);
  const contexts = new TcpContexts(list.length);
  for (const each of list) contexts.push(each);
  for (const [row, each] of list.entries()) expect(contexts.at(row)).toEqual(each);
});

test('a packet leads to what it came of and what came of it', () => {
  const recording = {
    frames: {
      packets: Float64Array.of(1, 1, 2, 3, 0, 4, 5),
      of: Float64Array.of(0, 0, 1, 1, 0, 2, 99),
      cause: Uint8Array.of(0, 0, 1, 1, 0, 1, 1),
    },
    causes: ['origin', 'reply'],
  } as unknown as Recording;
  const chains = new Chains(recording);
  const packets = (of: number): number[] => chains.of(of).map(({ packet }) => packet);
  for (const packet of [1, 2, 3, 4]) expect(packets(packet)).toEqual([1, 2, 3, 4]);
  expect(chains.of(5)).toEqual([{ packet: 5, cause: 'reply', of: 99 }]);
  expect([packets(6), packets(0)]).toEqual([[], []]);
});
