/**
 * epoll (epoll(7)): an interest list and a ready list fed by the targets' wait queues. Level-triggered entries stay ready while the condition
 * lasts, edge-triggered ones (EPOLLET) are told once per change, EPOLLONESHOT ones are disabled after one report, and of several EPOLLEXCLUSIVE
 * entries on one file one is told. An epoll can watch another one.
 */
import { E, type Errno } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import { ALWAYS_READY, type FileStatus, OpenFile } from '../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../kernel/outcome.ts';
import { ALWAYS_REPORTED, EPOLL_FLAGS, READY } from '../kernel/readiness.ts';
import { ANY_EVENT, type Waiter } from '../kernel/wait-queue.ts';

const { EXCLUSIVE, ONESHOT, ET } = EPOLL_FLAGS;
const FLAGS = EXCLUSIVE | ONESHOT | ET;
/** What may stand beside EPOLLEXCLUSIVE (EPOLLEXCLUSIVE_OK_BITS). */
const EXCLUSIVE_MAY = READY.IN | READY.OUT | READY.ERR | READY.HUP | ET | EXCLUSIVE;
/** An epoll may watch an epoll that watches an epoll, five deep (EP_MAX_NESTS is 4). */
const MAX_NESTING = 5;

class Interest implements Waiter {
  queued = false;
  constructor(
    readonly epoll: Epoll,
    readonly fd: number,
    readonly file: OpenFile,
    public events: number,
  ) {}

  /** An exclusive entry takes a wake only where somebody waits behind it (ep_poll_callback). */
  wake(mask: number): boolean {
    if (mask !== ANY_EVENT && (mask & this.events) === 0) return false;
    const told = this.epoll.becameReady(this, false);
    return (this.events & EXCLUSIVE) === 0 || told;
  }

  /** Present events of the file; none for a one-shot entry that has been told. `asks`: for a program, not because something changed. */
  revents(asks: boolean): number {
    const wanted = this.events & ~FLAGS;
    if (wanted === 0) return 0;
    return (asks ? this.file.poll() : this.file.readiness()) & wanted;
  }
}

export interface EpollEvent {
  readonly fd: number;
  readonly revents: number;
}

export class Epoll extends OpenFile {
  readonly what = 'a_inode';
  /** By descriptor; two where the number was used again while the first file is still open elsewhere (epoll(7), Q6). */
  private readonly interests = new Map<number, Interest[]>();
  private ready: Interest[] = [];
  /** Files asked for their readiness by `collect`, since the start. */
  scanned = 0;

  constructor(
    private readonly ino: number,
    private readonly wallNs: number,
  ) {
    super();
  }

  readiness(): number {
    return this.ready.some((interest) => interest.revents(false) !== 0) ? READY.IN : 0;
  }

  status(): FileStatus {
    return { type: 'file', mode: 0o600, uid: 0, gid: 0, size: 0, ino: this.ino, nlink: 1, mtimeNs: this.wallNs };
  }

  /** epoll_ctl(2). EEXIST, ENOENT, EINVAL (itself, flags that do not go together), ELOOP, EPERM (regular files). */
  control(op: 'add' | 'mod' | 'del', fd: number, file: OpenFile, events: number): Errno | undefined {
    if (file === this) return E.EINVAL;
    const interest = this.interests.get(fd)?.find((entry) => entry.file === file);
    if (op === 'add') return interest === undefined ? this.add(fd, file, events) : E.EEXIST;
    if (interest === undefined) return E.ENOENT;
    if (op === 'del') {
      this.forget(interest);
      return undefined;
    }
    if (op !== 'mod' || ((interest.events | events) & EXCLUSIVE) !== 0) return E.EINVAL;
    interest.events = events | ALWAYS_REPORTED;
    this.becameReady(interest, true);
    return undefined;
  }

  private add(fd: number, file: OpenFile, events: number): Errno | undefined {
    const exclusive = (events & EXCLUSIVE) !== 0;
    if (exclusive && ((events & ~EXCLUSIVE_MAY) !== 0 || file instanceof Epoll)) return E.EINVAL;
    if (file.readiness() === ALWAYS_READY && (file.what === 'REG' || file.what === 'DIR')) return E.EPERM;
    if (file instanceof Epoll && (file.reaches(this) || file.depth() >= MAX_NESTING)) return E.ELOOP;
    const interest = new Interest(this, fd, file, events | ALWAYS_REPORTED);
    const same = this.interests.get(fd);
    if (same === undefined) this.interests.set(fd, [interest]);
    else same.push(interest);
    if (exclusive) file.waiters.addExclusive(interest);
    else file.waiters.add(interest);
    this.becameReady(interest, true);
    return undefined;
  }

  /** Epolls that this one watches. */
  private *watched(): Generator<Epoll> {
    for (const entries of this.interests.values())
      for (const { file } of entries) if (file instanceof Epoll) yield file;
  }

  private reaches(other: Epoll): boolean {
    for (const epoll of this.watched()) if (epoll === other || epoll.reaches(other)) return true;
    return false;
  }

  private depth(): number {
    let deepest = 0;
    for (const epoll of this.watched()) deepest = Math.max(deepest, epoll.depth());
    return deepest + 1;
  }

  private forget(interest: Interest): void {
    const rest = this.interests.get(interest.fd)?.filter((other) => other !== interest) ?? [];
    if (rest.length === 0) this.interests.delete(interest.fd);
    else this.interests.set(interest.fd, rest);
    interest.file.waiters.remove(interest);
    if (interest.queued) this.ready = this.ready.filter((other) => other !== interest);
    interest.queued = false;
  }

  /** Puts the entry on the ready list and wakes one of those who wait; false where nobody does. */
  becameReady(interest: Interest, asks: boolean): boolean {
    if (interest.revents(asks) === 0) return false;
    if (!interest.queued) {
      interest.queued = true;
      this.ready.push(interest);
    }
    const awaited = !this.waiters.empty;
    this.waiters.wake(READY.IN);
    return awaited;
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
      // Closed everywhere: the entry is gone (epoll(7), Q6).
      if (interest.file.held === 0) {
        this.forget(interest);
        continue;
      }
      this.scanned++;
      const revents = interest.revents(true);
      if (revents === 0) continue;
      events.push({ fd: interest.fd, revents });
      if ((interest.events & ONESHOT) !== 0) interest.events &= FLAGS;
      else if ((interest.events & ET) === 0) again.push(interest);
    }
    for (const interest of again) {
      interest.queued = true;
      this.ready.push(interest);
    }
    // What is left may be for another waiter (ep_done_scan).
    if (this.ready.length > 0) this.waiters.wake(READY.IN);
    return events;
  }

  wait(call: Call, max: number, timeoutNs: number, readyAt: number): Outcome<readonly EpollEvent[]> {
    const events = this.collect(max);
    if (events.length > 0 || timeoutNs === 0 || call.expired) return events;
    if (timeoutNs > 0) call.expireAt(readyAt + timeoutNs);
    call.waitExclusivelyOn(this.waiters);
    return BLOCKED;
  }

  protected release(): void {
    for (const entries of [...this.interests.values()]) for (const interest of entries) this.forget(interest);
  }
}
