/**
 * The routes of a host: a `local` table made from the addresses, and the `main` table of `ip route`, kept together as Linux does while nobody
 * adds policy rules (the merged trie): the longest prefix of either wins, `local` before `main` only within a prefix, then the lowest
 * metric. A look-up walks the prefix lengths that exist, longest first, one hash map each, so its cost does not grow with the number of
 * routes (RFC 1812 section 5.2.4.3). Left out: policy rules, further tables, multipath, TOS, metrics beside those of `RouteMetrics`.
 * IPv4's file: knows that a key is 32 bits.
 */
import { type IpAddress, maskIpv4, type Prefix, sameAddress } from '../base/address.ts';
import { E, type Errno } from '../base/errno.ts';
import type { Interface } from './interface.ts';
import type { RouteEntry, RouteMetrics, RouteProtocol, RouteType, Scope, TableName } from './types.ts';

export class Route implements RouteEntry {
  constructor(
    readonly destination: Prefix,
    readonly table: TableName,
    readonly type: RouteType,
    readonly scope: Scope,
    readonly protocol: RouteProtocol,
    readonly metric: number,
    readonly gateway: IpAddress | undefined,
    /** Undefined for routes that only refuse. */
    readonly on: Interface | undefined,
    readonly source: IpAddress | undefined,
    /** False where the gateway is an address of this host: Linux then takes the destinations to be on the link. */
    private readonly gatewayIsRemote = true,
    readonly metrics: RouteMetrics | undefined = undefined,
  ) {}

  get ifindex(): number {
    return this.on?.ifindex ?? 0;
  }

  get linkDown(): boolean {
    return this.on?.card.up === true && !this.on.card.carrier;
  }

  /** The next hop's address for a packet to `dst`. */
  nextHop(dst: IpAddress): IpAddress {
    return this.gateway !== undefined && this.gatewayIsRemote ? this.gateway : dst;
  }

  /** Why a packet that meets this route gets no further (fib_props). */
  get refusal(): Errno | undefined {
    switch (this.type) {
      case 'unreachable':
        return E.EHOSTUNREACH;
      case 'prohibit':
        return E.EACCES;
      case 'blackhole':
        return E.EINVAL;
      default:
        return undefined;
    }
  }
}

/** What a deletion must match; undefined matches all. */
export interface RouteMatch {
  readonly destination: Prefix;
  readonly type?: RouteType | undefined;
  readonly scope?: Scope | undefined;
  readonly protocol?: RouteProtocol | undefined;
  readonly metric?: number | undefined;
  readonly gateway?: IpAddress | undefined;
  readonly ifindex?: number | undefined;
  readonly source?: IpAddress | undefined;
}

export class RouteTable {
  /** Per prefix length: network key to its routes, lowest metric first. */
  private readonly maps = new Map<number, Map<number, Route[]>>();
  /** Lengths that hold routes, longest first. */
  private lengths: readonly number[] = [];

  /** The route for `key`, only by card `ifindex` where that is not 0; `onLink` passes over what is not on the link. */
  lookup(key: number, ifindex = 0, onLink = false): Route | undefined {
    for (const length of this.lengths) {
      const routes = this.maps.get(length)!.get(maskIpv4(key, length));
      if (routes === undefined) continue;
      for (const route of routes) if (usable(route, ifindex, onLink)) return route;
    }
    return undefined;
  }

  add(route: Route): void {
    const { length, network } = route.destination;
    let map = this.maps.get(length);
    if (map === undefined) {
      this.maps.set(length, (map = new Map()));
      this.lengths = [...this.lengths, length].sort((a, b) => b - a);
    }
    const routes = map.get(network.key as number);
    if (routes === undefined) {
      map.set(network.key as number, [route]);
      return;
    }
    const after = routes.findIndex((other) => comesAfter(other, route));
    routes.splice(after < 0 ? routes.length : after, 0, route);
  }

  remove(route: Route): void {
    const { length, network } = route.destination;
    const map = this.maps.get(length);
    const rest = map?.get(network.key as number)?.filter((other) => other !== route) ?? [];
    if (rest.length > 0) map!.set(network.key as number, rest);
    else map?.delete(network.key as number);
    if (map?.size !== 0) return;
    this.maps.delete(length);
    this.lengths = this.lengths.filter((other) => other !== length);
  }

  /** Puts `next` where `old` was. */
  replace(old: Route, next: Route): void {
    const routes = this.at(old.destination);
    routes[routes.indexOf(old)] = next;
  }

  private at(destination: Prefix): Route[] {
    return this.maps.get(destination.length)?.get(destination.network.key as number) ?? [];
  }

  contains(route: Route): boolean {
    return this.at(route.destination).includes(route);
  }

  /** The first route of this prefix and metric: what an addition collides with. */
  find(table: TableName, destination: Prefix, metric: number): Route | undefined {
    return this.at(destination).find((route) => route.table === table && route.metric === metric);
  }

  /** The first route that a deletion names (fib_table_delete, fib_nh_match). A metric of 0 matches all, as in the kernel. */
  match(table: TableName, wanted: RouteMatch): Route | undefined {
    return this.at(wanted.destination).find(
      (route) =>
        route.table === table &&
        (wanted.type === undefined || route.type === wanted.type) &&
        (wanted.scope === undefined || route.scope === wanted.scope) &&
        (wanted.protocol === undefined || route.protocol === wanted.protocol) &&
        (wanted.metric === undefined || wanted.metric === 0 || route.metric === wanted.metric) &&
        (wanted.ifindex === undefined || route.ifindex === wanted.ifindex) &&
        same(wanted.gateway, route.gateway) &&
        same(wanted.source, route.source),
    );
  }

  /** All routes as `ip route` lists them: by network address, longer prefixes first, then by metric. */
  list(table: TableName): Route[] {
    return this.all()
      .filter((route) => route.table === table)
      .sort((a, b) => (a.destination.network.key as number) - (b.destination.network.key as number));
  }

  /** Longer prefixes first. */
  all(): Route[] {
    return this.lengths.flatMap((length) => [...this.maps.get(length)!.values()].flat());
  }
}

/** Whether `other` stands behind `route` within a prefix. */
function comesAfter(other: Route, route: Route): boolean {
  if (other.table !== route.table) return route.table === 'local';
  return other.metric > route.metric;
}

function usable(route: Route, ifindex: number, onLink: boolean): boolean {
  const { on } = route;
  if (onLink && route.scope === 'global') return false;
  if (on === undefined) return true;
  if (ifindex !== 0 && on.ifindex !== ifindex) return false;
  return !(route.linkDown && on.ignoresLinkDownRoutes);
}

function same(wanted: IpAddress | undefined, actual: IpAddress | undefined): boolean {
  return wanted === undefined || (actual !== undefined && sameAddress(wanted, actual));
}
