/** A lab from YAML: the same words as in TypeScript, with tags for the makers, `steps` for the script and checks that look for themselves. */
import { basename } from 'node:path';
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { type LabProblem, nearest } from '@netarium/core/check/lab-problem.ts';
import { isMap, Place, quote } from '@netarium/core/check/shape.ts';
import { validateLab } from '@netarium/core/check/validate-lab.ts';
import { CHECK_KEYS, checkObservation, observe } from './yaml-checks.ts';
import { type Position, readYaml } from './yaml-document.ts';
import { checkSteps, StepRun } from './yaml-steps.ts';
import { asText, isText } from './yaml-text.ts';

type Dictionary = Readonly<Record<string, unknown>>;

const KEYS = ['id', 'title', 'text', 'params', 'machines', 'cables', 'until', 'steps', 'checks', 'counterRuns'];

export interface PlacedProblem extends LabProblem {
  readonly position: Position;
}

export type YamlLab = { readonly lab: LabDefinition } | { readonly problems: readonly PlacedProblem[] };

/** The lab, or everything that is wrong with the file. */
export function yamlLab(text: string, file: string): YamlLab {
  const document = readYaml(text);
  const problems = [...document.problems];
  const place = new Place(problems, new Map(Object.entries(defaults(document.value))));
  let lab: LabDefinition | undefined;
  if (problems.length > 0) lab = undefined;
  else if (isMap(document.value)) lab = labOf(document.value, idOf(file), place, problems);
  else place.report('not-a', { value: quote(document.value), expected: 'map' });
  if (problems.length === 0 && lab !== undefined) return { lab };
  const placed = problems.map((problem) => ({ ...problem, position: document.position(problem) }));
  return {
    problems: placed.sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column),
  };
}

/** `My lab.yaml` is the lab `my-lab` unless the file says otherwise. */
function idOf(file: string): string {
  const words = basename(file)
    .replace(/\.ya?ml$/i, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words === null ? 'lab' : words.join('-');
}

function defaults(value: unknown): Dictionary {
  const params = isMap(value) && isMap(value.params) ? value.params : {};
  return Object.fromEntries(Object.entries(params).map(([name, spec]) => [name, isMap(spec) ? spec.default : spec]));
}

function labOf(written: Dictionary, id: string, place: Place, problems: LabProblem[]): LabDefinition {
  for (const key of Object.keys(written)) {
    if (!KEYS.includes(key))
      place
        .at(key)
        .report('unknown-key', { key: quote(key), nearest: nearest(key, KEYS) ?? '', allowed: KEYS.join(', ') });
  }
  const { steps, checks, params, counterRuns, title, text, ...rest } = Object.fromEntries(
    Object.entries(written).filter(([key]) => KEYS.includes(key)),
  );
  const definition: Dictionary = {
    id,
    ...rest,
    ...texts({ title, text }),
    ...(params === undefined
      ? {}
      : { params: mapped(params, (spec) => (isMap(spec) ? texts(spec) : { default: spec })) }),
    ...(checks === undefined ? {} : { checks: mapped(checks, (spec, name) => specOf(spec, name)) }),
    ...(counterRuns === undefined
      ? {}
      : { counterRuns: mapped(counterRuns, (run) => (isMap(run) ? texts(run) : run)) }),
  };
  problems.push(...validateLab(definition));
  const commands = checkSteps(steps, definition, place);
  const observations = observationsOf(checks);
  for (const [name, observation] of observations) checkObservation(observation, commands, place.at('checks').at(name));
  const script = (context: LabContext): Promise<void> =>
    play(context, (steps ?? []) as readonly Dictionary[], observations);
  return {
    ...(definition as unknown as LabDefinition),
    ...(steps === undefined && observations.size === 0 ? {} : { script }),
  };
}

function texts(spec: Dictionary): Dictionary {
  return Object.fromEntries(
    Object.entries(spec)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, (key === 'text' || key === 'title') && isText(value) ? asText(value) : value]),
  );
}

function mapped(value: unknown, change: (entry: unknown, name: string) => unknown): unknown {
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, change(entry, name)]))
    : value;
}

/** A check without a text is called by its name. */
function specOf(check: unknown, name: string): unknown {
  if (!isMap(check)) return check;
  const spec = Object.fromEntries(Object.entries(check).filter(([key]) => CHECK_KEYS.includes(key)));
  return texts({ text: name, ...spec });
}

function observationsOf(checks: unknown): ReadonlyMap<string, Dictionary> {
  const found = isMap(checks)
    ? Object.entries(checks).filter((entry): entry is [string, Dictionary] => isMap(entry[1]))
    : [];
  return new Map(
    found.map(([name, check]) => [
      name,
      Object.fromEntries(Object.entries(check).filter(([key]) => !CHECK_KEYS.includes(key))),
    ]),
  );
}

async function play(
  context: LabContext,
  steps: readonly Dictionary[],
  observations: ReadonlyMap<string, Dictionary>,
): Promise<void> {
  const judged = new Set<string>();
  const judge = (id: string): void => {
    judged.add(id);
    context.check(id, () => observe(observations.get(id)!, context, run));
  };
  const run: StepRun = new StepRun(context, judge);
  await run.do(steps);
  for (const id of observations.keys()) if (!judged.has(id)) judge(id);
}
