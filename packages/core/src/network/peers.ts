/**
 * Per-peer memory for rate limits (Linux's inet_peer): one token bucket per destination, shared by ICMP errors, unreachables for routing
 * failures and redirects, as in the kernel. Forgotten oldest first beyond a bound.
 */
import type { IpAddress } from '../base/address.ts';
import { type Instant, MS, SECOND } from '../time/instant.ts';

const PEERS_MAX = 65_664;
/** A new peer starts as if it had been silent for a minute (inet_getpeer). */
const INITIAL_SILENCE_NS = 60 * SECOND;
/** XRLIM_BURST_FACTOR */
const BURST_FACTOR = 6;
/** net.ipv4.route.error_cost and error_burst */
const ERROR_COST_NS = SECOND;
const ERROR_BURST_NS = 5 * SECOND;
/** net.ipv4.route.redirect_load, redirect_number and redirect_silence */
const REDIRECT_LOAD_NS = 20 * MS;
const REDIRECT_NUMBER = 9;
const REDIRECT_SILENCE_NS = REDIRECT_LOAD_NS * 1024;

class Peer {
  /** Tokens are nanoseconds saved up. */
  tokens = 0;
  last: Instant;
  redirects = 0;

  constructor(now: Instant) {
    this.last = now - INITIAL_SILENCE_NS;
  }
}

export class Peers {
  private readonly peers = new Map<number | string, Peer>();

  private get(address: IpAddress, now: Instant): Peer {
    let peer = this.peers.get(address.key);
    if (peer !== undefined) return peer;
    if (this.peers.size >= PEERS_MAX) {
      for (const oldest of this.peers.keys()) {
        this.peers.delete(oldest);
        break;
      }
    }
    peer = new Peer(now);
    this.peers.set(address.key, peer);
    return peer;
  }

  /** inet_peer_xrlim_allow: one message per interval, six at once after silence. An interval of 0 allows all, and leaves no tokens to others. */
  allows(address: IpAddress, intervalNs: number, now: Instant): boolean {
    const peer = this.get(address, now);
    const tokens = Math.min(peer.tokens + now - peer.last, BURST_FACTOR * intervalNs);
    peer.last = now;
    const allowed = tokens >= intervalNs;
    peer.tokens = allowed ? tokens - intervalNs : tokens;
    return allowed;
  }

  /** ip_error: unreachables because of the routing table. */
  allowsRoutingError(address: IpAddress, now: Instant): boolean {
    const peer = this.get(address, now);
    const tokens = Math.min(peer.tokens + now - peer.last, ERROR_BURST_NS);
    peer.last = now;
    const allowed = tokens >= ERROR_COST_NS;
    peer.tokens = allowed ? tokens - ERROR_COST_NS : tokens;
    return allowed;
  }

  /** ip_rt_send_redirect: at growing intervals, nine times; then silence until the peer was quiet for 20.48 s. */
  allowsRedirect(address: IpAddress, now: Instant): boolean {
    const peer = this.get(address, now);
    if (now > peer.last + REDIRECT_SILENCE_NS) {
      peer.tokens = 0;
      peer.redirects = 0;
    }
    if (peer.redirects >= REDIRECT_NUMBER) {
      peer.last = now;
      return false;
    }
    if (peer.redirects > 0 && now <= peer.last + REDIRECT_LOAD_NS * (1 << peer.redirects)) return false;
    peer.last = now;
    peer.redirects++;
    return true;
  }
}
