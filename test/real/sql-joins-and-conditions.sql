-- Joins (NATURAL, USING, in parentheses), set operators, rows, ANY and ALL, bits, REGEXP, collations. For our server and Debian's, one statement per line (sql.real.test.ts).
CREATE TABLE t1 (a INT, b INT, c VARCHAR(10))
CREATE TABLE t2 (b INT, c VARCHAR(10), d INT)
CREATE TABLE t3 (d INT, e INT, a INT)
INSERT INTO t1 VALUES (1,2,'x'),(3,4,'y'),(5,NULL,'z')
INSERT INTO t2 VALUES (2,'X',7),(4,'q',8),(9,'z',9)
INSERT INTO t3 VALUES (7,1,1),(8,2,3),(11,3,5)
SELECT * FROM t1 NATURAL JOIN t2 ORDER BY 1
SELECT * FROM t1 NATURAL LEFT JOIN t2 ORDER BY 1,2
SELECT * FROM t1 NATURAL RIGHT JOIN t2 ORDER BY 1,2
SELECT * FROM t1 JOIN t2 USING (b) ORDER BY 1
SELECT * FROM t1 LEFT JOIN t2 USING (b) ORDER BY a
SELECT * FROM t1 RIGHT JOIN t2 USING (b) ORDER BY d
SELECT b, t1.b, t2.b FROM t1 RIGHT JOIN t2 USING (b) ORDER BY d
SELECT * FROM t1 JOIN t2 USING (b) JOIN t3 USING (d) ORDER BY b
SELECT * FROM t1 JOIN t2 USING (b) NATURAL JOIN t3 ORDER BY b
SELECT * FROM t1 NATURAL JOIN t3 ORDER BY a
SELECT * FROM t1 NATURAL JOIN (SELECT 1 AS zz) q ORDER BY a
SELECT * FROM t1, t2 JOIN t3 USING (d) ORDER BY t1.a, d
SELECT * FROM t3, t1 JOIN t2 USING (b) ORDER BY t3.d, b
SELECT b FROM t1 JOIN t2 ON t1.b = t2.b
SELECT * FROM t1 JOIN t2 USING (nope)
SELECT t1.* FROM t1 JOIN t2 USING (b) ORDER BY a
SELECT t2.* FROM t1 JOIN t2 USING (b) ORDER BY d
SELECT t1.a, x.d FROM t1 LEFT JOIN (t2 x JOIN t3 y ON x.d = y.d) ON t1.b = x.b ORDER BY 1
SELECT t1.a, x.d, y.e FROM t1 LEFT JOIN (t2 x LEFT JOIN t3 y ON x.d = y.d) ON t1.b = x.b ORDER BY 1
SELECT t1.a, x.d, y.e FROM (t1 JOIN t2 x ON t1.b = x.b) LEFT JOIN t3 y ON x.d = y.d ORDER BY 1
SELECT t1.a, x.d FROM t1 STRAIGHT_JOIN t2 x ON t1.b = x.b ORDER BY 1
SELECT t1.a, x.d, y.e FROM t1 JOIN (t2 x LEFT JOIN t3 y ON x.d = y.d) ON t1.b = x.b ORDER BY 1
(SELECT a FROM t1 ORDER BY a DESC LIMIT 1) UNION ALL (SELECT d FROM t2 ORDER BY d LIMIT 1)
(SELECT a FROM t1) UNION (SELECT b FROM t2) ORDER BY 1 LIMIT 2
(SELECT a FROM t1 ORDER BY a)
SELECT a FROM t1 INTERSECT SELECT a FROM t3 ORDER BY 1
SELECT b FROM t1 EXCEPT SELECT b FROM t2 ORDER BY 1
SELECT c FROM t1 INTERSECT SELECT c FROM t2 ORDER BY 1
SELECT 'a' UNION SELECT 'A'
SELECT UPPER(c) FROM t1 UNION SELECT c FROM t1 ORDER BY 1
SELECT COUNT(*) FROM (SELECT DISTINCT CONCAT(c, '') FROM t1 UNION ALL SELECT DISTINCT CONCAT(c, '') FROM t2) q
SELECT COUNT(*) FROM (SELECT DISTINCT CONCAT(x.c, '') made FROM (SELECT c FROM t1 UNION ALL SELECT c FROM t2) x) q
SELECT COUNT(*) FROM (SELECT DISTINCT CONCAT(x.c, y.c) made FROM t1 x JOIN t2 y ON x.c = y.c UNION ALL SELECT DISTINCT IF(a > 1, 'k', 'K') FROM t1) q
SELECT COUNT(*) FROM (SELECT DISTINCT IF(a > 1, 'k', 'K') made FROM t1) q
SELECT (SELECT a FROM t1 WHERE a = 1) + 1
SELECT * FROM t1 WHERE (a, b) = (1, 2)
SELECT * FROM t1 WHERE (a, b) <> (1, 2)
SELECT * FROM t1 WHERE (a, b) IN ((1, 2), (3, 5))
SELECT * FROM t1 WHERE (b, c) IN (SELECT b, c FROM t2)
SELECT * FROM t1 WHERE (a, b) NOT IN (SELECT b, d FROM t2)
SELECT (1,2) < (1,3), (1,2) >= (1,2), (2,1) > (1,9), (1,NULL) = (1,2), (1,NULL) = (2,2), (1,2) <=> (1,NULL)
SELECT (1,2) = (1,2,3)
SELECT (1,2)
SELECT 3 > ANY (SELECT a FROM t1), 3 > ALL (SELECT a FROM t1), 9 > ALL (SELECT a FROM t1), 1 = ANY (SELECT b FROM t1), 4 <> ALL (SELECT b FROM t1), 99 = SOME (SELECT b FROM t1), 1 > ALL (SELECT a FROM t1 WHERE a > 100), 1 > ANY (SELECT a FROM t1 WHERE a > 100)
SELECT a FROM t1 WHERE a >= ALL (SELECT a FROM t1)
SELECT a FROM t1 WHERE 'X' = ANY (SELECT c FROM t2 WHERE t2.b = t1.b)
SELECT 5 & 3, 5 | 3, 5 ^ 3, 1 << 4, 256 >> 2, 1 | 2 + 4, 7 & 2 = 2, 2 ^ 3 * 2
SELECT 'abc' REGEXP '^a', 'ABC' REGEXP 'b', 'abc' RLIKE 'c$', 'abc' NOT REGEXP 'x', NULL REGEXP 'a', 'a1' REGEXP '[0-9]', 'a.b' REGEXP 'a\\.b', 'axb' REGEXP 'a\\.b'
SELECT mail FROM (SELECT 'ann@x.org' mail UNION SELECT 'bad' UNION SELECT 'B.c-d@y.com') q WHERE mail REGEXP '^[a-zA-Z][a-zA-Z0-9_.-]*@[a-z]+\\.(org|com)$' ORDER BY 1
SELECT REGEXP_REPLACE('a1b22', '[0-9]+', '#'), REGEXP_SUBSTR('a1b22', '[0-9]{2}'), REGEXP_INSTR('a1b22', 'b'), REGEXP_REPLACE('John Smith', '(\\w+) (\\w+)', '\\2, \\1'), REGEXP_SUBSTR('abc','x')
SELECT 'a' = BINARY 'A', BINARY 'a' = 'a', 'a' COLLATE utf8mb4_bin = 'A', 'a' = 'A' COLLATE utf8mb4_general_ci
SELECT c FROM t1 ORDER BY c COLLATE utf8mb4_bin DESC
SELECT COUNT(DISTINCT a, b), COUNT(DISTINCT a) FROM t1
SELECT GROUP_CONCAT(DISTINCT c ORDER BY c SEPARATOR '-') FROM t2
SELECT GROUP_CONCAT(DISTINCT b ORDER BY b DESC) FROM t2
SELECT GROUP_CONCAT(DISTINCT b) FROM t2 WHERE b > 100
-- How texts compare, whatever is made of them.
CREATE TABLE tc (id INT PRIMARY KEY, s VARCHAR(9), b VARCHAR(9) COLLATE utf8mb4_bin, e ENUM('z','m','a')) DEFAULT CHARSET=utf8mb4
INSERT INTO tc VALUES (1,'b','b','a'),(2,'A','A','z'),(3,'C','C','m'),(4,'a','a','a'),(5,'B','B',NULL)
SELECT s, id FROM tc ORDER BY 1, id
SELECT CONCAT(s, ''), id FROM tc ORDER BY 1, id
SELECT CONCAT(s, '') AS x, id FROM tc ORDER BY x, id
SELECT b, id FROM tc ORDER BY 1
SELECT e, id FROM tc ORDER BY 1, id
SELECT e AS x, id FROM tc ORDER BY x DESC, id
SELECT UPPER(b), id FROM tc ORDER BY 1, id
SELECT CONCAT(b, ''), id FROM tc ORDER BY 1, id
SELECT x.s, x.id FROM (SELECT CONCAT(s, '') AS s, id FROM tc) x ORDER BY x.s, x.id
SELECT x.b, x.id FROM (SELECT b, id FROM tc) x ORDER BY x.b, x.id
SELECT x.e, x.id FROM (SELECT e, id FROM tc) x ORDER BY x.e, x.id
SELECT id FROM (SELECT b, id FROM tc) x WHERE x.b = 'A'
SELECT id FROM (SELECT CONCAT(b, '') AS b, id FROM tc) x WHERE x.b = 'A'
SELECT id FROM tc WHERE CONCAT(b, '') = 'A'
SELECT id FROM tc WHERE UPPER(b) = 'a'
SELECT x.b, COUNT(*) FROM (SELECT b FROM tc) x GROUP BY x.b ORDER BY x.b
SELECT DISTINCT x.b FROM (SELECT b FROM tc) x ORDER BY x.b
SELECT MAX(b), MIN(b), MAX(s), MIN(s) FROM tc
SELECT MAX(CONCAT(s,'')), MIN(CONCAT(b,'')) FROM tc
SELECT MAX(e), MIN(e) FROM tc
SELECT b FROM tc UNION SELECT 'aa' ORDER BY 1
SELECT b FROM tc UNION SELECT 'A' ORDER BY b
SELECT s FROM tc WHERE s IN (SELECT b FROM tc WHERE id = 4) ORDER BY id
SELECT id FROM tc WHERE b IN (SELECT s FROM tc WHERE id = 4)
SELECT id FROM tc WHERE b LIKE 'a%'
SELECT id FROM (SELECT b, id FROM tc) x WHERE b LIKE 'a%'
WITH w AS (SELECT b, id FROM tc) SELECT id FROM w WHERE b = 'a'
SELECT IF(1, b, s) = 'A' FROM tc ORDER BY id
SELECT CASE WHEN id > 0 THEN b END AS q FROM tc ORDER BY q
SELECT COALESCE(b, 'x') AS q FROM tc ORDER BY q
SELECT id FROM tc ORDER BY e, s DESC, id
SELECT e, COUNT(*) FROM tc GROUP BY e ORDER BY 1 DESC
SELECT e FROM tc UNION SELECT 'q' ORDER BY 1
CREATE VIEW vc AS SELECT b, e, id FROM tc
SELECT id FROM vc WHERE b = 'A'
SELECT e, id FROM vc ORDER BY e, id
SELECT b FROM vc ORDER BY 1
SELECT 'a_b' < 'aab', '_' < 'a', '[' < 'a', '`' < 'a'
SELECT v FROM (SELECT 'a_b' AS v UNION ALL SELECT 'aab' UNION ALL SELECT 'aZb') x ORDER BY v
DROP VIEW vc
DROP TABLE tc
-- Texts of a _bin column within functions that compare.
CREATE TABLE both_ways (s VARCHAR(10), b VARCHAR(10) COLLATE utf8mb4_bin, e ENUM('ann','bob'))
INSERT INTO both_ways VALUES ('ANN', 'Ann', 'ann'), ('bob', 'BOB', 'bob'), ('zed', 'zed', NULL)
SELECT LEAST(s, b), GREATEST(b, s), LEAST(s, 'B'), GREATEST('b', s, 'B') FROM both_ways
SELECT FIELD(b, 'ann', 'BOB', 'Zed'), FIELD(s, 'ann', 'BOB'), FIELD('ann', b, s), FIELD(s, b), FIELD('2x', 2, 3) FROM both_ways
SELECT LOCATE('N', b), LOCATE('n', s), INSTR(b, 'B'), INSTR(s, 'N'), POSITION('O' IN b), LOCATE(b, s), LOCATE('E', b, 2) FROM both_ways
SELECT STRCMP(s, b), STRCMP(b, 'ANN'), STRCMP(s, 'ann'), FIND_IN_SET(b, 'ann,bob'), FIND_IN_SET(s, 'ann,BOB') FROM both_ways
SELECT CONCAT(b) < e, e > CONCAT(b), b = e, CASE s WHEN b THEN 1 END, NULLIF(s, b), IF(s = 'ann', b, b) = 'ANN' FROM both_ways
SELECT d.s, x.b FROM (SELECT s FROM both_ways) d JOIN both_ways x ON d.s = x.b
SELECT COUNT(DISTINCT b, 1), COUNT(DISTINCT s, b), COUNT(DISTINCT IF(s = 'x', b, b)) FROM (SELECT b, s FROM both_ways UNION ALL SELECT 'BOb', 'BOB') x
DROP TABLE both_ways
