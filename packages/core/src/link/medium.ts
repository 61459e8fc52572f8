/**
 * The collision domain behind a hub (IEEE 802.3 clauses 4 and 9): everything that one station sends reaches the hub after its cable's
 * delay and every other station after theirs. The medium knows who is sending, answers carrier sense for each place, tells senders when
 * a foreign signal reaches them, and repeats frames that came through whole.
 *
 * Signals are intervals in time at the hub, so carrier sense is arithmetic over the few transmissions under way: no event per station
 * and edge. Left out: the repeater's own latency and preamble loss, and auto-partitioning of ports.
 */
import type { DropReason } from '../record/catalogue.ts';
import type { Instant } from '../time/instant.ts';
import type { Event } from '../time/queue.ts';
import type { Frame } from '../wire/packet.ts';
import type { LinkContext, Port } from './port.ts';

/** In bit times (IEEE 802.3 table 4-2, 10 and 100 Mbit/s). */
export const SLOT_BITS = 512;
export const JAM_BITS = 32;
export const INTER_FRAME_GAP_BITS = 96;
export const PREAMBLE_BITS = 64;

/** A station's transmitter. */
export interface Transmitter {
  readonly from: Port;
  readonly delay: number;
  /** A foreign signal reaches this sender at `at` while it is still sending. */
  hearCollision(at: Instant): void;
  /** Some transmission ended earlier than it was going to. */
  reconsider(): void;
  /** The frame came through the hub whole. */
  repeated(frame: Frame, now: Instant): void;
  ruined(frame: Frame, reason: DropReason): void;
}

/** The way from the hub to one station. */
export interface Listener {
  readonly to: Port;
  readonly delay: number;
  receive(frame: Frame, now: Instant): void;
}

/** One attempt to send. */
export class Transmission implements Event {
  /** Its sender noticed a collision. */
  collided = false;
  /** Nothing more will happen to it. */
  done = false;
  private readonly delay: number;

  constructor(
    private readonly medium: SharedMedium,
    readonly sender: Transmitter,
    readonly frame: Frame,
    readonly start: Instant,
    /** The last bit leaves the station; earlier or later once a collision was heard. */
    public end: Instant,
  ) {
    this.delay = sender.delay;
  }

  get hubStart(): Instant {
    return this.start + this.delay;
  }

  get hubEnd(): Instant {
    return this.end + this.delay;
  }

  /** The last bit has reached the hub. */
  fire(now: Instant): void {
    this.medium.arrived(this, now);
  }
}

export class SharedMedium {
  /** Collisions on the medium, however many senders took part. */
  collisions = 0;
  private readonly listeners: Listener[] = [];
  private readonly transmitters: Transmitter[] = [];
  private transmissions: Transmission[] = [];

  constructor(
    readonly context: LinkContext,
    /** Bits per second, the same for every station. */
    readonly rate: number,
  ) {}

  attach(transmitter: Transmitter, listener: Listener): void {
    this.transmitters.push(transmitter);
    this.listeners.push(listener);
    // In the order of arrival; cables of one length keep the order of attachment.
    this.listeners.sort((a, b) => a.delay - b.delay);
  }

  detach(transmitter: Transmitter, listener: Listener): void {
    this.transmitters.splice(this.transmitters.indexOf(transmitter), 1);
    this.listeners.splice(this.listeners.indexOf(listener), 1);
  }

  /** Nanoseconds for a number of bits, a started nanosecond counting whole. */
  bitTimes(bits: number): number {
    return Math.ceil((bits * 1_000_000_000) / this.rate);
  }

  /**
   * When `station` may start to send, at `now` or later: an inter-frame gap after the last signal that it has heard. Signals that reached
   * it less than `grace` ago do not count (clause 4.2.3.2.1: the last third of the gap is waited out whatever comes).
   */
  earliest(station: Transmitter, now: Instant, grace: number): Instant {
    let quietFrom = Number.NEGATIVE_INFINITY;
    for (const other of this.transmissions) {
      const own = other.sender === station;
      const heardFrom = own ? other.start : other.hubStart + station.delay;
      const heardUntil = own ? other.end : other.hubEnd + station.delay;
      if (heardFrom < now - (own ? 0 : grace)) quietFrom = Math.max(quietFrom, heardUntil);
    }
    return Math.max(now, quietFrom + this.bitTimes(INTER_FRAME_GAP_BITS));
  }

  begin(sender: Transmitter, frame: Frame, now: Instant, bits: number): Transmission {
    this.forget(now);
    const mine = new Transmission(this, sender, frame, now, now + this.bitTimes(bits));
    const others = this.transmissions.slice();
    this.transmissions.push(mine);
    for (const other of others) {
      if (other.sender === sender) continue;
      const reachesMe = other.hubStart + sender.delay;
      if (other.hubEnd + sender.delay > now && reachesMe < mine.end) sender.hearCollision(Math.max(now, reachesMe));
      const reachesOther = mine.hubStart + other.sender.delay;
      if (!other.collided && reachesOther < other.end) other.sender.hearCollision(Math.max(now, reachesOther));
    }
    return mine;
  }

  /** The sender heard a collision at `now` and stops at `end`, when its jam is out. */
  jam(transmission: Transmission, end: Instant): void {
    if (!this.transmissions.some((other) => other !== transmission && other.collided && overlap(other, transmission))) {
      this.collisions++;
    }
    transmission.collided = true;
    transmission.done = true;
    this.endAt(transmission, end);
  }

  /** The sender is gone in the middle of a frame. */
  abort(transmission: Transmission, now: Instant): void {
    transmission.collided = true;
    transmission.done = true;
    this.endAt(transmission, now);
  }

  private endAt(transmission: Transmission, end: Instant): void {
    const shorter = end < transmission.end;
    transmission.end = end;
    if (shorter) for (const transmitter of this.transmitters) transmitter.reconsider();
  }

  /** The sender is through without having heard anything. */
  finish(transmission: Transmission): void {
    this.context.queue.schedule(transmission.hubEnd, transmission);
  }

  arrived(transmission: Transmission, now: Instant): void {
    transmission.done = true;
    const { sender, frame } = transmission;
    const ruined = this.transmissions.some((other) => other !== transmission && overlap(other, transmission));
    if (!ruined) {
      sender.repeated(frame, now);
      return;
    }
    // The collision came too late for its sender to notice: cables longer than the slot time allows (clause 4.1.2.2).
    for (const { to } of this.listeners) if (to !== sender.from) to.stats.rxErrors++;
    sender.ruined(frame, 'bad-frame-check-sequence');
  }

  /** Sends a frame that is whole at the hub on to everybody but its sender. */
  repeat(sender: Transmitter, frame: Frame, now: Instant): void {
    const listeners = this.listeners.filter(({ to }) => to !== sender.from);
    if (listeners.length > 0) new Repetition(this.context, listeners, frame, now);
  }

  /** Forgets transmissions that nobody can hear or be ruined by any more. */
  private forget(now: Instant): void {
    let oldest = now;
    for (const { done, hubStart } of this.transmissions) if (!done) oldest = Math.min(oldest, hubStart);
    const gap = this.bitTimes(INTER_FRAME_GAP_BITS);
    const longest = this.listeners.reduce((most, { delay }) => Math.max(most, delay), 0);
    this.transmissions = this.transmissions.filter(
      ({ done, hubEnd }) => !done || hubEnd > oldest || hubEnd + longest + gap >= now,
    );
  }
}

function overlap(a: Transmission, b: Transmission): boolean {
  return a.hubStart < b.hubEnd && b.hubStart < a.hubEnd;
}

/** A frame on its way from the hub to the stations, nearest first: one pending event. */
class Repetition implements Event {
  private next = 0;

  constructor(
    private readonly context: LinkContext,
    private readonly listeners: readonly Listener[],
    private readonly frame: Frame,
    private readonly since: Instant,
  ) {
    this.schedule();
  }

  private schedule(): void {
    const at = this.since + this.listeners[this.next]!.delay;
    this.context.queue.schedule(Math.max(at, this.context.queue.now), this);
  }

  fire(now: Instant): void {
    const { listeners } = this;
    const { delay } = listeners[this.next]!;
    const first = this.next;
    while (this.next < listeners.length && listeners[this.next]!.delay <= delay) this.next++;
    const end = this.next;
    if (end < listeners.length) this.schedule();
    for (let i = first; i < end; i++) listeners[i]!.receive(this.frame, now);
  }
}
