/** COM_STMT_EXECUTE: the values of a prepared statement's parameters, both ways. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { unsupportedSql } from '../errors.ts';
import type { SqlValue } from '../types.ts';
import { PacketReader, PacketWriter, ProtocolError } from './buffer.ts';
import { FIELD, readBinaryValue } from './values.ts';

export interface ParameterType {
  readonly field: number;
  readonly unsigned: boolean;
}

export interface Execution {
  readonly values: SqlValue[];
  /** Kept for the next execution, which may leave them out. */
  readonly types: readonly ParameterType[];
}

/** `long` holds what COM_STMT_SEND_LONG_DATA brought before. */
export function decodeExecution(
  packet: Uint8Array,
  count: number,
  known: readonly ParameterType[],
  long: ReadonlyMap<number, Uint8Array>,
): Execution {
  const reader = new PacketReader(packet);
  reader.take(1 + 4);
  if (reader.u8() !== 0) throw unsupportedSql('cursor');
  reader.u32();
  if (count === 0) return { values: [], types: [] };
  const nulls = reader.take((count + 7) >> 3);
  const types = reader.u8() === 1 ? Array.from({ length: count }, () => typeOf(reader.u16())) : known;
  if (types.length !== count) throw new ProtocolError('an execution without types of parameters');
  const values = types.map(({ field, unsigned }, i): SqlValue => {
    const sent = long.get(i);
    if (sent !== undefined) return sent;
    return ((nulls[i >> 3]! >> (i & 7)) & 1) === 1
      ? null
      : readBinaryValue(reader, field, unsigned, field >= 249 && field <= FIELD.BLOB);
  });
  return { values, types };
}

function typeOf(word: number): ParameterType {
  return { field: word & 0xff, unsigned: (word & 0x8000) !== 0 };
}

export function encodeExecution(statement: number, values: readonly SqlValue[]): Uint8Array {
  const writer = new PacketWriter().uint(0x17, 1).uint(statement, 4).uint(0, 1).uint(1, 4);
  if (values.length === 0) return writer.done();
  const nulls = new Uint8Array((values.length + 7) >> 3);
  values.forEach((value, i) => {
    if (value === null) nulls[i >> 3]! |= 1 << (i & 7);
  });
  writer.raw(nulls).uint(1, 1);
  for (const value of values) writer.uint(fieldOf(value), 2);
  for (const value of values) writeValue(writer, value);
  return writer.done();
}

function fieldOf(value: SqlValue): number {
  if (value === null) return FIELD.NULL;
  if (typeof value === 'string') return FIELD.VAR_STRING;
  if (value instanceof Uint8Array) return FIELD.BLOB;
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? FIELD.LONGLONG : FIELD.DOUBLE;
}

function writeValue(writer: PacketWriter, value: SqlValue): void {
  if (value === null) return;
  if (typeof value === 'string') writer.data(encodeUtf8(value));
  else if (value instanceof Uint8Array) writer.data(value);
  else if (typeof value === 'bigint' || Number.isSafeInteger(value)) writer.big(BigInt(value));
  else writer.double(value);
}
