/**
 * A resolved route from this host: where packets to `dst` leave, from which address, how large they may be. Sockets keep a path and look it
 * up anew when `valid` turns false; the MTU is always the one known now.
 */
import type { IpAddress } from '../base/address.ts';
import type { NetworkCard } from '../link/card.ts';
import type { Instant } from '../time/instant.ts';
import type { Exceptions } from './exceptions.ts';
import type { Fib } from './fib.ts';
import type { Hop } from './hop.ts';
import type { Interface } from './interface.ts';
import type { Route } from './routes.ts';
import type { PathKind, RouteMetrics } from './types.ts';

const IP_MAX_LENGTH = 0xffff;

export class Path {
  /** What the route knows of the way. */
  readonly metrics: RouteMetrics | undefined;
  private readonly generation: number;
  /** Of the route, 0 for the card's. */
  private readonly routeMtu: number;

  constructor(
    readonly src: IpAddress,
    readonly dst: IpAddress,
    readonly kind: PathKind,
    readonly hop: Hop,
    /** The route that decided; undefined where the destination was taken to be on the link. */
    readonly route: Route | undefined,
    private readonly fib: Fib,
    private readonly exceptions: Exceptions,
    /** What was asked for, by which the cache finds it again. */
    readonly askedSrc: IpAddress | undefined,
    readonly askedOn: Interface | undefined,
    /** A redirect's word for the next hop ends at this instant. */
    private readonly until: Instant = Number.POSITIVE_INFINITY,
  ) {
    this.generation = fib.generation;
    this.metrics = route?.metrics;
    this.routeMtu = this.metrics?.mtu ?? 0;
  }

  get card(): NetworkCard {
    return this.hop.on.card;
  }

  /** False after routes, addresses or links changed. */
  get valid(): boolean {
    if (this.generation !== this.fib.generation) return false;
    return this.until === Number.POSITIVE_INFINITY || !this.exceptions.past(this.until);
  }

  /** The path MTU known now, headers included (RFC 1191). */
  get mtu(): number {
    const mtu = this.exceptions.mtu(this.dst, this.routeMtu || this.hop.on.card.mtu);
    return Math.min(mtu, IP_MAX_LENGTH);
  }

  /** The card's MTU, for who does not believe reports (ip_sk_use_pmtu). */
  get linkMtu(): number {
    return Math.min(this.hop.on.card.mtu, IP_MAX_LENGTH);
  }

  /** The path reported less than min_pmtu: senders leave DF clear (ip_dont_fragment). */
  get mtuLocked(): boolean {
    return this.exceptions.mtuLocked(this.dst);
  }

  get isLocal(): boolean {
    return this.kind === 'local';
  }

  get isBroadcast(): boolean {
    return this.kind === 'broadcast';
  }

  get isMulticast(): boolean {
    return this.kind === 'multicast';
  }

  /** The other end answered, so the next hop is alive: the neighbour needs no probe. */
  confirm(now: number): void {
    this.hop.confirm(now);
  }
}
