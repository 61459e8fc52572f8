/**
 * Our TCP and the kernel of this machine, behind the same hand-played peer: the same random segments and calls into both must give the same
 * segments and results. Needs root (a network namespace), /dev/net/tun and Python 3. SEGMENTS_SEED and SEGMENTS_CASES make another run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stream } from '@netarium/core/random/random.ts';
import { expect, test } from 'vitest';
import { type Answer, comparable, RandomSegments, replay, type Step } from './random-segments.ts';

const SEED = Number(process.env.SEGMENTS_SEED ?? 1);
const CASES = Number(process.env.SEGMENTS_CASES ?? 1000);
/** The rest are timers that run out between two steps of a busy machine, and memory accounting that ours does not have. */
const AGREEMENT_MIN = 0.98;

function kernel(cases: readonly Step[][]): Answer[][] {
  const directory = mkdtempSync(join(tmpdir(), 'kernel-segments-'));
  try {
    const [asked, answered] = [join(directory, 'cases.json'), join(directory, 'answers.json')];
    writeFileSync(asked, JSON.stringify(cases));
    const script = fileURLToPath(new URL('segments.py', import.meta.url));
    const run = spawnSync('python3', [script, asked, answered], { encoding: 'utf8', timeout: 170_000 });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    return JSON.parse(readFileSync(answered, 'utf8'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

test(`${CASES} random conversations with seed ${SEED}: the kernel's segments and errno`, () => {
  const source = new RandomSegments(new Stream(SEED, 'segments'));
  const cases = Array.from({ length: CASES }, () => source.next());
  const answers = kernel(cases);
  const differing: string[] = [];
  cases.forEach((steps, i) => {
    const real = comparable(answers[i]!);
    const ours = comparable(replay(steps));
    if (JSON.stringify(real) === JSON.stringify(ours)) return;
    differing.push(
      `case ${i}: ${JSON.stringify(steps)}\n  kernel ${real.join('\n         ')}\n  ours   ${ours.join('\n         ')}`,
    );
  });
  expect(differing.length / CASES, differing.slice(0, 5).join('\n')).toBeLessThanOrEqual(1 - AGREEMENT_MIN);
});
