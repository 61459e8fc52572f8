/** `netarium book`: the handbook as files that open from disk; every prediction in it was decided by a run made just now. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { questions } from '@netarium/labs/questions/questions.ts';
import { quizItems } from '@netarium/labs/quizzes/index.ts';
import { bookPages, searchScript } from '@netarium/view/book/pages.ts';
import { decisionsOf, runsFor } from '../book/decisions.ts';
import { gatherBook } from '../book/gather.ts';
import { EXIT } from '../exit.ts';
import { writeWhole, writing } from '../files.ts';
import type { Io } from '../io.ts';
import { bookFiles } from '../output/book-files.ts';
import { Progress, watched } from '../output/progress.ts';
import { jobsMax, type Pool, poolOf } from '../pool.ts';

export interface BookOptions {
  /** Whether the labs' viewers are written too. */
  readonly labs: boolean;
}

export async function bookCommand(
  folder: string,
  options: BookOptions,
  worker: URL | undefined,
  io: Io,
): Promise<number> {
  const { m } = io;
  writing(folder, m, () => mkdirSync(join(folder, 'labs'), { recursive: true }));
  const labs = await Promise.all([...catalogue.values()].map((load) => load()));
  const runs = runsFor(quizItems);
  const progress = new Progress(io, watched(io));
  const pool = poolOf(worker, jobsMax());
  const all = runs.length + (options.labs ? labs.length : 0);
  let done = 0;
  const ended = (): void => {
    done++;
    progress.show(() => m.book.running(done, all));
  };
  try {
    const viewers = options.labs
      ? labPages(
          labs.map(({ id }) => id),
          folder,
          pool,
          ended,
        )
      : Promise.resolve(new Map());
    const [decisions, pages] = await Promise.all([decisionsOf(runs, pool, ended), viewers]);
    const undecided = quizItems.filter(({ id }) => (decisions.get(id)?.answer.length ?? 0) === 0);
    progress.clear();
    for (const { id } of undecided) io.err(m.errors.usage(m.book.undecidedItem(id)));
    const book = gatherBook({ language: io.language, labs, decisions, pages });
    const files = new Map([...bookPages(book), ['questions.js', searchScript(questions)] as const, ...bookFiles()]);
    for (const [name, text] of files) writeWhole(join(folder, name), text, m);
    const written = [...files.keys()].filter((name) => name.endsWith('.html')).length + pages.size;
    io.out(m.book.wrote(folder, String(written), (progress.elapsedMs / 1000).toFixed(1)));
    io.out(m.book.open(join(folder, 'index.html')));
    return undecided.length === 0 ? EXIT.met : EXIT.notJudged;
  } finally {
    progress.clear();
    await pool.destroy();
  }
}

/** The viewers that fit into a page, by lab: where each lies in the book. */
async function labPages(
  ids: readonly string[],
  folder: string,
  pool: Pool,
  ended: () => void,
): Promise<ReadonlyMap<string, string>> {
  const pages = await Promise.all(
    ids.map(async (id) => {
      const { written } = await pool.run('page', { lab: id, path: join(folder, 'labs', `${id}.html`) });
      ended();
      return written ? [[id, `labs/${id}.html`] as const] : [];
    }),
  );
  return new Map(pages.flat());
}
