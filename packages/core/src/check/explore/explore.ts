/**
 * The schedule explorer: runs a bounded program again and again, each time with other answers to its choice points, until one run goes badly or nothing is
 * left to try. A bad schedule is made short, told step by step, and can be replayed.
 */
import { Randomness } from '../../random/random.ts';
import { ExhaustiveSearch } from './exhaustive.ts';
import { type ExploredProgram, type RunOutcome, runOnce } from './one-run.ts';
import { PriorityWalk, RandomWalk } from './random-search.ts';
import { Recording, Replay, type Strategy } from './schedule.ts';
import { shrink, switches } from './shrink.ts';

export const STRATEGIES = ['random', 'pct', 'exhaustive'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

export interface ExploreOptions {
  readonly strategy: StrategyName;
  /** At most so many schedules. */
  readonly schedules: number;
  /** Seed of the search, not of the program. */
  readonly seed: number;
  /** Depth of the bug that PCT looks for. */
  readonly depth?: number;
  /** At most so many link faults in one run. */
  readonly faults?: number;
  /** Told now and then. */
  readonly progress?: (tried: number) => void;
}

export interface BadSchedule {
  readonly outcome: RunOutcome;
  /** Thread ids in the order in which their operations come; 0 and 1 for faults. What `Replay` takes. */
  readonly answers: readonly number[];
  readonly switches: number;
  /** One line per step. */
  readonly lines: readonly string[];
  /** Schedules tried to make it short. */
  readonly shrunkBy: number;
}

export interface Exploration {
  readonly strategy: StrategyName;
  /** Schedules run to their end until the first bad one, or in all. */
  readonly tried: number;
  /** Runs given up because all that could follow had been seen (partial-order reduction). */
  readonly pruned: number;
  /** Every schedule of the program was covered: the answer holds for all of them. */
  readonly exhausted: boolean;
  /** Most steps of a run. */
  readonly deepest: number;
  readonly bad: BadSchedule | undefined;
}

const PROGRESS_EVERY = 1000;

export async function explore(program: ExploredProgram, options: ExploreOptions): Promise<Exploration> {
  const exhaustive = options.strategy === 'exhaustive' ? new ExhaustiveSearch(options.faults ?? 0) : undefined;
  const random = new Randomness(options.seed);
  let tried = 0;
  let pruned = 0;
  let deepest = 0;
  let bad: BadSchedule | undefined;
  for (let round = 0; tried < options.schedules && bad === undefined && exhaustive?.exhausted !== true; round++) {
    const strategy = exhaustive?.begin() ?? randomStrategy(random, round, options, deepest);
    const recording = new Recording(strategy);
    const outcome = await runOnce(program, recording);
    deepest = Math.max(deepest, outcome.steps);
    if (exhaustive?.pruned === true) pruned++;
    else {
      tried++;
      if (outcome.bad !== undefined) bad = await told(program, recording.answers, outcome);
    }
    exhaustive?.next();
    if (tried % PROGRESS_EVERY === 0) options.progress?.(tried);
  }
  return {
    strategy: options.strategy,
    tried,
    pruned,
    exhausted: bad === undefined && exhaustive?.exhausted === true,
    deepest,
    bad,
  };
}

function randomStrategy(random: Randomness, round: number, options: ExploreOptions, steps: number): Strategy {
  const stream = random.stream(`explore/${options.strategy}/${round}`);
  const faults = options.faults ?? 0;
  return options.strategy === 'pct'
    ? new PriorityWalk(stream, options.depth ?? 3, steps, faults)
    : new RandomWalk(stream, faults);
}

/** The bad schedule, made short and put into words. */
async function told(program: ExploredProgram, answers: readonly number[], outcome: RunOutcome): Promise<BadSchedule> {
  const short = await shrink(answers, outcome.bad!, (tryThese) => replay(program, tryThese));
  const last = await replay(program, short.answers, true);
  return {
    outcome: last.outcome,
    answers: last.answers,
    switches: switches(last.answers),
    lines: last.lines,
    shrunkBy: short.tried,
  };
}

/** Runs the program along recorded answers. */
export async function replay(
  program: ExploredProgram,
  answers: readonly number[],
  withText = false,
): Promise<{ readonly outcome: RunOutcome; readonly answers: readonly number[]; readonly lines: readonly string[] }> {
  const recording = new Recording(new Replay(answers), withText);
  const outcome = await runOnce(program, recording);
  return { outcome, answers: recording.answers, lines: recording.lines };
}
