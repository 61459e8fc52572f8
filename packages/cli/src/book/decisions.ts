/** What the handbook's predictions came to: each needed run made once, while the book is written. */
import type { Decision, QuizItem } from '@netarium/labs/quizzes/quiz.ts';
import type { Pool } from '../pool.ts';
import type { QuizTask } from '../worker.ts';

/** Runs that the items need: those with the same lab and parameters share one. */
export function runsFor(items: readonly QuizItem[]): QuizTask[] {
  const runs = new Map<string, QuizTask & { items: string[] }>();
  for (const { id, lab, set = {} } of items) {
    const key = `${lab} ${JSON.stringify(set)}`;
    const run = runs.get(key);
    if (run === undefined) runs.set(key, { lab, set, items: [id] });
    else run.items.push(id);
  }
  return [...runs.values()];
}

export async function decisionsOf(
  runs: readonly QuizTask[],
  pool: Pool,
  ended: () => void,
): Promise<ReadonlyMap<string, Decision>> {
  const all = await Promise.all(
    runs.map(async (run) => {
      const decided = await pool.run('decide', run);
      ended();
      return [...decided];
    }),
  );
  return new Map(all.flat());
}
