/**
 * HTTPResponse of CPython 3.11's `http.client`: head, then a body by length, in chunks, or to the end of the connection. Lenient where CPython is, and with its
 * exceptions where it is not: BadStatusLine, LineTooLong, IncompleteRead, RemoteDisconnected. Every line has a bound; a body read whole is as long as it is.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Fields } from '../../http/fields.ts';
import { Input } from '../../http/input.ts';
import {
  BadStatusLine,
  HTTPException,
  IncompleteRead,
  LineTooLong,
  RemoteDisconnected,
  UnknownProtocol,
} from './errors.ts';
import { parseHeaderLines } from './headers.ts';

/** Where the bytes come from: empty at the end. */
export type Receive = (max: number) => Promise<Uint8Array>;

const MAX_LINE = 65_536;
const MAX_HEADERS = 100;
const RECEIVE_BYTES = 65_536;

export class HTTPResponse {
  status = 0;
  reason = '';
  /** 10 or 11. */
  version = 11;
  headers!: Fields;
  /** The connection cannot be used after this response. */
  willClose = true;
  chunked = false;
  /** Bytes of body that are still to come, where that is known. */
  length: number | undefined;
  /** Nothing is left to read. */
  closed = false;

  private readonly input = new Input();
  private atEnd = false;
  /** What is left of the chunk that is being read; undefined before the first and between two. */
  private chunkLeft: number | undefined;

  constructor(
    private readonly receive: Receive,
    private readonly method: string,
    private readonly onClose: (response: HTTPResponse) => Promise<void> = async () => {},
  ) {}

  /** Reads the head; 100 Continue is passed over, other interim responses are not, as in CPython. */
  async begin(): Promise<this> {
    let [version, status, reason] = await this.readStatus();
    while (status === 100) {
      await this.headerLines();
      [version, status, reason] = await this.readStatus();
    }
    this.status = status;
    this.reason = reason.trim();
    if (version === 'HTTP/1.0' || version === 'HTTP/0.9') this.version = 10;
    else if (!version.startsWith('HTTP/1.')) throw new UnknownProtocol(version);
    this.headers = parseHeaderLines(await this.headerLines());
    this.chunked = this.first('transfer-encoding')?.toLowerCase() === 'chunked';
    this.willClose = this.closes();
    this.length = this.chunked ? undefined : bodyLength(this.first('content-length'));
    const none = status === 204 || status === 304 || (status >= 100 && status < 200) || this.method === 'HEAD';
    if (none) this.length = 0;
    if (!this.willClose && !this.chunked && this.length === undefined) this.willClose = true;
    return this;
  }

  /** The first header of that name, as CPython's getheader for one that stands once. */
  first(name: string): string | undefined {
    return this.headers.all(name)[0];
  }

  /** All of the body, or at most `amount` bytes of it; empty when it has ended. */
  async read(amount?: number): Promise<Uint8Array> {
    if (this.closed) return new Uint8Array(0);
    if (this.method === 'HEAD') return this.finish(new Uint8Array(0));
    if (this.chunked) return amount === undefined ? this.readChunks() : this.readChunked(amount);
    if (amount !== undefined) return this.readPart(amount);
    if (this.length === undefined) return this.finish(await this.readToEnd());
    const bytes = await this.exactly(this.length);
    this.length = 0;
    return this.finish(bytes);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.onClose(this);
  }

  /**
   * At most so many bytes of the current chunk; undefined after the last and its trailers. For urllib3, which reads chunks itself and has an exception of its
   * own for a size that is none.
   */
  async readPiece(amount: number, badSize: (line: string) => Error): Promise<Uint8Array | undefined> {
    if (this.closed) return undefined;
    if (this.chunkLeft === undefined) {
      const line = await this.readLine('chunk size');
      const size = chunkSize(line);
      if (size === undefined) {
        await this.close();
        throw badSize(line.split(';')[0]!);
      }
      if (size === 0) return this.trailers();
      this.chunkLeft = size;
    }
    const piece = await this.exactly(Math.min(this.chunkLeft, amount));
    this.chunkLeft -= piece.length;
    if (this.chunkLeft > 0) return piece;
    await this.exactly(2);
    this.chunkLeft = undefined;
    return piece;
  }

  private async trailers(): Promise<undefined> {
    for (let line = 'x'; line !== '' && line !== '\r\n' && line !== '\n'; ) line = await this.readLine('trailer line');
    await this.close();
    return undefined;
  }

  private async finish(bytes: Uint8Array): Promise<Uint8Array> {
    await this.close();
    return bytes;
  }

  private async readStatus(): Promise<[version: string, status: number, reason: string]> {
    const line = await this.readLine('status line');
    if (line === '') throw new RemoteDisconnected();
    const [, version, code = '', reason = ''] = /^\s*(\S+)(?:\s+(\S+)(?:\s+([\s\S]*))?)?/.exec(line) ?? [];
    if (version === undefined || !version.startsWith('HTTP/')) return this.badStatus(line);
    if (!/^\d+$/.test(code) || Number(code) < 100 || Number(code) > 999) return this.badStatus(line);
    return [version, Number(code), reason];
  }

  private async badStatus(line: string): Promise<never> {
    await this.close();
    throw new BadStatusLine(line);
  }

  private async headerLines(): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.readLine('header line');
      // The empty line counts too.
      if (lines.length >= MAX_HEADERS) throw new HTTPException(`got more than ${MAX_HEADERS} headers`);
      if (line === '\r\n' || line === '\n' || line === '') return lines;
      lines.push(line);
    }
  }

  /** RFC 9112 section 9.3, in CPython's words (_check_close). */
  private closes(): boolean {
    const connection = this.headers.get('connection')?.toLowerCase();
    if (this.version === 11) return connection?.includes('close') ?? false;
    if (this.headers.has('keep-alive')) return false;
    if (connection?.includes('keep-alive')) return false;
    return !this.headers.get('proxy-connection')?.toLowerCase().includes('keep-alive');
  }

  /** A line with its end; what is left at the end of the stream; empty when nothing is. */
  private async readLine(what: string): Promise<string> {
    for (;;) {
      const line = this.input.takeLine(MAX_LINE);
      if (line === 'long') throw new LineTooLong(what);
      if (line === 'more') {
        if (!(await this.more())) return this.input.takePartialLine();
        continue;
      }
      const whole = line.text + (line.crlf ? '\r\n' : '\n');
      if (whole.length > MAX_LINE) throw new LineTooLong(what);
      return whole;
    }
  }

  private async more(): Promise<boolean> {
    if (this.atEnd) return false;
    const bytes = await this.receive(RECEIVE_BYTES);
    this.atEnd = bytes.length === 0;
    this.input.feed(bytes);
    return !this.atEnd;
  }

  /** Some bytes, as many as are here, at most `max`; empty at the end. */
  private async some(max: number): Promise<Uint8Array> {
    for (;;) {
      const bytes = this.input.takeBytes(max);
      if (bytes !== undefined) return bytes;
      if (max === 0 || !(await this.more())) return new Uint8Array(0);
    }
  }

  /** So many bytes, or IncompleteRead with those that came. */
  private async exactly(count: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let left = count;
    while (left > 0) {
      const part = await this.some(left);
      if (part.length === 0) {
        await this.close();
        throw new IncompleteRead(concatBytes(parts), left);
      }
      parts.push(part);
      left -= part.length;
    }
    return concatBytes(parts);
  }

  private async readToEnd(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let part = await this.some(RECEIVE_BYTES); part.length > 0; part = await this.some(RECEIVE_BYTES))
      parts.push(part);
    return concatBytes(parts);
  }

  private async readPart(amount: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let left = Math.min(amount, this.length ?? amount);
    while (left > 0) {
      const part = await this.some(left);
      if (part.length === 0) break;
      parts.push(part);
      left -= part.length;
      if (this.length !== undefined) this.length -= part.length;
    }
    // The end of the body, or, short of its length, of the connection: read(amount) does not complain of that (CPython bpo-22947).
    if (left > 0 || this.length === 0) await this.close();
    return concatBytes(parts);
  }

  private async readChunks(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    try {
      for (let left = await this.nextChunk(); left !== undefined; left = await this.nextChunk()) {
        parts.push(await this.exactly(left));
        this.chunkLeft = 0;
      }
    } catch (error) {
      // What had come of the broken chunk is not among the partial bytes (CPython's _read_chunked).
      throw error instanceof IncompleteRead ? new IncompleteRead(concatBytes(parts)) : error;
    }
    return this.finish(concatBytes(parts));
  }

  private async readChunked(amount: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    try {
      for (let wanted = amount; wanted > 0; ) {
        const left = await this.nextChunk();
        if (left === undefined) {
          await this.close();
          break;
        }
        const part = await this.exactly(Math.min(left, wanted));
        parts.push(part);
        wanted -= part.length;
        this.chunkLeft = left - part.length;
      }
    } catch (error) {
      throw error instanceof IncompleteRead ? new IncompleteRead(concatBytes(parts)) : error;
    }
    return concatBytes(parts);
  }

  /** What is left of the current chunk, or the size of the next; undefined after the last and its trailers. */
  private async nextChunk(): Promise<number | undefined> {
    if (this.chunkLeft !== undefined && this.chunkLeft > 0) return this.chunkLeft;
    // The line end after a chunk is two bytes, whatever they are.
    if (this.chunkLeft === 0) await this.exactly(2);
    const size = chunkSize(await this.readLine('chunk size'));
    if (size === undefined) {
      await this.close();
      throw new IncompleteRead(new Uint8Array(0));
    }
    this.chunkLeft = size === 0 ? undefined : size;
    return size > 0 ? size : this.trailers();
  }
}

/** int(text), not negative; undefined where it is none. */
function bodyLength(text: string | undefined): number | undefined {
  const digits = text?.trim().replace(/^\+/, '');
  if (digits === undefined || !/^\d+(_\d+)*$/.test(digits)) return undefined;
  const length = Number(digits.replaceAll('_', ''));
  return Math.min(length, Number.MAX_SAFE_INTEGER);
}

/** int(line before ';', 16). */
function chunkSize(line: string): number | undefined {
  const semicolon = line.indexOf(';');
  const digits = (semicolon < 0 ? line : line.slice(0, semicolon)).trim().replace(/^\+?(?:0x)?/i, '');
  if (!/^[0-9a-f]+(_[0-9a-f]+)*$/i.test(digits)) return undefined;
  return Math.min(Number.parseInt(digits.replaceAll('_', ''), 16), Number.MAX_SAFE_INTEGER);
}
