/**
 * Makes a bad schedule short: shortest prefix that is bad when the last thread simply goes on after it, then each switch of threads that is not needed is
 * taken out, until none can be. What is left is what matters.
 */
import type { Badness, RunOutcome } from './one-run.ts';

export type TryAnswers = (answers: readonly number[]) => Promise<{ outcome: RunOutcome; answers: readonly number[] }>;

export async function shrink(
  found: readonly number[],
  bad: Badness,
  attempt: TryAnswers,
): Promise<{ readonly answers: readonly number[]; readonly tried: number }> {
  let tried = 0;
  const stillBad = async (answers: readonly number[]): Promise<readonly number[] | undefined> => {
    tried++;
    const run = await attempt(answers);
    return run.outcome.bad === bad ? run.answers : undefined;
  };
  let best = await shortestPrefix(found, stillBad);
  for (let again = true; again; ) {
    again = false;
    for (let at = 1; at < best.length; at++) {
      if (best[at] === best[at - 1]) continue;
      const longer = joined(best, at);
      const run = longer === undefined ? undefined : await stillBad(longer);
      if (run === undefined || switches(run) >= switches(best)) continue;
      best = run;
      again = true;
    }
  }
  return { answers: best, tried };
}

async function shortestPrefix(
  found: readonly number[],
  stillBad: (answers: readonly number[]) => Promise<readonly number[] | undefined>,
): Promise<readonly number[]> {
  let low = 0;
  let high = found.length;
  let best: readonly number[] = found;
  while (low < high) {
    const middle = (low + high) >> 1;
    const run = await stillBad(found.slice(0, middle));
    if (run === undefined) low = middle + 1;
    else {
      high = middle;
      best = run;
    }
  }
  return best;
}

/** The schedule in which the thread that ran before `at` goes on, its next piece drawn forward over the others' steps. */
function joined(answers: readonly number[], at: number): readonly number[] | undefined {
  const thread = answers[at - 1]!;
  const next = answers.indexOf(thread, at);
  if (next < 0) return undefined;
  return [...answers.slice(0, at), thread, ...answers.slice(at, next), ...answers.slice(next + 1)];
}

/** How often another thread goes on than the one before. */
export function switches(answers: readonly number[]): number {
  let count = 0;
  for (let at = 1; at < answers.length; at++) if (answers[at] !== answers[at - 1]) count++;
  return count;
}
