/** The journal as a file: what was committed comes back; a line that was cut off is dropped, a damaged one is told of; a long journal is written anew. */
import { host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { expect, test } from 'vitest';
import { systemImage } from '../../image.ts';
import { unless } from '../../lib/failure.ts';
import { readText, writeFile } from '../../lib/stdio.ts';
import { inProgram } from '../../runtimes/program.test-util.ts';
import { NOW, newEngine } from '../engine/session.test-kit.ts';
import { Session } from '../engine/session.ts';
import { parseStatement } from '../language/statement.ts';
import { JournalFile } from './journal-file.ts';

const PATH = '/db/netarium-sql.journal';

/** A server that ended gives its directory free: here it is the test's own process, which goes on. */
async function start(sys: Sys): Promise<Session> {
  await unless(sys.unlink('/db/netarium-sql.lock'), 'ENOENT', 'ENOTDIR');
  const engine = await newEngine();
  engine.journal = await JournalFile.open(sys, engine, '/db');
  const session = new Session(engine, '');
  if (engine.catalogue.databases.size === 0) await session.execute('CREATE DATABASE test', NOW);
  session.use('test');
  return session;
}

async function rows(session: Session, sql: string): Promise<string> {
  const result = await session.execute(sql, NOW);
  return result.k === 'rows' ? JSON.stringify(result.rows) : '';
}

const filled = async (sys: Sys): Promise<Session> => {
  const session = await start(sys);
  await session.execute(
    'CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20), made DATETIME DEFAULT CURRENT_TIMESTAMP)',
    NOW,
  );
  await session.execute("INSERT INTO t (name) VALUES ('a'), ('b')", '2026-02-03 04:05:06');
  return session;
};

test('what was committed comes back, with its numbers and its times; what was not does not', async () => {
  const { lines } = await inProgram(async (sys, note) => {
    const first = await filled(sys);
    await first.execute('BEGIN', NOW);
    await first.execute("INSERT INTO t (name) VALUES ('gone')", NOW);
    await first.execute('ROLLBACK', NOW);
    await first.execute("INSERT INTO t (name) VALUES ('d')", NOW);
    await first.execute('BEGIN', NOW);
    await first.execute("UPDATE t SET name = 'open'", NOW);
    const second = await start(sys);
    note(await rows(second, 'SELECT id, name, made FROM t ORDER BY id'));
    await second.execute("INSERT INTO t (name) VALUES ('e')", NOW);
    note(await rows(await start(sys), 'SELECT MAX(id) FROM t'));
  });
  expect(lines).toEqual([
    '[[1,"a","2026-02-03 04:05:06"],[2,"b","2026-02-03 04:05:06"],[4,"d","2026-01-01 00:00:00"]]',
    '[[5]]',
  ]);
});

test('parameters come back too: bytes, great numbers, NULL', async () => {
  const { lines } = await inProgram(async (sys, note) => {
    const first = await filled(sys);
    await first.execute('CREATE TABLE v (n BIGINT, b BLOB, s TEXT)', NOW);
    const sql = 'INSERT INTO v VALUES (?, ?, ?)';
    await first.run(parseStatement(sql).statement, sql, [2n ** 60n, new Uint8Array([0, 255]), null], NOW);
    note(await rows(await start(sys), "SELECT CAST(n AS CHAR), b = x'00ff', s FROM v"));
  });
  expect(lines).toEqual([`[["${2n ** 60n}",1,null]]`]);
});

test('what was filled from temporary tables comes back, whatever other sessions called theirs, run after run', async () => {
  const { lines } = await inProgram(async (sys, note) => {
    for (let round = 1; round <= 3; round++) {
      const first = round === 1 ? await filled(sys) : await start(sys);
      const second = new Session(first.engine, '');
      second.use('test');
      for (const [session, name] of [
        [first, 'one'],
        [second, 'two'],
      ] as const)
        await session.execute(`CREATE TEMPORARY TABLE tmp AS SELECT CONCAT('${name}', ${round}) AS name`, NOW);
      for (const session of [second, first]) await session.execute('INSERT INTO t (name) SELECT name FROM tmp', NOW);
      second.leave();
    }
    const last = await start(sys);
    note(await rows(last, 'SELECT GROUP_CONCAT(name ORDER BY id) FROM t'));
    note(await rows(last, "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'test'"));
    await last.execute('CREATE TEMPORARY TABLE tmp (a INT)', NOW);
  });
  expect(lines).toEqual(['[["a,b,two1,one1,two2,one2,two3,one3"]]', '[[1]]']);
});

test('what a statement asked of its session comes back: variables, numbers that were given, modes', async () => {
  const { lines } = await inProgram(async (sys, note) => {
    const first = await filled(sys);
    const all = async (...statements: string[]) => {
      for (const sql of statements) await first.execute(sql, NOW);
    };
    await all(
      'CREATE TABLE u (id INT PRIMARY KEY, n DECIMAL(6,2), s VARCHAR(20))',
      "SET @n = 1.50, @s = 'word'",
      'INSERT INTO u VALUES (1, @n, @s)',
      "INSERT INTO t (name) VALUES ('third')",
      'INSERT INTO u VALUES (2, LAST_INSERT_ID(), NULL)',
      "REPLACE INTO u VALUES (1, @n * 2, CONCAT(@s, '!'))",
      'CREATE TABLE made AS SELECT @s AS s, id FROM u',
      "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
      "INSERT INTO t (id, name) VALUES (0, 'zero')",
      'SET foreign_key_checks = 0',
      'CREATE TABLE child (p INT, FOREIGN KEY (p) REFERENCES parent (id))',
      'INSERT INTO child VALUES (7)',
      'CREATE TABLE parent (id INT PRIMARY KEY)',
      'SET foreign_key_checks = 1',
      'ALTER TABLE u MODIFY n INT AFTER s, ADD COLUMN k INT NOT NULL DEFAULT 5, RENAME TO w',
      'CREATE VIEW seen AS SELECT id, s FROM w',
      "UPDATE seen SET s = 'by view' WHERE id = 2",
    );
    const asked = [
      'SELECT * FROM w',
      'SELECT * FROM made',
      'SELECT MIN(id) FROM t',
      'SELECT p FROM child',
      'SHOW CREATE TABLE child',
    ];
    const second = await start(sys);
    for (const sql of asked) {
      const told = await rows(second, sql);
      expect(told, sql).toBe(await rows(first, sql));
      note(told);
    }
    await expect(second.execute('INSERT INTO child VALUES (8)', NOW)).rejects.toMatchObject({ errno: 1452 });
  });
  expect(lines.slice(0, 4)).toEqual([
    '[[1,"word!",3,5],[2,"by view",3,5]]',
    '[["word",1],["word",2]]',
    '[[0]]',
    '[[7]]',
  ]);
});

test('wherever the last line may be cut off, all whole transactions are there and it goes on', async () => {
  await inProgram(async (sys) => {
    await filled(sys);
    const whole = await readText(sys, PATH);
    const last = whole.slice(0, -1).lastIndexOf('\n') + 1;
    const cuts = [last, last + 1, whole.length - 2, whole.length - 1];
    for (let cut = last + 11; cut < whole.length - 2; cut += 16) cuts.push(cut);
    for (const cut of cuts) {
      await writeFile(sys, PATH, whole.slice(0, cut));
      const session = await start(sys);
      expect(await rows(session, 'SELECT COUNT(*) FROM t'), `cut at ${cut}`).toBe('[[0]]');
      await session.execute("INSERT INTO t (name) VALUES ('next')", NOW);
      expect(await rows(await start(sys), 'SELECT id, name FROM t'), `cut at ${cut}`).toBe('[[1,"next"]]');
    }
  });
});

test('a damaged line is told of, with its place', async () => {
  await inProgram(async (sys) => {
    await filled(sys);
    const whole = await readText(sys, PATH);
    await writeFile(sys, PATH, whole.replace('CREATE TABLE t', 'CREATE TABLE x'));
    await expect(start(sys)).rejects.toThrow('sql-server: /db/netarium-sql.journal: line 2 is damaged');
  });
});

test('a long journal is written anew, and means the same', async () => {
  await inProgram(async (sys) => {
    const session = await filled(sys);
    for (let i = 0; i < 1100; i++) await session.execute(`UPDATE t SET name = 'n${i}' WHERE id = 1`, NOW);
    const { size } = await sys.stat(PATH);
    const again = await start(sys);
    expect((await sys.stat(PATH)).size).toBeLessThan(size / 100);
    expect(await rows(again, 'SELECT id, name FROM t')).toBe('[[1,"n1099"],[2,"b"]]');
    await again.execute("INSERT INTO t (name) VALUES ('c')", NOW);
    expect(await rows(await start(sys), 'SELECT MAX(id) FROM t')).toBe('[[3]]');
  });
});

test('tables that refer to each other come back, also from a journal that was written anew', async () => {
  await inProgram(async (sys) => {
    const session = await filled(sys);
    await session.execute('CREATE TABLE tree (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES tree (id))', NOW);
    await session.execute(
      'CREATE TABLE child (t INT, FOREIGN KEY (t) REFERENCES t (id) ON DELETE CASCADE ON UPDATE CASCADE)',
      NOW,
    );
    // In the order of its key, a row of the first five hundred refers to one behind them.
    await session.execute('INSERT INTO tree VALUES (900, NULL), (1, 900)', NOW);
    for (let i = 2; i < 700; i++) await session.execute(`INSERT INTO tree VALUES (${i}, 1)`, NOW);
    await session.execute('INSERT INTO child VALUES (1), (2)', NOW);
    await session.execute('CREATE TABLE gone (a INT)', NOW);
    await session.execute('CREATE VIEW orphan AS SELECT * FROM gone', NOW);
    await session.execute('DROP TABLE gone', NOW);
    await session.execute('CREATE VIEW one AS SELECT 1 AS n', NOW);
    await session.execute('CREATE VIEW two AS SELECT * FROM one', NOW);
    await session.execute('CREATE VIEW three AS SELECT * FROM tree WHERE id > 698', NOW);
    await session.execute('CREATE OR REPLACE VIEW one AS SELECT COUNT(*) AS n FROM three', NOW);
    await expect(session.execute('DROP VIEW orphan, nosuch', NOW)).rejects.toMatchObject({ errno: 4092 });
    await session.execute('CREATE TABLE gone (a INT)', NOW);
    await session.execute('CREATE VIEW orphan AS SELECT * FROM gone', NOW);
    await session.execute('DROP TABLE gone', NOW);
    for (let i = 0; i < 400; i++) await session.execute(`UPDATE t SET name = 'n${i}' WHERE id = 1`, NOW);
    const { size } = await sys.stat(PATH);
    await start(sys);
    expect((await sys.stat(PATH)).size).toBeLessThan(size / 4);
    const again = await start(sys);
    expect(await rows(again, 'SELECT COUNT(*), SUM(up) FROM tree')).toBe('[[700,1598]]');
    expect(await rows(again, 'SELECT n FROM two')).toBe('[[2]]');
    await expect(again.execute('SELECT * FROM orphan', NOW)).rejects.toMatchObject({ errno: 1356 });
    await expect(again.execute('INSERT INTO tree VALUES (5000, 4999)', NOW)).rejects.toMatchObject({ errno: 1452 });
    await expect(again.execute('DELETE FROM tree WHERE id = 900', NOW)).rejects.toMatchObject({ errno: 1451 });
    await again.execute('DELETE FROM t WHERE id = 1', NOW);
    expect(await rows(await start(sys), 'SELECT t FROM child')).toBe('[[2]]');
  });
});

test('a directory belongs to one server, until its process ends', async () => {
  const said: string[] = [];
  const definition = lab({
    id: 'one-directory',
    machines: { h: host() },
    async script({ h, sleep }) {
      const first = h.start('sql-server --data /db');
      await sleep('10ms');
      said.push((await h.sh('sql-server --port 3307 --data /db')).stderr);
      first.kill('SIGKILL');
      await first.wait();
      const second = h.start('sql-server --data /db');
      await sleep('10ms');
      said.push(second.stdout);
      second.kill('SIGTERM');
      said.push(`${(await second.wait()).status} ${(await h.sh('ls /db')).stdout}`);
    },
  });
  const { problems } = await runLab(definition, { image: systemImage(), turn });
  expect(problems).toEqual([]);
  expect(said).toEqual([
    'sql-server: /db is in use by another sql-server\n',
    'listening on 127.0.0.1:3306\n',
    '0 netarium-sql.journal\n',
  ]);
});
