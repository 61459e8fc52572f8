/** A neighbour: a next hop's link-layer address and how sure we are of it, in the states of Linux's net/core/neighbour.c. */
import { type IpAddress, MAC_ZERO, type MacAddress } from '../base/address.ts';
import type { Instant } from '../time/instant.ts';
import type { Timer } from '../time/timer.ts';
import type { Ipv4Packet } from '../wire/packet.ts';
import type { Interface } from './interface.ts';
import type { NeighbourEntry, NeighbourState } from './types.ts';

export const NUD = {
  none: 0,
  incomplete: 0x01,
  reachable: 0x02,
  stale: 0x04,
  delay: 0x08,
  probe: 0x10,
  failed: 0x20,
  noarp: 0x40,
  permanent: 0x80,
} as const;

export const NUD_CONNECTED = NUD.permanent | NUD.noarp | NUD.reachable;
export const NUD_VALID = NUD_CONNECTED | NUD.probe | NUD.stale | NUD.delay;
export const NUD_IN_TIMER = NUD.incomplete | NUD.reachable | NUD.delay | NUD.probe;

const NAMES = new Map<number, NeighbourState>([
  [NUD.none, 'NONE'],
  [NUD.incomplete, 'INCOMPLETE'],
  [NUD.reachable, 'REACHABLE'],
  [NUD.stale, 'STALE'],
  [NUD.delay, 'DELAY'],
  [NUD.probe, 'PROBE'],
  [NUD.failed, 'FAILED'],
  [NUD.noarp, 'NOARP'],
  [NUD.permanent, 'PERMANENT'],
]);

export function stateName(nud: number): NeighbourState {
  return NAMES.get(nud)!;
}

/** What the table asks of the protocol under it. */
export interface NeighbourPort {
  /** Asks for an address; `mac` where the entry has one to be confirmed by unicast. `packet` is the one that waits longest at the tail. */
  solicit(neighbour: Neighbour, mac: MacAddress | undefined, packet: Ipv4Packet | undefined): void;
  /** A packet whose next hop did not answer. */
  unreachable(packet: Ipv4Packet): void;
  /** A waiting packet that goes no further, without a word to its sender. */
  discarded(packet: Ipv4Packet, reason: 'neighbour-queue-full' | 'neighbour-failed'): void;
}

export class Neighbour implements NeighbourEntry {
  nud: number = NUD.none;
  /** MAC_ZERO until one is known. */
  ha: MacAddress = MAC_ZERO;
  /** Removed from the table; whoever holds it looks it up again. */
  dead = false;
  probes = 0;
  usedAt: Instant;
  confirmedAt: Instant;
  updatedAt: Instant;
  timer: Timer | undefined = undefined;
  queue: Ipv4Packet[] | undefined = undefined;
  queueBytes = 0;

  constructor(
    readonly on: Interface,
    readonly address: IpAddress,
    now: Instant,
  ) {
    this.usedAt = this.updatedAt = this.confirmedAt = now;
  }

  get ifindex(): number {
    return this.on.ifindex;
  }

  get mac(): MacAddress | undefined {
    return (this.nud & NUD_VALID) !== 0 ? this.ha : undefined;
  }

  get state(): NeighbourState {
    return stateName(this.nud);
  }

  /** An upper layer saw an answer from this neighbour (dst_confirm). */
  confirm(now: Instant): void {
    this.confirmedAt = now;
  }
}

/** How a proposed address may replace a known one (NEIGH_UPDATE_F_*). */
export interface UpdateRights {
  readonly override: boolean;
  readonly admin?: boolean;
}

/**
 * What a packet of this length takes in a Linux queue (skb->truesize): the sk_buff itself, and its data with headroom and shared info in a
 * power-of-two slab. It is why `unres_qlen_bytes` 212992 holds some 100 full-sized packets, and more small ones.
 */
export function bufferBytes(length: number): number {
  const SK_BUFF = 256;
  const HEADROOM_AND_SHARED_INFO = 416;
  let slab = 512;
  while (slab < length + HEADROOM_AND_SHARED_INFO) slab *= 2;
  return SK_BUFF + slab;
}
