/**
 * A card as the network layer sees it (Linux's in_device): its addresses, its variables and its neighbours. An interface is its card's
 * frame receiver, so that a frame finds its way without a look-up.
 */
import { type IpAddress, type MacAddress, prefixOf, sameAddress } from '../base/address.ts';
import type { FrameReceiver, NetworkCard } from '../link/card.ts';
import { type DurationNs, type Instant, START } from '../time/instant.ts';
import type { Timer } from '../time/timer.ts';
import { ETHERTYPE, Frame, type Ipv4Packet } from '../wire/packet.ts';
import type { Neighbour } from './neighbour.ts';
import type { CardVariables, NetworkSysctl } from './sysctl.ts';
import type { AddressEntry, Scope } from './types.ts';

/** Where an interface hands IPv4's datagrams. */
export interface DatagramInput {
  receive(input: Interface, frame: Frame, packet: Ipv4Packet, now: Instant): void;
}

/** Where it hands other frames, and changes: the stack. */
export interface FrameInput {
  receive(input: Interface, frame: Frame): void;
  carrierChanged(input: Interface, up: boolean): void;
}

/** An address on an interface. `scope` and lifetime may change, the address itself does not. */
export class LocalAddress implements AddressEntry {
  secondary = false;
  expiresAt: Instant | undefined;
  expiry: Timer | undefined;

  constructor(
    readonly ifindex: number,
    readonly address: IpAddress,
    readonly prefixLength: number,
    public broadcast: IpAddress | undefined,
    readonly scope: Scope,
    /** Grows with every address of the host. */
    readonly serial: number,
  ) {}

  /** Whether `other` lies in this address's subnet. */
  covers(other: IpAddress): boolean {
    return prefixOf(this.address, this.prefixLength).contains(other);
  }
}

const SCOPE_RANK = { global: 0, link: 253, host: 254 } as const;

export class Interface implements FrameReceiver {
  readonly ifindex: number;
  /** In the order that `ip addr` lists them: primaries before secondaries (__inet_insert_ifa). */
  addresses: LocalAddress[] = [];
  readonly neighbours = new Map<number | string, Neighbour>();
  /** Multicast groups joined on this card, counted by users. */
  readonly groups = new Map<number | string, number>();
  /** The card was up when the network layer last looked. */
  up = false;
  /** Random per card, see `NeighbourTable`. */
  reachableTimeNs: DurationNs = START;
  reachableDrawnAt: Instant = START;

  constructor(
    readonly card: NetworkCard,
    readonly conf: CardVariables,
    private readonly sysctl: NetworkSysctl,
    private readonly ipv4: DatagramInput,
    private readonly into: FrameInput,
  ) {
    this.ifindex = card.ifindex;
  }

  receiveFrame(_card: NetworkCard, frame: Frame, now: Instant): void {
    const { payload } = frame;
    if (payload.kind === 'ipv4') this.ipv4.receive(this, frame, payload, now);
    else this.into.receive(this, frame);
  }

  carrierChanged(_card: NetworkCard, up: boolean): void {
    this.into.carrierChanged(this, up);
  }

  /** Sends a datagram to a link-layer address. */
  send(mac: MacAddress, packet: Ipv4Packet): void {
    this.card.transmit(new Frame(mac, this.card.mac, ETHERTYPE.ipv4, packet));
  }

  find(address: IpAddress): LocalAddress | undefined {
    for (const local of this.addresses) if (sameAddress(local.address, address)) return local;
    return undefined;
  }

  /** An address of this card has both in its subnet (inet_addr_onlink). */
  hasOnLink(one: IpAddress, other: IpAddress | undefined): boolean {
    return this.addresses.some((local) => local.covers(one) && (other === undefined || local.covers(other)));
  }

  /** Linux's inet_select_addr for one device: a primary address in `towards`'s subnet, else the first that is not too narrow. */
  primaryFor(towards: IpAddress | undefined, scope: Scope): LocalAddress | undefined {
    let first: LocalAddress | undefined;
    for (const local of this.addresses) {
      if (local.secondary || SCOPE_RANK[local.scope] > SCOPE_RANK[scope]) continue;
      if (towards === undefined || local.covers(towards)) return local;
      first ??= local;
    }
    return first;
  }

  // Variables, combined with `all` as in the kernel's linux/inetdevice.h.

  get forwarding(): boolean {
    return this.conf.forwarding !== 0;
  }

  get rpFilter(): number {
    return Math.max(this.conf.rp_filter, this.sysctl.all.rp_filter);
  }

  get acceptLocal(): boolean {
    return this.conf.accept_local !== 0 || this.sysctl.all.accept_local !== 0;
  }

  get sharedMedia(): boolean {
    return this.conf.shared_media !== 0 || this.sysctl.all.shared_media !== 0;
  }

  get secureRedirects(): boolean {
    return this.conf.secure_redirects !== 0 || this.sysctl.all.secure_redirects !== 0;
  }

  get routesLocalnet(): boolean {
    return this.conf.route_localnet !== 0 || this.sysctl.all.route_localnet !== 0;
  }

  get dropsGratuitousArp(): boolean {
    return this.conf.drop_gratuitous_arp !== 0 || this.sysctl.all.drop_gratuitous_arp !== 0;
  }

  get sendsRedirects(): boolean {
    return this.conf.send_redirects !== 0 || this.sysctl.all.send_redirects !== 0;
  }

  /** A router wants both, a host one of the two. */
  get acceptsRedirects(): boolean {
    const own = this.conf.accept_redirects !== 0;
    const all = this.sysctl.all.accept_redirects !== 0;
    return this.forwarding ? own && all : own || all;
  }

  get ignoresLinkDownRoutes(): boolean {
    const { all } = this.sysctl;
    return this.conf.ignore_routes_with_linkdown !== 0 || all.ignore_routes_with_linkdown !== 0;
  }

  get promotesSecondaries(): boolean {
    return this.conf.promote_secondaries !== 0 || this.sysctl.all.promote_secondaries !== 0;
  }

  get evictsWithoutCarrier(): boolean {
    return this.conf.arp_evict_nocarrier !== 0 && this.sysctl.all.arp_evict_nocarrier !== 0;
  }

  get proxyArp(): boolean {
    return this.conf.proxy_arp !== 0 || this.sysctl.all.proxy_arp !== 0;
  }

  get arpFilter(): boolean {
    return this.conf.arp_filter !== 0 || this.sysctl.all.arp_filter !== 0;
  }

  /** Anything else is 0 (arp_solicit). */
  get arpAnnounce(): number {
    const level = Math.max(this.conf.arp_announce, this.sysctl.all.arp_announce);
    return level === 1 || level === 2 ? level : 0;
  }

  get arpIgnore(): number {
    return Math.max(this.conf.arp_ignore, this.sysctl.all.arp_ignore);
  }

  /** 1, 2 or 3; anything else follows the queriers. `all` wins, as in the kernel. */
  get forcedIgmpVersion(): number {
    const version = this.sysctl.all.force_igmp_version || this.conf.force_igmp_version;
    return version >= 1 && version <= 3 ? version : 0;
  }

  get arpAccept(): number {
    return Math.max(this.conf.arp_accept, this.sysctl.all.arp_accept);
  }

  get arpNotify(): boolean {
    return Math.max(this.conf.arp_notify, this.sysctl.all.arp_notify) !== 0;
  }
}
