/**
 * B: 200 hosts in a star, UDP echo. Host i sends 512 bytes to host i + 1, a hundred times a second for 20 s, the first at 1 s + i x 50 us;
 * every host echoes. `router`: a point-to-point link of 100 Mbit/s and 1 ms to one router each; `switch`: Ethernet of 100 Mbit/s and 2 us
 * into one learning switch, addresses by ARP. With other numbers of hosts and requests it is the growth benchmark (`bench/micro/growth.ts`),
 * for which the CPU time of the run without the building of the world is told.
 */
import { IPV4_ANY, Ipv4Address } from '@netarium/core/base/address.ts';
import { assert } from '@netarium/core/base/assert.ts';
import { Errno } from '@netarium/core/base/errno.ts';
import { Switch } from '@netarium/core/link/switch.ts';
import type { Event } from '@netarium/core/time/queue.ts';
import type { Datagram } from '@netarium/core/transport/datagram.ts';
import type { UdpSocket } from '@netarium/core/transport/udp.ts';
import { BenchHost, BenchWorld, ok, POINT_TO_POINT } from '../host.ts';
import type { Mode, Result, Variant } from '../workload.ts';

const ECHO_PORT = 7;
const PAYLOAD_BYTES = 512;
const MS = 1_000_000;
const INTERVAL_NS = 10 * MS;
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
  private readonly buffer = new Uint8Array(2048);

  constructor(private readonly host: BenchHost) {
    this.socket = host.udp.socket();
    ok(this.socket.bind(IPV4_ANY, ECHO_PORT));
    this.socket.owner = { readable: () => this.readable(), writable: () => {}, error: () => {} };
  }

  private readable(): void {
    for (;;) {
      const datagram = this.socket.receive();
      if (datagram === undefined || datagram instanceof Errno) return;
      const length = copyOut(datagram, this.buffer);
      ok(
        this.socket.send(this.host.world.store.copy(this.buffer.subarray(0, length)), datagram.from, datagram.fromPort),
      );
    }
  }
}

class Client implements Event {
  replies = 0;
  bytes = 0;
  private sent = 0;
  private readonly socket: UdpSocket;
  private readonly message = new Uint8Array(PAYLOAD_BYTES);
  private readonly buffer = new Uint8Array(2048);

  constructor(
    private readonly host: BenchHost,
    server: Ipv4Address,
    start: number,
    private readonly requests: number,
  ) {
    this.socket = host.udp.socket();
    this.socket.owner = { readable: () => this.readable(), writable: () => {}, error: () => {} };
    ok(this.socket.connect(server, ECHO_PORT));
    host.context.queue.schedule(start, this);
  }

  fire(now: number): void {
    ok(this.socket.send(this.host.world.store.copy(this.message)));
    if (++this.sent < this.requests) this.host.context.queue.schedule(now + INTERVAL_NS, this);
  }

  private readable(): void {
    for (;;) {
      const datagram = this.socket.receive();
      if (datagram === undefined || datagram instanceof Errno) return;
      this.replies++;
      this.bytes += copyOut(datagram, this.buffer);
    }
  }
}

function behindRouter(world: BenchWorld, hosts: readonly BenchHost[]): readonly Ipv4Address[] {
  const router = new BenchHost(world, 'router').forwards();
  // One neighbour a link: more of them than a router's table holds by default.
  for (const threshold of ['1', '2', '3']) router.set(`net.ipv4.neigh.default.gc_thresh${threshold}`, '20000');
  return hosts.map((host, i) => {
    const subnet = 0x0a01_0000 + i * 4;
    const [address, gateway] = [new Ipv4Address(subnet + 1), new Ipv4Address(subnet + 2)];
    const [near, far] = [host.card(address, 30), router.card(gateway, 30)];
    host.defaultRoute(gateway);
    world.cable(near, far, { rate: 100_000_000, delayNs: MS, ...POINT_TO_POINT });
    return address;
  });
}

function onSwitch(world: BenchWorld, hosts: readonly BenchHost[]): readonly Ipv4Address[] {
  const device = new Switch(world.context('switch'), { ports: hosts.length });
  return hosts.map((host, i) => {
    const address = new Ipv4Address(0x0a01_0001 + i);
    world.cable(host.card(address, 16), device.ports[i]!, { rate: 100_000_000, delayNs: 2_000 });
    return address;
  });
}

export function run(mode: Mode, { kind, hosts: size = 200, requests = 2000 }: Variant): Result {
  const world = new BenchWorld(mode);
  const [count, each] = [Number(size), Number(requests)];
  const hosts = Array.from({ length: count }, (_, i) => new BenchHost(world, `h${i}`));
  const addresses = kind === 'router' ? behindRouter(world, hosts) : onSwitch(world, hosts);
  for (const host of hosts) new EchoServer(host);
  const clients = hosts.map(
    (host, i) => new Client(host, addresses[(i + 1) % count]!, START_NS + ((i * STAGGER_NS) % INTERVAL_NS), each),
  );
  const before = process.cpuUsage();
  world.run(START_NS + each * INTERVAL_NS + 1000 * MS);
  const { user, system } = process.cpuUsage(before);
  for (const host of hosts) host.end();
  const replies = clients.reduce((sum, client) => sum + client.replies, 0);
  assert(replies === count * each, `${replies} replies`);
  const { hops, drops, recorder, queue, capturedBytes } = world;
  const digest = recorder.wire.toString().slice(0, 16);
  const nsPerEvent = Math.round(((user + system) * 1000) / queue.fired);
  return { hops, details: { replies, drops, events: queue.fired, nsPerEvent, capturedBytes, digest } };
}
