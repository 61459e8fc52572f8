import { expect, test } from 'vitest';
import { rowsOf, sessionFromDump, sessionWith } from './session.test-kit.ts';

test('a dump makes the same databases again', async () => {
  const session = await sessionWith(
    'CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) UNIQUE, n INT)',
    "INSERT INTO t (name, n) VALUES ('a', 1), ('b', 2), ('c', 3)",
    "CREATE TABLE odd (`a b` VARCHAR(20) NOT NULL DEFAULT 'it''s', d DECIMAL(5,2), b BLOB, e ENUM('x','y'), t DATETIME DEFAULT CURRENT_TIMESTAMP, KEY (`a b`, d))",
    "INSERT INTO odd VALUES ('line\\nend', -1.05, x'00ff', 'y', NULL), ('', NULL, NULL, NULL, '2026-01-02')",
  );
  const again = await sessionFromDump(session.engine);
  for (const sql of ['SELECT * FROM t', 'SELECT * FROM odd', 'SHOW CREATE TABLE odd', 'SHOW CREATE TABLE t'])
    expect(await rowsOf(again, sql), sql).toEqual(await rowsOf(session, sql));
});
