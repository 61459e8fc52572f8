/**
 * Who waits for which descriptor: one reader and one writer each, level-triggered over epoll(7). What a watcher is, is the event loop's affair; a
 * wait answers those whose descriptor is ready, the reader of a descriptor before its writer.
 */
import { POLL, type PollResult, type Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '../lib/failure.ts';

export type Direction = 'read' | 'write';

interface Watched<W> {
  read: W | undefined;
  write: W | undefined;
}

export class Readiness<W> {
  private readonly watched = new Map<number, Watched<W>>();

  private constructor(
    private readonly sys: Sys,
    private readonly epfd: number,
  ) {}

  static async create<W>(sys: Sys): Promise<Readiness<W>> {
    return new Readiness<W>(sys, await sys.epoll_create());
  }

  /** Sets the watcher of one direction in the place of the one before, which is answered. */
  async set(fd: number, direction: Direction, watcher: W): Promise<W | undefined> {
    const known = this.watched.get(fd);
    if (known === undefined) {
      const added: Watched<W> = { read: undefined, write: undefined };
      added[direction] = watcher;
      await this.sys.epoll_ctl(this.epfd, 'add', fd, maskOf(added));
      this.watched.set(fd, added);
      return undefined;
    }
    const before = known[direction];
    known[direction] = watcher;
    if (before === undefined) await this.sys.epoll_ctl(this.epfd, 'mod', fd, maskOf(known));
    return before;
  }

  /** Forgets one direction; answers the watcher that was there. */
  async clear(fd: number, direction: Direction): Promise<W | undefined> {
    const known = this.watched.get(fd);
    const before = known?.[direction];
    if (known === undefined || before === undefined) return undefined;
    known[direction] = undefined;
    if (known.read === undefined && known.write === undefined) {
      this.watched.delete(fd);
      await this.sys.epoll_ctl(this.epfd, 'del', fd);
    } else await this.sys.epoll_ctl(this.epfd, 'mod', fd, maskOf(known));
    return before;
  }

  /** Waits up to `timeoutNs` (-1: for ever) for descriptors; a signal ends the wait with what there is: nothing. */
  async wait(timeoutNs: number): Promise<W[]> {
    let events: readonly PollResult[] = [];
    try {
      events = await this.sys.epoll_wait(this.epfd, Math.max(1, this.watched.size), timeoutNs);
    } catch (error) {
      if (errnoOf(error) !== 'EINTR') throw error;
    }
    const ready: W[] = [];
    for (const { fd, revents } of events) {
      const known = this.watched.get(fd);
      // An error or a hang-up is told to both: whoever makes the next call gets its errno.
      if (known?.read !== undefined && (revents & ~POLL.OUT) !== 0) ready.push(known.read);
      if (known?.write !== undefined && (revents & ~POLL.IN) !== 0) ready.push(known.write);
    }
    return ready;
  }

  /** Who waits for what: to be looked at. */
  list(): { readonly fd: number; readonly direction: Direction; readonly watcher: W }[] {
    return [...this.watched].flatMap(([fd, { read, write }]) => [
      ...(read === undefined ? [] : [{ fd, direction: 'read' as const, watcher: read }]),
      ...(write === undefined ? [] : [{ fd, direction: 'write' as const, watcher: write }]),
    ]);
  }

  close(): Promise<void> {
    return this.sys.close(this.epfd);
  }
}

function maskOf({ read, write }: Watched<unknown>): number {
  return (read === undefined ? 0 : POLL.IN) | (write === undefined ? 0 : POLL.OUT);
}
