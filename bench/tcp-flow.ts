/**
 * A bulk transfer over TCP as the rival's BulkSend and PacketSink have it: a sender that always has data, a receiver that reads at once.
 * `sendfile`: all senders send the pages of one file again and again, which nobody copies (sendfile(2)); `write`: each write is copied into the
 * kernel first. Receivers copy out, into the same memory each time (recv(2)).
 */
import { IPV4_ANY, type Ipv4Address } from '@netarium/core/base/address.ts';
import { assert } from '@netarium/core/base/assert.ts';
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Event } from '@netarium/core/time/queue.ts';
import type { TcpEndpoint, TcpOwner } from '@netarium/core/transport/tcp/api.ts';
import { type Payload, payloadOf } from '@netarium/core/wire/payload.ts';
import type { BenchHost } from './host.ts';

const PORT = 5001;
/** What the program hands to `send`: whole segments, as the rival's sender. */
const WRITE_BYTES = 45 * 1448;

/** A window of 1 MiB from the start: twice that as buffer, as half of it is taken to be the kernel's. */
export function fixedBuffers(host: BenchHost): void {
  const { config } = host.tcp;
  host.set('net.ipv4.tcp_rmem', '4096 2097152 2097152');
  host.set('net.ipv4.tcp_wmem', '4096 1048576 4194304');
  assert(config.rmem.numbers[2] === 2_097_152, 'no auto-tuning');
}

/** A program at one end of a connection, which must not fail. */
export abstract class Owner implements TcpOwner {
  readable(): void {}
  writable(): void {}
  urgent(): void {}
  stateChanged(): void {}
  error(reason: Errno): void {
    assert(false, `the connection failed: ${reason}`);
  }
}

const FILE = new Uint8Array(WRITE_BYTES).map((_, i) => i * 31);
const PAGES = payloadOf(FILE);

export class BulkSender extends Owner implements Event {
  private pending: Payload | undefined;
  private socket: TcpEndpoint | undefined;

  constructor(
    private readonly host: BenchHost,
    private readonly to: Ipv4Address,
    startNs: number,
    private readonly congestion: string,
    private readonly copies: boolean,
  ) {
    super();
    host.context.queue.schedule(startNs, this);
  }

  fire(): void {
    const socket = this.host.tcp.socket();
    socket.owner = this;
    const unknown = socket.setCongestion(this.congestion);
    assert(unknown === undefined, `congestion control ${this.congestion}: ${unknown}`);
    assert(socket.connect(this.to, PORT) === E.EINPROGRESS, 'connect');
    this.socket = socket;
  }

  override writable(): void {
    for (;;) {
      this.pending ??= this.copies ? this.host.world.store.copy(FILE) : PAGES;
      const taken = this.socket!.send(this.pending);
      if (taken === undefined) return;
      if (taken instanceof Errno) this.error(taken);
      else if (taken === this.pending.length) this.pending = undefined;
      else this.pending = this.pending.slice(taken, this.pending.length);
    }
  }
}

/** Accepts connections on a port. */
export abstract class Listener extends Owner {
  private readonly listener: TcpEndpoint;

  constructor(host: BenchHost, port: number) {
    super();
    this.listener = host.tcp.socket();
    this.listener.owner = this;
    assert(this.listener.bind(IPV4_ANY, port) === undefined, 'bind');
    assert(this.listener.listen(10) === undefined, 'listen');
  }

  override readable(): void {
    const socket = this.listener.accept();
    if (socket === undefined || socket instanceof Errno) return;
    const server = this.serverOf(socket);
    socket.owner = server;
    server.readable();
  }

  /** Who serves a connection. */
  protected abstract serverOf(socket: TcpEndpoint): Owner;
}

/** Reads its connections empty. */
export class Sink extends Listener {
  bytes = 0;
  private readonly buffer: Uint8Array;

  constructor(host: BenchHost) {
    super(host, PORT);
    this.buffer = host.world.scratch;
  }

  protected serverOf(socket: TcpEndpoint): Owner {
    return new Reader(this, socket, this.buffer);
  }
}

class Reader extends Owner {
  constructor(
    private readonly sink: Sink,
    private readonly socket: TcpEndpoint,
    private readonly buffer: Uint8Array,
  ) {
    super();
  }

  override readable(): void {
    for (;;) {
      const got = this.socket.receiveInto(this.buffer);
      if (typeof got !== 'number') return;
      this.sink.bytes += got;
    }
  }
}

/** Names of the rival's algorithms to ours. */
export function congestionOf(cc: string | number | undefined): string {
  return cc === 'newreno' ? 'reno' : String(cc);
}
