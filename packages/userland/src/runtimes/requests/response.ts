/** Response of requests 2.28: status, headers, body as bytes, text or JSON; its body may still be on its way (`stream`). */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Fields } from '../../http/fields.ts';
import { DecodeError, ProtocolError, ReadTimeoutError } from '../urllib3/errors.ts';
import type { HTTPResponse } from '../urllib3/response.ts';
import type { RequestsCookieJar } from './cookies.ts';
import { decodeText, encodingFromHeaders, guessEncoding, guessJsonEncoding } from './encoding.ts';
import { RequestException } from './exceptions.ts';
import { type Json, JsonError, loads } from './json.ts';
import type { PreparedRequest } from './prepared-request.ts';

const CONTENT_PIECE_BYTES = 10_240;

export class Response {
  readonly statusCode: number;
  readonly reason: string;
  readonly headers: Fields;
  readonly url: string;
  /** What `text` decodes by; a program may set it. */
  encoding: string | undefined;
  /** The responses that led here by redirects, the first one first. */
  history: readonly Response[] = [];
  /** Seconds from sending the request to the end of the response's head. */
  elapsed = 0;
  private body: Uint8Array | undefined;
  private consumed = false;

  constructor(
    readonly request: PreparedRequest,
    readonly raw: HTTPResponse,
    /** What this response set. */
    readonly cookies: RequestsCookieJar,
  ) {
    this.statusCode = raw.status;
    this.reason = raw.reason;
    this.headers = raw.headers;
    this.url = request.url;
    this.encoding = encodingFromHeaders(raw.headers);
  }

  get ok(): boolean {
    return this.statusCode < 400;
  }

  get isRedirect(): boolean {
    return this.headers.has('location') && [301, 302, 303, 307, 308].includes(this.statusCode);
  }

  /** The body; read to its end by the session unless it was asked to stream. */
  get content(): Uint8Array {
    if (this.body === undefined)
      throw new RequestException('StreamConsumedError', 'the body has not been read: use read()');
    return this.body;
  }

  /** Reads the body to its end. */
  async read(): Promise<Uint8Array> {
    if (this.body !== undefined) return this.body;
    const pieces: Uint8Array[] = [];
    for await (const piece of this.iterContent(CONTENT_PIECE_BYTES)) pieces.push(piece);
    this.body = concatBytes(pieces);
    return this.body;
  }

  /** The body in pieces as they come, or what was read already in pieces of this size. */
  async *iterContent(chunkSize = 1): AsyncGenerator<Uint8Array> {
    if (this.body !== undefined) {
      for (let at = 0; at < this.body.length; at += chunkSize) yield this.body.subarray(at, at + chunkSize);
      return;
    }
    if (this.consumed) throw new RequestException('StreamConsumedError', '');
    const about = { response: this };
    try {
      yield* this.raw.stream(chunkSize, true);
    } catch (error) {
      if (error instanceof ProtocolError) throw new RequestException('ChunkedEncodingError', error, about);
      if (error instanceof DecodeError) throw new RequestException('ContentDecodingError', error, about);
      if (error instanceof ReadTimeoutError) throw new RequestException('ConnectionError', error, about);
      throw error;
    }
    this.consumed = true;
  }

  /** A guess from the bytes alone; see `encoding.ts` for its limits. */
  get apparentEncoding(): string | undefined {
    return guessEncoding(this.content);
  }

  get text(): string {
    if (this.content.length === 0) return '';
    const encoding = this.encoding ?? this.apparentEncoding ?? 'utf-8';
    return decodeText(this.content, encoding) ?? decodeUtf8(this.content);
  }

  json(): Json {
    const guessed =
      this.encoding === undefined && this.content.length > 3 ? guessJsonEncoding(this.content) : undefined;
    try {
      return loads(guessed === undefined ? this.text : decodeText(this.content, guessed)!);
    } catch (error) {
      if (error instanceof JsonError) throw new RequestException('JSONDecodeError', error, { response: this });
      throw error;
    }
  }

  raiseForStatus(): void {
    const side =
      this.statusCode < 400 || this.statusCode >= 600 ? undefined : this.statusCode < 500 ? 'Client' : 'Server';
    if (side === undefined) return;
    const text = `${this.statusCode} ${side} Error: ${this.reason} for url: ${this.url}`;
    throw new RequestException('HTTPError', text, { response: this });
  }

  /** Gives the connection back; what has not been read is lost. */
  async close(): Promise<void> {
    if (this.body === undefined && !this.consumed) await this.raw.close();
    else await this.raw.releaseConn();
  }
}
