/**
 * The neighbour table: from next hop to link-layer address, with the timers of Linux's net/core/neighbour.c (RFC 4861 section 7.3 for
 * the idea). An entry in a CONNECTED state answers on the packet path at once; in every other state the packet goes through `resolve`,
 * which asks, waits or probes. Requests go out and failures come back through `NeighbourPort`, so this file knows no ARP. Instants are
 * nanoseconds where the kernel counts jiffies.
 */
import type { IpAddress, MacAddress } from '../base/address.ts';
import type { NeighbourReason } from '../record/catalogue.ts';
import type { HostContext } from '../record/host-context.ts';
import { type Instant, MS, SECOND } from '../time/instant.ts';
import { Timer } from '../time/timer.ts';
import type { Ipv4Packet } from '../wire/packet.ts';
import type { Interface } from './interface.ts';
import {
  bufferBytes,
  Neighbour,
  type NeighbourPort,
  NUD,
  NUD_CONNECTED,
  NUD_IN_TIMER,
  NUD_VALID,
  stateName,
  type UpdateRights,
} from './neighbour.ts';
import type { NeighbourCells } from './sysctl.ts';

const REACHABLE_REDRAW_NS = 300 * SECOND;
const FORCED_GC_SPARES_NS = 5 * SECOND;

export class NeighbourTable {
  private size = 0;
  private lastFlush: Instant = 0;
  private readonly collector: Timer;

  constructor(
    private readonly context: HostContext,
    private readonly cells: NeighbourCells,
    private readonly port: NeighbourPort,
    /** What to look through when collecting. */
    private readonly interfaces: ReadonlyMap<number, Interface>,
  ) {
    this.collector = new Timer(context.queue, (now) => this.collect(now));
  }

  private get now(): Instant {
    return this.context.queue.now;
  }

  /** A permanent entry outside the table, for broadcast and multicast addresses and for cards without ARP. */
  fixed(on: Interface, address: IpAddress, mac: MacAddress): Neighbour {
    const neighbour = new Neighbour(on, address, this.now);
    neighbour.nud = NUD.noarp;
    neighbour.ha = mac;
    return neighbour;
  }

  /** The entry for a next hop, made where there is none; undefined where the table overflows (ENOBUFS). */
  get(on: Interface, address: IpAddress): Neighbour | undefined {
    const known = on.neighbours.get(address.key);
    if (known !== undefined) return known;
    const { gcThresh1, gcThresh2, gcThresh3 } = this.cells;
    const now = this.now;
    if (
      this.size >= gcThresh3.number ||
      (this.size >= gcThresh2.number && now > this.lastFlush + FORCED_GC_SPARES_NS)
    ) {
      if (!this.forcedCollect(now) && this.size >= gcThresh3.number) return undefined;
    }
    const neighbour = new Neighbour(on, address, now);
    // Not confirmed by anybody yet (neigh_create).
    neighbour.confirmedAt = now - 2 * this.baseReachableNs;
    on.neighbours.set(address.key, neighbour);
    if (++this.size >= gcThresh1.number && !this.collector.running) this.collector.setAfter(this.baseReachableNs / 2);
    return neighbour;
  }

  private get baseReachableNs(): number {
    return this.cells.baseReachableTimeMs.number * MS;
  }

  private get retransNs(): number {
    return this.cells.retransTimeMs.number * MS;
  }

  private get delayNs(): number {
    return this.cells.delayFirstProbeTime.number * SECOND;
  }

  /** 0.5 to 1.5 of the base, one value per card, drawn anew after 300 s (neigh_rand_reach_time). */
  private reachableNs(on: Interface): number {
    const now = this.now;
    if (on.reachableTimeNs === 0 || now - on.reachableDrawnAt >= REACHABLE_REDRAW_NS) {
      const base = this.baseReachableNs;
      const stream = this.context.random.stream(`reachable-time/${on.card.fullName}`);
      on.reachableTimeNs = stream.belowWide(base) + Math.floor(base / 2);
      on.reachableDrawnAt = now;
    }
    return on.reachableTimeNs;
  }

  /** A packet for a neighbour that is not CONNECTED (neigh_resolve_output): sends it, or keeps it until the address is known. */
  resolve(neighbour: Neighbour, packet: Ipv4Packet): void {
    const { nud } = neighbour;
    neighbour.usedAt = this.now;
    if ((nud & NUD_VALID) !== 0) {
      if (nud === NUD.stale) this.enter(neighbour, NUD.delay, 'used', this.delayNs);
      neighbour.on.send(neighbour.ha, packet);
      return;
    }
    if (nud !== NUD.incomplete) {
      if (this.cells.mcastSolicit.number === 0) {
        this.enter(neighbour, NUD.failed, 'mcast_solicit is 0', undefined);
        this.port.unreachable(packet);
        return;
      }
      // The kernel counts from ucast_solicit on, so that mcast_solicit requests remain.
      neighbour.probes = this.cells.ucastSolicit.number;
      this.enter(neighbour, NUD.incomplete, 'first packet', this.retransNs);
      this.enqueue(neighbour, packet);
      this.probe(neighbour);
      return;
    }
    this.enqueue(neighbour, packet);
  }

  /** Starts resolution without a packet (a redirect's new gateway). */
  ask(neighbour: Neighbour): void {
    if ((neighbour.nud & (NUD_VALID | NUD.incomplete)) !== 0) return;
    neighbour.probes = this.cells.ucastSolicit.number;
    this.enter(neighbour, NUD.incomplete, 'redirect', this.retransNs);
    this.probe(neighbour);
  }

  private enqueue(neighbour: Neighbour, packet: Ipv4Packet): void {
    const queue = (neighbour.queue ??= []);
    const bytes = bufferBytes(packet.length);
    while (queue.length > 0 && neighbour.queueBytes + bytes > this.cells.unresQlenBytes.number) {
      const oldest = queue.shift()!;
      neighbour.queueBytes -= bufferBytes(oldest.length);
      this.port.discarded(oldest, 'neighbour-queue-full');
    }
    queue.push(packet);
    neighbour.queueBytes += bytes;
  }

  private takeQueue(neighbour: Neighbour): Ipv4Packet[] {
    const queue = neighbour.queue ?? [];
    neighbour.queue = undefined;
    neighbour.queueBytes = 0;
    return queue;
  }

  private probe(neighbour: Neighbour): void {
    const unicast = neighbour.probes < this.cells.ucastSolicit.number;
    neighbour.probes++;
    this.port.solicit(neighbour, unicast ? neighbour.ha : undefined, neighbour.queue?.at(-1));
  }

  /** The entry's timer ran out (neigh_timer_handler). */
  private expire(neighbour: Neighbour, now: Instant): void {
    const { nud } = neighbour;
    if (nud === NUD.reachable) this.reachableExpired(neighbour, now);
    else if (nud === NUD.delay) this.delayExpired(neighbour, now);
    else if (nud === NUD.probe || nud === NUD.incomplete) this.unanswered(neighbour);
  }

  private reachableExpired(neighbour: Neighbour, now: Instant): void {
    const stillGood = neighbour.confirmedAt + this.reachableNs(neighbour.on);
    if (now < stillGood) this.timerOf(neighbour).set(stillGood);
    else if (now <= neighbour.usedAt + this.delayNs)
      this.enter(neighbour, NUD.delay, 'not confirmed, in use', this.delayNs);
    else this.enter(neighbour, NUD.stale, 'not confirmed', undefined);
  }

  private delayExpired(neighbour: Neighbour, now: Instant): void {
    if (now <= neighbour.confirmedAt + this.delayNs) {
      const left = neighbour.confirmedAt + this.reachableNs(neighbour.on) - now;
      this.enter(neighbour, NUD.reachable, 'confirmed by upper layer', Math.max(left, 10 * MS));
      return;
    }
    neighbour.probes = 0;
    this.enter(neighbour, NUD.probe, 'not confirmed by upper layer', this.retransNs);
    this.unansweredOrProbe(neighbour);
  }

  private unanswered(neighbour: Neighbour): void {
    this.timerOf(neighbour).setAfter(Math.max(this.retransNs, 10 * MS));
    this.unansweredOrProbe(neighbour);
  }

  private unansweredOrProbe(neighbour: Neighbour): void {
    const { ucastSolicit, mcastSolicit } = this.cells;
    const max = ucastSolicit.number + (neighbour.nud === NUD.probe ? 0 : mcastSolicit.number);
    if (neighbour.probes >= max) this.fail(neighbour, 'no answer');
    else this.probe(neighbour);
  }

  private fail(neighbour: Neighbour, reason: NeighbourReason): void {
    this.enter(neighbour, NUD.failed, reason, undefined);
    for (const packet of this.takeQueue(neighbour)) this.port.unreachable(packet);
  }

  private timerOf(neighbour: Neighbour): Timer {
    return (neighbour.timer ??= new Timer(this.context.queue, (now) => this.expire(neighbour, now)));
  }

  /** Moves to a state, with a running timer or none. */
  private enter(neighbour: Neighbour, nud: number, reason: NeighbourReason, timerNs: number | undefined): void {
    const from = neighbour.nud;
    neighbour.nud = nud;
    neighbour.updatedAt = this.now;
    if (timerNs !== undefined) this.timerOf(neighbour).setAfter(timerNs);
    else neighbour.timer?.clear();
    this.report(neighbour, from, reason);
  }

  private report(neighbour: Neighbour, from: number, reason: NeighbourReason): void {
    this.context.recorder.emit('neighbour.state', this.context.name, {
      card: neighbour.on.card.fullName,
      address: neighbour.address.toString(),
      from: stateName(from),
      to: neighbour.state,
      mac: neighbour.mac?.toString() ?? '',
      reason,
    });
  }

  /** Something was learned about a neighbour (neigh_update). False where the entry's kind forbids it (EPERM). */
  update(
    neighbour: Neighbour,
    mac: MacAddress,
    wanted: number,
    rights: UpdateRights,
    reason: NeighbourReason,
  ): boolean {
    const old = neighbour.nud;
    if (neighbour.dead) return true;
    if (rights.admin !== true && (old & (NUD.noarp | NUD.permanent)) !== 0) return false;
    const valid = (old & NUD_VALID) !== 0;
    const changed = !valid || mac.key !== neighbour.ha.key;
    const now = this.now;
    if ((wanted & NUD_CONNECTED) !== 0) neighbour.confirmedAt = now;
    if (valid && changed && !rights.override) return true;
    let next = wanted;
    // What is valid stays as it is when somebody merely repeats the address.
    if (valid && !changed && wanted === NUD.stale && rights.admin !== true) next = old;
    if (next === old && !changed) return true;
    neighbour.ha = mac;
    if (changed && (next & NUD_CONNECTED) === 0) neighbour.confirmedAt = now - 2 * this.baseReachableNs;
    const timerNs = next === old ? undefined : this.initialTimer(neighbour, next);
    if (next === old) {
      neighbour.updatedAt = now;
      this.report(neighbour, old, reason);
    } else this.enter(neighbour, next, reason, timerNs);
    if (!valid) this.flushQueue(neighbour);
    return true;
  }

  private initialTimer(neighbour: Neighbour, nud: number): number | undefined {
    if ((nud & NUD_IN_TIMER) === 0) return undefined;
    return nud === NUD.reachable ? this.reachableNs(neighbour.on) : 0;
  }

  /** The address became known: what waited goes out, in order. */
  private flushQueue(neighbour: Neighbour): void {
    for (const packet of this.takeQueue(neighbour)) {
      if ((neighbour.nud & NUD_CONNECTED) !== 0) neighbour.on.send(neighbour.ha, packet);
      else this.resolve(neighbour, packet);
    }
  }

  /** Takes an entry out of the table. */
  remove(neighbour: Neighbour, reason: NeighbourReason): void {
    const from = neighbour.nud;
    neighbour.dead = true;
    neighbour.timer?.dispose();
    neighbour.nud = NUD.none;
    neighbour.on.neighbours.delete(neighbour.address.key);
    this.size--;
    this.report(neighbour, from, reason);
    for (const packet of this.takeQueue(neighbour)) this.port.discarded(packet, 'neighbour-failed');
  }

  /** The card went down, or lost its carrier (then permanent entries stay). */
  flush(on: Interface, keepPermanent: boolean, reason: NeighbourReason): void {
    for (const neighbour of [...on.neighbours.values()]) {
      if (!keepPermanent || neighbour.nud !== NUD.permanent) this.remove(neighbour, reason);
    }
  }

  /** neigh_periodic_work: above gc_thresh1, entries that failed or were not used for gc_stale_time go. */
  private collect(now: Instant): void {
    if (this.size < this.cells.gcThresh1.number) return;
    const staleNs = this.cells.gcStaleTime.number * SECOND;
    // Permanent entries do not count, or the collector would never come to rest.
    let collectable = 0;
    for (const on of this.interfaces.values()) {
      for (const neighbour of [...on.neighbours.values()]) {
        if (neighbour.nud === NUD.permanent) continue;
        collectable++;
        if ((neighbour.nud & NUD_IN_TIMER) !== 0) continue;
        if (neighbour.usedAt < neighbour.confirmedAt) neighbour.usedAt = neighbour.confirmedAt;
        if (neighbour.nud !== NUD.failed && now < neighbour.usedAt + staleNs) continue;
        this.remove(neighbour, 'garbage collected');
        collectable--;
      }
    }
    if (collectable >= this.cells.gcThresh1.number) this.collector.setAfter(Math.max(this.baseReachableNs / 2, MS));
  }

  /** neigh_forced_gc: failed entries, and those not updated for 5 s, down to gc_thresh2. */
  private forcedCollect(now: Instant): boolean {
    let wanted = this.size - this.cells.gcThresh2.number;
    let shrunk = false;
    this.lastFlush = now;
    for (const on of this.interfaces.values()) {
      for (const neighbour of [...on.neighbours.values()]) {
        if (neighbour.nud === NUD.permanent) continue;
        const old = now > neighbour.updatedAt + FORCED_GC_SPARES_NS;
        if (neighbour.nud !== NUD.failed && neighbour.nud !== NUD.noarp && !old) continue;
        this.remove(neighbour, 'table full');
        shrunk = true;
        if (--wanted <= 0) return shrunk;
      }
    }
    return shrunk;
  }

  /** Stops all timers: the host went away. */
  shutdown(): void {
    this.collector.dispose();
    for (const on of this.interfaces.values())
      for (const neighbour of on.neighbours.values()) neighbour.timer?.dispose();
  }
}
