-- INFORMATION_SCHEMA, SHOW, what dumps and clients set. For our server and Debian's, one statement per line (sql.real.test.ts).
CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY, code VARCHAR(10) NOT NULL DEFAULT 'q', price DECIMAL(8,2), made DATETIME, note TEXT, flag TINYINT UNSIGNED, UNIQUE KEY uc (code), KEY kp (price, made))
CREATE TABLE k (id INT PRIMARY KEY, p INT NOT NULL, e ENUM('a','bc'), b BLOB, CONSTRAINT kfk FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE)
CREATE VIEW v AS SELECT id, code FROM p
INSERT INTO p (code) VALUES ('a'),('b')
SELECT table_name, table_type, engine FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name
SELECT TABLE_NAME, AUTO_INCREMENT FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'corpus' AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1
SELECT column_name, ordinal_position, is_nullable, data_type, character_maximum_length, numeric_precision, numeric_scale, column_key, extra, column_comment FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'p' ORDER BY ordinal_position
SELECT column_name, data_type, is_nullable, column_key FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN ('k','v') ORDER BY table_name, ordinal_position
SELECT index_name, seq_in_index, column_name, non_unique, nullable, index_type FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'p' ORDER BY index_name, seq_in_index
SELECT constraint_name, table_name, column_name, ordinal_position, referenced_table_name, referenced_column_name FROM information_schema.key_column_usage WHERE table_schema = DATABASE() ORDER BY table_name, constraint_name
SELECT constraint_name, constraint_type, table_name FROM information_schema.table_constraints WHERE table_schema = DATABASE() ORDER BY table_name, constraint_name
SELECT constraint_name, update_rule, delete_rule, unique_constraint_name, table_name, referenced_table_name, match_option FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()
SELECT schema_name FROM information_schema.schemata WHERE schema_name IN ('corpus', 'information_schema') ORDER BY 1
SELECT table_name, check_option, is_updatable FROM information_schema.views WHERE table_schema = DATABASE()
SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = DATABASE()
SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = DATABASE()
SELECT t.table_name, COUNT(c.column_name) FROM information_schema.tables t JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name WHERE t.table_schema = DATABASE() GROUP BY t.table_name ORDER BY 1
SELECT * FROM information_schema.nosuch
SHOW FULL TABLES
SHOW FULL TABLES WHERE Table_type = 'VIEW'
SHOW TABLES LIKE 'p%'
SHOW TABLES WHERE Tables_in_corpus = 'k'
SHOW INDEX FROM nosuch
SHOW CREATE TABLE p
SHOW FIELDS FROM k
SHOW COLUMNS FROM p WHERE Field = 'code'
SHOW COLUMNS FROM p LIKE 'p%'
SHOW COLUMNS FROM p FROM corpus LIKE 'id'
DESCRIBE p code
DESC p 'c%'
SHOW TRIGGERS
SHOW WARNINGS
SHOW ERRORS
USE information_schema
SELECT COUNT(*) > 0 FROM tables WHERE table_schema = 'corpus'
USE corpus
SET sql_mode = ''
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'
INSERT INTO p (id, code) VALUES (0, 'zero')
SELECT id FROM p WHERE code = 'zero'
SET sql_mode = DEFAULT
INSERT INTO p (id, code) VALUES (0, 'next')
SELECT id FROM p WHERE code = 'next'
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ
START TRANSACTION WITH CONSISTENT SNAPSHOT
SELECT COUNT(*) FROM p
COMMIT
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED
/* nothing */
SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO'
SET SQL_MODE=@OLD_SQL_MODE
SELECT @@collation_database IS NOT NULL
