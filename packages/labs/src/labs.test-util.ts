/**
 * Every lab of the catalogue: all checks met as it is, each counter-run turns what it names into "not met", nothing is left over, and its runs answer the
 * questions of the quiz. A question mostly asks about a run of the lab's own tests, so one run serves all who ask about it. In parts by the labs' first letters
 * (`labs-a-e.test.ts` …), so that they run side by side.
 */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { LabRun } from '@netarium/core/check/lab-run.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { catalogue } from './catalogue/index.ts';
import { quizItems } from './quizzes/index.ts';
import { type ObservedRun, observedRun } from './quizzes/observed-run.ts';
import { testQuestion } from './quizzes/question.test-util.ts';
import type { QuizItem } from './quizzes/quiz.ts';

type Changes = Readonly<Record<string, ParamValue>>;

const environment = { image: systemImage(), turn };

const verdicts = (result: LabRun, ids: readonly string[]) =>
  result.checks.filter(({ id }) => ids.includes(id)).map(({ id, verdict, saw }) => `${id}: ${verdict} (${saw})`);

const keyOf = (set: Changes = {}): string => JSON.stringify(Object.entries(set).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The runs of a lab: what questions ask about is observed, once, and kept until all have asked. */
class Runs {
  private readonly observed = new Map<string, Promise<ObservedRun>>();
  private readonly asked: ReadonlySet<string>;

  constructor(
    private readonly lab: LabDefinition,
    private readonly items: readonly QuizItem[],
  ) {
    this.asked = new Set(
      items.flatMap(({ set, otherwise }) => [keyOf(set), ...(otherwise === undefined ? [] : [keyOf(otherwise.set)])]),
    );
  }

  async of(set: Changes = {}): Promise<LabRun> {
    if (!this.asked.has(keyOf(set))) return runLab(this.lab, environment, { set });
    return (await this.observe(set)).run;
  }

  observe(set: Changes = {}): Promise<ObservedRun> {
    const known = this.observed.get(keyOf(set));
    if (known !== undefined) return known;
    const samples = [...new Set(this.items.flatMap((item) => item.samples ?? []))];
    const run = observedRun(this.lab, environment, { set, samples });
    this.observed.set(keyOf(set), run);
    return run;
  }

  forget(): void {
    this.observed.clear();
  }
}

/** The labs whose names begin with a letter from `first` to `last`. */
export async function testLabs(first: string, last: string): Promise<void> {
  const part = [...catalogue].filter(([id]) => id[0]! >= first && id[0]! <= last);
  const labs = await Promise.all(part.map(async ([id, load]) => [id, await load()] as const));
  describe.each(labs)('%s', testLab);
}

function testLab(id: string, lab: LabDefinition): void {
  const counterRuns = Object.entries(lab.counterRuns ?? {});
  const items = quizItems.filter((item) => item.lab === id);
  const runs = new Runs(lab, items);
  afterAll(() => runs.forget());

  it('meets its checks and leaves nothing over', async () => {
    expect(lab.id).toBe(id);
    const result = await runs.of();
    expect(result.checks.filter(({ verdict }) => verdict !== 'met')).toEqual([]);
    expect(result.problems).toEqual([]);
  });

  it.each(counterRuns)('counter-run %s', async (_, { set, flips }) => {
    const result = await runs.of(set);
    expect(verdicts(result, flips).filter((line) => !line.includes(': not met'))).toEqual([]);
    expect(flips.every((flip) => result.checks.some((check) => check.id === flip))).toBe(true);
    expect(result.problems).toEqual([]);
  });

  it('has a counter-run for every check of a row or claim', () => {
    const flipped = new Set(counterRuns.flatMap(([, { flips }]) => flips));
    const never = Object.entries(lab.checks ?? {}).filter(
      ([check, { row, claim }]) => (row !== undefined || claim !== undefined) && !flipped.has(check),
    );
    expect(never.map(([check]) => check)).toEqual([]);
  });

  describe.each(items.map((item) => [item.id, item] as const))('question %s', (_, item) =>
    testQuestion(item, (set) => runs.observe(set)),
  );
}
