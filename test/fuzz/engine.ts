/**
 * Throws its corpus at a target, and then damaged inputs until a time is over. A target answers a short description of what became of the input; an input with a
 * description that is new joins the pool from which later ones are made, so the search goes on from what led somewhere. Seeded: the same
 * seed makes the same inputs in the same order. What a target throws is a find, and so is an input that takes too long.
 */
import { Stream } from '@netarium/core/random/random.ts';
import { mutate } from './mutate.ts';

export interface Target {
  readonly name: string;
  /** Where the search begins; each of them must pass. */
  corpus(): readonly string[];
  /** Answers what became of the input; throws where that is a bug. */
  run(input: string): string | Promise<string>;
}

export interface Find {
  readonly input: string;
  readonly problem: string;
}

export interface Outcome {
  readonly cases: number;
  /** Different descriptions that came up. */
  readonly outcomes: number;
  readonly finds: readonly Find[];
}

const SLOW_US = 2_000_000;
const POOL_MAX = 5000;
const FINDS_MAX = 20;

/** Goes on for `seconds`, and where a busy machine has not come to `enough` outcomes by then, ten times as long at most. */
export async function fuzz(target: Target, seed: number, seconds: number, enough = 0): Promise<Outcome> {
  const random = new Stream(seed, `fuzz ${target.name}`);
  const pool = [...target.corpus()];
  const known = new Set<string>();
  const finds = new Map<string, Find>();
  let cases = 0;
  const attempt = async (input: string): Promise<void> => {
    const start = process.cpuUsage();
    cases++;
    try {
      const outcome = await target.run(input);
      // Of the processor: what a busy machine does beside it does not count.
      const { user, system } = process.cpuUsage(start);
      if (user + system > SLOW_US) throw new Error(`took longer than ${SLOW_US} us of the processor`);
      if (known.has(outcome)) return;
      known.add(outcome);
      if (pool.length < POOL_MAX) pool.push(input);
    } catch (error) {
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const where = problem.split('\n').slice(0, 2).join(' ').replace(/\d+/g, '');
      if (!finds.has(where)) finds.set(where, { input, problem });
    }
  };
  for (const input of target.corpus()) await attempt(input);
  const start = performance.now();
  const left = (limit: number): boolean => performance.now() - start < limit * 1000;
  while ((left(seconds) || (known.size < enough && left(10 * seconds))) && finds.size < FINDS_MAX)
    await attempt(mutate(pool[random.below(pool.length)]!, random, pool));
  return { cases, outcomes: known.size, finds: [...finds.values()] };
}
