/** The journal when the power goes at any call: whatever a client was told is there afterwards, and nothing of what was not told but the transaction under way. */
import { E, SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { expect, test } from 'vitest';
import { unless } from '../../lib/failure.ts';
import { readFile, writeFile } from '../../lib/stdio.ts';
import { inProgram } from '../../runtimes/program.test-util.ts';
import type { RowsResult } from '../engine/result.ts';
import { NOW, newEngine } from '../engine/session.test-kit.ts';
import { Session } from '../engine/session.ts';
import { JournalFile } from './journal-file.ts';

const FOLDER = '/db';

/** The power is gone: no further call is made. */
class PowerLoss extends Error {}

/** A disk that keeps what fsync(2) has brought to it: contents by file, names by directory. */
class Disk {
  private readonly contents = new Map<number, Uint8Array>();
  private names = new Map<string, number>();
  private readonly paths = new Map<number, string>();
  calls = 0;

  constructor(
    private readonly real: Sys,
    /** The power goes before this call. */
    private readonly lastCall: number,
  ) {}

  get sys(): Sys {
    const { real } = this;
    const counted = <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        if (this.calls++ >= this.lastCall) throw new PowerLoss();
        return call(...args);
      };
    };
    return Object.assign(Object.create(real) as Sys, {
      open: counted(async (path: string, flags: object) => {
        const fd = await real.open(path, flags);
        this.paths.set(fd, path);
        return fd;
      }),
      write: counted((fd: number, bytes: Uint8Array) => real.write(fd, bytes)),
      rename: counted((from: string, to: string) => real.rename(from, to)),
      ftruncate: counted((fd: number, length: number) => real.ftruncate(fd, length)),
      fsync: counted((fd: number) => this.synced(fd)),
      fdatasync: counted((fd: number) => this.synced(fd)),
    });
  }

  private async synced(fd: number): Promise<void> {
    const { real } = this;
    await real.fsync(fd);
    const { type, ino } = await real.fstat(fd);
    if (type === 'directory') {
      this.names = new Map();
      for (const entry of await real.readdir(FOLDER))
        if (entry.type === 'file') this.names.set(entry.name, (await real.stat(`${FOLDER}/${entry.name}`)).ino);
    } else {
      // The file may have another name by now: by its contents it is found among all.
      for (const { name } of await real.readdir(FOLDER))
        if ((await real.lstat(`${FOLDER}/${name}`)).ino === ino)
          this.contents.set(ino, (await readFile(real, `${FOLDER}/${name}`)).slice());
    }
  }

  /** What a machine finds that starts again. */
  async goDark(): Promise<void> {
    const { real } = this;
    for (const { name } of await real.readdir(FOLDER)) await real.unlink(`${FOLDER}/${name}`);
    for (const [name, ino] of this.names)
      await writeFile(real, `${FOLDER}/${name}`, this.contents.get(ino) ?? new Uint8Array(0));
  }
}

async function started(sys: Sys): Promise<Session> {
  await unless(sys.unlink(`${FOLDER}/netarium-sql.lock`), 'ENOENT', 'ENOTDIR');
  const engine = await newEngine();
  engine.journal = await JournalFile.open(sys, engine, FOLDER);
  return new Session(engine, '');
}

const COMMITS = 5;

/** Makes a table and counts up to five; answers how much of it was told. */
async function work(sys: Sys, told: { steps: number }): Promise<void> {
  const session = await started(sys);
  const statements = ['CREATE DATABASE d', 'CREATE TABLE d.t (n INT)'];
  for (let n = 1; n <= COMMITS; n++) statements.push(`INSERT INTO d.t VALUES (${n})`);
  for (const sql of statements) {
    await session.execute(sql, NOW);
    told.steps++;
  }
}

async function found(sys: Sys): Promise<number> {
  const session = await started(sys);
  const tables = session.engine.catalogue.databases.get('d');
  if (tables?.has('t') !== true) return tables === undefined ? 0 : 1;
  const result = await session.execute('SELECT COUNT(*), MAX(n) FROM d.t', NOW);
  const [count, most] = (result as RowsResult).rows[0] as readonly [number, number | null];
  expect(most ?? 0).toBe(count);
  return 2 + count;
}

test('at whatever call the power goes, what was told is there', async () => {
  await inProgram(async (real) => {
    let calls = 0;
    for (let lastCall = 3; ; lastCall++) {
      await unless(real.mkdir(FOLDER), 'EEXIST');
      for (const { name } of await real.readdir(FOLDER)) await real.unlink(`${FOLDER}/${name}`);
      const disk = new Disk(real, lastCall);
      const told = { steps: 0 };
      const ended = await work(disk.sys, told).then(
        () => true,
        (error: unknown) => {
          // The engine tells a failure of its journal as an error of its own.
          if (!String(error).includes('journal') && !(error instanceof PowerLoss)) throw error;
          return false;
        },
      );
      await disk.goDark();
      const there = await found(real);
      expect([told.steps, told.steps + 1], `power lost before call ${lastCall}`).toContain(there);
      calls = disk.calls;
      if (ended) break;
    }
    expect(calls).toBeGreaterThan(2 * COMMITS);
  });
});

test('a disk that fails: the client is told, nothing counts, and no later transaction either', async () => {
  await inProgram(async (real) => {
    let failing = false;
    const sys = Object.assign(Object.create(real) as Sys, {
      fdatasync: async (fd: number) => {
        if (failing) throw new SysError(E.EIO, 'fdatasync');
        return real.fdatasync(fd);
      },
    });
    const session = await started(sys);
    await session.execute('CREATE DATABASE d', NOW);
    await session.execute('CREATE TABLE d.t (n INT)', NOW);
    failing = true;
    await expect(session.execute('INSERT INTO d.t VALUES (1)', NOW)).rejects.toThrow('the journal cannot be written');
    failing = false;
    await expect(session.execute('INSERT INTO d.t VALUES (2)', NOW)).rejects.toThrow('did not come to the disk');
    expect(await found(real)).toBe(2);
  });
});
