/** A thread that runs labs for the commands that run many: what the checks said, what quizzes ask, the viewer's page. */
import { runLab } from '@netarium/core/check/run-lab.ts';
import type { SampleKind } from '@netarium/core/record/catalogue.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { quizItems } from '@netarium/labs/quizzes/index.ts';
import { observedRun } from '@netarium/labs/quizzes/observed-run.ts';
import type { Decision } from '@netarium/labs/quizzes/quiz.ts';
import type { RunOutcome } from '@netarium/view/systems/judge.ts';
import { environment } from './environment.ts';
import { type LabPage, labPage } from './output/lab-page.ts';

export interface LabTask {
  readonly lab: string;
  /** Name of a counter-run; empty for the lab as it is. */
  readonly counterRun: string;
}

/** `netarium systems`: one lab, as it is or as one of its counter-runs. */
export async function judge({ lab, counterRun }: LabTask): Promise<RunOutcome> {
  const outcome = { lab, counterRun, flips: [] as readonly string[] };
  try {
    const definition = await catalogue.get(lab)!();
    const counter = counterRun === '' ? undefined : definition.counterRuns![counterRun]!;
    const run = await runLab(definition, environment(), counter === undefined ? {} : { set: counter.set });
    const checks = run.checks.map(({ id, row, clause, verdict }) => ({ id, row, clause, verdict }));
    return { ...outcome, flips: counter?.flips ?? [], checks, problems: run.problems };
  } catch (error) {
    return { ...outcome, checks: [], problems: [textOf(error)] };
  }
}

export interface QuizTask {
  readonly lab: string;
  readonly set: Readonly<Record<string, ParamValue>>;
  /** Ids of the items that ask this run. */
  readonly items: readonly string[];
}

/** `netarium book`: one run, and what each of its items reads from it. An item without a decision is one that failed. */
export async function decide({ lab, set, items }: QuizTask): Promise<ReadonlyMap<string, Decision>> {
  const asked = quizItems.filter(({ id }) => items.includes(id));
  const samples = new Set<SampleKind>(asked.flatMap((item) => item.samples ?? []));
  const run = await observedRun(await catalogue.get(lab)!(), environment(), set, [...samples]);
  return new Map(asked.map((item) => [item.id, item.decide(run)]));
}

export interface PageTask {
  readonly lab: string;
  readonly path: string;
}

/** `netarium book`: the viewer of one lab, written to a file. */
export async function page({ lab, path }: PageTask): Promise<LabPage> {
  return labPage(await catalogue.get(lab)!(), path);
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
