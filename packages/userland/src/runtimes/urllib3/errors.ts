/** urllib3's exceptions (1.26): `name` is the class's; `reprError` writes one as Python's repr does, which others carry in their texts. */
import { GaiError, HTTPException, IncompleteRead } from '../http-client/errors.ts';
import { reprBytes, reprText } from '../http-client/repr.ts';
import { OSError } from '../os-error.ts';

/** An object among an exception's arguments, as repr shows it. */
export class Shown {
  constructor(readonly repr: string) {}
}

type Argument = string | Error | Shown;

export class HTTPError extends Error {
  override readonly name: string = 'HTTPError';
  /** What the exception was made of, as Python keeps it. */
  readonly args: readonly Argument[];

  constructor(...args: readonly Argument[]) {
    super(args.length === 1 ? String(args[0]) : `(${args.map(reprArgument).join(', ')})`);
    this.args = args;
  }
}

/** Something about a pool: its name stands before the text. */
export class PoolError extends HTTPError {
  override readonly name: string = 'PoolError';
  constructor(pool: string, text: string) {
    super(`${pool}: ${text}`);
  }
}

export class EmptyPoolError extends PoolError {
  override readonly name = 'EmptyPoolError';
}

export class ClosedPoolError extends PoolError {
  override readonly name = 'ClosedPoolError';
}

export class HostChangedError extends PoolError {
  override readonly name = 'HostChangedError';
  constructor(pool: string, url: string) {
    super(pool, `Tried to open a foreign host with url: ${url}`);
  }
}

/** The connection did not come about in time. */
export class ConnectTimeoutError extends HTTPError {
  override readonly name: string = 'ConnectTimeoutError';
}

/** Nobody answered, or the name is not known. */
export class NewConnectionError extends ConnectTimeoutError {
  override readonly name = 'NewConnectionError';
  constructor(connection: string, text: string) {
    super(`${connection}: ${text}`);
  }
}

export class ReadTimeoutError extends PoolError {
  override readonly name = 'ReadTimeoutError';
}

export class ProtocolError extends HTTPError {
  override readonly name = 'ProtocolError';
}

export class ProxyError extends HTTPError {
  override readonly name = 'ProxyError';
  constructor(
    text: string,
    readonly originalError: Error,
  ) {
    super(text, originalError);
  }
}

export class DecodeError extends HTTPError {
  override readonly name = 'DecodeError';
}

export class LocationParseError extends HTTPError {
  override readonly name = 'LocationParseError';
  constructor(readonly location: string) {
    super(`Failed to parse: ${location}`);
  }
}

export class LocationValueError extends HTTPError {
  override readonly name: string = 'LocationValueError';
}

export class URLSchemeUnknown extends LocationValueError {
  override readonly name = 'URLSchemeUnknown';
  constructor(readonly scheme: string) {
    super(`Not supported URL scheme ${scheme}`);
  }
}

export class ResponseError extends HTTPError {
  override readonly name = 'ResponseError';
}

/** A chunk's size that is none. */
export class InvalidChunkLength extends HTTPException {
  override readonly name = 'InvalidChunkLength';
  constructor(line: Uint8Array, bytesRead: number) {
    super(`InvalidChunkLength(got length ${reprBytes(line)}, ${bytesRead} bytes read)`);
  }
}

export class MaxRetryError extends PoolError {
  override readonly name = 'MaxRetryError';
  constructor(
    pool: string,
    readonly url: string,
    readonly reason: Error,
  ) {
    super(pool, `Max retries exceeded with url: ${url} (Caused by ${reprError(reason)})`);
  }
}

function reprArgument(value: Argument): string {
  if (value instanceof Shown) return value.repr;
  return typeof value === 'string' ? reprText(value) : reprError(value);
}

/** `Class(arguments)`. */
export function reprError(error: Error): string {
  if (error instanceof IncompleteRead || error instanceof InvalidChunkLength) return error.message;
  if (error instanceof OSError || error instanceof GaiError)
    return `${error.name}(${error.errno}, ${reprText(error.strerror)})`;
  const args = error instanceof HTTPError ? error.args : error.message === '' ? [] : [error.message];
  return `${error.name}(${args.map(reprArgument).join(', ')})`;
}
