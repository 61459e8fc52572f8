/**
 * A learning switch: store and forward, one scheduled event per hop (a frame is handed to the egress lane at the instant it has come in
 * whole). It learns source addresses, forwards known unicast to one port, floods broadcast, multicast and the unknown, and never sends a
 * frame back where it came from. With port VLANs it is an 802.1Q bridge: access ports take and give untagged frames, trunks tagged ones.
 *
 * Promises: ports are full duplex, so there are no collisions; a frame for one of n hosts is seen by one of n hosts once its address is
 * learned; every frame that ends here has a reason and is counted at its port.
 * Left out: spanning tree (a loop of cables storms, as it does on an unmanaged switch), IGMP snooping, priorities, flow control, latency.
 */
import type { MacAddress } from '../base/address.ts';
import type { Instant } from '../time/instant.ts';
import { ETHERNET_HEADER_LENGTH, ETHERTYPE, type Frame } from '../wire/packet.ts';
import { packetIdOf } from './identity.ts';
import { type MacEntry, MacTable } from './mac-table.ts';
import { DEFAULT_TX_QUEUE_LENGTH, type LinkContext, Port } from './port.ts';
import { admits, allows, classify, type PortVlan, pop, push, VLAN_UNAWARE } from './vlan.ts';

const DEFAULT_AGEING_NS = 300 * 1_000_000_000;
const DEFAULT_TABLE_SIZE = 8192;

export interface SwitchPortOptions {
  readonly name: string;
  readonly vlan?: PortVlan;
  readonly txQueueLength?: number;
}

export interface SwitchOptions {
  /** A number makes port1 .. portN, without VLANs. */
  readonly ports: number | readonly SwitchPortOptions[];
  readonly ageingNs?: number;
  /** Entries per VLAN. */
  readonly tableSize?: number;
  /** Longest payload that the switch passes on. */
  readonly mtu?: number;
}

export class SwitchPort extends Port {
  constructor(
    context: LinkContext,
    options: SwitchPortOptions,
    readonly owner: Switch,
    readonly vlan: PortVlan | undefined,
  ) {
    super(context, options.name, true, options.txQueueLength ?? DEFAULT_TX_QUEUE_LENGTH);
  }

  deliver(frame: Frame, now: Instant): void {
    this.owner.forward(this, frame, now);
  }

  protected carrierChanged(up: boolean): void {
    if (!up) this.owner.forget(this);
  }
}

export class Switch {
  readonly name: string;
  readonly ports: readonly SwitchPort[];
  /** Frames sent to one port, and frames flooded. */
  forwarded = 0;
  flooded = 0;
  /** Frames whose source could not be learned because the table was full. */
  unlearned = 0;
  private readonly vlanAware: boolean;
  private readonly tables = new Map<number, MacTable<SwitchPort>>();
  private readonly plain: MacTable<SwitchPort>;
  private readonly longest: number;

  constructor(
    private readonly context: LinkContext,
    private readonly options: SwitchOptions,
  ) {
    this.name = context.name;
    const { ports } = options;
    const specs =
      typeof ports === 'number' ? Array.from({ length: ports }, (_, i) => ({ name: `port${i + 1}` })) : ports;
    this.ports = specs.map((spec: SwitchPortOptions) => new SwitchPort(context, spec, this, spec.vlan));
    this.vlanAware = this.ports.some(({ vlan }) => vlan !== undefined);
    this.plain = this.table(VLAN_UNAWARE);
    this.longest = (options.mtu ?? 1500) + ETHERNET_HEADER_LENGTH;
  }

  port(name: string): SwitchPort | undefined {
    return this.ports.find((port) => port.name === name);
  }

  /** The forwarding table of a VLAN (of the whole switch where it knows no VLANs). */
  table(vlan = VLAN_UNAWARE): MacTable<SwitchPort> {
    let table = this.tables.get(vlan);
    if (table === undefined) {
      const { ageingNs = DEFAULT_AGEING_NS, tableSize = DEFAULT_TABLE_SIZE } = this.options;
      table = new MacTable(this, ageingNs, tableSize);
      this.tables.set(vlan, table);
    }
    return table;
  }

  /** The VLANs that have a table, in the order of their first frame. */
  get vlans(): readonly number[] {
    return [...this.tables.keys()].filter((vlan) => vlan !== VLAN_UNAWARE);
  }

  setAgeing(ns: number): void {
    for (const table of this.tables.values()) table.ageingNs = ns;
  }

  setPower(on: boolean): void {
    for (const port of this.ports) port.setPower(on);
  }

  /** A whole frame has come in. */
  forward(from: SwitchPort, frame: Frame, now: Instant): void {
    const { stats } = from;
    const { dst, src, length } = frame;
    stats.rxPackets++;
    stats.rxBytes += length;
    if (length > this.longest && length > this.longest + (frame.etherType === ETHERTYPE.vlan ? 4 : 0)) {
      stats.rxErrors++;
      from.drop(frame, 'frame-too-long');
      return;
    }
    if (this.vlanAware) {
      this.forwardInVlan(from, frame, now);
      return;
    }
    const { plain } = this;
    // A group address is no station's (IEEE 802.1Q clause 8.7).
    if (!src.isGroup && !plain.learn(src, from, now)) this.unlearned++;
    if (dst.isGroup) {
      stats.multicast++;
      this.flood(from, frame, dst, now);
      return;
    }
    const to = plain.lookup(dst, now);
    if (to === undefined) this.flood(from, frame, dst, now);
    else if (to !== from) {
      this.forwarded++;
      this.emit(to, frame, length, now);
    }
  }

  private emit(to: SwitchPort, frame: Frame, length: number, now: Instant): void {
    if (!to.carrier || !to.egress!.send(frame, now)) return;
    to.stats.txPackets++;
    to.stats.txBytes += length;
  }

  private flood(from: SwitchPort, frame: Frame, dst: MacAddress, now: Instant): void {
    this.reportFlood(from, frame, dst);
    const { length } = frame;
    for (const to of this.ports) if (to !== from) this.emit(to, frame, length, now);
  }

  private reportFlood(from: SwitchPort, frame: Frame, dst: MacAddress): void {
    this.flooded++;
    const packet = packetIdOf(frame);
    this.context.recorder.emit('switch.flood', this.name, { port: from.fullName, mac: dst.toString(), packet });
  }

  private forwardInVlan(from: SwitchPort, frame: Frame, now: Instant): void {
    const { dst, src } = frame;
    const vlan = classify(from.vlan, frame);
    if (!admits(from.vlan, vlan)) {
      from.stats.rxDropped++;
      from.drop(frame, 'vlan-not-admitted', `VLAN ${vlan}`);
      return;
    }
    const table = this.table(vlan);
    if (!src.isGroup && !table.learn(src, from, now)) this.unlearned++;
    if (dst.isGroup) from.stats.multicast++;
    const to = dst.isGroup ? undefined : table.lookup(dst, now);
    if (to === from) return;
    const untagged = pop(frame);
    if (to !== undefined) {
      this.forwarded++;
      this.emitInVlan(to, untagged, frame, vlan, now);
      return;
    }
    this.reportFlood(from, frame, dst);
    for (const port of this.ports) {
      if (port !== from && allows(port.vlan, vlan)) this.emitInVlan(port, untagged, frame, vlan, now);
    }
  }

  private emitInVlan(to: SwitchPort, untagged: Frame, arrived: Frame, vlan: number, now: Instant): void {
    const out = push(to.vlan, untagged, arrived, vlan);
    this.emit(to, out, out.length, now);
  }

  /** A port has lost carrier: what was learned behind it may be anywhere now. */
  forget(port: SwitchPort): void {
    for (const table of this.tables.values()) table.forget(port);
  }

  // MacTableWatcher

  learned(entry: MacEntry<SwitchPort>): void {
    const values = { port: entry.port.fullName, mac: entry.mac.toString() };
    this.context.recorder.emit('switch.learn', this.name, values);
  }

  moved(entry: MacEntry<SwitchPort>, from: SwitchPort): void {
    const values = { port: entry.port.fullName, mac: entry.mac.toString(), from: from.fullName };
    this.context.recorder.emit('switch.move', this.name, values);
  }

  aged(entry: MacEntry<SwitchPort>): void {
    this.context.recorder.emit('switch.age', this.name, { port: entry.port.fullName, mac: entry.mac.toString() });
  }
}
