/** Errors of a database by their names in Python's DB-API (PEP 249), sorted as PyMySQL sorts MySQL's numbers. */
import type { SqlError } from '../errors.ts';

export class DatabaseError extends Error {
  override readonly name: string = 'DatabaseError';

  constructor(
    readonly errno: number,
    readonly sqlState: string,
    message: string,
  ) {
    super(message);
  }
}

/** The connection, the server, a lock. */
export class OperationalError extends DatabaseError {
  override readonly name = 'OperationalError';
}

/** The statement is wrong. */
export class ProgrammingError extends DatabaseError {
  override readonly name = 'ProgrammingError';
}

/** A key or a NOT NULL forbids it. */
export class IntegrityError extends DatabaseError {
  override readonly name = 'IntegrityError';
}

/** A value does not fit its column. */
export class DataError extends DatabaseError {
  override readonly name = 'DataError';
}

export class NotSupportedError extends DatabaseError {
  override readonly name = 'NotSupportedError';
}

const PROGRAMMING: ReadonlySet<number> = new Set([1007, 1064, 1065, 1102, 1103, 1110, 1111, 1146]);
const INTEGRITY: ReadonlySet<number> = new Set([1048, 1062, 1215, 1216, 1217, 1451, 1452]);
const DATA: ReadonlySet<number> = new Set([1264, 1265, 1292, 1366, 1406, 1690]);

export function databaseError({ errno, sqlState, message }: SqlError): DatabaseError {
  const kind = PROGRAMMING.has(errno)
    ? ProgrammingError
    : INTEGRITY.has(errno)
      ? IntegrityError
      : DATA.has(errno)
        ? DataError
        : errno === 1235
          ? NotSupportedError
          : OperationalError;
  return new kind(errno, sqlState, message);
}
