/**
 * The library's front door: what `import … from 'netarium'` offers. Describe a lab with `lab`, `host`, `router`, `networkSwitch`, `hub` and
 * `cable`; `run` it, and look at the checks.
 */
import { replay } from '@netarium/core/check/explore/explore.ts';
import { exploredProgram } from '@netarium/core/check/explore/lab-explorations.ts';
import type { RunOutcome } from '@netarium/core/check/explore/one-run.ts';
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { pathText } from '@netarium/core/check/lab-problem.ts';
import type { LabRun, RunSettings } from '@netarium/core/check/lab-run.ts';
import { paramsOf, runLab } from '@netarium/core/check/run-lab.ts';
import { validateLab } from '@netarium/core/check/validate-lab.ts';
import { type ParamValue, SpecError } from '@netarium/core/world/topology.ts';
import { messages } from '@netarium/view/messages/messages.ts';
import manifest from '../package.json' with { type: 'json' };
import { environment, located } from './environment.ts';
import { loadLab } from './load/load-lab.ts';

export type { Exploration } from '@netarium/core/check/explore/explore.ts';
export type { RunOutcome } from '@netarium/core/check/explore/one-run.ts';
export type {
  CheckSpec,
  CounterRun,
  LabDefinition,
  ParamSpec,
  Text,
} from '@netarium/core/check/lab.ts';
export { cable, host, hub, lab, networkSwitch, nth, param, router } from '@netarium/core/check/lab.ts';
export type {
  CableControl,
  Finished,
  HostControl,
  LabContext,
  LabTools,
  Observation,
  Running,
  RunOptions,
  Seen,
  SeenPacket,
} from '@netarium/core/check/lab-context.ts';
export type {
  CheckResult,
  LabRun,
  RunListener,
  RunSettings,
  StoryLine,
  Verdict,
} from '@netarium/core/check/lab-run.ts';
export type { ProgramModule } from '@netarium/core/syscall/program.ts';
export type { Program, Sys } from '@netarium/core/syscall/sys.ts';
export { SpecError } from '@netarium/core/world/topology.ts';

export const version: string = manifest.version;

/**
 * Runs a lab's exploration once more along a schedule that `netarium explore --save` or `--test` has kept. `lab` is a built-in lab's name, a lab file's
 * path, or a lab.
 */
export async function replaySchedule(
  lab: string | LabDefinition,
  exploration: string,
  answers: readonly number[],
  set: Readonly<Record<string, ParamValue>> = {},
): Promise<RunOutcome> {
  const definition = typeof lab === 'string' ? await loadLab(lab, messages('en')) : lab;
  const params = paramsOf(definition, set);
  return (await replay(exploredProgram(definition, environment(), params, exploration), answers)).outcome;
}

/**
 * Runs a lab and answers its outcome: checks with their verdicts, digests, and what was left over. The same lab, seed and parameters give the
 * same outcome. A lab that makes no sense is a `SpecError` that names the place.
 */
export async function run(definition: LabDefinition, settings: RunSettings = {}): Promise<LabRun> {
  const [problem] = validateLab(definition);
  if (problem !== undefined)
    throw new SpecError(pathText(problem.path), messages('en').problems[problem.code](problem.values));
  return runLab(definition, environment(), settings).catch((error) => located(error, definition, settings));
}
