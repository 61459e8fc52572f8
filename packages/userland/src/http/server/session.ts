/**
 * One client of an HTTP server: reads requests, hands them to a handler, sends what the handler answers (response.ts), keeps the connection or closes it with care.
 * Everything a client can do to hold the connection is bounded: the time for a head, for a body, for reading the answer, for sitting idle, the bytes of a
 * head, and what waits unsent. A client that closes its direction after the request (half-closed) still gets its answer.
 */
import type { ErrnoCode } from '@netarium/core/base/errno.ts';
import type { SockAddr } from '@netarium/core/syscall/sys.ts';
import { Channel, type ChannelEvents } from '../../lib/channel.ts';
import { errnoOf, errorText } from '../../lib/failure.ts';
import { printError } from '../../lib/stdio.ts';
import { Fields } from '../fields.ts';
import { persists, type RequestHead, reasonOf } from '../message.ts';
import { type HttpEvent, HttpParser } from '../parser.ts';
import { ERROR_PAGE_TYPE, errorPage, type ServerContext } from './context.ts';
import { Patience } from './patience.ts';
import type { RequestHandler } from './request-handler.ts';
import { type Persistence, Response, type ResponseBody, type SharedResponse, sharedBytes } from './response.ts';

/** nginx's status for a client that left before it was answered; only the log sees it. */
const CLIENT_GONE = 499;

export class Session implements ChannelEvents {
  readonly channel: Channel;
  private readonly parser = new HttpParser('request');
  private readonly patience: Patience;
  private readonly handler: RequestHandler;
  private head: RequestHead | undefined = undefined;
  private response: Response | undefined = undefined;
  private requestDone = false;
  /** The connection ends with this response. */
  private last = false;
  private state: 'open' | 'lingering' | 'detached' = 'open';
  /** The client has closed its direction. */
  private over = false;
  private paused = false;
  private pumping = false;
  private started = false;
  private served = 0;
  private bodyBytes = 0;
  /** Who the client proved to be, and what the log line says at its end. */
  user: string | undefined = undefined;
  note: string | undefined = undefined;

  constructor(
    readonly context: ServerContext,
    fd: number,
    private readonly peer: SockAddr,
    make: (session: Session) => RequestHandler,
    private readonly gone: (session: Session) => void,
  ) {
    this.channel = new Channel(context.sys, context.loop, fd, this);
    this.patience = new Patience(context, () => this.expired());
    this.handler = make(this);
  }

  async start(): Promise<void> {
    this.started = true;
    this.patience.forHead(false);
    await this.channel.start();
  }

  get client(): string {
    return this.peer.family === 'inet' ? this.peer.address : '-';
  }

  /** True while so much waits unsent that the source of the response should pause. */
  get full(): boolean {
    return this.channel.full;
  }

  get responding(): boolean {
    return this.response !== undefined;
  }

  /** Sends bytes that are no part of the response, such as an interim one. */
  writeRaw(bytes: Uint8Array): void {
    this.channel.write(bytes);
  }

  /** Begins the response: status line, the given fields, and those that say where the body ends. */
  begin(status: number, fields: Fields, body: ResponseBody, reason = reasonOf(status)): void {
    const response = Response.to(this.head, status, body);
    if (response.endsByClosing) this.last = true;
    const head = response.head(body, fields, reason, this.connection, this.context);
    this.response = response;
    this.channel.write(head);
  }

  private get connection(): Persistence {
    return this.last ? 'close' : 'keep-alive';
  }

  /** A whole response that many requests get. */
  answerShared(shared: SharedResponse): Promise<void> | undefined {
    const { content } = shared;
    const response = Response.to(this.head, 200, { kind: 'length', length: content.length });
    if (response.withBody) response.bytes = content.length;
    this.response = response;
    this.channel.write(sharedBytes(shared, this.context.date, this.connection, response.withBody));
    return this.finish();
  }

  write(bytes: Uint8Array): void {
    const sent = this.response?.piece(bytes);
    if (sent !== undefined) this.channel.write(sent);
  }

  /** The response is whole. */
  finish(): Promise<void> | undefined {
    const end = this.response?.end();
    if (end !== undefined) this.channel.write(end);
    this.record();
    // Not all of the request was wanted: what is left of it would be taken for the next one.
    if (!this.requestDone) this.last = true;
    this.served++;
    this.head = undefined;
    this.requestDone = false;
    this.paused = false;
    this.patience.begin();
    if (this.last) this.state = 'lingering';
    return this.pumping ? undefined : this.pump();
  }

  /** A whole small response. */
  async answer(status: number, fields: Fields, page: Uint8Array, close = false): Promise<void> {
    if (close) this.last = true;
    this.begin(status, fields, { kind: 'length', length: page.length });
    this.write(page);
    await this.finish();
  }

  answerError(status: number, close = false, fields = new Fields()): Promise<void> {
    return this.answer(status, fields.set('Content-Type', ERROR_PAGE_TYPE), errorPage(status), close);
  }

  /** Sends what is queued, as far as the client takes it. */
  async flush(): Promise<void> {
    await this.channel.flush();
    this.setDeadline();
  }

  /** Takes no more of the request's body for now. */
  pauseBody(): void {
    this.paused = true;
  }

  async resumeBody(): Promise<void> {
    if (!this.paused) return;
    this.paused = false;
    await this.pump();
  }

  /** Hands the connection over as a mere stream of bytes; answers those that have come already. */
  detach(events: ChannelEvents): Uint8Array {
    this.state = 'detached';
    this.patience.dispose();
    this.channel.handOver(events);
    return this.parser.rest();
  }

  /** Closes without another word: the only way to say that a response is not whole. */
  async abort(): Promise<void> {
    this.record();
    await this.leave();
  }

  /** The line of the log; `status` and `bytes` where no response was begun. */
  record(status = CLIENT_GONE, bytes = 0): void {
    const { context, head, response } = this;
    this.response = undefined;
    const { log } = context;
    if (log === undefined || (head === undefined && response === undefined)) return;
    const request = head && `${head.method} ${head.target} HTTP/${head.version.major}.${head.version.minor}`;
    log.add({
      client: this.client,
      epochSeconds: context.epochSeconds,
      status: response?.status ?? status,
      bytes: response?.bytes ?? bytes,
      ...(this.user === undefined ? {} : { user: this.user }),
      ...(request === undefined ? {} : { request }),
      ...(this.note === undefined ? {} : { note: this.note }),
    });
  }

  async data(bytes: Uint8Array): Promise<void> {
    if (this.state === 'lingering') return;
    if (this.head === undefined && this.parser.idle) this.patience.begin();
    this.parser.feed(bytes);
    await this.pump();
  }

  async ended(): Promise<void> {
    this.over = true;
    if (this.state === 'lingering') return this.channel.pending === 0 ? this.leave() : undefined;
    this.parser.finish();
    await this.pump();
  }

  async drained(): Promise<void> {
    if (this.state === 'lingering') {
      if (this.over) return this.leave();
      return this.patience.forEnd();
    }
    try {
      if (this.head !== undefined) await this.handler.drained();
    } catch (error) {
      await this.trouble(error);
    }
    await this.settle();
  }

  async failed(_code: ErrnoCode): Promise<void> {
    if (this.head !== undefined) await this.handler.aborted();
    await this.abort();
  }

  /** Takes as many events of the parser as can be worked on now. */
  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (this.state === 'open' && !this.channel.closed && !this.paused && !this.requestDone) {
        const event = this.parser.next();
        if (event === undefined) break;
        const step = this.step(event);
        if (step !== undefined) await step;
      }
    } catch (error) {
      await this.trouble(error);
    }
    this.pumping = false;
    await this.settle();
  }

  /** What the handler meets (a file that cannot be read) is for the operator, ends this connection, and is no reason to fail the other clients. */
  private async trouble(error: unknown): Promise<void> {
    const { sys, program } = this.context;
    await printError(sys, `${program}: connection: ${errorText(error)}\n`);
    await this.failed(errnoOf(error));
  }

  private step(event: HttpEvent): Promise<void> | undefined {
    const { maxBodyBytes } = this.context.limits;
    switch (event.kind) {
      case 'request':
        this.head = event.head;
        this.last = !persists(event.head);
        this.bodyBytes = 0;
        this.patience.begin();
        return event.framing.kind === 'length' && event.framing.length > maxBodyBytes
          ? this.refuse(413)
          : this.handler.request(event.head, event.framing);
      case 'data':
        this.bodyBytes += event.bytes.length;
        return this.bodyBytes > maxBodyBytes ? this.refuse(413) : this.handler.data(event.bytes);
      case 'end':
        this.requestDone = true;
        return this.handler.complete();
      case 'error':
        // A stream that just ends inside a request has nobody who reads an answer.
        return event.incomplete ? this.failed('ECONNRESET') : this.refuse(event.fault.status);
      case 'response':
        return undefined;
    }
  }

  /** The session's own answer, after which the connection ends. */
  private async refuse(status: number): Promise<void> {
    if (this.head !== undefined) await this.handler.aborted();
    if (this.response === undefined) await this.answerError(status, true);
    else await this.abort();
  }

  /** Sends what there is, and says what comes next. */
  private async settle(): Promise<void> {
    const { channel } = this;
    if (channel.closed || this.state === 'detached') return;
    if (this.over && this.head === undefined) this.state = 'lingering';
    if (this.state === 'lingering') {
      // No more is written; what still comes is thrown away.
      await channel.end();
      if (this.over && channel.pending === 0) return this.leave();
    } else if (channel.pending > 0) await channel.flush();
    // While an answer is under way the client is still heard, for it may leave; but what it sends ahead waits in the kernel.
    const hears = this.state === 'lingering' || !(this.paused || (this.requestDone && this.parser.pending));
    if (hears !== channel.isReading || !this.started) await channel.setReading(hears);
    this.started = true;
    this.setDeadline();
  }

  private setDeadline(): void {
    const { patience } = this;
    if (this.state === 'detached' || this.channel.closed) return;
    if (this.channel.pending > 0) patience.forReader();
    else if (this.state === 'lingering') patience.forEnd();
    else if (this.head === undefined) patience.forHead(this.parser.idle && this.served > 0);
    else if (this.requestDone || this.paused) patience.endless();
    else patience.forBody(this.bodyBytes);
  }

  /** Waiting took too long: 408 while a request was under way, silence between requests. */
  private async expired(): Promise<void> {
    if (this.channel.closed) return;
    if (this.channel.pending > 0) {
      // It does not read what it asked for: the kernel need not keep that either.
      await this.channel.reset();
      await this.failed('ETIMEDOUT');
    } else if (this.state === 'open' && !(this.head === undefined && this.parser.idle)) await this.refuse(408);
    else await this.leave();
  }

  async leave(): Promise<void> {
    this.patience.dispose();
    await this.channel.close();
    this.gone(this);
  }
}
