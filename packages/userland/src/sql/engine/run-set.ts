/** SET: variables of the system, and the session's own. */
import { unsupportedSql } from '../errors.ts';
import type { Expr, Setting } from '../language/ast.ts';
import type { SqlValue } from '../types.ts';
import { Scope } from './scope.ts';
import type { Session } from './session.ts';
import type { UserValue } from './session-view.ts';
import { expressionPiece } from './translate-expression.ts';

export async function runSet(
  session: Session,
  settings: readonly Setting[],
  params: readonly SqlValue[],
): Promise<void> {
  for (const { name, value, user = false } of settings) {
    if (user) session.userVariables.set(name, evaluated(session, value, params));
    else
      await setVariable(session, name, value.k === 'literal' ? value.value : evaluated(session, value, params).value);
  }
}

async function setVariable(session: Session, name: string, value: SqlValue): Promise<void> {
  const { variables, transaction } = session;
  if (name === 'foreign_key_checks' && transaction.writing)
    throw unsupportedSql('SET foreign_key_checks in a transaction that has changed something');
  const before = variables.autocommit;
  variables.set(name, value);
  // Switched on, autocommit commits what is open.
  if (!before && variables.autocommit) await session.commit();
}

function evaluated(session: Session, expr: Expr, params: readonly SqlValue[]): UserValue {
  const at = { scope: new Scope(), clause: 'field list' };
  const { sql, type } = expressionPiece(session.translator(params), expr, at);
  return { value: session.engine.execute(session.transaction.connection, `SELECT ${sql}`).rows[0]![0]!, type };
}
