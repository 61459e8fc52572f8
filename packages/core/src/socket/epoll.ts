/**
 * epoll (epoll(7)): an interest list and a ready list fed by the targets' wait queues. Level-triggered entries stay ready while the condition
 * lasts, edge-triggered ones (EPOLLET) are told once per change, EPOLLONESHOT ones are disabled after one report.
 */
import { E, type Errno } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import { ALWAYS_READY, type FileStatus, OpenFile } from '../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../kernel/outcome.ts';
import { ALWAYS_REPORTED, READY } from '../kernel/readiness.ts';
import type { Waiter } from '../kernel/wait-queue.ts';

const ONESHOT = 0x4000_0000;
const EDGE = 0x8000_0000;
const EXCLUSIVE = 0x1000_0000;

class Interest implements Waiter {
  queued = false;
  constructor(
    readonly epoll: Epoll,
    readonly fd: number,
    readonly file: OpenFile,
    public events: number,
  ) {}

  wake(mask: number): void {
    if (mask !== -1 && (mask & (this.events | ALWAYS_REPORTED)) === 0) return;
    this.epoll.enqueue(this);
  }
}

export interface EpollEvent {
  readonly fd: number;
  readonly revents: number;
}

export class Epoll extends OpenFile {
  readonly what = 'a_inode';
  private readonly interests = new Map<number, Interest>();
  private ready: Interest[] = [];

  constructor(
    private readonly ino: number,
    private readonly wallNs: number,
  ) {
    super();
  }

  readiness(): number {
    return this.ready.some((interest) => this.eventsOf(interest) !== 0) ? READY.IN : 0;
  }

  status(): FileStatus {
    return { type: 'file', mode: 0o600, uid: 0, gid: 0, size: 0, ino: this.ino, nlink: 1, mtimeNs: this.wallNs };
  }

  /** epoll_ctl(2). EEXIST, ENOENT, EINVAL (itself), EPERM (regular files). */
  control(op: 'add' | 'mod' | 'del', fd: number, file: OpenFile, events: number): Errno | undefined {
    if (file === this) return E.EINVAL;
    const interest = this.interestIn(fd, file);
    if (op === 'add') {
      if (interest !== undefined) return E.EEXIST;
      if (file.readiness() === ALWAYS_READY && (file.what === 'REG' || file.what === 'DIR')) return E.EPERM;
      const added = new Interest(this, fd, file, events);
      this.interests.set(fd, added);
      file.waiters.add(added);
      this.enqueue(added);
      return undefined;
    }
    if (interest === undefined) return E.ENOENT;
    if (op === 'del') {
      this.forget(interest);
      return undefined;
    }
    if (((interest.events | events) & EXCLUSIVE) !== 0) return E.EINVAL;
    interest.events = events;
    this.enqueue(interest);
    return undefined;
  }

  /** An entry whose file was closed under it counts as gone, as in Linux. */
  private interestIn(fd: number, file: OpenFile): Interest | undefined {
    const interest = this.interests.get(fd);
    if (interest === undefined || interest.file === file) return interest;
    this.forget(interest);
    return undefined;
  }

  private forget(interest: Interest): void {
    this.interests.delete(interest.fd);
    interest.file.waiters.remove(interest);
    if (interest.queued) this.ready = this.ready.filter((other) => other !== interest);
    interest.queued = false;
  }

  enqueue(interest: Interest): void {
    if (interest.queued || this.eventsOf(interest) === 0) return;
    interest.queued = true;
    this.ready.push(interest);
    this.waiters.wake(READY.IN);
  }

  private eventsOf(interest: Interest): number {
    const wanted = interest.events & ~(ONESHOT | EDGE | EXCLUSIVE);
    // A disabled one-shot entry has no event bits left, and reports nothing, not even errors.
    if (wanted === 0) return 0;
    return interest.file.readiness() & (wanted | ALWAYS_REPORTED);
  }

  /** epoll_wait(2): up to `max` ready entries, in the order in which they became ready; level-triggered ones go to the back of the list. */
  collect(max: number): EpollEvent[] {
    const events: EpollEvent[] = [];
    const candidates = this.ready;
    this.ready = [];
    const again: Interest[] = [];
    for (let i = 0; i < candidates.length; i++) {
      const interest = candidates[i]!;
      if (events.length === max) {
        this.ready.push(...candidates.slice(i));
        break;
      }
      interest.queued = false;
      if (interest.file.held === 0) {
        this.forget(interest);
        continue;
      }
      const revents = this.eventsOf(interest);
      if (revents === 0) continue;
      events.push({ fd: interest.fd, revents });
      if ((interest.events & ONESHOT) !== 0) interest.events = ONESHOT;
      else if ((interest.events & EDGE) === 0) again.push(interest);
    }
    for (const interest of again) {
      interest.queued = true;
      this.ready.push(interest);
    }
    return events;
  }

  wait(call: Call, max: number, timeoutNs: number, readyAt: number): Outcome<readonly EpollEvent[]> {
    const events = this.collect(max);
    if (events.length > 0 || timeoutNs === 0 || call.expired) return events;
    if (timeoutNs > 0) call.expireAt(readyAt + timeoutNs);
    call.waitOn(this.waiters);
    return BLOCKED;
  }

  protected release(): void {
    for (const interest of [...this.interests.values()]) this.forget(interest);
  }
}
