/**
 * Port numbers of one transport protocol: who holds which, whether another may share it, and which one to hand out. Follows Linux's rules
 * for SO_REUSEADDR and SO_REUSEPORT (socket(7)) and its ephemeral choice: a keyed hash of the peer plus a moving offset (RFC 6056
 * algorithm 4, "double-hash"), even ports for `connect`, odd ones first for `bind` to port 0.
 */
import type { IpAddress } from '../base/address.ts';
import { E, type Errno } from '../base/errno.ts';
import { SysctlSet } from '../base/sysctl.ts';
import type { Stream } from '../random/random.ts';
import type { HostContext } from '../record/host-context.ts';
import { addressHash } from './demux.ts';

/** Whoever holds a port: a socket, or what is left of one in TIME-WAIT. */
export interface PortHolder {
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  readonly uid: number;
  /** A listening TCP socket does not share its port by SO_REUSEADDR. */
  readonly listening: boolean;
  /** SO_BINDTODEVICE; sockets on different cards never conflict. */
  readonly boundCard: string | undefined;
}

/** Whether two wildcards and addresses could receive the same packet. */
function overlap(a: IpAddress, b: IpAddress): boolean {
  return a.isUnspecified || b.isUnspecified || a.key === b.key;
}

/** Linux's inet_bind_conflict. */
export function conflicts(a: PortHolder, b: PortHolder): boolean {
  if (a.boundCard !== undefined && b.boundCard !== undefined && a.boundCard !== b.boundCard) return false;
  if (!overlap(a.localAddress, b.localAddress)) return false;
  if (a.reuseAddress && b.reuseAddress && !a.listening && !b.listening) return false;
  return !(a.reusePort && b.reusePort && a.uid === b.uid);
}

const PERTURB_SLOTS = 256;
const NONE: readonly never[] = Object.freeze([]);

const PORT_SET = new SysctlSet({
  range: { key: 'net.ipv4.ip_local_port_range', initial: [32768, 60999], min: 1, max: 65535, ascending: true },
  unprivilegedStart: { key: 'net.ipv4.ip_unprivileged_port_start', initial: 1024, min: 0, max: 65535 },
});

/** The port-choice variables of a host, shared by its protocols (net.ipv4.ip_local_port_range and friends). */
export class PortSettings {
  readonly range = PORT_SET.initial.range;
  readonly unprivilegedStart = PORT_SET.initial.unprivilegedStart;

  constructor(context: HostContext) {
    context.sysctl.declareSet(PORT_SET, this);
  }
}

export class PortTable<H extends PortHolder = PortHolder> {
  /** A set only where several share a port: it would cost each connection of a client 380 bytes. */
  private readonly holders = new Map<number, H | Set<H>>();
  private readonly random: Stream;
  private readonly secret: number;
  private perturb: Uint32Array | undefined;

  constructor(
    context: HostContext,
    protocol: string,
    private readonly settings: PortSettings,
  ) {
    this.random = context.random.stream(`ports/${context.name}/${protocol}`);
    this.secret = this.random.bits32();
  }

  /** Takes `port` (not 0) for `holder`: EACCES below the unprivileged range, EADDRINUSE on a conflict. */
  take(port: number, holder: H): Errno | undefined {
    if (port < this.settings.unprivilegedStart.number && holder.uid !== 0) return E.EACCES;
    if (this.inConflict(port, holder)) return E.EADDRINUSE;
    this.hold(port, holder);
    return undefined;
  }

  /** True where another holder of `port` keeps `holder` from having it. Also asked by `listen`, when a shared port becomes a listening one. */
  inConflict(port: number, holder: H): boolean {
    for (const other of this.at(port)) if (other !== holder && conflicts(holder, other)) return true;
    return false;
  }

  /** Adds a holder without asking: accepted connections, connects to a distinct peer, TIME-WAIT. */
  hold(port: number, holder: H): void {
    const held = this.holders.get(port);
    if (held === undefined) this.holders.set(port, holder);
    else if (held instanceof Set) held.add(holder);
    else if (held !== holder) this.holders.set(port, new Set([held, holder]));
  }

  release(port: number, holder: H): void {
    const held = this.holders.get(port);
    if (held instanceof Set && (!held.delete(holder) || held.size > 0)) return;
    if (held === holder || held instanceof Set) this.holders.delete(port);
  }

  /** A free port for `bind` to port 0; EADDRINUSE where the range is exhausted. Odd numbers first, as Linux leaves even ones to `connect`. */
  anyForBind(holder: H): number | Errno {
    const { low, count } = this.bounds();
    const offset = this.random.below(count) | 1;
    for (let parity = 0; parity < 2; parity++) {
      for (let i = 0; i < count; i += 2) {
        const port = low + ((offset + parity + i) % count);
        if (this.holders.get(port) === undefined || !this.inConflict(port, holder)) {
          if (this.holders.get(port) !== undefined && !holder.reusePort) continue;
          this.hold(port, holder);
          return port;
        }
      }
    }
    return E.EADDRINUSE;
  }

  /**
   * A local port for `connect`: the first, from a place that depends on the peer (RFC 6056 section 3.3.4), that `usable` accepts. A port that
   * `bind` holds is not used; one that only other connects hold may be, where the peers differ.
   */
  anyForConnect(
    local: IpAddress,
    peer: IpAddress,
    peerPort: number,
    usable: (port: number, held: boolean) => boolean,
  ): number | Errno {
    const { low, count } = this.bounds();
    const hash = this.peerHash(local, peer, peerPort);
    const perturb = (this.perturb ??= new Uint32Array(PERTURB_SLOTS));
    const slot = hash & (PERTURB_SLOTS - 1);
    const offset = ((perturb[slot]! + (hash >>> 8)) % count) & ~1;
    for (let parity = 0; parity < 2; parity++) {
      for (let i = 0; i < count; i += 2) {
        const port = low + ((offset + parity + i) % count);
        if (!usable(port, this.holders.has(port))) continue;
        perturb[slot] = perturb[slot]! + i + 2 + 2 * this.random.below(8);
        return port;
      }
    }
    return E.EADDRNOTAVAIL;
  }

  /** The one holder of a port; undefined where it has none, or several. */
  only(port: number): H | undefined {
    const held = this.holders.get(port);
    return held instanceof Set ? undefined : held;
  }

  /** Every holder of a port, the oldest first. */
  at(port: number): Iterable<H> {
    const held = this.holders.get(port);
    if (held === undefined) return NONE;
    return held instanceof Set ? held : [held];
  }

  /** Every holder, in the order of port numbers' first use. */
  all(): H[] {
    return [...this.holders.keys()].flatMap((port) => [...this.at(port)]);
  }

  /** Spreads flows over the sockets of an SO_REUSEPORT group. */
  flowHash(local: IpAddress, peer: IpAddress, peerPort: number): number {
    return this.peerHash(local, peer, peerPort);
  }

  private bounds(): { low: number; count: number } {
    const [low, high] = this.settings.range.numbers;
    const first = low!;
    // Linux refuses an upside-down range when it is written; one that slipped through is one port.
    return { low: first, count: Math.max(1, high! - first + 1) };
  }

  private peerHash(local: IpAddress, peer: IpAddress, peerPort: number): number {
    let hash = this.secret ^ Math.imul(addressHash(local), 0x9e37_79b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ addressHash(peer), 0x85eb_ca77);
    hash = Math.imul(hash ^ (hash >>> 13) ^ peerPort, 0xc2b2_ae3d);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}
