/**
 * Which rows of the list of systems work, from the outcome of labs: a row works when each of its clauses has a check, all checks of the clause are
 * met, and each of them turns "not met" in a counter-run of its lab. Nothing is taken on trust: without the counter-run a check proves nothing.
 */
import type { Text } from '@netarium/core/check/lab.ts';
import type { Verdict } from '@netarium/core/check/lab-run.ts';

export interface CheckOutcome {
  readonly id: string;
  readonly row: number | undefined;
  readonly clause: number | undefined;
  readonly verdict: Verdict;
}

/** What one run of a lab gave: the lab as it is, or one of its counter-runs. */
export interface RunOutcome {
  readonly lab: string;
  /** Name of the counter-run; empty for the lab as it is. */
  readonly counterRun: string;
  /** Checks that the counter-run promises to turn. */
  readonly flips: readonly string[];
  readonly checks: readonly CheckOutcome[];
  /** What was left over or crashed, or the error that ended the run. */
  readonly problems: readonly string[];
}

export interface RowSpec {
  readonly id: number;
  readonly area: string;
  readonly name: Text;
  readonly clauses: readonly { readonly text: Text; readonly needs?: Text; readonly comparedBy?: string }[];
}

export interface JudgedCheck {
  readonly lab: string;
  readonly id: string;
  readonly verdict: Verdict;
  /** The counter-run in which it is not met; undefined where none turns it. */
  readonly flippedBy: string | undefined;
}

export interface JudgedClause {
  readonly number: number;
  readonly text: Text;
  readonly needs: Text | undefined;
  /** The comparison with the real thing that asserts it in the place of a check. */
  readonly comparedBy: string | undefined;
  readonly works: boolean;
  readonly checks: readonly JudgedCheck[];
}

export interface JudgedRow {
  readonly id: number;
  readonly area: string;
  readonly name: Text;
  readonly status: 'works' | 'not yet';
  readonly labs: readonly string[];
  readonly clauses: readonly JudgedClause[];
}

export function judgeRows(rows: readonly RowSpec[], runs: readonly RunOutcome[]): JudgedRow[] {
  return rows.map((row) => {
    const clauses = row.clauses.map(({ text, needs, comparedBy }, i): JudgedClause => {
      const checks = runs.flatMap((run) => checksOf(run, row.id, i + 1, runs));
      const works =
        checks.length === 0
          ? comparedBy !== undefined
          : checks.every(({ verdict, flippedBy }) => verdict === 'met' && flippedBy !== undefined);
      return { number: i + 1, text, needs, comparedBy, works, checks };
    });
    const labs = runs
      .filter((run) => run.counterRun === '' && run.checks.some((check) => check.row === row.id))
      .map(({ lab }) => lab);
    const works = clauses.length > 0 && clauses.every((clause) => clause.works);
    return { id: row.id, area: row.area, name: row.name, status: works ? 'works' : 'not yet', labs, clauses };
  });
}

/** A run that left something over or crashed has not met its checks. */
function checksOf(run: RunOutcome, row: number, clause: number, runs: readonly RunOutcome[]): JudgedCheck[] {
  if (run.counterRun !== '') return [];
  return run.checks
    .filter((check) => check.row === row && check.clause === clause)
    .map(({ id, verdict }) => ({
      lab: run.lab,
      id,
      verdict: run.problems.length > 0 && verdict === 'met' ? 'could not be judged' : verdict,
      flippedBy: runs.find((other) => flips(other, run.lab, id))?.counterRun,
    }));
}

function flips(run: RunOutcome, lab: string, id: string): boolean {
  if (run.lab !== lab || run.counterRun === '' || !run.flips.includes(id)) return false;
  return run.checks.some((check) => check.id === id && check.verdict === 'not met');
}
