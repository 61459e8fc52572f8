/**
 * The host's routing decision base: its routes, changes to them with rtnetlink's checks and errors
 * (fib_check_nh, fib_table_insert), and what kind of destination an address is. Every change moves `generation`, which is how cached
 * decisions (paths, flows) learn that they are old.
 */
import { type IpAddress, type Ipv4Address, sameAddress } from '../base/address.ts';
import { E, Errno } from '../base/errno.ts';
import type { HostContext } from '../record/host-context.ts';
import type { Interface } from './interface.ts';
import { Route, type RouteMatch, RouteTable } from './routes.ts';
import type { RouteRequest, RouteType, Scope, TableName } from './types.ts';

export class Fib {
  generation = 0;
  private readonly table = new RouteTable();
  // The last answer of `typeOf`: transports ask about the same own address packet after packet.
  private askedKey = -1;
  private askedGeneration = -1;
  private askedType: RouteType = 'unicast';

  constructor(
    private readonly context: HostContext,
    private readonly interfaceByIndex: (ifindex: number) => Interface | undefined,
  ) {}

  /** The route for a destination, by a card (`ifindex`) or by any (0), of all or of what is `onLink`. A refusing route is an answer too. */
  lookup(dst: Ipv4Address, ifindex = 0, onLink = false): Route | undefined {
    return this.table.lookup(dst.key, ifindex, onLink);
  }

  /** What an address is to this host, or to one of its cards (inet_addr_type). */
  typeOf(address: IpAddress, on?: Interface): RouteType | 'multicast' {
    if (address.family !== 4) return 'unicast';
    if (address.isLimitedBroadcast || address.isUnspecified) return 'broadcast';
    if (address.isMulticast) return 'multicast';
    if (on !== undefined) return this.table.lookup(address.key, on.ifindex)?.type ?? 'unicast';
    if (this.askedGeneration !== this.generation || this.askedKey !== address.key) {
      this.askedGeneration = this.generation;
      this.askedKey = address.key;
      this.askedType = this.table.lookup(address.key)?.type ?? 'unicast';
    }
    return this.askedType;
  }

  routes(table: TableName): readonly Route[] {
    return this.table.list(table);
  }

  isLocal(address: IpAddress): boolean {
    return this.typeOf(address) === 'local';
  }

  /** `ip route add` and `replace`. */
  add(request: RouteRequest, replace: boolean): Errno | undefined {
    const route = this.resolve(request);
    if (route instanceof Errno) return route;
    const { table } = this;
    const old = table.find(route.table, route.destination, route.metric);
    if (old !== undefined && !replace) return E.EEXIST;
    if (old !== undefined) {
      table.replace(old, route);
      this.changed(old, false);
    } else table.add(route);
    this.changed(route, true);
    return undefined;
  }

  private resolve(request: RouteRequest): Route | Errno {
    const { destination, gateway, source, metrics } = request;
    const type = request.type ?? 'unicast';
    const scope = request.scope ?? defaultScope(type, gateway);
    const table = tableOf(type);
    const metric = request.metric ?? 0;
    const protocol = request.protocol ?? 'boot';
    if (destination.network.family !== 4 || (gateway !== undefined && gateway.family !== 4)) return E.EAFNOSUPPORT;
    if (type === 'unreachable' || type === 'blackhole' || type === 'prohibit') {
      if (gateway !== undefined || request.ifindex !== undefined) return E.EINVAL;
      return new Route(destination, table, type, scope, protocol, metric, undefined, undefined, undefined);
    }
    const hop = this.checkNextHop(gateway, request.ifindex, scope);
    if (hop instanceof Errno) return hop;
    if (
      source !== undefined &&
      !this.isLocal(source) &&
      !(type === 'local' && sameAddress(source, destination.network))
    )
      return E.EINVAL;
    return new Route(destination, table, type, scope, protocol, metric, gateway, hop.on, source, hop.remote, metrics);
  }

  /** Where the next hop is, and whether there is one beyond this host (fib_check_nh). */
  private checkNextHop(
    gateway: Ipv4Address | undefined,
    ifindex: number | undefined,
    scope: Scope,
  ): { on: Interface; remote: boolean } | Errno {
    if (gateway === undefined) {
      if (ifindex === undefined || ifindex === 0) return E.ENODEV;
      const on = this.interfaceByIndex(ifindex);
      if (on === undefined) return E.ENODEV;
      return on.up ? { on, remote: true } : E.ENETDOWN;
    }
    // A route that is itself on the link needs no gateway.
    if (scope !== 'global' || gateway.isUnspecified) return E.EINVAL;
    if (ifindex !== undefined && this.interfaceByIndex(ifindex) === undefined) return E.ENODEV;
    const via = this.table.lookup(gateway.key, ifindex, true);
    if (via === undefined) return E.ENETUNREACH;
    if (via.refusal !== undefined) return via.refusal;
    if (via.on === undefined || (via.type !== 'unicast' && via.type !== 'local')) return E.EINVAL;
    return via.on.up ? { on: via.on, remote: via.type === 'unicast' } : E.ENETDOWN;
  }

  /** `ip route del`: ESRCH where nothing matches. */
  delete(match: RouteMatch): Errno | undefined {
    const route = this.table.match(tableOf(match.type ?? 'unicast'), match);
    if (route === undefined) return E.ESRCH;
    this.drop(route);
    return undefined;
  }

  /** Adds a route that the kernel makes by itself. */
  install(route: Route): void {
    this.table.add(route);
    this.changed(route, true);
  }

  drop(route: Route): void {
    this.table.remove(route);
    this.changed(route, false);
  }

  /** Takes out all routes that `which` names. */
  flush(which: (route: Route) => boolean): void {
    for (const route of this.table.all()) if (which(route)) this.drop(route);
  }

  has(route: Route): boolean {
    return this.table.contains(route);
  }

  /** A variable changed on which routing decisions depend. */
  sysctlChanged(): void {
    this.generation++;
  }

  private changed(route: Route, added: boolean): void {
    this.generation++;
    if (route.table === 'local') return;
    this.context.recorder.emit('route.change', this.context.name, {
      destination: route.destination.toString(),
      gateway: route.gateway?.toString() ?? '',
      card: route.on?.card.fullName ?? '',
      metric: route.metric,
      added,
    });
  }
}

/** Where a route belongs by its type, as iproute2 files it. */
function tableOf(type: RouteType): TableName {
  return type === 'local' || type === 'broadcast' ? 'local' : 'main';
}

/** What iproute2 fills in: local routes reach this host, routes without a gateway the link. */
function defaultScope(type: RouteType, gateway: IpAddress | undefined): Scope {
  if (type === 'local') return 'host';
  if (type === 'broadcast') return 'link';
  return type === 'unicast' && gateway === undefined ? 'link' : 'global';
}
