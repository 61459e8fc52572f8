/** The connection phase ("Connection Phase"): greeting, answer, and the proof of the password by mysql_native_password. No TLS, no compression. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { PacketReader, PacketWriter, ProtocolError } from './buffer.ts';
import { sha1 } from './sha1.ts';

export const NATIVE_PASSWORD = 'mysql_native_password';

export const CAPABILITY = {
  LONG_PASSWORD: 1,
  FOUND_ROWS: 2,
  LONG_FLAG: 4,
  CONNECT_WITH_DB: 8,
  COMPRESS: 0x20,
  IGNORE_SPACE: 0x100,
  PROTOCOL_41: 0x200,
  INTERACTIVE: 0x400,
  SSL: 0x800,
  TRANSACTIONS: 0x2000,
  SECURE_CONNECTION: 0x8000,
  PLUGIN_AUTH: 0x80000,
  CONNECT_ATTRS: 0x100000,
  PLUGIN_AUTH_LENENC_DATA: 0x200000,
  /** Whoever has it reads the length before an OK packet's text. */
  SESSION_TRACK: 0x800000,
} as const;

const OFFERED =
  CAPABILITY.LONG_PASSWORD |
  CAPABILITY.FOUND_ROWS |
  CAPABILITY.LONG_FLAG |
  CAPABILITY.CONNECT_WITH_DB |
  CAPABILITY.IGNORE_SPACE |
  CAPABILITY.PROTOCOL_41 |
  CAPABILITY.INTERACTIVE |
  CAPABILITY.TRANSACTIONS |
  CAPABILITY.SECURE_CONNECTION |
  CAPABILITY.PLUGIN_AUTH |
  CAPABILITY.CONNECT_ATTRS |
  CAPABILITY.PLUGIN_AUTH_LENENC_DATA |
  CAPABILITY.SESSION_TRACK;

/** utf8mb4_general_ci: every client knows it. */
export const UTF8MB4 = 45;
export const BINARY = 63;
const SALT_BYTES = 20;

export interface Greeting {
  readonly version: string;
  readonly connectionId: number;
  readonly salt: Uint8Array;
  readonly plugin: string;
}

export function encodeGreeting({ version, connectionId, salt }: Omit<Greeting, 'plugin'>): Uint8Array {
  const writer = new PacketWriter().uint(10, 1).nulText(version).uint(connectionId, 4);
  writer
    .raw(salt.subarray(0, 8))
    .uint(0, 1)
    .uint(OFFERED & 0xffff, 2);
  writer
    .uint(UTF8MB4, 1)
    .uint(2, 2)
    .uint(OFFERED >>> 16, 2);
  writer
    .uint(SALT_BYTES + 1, 1)
    .zeros(10)
    .raw(salt.subarray(8))
    .uint(0, 1);
  return writer.nulText(NATIVE_PASSWORD).done();
}

export function decodeGreeting(packet: Uint8Array): Greeting {
  const reader = new PacketReader(packet);
  const protocol = reader.u8();
  if (protocol !== 10) throw new ProtocolError(`protocol ${protocol}: only version 10 is spoken`);
  const version = reader.nulText();
  const connectionId = reader.u32();
  const first = reader.take(8);
  reader.take(1 + 2 + 1 + 2 + 2);
  const length = reader.u8();
  reader.take(10);
  const second = reader.take(Math.max(13, length - 8)).subarray(0, SALT_BYTES - 8);
  return {
    version,
    connectionId,
    salt: concatBytes([first, second]),
    plugin: reader.left > 0 ? reader.nulText() : NATIVE_PASSWORD,
  };
}

export interface HandshakeResponse {
  readonly capabilities: number;
  readonly user: string;
  readonly proof: Uint8Array;
  readonly database: string | undefined;
  readonly plugin: string;
}

export function decodeResponse(packet: Uint8Array): HandshakeResponse {
  const reader = new PacketReader(packet);
  const capabilities = reader.u32();
  if ((capabilities & CAPABILITY.PROTOCOL_41) === 0) throw new ProtocolError('a client from before version 4.1');
  reader.take(4 + 1 + 23);
  if (reader.left === 0) throw new ProtocolError('a request for TLS, which was not offered');
  const user = reader.nulText();
  const proof =
    (capabilities & CAPABILITY.PLUGIN_AUTH_LENENC_DATA) !== 0 ? reader.take(reader.length()) : reader.take(reader.u8());
  const database = (capabilities & CAPABILITY.CONNECT_WITH_DB) !== 0 ? reader.nulText() : '';
  const plugin = (capabilities & CAPABILITY.PLUGIN_AUTH) !== 0 ? reader.nulText() : NATIVE_PASSWORD;
  return { capabilities, user, proof, database: database === '' ? undefined : database, plugin };
}

export function encodeResponse(user: string, proof: Uint8Array, database: string | undefined): Uint8Array {
  const capabilities =
    CAPABILITY.LONG_PASSWORD |
    CAPABILITY.LONG_FLAG |
    CAPABILITY.PROTOCOL_41 |
    CAPABILITY.TRANSACTIONS |
    CAPABILITY.SECURE_CONNECTION |
    CAPABILITY.PLUGIN_AUTH |
    (database === undefined ? 0 : CAPABILITY.CONNECT_WITH_DB);
  const writer = new PacketWriter().uint(capabilities, 4).uint(0x1000000, 4).uint(UTF8MB4, 1).zeros(23).nulText(user);
  writer.uint(proof.length, 1).raw(proof);
  if (database !== undefined) writer.nulText(database);
  return writer.nulText(NATIVE_PASSWORD).done();
}

/** Asks a client that began with another method to go on with the one that is spoken here ("AuthSwitchRequest"). */
export function encodeSwitch(salt: Uint8Array): Uint8Array {
  return new PacketWriter().uint(0xfe, 1).nulText(NATIVE_PASSWORD).raw(salt).uint(0, 1).done();
}

export function decodeSwitch(packet: Uint8Array): { readonly plugin: string; readonly salt: Uint8Array } {
  const reader = new PacketReader(packet);
  reader.u8();
  return { plugin: reader.nulText(), salt: reader.rest().subarray(0, SALT_BYTES) };
}

/** SHA1(password) XOR SHA1(salt + SHA1(SHA1(password))); nothing for no password ("Secure Password Authentication"). */
export function nativeProof(password: string, salt: Uint8Array): Uint8Array {
  if (password === '') return new Uint8Array(0);
  const once = sha1(encodeUtf8(password));
  const mask = sha1(concatBytes([salt, sha1(once)]));
  return once.map((byte, i) => byte ^ mask[i]!);
}

/** Bytes that are no NUL and no dollar, as a salt is made. */
export function saltFrom(random: Uint8Array): Uint8Array {
  return random.map((byte) => 37 + (byte % 90));
}
export const SALT_LENGTH = SALT_BYTES;
