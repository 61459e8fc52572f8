/**
 * A MySQL client for programs, in the manner of Python's DB-API (PEP 249) as PyMySQL has it: `connect`, cursors, `commit` and `rollback`. autocommit is off, as the DB-API
 * wants. Parameters (`?`) travel apart from the statement by the binary protocol: whatever they hold, they are never read as SQL. Without parameters the text goes as it is, so
 * that a program can also build statements from strings, and see what comes of it.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { SqlValue } from '../types.ts';
import { OperationalError, ProgrammingError } from './errors.ts';
import { type Answer, ClientSession, type ConnectOptions } from './session.ts';

export type { ConnectOptions } from './session.ts';

/** As many prepared statements stay open; the oldest makes place. */
const PREPARED_MAX = 32;

export class Connection {
  private readonly prepared = new Map<string, { readonly id: number; readonly params: number }>();

  constructor(private readonly session: ClientSession) {}

  get serverVersion(): string {
    return this.session.version;
  }

  cursor(): Cursor {
    return new Cursor(this);
  }

  async commit(): Promise<void> {
    await this.session.query('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.session.query('ROLLBACK');
  }

  async autocommit(on: boolean): Promise<void> {
    await this.session.query(`SET autocommit = ${on ? 1 : 0}`);
  }

  ping(): Promise<void> {
    return this.session.ping();
  }

  close(): Promise<void> {
    return this.session.close();
  }

  /** For cursors. */
  async run(sql: string, params: readonly SqlValue[] | undefined): Promise<Answer> {
    if (params === undefined) return this.session.query(sql);
    const statement = await this.statement(sql);
    if (statement.params !== params.length)
      throw new ProgrammingError(
        2031,
        'HY000',
        `the statement has ${statement.params} parameters, ${params.length} were given`,
      );
    return this.session.execute(statement.id, params);
  }

  private async statement(sql: string): Promise<{ readonly id: number; readonly params: number }> {
    const known = this.prepared.get(sql);
    if (known !== undefined) return known;
    if (this.prepared.size === PREPARED_MAX) {
      const [[oldest, { id }]] = this.prepared as unknown as [[string, { id: number }]];
      this.prepared.delete(oldest);
      await this.session.closeStatement(id);
    }
    const statement = await this.session.prepare(sql);
    this.prepared.set(sql, statement);
    return statement;
  }
}

export class Cursor {
  /** Names of the columns; undefined where the last statement had no rows. */
  description: readonly string[] | undefined;
  /** Rows that the last statement found, changed, inserted or deleted; -1 before the first. */
  rowcount = -1;
  lastrowid: number | bigint = 0;
  /** What the server said besides: `Rows matched: 1  Changed: 1  Warnings: 0`. */
  info = '';
  private rows: readonly (readonly SqlValue[])[] = [];
  private at = 0;

  constructor(private readonly connection: Connection) {}

  async execute(sql: string, params?: readonly SqlValue[]): Promise<number> {
    const { columns, rows, affected, insertId, info } = await this.connection.run(sql, params);
    this.description = columns.length > 0 ? columns.map(({ name }) => name) : undefined;
    this.rows = rows;
    this.at = 0;
    this.rowcount = affected;
    this.lastrowid = insertId;
    this.info = info;
    return affected;
  }

  /** The statement once for each set of parameters; answers the sum of the counts. */
  async executemany(sql: string, all: readonly (readonly SqlValue[])[]): Promise<number> {
    let sum = 0;
    for (const params of all) sum += await this.execute(sql, params);
    this.rowcount = sum;
    return sum;
  }

  fetchone(): readonly SqlValue[] | undefined {
    return this.rows[this.at++];
  }

  fetchall(): readonly (readonly SqlValue[])[] {
    const left = this.rows.slice(this.at);
    this.at = this.rows.length;
    return left;
  }
}

/** Connects and logs in. Raises `OperationalError`: 2003 where nobody answers, 1045 for a wrong password. */
export async function connect(sys: Sys, options: ConnectOptions): Promise<Connection> {
  const session = await ClientSession.open(sys, options);
  const connection = new Connection(session);
  try {
    await connection.autocommit(false);
    return connection;
  } catch (error) {
    if (error instanceof OperationalError) await connection.close();
    throw error;
  }
}
