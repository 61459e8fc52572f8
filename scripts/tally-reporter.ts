/**
 * Counts what really ran and says it in one line, with what failed before it. In CI a skipped test that test/skips.json does not list with its
 * reason counts as failed: nobody notices a counterpart that quietly stopped running.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import type { TestModule } from 'vitest/node';
import type { Reporter } from 'vitest/reporters';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export interface Outcome {
  name: string;
  state: 'passed' | 'failed' | 'skipped' | 'pending';
  /** The first line of what was wrong. */
  why?: string;
}

/** `excused` is undefined where any skip is fine (a person's own machine). */
export function count(outcomes: Iterable<Outcome>, excused?: ReadonlySet<string>): Tally & { failures: string[] } {
  const tally = { passed: 0, failed: 0, skipped: 0, failures: [] as string[] };
  for (const { name, state, why } of outcomes) {
    if (state === 'passed') tally.passed += 1;
    else if (state === 'skipped' && (excused === undefined || excused.has(name))) tally.skipped += 1;
    else {
      tally.failed += 1;
      const reason = state === 'skipped' ? 'skipped without an entry in test/skips.json' : (why ?? state);
      tally.failures.push(`${name}: ${reason}`);
    }
  }
  return tally;
}

export function line({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export function readExcuses(text: string): Set<string> {
  const excuses = new Set<string>();
  for (const { test, reason } of JSON.parse(text) as { test?: string; reason?: string }[]) {
    if (!test || !reason) throw new Error('test/skips.json: every entry needs a test and a reason');
    excuses.add(test);
  }
  return excuses;
}

export function* outcomesOf(module: TestModule): Generator<Outcome> {
  for (const test of module.children.allTests()) {
    const { state, errors } = test.result();
    yield { name: `${module.relativeModuleId} > ${test.fullName}`, state, ...whyOf(errors?.[0]) };
  }
  // A module that did not load, or a suite whose hook threw, has no test that says so.
  for (const part of [module, ...module.children.allSuites()]) {
    for (const error of part.errors()) yield { name: module.relativeModuleId, state: 'failed', ...whyOf(error) };
  }
}

function whyOf(error: unknown): Pick<Outcome, 'why'> {
  return error instanceof Object && 'message' in error ? { why: String(error.message).split('\n')[0]! } : {};
}

export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const outcomes = modules.flatMap((module) => [...outcomesOf(module)]);
    for (const error of errors) outcomes.push({ name: 'unhandled error', state: 'failed', ...whyOf(error) });
    const { CI, NETARIUM_TALLY } = process.env;
    const skips = new URL('../test/skips.json', import.meta.url);
    const tally = count(outcomes, CI ? readExcuses(readFileSync(skips, 'utf8')) : undefined);
    if (tally.failed > 0 || tally.passed === 0) process.exitCode = 1;
    if (NETARIUM_TALLY) appendFileSync(NETARIUM_TALLY, `${JSON.stringify(tally)}\n`);
    else console.log([...tally.failures.map((failure) => `failed: ${failure}`), line(tally)].join('\n'));
  }
}
