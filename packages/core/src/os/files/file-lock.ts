/**
 * Advisory locks on whole files (flock(2)): shared or exclusive, held by an open file, so that copies of a descriptor and forked children have the same lock.
 * To change one is to let it go first. Left out: byte ranges (fcntl(2), F_SETLK).
 */
import { E, type Errno } from '../../base/errno.ts';
import type { Call } from '../../kernel/call.ts';
import type { OpenFile } from '../../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';

export class FileLock {
  private exclusive: OpenFile | undefined;
  private readonly sharers = new Set<OpenFile>();
  private readonly waiters = new WaitQueue();

  acquire(file: OpenFile, call: Call, exclusive: boolean, nonblock: boolean): Outcome<undefined> {
    this.release(file);
    const free = this.exclusive === undefined && (!exclusive || this.sharers.size === 0);
    if (!free) return nonblock ? E.EAGAIN : this.wait(call);
    if (exclusive) this.exclusive = file;
    else this.sharers.add(file);
    return undefined;
  }

  private wait(call: Call): Errno | typeof BLOCKED {
    call.waitOn(this.waiters);
    return BLOCKED;
  }

  release(file: OpenFile): void {
    if (this.exclusive === file) this.exclusive = undefined;
    else if (!this.sharers.delete(file)) return;
    this.waiters.wake();
  }
}
