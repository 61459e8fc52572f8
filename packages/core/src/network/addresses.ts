/**
 * Addresses on interfaces, and the routes that follow from them by themselves (Linux's devinet.c and fib_frontend.c): for 10.0.1.2/24 a
 * local route to the address, a broadcast route to 10.0.1.255 and the connected route 10.0.1.0/24. A second address of a subnet is
 * secondary: it goes with its primary, or follows it where `promote_secondaries` is set. Leased addresses expire by a timer.
 */
import { IPV4_LOOPBACK, type IpAddress, type Prefix, prefixOf, sameAddress } from '../base/address.ts';
import { E, type Errno } from '../base/errno.ts';
import type { HostContext } from '../record/host-context.ts';
import { Timer } from '../time/timer.ts';
import type { Fib } from './fib.ts';
import { type Interface, LocalAddress } from './interface.ts';
import { Route } from './routes.ts';
import type { AddressRequest, RouteType, Scope, TableName } from './types.ts';

/** How wide a scope is: addresses of wider scope are listed later (__inet_insert_ifa). */
const WIDTH = { global: 0, link: 1, host: 2 } as const;

export class Addresses {
  /** The routes that an address brought, shared where two bring the same one. */
  private readonly routesOf = new Map<LocalAddress, Route[]>();

  private lastSerial = 0;

  constructor(
    private readonly context: HostContext,
    private readonly fib: Fib,
  ) {}

  add(on: Interface, request: AddressRequest): Errno | undefined {
    const { address, prefixLength } = request;
    if (address.family !== 4) return E.EAFNOSUPPORT;
    if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > 32) return E.EINVAL;
    if (request.validNs !== undefined && request.validNs <= 0) return E.EINVAL;
    if (address.isUnspecified) return undefined;
    const known = this.exact(on, address, prefixLength);
    if (known !== undefined) return request.replace === true ? this.refresh(on, known, request) : E.EEXIST;
    const scope = request.scope ?? (address.isLoopback ? 'host' : 'global');
    const local = new LocalAddress(on.ifindex, address, prefixLength, request.broadcast, scope, ++this.lastSerial);
    const sibling = this.primaryOfSubnet(on, local);
    if (sibling !== undefined && sibling.scope !== scope) return E.EINVAL;
    local.secondary = sibling !== undefined;
    this.insert(on, local);
    this.setLifetime(on, local, request.validNs);
    this.addRoutes(on, local);
    this.fib.generation++;
    this.report(on, local, true);
    return undefined;
  }

  private exact(on: Interface, address: IpAddress, prefixLength: number): LocalAddress | undefined {
    return on.addresses.find((a) => a.prefixLength === prefixLength && sameAddress(a.address, address));
  }

  /** `ip addr replace` on an address that is there: its lifetime and broadcast change (inet_rtm_newaddr). */
  private refresh(on: Interface, local: LocalAddress, request: AddressRequest): undefined {
    this.setLifetime(on, local, request.validNs);
    if (request.broadcast === undefined || (local.broadcast && sameAddress(request.broadcast, local.broadcast))) return;
    this.dropRoutes(on, local);
    local.broadcast = request.broadcast;
    this.addRoutes(on, local);
  }

  private setLifetime(on: Interface, local: LocalAddress, validNs: number | undefined): void {
    if (validNs === undefined) {
      local.expiry?.dispose();
      local.expiresAt = local.expiry = undefined;
      return;
    }
    local.expiresAt = this.context.queue.now + validNs;
    local.expiry ??= new Timer(this.context.queue, () => this.unlink(on, local));
    local.expiry.set(local.expiresAt);
  }

  private primaryOfSubnet(on: Interface, local: LocalAddress): LocalAddress | undefined {
    return on.addresses.find((a) => !a.secondary && sameSubnet(a, local));
  }

  private insert(on: Interface, local: LocalAddress): void {
    let at = on.addresses.length;
    if (!local.secondary) {
      at = 0;
      on.addresses.forEach((other, i) => {
        if (!other.secondary && WIDTH[local.scope] <= WIDTH[other.scope]) at = i + 1;
      });
    }
    on.addresses = [...on.addresses.slice(0, at), local, ...on.addresses.slice(at)];
  }

  /** EADDRNOTAVAIL where the interface has no such address. */
  remove(on: Interface, address: IpAddress, prefixLength: number): Errno | undefined {
    const local = this.exact(on, address, prefixLength);
    if (local === undefined) return E.EADDRNOTAVAIL;
    this.unlink(on, local);
    return undefined;
  }

  flush(on: Interface): void {
    while (on.addresses.length > 0) this.unlink(on, on.addresses[0]!);
  }

  /** __inet_del_ifa: secondaries of the subnet go too, or the first of them is promoted. */
  private unlink(on: Interface, local: LocalAddress): void {
    const siblings = local.secondary ? [] : on.addresses.filter((a) => a.secondary && sameSubnet(a, local));
    if (!on.promotesSecondaries) for (const sibling of siblings) this.takeOut(on, sibling);
    else for (const sibling of siblings) this.dropRoutes(on, sibling);
    this.takeOut(on, local);
    if (on.promotesSecondaries && siblings.length > 0) {
      const promoted = siblings[0]!;
      on.addresses = on.addresses.filter((a) => a !== promoted);
      promoted.secondary = false;
      this.insert(on, promoted);
      for (const sibling of siblings) this.addRoutes(on, sibling);
    }
    if (!this.fib.isLocal(local.address)) {
      this.fib.flush((route) => route.source !== undefined && sameAddress(route.source, local.address));
    }
    // The last address gone means that IP is off here (fib_disable_ip): every route by this card goes.
    if (on.addresses.length === 0) this.fib.flush((route) => route.on === on);
  }

  private takeOut(on: Interface, local: LocalAddress): void {
    local.expiry?.dispose();
    on.addresses = on.addresses.filter((a) => a !== local);
    this.dropRoutes(on, local);
    this.fib.generation++;
    this.report(on, local, false);
  }

  // -- routes

  /** fib_add_ifaddr */
  private addRoutes(on: Interface, local: LocalAddress): void {
    const { address, prefixLength, broadcast } = local;
    const primary = local.secondary ? (this.primaryOfSubnet(on, local) ?? local) : local;
    const prefix = prefixOf(address, prefixLength);
    this.want(on, local, 'local', 'local', prefixOf(address, 32), 'host', primary.address);
    if (!on.up) return;
    if (broadcast !== undefined && !broadcast.isLimitedBroadcast)
      this.want(on, local, 'local', 'broadcast', prefixOf(broadcast, 32), 'link', primary.address);
    const hostRoute = prefixLength === 32 && sameAddress(prefix.network, address);
    if (local.secondary || hostRoute || prefix.network.isUnspecified || address.isMulticast) return;
    if (on.card.loopback) this.want(on, local, 'local', 'local', prefix, 'host', address);
    else this.want(on, local, 'main', 'unicast', prefix, 'link', address);
    // RFC 3021: a /31 has no broadcast address.
    if (prefix.broadcast) this.want(on, local, 'local', 'broadcast', prefixOf(prefix.broadcast, 32), 'link', address);
  }

  private want(
    on: Interface,
    local: LocalAddress,
    table: TableName,
    type: RouteType,
    to: Prefix,
    scope: Scope,
    source: IpAddress,
  ): void {
    let own = this.routesOf.get(local);
    if (own === undefined) this.routesOf.set(local, (own = []));
    if (own.some((route) => equal(route, to, type, source) && this.fib.has(route))) return;
    // The kernel refuses even its own routes a preferred source that is not local, such as another subnet's broadcast address.
    if (!(type === 'local' && sameAddress(to.network, source)) && !this.fib.isLocal(source)) return;
    const shared = this.sharedRoute(on, to, type, source);
    const route = shared ?? new Route(to, table, type, scope, 'kernel', 0, undefined, on, source);
    own.push(route);
    if (shared === undefined) this.fib.install(route);
  }

  private sharedRoute(on: Interface, to: Prefix, type: RouteType, source: IpAddress): Route | undefined {
    for (const other of on.addresses) {
      const found = this.routesOf.get(other)?.find((route) => equal(route, to, type, source) && this.fib.has(route));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private dropRoutes(on: Interface, local: LocalAddress): void {
    const own = this.routesOf.get(local) ?? [];
    this.routesOf.delete(local);
    for (const route of own) {
      const needed = on.addresses.some(
        (other) => other !== local && this.routesOf.get(other)?.includes(route) === true,
      );
      if (!needed && this.fib.has(route)) this.fib.drop(route);
    }
  }

  // -- administrative state

  /** The card came up: lo gets its address, the automatic routes come back; routes that people added do not. */
  up(on: Interface): void {
    on.up = true;
    if (on.card.loopback && on.addresses.length === 0)
      this.add(on, { address: IPV4_LOOPBACK, prefixLength: 8, scope: 'host' });
    for (const local of on.addresses) this.addRoutes(on, local);
    this.fib.generation++;
  }

  /** All routes by this card go, except to its own addresses (fib_sync_down_dev). */
  down(on: Interface): void {
    on.up = false;
    this.fib.flush((route) => route.on === on && route.scope !== 'host');
    this.fib.generation++;
  }

  private report(on: Interface, local: LocalAddress, added: boolean): void {
    const address = `${local.address}/${local.prefixLength}`;
    this.context.recorder.emit('address.change', this.context.name, { card: on.card.fullName, address, added });
  }
}

function sameSubnet(a: LocalAddress, b: LocalAddress): boolean {
  return a.prefixLength === b.prefixLength && a.covers(b.address);
}

function equal(route: Route, to: Prefix, type: RouteType, source: IpAddress): boolean {
  const { network, length } = route.destination;
  if (route.type !== type || length !== to.length || !sameAddress(network, to.network)) return false;
  return route.source !== undefined && sameAddress(route.source, source);
}
