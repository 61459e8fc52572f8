import { expect, test } from 'vitest';
import { median, select, told, workloads } from './workload.ts';

test('a name stands for itself or for its family', () => {
  expect(select('A,E')).toEqual(['A', 'E-1k', 'E-100k', 'E-1M']);
  expect(select('C,B')).toEqual(['C', 'B-switch', 'B-router']);
  expect(() => select('Z')).toThrow('no workload Z; there are A, A-cubic');
});

test('median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('--times makes both programs simulate longer, where they simulate time', () => {
  expect(told(workloads.C!, 'default', 4)).toEqual({
    variant: { cc: 'newreno', send: 'sendfile', seconds: 120 },
    command: ['c_dumbbell', '--cc=TcpNewReno', '--seconds=120'],
  });
  expect(told(workloads['B-router']!, 'headers', 1)).toEqual({
    variant: { kind: 'router', seconds: 20 },
    command: undefined,
  });
  expect(told(workloads['E-1k']!, 'default', 1).command).toEqual(['e_hold', '--pending=1000', '--holds=5000000']);
  expect(() => told(workloads['E-1k']!, 'default', 2)).toThrow('no simulated seconds');
});
