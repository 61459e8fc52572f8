/** `netarium systems`: runs every lab and its counter-runs, and tells which rows of the list of systems work. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { clauses } from '@netarium/labs/systems/clauses.ts';
import { areas, rows } from '@netarium/labs/systems/rows.ts';
import { engineText } from '@netarium/view/lab/engine-text.ts';
import { textIn } from '@netarium/view/language.ts';
import {
  type JudgedClause,
  type JudgedRow,
  judgeRows,
  type RowSpec,
  type RunOutcome,
} from '@netarium/view/systems/judge.ts';
import { EXIT, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { Progress, watched } from '../output/progress.ts';
import { textWidth, verdictText } from '../output/report.ts';
import { paragraph, table } from '../output/table.ts';
import { jobsMax, poolOf } from '../pool.ts';
import type { LabTask } from '../worker.ts';

export interface SystemsOptions {
  readonly area?: string;
  readonly row?: string;
  readonly json?: boolean;
  readonly jobs?: string;
}

export async function systemsCommand(options: SystemsOptions, worker: URL | undefined, io: Io): Promise<number> {
  const wanted = select(options, io);
  const labs = await Promise.all([...catalogue.values()].map((load) => load()));
  const needed = labs.filter((lab) => wanted.some((row) => showsRow(lab, row.id)));
  const runs = await runAll(needed, jobsOf(options.jobs, io), worker, io);
  const judged = judgeRows(wanted, runs);
  for (const { lab, counterRun, problems } of runs) {
    if (counterRun !== '') continue;
    for (const problem of problems) io.err(io.m.systems.labFailed(lab, engineText(problem, io.language)));
  }
  if (options.json === true)
    io.out(
      JSON.stringify(
        judged.map((row) => documentOf(row, options.row !== undefined, io)),
        undefined,
        2,
      ),
    );
  else if (options.row !== undefined) tellRow(judged[0]!, io);
  else tellRows(judged, io);
  return EXIT.met;
}

function select({ area, row }: SystemsOptions, { m }: Io): RowSpec[] {
  const known = areas.map(({ id }) => id);
  if (area !== undefined && !known.includes(area.toUpperCase()))
    throw new UsageError(m.errors.noSuchArea(area, known.join(', ')), 'systems');
  const all = rows.map((spec): RowSpec => ({ ...spec, clauses: clauses.get(spec.id) ?? [] }));
  const found = all.filter(
    (spec) =>
      (area === undefined || spec.area === area.toUpperCase()) && (row === undefined || String(spec.id) === row),
  );
  if (row !== undefined && found.length === 0) throw new UsageError(m.errors.noSuchRow(row), 'systems');
  return found;
}

function jobsOf(text: string | undefined, { m }: Io): number {
  if (text === undefined) return jobsMax();
  const jobs = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (jobs < 1 || jobs > 64) throw new UsageError(m.errors.jobs(text), 'systems');
  return jobs;
}

function showsRow({ checks = {} }: LabDefinition, row: number): boolean {
  return Object.values(checks).some((check) => check.row === row);
}

/** Each lab as it is, and each of its counter-runs, in worker threads. */
async function runAll(
  labs: readonly LabDefinition[],
  jobs: number,
  worker: URL | undefined,
  io: Io,
): Promise<RunOutcome[]> {
  const tasks = labs.flatMap(({ id, counterRuns = {} }): LabTask[] =>
    ['', ...Object.keys(counterRuns)].map((counterRun) => ({ lab: id, counterRun })),
  );
  if (tasks.length === 0) return [];
  const progress = new Progress(io, watched(io));
  let done = 0;
  const pool = poolOf(worker, Math.min(jobs, tasks.length));
  try {
    return await Promise.all(
      tasks.map(async (task) => {
        const outcome = await pool.run('judge', task);
        done++;
        progress.show(() => io.m.systems.running(done, tasks.length));
        return outcome;
      }),
    );
  } finally {
    progress.clear();
    await pool.destroy();
  }
}

function documentOf(
  { id, area, name, status, labs, clauses: judged }: JudgedRow,
  whole: boolean,
  { language }: Io,
): object {
  const row = { id, area, name: textIn(name, language), status, labs };
  if (!whole) return row;
  const parts = judged.map(({ number, text, comparedBy, works, checks }) => ({
    clause: number,
    text: textIn(text, language),
    status: works ? 'works' : 'not yet',
    ...(comparedBy === undefined ? {} : { comparedBy }),
    checks: checks.map(({ lab, id: check, verdict, flippedBy }) => ({
      lab,
      check,
      verdict,
      counterRun: flippedBy ?? null,
    })),
  }));
  return { ...row, clauses: parts };
}

function statusText(works: boolean, { m, colors }: Io): string {
  return works ? colors.green(`✓ ${m.systems.works}`) : colors.dim(`· ${m.systems.notYet}`);
}

function tellRows(judged: readonly JudgedRow[], io: Io): void {
  const { m, colors, language, out } = io;
  const head = [m.systems.id, m.systems.area, m.systems.name, m.systems.status, m.systems.labs].map(colors.dim);
  const cells = judged.map(({ id, area, name, status, labs }) => [
    String(id),
    area,
    textIn(name, language),
    statusText(status === 'works', io),
    labs.join(' '),
  ]);
  for (const line of table(cells, { head, width: textWidth(io), wrap: 4 })) out(line);
  out(`\n${m.systems.summary(judged.filter(({ status }) => status === 'works').length, judged.length)}`);
}

function tellRow(row: JudgedRow, io: Io): void {
  const { m, colors, language, out } = io;
  out(
    `${colors.bold(`${row.id}  ${textIn(row.name, language)}`)}  ${colors.dim(row.area)}  ${statusText(row.status === 'works', io)}`,
  );
  if (row.clauses.length === 0) out(`  ${m.systems.noClauses}`);
  for (const clause of row.clauses) tellClause(clause, io);
}

function tellClause({ number, text, comparedBy, works, checks }: JudgedClause, io: Io): void {
  const { m, colors, language, out } = io;
  const [first, ...more] = paragraph(textIn(text, language), textWidth(io), 5);
  out(`\n  ${number}. ${first!.trimStart()}  ${statusText(works, io)}`);
  for (const line of more) out(line);
  if (comparedBy !== undefined) out(`     ${colors.dim(m.systems.comparedBy(comparedBy))}`);
  else if (checks.length === 0) out(`     ${colors.dim(m.systems.noCheck)}`);
  for (const { lab, id, verdict, flippedBy } of checks) {
    out(`     ${m.systems.checkLine(lab, id, verdictText(verdict, io))}`);
    out(`       ${colors.dim(flippedBy === undefined ? m.systems.notFlipped : m.systems.flippedBy(flippedBy))}`);
  }
}
