/**
 * An incremental HTTP/1.x parser without input or output: feed it bytes as they come, take events out. The events of a stream are the
 * same however it was cut (only `data` pieces differ in size), nothing it is fed makes it throw, and after an `error` it stays silent.
 * Leaves out: CONNECT tunnels and upgrades (bytes after them are parsed as a next message), content codings.
 */
import { assert } from '@netarium/core/base/assert.ts';
import { Fields } from './fields.ts';
import { parseChunkSize, requestFraming, responseFraming } from './framing.ts';
import {
  checkHost,
  FieldCollector,
  fault,
  isFault,
  parseRequestLine,
  parseStatusLine,
  type StartLine,
} from './head.ts';
import { Input, type Line } from './input.ts';
import type { Framing, HttpFault, RequestHead, ResponseHead } from './message.ts';

export type HttpEvent =
  | { readonly kind: 'request'; readonly head: RequestHead; readonly framing: Framing }
  /** `interim` for 1xx: another response follows. */
  | { readonly kind: 'response'; readonly head: ResponseHead; readonly framing: Framing; readonly interim: boolean }
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly trailers: Fields }
  /** The message broke a rule, or (`incomplete`) the stream ended inside it. */
  | { readonly kind: 'error'; readonly fault: HttpFault; readonly incomplete: boolean };

export interface ParserLimits {
  readonly startLineBytes: number;
  /** All field lines of a head, or of the trailers, together. */
  readonly headBytes: number;
  readonly fieldCount: number;
}

/** Room for a cookie or two, as servers commonly have it. */
export const DEFAULT_LIMITS: ParserLimits = Object.freeze({ startLineBytes: 8192, headBytes: 32768, fieldCount: 128 });

const CHUNK_LINE_LIMIT = 1024;

type State =
  | { readonly at: 'start'; blankLines: number }
  | { readonly at: 'fields'; readonly start: StartLine; readonly fields: FieldCollector; bytes: number }
  | { readonly at: 'length'; left: number }
  | { readonly at: 'chunk-size' }
  | { readonly at: 'chunk-data'; left: number }
  | { readonly at: 'chunk-end' }
  | { readonly at: 'trailers'; readonly fields: FieldCollector; bytes: number }
  | { readonly at: 'close' }
  | { readonly at: 'end'; readonly trailers: Fields }
  | { readonly at: 'failed' };

export class HttpParser {
  private readonly input = new Input();
  private state: State = { at: 'start', blankLines: 0 };
  private finished = false;
  private readonly methods: string[] = [];

  constructor(
    private readonly role: 'request' | 'response',
    private readonly limits: ParserLimits = DEFAULT_LIMITS,
  ) {}

  feed(bytes: Uint8Array): void {
    assert(!this.finished, 'no bytes come after the end');
    if (this.state.at !== 'failed') this.input.feed(bytes);
  }

  /** The stream has ended. */
  finish(): void {
    this.finished = true;
  }

  /** Tells a response parser which request the next response answers. */
  expect(method: string): void {
    this.methods.push(method);
  }

  /** True between messages, with nothing of the next one received. */
  get idle(): boolean {
    return this.state.at === 'start' && !this.input.pending;
  }

  /** True while bytes wait that no event has told of yet. */
  get pending(): boolean {
    return this.input.pending;
  }

  /** What has come and was not parsed: after a CONNECT it belongs to the tunnel. */
  rest(): Uint8Array {
    return this.input.takeRest();
  }

  /** How many bytes of the stream the events so far have used up: a client can show a head as it stood on the wire. */
  get consumed(): number {
    return this.input.taken;
  }

  /** The next event, or undefined when more bytes are needed. */
  next(): HttpEvent | undefined {
    for (;;) {
      const event = this.step();
      if (event === 'again') continue;
      if (event !== undefined) return event;
      return this.finished ? this.atEnd() : undefined;
    }
  }

  private step(): HttpEvent | 'again' | undefined {
    const state = this.state;
    switch (state.at) {
      case 'start':
        return this.startLine(state);
      case 'fields':
        return this.fieldLine(state);
      case 'length':
      case 'chunk-data':
        return this.countedData(state);
      case 'chunk-size':
        return this.chunkSize();
      case 'chunk-end':
        return this.chunkEnd();
      case 'trailers':
        return this.trailerLine(state);
      case 'close':
        return this.untilClose();
      case 'end':
        this.state = { at: 'start', blankLines: 0 };
        return { kind: 'end', trailers: state.trailers };
      case 'failed':
        return undefined;
    }
  }

  private startLine(state: { blankLines: number }): HttpEvent | 'again' | undefined {
    const line = this.input.takeLine(this.limits.startLineBytes);
    if (line === 'more') return undefined;
    if (line === 'long') return this.fail(fault(this.role === 'request' ? 414 : 400, 'start line too long'));
    if (line.text === '') {
      // RFC 9112 section 2.2: empty lines before a request line are skipped; a bound keeps that from being a way to stay for ever.
      if (this.role === 'request' && ++state.blankLines <= 8) return 'again';
      return this.fail(fault(400, 'empty start line'));
    }
    const start = this.role === 'request' ? parseRequestLine(line.text) : parseStatusLine(line.text);
    if (isFault(start)) return this.fail(start);
    this.state = { at: 'fields', start, fields: new FieldCollector(this.role === 'response'), bytes: 0 };
    return 'again';
  }

  /** A line of a field section within its limits, the empty last line included. */
  private sectionLine(state: { readonly fields: FieldCollector; bytes: number }): Line | HttpFault | undefined {
    const line = this.input.takeLine(this.limits.headBytes - state.bytes);
    if (line === 'more') return undefined;
    if (line === 'long' || state.fields.count > this.limits.fieldCount) return fault(431, 'header fields too large');
    state.bytes = Math.min(this.limits.headBytes, state.bytes + line.text.length + 2);
    return line;
  }

  private fieldLine(state: Extract<State, { at: 'fields' }>): HttpEvent | 'again' | undefined {
    const line = this.sectionLine(state);
    if (line === undefined) return undefined;
    if (isFault(line)) return this.fail(line as HttpFault);
    if (line.text === '') return this.headDone(state.start, state.fields.done());
    const wrong = state.fields.add(line.text);
    return wrong ? this.fail(wrong) : 'again';
  }

  private headDone(start: StartLine, fields: Fields): HttpEvent {
    if (start.kind === 'request') {
      const head: RequestHead = { method: start.method, target: start.target, version: start.version, fields };
      const framing = checkHost(head) ?? requestFraming(head);
      if (isFault(framing)) return this.fail(framing);
      this.enterBody(framing);
      return { kind: 'request', head, framing };
    }
    const head: ResponseHead = { status: start.status, reason: start.reason, version: start.version, fields };
    // RFC 9110 section 15.2: an interim response is followed by the final one to the same request.
    const interim = head.status < 200 && head.status !== 101;
    const framing = responseFraming(head, this.methods[0] ?? 'GET');
    if (isFault(framing)) return this.fail(framing);
    if (interim) this.state = { at: 'start', blankLines: 0 };
    else {
      this.methods.shift();
      this.enterBody(framing);
    }
    return { kind: 'response', head, framing, interim };
  }

  private enterBody(framing: Framing): void {
    if (framing.kind === 'none') this.state = { at: 'end', trailers: new Fields() };
    else if (framing.kind === 'length') this.state = { at: 'length', left: framing.length };
    else if (framing.kind === 'chunked') this.state = { at: 'chunk-size' };
    else this.state = { at: 'close' };
  }

  private countedData(state: Extract<State, { left: number }>): HttpEvent | undefined {
    const bytes = this.input.takeBytes(state.left);
    if (bytes === undefined) return undefined;
    state.left -= bytes.length;
    if (state.left === 0)
      this.state = state.at === 'length' ? { at: 'end', trailers: new Fields() } : { at: 'chunk-end' };
    return { kind: 'data', bytes };
  }

  /** A line of the chunk framing ends with CRLF and nothing else: what else some readers accept there is how requests are smuggled. */
  private chunkLine(limit: number): string | HttpFault | undefined {
    const line = this.input.takeLine(limit);
    if (line === 'more') return undefined;
    if (line === 'long') return fault(400, 'chunk line too long');
    return line.crlf ? line.text : fault(400, 'chunk line without CRLF');
  }

  private chunkSize(): HttpEvent | 'again' | undefined {
    const line = this.chunkLine(CHUNK_LINE_LIMIT);
    if (line === undefined) return undefined;
    const size = typeof line === 'string' ? parseChunkSize(line) : line;
    if (typeof size === 'object') return this.fail(size);
    this.state =
      size === 0 ? { at: 'trailers', fields: new FieldCollector(false), bytes: 0 } : { at: 'chunk-data', left: size };
    return 'again';
  }

  private chunkEnd(): HttpEvent | 'again' | undefined {
    const line = this.chunkLine(0);
    if (line === undefined) return undefined;
    if (typeof line === 'object') return this.fail(fault(400, 'chunk longer than its size'));
    this.state = { at: 'chunk-size' };
    return 'again';
  }

  private trailerLine(state: Extract<State, { at: 'trailers' }>): HttpEvent | 'again' | undefined {
    const line = this.sectionLine(state);
    if (line === undefined) return undefined;
    if (isFault(line)) return this.fail(line as HttpFault);
    if (line.text === '') {
      this.state = { at: 'end', trailers: state.fields.done() };
      return 'again';
    }
    const wrong = state.fields.add(line.text);
    return wrong ? this.fail(wrong) : 'again';
  }

  private untilClose(): HttpEvent | undefined {
    const bytes = this.input.takeBytes(Number.MAX_SAFE_INTEGER);
    return bytes && { kind: 'data', bytes };
  }

  private fail(reason: HttpFault, incomplete = false): HttpEvent {
    this.state = { at: 'failed' };
    return { kind: 'error', fault: reason, incomplete };
  }

  /** RFC 9112 section 8: a message that lacks its end is incomplete; only a body framed by close ends with the connection. */
  private atEnd(): HttpEvent | undefined {
    const state = this.state;
    if (state.at === 'failed' || this.idle) return undefined;
    if (state.at === 'close') {
      this.state = { at: 'start', blankLines: 0 };
      return { kind: 'end', trailers: new Fields() };
    }
    return this.fail(fault(400, 'connection closed inside a message'), true);
  }
}
