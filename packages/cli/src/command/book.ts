/** `netarium book`: the handbook as files that open from disk; every prediction in it was decided by a run made just now. */
import { join } from 'node:path';
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { labsAbout } from '@netarium/labs/questions/labs-about.ts';
import { questions } from '@netarium/labs/questions/questions.ts';
import { quizItems } from '@netarium/labs/quizzes/index.ts';
import { bookPages, searchScript } from '@netarium/view/book/pages.ts';
import { viewerBar } from '@netarium/view/book/viewer-bar.ts';
import { textIn } from '@netarium/view/language.ts';
import { madeRuns, runsFor } from '../book/decisions.ts';
import { gatherBook } from '../book/gather.ts';
import { EXIT } from '../exit.ts';
import { makeFolder, writeWhole, writing } from '../files.ts';
import type { Io } from '../io.ts';
import { bookFiles } from '../output/book-files.ts';
import { Progress, watched } from '../output/progress.ts';
import { jobsMax, poolOf } from '../pool.ts';

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
  writing(folder, m, () => makeFolder(join(folder, 'labs')));
  const labs = await Promise.all([...catalogue.values()].map((load) => load()));
  const ids = labs.map(({ id }) => id);
  const runs = runsFor(quizItems, options.labs ? ids : []);
  const progress = new Progress(io, watched(io));
  const pool = poolOf(worker, jobsMax());
  const viewers = options.labs ? { folder, barOf: barsOf(labs, io) } : undefined;
  let done = 0;
  const ended = (): void => {
    done++;
    progress.show(() => m.book.running(done, runs.size));
  };
  try {
    const made = await madeRuns(runs, viewers, pool, ended);
    const undecided = quizItems.filter(({ id }) => (made.decisions.get(id)?.answer.length ?? 0) === 0);
    progress.clear();
    for (const { id } of undecided) io.err(m.errors.usage(m.book.undecidedItem(id)));
    const book = gatherBook({ language: io.language, labs, ...made });
    const files = new Map([...bookPages(book), ['questions.js', searchScript(questions)] as const, ...bookFiles()]);
    for (const [name, text] of files) writeWhole(join(folder, name), text, m);
    const written = [...files.keys()].filter((name) => name.endsWith('.html')).length + made.viewers.size;
    io.out(m.book.wrote(folder, String(written), (progress.elapsedMs / 1000).toFixed(1)));
    io.out(m.book.open(join(folder, 'index.html')));
    return undecided.length === 0 ? EXIT.met : EXIT.notJudged;
  } finally {
    progress.clear();
    await pool.destroy();
  }
}

/** The bar above each lab's viewer: back to the questions that name the lab. */
function barsOf(labs: readonly LabDefinition[], { m, language }: Io): (lab: string) => string {
  const about = labsAbout(labs);
  const shown = questions.map((question) => ({ question, labs: about(question) }));
  return (lab) => {
    // Where a lab stands first it is what the question is about.
    const places = shown.flatMap(({ question, labs: all }) => {
      const at = all.indexOf(lab);
      return at < 0 ? [] : [{ at, question: { id: question.id, question: textIn(question.question, language) } }];
    });
    places.sort((a, b) => a.at - b.at);
    return viewerBar(
      m,
      places.map(({ question }) => question),
    ).markup;
  };
}
