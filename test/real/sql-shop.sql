-- Tables, rows and views for the comparison of dumps (sql-dump.real.test.ts); a name's order is not the order in which tables refer to each other.
CREATE TABLE zone (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'it''s');
CREATE TABLE customer (id INT AUTO_INCREMENT PRIMARY KEY, zone INT, name VARCHAR(30) COLLATE utf8mb4_bin, born DATE, balance DECIMAL(10,2) DEFAULT 0.50, score DOUBLE, photo BLOB, kind ENUM('a','b''c'), note TEXT, made DATETIME DEFAULT CURRENT_TIMESTAMP, flag TINYINT UNSIGNED COMMENT 'a \\ b', UNIQUE KEY un (name), KEY kz (zone, born), CONSTRAINT fz FOREIGN KEY (zone) REFERENCES zone (id) ON DELETE SET NULL);
CREATE TABLE account (id INT PRIMARY KEY, c INT, FOREIGN KEY (c) REFERENCES customer (id));
CREATE TABLE far (a INT, b VARCHAR(5), PRIMARY KEY (a, b));
INSERT INTO zone VALUES (1, 'north'), (2, 'south \\ "x"'), (0, 'none');
INSERT INTO customer (zone, name, born, balance, score, photo, kind, note, made, flag) VALUES
  (1, 'Ann', '2000-02-29', 12.30, 0.1, x'00ff270a1ae4b8', 'a', 'line\nnext\ttab \'q\' 张三 😀', '2026-01-01 10:00:00', 255),
  (NULL, 'ann', NULL, NULL, 1e300, x'', 'b''c', '', '2026-01-01', NULL),
  (2, NULL, NULL, -0.05, NULL, NULL, NULL, NULL, NULL, 0);
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
INSERT INTO customer (id, zone, name, made) VALUES (0, 0, 'zero', '2026-01-01');
INSERT INTO account VALUES (7, 1), (8, NULL), (9, 0);
INSERT INTO far VALUES (1, 'x'), (1, 'y');
CREATE VIEW rich AS SELECT c.id, c.name, z.name AS zone FROM customer c LEFT JOIN zone z ON c.zone = z.id WHERE c.balance > 1;
CREATE VIEW every_zone AS SELECT * FROM zone;
CREATE VIEW above AS SELECT name FROM rich;
