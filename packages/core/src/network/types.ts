/**
 * What the network layer says to its neighbours: transports above, the host's configuration (netlink) beside, packet filters in between.
 * Addresses are `IpAddress` everywhere; that an address has four bytes is known to the ipv4 files only.
 */
import type { IpAddress, MacAddress, Prefix } from '../base/address.ts';
import type { NetworkCard } from '../link/card.ts';
import type { DurationNs, Instant } from '../time/instant.ts';
import type { IcmpMessage, Ipv4Packet, PacketId } from '../wire/packet.ts';

export type PathKind = 'unicast' | 'local' | 'broadcast' | 'multicast';

/** Read during `IpStack.output`, not kept: a sender may reuse one object. */
export interface OutputOptions {
  readonly tos: number;
  readonly ttl: number;
  readonly dontFragment: boolean;
  readonly ident: PacketId;
  /**
   * The identification field. Linux's connected sockets count on their own (`inet_id`, even with DF) and pass their number; without one
   * the stack writes 0 into datagrams with DF set and counts per (destination, source, protocol) otherwise (RFC 6864).
   */
  readonly identification?: number | undefined;
  /** Raw IP option bytes, padded to a multiple of four, at most 40. */
  readonly ipOptions?: Uint8Array | undefined;
  /** It is cut to the card's MTU and not to the path's (IP_PMTUDISC_PROBE, INTERFACE and OMIT). */
  readonly byLinkMtu?: boolean;
  /** IP_MULTICAST_LOOP: false where this host's own members of the group get no copy. */
  readonly multicastLoop?: boolean;
}

/** The datagram that an ICMP error talks about. `bytes` is what is left behind its IP header: at least eight bytes (RFC 792). */
export interface QuotedPacket {
  readonly src: IpAddress;
  readonly dst: IpAddress;
  readonly protocol: number;
  readonly bytes: Uint8Array;
}

/** A transport protocol, as the network layer sees it. */
export interface TransportHandler {
  /** A whole datagram for this host, or, with `group`, to a broadcast or multicast address. The transport unit may be a `RawPdu` that says what is wrong with it. */
  receive(packet: Ipv4Packet, card: NetworkCard, group: boolean, now: Instant): void;
  /** An ICMP error about a packet that this host sent; a reduced path MTU is already in the path. `from` is the sender of the error. */
  error(icmp: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void;
  /**
   * Whether the quoted packet is one of ours in flight (RFC 5927 section 4), asked before a redirect changes the first hop or
   * "fragmentation needed" lowers a path MTU (`aboutMtu`).
   * A protocol without this method believes every quote.
   */
  knows?(quoted: QuotedPacket, aboutMtu: boolean): boolean;
}

/** Sees every datagram of one protocol that is delivered to this host, before the protocol's handler (raw(7)). */
export interface RawListener {
  receive(packet: Ipv4Packet, card: NetworkCard, now: Instant): void;
  error?(icmp: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void;
}

/** A card by its name, as transports name one. */
export interface CardName {
  readonly name: string;
}

/**
 * Netfilter's five hooks. Each answers the packet to go on with (the same one, or a changed copy) or undefined: dropped or stolen, and
 * reported by the hook itself. A stack without hooks does not ask.
 */
export interface PacketHooks {
  prerouting(packet: Ipv4Packet, input: NetworkCard): Ipv4Packet | undefined;
  input(packet: Ipv4Packet, input: NetworkCard): Ipv4Packet | undefined;
  forward(packet: Ipv4Packet, input: NetworkCard, output: NetworkCard): Ipv4Packet | undefined;
  output(packet: Ipv4Packet, output: NetworkCard): Ipv4Packet | undefined;
  postrouting(packet: Ipv4Packet, output: NetworkCard): Ipv4Packet | undefined;
}

// -- configuration, the typed side of rtnetlink(7)

export type RouteType = 'unicast' | 'local' | 'broadcast' | 'unreachable' | 'blackhole' | 'prohibit';
export type RouteProtocol = 'kernel' | 'boot' | 'static' | 'dhcp' | 'redirect';
/** How far a destination is: `global` behind a gateway, `link` on the wire, `host` in this machine. */
export type Scope = 'global' | 'link' | 'host';
export type TableName = 'local' | 'main';

/** What a route knows of the way to its destinations (ip-route(8)); it counts for what this host sends, not for what it forwards. */
export interface RouteMetrics {
  readonly mtu?: number;
  readonly advmss?: number;
  readonly initcwnd?: number;
  readonly initrwnd?: number;
  readonly rtoMinUs?: number;
  /** features ecn */
  readonly ecn?: boolean;
  /** Acknowledgements wait for nothing. */
  readonly quickack?: boolean;
}

/** What `ip route add` says. At least one of gateway and ifindex for a unicast route. */
export interface RouteRequest {
  readonly destination: Prefix;
  readonly gateway?: IpAddress | undefined;
  readonly ifindex?: number | undefined;
  readonly metric?: number | undefined;
  /** Preferred source address. */
  readonly source?: IpAddress | undefined;
  readonly protocol?: RouteProtocol | undefined;
  readonly type?: RouteType | undefined;
  readonly scope?: Scope | undefined;
  readonly metrics?: RouteMetrics | undefined;
}

/** What `ip route show` lists. */
export interface RouteEntry {
  readonly destination: Prefix;
  readonly table: TableName;
  readonly gateway: IpAddress | undefined;
  readonly ifindex: number;
  readonly metric: number;
  readonly source: IpAddress | undefined;
  readonly protocol: RouteProtocol;
  readonly scope: Scope;
  readonly type: RouteType;
  /** The card has no carrier (RTNH_F_LINKDOWN). */
  readonly linkDown: boolean;
}

/** What `ip route get` answers. */
export interface RouteAnswer {
  readonly dst: IpAddress;
  readonly gateway: IpAddress | undefined;
  readonly ifindex: number;
  readonly source: IpAddress;
  readonly type: RouteType | 'multicast';
  readonly mtu: number;
  /** The route that decided; undefined for limited broadcast and for destinations taken to be on the link. */
  readonly route: RouteEntry | undefined;
}

export interface AddressRequest {
  readonly address: IpAddress;
  readonly prefixLength: number;
  readonly broadcast?: IpAddress | undefined;
  readonly scope?: Scope | undefined;
  /** Lifetime of a leased address; forever where undefined. */
  readonly validNs?: DurationNs | undefined;
  /** Change lifetime and broadcast of an address that is there already (`ip addr replace`). */
  readonly replace?: boolean | undefined;
}

export interface AddressEntry {
  readonly ifindex: number;
  readonly address: IpAddress;
  readonly prefixLength: number;
  readonly broadcast: IpAddress | undefined;
  readonly scope: Scope;
  readonly secondary: boolean;
  /** When a leased address goes; undefined for one that stays. */
  readonly expiresAt: Instant | undefined;
}

export type NeighbourState =
  | 'NONE'
  | 'INCOMPLETE'
  | 'REACHABLE'
  | 'STALE'
  | 'DELAY'
  | 'PROBE'
  | 'FAILED'
  | 'NOARP'
  | 'PERMANENT';

export interface NeighbourEntry {
  readonly ifindex: number;
  readonly address: IpAddress;
  readonly mac: MacAddress | undefined;
  readonly state: NeighbourState;
}

export interface NeighbourRequest {
  readonly ifindex: number;
  readonly address: IpAddress;
  readonly mac: MacAddress;
  readonly state: 'PERMANENT' | 'REACHABLE' | 'STALE' | 'NOARP';
  readonly replace?: boolean | undefined;
}
