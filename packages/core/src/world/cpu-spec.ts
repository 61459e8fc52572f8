/** A host's `cpu` specification: cores, scheduling policy and costs, read into what its kernel takes. */
import { COST_PROFILES, type CostModel, DEFAULT_COSTS } from '../os/costs.ts';
import { SCHEDULERS, type SchedulerName } from '../os/cpu/policies.ts';
import { type CpuOptions, DEFAULT_CPU } from '../syscall/kernel.ts';
import { parseDuration } from '../time/instant.ts';
import { type CpuSpec, SpecError } from './topology.ts';

const MAX_CORES = 1024;

export function cpuOptions(spec: CpuSpec, path: string): CpuOptions {
  const cores = spec.cores ?? DEFAULT_CPU.cores;
  if (!Number.isInteger(cores) || Number(cores) < 1 || Number(cores) > MAX_CORES)
    throw new SpecError(`${path}.cores`, `${JSON.stringify(cores)} is no number of cores (1 to ${MAX_CORES})`);
  const quantumNs = duration(spec.quantum, `${path}.quantum`);
  const tickNs = duration(spec.tick, `${path}.tick`);
  const ageingNs = duration(spec.ageing, `${path}.ageing`);
  const boostNs = duration(spec.boost, `${path}.boost`);
  return {
    cores: Number(cores),
    scheduler: {
      scheduler: schedulerName(spec.scheduler, `${path}.scheduler`),
      ...(quantumNs === undefined ? {} : { quantumNs }),
      ...(tickNs === undefined ? {} : { tickNs }),
      ...(ageingNs === undefined ? {} : { ageingNs }),
      ...(boostNs === undefined ? {} : { boostNs }),
      ...(spec.levels === undefined ? {} : { levels: Number(spec.levels) }),
    },
  };
}

function schedulerName(value: CpuSpec['scheduler'], path: string): SchedulerName {
  if (value === undefined) return 'eevdf';
  const found = SCHEDULERS.find((name) => name === value);
  if (found === undefined)
    throw new SpecError(path, `'${String(value)}' is no scheduler; ${SCHEDULERS.join(', ')} are`);
  return found;
}

function duration(value: unknown, path: string): number | undefined {
  if (value === undefined) return undefined;
  const ns = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ns === undefined) throw new SpecError(path, `${JSON.stringify(value)} is not a duration, like 4ms`);
  return ns;
}

/** A profile of `os/costs.ts` by name, or single costs in nanoseconds that differ from the default ones. */
export function costModel(value: CpuSpec['costs'], path: string): CostModel {
  if (value === undefined) return DEFAULT_COSTS;
  const profile = COST_PROFILES.get(String(value));
  if (profile !== undefined) return profile;
  if (typeof value !== 'object' || value === null)
    throw new SpecError(
      path,
      `'${String(value)}' is no cost model; ${[...COST_PROFILES.keys()].join(', ')} are, or single costs by name`,
    );
  const costs: Record<string, number> = { ...DEFAULT_COSTS };
  for (const [name, ns] of Object.entries(value)) {
    if (!Object.hasOwn(DEFAULT_COSTS, name)) throw new SpecError(`${path}.${name}`, 'no such cost');
    if (!Number.isSafeInteger(ns) || Number(ns) < 0 || (name === 'portionNs' && ns === 0))
      throw new SpecError(`${path}.${name}`, `${JSON.stringify(ns)} is no number of nanoseconds`);
    costs[name] = Number(ns);
  }
  return costs as unknown as CostModel;
}
