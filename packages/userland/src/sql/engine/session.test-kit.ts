/** An engine and its sessions for tests of the SQL server, in memory and at one instant of the wall clock. */
import { openLibrary } from '@netarium/sqlite/sqlite.ts';
import type { SqlValue } from '../types.ts';
import { dump } from './dump.ts';
import { Engine } from './engine.ts';
import type { Journal } from './journal.ts';
import type { Pause } from './lock.ts';
import { Session } from './session.ts';

/** The instant of every statement that names no other one. */
export const NOW = '2026-01-01 00:00:00';

/** Waiting for the write lock ends at once, in vain. */
const inVain: Pause = async () => ({ wait: async () => false, end: () => {} });

export async function newEngine(pause: Pause = inVain, journal?: Journal): Promise<Engine> {
  return new Engine(await openLibrary(), pause, journal);
}

/** A session of an engine of its own that has carried out these statements, in a database `d`. */
export async function sessionWith(...statements: readonly string[]): Promise<Session> {
  const session = new Session(await newEngine(), 'a@b');
  for (const sql of ['CREATE DATABASE d', 'USE d', ...statements]) await session.execute(sql, NOW);
  return session;
}

/** A session of an engine that was made from a dump of another one. */
export async function sessionFromDump(engine: Engine): Promise<Session> {
  const session = new Session(await newEngine(), 'a@b');
  for (const transaction of dump(engine))
    for (const { database, sql } of transaction) {
      session.database = database;
      await session.execute(sql, NOW);
    }
  return session;
}

/** The rows of a query; none of what answers with counts. */
export async function rowsOf(session: Session, sql: string): Promise<readonly (readonly SqlValue[])[]> {
  const result = await session.execute(sql, NOW);
  return result.k === 'rows' ? result.rows : [];
}
