/** Values of columns in both protocols ("Text Resultset Row", "Binary Protocol Value") and what is said of a column ("Column Definition"). */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { type Column, sameName, type Table } from '../engine/catalogue.ts';
import type { ResultColumn } from '../engine/result.ts';
import { unsupportedSql } from '../errors.ts';
import { FRACTION_MAX, writtenTime } from '../time-text.ts';
import { type ColumnType, compact, isJson, type SqlValue, textOf, valueText } from '../types.ts';
import { PacketReader, PacketWriter, ProtocolError } from './buffer.ts';
import { BINARY, UTF8MB4 } from './handshake.ts';

export const FIELD = {
  DECIMAL: 0,
  TINY: 1,
  SHORT: 2,
  LONG: 3,
  FLOAT: 4,
  DOUBLE: 5,
  NULL: 6,
  TIMESTAMP: 7,
  LONGLONG: 8,
  INT24: 9,
  DATE: 10,
  TIME: 11,
  DATETIME: 12,
  JSON: 245,
  VARCHAR: 15,
  NEWDECIMAL: 246,
  BLOB: 252,
  VAR_STRING: 253,
  STRING: 254,
} as const;

const FLAG = {
  NOT_NULL: 1,
  PRIMARY: 2,
  UNIQUE: 4,
  MULTIPLE: 8,
  BLOB: 16,
  UNSIGNED: 32,
  BINARY: 128,
  ENUM: 256,
  AUTO: 512,
} as const;

const INTEGERS = {
  tinyint: FIELD.TINY,
  smallint: FIELD.SHORT,
  mediumint: FIELD.INT24,
  int: FIELD.LONG,
  bigint: FIELD.LONGLONG,
} as const;
const WIDTHS = { tinyint: 4, smallint: 6, mediumint: 9, int: 11, bigint: 20 } as const;

interface Shape {
  readonly field: number;
  readonly length: number;
  readonly flags: number;
  readonly decimals: number;
}

function shapeOf(type: ColumnType): Shape {
  switch (type.k) {
    case 'int':
      return {
        field: INTEGERS[type.name],
        length: WIDTHS[type.name],
        flags: FLAG.BINARY | (type.unsigned ? FLAG.UNSIGNED : 0),
        decimals: 0,
      };
    case 'double':
      return { field: FIELD.DOUBLE, length: 22, flags: FLAG.BINARY, decimals: 31 };
    case 'float':
      return { field: FIELD.FLOAT, length: 12, flags: FLAG.BINARY, decimals: 31 };
    case 'decimal':
      return { field: FIELD.NEWDECIMAL, length: type.precision + 2, flags: FLAG.BINARY, decimals: type.scale };
    case 'date':
      return { field: FIELD.DATE, length: 10, flags: FLAG.BINARY, decimals: 0 };
    case 'datetime':
      return {
        field: type.name === 'timestamp' ? FIELD.TIMESTAMP : FIELD.DATETIME,
        length: type.fraction === 0 ? 19 : 20 + type.fraction,
        flags: FLAG.BINARY,
        decimals: type.fraction,
      };
    case 'enum':
      return {
        field: FIELD.STRING,
        length: 4 * Math.max(...type.values.map(({ length }) => length)),
        flags: FLAG.ENUM,
        decimals: 0,
      };
    case 'blob':
      return {
        field: type.name === 'varbinary' ? FIELD.VAR_STRING : FIELD.BLOB,
        length: type.length,
        flags: FLAG.BLOB | FLAG.BINARY,
        decimals: 0,
      };
    case 'text': {
      const long = type.name.endsWith('text') || isJson(type);
      return {
        field: isJson(type) ? FIELD.JSON : long ? FIELD.BLOB : type.name === 'char' ? FIELD.STRING : FIELD.VAR_STRING,
        length: Math.min(4 * type.length, 0xffffffff),
        flags: long ? FLAG.BLOB : 0,
        decimals: 0,
      };
    }
    case 'null':
      return { field: FIELD.NULL, length: 0, flags: FLAG.BINARY, decimals: 0 };
  }
}

function keyFlags(table: Table, { name, notNull, autoIncrement }: Column): number {
  const keys = table.keys.filter(({ columns }) => columns.some((each) => sameName(each, name)));
  return (
    (notNull ? FLAG.NOT_NULL : 0) |
    (autoIncrement ? FLAG.AUTO : 0) |
    (keys.some(({ kind }) => kind === 'primary') ? FLAG.PRIMARY : 0) |
    (keys.some(({ kind, columns }) => kind === 'unique' && columns.length === 1) ? FLAG.UNIQUE : 0) |
    (keys.some(({ kind }) => kind === 'index') ? FLAG.MULTIPLE : 0)
  );
}

export function encodeColumn({ name, type, origin, notNull }: ResultColumn, withDefault = false): Uint8Array {
  const { field, length, flags, decimals } = shapeOf(type);
  const charset = type.k === 'text' || type.k === 'enum' ? UTF8MB4 : BINARY;
  const writer = new PacketWriter()
    .text('def')
    .text(origin?.table.database ?? '')
    .text(origin?.alias ?? '')
    .text(origin?.table.name ?? '');
  writer
    .text(name)
    .text(origin?.column.name ?? '')
    .uint(0x0c, 1)
    .uint(charset, 2)
    .uint(length, 4)
    .uint(field, 1);
  writer
    .uint(flags | (notNull ? FLAG.NOT_NULL : 0) | (origin ? keyFlags(origin.table, origin.column) : 0), 2)
    .uint(decimals, 1)
    .zeros(2);
  // COM_FIELD_LIST tells the default too: NULL.
  if (withDefault) writer.uint(0xfb, 1);
  return writer.done();
}

export interface ReceivedColumn {
  readonly name: string;
  readonly field: number;
  readonly binary: boolean;
  readonly unsigned: boolean;
}

export function decodeColumn(packet: Uint8Array): ReceivedColumn {
  const reader = new PacketReader(packet);
  for (let i = 0; i < 4; i++) reader.text();
  const name = reader.text();
  reader.text();
  reader.u8();
  const charset = reader.u16();
  reader.u32();
  const field = reader.u8();
  return { name, field, binary: charset === BINARY, unsigned: (reader.u16() & FLAG.UNSIGNED) !== 0 };
}

function dataOf(value: Exclude<SqlValue, null>, type: ColumnType): Uint8Array {
  return value instanceof Uint8Array ? value : encodeUtf8(valueText(value, type));
}

export function encodeTextRow(row: readonly SqlValue[], columns: readonly ResultColumn[]): Uint8Array {
  const writer = new PacketWriter();
  row.forEach((value, i) => {
    if (value === null) writer.uint(0xfb, 1);
    else writer.data(dataOf(value, columns[i]!.type));
  });
  return writer.done();
}

export function encodeBinaryRow(row: readonly SqlValue[], columns: readonly ResultColumn[]): Uint8Array {
  const nulls = new Uint8Array((columns.length + 9) >> 3);
  row.forEach((value, i) => {
    if (value === null) nulls[(i + 2) >> 3]! |= 1 << ((i + 2) & 7);
  });
  const writer = new PacketWriter().uint(0, 1).raw(nulls);
  row.forEach((value, i) => {
    if (value !== null) binaryValue(writer, value, columns[i]!.type);
  });
  return writer.done();
}

function binaryValue(writer: PacketWriter, value: Exclude<SqlValue, null>, type: ColumnType): PacketWriter {
  const { field } = shapeOf(type);
  switch (field) {
    case FIELD.TINY:
      return writer.uint(Number(value), 1);
    case FIELD.SHORT:
      return writer.uint(Number(value), 2);
    case FIELD.LONG:
    case FIELD.INT24:
      return writer.uint(Number(value), 4);
    case FIELD.LONGLONG:
      return writer.big(typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value))));
    case FIELD.FLOAT:
      return writer.float(Number(value));
    case FIELD.DOUBLE:
      return writer.double(Number(value));
    case FIELD.DATE:
    case FIELD.DATETIME:
    case FIELD.TIMESTAMP:
      return writeTime(writer, textOf(value));
    default:
      return writer.data(dataOf(value, type));
  }
}

function writeTime(writer: PacketWriter, text: string): PacketWriter {
  const [whole, digits = ''] = text.split('.') as [string, string?];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = whole.split(/[- :]/).map(Number);
  const micros = Number(digits.padEnd(FRACTION_MAX, '0'));
  const length = micros > 0 ? 11 : hour + minute + second > 0 ? 7 : 4;
  writer.uint(length, 1).uint(year, 2).uint(month, 1).uint(day, 1);
  if (length > 4) writer.uint(hour, 1).uint(minute, 1).uint(second, 1);
  return length > 7 ? writer.uint(micros, 4) : writer;
}

function readTime(reader: PacketReader, dateOnly: boolean): string {
  const length = reader.u8();
  if (length !== 0 && length !== 4 && length !== 7 && length !== 11)
    throw new ProtocolError(`a time of ${length} bytes`);
  const [year, month, day] = length === 0 ? [0, 0, 0] : ([reader.u16(), reader.u8(), reader.u8()] as const);
  const [hour, minute, second] = length < 7 ? [0, 0, 0] : ([reader.u8(), reader.u8(), reader.u8()] as const);
  const micro = length === 11 ? reader.u32() : 0;
  const time = { year, month, day, hour, minute, second, micro };
  return writtenTime(time, dateOnly ? 'date' : 'datetime', micro === 0 ? 0 : FRACTION_MAX);
}

/** A value of the binary protocol; text unless it is no UTF-8. */
export function readBinaryValue(reader: PacketReader, field: number, unsigned: boolean, bytes = false): SqlValue {
  switch (field) {
    case FIELD.NULL:
      return null;
    case FIELD.TINY:
      return reader.integer(1, unsigned);
    case FIELD.SHORT:
      return reader.integer(2, unsigned);
    case FIELD.LONG:
    case FIELD.INT24:
      return reader.integer(4, unsigned);
    case FIELD.LONGLONG:
      return compact(reader.integer(8, unsigned) as bigint);
    case FIELD.FLOAT:
      return reader.float();
    case FIELD.DOUBLE:
      return reader.double();
    case FIELD.DATE:
    case FIELD.DATETIME:
    case FIELD.TIMESTAMP:
      return readTime(reader, field === FIELD.DATE);
    case FIELD.TIME:
      throw unsupportedSql('TIME');
    default: {
      const data = reader.take(reader.length());
      return bytes ? data.slice() : textOrBytes(data);
    }
  }
}

function textOrBytes(data: Uint8Array): string | Uint8Array {
  const text = decodeUtf8(data);
  return text.includes('\ufffd') && encodeUtf8(text).length !== data.length ? data.slice() : text;
}
