/**
 * A non-blocking stream socket in an event loop: what comes is handed on as it comes, what is written waits in a queue until the peer takes it. Whoever
 * writes looks at `full` and stops its own source until `drained` (back-pressure), so that a slow reader costs a bounded queue and no more.
 *
 * Errors never come out of `write` and `flush`: they are told once, by `failed`, in a turn of the loop of their own.
 */
import type { ErrnoCode } from '@netarium/core/base/errno.ts';
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import type { EventLoop } from './event-loop.ts';
import { errnoOf } from './failure.ts';

export interface ChannelEvents {
  data(bytes: Uint8Array): Promise<void>;
  /** The peer has closed its direction (FIN). */
  ended(): Promise<void>;
  /** Everything that was queued has been taken, after a time in which it was not. */
  drained(): Promise<void>;
  /** The connection is broken; the channel has been closed. */
  failed(code: ErrnoCode): Promise<void>;
}

const RECEIVE_BYTES = 65_536;
/** Beyond this the source of what is written should pause. */
const FULL_BYTES = 131_072;
/** Small pieces leave in one call where they fit into this. */
const JOIN_BYTES = 65_536;
const NO_SIGNAL = Object.freeze({ nosignal: true });

export class Channel {
  private readonly queue: Uint8Array[] = [];
  private queued = 0;
  private interest = 0;
  private watched = false;
  private reading = true;
  /** The peer has sent its FIN. */
  private over = false;
  private shutdown: 'open' | 'asked' | 'done' = 'open';
  private waiting = false;
  private broken = false;
  closed = false;

  constructor(
    private readonly sys: Sys,
    private readonly loop: EventLoop,
    readonly fd: number,
    private events: ChannelEvents,
  ) {}

  /** Begins to read. */
  start(): Promise<void> {
    return this.watch();
  }

  /** From now on somebody else is told. */
  handOver(events: ChannelEvents): void {
    this.events = events;
  }

  get full(): boolean {
    return this.queued >= FULL_BYTES;
  }

  /** Bytes that the peer has not taken yet. */
  get pending(): number {
    return this.queued;
  }

  /** Queues bytes, which must not be changed afterwards; `flush` sends. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.closed || this.broken) return;
    this.queue.push(bytes);
    this.queued += bytes.length;
  }

  /** Sends what the peer takes now; the loop does the rest. */
  async flush(): Promise<void> {
    while (this.queued > 0 && !this.broken && !this.closed) {
      const bytes = this.joined();
      try {
        const sent = await this.sys.send(this.fd, bytes, NO_SIGNAL);
        this.queued -= sent;
        if (sent === bytes.length) this.queue.shift();
        else this.queue[0] = bytes.subarray(sent);
        if (sent < bytes.length) break;
      } catch (error) {
        const code = errnoOf(error);
        if (code !== 'EAGAIN') this.breakOff(code);
        break;
      }
    }
    if (this.queued === 0 && this.shutdown === 'asked') await this.finish();
    this.waiting = this.queued > 0;
    if (this.wanted !== this.interest) await this.watch();
  }

  /** After what is queued: FIN. */
  async end(): Promise<void> {
    if (this.shutdown === 'open') this.shutdown = 'asked';
    await this.flush();
  }

  get isReading(): boolean {
    return this.reading;
  }

  /** Whether to take what comes; otherwise it waits in the kernel, and the peer with it. */
  async setReading(on: boolean): Promise<void> {
    this.reading = on;
    await this.watch();
  }

  /** Closes with a reset, so that the kernel throws away what the peer has not taken, too. */
  async reset(): Promise<void> {
    if (this.closed) return;
    await this.sys.setsockopt(this.fd, 'socket', 'SO_LINGER', { onoff: 1, linger: 0 });
    await this.close();
  }

  /** Closes at once; what is queued is lost. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.queue.length = 0;
    this.queued = 0;
    await this.loop.close(this.fd);
  }

  /** The first piece of the queue, with those after it while they are small. */
  private joined(): Uint8Array {
    const first = this.queue[0]!;
    if (this.queue.length === 1 || first.length + this.queue[1]!.length > JOIN_BYTES) return first;
    let length = 0;
    let count = 0;
    while (count < this.queue.length && length + this.queue[count]!.length <= JOIN_BYTES)
      length += this.queue[count++]!.length;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of this.queue.splice(0, count, bytes)) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  private async finish(): Promise<void> {
    this.shutdown = 'done';
    try {
      await this.sys.shutdown(this.fd, 'write');
    } catch (error) {
      this.breakOff(errnoOf(error));
    }
  }

  /** Told in a turn of its own, for whoever writes is in the middle of something. */
  private breakOff(code: ErrnoCode): void {
    if (this.broken) return;
    this.broken = true;
    this.queue.length = 0;
    this.queued = 0;
    this.loop.soon(() => this.fail(code));
  }

  private async fail(code: ErrnoCode): Promise<void> {
    if (this.closed) return;
    await this.close();
    await this.events.failed(code);
  }

  private get wanted(): number {
    return (this.reading && !this.over ? POLL.IN : 0) | (this.waiting ? POLL.OUT : 0);
  }

  /** Keeps what epoll reports in step with what is wanted. */
  private async watch(): Promise<void> {
    if (this.closed || this.broken) return;
    const { wanted } = this;
    if (wanted === this.interest && (this.watched || wanted === 0)) return;
    this.interest = wanted;
    if (this.watched) await this.loop.change(this.fd, wanted);
    else {
      this.watched = true;
      await this.loop.watch(this.fd, wanted, (revents) => this.ready(revents));
    }
  }

  private async ready(revents: number): Promise<void> {
    if (this.closed || this.broken) return;
    if (this.waiting && (revents & POLL.OUT) !== 0) {
      await this.room();
      if (this.closed || this.broken) return;
    }
    if (this.reading && !this.over) {
      if ((revents & (POLL.IN | POLL.HUP | POLL.ERR)) !== 0) await this.receive();
    } else if ((revents & POLL.ERR) !== 0) await this.fail('ECONNRESET');
    else if ((revents & POLL.HUP) !== 0 && !this.waiting) {
      // Both directions are closed and nobody reads now: epoll would report that for ever.
      this.watched = false;
      this.interest = 0;
      await this.loop.unwatch(this.fd);
    }
  }

  private async room(): Promise<void> {
    await this.flush();
    if (!this.waiting && !this.broken && !this.closed) await this.events.drained();
  }

  private async receive(): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = await this.sys.recv(this.fd, RECEIVE_BYTES);
    } catch (error) {
      const code = errnoOf(error);
      if (code !== 'EAGAIN') await this.fail(code);
      return;
    }
    if (bytes.length > 0) return this.events.data(bytes);
    this.over = true;
    await this.watch();
    await this.events.ended();
  }
}
