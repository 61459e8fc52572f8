/**
 * sql-server: the MySQL client/server protocol in front of SQLite, for programs and for people with a MySQL client. A documented part of MySQL's SQL; what is not carried out
 * is error 1235 by name. One writer at a time: a transaction takes the one write lock with its first change, others wait for it up to innodb_lock_wait_timeout (error 1205).
 * Isolation is READ COMMITTED at first. REPEATABLE READ reads what was committed when the transaction read first, and waits for nobody: while there is such a reader a commit of others
 * copies the database once, in memory. From its first change or FOR UPDATE on it reads the newest rows, where InnoDB goes on showing the older ones of rows that it has not changed.
 * SERIALIZABLE takes the lock with what it reads first. LOCK TABLES keeps out other writers, not readers.
 *
 * Without `--data` everything is in memory; with it, each transaction is in a journal on the disk before its client is told: it survives the end of the process at any moment
 * and the loss of power (fdatasync(2), once for each transaction). SHOW STATUS and EXPLAIN tell rows and pages that were counted, not estimated. Warnings and notes are not
 * told: what MySQL's strict mode makes an error is one here, whatever sql_mode says, and the rest is done in silence (rounding to the scale of a DECIMAL). mariadb-dump reads a
 * database of this server, and what it wrote is read back here and by Debian's mariadb-server.
 *
 * Capitals and small letters are one where a text has no `_bin` collation, those of ASCII only; accents differ, and what is neither letter nor digit is in order by its code. Temporary
 * tables are made and dropped outside of transactions that have changed something; what is changed in them takes the write lock too. Conditions of CHECK are shown as they were
 * written, in small letters. JSON is kept as the text that came in, as in MariaDB, and clients are told the type as MySQL tells it. A definition that fails has changed nothing;
 * that goes for CREATE OR REPLACE TABLE too, which in MariaDB 10.11 has dropped the old table by then.
 *
 * Left out, and refused by name: triggers, routines, events, generated columns, partitions, FULLTEXT and prefix keys; WITH CUBE, WITH RECURSIVE that reads itself in a subquery of FROM, IGNORE with rows that break a foreign key, hints of indexes, assignment in an expression
 * (@a := 1), WITH CHECK OPTION, changes through a view of several tables, RETURNING; the types TIME, YEAR, SET and BIT; paths of JSON with wildcards; what depends on chance (RAND, UUID); accounts and rights.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { type Library, openLibrary } from '@netarium/sqlite/sqlite.ts';
import { toCalendar } from '../../lib/calendar.ts';
import { errnoOf, errorText } from '../../lib/failure.ts';
import type { CoverageSection, ProgramOptions } from '../../lib/options.ts';
import {
  isLoopback,
  LOOPBACK,
  type Place,
  parseBind,
  parsePort,
  StartError,
  sayReady,
  serverProgram,
} from '../../lib/serving.ts';
import { IncompleteReadError } from '../../runtimes/asyncio/errors.ts';
import type { EventLoop } from '../../runtimes/asyncio/loop.ts';
import { run } from '../../runtimes/asyncio/run.ts';
import { untilSignalled } from '../../runtimes/asyncio/signals.ts';
import type { StreamReader } from '../../runtimes/asyncio/stream-reader.ts';
import type { StreamWriter } from '../../runtimes/asyncio/stream-writer.ts';
import { startServer } from '../../runtimes/asyncio/streams.ts';
import { Engine } from '../engine/engine.ts';
import { backtick } from '../engine/fragments.ts';
import { informationTableNames } from '../engine/information-schema.ts';
import type { Pause } from '../engine/lock.ts';
import { Session } from '../engine/session.ts';
import { functionNames } from '../engine/translate-call.ts';
import { variableNames } from '../engine/variables.ts';
import { typeNames } from '../language/column-type.ts';
import { shownNames } from '../language/show.ts';
import { statementNames } from '../language/statement.ts';
import { SALT_LENGTH, saltFrom } from '../protocol/handshake.ts';
import { FRACTION_MAX, writtenTime } from '../time-text.ts';
import { type Account, type Line, ServerConnection } from './connection.ts';
import { type Costs, MEASURED_COSTS, NO_COSTS, spend } from './costs.ts';
import { JournalFile } from './journal-file.ts';

export const options: ProgramOptions = {
  name: 'sql-server',
  usage: 'sql-server [--bind ADDRESS] [--port PORT] [--data DIR] [--user NAME] [--password PASSWORD] [--database NAME]',
  options: [
    {
      names: ['--bind'],
      value: 'ADDRESS',
      help: 'listen on this address; 127.0.0.1 by default; another one wants --password',
    },
    { names: ['--port'], value: 'PORT', help: 'listen on this port, or with 0 on a free one; 3306 by default' },
    { names: ['--data'], value: 'DIR', help: 'keep the databases in this directory; in memory by default' },
    { names: ['--user'], value: 'NAME', help: 'the one user that may come in; root by default' },
    { names: ['--password'], value: 'PASSWORD', help: 'the password of that user; none by default' },
    { names: ['--database'], value: 'NAME', help: 'a database that is made at the first start; test by default' },
  ],
};

/** For the coverage page. */
export const coverage: readonly CoverageSection[] = [
  { program: 'sql-server', title: 'Statements', entries: statementNames },
  { program: 'sql-server', title: 'SHOW', entries: shownNames },
  { program: 'sql-server', title: 'INFORMATION_SCHEMA', entries: informationTableNames },
  { program: 'sql-server', title: 'Functions', entries: functionNames },
  { program: 'sql-server', title: 'Types', entries: typeNames },
  { program: 'sql-server', title: 'System variables', entries: variableNames },
];

interface Settings {
  readonly place: Place;
  readonly account: Account;
  readonly data: string | undefined;
  readonly database: string;
}

const NS_PER_SECOND = 1_000_000_000;
const NS_PER_MICROSECOND = 1000;

export const main = serverProgram(
  options,
  (parsed): Settings => {
    const address = parseBind('sql-server', parsed.value('--bind') ?? LOOPBACK);
    const account = { user: parsed.value('--user') ?? 'root', password: parsed.value('--password') ?? '' };
    if (!isLoopback(address) && account.password === '')
      throw new StartError(`sql-server: ${address} can be reached by others: it wants --password`);
    const place = { address, port: parsePort('sql-server', parsed.value('--port') ?? '3306') };
    return { place, account, data: parsed.value('--data'), database: parsed.value('--database') ?? 'test' };
  },
  async (sys, settings) => {
    let failed: StartError | undefined;
    await run(sys, async (loop) => {
      try {
        await serve(loop, settings);
      } catch (error) {
        if (!(error instanceof StartError)) throw error;
        failed = error;
      }
    });
    if (failed !== undefined) throw failed;
    return 0;
  },
);

async function serve(loop: EventLoop, { place, account, data, database }: Settings): Promise<void> {
  const { sys } = loop;
  const engine = new Engine(await library(), pauseOn(loop));
  const journal = data === undefined ? undefined : await opened(sys, engine, data);
  if (journal !== undefined) engine.journal = journal;
  // The first start: from then on the journal knows it.
  if (engine.catalogue.databases.size === 0)
    await new Session(engine, '').execute(
      `CREATE DATABASE ${backtick(database)}`,
      timeOf(await sys.clock_gettime('realtime')),
    );
  // On the real kernel the engine takes its own time.
  const costs = (await sys.getenv()).NETARIUM_KERNEL === 'real' ? NO_COSTS : MEASURED_COSTS;
  const listening = await listened(loop, place, (reader, writer) => talk(loop, engine, account, costs, reader, writer));
  await sayReady(sys, listening);
  await untilSignalled(loop, 'SIGTERM', 'SIGINT');
  await journal?.letGo();
}

async function library(): Promise<Library> {
  try {
    return await openLibrary();
  } catch (error) {
    throw new StartError(`sql-server: ${(error as Error).message}`);
  }
}

async function opened(sys: Sys, engine: Engine, data: string): Promise<JournalFile> {
  try {
    return await JournalFile.open(sys, engine, data);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`sql-server: ${data}: ${errorText(error)}`);
  }
}

async function listened(loop: EventLoop, place: Place, connected: Parameters<typeof startServer>[1]): Promise<Place> {
  try {
    const { address } = await startServer(loop, connected, place);
    return address;
  } catch (error) {
    throw new StartError(`sql-server: cannot listen on ${place.address}:${place.port}: ${errorText(error)}`);
  }
}

/** Waiting for the write lock, on the loop's own clock. */
function pauseOn(loop: EventLoop): Pause {
  return async (seconds) => {
    const future = loop.createFuture<boolean>();
    const settle = (value: boolean): void => {
      if (!future.done) future.setResult(value);
    };
    const timer = await loop.callLater(seconds * NS_PER_SECOND, () => settle(false), 'lock wait time-out');
    const end = (): void => {
      timer.cancel();
      settle(true);
    };
    return { wait: () => future.wait(), end };
  };
}

async function talk(
  loop: EventLoop,
  engine: Engine,
  account: Account,
  costs: Costs,
  reader: StreamReader,
  writer: StreamWriter,
): Promise<void> {
  const { sys } = loop;
  const line: Line = {
    readExactly: (length) => reader.readExactly(length),
    async send(data) {
      await writer.write(data);
      await writer.drain();
    },
    spend: (work) => spend(sys, costs, work),
    now: async () => timeOf(await sys.clock_gettime('realtime')),
    peer: writer.peer.address === LOOPBACK ? 'localhost' : writer.peer.address,
    salt: saltFrom(await sys.getrandom(SALT_LENGTH)),
  };
  try {
    await new ServerConnection(engine, account, line).serve();
  } catch (error) {
    // The client is gone in the middle of something.
    if (!(error instanceof IncompleteReadError)) errnoOf(error);
  } finally {
    await writer.close();
  }
}

function timeOf(ns: number): string {
  const seconds = Math.floor(ns / NS_PER_SECOND);
  const micro = Math.floor((ns - seconds * NS_PER_SECOND) / NS_PER_MICROSECOND);
  return writtenTime({ ...toCalendar(seconds), micro }, 'datetime', FRACTION_MAX);
}
