/** What MySQL has and this server has not is error 1235, and says what. */
import { beforeAll, describe, expect, test } from 'vitest';
import { NOW, sessionWith } from './session.test-kit.ts';
import type { Session } from './session.ts';

let session: Session;

beforeAll(async () => {
  session = await sessionWith(
    'CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) UNIQUE, n INT)',
    'INSERT INTO t (n) VALUES (1)',
    'CREATE TABLE child (id INT, FOREIGN KEY (id) REFERENCES t (id))',
    'INSERT IGNORE INTO child VALUES (1)',
  );
});

describe('refused by name', () => {
  test.each([
    ['SELECT @a := 1', 'assignment in an expression'],
    ["SELECT DATE_ADD('2026-01-01', INTERVAL '1:1' HOUR_MINUTE)", 'INTERVAL in HOUR_MINUTE'],
    ["SELECT 'a' REGEXP '(?=a)'", '(? in REGEXP'],
    ['SELECT RAND()', 'RAND: what depends on chance'],
    ['SELECT 1 INTERSECT SELECT 1 UNION SELECT 2', 'INTERSECT beside UNION or EXCEPT without parentheses'],
    ['CREATE VIEW v AS SELECT id FROM t WITH CHECK OPTION', 'WITH CHECK OPTION'],
    [
      "WITH RECURSIVE r AS (SELECT UPPER('a') AS s UNION ALL SELECT CONCAT(s, 'b') FROM r) SELECT * FROM r",
      "text of unknown length in a recursive WITH, column 's': CAST it AS CHAR(N)",
    ],
    [
      'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM (SELECT n FROM r) AS x) SELECT * FROM r',
      'WITH RECURSIVE that reads itself in a subquery of FROM',
    ],
    ['CREATE TABLE x (a INT, FOREIGN KEY (a) REFERENCES t (id) ON DELETE SET DEFAULT)', 'SET DEFAULT of a foreign key'],
    ['INSERT IGNORE INTO child VALUES (1), (2)', 'IGNORE with rows that break a foreign key'],
    ['UPDATE IGNORE child SET id = 2', 'IGNORE with rows that break a foreign key'],
    ['CREATE TABLE x (a INT) ENGINE=MyISAM', 'ENGINE=MyISAM'],
    ['SELECT SUM(id) OVER (GROUPS 1 PRECEDING) FROM t', 'GROUPS frame'],
    ['CREATE ALGORITHM = TEMPTABLE VIEW v AS SELECT 1', 'ALGORITHM = TEMPTABLE'],
    ["SELECT JSON_CONTAINS('[1]', '1')", 'JSON_CONTAINS'],
    ["SELECT JSON_EXTRACT('[1]', '$[*]')", 'the path $[*]'],
    ['CREATE TABLE x (a TIME)', 'type TIME'],
    ['CREATE TABLE x (a INT, b INT AS (a + 1))', 'column attribute AS'],
    ['CREATE TEMPORARY SEQUENCE s', 'CREATE TEMPORARY SEQUENCE'],
    ['INSERT INTO t (n) VALUES (1) RETURNING id', 'RETURNING'],
    ['CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @x = 1', 'CREATE TRIGGER'],
  ])('%s', async (sql, name) => {
    await expect((async () => session.execute(sql, NOW))()).rejects.toMatchObject({
      errno: 1235,
      message: `This version of MySQL doesn't yet support '${name}'`,
    });
  });
});
