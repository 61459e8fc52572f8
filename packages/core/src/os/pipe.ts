/**
 * Pipes (pipe(7)): 65,536 bytes of capacity, writes of up to PIPE_BUF (4,096) bytes are whole or wait, EOF when the last writer is gone, EPIPE
 * when the last reader is.
 */
import { E } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import { type FileStatus, OpenFile } from '../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../kernel/outcome.ts';
import { READY } from '../kernel/readiness.ts';

export const PIPE_CAPACITY = 65536;
export const PIPE_BUF = 4096;

const EMPTY = new Uint8Array(0);

export class Pipe {
  private readonly parts: Uint8Array[] = [];
  private headOffset = 0;
  used = 0;
  readonly reader: PipeReader;
  readonly writer: PipeWriter;
  readerOpen = true;
  writerOpen = true;

  constructor(
    readonly ino: number,
    readonly wallNs: number,
  ) {
    this.reader = new PipeReader(this);
    this.writer = new PipeWriter(this);
  }

  get room(): number {
    return PIPE_CAPACITY - this.used;
  }

  push(data: Uint8Array): void {
    if (data.length === 0) return;
    this.parts.push(data.slice());
    this.used += data.length;
  }

  take(length: number): Uint8Array {
    const size = Math.min(length, this.used);
    const out = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const head = this.parts[0]!;
      const count = Math.min(head.length - this.headOffset, size - at);
      out.set(head.subarray(this.headOffset, this.headOffset + count), at);
      at += count;
      this.headOffset += count;
      if (this.headOffset === head.length) {
        this.parts.shift();
        this.headOffset = 0;
      }
    }
    this.used -= size;
    return out;
  }

  status(): FileStatus {
    return { type: 'fifo', mode: 0o600, uid: 0, gid: 0, size: 0, ino: this.ino, nlink: 1, mtimeNs: this.wallNs };
  }
}

export class PipeReader extends OpenFile {
  override readonly accessMode = 0;
  readonly what = 'FIFO';
  constructor(readonly pipe: Pipe) {
    super();
  }

  readiness(): number {
    return (this.pipe.used > 0 ? READY.IN : 0) | (this.pipe.writerOpen ? 0 : READY.HUP);
  }

  status(): FileStatus {
    return this.pipe.status();
  }

  override read(call: Call, length: number): Outcome<Uint8Array> {
    if (length === 0) return EMPTY;
    if (this.pipe.used === 0) return this.pipe.writerOpen ? this.blockExclusively(call) : EMPTY;
    const data = this.pipe.take(length);
    this.pipe.writer.waiters.wake(READY.OUT);
    // A reader that slept was the only one to be woken; what it leaves is for the next (pipe_read, wake_next_reader).
    if (call.attempts > 0 && this.pipe.used > 0) this.waiters.wake(READY.IN);
    return data;
  }

  override write(): Outcome<number> {
    return E.EBADF;
  }

  protected release(): void {
    this.pipe.readerOpen = false;
    this.pipe.writer.waiters.wake();
  }
}

export class PipeWriter extends OpenFile {
  override readonly accessMode = 1;
  readonly what = 'FIFO';
  constructor(readonly pipe: Pipe) {
    super();
  }

  readiness(): number {
    return (this.pipe.room >= PIPE_BUF ? READY.OUT : 0) | (this.pipe.readerOpen ? 0 : READY.ERR);
  }

  status(): FileStatus {
    return this.pipe.status();
  }

  override read(): Outcome<Uint8Array> {
    return E.EBADF;
  }

  override write(call: Call, data: Uint8Array): Outcome<number> {
    const { pipe } = this;
    if (!pipe.readerOpen) return E.EPIPE;
    let done = (call.progress as number | undefined) ?? 0;
    const atomic = data.length <= PIPE_BUF;
    const fits = atomic ? (pipe.room >= data.length ? data.length : 0) : Math.min(pipe.room, data.length - done);
    if (fits > 0) {
      pipe.push(data.subarray(done, done + fits));
      pipe.reader.waiters.wake(READY.IN);
      done += fits;
    }
    if (done === data.length) return done;
    if (this.nonblock) return done > 0 ? done : E.EAGAIN;
    call.progress = done;
    call.waitOn(this.waiters);
    return BLOCKED;
  }

  protected release(): void {
    this.pipe.writerOpen = false;
    this.pipe.reader.waiters.wake();
  }
}
