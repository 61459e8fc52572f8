/** What the SQL server and the batch engine read: statements, and the packets of both sides of the MySQL protocol. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Engine } from '@netarium/userland/sql/engine/engine.ts';
import { NOW, newEngine } from '@netarium/userland/sql/engine/session.test-kit.ts';
import { Session } from '@netarium/userland/sql/engine/session.ts';
import { SqlError } from '@netarium/userland/sql/errors.ts';
import { parseStatement } from '@netarium/userland/sql/language/statement.ts';
import { PacketReader, ProtocolError } from '@netarium/userland/sql/protocol/buffer.ts';
import { PacketStream } from '@netarium/userland/sql/protocol/framing.ts';
import {
  decodeGreeting,
  decodeResponse,
  decodeSwitch,
  encodeGreeting,
  encodeResponse,
  encodeSwitch,
} from '@netarium/userland/sql/protocol/handshake.ts';
import { decodeError, decodeOk, encodeError, encodeOk } from '@netarium/userland/sql/protocol/replies.ts';
import { decodeExecution, encodeExecution } from '@netarium/userland/sql/protocol/statement-execute.ts';
import { decodeColumn, encodeColumn, readBinaryValue } from '@netarium/userland/sql/protocol/values.ts';
import { ServerConnection } from '@netarium/userland/sql/server/connection.ts';
import { STATEMENT_FILES, statementsOf } from '../real/sql-statements.ts';
import type { Target } from './engine.ts';

const byteText = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);

const corpus = (): string[] => STATEMENT_FILES.flatMap(([name]) => statementsOf(name));

async function filledEngine(): Promise<Engine> {
  const engine = await newEngine();
  const session = new Session(engine, '');
  await session.execute('CREATE DATABASE test', NOW);
  session.use('test');
  for (const sql of corpus().slice(0, 2)) await session.execute(sql, NOW);
  return engine;
}

/** A statement of any text is carried out or refused in MySQL's words; what SQLite itself complains of was translated wrongly. */
const statements: Target = {
  name: 'sql',
  corpus,
  async run(input) {
    engine ??= await filledEngine();
    const session = new Session(engine, 'fuzz@localhost');
    session.database = 'test';
    try {
      const { statement, params } = parseStatement(input);
      // What it changes is taken back, unless it defines something.
      await session.execute('BEGIN', NOW);
      // Nothing that others would stumble over: the databases stay as they are.
      if (statement.k === 'drop-database' || statement.k === 'create-database') return statement.k;
      const values = Array.from({ length: params }, (_, i) => [1, 'a', null, 2.5][i % 4]!);
      const result = await session.run(statement, input, values, NOW);
      return result.k === 'ok'
        ? `${statement.k} ${Math.min(result.affected, 3)}`
        : `${statement.k} ${result.columns.map(({ type }) => type.k).join()}`;
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      if (error.errno === 1105 && !/too (many|big|long|large)|makes more than|nested/.test(error.message)) throw error;
      return `${error.errno} ${error.message.replace(/'.*|\d+/gs, '')}`;
    } finally {
      session.leave();
    }
  },
};

let engine: Engine | undefined;

const PACKETS: readonly ((bytes: Uint8Array) => unknown)[] = [
  decodeGreeting,
  decodeResponse,
  decodeSwitch,
  decodeOk,
  decodeError,
  decodeColumn,
  (bytes) => decodeExecution(bytes, bytes[0]! % 9, [], new Map()),
  (bytes) => {
    const reader = new PacketReader(bytes);
    const values: unknown[] = [];
    while (reader.left > 1) values.push(readBinaryValue(reader, reader.u8(), false));
    return values;
  },
];

/** Packets of any bytes, the first of which says what it is taken for: values, or an error of the protocol. */
const packets: Target = {
  name: 'mysql-packets',
  corpus: () => {
    const salt = encodeUtf8('01234567890123456789');
    const all = [
      encodeGreeting({ version: '8.0', connectionId: 7, salt }),
      encodeResponse('root', salt, 'test'),
      encodeSwitch(salt),
      encodeOk({ affected: 3, insertId: 70_000, status: 2, info: 'Records: 3' }),
      encodeError(new SqlError(1062, '23000', 'Duplicate entry')),
      encodeColumn({ name: 'id', type: { k: 'int', name: 'int', unsigned: true } }),
      encodeExecution(1, [1, 'a', null, 2.5, new Uint8Array([1, 2]), 2n ** 40n]),
      Uint8Array.of(8, 1, 2, 3, 4, 5, 6, 7, 8, 12, 4, 234, 7, 1, 2, 253, 2, 65, 66),
    ];
    return all.map((packet, i) => String.fromCharCode(i) + byteText(packet));
  },
  run(input) {
    const bytes = bytesOf(input);
    const which = (bytes[0] ?? 0) % PACKETS.length;
    try {
      const value = JSON.stringify(PACKETS[which]!(bytes.subarray(1)), (_, each) =>
        typeof each === 'bigint' ? String(each) : each,
      );
      return `${which} ${value
        .replace(/"[^"]*"/g, '')
        .replace(/\d+/g, '0')
        .slice(0, 60)}`;
    } catch (error) {
      if (!(error instanceof ProtocolError) && !(error instanceof SqlError)) throw error;
      return `${which} ${error.message.replace(/\d+/g, '').slice(0, 40)}`;
    }
  },
};

function framed(...payloads: readonly Uint8Array[]): string {
  return payloads.map((payload) => byteText(new PacketStream(async () => payload, 1).frame(payload))).join('');
}

const query = (sql: string): Uint8Array => encodeUtf8(`\x03${sql}`);
const prepare = (sql: string): Uint8Array => encodeUtf8(`\x16${sql}`);

/** A client of any bytes: the server answers with whole packets until the client is gone or breaks the protocol. */
const client: Target = {
  name: 'mysql-client',
  corpus: () => [
    framed(query('SELECT 1'), query("INSERT INTO nowhere VALUES ('x')"), Uint8Array.of(0x0e), Uint8Array.of(1)),
    framed(
      prepare('SELECT ?, ?'),
      encodeExecution(1, [1, 'a']),
      Uint8Array.of(0x1a, 1, 0, 0, 0),
      Uint8Array.of(0x19, 1, 0, 0, 0),
    ),
    framed(
      encodeUtf8('\x02test'),
      encodeUtf8('\x04t\0'),
      Uint8Array.of(0x1f),
      Uint8Array.of(0x09),
      Uint8Array.of(0x1b, 1, 0),
    ),
    framed(prepare('SELECT ?'), Uint8Array.of(0x18, 1, 0, 0, 0, 0, 0, 65, 66), encodeExecution(1, ['x'])),
  ],
  async run(input) {
    engine ??= await filledEngine();
    const salt = encodeUtf8('01234567890123456789');
    const stream = new PacketStream(async () => salt, 1);
    stream.frame(salt);
    let rest = new Uint8Array([...stream.frame(encodeResponse('root', new Uint8Array(0), 'test')), ...bytesOf(input)]);
    const sent: Uint8Array[] = [];
    const line = {
      async readExactly(length: number): Promise<Uint8Array> {
        if (rest.length < length) throw new ProtocolError('gone');
        const taken = rest.subarray(0, length);
        rest = rest.subarray(length);
        return taken;
      },
      send: async (data: Uint8Array) => void sent.push(data),
      now: async () => NOW,
      spend: async () => {},
      peer: 'localhost',
      salt,
    };
    await new ServerConnection(engine, { user: 'root', password: '' }, line).serve();
    return sent.map((data) => data[4]).join();
  },
};

export const sqlTargets: readonly Target[] = [statements, packets, client];
