/** What a change answers, by MySQL's way to count rows ("mysql_affected_rows()", "INSERT ... ON DUPLICATE KEY UPDATE Statement"). */
import type { Insert, RowChange, Update } from '../language/ast.ts';
import { rowKey, type Table } from './catalogue.ts';
import type { Ran } from './engine.ts';
import { type OkResult, ok } from './result.ts';
import type { StatusName } from './status.ts';

export interface ChangeResult {
  readonly result: OkResult;
  /** What SHOW STATUS counts it as. */
  readonly counted: readonly [name: StatusName, rows: number];
  /** For LAST_INSERT_ID(). */
  readonly lastInsertId?: number | bigint;
}

/** `foundRows`: the client wants rows counted that an UPDATE found, not those that it changed (CLIENT_FOUND_ROWS). */
export function changeResult(statement: RowChange, table: Table, ran: Ran, foundRows: boolean): ChangeResult {
  switch (statement.k) {
    case 'delete':
      return { result: ok(ran.changes), counted: ['Handler_delete', ran.changes] };
    case 'update':
      return updated(statement, ran, foundRows);
    case 'insert':
      return inserted(statement, table, ran, foundRows);
  }
}

function updated({ ignore }: Update, { changes, state }: Ran, foundRows: boolean): ChangeResult {
  // Rows that IGNORE left as they were would have changed.
  const matched = ignore ? state.updates : changes;
  const changed = state.changed - (matched - changes);
  const info = `Rows matched: ${matched}  Changed: ${changed}  Warnings: 0`;
  return { result: ok(foundRows ? matched : changed, 0, info), counted: ['Handler_update', changed] };
}

function inserted(insert: Insert, table: Table, ran: Ran, foundRows: boolean): ChangeResult {
  const { changes: added, state } = ran;
  // REPLACE counts the rows that went as well.
  const changes = added + state.replaced;
  // An ON DUPLICATE KEY UPDATE has counted its row once more.
  const rows = state.row - state.updates;
  // Clients that count found rows hear of rows that stayed as they were, but not where they come from a SELECT (MariaDB's mysql_insert and select_insert).
  const updated = foundRows && insert.select === undefined ? state.updates : state.changed;
  const twice = insert.ignore ? rows - added : state.replaced + updated;
  const info = rows > 1 || insert.select ? `Records: ${rows}  Duplicates: ${twice}  Warnings: 0` : '';
  const counted = ['Handler_write', added] as const;
  if (state.updates > 0) return { ...insertedOrUpdated(table, ran, info, foundRows), counted };
  const id = changes > 0 ? (state.generated ?? state.explicit ?? 0) : 0;
  const generated = changes > 0 ? state.generated : undefined;
  return { result: ok(changes, id, info), counted, ...(generated !== undefined && { lastInsertId: generated }) };
}

/** ON DUPLICATE KEY UPDATE: a row that was changed instead counts twice; one that was so already not at all, or once for who counts found rows. */
function insertedOrUpdated(
  table: Table,
  { changes, state: { updates, changed, updatedRow } }: Ran,
  info: string,
  foundRows: boolean,
): Omit<ChangeResult, 'counted'> {
  const unchanged = foundRows ? updates - changed : 0;
  const numbered = rowKey(table)?.autoIncrement === true && changed > 0;
  const id = numbered ? (updatedRow as number | bigint) : 0;
  const result = ok(changes - updates + 2 * changed + unchanged, id, info);
  return { result, ...(numbered && { lastInsertId: id }) };
}
