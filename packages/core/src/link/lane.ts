/**
 * One direction of a cable: a drop-tail queue, a transmitter with a rate, a delay. Everything about a frame is known when it enters: when
 * it starts on the wire and when its last bit arrives. So a hop is one event, and a lane has one pending event however many frames are
 * under way: they wait in a ring of (start, arrival, frame). Queue occupancy is read off the start times when somebody asks.
 *
 * Serialisation takes (max(length, minFrameBytes) + overheadBytes) * 8 bits; the defaults are Ethernet's: padding to 60 bytes, then 4 bytes
 * of check sequence, 8 of preamble and 12 of inter-packet gap (IEEE 802.3 clauses 3.1.1 and 4.4.2). The part of a nanosecond that is left
 * over is carried to the next frame, so back-to-back frames do not drift.
 *
 * Promises: first in, first out (a shorter delay set later lets nothing overtake); equal inputs give equal instants in every engine;
 * frames out + frames dropped = frames in. Fault rules judge a frame as it arrives (`faults/rule.ts`); without rules they cost nothing.
 */
import { Mix } from '../base/mix.ts';
import type { DropReason } from '../record/catalogue.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Instant } from '../time/instant.ts';
import type { Event, EventQueue } from '../time/queue.ts';
import { digestTransmission } from '../wire/digest.ts';
import type { Frame } from '../wire/packet.ts';
import { markCongestion } from './congestion-mark.ts';
import { FaultChain } from './faults/chain.ts';
import type { Fault, FaultHandle, FaultSite } from './faults/rule.ts';
import type { Egress, LinkContext, Port } from './port.ts';

export interface LaneOptions {
  /** Bits per second; undefined means no serialisation time and so no queue. */
  readonly rate?: number | undefined;
  readonly delayNs?: number | undefined;
  /** Frames that may wait for the wire; the sender's txQueueLength where undefined. */
  readonly queuePackets?: number | undefined;
  readonly queueBytes?: number | undefined;
  /** A frame that finds so many waiting gets the congestion mark (RFC 3168), if its sender can react to one. */
  readonly markPackets?: number | undefined;
  /** Bytes on the wire beside the frame's own; -12 makes a PPP-like link (2 bytes in place of Ethernet's 14). */
  readonly overheadBytes?: number | undefined;
  /** Shorter frames are padded to this length (without check sequence). */
  readonly minFrameBytes?: number | undefined;
}

export const ETHERNET_OVERHEAD_BYTES = 24;
export const ETHERNET_MIN_FRAME_BYTES = 60;
const NS_PER_SECOND = 1_000_000_000;

/** Told of every frame on its way along a lane: when its first bit leaves, and when its last one arrives if nothing happens to it. */
export interface LaneObserver {
  passes(lane: CableLane, frame: Frame, startNs: Instant, arrivalNs: Instant): void;
}

/**
 * Places in a lane's plan: when the transmitter is done with what it has (the true end lies remainder / rate nanoseconds later), when the last
 * frame arrives, the bytes that entered; then of each frame under way its start, its arrival, and the bytes that had entered before it, so that
 * occupancy in bytes is one subtraction.
 */
const FREE_AT = 0;
const LAST_ARRIVAL = 1;
const ENTERED_BYTES = 2;
const FIRST = 3;
const PER_FRAME = 3;
const RING_MIN = 8;

/** Minus zeros, which make it an array of floating-point numbers to the engine, unboxed; copies are too. */
const EMPTY_PLAN: readonly number[] = [
  -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0, -0,
];

/** One direction of a cable, whatever is behind it. */
export interface CableLane extends Egress, FaultSite {
  /** Looks on; changes nothing. */
  observer: LaneObserver | undefined;
  readonly duplex: 'full' | 'half';
  readonly rateBitsPerSecond: number | undefined;
  readonly delay: number;
  /** Frames taken, and of these the ones that arrived, the ones that ended on the way, and copies made on the way. */
  readonly entered: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Frames taken that have not come to an end. */
  readonly underWay: number;
  addFault(fault: Fault): FaultHandle;
  setOpen(open: boolean, reason: DropReason): void;
  setRate(rate: number | undefined): void;
  setDelay(delayNs: number): void;
}

export class Lane implements Event, CableLane {
  // As they lie in memory, where neighbours share lines of the processor's cache: first what has a first value, in the order of use (an arrival,
  // then a departure), then what the constructor sets.
  // The ring: frames head .. tail - 1 are under way, those from `waits` on had not started when last looked at.
  private frames: (Frame | undefined)[] = new Array(RING_MIN).fill(undefined);
  private plan: number[] = EMPTY_PLAN.slice();
  private mask = RING_MIN - 1;
  private head = 0;
  private tail = 0;
  private slot = 0;
  private faults: FaultChain | undefined = undefined;
  delivered = 0;
  private open = false;
  private waits = 0;
  private rate = 0;
  private nsPerByte = 0;
  private remainder = 0;
  entered = 0;
  observer: LaneObserver | undefined = undefined;
  private flushed = 0;
  readonly duplex = 'full';
  private readonly queue: EventQueue;
  private readonly recorder: Recorder;
  private delayNs: number;
  private readonly overheadBytes: number;
  private readonly minFrameBytes: number;
  private readonly nameHash: number;
  private readonly markPackets: number;
  private readonly queuePackets: number | undefined;
  private readonly queueBytes: number | undefined;
  /** `laptop.eth0>sw.port1` */
  readonly name: string;

  constructor(
    readonly context: LinkContext,
    readonly from: Port,
    readonly to: Port,
    options: LaneOptions,
  ) {
    const name = `${from.fullName}>${to.fullName}`;
    const mix = new Mix();
    mix.text(name);
    this.queue = context.queue;
    this.recorder = context.recorder;
    this.delayNs = options.delayNs ?? 0;
    this.overheadBytes = options.overheadBytes ?? ETHERNET_OVERHEAD_BYTES;
    this.minFrameBytes = options.minFrameBytes ?? ETHERNET_MIN_FRAME_BYTES;
    this.nameHash = mix.a ^ mix.b;
    this.markPackets = options.markPackets ?? Number.POSITIVE_INFINITY;
    this.queuePackets = options.queuePackets;
    this.queueBytes = options.queueBytes;
    this.name = name;
    this.applyRate(options.rate);
  }

  private applyRate(rate: number | undefined): void {
    this.rate = rate ?? 0;
    const perByte = this.rate === 0 ? 0 : (8 * NS_PER_SECOND) / this.rate;
    // As a small whole number, for which the engine needs no box.
    this.nsPerByte = Number.isInteger(perByte) && perByte <= 0x3fff_ffff ? perByte | 0 : 0;
  }

  send(frame: Frame, now: Instant): boolean {
    if (!this.open) return this.refuse(frame, 'no-carrier');
    let start = now;
    if (this.rate > 0) {
      start = this.plan[FREE_AT]!;
      if (start > now) {
        if (!this.hasRoom(frame, now)) return this.refuse(frame, 'queue-full');
        if (this.tail - this.waits >= this.markPackets) frame = markCongestion(frame);
      } else if (start < now) {
        start = now;
        this.remainder = 0;
      }
    }
    const { wire } = this.recorder;
    digestTransmission(wire.mix, this.nameHash, start, frame);
    wire.end();
    this.enter(frame, start);
    if (start > now && this.recorder.wants('queue.length')) this.sampleQueue(now);
    return true;
  }

  /** Puts a frame on the plan, starting at `start`. */
  private enter(frame: Frame, start: Instant): void {
    const end = this.rate === 0 ? start : start + this.serialisation(frame.length);
    let arrival = end + this.delayNs;
    const last = this.plan[LAST_ARRIVAL]!;
    if (arrival < last) arrival = last;
    if (this.observer !== undefined) this.observer.passes(this, frame, start, arrival);
    if (this.head === this.tail) {
      this.head = this.tail = this.waits = 0;
      this.slot = this.queue.schedule(arrival, this);
    } else if (this.tail - this.head > this.mask) this.grow();
    const at = this.tail++ & this.mask;
    this.frames[at] = frame;
    const { plan } = this;
    plan[FREE_AT] = end;
    plan[LAST_ARRIVAL] = arrival;
    const entered = plan[ENTERED_BYTES]!;
    plan[ENTERED_BYTES] = entered + frame.length;
    const place = FIRST + at * PER_FRAME;
    plan[place] = start;
    plan[place + 1] = arrival;
    plan[place + 2] = entered;
    this.entered++;
  }

  /** Nanoseconds on the wire, exact over time: what is left over is carried. */
  private serialisation(length: number): number {
    const { minFrameBytes, rate } = this;
    const bytes = Math.max(length, minFrameBytes) + this.overheadBytes;
    if (this.nsPerByte > 0) return bytes * this.nsPerByte;
    // Below 2^53 for every frame up to a mebibyte.
    const total = bytes * 8 * NS_PER_SECOND + this.remainder;
    let ns = Math.floor(total / rate);
    let left = total - ns * rate;
    if (left < 0) {
      ns--;
      left += rate;
    }
    this.remainder = left;
    return ns;
  }

  /** Moves the border between started and waiting frames up to `now`. */
  private settle(now: Instant): void {
    let waits = Math.max(this.waits, this.head);
    while (waits < this.tail && this.startOf(waits) <= now) waits++;
    this.waits = waits;
  }

  private startOf(index: number): Instant {
    return this.plan[FIRST + (index & this.mask) * PER_FRAME]!;
  }

  private arrivalOf(index: number): Instant {
    return this.plan[FIRST + (index & this.mask) * PER_FRAME + 1]!;
  }

  private bytesBefore(index: number): number {
    return this.plan[FIRST + (index & this.mask) * PER_FRAME + 2]!;
  }

  private hasRoom(frame: Frame, now: Instant): boolean {
    this.settle(now);
    if (this.tail - this.waits >= (this.queuePackets ?? this.from.txQueueLength)) return false;
    return this.queueBytes === undefined || this.bytesBehind() + frame.length <= this.queueBytes;
  }

  waiting(now: Instant): number {
    this.settle(now);
    return this.tail - this.waits;
  }

  waitingBytes(now: Instant): number {
    this.settle(now);
    return this.bytesBehind();
  }

  private bytesBehind(): number {
    return this.waits === this.tail ? 0 : this.plan[ENTERED_BYTES]! - this.bytesBefore(this.waits);
  }

  get underWay(): number {
    return this.tail - this.head + (this.faults?.underWay ?? 0);
  }

  get lost(): number {
    return this.flushed + (this.faults?.dropped ?? 0);
  }

  get duplicated(): number {
    return this.faults?.duplicated ?? 0;
  }

  addFault(fault: Fault): FaultHandle {
    this.faults ??= new FaultChain(this, (frame, now) => this.arrive(frame, now));
    return this.faults.add(fault);
  }

  private sampleQueue(now: Instant): void {
    const [packets, bytes] = [this.waiting(now), this.waitingBytes(now)];
    this.recorder.sample('queue.length', this.from.host, { card: this.from.fullName, packets, bytes });
  }

  private refuse(frame: Frame, reason: DropReason): false {
    if (reason === 'queue-full') this.from.stats.queueDropped++;
    else this.from.stats.txDropped++;
    this.from.drop(frame, reason);
    return false;
  }

  /** The frame at the head has arrived. */
  fire(now: Instant): void {
    const at = this.head++ & this.mask;
    const frame = this.frames[at]!;
    this.frames[at] = undefined;
    if (this.head < this.tail) this.slot = this.queue.schedule(this.arrivalOf(this.head), this);
    if (this.faults === undefined) this.arrive(frame, now);
    else this.faults.pass(frame, now);
  }

  private arrive(frame: Frame, now: Instant): void {
    this.delivered++;
    this.to.deliver(frame, now);
  }

  private grow(): void {
    const { frames, plan, mask, head, tail } = this;
    const size = (mask + 1) * 2;
    this.frames = new Array(size).fill(undefined);
    this.plan = plan.concat(plan.slice(FIRST));
    for (let i = head; i < tail; i++) {
      this.frames[i - head] = frames[i & mask];
      for (let j = 0; j < PER_FRAME; j++)
        this.plan[FIRST + (i - head) * PER_FRAME + j] = plan[FIRST + (i & mask) * PER_FRAME + j]!;
    }
    this.mask = size - 1;
    this.waits = Math.max(this.waits - head, 0);
    this.head = 0;
    this.tail = tail - head;
  }

  /** Carrier came or went; what is under way when it goes is lost. */
  setOpen(open: boolean, reason: DropReason): void {
    if (open === this.open) return;
    this.open = open;
    if (open) return;
    this.flush(reason);
    this.faults?.flush(reason);
  }

  private flush(reason: DropReason): void {
    if (this.head === this.tail) return;
    const { queue } = this;
    queue.cancel(this.slot, this);
    const lost: Frame[] = [];
    this.settle(queue.now);
    const onWire = this.waits - this.head;
    for (let i = this.head; i < this.tail; i++) {
      lost.push(this.frames[i & this.mask]!);
      this.frames[i & this.mask] = undefined;
    }
    this.head = this.tail = this.waits = 0;
    this.flushed += lost.length;
    this.plan[FREE_AT] = this.plan[LAST_ARRIVAL] = queue.now;
    this.remainder = 0;
    // Frames that had not started were still in the sender's queue, which Linux empties when carrier goes (dev_deactivate).
    for (let i = 0; i < lost.length; i++) this.from.drop(lost[i]!, i < onWire ? reason : 'no-carrier');
  }

  get rateBitsPerSecond(): number | undefined {
    return this.rate === 0 ? undefined : this.rate;
  }

  get delay(): number {
    return this.delayNs;
  }

  /** Frames already on the wire keep their times; waiting ones are planned anew. */
  setRate(rate: number | undefined): void {
    this.replan(() => this.applyRate(rate));
  }

  setDelay(delayNs: number): void {
    this.replan(() => {
      this.delayNs = delayNs;
    });
  }

  private replan(change: () => void): void {
    const { queue } = this;
    this.settle(queue.now);
    const first = this.waits;
    const waiting: Frame[] = [];
    for (let i = first; i < this.tail; i++) {
      waiting.push(this.frames[i & this.mask]!);
      this.frames[i & this.mask] = undefined;
    }
    if (waiting.length > 0) {
      // The first waiting frame starts where the one on the wire ends.
      const { plan } = this;
      plan[FREE_AT] = this.startOf(first);
      this.tail = first;
      plan[LAST_ARRIVAL] = this.head === first ? queue.now : this.arrivalOf(first - 1);
      if (this.head === first) queue.cancel(this.slot, this);
      plan[ENTERED_BYTES] = this.bytesBefore(first);
    }
    change();
    this.remainder = 0;
    for (const frame of waiting) {
      this.entered--;
      this.enter(frame, this.plan[FREE_AT]!);
    }
  }
}
