/**
 * An open file of the machine: regular files, directories and devices that answer at once. Reads and writes are Node's synchronous ones; the offset is
 * kept here, shared by copies of the descriptor. Left out: flock(2), which Node does not have.
 */
import { closeSync, fdatasync, fstatSync, fsync, ftruncateSync, readSync, type Stats, writeSync } from 'node:fs';
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Call } from '@netarium/core/kernel/call.ts';
import { ALWAYS_READY, type FileStatus, OpenFile } from '@netarium/core/kernel/open-file.ts';
import type { Outcome } from '@netarium/core/kernel/outcome.ts';
import { MS } from '@netarium/core/time/instant.ts';
import { CHANGE } from '../changes.ts';
import { attempt, errnoOf, failureOf } from '../errno-of.ts';
import { later } from '../kernel/later.ts';

export interface FileAccess {
  readonly read: boolean;
  readonly write: boolean;
  readonly append: boolean;
}

export function statusOf(stats: Stats): FileStatus {
  return {
    type: stats.isFile()
      ? 'file'
      : stats.isDirectory()
        ? 'directory'
        : stats.isSymbolicLink()
          ? 'symlink'
          : stats.isFIFO()
            ? 'fifo'
            : stats.isSocket()
              ? 'socket'
              : 'chardev',
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    ino: stats.ino,
    nlink: stats.nlink,
    mtimeNs: Math.round(stats.mtimeMs * MS),
  };
}

export class RegularFile extends OpenFile {
  readonly what: string;
  override readonly accessMode: number;
  private offset = 0;
  /** Devices have no offset: the next bytes are the next bytes. */
  private readonly seekable: boolean;
  /** Of a file that is only written, at its end: looked up when somebody asks. */
  private offsetIsEnd = false;
  /** Counts what makes threads forget the descriptor that they were handed out. */
  private recalls: Int32Array | undefined;

  constructor(
    /** The operating system's descriptor. */
    readonly handle: number,
    private readonly access: FileAccess,
  ) {
    super();
    const stats = fstatSync(handle);
    this.seekable = stats.isFile();
    this.what = stats.isDirectory() ? 'DIR' : stats.isFile() ? 'REG' : 'CHR';
    this.accessMode = access.write ? (access.read ? 2 : 1) : 0;
  }

  get appends(): boolean {
    return this.access.append;
  }

  /** For threads that write to it by themselves; undefined where an offset plays a part, for it is only known here. */
  handOut(recalls: Int32Array): number | undefined {
    if (!this.access.append || this.access.read) return undefined;
    this.offsetIsEnd = true;
    this.recalls = recalls;
    return this.handle;
  }

  readiness(): number {
    return ALWAYS_READY;
  }

  status(): FileStatus {
    return statusOf(fstatSync(this.handle));
  }

  override read(_call: Call, length: number): Outcome<Uint8Array> {
    if (!this.access.read) return E.EBADF;
    if (this.what === 'DIR') return E.EISDIR;
    const buffer = new Uint8Array(length);
    const count = attempt(() => readSync(this.handle, buffer, 0, length, this.seekable ? this.offset : null));
    if (count instanceof Errno) return count;
    this.offset += count;
    return count === length ? buffer : buffer.slice(0, count);
  }

  override write(_call: Call, data: Uint8Array): Outcome<number> {
    if (!this.access.write) return E.EBADF;
    const at = this.access.append || !this.seekable ? null : this.offset;
    const count = attempt(() => writeSync(this.handle, data, 0, data.length, at));
    if (count instanceof Errno) return count;
    if (!this.access.append) this.offset += count;
    else if (this.access.read) this.offset = fstatSync(this.handle).size;
    else this.offsetIsEnd = true;
    return count;
  }

  override seek(offset: number, whence: 'set' | 'cur' | 'end'): number | Errno {
    if (!this.seekable) return this.what === 'DIR' ? E.EINVAL : E.ESPIPE;
    const fromEnd = whence === 'end' || (whence === 'cur' && this.offsetIsEnd);
    const base = whence === 'set' ? 0 : fromEnd ? fstatSync(this.handle).size : this.offset;
    if (!Number.isSafeInteger(base + offset) || base + offset < 0) return E.EINVAL;
    this.offset = base + offset;
    this.offsetIsEnd = false;
    // The next write moves the offset to the end again (open(2), O_APPEND), so it has to be heard of.
    if (this.recalls !== undefined) Atomics.add(this.recalls, CHANGE.DESCRIPTORS, 1);
    this.recalls = undefined;
    return this.offset;
  }

  override truncate(length: number): Errno | undefined {
    if (!this.access.write || !Number.isSafeInteger(length) || length < 0) return E.EINVAL;
    return failureOf(() => ftruncateSync(this.handle, length));
  }

  /** In a thread of Node's: a disk may take long, and the kernel serves others meanwhile. */
  override sync(call: Call, dataOnly: boolean): Outcome<undefined> {
    return later(
      call,
      () =>
        new Promise((resolve) => {
          this.hold();
          const synced = dataOnly ? fdatasync : fsync;
          synced(this.handle, (error) => {
            this.drop();
            resolve(error === null ? undefined : errnoOf(error));
          });
        }),
    );
  }

  protected release(): void {
    failureOf(() => closeSync(this.handle));
  }
}

/** A file as standard output: its offset is the system's, for who redirected it shares it; it stays open as long as Node does. */
export class StandardFile extends RegularFile {
  constructor(handle: number) {
    super(handle, { read: false, write: true, append: true });
  }

  protected override release(): void {}
}
