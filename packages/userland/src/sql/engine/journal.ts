/** Where committed transactions go before they count, and where they come from at the next start. */
import type { SqlValue } from '../types.ts';
import type { SessionView, UserValue } from './session-view.ts';

/** USER(), CONNECTION_ID(), LAST_INSERT_ID(), ROW_COUNT(), FOUND_ROWS(). */
export interface SessionContext {
  readonly user: string;
  readonly connectionId: number;
  readonly lastInsertId: number | bigint;
  readonly rowCount: number;
  readonly rowsFound: number;
}

/** One statement of a transaction, with all that decides what it does: MySQL's statement-based log ("Binary Logging Formats") has the same idea. */
export interface JournalEntry {
  readonly database: string | undefined;
  readonly sql: string;
  readonly params: readonly SqlValue[];
  /** The statement's time, as text. */
  readonly now: string;
  /** What AUTO_INCREMENT of the table was to give next. */
  readonly auto?: readonly [database: string, table: string, next: number];
  /** What the statement asks of its session. */
  readonly context?: SessionContext;
  /** User variables that the statement reads. */
  readonly users?: readonly (readonly [name: string, value: UserValue])[];
  /** NO_AUTO_VALUE_ON_ZERO. */
  readonly keepsZero?: boolean;
  /** The session, where it has had temporary tables: its statements are repeated by one session. */
  readonly owner?: string;
  /** Of a dump: what it refers to may come later. */
  readonly unchecked?: boolean;
}

/** A statement for the journal, with what it asks of its session. */
export function journalEntry(
  session: SessionView & { readonly checksForeignKeys: boolean; readonly owner: string | undefined },
  sql: string,
  users: readonly string[],
): JournalEntry {
  const { database, now, user, connectionId, lastInsertId, rowCount, rowsFound } = session;
  const asks = /\b(LAST_INSERT_ID|ROW_COUNT|FOUND_ROWS|CONNECTION_ID|\w*USER)\b/i.test(sql);
  return {
    ...{ database, sql, params: [], now },
    ...(asks && { context: { user, connectionId, lastInsertId, rowCount, rowsFound } }),
    ...(users.length > 0 && { users: users.map((name) => [name, session.userVariable(name)] as const) }),
    ...(!session.checksForeignKeys && { unchecked: true }),
    ...(session.owner !== undefined && { owner: session.owner }),
  };
}

export interface Journal {
  /** Settles when the transaction would survive the end of this process, and the loss of power. */
  append(transaction: readonly JournalEntry[]): Promise<void>;
}
