/**
 * What happens to received datagrams, per (card, source, destination): decided once (Linux's ip_route_input_slow), then found again by hash
 * until the routing decision base changes. A router's packet path is one probe of this table.
 */
import type { Ipv4Address } from '../base/address.ts';
import type { DropReason } from '../record/catalogue.ts';
import type { Exceptions } from './exceptions.ts';
import type { Fib } from './fib.ts';
import type { Hop } from './hop.ts';
import type { Interface } from './interface.ts';
import type { OutputRoutes } from './output-route.ts';
import type { Route } from './routes.ts';

export const FLOW = { forward: 0, local: 1, broadcast: 2, multicast: 3 } as const;

export class Flow {
  // At hand for the look-up, which compares numbers only.
  readonly srcKey: number;
  readonly dstKey: number;

  constructor(
    readonly on: Interface,
    src: Ipv4Address,
    dst: Ipv4Address,
    readonly kind: number,
    /** Where it goes on; undefined for what stays here. */
    readonly hop: Hop | undefined,
    /** It leaves by the card it came in on, and the sender is on that link too (RFC 1812 section 5.2.7.2). */
    readonly redirect: boolean,
  ) {
    this.srcKey = src.key | 0;
    this.dstKey = dst.key | 0;
  }

  is(on: Interface, srcKey: number, dstKey: number): boolean {
    return this.dstKey === dstKey && this.srcKey === srcKey && this.on === on;
  }
}

/** Why a datagram goes nowhere. */
export interface Refusal {
  readonly reason: DropReason;
  readonly detail?: string | undefined;
  /** An address that cannot be: nothing else of the packet is looked at. */
  readonly martian?: boolean | undefined;
  /** ICMP unreachable code that a router sends. */
  readonly code?: number | undefined;
}

const SLOTS_MIN = 16;
const SLOTS_MAX = 1 << 17;

/** An empty table, shared by all that have seen no packet yet. */
const NO_FLOWS: readonly (Flow | undefined)[] = [undefined];

export class Flows {
  // The last answer: packets come in trains.
  private recent: Flow | undefined = undefined;
  private slots: readonly (Flow | undefined)[] = NO_FLOWS;
  private mask = 0;
  private used = 0;
  private generation = 0;

  constructor(
    private readonly fib: Fib,
    private readonly routes: OutputRoutes,
    private readonly exceptions: Exceptions,
  ) {}

  /** The cached flow, or undefined: then `decide`. */
  find(on: Interface, src: Ipv4Address, dst: Ipv4Address): Flow | undefined {
    if (this.generation !== this.fib.generation) {
      this.clear();
      return undefined;
    }
    const { recent } = this;
    const srcKey = src.key | 0;
    const dstKey = dst.key | 0;
    if (recent?.is(on, srcKey, dstKey) === true) return recent;
    const { slots, mask } = this;
    let at = hash(srcKey, dstKey) & mask;
    for (;;) {
      const flow = slots[at];
      if (flow === undefined) return undefined;
      if (flow.is(on, srcKey, dstKey)) {
        this.recent = flow;
        return flow;
      }
      at = (at + 1) & mask;
    }
  }

  private clear(): void {
    this.generation = this.fib.generation;
    this.recent = undefined;
    this.slots = NO_FLOWS;
    this.mask = 0;
    this.used = 0;
  }

  private keep(flow: Flow): Flow {
    if (this.used * 2 >= this.mask) this.grow();
    put(this.slots as (Flow | undefined)[], this.mask, flow);
    this.used++;
    return flow;
  }

  /** Doubles the table; a full one begins anew, so that a scan cannot fill the memory. */
  private grow(): void {
    if (this.slots.length * 2 > SLOTS_MAX) this.clear();
    const size = Math.max(this.slots.length * 2, SLOTS_MIN);
    const slots = new Array<Flow | undefined>(size).fill(undefined);
    for (const flow of this.slots) if (flow !== undefined) put(slots, size - 1, flow);
    this.slots = slots;
    this.mask = size - 1;
  }

  /** ip_route_input_slow: martians first, then the tables. */
  decide(on: Interface, src: Ipv4Address, dst: Ipv4Address): Flow | Refusal {
    if (src.isMulticast || src.isLimitedBroadcast) return martianSource('a source must be one host');
    if (dst.isLimitedBroadcast || (src.isUnspecified && dst.isUnspecified)) return this.broadcast(on, src, dst);
    // Only 0.0.0.0 itself: Linux takes the rest of 0/8 for unicast addresses since 5.3.
    if (src.isUnspecified) return martianSource('0.0.0.0 is no source here');
    if (dst.isUnspecified) return martianDestination('0.0.0.0 is no destination');
    if ((dst.isLoopback || src.isLoopback) && !on.card.loopback && !on.routesLocalnet) {
      if (dst.isLoopback) return martianDestination('127/8 came over a wire');
      return martianSource('127/8 came over a wire');
    }
    if (dst.isMulticast) return this.keep(new Flow(on, src, dst, FLOW.multicast, undefined, false));
    return this.byRoute(on, src, dst);
  }

  private byRoute(on: Interface, src: Ipv4Address, dst: Ipv4Address): Flow | Refusal {
    const route = this.fib.lookup(dst);
    if (route?.type === 'broadcast') return this.broadcast(on, src, dst);
    if (route?.type === 'local') {
      const fault = on.card.loopback ? undefined : this.sourceFault(on, src, undefined);
      return fault ?? this.keep(new Flow(on, src, dst, FLOW.local, undefined, false));
    }
    // A host that is no router drops what is not for it, without a word (RFC 1122 section 3.2.1.3).
    if (!on.forwarding) return { reason: 'not-local', detail: 'forwarding is off' };
    if (route === undefined) return { reason: 'no-route', code: 0 };
    if (route.refusal !== undefined || route.on === undefined) return refused(route);
    return this.forward(on, src, dst, route, route.on);
  }

  private forward(on: Interface, src: Ipv4Address, dst: Ipv4Address, route: Route, out: Interface): Flow | Refusal {
    const fault = this.sourceFault(on, src, out);
    if (fault !== undefined) return fault;
    if (!out.up) return { reason: 'no-route', code: 0, detail: `${out.card.name} is down` };
    const learnt = this.exceptions.gateway(dst);
    const hop = this.routes.hopTo(out, 'unicast', learnt?.gateway ?? route.nextHop(dst));
    const shared = out === on && on.sendsRedirects && (on.sharedMedia || on.hasOnLink(src, route.gateway));
    const redirect = shared && this.isOnLink(on, src);
    const flow = new Flow(on, src, dst, FLOW.forward, hop, redirect);
    // A redirect's word ends by itself, so nothing is kept that stands on it.
    return learnt === undefined ? this.keep(flow) : flow;
  }

  /** Only a neighbour can follow a redirect (__mkroute_input: the source's route has no gateway). */
  private isOnLink(on: Interface, src: Ipv4Address): boolean {
    const back = this.fib.lookup(src);
    return back !== undefined && back.on === on && back.gateway === undefined;
  }

  private broadcast(on: Interface, src: Ipv4Address, dst: Ipv4Address): Flow | Refusal {
    // 0.0.0.0 is a host that asks for its address (RFC 2131 section 4.1).
    const fault = src.isUnspecified ? undefined : this.sourceFault(on, src, undefined);
    return fault ?? this.keep(new Flow(on, src, dst, FLOW.broadcast, undefined, false));
  }

  /** fib_validate_source: is this a source that may come in here? Without rp_filter only our own addresses may not. */
  private sourceFault(on: Interface, src: Ipv4Address, out: Interface | undefined): Refusal | undefined {
    const mode = on.rpFilter;
    if (mode === 0 && (out !== on || !on.sendsRedirects)) {
      const own = !on.acceptLocal && this.fib.typeOf(src) === 'local';
      return own ? martianSource('it is an address of this host') : undefined;
    }
    const back = this.fib.lookup(src);
    if (back !== undefined && back.type !== 'unicast' && !(back.type === 'local' && on.acceptLocal)) {
      return martianSource(`rp_filter ${mode}: the way back is ${back.type}`);
    }
    if (mode === 0) return undefined;
    const fits = back !== undefined && (back.on === on || (mode !== 1 && back.on !== undefined));
    return fits ? undefined : martianSource(`rp_filter ${mode}: the way back is not by ${on.card.name}`);
  }
}

function put(slots: (Flow | undefined)[], mask: number, flow: Flow): void {
  let at = hash(flow.srcKey, flow.dstKey) & mask;
  while (slots[at] !== undefined) at = (at + 1) & mask;
  slots[at] = flow;
}

function martianSource(detail: string): Refusal {
  return { reason: 'martian-source', detail, martian: true };
}

function martianDestination(detail: string): Refusal {
  return { reason: 'martian-destination', detail, martian: true };
}

/** ip_error: what a router says when a route only refuses. */
function refused(route: Route): Refusal {
  const code = route.type === 'unreachable' ? 1 : route.type === 'prohibit' ? 13 : undefined;
  return { reason: 'unreachable-route', detail: `${route.type} ${route.destination}`, code };
}

function hash(src: number, dst: number): number {
  const mixed = Math.imul(src ^ Math.imul(dst, 0x9e37_79b1), 0x85eb_ca77);
  return mixed ^ (mixed >>> 15);
}
