/** Types as statements name them ("Data Types"), of columns and in CAST. */
import { sqlError, unsupportedSql } from '../errors.ts';
import { FRACTION_MAX } from '../time-text.ts';
import {
  BIGINT,
  BLOB,
  type ColumnType,
  DATE,
  DECIMAL_DIGITS,
  DOUBLE,
  datetime,
  type IntegerName,
  JSON_TYPE,
} from '../types.ts';
import type { Reader } from './reader.ts';

const INTEGERS: ReadonlyMap<string, IntegerName> = new Map([
  ['TINYINT', 'tinyint'],
  ['SMALLINT', 'smallint'],
  ['MEDIUMINT', 'mediumint'],
  ['INT', 'int'],
  ['INTEGER', 'int'],
  ['BIGINT', 'bigint'],
]);

/** Longest lengths, in characters or bytes. */
const TEXTS: ReadonlyMap<string, number> = new Map([
  ['TINYTEXT', 255],
  ['TEXT', 65_535],
  ['MEDIUMTEXT', 16_777_215],
  ['LONGTEXT', 4_294_967_295],
]);

export function readColumnType(reader: Reader, inCast = false): ColumnType {
  const { token } = reader;
  if (token.kind !== 'word') reader.fail();
  const word = reader.advance().text.toUpperCase();
  if (inCast) return castType(reader, word);
  return readNumber(reader, word) ?? readText(reader, word) ?? readOther(reader, word);
}

function readNumber(reader: Reader, word: string): ColumnType | undefined {
  const integer = INTEGERS.get(word);
  if (integer !== undefined) {
    // A display width says nothing about values.
    if (reader.isSymbol('(')) reader.parenthesised(() => reader.wholeNumber());
    const unsigned = reader.accept('UNSIGNED');
    if (!unsigned) reader.accept('SIGNED');
    if (reader.is('ZEROFILL')) throw unsupportedSql('ZEROFILL');
    return { k: 'int', name: integer, unsigned };
  }
  switch (word) {
    case 'BOOL':
    case 'BOOLEAN':
      return { k: 'int', name: 'tinyint', unsigned: false };
    case 'DOUBLE':
    case 'REAL':
      reader.accept('PRECISION');
      if (reader.isSymbol('(')) throw unsupportedSql('DOUBLE(M,D)');
      return DOUBLE;
    case 'FLOAT':
      if (reader.isSymbol('(')) throw unsupportedSql('FLOAT(M,D)');
      return { k: 'float' };
    case 'DECIMAL':
    case 'NUMERIC':
    case 'DEC':
      return readDecimal(reader);
    default:
      return undefined;
  }
}

function readDecimal(reader: Reader): ColumnType {
  const [precision = 10, scale = 0] = reader.isSymbol('(')
    ? reader.parenthesised(() => reader.list(() => reader.wholeNumber()))
    : [];
  if (precision > DECIMAL_DIGITS) throw unsupportedSql(`DECIMAL of more than ${DECIMAL_DIGITS} digits`);
  if (scale > precision) reader.fail();
  if (reader.is('UNSIGNED')) throw unsupportedSql('DECIMAL UNSIGNED');
  return { k: 'decimal', precision, scale };
}

function readText(reader: Reader, word: string): ColumnType | undefined {
  const text = TEXTS.get(word);
  const length = (): number | undefined =>
    reader.isSymbol('(') ? reader.parenthesised(() => reader.wholeNumber()) : undefined;
  if (text !== undefined) return { k: 'text', name: word.toLowerCase(), length: text, binary: readBinary(reader) };
  const blob = TEXTS.get(word.replace(/BLOB$/, 'TEXT'));
  if (blob !== undefined) return { k: 'blob', name: word.toLowerCase(), length: blob };
  switch (word) {
    case 'CHAR':
    case 'CHARACTER':
      if (reader.accept('VARYING')) return readText(reader, 'VARCHAR');
      return { k: 'text', name: 'char', length: length() ?? 1, binary: readBinary(reader) };
    case 'VARCHAR':
      return { k: 'text', name: 'varchar', length: length() ?? reader.fail(), binary: readBinary(reader) };
    case 'VARBINARY':
      return { k: 'blob', name: 'varbinary', length: length() ?? reader.fail() };
    default:
      return undefined;
  }
}

/** CHARACTER SET and COLLATE of a column: utf8mb4 and utf8 only, whose `_bin` collations tell capitals from small letters. */
export function readBinary(reader: Reader): boolean {
  let binary = false;
  for (;;) {
    if (reader.accept('CHARACTER', 'SET') || reader.accept('CHARSET')) {
      reader.acceptSymbol('=');
      const set = reader.advance().text.toLowerCase();
      if (!/^(utf8(mb[34])?|ascii)$/.test(set)) throw unsupportedSql(`CHARACTER SET ${set}`);
    } else if (reader.accept('COLLATE')) {
      reader.acceptSymbol('=');
      const collation = reader.advance().text.toLowerCase();
      if (!/^(utf8(mb[34])?|ascii)_\w+$/.test(collation)) throw unsupportedSql(`COLLATE ${collation}`);
      binary = collation.endsWith('_bin');
    } else return binary;
  }
}

function readOther(reader: Reader, word: string): ColumnType {
  switch (word) {
    case 'DATE':
      return DATE;
    case 'DATETIME':
    case 'TIMESTAMP':
      return { ...datetime(readFraction(reader, word)), name: word === 'DATETIME' ? 'datetime' : 'timestamp' };
    case 'JSON':
      return { ...JSON_TYPE, binary: true };
    case 'ENUM': {
      const values = reader.parenthesised(() => reader.list(() => reader.string()));
      readBinary(reader);
      return { k: 'enum', values };
    }
    default:
      throw unsupportedSql(`type ${word}`);
  }
}

/** Digits of a fraction of a second, in parentheses; none where there are none. */
function readFraction(reader: Reader, name: string): number {
  if (!reader.isSymbol('(')) return 0;
  const digits = reader.parenthesised(() => (reader.isSymbol(')') ? 0 : reader.wholeNumber()));
  if (digits > FRACTION_MAX) throw sqlError(1426, name, FRACTION_MAX);
  return digits;
}

function castType(reader: Reader, word: string): ColumnType {
  switch (word) {
    case 'SIGNED':
    case 'UNSIGNED':
      reader.accept('INTEGER');
      return { ...BIGINT, unsigned: word === 'UNSIGNED' } as ColumnType;
    case 'CHAR': {
      const length = reader.isSymbol('(') ? reader.parenthesised(() => reader.wholeNumber()) : undefined;
      return { k: 'text', name: 'varchar', length: length ?? 65_535, binary: false };
    }
    case 'BINARY':
      if (reader.isSymbol('(')) throw unsupportedSql('CAST AS BINARY(N)');
      return BLOB;
    case 'DECIMAL':
      return readDecimal(reader);
    case 'DOUBLE':
      return DOUBLE;
    case 'DATE':
      return DATE;
    case 'DATETIME':
      return datetime(readFraction(reader, word));
    default:
      throw unsupportedSql(`CAST AS ${word}`);
  }
}

/** For the coverage page. */
export const typeNames: readonly string[] = [
  ...INTEGERS.keys(),
  ...[
    'BOOLEAN',
    'DOUBLE',
    'FLOAT',
    `DECIMAL of up to ${DECIMAL_DIGITS} digits`,
    'CHAR',
    'VARCHAR',
    'VARBINARY',
    'ENUM',
  ],
  ...[...TEXTS.keys()].flatMap((name) => [name, name.replace('TEXT', 'BLOB')]),
  ...['DATE', 'DATETIME', 'TIMESTAMP', 'JSON'],
];
