/**
 * What was learned about single destinations beyond the routing table (Linux's next-hop exceptions): a smaller path MTU (RFC 1191) and a
 * better first hop (ICMP redirect). Both expire. Empty in most runs, so the first question is whether there is any.
 */
import type { IpAddress } from '../base/address.ts';
import type { HostContext } from '../record/host-context.ts';
import { type Instant, SECOND } from '../time/instant.ts';
import type { NetworkSysctl } from './sysctl.ts';

/** net.ipv4.route.gc_timeout: how long a redirect is believed. */
const REDIRECT_LIFETIME_NS = 300 * SECOND;
const EXCEPTIONS_MAX = 10_240;

class Exception {
  pmtu = 0;
  /** The reported MTU lay below min_pmtu: datagrams go at min_pmtu, and may be fragmented (ip_mtu_locked). */
  locked = false;
  pmtuUntil: Instant = 0;
  gateway: IpAddress | undefined;
  gatewayUntil: Instant = 0;
}

export class Exceptions {
  /** Made when something is learned: senders ask for the path MTU of every datagram, and pay one read where there is nothing. */
  private byDestination: Map<number | string, Exception> | undefined = undefined;

  constructor(
    private readonly context: HostContext,
    private readonly sysctl: NetworkSysctl,
  ) {}

  private find(dst: IpAddress): Exception | undefined {
    return this.byDestination?.get(dst.key);
  }

  private make(dst: IpAddress): Exception {
    const known = (this.byDestination ??= new Map());
    let exception = known.get(dst.key);
    if (exception !== undefined) return exception;
    if (known.size >= EXCEPTIONS_MAX) {
      for (const oldest of known.keys()) {
        known.delete(oldest);
        break;
      }
    }
    exception = new Exception();
    known.set(dst.key, exception);
    return exception;
  }

  /** The MTU towards `dst`, given that of the card. */
  mtu(dst: IpAddress, cardMtu: number): number {
    if (this.byDestination === undefined) return cardMtu;
    const exception = this.byDestination.get(dst.key);
    if (exception === undefined || this.context.queue.now >= exception.pmtuUntil) return cardMtu;
    return Math.min(exception.pmtu, cardMtu);
  }

  mtuLocked(dst: IpAddress): boolean {
    const exception = this.find(dst);
    return exception?.locked === true && this.context.queue.now < exception.pmtuUntil;
  }

  /** A router said that `mtu` is all that fits (__ip_rt_update_pmtu). It can only shrink; growing is by expiry. */
  learnMtu(dst: IpAddress, mtu: number, cardMtu: number): void {
    const now = this.context.queue.now;
    const known = this.mtu(dst, cardMtu);
    if (mtu > known || this.mtuLocked(dst)) return;
    const minimum = this.sysctl.host.minPmtu.number;
    const locked = mtu < minimum;
    const next = locked ? Math.min(known, minimum) : mtu;
    const exception = this.make(dst);
    exception.pmtu = next;
    exception.locked = locked;
    exception.pmtuUntil = now + this.sysctl.host.mtuExpires.number * SECOND;
    if (next === known && !locked) return;
    this.context.recorder.emit('ip.pmtu', this.context.name, { dst: dst.toString(), mtu: next, from: known });
  }

  /** A redirect's gateway, and until when it is believed. */
  gateway(dst: IpAddress): { readonly gateway: IpAddress; readonly until: Instant } | undefined {
    const exception = this.find(dst);
    if (exception?.gateway === undefined || this.past(exception.gatewayUntil)) return undefined;
    return { gateway: exception.gateway, until: exception.gatewayUntil };
  }

  past(instant: Instant): boolean {
    return this.context.queue.now >= instant;
  }

  learnGateway(dst: IpAddress, gateway: IpAddress): void {
    const exception = this.make(dst);
    exception.gateway = gateway;
    exception.gatewayUntil = this.context.queue.now + REDIRECT_LIFETIME_NS;
  }

  /** Routes were changed by hand: what was learned under the old ones is forgotten (rt_cache_flush). */
  clear(): void {
    this.byDestination = undefined;
  }
}
