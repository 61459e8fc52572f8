/** INSERT, UPDATE and DELETE carried out: under the write lock, whole or not at all, and in the journal before they count. */
import type { RowChange } from '../language/ast.ts';
import type { SqlValue } from '../types.ts';
import { changeResult } from './change-result.ts';
import type { Engine, Ran } from './engine.ts';
import { journalEntry } from './journal.ts';
import { replacing } from './replacing.ts';
import type { OkResult } from './result.ts';
import type { Session } from './session.ts';
import { type Change, type ChangeStep, translateChange, wayOf } from './translate-change.ts';
import { HITS } from './translate-joined-change.ts';

const COUNTED = { insert: 'Com_insert', update: 'Com_update', delete: 'Com_delete' } as const;

export async function runChange(
  session: Session,
  statement: RowChange,
  sql: string,
  params: readonly SqlValue[],
): Promise<OkResult> {
  const { transaction } = session;
  await transaction.startWriting();
  try {
    const result = changeRows(session, statement, sql, params);
    await transaction.endStatement();
    return result;
  } catch (error) {
    transaction.failStatement();
    throw error;
  }
}

function changeRows(session: Session, statement: RowChange, text: string, params: readonly SqlValue[]): OkResult {
  const { engine, transaction, variables, status } = session;
  const translator = session.translator(params);
  const change = translateChange(translator, statement);
  const [{ table }] = change.steps as [ChangeStep];
  for (const step of change.steps) transaction.locks.refuseOthers(translator.visited, step.table);
  const auto = table.nextAuto;
  engine.keepsZero = variables.keepsZero;
  const ran =
    change.hits === undefined
      ? executed(engine, statement, change.steps[0]!)
      : joined(engine, change, !statement.ignore);
  session.worked(ran, engine.plans.of(engine.writer, wayOf(change), translator.visited));
  status.add(COUNTED[statement.k]);
  transaction.changed({
    ...journalEntry(session, text, [...translator.userVariables]),
    params,
    auto: [table.database, table.name, auto],
    ...(variables.keepsZero && { keepsZero: true }),
  });
  const { result, counted, lastInsertId } = changeResult(statement, table, ran, session.foundRows);
  status.add(...counted);
  session.lastInsertId = lastInsertId ?? session.lastInsertId;
  return result;
}

/** A statement that lists its rows takes a number for each of them at once, whatever becomes of them (innodb_autoinc_lock_mode). */
function executed(engine: Engine, statement: RowChange, { sql, table }: ChangeStep): Ran {
  try {
    return statement.k === 'insert' && statement.replace
      ? replacing(engine, sql, table)
      : engine.execute(engine.writer, sql, table, !statement.ignore);
  } finally {
    const { generated } = engine.run;
    const rows = statement.k === 'insert' ? (statement.rows?.length ?? 0) : 0;
    if (generated !== undefined) table.nextAuto = Math.max(table.nextAuto, generated + rows);
  }
}

/** The join, and one table after the other: all of them or none. */
function joined(engine: Engine, { hits, steps }: Change, strict: boolean): Ran {
  const { writer } = engine;
  writer.exec('SAVEPOINT several');
  try {
    const found = engine.execute(writer, `CREATE TABLE ${HITS} AS ${hits}`, undefined, strict);
    const rans = steps.map(({ sql, table }) => engine.execute(writer, sql, table, strict));
    writer.exec(`DROP TABLE ${HITS}; RELEASE several`);
    return together(found, rans);
  } catch (error) {
    writer.exec('ROLLBACK TO several; RELEASE several');
    throw error;
  }
}

/** Rows are looked at by the join, and changed by the steps. */
function together(found: Ran, rans: readonly Ran[]): Ran {
  const sum = (of: (ran: Ran) => number): number => rans.reduce((total, ran) => total + of(ran), 0);
  found.state.updates = sum(({ state }) => state.updates);
  found.state.changed = sum(({ state }) => state.changed);
  return { ...found, changes: sum(({ changes }) => changes), pages: found.pages + sum(({ pages }) => pages) };
}
