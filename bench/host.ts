/**
 * A host for benchmarks: cards, IP stack and transports of the product, no kernel and no processes, as the rival's hosts have none. Traffic
 * comes from callbacks on sockets. Also what the workloads have in common: counting hops, and the captures of `headers` and `full`.
 */
import { IPV4_LOOPBACK, Ipv4Address, MacAddress, Prefix } from '@netarium/core/base/address.ts';
import { assert } from '@netarium/core/base/assert.ts';
import { Errno } from '@netarium/core/base/errno.ts';
import { SysctlTable } from '@netarium/core/base/sysctl.ts';
import { Cable, type CableOptions } from '@netarium/core/link/cable.ts';
import { loopbackCard, NetworkCard, type Tap } from '@netarium/core/link/card.ts';
import type { LinkContext, Port } from '@netarium/core/link/port.ts';
import { IpStack } from '@netarium/core/network/ip-stack.ts';
import { Randomness } from '@netarium/core/random/random.ts';
import { type HostContext, type IdSource, PacketNumbers } from '@netarium/core/record/host-context.ts';
import { PcapngWriter } from '@netarium/core/record/pcapng.ts';
import { Recorder } from '@netarium/core/record/recorder.ts';
import { EventQueue } from '@netarium/core/time/queue.ts';
import type { IpOutput } from '@netarium/core/transport/ip-output.ts';
import type { RawAccess } from '@netarium/core/transport/raw.ts';
import { Tcp } from '@netarium/core/transport/tcp/tcp.ts';
import { Udp } from '@netarium/core/transport/udp.ts';
import { encodeFrameAt, frameProblem, headersLength } from '@netarium/core/wire/codec.ts';
import type { Frame } from '@netarium/core/wire/packet.ts';
import { PayloadStore } from '@netarium/core/wire/payload.ts';
import type { Mode } from './workload.ts';

/** Ethernet without a medium's share: two bytes of PPP in place of Ethernet's fourteen, as the rival's point-to-point links have. */
export const POINT_TO_POINT = { overheadBytes: -12, minFrameBytes: 0 } as const;

const CHUNK_BYTES = 65_536;

export class BenchWorld {
  readonly queue = new EventQueue();
  readonly recorder = new Recorder(this.queue);
  readonly random = new Randomness(1);
  readonly cables: Cable[] = [];
  capturedBytes = 0;
  /** What programs send is copied here, as a kernel does. */
  readonly store = new PayloadStore();
  /** What programs read into, all of them: one runs at a time, and none keeps what it read. */
  readonly scratch = new Uint8Array(65_536);
  private readonly ids: IdSource = new PacketNumbers();
  private readonly captures: Capture[] = [];
  private lastMac = 0x0200_0000_0000;

  constructor(readonly mode: Mode) {}

  context(name: string): HostContext {
    const { queue, recorder, random, ids } = this;
    return { name, queue, recorder, random, ids, sysctl: new SysctlTable(), profile: 'linux-6.x' };
  }

  get linkContext(): LinkContext {
    return this.context('');
  }

  mac(): MacAddress {
    return new MacAddress(++this.lastMac);
  }

  cable(a: Port, b: Port, options: CableOptions): void {
    this.cables.push(new Cable(this.linkContext, a, b, options));
    if (this.mode === 'default') return;
    this.capture(a, b);
    this.capture(b, a);
  }

  /** Every hop is captured once: where it was received, or by the card that sent it to a switch. */
  private capture(port: Port, peer: Port): void {
    if (!(port instanceof NetworkCard)) return;
    const capture = new Capture(this, port.fullName, !(peer instanceof NetworkCard));
    port.addTap(capture);
    this.captures.push(capture);
  }

  /** Hands the captures' last bytes over. */
  end(): void {
    for (const capture of this.captures) capture.end();
  }

  run(untilNs: number): void {
    while (this.queue.step(untilNs));
  }

  /** Frames that were fully received at the far end of a link. */
  get hops(): number {
    return this.cables.reduce((sum, { aToB, bToA }) => sum + aToB.delivered + bToA.delivered, 0);
  }

  get drops(): number {
    return this.cables.reduce((sum, { a, b }) => sum + a.stats.queueDropped + b.stats.queueDropped, 0);
  }
}

/** A card's capture. `full`: the bytes of every frame with all checksums, received ones checked as well; `headers`: all of a frame but its payload. */
class Capture implements Tap {
  private readonly writer: PcapngWriter;
  private readonly full: boolean;

  constructor(
    private readonly world: BenchWorld,
    name: string,
    private readonly sent: boolean,
  ) {
    this.full = world.mode === 'full';
    const count = (chunk: Uint8Array): void => {
      world.capturedBytes += chunk.length;
    };
    this.writer = new PcapngWriter({ name, epochSeconds: 0 }, count, CHUNK_BYTES);
  }

  frame(_card: NetworkCard, frame: Frame, direction: 'in' | 'out', at: number): void {
    if (direction === 'out' && !this.sent) return;
    const { writer, full } = this;
    const { length } = frame;
    const kept = full ? length : headersLength(frame);
    const start = writer.begin(at, length, 0, kept);
    encodeFrameAt(frame, writer.bytes, start, start + kept);
    if (full && direction === 'in')
      assert(frameProblem(writer.bytes, start, start + length, writer.words) === undefined, 'a frame came in damaged');
    writer.end(direction === 'in' ? 'inbound' : 'outbound');
  }

  end(): void {
    this.writer.flush();
    assert(this.world.capturedBytes > 0, 'an empty capture');
  }
}

export class BenchHost {
  readonly context: HostContext;
  readonly stack: IpStack;
  readonly udp: Udp;
  readonly ip: IpOutput;
  readonly cards: NetworkCard[] = [];
  private tcpOrNone: Tcp | undefined;

  constructor(
    readonly world: BenchWorld,
    readonly name: string,
  ) {
    this.context = world.context(name);
    this.stack = new IpStack(this.context);
    const loopback = loopbackCard(this.context);
    this.stack.attach(loopback);
    this.stack.config.addAddress(1, { address: IPV4_LOOPBACK, prefixLength: 8 });
    this.stack.config.setUp(1, true);
    this.ip = this.stack as RawAccess;
    this.udp = new Udp(this.context, this.ip);
  }

  get tcp(): Tcp {
    this.tcpOrNone ??= new Tcp(this.context, this.ip);
    return this.tcpOrNone;
  }

  set(key: string, value: string): void {
    assert(this.context.sysctl.get(key)?.set(value), `sysctl ${key}=${value}`);
  }

  /** A card with an address; up once it has a cable. */
  card(address: Ipv4Address, prefixLength: number, txQueueLength?: number): NetworkCard {
    const ifindex = this.cards.length + 2;
    const queue = txQueueLength === undefined ? {} : { txQueueLength };
    const card = new NetworkCard(this.context, { name: `eth${ifindex - 2}`, ifindex, mac: this.world.mac(), ...queue });
    this.cards.push(card);
    this.stack.attach(card);
    this.stack.config.addAddress(ifindex, { address, prefixLength });
    this.stack.config.setUp(ifindex, true);
    return card;
  }

  defaultRoute(gateway: Ipv4Address): void {
    this.route(new Prefix(new Ipv4Address(0), 0), gateway);
  }

  route(destination: Prefix, gateway: Ipv4Address): void {
    const error = this.stack.config.addRoute({ destination, gateway });
    assert(error === undefined, `route to ${destination}: ${error}`);
  }

  forwards(): this {
    this.set('net.ipv4.ip_forward', '1');
    return this;
  }
}

export function ok<T>(value: T | Errno): T {
  if (value instanceof Errno) assert(false, `unexpected ${value}`);
  return value as T;
}
