/** A bulk transfer over TCP as the rival's BulkSend and PacketSink have it: a sender that always has data, a receiver that reads at once. */
import { IPV4_ANY, type Ipv4Address } from '@netarium/core/base/address.ts';
import { assert } from '@netarium/core/base/assert.ts';
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Event } from '@netarium/core/time/queue.ts';
import { END_OF_STREAM, type TcpEndpoint, type TcpOwner } from '@netarium/core/transport/tcp/api.ts';
import type { Payload } from '@netarium/core/wire/payload.ts';
import type { BenchHost } from './host.ts';

const PORT = 5001;
/** What the program hands to `send`, and asks `recv` for. */
const WRITE_BYTES = 65_536;
const READ_BYTES = 65_536;

/** A window of 1 MiB from the start: twice that as buffer, as half of it is taken to be the kernel's. */
export function fixedBuffers(host: BenchHost): void {
  host.set('net.ipv4.tcp_rmem', '4096 2097152 2097152');
  host.set('net.ipv4.tcp_wmem', '4096 1048576 4194304');
}

abstract class Owner implements TcpOwner {
  readable(): void {}
  writable(): void {}
  urgent(): void {}
  stateChanged(): void {}
  error(reason: Errno): void {
    assert(false, `the connection failed: ${reason}`);
  }
}

export class BulkSender extends Owner implements Event {
  private readonly data = new Uint8Array(WRITE_BYTES);
  private pending: Payload | undefined;
  private block: Payload | undefined;
  private socket: TcpEndpoint | undefined;

  constructor(
    private readonly host: BenchHost,
    private readonly to: Ipv4Address,
    startNs: number,
    private readonly congestion: string,
  ) {
    super();
    for (let i = 0; i < WRITE_BYTES; i++) this.data[i] = i * 31;
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
      this.pending ??= this.block ??= this.host.store.copy(this.data);
      const taken = this.socket!.send(this.pending);
      if (taken === undefined) return;
      assert(!(taken instanceof Errno), `send: ${taken}`);
      const left = this.pending.length - taken;
      this.pending = left === 0 ? undefined : this.pending.slice(taken, this.pending.length);
    }
  }
}

/** Accepts connections and reads them empty. */
export class Sink extends Owner {
  bytes = 0;

  constructor(host: BenchHost) {
    super();
    const listener = host.tcp.socket();
    listener.owner = this;
    assert(listener.bind(IPV4_ANY, PORT) === undefined, 'bind');
    assert(listener.listen(10) === undefined, 'listen');
    this.listener = listener;
  }

  private readonly listener: TcpEndpoint;

  override readable(): void {
    const socket = this.listener.accept();
    if (socket === undefined || socket instanceof Errno) return;
    const sink = this;
    socket.owner = new (class extends Owner {
      override readable(): void {
        sink.drain(socket);
      }
    })();
    this.drain(socket);
  }

  drain(socket: TcpEndpoint): void {
    for (;;) {
      const got = socket.receive(READ_BYTES);
      if (got === undefined || got === END_OF_STREAM || got instanceof Errno) return;
      this.bytes += got.length;
    }
  }
}

/** Names of the rival's algorithms to ours. */
export function congestionOf(cc: string | number | undefined): string {
  return cc === 'newreno' ? 'reno' : String(cc);
}
