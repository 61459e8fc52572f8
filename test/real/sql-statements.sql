-- Statements for our server and for Debian's mariadb-server, one per line, in this order (sql.real.test.ts): the same rows, counts and errors.
CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL, age INT, price DECIMAL(8,2), score DOUBLE, made DATETIME, d DATE, kind ENUM('a','b','c'), note TEXT, UNIQUE KEY un (name), KEY ka (age)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
INSERT INTO t (name, age, price, score, made, d, kind, note) VALUES ('ann', 30, 1.50, 0.5, '2026-01-02 03:04:05', '2026-01-02', 'a', 'hello'), ('Bob', 25, 10.005, 1e10, '2026-01-02', '2026-1-3', 'b', NULL), ('cy', NULL, NULL, NULL, NULL, NULL, NULL, '')
INSERT INTO t (name) VALUES ('dee'), ('eve')
SELECT * FROM t
SELECT * FROM t ORDER BY name DESC LIMIT 2
SELECT * FROM t ORDER BY age, id
SELECT id, name FROM t WHERE age > 20 AND price IS NOT NULL ORDER BY id
SELECT COUNT(*), COUNT(age), SUM(age), AVG(age), MIN(name), MAX(name), SUM(price), AVG(price), SUM(score) FROM t
SELECT SUM(age), AVG(age) FROM t WHERE id > 100
SELECT kind, COUNT(*) FROM t GROUP BY kind ORDER BY kind
SELECT age IS NULL AS n, COUNT(*) c FROM t GROUP BY n ORDER BY n
SELECT age+1, age-1, age*2, age/2, age DIV 2, age % 7, -age FROM t ORDER BY id
SELECT price+1, price*2, price/3, price*price, price-0.005, -price FROM t ORDER BY id
SELECT score+1, score*2, score/3 FROM t ORDER BY id
SELECT 7/2, 7 DIV 2, 7 % 3, -7 % 3, -7 DIV 2, 1/3, 2/3, 1.0/3, 10/0, 10 DIV 0, 10 % 0
SELECT 0.1+0.2, 0.1+0.2=0.3, 1.5*1.5, 1e3, 1.50, .5
SELECT 'a'='A', 'a'='b', 'abc'<'abd', 'a'<>'A', 'a' <=> NULL, NULL <=> NULL, NULL = NULL
SELECT '1'=1, '1abc'=1, 'abc'=0, '10'>9, '10'>'9', 1+'2', '3'*'4', 'a'+1
SELECT 1 AND 0, 1 OR 0, NOT 1, 1 XOR 1, NULL AND 0, NULL OR 1, NULL AND 1, NOT NULL, !0, 1 && 1, 0 || 1
SELECT 5 BETWEEN 1 AND 10, 5 NOT BETWEEN 1 AND 10, 5 IN (1,2,5), 5 NOT IN (1,2), NULL IN (1), 1 IN (NULL, 1), 1 IN (NULL, 2)
SELECT 'abc' LIKE 'a%', 'abc' LIKE 'A_C', 'a%c' LIKE 'a\%c', 'abc' LIKE 'a\%c', 'abc' NOT LIKE 'b%', 'a_c' LIKE 'a|_c' ESCAPE '|'
SELECT IF(1,'y','n'), IFNULL(NULL,5), NULLIF(1,1), NULLIF(1,2), COALESCE(NULL,NULL,3), CASE 1 WHEN 1 THEN 'one' ELSE 'other' END, CASE WHEN 1>2 THEN 'x' END
SELECT CONCAT('a','b',1,NULL), CONCAT('a',1,2.5), CONCAT_WS('-','a',NULL,'b'), LENGTH('héllo'), CHAR_LENGTH('héllo'), UPPER('héllo'), LOWER('HÉ'), REVERSE('abc'), REPLACE('aXbX','X','y')
SELECT SUBSTRING('hello',2), SUBSTRING('hello',2,3), SUBSTRING('hello',-3), SUBSTRING('hello',-3,2), SUBSTRING('hello',0), SUBSTRING('hello',10), LEFT('hello',2), RIGHT('hello',2), LEFT('hello',-1), RIGHT('hello',0)
SELECT TRIM('  a  '), LTRIM('  a'), RTRIM('a  '), LPAD('a',3,'xy'), RPAD('a',4,'xy'), LPAD('abc',2,'x'), REPEAT('ab',3), REPEAT('ab',0), INSTR('hello','l'), LOCATE('l','hello'), LOCATE('z','hello'), HEX('abc'), HEX(255)
SELECT ABS(-5), ABS(-5.5), SIGN(-3), CEIL(1.2), CEILING(-1.2), FLOOR(1.7), FLOOR(-1.2), ROUND(1.5), ROUND(2.5), ROUND(-1.5), ROUND(1.2345,2), ROUND(1.005,2), MOD(7,3), GREATEST(1,5,3), LEAST('b','a')
SELECT YEAR('2026-05-06'), MONTH('2026-05-06'), DAY('2026-05-06 01:02:03'), HOUR('2026-05-06 01:02:03'), DATE('2026-05-06 01:02:03')
SELECT CAST('12' AS SIGNED), CAST('-5' AS SIGNED), CAST(1.5 AS SIGNED), CAST(2.5 AS SIGNED), CAST('1.25' AS DECIMAL(5,1)), CAST(5 AS CHAR), CAST('2026-1-2' AS DATE)
SELECT 'it''s', "double ""q""", 'back\\slash', 'nl\n', 'tab\t', 'a' 'b', x'4142', 0x41
SELECT 9223372036854775807, -9223372036854775808, 9223372036854775807 + 1
SELECT id FROM t WHERE name = 'ANN'
SELECT id FROM t WHERE name LIKE 'B%'
SELECT id FROM t WHERE age = '30'
SELECT id FROM t WHERE age = '30abc'
SELECT id FROM t WHERE name = 0 ORDER BY id
SELECT id FROM t WHERE made = '2026-01-02'
SELECT id FROM t WHERE made >= '2026-01-02 03:00:00'
SELECT id FROM t WHERE d = '2026-01-03'
SELECT id FROM t WHERE d < made
SELECT id FROM t WHERE d = made
SELECT id FROM t WHERE kind = 'B'
SELECT id, kind FROM t ORDER BY kind DESC, id
SELECT id FROM t WHERE price = 10.01
SELECT id FROM t WHERE price = '1.5'
SELECT id FROM t WHERE id IN (SELECT id FROM t WHERE age > 20) ORDER BY id
SELECT id FROM t WHERE EXISTS (SELECT 1 FROM t u WHERE u.age > t.age) ORDER BY id
SELECT (SELECT MAX(age) FROM t), (SELECT name FROM t WHERE id = 1)
SELECT (SELECT id FROM t)
SELECT (SELECT id, name FROM t)
SELECT x.name, y.name FROM t x JOIN t y ON x.id = y.id + 1 ORDER BY x.id
SELECT x.name, y.name FROM t x LEFT JOIN t y ON x.id = y.id + 1 ORDER BY x.id
SELECT x.name, y.name FROM t x, t y WHERE x.id = y.id AND x.age > 26
SELECT COUNT(*) FROM t x CROSS JOIN t y
SELECT id, x.age, y.age FROM t x JOIN t y USING (id) WHERE id = 1
SELECT * FROM (SELECT id, age * 2 AS twice FROM t) q WHERE twice > 50 ORDER BY id
SELECT DISTINCT age IS NULL FROM t ORDER BY 1
SELECT 1 UNION ALL SELECT 1 UNION SELECT 2
SELECT id, name FROM t UNION SELECT age, note FROM t ORDER BY 1, 2 LIMIT 3
SELECT GROUP_CONCAT(name ORDER BY id SEPARATOR ';') FROM t
SELECT GROUP_CONCAT(age) FROM t
SELECT age, COUNT(*) AS c FROM t GROUP BY age HAVING c >= 1 ORDER BY age
SELECT name AS n FROM t HAVING n = 'ann'
SELECT name AS n FROM t WHERE n = 'ann'
SELECT nope FROM t
SELECT t.nope FROM t
SELECT u.id FROM t
SELECT id FROM t x JOIN t y ON 1
SELECT * FROM missing
SELECT FROM t
SELECT * FROM t WHERE
SELECT 'open
SELECT 1 +
SELECT NOFUNC(1)
SELECT ABS(1,2)
SELECT id FROM t ORDER BY nope
SELECT id FROM t GROUP BY nope
SELECT id FROM t LIMIT 1 OFFSET 1
SELECT id FROM t LIMIT 1, 2
SELECT id FROM t LIMIT -1
SELECT SUM(age) FROM t WHERE SUM(age) > 1
INSERT INTO t (name) VALUES ('ANN')
INSERT INTO t (id, name) VALUES (1, 'zed')
INSERT INTO t (name, age) VALUES ('zed', 'x')
INSERT INTO t (name, age) VALUES ('zed', '12x')
INSERT INTO t (name, age) VALUES ('zed', 99999999999)
INSERT INTO t (name, age) VALUES ('zed', 1.5)
SELECT age FROM t WHERE name = 'zed'
INSERT INTO t (name) VALUES (NULL)
INSERT INTO t (age) VALUES (1)
INSERT INTO t (name) VALUES ('123456789012345678901')
INSERT INTO t (name, price) VALUES ('zed2', 1234567.5)
INSERT INTO t (name, price) VALUES ('zed2', 1.005), ('zed3', '2.345'), ('zed4', -1.005)
SELECT price FROM t WHERE name LIKE 'zed%' ORDER BY name
INSERT INTO t (name, price) VALUES ('zed5', 'abc')
INSERT INTO t (name, made) VALUES ('zed5', 'yesterday')
INSERT INTO t (name, made) VALUES ('zed5', '2026-02-30')
INSERT INTO t (name, kind) VALUES ('zed5', 'z')
INSERT INTO t (name, nope) VALUES ('zed5', 1)
INSERT INTO t (name, name) VALUES ('zed5', 'a')
INSERT INTO t (name, age) VALUES ('zed5')
INSERT INTO t VALUES (1)
INSERT INTO t (name) VALUES ('ok1'), ('ANN'), ('ok2')
SELECT COUNT(*) FROM t WHERE name LIKE 'ok%'
INSERT IGNORE INTO t (name) VALUES ('ok1'), ('ANN'), ('ok2')
SELECT COUNT(*) FROM t WHERE name LIKE 'ok%'
INSERT INTO t (name, age) VALUES ('ok1', 5) ON DUPLICATE KEY UPDATE age = VALUES(age) + 1
INSERT INTO t (name, age) VALUES ('ok1', 5) ON DUPLICATE KEY UPDATE age = 6
INSERT INTO t (name, age) VALUES ('ok9', 5) ON DUPLICATE KEY UPDATE age = 6
SELECT name, age FROM t WHERE name LIKE 'ok%' ORDER BY name
INSERT INTO t SET name = 'set1', age = 3
INSERT INTO t (name, age) SELECT CONCAT(name, '-copy'), age FROM t WHERE id < 3
INSERT INTO t (name) SELECT name FROM t WHERE id = 1
UPDATE t SET age = 31 WHERE name = 'ann'
UPDATE t SET age = 31 WHERE name = 'ann'
UPDATE t SET age = age + 1, score = age WHERE name = 'ann'
SELECT age, score FROM t WHERE name = 'ann'
UPDATE t SET name = 'Bob' WHERE name = 'ann'
UPDATE t SET name = NULL WHERE name = 'ann'
UPDATE t SET age = 'x' WHERE name = 'ann'
UPDATE t SET nope = 1
UPDATE t SET age = 1 WHERE nope = 1
UPDATE t SET id = 2 WHERE id = 1
UPDATE t SET age = 50 ORDER BY id LIMIT 2
SELECT id FROM t WHERE age = 50 ORDER BY id
DELETE FROM t WHERE id = 3
DELETE FROM t WHERE nope = 3
DELETE FROM t ORDER BY id LIMIT 1
SELECT COUNT(*) FROM t
START TRANSACTION
DELETE FROM t
SELECT COUNT(*) FROM t
ROLLBACK
SELECT COUNT(*) > 1 FROM t
BEGIN
SAVEPOINT a
DELETE FROM t
ROLLBACK TO SAVEPOINT a
RELEASE SAVEPOINT a
ROLLBACK TO nope
COMMIT
CREATE TABLE t (id INT)
CREATE TABLE IF NOT EXISTS t (id INT)
CREATE TABLE u (id INT, id INT)
CREATE TABLE u (id INT AUTO_INCREMENT)
CREATE TABLE u (id INT PRIMARY KEY, x INT PRIMARY KEY)
CREATE TABLE u (id INT, KEY (nope))
CREATE TABLE u (a INT, b VARCHAR(10), PRIMARY KEY (a, b))
INSERT INTO u VALUES (1, 'x'), (1, 'y'), (2, 'x')
INSERT INTO u VALUES (1, 'X')
INSERT INTO u VALUES (3, NULL)
UPDATE u SET a = 1 WHERE a = 2
SELECT * FROM u ORDER BY a, b
CREATE INDEX ub ON u (b)
CREATE INDEX ub ON u (b)
CREATE INDEX uc ON u (nope)
CREATE UNIQUE INDEX uu ON u (b)
DROP INDEX ub ON u
DROP INDEX ub ON u
ALTER TABLE u ADD COLUMN c INT NOT NULL, ADD COLUMN e VARCHAR(5) DEFAULT 'q'
SELECT * FROM u ORDER BY a, b
ALTER TABLE u ADD COLUMN c INT
TRUNCATE TABLE u
SELECT COUNT(*) FROM u
DROP TABLE u
DROP TABLE u
DROP TABLE IF EXISTS u
SHOW TABLES
SHOW TABLES LIKE 'x%'
SELECT DATABASE(), LAST_INSERT_ID() > 0, ROW_COUNT()
USE nodb
CREATE DATABASE corpus
DROP DATABASE nodb
SET autocommit = 0
SET autocommit = 1
SET nosuch = 1
SELECT @@autocommit, @@nosuch
SELECT 1; SELECT 2
SELECT /* comment */ 1 -- rest
SELECT 1 # rest
CREATE TABLE bits (f FLOAT, b BIGINT UNSIGNED, s SMALLINT, bl BLOB, c CHAR(3), bo BOOLEAN, ts TIMESTAMP NULL)
INSERT INTO bits VALUES (1.1, 9223372036854775807, -5, x'00ff41', 'ab', TRUE, '2026-01-01 00:00:00'), (0.1, 0, 32767, 'txt', 'abc', FALSE, NULL)
SELECT * FROM bits
INSERT INTO bits (s) VALUES (40000)
INSERT INTO bits (b) VALUES (-1)
INSERT INTO bits (c) VALUES ('abcd')
SELECT f + 1 > 2, b + 0, s * 2, bo + 1 FROM bits
SELECT bl = 'TXT', bl = 'txt' FROM bits
SELECT c = 'AB', c LIKE 'ab' FROM bits
SELECT CONCAT(f, b) FROM bits WHERE s = -5
SELECT MAX(s), MIN(c), SUM(s), AVG(s) FROM bits
SELECT s, SUM(s) OVER () FROM bits
SELECT * FROM bits WHERE ts IS NULL
SELECT COUNT(DISTINCT c) FROM bits
SELECT COUNT(*) c FROM bits GROUP BY bo HAVING SUM(s) > 0
SELECT name, age FROM t ORDER BY age IS NULL, age, name LIMIT 5
SELECT age > 10 AND name, NOT name FROM t ORDER BY id LIMIT 2
SELECT UPPER(name) AS U, LENGTH(name) FROM t ORDER BY U LIMIT 2
SELECT t.* FROM t ORDER BY id LIMIT 1
SELECT `name` FROM `corpus`.`t` ORDER BY id LIMIT 1
SELECT corpus.t.name FROM corpus.t ORDER BY id LIMIT 1
SELECT IF(age > 40, 'old', 'young') g, COUNT(*) FROM t GROUP BY g ORDER BY g
SELECT IF(age > 40, 'old', 'young') g, COUNT(*) FROM t GROUP BY IF(age > 40, 'old', 'young') ORDER BY COUNT(*) DESC, g
SELECT MAX(made), MIN(d), COUNT(made) FROM t
SELECT made, DATE(made) FROM t WHERE made IS NOT NULL ORDER BY made LIMIT 1
SELECT * FROM t WHERE id = 1 OR '1'='1' LIMIT 1
SELECT name FROM t WHERE name = '' UNION SELECT note FROM t WHERE note = 'hello'
-- RIGHT JOIN, WITH, windows. (MariaDB has errors of its own where windows of several kinds stand in one list, and forgets an ORDER BY beside one over groups.)
CREATE TABLE dept (id INT PRIMARY KEY, name VARCHAR(20))
CREATE TABLE emp (id INT PRIMARY KEY, name VARCHAR(20), dept INT, boss INT, pay DECIMAL(8,2), age INT, KEY (dept))
INSERT INTO dept VALUES (1, 'net'), (2, 'db'), (3, 'empty')
INSERT INTO emp VALUES (1, 'Ann', 1, NULL, 100.50, 40), (2, 'bob', 1, 1, 80.00, 30), (3, 'Cid', 2, 1, 80.00, 35), (4, 'dan', NULL, 2, 60.25, 20), (5, 'Eve', 2, 3, 120.00, NULL), (6, 'fay', 9, 3, NULL, 30)
SELECT * FROM emp e RIGHT JOIN dept d ON e.dept = d.id ORDER BY d.id, e.id
SELECT d.name, e.name FROM emp e RIGHT OUTER JOIN dept d ON e.dept = d.id AND e.age > 30 ORDER BY d.id, e.id
SELECT d.name, COUNT(e.id) FROM emp e RIGHT JOIN dept d ON e.dept = d.id GROUP BY d.name ORDER BY d.name
SELECT e.name, d.name, b.name FROM emp e LEFT JOIN emp b ON e.boss = b.id RIGHT JOIN dept d ON e.dept = d.id ORDER BY d.id, e.id
SELECT d.name FROM emp e RIGHT JOIN dept d ON e.dept = d.id WHERE e.id IS NULL
SELECT x.id, e.id, d.id FROM dept x, emp e RIGHT JOIN dept d ON e.dept = d.id ORDER BY x.id, d.id, e.id
SELECT e.id, d.id, b.id FROM emp e RIGHT JOIN dept d ON e.dept = d.id LEFT JOIN emp b ON b.boss = e.id ORDER BY d.id, e.id, b.id
SELECT e.id, d.id FROM emp e RIGHT JOIN (SELECT id FROM dept WHERE id > 1) d ON e.dept = d.id ORDER BY d.id, e.id
SELECT * FROM emp e RIGHT JOIN dept d
WITH a AS (SELECT 1 AS n) SELECT * FROM a
WITH a AS (SELECT id, name FROM dept), b AS (SELECT name FROM a WHERE id > 1) SELECT * FROM b ORDER BY name
WITH a (x, y) AS (SELECT id, name FROM dept) SELECT y, x FROM a WHERE x < 3 ORDER BY x
WITH a (x) AS (SELECT id, name FROM dept) SELECT * FROM a
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
WITH a AS (SELECT dept, SUM(pay) total FROM emp GROUP BY dept) SELECT d.name, a.total FROM dept d LEFT JOIN a ON a.dept = d.id ORDER BY d.id
WITH a AS (SELECT id FROM dept) SELECT (SELECT COUNT(*) FROM a), name FROM dept WHERE id IN (SELECT id FROM a WHERE id < 3) ORDER BY id
WITH a AS (SELECT id FROM dept) SELECT a1.id, a2.id FROM a a1 JOIN a a2 ON a1.id < a2.id ORDER BY 1, 2
WITH dept AS (SELECT 5 AS id) SELECT * FROM dept
WITH a AS (SELECT * FROM nosuch) SELECT 1
WITH a AS (SELECT 1) SELECT * FROM b
SELECT * FROM (WITH a AS (SELECT 7 AS n) SELECT n FROM a) x
SELECT name FROM dept WHERE id = (WITH a AS (SELECT 2 AS n) SELECT n FROM a)
WITH a AS (SELECT 1 AS n UNION SELECT 2) SELECT n FROM a UNION ALL SELECT n + 10 FROM a ORDER BY n
WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 10) SELECT n FROM c
WITH RECURSIVE c (n, f) AS (SELECT 1, 1 UNION ALL SELECT n + 1, f * (n + 1) FROM c WHERE n < 10) SELECT * FROM c
WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c) SELECT COUNT(*), MAX(n) FROM c
WITH RECURSIVE t AS (SELECT id, name, boss, 0 AS depth FROM emp WHERE boss IS NULL UNION ALL SELECT e.id, e.name, e.boss, t.depth + 1 FROM emp e JOIN t ON e.boss = t.id) SELECT id, name, depth FROM t ORDER BY id
WITH RECURSIVE c AS (SELECT 1 AS n UNION SELECT n % 3 + 1 FROM c) SELECT n FROM c ORDER BY n
WITH RECURSIVE c AS (SELECT 'a' AS s, 1 AS n UNION ALL SELECT CONCAT(s, 'b'), n + 1 FROM c WHERE n < 3) SELECT s FROM c
WITH RECURSIVE c AS (SELECT CAST('a' AS CHAR(10)) AS s, 1 AS n UNION ALL SELECT CONCAT(s, 'b'), n + 1 FROM c WHERE n < 3) SELECT s FROM c
WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n / 2 FROM c WHERE n > 0.1) SELECT n FROM c
WITH RECURSIVE c AS (SELECT 1.00 AS n UNION ALL SELECT n / 2 FROM c WHERE n > 0.1) SELECT n FROM c
WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT COUNT(*) FROM c) SELECT n FROM c
WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT e.name FROM emp e JOIN c ON e.id = c.n ORDER BY c.n
WITH RECURSIVE c AS (SELECT 1 AS n) SELECT n FROM c
WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT 2, 3 FROM c) SELECT n FROM c
WITH RECURSIVE f (a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f WHERE b < 1000) SELECT a FROM f
INSERT INTO dept WITH c AS (SELECT 10 AS n, 'ten' AS s) SELECT n, s FROM c
SELECT * FROM dept ORDER BY id
SELECT name, ROW_NUMBER() OVER (ORDER BY id) r FROM emp ORDER BY id
SELECT name, pay, RANK() OVER (ORDER BY pay DESC) r, DENSE_RANK() OVER (ORDER BY pay DESC) d FROM emp ORDER BY pay DESC, id
SELECT name, dept, ROW_NUMBER() OVER (PARTITION BY dept ORDER BY pay, id) r FROM emp ORDER BY dept, r
SELECT name, PERCENT_RANK() OVER (ORDER BY pay) p, CUME_DIST() OVER (ORDER BY pay) c FROM emp ORDER BY pay, id
SELECT name, NTILE(4) OVER (ORDER BY id) n FROM emp ORDER BY id
SELECT name, LAG(pay) OVER (ORDER BY id) a, LEAD(pay) OVER (ORDER BY id) b, LAG(name, 2) OVER (ORDER BY id) c, LEAD(id, 0) OVER (ORDER BY id) d FROM emp ORDER BY id
SELECT name, FIRST_VALUE(name) OVER (PARTITION BY dept ORDER BY id) f, LAST_VALUE(name) OVER (PARTITION BY dept ORDER BY id) l, NTH_VALUE(name, 2) OVER (PARTITION BY dept ORDER BY id) n FROM emp ORDER BY id
SELECT id, SUM(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) s, SUM(id) OVER (ORDER BY id ROWS 2 PRECEDING) t, SUM(id) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) u FROM emp ORDER BY id
SELECT id, AVG(age) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) a, COUNT(age) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) c FROM emp ORDER BY id
SELECT age, COUNT(*) OVER (ORDER BY age) c FROM emp ORDER BY age, id
SELECT id, SUM(pay) OVER w s, COUNT(*) OVER w c FROM emp WINDOW w AS (PARTITION BY dept ORDER BY id) ORDER BY id
SELECT id, SUM(id) OVER (w ROWS 1 PRECEDING) s FROM emp WINDOW w AS (ORDER BY id) ORDER BY id
SELECT id, SUM(id) OVER nosuch FROM emp
SELECT dept, SUM(COUNT(*)) OVER (ORDER BY dept) s FROM emp GROUP BY dept ORDER BY dept
SELECT id FROM emp WHERE ROW_NUMBER() OVER () = 1
SELECT id FROM emp HAVING ROW_NUMBER() OVER (ORDER BY id) = 1
SELECT ROW_NUMBER() FROM emp
SELECT NTILE(0) OVER (ORDER BY id) FROM emp
SELECT UPPER(name) OVER () FROM emp
SELECT id FROM emp ORDER BY ROW_NUMBER() OVER (ORDER BY pay, id) DESC
SELECT * FROM (SELECT name, dept, ROW_NUMBER() OVER (PARTITION BY dept ORDER BY pay DESC, id) r FROM emp) x WHERE r = 1 ORDER BY dept
SELECT RANK(1) OVER (ORDER BY id) FROM emp
SELECT LAG(id, -1) OVER (ORDER BY id) FROM emp
SELECT id, SUM(pay) OVER (ORDER BY id ROWS BETWEEN 3 FOLLOWING AND 5 FOLLOWING) s FROM emp ORDER BY id
SELECT name, LAG(name) OVER (ORDER BY name) p FROM emp ORDER BY name
SELECT DISTINCT dept, COUNT(*) OVER (PARTITION BY dept) c FROM emp ORDER BY dept
SELECT id, pay / SUM(pay) OVER () share FROM emp WHERE pay IS NOT NULL ORDER BY id
SELECT SUM(ROW_NUMBER() OVER ()) FROM emp
SELECT name, SUM(pay) OVER (PARTITION BY LEFT(name, 1) ORDER BY id) FROM emp ORDER BY id
SELECT bo, s, SUM(s) OVER () FROM (SELECT 1 bo, 5 s) q
SELECT CAST('abcdef' AS CHAR(3)) a, CAST(12345 AS CHAR(2)) b, CAST(NULL AS CHAR(2)) c
SELECT LAG(id, 2) OVER (ORDER BY id), LEAD(id, -2) OVER (ORDER BY id) FROM emp ORDER BY id
SELECT NTH_VALUE(id, 0) OVER (ORDER BY id) FROM emp
SELECT id, COUNT(*) OVER (PARTITION BY dept) c FROM emp ORDER BY id
SELECT id, AVG(pay) OVER (PARTITION BY dept) a FROM emp ORDER BY id
WITH RECURSIVE path AS (SELECT id, CAST(name AS CHAR(50)) AS p FROM emp WHERE boss IS NULL UNION ALL SELECT e.id, CONCAT(path.p, '/', e.name) FROM emp e JOIN path ON e.boss = path.id) SELECT p FROM path ORDER BY p
WITH RECURSIVE d AS (SELECT DATE('2026-01-01') AS day, 1 n UNION ALL SELECT day, n + 1 FROM d WHERE n < 3) SELECT * FROM d
WITH a AS (SELECT 1 AS n) SELECT n FROM a WHERE n = ANY (SELECT 1)
WITH a AS (SELECT id FROM emp), b AS (SELECT id FROM dept) SELECT COUNT(*) FROM a JOIN b USING (id)
SELECT e.name, (WITH x AS (SELECT MAX(pay) m FROM emp) SELECT m FROM x) top FROM emp e ORDER BY e.id
WITH a AS (SELECT name FROM emp ORDER BY pay DESC LIMIT 2) SELECT name FROM a ORDER BY name
WITH a AS (SELECT 1 AS n) UPDATE dept SET name = 'x'
SELECT name, SUM(pay) OVER () s, SUM(pay) OVER (ORDER BY id) run, MIN(age) OVER (ORDER BY id) m, MAX(name) OVER (ORDER BY id) x FROM emp ORDER BY id
