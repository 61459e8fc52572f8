/**
 * From a destination to a path (Linux's ip_route_output_key_hash): which card, which next hop, which source address. Paths are cached per
 * (destination, source, card) until the routing decision base changes. IPv4's file.
 */
import {
  IPV4_ANY,
  IPV4_LOOPBACK,
  type IpAddress,
  type Ipv4Address,
  MAC_BROADCAST,
  MAC_ZERO,
  MacAddress,
  sameAddress,
} from '../base/address.ts';
import { E, Errno } from '../base/errno.ts';
import type { Exceptions } from './exceptions.ts';
import type { Fib } from './fib.ts';
import { Hop } from './hop.ts';
import type { Interface } from './interface.ts';
import type { NeighbourTable } from './neighbour-table.ts';
import { Path } from './path.ts';
import type { Route } from './routes.ts';
import type { PathKind, Scope } from './types.ts';

const CACHED_MAX = 65_536;

/** What was asked, while it is being answered. */
interface Query {
  readonly dst: Ipv4Address;
  readonly src: Ipv4Address | undefined;
  readonly on: Interface | undefined;
  /** Only what needs no gateway. */
  readonly onLink: boolean;
}

export class OutputRoutes {
  private readonly cache = new Map<number, Path[]>();
  private cachedGeneration = 0;
  private cached = 0;

  constructor(
    private readonly fib: Fib,
    private readonly neighbours: NeighbourTable,
    private readonly exceptions: Exceptions,
    private readonly interfaces: ReadonlyMap<number, Interface>,
  ) {}

  /** A path, or why there is none: ENETUNREACH (also for a source that is not ours), EHOSTUNREACH, EACCES, EINVAL (a group as source, a blackhole). */
  find(dst: IpAddress, src: IpAddress | undefined, on: Interface | undefined, onLink = false): Path | Errno {
    // A host without IPv6 has no route to it.
    if (dst.family !== 4 || (src !== undefined && src.family !== 4)) return E.ENETUNREACH;
    const wanted = src?.isUnspecified === true ? undefined : src;
    if (onLink) return this.resolve({ dst, src: wanted, on, onLink });
    if (this.cachedGeneration !== this.fib.generation) this.forget();
    for (const path of this.cache.get(dst.key) ?? NO_PATHS) if (answers(path, wanted, on) && path.valid) return path;
    const path = this.resolve({ dst, src: wanted, on, onLink });
    return path instanceof Errno || path.dst !== dst ? path : this.remember(path);
  }

  private forget(): void {
    this.cache.clear();
    this.cached = 0;
    this.cachedGeneration = this.fib.generation;
  }

  private remember(path: Path): Path {
    if (++this.cached > CACHED_MAX) this.forget();
    const key = path.dst.key as number;
    const known = this.cache.get(key)?.filter((other) => other.valid);
    if (known === undefined) this.cache.set(key, [path]);
    else this.cache.set(key, [...known, path]);
    return path;
  }

  private resolve(query: Query): Path | Errno {
    const { dst, src, on } = query;
    if (src !== undefined) {
      if (src.isMulticast || src.isLimitedBroadcast) return E.EINVAL;
      if (!this.fib.isLocal(src)) return E.ENETUNREACH;
      // Broadcast and multicast leave by the card that owns the source, be it up or not.
      const owner = on === undefined && (dst.isMulticast || dst.isLimitedBroadcast) ? this.owner(src) : undefined;
      if (owner !== undefined) return this.onLink(query, owner);
    }
    if (on !== undefined) {
      if (!on.up) return E.ENETUNREACH;
      if (dst.isLimitedBroadcast || isLocalGroup(dst)) return this.onLink(query, on);
    }
    if (dst.isUnspecified) return this.toSelf(query, this.ownAddress(src, on));
    return this.byRoute(query, on);
  }

  /** What 0.0.0.0 stands for as a destination. */
  private ownAddress(src: Ipv4Address | undefined, on: Interface | undefined): Ipv4Address {
    const own = src ?? (on === undefined ? undefined : (this.selectSource(on, undefined, 'host') as Ipv4Address));
    return own === undefined || own.isUnspecified ? IPV4_LOOPBACK : own;
  }

  /** The card that has this address; the one that got it last where several have, the one of its route where none has (__ip_dev_find). */
  owner(src: Ipv4Address): Interface | undefined {
    let owner: Interface | undefined;
    let serial = -1;
    for (const on of this.interfaces.values()) {
      const local = on.find(src);
      if (local === undefined || local.serial < serial) continue;
      owner = on;
      serial = local.serial;
    }
    return owner ?? this.fib.lookup(src)?.on;
  }

  private byRoute(query: Query, on: Interface | undefined): Path | Errno {
    const { dst, src } = query;
    const route = this.fib.lookup(dst, on?.ifindex ?? 0, query.onLink);
    const refusal = route === undefined ? E.ENETUNREACH : route.refusal;
    if (route === undefined || refusal !== undefined) {
      // A socket bound to a card knows better than the tables: the destination is taken to be on that link.
      return on === undefined ? refusal! : this.onLink(query, on);
    }
    if (route.type === 'local') {
      const source = src ?? (route.source as Ipv4Address | undefined) ?? dst;
      return this.make(query, 'local', source, this.loopbackOf(route), dst, route);
    }
    const via = route.on!;
    if (!via.up) return E.ENETUNREACH;
    const own = on !== undefined && dst.isMulticast ? this.selectSource(on, undefined, 'global') : undefined;
    const source = src ?? own ?? route.source ?? this.selectSource(via, route.gateway, route.scope);
    const kind =
      route.type === 'broadcast' || dst.isLimitedBroadcast ? 'broadcast' : dst.isMulticast ? 'multicast' : 'unicast';
    const next = kind === 'unicast' ? (route.nextHop(dst) as Ipv4Address) : dst;
    return this.make(query, kind, source as Ipv4Address, via, next, route);
  }

  private onLink(query: Query, on: Interface): Path | Errno {
    const { dst } = query;
    const source = query.src ?? this.selectSource(on, undefined, 'link');
    const kind = dst.isLimitedBroadcast ? 'broadcast' : dst.isMulticast ? 'multicast' : 'unicast';
    return this.make(query, kind, source as Ipv4Address, on, dst, undefined);
  }

  /** 0.0.0.0 as a destination means this host. */
  private toSelf(query: Query, dst: Ipv4Address): Path | Errno {
    const route = this.fib.lookup(dst);
    const on = this.loopbackOf(route);
    return this.make({ ...query, dst }, 'local', dst, on, dst, route);
  }

  /** Own addresses are reached through lo; a host without one uses the card itself. */
  private loopbackOf(route: Route | undefined): Interface | undefined {
    for (const on of this.interfaces.values()) if (on.card.loopback) return on.up ? on : undefined;
    return route?.on;
  }

  /** inet_select_addr: an address of this card, else of any other that is not link-local in scope; 0.0.0.0 where there is none. */
  selectSource(on: Interface, towards: IpAddress | undefined, scope: Scope): IpAddress {
    const own = on.primaryFor(towards, scope);
    if (own !== undefined) return own.address;
    for (const other of this.interfaces.values()) {
      const found = other.addresses.find(
        (a) => !a.secondary && (a.scope === 'global' || (a.scope === 'host' && scope === 'host')),
      );
      if (found !== undefined) return found.address;
    }
    return IPV4_ANY;
  }

  private make(
    query: Query,
    kind: PathKind,
    src: Ipv4Address,
    on: Interface | undefined,
    next: Ipv4Address,
    route: Route | undefined,
  ): Path | Errno {
    if (on === undefined) return E.ENETUNREACH;
    // RFC 1122 section 3.2.1.3: 127/8 never appears outside a host, unless it is told otherwise (route_localnet).
    if (src.isLoopback && !on.card.loopback && !on.routesLocalnet) return E.EINVAL;
    const { dst, fib, exceptions } = { dst: query.dst, fib: this.fib, exceptions: this.exceptions };
    const redirect = kind === 'unicast' ? exceptions.gateway(dst) : undefined;
    const hop = this.hopTo(on, kind, redirect?.gateway ?? next);
    return new Path(src, dst, kind, hop, route, fib, exceptions, query.src, query.on, redirect?.until);
  }

  hopTo(on: Interface, kind: PathKind, next: IpAddress): Hop {
    const { neighbours } = this;
    if (on.card.loopback) return new Hop(on, next, neighbours, neighbours.fixed(on, next, MAC_ZERO));
    if (kind === 'unicast' || kind === 'local') return new Hop(on, next, neighbours);
    const mac = kind === 'broadcast' ? MAC_BROADCAST : groupMac(next);
    return new Hop(on, next, neighbours, neighbours.fixed(on, next, mac));
  }
}

const NO_PATHS: readonly Path[] = [];

function answers(path: Path, src: IpAddress | undefined, on: Interface | undefined): boolean {
  if (path.askedOn !== on) return false;
  const asked = path.askedSrc;
  return asked === src || (asked !== undefined && src !== undefined && sameAddress(asked, src));
}

/** 224.0.0.0/24 never leaves its link (RFC 5771 section 4). */
function isLocalGroup(dst: Ipv4Address): boolean {
  return dst.key >>> 8 === 0xe00000;
}

/** 01:00:5e and the low 23 bits of the group (RFC 1112 section 6.4). */
export function groupMac(group: IpAddress): MacAddress {
  return new MacAddress(0x0100_5e00_0000 + ((group.key as number) & 0x7f_ffff));
}
