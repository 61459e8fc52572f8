/** Debian's mariadb-dump and mariadb between our server and Debian's: what is dumped here is read there, and the other way round, row for row. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, SqlServers } from './sql-servers.ts';

const servers = new SqlServers(17_482);
let ours = 0;

beforeAll(async () => {
  await servers.startMariadb();
  ours = await servers.startOurs();
});

afterAll(() => servers.end());

/** A client of Debian's; its standard output, where it succeeds. */
function client(program: 'mariadb' | 'mariadb-dump', port: number, words: readonly string[], input?: Buffer): Buffer {
  const address = [
    '--no-defaults',
    '--default-character-set=utf8mb4',
    '-h',
    '127.0.0.1',
    '-P',
    String(port),
    '-u',
    'root',
  ];
  const { status, stdout, stderr } = spawnSync(program, [...address, ...words], { ...(input && { input }) });
  expect([status, String(stderr)], `${program} ${words.join(' ')}`).toEqual([0, '']);
  return stdout;
}

const dump = (port: number, ...words: readonly string[]): Buffer =>
  client('mariadb-dump', port, ['--skip-dump-date', '--compact', ...words]);
const make = (port: number, database: string): void =>
  void client('mariadb', port, [
    '-e',
    `DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database} CHARACTER SET utf8mb4`,
  ]);

function rows(port: number, database: string): string {
  const all = ['zone', 'customer', 'account', 'rich', 'every_zone', 'above', 'far'];
  return all
    .map((name) => String(client('mariadb', port, [database, '-e', `SELECT * FROM ${name} ORDER BY 1`])))
    .join('\n');
}

test('a dump of ours is read by both, and one of Debian by ours', () => {
  make(ours, 'shop');
  client('mariadb', ours, ['shop'], readFileSync(join(ROOT, 'test/real/sql-shop.sql')));
  const wanted = rows(ours, 'shop');
  expect(wanted.split('\n').length).toBeGreaterThan(20);
  // A BLOB stands in it with bytes that are no text.
  const dumped = client('mariadb-dump', ours, ['--skip-dump-date', 'shop']);
  expect(dumped.includes(Buffer.from([0xff]))).toBe(true);

  make(servers.mariadbPort, 'shop');
  client('mariadb', servers.mariadbPort, ['shop'], dumped);
  expect(rows(servers.mariadbPort, 'shop')).toBe(wanted);

  make(ours, 'again');
  client('mariadb', ours, ['again'], dumped);
  expect(rows(ours, 'again')).toBe(wanted);
  expect(dump(ours, 'again').equals(dump(ours, 'shop'))).toBe(true);

  make(ours, 'third');
  client('mariadb', ours, ['third'], client('mariadb-dump', servers.mariadbPort, ['shop']));
  expect(rows(ours, 'third')).toBe(wanted);
});

test('a dump in one transaction, of all databases, with routines, triggers and events', () => {
  const all = dump(ours, '--single-transaction', '--routines', '--triggers', '--events', '--databases', 'shop');
  expect(String(all)).toContain('CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop`');
  expect(dump(ours, '--all-databases').length).toBeGreaterThan(all.length);
});

test('what was loaded from dumps is there after the server was killed', async () => {
  const before = dump(ours, '--databases', 'shop', 'again', 'third');
  servers.server!.kill('SIGKILL');
  ours = await servers.startOurs();
  expect(dump(ours, '--databases', 'shop', 'again', 'third').equals(before)).toBe(true);
});
