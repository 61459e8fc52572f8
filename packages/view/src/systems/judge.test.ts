import { describe, expect, test } from 'vitest';
import { judgeRows, type RowSpec, type RunOutcome } from './judge.ts';

const text = (en: string) => ({ en, zh: en });
const row: RowSpec = {
  id: 34,
  area: 'A3',
  name: text('flow control'),
  clauses: [{ text: text('zero') }, { text: text('probes') }],
};
const run = (
  counterRun: string,
  verdicts: readonly ('met' | 'not met' | 'could not be judged')[],
  more: Partial<RunOutcome> = {},
): RunOutcome => ({
  lab: 'flow-control',
  counterRun,
  flips: counterRun === '' ? [] : ['c1', 'c2'],
  checks: verdicts.map((verdict, i) => ({ id: `c${i + 1}`, row: 34, clause: i + 1, verdict })),
  problems: [],
  ...more,
});
const status = (...runs: RunOutcome[]) => judgeRows([row], runs)[0]!.status;

describe('judgeRows', () => {
  test('a row works when each clause is met and turns in a counter-run', () => {
    const [judged] = judgeRows([row], [run('', ['met', 'met']), run('fast reader', ['not met', 'not met'])]);
    expect(judged).toMatchObject({ id: 34, status: 'works', labs: ['flow-control'] });
    expect(judged!.clauses[1]!.checks).toEqual([
      { lab: 'flow-control', id: 'c2', verdict: 'met', flippedBy: 'fast reader' },
    ]);
  });

  test('anything less does not', () => {
    const counter = run('fast reader', ['not met', 'not met']);
    expect(status()).toBe('not yet');
    expect(status(run('', ['met', 'met']))).toBe('not yet');
    expect(status(run('', ['met', 'not met']), counter)).toBe('not yet');
    expect(status(run('', ['met', 'could not be judged']), counter)).toBe('not yet');
    expect(status(run('', ['met']), counter)).toBe('not yet');
    expect(status(run('', ['met', 'met']), run('fast reader', ['not met', 'met']))).toBe('not yet');
    expect(status(run('', ['met', 'met']), run('fast reader', ['not met', 'could not be judged']))).toBe('not yet');
    expect(status(run('', ['met', 'met']), { ...counter, flips: ['c1'] })).toBe('not yet');
    expect(status(run('', ['met', 'met']), { ...counter, lab: 'other' })).toBe('not yet');
    expect(status(run('', ['met', 'met'], { problems: ['left over: a thread'] }), counter)).toBe('not yet');
  });

  test('a clause that several labs assert needs all of them', () => {
    const other = run('', ['not met', 'met'], { lab: 'udp' });
    expect(status(run('', ['met', 'met']), run('fast reader', ['not met', 'not met']), other)).toBe('not yet');
  });

  test('a clause that a comparison with the real thing asserts needs no check, but no check of it may fail', () => {
    const compared: RowSpec = {
      ...row,
      clauses: [{ text: text('zero') }, { text: text('x'), comparedBy: 'a.real.test.ts' }],
    };
    const works = (...runs: RunOutcome[]) => judgeRows([compared], runs)[0]!.status;
    expect(works(run('', ['met']), run('fast reader', ['not met']))).toBe('works');
    expect(works()).toBe('not yet');
    expect(works(run('', ['met', 'not met']), run('fast reader', ['not met', 'not met']))).toBe('not yet');
  });

  test('a row without clauses does not work', () => {
    expect(judgeRows([{ ...row, clauses: [] }], [run('', ['met'])])[0]!.status).toBe('not yet');
  });
});
