-- What interviews ask, and functions. For our server and Debian's, one statement per line (sql.real.test.ts).
CREATE TABLE Employee (id INT PRIMARY KEY, name VARCHAR(20), salary INT, departmentId INT, managerId INT)
CREATE TABLE Department (id INT PRIMARY KEY, name VARCHAR(20))
INSERT INTO Department VALUES (1,'IT'),(2,'Sales')
INSERT INTO Employee VALUES (1,'Joe',85000,1,3),(2,'Henry',80000,2,4),(3,'Sam',60000,2,NULL),(4,'Max',90000,1,NULL),(5,'Janet',69000,1,3),(6,'Randy',85000,1,4),(7,'Will',70000,1,4)
SELECT (SELECT DISTINCT salary FROM Employee ORDER BY salary DESC LIMIT 1 OFFSET 1) AS SecondHighestSalary
SELECT MAX(salary) FROM Employee WHERE salary < (SELECT MAX(salary) FROM Employee)
SELECT d.name AS Department, e.name AS Employee, salary FROM Employee e JOIN Department d ON e.departmentId = d.id WHERE (e.departmentId, salary) IN (SELECT departmentId, MAX(salary) FROM Employee GROUP BY departmentId) ORDER BY 1, 2
SELECT d.name, e.name, e.salary FROM Employee e JOIN Department d ON e.departmentId = d.id WHERE 3 > (SELECT COUNT(DISTINCT e2.salary) FROM Employee e2 WHERE e2.salary > e.salary AND e.departmentId = e2.departmentId) ORDER BY 1, 3 DESC, 2
SELECT a.name FROM Employee a JOIN Employee b ON a.managerId = b.id WHERE a.salary > b.salary
SELECT departmentId, COUNT(*) c, SUM(salary) s, AVG(salary) a FROM Employee GROUP BY departmentId HAVING COUNT(*) > 2 ORDER BY s
SELECT name FROM Department d WHERE NOT EXISTS (SELECT 1 FROM Employee e WHERE e.departmentId = d.id AND salary > 85000)
SELECT salary, DENSE_RANK() OVER (ORDER BY salary DESC) AS 'rank' FROM Employee ORDER BY salary DESC
SELECT departmentId, SUM(CASE WHEN salary > 80000 THEN 1 ELSE 0 END) AS high, SUM(IF(salary <= 80000, 1, 0)) AS low FROM Employee GROUP BY departmentId ORDER BY 1
SELECT ROUND(SUM(salary > 80000) / COUNT(*), 2) FROM Employee
SELECT ROUND(AVG(salary), 2), ROUND(salary / 3, 1) FROM Employee GROUP BY salary ORDER BY salary LIMIT 2
CREATE TABLE Weather (id INT PRIMARY KEY, recordDate DATE, temperature INT)
INSERT INTO Weather VALUES (1,'2015-01-01',10),(2,'2015-01-02',25),(3,'2015-01-03',20),(4,'2015-01-04',30)
SELECT w1.id FROM Weather w1, Weather w2 WHERE DATEDIFF(w1.recordDate, w2.recordDate) = 1 AND w1.temperature > w2.temperature ORDER BY 1
SELECT DATE_FORMAT(recordDate, '%Y-%m') AS month, COUNT(*) FROM Weather GROUP BY month
SELECT id, temperature, SUM(temperature) OVER (ORDER BY recordDate ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) s FROM Weather ORDER BY id
SELECT COUNT(*) FROM Weather WHERE recordDate BETWEEN DATE_SUB('2015-01-04', INTERVAL 2 DAY) AND '2015-01-04'
UPDATE Employee SET salary = CASE WHEN salary > 80000 THEN salary * 1.1 ELSE salary END
SELECT salary FROM Employee ORDER BY id
UPDATE Employee SET name = CONCAT(UPPER(LEFT(name,1)), LOWER(SUBSTRING(name,2))) WHERE id < 3
DELETE FROM Employee WHERE id NOT IN (SELECT m FROM (SELECT MIN(id) m FROM Employee GROUP BY salary) q)
SELECT COUNT(*) FROM Employee
INSERT INTO Employee (id, name) VALUES (1, 'x') ON DUPLICATE KEY UPDATE name = CONCAT(name, VALUES(name)), salary = salary + 1
SELECT name, salary FROM Employee WHERE id = 1
SELECT IF(id % 2 = 0, id - 1, IF(id = (SELECT MAX(id) FROM Employee), id, id + 1)) AS id, name FROM Employee ORDER BY id
SELECT name, COUNT(*) OVER () total FROM Employee ORDER BY name LIMIT 2
SELECT e.name, IFNULL(d.name, '-') FROM Employee e LEFT JOIN Department d ON d.id = e.departmentId ORDER BY e.id
SELECT name FROM Employee ORDER BY FIELD(name, 'Max', 'Joe'), name
SELECT id FROM Employee e WHERE EXISTS (SELECT * FROM Department WHERE id = e.departmentId) AND id IN (1,2,3) ORDER BY id
SELECT id FROM (SELECT id, name FROM Employee) AS t WHERE t.id > 2 ORDER BY id LIMIT 2, 1
SELECT 1 = TRUE, 2 IS TRUE, NOT 0, !1, -(-1), 5 MOD 3, 7 DIV 2, 1 <=> NULL, NULL IS NOT NULL
SELECT CONCAT_WS(',', 'a', NULL, 'b'), GREATEST(1, NULL), LEAST('b', 'a'), NULLIF('a', 'A'), COALESCE(NULL, 'x')
SELECT MIN(name), MAX(name), COUNT(DISTINCT departmentId) FROM Employee
SELECT ALL salary FROM Employee WHERE salary BETWEEN 1 AND 5
SELECT name n, salary AS `my salary` FROM Employee ORDER BY `my salary` DESC, n LIMIT 1
SELECT Employee.*, 1 one FROM Employee ORDER BY id LIMIT 1
SELECT * FROM Employee e NATURAL JOIN Department
SELECT e1.id FROM Employee e1 WHERE salary = (SELECT MAX(e2.salary) FROM Employee e2 WHERE e2.departmentId = e1.departmentId) ORDER BY 1
SELECT id FROM Employee LIMIT 1 FOR UPDATE
SELECT id FROM Employee LIMIT 1 LOCK IN SHARE MODE
SELECT a.id FROM Employee a WHERE a.salary > ALL (SELECT salary FROM Employee b WHERE b.departmentId = 2) ORDER BY 1
SELECT GROUP_CONCAT(name ORDER BY name DESC SEPARATOR '|') FROM Employee GROUP BY departmentId ORDER BY 1
INSERT INTO Department SELECT id + 10, CONCAT(name, '2') FROM Department WHERE id < 3
INSERT INTO Department VALUES (1, 'dup') ON DUPLICATE KEY UPDATE name = VALUES(name)
SELECT * FROM Department ORDER BY id
SELECT DISTINCT departmentId, salary > 80000 FROM Employee ORDER BY 1, 2
SELECT id, (SELECT COUNT(*) FROM Employee b WHERE b.id <= a.id) AS n FROM Employee a ORDER BY n
SELECT COUNT(*) FROM Employee WHERE name REGEXP '^[JM]' AND name RLIKE 'e|x'
DROP TABLE Employee
CREATE TABLE Employee (id INT PRIMARY KEY, name VARCHAR(20), code VARCHAR(10) COLLATE utf8mb4_bin)
INSERT INTO Employee VALUES (1,'Joe','aB'),(2,'jim','AB'),(3,'j%x','a_')
SELECT id FROM Employee WHERE name LIKE BINARY 'j%' ORDER BY id
SELECT id FROM Employee WHERE code LIKE 'a%' ORDER BY id
SELECT id FROM Employee WHERE code NOT LIKE '_B' ORDER BY id
SELECT id FROM Employee WHERE code LIKE 'a\_'
SELECT id FROM Employee WHERE code LIKE 'a|_' ESCAPE '|'
SELECT 'aXbXc' LIKE BINARY 'a%X%c', 'abc' LIKE BINARY '%', '' LIKE BINARY '', 'abc' LIKE BINARY 'a_c_'
SELECT POW(2,3), SQRT(16), POWER(2,10), SQRT(-1), EXP(0), LN(1), LOG(2,8), LOG10(1000), LOG2(8), LN(0), SQRT(2), POW(2,0.5)
SELECT ROUND(1234.5678, -2), TRUNCATE(1234.5678, -2), ROUND(15, -1), ROUND(-1250, -2), ROUND(14,-1), ROUND(1.5e3, -3), TRUNCATE(-199, -2)
SELECT CAST('abc' AS BINARY), CHAR(65, 66), CHAR(256)
SELECT id FROM Employee LIMIT 2
SELECT FOUND_ROWS()
SELECT 0b101, b'101', b'', x'41'
DO 1
DO 1, NOSUCH(2)
SELECT DEGREES(0), RADIANS(180), SIN(0), COS(0), ATAN2(1, 1) = ATAN(1, 1)
INSERT INTO Employee VALUES (4, x'ff', 'x')
INSERT INTO Employee VALUES (4, x'4142', 'x')
SELECT name FROM Employee WHERE id = 4
SELECT _utf8mb4'abc'
