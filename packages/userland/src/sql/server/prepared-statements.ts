/** The prepared statements of one client ("Prepared Statements" of the protocol): by their numbers, with the types of parameters and the long data that were sent for them. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { MAX_PACKET } from '../engine/variables.ts';
import { sqlError } from '../errors.ts';
import type { Parsed } from '../language/statement.ts';
import { PacketReader, ProtocolError } from '../protocol/buffer.ts';
import { decodeExecution, type ParameterType } from '../protocol/statement-execute.ts';
import type { SqlValue } from '../types.ts';

/** MySQL's max_prepared_stmt_count. */
const PREPARED_MAX = 16_382;

export interface Prepared {
  readonly parsed: Parsed;
  readonly sql: string;
}

interface Entry extends Prepared {
  types: readonly ParameterType[];
  readonly long: Map<number, Uint8Array>;
}

export class PreparedStatements {
  private readonly entries = new Map<number, Entry>();
  private last = 0;

  refuseTooMany(): void {
    if (this.entries.size < PREPARED_MAX) return;
    throw sqlError(1461, PREPARED_MAX);
  }

  /** Answers its number. */
  add(prepared: Prepared): number {
    const id = ++this.last;
    this.entries.set(id, { ...prepared, types: [], long: new Map() });
    return id;
  }

  /** COM_STMT_EXECUTE: the statement and the values of its parameters; long data is used up. */
  execution(packet: Uint8Array): Prepared & { readonly values: readonly SqlValue[] } {
    const entry = this.find(packet.subarray(1), 'mysqld_stmt_execute');
    const { parsed, sql, long } = entry;
    const { values, types } = decodeExecution(packet, parsed.params, entry.types, long);
    entry.types = types;
    long.clear();
    return { parsed, sql, values };
  }

  /** COM_STMT_SEND_LONG_DATA: has no answer, not even where it fails. */
  longData(rest: Uint8Array): void {
    const reader = new PacketReader(rest);
    const entry = this.entries.get(reader.u32());
    const param = reader.u16();
    const before = entry?.long.get(param) ?? new Uint8Array(0);
    if (before.length + reader.left > MAX_PACKET) throw new ProtocolError('more data than a packet may have');
    entry?.long.set(param, concatBytes([before, reader.rest()]));
  }

  /** COM_STMT_RESET. */
  reset(rest: Uint8Array): void {
    this.find(rest, 'mysqld_stmt_reset').long.clear();
  }

  /** COM_STMT_CLOSE: has no answer either. */
  close(rest: Uint8Array): void {
    this.entries.delete(new PacketReader(rest).u32());
  }

  clear(): void {
    this.entries.clear();
  }

  private find(rest: Uint8Array, command: string): Entry {
    const id = new PacketReader(rest).u32();
    const found = this.entries.get(id);
    if (found === undefined) throw sqlError(1243, id, command);
    return found;
  }
}
