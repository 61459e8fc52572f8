/**
 * An open file description: what descriptors point to, shared by `dup` and by child processes. Subclasses are regular files, pipes,
 * terminals, sockets, epoll sets. A method that would wait puts the call on a wait queue and answers BLOCKED.
 */
import { assert } from '../base/assert.ts';
import { E, type Errno } from '../base/errno.ts';
import type { Call } from './call.ts';
import { BLOCKED, type Blocked, type Outcome } from './outcome.ts';
import { READY } from './readiness.ts';
import { WaitQueue } from './wait-queue.ts';

export interface FileStatus {
  readonly type: 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'chardev';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly ino: number;
  readonly nlink: number;
  /** Nanoseconds since the Unix epoch, by the host's clock. */
  readonly mtimeNs: number;
}

export abstract class OpenFile {
  nonblock = false;
  /** The name under which it was opened; empty where it has none. */
  openedAs = '';
  /** Opened for reading (0), writing (1) or both (2), as F_GETFL tells. */
  readonly accessMode: number = 2;
  /** Who is signalled when readiness changes (O_ASYNC). */
  signalIo: { readonly enabled: boolean } | undefined = undefined;
  /** Woken whenever readiness may have changed. */
  readonly waiters = new WaitQueue();
  private references = 0;

  /** What the descriptor is, as `lsof` shows it: `TCP`, `pipe`, `REG`. */
  abstract readonly what: string;

  /** Present poll(2) bits. */
  abstract readiness(): number;

  /** The same for a program that asks: what it may have to wait for, it will be told. */
  poll(): number {
    return this.readiness();
  }

  abstract status(): FileStatus;

  read(_call: Call, _length: number): Outcome<Uint8Array> {
    return E.EINVAL;
  }

  /** Writes what there is room for; a blocking descriptor keeps its progress in the call. SIGPIPE is the caller's business, on EPIPE. */
  write(_call: Call, _data: Uint8Array): Outcome<number> {
    return E.EINVAL;
  }

  seek(_offset: number, _whence: 'set' | 'cur' | 'end'): number | Errno {
    return E.ESPIPE;
  }

  truncate(_length: number): Errno | undefined {
    return E.EINVAL;
  }

  /** fsync(2): what was written is where a loss of power leaves it. EINVAL: nothing that could be there (pipes, sockets, terminals). */
  sync(_call: Call, _dataOnly: boolean): Outcome<undefined> {
    return E.EINVAL;
  }

  get isTerminal(): boolean {
    return false;
  }

  /** Asked before the last reference goes: a lingering close waits here (SO_LINGER). */
  linger(_call: Call): Outcome<undefined> {
    return undefined;
  }

  /** The last reference is gone. */
  protected abstract release(): void;

  /** Another descriptor points here. */
  hold(): this {
    this.references++;
    return this;
  }

  drop(): void {
    assert(this.references > 0, 'an open file was dropped more often than held');
    if (--this.references === 0) this.release();
  }

  get held(): number {
    return this.references;
  }

  /** Waits for a readiness change, or answers EAGAIN where the descriptor or the call (`MSG_DONTWAIT`) does not block. */
  protected block(call: Call, dontwait = false): Errno | Blocked {
    if (this.nonblock || dontwait) return E.EAGAIN;
    call.waitOn(this.waiters);
    return BLOCKED;
  }

  /** The same where one of the waiting calls takes what comes. */
  protected blockExclusively(call: Call): Errno | Blocked {
    if (this.nonblock) return E.EAGAIN;
    call.waitExclusivelyOn(this.waiters);
    return BLOCKED;
  }
}

/** Regular files and directories are always ready. */
export const ALWAYS_READY = READY.IN | READY.OUT;
