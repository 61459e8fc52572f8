/** One program over the client library: what the server answers, a line each. It runs against our server in a simulation, and on the real kernel against ours and Debian's. */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { type Cursor, connect } from '@netarium/userland/sql/client/connect.ts';
import { DatabaseError } from '@netarium/userland/sql/client/errors.ts';
import type { SqlValue } from '@netarium/userland/sql/types.ts';

/** `program HOST PORT`: user root without a password, database `program`. */
export const program: Program = async (sys, [, host = '', port = '']) => {
  const say = (line: string): Promise<void> => print(sys, `${line}\n`);
  const connection = await connect(sys, { host, port: Number(port), user: 'root', database: 'program' });
  const cursor = connection.cursor();
  const step = async (sql: string, params?: readonly SqlValue[]): Promise<void> =>
    say(`${sql} -> ${await outcome(cursor, sql, params)}`);
  await step('DROP TABLE IF EXISTS account');
  await step(
    'CREATE TABLE account (id INT AUTO_INCREMENT PRIMARY KEY, owner VARCHAR(40) NOT NULL UNIQUE, balance DECIMAL(10,2) NOT NULL, opened DATE, seal BLOB)',
  );
  await step('INSERT INTO account (owner, balance, opened, seal) VALUES (?, ?, ?, ?)', [
    "Ann O'Neil",
    '100.50',
    '2026-01-31',
    new Uint8Array([0, 255, 7]),
  ]);
  await step('INSERT INTO account (owner, balance) VALUES (?, ?)', ['张三', 12]);
  await step('INSERT INTO account (owner, balance) VALUES (?, ?)', ["x'; DROP TABLE account; --", 0.25]);
  await say(`id ${cursor.lastrowid}`);
  await step('SELECT * FROM account WHERE owner = ?', ["Ann O'Neil"]);
  await step('SELECT id, owner FROM account WHERE balance > ? ORDER BY id', [1.5]);
  await step('SELECT owner FROM account WHERE id IN (?, ?) OR opened = ? ORDER BY owner', [2, 3, '2026-01-31']);
  await step('UPDATE account SET balance = balance + ? WHERE id = ?', ['0.10', 1]);
  await step('UPDATE account SET balance = balance WHERE id = ?', [1]);
  await step('SELECT balance, balance * ?, balance / 3, SUM(balance) FROM account WHERE id = 1', [3]);
  await step('INSERT INTO account (owner, balance) VALUES (?, ?)', ["ann o'neil", 1]);
  await step('INSERT INTO account (owner, balance) VALUES (?, ?)', [null, 1]);
  await step('INSERT INTO account (owner, balance) VALUES (?, ?)', ['long', '123456789.5']);
  await connection.commit();
  await step('DELETE FROM account WHERE id = ?', [2]);
  await step('SELECT COUNT(*) FROM account');
  await connection.rollback();
  await step('SELECT COUNT(*) FROM account');
  await step('SELECT * FROM account WHERE id = ?', [99]);
  await step('SELECT nope FROM account');
  await step('SELEKT 1');
  await step("SELECT id FROM account WHERE owner = '' OR '1'='1' ORDER BY id");
  await step('SELECT id FROM account WHERE owner = ?', ["' OR '1'='1"]);
  await cursor.executemany(
    'INSERT INTO account (owner, balance) VALUES (?, ?)',
    Array.from({ length: 50 }, (_, i) => [`owner ${i}`, i]),
  );
  await say(`executemany ${cursor.rowcount}`);
  await step('SELECT COUNT(*), SUM(balance), AVG(balance), MIN(owner), MAX(balance) FROM account');
  await connection.commit();
  await connection.ping();
  await connection.close();
  return 0;
};

async function outcome(cursor: Cursor, sql: string, params: readonly SqlValue[] | undefined): Promise<string> {
  try {
    await cursor.execute(sql, params);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return `${error.name} ${error.errno}`;
  }
  if (cursor.description === undefined) return String(cursor.rowcount);
  return `${cursor.description.join(',')} ${cursor
    .fetchall()
    .map((row) => row.map(text).join('|'))
    .join(' / ')}`;
}

function text(value: SqlValue): string {
  return value instanceof Uint8Array ? `bytes ${[...value].join(' ')}` : String(value);
}
