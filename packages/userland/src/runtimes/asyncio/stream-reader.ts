/** The reading half of a stream (CPython 3.11's asyncio/streams.py): a buffer that the loop fills and one task empties. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { RuntimeError } from '../errors.ts';
import { IncompleteReadError, LimitOverrunError } from './errors.ts';
import type { Future } from './future.ts';
import type { EventLoop } from './loop.ts';
import { wake } from './task.ts';

export class StreamReader {
  private buffer: Uint8Array = new Uint8Array(0);
  private ended = false;
  private failure: unknown;
  private waiter: Future<void> | undefined;
  private readonly endings = new Set<() => void>();

  constructor(
    private readonly loop: EventLoop,
    private readonly limit: number,
    /** Tells the transport whether it may go on reading. */
    private readonly flow: (reading: boolean) => Promise<void>,
  ) {}

  /** For the transport: bytes came; answers whether there is room for more. */
  feed(data: Uint8Array): boolean {
    this.buffer = this.buffer.length === 0 ? data : concatBytes([this.buffer, data]);
    this.ring();
    return this.buffer.length <= 2 * this.limit;
  }

  /** For the transport: no more will come, because of `failure` where there is one. */
  end(failure?: unknown): void {
    this.ended = true;
    this.failure ??= failure;
    this.ring();
    for (const callback of this.endings) callback();
    this.endings.clear();
  }

  /** Calls back as soon as nothing more will come, whatever is left to be read; answers how to take that back. */
  whenEnded(callback: () => void): () => void {
    if (this.ended) callback();
    else this.endings.add(callback);
    return () => this.endings.delete(callback);
  }

  /** Nothing is left, and nothing more will come. */
  get atEof(): boolean {
    return this.ended && this.buffer.length === 0;
  }

  /** Up to `length` bytes, as soon as there are any; empty at the end. */
  async read(length = -1): Promise<Uint8Array> {
    if (length < 0) return this.readAll();
    if (length > 0 && this.buffer.length === 0 && !this.ended) await this.more('read');
    this.raiseFailure();
    return this.take(Math.min(length, this.buffer.length));
  }

  private async readAll(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let part = await this.read(this.limit); part.length > 0; part = await this.read(this.limit)) parts.push(part);
    return concatBytes(parts);
  }

  /** Exactly `length` bytes, or IncompleteReadError with what there was. */
  async readExactly(length: number): Promise<Uint8Array> {
    while (this.buffer.length < length && !this.ended) await this.more('readexactly');
    this.raiseFailure();
    if (this.buffer.length < length) throw new IncompleteReadError(await this.take(this.buffer.length), length);
    return this.take(length);
  }

  /** Up to and including the newline; what is left where the stream ends before; empty at the end. */
  async readLine(): Promise<Uint8Array> {
    try {
      return await this.readUntil(10);
    } catch (error) {
      if (error instanceof IncompleteReadError) return error.partial;
      throw error;
    }
  }

  /** Up to and including a byte. */
  async readUntil(separator: number): Promise<Uint8Array> {
    for (let from = 0; ; ) {
      const at = this.buffer.indexOf(separator, from);
      if (at >= this.limit || (at < 0 && this.buffer.length > this.limit)) {
        throw new LimitOverrunError(
          `Separator is ${at < 0 ? 'not ' : ''}found, ${at < 0 ? 'and' : 'but'} chunk exceed the limit`,
        );
      }
      if (at >= 0) return this.take(at + 1);
      this.raiseFailure();
      if (this.ended) throw new IncompleteReadError(await this.take(this.buffer.length), undefined);
      from = this.buffer.length;
      await this.more('readuntil');
    }
  }

  private raiseFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private async take(length: number): Promise<Uint8Array> {
    const taken = this.buffer.subarray(0, length);
    this.buffer = this.buffer.subarray(length);
    if (this.buffer.length <= this.limit) await this.flow(true);
    return taken;
  }

  private async more(caller: string): Promise<void> {
    if (this.waiter !== undefined) {
      throw new RuntimeError(`${caller}() called while another coroutine is already waiting for incoming data`);
    }
    await this.flow(true);
    this.waiter = this.loop.createFuture<void>();
    try {
      await this.waiter.wait();
    } finally {
      this.waiter = undefined;
    }
  }

  private ring(): void {
    if (this.waiter !== undefined) wake(this.waiter);
  }
}
