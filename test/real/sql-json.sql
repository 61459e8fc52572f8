-- JSON: reading, making and changing it. For our server and Debian's, one statement per line (sql.real.test.ts).
SELECT JSON_EXTRACT('{"a":[1, 2,{"b":"x"}],"c":null}', '$.a'), JSON_EXTRACT('{"a":[1,2]}', '$.a[1]'), JSON_EXTRACT('{"a":{"b":"x\\u00e9"}}', '$.a.b'), JSON_EXTRACT('{"a":1}', '$.z')
SELECT JSON_EXTRACT('{"a":1,"b":2}', '$.a', '$.b'), JSON_EXTRACT('{"a":1,"b":2}', '$.a', '$.z'), JSON_EXTRACT('[1,2]', '$[0]'), JSON_EXTRACT('{"c":null}', '$.c'), JSON_EXTRACT('{"c d":5}', '$."c d"')
SELECT JSON_EXTRACT('{"a":1', '$.a'), JSON_EXTRACT(NULL, '$.a'), JSON_EXTRACT('{"a":1}', NULL), JSON_EXTRACT('5', '$'), JSON_EXTRACT('{"a":true}', '$.a')
SELECT JSON_EXTRACT('{"a":1}', 'a')
SELECT JSON_EXTRACT('{"a":5}', '$.a') + 1, JSON_EXTRACT('{"a":5}', '$.a') = 5, JSON_EXTRACT('{"a":"x"}', '$.a') = 'x', JSON_EXTRACT('{"a":"x"}', '$.a') = '"x"'
SELECT JSON_UNQUOTE('"a\\nb"'), JSON_UNQUOTE('abc'), JSON_UNQUOTE(JSON_EXTRACT('{"a":"x\\"y"}', '$.a')), JSON_UNQUOTE('5'), JSON_UNQUOTE(NULL), JSON_UNQUOTE('"ab'), JSON_UNQUOTE('"\\u00e9"')
SELECT JSON_VALUE('{"a":"x"}', '$.a'), JSON_VALUE('{"a":[1]}', '$.a'), JSON_VALUE('{"a":5}', '$.a'), JSON_VALUE('{"a":null}', '$.a'), JSON_VALUE('{"a":true}', '$.a')
SELECT JSON_OBJECT('a', 1, 'b', 'x', 'c', NULL, 'd', 1.50), JSON_OBJECT(), JSON_OBJECT('k', JSON_ARRAY(1, 'a')), JSON_OBJECT('t', TRUE), JSON_OBJECT('e', 1.5e0)
SELECT JSON_ARRAY(1, 'a"b', NULL, 1.0, 2 > 1), JSON_ARRAY(), JSON_ARRAY(JSON_OBJECT('a', 1), '{"a":1}'), JSON_ARRAY('é', 'a/b', 'tab\t')
SELECT JSON_ARRAY(DATE('2026-01-02'), CAST('5' AS CHAR), x'41')
SELECT JSON_OBJECT('a')
SELECT JSON_OBJECT(NULL, 1)
SELECT JSON_VALID('{"a":1}'), JSON_VALID('{a:1}'), JSON_VALID(''), JSON_VALID(NULL), JSON_VALID('5'), JSON_VALID('"x"'), JSON_VALID('[1,]'), JSON_VALID(5)
SELECT JSON_LENGTH('[1,2,3]'), JSON_LENGTH('{"a":1,"b":2}'), JSON_LENGTH('5'), JSON_LENGTH('{"a":[1,2]}', '$.a'), JSON_LENGTH('{"a":1}', '$.z'), JSON_LENGTH('x')
SELECT JSON_TYPE('{"a":1}'), JSON_TYPE('[1]'), JSON_TYPE('1'), JSON_TYPE('1.5'), JSON_TYPE('"x"'), JSON_TYPE('null'), JSON_TYPE('true'), JSON_TYPE('x'), JSON_TYPE('1e5')
SELECT JSON_KEYS('{"a":1,"b":{"c":2}}'), JSON_KEYS('{"a":1,"b":{"c":2}}', '$.b'), JSON_KEYS('[1]'), JSON_KEYS('{}')
SELECT JSON_SET('{"a":1,"b":[1,2]}', '$.a', 9), JSON_SET('{"a":1}', '$.b', 'x'), JSON_SET('{"a":[1,2]}', '$.a[5]', 7), JSON_SET('{"a":1}', '$.a', JSON_ARRAY(1,2)), JSON_SET('{"a":1}', '$.b.c', 1)
SELECT JSON_INSERT('{"a":1}', '$.a', 2, '$.b', 3), JSON_REPLACE('{"a":1}', '$.a', 2, '$.b', 3), JSON_SET('{"a":1}', '$.a', NULL), JSON_SET('{ "a" : 1 , "b":2}', '$.b', 3), JSON_SET('{}', '$.a', 1), JSON_SET('[]', '$[0]', 1)
SELECT JSON_REMOVE('{"a":1,"b":2}', '$.a'), JSON_REMOVE('[1,2,3]', '$[1]'), JSON_REMOVE('{"a":1}', '$.z'), JSON_REMOVE('{"a":1,"b":2,"c":3}', '$.b', '$.c'), JSON_REMOVE('{"a":{"b":1}}', '$.a.b')
SELECT JSON_CONTAINS_PATH('{"a":1}', 'one', '$.a', '$.b'), JSON_CONTAINS_PATH('{"a":1}', 'all', '$.a', '$.b')
SELECT JSON_QUOTE('a"b'), JSON_QUOTE('é'), JSON_QUOTE(NULL), JSON_QUOTE('a\nb')
CREATE TABLE js (id INT PRIMARY KEY, d JSON)
INSERT INTO js VALUES (1, '{"name":"Ann","tags":["x","y"],"n":5}'), (2, NULL), (3, '{"name":"bob","n":10}')
INSERT INTO js VALUES (5, JSON_OBJECT('name', 'Zoë', 'n', 7))
SELECT * FROM js ORDER BY id
SELECT id, JSON_UNQUOTE(JSON_EXTRACT(d, '$.name')) AS name FROM js ORDER BY name
SELECT id FROM js WHERE JSON_EXTRACT(d, '$.n') > 6 ORDER BY id
SELECT id FROM js WHERE JSON_UNQUOTE(JSON_EXTRACT(d, '$.name')) = 'ANN'
SELECT id FROM js WHERE JSON_VALUE(d, '$.name') = 'ann'
UPDATE js SET d = JSON_SET(d, '$.n', JSON_EXTRACT(d, '$.n') + 1) WHERE id = 1
SELECT d FROM js WHERE id = 1
SELECT SUM(JSON_EXTRACT(d, '$.n')), MAX(JSON_EXTRACT(d, '$.n')) FROM js
SELECT JSON_LENGTH(d, '$.tags') FROM js ORDER BY id
SELECT JSON_ARRAY(d) FROM js WHERE id = 5
SELECT JSON_OBJECT('id', id, 'doc', d) FROM js ORDER BY id
SELECT CONCAT(JSON_EXTRACT('{"a":[1, 2,{"b":"x"}],"c":null}', '$.a')), CONCAT(JSON_EXTRACT('{"a":1,"b":[2,3]}', '$.a', '$.b')), CONCAT(JSON_EXTRACT('{"c":null}', '$.c')), CONCAT(JSON_EXTRACT('{ "b" : {"x" :1} }','$.b'))
SELECT CONCAT(JSON_OBJECT('a', 1, 'b', 'x', 'c', NULL, 'd', 1.50)), CONCAT(JSON_OBJECT('t', TRUE, 'c', 2 > 1, 'i', id IN (1, 2), 'n', NOT 1)), CONCAT(JSON_OBJECT('a',1,'a',2)) FROM js WHERE id = 1
SELECT CONCAT(JSON_ARRAY(1, 'a"b', NULL, 1.0, 2 > 1)), CONCAT(JSON_ARRAY(JSON_OBJECT('a', 1), '{"a":1}'))
SELECT CONCAT(JSON_SET('{"a":1,"b":[1,2]}', '$.a', 9)), CONCAT(JSON_SET('{"a":5}','$.a[0]',1)), CONCAT(JSON_SET('{"a":5}','$.a[1]',1)), CONCAT(JSON_SET('{ "a" : 1 , "b":2}', '$.b', 3)), CONCAT(JSON_SET('5','$.a',1)), CONCAT(JSON_SET('{"a":1}', '$.b.c', 1))
SELECT CONCAT(JSON_REMOVE('{"a":1,"b":2,"c":3}', '$.b', '$.c')), CONCAT(JSON_REMOVE('{"a":{"b":1}}', '$.a.b')), CONCAT(JSON_REMOVE('[1,2,3]', '$[1]'))
UPDATE js SET d = JSON_SET(d, '$.copy', JSON_EXTRACT(d, '$.name'), '$.n', 1.50) WHERE id = 3
SELECT CONCAT(d) FROM js ORDER BY id
SELECT x.n FROM (SELECT JSON_EXTRACT(d, '$.n') AS n FROM js) x WHERE x.n > 2 ORDER BY x.n
SELECT IF(id = 1, d, 'none') FROM js ORDER BY id
DROP TABLE js
SELECT JSON_EXTRACT('"str"', '$[0]'), JSON_EXTRACT('{"a":1}', '$[0].a'), JSON_EXTRACT('5', '$[1]'), JSON_EXTRACT('{"a":5}', '$.a[0][0]')
SELECT JSON_SET('{"a":1}', '$[0].a', 2), JSON_INSERT('{"a":1}', '$[0].b', 2), JSON_REMOVE('{"a":1}', '$[0]'), JSON_REMOVE('{"a":{"b":1}}', '$.a[0]')
SELECT JSON_LENGTH('{"a":[1,2]}', '$.a[0]'), JSON_CONTAINS_PATH('{"a":1}', 'one', '$[0]'), JSON_VALUE('{"a":1}', '$[0].a'), JSON_KEYS('{"a":1}', '$[0]')
