/** What a server answers with: OK, ERR, EOF, and OK to a statement that is prepared ("Generic Response Packets"). */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { SqlError } from '../errors.ts';
import { PacketReader, PacketWriter } from './buffer.ts';

export const STATUS = { IN_TRANSACTION: 1, AUTOCOMMIT: 2 } as const;

export interface OkReply {
  readonly affected: number;
  readonly insertId: number | bigint;
  readonly status: number;
  readonly info: string;
}

export function encodeOk({ affected, insertId, status, info }: OkReply): Uint8Array {
  const writer = new PacketWriter().uint(0, 1).lengthOf(affected).lengthOf(insertId).uint(status, 2).uint(0, 2);
  // The manual has the text up to the end; MySQL sends its length too, and clients read it.
  return (info === '' ? writer : writer.text(info)).done();
}

export function decodeOk(packet: Uint8Array): OkReply {
  const reader = new PacketReader(packet);
  reader.u8();
  const affected = reader.length();
  const insertId = reader.length();
  const status = reader.u16();
  reader.u16();
  return { affected, insertId, status, info: reader.left === 0 ? '' : reader.text() };
}

export function encodeError({ errno, sqlState, message }: SqlError): Uint8Array {
  return new PacketWriter()
    .uint(0xff, 1)
    .uint(errno, 2)
    .raw(encodeUtf8(`#${sqlState}${message}`))
    .done();
}

export function decodeError(packet: Uint8Array): SqlError {
  const reader = new PacketReader(packet);
  reader.u8();
  const errno = reader.u16();
  // Before the handshake is over there may be no state.
  const state = reader.peek() === 0x23 ? new PacketReader(reader.take(6).subarray(1)).nulText() : 'HY000';
  return new SqlError(errno, state, reader.nulText());
}

/** COM_STMT_PREPARE_OK; how many columns and parameters are described behind it. */
export function encodePrepared(id: number, columns: number, params: number): Uint8Array {
  return new PacketWriter().uint(0, 1).uint(id, 4).uint(columns, 2).uint(params, 2).zeros(1).uint(0, 2).done();
}

export function encodeEof(status: number): Uint8Array {
  return new PacketWriter().uint(0xfe, 1).uint(0, 2).uint(status, 2).done();
}

export function isEof(packet: Uint8Array): boolean {
  return packet[0] === 0xfe && packet.length < 9;
}
