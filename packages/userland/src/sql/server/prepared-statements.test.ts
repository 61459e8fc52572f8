import { describe, expect, test } from 'vitest';
import { MAX_PACKET } from '../engine/variables.ts';
import { parseStatement } from '../language/statement.ts';
import { PacketWriter } from '../protocol/buffer.ts';
import { encodeExecution } from '../protocol/statement-execute.ts';
import { PreparedStatements } from './prepared-statements.ts';

const SQL = 'SELECT ?, ?';
const one = () => {
  const statements = new PreparedStatements();
  return { statements, id: statements.add({ parsed: parseStatement(SQL), sql: SQL }) };
};
const number = (id: number): Uint8Array => new PacketWriter().uint(id, 4).done();
const long = (id: number, param: number, data: Uint8Array): Uint8Array =>
  new PacketWriter().uint(id, 4).uint(param, 2).raw(data).done();
/** As a client sends it that has told the types before. */
const withoutTypes = (id: number, value: number): Uint8Array =>
  new PacketWriter()
    .uint(0x17, 1)
    .uint(id, 4)
    .uint(0, 1)
    .uint(1, 4)
    .uint(0, 1)
    .uint(0, 1)
    .big(BigInt(value))
    .big(BigInt(value))
    .done();

describe('prepared statements', () => {
  test('have numbers that do not come again', () => {
    const { statements, id } = one();
    statements.close(number(id));
    expect(statements.add({ parsed: parseStatement(SQL), sql: SQL })).toBe(id + 1);
    expect(() => statements.execution(encodeExecution(id, [1, 2]))).toThrow('mysqld_stmt_execute');
  });

  test('keep the types of their parameters', () => {
    const { statements, id } = one();
    expect(() => statements.execution(withoutTypes(id, 7))).toThrow('without types');
    expect(statements.execution(encodeExecution(id, [1, 2]))).toMatchObject({ sql: SQL, values: [1, 2] });
    expect(statements.execution(withoutTypes(id, 7)).values).toEqual([7, 7]);
  });

  test('take long data in pieces, for one execution', () => {
    const { statements, id } = one();
    const pieces = () => {
      statements.longData(long(id, 1, Uint8Array.of(1, 2)));
      statements.longData(long(id, 1, Uint8Array.of(3)));
    };
    const empty = new Uint8Array(0);
    pieces();
    expect(statements.execution(encodeExecution(id, ['a', empty])).values).toEqual(['a', Uint8Array.of(1, 2, 3)]);
    expect(statements.execution(encodeExecution(id, ['a', empty])).values).toEqual(['a', empty]);
    pieces();
    statements.reset(number(id));
    expect(statements.execution(encodeExecution(id, ['a', empty])).values).toEqual(['a', empty]);
  });

  test('take no more long data than a packet holds, and none for a number that nobody has', () => {
    const { statements, id } = one();
    statements.longData(long(id, 0, new Uint8Array(MAX_PACKET)));
    expect(() => statements.longData(long(id, 0, new Uint8Array(1)))).toThrow('more data than a packet may have');
    expect(() => statements.longData(long(id + 1, 0, new Uint8Array(1)))).not.toThrow();
    expect(() => statements.reset(number(id + 1))).toThrow('mysqld_stmt_reset');
  });

  test('are so many and no more', () => {
    const { statements } = one();
    const prepared = { parsed: parseStatement(SQL), sql: SQL };
    for (let i = 1; i < 16_381; i++) statements.add(prepared);
    statements.refuseTooMany();
    statements.add(prepared);
    expect(() => statements.refuseTooMany()).toThrow('max_prepared_stmt_count');
    statements.clear();
    statements.refuseTooMany();
  });
});
