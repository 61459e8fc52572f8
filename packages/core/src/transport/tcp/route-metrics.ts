/**
 * What a route says about TCP (ip-route(8): advmss, initcwnd, initrwnd, rto_min, quickack, features ecn), and what holds where it says nothing. Read
 * from the path of the moment, as Linux reads its dst entry. The `mtu` of a route is the path's own business.
 */
import { US } from '../../time/instant.ts';
import type { Path } from '../ip-output.ts';
import { INITIAL_WINDOW_SEGMENTS } from './constants.ts';
import type { ControlBlock } from './control-block.ts';

const HEADERS = 40;
/** net.ipv4.route.min_adv_mss */
const ADVERTISED_MSS_MIN = 256;
const PATH_MTU_UNKNOWN = 576; // RFC 1122 section 3.3.3

/** MSS that we offer: the route's word, what its MTU carries, or less by TCP_MAXSEG (RFC 9293 section 3.7.1). */
export function offeredMss(path: Path | undefined, userMss: number): number {
  const fromMtu = Math.max((path?.mtu ?? PATH_MTU_UNKNOWN) - HEADERS, ADVERTISED_MSS_MIN);
  const mss = path?.metrics?.advmss ?? fromMtu;
  return userMss > 0 ? Math.min(userMss, mss) : mss;
}

/** RFC 6928, unless the route knows better (tcp_init_cwnd). */
export function initialCwnd(c: ControlBlock): number {
  return c.path?.metrics?.initcwnd ?? INITIAL_WINDOW_SEGMENTS;
}

/** Every segment over this route is acknowledged at once. */
export function routeSaysQuickAck(c: ControlBlock): boolean {
  return c.path?.metrics?.quickack === true;
}

/** tcp_rto_min */
export function rtoMinUs(c: ControlBlock): number {
  return c.path?.metrics?.rtoMinUs ?? c.tcp.config.rtoMinUs.number;
}

/** The shortest time-out is on top of the round trip. RFC 6298 section 2.4 asks for a second in all. */
export function rtoMinNs(c: ControlBlock): number {
  return rtoMinUs(c) * US;
}
