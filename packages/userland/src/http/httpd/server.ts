/** The loop of `httpd`: one thread, epoll, non-blocking sockets, any number of clients. */
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText } from '../../lib/failure.ts';
import { printError } from '../../lib/stdio.ts';
import { Connection, type ServerContext, type Wait } from './connection.ts';

const MAX_EVENTS = 64;
/** How long accepting rests when the process has no descriptor left. */
const ACCEPT_REST_NS = 100_000_000;

export class HttpServer {
  private readonly connections = new Map<number, { readonly connection: Connection; waits: Wait }>();
  private restUntilNs = -1;

  constructor(
    private readonly sys: Sys,
    private readonly listener: number,
    private readonly epoll: number,
    private readonly context: ServerContext,
  ) {}

  /** Serves until a signal ends the process. */
  async run(): Promise<never> {
    await this.sys.epoll_ctl(this.epoll, 'add', this.listener, POLL.IN);
    for (;;) {
      const before = await this.sys.clock_gettime('monotonic');
      const events = await this.wait(this.timeoutNs(before));
      const now = await this.sys.clock_gettime('monotonic');
      if (this.restUntilNs >= 0 && now >= this.restUntilNs) {
        this.restUntilNs = -1;
        await this.sys.epoll_ctl(this.epoll, 'mod', this.listener, POLL.IN);
      }
      for (const { fd } of events) {
        if (fd === this.listener) await this.acceptAll(now);
        else await this.advance(fd, now, false);
      }
      await this.expire(now);
    }
  }

  private async wait(timeoutNs: number) {
    try {
      return await this.sys.epoll_wait(this.epoll, MAX_EVENTS, timeoutNs);
    } catch (error) {
      if (errnoOf(error) === 'EINTR') return [];
      throw error;
    }
  }

  private timeoutNs(nowNs: number): number {
    let first = this.restUntilNs < 0 ? Number.MAX_SAFE_INTEGER : this.restUntilNs;
    for (const { connection } of this.connections.values()) first = Math.min(first, connection.deadlineNs);
    return first === Number.MAX_SAFE_INTEGER ? -1 : Math.max(0, first - nowNs);
  }

  private async acceptAll(nowNs: number): Promise<void> {
    for (;;) {
      try {
        const { fd, peer } = await this.sys.accept(this.listener, { nonblock: true, cloexec: true });
        // Responses are written whole: waiting for an acknowledgement (Nagle) would only delay their last part.
        await this.sys.setsockopt(fd, 'tcp', 'TCP_NODELAY', 1);
        this.connections.set(fd, {
          connection: new Connection(this.sys, fd, peer, this.context, nowNs),
          waits: 'readable',
        });
        await this.sys.epoll_ctl(this.epoll, 'add', fd, POLL.IN);
        await this.advance(fd, nowNs, false);
      } catch (error) {
        const code = errnoOf(error);
        if (code === 'EAGAIN') return;
        // The client left while it waited in the queue (accept(2)): the next one may still be there.
        if (code === 'ECONNABORTED' || code === 'EINTR') continue;
        if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
        await printError(this.sys, `httpd: accept: ${errorText(error)}\n`);
        this.restUntilNs = nowNs + ACCEPT_REST_NS;
        await this.sys.epoll_ctl(this.epoll, 'mod', this.listener, 0);
        return;
      }
    }
  }

  private async advance(fd: number, nowNs: number, expired: boolean): Promise<void> {
    const entry = this.connections.get(fd);
    if (entry === undefined) return;
    const wait = expired ? await entry.connection.expire(nowNs) : await entry.connection.advance(nowNs);
    if (wait === 'closed') {
      this.connections.delete(fd);
      await entry.connection.close();
    } else if (wait !== entry.waits) {
      entry.waits = wait;
      await this.sys.epoll_ctl(this.epoll, 'mod', fd, wait === 'writable' ? POLL.OUT : POLL.IN);
    }
  }

  private async expire(nowNs: number): Promise<void> {
    for (const [fd, { connection }] of [...this.connections])
      if (connection.deadlineNs <= nowNs) await this.advance(fd, nowNs, true);
  }
}
