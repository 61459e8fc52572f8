/**
 * B: 200 hosts in a star, UDP echo. Host i sends 512 bytes to host i + 1, a hundred times a second for 20 s unless told, the first at 1 s + i x 50 us;
 * every host echoes. `router`: a point-to-point link of 100 Mbit/s and 1 ms to one router each; `switch`: Ethernet of 100 Mbit/s and 2 us
 * into one learning switch, addresses by ARP. With other numbers of hosts and seconds it is one of the two of `bench/micro/growth.ts`.
 */
import { IPV4_ANY, type Ipv4Address } from '@netarium/core/base/address.ts';
import { assert } from '@netarium/core/base/assert.ts';
import { Errno } from '@netarium/core/base/errno.ts';
import type { Event } from '@netarium/core/time/queue.ts';
import type { Datagram } from '@netarium/core/transport/datagram.ts';
import type { UdpSocket } from '@netarium/core/transport/udp.ts';
import { BenchHost, BenchWorld, ok } from '../host.ts';
import { behindRouter, onSwitch } from '../star.ts';
import type { Mode, Result, Variant } from '../workload.ts';

const ECHO_PORT = 7;
const MESSAGE = new Uint8Array(512);
const MS = 1_000_000;
const PER_SECOND = 100;
const INTERVAL_NS = (1000 * MS) / PER_SECOND;
const START_NS = 1000 * MS;
const STAGGER_NS = 50_000;

/** What `recvfrom` does: the datagram's bytes into the program's buffer. */
function copyOut(datagram: Datagram, buffer: Uint8Array): number {
  const { payload } = datagram;
  buffer.set(payload.bytes());
  return payload.length;
}

/** The echo service: reads a datagram into its buffer and sends that back; `send` copies it, as `sendto` does. */
class EchoServer {
  private readonly socket: UdpSocket;

  constructor(
    private readonly world: BenchWorld,
    host: BenchHost,
  ) {
    this.socket = host.udp.socket();
    ok(this.socket.bind(IPV4_ANY, ECHO_PORT));
    this.socket.owner = { readable: () => this.readable(), writable: () => {}, error: () => {} };
  }

  private readable(): void {
    for (;;) {
      const datagram = this.socket.receive();
      if (datagram === undefined || datagram instanceof Errno) return;
      const { store, scratch } = this.world;
      const length = copyOut(datagram, scratch);
      ok(this.socket.send(store.copy(scratch.subarray(0, length)), datagram.from, datagram.fromPort));
    }
  }
}

class Client implements Event {
  replies = 0;
  bytes = 0;
  private sent = 0;
  private readonly socket: UdpSocket;

  constructor(
    private readonly world: BenchWorld,
    host: BenchHost,
    server: Ipv4Address,
    start: number,
    private readonly requests: number,
  ) {
    this.socket = host.udp.socket();
    this.socket.owner = { readable: () => this.readable(), writable: () => {}, error: () => {} };
    ok(this.socket.connect(server, ECHO_PORT));
    world.queue.schedule(start, this);
  }

  fire(now: number): void {
    ok(this.socket.send(this.world.store.copy(MESSAGE)));
    if (++this.sent < this.requests) this.world.queue.schedule(now + INTERVAL_NS, this);
  }

  private readable(): void {
    for (;;) {
      const datagram = this.socket.receive();
      if (datagram === undefined || datagram instanceof Errno) return;
      this.replies++;
      this.bytes += copyOut(datagram, this.world.scratch);
    }
  }
}

export function run(mode: Mode, { kind, hosts: size = 200, seconds = 20 }: Variant): Result {
  const world = new BenchWorld(mode);
  const [count, each] = [Number(size), Number(seconds) * PER_SECOND];
  const hosts = Array.from({ length: count }, (_, i) => new BenchHost(world, `h${i}`));
  const addresses = kind === 'router' ? behindRouter(world, hosts) : onSwitch(world, hosts);
  for (const host of hosts) new EchoServer(world, host);
  const clients = hosts.map(
    (host, i) =>
      new Client(world, host, addresses[(i + 1) % count]!, START_NS + ((i * STAGGER_NS) % INTERVAL_NS), each),
  );
  const before = process.cpuUsage();
  world.run(START_NS + each * INTERVAL_NS + 1000 * MS);
  const { user, system } = process.cpuUsage(before);
  world.end();
  const replies = clients.reduce((sum, client) => sum + client.replies, 0);
  assert(replies === count * each, `${replies} replies`);
  const { hops, drops, recorder, queue, capturedBytes } = world;
  const digest = recorder.wire.toString().slice(0, 16);
  const nsPerEvent = Math.round(((user + system) * 1000) / queue.fired);
  return { hops, details: { replies, drops, events: queue.fired, nsPerEvent, capturedBytes, digest } };
}
