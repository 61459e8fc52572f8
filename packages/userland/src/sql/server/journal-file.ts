/**
 * The journal as a file: a line for each transaction, a checksum and JSON. A transaction is on the disk (fdatasync(2)) before it counts, as with
 * innodb_flush_log_at_trx_commit=1: what a client was told is done survives the end of the process at any moment (kill -9) and the loss of power. A line that was cut off
 * was told to nobody and is dropped. At a start a journal that has grown long is written anew, beside the old one, and takes its name.
 */
import { fromHex, hex } from '@netarium/core/base/bytes.ts';
import { Sha256 } from '@netarium/core/base/sha256.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { syncNameOf, syncNames } from '../../lib/durable.ts';
import { errnoOf, unless } from '../../lib/failure.ts';
import { StartError } from '../../lib/serving.ts';
import { LineReader, withFile, writeAll } from '../../lib/stdio.ts';
import { dump } from '../engine/dump.ts';
import type { Engine } from '../engine/engine.ts';
import type { Journal, JournalEntry } from '../engine/journal.ts';
import { Session } from '../engine/session.ts';
import { restoreView } from '../engine/views.ts';
import { parseStatement } from '../language/statement.ts';
import type { SqlValue } from '../types.ts';

const NAME = 'netarium-sql.journal';
/** From so many lines on a start writes the journal anew. */
const LINES_MAX = 1000;

export class JournalFile implements Journal {
  /** The disk failed: nobody knows what is on it. */
  private broken = false;

  private constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private length: number,
    private readonly lock: string,
  ) {}

  /** Brings the engine to where the journal ends, and goes on writing there. Throws `StartError` for a journal that is damaged. */
  static async open(sys: Sys, engine: Engine, folder: string): Promise<JournalFile> {
    const path = `${folder}/${NAME}`;
    await makeFolder(sys, folder);
    const lock = await claim(sys, folder);
    const { lines, bytes } = await replay(sys, engine, path);
    engine.epoch = lines;
    const fd =
      lines > LINES_MAX ? await renewed(sys, engine, path) : await sys.open(path, { write: true, create: true });
    if (lines <= LINES_MAX) await sys.ftruncate(fd, bytes);
    // What is told from here on must not be lost, also where an earlier server was killed before it had brought its last line to the disk.
    await sys.fsync(fd);
    await syncNames(sys, folder);
    const length = await sys.lseek(fd, 0, 'end');
    return new JournalFile(sys, fd, length, lock);
  }

  async append(transaction: readonly JournalEntry[]): Promise<void> {
    // After a failed fsync(2) the next one may say that all is well though it is not ("ERRORS", EIO).
    if (this.broken) throw new StartError('an earlier transaction did not come to the disk');
    const line = lineOf(transaction);
    try {
      await writeAll(this.sys, this.fd, line);
    } catch (error) {
      await this.cutBack();
      throw error;
    }
    try {
      await this.sys.fdatasync(this.fd);
    } catch (error) {
      this.broken = true;
      await this.cutBack();
      throw error;
    }
    this.length += line.length;
  }

  /** The directory is another server's from here on. */
  async letGo(): Promise<void> {
    this.broken = true;
    await this.sys.close(this.fd);
    await unless(this.sys.unlink(this.lock), 'ENOENT');
  }

  /** A full disk: half a line must not stand between this transaction and the next. */
  private async cutBack(): Promise<void> {
    await this.sys.ftruncate(this.fd, this.length);
    await this.sys.lseek(this.fd, this.length, 'set');
  }
}

async function makeFolder(sys: Sys, folder: string): Promise<void> {
  if ((await unless(sys.stat(folder), 'ENOENT')) !== undefined) return;
  await sys.mkdir(folder);
  await syncNameOf(sys, folder.replace(/\/+$/, ''));
}

/**
 * Two servers in one directory would spoil each other's journal. Whoever has it listens on a Unix socket in it, as long as its process lives; a socket that nobody
 * listens on was left behind.
 */
async function claim(sys: Sys, folder: string): Promise<string> {
  const address = { family: 'unix', path: `${folder}/netarium-sql.lock` } as const;
  const taken = new StartError(`sql-server: ${folder} is in use by another sql-server`);
  const probe = await sys.socket('unix', 'stream', undefined, { nonblock: true, cloexec: true });
  try {
    await sys.connect(probe, address);
    throw taken;
  } catch (error) {
    if (error === taken) throw error;
    const code = errnoOf(error);
    // Those who look queue up where nobody takes them.
    if (code === 'EAGAIN') throw taken;
    if (code === 'ECONNREFUSED') await sys.unlink(address.path);
    else if (code !== 'ENOENT') throw error;
  } finally {
    await sys.close(probe);
  }
  const fd = await sys.socket('unix', 'stream', undefined, { cloexec: true });
  await sys.bind(fd, address);
  await sys.listen(fd, 1);
  return address.path;
}

async function renewed(sys: Sys, engine: Engine, path: string): Promise<number> {
  const fd = await sys.open(`${path}.new`, { write: true, create: true, truncate: true });
  for (const transaction of dump(engine)) await writeAll(sys, fd, lineOf(transaction));
  // The new one is whole on the disk before it takes the name.
  await sys.fsync(fd);
  await sys.rename(`${path}.new`, path);
  return fd;
}

function lineOf(transaction: readonly JournalEntry[]): Uint8Array {
  const json = JSON.stringify(transaction, (_, value) => portable(value));
  return encodeUtf8(`${checksum(json)} ${json}\n`);
}

function portable(value: unknown): unknown {
  if (typeof value === 'bigint') return { integer: String(value) };
  return value instanceof Uint8Array ? { bytes: hex(value) } : value;
}

function checksum(json: string): string {
  return hex(new Sha256().update(encodeUtf8(json)).digest().subarray(0, 8));
}

/** How many lines and bytes are good; the last line may be cut off, any other must be whole. */
async function replay(
  sys: Sys,
  engine: Engine,
  path: string,
): Promise<{ readonly lines: number; readonly bytes: number }> {
  let lines = 0;
  let bytes = 0;
  const found = await unless(sys.stat(path), 'ENOENT');
  if (found === undefined) return { lines, bytes };
  /** Sessions that had temporary tables, which they have again until the end. */
  const owners = new Map<string, Session>();
  await withFile(sys, path, { read: true }, async (fd) => {
    const reader = new LineReader(sys, fd);
    for (let line = await reader.next(); line !== undefined; line = await reader.next()) {
      const next = bytes + encodeUtf8(line).length + 1;
      const transaction = next <= found.size ? readLine(line) : undefined;
      if (transaction === undefined) {
        if (next < found.size) throw new StartError(`sql-server: ${path}: line ${lines + 1} is damaged`);
        return;
      }
      await repeat(sessionFor(engine, transaction, owners), transaction, `${path}: line ${lines + 1}`);
      lines++;
      bytes = next;
    }
  });
  for (const session of owners.values()) session.leave();
  return { lines, bytes };
}

function readLine(line: string): JournalEntry[] | undefined {
  const json = line.slice(17);
  if (line[16] !== ' ' || checksum(json) !== line.slice(0, 16)) return undefined;
  return JSON.parse(json, (key, value) => (key !== 'auto' ? original(value) : value)) as JournalEntry[];
}

function original(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('integer' in value) return BigInt(String(value.integer));
  return 'bytes' in value ? fromHex(String(value.bytes)) : value;
}

function sessionFor(engine: Engine, transaction: readonly JournalEntry[], owners: Map<string, Session>): Session {
  const owner = transaction.find((entry) => entry.owner !== undefined)?.owner;
  const session = (owner === undefined ? undefined : owners.get(owner)) ?? new Session(engine, '');
  if (owner !== undefined) owners.set(owner, session);
  return session;
}

async function repeat(session: Session, transaction: readonly JournalEntry[], place: string): Promise<void> {
  try {
    if (transaction.length > 1) await session.execute('BEGIN', '');
    for (const entry of transaction) await again(session, entry);
    await session.commit();
  } catch (error) {
    throw new StartError(`sql-server: ${place} cannot be repeated: ${(error as Error).message}`);
  }
}

async function again(
  session: Session,
  { database, sql, params, now, auto, users = [], context, unchecked = false, keepsZero = false }: JournalEntry,
): Promise<void> {
  session.database = database;
  Object.assign(session, context);
  for (const [name, value] of users) session.userVariables.set(name, value);
  const { engine, temporary } = session;
  if (auto !== undefined) {
    const name = { database: auto[0], name: auto[1], at: 0, end: 0 };
    engine.catalogue.table(name, undefined, temporary).nextAuto = auto[2];
  }
  const { statement } = parseStatement(sql);
  if (unchecked && statement.k === 'create-view') return restoreView(engine, statement, sql, database);
  session.variables.set('foreign_key_checks', unchecked ? 0 : 1);
  session.variables.set('sql_mode', keepsZero ? 'NO_AUTO_VALUE_ON_ZERO' : 'DEFAULT');
  await session.run(statement, sql, params as readonly SqlValue[], now);
}
