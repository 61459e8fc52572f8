/**
 * Our SQL server beside Debian's mariadb-server: statement for statement through mysql2, the same program through our client library (also in a simulation), Debian's
 * command-line client, and a server that is killed and started again.
 */
import { spawnSync } from 'node:child_process';
import { PassThrough, Readable } from 'node:stream';
import { text as allText } from 'node:stream/consumers';
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { runReal } from '@netarium/real/run-real.ts';
import { systemImage } from '@netarium/userland/image.ts';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomStatements } from './sql-generator.ts';
import { program } from './sql-program.ts';
import { SqlServers } from './sql-servers.ts';
import { STATEMENT_FILES, statementsOf } from './sql-statements.ts';

const MARIADB = 17_481;
const servers = new SqlServers(MARIADB);
let ours = 0;

beforeAll(async () => {
  await servers.startMariadb();
  ours = await servers.startOurs();
});

afterAll(() => servers.end());

interface Told {
  readonly rows?: unknown;
  readonly names?: readonly string[];
  readonly counts?: readonly unknown[];
  readonly errno?: number;
  readonly message?: string;
}

async function ask(connection: mysql.Connection, sql: string): Promise<Told> {
  try {
    const [rows, fields] = await connection.query({ sql, rowsAsArray: true });
    if (Array.isArray(rows))
      return { rows: rows.map((row) => (row as unknown[]).map(plain)), names: fields.map(({ name }) => name) };
    // MariaDB counts rounded values as warnings, and rows that IGNORE left out; here they are not told.
    const { affectedRows, insertId, info } = rows as mysql.ResultSetHeader;
    return { counts: [affectedRows, insertId, info.replace(/Warnings: \d+/, '')] };
  } catch (error) {
    const { errno, sqlMessage = '' } = error as { errno?: number; sqlMessage?: string };
    if (errno === undefined) throw error;
    return { errno, message: wording(errno, sqlMessage) };
  }
}

/** Numbers are numbers in whatever width; bytes as they are. */
function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  // MariaDB tells the display width of an integer and the collation of a table.
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return value === null
    ? null
    : String(value)
        .replace(/int\(\d+\)/g, 'int')
        .replace(/ COLLATE=utf8mb4_\w+$/, '');
}

/** MySQL 8 words some errors otherwise than MariaDB: the name of a key has its table in front, names stand between other quotes. */
function wording(errno: number, message: string): string {
  if (errno === 1064 || errno === 1690) return '';
  return message
    .replace(/for key '\w+\./, "for key '")
    .replace(/`corpus`\.`\w+`\./g, '')
    .replaceAll('`', "'")
    .replace(/^(Unknown column .*) in '.*'$/, '$1')
    .replace('in SELECT is', 'in field list is')
    .replace(/^Can't DROP (?:(?:INDEX|COLUMN|FOREIGN KEY) )?('\w+'); .*$/, "Can't DROP $1");
}

async function open(port: number): Promise<mysql.Connection> {
  const connection = await mysql.createConnection({
    host: '127.0.0.1',
    port,
    user: 'root',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  await connection.query('DROP DATABASE IF EXISTS corpus');
  await connection.query('CREATE DATABASE corpus CHARACTER SET utf8mb4');
  await connection.query('USE corpus');
  return connection;
}

it.each(STATEMENT_FILES)('answers sql-%s.sql as Debian does', async (file, least) => {
  const statements = statementsOf(file);
  expect(statements.length).toBeGreaterThan(least);
  const [here, there] = [await open(ours), await open(MARIADB)];
  for (const sql of statements) {
    const [answer, wanted] = [await ask(here, sql), await ask(there, sql)];
    expect(answer, sql).toEqual(wanted);
  }
  await here.end();
  await there.end();
});

it('answers random statements as Debian does', async () => {
  const [here, there] = [await open(ours), await open(MARIADB)];
  let different = 0;
  for (const sql of randomStatements(1, 1500)) {
    const [answer, wanted] = [await ask(here, sql), await ask(there, sql)];
    // MariaDB writes a remainder of zero with the sign of the dividend.
    const same = JSON.stringify(answer) === JSON.stringify(wanted).replace(/"-(0\.0+)"/g, '"$1"');
    if (!same) console.error(sql, JSON.stringify(answer), JSON.stringify(wanted));
    different += same ? 0 : 1;
  }
  expect(different).toBe(0);
  await here.end();
  await there.end();
});

async function onRealKernel(port: number): Promise<string> {
  const setup = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' });
  await setup.query('CREATE DATABASE IF NOT EXISTS program CHARACTER SET utf8mb4');
  await setup.end();
  const stdout = new PassThrough();
  const told = allText(stdout);
  const entries = { thread: new URL(import.meta.url), child: new URL(import.meta.url), execArgv: [] };
  const argv = ['program', '127.0.0.1', String(port)];
  const status = await runReal({
    program: 'program',
    argv,
    resolve: async () => program,
    entries,
    stdin: Readable.from([]),
    stdout,
    stderr: process.stderr,
  });
  stdout.end();
  expect(status).toBe(0);
  return told;
}

async function simulated(): Promise<string> {
  let told = '';
  const definition = lab({
    id: 'sql-program',
    machines: {
      web: host({ eth0: '10.0.0.1/24' }),
      db: host({ eth0: '10.0.0.2/24', run: ['sql-server --database program'] }),
    },
    cables: [cable('web', 'db')],
    programs: { program },
    async script({ db, sleep }) {
      await sleep('10ms');
      told = (await db.sh('program 127.0.0.1 3306')).stdout;
    },
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  expect((await runLab(definition, { image: systemImage(), turn })).problems).toEqual([]);
  return told;
}

it('serves the same program in a simulation and on the real kernel as Debian does', async () => {
  const wanted = await onRealKernel(MARIADB);
  expect(wanted.split('\n').length).toBeGreaterThan(25);
  expect(await onRealKernel(ours)).toBe(wanted);
  expect(await simulated()).toBe(wanted);
});

it("serves mysql2's prepared statements, pool and transactions", async () => {
  const pool = mysql.createPool({ host: '127.0.0.1', port: ours, user: 'root', database: 'test', connectionLimit: 8 });
  await pool.query('CREATE TABLE counter (id INT PRIMARY KEY, n INT NOT NULL)');
  await pool.execute('INSERT INTO counter VALUES (?, ?)', [1, 0]);
  // Two hundred transactions from eight connections, one writer at a time: none is lost.
  await Promise.all(
    Array.from({ length: 200 }, async () => {
      const connection = await pool.getConnection();
      await connection.beginTransaction();
      const [[row]] = await connection.execute<mysql.RowDataPacket[]>(
        'SELECT n FROM counter WHERE id = ? FOR UPDATE',
        [1],
      );
      await connection.execute('UPDATE counter SET n = ? WHERE id = ?', [row!.n + 1, 1]);
      await connection.commit();
      connection.release();
    }),
  );
  const [[row]] = await pool.execute<mysql.RowDataPacket[]>('SELECT n FROM counter');
  expect(row!.n).toBe(200);
  // A parameter that decides how many rows, or what is prepared, is not known when the statement is.
  const [page] = await pool.execute<mysql.RowDataPacket[]>('SELECT n FROM counter LIMIT ? OFFSET ?', ['1', '0']);
  expect(page).toEqual([{ n: 200 }]);
  const [[told]] = await pool.execute<mysql.RowDataPacket[]>(
    'SELECT DATE_FORMAT(? + INTERVAL ? DAY, ?) AS day, (id, n) IN ((?, 200)) AS pair, ? REGEXP ? AS fits FROM counter',
    ['2026-01-31', 1, '%d.%m.', 1, 'abc', '^a'],
  );
  expect(told).toEqual({ day: '01.02.', pair: 1, fits: 1 });
  // The binary protocol has times of three lengths, and a type of its own for JSON.
  await pool.query('CREATE TABLE held (m DATETIME(3), j JSON)');
  await pool.execute('INSERT INTO held VALUES (?, ?), (?, ?)', [
    ...['2026-01-31 01:02:03.25', JSON.stringify({ a: [1] })],
    ...['2026-01-31', null],
  ]);
  const [held] = await pool.execute('SELECT m, j FROM held');
  expect(held).toEqual([
    { m: new Date('2026-01-31T01:02:03.250'), j: { a: [1] } },
    { m: new Date('2026-01-31T00:00:00.000'), j: null },
  ]);
  await expect(pool.execute('INSERT INTO counter VALUES (?, ?)', [1, 0])).rejects.toMatchObject({
    code: 'ER_DUP_ENTRY',
    errno: 1062,
    sqlState: '23000',
  });
  await pool.end();
});

it('keeps readers apart from what is not committed, and lets a second writer wait in vain', async () => {
  const [one, two] = [
    await open(ours),
    await mysql.createConnection({ host: '127.0.0.1', port: ours, user: 'root', database: 'corpus' }),
  ];
  await one.query('CREATE TABLE w (n INT)');
  await one.beginTransaction();
  await one.query('INSERT INTO w VALUES (1)');
  expect((await two.query('SELECT COUNT(*) AS n FROM w'))[0]).toEqual([{ n: 0 }]);
  await two.query('SET innodb_lock_wait_timeout = 1');
  await expect(two.query('INSERT INTO w VALUES (2)')).rejects.toMatchObject({ errno: 1205 });
  await one.commit();
  await two.query('INSERT INTO w VALUES (2)');
  expect((await two.query('SELECT COUNT(*) AS n FROM w'))[0]).toEqual([{ n: 2 }]);
  await one.end();
  await two.end();
});

it('isolates two sessions as Debian does', async () => {
  const schedule: readonly (readonly [who: 0 | 1, sql: string])[] = [
    [0, 'CREATE TABLE iso (id INT PRIMARY KEY, n INT)'],
    [0, 'INSERT INTO iso VALUES (1, 1), (2, 2)'],
    [0, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ'],
    [1, 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'],
    [0, 'BEGIN'],
    [1, 'UPDATE iso SET n = 10 WHERE id = 1'],
    [0, 'SELECT * FROM iso'],
    [1, 'UPDATE iso SET n = 100 WHERE id = 1'],
    [1, 'INSERT INTO iso VALUES (3, 3)'],
    [1, 'DELETE FROM iso WHERE id = 2'],
    [0, 'SELECT * FROM iso'],
    [0, 'SELECT COUNT(*), SUM(n) FROM iso WHERE n > 1'],
    [1, 'SELECT * FROM iso'],
    [0, 'UPDATE iso SET n = n + 1 WHERE id = 1'],
    [0, 'SELECT n FROM iso WHERE id = 1'],
    [0, 'COMMIT'],
    [0, 'SELECT * FROM iso'],
    [0, 'START TRANSACTION WITH CONSISTENT SNAPSHOT'],
    [1, 'UPDATE iso SET n = 0'],
    [0, 'SELECT * FROM iso'],
    [0, 'SELECT n FROM iso WHERE id = 3 FOR UPDATE'],
    [0, 'ROLLBACK'],
    [1, 'BEGIN'],
    [1, 'SELECT * FROM iso'],
    [0, 'UPDATE iso SET n = 5'],
    [1, 'SELECT * FROM iso'],
    [1, 'COMMIT'],
    [0, 'DROP TABLE iso'],
  ];
  const play = async (port: number): Promise<Told[]> => {
    const one = await open(port);
    const two = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root', database: 'corpus' });
    const told: Told[] = [];
    for (const [who, sql] of schedule) told.push(await ask(who === 0 ? one : two, sql));
    await one.end();
    await two.end();
    return told;
  };
  const [answers, wanted] = [await play(ours), await play(MARIADB)];
  for (const [i, [who, sql]] of schedule.entries()) expect(answers[i], `session ${who}: ${sql}`).toEqual(wanted[i]);
});

it("lets Debian's client in, and prints what it prints at Debian's server", () => {
  const run = (port: number): string => {
    const sql =
      "DROP DATABASE IF EXISTS shell; CREATE DATABASE shell; USE shell; CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(9)); INSERT INTO t VALUES (1,'a'),(2,NULL); UPDATE t SET name='z' WHERE id=1; SELECT * FROM t; SELECT COUNT(*) n, MAX(name) FROM t; DESCRIBE t";
    const { stdout, stderr } = spawnSync(
      'mariadb',
      ['--no-defaults', '-h', '127.0.0.1', '-P', String(port), '-u', 'root', '-t', '-v', '-e', sql],
      { encoding: 'utf8' },
    );
    // MariaDB tells the display width of an integer.
    return (stdout + stderr).replaceAll('int(11)', 'int    ');
  };
  const wanted = run(MARIADB);
  expect(wanted).toContain('|  1 | z    |');
  expect(run(ours)).toBe(wanted);
  const refused = spawnSync(
    'mariadb',
    ['--no-defaults', '-h', '127.0.0.1', '-P', String(ours), '-u', 'root', '-pwrong', '-e', 'SELECT 1'],
    { encoding: 'utf8' },
  );
  expect(refused.stderr).toMatch(
    /ERROR 1045 \(28000\): Access denied for user 'root'@'localhost' \(using password: YES\)/,
  );
});

it('keeps what it told a client, whenever it is killed', async () => {
  let told = 0;
  // One of its own: with what the tests before left, each start reads it all.
  let port = await servers.startOurs('killed');
  const first = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root', database: 'test' });
  await first.query('CREATE TABLE kept (id INT PRIMARY KEY AUTO_INCREMENT, word VARCHAR(20))');
  await first.end();
  for (let round = 0; round < 3; round++) {
    const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root', database: 'test' });
    connection.on('error', () => {});
    const dying = new Promise((resolve) => setTimeout(resolve, 20 + 60 * round)).then(() =>
      servers.server!.kill('SIGKILL'),
    );
    try {
      for (;;) {
        await connection.execute('INSERT INTO kept (word) VALUES (?)', [`word ${told}`]);
        told++;
      }
    } catch {
      await dying;
    }
    port = await servers.startOurs('killed');
    const after = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root', database: 'test' });
    const [[row]] = await after.query<mysql.RowDataPacket[]>('SELECT COUNT(*) AS n FROM kept');
    // What was on its way when it was killed may count or not.
    expect([told, told + 1]).toContain(row!.n);
    told = row!.n;
    await after.end();
  }
  expect(told).toBeGreaterThan(5);
});
