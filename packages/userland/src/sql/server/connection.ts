/**
 * One client of the server: the connection phase, then one command after the other ("Command Phase"). What the protocol has and this server has not is refused by
 * name: several statements in one query, cursors, replication, TLS.
 */
import { concatBytes, sameBytes } from '@netarium/core/base/bytes.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Engine } from '../engine/engine.ts';
import { ok, type Result, type ResultColumn, type RowsResult } from '../engine/result.ts';
import { Session } from '../engine/session.ts';
import { MAX_PACKET, SERVER_VERSION } from '../engine/variables.ts';
import type { Work } from '../engine/work.ts';
import { SqlError, sqlError, unsupportedSql } from '../errors.ts';
import { parseStatement } from '../language/statement.ts';
import { PacketReader, PacketWriter, ProtocolError } from '../protocol/buffer.ts';
import { PacketStream } from '../protocol/framing.ts';
import {
  CAPABILITY,
  decodeResponse,
  encodeGreeting,
  encodeSwitch,
  type HandshakeResponse,
  NATIVE_PASSWORD,
  nativeProof,
} from '../protocol/handshake.ts';
import { encodeEof, encodeError, encodeOk, encodePrepared, STATUS } from '../protocol/replies.ts';
import { decodeStatement } from '../protocol/statement-text.ts';
import { encodeBinaryRow, encodeColumn, encodeTextRow } from '../protocol/values.ts';
import { TEXT } from '../types.ts';
import { PreparedStatements } from './prepared-statements.ts';

/** What a connection stands on: bytes of one client, the clock, and who may come in. */
export interface Line {
  readExactly(length: number): Promise<Uint8Array>;
  send(data: Uint8Array): Promise<void>;
  /** The wall clock as `YYYY-MM-DD hh:mm:ss.ffffff`. */
  now(): Promise<string>;
  /** Lets the time pass that a statement's work takes. */
  spend(work: Work): Promise<void>;
  readonly peer: string;
  /** 20 bytes that nobody can guess. */
  readonly salt: Uint8Array;
}

export interface Account {
  readonly user: string;
  readonly password: string;
}

export class ServerConnection {
  private readonly packets: PacketStream;
  private readonly connectionId: number;
  private session: Session | undefined;
  private readonly prepared = new PreparedStatements();

  constructor(
    private readonly engine: Engine,
    private readonly account: Account,
    private readonly line: Line,
  ) {
    this.connectionId = engine.nextConnectionId();
    this.packets = new PacketStream((length) => line.readExactly(length), MAX_PACKET);
  }

  /** Until the client leaves or breaks the protocol; what it has not committed is taken back. */
  async serve(): Promise<void> {
    try {
      if (await this.connect()) await this.commands();
    } catch (error) {
      const told = error instanceof ProtocolError ? sqlError(this.session === undefined ? 1043 : 1047) : error;
      if (!(told instanceof SqlError)) throw error;
      await this.send(encodeError(told));
    } finally {
      this.session?.leave();
    }
  }

  private async send(...packets: readonly Uint8Array[]): Promise<void> {
    for (const packet of packets) await this.line.send(this.packets.frame(packet));
  }

  private async connect(): Promise<boolean> {
    const { salt } = this.line;
    await this.send(encodeGreeting({ version: SERVER_VERSION, connectionId: this.connectionId, salt }));
    const response = decodeResponse(await this.packets.read());
    const refused = (await this.proven(response)) ? this.enter(response) : this.denied(response);
    if (refused !== undefined) {
      await this.send(encodeError(refused));
      return false;
    }
    await this.send(this.okPacket());
    return true;
  }

  private async proven({ user, plugin, proof }: HandshakeResponse): Promise<boolean> {
    const { salt } = this.line;
    let sent = proof;
    if (plugin !== NATIVE_PASSWORD) {
      await this.send(encodeSwitch(salt));
      sent = await this.packets.read();
    }
    return user === this.account.user && sameBytes(sent, nativeProof(this.account.password, salt));
  }

  private denied({ user, proof, plugin }: HandshakeResponse): SqlError {
    const with_ = proof.length > 0 || plugin !== NATIVE_PASSWORD ? 'YES' : 'NO';
    return sqlError(1045, user, this.line.peer, with_);
  }

  private enter({ user, database, capabilities }: HandshakeResponse): SqlError | undefined {
    this.session = new Session(
      this.engine,
      `${user}@${this.line.peer}`,
      (capabilities & CAPABILITY.FOUND_ROWS) !== 0,
      this.connectionId,
    );
    if (database === undefined) return undefined;
    if (!this.engine.catalogue.databases.has(database)) return sqlError(1049, database);
    this.session.use(database);
    return undefined;
  }

  private async commands(): Promise<void> {
    for (;;) {
      this.packets.restart();
      const packet = await this.packets.read();
      if (packet[0] === COMMAND.QUIT) return;
      try {
        await this.command(packet);
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
        await this.send(encodeError(error));
      }
    }
  }

  private async command(packet: Uint8Array): Promise<void> {
    const rest = packet.subarray(1);
    const session = this.session!;
    switch (packet[0]) {
      case COMMAND.PING:
        return this.send(this.okPacket());
      case COMMAND.INIT_DB:
        session.use(decodeUtf8(rest));
        return this.send(this.okPacket());
      case COMMAND.QUERY:
        return this.reply(
          await this.spent(session.execute(decodeStatement(rest), await this.line.now())),
          encodeTextRow,
        );
      case COMMAND.FIELD_LIST:
        return this.fieldList(rest);
      case COMMAND.STATISTICS:
        return this.send(
          encodeUtf8(`Threads: 1  Questions: ${session.status.all().find(([name]) => name === 'Questions')?.[1]}`),
        );
      case COMMAND.STMT_PREPARE:
        return this.prepare(decodeStatement(rest));
      case COMMAND.STMT_EXECUTE:
        return this.execute(packet);
      case COMMAND.STMT_SEND_LONG_DATA:
        return this.prepared.longData(rest);
      case COMMAND.STMT_CLOSE:
        return this.prepared.close(rest);
      case COMMAND.STMT_RESET:
        this.prepared.reset(rest);
        return this.send(this.okPacket());
      case COMMAND.SET_OPTION:
        // 0 switches several statements per query on, 1 off.
        if (new PacketReader(rest).u16() === 0) throw unsupportedSql('multiple statements');
        return this.send(encodeEof(this.status));
      case COMMAND.RESET_CONNECTION:
        session.leave();
        this.prepared.clear();
        this.session = new Session(this.engine, session.user, session.foundRows, this.connectionId);
        this.session.database = session.database;
        return this.send(this.okPacket());
      default:
        throw sqlError(1047);
    }
  }

  private get status(): number {
    const { inTransaction = false, autocommit = true } = this.session ?? {};
    return (inTransaction ? STATUS.IN_TRANSACTION : 0) | (autocommit ? STATUS.AUTOCOMMIT : 0);
  }

  private okPacket(result = ok()): Uint8Array {
    return encodeOk({ ...result, status: this.status });
  }

  private async spent(result: Promise<Result>): Promise<Result> {
    try {
      return await result;
    } finally {
      await this.line.spend(this.session!.work.take());
    }
  }

  private async reply(
    result: Result,
    row: (row: RowsResult['rows'][number], columns: readonly ResultColumn[]) => Uint8Array,
  ): Promise<void> {
    if (result.k === 'ok') return this.send(this.okPacket(result));
    const { columns, rows } = result;
    await this.batch([
      new PacketWriter().lengthOf(columns.length).done(),
      ...columns.map((column) => encodeColumn(column)),
      encodeEof(this.status),
    ]);
    for (let at = 0; at < rows.length; at += ROWS_PER_SEND)
      await this.batch(rows.slice(at, at + ROWS_PER_SEND).map((each) => row(each, columns)));
    await this.send(encodeEof(this.status));
  }

  /** Several packets in one piece. */
  private async batch(packets: readonly Uint8Array[]): Promise<void> {
    await this.line.send(concatBytes(packets.map((packet) => this.packets.frame(packet))));
  }

  private async fieldList(rest: Uint8Array): Promise<void> {
    const name = new PacketReader(rest).nulText();
    const { catalogue } = this.engine;
    const table = catalogue.table({ name, at: 0, end: 0 }, this.session!.database, this.session!.temporary);
    const columns = table.columns.map((column) => ({
      name: column.name,
      type: column.type,
      origin: { table, column, alias: name },
    }));
    await this.batch([...columns.map((column) => encodeColumn(column, true)), encodeEof(this.status)]);
  }

  private async prepare(sql: string): Promise<void> {
    this.prepared.refuseTooMany();
    const parsed = parseStatement(sql);
    const columns = this.session!.describe(parsed);
    const id = this.prepared.add({ parsed, sql });
    const packets = [encodePrepared(id, columns.length, parsed.params)];
    const param = encodeColumn({ name: '?', type: TEXT });
    if (parsed.params > 0) packets.push(...Array.from({ length: parsed.params }, () => param), encodeEof(this.status));
    if (columns.length > 0) packets.push(...columns.map((column) => encodeColumn(column)), encodeEof(this.status));
    await this.batch(packets);
  }

  private async execute(packet: Uint8Array): Promise<void> {
    const { parsed, sql, values } = this.prepared.execution(packet);
    await this.reply(
      await this.spent(this.session!.run(parsed.statement, sql, values, await this.line.now())),
      encodeBinaryRow,
    );
  }
}

const ROWS_PER_SEND = 200;

const COMMAND = {
  QUIT: 0x01,
  INIT_DB: 0x02,
  QUERY: 0x03,
  FIELD_LIST: 0x04,
  STATISTICS: 0x09,
  PING: 0x0e,
  STMT_PREPARE: 0x16,
  STMT_EXECUTE: 0x17,
  STMT_SEND_LONG_DATA: 0x18,
  STMT_CLOSE: 0x19,
  STMT_RESET: 0x1a,
  SET_OPTION: 0x1b,
  RESET_CONNECTION: 0x1f,
} as const;
