/** The explorations of a lab: what its definition says of them, put to the explorer. */
import { resolveParams } from '../../world/parameters.ts';
import { type ParamValue, SpecError } from '../../world/topology.ts';
import type { ExplorationSpec, LabDefinition } from '../lab.ts';
import { imageWith, type LabEnvironment } from '../lab-environment.ts';
import { Sight } from '../sight.ts';
import { Trace } from '../trace.ts';
import { type Exploration, type ExploreOptions, explore, STRATEGIES, type StrategyName } from './explore.ts';
import type { ExploredProgram } from './one-run.ts';

/** The exploration's program on the lab's machines. */
export function exploredProgram(
  definition: LabDefinition,
  environment: LabEnvironment,
  params: ReadonlyMap<string, ParamValue>,
  name: string,
  seed = 1,
): ExploredProgram {
  const spec = specOf(definition, name);
  const { run, ...topology } = resolveParams(
    { machines: definition.machines, cables: definition.cables ?? [], run: spec.run },
    params,
  );
  return {
    topology,
    run: new Map(Object.entries(run).map(([machine, line]) => [machine, String(line).trim().split(/\s+/)])),
    image: imageWith(environment, definition),
    turn: environment.turn,
    compileFilter: new Sight(new Trace()).frameMatcher,
    seed,
  };
}

export function specOf(definition: LabDefinition, name: string): ExplorationSpec {
  const specs = definition.explorations ?? {};
  if (!Object.hasOwn(specs, name))
    throw new SpecError(
      `explorations.${name}`,
      Object.keys(specs).length === 0
        ? 'the lab has no explorations'
        : `there is no such exploration; the lab has ${Object.keys(specs).join(', ')}`,
    );
  return specs[name]!;
}

/** How the lab itself wants it explored. */
export function exploreOptionsOf(spec: ExplorationSpec, params: ReadonlyMap<string, ParamValue>): ExploreOptions {
  const given =
    typeof spec.strategy === 'object' ? params.get(spec.strategy.param) : (spec.strategy as string | undefined);
  const strategy = (given ?? (spec.expect === 'nothing' ? 'exhaustive' : 'pct')) as StrategyName;
  if (!STRATEGIES.includes(strategy))
    throw new SpecError('strategy', `'${strategy}' is none of ${STRATEGIES.join(', ')}`);
  return {
    strategy,
    schedules: spec.schedules ?? (strategy === 'exhaustive' ? 100_000 : 1000),
    seed: 1,
    faults: spec.faults ?? 0,
  };
}

/** Explores everything that the lab names, in its order. */
export async function exploreAll(
  definition: LabDefinition,
  environment: LabEnvironment,
  params: ReadonlyMap<string, ParamValue>,
): Promise<ReadonlyMap<string, Exploration>> {
  const found = new Map<string, Exploration>();
  for (const [name, spec] of Object.entries(definition.explorations ?? {})) {
    const program = exploredProgram(definition, environment, params, name);
    found.set(name, await explore(program, exploreOptionsOf(spec, params)));
  }
  return found;
}
