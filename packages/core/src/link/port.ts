/**
 * A port: the end that a cable plugs into. Network cards, switch ports and hub ports are ports. A port knows whether it is alive (powered
 * and administratively up); carrier follows from the cable and both of its ends, and changes at one instant on both sides.
 * Left out: auto-negotiation (a link comes up at the instant its last condition is met), link speed on the port (it is the cable's).
 */
import { unreachable } from '../base/assert.ts';
import type { DropReason } from '../record/catalogue.ts';
import type { HostContext } from '../record/host-context.ts';
import type { Instant } from '../time/instant.ts';
import type { Frame } from '../wire/packet.ts';
import { packetIdOf } from './identity.ts';
import type { CableLane, LaneOptions } from './lane.ts';

/** What link devices use of their machine's context. */
export type LinkContext = Pick<HostContext, 'name' | 'queue' | 'random' | 'recorder'>;

/** Where a port hands its frames: one direction of a cable, or the shared medium behind a hub. */
export interface Egress {
  /** False where the frame went no further; the reason was reported. */
  send(frame: Frame, now: Instant): boolean;
  /** Frames that wait for the wire, the one on it not counted. */
  waiting(now: Instant): number;
  waitingBytes(now: Instant): number;
}

/** What is plugged into a port. Told when the port comes up or goes down. */
export interface Plug {
  refresh(reason: DropReason): void;
  /** The plug's other side; undefined for a medium with many. */
  peerOf(port: Port): Port | undefined;
}

/** Counters with the names that `ip -s link` and /proc/net/dev give them. Bytes do not count the frame check sequence. */
export class PortStats {
  // What every frame touches lies together, in one line of the processor's cache.
  rxPackets = 0;
  rxBytes = 0;
  txPackets = 0;
  txBytes = 0;
  rxErrors = 0;
  rxDropped = 0;
  /** Frames received for a multicast group, broadcast included (as most drivers count). */
  multicast = 0;
  txErrors = 0;
  txDropped = 0;
  /** Frames that found the transmit queue full; Linux shows them in `tc -s qdisc`, not in `ip -s link`. */
  queueDropped = 0;
  carrierErrors = 0;
  collisions = 0;
  /** Times that carrier came or went. */
  carrierChanges = 0;
}

export const DEFAULT_TX_QUEUE_LENGTH = 1000;

export abstract class Port {
  /** The machine's name: `laptop`. */
  readonly host: string;
  /** `laptop.eth0`, unique in a world. */
  readonly fullName: string;
  readonly stats = new PortStats();
  /** Cable plugged, and both ends alive. Set by the cable. */
  carrier = false;
  egress: Egress | undefined = undefined;
  plug: Plug | undefined = undefined;
  private adminUp: boolean;
  private powered = true;

  constructor(
    protected readonly context: LinkContext,
    readonly name: string,
    up: boolean,
    public txQueueLength = DEFAULT_TX_QUEUE_LENGTH,
  ) {
    this.host = context.name;
    this.fullName = `${context.name}.${name}`;
    this.adminUp = up;
  }

  /** Administratively up: `ip link set eth0 up`. */
  get up(): boolean {
    return this.adminUp;
  }

  /** Up, and its machine has power. */
  get live(): boolean {
    return this.adminUp && this.powered;
  }

  setUp(up: boolean): void {
    if (up === this.adminUp) return;
    this.adminUp = up;
    this.context.recorder.emit('link.admin', this.host, { card: this.fullName, up });
    this.plug?.refresh('link-down');
  }

  /** The machine's power; a port without power is dark to its peer. */
  setPower(on: boolean): void {
    if (on === this.powered) return;
    this.powered = on;
    this.plug?.refresh('host-down');
  }

  /** Called by the cable. */
  setCarrier(up: boolean): void {
    if (up === this.carrier) return;
    this.carrier = up;
    this.stats.carrierChanges++;
    this.context.recorder.emit('link.carrier', this.host, { card: this.fullName, up });
    this.carrierChanged(up);
  }

  /** Reports that a frame ended here. */
  drop(frame: Frame, reason: DropReason, detail?: string): void {
    const { recorder } = this.context;
    const packet = packetIdOf(frame);
    const { length } = frame;
    if (detail === undefined) recorder.emit('frame.drop', this.host, { card: this.fullName, packet, reason, length });
    else recorder.emit('frame.drop', this.host, { card: this.fullName, packet, reason, length, detail });
  }

  /** The rate that all cables of this port share with others: a hub's. Undefined where each cable has its own. */
  get sharedRate(): number | undefined {
    return undefined;
  }

  /** A port with a shared rate makes the lanes of its cables: to it, and from it. */
  sharedLanes(_station: Port, _toHere: LaneOptions, _fromHere: LaneOptions): readonly [CableLane, CableLane] {
    return unreachable(undefined as never, 'lanes of a port that shares nothing');
  }

  /** A whole frame has come in over the cable. */
  abstract deliver(frame: Frame, now: Instant): void;
  protected abstract carrierChanged(up: boolean): void;
}
