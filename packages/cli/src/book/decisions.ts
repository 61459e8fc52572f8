/** What the handbook's predictions came to, and the viewers that show it: each needed run made once, while the book is written. */
import { join } from 'node:path';
import type { Decision, QuizItem } from '@netarium/labs/quizzes/quiz.ts';
import type { Pool } from '../pool.ts';
import type { ChapterTask } from '../worker.ts';

type Run = Omit<ChapterTask, 'viewer'>;

export interface Runs {
  readonly decisions: ReadonlyMap<string, Decision>;
  /** Where viewers lie, relative to the book's folder, by `runName`. */
  readonly viewers: ReadonlyMap<string, string>;
}

/** `arp`, or `locks releases=2` for a run with a parameter of its own. */
export function runName({ lab, set = {} }: Pick<QuizItem, 'lab' | 'set'>): string {
  return [lab, ...Object.entries(set).map(([name, value]) => `${name}=${value}`)].join(' ');
}

/** `labs/locks-releases-2.html`. */
const viewerPath = (name: string): string => `labs/${name.replaceAll(/[^\w.-]+/g, '-')}.html`;

/** Runs that the items and the viewers of `labs` need: those with the same lab and parameters share one. */
export function runsFor(items: readonly QuizItem[], labs: readonly string[]): ReadonlyMap<string, Run> {
  const runs = new Map<string, Run & { items: string[] }>(labs.map((lab) => [lab, { lab, set: {}, items: [] }]));
  for (const { id, lab, set = {} } of items) {
    const name = runName({ lab, set });
    const run = runs.get(name);
    if (run === undefined) runs.set(name, { lab, set, items: [id] });
    else run.items.push(id);
  }
  return runs;
}

export interface Viewers {
  readonly folder: string;
  /** Markup of the bar above a lab's viewer. */
  readonly barOf: (lab: string) => string;
}

/** Without `viewers` none is written. */
export async function madeRuns(
  runs: ReadonlyMap<string, Run>,
  viewers: Viewers | undefined,
  pool: Pool,
  ended: () => void,
): Promise<Runs> {
  const decisions = new Map<string, Decision>();
  const written = new Map<string, string>();
  await Promise.all(
    [...runs].map(async ([name, run]) => {
      const path = viewerPath(name);
      const viewer = viewers && { path: join(viewers.folder, path), bar: viewers.barOf(run.lab) };
      const made = await pool.run('chapter', { ...run, viewer });
      for (const [id, decision] of made.decisions) decisions.set(id, decision);
      if (made.viewerWritten) written.set(name, path);
      ended();
    }),
  );
  return { decisions, viewers: written };
}
