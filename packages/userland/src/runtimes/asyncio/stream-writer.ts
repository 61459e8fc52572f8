/**
 * The writing half of a stream (CPython 3.11's asyncio/selector_events.py): a write tries at once and leaves the rest to the loop; `drain` waits while
 * more is left than the high-water mark. `write` never suspends the task: it awaits a system call that does not block.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { SockAddrIn, Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '../../lib/failure.ts';
import { RuntimeError } from '../errors.ts';
import type { Future } from './future.ts';
import type { EventLoop } from './loop.ts';
import { wake } from './task.ts';

const HIGH_WATER = 65_536;
const LOW_WATER = 16_384;

export class StreamWriter {
  private left: Uint8Array = new Uint8Array(0);
  private closing = false;
  private closed = false;
  private endWritten = false;
  private failure: unknown;
  private drainers: Future<void>[] = [];
  private closers: Future<void>[] = [];

  constructor(
    private readonly loop: EventLoop,
    private readonly fd: number,
    readonly peer: SockAddrIn,
    /** Stops the reading side: the descriptor goes away. */
    private readonly stopReading: () => Promise<void>,
  ) {}

  private get sys(): Sys {
    return this.loop.sys;
  }

  get isClosing(): boolean {
    return this.closing;
  }

  /** Sends what the socket takes now; the loop sends the rest. */
  async write(data: Uint8Array): Promise<void> {
    if (this.endWritten) throw new RuntimeError('Cannot call write() after write_eof()');
    if (this.closing || data.length === 0) return;
    if (this.left.length > 0) {
      this.left = concatBytes([this.left, data]);
      return;
    }
    const sent = await this.trySend(data);
    if (sent === undefined || sent === data.length) return;
    this.left = data.subarray(sent);
    await this.loop.watch(this.fd, 'write', () => this.sendLeft(), `send on ${this.fd}`);
  }

  /** Waits while more is left than should be; raises the error that ended the connection. */
  async drain(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.left.length <= HIGH_WATER || this.closed) return;
    const place = this.loop.createFuture<void>();
    this.drainers.push(place);
    await place.wait();
    if (this.failure !== undefined) throw this.failure;
  }

  /** Half-closes: the peer reads the end once everything is sent. */
  async writeEof(): Promise<void> {
    if (this.endWritten || this.closing) return;
    this.endWritten = true;
    if (this.left.length === 0) await this.sys.shutdown(this.fd, 'write');
  }

  /** Closes when everything is sent. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    await this.stopReading();
    if (this.left.length === 0) this.loop.callSoon(() => this.release(), `close of ${this.fd}`);
  }

  async waitClosed(): Promise<void> {
    if (this.closed) return;
    const place = this.loop.createFuture<void>();
    this.closers.push(place);
    await place.wait();
  }

  /** For the reading side: the connection broke. */
  async fail(error: unknown): Promise<void> {
    if (this.failure !== undefined || this.closed) return;
    this.failure = error;
    this.left = new Uint8Array(0);
    await this.loop.unwatch(this.fd, 'write');
    await this.close();
    this.wakeDrainers();
  }

  /** How many bytes went; undefined where the connection is broken. */
  private async trySend(data: Uint8Array): Promise<number | undefined> {
    try {
      return await this.sys.send(this.fd, data, { nosignal: true });
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'EAGAIN' || errno === 'EINTR') return 0;
      await this.fail(error);
      return undefined;
    }
  }

  private async sendLeft(): Promise<void> {
    const sent = await this.trySend(this.left);
    if (sent === undefined) return;
    this.left = this.left.subarray(sent);
    if (this.left.length <= LOW_WATER) this.wakeDrainers();
    if (this.left.length > 0) return;
    await this.loop.unwatch(this.fd, 'write');
    if (this.closing) await this.release();
    else if (this.endWritten) await this.sys.shutdown(this.fd, 'write');
  }

  private wakeDrainers(): void {
    const { drainers } = this;
    this.drainers = [];
    for (const place of drainers) wake(place);
  }

  private async release(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.sys.close(this.fd);
    this.wakeDrainers();
    for (const place of this.closers) wake(place);
  }
}
