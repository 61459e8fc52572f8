/**
 * A hub: a repeater with one collision domain. What comes in at one port goes out of all others; stations on it are half duplex and share
 * the rate. All cables of a hub have the hub's rate. Left out: cables from hub to hub.
 */
import type { Instant } from '../time/instant.ts';
import type { Frame } from '../wire/packet.ts';
import { RepeatLane, StationLane } from './half-duplex.ts';
import type { CableLane, LaneOptions } from './lane.ts';
import { SharedMedium } from './medium.ts';
import { type LinkContext, Port } from './port.ts';

export const DEFAULT_HUB_RATE = 10_000_000;

export interface HubOptions {
  readonly ports: number;
  /** Bits per second: 10BASE-T unless said otherwise. */
  readonly rate?: number;
}

export class HubPort extends Port {
  constructor(
    context: LinkContext,
    name: string,
    readonly hub: Hub,
  ) {
    super(context, name, true);
  }

  override get sharedRate(): number {
    return this.hub.medium.rate;
  }

  override sharedLanes(station: Port, toHub: LaneOptions, fromHub: LaneOptions): readonly [CableLane, CableLane] {
    const { medium } = this.hub;
    const out = new RepeatLane(medium, this, station, fromHub);
    return [new StationLane(medium, station, this, toHub, out), out];
  }

  /** Counted on its way through; the medium repeats it. */
  deliver(frame: Frame, _now: Instant): void {
    this.stats.rxPackets++;
    this.stats.rxBytes += frame.length;
  }

  protected carrierChanged(): void {}
}

export class Hub {
  readonly name: string;
  readonly medium: SharedMedium;
  readonly ports: readonly HubPort[];

  constructor(context: LinkContext, options: HubOptions) {
    this.name = context.name;
    this.medium = new SharedMedium(context, options.rate ?? DEFAULT_HUB_RATE);
    this.ports = Array.from({ length: options.ports }, (_, i) => new HubPort(context, `port${i + 1}`, this));
  }

  port(name: string): HubPort | undefined {
    return this.ports.find((port) => port.name === name);
  }

  /** Collisions in the domain, counted once each. */
  get collisions(): number {
    return this.medium.collisions;
  }

  setPower(on: boolean): void {
    for (const port of this.ports) port.setPower(on);
  }
}
