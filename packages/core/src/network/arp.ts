/**
 * ARP for IPv4 over Ethernet (RFC 826) as Linux does it (arp.c): who is asked to answer answers, a known sender is updated, an unknown one is
 * learnt only by whom it asked. Also gratuitous announcements (RFC 5227 section 3, `arp_notify`), proxying (`proxy_arp`), and the choice
 * of the source address in requests (`arp_announce`). Duplicate address detection is left to programs, as in Linux; this host answers it.
 */
import {
  IPV4_ANY,
  type IpAddress,
  type Ipv4Address,
  MAC_BROADCAST,
  MAC_ZERO,
  type MacAddress,
} from '../base/address.ts';
import type { HostContext } from '../record/host-context.ts';
import { MS } from '../time/instant.ts';
import type { Event } from '../time/queue.ts';
import { ARP_REPLY, ARP_REQUEST, ArpPacket, ETHERTYPE, Frame, type Ipv4Packet, PacketId } from '../wire/packet.ts';
import type { Fib } from './fib.ts';
import { FLOW, Flow, type Flows } from './flow.ts';
import type { Interface } from './interface.ts';
import { type Neighbour, NUD } from './neighbour.ts';
import type { NeighbourTable } from './neighbour-table.ts';
import type { OutputRoutes } from './output-route.ts';
import { Path } from './path.ts';
import type { NetworkSysctl } from './sysctl.ts';

/** /proc shows locktime and proxy_delay in hundredths of a second (USER_HZ). */
const USER_TICK_NS = 10 * MS;

export interface ArpParts {
  readonly context: HostContext;
  readonly sysctl: NetworkSysctl;
  readonly fib: Fib;
  readonly flows: Flows;
  readonly routes: OutputRoutes;
  readonly neighbours: NeighbourTable;
}

export class Arp {
  /** Proxied answers that wait for their delay. */
  private delayed = 0;

  constructor(private readonly parts: ArpParts) {}

  receive(on: Interface, frame: Frame, arp: ArpPacket): void {
    const { operation, senderIp, targetIp } = arp;
    if (operation !== ARP_REQUEST && operation !== ARP_REPLY) return;
    if (targetIp.isMulticast || (targetIp.isLoopback && !on.routesLocalnet)) return;
    if (senderIp.key === targetIp.key && on.dropsGratuitousArp) return;
    if (operation === ARP_REQUEST && this.answer(on, frame, arp)) return;
    if (!senderIp.isUnspecified) this.learn(on, frame, arp);
  }

  // -- requests

  /** True where the packet has been dealt with. */
  private answer(on: Interface, frame: Frame, arp: ArpPacket): boolean {
    const { senderIp, targetIp } = arp;
    if (senderIp.isUnspecified) {
      // RFC 5227 section 2.1.1: a probe is answered by the owner.
      const owner = this.parts.fib.typeOf(targetIp) === 'local';
      if (owner && !this.ignores(on, senderIp, targetIp)) this.reply(on, arp);
      return true;
    }
    const { flows } = this.parts;
    const flow = flows.find(on, senderIp, targetIp) ?? flows.decide(on, senderIp, targetIp);
    if (!(flow instanceof Flow)) return false;
    if (flow.kind === FLOW.local) {
      if (!this.ignores(on, senderIp, targetIp) && !this.filtered(on, senderIp, targetIp) && this.meet(on, arp))
        this.reply(on, arp);
      return true;
    }
    if (flow.kind !== FLOW.forward || !on.proxyArp || flow.hop!.on === on) return false;
    if (this.meet(on, arp)) this.proxy(on, frame, arp);
    return true;
  }

  /** neigh_event_ns: the asker is remembered, as it will be spoken to. */
  private meet(on: Interface, arp: ArpPacket): boolean {
    const { neighbours } = this.parts;
    const neighbour = neighbours.get(on, arp.senderIp);
    if (neighbour === undefined) return false;
    neighbours.update(neighbour, arp.senderMac, NUD.stale, { override: true }, 'it asked for us');
    return true;
  }

  /** arp_ignore */
  private ignores(on: Interface, senderIp: IpAddress, targetIp: IpAddress): boolean {
    const mine = on.find(targetIp);
    switch (on.arpIgnore) {
      case 0:
        return false;
      case 1:
        return mine === undefined;
      case 2:
        // Who only probes has no subnet yet (inet_confirm_addr).
        return mine === undefined || !(senderIp.isUnspecified || mine.covers(senderIp));
      case 3:
        return this.isHostScope(targetIp);
      case 8:
        return true;
      default:
        return false;
    }
  }

  private isHostScope(target: IpAddress): boolean {
    const owner = this.parts.fib.lookup(target as Ipv4Address)?.on;
    return owner?.find(target)?.scope === 'host';
  }

  /** arp_filter: answer only by the card that we would reach the asker through. */
  private filtered(on: Interface, senderIp: IpAddress, targetIp: IpAddress): boolean {
    if (!on.arpFilter) return false;
    const path = this.parts.routes.find(senderIp, targetIp, undefined);
    return !(path instanceof Path) || path.hop.on !== on;
  }

  private reply(on: Interface, request: ArpPacket): void {
    const { senderMac, senderIp, targetIp, ident } = request;
    const cause = new PacketId(this.parts.context.ids.next(), 'reply', ident.id);
    const answer = new ArpPacket(cause, ARP_REPLY, on.card.mac, targetIp, senderMac, senderIp);
    on.card.transmit(new Frame(senderMac, on.card.mac, ETHERTYPE.arp, answer));
  }

  /** A broadcast request is answered after a random delay below `proxy_delay`, so that the owner comes first. */
  private proxy(on: Interface, frame: Frame, arp: ArpPacket): void {
    const { proxyDelay, proxyQlen } = this.parts.sysctl.neighbour;
    if (proxyDelay.number === 0 || !frame.dst.isGroup) {
      this.reply(on, arp);
      return;
    }
    if (this.delayed >= proxyQlen.number) return;
    const { queue, random } = this.parts.context;
    const delayNs = random.stream(`proxy-arp/${on.card.fullName}`).belowWide(proxyDelay.number * USER_TICK_NS);
    this.delayed++;
    const fire = (): void => {
      this.delayed--;
      if (on.up) this.reply(on, arp);
    };
    queue.schedule(queue.now + delayNs, { fire } satisfies Event);
  }

  // -- what others say

  /** RFC 826's merge, Linux's way: existing entries are updated, new ones are made only with arp_accept. */
  private learn(on: Interface, frame: Frame, arp: ArpPacket): void {
    const { neighbours } = this.parts;
    const known = on.neighbours.get(arp.senderIp.key);
    const accept = this.accepts(on, arp.senderIp);
    if (known === undefined && !accept) return;
    const gratuitous = this.isGratuitous(arp);
    const neighbour = known ?? this.unsolicited(on, arp, gratuitous);
    if (neighbour === undefined) return;
    const now = this.parts.context.queue.now;
    // The first of several answers wins for `locktime`, against proxies that answer too.
    const override = gratuitous || now > neighbour.updatedAt + this.locktimeNs;
    const solicited = arp.operation === ARP_REPLY && !frame.dst.isGroup;
    const reason = solicited
      ? 'answered'
      : gratuitous
        ? 'gratuitous'
        : arp.operation === ARP_REQUEST
          ? 'seen asking'
          : 'broadcast reply';
    neighbours.update(neighbour, arp.senderMac, solicited ? NUD.reachable : NUD.stale, { override }, reason);
  }

  private get locktimeNs(): number {
    return this.parts.sysctl.neighbour.locktime.number * USER_TICK_NS;
  }

  private accepts(on: Interface, senderIp: IpAddress): boolean {
    if (on.arpAccept === 2) return on.addresses.some((local) => local.covers(senderIp));
    return on.arpAccept === 1;
  }

  private unsolicited(on: Interface, arp: ArpPacket, gratuitous: boolean): Neighbour | undefined {
    const unicast = this.parts.fib.typeOf(arp.senderIp) === 'unicast';
    if (!gratuitous && !(arp.operation === ARP_REPLY && unicast)) return undefined;
    return this.parts.neighbours.get(on, arp.senderIp);
  }

  /** arp_is_garp: sender and target are one address, and not one of ours; a reply also names its own MAC twice. */
  private isGratuitous(arp: ArpPacket): boolean {
    if (arp.senderIp.key !== arp.targetIp.key) return false;
    if (arp.operation === ARP_REPLY && arp.senderMac.key !== arp.targetMac.key) return false;
    return this.parts.fib.typeOf(arp.senderIp) === 'unicast';
  }

  // -- asking

  /** arp_solicit: by broadcast, or by unicast to the address that is to be confirmed. */
  solicit(neighbour: Neighbour, mac: MacAddress | undefined, packet: Ipv4Packet | undefined): void {
    const { on } = neighbour;
    const target = neighbour.address as Ipv4Address;
    const source = this.sourceFor(on, target, packet) as Ipv4Address;
    const cause = packet === undefined ? undefined : packet.ident.id;
    this.request(on, source, target, mac ?? MAC_BROADCAST, cause);
  }

  /** arp_announce: 0 any local address that the packet has, 1 only one from the target's subnet, 2 always the best one. */
  private sourceFor(on: Interface, target: IpAddress, packet: Ipv4Packet | undefined): IpAddress {
    const { fib, routes } = this.parts;
    const level = on.arpAnnounce;
    if (packet !== undefined && level < 2 && fib.isLocal(packet.src)) {
      if (level === 0) return packet.src;
      const covering = on.addresses.some((local) => local.covers(target) && local.covers(packet.src));
      if (covering) return packet.src;
    }
    return routes.selectSource(on, target, 'link');
  }

  private request(
    on: Interface,
    source: Ipv4Address,
    target: Ipv4Address,
    to: MacAddress,
    about: number | undefined,
  ): void {
    const id = this.parts.context.ids.next();
    const ident = about === undefined ? new PacketId(id) : new PacketId(id, 'reply', about);
    const arp = new ArpPacket(ident, ARP_REQUEST, on.card.mac, source, MAC_ZERO, target);
    on.card.transmit(new Frame(to, on.card.mac, ETHERTYPE.arp, arp));
  }

  /** Gratuitous ARP for every address of a card (inetdev_send_gratuitous_arp). */
  announce(on: Interface): void {
    for (const { address } of on.addresses) {
      if (address.family === 4 && address.key !== IPV4_ANY.key)
        this.request(on, address, address, MAC_BROADCAST, undefined);
    }
  }
}
