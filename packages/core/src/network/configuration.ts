/**
 * The host's network configuration, as rtnetlink(7) reads and changes it: links, addresses, routes, neighbours. Methods answer values, or
 * the errno that `ip` would print: ENODEV, EEXIST, ESRCH, EINVAL, ENETUNREACH, EADDRNOTAVAIL, ENETDOWN.
 */
import { type IpAddress, Ipv4Address, type MacAddress, type Prefix } from '../base/address.ts';
import { E, type Errno } from '../base/errno.ts';
import type { NetworkCard } from '../link/card.ts';
import type { Addresses } from './addresses.ts';
import type { Arp } from './arp.ts';
import type { Exceptions } from './exceptions.ts';
import type { Fib } from './fib.ts';
import type { Igmp } from './igmp.ts';
import type { Interface } from './interface.ts';
import { NUD } from './neighbour.ts';
import type { NeighbourTable } from './neighbour-table.ts';
import { groupMac, type OutputRoutes } from './output-route.ts';
import { Path } from './path.ts';
import type { RouteMatch } from './routes.ts';
import type {
  AddressEntry,
  AddressRequest,
  NeighbourEntry,
  NeighbourRequest,
  RouteAnswer,
  RouteEntry,
  RouteRequest,
  TableName,
} from './types.ts';

/** IPv4 needs 68 bytes on every link (RFC 791 section 3.2). */
const MTU_MIN = 68;
const MTU_MAX = 65_535;
const ALL_HOSTS: IpAddress = new Ipv4Address(0xe000_0001);
const ADMIN_STATES = {
  PERMANENT: NUD.permanent,
  REACHABLE: NUD.reachable,
  STALE: NUD.stale,
  NOARP: NUD.noarp,
} as const;

export interface ConfigurationParts {
  readonly interfaces: ReadonlyMap<number, Interface>;
  readonly fib: Fib;
  readonly addresses: Addresses;
  readonly neighbours: NeighbourTable;
  readonly exceptions: Exceptions;
  readonly arp: Arp;
  readonly routes: OutputRoutes;
  readonly igmp: Igmp;
}

export class Configuration {
  constructor(private readonly parts: ConfigurationParts) {}

  // -- links

  /** Cards by ifindex, in the order of their attachment. */
  cards(): readonly NetworkCard[] {
    return [...this.parts.interfaces.values()].map((on) => on.card);
  }

  card(ifindex: number): NetworkCard | undefined {
    return this.parts.interfaces.get(ifindex)?.card;
  }

  cardNamed(name: string): NetworkCard | undefined {
    return this.cards().find((card) => card.name === name);
  }

  /** `ip link set dev X up|down` */
  setUp(ifindex: number, up: boolean): Errno | undefined {
    const on = this.parts.interfaces.get(ifindex);
    if (on === undefined) return E.ENODEV;
    if (up === on.up && up === on.card.up) return undefined;
    on.card.setUp(up);
    if (up) this.broughtUp(on);
    else this.broughtDown(on);
    return undefined;
  }

  /** The card is up: what follows in the network layer. */
  broughtUp(on: Interface): void {
    this.parts.addresses.up(on);
    if (!on.card.loopback) this.joinGroup(on.ifindex, ALL_HOSTS);
    for (const key of on.groups.keys()) this.parts.igmp.joined(on, new Ipv4Address(key as number));
    if (on.arpNotify) this.parts.arp.announce(on);
  }

  private broughtDown(on: Interface): void {
    if (!on.card.loopback) this.leaveGroup(on.ifindex, ALL_HOSTS);
    this.parts.igmp.down(on);
    this.parts.addresses.down(on);
    this.parts.neighbours.flush(on, false, 'link down');
    this.parts.exceptions.clear();
  }

  carrierChanged(on: Interface, up: boolean): void {
    if (!up && on.evictsWithoutCarrier) this.parts.neighbours.flush(on, true, 'no carrier');
    this.parts.fib.generation++;
  }

  setMtu(ifindex: number, mtu: number): Errno | undefined {
    const on = this.parts.interfaces.get(ifindex);
    if (on === undefined) return E.ENODEV;
    if (!Number.isInteger(mtu) || mtu < MTU_MIN || mtu > (on.card.loopback ? 0x7fff_ffff : MTU_MAX)) return E.EINVAL;
    on.card.mtu = mtu;
    this.parts.fib.generation++;
    return undefined;
  }

  /** A new hardware address: neighbours are asked anew (arp_netdev_event, NETDEV_CHANGEADDR). */
  setMac(ifindex: number, mac: MacAddress): Errno | undefined {
    const on = this.parts.interfaces.get(ifindex);
    if (on === undefined) return E.ENODEV;
    if (on.card.loopback) return E.EOPNOTSUPP;
    if (mac.isGroup || mac.key === 0) return E.EADDRNOTAVAIL;
    on.card.mac = mac;
    this.parts.neighbours.flush(on, false, 'own hardware address changed');
    this.parts.fib.generation++;
    if (on.up && on.arpNotify) this.parts.arp.announce(on);
    return undefined;
  }

  // -- groups

  /** Receives a multicast group on a card (IP_ADD_MEMBERSHIP); counted. */
  joinGroup(ifindex: number, group: IpAddress): Errno | undefined {
    const on = this.parts.interfaces.get(ifindex);
    if (on === undefined) return E.ENODEV;
    if (!group.isMulticast) return E.EINVAL;
    const users = on.groups.get(group.key) ?? 0;
    on.groups.set(group.key, users + 1);
    on.card.join(groupMac(group));
    if (users === 0 && on.up) this.parts.igmp.joined(on, group);
    return undefined;
  }

  leaveGroup(ifindex: number, group: IpAddress): Errno | undefined {
    const on = this.parts.interfaces.get(ifindex);
    if (on === undefined) return E.ENODEV;
    const users = on.groups.get(group.key);
    if (users === undefined) return E.EADDRNOTAVAIL;
    on.card.leave(groupMac(group));
    if (users > 1) on.groups.set(group.key, users - 1);
    else {
      on.groups.delete(group.key);
      this.parts.igmp.left(on, group);
    }
    return undefined;
  }

  // -- addresses

  addresses(): readonly AddressEntry[] {
    return [...this.parts.interfaces.values()].flatMap((on) => on.addresses);
  }

  addAddress(ifindex: number, request: AddressRequest): Errno | undefined {
    const on = this.parts.interfaces.get(ifindex);
    return on === undefined ? E.ENODEV : this.parts.addresses.add(on, request);
  }

  deleteAddress(ifindex: number, address: IpAddress, prefixLength: number): Errno | undefined {
    const on = this.parts.interfaces.get(ifindex);
    return on === undefined ? E.ENODEV : this.parts.addresses.remove(on, address, prefixLength);
  }

  flushAddresses(ifindex: number): Errno | undefined {
    const on = this.parts.interfaces.get(ifindex);
    if (on === undefined) return E.ENODEV;
    this.parts.addresses.flush(on);
    return undefined;
  }

  // -- routes

  routes(table: TableName = 'main'): readonly RouteEntry[] {
    return this.parts.fib.routes(table);
  }

  addRoute(request: RouteRequest, replace = false): Errno | undefined {
    const error = this.parts.fib.add(request, replace);
    if (error === undefined) this.parts.exceptions.clear();
    return error;
  }

  /** Deletes the first route that matches; what is undefined matches all. ESRCH where there is none. */
  deleteRoute(match: RouteMatch & { readonly destination: Prefix }): Errno | undefined {
    const error = this.parts.fib.delete(match);
    if (error === undefined) this.parts.exceptions.clear();
    return error;
  }

  /** `ip route get`: how a packet from here would go. */
  lookupRoute(to: IpAddress, from?: IpAddress, ifindex?: number): RouteAnswer | Errno {
    const on = ifindex === undefined ? undefined : this.parts.interfaces.get(ifindex);
    if (ifindex !== undefined && on === undefined) return E.ENODEV;
    const path = this.parts.routes.find(to, from, on);
    if (!(path instanceof Path)) return path;
    const via = path.hop.address;
    return {
      dst: path.dst,
      // By identity: a gateway may be the destination itself.
      gateway: path.kind !== 'unicast' || via === path.dst ? undefined : via,
      ifindex: path.card.ifindex,
      source: path.src,
      type: path.kind,
      mtu: path.mtu,
      route: path.route,
    };
  }

  // -- neighbours

  /** Entries that hold something; `ip neigh` shows no others. */
  neighbours(): readonly NeighbourEntry[] {
    const all = [...this.parts.interfaces.values()].flatMap((on) => [...on.neighbours.values()]);
    return all.filter((neighbour) => neighbour.nud !== NUD.none);
  }

  addNeighbour(request: NeighbourRequest): Errno | undefined {
    const on = this.parts.interfaces.get(request.ifindex);
    if (on === undefined) return E.ENODEV;
    const { address, mac, state } = request;
    if (address.family !== 4) return E.EAFNOSUPPORT;
    if (on.neighbours.has(address.key) && request.replace !== true) return E.EEXIST;
    const neighbour = this.parts.neighbours.get(on, address);
    if (neighbour === undefined) return E.ENOBUFS;
    this.parts.neighbours.update(neighbour, mac, ADMIN_STATES[state], { override: true, admin: true }, 'set by hand');
    return undefined;
  }

  deleteNeighbour(ifindex: number, address: IpAddress): Errno | undefined {
    const on = this.parts.interfaces.get(ifindex);
    if (on === undefined) return E.ENODEV;
    const neighbour = on.neighbours.get(address.key);
    if (neighbour === undefined) return E.ENOENT;
    this.parts.neighbours.remove(neighbour, 'deleted by hand');
    return undefined;
  }

  /** `ip neigh flush`: of one card or of all; permanent entries stay. */
  flushNeighbours(ifindex?: number): Errno | undefined {
    if (ifindex !== undefined && !this.parts.interfaces.has(ifindex)) return E.ENODEV;
    for (const on of this.parts.interfaces.values()) {
      if (ifindex !== undefined && on.ifindex !== ifindex) continue;
      for (const neighbour of [...on.neighbours.values()]) {
        if ((neighbour.nud & (NUD.permanent | NUD.noarp)) === 0)
          this.parts.neighbours.remove(neighbour, 'flushed by hand');
      }
    }
    return undefined;
  }

  /** Stops the lifetimes of leased addresses, and gives the cards' groups back. */
  shutdown(): void {
    this.parts.igmp.shutdown();
    for (const on of this.parts.interfaces.values()) {
      for (const local of on.addresses) local.expiry?.dispose();
      for (const [key, users] of on.groups) {
        const mac = groupMac(new Ipv4Address(key as number));
        for (let i = 0; i < users; i++) on.card.leave(mac);
      }
      on.groups.clear();
    }
  }
}
