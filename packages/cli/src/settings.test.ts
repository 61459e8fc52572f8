import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { messages } from '@netarium/view/messages/messages.ts';
import { expect, test } from 'vitest';
import { parseSpeed } from './output/story.ts';
import { durationOf, paramsOf, seedOf } from './settings.ts';

const m = messages('en');
const lab: LabDefinition = {
  id: 'x',
  machines: {},
  params: {
    lost: { default: 20, min: 0, max: 1000 },
    delay: { default: '10ms' },
    nagle: { default: true },
    mode: { default: 'a', choices: ['a', 'b'] },
    part: { default: 0.5, min: 0, max: 1 },
    address: { default: '10.0.1.255', pattern: /^\d+(\.\d+){3}$/ },
  },
};

test('parameters are typed and bounded by their specification', () => {
  expect(paramsOf(['lost=0', 'delay=1ms=', 'nagle=false', 'mode=b', 'lost=7'], lab, m, 'run')).toEqual({
    lost: 7,
    delay: '1ms=',
    nagle: false,
    mode: 'b',
  });
  expect(paramsOf(['part=0.25', 'address=10.0.1.2'], lab, m, 'run')).toEqual({ part: 0.25, address: '10.0.1.2' });
  expect(paramsOf([], { id: 'x', machines: {} }, m, 'run')).toEqual({});
});

test.each([
  ['lost', 'write name=value'],
  ['=1', 'write name=value'],
  ['lots=1', 'it has lost, delay, nagle, mode, part, address'],
  ['toString=1', 'no such parameter'],
  ['lost=many', 'not a number'],
  ['lost=1e3', 'not a number'],
  ['lost=', 'not a number'],
  ['lost=1001', '0 to 1000'],
  ['lost=1.5', 'not a whole number'],
  ['address=everybody', 'not of the form 10.0.1.255'],
  ['nagle=yes', 'not true or false'],
  ['mode=c', 'none of a, b'],
])('--set %s', (setting, problem) => expect(() => paramsOf([setting], lab, m, 'run')).toThrow(problem));

test('seeds, durations and speeds', () => {
  expect(seedOf('0', m, 'run')).toBe(0);
  expect(seedOf('4294967295', m, 'run')).toBe(4294967295);
  for (const text of ['', '-1', '1.5', '4294967296', '99999999999', 'x'])
    expect(() => seedOf(text, m, 'run')).toThrow('--seed');
  expect(durationOf('--until', '1.5s', m, 'run')).toBe(1_500_000_000);
  for (const text of ['', '5', '0s', '-1s', 'x'])
    expect(() => durationOf('--until', text, m, 'run')).toThrow('--until');
  expect(['1x', '10x', '0.5x', '2', 'max'].map(parseSpeed)).toEqual([1, 10, 0.5, 2, Number.POSITIVE_INFINITY]);
  for (const text of ['', '0x', '-1x', 'fast', 'x', '1e9x', 'Infinity']) expect(parseSpeed(text)).toBeUndefined();
});
