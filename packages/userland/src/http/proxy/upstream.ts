/**
 * A connection to a server behind a proxy: connects, sends one request at a time, tells of the response as it comes, and rests in the pool in between.
 * Every wait on the server has its time-out.
 */
import type { ErrnoCode } from '@netarium/core/base/errno.ts';
import { Channel, type ChannelEvents } from '../../lib/channel.ts';
import { type Connecting, connectTo } from '../../lib/connecting.ts';
import { Deadline } from '../../lib/event-loop.ts';
import type { Place } from '../../lib/serving.ts';
import {
  type Framing,
  formatChunk,
  formatLastChunk,
  formatRequest,
  latin1Bytes,
  persists,
  type RequestHead,
  type ResponseHead,
} from '../message.ts';
import { type HttpEvent, HttpParser } from '../parser.ts';
import type { ServerContext } from '../server/context.ts';

/** Why a connection was of no use: never there, silent for too long, gone, or not speaking HTTP. */
export type Trouble = 'connect' | 'timeout' | 'closed' | 'malformed';

/** Who uses the connection now. */
export interface UpstreamUser {
  connected(): Promise<void>;
  answered(head: ResponseHead, framing: Framing, interim: boolean): Promise<void>;
  body(bytes: Uint8Array): Promise<void>;
  /** Everything that has come so far has been told. */
  told(): Promise<void>;
  end(): Promise<void>;
  /** The server has taken what was queued. */
  room(): Promise<void>;
  broken(trouble: Trouble, code: ErrnoCode | undefined): Promise<void>;
}

export class Upstream implements ChannelEvents {
  private readonly parser = new HttpParser('response');
  private readonly deadline: Deadline;
  private channel: Channel | undefined;
  private connecting: Connecting | undefined;
  private user: UpstreamUser | undefined;
  private chunked = false;
  private sent = true;
  private persistent = true;
  private reading = true;
  private gone = false;
  /** Requests so far: a connection that was used before may have been closed by the server at any moment. */
  requests = 0;
  /** A byte of the response has come. */
  answered = false;
  /** Told when the connection ends while it rests. */
  lost: (() => void) | undefined;

  constructor(
    private readonly context: ServerContext,
    readonly place: Place,
    private readonly timeoutNs: number,
  ) {
    this.deadline = new Deadline(context.loop, () => this.trouble('timeout', 'ETIMEDOUT'));
  }

  async connect(user: UpstreamUser): Promise<void> {
    this.user = user;
    const { sys, loop } = this.context;
    this.connecting = await connectTo(sys, loop, this.place, this.timeoutNs, async (result) => {
      this.connecting = undefined;
      if (typeof result !== 'number') return this.trouble(result === 'ETIMEDOUT' ? 'timeout' : 'connect', result);
      this.channel = new Channel(sys, loop, result, this);
      await this.channel.start();
      await this.user?.connected();
    });
  }

  /** Takes it out of its rest. */
  reuse(user: UpstreamUser): void {
    this.user = user;
    this.lost = undefined;
  }

  /** Gives it a rest, after a whole exchange; true where it may be used again. */
  rest(lost: () => void, idleNs: number): boolean {
    this.user = undefined;
    if (this.gone || !this.persistent || !this.sent || !this.parser.idle) return false;
    this.lost = lost;
    this.deadline.set(this.context.loop.nowNs + idleNs);
    return true;
  }

  get full(): boolean {
    return this.channel?.full ?? true;
  }

  /** Sends a head, and says whether a body follows. */
  request(head: RequestHead, framing: Framing): void {
    this.requests++;
    this.answered = false;
    this.persistent = true;
    this.chunked = framing.kind === 'chunked';
    this.sent = framing.kind === 'none';
    this.parser.expect(head.method);
    this.channel!.write(latin1Bytes(formatRequest(head)));
  }

  write(bytes: Uint8Array): void {
    this.channel!.write(this.chunked ? formatChunk(bytes) : bytes);
  }

  /** The request is whole. */
  finish(): void {
    if (this.chunked) this.channel!.write(latin1Bytes(formatLastChunk()));
    this.sent = true;
  }

  async flush(): Promise<void> {
    if (this.gone) return;
    await this.channel!.flush();
    this.wait();
  }

  /** Whether to take more of the response. */
  async setReading(on: boolean): Promise<void> {
    if (this.gone || this.reading === on) return;
    this.reading = on;
    await this.channel!.setReading(on);
    this.wait();
  }

  async close(): Promise<void> {
    if (this.gone) return;
    this.gone = true;
    this.user = undefined;
    this.deadline.dispose();
    await this.connecting?.cancel();
    await this.channel?.close();
  }

  async data(bytes: Uint8Array): Promise<void> {
    if (this.user === undefined) return this.discard();
    this.answered = true;
    this.parser.feed(bytes);
    this.wait();
    await this.events();
  }

  async ended(): Promise<void> {
    if (this.user === undefined) return this.discard();
    this.persistent = false;
    this.parser.finish();
    await this.events();
    if (!this.gone && this.user !== undefined) await this.trouble('closed', undefined);
  }

  async drained(): Promise<void> {
    this.wait();
    await this.user?.room();
  }

  async failed(code: ErrnoCode): Promise<void> {
    await this.trouble('closed', code);
  }

  private async events(): Promise<void> {
    while (!this.gone && this.user !== undefined) {
      const event = this.parser.next();
      if (event === undefined) return this.user.told();
      await this.tell(this.user, event);
    }
  }

  private async tell(user: UpstreamUser, event: HttpEvent): Promise<void> {
    if (event.kind === 'response') {
      if (!event.interim) this.persistent &&= persists(event.head, event.framing);
      await user.answered(event.head, event.framing, event.interim);
    } else if (event.kind === 'data') await user.body(event.bytes);
    else if (event.kind === 'end') {
      this.deadline.clear();
      await user.end();
    } else if (event.kind === 'error') await this.trouble(event.incomplete ? 'closed' : 'malformed', undefined);
  }

  /** The clock runs while the server is to send, or to take. */
  private wait(): void {
    const owes = this.channel!.pending > 0 || (this.sent && this.reading);
    if (this.user === undefined) return;
    if (owes) this.deadline.set(this.context.loop.nowNs + this.timeoutNs);
    else this.deadline.clear();
  }

  /** At rest: the server closed, or spoke without being asked. */
  private async discard(): Promise<void> {
    this.lost?.();
    await this.close();
  }

  private async trouble(trouble: Trouble, code: ErrnoCode | undefined): Promise<void> {
    const { user } = this;
    if (user === undefined) return this.discard();
    await this.close();
    await user.broken(trouble, code);
  }
}
