/**
 * ICMP for this host (RFC 792, Linux's icmp_rcv): answers echo and time-stamp requests, hands echo replies to who pings, and takes errors
 * apart: the path MTU is lowered here, a redirect changes the first hop here, everything else goes to the quoted protocol.
 */
import { IPV4_ANY, type IpAddress, Ipv4Address } from '../base/address.ts';
import type { DropReason } from '../record/catalogue.ts';
import type { HostContext } from '../record/host-context.ts';
import type { Instant } from '../time/instant.ts';
import { put32 } from '../wire/buffer.ts';
import { ICMP, ICMP_UNREACHABLE, IcmpMessage, IP_PROTOCOL, type Ipv4Packet, PacketId } from '../wire/packet.ts';
import { payloadOf } from '../wire/payload.ts';
import type { Exceptions } from './exceptions.ts';
import type { Fib } from './fib.ts';
import { readQuote } from './icmp-quote.ts';
import type { Interface } from './interface.ts';
import type { Ipv4Output } from './ipv4-output.ts';
import { NUD_VALID } from './neighbour.ts';
import type { NeighbourTable } from './neighbour-table.ts';
import { echoOptions } from './options.ts';
import type { OutputRoutes } from './output-route.ts';
import { Path } from './path.ts';
import type { Protocols } from './protocols.ts';
import type { NetworkSysctl } from './sysctl.ts';
import type { QuotedPacket } from './types.ts';

const REASSEMBLY_EXCEEDED = 1;
const UNREACHABLE_CODE_MAX = 15;
const REDIRECT_CODE_MAX = 3;

/** Everything that ICMP reaches for; one object, as the parts are many. */
export interface IcmpParts {
  readonly context: HostContext;
  readonly sysctl: NetworkSysctl;
  readonly fib: Fib;
  readonly routes: OutputRoutes;
  readonly ipv4: Ipv4Output;
  readonly exceptions: Exceptions;
  readonly neighbours: NeighbourTable;
  readonly protocols: Protocols;
}

export class Icmp {
  constructor(private readonly parts: IcmpParts) {}

  /** A whole ICMP datagram for this host; `group` when it was sent to a broadcast or multicast address. */
  receive(packet: Ipv4Packet, on: Interface, group: boolean, now: Instant): void {
    const message = packet.payload;
    if (message.kind !== 'icmp') {
      this.drop(packet, 'icmp-invalid', message.kind === 'raw' ? message.problem : undefined);
      return;
    }
    if (group && !this.answersGroup(message.type)) return;
    switch (message.type) {
      case ICMP.echoRequest:
        this.echo(packet, message);
        break;
      case ICMP.timestampRequest:
        this.timestamp(packet, message);
        break;
      case ICMP.echoReply:
        this.parts.protocols.get(IP_PROTOCOL.icmp)?.receive(packet, on.card, group, now);
        break;
      case ICMP.redirect:
        this.redirect(packet, message, on);
        break;
      case ICMP.unreachable:
      case ICMP.timeExceeded:
      case ICMP.parameterProblem:
        this.error(packet, message);
      // Source quench (RFC 6633), time-stamp replies and types nobody knows are ignored, as Linux does.
    }
  }

  /** RFC 1122 section 3.2.2.6: a request to a broadcast address may be silently discarded, anything else to one must be. */
  private answersGroup(type: number): boolean {
    if (type !== ICMP.echoRequest && type !== ICMP.timestampRequest) return false;
    return this.parts.sysctl.host.echoIgnoreBroadcasts.number === 0;
  }

  /** The code comes back as it was asked (icmp_echo). */
  private echo(packet: Ipv4Packet, message: IcmpMessage): void {
    if (this.parts.sysctl.host.echoIgnoreAll.number !== 0) return;
    this.reply(packet, new IcmpMessage(ICMP.echoReply, message.code, message.rest, message.payload));
  }

  /** RFC 792 page 16: originate time kept, receive and transmit times in ms since midnight UT. */
  private timestamp(packet: Ipv4Packet, message: IcmpMessage): void {
    if (message.payload.length < 4) {
      this.drop(packet, 'icmp-invalid', 'short time-stamp request');
      return;
    }
    const bytes = new Uint8Array(12);
    bytes.set(message.payload.bytes().subarray(0, 4));
    const ms = this.parts.ipv4.milliseconds();
    put32(bytes, 4, ms);
    put32(bytes, 8, ms);
    this.reply(packet, new IcmpMessage(ICMP.timestampReply, 0, message.rest, payloadOf(bytes)));
  }

  /** From the address that was asked, or where that was a broadcast from the one towards the asker (fib_compute_spec_dst). */
  private reply(request: Ipv4Packet, message: IcmpMessage): void {
    const { context, fib, routes, ipv4, sysctl } = this.parts;
    const from = fib.isLocal(request.dst) ? request.dst : undefined;
    const path = routes.find(request.src, from, undefined);
    if (!(path instanceof Path)) return;
    const ident = new PacketId(context.ids.next(), 'reply', request.ident.id);
    const ttl = sysctl.host.defaultTtl.number;
    const options = {
      tos: request.tos,
      ttl,
      dontFragment: false,
      ident,
      ipOptions: request.options && echoOptions(request.options),
    };
    ipv4.output(path, message, IP_PROTOCOL.icmp, options);
  }

  /** icmp_unreach */
  private error(packet: Ipv4Packet, message: IcmpMessage): void {
    if (message.type === ICMP.unreachable && message.code > UNREACHABLE_CODE_MAX) return;
    if (message.type === ICMP.timeExceeded && message.code === REASSEMBLY_EXCEEDED) return;
    const quoted = readQuote(message.payload);
    if (quoted === undefined) {
      this.drop(packet, 'icmp-invalid', 'quotes less than a header and eight bytes');
      return;
    }
    // icmp_ignore_bogus_error_responses: nobody may complain about a broadcast.
    if (this.parts.fib.typeOf(quoted.dst) === 'broadcast') return;
    const needsFragmentation =
      message.type === ICMP.unreachable && message.code === ICMP_UNREACHABLE.fragmentationNeeded;
    if (!needsFragmentation) {
      this.parts.protocols.tell(message, quoted, packet.src);
      return;
    }
    const mtu = this.believedMtu(message.rest & 0xffff, quoted.protocol);
    if (mtu === undefined) return;
    this.learnMtu(mtu, quoted);
    const told = new IcmpMessage(message.type, message.code, mtu, message.payload);
    this.parts.protocols.tell(told, quoted, packet.src);
  }

  /** net.ipv4.ip_no_pmtu_disc: 2 ignores reports altogether, 3 those whose protocol cannot check them, anything else but 0 the number in them. */
  private believedMtu(mtu: number, protocol: number): number | undefined {
    switch (this.parts.sysctl.host.noPmtuDisc.number) {
      case 0:
        return mtu;
      case 2:
        return undefined;
      case 3:
        return protocol === IP_PROTOCOL.tcp ? mtu : undefined;
      default:
        return 0;
    }
  }

  private learnMtu(mtu: number, quoted: QuotedPacket): void {
    const { protocols, fib, routes, exceptions } = this.parts;
    if (!protocols.know(quoted, true) || !fib.isLocal(quoted.src)) return;
    const path = routes.find(quoted.dst, undefined, undefined);
    if (path instanceof Path) exceptions.learnMtu(quoted.dst, mtu, path.card.mtu);
  }

  /** __ip_do_redirect: believed from our present gateway, for a new one on the same link. */
  private redirect(packet: Ipv4Packet, message: IcmpMessage, on: Interface): void {
    const { fib, routes, exceptions, neighbours, protocols } = this.parts;
    const quoted = readQuote(message.payload);
    if (quoted === undefined) {
      this.drop(packet, 'icmp-invalid', 'quotes less than a header and eight bytes');
      return;
    }
    if (message.code > REDIRECT_CODE_MAX || !on.acceptsRedirects || !fib.isLocal(quoted.src)) return;
    if (!protocols.know(quoted)) return;
    const gateway = new Ipv4Address(message.rest >>> 0);
    const path = routes.find(quoted.dst, quoted.src, undefined);
    if (!(path instanceof Path) || path.kind !== 'unicast' || path.hop.on !== on) return;
    if (path.hop.address.key !== packet.src.key || gateway.key === packet.src.key) return;
    if (!this.mayBeGateway(on, gateway, packet.src)) return;
    const neighbour = neighbours.get(on, gateway);
    if (neighbour === undefined) return;
    // A gateway that nobody has heard of is asked first; the next redirect to it counts.
    if ((neighbour.nud & NUD_VALID) === 0) {
      neighbours.ask(neighbour);
      return;
    }
    exceptions.learnGateway(quoted.dst, gateway);
    fib.generation++;
    this.redirected(quoted.dst, gateway, on);
  }

  /**
   * shared_media: any host may be a gateway on this link. Without it, one in the old gateway's subnet, and with secure_redirects one that a route has
   * already (ip_fib_check_default).
   */
  private mayBeGateway(on: Interface, gateway: Ipv4Address, old: IpAddress): boolean {
    const { fib } = this.parts;
    if (gateway.key === IPV4_ANY.key || gateway.isMulticast || gateway.isLimitedBroadcast) return false;
    if (on.sharedMedia) return fib.typeOf(gateway) === 'unicast';
    if (!on.hasOnLink(gateway, old)) return false;
    const isKnown = fib.routes('main').some((route) => route.on === on && route.gateway?.key === gateway.key);
    return !on.secureRedirects || isKnown;
  }

  private redirected(dst: IpAddress, gateway: IpAddress, on: Interface): void {
    const { recorder, name } = this.parts.context;
    const card = on.card.fullName;
    const destination = `${dst}/${dst.bits}`;
    recorder.emit('route.change', name, { destination, gateway: gateway.toString(), card, metric: 0, added: true });
  }

  private drop(packet: Ipv4Packet, reason: DropReason, detail?: string): void {
    this.parts.ipv4.dropped(packet, reason, detail);
  }
}
