/**
 * Pipes (pipe(7)): 65,536 bytes of capacity in sixteen pages, writes of up to PIPE_BUF (4,096) bytes are whole or wait, EOF when the last writer is gone, EPIPE
 * when the last reader is.
 */
import { E } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import { type FileStatus, OpenFile } from '../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../kernel/outcome.ts';
import { READY } from '../kernel/readiness.ts';

export const PIPE_CAPACITY = 65536;
export const PIPE_BUF = 4096;

const PAGE = 4096;
const EMPTY = new Uint8Array(0);

/** One page of a pipe's ring: the bytes from `start` to `end` are still to be read, and more may be written behind them. */
class Page {
  start = 0;
  end: number;

  constructor(private bytes: Uint8Array) {
    this.end = bytes.length;
  }

  /** Grows in steps up to its size: most pages hold one short write. */
  append(data: Uint8Array): void {
    if (this.end + data.length > this.bytes.length) {
      const larger = new Uint8Array(Math.min(PAGE, Math.max(2 * this.bytes.length, this.end + data.length)));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(data, this.end);
    this.end += data.length;
  }

  takeInto(out: Uint8Array, at: number, count: number): void {
    out.set(this.bytes.subarray(this.start, this.start + count), at);
    this.start += count;
  }
}

export class Pipe {
  /** As many as PIPE_CAPACITY holds. A page that was read in part is not free: room is counted in pages (pipe_full). */
  private readonly pages: Page[] = [];
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

  private get freePages(): number {
    return PIPE_CAPACITY / PAGE - this.pages.length;
  }

  get full(): boolean {
    return this.freePages === 0;
  }

  /** How much of this many bytes goes in now. What does not fill pages goes behind the last page's bytes, where it fits whole (pipe_write). */
  roomFor(length: number): number {
    const odd = length % PAGE;
    const last = this.pages.at(-1);
    const merged = odd > 0 && last !== undefined && last.end + odd <= PAGE ? odd : 0;
    return Math.min(length, merged + this.freePages * PAGE);
  }

  /** Puts in as much as `roomFor` said of `data`. */
  push(data: Uint8Array): void {
    let at = 0;
    const odd = data.length % PAGE;
    const last = this.pages.at(-1);
    if (odd > 0 && last !== undefined && last.end + odd <= PAGE) {
      last.append(data.subarray(0, odd));
      at = odd;
    }
    while (at < data.length) {
      this.pages.push(new Page(data.slice(at, at + PAGE)));
      at += PAGE;
    }
    this.used += data.length;
  }

  take(length: number): Uint8Array {
    const size = Math.min(length, this.used);
    const out = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const page = this.pages[0]!;
      const count = Math.min(page.end - page.start, size - at);
      page.takeInto(out, at, count);
      at += count;
      if (page.start === page.end) this.pages.shift();
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
    const wasFull = this.pipe.full;
    const data = this.pipe.take(length);
    if (wasFull && !this.pipe.full) this.pipe.writer.waiters.wake(READY.OUT);
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
    return (this.pipe.full ? 0 : READY.OUT) | (this.pipe.readerOpen ? 0 : READY.ERR);
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
    const fits = pipe.roomFor(data.length - done);
    // Up to PIPE_BUF bytes, one page, go in whole or not at all (pipe(7)): `roomFor` never splits them.
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
