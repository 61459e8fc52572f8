/** The client's side of the protocol over a blocking socket: greeting, login, commands and their answers. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { resolveHost } from '../../lib/resolver.ts';
import { PacketReader, PacketWriter, ProtocolError } from '../protocol/buffer.ts';
import { PacketStream } from '../protocol/framing.ts';
import { decodeGreeting, decodeSwitch, encodeResponse, NATIVE_PASSWORD, nativeProof } from '../protocol/handshake.ts';
import { decodeError, decodeOk, isEof, type OkReply } from '../protocol/replies.ts';
import { encodeExecution } from '../protocol/statement-execute.ts';
import { decodeColumn, FIELD, type ReceivedColumn, readBinaryValue } from '../protocol/values.ts';
import { compact, type SqlValue } from '../types.ts';
import { databaseError, OperationalError } from './errors.ts';

const READ_SIZE = 65_536;
const PACKET_MAX = 0x40000000;

export interface ConnectOptions {
  readonly host: string;
  readonly port?: number;
  readonly user: string;
  readonly password?: string;
  readonly database?: string;
}

/** An answer: counts, or rows. Texts stay texts here; the values of a column are of one type in the binary protocol only. */
export interface Answer extends OkReply {
  readonly columns: readonly ReceivedColumn[];
  readonly rows: readonly (readonly SqlValue[])[];
}

export class ClientSession {
  readonly version: string = '';
  private readonly packets = new PacketStream((length) => this.readExactly(length), PACKET_MAX);
  private buffer: Uint8Array = new Uint8Array(0);

  private constructor(
    private readonly sys: Sys,
    private readonly fd: number,
  ) {}

  static async open(sys: Sys, options: ConnectOptions): Promise<ClientSession> {
    const { host, port = 3306 } = options;
    const fd = await connected(sys, host, port);
    try {
      const session = new ClientSession(sys, fd);
      await session.login(options);
      return session;
    } catch (error) {
      await sys.close(fd);
      throw error;
    }
  }

  private async readExactly(length: number): Promise<Uint8Array> {
    while (this.buffer.length < length) {
      const part = await this.sys.recv(this.fd, READ_SIZE).catch(lost);
      if (part.length === 0) throw new OperationalError(2013, 'HY000', 'Lost connection to MySQL server during query');
      this.buffer = this.buffer.length === 0 ? part : concatBytes([this.buffer, part]);
    }
    const taken = this.buffer.subarray(0, length);
    this.buffer = this.buffer.subarray(length);
    return taken;
  }

  private async write(packet: Uint8Array): Promise<void> {
    const bytes = this.packets.frame(packet);
    for (let at = 0; at < bytes.length; )
      at += await this.sys.send(this.fd, bytes.subarray(at), { nosignal: true }).catch(lost);
  }

  private async login({ user, password = '', database }: ConnectOptions): Promise<void> {
    const first = await this.packets.read();
    if (first[0] === 0xff) throw databaseError(decodeError(first));
    const greeting = decodeGreeting(first);
    Object.assign(this, { version: greeting.version });
    await this.write(encodeResponse(user, nativeProof(password, greeting.salt), database));
    let answer = await this.packets.read();
    if (answer[0] === 0xfe) {
      const { plugin, salt } = decodeSwitch(answer);
      if (plugin !== NATIVE_PASSWORD)
        throw new OperationalError(
          2059,
          'HY000',
          `Authentication plugin '${plugin}' cannot be loaded: only ${NATIVE_PASSWORD} is spoken`,
        );
      await this.write(nativeProof(password, salt));
      answer = await this.packets.read();
    }
    this.checked(answer);
  }

  private checked(packet: Uint8Array): Uint8Array {
    if (packet[0] === 0xff) throw databaseError(decodeError(packet));
    return packet;
  }

  private async command(packet: Uint8Array): Promise<Uint8Array> {
    this.packets.restart();
    await this.write(packet);
    return this.checked(await this.packets.read());
  }

  /** A statement as text (COM_QUERY): all values come back as text, told apart by the type of their column. */
  async query(sql: string): Promise<Answer> {
    const first = await this.command(concatBytes([Uint8Array.of(0x03), encodeUtf8(sql)]));
    return this.answer(first, textRow);
  }

  /** A statement apart from its parameters (COM_STMT_PREPARE): answers its number and how many parameters it wants. */
  async prepare(sql: string): Promise<{ readonly id: number; readonly params: number }> {
    const reader = new PacketReader(await this.command(concatBytes([Uint8Array.of(0x16), encodeUtf8(sql)])));
    reader.u8();
    const [id, columns, params] = [reader.u32(), reader.u16(), reader.u16()];
    for (const count of [params, columns]) if (count > 0) for (let i = 0; i <= count; i++) await this.packets.read();
    return { id, params };
  }

  async execute(statement: number, values: readonly SqlValue[]): Promise<Answer> {
    return this.answer(await this.command(encodeExecution(statement, values)), binaryRow);
  }

  /** COM_STMT_CLOSE has no answer. */
  async closeStatement(statement: number): Promise<void> {
    this.packets.restart();
    await this.write(new PacketWriter().uint(0x19, 1).uint(statement, 4).done());
  }

  async ping(): Promise<void> {
    await this.command(Uint8Array.of(0x0e));
  }

  async close(): Promise<void> {
    this.packets.restart();
    await this.write(Uint8Array.of(0x01)).catch((error: unknown) => {
      if (!(error instanceof OperationalError)) throw error;
    });
    await this.sys.close(this.fd);
  }

  private async answer(
    first: Uint8Array,
    read: (packet: Uint8Array, columns: readonly ReceivedColumn[]) => SqlValue[],
  ): Promise<Answer> {
    if (first[0] === 0) return { ...decodeOk(first), columns: [], rows: [] };
    if (first[0] === 0xfb) throw new ProtocolError('LOAD DATA LOCAL, which was not offered');
    const count = new PacketReader(first).length();
    const columns: ReceivedColumn[] = [];
    for (let i = 0; i < count; i++) columns.push(decodeColumn(await this.packets.read()));
    await this.packets.read();
    const rows: SqlValue[][] = [];
    for (;;) {
      const packet = this.checked(await this.packets.read());
      if (isEof(packet))
        return {
          affected: rows.length,
          insertId: 0,
          status: new PacketReader(packet.subarray(3)).u16(),
          info: '',
          columns,
          rows,
        };
      rows.push(read(packet, columns));
    }
  }
}

async function connected(sys: Sys, host: string, port: number): Promise<number> {
  const found = await resolveHost(sys, host);
  if (found.kind !== 'found') throw new OperationalError(2005, 'HY000', `Unknown MySQL server host '${host}'`);
  const fd = await sys.socket('inet', 'stream', 'tcp', { cloexec: true });
  try {
    await sys.connect(fd, { family: 'inet', address: found.addresses[0]!, port });
    // A command and its answer are a turn each: Nagle would hold back the second part of a long command.
    await sys.setsockopt(fd, 'tcp', 'TCP_NODELAY', 1);
    return fd;
  } catch (error) {
    await sys.close(fd);
    if (!(error instanceof SysError)) throw error;
    throw new OperationalError(
      2003,
      'HY000',
      `Can't connect to MySQL server on '${host}:${port}' (${error.reason.text})`,
    );
  }
}

function lost(error: unknown): never {
  if (!(error instanceof SysError)) throw error;
  throw new OperationalError(2013, 'HY000', `Lost connection to MySQL server during query (${error.reason.text})`);
}

function textRow(packet: Uint8Array, columns: readonly ReceivedColumn[]): SqlValue[] {
  const reader = new PacketReader(packet);
  return columns.map((column) => {
    const length = reader.lengthOrNull();
    return length === undefined ? null : fromText(reader.take(length), column);
  });
}

const INTEGERS: ReadonlySet<number> = new Set([FIELD.TINY, FIELD.SHORT, FIELD.INT24, FIELD.LONG, FIELD.LONGLONG]);

/** Numbers as numbers; DECIMAL stays text, for no digit may be lost. */
function fromText(data: Uint8Array, { field, binary }: ReceivedColumn): SqlValue {
  if (INTEGERS.has(field)) return compact(BigInt(decodeUtf8(data)));
  if (field === FIELD.FLOAT || field === FIELD.DOUBLE) return Number(decodeUtf8(data));
  return binary && isBytes(field) ? data.slice() : decodeUtf8(data);
}

function isBytes(field: number): boolean {
  return field >= 249 && field <= 254;
}

function binaryRow(packet: Uint8Array, columns: readonly ReceivedColumn[]): SqlValue[] {
  const reader = new PacketReader(packet);
  reader.u8();
  const nulls = reader.take((columns.length + 9) >> 3);
  return columns.map(({ field, binary, unsigned }, i) => {
    if (((nulls[(i + 2) >> 3]! >> ((i + 2) & 7)) & 1) === 1) return null;
    return readBinaryValue(reader, field, unsigned, binary && isBytes(field));
  });
}
