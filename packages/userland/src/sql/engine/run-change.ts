/** INSERT, UPDATE and DELETE carried out: under the write lock, whole or not at all, and in the journal before they count. */
import { unsupportedSql } from '../errors.ts';
import type { RowChange } from '../language/ast.ts';
import type { SqlValue } from '../types.ts';
import type { Table } from './catalogue.ts';
import { changeResult } from './change-result.ts';
import type { Ran } from './engine.ts';
import { journalEntry } from './journal.ts';
import { replacing } from './replacing.ts';
import type { OkResult } from './result.ts';
import type { Session } from './session.ts';
import { translateChange } from './translate-change.ts';

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
  const { sql, table } = translateChange(translator, statement);
  // SQLite's OR IGNORE does not pass over rows that break a foreign key.
  if (statement.k === 'insert' && statement.ignore && table.foreignKeys.length > 0)
    throw unsupportedSql('INSERT IGNORE into a table with foreign keys');
  transaction.locks.refuseOthers(translator.visited, table);
  const auto = table.nextAuto;
  const ran = executed(session, statement, sql, table);
  session.worked(ran, engine.plans.of(engine.writer, sql, translator.visited));
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
function executed({ engine, variables }: Session, statement: RowChange, sql: string, table: Table): Ran {
  engine.keepsZero = variables.keepsZero;
  try {
    return statement.k === 'insert' && statement.replace
      ? replacing(engine, sql, table)
      : engine.execute(engine.writer, sql, table);
  } finally {
    const { generated } = engine.run;
    const rows = statement.k === 'insert' ? (statement.rows?.length ?? 0) : 0;
    if (generated !== undefined) table.nextAuto = Math.max(table.nextAuto, generated + rows);
  }
}
