import { describe, expect, test } from 'vitest';
import type { ProgramModule } from '../../syscall/program.ts';
import type { Sys } from '../../syscall/sys.ts';
import { host, lab, param } from '../lab.ts';
import { runLab } from '../run-lab.ts';
import { validateLab } from '../validate-lab.ts';

const counter: ProgramModule = {
  async main(sys, [, how]) {
    const cell = await sys.cell_create(0);
    const tids = [await sys.thread_create('count', [cell, how!]), await sys.thread_create('count', [cell, how!])];
    for (const tid of tids) await sys.thread_join(tid);
    return (await sys.cell_load(cell)) === 2 ? 0 : 1;
  },
  async count(sys: Sys, cell: number, how: string) {
    if (how === 'atomic') await sys.cell_add(cell, 1);
    else await sys.cell_store(cell, ((await sys.cell_load(cell)) as number) + 1);
  },
};

const definition = lab({
  id: 'counter',
  params: { how: { default: 'plain', choices: ['plain', 'atomic'] } },
  machines: { h: host() },
  programs: { counter },
  explorations: {
    asGiven: { run: { h: param('line') }, expect: 'failure' },
    atomic: { run: { h: 'counter atomic' }, expect: 'nothing' },
  },
  checks: {
    found: { text: { en: 'a lost update is found', zh: '找到更新丢失' } },
    free: { text: { en: 'none with atomic adds', zh: '原子加法没有' } },
  },
  async script({ check, explored }) {
    check('found', () => explored('asGiven').bad?.outcome.bad === 'failure');
    check('free', () => explored('atomic').exhausted);
  },
});
const withLine = { ...definition, params: { line: { default: 'counter plain' } } };
const environment = { image: new Map(), turn: () => new Promise<void>((resolve) => setImmediate(resolve)) };

describe('explorations of a lab', () => {
  test('come before its script, which judges them; parameters reach them', async () => {
    expect(validateLab(withLine)).toEqual([]);
    const run = await runLab(withLine, environment);
    expect(run.checks.map(({ id, verdict }) => `${id}: ${verdict}`)).toEqual(['found: met', 'free: met']);
    const other = await runLab(withLine, environment, { set: { line: 'counter atomic' } });
    expect(other.checks[0]!.verdict).toBe('not met');
  });

  test('what makes no sense is a problem with its place', () => {
    const bad = { ...withLine, explorations: { one: { run: { h: 3 }, expect: 'luck', often: true } } };
    expect(validateLab(bad).map(({ path }) => path.join('.'))).toEqual(
      expect.arrayContaining(['explorations.one.expect']),
    );
  });
});
