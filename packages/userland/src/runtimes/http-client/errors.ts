/** Exceptions of CPython 3.11's `http.client` and `socket`, with their texts; `name` is the class's, as tracebacks show it. */
import { ValueError } from '../errors.ts';
import { reprBytes, reprText } from './repr.ts';

export class HTTPException extends Error {
  override readonly name: string = 'HTTPException';
}

export class InvalidURL extends HTTPException {
  override readonly name = 'InvalidURL';
}

export class BadStatusLine extends HTTPException {
  override readonly name: string = 'BadStatusLine';
  constructor(readonly line: string) {
    super(line === '' ? "''" : line);
  }
}

/** The server closed the connection before it sent a byte: a ConnectionResetError and a BadStatusLine at once. */
export class RemoteDisconnected extends BadStatusLine {
  override readonly name = 'RemoteDisconnected';
  constructor() {
    super('Remote end closed connection without response');
  }
}

export class UnknownProtocol extends HTTPException {
  override readonly name = 'UnknownProtocol';
}

export class LineTooLong extends HTTPException {
  override readonly name = 'LineTooLong';
  constructor(what: string) {
    super(`got more than 65536 bytes when reading ${what}`);
  }
}

export class IncompleteRead extends HTTPException {
  override readonly name = 'IncompleteRead';
  constructor(
    readonly partial: Uint8Array,
    readonly expected?: number,
  ) {
    super(`IncompleteRead(${partial.length} bytes read${expected === undefined ? '' : `, ${expected} more expected`})`);
  }
}

export class CannotSendRequest extends HTTPException {
  override readonly name = 'CannotSendRequest';
}

export class ResponseNotReady extends HTTPException {
  override readonly name = 'ResponseNotReady';
}

/** A wait on a socket took longer than its time-out. */
export class SocketTimeout extends Error {
  override readonly name = 'TimeoutError';
  constructor(text = 'timed out') {
    super(text);
  }
}

/** socket.gaierror: the name cannot be resolved. */
export class GaiError extends Error {
  override readonly name = 'gaierror';
  constructor(
    readonly errno: number,
    readonly strerror: string,
  ) {
    super(`[Errno ${errno}] ${strerror}`);
  }
}

/** Text that a narrower encoding cannot hold. */
export class UnicodeEncodeError extends ValueError {
  override readonly name = 'UnicodeEncodeError';

  constructor(
    encoding: 'ascii' | 'latin-1',
    text: string,
    readonly start: number,
    readonly end: number,
    reason = `ordinal not in range(${encoding === 'ascii' ? 128 : 256})`,
  ) {
    const what =
      end - start === 1
        ? `character ${reprText(text[start]!, true)} in position ${start}`
        : `characters in position ${start}-${end - 1}`;
    super(`'${encoding}' codec can't encode ${what}: ${reason}`);
  }
}

/** `text.encode(encoding)` for the two encodings of message heads. */
export function encodeNarrow(text: string, encoding: 'ascii' | 'latin-1'): Uint8Array {
  const limit = encoding === 'ascii' ? 128 : 256;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= limit) {
      let end = i + 1;
      while (end < text.length && text.charCodeAt(end) >= limit) end++;
      throw new UnicodeEncodeError(encoding, text, i, end);
    }
    bytes[i] = code;
  }
  return bytes;
}

/** The body of a request: a text can only be Latin-1. */
export function encodeBody(body: Uint8Array | string): Uint8Array {
  if (typeof body !== 'string') return body;
  try {
    return encodeNarrow(body, 'latin-1');
  } catch (error) {
    if (!(error instanceof UnicodeEncodeError)) throw error;
    const what = reprText(body.slice(error.start, error.end)).slice(0, 20);
    const advice = "Use body.encode('utf-8') if you want to send it encoded in UTF-8.";
    throw new UnicodeEncodeError(
      'latin-1',
      body,
      error.start,
      error.end,
      `Body (${what}) is not valid Latin-1. ${advice}`,
    );
  }
}

export function invalidHeader(what: 'name' | 'value', bytes: Uint8Array): ValueError {
  return new ValueError(`Invalid header ${what} ${reprBytes(bytes)}`);
}
