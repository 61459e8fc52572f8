/**
 * The sockets through which clients ask: UDP and TCP on every served address. One socket per address, so that a reply comes from the
 * address that was asked, as BIND does. Knows nothing of what queries mean.
 */
import { POLL, type SockAddr, type Sys } from '@netarium/core/syscall/sys.ts';
import type { EventLoop, LoopTimer } from '../lib/event-loop.ts';
import { errnoOf } from '../lib/failure.ts';
import { FrameReader, framed } from './frames.ts';

/** Where a reply goes. */
export interface Client {
  readonly transport: 'udp' | 'tcp';
  /** `10.0.1.2#40000`, as BIND's log has it. */
  readonly name: string;
  reply(bytes: Uint8Array): Promise<void>;
}

export type QueryHandler = (bytes: Uint8Array, client: Client) => Promise<void>;

/** BIND's tcp-idle-timeout and tcp-clients. */
const IDLE_NS = 30_000_000_000;
const MAX_CONNECTIONS = 150;
const BACKLOG = 10;
const FREE_PORT_ATTEMPTS = 16;

export class ClientSockets {
  private connections = 0;
  private readonly served = new Set<string>();

  constructor(
    private readonly sys: Sys,
    private readonly loop: EventLoop,
    private readonly handle: QueryHandler,
  ) {}

  /** Opens both sockets of an address, of the same port; answers it. Throws the errno of the call that fails. */
  async listen(address: string, wanted: number): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const udp = await this.sys.socket('inet', 'dgram', 'udp', { nonblock: true, cloexec: true });
      const tcp = await this.sys.socket('inet', 'stream', 'tcp', { nonblock: true, cloexec: true });
      try {
        const port = await this.bindBoth(udp, tcp, address, wanted);
        await this.loop.watch(udp, POLL.IN, () => this.datagrams(udp));
        await this.loop.watch(tcp, POLL.IN, () => this.accept(tcp));
        this.served.add(address);
        return port;
      } catch (error) {
        await this.sys.close(udp);
        await this.sys.close(tcp);
        // A port that is free for one need not be so for the other.
        if (wanted !== 0 || attempt === FREE_PORT_ATTEMPTS || errnoOf(error) !== 'EADDRINUSE') throw error;
      }
    }
  }

  private async bindBoth(udp: number, tcp: number, address: string, wanted: number): Promise<number> {
    await this.sys.bind(udp, { family: 'inet', address, port: wanted });
    const name = wanted === 0 ? await this.sys.getsockname(udp) : undefined;
    const port = name?.family === 'inet' ? name.port : wanted;
    await this.sys.setsockopt(tcp, 'socket', 'SO_REUSEADDR', 1);
    await this.sys.bind(tcp, { family: 'inet', address, port });
    await this.sys.listen(tcp, BACKLOG);
    return port;
  }

  serves(address: string): boolean {
    return this.served.has(address);
  }

  private async datagrams(fd: number): Promise<void> {
    for (;;) {
      try {
        const { data, from } = await this.sys.recvfrom(fd, 65_535);
        if (from) await this.handle(data, this.datagramClient(fd, from));
      } catch (error) {
        if (errnoOf(error) === 'EAGAIN') return;
        // An ICMP error of an earlier reply; the next datagram is another matter.
      }
    }
  }

  private datagramClient(fd: number, from: SockAddr): Client {
    return {
      transport: 'udp',
      name: clientName(from),
      reply: async (bytes) => {
        try {
          await this.sys.sendto(fd, bytes, from);
        } catch (error) {
          // The client asks again; there is nobody to tell (RFC 1035 section 7.3 leaves retries to it).
          errnoOf(error);
        }
      },
    };
  }

  private async accept(listener: number): Promise<void> {
    for (;;) {
      try {
        const { fd, peer } = await this.sys.accept(listener, { nonblock: true, cloexec: true });
        if (this.connections >= MAX_CONNECTIONS) {
          await this.sys.close(fd);
          continue;
        }
        this.connections++;
        const connection = new Connection(this.sys, this.loop, this.handle, fd, clientName(peer), () => {
          this.connections--;
        });
        await connection.start();
      } catch (error) {
        if (errnoOf(error) !== 'ECONNABORTED') return;
      }
    }
  }
}

function clientName(from: SockAddr): string {
  return from.family === 'inet' ? `${from.address}#${from.port}` : from.family;
}

/** A client's TCP connection: queries in, replies out in the order in which they are ready (RFC 7766 section 6.2.1.1). */
class Connection implements Client {
  readonly transport = 'tcp';
  private readonly frames = new FrameReader();
  private unsent: Uint8Array[] = [];
  private timer: LoopTimer | undefined;
  private closed = false;
  private ended = false;
  private pending = 0;

  constructor(
    private readonly sys: Sys,
    private readonly loop: EventLoop,
    private readonly handle: QueryHandler,
    private readonly fd: number,
    readonly name: string,
    private readonly gone: () => void,
  ) {}

  async start(): Promise<void> {
    await this.loop.watch(this.fd, POLL.IN, (revents) => this.ready(revents));
    await this.restartTimer();
  }

  async reply(bytes: Uint8Array): Promise<void> {
    this.pending--;
    if (this.closed) return;
    this.unsent.push(framed(bytes));
    await this.flush();
    if (!this.closed) await this.restartTimer();
  }

  private async restartTimer(): Promise<void> {
    this.loop.cancel(this.timer);
    this.timer = this.loop.at((await this.loop.now()) + IDLE_NS, () => this.close());
  }

  private async ready(revents: number): Promise<void> {
    if (revents & POLL.OUT) await this.flush();
    if (!this.closed && revents & (POLL.IN | POLL.HUP | POLL.ERR)) await this.read();
  }

  private async read(): Promise<void> {
    if (this.ended) {
      await this.close();
      return;
    }
    let data: Uint8Array;
    try {
      data = await this.sys.recv(this.fd, 16_384);
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') await this.close();
      return;
    }
    if (data.length === 0) {
      // The client has no more questions; it still gets the answers that are due (RFC 7766 section 6.2.3).
      this.ended = true;
      await this.closeWhenDone();
      return;
    }
    for (const query of this.frames.push(data)) {
      this.pending++;
      await this.handle(query, this);
    }
    if (!this.closed) await this.restartTimer();
  }

  private async flush(): Promise<void> {
    try {
      while (this.unsent.length > 0) {
        const piece = this.unsent[0]!;
        const sent = await this.sys.send(this.fd, piece, { nosignal: true });
        if (sent < piece.length) this.unsent[0] = piece.subarray(sent);
        else this.unsent.shift();
      }
      await this.loop.change(this.fd, this.ended ? 0 : POLL.IN);
      await this.closeWhenDone();
    } catch (error) {
      if (errnoOf(error) === 'EAGAIN') await this.loop.change(this.fd, this.ended ? POLL.OUT : POLL.IN | POLL.OUT);
      else await this.close();
    }
  }

  private async closeWhenDone(): Promise<void> {
    if (!this.ended || this.closed) return;
    if (this.pending === 0 && this.unsent.length === 0) await this.close();
    else await this.loop.change(this.fd, this.unsent.length > 0 ? POLL.OUT : 0);
  }

  private async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.loop.cancel(this.timer);
    this.gone();
    await this.loop.close(this.fd);
  }
}
