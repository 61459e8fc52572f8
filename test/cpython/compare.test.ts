import { describe, expect, test } from 'vitest';
import { agrees, differences, type Outcome, ratiosOf } from './compare.ts';
import { exceptionText, type Pair, Trace } from './pair.ts';

const outcome = (marks: string, stdout = '', status = 0): Outcome => ({
  status,
  stdout,
  stderr: '',
  marks: marks.split(' ').map((mark, i) => ({ who: mark[0]!, label: mark.slice(1), atNs: i * 100 })),
});
const pair = (rest: Partial<Pair>): Pair => ({ main: () => async () => 0, order: 'total', ...rest });

describe('two traces', () => {
  test('in total order any exchange is told', () => {
    const complaints = differences(pair({}), outcome('a1 b1 a2'), outcome('b1 a1 a2'));
    expect(complaints).toEqual(["mark 1: CPython 'a: 1', ours 'b: 1'"]);
    expect(differences(pair({}), outcome('a1 a2'), outcome('a1'))).toEqual(["mark 2: CPython 'a: 2', ours 'nothing'"]);
    expect(differences(pair({}), outcome('a1'), outcome('a1'))).toEqual([]);
  });

  test('per thread only the order inside of each counts, and what is guaranteed beside', () => {
    const order = 'per thread';
    expect(differences(pair({ order }), outcome('a1 b1 a2'), outcome('b1 a1 a2'))).toEqual([]);
    expect(differences(pair({ order }), outcome('a1 b1 a2'), outcome('a2 b1 a1'))).toHaveLength(1);
    const before = [['2', '9']] as const;
    expect(differences(pair({ order, before }), outcome('a2 b9'), outcome('b9 a2'))).toEqual([
      "ours: '2' comes after '9'",
    ]);
    expect(differences(pair({ order, before }), outcome('a2'), outcome('a2'))).toHaveLength(2);
  });

  test('without order each mark must be there as often', () => {
    expect(differences(pair({ order: 'none' }), outcome('a1 b1'), outcome('b1 a1'))).toEqual([]);
    expect(differences(pair({ order: 'none' }), outcome('a1 b1'), outcome('a1 a1'))).toHaveLength(1);
  });

  test('output and status count', () => {
    expect(differences(pair({}), outcome('a1', 'x\ny\n'), outcome('a1', 'y\nx\n'))).toHaveLength(1);
    expect(differences(pair({ output: 'any order' }), outcome('a1', 'x\ny\n'), outcome('a1', 'y\nx\n'))).toEqual([]);
    expect(differences(pair({}), outcome('a1', '', 1), outcome('a1'))).toEqual(['exit status: CPython 1, ours 0']);
  });

  test('an empty trace proves nothing', () => {
    const nothing = { ...outcome('a1'), marks: [] };
    expect(differences(pair({}), nothing, nothing)).toEqual(['CPython marked nothing']);
  });

  test('ratios are held to the median of the real runs', () => {
    const ratios = [{ name: 'r', of: ['1', '3'], to: ['1', '2'] }] as const;
    const [result] = ratiosOf(
      pair({ ratios }),
      ['a1 a2 a3', 'a1 a2 a3', 'a1 a9 a2 a3'].map((marks) => outcome(marks)),
      outcome('a1 a2 a3'),
    );
    expect(result).toEqual({ name: 'r', ours: 2, median: 2, lowest: 1.5, highest: 2 });
    expect(agrees(result!)).toBe(true);
    expect(agrees({ ...result!, ours: 2.31 })).toBe(false);
    expect(() => ratiosOf(pair({ ratios }), [outcome('a1')], outcome('a1'))).toThrow('not marked');
  });
});

test('exceptions are told by class and text', () => {
  const trace = new Trace(() => 7);
  trace.raised(new TypeError('no'), 't');
  expect(trace.marks).toEqual([{ who: 't', label: 'raised TypeError: no', atNs: 7 }]);
  expect(exceptionText(3)).toBe('not an exception: 3');
});
