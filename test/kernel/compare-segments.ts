/**
 * Random conversations into our TCP and into the kernel of this machine, behind the same hand-played peer, and how they differ. Needs root (a
 * network namespace), /dev/net/tun and Python 3.
 */
import { askPython } from './python.ts';
import { type Answer, comparable, replay, type Step } from './random-segments.ts';

/** The kernel's answers, and a `packet` where one was sent to it. */
export function kernelWithPackets(cases: readonly (readonly Step[])[]): Answer[][] {
  return askPython('segments.py', cases, 170_000 + cases.length * 20);
}

export function kernel(cases: readonly (readonly Step[])[]): Answer[][] {
  return kernelWithPackets(cases).map((answers) => answers.filter(([what]) => what !== 'packet'));
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

export function compareSegments(cases: readonly (readonly Step[])[], twice = false): SegmentComparison {
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
