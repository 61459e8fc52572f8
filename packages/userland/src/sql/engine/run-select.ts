/** SELECT, its INTO, and EXPLAIN: what is read, by the session's transaction and for its counters. */
import { sqlError } from '../errors.ts';
import type { Delete, Select, Update } from '../language/ast.ts';
import type { SqlValue } from '../types.ts';
import { explainResult } from './explain.ts';
import { type OkResult, ok, type Result, type RowsResult } from './result.ts';
import type { Session } from './session.ts';
import { translateChange, wayOf } from './translate-change.ts';

export async function runSelect(session: Session, select: Select, params: readonly SqlValue[]): Promise<Result> {
  const result = await selectRows(session, select, params);
  return select.into === undefined ? result : keep(session, select.into, result);
}

/** SELECT … INTO @a, @b: one row, or none, which leaves them as they are. */
function keep({ userVariables }: Session, names: readonly string[], { columns, rows }: RowsResult): OkResult {
  if (names.length !== columns.length) throw sqlError(1222);
  for (const [i, value] of (rows[0] ?? []).entries()) userVariables.set(names[i]!, { value, type: columns[i]!.type });
  if (rows.length > 1) throw sqlError(1172);
  return ok(rows.length);
}

export async function selectRows(session: Session, select: Select, params: readonly SqlValue[]): Promise<RowsResult> {
  const { engine, transaction, variables, status } = session;
  // FOR UPDATE: nobody else may change what is read, until the transaction ends; SERIALIZABLE takes each SELECT for one.
  const holds = select.locking || (variables.serializable && transaction.spansStatements);
  if (holds) await transaction.startWriting();
  else if (variables.repeatable && transaction.spansStatements) transaction.holdSnapshot();
  try {
    const translator = session.translator(params);
    const { sql, columns } = translator.select(select);
    transaction.locks.refuseOthers(translator.visited);
    transaction.refuseRedefined(translator.visited);
    const ran = engine.execute(transaction.connection, sql);
    status.add('Com_select');
    session.worked(ran, engine.plans.of(transaction.connection, sql, translator.visited));
    return { k: 'rows', columns, rows: ran.rows };
  } finally {
    if (holds) await transaction.endStatement();
  }
}

/** A SELECT is carried out and its rows are counted; of a change only the way is told. */
export function runExplain(
  session: Session,
  statement: Select | Update | Delete,
  params: readonly SqlValue[],
): RowsResult {
  const { engine } = session;
  const { connection } = session.transaction;
  const translator = session.translator(params);
  const reading = statement.k === 'select';
  const sql = reading ? translator.select(statement).sql : wayOf(translateChange(translator, statement));
  const seen = reading ? engine.execute(connection, sql).state.seen : undefined;
  return explainResult(engine.plans.of(connection, sql, translator.visited), seen);
}
