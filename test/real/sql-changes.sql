-- REPLACE, changes through views, changes of joins. For our server and Debian's, one statement per line (sql.real.test.ts).
CREATE TABLE r (id INT PRIMARY KEY, u VARCHAR(10) UNIQUE, n INT DEFAULT 5)
REPLACE INTO r VALUES (1,'a',1),(2,'b',2)
REPLACE INTO r VALUES (1,'a',1)
REPLACE INTO r VALUES (1,'a',9)
REPLACE INTO r (id, u) VALUES (3,'A')
SELECT * FROM r ORDER BY id
REPLACE INTO r VALUES (2,'a',7)
SELECT * FROM r ORDER BY id
REPLACE INTO r SET id = 4, u = 'z'
REPLACE r VALUES (5,'y',1),(5,'x',2)
REPLACE INTO r SELECT id, CONCAT(u,'!'), n FROM r WHERE id = 4
SELECT * FROM r ORDER BY id
REPLACE INTO r (id) VALUES (NULL)
CREATE TABLE ra (id INT AUTO_INCREMENT PRIMARY KEY, u INT UNIQUE, v INT)
REPLACE INTO ra (u, v) VALUES (1,1),(2,2)
REPLACE INTO ra (u, v) VALUES (1,3)
SELECT * FROM ra ORDER BY id
UPDATE IGNORE r SET u = 'x' WHERE id IN (2, 4)
SELECT * FROM r ORDER BY id
CREATE TABLE b (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL, n INT, extra INT DEFAULT 3)
INSERT INTO b (name, n) VALUES ('a',1),('b',2),('c',30)
CREATE VIEW small AS SELECT id, name nm, n, n * 2 AS twice FROM b WHERE n < 10
UPDATE small SET nm = 'zz' WHERE n = 1
UPDATE small SET n = n + 1
UPDATE small SET n = 5 WHERE nm = 'c'
UPDATE small SET twice = 5
UPDATE small SET nope = 5
SELECT * FROM b ORDER BY id
INSERT INTO small (nm, n) VALUES ('new', 100)
INSERT INTO small (nm, n) VALUES ('new2', 4)
INSERT INTO small (n) VALUES (1)
INSERT INTO small (nm, twice) VALUES ('q', 1)
SELECT * FROM b ORDER BY id
SELECT nm, twice FROM small ORDER BY id
DELETE FROM small WHERE nm = 'new'
DELETE FROM small WHERE twice > 7
SELECT * FROM b ORDER BY id
CREATE VIEW plain AS SELECT * FROM b
INSERT INTO plain VALUES (NULL, 'all', 1, 2)
INSERT INTO plain (name) VALUES ('x') ON DUPLICATE KEY UPDATE n = 1
INSERT INTO plain (id, name, n) VALUES (1, 'dup', 50) ON DUPLICATE KEY UPDATE n = VALUES(n) + plain.n, name = CONCAT(name, '+')
SELECT * FROM b ORDER BY id
CREATE VIEW nest AS SELECT nm, n FROM small WHERE n > 1
UPDATE nest SET nm = 'nested' WHERE n > 1
UPDATE nest x SET x.n = x.n + 1 ORDER BY x.n LIMIT 1
DELETE FROM nest WHERE n > 1000
SELECT * FROM b ORDER BY id
CREATE VIEW agg AS SELECT COUNT(*) c FROM b
UPDATE agg SET c = 1
DELETE FROM agg
INSERT INTO agg VALUES (1)
CREATE VIEW dis AS SELECT DISTINCT name FROM b
DELETE FROM dis
REPLACE INTO plain (id, name, n) VALUES (1, 'replaced', 1)
SELECT * FROM b ORDER BY id
CREATE TABLE Person (id INT PRIMARY KEY, email VARCHAR(20))
INSERT INTO Person VALUES (1,'john@x'),(2,'bob@x'),(3,'john@x')
DELETE p1 FROM Person p1, Person p2 WHERE p1.email = p2.email AND p1.id > p2.id
SELECT * FROM Person ORDER BY id
CREATE TABLE dep (id INT PRIMARY KEY, rate INT)
CREATE TABLE em (id INT PRIMARY KEY, dep INT, pay INT)
INSERT INTO dep VALUES (1,10),(2,20)
INSERT INTO em VALUES (1,1,100),(2,2,100),(3,NULL,100),(4,1,200)
UPDATE em JOIN dep ON em.dep = dep.id SET em.pay = em.pay + dep.rate
SELECT * FROM em ORDER BY id
UPDATE em e LEFT JOIN dep d ON e.dep = d.id SET e.pay = 0 WHERE d.id IS NULL
SELECT * FROM em ORDER BY id
UPDATE em, dep SET dep.rate = dep.rate + 1 WHERE em.dep = dep.id
SELECT * FROM dep ORDER BY id
DELETE e FROM em e LEFT JOIN dep d ON e.dep = d.id WHERE d.id IS NULL
DELETE nosuch FROM em JOIN dep ON em.dep = dep.id
DELETE FROM em WHERE id = (SELECT MAX(id) FROM em)
-- Several tables by one statement: the join comes first, all values are those from before.
CREATE TABLE ja (id INT PRIMARY KEY, n INT)
CREATE TABLE jb (id INT PRIMARY KEY, a_id INT, m INT)
INSERT INTO ja VALUES (1,10),(2,20),(3,30)
INSERT INTO jb VALUES (1,1,100),(2,1,200),(3,2,300),(4,9,400)
UPDATE ja JOIN jb ON jb.a_id = ja.id SET ja.n = ja.n + 1, jb.m = jb.m + ja.n
SELECT * FROM ja
SELECT * FROM jb
UPDATE ja, jb SET ja.n = jb.m, jb.m = ja.n WHERE ja.id = jb.a_id
SELECT * FROM ja
SELECT * FROM jb
UPDATE ja LEFT JOIN jb ON jb.a_id = ja.id SET ja.n = 0, jb.m = 0
SELECT * FROM jb
UPDATE ja LEFT JOIN jb ON jb.a_id = ja.id SET ja.n = 0, jb.m = 0
UPDATE ja JOIN jb ON jb.a_id = ja.id SET ja.n = 5, jb.m = NULL, ja.id = ja.id
UPDATE ja x JOIN ja y ON y.id = x.id + 1 SET x.n = 1, y.n = 2
SELECT * FROM ja
UPDATE ja JOIN jb ON jb.a_id = ja.id SET ja.n = 'x', jb.m = 1
UPDATE ja JOIN jb ON jb.a_id = ja.id SET jb.m = 77, ja.n = 'x'
UPDATE ja JOIN jb ON jb.a_id = ja.id SET ja.id = 3, jb.m = 1
UPDATE ja JOIN jb ON jb.a_id = ja.id SET jb.id = 4, ja.n = 1000
SELECT * FROM ja
SELECT * FROM jb
UPDATE ja JOIN jb ON jb.a_id = ja.id SET ja.n = jb.nobody
DELETE ja, jb FROM ja JOIN jb ON jb.a_id = ja.id WHERE ja.id = 1
SELECT * FROM jb
DELETE FROM ja, jb USING ja LEFT JOIN jb ON jb.a_id = ja.id WHERE ja.id = 3
SELECT * FROM ja
DELETE x, jb FROM ja AS x JOIN jb ON jb.a_id = x.id
DELETE ja, ja FROM ja JOIN jb ON jb.a_id = ja.id
DELETE ja, jc FROM ja JOIN jb ON jb.a_id = ja.id
DELETE ja, jb FROM ja JOIN jb LIMIT 1
SELECT * FROM jb
CREATE TABLE jp (id INT PRIMARY KEY)
CREATE TABLE jc (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES jp (id) ON DELETE CASCADE)
INSERT INTO jp VALUES (7),(8)
INSERT INTO jc VALUES (7,7),(8,8),(9,8)
DELETE jp, jc FROM jp JOIN jc ON jc.p = jp.id
SELECT * FROM jc
CREATE TABLE jt (id INT PRIMARY KEY, n INT, u TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP)
INSERT INTO jt VALUES (1, 5, '2020-01-01 00:00:00'), (2, 6, '2020-01-01 00:00:00')
INSERT INTO ja VALUES (1,1),(2,2),(5,5)
UPDATE jt JOIN ja ON ja.id = jt.id SET jt.n = 5, ja.n = 50
SELECT id, n, u > '2021-01-01' FROM jt
SELECT * FROM ja
UPDATE ja, jt SET ja.n = DEFAULT, jt.n = DEFAULT
SELECT id, n FROM jt
DROP TABLE ja, jb, jc, jp, jt
-- What is told of duplicates.
CREATE TABLE told (a INT PRIMARY KEY, b INT)
INSERT INTO told VALUES (1,1),(2,2)
CREATE TABLE more (a INT, b INT)
INSERT INTO more VALUES (1,1),(2,5),(3,3),(4,4)
INSERT IGNORE INTO told SELECT * FROM more
INSERT INTO told SELECT * FROM more ON DUPLICATE KEY UPDATE b = VALUES(b)
INSERT INTO told SELECT a + 3, b FROM more ON DUPLICATE KEY UPDATE b = 9
INSERT INTO told VALUES (1, 7), (9, 9), (10, 10) ON DUPLICATE KEY UPDATE b = VALUES(b)
INSERT INTO told VALUES (1, 7), (9, 9), (11, 10) ON DUPLICATE KEY UPDATE b = VALUES(b)
REPLACE INTO told SELECT a, b + 1 FROM more
INSERT IGNORE INTO told SELECT a + 200, b FROM more WHERE a = 'x' OR a > 2
UPDATE IGNORE more SET b = 1 WHERE a = 'x'
UPDATE IGNORE more JOIN told ON told.a = more.a SET more.b = more.b + 'y'
DROP TABLE told, more
