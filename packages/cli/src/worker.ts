/** A thread that runs labs for the commands that run many: what the checks said; what quizzes ask, and the viewer's page. */
import type { LabRun } from '@netarium/core/check/lab-run.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import type { SampleKind } from '@netarium/core/record/catalogue.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { quizItems } from '@netarium/labs/quizzes/index.ts';
import { observedRun } from '@netarium/labs/quizzes/observed-run.ts';
import type { Decision } from '@netarium/labs/quizzes/quiz.ts';
import { RecordingLog } from '@netarium/view/recording/recording-log.ts';
import type { RunOutcome } from '@netarium/view/systems/judge.ts';
import manifest from '../package.json' with { type: 'json' };
import { environment } from './environment.ts';
import { writeLabPage } from './output/lab-page.ts';
import { CallStacks } from './source/call-stacks.ts';

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

export interface ChapterTask {
  readonly lab: string;
  readonly set: Readonly<Record<string, ParamValue>>;
  /** Ids of the quiz's items that ask this run. */
  readonly items: readonly string[];
  /** Where the run's viewer is written, and the markup of the bar above it; undefined: nowhere. */
  readonly viewer: { readonly path: string; readonly bar: string } | undefined;
}

export interface Chapter {
  /** An item without one is one that failed. */
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly viewerWritten: boolean;
}

/** `netarium book`: one run, what each of its items reads from it, and its viewer. */
export async function chapter({ lab, set, items, viewer }: ChapterTask): Promise<Chapter> {
  const definition = await catalogue.get(lab)!();
  const asked = quizItems.filter(({ id }) => items.includes(id));
  const samples = [...new Set<SampleKind>(asked.flatMap((item) => item.samples ?? []))];
  const log = viewer === undefined ? undefined : new RecordingLog();
  const stacks = new CallStacks();
  const surroundings = log === undefined ? environment() : { ...environment(), callSite: stacks.callSite };
  const decisions = new Map<string, Decision>();
  let run: LabRun;
  if (asked.length === 0) run = await runLab(definition, surroundings, { set, listener: log?.listener ?? {} });
  else {
    const observed = await observedRun(definition, surroundings, { set, samples, beside: log?.listener });
    for (const { id, decide } of asked) decisions.set(id, decide(observed));
    run = observed.run;
  }
  if (viewer === undefined || log === undefined) return { decisions, viewerWritten: false };
  const recording = log.recording(definition, run, manifest.version, stacks.text());
  return { decisions, viewerWritten: writeLabPage(recording, viewer.path, viewer.bar) };
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
