/** A thread of `netarium systems`: runs one lab, as it is or as one of its counter-runs, and answers what its checks said. */
import { runLab } from '@netarium/core/check/run-lab.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import type { RunOutcome } from '@netarium/view/systems/judge.ts';
import { environment } from './environment.ts';

export interface LabTask {
  readonly lab: string;
  /** Name of a counter-run; empty for the lab as it is. */
  readonly counterRun: string;
}

export default async function task({ lab, counterRun }: LabTask): Promise<RunOutcome> {
  const outcome = { lab, counterRun, flips: [] as readonly string[] };
  try {
    const definition = await catalogue.get(lab)!();
    const counter = counterRun === '' ? undefined : definition.counterRuns![counterRun]!;
    const run = await runLab(definition, environment(), counter === undefined ? {} : { set: counter.set });
    const checks = run.checks.map(({ id, row, clause, verdict }) => ({ id, row, clause, verdict }));
    return { ...outcome, flips: counter?.flips ?? [], checks, problems: run.problems };
  } catch (error) {
    return {
      ...outcome,
      checks: [],
      problems: [error instanceof Error ? `${error.name}: ${error.message}` : String(error)],
    };
  }
}
