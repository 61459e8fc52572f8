/**
 * The two directions of a cable between a station and a hub. Towards the hub: the station's queue and its media access control, CSMA/CD
 * as IEEE 802.3 clause 4 has it: sense the carrier, wait out the gap, send, listen while sending; on a collision finish the preamble, jam,
 * and back off for a random number of slots below 2^min(attempts, 10); give up after 16 attempts. From the hub: the last stretch of cable.
 */
import { assert } from '../base/assert.ts';
import { Mix } from '../base/mix.ts';
import type { DropReason } from '../record/catalogue.ts';
import type { Instant } from '../time/instant.ts';
import type { Event } from '../time/queue.ts';
import { digestTransmission } from '../wire/digest.ts';
import type { Frame } from '../wire/packet.ts';
import { FaultChain } from './faults/chain.ts';
import type { Fault, FaultHandle } from './faults/rule.ts';
import { type CableLane, ETHERNET_MIN_FRAME_BYTES, type LaneObserver, type LaneOptions } from './lane.ts';
import {
  INTER_FRAME_GAP_BITS,
  JAM_BITS,
  type Listener,
  PREAMBLE_BITS,
  type SharedMedium,
  SLOT_BITS,
  type Transmission,
  type Transmitter,
} from './medium.ts';
import type { LinkContext, Port } from './port.ts';

export const MAX_ATTEMPTS = 16;
const MAX_BACKOFF_EXPONENT = 10;
const FRAME_CHECK_BYTES = 4;

/** What both directions have in common. */
abstract class HalfDuplexLane implements CableLane {
  readonly duplex = 'half';
  readonly name: string;
  readonly context: LinkContext;
  observer: LaneObserver | undefined;
  entered = 0;
  delivered = 0;
  protected ended = 0;
  protected open = false;
  protected delayNs: number;
  private readonly faults: FaultChain;

  constructor(
    protected readonly medium: SharedMedium,
    readonly from: Port,
    readonly to: Port,
    options: LaneOptions,
  ) {
    this.name = `${from.fullName}>${to.fullName}`;
    this.context = medium.context;
    this.delayNs = options.delayNs ?? 0;
    this.faults = new FaultChain(this, (frame, now) => {
      this.delivered++;
      this.arrive(frame, now);
    });
  }

  get delay(): number {
    return this.delayNs;
  }

  get rateBitsPerSecond(): number {
    return this.medium.rate;
  }

  get lost(): number {
    return this.ended + this.faults.dropped;
  }

  get duplicated(): number {
    return this.faults.duplicated;
  }

  get underWay(): number {
    return this.entered + this.duplicated - this.delivered - this.lost;
  }

  addFault(fault: Fault): FaultHandle {
    return this.faults.add(fault);
  }

  /** A frame has come to the end of this direction: faults judge it, what is left arrives. */
  protected through(frame: Frame, now: Instant): void {
    if (this.observer !== undefined) this.observer.passes(this, frame, Math.max(0, now - this.travelNs(frame)), now);
    this.faults.pass(frame, now);
  }

  /** From the first bit on this stretch of cable to the last one at its end. */
  private travelNs(frame: Frame): number {
    const bytes = Math.max(frame.length, ETHERNET_MIN_FRAME_BYTES) + FRAME_CHECK_BYTES;
    return this.medium.bitTimes(PREAMBLE_BITS + bytes * 8) + this.delayNs;
  }

  protected end(frame: Frame, reason: DropReason): void {
    this.ended++;
    this.from.drop(frame, reason);
  }

  setOpen(open: boolean, reason: DropReason): void {
    if (open === this.open) return;
    this.open = open;
    if (open) this.opened();
    else {
      this.closed(reason);
      this.faults.flush(reason);
    }
  }

  setDelay(delayNs: number): void {
    this.delayNs = delayNs;
  }

  setRate(): void {
    assert(false, `${this.name}: the rate behind a hub is the hub's`);
  }

  abstract send(frame: Frame, now: Instant): boolean;
  abstract waiting(now: Instant): number;
  abstract waitingBytes(now: Instant): number;
  protected abstract arrive(frame: Frame, now: Instant): void;
  protected abstract opened(): void;
  protected abstract closed(reason: DropReason): void;
}

type Phase = 'idle' | 'deferring' | 'backing-off' | 'sending' | 'jamming';

export class StationLane extends HalfDuplexLane implements Transmitter, Event {
  private phase: Phase = 'idle';
  private attempts = 0;
  /** The frame at [0] is the one that the transmitter works on. */
  private queue: Frame[] = [];
  private transmission: Transmission | undefined;
  private collisionAt = Number.POSITIVE_INFINITY;
  private dueAt: Instant = 0;
  private slot = 0;
  private readonly nameHash: number;

  constructor(
    medium: SharedMedium,
    from: Port,
    to: Port,
    private readonly options: LaneOptions,
    private readonly listener: Listener,
  ) {
    super(medium, from, to, options);
    const mix = new Mix();
    mix.text(this.name);
    this.nameHash = mix.a ^ mix.b;
  }

  send(frame: Frame, now: Instant): boolean {
    if (!this.open) {
      this.from.stats.txDropped++;
      this.from.drop(frame, 'no-carrier');
      return false;
    }
    if (this.phase !== 'idle' && !this.hasRoom(frame, now)) {
      this.from.stats.queueDropped++;
      this.from.drop(frame, 'queue-full');
      return false;
    }
    this.entered++;
    this.queue.push(frame);
    if (this.phase === 'idle') this.attempt(now, 0);
    return true;
  }

  private hasRoom(frame: Frame, now: Instant): boolean {
    const { queuePackets = this.from.txQueueLength, queueBytes = Number.POSITIVE_INFINITY } = this.options;
    return this.waiting(now) < queuePackets && this.waitingBytes(now) + frame.length <= queueBytes;
  }

  waiting(_now: Instant): number {
    return Math.max(this.queue.length - 1, 0);
  }

  waitingBytes(_now: Instant): number {
    let bytes = 0;
    for (let i = 1; i < this.queue.length; i++) bytes += this.queue[i]!.length;
    return bytes;
  }

  /** Sends the first frame if the medium has been quiet for long enough, waits otherwise. */
  private attempt(now: Instant, grace: number): void {
    const at = this.medium.earliest(this, now, grace);
    if (at > now) {
      this.wait('deferring', at);
      return;
    }
    const frame = this.queue[0]!;
    const bytes = Math.max(frame.length, ETHERNET_MIN_FRAME_BYTES) + FRAME_CHECK_BYTES;
    this.collisionAt = Number.POSITIVE_INFINITY;
    this.phase = 'sending';
    this.transmission = this.medium.begin(this, frame, now, PREAMBLE_BITS + bytes * 8);
    this.wait('sending', Math.min(this.transmission.end, this.collisionAt));
  }

  private wait(phase: Phase, until: Instant): void {
    this.phase = phase;
    this.dueAt = until;
    this.slot = this.context.queue.schedule(until, this);
  }

  private waitAnew(until: Instant): void {
    this.context.queue.cancel(this.slot, this);
    this.wait(this.phase, until);
  }

  hearCollision(at: Instant): void {
    if (this.phase !== 'sending' || at >= this.collisionAt) return;
    this.collisionAt = at;
    // Told while beginning, the event is not scheduled yet.
    if (this.transmission !== undefined && at < this.dueAt) this.waitAnew(at);
  }

  reconsider(): void {
    if (this.phase !== 'deferring') return;
    const at = this.medium.earliest(this, this.context.queue.now, 0);
    if (at < this.dueAt) this.waitAnew(at);
  }

  fire(now: Instant): void {
    switch (this.phase) {
      case 'sending':
        if (this.collisionAt <= now && this.collisionAt < this.transmission!.end) this.collide(now);
        else this.sent(now);
        break;
      case 'jamming':
        this.afterJam(now);
        break;
      default:
        this.attempt(now, Math.floor(this.medium.bitTimes(INTER_FRAME_GAP_BITS) / 3));
    }
  }

  private sent(now: Instant): void {
    const transmission = this.transmission!;
    const { wire } = this.context.recorder;
    digestTransmission(wire.mix, this.nameHash, transmission.start, transmission.frame);
    wire.end();
    this.medium.finish(transmission);
    this.next(now);
  }

  /** The frame at [0] is dealt with. */
  private next(now: Instant): void {
    this.queue.shift();
    this.attempts = 0;
    this.transmission = undefined;
    this.phase = 'idle';
    if (this.queue.length > 0) this.attempt(now, 0);
  }

  private collide(now: Instant): void {
    const { medium } = this;
    const transmission = this.transmission!;
    this.from.stats.collisions++;
    this.attempts++;
    // A collision in the preamble lets the preamble end first (clause 4.2.3.2.4).
    const jamFrom = Math.max(now, transmission.start + medium.bitTimes(PREAMBLE_BITS));
    medium.jam(transmission, jamFrom + medium.bitTimes(JAM_BITS));
    this.wait('jamming', transmission.end);
  }

  private afterJam(now: Instant): void {
    const transmission = this.transmission!;
    const late = this.collisionAt - transmission.start > this.medium.bitTimes(SLOT_BITS);
    // Past the slot time a collision is no contention but a fault; cards do not send the frame again.
    if (late || this.attempts >= MAX_ATTEMPTS) {
      this.report(0);
      this.from.stats.txErrors++;
      this.end(transmission.frame, late ? 'late-collision' : 'excessive-collisions');
      this.next(now);
      return;
    }
    const slots = 1 << Math.min(this.attempts, MAX_BACKOFF_EXPONENT);
    const chosen = this.context.random.choose('backoff', this.from.fullName, slots);
    const backoffNs = this.medium.bitTimes(chosen * SLOT_BITS);
    this.report(backoffNs);
    this.transmission = undefined;
    this.wait('backing-off', now + backoffNs);
  }

  private report(backoffNs: number): void {
    const { attempts: attempt, from } = this;
    this.context.recorder.emit('link.collision', from.host, { card: from.fullName, attempt, backoffNs });
  }

  repeated(frame: Frame, now: Instant): void {
    this.through(frame, now);
  }

  ruined(frame: Frame, reason: DropReason): void {
    this.end(frame, reason);
  }

  protected arrive(frame: Frame, now: Instant): void {
    this.to.deliver(frame, now);
    this.medium.repeat(this, frame, now);
  }

  protected opened(): void {
    this.medium.attach(this, this.listener);
  }

  protected closed(reason: DropReason): void {
    const { queue } = this.context;
    if (this.phase !== 'idle') queue.cancel(this.slot, this);
    const onWire = this.transmission !== undefined;
    if (this.transmission !== undefined && this.phase === 'sending') this.medium.abort(this.transmission, queue.now);
    const frames = this.queue;
    this.queue = [];
    this.phase = 'idle';
    this.attempts = 0;
    this.transmission = undefined;
    this.medium.detach(this, this.listener);
    frames.forEach((frame, i) => {
      this.end(frame, i === 0 && onWire ? reason : 'no-carrier');
    });
  }
}

/** From the hub to a station. The hub itself holds nothing back, so there is no queue. */
export class RepeatLane extends HalfDuplexLane implements Listener {
  /** A frame has come over the last stretch of cable. */
  receive(frame: Frame, now: Instant): void {
    this.entered++;
    this.from.stats.txPackets++;
    this.from.stats.txBytes += frame.length;
    if (this.open) this.through(frame, now);
    else this.end(frame, 'cut-in-flight');
  }

  send(_frame: Frame, _now: Instant): boolean {
    assert(false, `${this.name}: a hub sends nothing of its own`);
    return false;
  }

  waiting(_now: Instant): number {
    return 0;
  }

  waitingBytes(_now: Instant): number {
    return 0;
  }

  protected arrive(frame: Frame, now: Instant): void {
    this.to.deliver(frame, now);
  }

  protected opened(): void {}
  protected closed(_reason: DropReason): void {}
}
