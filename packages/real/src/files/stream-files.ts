/** The standard streams: what a program reads from and writes to as it is started. Terminals, pipes and files alike, through Node's streams. */
import type { Readable, Writable } from 'node:stream';
import { E, type Errno } from '@netarium/core/base/errno.ts';
import type { Call } from '@netarium/core/kernel/call.ts';
import { type FileStatus, OpenFile } from '@netarium/core/kernel/open-file.ts';
import { BLOCKED, type Outcome } from '@netarium/core/kernel/outcome.ts';
import { READY } from '@netarium/core/kernel/readiness.ts';
import { errnoOf } from '../errno-of.ts';
import { ByteQueue } from '../net/byte-queue.ts';

const BUFFER_BYTES = 65_536;

/** Node's own standard streams have a descriptor of the operating system. */
type MaybeTerminal = { readonly isTTY?: boolean; readonly fd?: number };

/** A terminal is a device; everything else is told as a pipe. */
function statusFor(stream: MaybeTerminal, ino: number): FileStatus {
  const type = stream.isTTY === true ? 'chardev' : 'fifo';
  return { type, mode: 0o600, uid: process.getuid?.() ?? 0, gid: 0, size: 0, ino, nlink: 1, mtimeNs: 0 };
}

export class InputStream extends OpenFile {
  readonly what = 'CHR';
  override readonly accessMode = 0;
  private readonly queue = new ByteQueue();
  private ended = false;
  private error: Errno | undefined;
  private attached = false;

  constructor(
    private readonly stream: Readable & MaybeTerminal,
    private readonly ino: number,
  ) {
    super();
  }

  /** The operating system's descriptor, where there is one. */
  get handle(): number | undefined {
    return this.stream.fd;
  }

  override get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  /** Nothing is taken from the stream before somebody asks: another program may be meant to read it. */
  private attach(): void {
    if (this.attached) return;
    this.attached = true;
    const { stream } = this;
    stream.on('data', this.onData);
    stream.on('end', this.onEnd);
    stream.on('error', this.onError);
  }

  private readonly onData = (chunk: Uint8Array): void => {
    this.queue.push(chunk);
    if (this.queue.length >= BUFFER_BYTES) this.stream.pause();
    this.waiters.wake(READY.IN);
  };

  private readonly onEnd = (): void => {
    this.ended = true;
    this.waiters.wake();
  };

  private readonly onError = (error: unknown): void => {
    this.error = errnoOf(error);
    this.onEnd();
  };

  readiness(): number {
    this.attach();
    return (this.queue.length > 0 || this.ended ? READY.IN : 0) | (this.ended ? READY.HUP : 0);
  }

  status(): FileStatus {
    return statusFor(this.stream, this.ino);
  }

  override read(call: Call, length: number): Outcome<Uint8Array> {
    this.attach();
    if (this.queue.length > 0) {
      const data = this.queue.take(length);
      if (this.queue.length < BUFFER_BYTES) this.stream.resume();
      return data;
    }
    if (this.error !== undefined) return this.error;
    return this.ended ? new Uint8Array(0) : this.blockExclusively(call);
  }

  override write(): Outcome<number> {
    return E.EBADF;
  }

  protected release(): void {
    if (!this.attached) return;
    const { stream } = this;
    stream.off('data', this.onData);
    stream.off('end', this.onEnd);
    stream.off('error', this.onError);
    stream.pause();
  }
}

export class OutputStream extends OpenFile {
  readonly what = 'CHR';
  override readonly accessMode = 1;
  private error: Errno | undefined;

  constructor(
    private readonly stream: Writable & MaybeTerminal,
    private readonly ino: number,
  ) {
    super();
    stream.on('drain', this.onDrain);
    stream.on('error', this.onError);
  }

  /** The operating system's descriptor, where there is one. */
  get handle(): number | undefined {
    return this.stream.fd;
  }

  override get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  private readonly onDrain = (): void => {
    this.waiters.wake(READY.OUT);
  };

  private readonly onError = (error: unknown): void => {
    this.error = errnoOf(error);
    this.waiters.wake();
  };

  private get full(): boolean {
    return this.stream.writableLength >= BUFFER_BYTES;
  }

  readiness(): number {
    return (this.full ? 0 : READY.OUT) | (this.error === undefined ? 0 : READY.ERR);
  }

  status(): FileStatus {
    return statusFor(this.stream, this.ino);
  }

  override read(): Outcome<Uint8Array> {
    return E.EBADF;
  }

  override write(call: Call, data: Uint8Array): Outcome<number> {
    if (this.error !== undefined) return this.error;
    if (this.full) {
      if (this.nonblock) return E.EAGAIN;
      call.waitOn(this.waiters);
      return BLOCKED;
    }
    // The stream may keep the bytes; the program may use its buffer again.
    this.stream.write(data.slice());
    return data.length;
  }

  protected release(): void {
    this.stream.off('drain', this.onDrain);
    this.stream.off('error', this.onError);
  }
}
