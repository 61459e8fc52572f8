/**
 * HTTPResponse of urllib3 1.26: the body decoded as its Content-Encoding says, whole or in pieces, and the connection given back to its pool when the body has
 * been read. What goes wrong underneath comes out as ProtocolError, ReadTimeoutError or DecodeError.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Fields } from '../../http/fields.ts';
import { latin1Bytes } from '../../http/message.ts';
import { GaiError, HTTPException, SocketTimeout } from '../http-client/errors.ts';
import type { HTTPResponse as PlainResponse } from '../http-client/response.ts';
import { OSError } from '../os-error.ts';
import { ContentDecoder } from './decode.ts';
import { HTTPError, InvalidChunkLength, ProtocolError, ReadTimeoutError, reprError } from './errors.ts';
import type { Retry } from './retry.ts';

const REDIRECTS = [301, 302, 303, 307, 308];
const PIECE_BYTES = 65_536;

/** Whoever lent the connection. */
export interface Lender {
  readonly name: string;
  /** Takes it back, for the next request or for nothing; once. */
  giveBack(broken: boolean): Promise<void>;
}

export class HTTPResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: Fields;
  /** The body, where it was read at once (preload_content). */
  data = new Uint8Array(0);
  private readonly decoder: ContentDecoder | undefined;
  private bytesRead = 0;

  constructor(
    readonly plain: PlainResponse,
    /** The request target, or the URL that redirects ended at. */
    readonly url: string,
    readonly retries: Retry,
    private readonly lender: Lender,
  ) {
    this.status = plain.status;
    this.reason = plain.reason;
    this.headers = plain.headers;
    this.decoder = ContentDecoder.for(plain.headers.get('content-encoding'));
  }

  /** Where redirects led, else what was asked for; undefined where the last thing that happened before was no redirect (as in urllib3). */
  geturl(): string | undefined {
    const last = this.retries.history.at(-1);
    return last === undefined ? this.url : last.redirectLocation;
  }

  getRedirectLocation(): string | undefined {
    return REDIRECTS.includes(this.status) ? this.headers.get('location') : undefined;
  }

  /** All of the body, or at most so many bytes as they come; empty at the end. */
  async read(amount?: number, decode = true): Promise<Uint8Array> {
    const bytes = await this.guarded(() => this.plain.read(amount));
    this.bytesRead += bytes.length;
    if (!decode || this.decoder === undefined) return bytes;
    const decoded = this.decoder.decode(bytes);
    return amount === undefined || bytes.length === 0 ? concatBytes([decoded, this.decoder.flush()]) : decoded;
  }

  /**
   * The body piece by piece; chunks one by one where it comes in chunks. Unless told, codings are undone for a body with a length and not for one in chunks:
   * so does urllib3 1.26.
   */
  async *stream(amount = PIECE_BYTES, decode = !this.plain.chunked): AsyncGenerator<Uint8Array> {
    if (!this.plain.chunked) {
      while (!this.plain.closed) {
        const bytes = await this.read(amount, decode);
        if (bytes.length > 0) yield bytes;
      }
      return;
    }
    for (let piece = await this.piece(amount); piece !== undefined; piece = await this.piece(amount)) {
      const bytes = decode && this.decoder !== undefined ? this.decoder.decode(piece) : piece;
      if (bytes.length > 0) yield bytes;
    }
    const rest = decode ? this.decoder?.flush() : undefined;
    if (rest !== undefined && rest.length > 0) yield rest;
  }

  private piece(amount: number): Promise<Uint8Array | undefined> {
    return this.guarded(() =>
      this.plain.readPiece(amount, (line) => new InvalidChunkLength(latin1Bytes(line), this.bytesRead)),
    );
  }

  /** Reads what is left, so that the connection can be used again; what goes wrong does not matter. */
  async drainConn(): Promise<void> {
    try {
      await this.read(undefined, false);
    } catch (error) {
      if (!(error instanceof HTTPError || error instanceof HTTPException || error instanceof OSError)) throw error;
    }
  }

  /** Gives the connection back, read to the end or not. */
  releaseConn(): Promise<void> {
    return this.lender.giveBack(false);
  }

  async close(): Promise<void> {
    await this.lender.giveBack(!this.plain.closed);
    await this.plain.close();
  }

  /** Runs a read; gives the connection back when the body has ended, and throws it away when reading failed. */
  private async guarded<T>(body: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await body();
    } catch (error) {
      await this.plain.close();
      await this.lender.giveBack(true);
      if (error instanceof SocketTimeout) throw new ReadTimeoutError(this.lender.name, 'Read timed out.');
      if (error instanceof HTTPException || error instanceof OSError || error instanceof GaiError)
        throw new ProtocolError(`Connection broken: ${reprError(error)}`, error);
      throw error;
    }
    if (this.plain.closed) await this.releaseConn();
    return result;
  }
}
