/**
 * What the transport protocols need from the network layer, and what they give it. `network/ip-stack.ts` satisfies `IpOutput`; tests use a
 * pipe of two hosts. Declared here so that the arrow of imports points one way and every protocol can be tested alone.
 */
import type { IpAddress } from '../base/address.ts';
import type { Errno } from '../base/errno.ts';
import type { OutputOptions, PathKind, QuotedPacket, RouteMetrics } from '../network/types.ts';
import type { Instant } from '../time/instant.ts';
import type { IcmpMessage, Ipv4Packet, TransportPdu } from '../wire/packet.ts';

/** The network card that a packet came in on, or shall leave by, as far as transport looks at it. */
export interface CardName {
  readonly name: string;
}

/**
 * A resolved route: where packets to `dst` leave, from which address, and how large they may be. Kept by a connection and looked up anew
 * when `valid` turns false.
 */
export interface Path {
  readonly src: IpAddress;
  readonly dst: IpAddress;
  /** The path MTU known now (RFC 1191); changes in place with path-MTU discovery. */
  readonly mtu: number;
  /** The MTU of the card alone, whatever routers said; a packet's length has 16 bits. */
  readonly linkMtu: number;
  /** The reported MTU was too small to believe: datagrams may be fragmented on the way, so DF stays clear. */
  readonly mtuLocked: boolean;
  /** False after routes or addresses changed. */
  readonly valid: boolean;
  readonly kind: PathKind;
  /** What the route knows of the way (ip-route(8)). */
  readonly metrics?: RouteMetrics | undefined;
}

/** A transport protocol, as the network layer sees it. */
export interface TransportHandler {
  /** `group`: it came for a broadcast or multicast address. */
  receive(packet: Ipv4Packet, card: CardName, group: boolean, now: Instant): void;
  /** An ICMP error about a packet that this host sent; a reduced path MTU is already in the path. */
  error(icmp: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void;
}

export interface IpOutput {
  /** net.ipv4.ip_default_ttl */
  readonly defaultTtl: number;
  /** net.ipv4.ip_no_pmtu_disc: new sockets do no path-MTU discovery. */
  readonly noPathMtuDiscovery: boolean;
  /**
   * ENETUNREACH (no route, or a source address that is not ours), EHOSTUNREACH, EACCES (prohibited), EINVAL (a blackhole, or a group as source), ENODEV.
   * `onLink`: only without a gateway (SO_DONTROUTE).
   */
  route(dst: IpAddress, src?: IpAddress, card?: CardName, onLink?: boolean): Path | Errno;
  /** A card of this host, by its name, its index or an address that it has. */
  cardOf(which: string | number | IpAddress): CardName | undefined;
  output(path: Path, pdu: TransportPdu, protocol: number, options: OutputOptions): Errno | undefined;
  /** A protocol's handler. The one for ICMP is given echo replies, and errors that quote an echo request. */
  register(protocol: number, handler: TransportHandler): void;
  /** Starts (stops) receiving a multicast group on a card, or on the one that the route to the group names. ENODEV, EADDRINUSE, EADDRNOTAVAIL. */
  joinGroup(group: IpAddress, card?: CardName): Errno | undefined;
  leaveGroup(group: IpAddress, card?: CardName): Errno | undefined;
  /** net.ipv4.ip_nonlocal_bind: any address may be bound. */
  readonly nonlocalBind: boolean;
  /** True for an address of this host. */
  isLocal(address: IpAddress): boolean;
  /** True for a directed or limited broadcast address of this host's links. */
  isBroadcast(address: IpAddress): boolean;
  /** Answers `packet` with an ICMP port unreachable, where RFC 1122 section 3.2.2 lets it. */
  unreachablePort(packet: Ipv4Packet): void;
}

/** An address that a socket may be bound to (inet_addr_valid_or_nonlocal). */
export function mayBind(ip: IpOutput, address: IpAddress, freebind: boolean): boolean {
  return (
    address.isUnspecified ||
    address.isMulticast ||
    ip.isLocal(address) ||
    ip.isBroadcast(address) ||
    freebind ||
    ip.nonlocalBind
  );
}
