/**
 * F: hosts around one router, each of which loads a page of 100 kB from its neighbour every 30 s, by a TCP connection of its own, and reads it
 * meanwhile. Their first requests are spread evenly over 30 s. Measured from each host's second page on: what the first costs beside (addresses
 * resolved, routes looked up, code compiled) is the same for any number of pages.
 */
import type { Ipv4Address } from '@netarium/core/base/address.ts';
import { assert } from '@netarium/core/base/assert.ts';
import { E } from '@netarium/core/base/errno.ts';
import type { Event } from '@netarium/core/time/queue.ts';
import { END_OF_STREAM, type TcpEndpoint } from '@netarium/core/transport/tcp/api.ts';
import { payloadOf } from '@netarium/core/wire/payload.ts';
import { BenchHost, BenchWorld, ok } from '../host.ts';
import { behindRouter } from '../star.ts';
import { Listener, Owner } from '../tcp-flow.ts';
import type { Mode, Result, Variant } from '../workload.ts';

const PORT = 80;
const SECOND_NS = 1_000_000_000;
const INTERVAL_NS = 30 * SECOND_NS;
const REQUEST = payloadOf(new Uint8Array(120).map((_, i) => i));
const PAGE = payloadOf(new Uint8Array(100_000).map((_, i) => i * 31));
const READ_BYTES = 8192;

/** Answers each connection with the page. */
class PageServer extends Listener {
  protected serverOf(socket: TcpEndpoint): Owner {
    return new Answer(socket);
  }
}

/** Sends the page's memory once the request is there, and closes when the client has. */
class Answer extends Owner {
  private asked = 0;
  private sent = 0;

  constructor(private readonly socket: TcpEndpoint) {
    super();
  }

  override readable(): void {
    for (;;) {
      const got = ok(this.socket.receive(READ_BYTES));
      if (got === undefined) break;
      if (got === END_OF_STREAM) {
        this.socket.close();
        return;
      }
      this.asked += got.length;
    }
    this.writable();
  }

  override writable(): void {
    while (this.asked === REQUEST.length && this.sent < PAGE.length) {
      const taken = ok(this.socket.send(PAGE.slice(this.sent, PAGE.length)));
      if (taken === undefined) return;
      this.sent += taken;
    }
  }
}

/** Loads a page every 30 s. */
class Reader extends Owner implements Event {
  pages = 0;
  private left = 0;
  private socket: TcpEndpoint | undefined;
  private readonly buffer = new Uint8Array(READ_BYTES);

  constructor(
    private readonly host: BenchHost,
    private readonly server: Ipv4Address,
    startNs: number,
    private readonly wanted: number,
  ) {
    super();
    host.context.queue.schedule(startNs, this);
  }

  fire(now: number): void {
    assert(this.left === 0, 'the last page is complete');
    this.left = PAGE.length;
    const socket = this.host.tcp.socket();
    socket.owner = this;
    assert(socket.connect(this.server, PORT) === E.EINPROGRESS, 'connect');
    this.socket = socket;
    if (this.pages + 1 < this.wanted) this.host.context.queue.schedule(now + INTERVAL_NS, this);
  }

  override writable(): void {
    if (this.left === PAGE.length) assert(ok(this.socket!.send(REQUEST)) === REQUEST.length, 'the request is sent');
  }

  override readable(): void {
    for (;;) {
      const got = ok(this.socket!.receiveInto(this.buffer));
      if (typeof got !== 'number') return;
      this.left -= got;
      if (this.left > 0) continue;
      this.pages++;
      this.socket!.close();
      return;
    }
  }
}

export function run(mode: Mode, { hosts: size = 100, pages = 100 }: Variant): Result {
  const world = new BenchWorld(mode);
  const [count, each] = [Number(size), Number(pages)];
  const hosts = Array.from({ length: count }, (_, i) => new BenchHost(world, `h${i}`));
  const addresses = behindRouter(world, hosts);
  for (const host of hosts) new PageServer(host, PORT);
  const readers = hosts.map((host, i) => {
    const startNs = SECOND_NS + Math.floor((i * INTERVAL_NS) / count);
    return new Reader(host, addresses[(i + 1) % count]!, startNs, each);
  });
  world.run(SECOND_NS + INTERVAL_NS);
  const firstEvents = world.queue.fired;
  const before = process.cpuUsage();
  // A second for the page that is asked for last.
  world.run(2 * SECOND_NS + each * INTERVAL_NS);
  const { user, system } = process.cpuUsage(before);
  world.end();
  const loaded = readers.reduce((sum, reader) => sum + reader.pages, 0);
  assert(loaded === count * each, `${loaded} pages`);
  const { hops, drops, recorder, queue } = world;
  const events = queue.fired - firstEvents;
  const nsPerEvent = Math.round(((user + system) * 1000) / events);
  return { hops, details: { pages: loaded, drops, events, nsPerEvent, digest: recorder.wire.toString().slice(0, 16) } };
}
