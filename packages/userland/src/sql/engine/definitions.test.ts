/** What a definition changes counts as a whole or not at all: what it says of tables, and the rows. */
import { beforeEach, expect, test } from 'vitest';
import { allRows } from './all-rows.ts';
import { dump } from './dump.ts';
import { NOW, newEngine, rowsOf } from './session.test-kit.ts';
import { Session } from './session.ts';

let session: Session;
let broken: boolean;
/** What happens while the journal takes a transaction. */
let meanwhile: (() => Promise<void>) | undefined;

beforeEach(async () => {
  broken = false;
  meanwhile = undefined;
  const append = async (): Promise<void> => {
    await meanwhile?.();
    if (broken) throw new Error('no room');
  };
  session = new Session(await newEngine(undefined, { append }), 'a@b');
  await run(
    'CREATE DATABASE d',
    'USE d',
    'CREATE TABLE parent (id INT PRIMARY KEY)',
    'CREATE TABLE child (p INT, FOREIGN KEY (p) REFERENCES parent (id))',
    'INSERT INTO parent VALUES (1)',
    'INSERT INTO child VALUES (1)',
    'CREATE VIEW v AS SELECT p FROM child',
    'CREATE TEMPORARY TABLE own (a INT)',
    'INSERT INTO own VALUES (7)',
  );
});

async function run(...statements: readonly string[]): Promise<void> {
  for (const sql of statements) await session.execute(sql, NOW);
}

const state = async () => [
  [...dump(session.engine)].flat().map(({ sql }) => sql),
  session.database,
  await rowsOf(session, 'SELECT a FROM own'),
];

/** The statement fails with this error, and everything is as it was. */
async function changesNothing(sql: string, error: object): Promise<void> {
  const before = await state();
  await expect(run(sql)).rejects.toMatchObject(error);
  expect(await state()).toEqual(before);
  // SQLite and what is told of it agree: the next commit goes well, too.
  broken = false;
  await run('INSERT INTO parent VALUES (2)', 'INSERT INTO child VALUES (2)', 'INSERT INTO own VALUES (8)');
  expect(await rowsOf(session, 'SELECT p FROM v')).toEqual([[1], [2]]);
}

const DEFINITIONS = [
  'CREATE TABLE t (a INT)',
  'CREATE TABLE t AS SELECT * FROM child',
  'CREATE OR REPLACE TABLE child (q INT)',
  'ALTER TABLE child ADD COLUMN q INT',
  'ALTER TABLE parent RENAME COLUMN id TO key_',
  'ALTER TABLE child MODIFY p BIGINT NOT NULL, DROP FOREIGN KEY child_ibfk_1, RENAME TO other',
  'RENAME TABLE parent TO other, child TO parent',
  'DROP TABLE child',
  'TRUNCATE child',
  'CREATE OR REPLACE VIEW v AS SELECT 9 AS p',
  'DROP VIEW v, w',
  'CREATE DATABASE e',
  'DROP DATABASE d',
  'CREATE TEMPORARY TABLE child (z INT)',
  'CREATE OR REPLACE TEMPORARY TABLE own (z INT)',
  'ALTER TABLE own ADD COLUMN z INT, RENAME TO other',
  'DROP TABLE own',
];

test.each(DEFINITIONS)('what the journal does not take has not happened: %s', async (sql) => {
  broken = true;
  await changesNothing(sql, { errno: 1105, message: 'the journal cannot be written: no room' });
});

test.each(DEFINITIONS)('until the journal has it, others read what was there before: %s', async (sql) => {
  const other = new Session(session.engine, 'c@d');
  other.use('d');
  const tables = async () => [
    [...dump(session.engine)].flat().map((entry) => entry.sql),
    await rowsOf(other, 'SELECT * FROM parent'),
    await rowsOf(other, 'SELECT * FROM child'),
    await rowsOf(other, 'SELECT * FROM v'),
  ];
  const before = await tables();
  let seen: readonly unknown[] | undefined;
  meanwhile = async () => {
    seen = await tables();
  };
  await session.execute(sql, NOW).catch((error) => expect(error).toMatchObject({ errno: 4092 }));
  expect(seen).toEqual(before);
  meanwhile = undefined;
  // Rows of a temporary table that has gone go with it.
  const stored = "SELECT count(*) FROM sqlite_schema WHERE type = 'table'";
  const known = [...session.engine.catalogue.tables(), ...session.temporary.all()];
  expect(allRows(session.engine.reader, stored)).toEqual([[known.length]]);
});

test.each([
  ['CREATE OR REPLACE TABLE child (q INT, FOREIGN KEY (q) REFERENCES nobody (id))', 1005],
  ['CREATE OR REPLACE TEMPORARY TABLE own (q INT, FOREIGN KEY (q) REFERENCES parent (id))', 1005],
  ['RENAME TABLE parent TO other, own TO one, nobody TO two', 1146],
  ['ALTER TABLE own RENAME TO other, ADD UNIQUE KEY (nothing)', 1072],
])('what fails half way has changed nothing: %s', async (sql, errno) => {
  await changesNothing(sql, { errno });
});
