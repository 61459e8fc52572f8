/** A network layer for tests: one route to everywhere, and whatever is sent goes to a function. */
import { type IpAddress, Ipv4Address, parseIpv4 } from '../../base/address.ts';
import type { Errno } from '../../base/errno.ts';
import { SysctlTable } from '../../base/sysctl.ts';
import type { OutputOptions, QuotedPacket } from '../../network/types.ts';
import { Randomness } from '../../random/random.ts';
import type { HostContext } from '../../record/host-context.ts';
import { Recorder } from '../../record/recorder.ts';
import { EventQueue } from '../../time/queue.ts';
import { type IcmpMessage, Ipv4Packet, type TransportPdu } from '../../wire/packet.ts';
import type { CardName, IpOutput, Path, TransportHandler } from '../ip-output.ts';

export const CARD: CardName = { name: 'eth0' };

export function ip4(text: string): Ipv4Address {
  return parseIpv4(text)!;
}

/** What a world shares between its hosts. */
export class TestClock {
  readonly queue = new EventQueue();
  readonly recorder = new Recorder(this.queue);
  readonly random: Randomness;
  private id = 0;

  constructor(seed = 1) {
    this.random = new Randomness(seed);
  }

  context(name: string): HostContext {
    const { queue, recorder, random } = this;
    return {
      name,
      queue,
      recorder,
      random,
      ids: { next: () => ++this.id },
      sysctl: new SysctlTable(),
      profile: 'linux-6.x',
    };
  }
}

export class FakeIp implements IpOutput {
  readonly defaultTtl = 64;
  noPathMtuDiscovery = false;
  nonlocalBind = false;
  readonly handlers = new Map<number, TransportHandler>();
  unreachable: Ipv4Packet[] = [];
  lastOptions: OutputOptions | undefined;
  /** What `route` was last asked for, beside the destination. */
  asked: readonly [src: string | undefined, card: string | undefined, onLink: boolean] | undefined;
  mtu = 1500;
  /** What `route` answers instead of a path. */
  routeError: Errno | undefined;
  outputError: Errno | undefined;
  private readonly paths = new Map<
    IpAddress['key'],
    {
      src: IpAddress;
      dst: IpAddress;
      mtu: number;
      linkMtu: number;
      mtuLocked: boolean;
      valid: boolean;
      kind: Path['kind'];
    }
  >();

  constructor(
    readonly address: Ipv4Address,
    private readonly wire: (packet: Ipv4Packet) => void,
  ) {}

  route(dst: IpAddress, src?: IpAddress, card?: CardName, onLink = false): Path | Errno {
    this.asked = [src?.toString(), card?.name, onLink];
    if (this.routeError !== undefined) return this.routeError;
    const target = dst.isUnspecified ? this.address : dst;
    const known = this.paths.get(target.key);
    if (known !== undefined) return known;
    const kind = target.isMulticast
      ? 'multicast'
      : this.isBroadcast(target)
        ? 'broadcast'
        : this.isLocal(target)
          ? 'local'
          : 'unicast';
    const path = {
      src: src === undefined || src.isUnspecified ? this.address : src,
      dst: target,
      mtu: this.mtu,
      linkMtu: this.mtu,
      mtuLocked: false,
      valid: true,
      kind,
    } as const;
    this.paths.set(target.key, path);
    return path;
  }

  /** Routes vanish: paths in use are no longer valid, and asking for one fails. */
  breakRoutes(error: Errno): void {
    this.routeError = error;
    for (const path of this.paths.values()) path.valid = false;
    this.paths.clear();
  }

  /** As path-MTU discovery would: the path in use changes in place. */
  setMtu(mtu: number, locked = false): void {
    this.mtu = mtu;
    for (const path of this.paths.values()) {
      path.mtu = mtu;
      path.mtuLocked = locked;
    }
  }

  output(path: Path, pdu: TransportPdu, protocol: number, options: OutputOptions): Errno | undefined {
    if (this.outputError !== undefined) return this.outputError;
    this.lastOptions = options;
    this.wire(
      Ipv4Packet.of({
        ident: options.ident,
        src: path.src as Ipv4Address,
        dst: path.dst as Ipv4Address,
        protocol,
        ttl: options.ttl,
        tos: options.tos,
        dontFragment: options.dontFragment,
        options: options.ipOptions,
        payload: pdu,
      }),
    );
    return undefined;
  }

  register(protocol: number, handler: TransportHandler): void {
    this.handlers.set(protocol, handler);
  }

  cardOf(which: string | number | IpAddress): CardName | undefined {
    return which === 'eth0' || which === 1 || this.address === which ? { name: 'eth0' } : undefined;
  }

  joinGroup(): Errno | undefined {
    return undefined;
  }

  leaveGroup(): Errno | undefined {
    return undefined;
  }

  isLocal(address: IpAddress): boolean {
    return address.key === this.address.key || address.isLoopback;
  }

  isBroadcast(address: IpAddress): boolean {
    return address.isLimitedBroadcast || (address instanceof Ipv4Address && (address.key & 255) === 255);
  }

  unreachablePort(packet: Ipv4Packet): void {
    this.unreachable.push(packet);
  }

  deliver(packet: Ipv4Packet, now: number): void {
    const group = packet.dst.isMulticast || this.isBroadcast(packet.dst);
    this.handlers.get(packet.protocol)?.receive(packet, CARD, group, now);
  }

  icmp(message: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void {
    this.handlers.get(quoted.protocol)?.error(message, quoted, from);
  }
}
