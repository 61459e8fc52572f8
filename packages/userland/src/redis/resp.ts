/**
 * The protocol of Redis (redis.io/docs/reference/protocol-spec): requests as arrays of bulk strings, or inline as a line of words; replies of five kinds in RESP2, with
 * maps, pushes and a null of its own in RESP3. Strings are bytes, one character of a JavaScript string for each (0 to 255).
 */

/** What a client has asked for by HELLO. */
export type Protocol = 2 | 3;

/** What a server answers. */
export type Reply =
  | { readonly status: string }
  | { readonly error: string }
  | number
  | bigint
  | string
  | null
  | readonly Reply[]
  /** RESP2 has its names and values in turn, as an array. */
  | { readonly map: readonly (readonly [name: Reply, value: Reply])[] }
  /** What nobody asked for: in RESP2 an array like any other. */
  | { readonly push: readonly Reply[] }
  /** Text to be shown as it is. */
  | { readonly verbatim: string }
  /** The null array: a blocking pop that timed out, a transaction that was given up. */
  | { readonly nullArray: true };

export const OK: Reply = { status: 'OK' };
export const QUEUED: Reply = { status: 'QUEUED' };
/** `ERR` and what is wrong, or another code of Redis. */
export const replyError = (text: string): Reply => ({ error: text });
export const NULL_ARRAY: Reply = { nullArray: true };

export function encodeReply(reply: Reply, protocol: Protocol = 2): string {
  const all = (replies: readonly Reply[]): string => replies.map((each) => encodeReply(each, protocol)).join('');
  const three = protocol === 3;
  if (reply === null) return three ? '_\r\n' : '$-1\r\n';
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (typeof reply === 'number' || typeof reply === 'bigint') return `:${reply}\r\n`;
  if (isArray(reply)) return `*${reply.length}\r\n${all(reply)}`;
  if ('status' in reply) return `+${reply.status}\r\n`;
  // An error is one line, whatever it quotes.
  if ('error' in reply) return `-${reply.error.replace(/[\r\n]/g, ' ')}\r\n`;
  if ('map' in reply)
    return `${three ? `%${reply.map.length}` : `*${2 * reply.map.length}`}\r\n${all(reply.map.flat())}`;
  if ('push' in reply) return `${three ? '>' : '*'}${reply.push.length}\r\n${all(reply.push)}`;
  if ('verbatim' in reply)
    return three ? `=${reply.verbatim.length + 4}\r\ntxt:${reply.verbatim}\r\n` : encodeReply(reply.verbatim);
  return three ? '_\r\n' : '*-1\r\n';
}

function isArray(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply);
}

export function encodeRequest(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** A request that breaks the protocol: the server says so and hangs up. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const INLINE_MAX = 65_536;
const MULTIBULK_MAX = 1_048_576;
const BULK_MAX = 536_870_912;

/** Takes bytes as they come and gives requests as they are whole. */
export class RequestParser {
  private buffer = '';
  /** Words of the array in progress, and how many are still to come. */
  private words: string[] = [];
  private missing = 0;
  /** Length of the bulk string in progress; -1 before its length is known. */
  private bulk = -1;

  feed(bytes: string): void {
    this.buffer += bytes;
  }

  /** The next whole request; undefined where more bytes are needed. An empty one is to be passed over. */
  next(): readonly string[] | undefined {
    if (this.missing > 0) return this.bulkStrings();
    if (this.buffer === '') return undefined;
    if (!this.buffer.startsWith('*')) return this.inline();
    const header = this.line('too big mbulk count string');
    if (header === undefined) return undefined;
    const count = wholeNumber(header.slice(1));
    if (count === undefined || count > MULTIBULK_MAX) throw new ProtocolError('invalid multibulk length');
    if (count <= 0) return [];
    this.missing = count;
    this.words = [];
    return this.bulkStrings();
  }

  private line(tooLong: string): string | undefined {
    const end = this.buffer.indexOf('\r\n');
    if (end < 0) {
      if (this.buffer.length > INLINE_MAX) throw new ProtocolError(tooLong);
      return undefined;
    }
    const line = this.buffer.slice(0, end);
    this.buffer = this.buffer.slice(end + 2);
    return line;
  }

  private bulkStrings(): readonly string[] | undefined {
    while (this.missing > 0) {
      if (this.bulk < 0 && !this.bulkHeader()) return undefined;
      if (this.buffer.length < this.bulk + 2) return undefined;
      this.words.push(this.buffer.slice(0, this.bulk));
      this.buffer = this.buffer.slice(this.bulk + 2);
      this.bulk = -1;
      this.missing--;
    }
    return this.words;
  }

  private bulkHeader(): boolean {
    const header = this.line('too big bulk count string');
    if (header === undefined) return false;
    if (!header.startsWith('$')) throw new ProtocolError(`expected '$', got '${header[0] ?? ''}'`);
    const length = wholeNumber(header.slice(1));
    if (length === undefined || length < 0 || length > BULK_MAX) throw new ProtocolError('invalid bulk length');
    this.bulk = length;
    return true;
  }

  private inline(): readonly string[] | undefined {
    const end = this.buffer.indexOf('\n');
    if (end < 0) {
      if (this.buffer.length > INLINE_MAX) throw new ProtocolError('too big inline request');
      return undefined;
    }
    const line = this.buffer.slice(0, end).replace(/\r$/, '');
    this.buffer = this.buffer.slice(end + 1);
    const words = splitWords(line);
    if (words === undefined) throw new ProtocolError('unbalanced quotes in request');
    return words;
  }
}

function wholeNumber(text: string): number | undefined {
  return /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['a', '\x07'],
]);

/** Words as redis-cli and inline requests have them: quoted where they hold blanks. Undefined where a quote is left open. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  for (let rest = line.trimStart(); rest !== ''; rest = rest.trimStart()) {
    const quoted = /^"((?:[^"\\]|\\.)*)"(?=\s|$)/s.exec(rest) ?? /^'((?:[^'\\]|\\.)*)'(?=\s|$)/s.exec(rest);
    const plain = quoted ?? /^([^\s"']+)/.exec(rest);
    if (plain === null) return undefined;
    words.push(quoted === null ? plain[1]! : rest[0] === '"' ? unescaped(plain[1]!) : plain[1]!.replaceAll("\\'", "'"));
    rest = rest.slice(plain[0].length);
  }
  return words;
}

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (ESCAPES.get(letter) ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

interface Read {
  readonly reply: Reply;
  readonly end: number;
}

/** The reply that begins at `at`, and where it ends; undefined where more bytes are needed. */
export function readReply(text: string, at: number): Read | undefined {
  const eol = text.indexOf('\r\n', at);
  if (eol < 0) return undefined;
  const rest = text.slice(at + 1, eol);
  const end = eol + 2;
  switch (text[at]) {
    case '+':
      return { reply: { status: rest }, end };
    case '-':
      return { reply: { error: rest }, end };
    case ':':
      return { reply: Number.isSafeInteger(Number(rest)) ? Number(rest) : BigInt(rest), end };
    case '$':
      return readBulk(text, end, Number(rest));
    case '*':
      return readArray(text, end, Number(rest));
    default:
      throw new ProtocolError(`Protocol error, got ${JSON.stringify(text[at])} as reply type byte`);
  }
}

function readBulk(text: string, at: number, length: number): Read | undefined {
  if (length < 0) return { reply: null, end: at };
  if (text.length < at + length + 2) return undefined;
  return { reply: text.slice(at, at + length), end: at + length + 2 };
}

function readArray(text: string, at: number, count: number): Read | undefined {
  if (count < 0) return { reply: NULL_ARRAY, end: at };
  const items: Reply[] = [];
  let end = at;
  for (let i = 0; i < count; i++) {
    const item = readReply(text, end);
    if (item === undefined) return undefined;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}

/** As many arguments as a call may well have. */
const PIECE = 4096;

/** Bytes to one character each, and back. */
export function fromBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

export function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  // What does not fit into a byte is cut, as Uint8Array does.
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
