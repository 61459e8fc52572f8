/**
 * What MySQL calls an error: a number, an SQLSTATE, a text (MySQL 8.0 Error Message Reference). One table for all that the server can say; its texts are
 * part of the interface, for programs look at them.
 */
export class SqlError extends Error {
  override readonly name = 'SqlError';

  constructor(
    readonly errno: number,
    readonly sqlState: string,
    message: string,
  ) {
    super(message);
  }
}

/** SQLSTATE and text by number; `%` takes the next detail. */
const TABLE: ReadonlyMap<number, readonly [sqlState: string, text: string]> = new Map([
  [1005, ['HY000', 'Can\'t create table `%`.`%` (errno: 150 "Foreign key constraint is incorrectly formed")']],
  [1007, ['HY000', "Can't create database '%'; database exists"]],
  [1008, ['HY000', "Can't drop database '%'; database doesn't exist"]],
  [1043, ['08S01', 'Bad handshake']],
  [1045, ['28000', "Access denied for user '%'@'%' (using password: %)"]],
  [1046, ['3D000', 'No database selected']],
  [1047, ['08S01', 'Unknown command']],
  [1048, ['23000', "Column '%' cannot be null"]],
  [1049, ['42000', "Unknown database '%'"]],
  [1050, ['42S01', "Table '%' already exists"]],
  [1051, ['42S02', "Unknown table '%'"]],
  [1052, ['23000', "Column '%' in % is ambiguous"]],
  [1053, ['08S01', 'Server shutdown in progress']],
  [1054, ['42S22', "Unknown column '%' in '%'"]],
  [1056, ['42000', "Can't group on '%'"]],
  [1060, ['42S21', "Duplicate column name '%'"]],
  [1061, ['42000', "Duplicate key name '%'"]],
  [1062, ['23000', "Duplicate entry '%' for key '%'"]],
  [1063, ['42000', "Incorrect column specifier for column '%'"]],
  [
    1064,
    [
      '42000',
      "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near '%' at line %",
    ],
  ],
  [1065, ['42000', 'Query was empty']],
  [1066, ['42000', "Not unique table/alias: '%'"]],
  [1067, ['42000', "Invalid default value for '%'"]],
  [1068, ['42000', 'Multiple primary key defined']],
  [1072, ['42000', "Key column '%' doesn't exist in table"]],
  [1075, ['42000', 'Incorrect table definition; there can be only one auto column and it must be defined as a key']],
  [1090, ['42000', "You can't delete all columns with ALTER TABLE; use DROP TABLE instead"]],
  [1091, ['42000', "Can't DROP '%'; check that column/key exists"]],
  [1096, ['HY000', 'No tables used']],
  [1099, ['HY000', "Table '%' was locked with a READ lock and can't be updated"]],
  [1100, ['HY000', "Table '%' was not locked with LOCK TABLES"]],
  [1105, ['HY000', '%']],
  [1109, ['42S02', "Unknown table '%' in %"]],
  [1110, ['42000', "Column '%' specified twice"]],
  [1111, ['HY000', 'Invalid use of group function']],
  [1113, ['42000', 'A table must have at least 1 column']],
  [1136, ['21S01', "Column count doesn't match value count at row %"]],
  [1138, ['22004', 'Invalid use of NULL value']],
  [1139, ['42000', "Got error '%' from regexp"]],
  [1146, ['42S02', "Table '%' doesn't exist"]],
  [1153, ['08S01', "Got a packet bigger than 'max_allowed_packet' bytes"]],
  [1172, ['42000', 'Result consisted of more than one row']],
  [1193, ['HY000', "Unknown system variable '%'"]],
  [1205, ['HY000', 'Lock wait timeout exceeded; try restarting transaction']],
  [1210, ['HY000', 'Incorrect arguments to %']],
  [1216, ['23000', 'Cannot add or update a child row: a foreign key constraint fails']],
  [1221, ['HY000', 'Incorrect usage of % and %']],
  [1222, ['21000', 'The used SELECT statements have a different number of columns']],
  [1231, ['42000', "Variable '%' can't be set to the value of '%'"]],
  [1235, ['42000', "This version of MySQL doesn't yet support '%'"]],
  [1238, ['HY000', "Variable '%' is a read only variable"]],
  [1239, ['42000', "Incorrect foreign key definition for '%': Key reference and table reference don't match"]],
  [1241, ['21000', 'Operand should contain % column(s)']],
  [1242, ['21000', 'Subquery returns more than 1 row']],
  [1243, ['HY000', 'Unknown prepared statement handler (%) given to %']],
  [1248, ['42000', 'Every derived table must have its own alias']],
  [
    1251,
    ['08004', 'Client does not support authentication protocol requested by server; consider upgrading MySQL client'],
  ],
  [1264, ['22003', "Out of range value for column '%' at row %"]],
  [1265, ['01000', "Data truncated for column '%' at row %"]],
  [1288, ['HY000', 'The target table % of the % is not updatable']],
  [1292, ['22007', "Incorrect % value: '%' for column '%' at row %"]],
  [1294, ['HY000', "Invalid ON UPDATE clause for '%' column"]],
  [1300, ['HY000', "Invalid % character string: '%'"]],
  [1305, ['42000', 'FUNCTION %% does not exist']],
  [1347, ['HY000', "'%' is not of type '%'"]],
  [1348, ['HY000', "Column '%' is not updatable"]],
  [1351, ['HY000', "View's SELECT contains a variable or parameter"]],
  [1352, ['HY000', "View's SELECT refers to a temporary table '%'"]],
  [1353, ['HY000', "View's SELECT and view's field list have different column counts"]],
  [
    1356,
    [
      'HY000',
      "View '%' references invalid table(s) or column(s) or function(s) or definer/invoker of view lack rights to use them",
    ],
  ],
  [1364, ['HY000', "Field '%' doesn't have a default value"]],
  [1366, ['HY000', "Incorrect % value: '%' for column '%' at row %"]],
  [1367, ['22007', "Illegal % '%' value found during parsing"]],
  [1406, ['22001', "Data too long for column '%' at row %"]],
  [1412, ['HY000', 'Table definition has changed, please retry transaction']],
  [1423, ['HY000', "Field of view '%' underlying table doesn't have a default value"]],
  [1426, ['42000', "Too big precision specified for '%'. Maximum is %"]],
  [1451, ['23000', 'Cannot delete or update a parent row: a foreign key constraint fails%']],
  [1452, ['23000', 'Cannot add or update a child row: a foreign key constraint fails (%)']],
  [1461, ['42000', "Can't create more than max_prepared_stmt_count statements (current value: %)"]],
  [1471, ['HY000', 'The target table % of the % is not insertable-into']],
  [1553, ['HY000', "Cannot drop index '%': needed in a foreign key constraint"]],
  [1568, ['25001', "Transaction characteristics can't be changed while a transaction is in progress"]],
  [1582, ['42000', "Incorrect parameter count in the call to native function '%'"]],
  [1690, ['22003', "% value is out of range in '%'"]],
  [1701, ['42000', 'Cannot truncate a table referenced in a foreign key constraint (%)']],
  [1826, ['HY000', "Duplicate % constraint name '%'"]],
  [1829, ['HY000', "Cannot drop column '%': needed in a foreign key constraint '%' of table '%'"]],
  [1901, ['HY000', "Function or expression '%' cannot be used in the CHECK clause of `%`"]],
  [1965, ['42S02', "'%' is a view"]],
  [1970, ['HY000', '% does not support subqueries or stored functions']],
  [3140, ['22032', 'Invalid JSON text: "%" at position % in value for column \'%\'.']],
  // MariaDB's numbers: MySQL has others for WITH, for windows, for views and for CHECK.
  [4002, ['HY000', 'WITH column list and SELECT field list have different column counts']],
  [4004, ['HY000', "Duplicate query name '%' in WITH clause"]],
  [4008, ['HY000', "Restrictions imposed on recursive definitions are violated for table '%'"]],
  [4009, ['HY000', "Window specification with name '%' is not defined"]],
  [4015, ['HY000', 'Window function is allowed only in SELECT list and ORDER BY clause']],
  [4024, ['HY000', 'Argument of % must be greater than 0']],
  [4025, ['23000', 'CONSTRAINT `%` failed for `%`.`%`']],
  [4074, ['HY000', 'Window functions can not be used as arguments to group functions.']],
  [4092, ['42S02', "Unknown VIEW: '%'"]],
]);

export function sqlError(errno: number, ...details: readonly (string | number)[]): SqlError {
  const [sqlState, text] = TABLE.get(errno) ?? ['HY000', 'Unknown error'];
  // A text of a query has neither column nor row.
  if (errno === 1292 && details.length === 2)
    return new SqlError(errno, sqlState, `Truncated incorrect ${details[0]} value: '${details[1]}'`);
  let at = 0;
  return new SqlError(
    errno,
    sqlState,
    text.replace(/%/g, () => String(details[at++] ?? '')),
  );
}

/** What MySQL may know and this server does not: refused by name. */
export function unsupportedSql(what: string): SqlError {
  return sqlError(1235, what);
}
