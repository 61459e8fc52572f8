/**
 * A cable between two ports: two lanes, one per direction, each with its own rate, delay and queue. Plugging and cutting act at one
 * instant on both sides; what is on the wire when it is cut is lost, frame by frame, with a reason. A cable is full duplex, except
 * towards a hub (`half-duplex.ts`).
 */
import { assert } from '../base/assert.ts';
import type { DropReason, Value } from '../record/catalogue.ts';
import type { Fault, FaultHandle } from './faults/rule.ts';
import { type CableLane, Lane, type LaneOptions } from './lane.ts';
import type { LinkContext, Plug, Port } from './port.ts';

export interface CableOptions extends LaneOptions {
  readonly name?: string;
  /** Parameters of one direction, where it differs. */
  readonly aToB?: LaneOptions;
  readonly bToA?: LaneOptions;
  /** In place from the start (default). */
  readonly plugged?: boolean;
}

export type CableDirection = 'aToB' | 'bToA' | 'both';

export class Cable implements Plug {
  readonly name: string;
  readonly aToB: CableLane;
  readonly bToA: CableLane;
  private inPlace = false;
  private connected = false;

  constructor(
    private readonly context: LinkContext,
    readonly a: Port,
    readonly b: Port,
    options: CableOptions = {},
  ) {
    const problem = cableProblem(a, b, options);
    assert(problem === undefined, problem ?? '');
    this.name = options.name ?? `${a.fullName}-${b.fullName}`;
    const [there, back] = lanesBetween(context, a, b, options);
    this.aToB = there;
    this.bToA = back;
    if (options.plugged ?? true) this.attach();
  }

  get plugged(): boolean {
    return this.inPlace;
  }

  plug(): void {
    if (this.inPlace) return;
    this.changed('plugged', true);
    this.attach();
  }

  /** Pulls the cable, or cuts it: frames in flight are lost. */
  unplug(): void {
    if (!this.inPlace) return;
    this.changed('plugged', false);
    this.inPlace = false;
    this.refresh('cut-in-flight');
    for (const port of [this.a, this.b]) {
      port.plug = undefined;
      port.egress = undefined;
    }
  }

  private attach(): void {
    const { a, b } = this;
    for (const port of [a, b]) assert(port.plug === undefined, `${port.fullName} has a cable already`);
    this.inPlace = true;
    a.plug = b.plug = this;
    a.egress = this.aToB;
    b.egress = this.bToA;
    this.refresh('no-carrier');
  }

  /** Carrier is there while the cable is in place and both ends are alive. */
  refresh(reason: DropReason): void {
    const connected = this.inPlace && this.a.live && this.b.live;
    if (connected === this.connected) return;
    this.connected = connected;
    this.aToB.setOpen(connected, reason);
    this.bToA.setOpen(connected, reason);
    this.a.setCarrier(connected);
    this.b.setCarrier(connected);
  }

  peerOf(port: Port): Port {
    return port === this.a ? this.b : this.a;
  }

  lanes(direction: CableDirection = 'both'): readonly CableLane[] {
    return direction === 'both' ? [this.aToB, this.bToA] : [this[direction]];
  }

  /** The lane that carries frames away from `port`. */
  laneFrom(port: Port): CableLane {
    assert(port === this.a || port === this.b, `${port.fullName} is no end of ${this.name}`);
    return port === this.a ? this.aToB : this.bToA;
  }

  /** Adds a fault to one direction or, with state of its own for each, to both. */
  addFault(fault: Fault, direction: CableDirection = 'both'): FaultHandle {
    const handles = this.lanes(direction).map((lane) => lane.addFault(fault));
    const what = direction === 'both' ? 'fault' : `fault ${direction}`;
    this.changed(what, fault.text);
    let lifted = false;
    return {
      lift: () => {
        if (lifted) return;
        lifted = true;
        for (const handle of handles) handle.lift();
        this.changed(`${what} lifted`, fault.text);
      },
    };
  }

  /** The rate that a hub gives to this cable; it cannot be set then. */
  get fixedRate(): number | undefined {
    return this.a.sharedRate ?? this.b.sharedRate;
  }

  setRate(rate: number | undefined, direction: CableDirection = 'both'): void {
    for (const lane of this.lanes(direction)) lane.setRate(rate);
    this.changed(direction === 'both' ? 'rate' : `rate ${direction}`, rate ?? 'unlimited');
  }

  setDelay(delayNs: number, direction: CableDirection = 'both'): void {
    for (const lane of this.lanes(direction)) lane.setDelay(delayNs);
    this.changed(direction === 'both' ? 'delayNs' : `delayNs ${direction}`, delayNs);
  }

  private changed(what: string, value: Value): void {
    this.context.recorder.emit('cable.change', '', { cable: this.name, what, value });
  }
}

function lanesBetween(context: LinkContext, a: Port, b: Port, options: CableOptions): readonly [CableLane, CableLane] {
  const there = { ...options, ...options.aToB };
  const back = { ...options, ...options.bToA };
  if (b.sharedRate !== undefined) return b.sharedLanes(a, there, back);
  if (a.sharedRate === undefined) return [new Lane(context, a, b, there), new Lane(context, b, a, back)];
  const [toHub, fromHub] = a.sharedLanes(b, back, there);
  return [fromHub, toHub];
}

/** Why these two ports cannot be joined like this, for the reader of a lab; undefined when they can. */
export function cableProblem(a: Port, b: Port, options: CableOptions = {}): string | undefined {
  if (a === b) return `${a.fullName} cannot be plugged into itself`;
  if (a.sharedRate !== undefined && b.sharedRate !== undefined) {
    return `${a.fullName} and ${b.fullName}: a cable from hub to hub is not supported; put a switch between them`;
  }
  const shared = a.sharedRate ?? b.sharedRate;
  if (shared === undefined) return undefined;
  const hub = a.sharedRate === undefined ? b : a;
  for (const { rate, markPackets } of [options, options.aToB ?? {}, options.bToA ?? {}]) {
    if (markPackets !== undefined) return `${hub.fullName}: a cable to a hub sets no congestion marks`;
    if (rate !== undefined && rate !== shared) {
      return `${hub.fullName}: a cable of ${rate} bit/s, but the hub has ${shared} bit/s for all of its cables`;
    }
  }
  return undefined;
}
