/** Holds two traces of a pair against each other. Each complaint is one line that says what is in the one and not in the other. */
import type { Mark, Pair, Ratio } from './pair.ts';

export interface Outcome {
  /** As a shell has it: the exit code, or 128 + the signal's number. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly marks: readonly Mark[];
}

export interface RatioResult {
  readonly name: string;
  readonly ours: number;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

const TOLERANCE = 0.15;

/** What differs between one run of CPython and ours, times apart. */
export function differences(pair: Pair, real: Outcome, ours: Outcome): string[] {
  const found: string[] = [];
  if (real.status !== ours.status) found.push(`exit status: CPython ${real.status}, ours ${ours.status}`);
  const lines = pair.output === 'any order' ? sortedLines : (text: string) => text;
  if (lines(real.stdout) !== lines(ours.stdout)) {
    found.push(`output: CPython ${JSON.stringify(real.stdout)}, ours ${JSON.stringify(ours.stdout)}`);
  }
  found.push(...orderDifferences(pair, real.marks, ours.marks));
  for (const [earlier, later] of pair.before ?? []) {
    for (const [side, marks] of [
      ['CPython', real.marks],
      ['ours', ours.marks],
    ] as const) {
      const complaint = notBefore(marks, earlier, later);
      if (complaint !== undefined) found.push(`${side}: ${complaint}`);
    }
  }
  return found;
}

function orderDifferences({ order }: Pair, real: readonly Mark[], ours: readonly Mark[]): string[] {
  if (real.length === 0) return ['CPython marked nothing'];
  if (order === 'total') return firstDifference('', real.map(textOf), ours.map(textOf));
  if (order === 'none') return firstDifference('', real.map(textOf).sort(), ours.map(textOf).sort());
  const threads = [...new Set([...real, ...ours].map(({ who }) => who))];
  return threads.flatMap((thread) => {
    const of = (marks: readonly Mark[]) => marks.filter(({ who }) => who === thread).map(({ label }) => label);
    return firstDifference(`${thread}, `, of(real), of(ours));
  });
}

function firstDifference(where: string, real: readonly string[], ours: readonly string[]): string[] {
  for (let i = 0; i < Math.max(real.length, ours.length); i++) {
    if (real[i] === ours[i]) continue;
    return [`${where}mark ${i + 1}: CPython '${real[i] ?? 'nothing'}', ours '${ours[i] ?? 'nothing'}'`];
  }
  return [];
}

function notBefore(marks: readonly Mark[], earlier: string, later: string): string | undefined {
  const last = marks.findLastIndex(({ label }) => label === earlier);
  const first = marks.findIndex(({ label }) => label === later);
  if (last < 0 || first < 0) return `no mark '${last < 0 ? earlier : later}'`;
  return last < first ? undefined : `'${earlier}' comes after '${later}'`;
}

const textOf = ({ who, label }: Mark): string => `${who}: ${label}`;
const sortedLines = (text: string): string => text.split('\n').sort().join('\n');

/** Each ratio of ours beside those of the real runs. */
export function ratiosOf(pair: Pair, real: readonly Outcome[], ours: Outcome): RatioResult[] {
  return (pair.ratios ?? []).map((ratio) => {
    const sorted = real.map(({ marks }) => ratioIn(marks, ratio)).sort((a, b) => a - b);
    const [lowest, median, highest] = [sorted[0]!, sorted[sorted.length >> 1]!, sorted.at(-1)!];
    return { name: ratio.name, ours: ratioIn(ours.marks, ratio), median, lowest, highest };
  });
}

export function agrees({ ours, median }: RatioResult): boolean {
  return Math.abs(ours - median) <= TOLERANCE * median;
}

/** `CPU-bound: ours 1.98, CPython 2.01 (1.97 to 2.05)`. */
export function ratioText({ name, ours, median, lowest, highest }: RatioResult): string {
  const [own, real, low, high] = [ours, median, lowest, highest].map((value) => value.toFixed(3));
  return `${name}: ours ${own}, CPython ${real} (${low} to ${high})`;
}

function ratioIn(marks: readonly Mark[], { of, to }: Ratio): number {
  return span(marks, of) / span(marks, to);
}

function span(marks: readonly Mark[], [from, to]: readonly [string, string]): number {
  const [start, end] = [marks.find(({ label }) => label === from), marks.findLast(({ label }) => label === to)];
  if (start === undefined || end === undefined)
    throw new Error(`a ratio names '${from}' and '${to}', and one is not marked`);
  return end.atNs - start.atNs;
}
