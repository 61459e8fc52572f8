/**
 * Sending from this host (ip_queue_xmit, ip_output): header, filters, fragmentation or EMSGSIZE, next hop; broadcasts and joined groups
 * come back to this host as well.
 */
import { Ipv4Address } from '../base/address.ts';
import { E, type Errno } from '../base/errno.ts';
import type { DropReason } from '../record/catalogue.ts';
import type { HostContext } from '../record/host-context.ts';
import { MS } from '../time/instant.ts';
import { fragmentWord, IPV4_HEADER_LENGTH, Ipv4Packet, serviceWord, type TransportPdu } from '../wire/packet.ts';
import type { Fib } from './fib.ts';
import { fragmentPacket } from './fragment.ts';
import type { Hop } from './hop.ts';
import { Identifications } from './identification.ts';
import { checkOptions, stampOptions } from './options.ts';
import type { OutputRoutes } from './output-route.ts';
import { Path } from './path.ts';
import type { OutputOptions, PacketHooks } from './types.ts';

const MAX_LENGTH = 0xffff;
const MS_PER_DAY = 86_400_000;

/** Takes a datagram that this host sent to itself among others. */
export interface LocalCopy {
  deliverCopy(packet: Ipv4Packet, hop: Hop): void;
}

export class Ipv4Output {
  readonly idents: Identifications;
  /** Packet filters and address translation. */
  hooks: PacketHooks | undefined = undefined;
  /** Milliseconds since midnight UT when the world started; a world with a wall clock sets it. */
  startMilliseconds = 0;

  constructor(
    private readonly context: HostContext,
    private readonly fib: Fib,
    private readonly routes: OutputRoutes,
    private readonly local: LocalCopy,
  ) {
    this.idents = new Identifications(context);
  }

  /** EMSGSIZE: over the path MTU with DF, or past 65535 bytes. ENETDOWN, ENOBUFS (neighbour table full), EPERM (filtered), EINVAL (options). */
  output(path: Path, pdu: TransportPdu, protocol: number, o: OutputOptions): Errno | undefined {
    let options = o.ipOptions;
    if (options !== undefined) {
      if (options.length > 40 || options.length % 4 !== 0 || checkOptions(options) !== undefined) return E.EINVAL;
      options = this.stamped(options, path.src as Ipv4Address);
    }
    if (IPV4_HEADER_LENGTH + (options?.length ?? 0) + pdu.length > MAX_LENGTH) return E.EMSGSIZE;
    // RFC 6864 section 4.1: the field of an atomic datagram means nothing; Linux writes 0.
    const identification = o.identification ?? (o.dontFragment ? 0 : this.idents.next(path.dst, path.src, protocol));
    const src = path.src as Ipv4Address;
    const dst = path.dst as Ipv4Address;
    const service = serviceWord(protocol, o.ttl, o.tos);
    const place = fragmentWord(identification, o.dontFragment, false, 0);
    return this.send(
      path,
      new Ipv4Packet(o.ident, src, dst, service, place, options, pdu),
      o.multicastLoop,
      o.byLinkMtu,
    );
  }

  /** A finished datagram: what a raw socket with IP_HDRINCL gives. */
  send(path: Path, packet: Ipv4Packet, multicastLoop = true, byLinkMtu = false): Errno | undefined {
    const { hooks } = this;
    if (hooks !== undefined) {
      const passed = hooks.output(packet, path.card);
      if (passed === undefined) return E.EPERM;
      if (passed.dst.key !== packet.dst.key) {
        // Destination rewritten: routed again (ip_route_me_harder).
        const other = this.routes.find(passed.dst, path.askedSrc, path.askedOn);
        if (!(other instanceof Path)) return other;
        path = other;
      }
      packet = passed;
    }
    const { hop } = path;
    if (!hop.on.card.up) return E.ENETDOWN;
    const mtu = byLinkMtu ? path.linkMtu : path.mtu;
    if (packet.length > mtu && packet.dontFragment) return E.EMSGSIZE;
    const multicast = path.kind === 'multicast';
    // What goes to a group with a TTL of 0 does not leave the host (RFC 1112 section 6.1, ip_mc_output).
    if (!(multicast && packet.ttl === 0) && !this.transmit(hop, packet, mtu)) return E.ENOBUFS;
    if (path.kind === 'broadcast' || (multicast && multicastLoop)) this.local.deliverCopy(packet, hop);
    return undefined;
  }

  /** The last leg, for own and for forwarded packets: postrouting, fragmentation, next hop. False where the neighbour table is full. */
  transmit(hop: Hop, packet: Ipv4Packet, mtu: number): boolean {
    const { hooks } = this;
    if (hooks !== undefined) {
      const passed = hooks.postrouting(packet, hop.on.card);
      if (passed === undefined) return true;
      packet = passed;
    }
    if (packet.length <= mtu) return hop.send(packet);
    return this.sendFragments(hop, packet, mtu);
  }

  private sendFragments(hop: Hop, packet: Ipv4Packet, mtu: number): boolean {
    const pieces = fragmentPacket(packet, mtu, this.context.ids);
    this.context.recorder.emit('ip.fragment', this.context.name, {
      packet: packet.ident.id,
      pieces: pieces.length,
      mtu,
    });
    for (const piece of pieces) if (!hop.send(piece)) return false;
    return true;
  }

  /** Record route and time stamps, as this host leaves them in a datagram with `address` (egress at a router, source at the origin). */
  stamped(options: Uint8Array, address: Ipv4Address): Uint8Array {
    return stampOptions(options, address, this.milliseconds(), (key) => this.fib.isLocal(new Ipv4Address(key)));
  }

  /** Milliseconds since midnight UT (RFC 792 page 16). */
  milliseconds(): number {
    return (this.startMilliseconds + Math.floor(this.context.queue.now / MS)) % MS_PER_DAY;
  }

  dropped(packet: Ipv4Packet, reason: DropReason, detail?: string): void {
    const src = packet.src.toString();
    const dst = packet.dst.toString();
    const values = { packet: packet.ident.id, reason, src, dst };
    this.context.recorder.emit('ip.drop', this.context.name, detail === undefined ? values : { ...values, detail });
  }
}
