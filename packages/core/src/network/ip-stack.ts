/**
 * The network layer of one host: cards in, transports on top, configuration beside. This file only puts the parts together and gives them
 * one face; each part is a file of its own. A packet's way in: `interface.ts` → `ipv4-input.ts` (→ `flow.ts`) → forwarded by
 * `ipv4-output.ts`, `hop.ts`, `neighbour.ts` to a card, or up to a `TransportHandler`. Its way out: `route` (`output-route.ts`) → `output`
 * (`ipv4-output.ts`) → `hop.ts` → card.
 * Left out: IPv6 (the types leave room), policy routing, source routes, IP in IP.
 */
import type { IpAddress } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import { E, Errno } from '../base/errno.ts';
import type { NetworkCard } from '../link/card.ts';
import type { DropReason } from '../record/catalogue.ts';
import type { HostContext } from '../record/host-context.ts';
import {
  ETHERTYPE,
  type Frame,
  ICMP,
  ICMP_UNREACHABLE,
  IP_PROTOCOL,
  type Ipv4Packet,
  type TransportPdu,
} from '../wire/packet.ts';
import { Addresses } from './addresses.ts';
import { Arp } from './arp.ts';
import { Configuration } from './configuration.ts';
import { Exceptions } from './exceptions.ts';
import { Fib } from './fib.ts';
import { Flows } from './flow.ts';
import type { Hop } from './hop.ts';
import { Icmp } from './icmp.ts';
import { IcmpErrors } from './icmp-errors.ts';
import { Igmp } from './igmp.ts';
import { type FrameInput, Interface } from './interface.ts';
import { Ipv4Input } from './ipv4-input.ts';
import { Ipv4Output } from './ipv4-output.ts';
import type { Neighbour, NeighbourPort } from './neighbour.ts';
import { NeighbourTable } from './neighbour-table.ts';
import { OutputRoutes } from './output-route.ts';
import { Path } from './path.ts';
import { Peers } from './peers.ts';
import { Protocols } from './protocols.ts';
import { Reassembly, type ReassemblyPort } from './reassembly.ts';
import { NetworkSysctl } from './sysctl.ts';
import type { CardName, OutputOptions, PacketHooks, RawListener, TransportHandler } from './types.ts';

const FRAGMENT_REASSEMBLY = 1;

export class IpStack implements FrameInput, NeighbourPort, ReassemblyPort {
  readonly sysctl: NetworkSysctl;
  /** Addresses, routes and neighbours as `ip` changes them. */
  readonly config: Configuration;
  private readonly interfaces = new Map<number, Interface>();
  private readonly byName = new Map<string, Interface>();
  private readonly fib: Fib;
  private readonly exceptions: Exceptions;
  private readonly neighbours: NeighbourTable;
  private readonly routes: OutputRoutes;
  private readonly protocols = new Protocols();
  private readonly ipv4: Ipv4Output;
  private readonly errors: IcmpErrors;
  private readonly arp: Arp;
  private readonly input: Ipv4Input;
  private readonly reassembly: Reassembly;

  constructor(context: HostContext) {
    const sysctl = (this.sysctl = new NetworkSysctl(context.sysctl));
    const { interfaces, protocols } = this;
    const fib = (this.fib = new Fib(context, (ifindex) => interfaces.get(ifindex)));
    sysctl.routing = fib;
    const exceptions = (this.exceptions = new Exceptions(context, sysctl));
    const neighbours = (this.neighbours = new NeighbourTable(context, sysctl.neighbour, this, interfaces));
    const routes = (this.routes = new OutputRoutes(fib, neighbours, exceptions, interfaces));
    const ipv4 = (this.ipv4 = new Ipv4Output(context, fib, routes, this));
    const peers = new Peers();
    const errors = (this.errors = new IcmpErrors(context, sysctl, routes, ipv4, peers));
    const icmp = new Icmp({ context, sysctl, fib, routes, ipv4, exceptions, neighbours, protocols });
    const flows = new Flows(fib, routes, exceptions);
    const reassembly = (this.reassembly = new Reassembly(context, sysctl, this));
    this.arp = new Arp({ context, sysctl, fib, flows, routes, neighbours });
    this.input = new Ipv4Input({ context, flows, routes, ipv4, icmp, errors, peers, reassembly, protocols });
    const addresses = new Addresses(context, fib);
    const igmp = new Igmp({ context, sysctl, fib, routes, ipv4, interfaces });
    protocols.register(IP_PROTOCOL.igmp, igmp);
    const { arp } = this;
    this.config = new Configuration({ interfaces, fib, addresses, neighbours, exceptions, arp, routes, igmp });
  }

  /** Makes a card the host's; it may be up already. */
  attach(card: NetworkCard): void {
    const on = new Interface(card, this.sysctl.attach(card.name), this.sysctl, this.input, this);
    assert(!this.interfaces.has(card.ifindex) && !this.byName.has(card.name), `${card.fullName} is attached already`);
    this.interfaces.set(card.ifindex, on);
    this.byName.set(card.name, on);
    card.receiver = on;
    if (card.up) this.config.broughtUp(on);
  }

  // -- for transports

  get defaultTtl(): number {
    return this.sysctl.host.defaultTtl.number;
  }

  get nonlocalBind(): boolean {
    return this.sysctl.host.nonlocalBind.number !== 0;
  }

  get noPathMtuDiscovery(): boolean {
    return this.sysctl.host.noPmtuDisc.number !== 0;
  }

  /** A path to `dst`, from `src`, by `card` and without a gateway where asked for. ENETUNREACH, EHOSTUNREACH, EACCES (prohibited), EINVAL (blackhole). */
  route(dst: IpAddress, src?: IpAddress, card?: CardName, onLink = false): Path | Errno {
    if (card === undefined) return this.routes.find(dst, src, undefined, onLink);
    const on = this.byName.get(card.name);
    return on === undefined ? E.ENODEV : this.routes.find(dst, src, on, onLink);
  }

  cardOf(which: string | number | IpAddress): CardName | undefined {
    if (typeof which === 'string') return this.byName.get(which)?.card;
    if (typeof which === 'number') return this.interfaces.get(which)?.card;
    return which.family === 4 && this.fib.isLocal(which) ? this.routes.owner(which)?.card : undefined;
  }

  /** EMSGSIZE (over the path MTU with DF), ENETDOWN, ENOBUFS, EPERM (filtered), EINVAL (bad IP options). */
  output(path: Path, pdu: TransportPdu, protocol: number, options: OutputOptions): Errno | undefined {
    return this.ipv4.output(path, pdu, protocol, options);
  }

  /** A finished datagram, as a raw socket with IP_HDRINCL sends it. */
  outputPacket(path: Path, packet: Ipv4Packet): Errno | undefined {
    return this.ipv4.send(path, packet);
  }

  register(protocol: number, handler: TransportHandler): void {
    this.protocols.register(protocol, handler);
  }

  addRawListener(protocol: number, listener: RawListener): void {
    this.protocols.addRaw(protocol, listener);
  }

  removeRawListener(protocol: number, listener: RawListener): void {
    this.protocols.removeRaw(protocol, listener);
  }

  /** Starts receiving a multicast group on a card, or on the one that the route to the group names. ENODEV, EINVAL (no group). */
  joinGroup(group: IpAddress, card?: CardName): Errno | undefined {
    const ifindex = this.groupCard(group, card);
    return ifindex instanceof Errno ? ifindex : this.config.joinGroup(ifindex, group);
  }

  /** EADDRNOTAVAIL where nobody had joined. */
  leaveGroup(group: IpAddress, card?: CardName): Errno | undefined {
    const ifindex = this.groupCard(group, card);
    return ifindex instanceof Errno ? ifindex : this.config.leaveGroup(ifindex, group);
  }

  private groupCard(group: IpAddress, card: CardName | undefined): number | Errno {
    if (card !== undefined) return this.byName.get(card.name)?.ifindex ?? E.ENODEV;
    const path = this.routes.find(group, undefined, undefined);
    return path instanceof Path ? path.card.ifindex : E.ENODEV;
  }

  isLocal(address: IpAddress): boolean {
    return this.fib.isLocal(address);
  }

  /** The limited broadcast, or a directed one of a link of this host. */
  isBroadcast(address: IpAddress): boolean {
    return !address.isUnspecified && this.fib.typeOf(address) === 'broadcast';
  }

  /** Answers a packet that is just being received with an ICMP port unreachable, where RFC 1122 section 3.2.2 lets it. */
  unreachablePort(packet: Ipv4Packet): void {
    this.input.unreachablePort(packet);
  }

  /** Packet filters and address translation; undefined takes them off. */
  setHooks(hooks: PacketHooks | undefined): void {
    this.input.hooks = hooks;
    this.ipv4.hooks = hooks;
  }

  /** Milliseconds since midnight UT at the start of the world, for ICMP and IP time stamps. */
  setStartMilliseconds(milliseconds: number): void {
    this.ipv4.startMilliseconds = milliseconds;
  }

  /** Stops every timer: the host is switched off. */
  shutdown(): void {
    this.neighbours.shutdown();
    this.reassembly.shutdown();
    this.config.shutdown();
    this.exceptions.clear();
  }

  // -- from the cards

  receive(on: Interface, frame: Frame): void {
    const pdu = frame.payload;
    if (pdu.kind === 'arp') {
      if (!on.card.loopback) this.arp.receive(on, frame, pdu);
    } else this.unreadable(on, frame);
  }

  private unreadable(on: Interface, frame: Frame): void {
    on.card.stats.rxDropped++;
    const problem = frame.payload.kind === 'raw' ? frame.payload.problem : undefined;
    on.card.drop(frame, unreadableReason(frame.etherType, problem), problem);
  }

  carrierChanged(on: Interface, up: boolean): void {
    this.config.carrierChanged(on, up);
  }

  // -- from the parts

  solicit(neighbour: Neighbour, mac: Parameters<Arp['solicit']>[1], packet: Ipv4Packet | undefined): void {
    this.arp.solicit(neighbour, mac, packet);
  }

  /** The next hop did not answer (ipv4_link_failure). For our own packets the error takes the way over lo to the socket. */
  unreachable(packet: Ipv4Packet): void {
    this.ipv4.dropped(packet, 'neighbour-failed');
    this.errors.send(packet, ICMP.unreachable, ICMP_UNREACHABLE.host, { toUs: false });
  }

  discarded(packet: Ipv4Packet, reason: 'neighbour-queue-full' | 'neighbour-failed'): void {
    this.ipv4.dropped(packet, reason);
  }

  timedOut(first: Ipv4Packet, on: Interface): void {
    this.errors.send(first, ICMP.timeExceeded, FRAGMENT_REASSEMBLY, { toUs: true, on });
  }

  dropped(packet: Ipv4Packet, reason: DropReason, detail: string): void {
    this.ipv4.dropped(packet, reason, detail);
  }

  deliverCopy(packet: Ipv4Packet, hop: Hop): void {
    this.input.deliverCopy(packet, hop);
  }
}

function unreadableReason(etherType: number, problem: string | undefined): DropReason {
  if (etherType === ETHERTYPE.ipv4) return problem === 'bad header checksum' ? 'ip-checksum' : 'ip-header-invalid';
  return etherType === ETHERTYPE.arp ? 'arp-invalid' : 'unknown-ethertype';
}
