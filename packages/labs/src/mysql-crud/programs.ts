/** The shop's program: it keeps its customers in a MySQL server, over the client library, one scene per call. Each line that it prints says what came of a statement. */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print, printError } from '@netarium/userland/lib/stdio.ts';
import { type Connection, type Cursor, connect } from '@netarium/userland/sql/client/connect.ts';
import { DatabaseError } from '@netarium/userland/sql/client/errors.ts';

export const CUSTOMERS = 500;
const AGES = 50;

type Scene = (connection: Connection, say: (line: string) => Promise<void>, words: readonly string[]) => Promise<void>;

/** `shop HOST PASSWORD SCENE [WORD...]`. */
export const shop: Program = async (sys: Sys, [, host = '', password = '', scene = '', ...words]) => {
  const run = SCENES.get(scene);
  if (run === undefined) {
    await printError(sys, `shop: no scene called '${scene}'\n`);
    return 2;
  }
  const say = (line: string): Promise<void> => print(sys, `${line}\n`);
  try {
    const connection = await connect(sys, { host, user: 'root', password, database: 'test' });
    try {
      await run(connection, say, words);
    } finally {
      await connection.close();
    }
    return 0;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    await say(`${error.name} ${error.errno} (${error.sqlState}): ${error.message}`);
    return 1;
  }
};

/** The table and its first 500 rows, in ten statements of fifty rows each. */
async function setup(
  connection: Connection,
  say: (line: string) => Promise<void>,
  [unique = 'unique']: readonly string[],
): Promise<void> {
  const cursor = connection.cursor();
  await cursor.execute(
    `CREATE TABLE customer (
      id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      name VARCHAR(40) NOT NULL,
      email VARCHAR(60) NOT NULL,
      age TINYINT UNSIGNED NOT NULL,
      pin CHAR(4) NOT NULL DEFAULT '0000'
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  );
  if (unique === 'unique') await cursor.execute('CREATE UNIQUE INDEX email ON customer (email)');
  for (let from = 0; from < CUSTOMERS; from += 50) {
    const rows = Array.from({ length: 50 }, (_, i) => from + i);
    const values = rows.flatMap((n) => [`customer ${n}`, `c${n}@shop.test`, 20 + (n % AGES), String(1000 + n)]);
    await cursor.execute(
      `INSERT INTO customer (name, email, age, pin) VALUES ${rows.map(() => '(?, ?, ?, ?)').join(', ')}`,
      values,
    );
  }
  await connection.commit();
  await cursor.execute('SELECT COUNT(*) FROM customer');
  await say(`${cursor.fetchone()![0]} rows, server ${connection.serverVersion}`);
}

/** Create, read, update, delete: each value a parameter. */
async function crud(
  connection: Connection,
  say: (line: string) => Promise<void>,
  [last = 'DELETE']: readonly string[],
): Promise<void> {
  const cursor = connection.cursor();
  const read = async (): Promise<string> => {
    await cursor.execute('SELECT name, age FROM customer WHERE email = ?', ['ann@shop.test']);
    const row = cursor.fetchone();
    return row === undefined ? 'nobody' : row.join(', ');
  };
  await cursor.execute('INSERT INTO customer (name, email, age) VALUES (?, ?, ?)', ["Ann O'Neil", 'ann@shop.test', 30]);
  const id = cursor.lastrowid;
  await say(`INSERT ${cursor.rowcount}, id ${id}`);
  await say(`SELECT ${await read()}`);
  await cursor.execute('UPDATE customer SET age = ? WHERE id = ?', [31, id]);
  await say(`UPDATE ${cursor.rowcount}, now ${await read()}`);
  await cursor.execute(`${last} FROM customer WHERE id = ?`.replace('SELECT', 'SELECT id'), [id]);
  await say(`${last} ${cursor.rowcount}, now ${await read()}`);
  await connection.commit();
}

/** A number moves from one row to another, and the end decides. */
async function transfer(
  connection: Connection,
  say: (line: string) => Promise<void>,
  [end = 'ROLLBACK']: readonly string[],
): Promise<void> {
  const cursor = connection.cursor();
  const ages = async (): Promise<string> => {
    await cursor.execute('SELECT age FROM customer WHERE id IN (?, ?) ORDER BY id', [1, 2]);
    return cursor.fetchall().join(', ');
  };
  await say(`before: ${await ages()}`);
  await connection.commit();
  await cursor.execute('UPDATE customer SET age = age - ? WHERE id = ?', [5, 1]);
  await cursor.execute('UPDATE customer SET age = age + ? WHERE id = ?', [5, 2]);
  await say(`inside: ${await ages()}`);
  if (end === 'ROLLBACK') await connection.rollback();
  else await connection.commit();
  await say(`after ${end}: ${await ages()}`);
}

/** The same question before and after an index: the server counts the rows that it looks at. */
async function index(
  connection: Connection,
  say: (line: string) => Promise<void>,
  [key = 'age']: readonly string[],
): Promise<void> {
  const cursor = connection.cursor();
  await say(`without: ${await looked(cursor)}`);
  await cursor.execute(`CREATE INDEX by_${key} ON customer (${key})`);
  await say(`with: ${await looked(cursor)}`);
}

async function looked(cursor: Cursor): Promise<string> {
  const question = 'SELECT name FROM customer WHERE age = 33';
  await cursor.execute('FLUSH STATUS');
  await cursor.execute(question);
  const found = cursor.rowcount;
  await cursor.execute("SHOW STATUS LIKE 'Handler_read_%'");
  const rows = cursor.fetchall().reduce((sum, [, value]) => sum + Number(value), 0);
  await cursor.execute(`EXPLAIN ${question}`);
  const [, , , access, used] = cursor.fetchone()!;
  return `found ${found}, looked at ${rows}, type ${access}, key ${used ?? 'none'}`;
}

async function duplicate(connection: Connection, say: (line: string) => Promise<void>): Promise<void> {
  const cursor = connection.cursor();
  await cursor.execute('INSERT INTO customer (name, email, age) VALUES (?, ?, ?)', ['Twin', 'c7@shop.test', 20]);
  await say(`INSERT ${cursor.rowcount}`);
}

async function statement(
  connection: Connection,
  say: (line: string) => Promise<void>,
  words: readonly string[],
): Promise<void> {
  const cursor = connection.cursor();
  await cursor.execute(words.join(' '));
  await say(`${cursor.rowcount} rows`);
}

/** A login form: who has this name and this PIN? The PIN is what somebody typed. */
async function login(
  connection: Connection,
  say: (line: string) => Promise<void>,
  [way = 'string', ...typed]: readonly string[],
): Promise<void> {
  const pin = typed.join(' ');
  const cursor = connection.cursor();
  if (way === 'parameters')
    await cursor.execute('SELECT id FROM customer WHERE name = ? AND pin = ?', ['customer 7', pin]);
  else await cursor.execute(`SELECT id FROM customer WHERE name = 'customer 7' AND pin = '${pin}'`);
  await say(`${cursor.rowcount} customers let in`);
}

const SCENES: ReadonlyMap<string, Scene> = new Map([
  ['setup', setup],
  ['crud', crud],
  ['transfer', transfer],
  ['index', index],
  ['duplicate', duplicate],
  ['statement', statement],
  ['login', login],
]);
