/**
 * One client of `httpd`: reads requests, answers them in order, keeps the connection or closes it with care. `advance` does everything
 * that needs no waiting and says what it waits for; the server's loop does the waiting.
 */
import type { SockAddr, Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText } from '../../lib/failure.ts';
import { printError } from '../../lib/stdio.ts';
import { formatHttpDate } from '../date.ts';
import {
  formatChunk,
  formatLastChunk,
  formatResponse,
  HTTP_1_1,
  latin1Bytes,
  persists,
  type RequestHead,
  reasonOf,
} from '../message.ts';
import { HttpParser } from '../parser.ts';
import { type AccessEntry, formatAccess } from './accesslog.ts';
import type { HttpdConfig } from './config.ts';
import { bodyLength, errorPlan, planResponse, type ResponsePlan, type Segment } from './respond.ts';

export type Wait = 'readable' | 'writable' | 'closed';

const RECEIVE_BYTES = 16384;
const FILE_READ_BYTES = 65536;
/** How long a closed connection is still read from, so that the client sees the response and not a reset (RFC 9112 section 9.6). */
const LINGER_NS = 2_000_000_000;

const CLIENT_GONE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

type Phase =
  | { readonly at: 'idle' }
  | { readonly at: 'request'; readonly head: RequestHead; readonly close: boolean; bodyBytes: number }
  | {
      readonly at: 'response';
      readonly queue: Segment[];
      readonly fd: number | undefined;
      readonly close: boolean;
      /** Parts of the file are sent as chunks. */
      readonly chunked: boolean;
    }
  | { readonly at: 'linger' };

export interface ServerContext {
  readonly config: HttpdConfig;
  readonly log: (line: string) => Promise<void>;
}

export class Connection {
  private readonly parser = new HttpParser('request');
  private phase: Phase = { at: 'idle' };
  private filePosition = -1;
  private ended = false;
  private served = 0;
  /** Since when the connection has been idle; -1 while it is not. */
  private idleFromNs = -1;
  /** When waiting ends, on the monotonic clock. */
  deadlineNs: number;

  constructor(
    private readonly sys: Sys,
    readonly fd: number,
    private readonly peer: SockAddr,
    private readonly context: ServerContext,
    nowNs: number,
  ) {
    this.deadlineNs = nowNs + context.config.timeoutNs;
  }

  /** Goes as far as it can without waiting. */
  async advance(nowNs: number): Promise<Wait> {
    try {
      for (;;) {
        const wait = this.phase.at === 'response' ? await this.write() : await this.read(nowNs);
        if (wait !== 'again') {
          if (this.phase.at === 'response') this.deadlineNs = nowNs + this.context.config.timeoutNs;
          return wait;
        }
      }
    } catch (error) {
      // The client has gone: nobody is left to answer. Anything else is for the operator, and no reason to fail the other clients.
      if (!CLIENT_GONE.has(errnoOf(error))) await printError(this.sys, `httpd: connection: ${errorText(error)}\n`);
      return 'closed';
    }
  }

  /** Waiting took too long: 408 while a request was under way, silence between requests. */
  async expire(nowNs: number): Promise<Wait> {
    const midRequest = this.phase.at === 'request' || (this.phase.at === 'idle' && !this.parser.idle);
    if (!midRequest) return 'closed';
    await this.answer(errorPlan(408), undefined, true);
    return this.advance(nowNs);
  }

  /** Closes what it holds open. */
  async close(): Promise<void> {
    if (this.phase.at === 'response' && this.phase.fd !== undefined) await this.sys.close(this.phase.fd);
    await this.sys.close(this.fd);
  }

  private async read(nowNs: number): Promise<Wait | 'again'> {
    if (this.phase.at === 'linger') return this.drain();
    if (await this.parse()) return 'again';
    if (this.ended) return 'closed';
    const bytes = await this.receive();
    if (bytes === undefined) {
      const idle = this.phase.at === 'idle' && this.parser.idle;
      if (idle && this.served > 0) this.deadlineNs = this.idleSinceNs(nowNs) + this.context.config.keepaliveNs;
      return 'readable';
    }
    if (this.parser.idle && this.phase.at === 'idle') this.deadlineNs = nowNs + this.context.config.timeoutNs;
    this.idleFromNs = -1;
    if (bytes.length > 0) this.parser.feed(bytes);
    else {
      this.ended = true;
      this.parser.finish();
    }
    return 'again';
  }

  private idleSinceNs(nowNs: number): number {
    if (this.idleFromNs < 0) this.idleFromNs = nowNs;
    return this.idleFromNs;
  }

  private async receive(): Promise<Uint8Array | undefined> {
    try {
      return await this.sys.recv(this.fd, RECEIVE_BYTES, { dontwait: true });
    } catch (error) {
      if (errnoOf(error) === 'EAGAIN') return undefined;
      throw error;
    }
  }

  /** Takes parser events; true when something came of it. */
  private async parse(): Promise<boolean> {
    const event = this.parser.next();
    if (event === undefined) return false;
    switch (event.kind) {
      case 'request':
        await this.begin(
          event.head,
          event.framing.kind === 'length' ? event.framing.length : 0,
          event.framing.kind !== 'none',
        );
        return true;
      case 'data':
        return this.countBody(event.bytes.length);
      case 'end':
        if (this.phase.at === 'request') {
          const { head, close } = this.phase;
          await this.answer(await planResponse(this.sys, this.context.config, head), head, close);
        }
        return true;
      case 'error':
        // A stream that just ends inside a request has nobody who reads an answer.
        if (event.incomplete) return false;
        await this.answer(errorPlan(event.fault.status), undefined, true);
        return true;
      case 'response':
        return true;
    }
  }

  private async begin(head: RequestHead, length: number, hasBody: boolean): Promise<void> {
    this.phase = { at: 'request', head, close: !persists(head), bodyBytes: 0 };
    const expectations = head.fields.tokens('expect');
    if (length > this.context.config.maxBodyBytes) await this.answer(errorPlan(413), head, true);
    else if (expectations.some((expectation) => expectation !== '100-continue'))
      await this.answer(errorPlan(417), head, true);
    else if (hasBody && expectations.length > 0 && head.version.minor >= 1)
      // RFC 9110 section 10.1.1: the client waits for this before it sends the body, which we read and drop.
      await this.send(latin1Bytes('HTTP/1.1 100 Continue\r\n\r\n'));
  }

  private async countBody(bytes: number): Promise<boolean> {
    if (this.phase.at !== 'request') return true;
    this.phase.bodyBytes += bytes;
    if (this.phase.bodyBytes > this.context.config.maxBodyBytes)
      await this.answer(errorPlan(413), this.phase.head, true);
    return true;
  }

  /** Queues head and body, and writes the log line. */
  private async answer(plan: ResponsePlan, head: RequestHead | undefined, close: boolean): Promise<void> {
    this.served++;
    const epochSeconds = Math.floor((await this.sys.clock_gettime('realtime')) / 1_000_000_000);
    const { fields } = plan;
    const length = bodyLength(plan.body);
    fields.set('Server', 'netarium-httpd').set('Date', formatHttpDate(epochSeconds));
    const withBody = head?.method !== 'HEAD';
    // A recipient of HTTP/1.0 knows no chunks (RFC 9112 section 6.1).
    const chunked =
      this.context.config.chunked && plan.status === 200 && plan.fd !== undefined && (head?.version.minor ?? 0) >= 1;
    if (chunked) fields.set('Transfer-Encoding', 'chunked');
    else if (plan.status !== 304 && plan.status !== 204) fields.set('Content-Length', String(length));
    fields.set('Connection', close ? 'close' : 'keep-alive');
    const text = formatResponse({ status: plan.status, reason: reasonOf(plan.status), version: HTTP_1_1, fields });
    const last = chunked ? [latin1Bytes(formatLastChunk())] : [];
    const queue = joinFirst(latin1Bytes(text), withBody ? [...plan.body, ...last] : []);
    this.phase = { at: 'response', queue, fd: plan.fd, close, chunked };
    this.filePosition = -1;
    await this.log(plan.status, withBody ? length : 0, head, epochSeconds);
  }

  private async log(status: number, bytes: number, head: RequestHead | undefined, epochSeconds: number): Promise<void> {
    const request = head && `${head.method} ${head.target} HTTP/${head.version.major}.${head.version.minor}`;
    const client = this.peer.family === 'inet' ? this.peer.address : '-';
    const entry: AccessEntry = { client, epochSeconds, status, bytes, ...(request === undefined ? {} : { request }) };
    await this.context.log(formatAccess(entry));
  }

  /** Sends from the queue until it is empty or the socket is full. */
  private async write(): Promise<Wait | 'again'> {
    const phase = this.phase;
    if (phase.at !== 'response') return 'again';
    for (let segment = phase.queue[0]; segment !== undefined; segment = phase.queue[0]) {
      const bytes = segment instanceof Uint8Array ? segment : await this.readFile(phase.fd!, segment);
      if (phase.chunked && !(segment instanceof Uint8Array) && bytes.length > 0) {
        replaceFirst(phase.queue, { offset: segment.offset + bytes.length, length: segment.length - bytes.length });
        phase.queue.unshift(formatChunk(bytes));
        continue;
      }
      // The file became shorter than it was announced: only closing tells the client.
      if (bytes.length === 0) return 'closed';
      // A head and the file that follows it share a segment (MSG_MORE).
      const sent = await this.send(bytes, phase.queue.length > 1);
      if (sent === undefined) return 'writable';
      if (segment instanceof Uint8Array) replaceFirst(phase.queue, segment.subarray(sent));
      else {
        this.filePosition = sent === bytes.length ? this.filePosition : -1;
        replaceFirst(phase.queue, { offset: segment.offset + sent, length: segment.length - sent });
      }
    }
    return this.finishResponse(phase);
  }

  private async finishResponse(phase: Extract<Phase, { at: 'response' }>): Promise<Wait | 'again'> {
    this.phase = { at: 'idle' };
    if (phase.fd !== undefined) await this.sys.close(phase.fd);
    if (!phase.close) return 'again';
    await this.sys.shutdown(this.fd, 'write');
    this.phase = { at: 'linger' };
    const now = await this.sys.clock_gettime('monotonic');
    this.deadlineNs = now + LINGER_NS;
    return 'again';
  }

  private async readFile(
    fd: number,
    segment: { readonly offset: number; readonly length: number },
  ): Promise<Uint8Array> {
    if (this.filePosition !== segment.offset) await this.sys.lseek(fd, segment.offset, 'set');
    const bytes = await this.sys.read(fd, Math.min(segment.length, FILE_READ_BYTES));
    this.filePosition = segment.offset + bytes.length;
    return bytes;
  }

  private async send(bytes: Uint8Array, more = false): Promise<number | undefined> {
    try {
      return await this.sys.send(this.fd, bytes, { dontwait: true, nosignal: true, more });
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') throw error;
      this.filePosition = -1;
      return undefined;
    }
  }

  private async drain(): Promise<Wait | 'again'> {
    const bytes = await this.receive();
    if (bytes === undefined) return 'readable';
    return bytes.length === 0 ? 'closed' : 'again';
  }
}

/** Head and a small body leave in one segment of TCP where they fit. */
function joinFirst(head: Uint8Array, body: readonly Segment[]): Segment[] {
  const [first, ...rest] = body;
  if (!(first instanceof Uint8Array)) return [head, ...body];
  const joined = new Uint8Array(head.length + first.length);
  joined.set(head, 0);
  joined.set(first, head.length);
  return [joined, ...rest];
}

function replaceFirst(queue: Segment[], rest: Segment): void {
  if (rest.length === 0) queue.shift();
  else queue[0] = rest;
}
