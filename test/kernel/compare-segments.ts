/**
 * Random conversations into our TCP and into the kernel of this machine, behind the same hand-played peer, and how they differ. Needs root (a
 * network namespace), /dev/net/tun and Python 3.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Answer, comparable, replay, type Step } from './random-segments.ts';

function kernel(cases: readonly Step[][]): Answer[][] {
  const directory = mkdtempSync(join(tmpdir(), 'kernel-segments-'));
  try {
    const [asked, answered] = [join(directory, 'cases.json'), join(directory, 'answers.json')];
    writeFileSync(asked, JSON.stringify(cases));
    const script = fileURLToPath(new URL('segments.py', import.meta.url));
    const run = spawnSync('python3', [script, asked, answered], {
      encoding: 'utf8',
      timeout: 170_000 + cases.length * 20,
    });
    if (run.status !== 0 || run.stderr !== '') throw new Error(`${script}: ${run.error ?? run.stderr}`);
    return JSON.parse(readFileSync(answered, 'utf8'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export interface SegmentDifference {
  readonly number: number;
  readonly steps: readonly Step[];
  readonly ours: readonly string[];
  readonly kernel: readonly string[];
}

export interface SegmentComparison {
  readonly differences: readonly SegmentDifference[];
  /** Cases in which the kernel, asked twice, did not say the same, and which so prove nothing. */
  readonly unstable: number;
}

export function compareSegments(cases: readonly Step[][], twice = false): SegmentComparison {
  const answers = kernel(cases);
  const again = twice ? kernel(cases) : answers;
  const differences: SegmentDifference[] = [];
  let unstable = 0;
  cases.forEach((steps, number) => {
    const [real, repeated] = [comparable(answers[number]!), comparable(again[number]!)];
    const ours = comparable(replay(steps));
    if (real.join('\n') !== repeated.join('\n')) unstable++;
    else if (real.join('\n') !== ours.join('\n')) differences.push({ number, steps, ours, kernel: real });
  });
  return { differences, unstable };
}
