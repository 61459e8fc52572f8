/**
 * A received datagram's way through the host (ip_rcv, ip_forward, ip_local_deliver): filters, where to, and then on to the next link or up to
 * the protocol. Forwarding a datagram makes one new header and one new frame, and nothing else.
 */
import type { Ipv4Address } from '../base/address.ts';
import type { HostContext } from '../record/host-context.ts';
import type { Instant } from '../time/instant.ts';
import type { Event } from '../time/queue.ts';
import { type Frame, ICMP, ICMP_UNREACHABLE, IP_PROTOCOL, type Ipv4Packet } from '../wire/packet.ts';
import { FLOW, Flow, type Flows, type Refusal } from './flow.ts';
import type { Hop } from './hop.ts';
import type { Icmp } from './icmp.ts';
import type { IcmpErrors } from './icmp-errors.ts';
import type { Interface } from './interface.ts';
import type { Ipv4Output } from './ipv4-output.ts';
import { checkOptions, clearedOptions, sourceRouteAt, withOptions } from './options.ts';
import type { OutputRoutes } from './output-route.ts';
import type { Peers } from './peers.ts';
import type { Protocols } from './protocols.ts';
import type { Reassembly } from './reassembly.ts';
import type { PacketHooks } from './types.ts';

export interface Ipv4InputParts {
  readonly context: HostContext;
  readonly flows: Flows;
  readonly routes: OutputRoutes;
  readonly ipv4: Ipv4Output;
  readonly icmp: Icmp;
  readonly errors: IcmpErrors;
  readonly peers: Peers;
  readonly reassembly: Reassembly;
  readonly protocols: Protocols;
}

export class Ipv4Input {
  /** Packet filters and address translation. */
  hooks: PacketHooks | undefined = undefined;
  // What every packet asks for, without the way over `parts`.
  private readonly context: HostContext;
  private readonly flows: Flows;
  private readonly ipv4: Ipv4Output;
  private readonly protocols: Protocols;
  /** The packet being handed up came in a link-layer broadcast or to a group address: nobody answers it with an error. */
  private groupDelivery = false;
  private deliveringOn: Interface | undefined = undefined;

  constructor(private readonly parts: Ipv4InputParts) {
    this.context = parts.context;
    this.flows = parts.flows;
    this.ipv4 = parts.ipv4;
    this.protocols = parts.protocols;
  }

  receive(on: Interface, frame: Frame, packet: Ipv4Packet, now: Instant): void {
    const { hooks } = this;
    if (hooks !== undefined) {
      const passed = hooks.prerouting(packet, on.card);
      if (passed === undefined) return;
      packet = passed;
    }
    const flow = this.flows.find(on, packet.src, packet.dst) ?? this.flows.decide(on, packet.src, packet.dst);
    if (packet.options !== undefined) {
      if (!this.acceptOptions(on, frame, packet, flow)) return;
      packet = withOptions(packet, clearedOptions(packet.options));
    }
    if (!(flow instanceof Flow)) {
      this.refuse(on, frame, packet, flow);
      return;
    }
    if (flow.kind === FLOW.forward) this.forward(on, frame, packet, flow);
    else this.deliver(on, packet, flow.kind, isForOneHost(frame, on), now);
  }

  /** ip_rcv_options. Martians have been turned away by then, what has no route has not. */
  private acceptOptions(on: Interface, frame: Frame, packet: Ipv4Packet, flow: Flow | Refusal): boolean {
    if (!(flow instanceof Flow) && flow.martian === true) return true;
    const fault = checkOptions(packet.options!);
    if (fault !== undefined) {
      this.ipv4.dropped(packet, 'ip-header-invalid', `option at byte ${fault.pointer}`);
      const kind = flow instanceof Flow ? flow.kind : FLOW.forward;
      if (isForOneHost(frame, on) && (kind === FLOW.forward || kind === FLOW.local)) {
        const rest = (fault.pointer << 24) >>> 0;
        this.parts.errors.send(packet, ICMP.parameterProblem, 0, {
          toUs: kind === FLOW.local,
          on,
          rest,
          faultAt: fault.optionAt,
        });
      }
      return false;
    }
    if (sourceRouteAt(packet.options!) < 0) return true;
    this.ipv4.dropped(packet, 'filtered', 'source routes are not accepted (accept_source_route 0)');
    return false;
  }

  /** Nowhere to go (ip_error): a router tells the sender, a host is silent. */
  private refuse(on: Interface, frame: Frame, packet: Ipv4Packet, { reason, detail, code }: Refusal): void {
    this.ipv4.dropped(packet, reason, detail);
    if (code === undefined || !isForOneHost(frame, on)) return;
    const { peers, errors } = this.parts;
    if (peers.allowsRoutingError(packet.src, this.context.queue.now)) {
      errors.send(packet, ICMP.unreachable, code, { toUs: false, on });
    }
  }

  // -- forward

  private forward(on: Interface, frame: Frame, packet: Ipv4Packet, flow: Flow): void {
    // RFC 1812 section 5.3.4: what came by link-layer broadcast is not forwarded.
    if (frame.dst !== on.card.mac && !isForOneHost(frame, on)) {
      this.ipv4.dropped(packet, 'broadcast-not-forwarded', 'link-layer broadcast');
      return;
    }
    if (packet.ttl <= 1) {
      this.expired(on, packet);
      return;
    }
    const hop = flow.hop!;
    const { mtu } = hop.on.card;
    if (packet.length > mtu && packet.dontFragment) {
      this.tooBig(on, packet, mtu);
      return;
    }
    let next = packet.withTtl(packet.ttl - 1);
    if (flow.redirect) this.redirect(on, next, hop);
    const { hooks } = this;
    if (hooks !== undefined) {
      const passed = hooks.forward(next, on.card, hop.on.card);
      if (passed === undefined) return;
      next = passed;
    }
    if (next.options !== undefined) next = this.stamp(next, hop);
    const { recorder, name } = this.context;
    if (recorder.wants('ip.forward')) {
      const from = on.card.fullName;
      recorder.sample('ip.forward', name, { packet: next.ident.id, from, to: hop.on.card.fullName, ttl: next.ttl });
    }
    if (!this.ipv4.transmit(hop, next, mtu)) this.ipv4.dropped(next, 'neighbour-failed', 'neighbour table full');
  }

  /** RFC 1812 section 5.3.1 */
  private expired(on: Interface, packet: Ipv4Packet): void {
    this.ipv4.dropped(packet, 'ttl-exceeded');
    this.parts.errors.send(packet, ICMP.timeExceeded, 0, { toUs: false, on });
  }

  /** RFC 1191 section 4: the next-hop MTU goes into the error. */
  private tooBig(on: Interface, packet: Ipv4Packet, mtu: number): void {
    this.ipv4.dropped(packet, 'needs-fragmentation', `${packet.length} bytes, MTU ${mtu}`);
    this.parts.errors.send(packet, ICMP.unreachable, ICMP_UNREACHABLE.fragmentationNeeded, {
      toUs: false,
      on,
      rest: mtu,
    });
  }

  private redirect(on: Interface, packet: Ipv4Packet, hop: Hop): void {
    const { peers, errors } = this.parts;
    if (!peers.allowsRedirect(packet.src, this.context.queue.now)) return;
    // Always a host redirect, as RFC 1812 section 4.3.3.2 asks.
    errors.send(packet, ICMP.redirect, 1, { toUs: false, on, rest: hop.address.key as number });
  }

  private stamp(packet: Ipv4Packet, hop: Hop): Ipv4Packet {
    const address = this.parts.routes.selectSource(hop.on, hop.address, 'link') as Ipv4Address;
    return withOptions(packet, this.ipv4.stamped(packet.options!, address));
  }

  // -- deliver

  /** A datagram for this host, whole or in fragments. */
  deliver(on: Interface, packet: Ipv4Packet, kind: number, forOneHost: boolean, now: Instant): void {
    if (packet.isFragment) {
      const whole = this.parts.reassembly.add(packet, on);
      if (whole === undefined) return;
      packet = whole;
    }
    const { hooks } = this;
    if (hooks !== undefined) {
      const passed = hooks.input(packet, on.card);
      if (passed === undefined) return;
      packet = passed;
    }
    if (packet.options !== undefined && kind === FLOW.local) {
      packet = withOptions(packet, this.ipv4.stamped(packet.options, packet.dst));
    }
    this.groupDelivery = kind !== FLOW.local || !forOneHost;
    this.deliveringOn = on;
    this.handUp(on, packet, kind, now);
  }

  /** ip_protocol_deliver_rcu */
  private handUp(on: Interface, packet: Ipv4Packet, kind: number, now: Instant): void {
    const { protocols } = this;
    const group = kind !== FLOW.local;
    if (group && kind === FLOW.multicast && !on.groups.has(packet.dst.key)) {
      this.ipv4.dropped(packet, 'martian-destination', 'no member of this group here');
      return;
    }
    const tapped = protocols.toRaw(packet, on.card, now);
    const handler = protocols.get(packet.protocol);
    if (packet.protocol === IP_PROTOCOL.icmp) this.parts.icmp.receive(packet, on, group, now);
    else if (handler !== undefined) handler.receive(packet, on.card, group, now);
    else if (!tapped) this.unknownProtocol(on, packet);
  }

  private unknownProtocol(on: Interface, packet: Ipv4Packet): void {
    const { errors } = this.parts;
    this.ipv4.dropped(packet, 'unknown-protocol', `protocol ${packet.protocol}`);
    if (!this.groupDelivery) errors.send(packet, ICMP.unreachable, ICMP_UNREACHABLE.protocol, { toUs: true, on });
  }

  /** For transports: nobody listens. Only while the packet is being handed up; silent about group traffic. */
  unreachablePort(packet: Ipv4Packet): void {
    if (this.groupDelivery) return;
    this.parts.errors.send(packet, ICMP.unreachable, ICMP_UNREACHABLE.port, { toUs: true, on: this.deliveringOn });
  }

  /** This host's own broadcast, or multicast to a group it has joined, delivered to itself at the same instant (dev_loopback_xmit). */
  deliverCopy(packet: Ipv4Packet, hop: Hop): void {
    const kind = packet.dst.isMulticast ? FLOW.multicast : FLOW.broadcast;
    if (kind === FLOW.multicast && !hop.on.groups.has(packet.dst.key)) return;
    const { queue } = this.context;
    queue.schedule(queue.now, new OwnCopy(this, hop.on, packet, kind));
  }
}

class OwnCopy implements Event {
  constructor(
    private readonly into: Ipv4Input,
    private readonly on: Interface,
    private readonly packet: Ipv4Packet,
    private readonly kind: number,
  ) {}

  fire(now: Instant): void {
    this.into.deliver(this.on, this.packet, this.kind, false, now);
  }
}

function isForOneHost(frame: Frame, on: Interface): boolean {
  return frame.dst === on.card.mac || frame.dst.key === on.card.mac.key || !frame.dst.isGroup;
}
