/**
 * D: many connections over one link of 1 Gbit/s and 1 ms, one SYN every 100 us, then 5 s of silence. `open`: what it costs to open them.
 * The others stop in a state and count the memory that is alive after a full collection: `idle` (both ends established), `half-open` (SYNs that
 * nobody follows up: the listener's side), `time-wait` (opened and closed: the side that closed first).
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { IPV4_ANY, Ipv4Address } from '@netarium/core/base/address.ts';
import { assert } from '@netarium/core/base/assert.ts';
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Event } from '@netarium/core/time/queue.ts';
import { END_OF_STREAM, type TcpEndpoint, type TcpOwner } from '@netarium/core/transport/tcp/api.ts';
import { IP_PROTOCOL, PacketId, TCP_FLAG, TcpSegment } from '@netarium/core/wire/packet.ts';
import { EMPTY_PAYLOAD } from '@netarium/core/wire/payload.ts';
import { BenchHost, BenchWorld, ok, POINT_TO_POINT } from '../host.ts';
import type { Mode, Result, Variant } from '../workload.ts';

const US = 1_000;
const MS = 1_000_000;
const PORT = 80;
const INTERVAL_NS = 100 * US;
const QUIET_NS = 5_000 * MS;
const CABLE = { rate: 1_000_000_000, delayNs: MS, ...POINT_TO_POINT };
const SERVER = new Ipv4Address(0x0a00_0002);
/** A Linux client's offer. */
const SYN_OPTIONS = { mss: 1460, windowScale: 7, sackPermitted: true } as const;

/** Of a connection of which its program wants to hear nothing, or the listener. */
class Quiet implements TcpOwner {
  readable(): void {}
  writable(): void {}
  urgent(): void {}
  stateChanged(): void {}
  error(reason: Errno): void {
    assert(false, `a connection failed: ${reason}`);
  }
}

class Server extends Quiet {
  accepted = 0;
  readonly sockets: TcpEndpoint[] = [];
  private readonly listener: TcpEndpoint;

  constructor(
    host: BenchHost,
    private readonly closes: boolean,
  ) {
    super();
    this.listener = host.tcp.socket();
    this.listener.owner = this;
    host.set('net.core.somaxconn', '65535');
    host.set('net.ipv4.tcp_max_syn_backlog', '65535');
    host.set('net.ipv4.tcp_syncookies', '0');
    assert(this.listener.bind(IPV4_ANY, PORT) === undefined, 'bind');
    assert(this.listener.listen(65_535) === undefined, 'listen');
  }

  override readable(): void {
    for (;;) {
      const socket = this.listener.accept();
      if (socket === undefined || socket instanceof Errno) return;
      socket.owner = this.closes ? new Closer(socket) : QUIET;
      if (!this.closes) this.sockets.push(socket);
      this.accepted++;
    }
  }
}

const QUIET = new Quiet();

/** Closes after its peer did. */
class Closer extends Quiet {
  constructor(private readonly socket: TcpEndpoint) {
    super();
  }

  override readable(): void {
    if (this.socket.receive(1) === END_OF_STREAM) this.socket.close();
  }
}

/** Opens one connection every 100 us, and keeps or closes it. */
class Opener extends Quiet implements Event {
  readonly sockets: TcpEndpoint[] = [];

  constructor(
    protected readonly host: BenchHost,
    protected left: number,
    private readonly closes: boolean,
  ) {
    super();
    host.context.queue.schedule(0, this);
  }

  fire(now: number): void {
    this.open();
    if (--this.left > 0) this.host.context.queue.schedule(now + INTERVAL_NS, this);
  }

  protected open(): void {
    const socket = this.host.tcp.socket();
    socket.owner = this.closes ? new Leaver(socket) : this;
    assert(socket.connect(SERVER, PORT) === E.EINPROGRESS, 'connect');
    if (!this.closes) this.sockets.push(socket);
  }
}

/** Closes as soon as it is connected. */
class Leaver extends Quiet {
  constructor(private readonly socket: TcpEndpoint) {
    super();
  }

  override writable(): void {
    this.socket.close();
  }
}

/** Sends SYNs from a host without TCP, which never answers what comes back. */
class Flooder extends Opener {
  protected override open(): void {
    const { ip, context } = this.host;
    const isn = Math.imul(this.left, 0x9e37_79b1) >>> 0;
    const syn = new TcpSegment(
      10_000 + this.left,
      PORT,
      isn,
      0,
      TCP_FLAG.syn,
      64_240,
      0,
      1,
      0,
      SYN_OPTIONS,
      EMPTY_PAYLOAD,
    );
    const options = { tos: 0, ttl: 64, dontFragment: true, ident: new PacketId(context.ids.next()) };
    ok(ip.output(ok(ip.route(SERVER)), syn, IP_PROTOCOL.tcp, options));
  }
}

export function run(mode: Mode, { connections, state }: Variant): Result {
  const count = Number(connections);
  const world = new BenchWorld(mode);
  const [client, server] = [new BenchHost(world, 'client'), new BenchHost(world, 'server')];
  world.cable(client.card(new Ipv4Address(0x0a00_0001), 24), server.card(SERVER, 24), CABLE);
  const closes = state === 'time-wait';
  const listening = new Server(server, closes);
  client.set('net.ipv4.ip_local_port_range', '1024 65535');
  const measures = state !== 'open';
  const before = measures ? aliveBytes() : 0;
  const opener = state === 'half-open' ? new Flooder(client, count, false) : new Opener(client, count, closes);
  world.run(count * INTERVAL_NS + (state === 'half-open' ? 10 * MS : QUIET_NS));
  const alive = measures ? aliveBytes() - before : 0;
  world.end();
  const ends = (state === 'half-open' ? server : client).tcp.flows.size;
  assert(ends === count, `${ends} of ${count} connections`);
  assert(state === 'half-open' || listening.accepted === count, `${listening.accepted} accepted`);
  assert(opener.sockets.length === (state === 'open' || state === 'idle' ? count : 0), 'held by their program');
  const { hops, queue, recorder } = world;
  const details = { events: queue.fired, digest: recorder.wire.toString().slice(0, 16) };
  return { hops, details: measures ? { ...details, bytesPerConnection: Math.round(alive / count) } : details };
}

/** Bytes of objects and arrays that are reachable. */
function aliveBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
