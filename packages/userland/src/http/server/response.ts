/**
 * One response as it goes out: its head, how its body is framed for the client that asked (RFC 9112 section 6), and how much of it was sent. When it is sent, and what
 * becomes of the connection, is the session's.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Fields } from '../fields.ts';
import { formatChunk, formatLastChunk, latin1Bytes, type RequestHead } from '../message.ts';
import type { ServerContext } from './context.ts';

/** How the body of a response is announced: not at all, by its length, or in whatever way a client of that version can read to its end. */
export type ResponseBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'stream' };

/** What the Connection field says. */
export type Persistence = 'keep-alive' | 'close';

export class Response {
  /** Of the body, without its framing. */
  bytes = 0;

  private constructor(
    readonly status: number,
    private readonly chunked: boolean,
    /** HEAD and some statuses have a head only, which says what the body would be. */
    readonly withBody: boolean,
    /** A recipient of HTTP/1.0 knows no chunks (RFC 9112 section 6.1): for it the end of the connection is that of the body. */
    readonly endsByClosing: boolean,
  ) {}

  static to(request: RequestHead | undefined, status: number, body: ResponseBody): Response {
    const stream = body.kind === 'stream';
    const modern = (request?.version.minor ?? 1) >= 1;
    const withBody = request?.method !== 'HEAD' && status !== 304 && status !== 204;
    return new Response(status, stream && modern, withBody, stream && !modern);
  }

  /** Status line, the given fields, and those that say where the body ends. */
  head(
    body: ResponseBody,
    fields: Fields,
    reason: string,
    connection: Persistence,
    context: ServerContext,
  ): Uint8Array {
    // What is said here about the body is the only truth about it.
    if (body.kind !== 'none') fields.delete('content-length');
    if (!fields.has('date')) fields.add('Date', context.date);
    const framing = this.chunked
      ? 'Transfer-Encoding: chunked\r\n'
      : body.kind === 'length'
        ? `Content-Length: ${body.length}\r\n`
        : '';
    const text = context.formatFields(fields) + framing;
    return latin1Bytes(`HTTP/1.1 ${this.status} ${reason}\r\n${text}Connection: ${connection}\r\n\r\n`);
  }

  /** A piece of the body as it is sent; undefined where none is. */
  piece(bytes: Uint8Array): Uint8Array | undefined {
    if (!this.withBody) return undefined;
    this.bytes += bytes.length;
    return this.chunked ? formatChunk(bytes) : bytes;
  }

  /** What says that the body is whole, where its length does not. */
  end(): Uint8Array | undefined {
    return this.chunked && this.withBody ? latin1Bytes(formatLastChunk()) : undefined;
  }
}

/** A response that many requests get. */
export interface SharedResponse {
  /** Formatted fields, without Date and those that say how the message is framed. */
  readonly fields: string;
  readonly content: Uint8Array;
  /** The last one that was made, for a connection that stays. */
  date?: string;
  bytes?: Uint8Array;
}

/** Head and content: for a connection that stays they are made once a second. */
export function sharedBytes(
  shared: SharedResponse,
  date: string,
  connection: Persistence,
  withBody: boolean,
): Uint8Array {
  if (!withBody || connection === 'close') return newBytes(shared, date, connection, withBody);
  if (shared.date !== date) {
    shared.bytes = newBytes(shared, date, connection, withBody);
    shared.date = date;
  }
  return shared.bytes!;
}

function newBytes(
  { fields, content }: SharedResponse,
  date: string,
  connection: Persistence,
  withBody: boolean,
): Uint8Array {
  const rest = `Content-Length: ${content.length}\r\nConnection: ${connection}\r\n\r\n`;
  const head = latin1Bytes(`HTTP/1.1 200 OK\r\n${fields}Date: ${date}\r\n${rest}`);
  return withBody ? concatBytes([head, content]) : head;
}
