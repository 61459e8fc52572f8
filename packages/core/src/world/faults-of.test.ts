import { expect, test } from 'vitest';
import { faultsOf } from './build.ts';
import type { FaultSpec } from './topology.ts';

const texts = (spec: FaultSpec): string[] => faultsOf(spec, 'cables[0]', () => () => true).map(({ text }) => text);

test('frames to drop: by number, by number among those that match, or all that match', () => {
  expect(texts({ drop: { nth: [2, 5] } })).toEqual(['loss of frame 2, 5']);
  expect(texts({ drop: { nth: 0 } })).toEqual([]);
  expect(texts({ drop: { nth: 2, matching: 'tcp' } })).toEqual(['loss of frame 2 among those that match']);
  expect(texts({ drop: { matching: 'icmp' } })).toEqual(['filter of icmp']);
  expect(() => texts({ drop: {} as FaultSpec['drop'] & {} })).toThrow('cables[0].drop: needs nth or matching');
});
