/**
 * ICMP errors from this host (Linux's __icmp_send; RFC 1122 section 3.2.2, RFC 1812 section 4.3.2): never about an ICMP error, a later
 * fragment, a broadcast or a multicast; with precedence 6; quoting up to 576 bytes in all; under a limit per host and one per peer.
 */
import type { Ipv4Address } from '../base/address.ts';
import type { HostContext } from '../record/host-context.ts';
import { type Instant, MS, SECOND } from '../time/instant.ts';
import { ICMP, ICMP_UNREACHABLE, IcmpMessage, IP_PROTOCOL, type Ipv4Packet, PacketId } from '../wire/packet.ts';
import { quoteOf } from './icmp-quote.ts';
import type { Interface } from './interface.ts';
import type { Ipv4Output } from './ipv4-output.ts';
import { echoOptions, withOptions } from './options.ts';
import type { OutputRoutes } from './output-route.ts';
import { Path } from './path.ts';
import type { Peers } from './peers.ts';
import type { NetworkSysctl } from './sysctl.ts';

/** NR_ICMP_TYPES */
const TYPE_MAX = 18;
/** icmp_pointers[].error: beside the errors themselves, types that are unassigned and router discovery (RFC 1256). */
const ERROR_TYPES = new Set<number>([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12]);
const INTERNETWORK_CONTROL = 0xc0;
const TOS_BITS = 0x1e;
const REFILL_MIN_NS = SECOND / 50;

/** The circumstances of the packet that an error is about. */
export interface ErrorAbout {
  /** It was for this host: the error comes from the address it was sent to. */
  readonly toUs: boolean;
  readonly on?: Interface | undefined;
  /** Next-hop MTU, gateway or pointer: the second word of the header. */
  readonly rest?: number;
  /** Where among the option bytes a broken option begins: those before it may be echoed. */
  readonly faultAt?: number | undefined;
}

export class IcmpErrors {
  private credit = 0;
  private filledAt: Instant = -SECOND;

  constructor(
    private readonly context: HostContext,
    private readonly sysctl: NetworkSysctl,
    private readonly routes: OutputRoutes,
    private readonly ipv4: Ipv4Output,
    private readonly peers: Peers,
  ) {}

  send(packet: Ipv4Packet, type: number, code: number, about: ErrorAbout): void {
    if (packet.fragmentOffset > 0 || isAboutError(packet)) return;
    const limited = this.isLimited(type, code);
    const viaLoopback = about.on?.card.loopback === true;
    if (limited && !viaLoopback && !this.globalAllows()) {
      this.silenced(packet, 'icmp_msgs_per_sec');
      return;
    }
    const path = this.routes.find(
      packet.src,
      about.toUs ? packet.dst : this.inboundSource(packet, about.on),
      undefined,
    );
    // A broadcast address as source is answered, as Linux does in spite of RFC 1122 section 3.2.2.
    if (!(path instanceof Path)) return;
    if (limited && !path.card.loopback && !this.peerAllows(packet.src)) {
      this.silenced(packet, 'icmp_ratelimit');
      return;
    }
    const stamped = this.stampedOnArrival(packet, about, path.src as Ipv4Address);
    const options = stamped.options === undefined ? undefined : echoOptions(stamped.options.subarray(0, about.faultAt));
    const quote = quoteOf(stamped, path.mtu, options?.length ?? 0);
    this.emit(path, new IcmpMessage(type, code, about.rest ?? 0, quote), packet, options);
  }

  /** What was delivered here, or sent from here, has its stamps already; the rest gets them now (ip_rcv_options stamps on arrival). */
  private stampedOnArrival(packet: Ipv4Packet, about: ErrorAbout, address: Ipv4Address): Ipv4Packet {
    const { toUs, on, faultAt } = about;
    if (packet.options === undefined || toUs || on === undefined || faultAt !== undefined) return packet;
    return withOptions(packet, this.ipv4.stamped(packet.options, address));
  }

  private emit(path: Path, message: IcmpMessage, about: Ipv4Packet, ipOptions: Uint8Array | undefined): void {
    const ident = new PacketId(this.context.ids.next(), 'reply', about.ident.id);
    const ttl = this.sysctl.host.defaultTtl.number;
    const to = path.dst.toString();
    const values = { packet: ident.id, type: message.type, code: message.code, to, about: about.ident.id };
    this.context.recorder.emit('icmp.send', this.context.name, values);
    const tos = (about.tos & TOS_BITS) | INTERNETWORK_CONTROL;
    this.ipv4.output(path, message, IP_PROTOCOL.icmp, { tos, ttl, dontFragment: false, ident, ipOptions });
  }

  /** icmp_errors_use_inbound_ifaddr: the address of the card that the packet came in by. */
  private inboundSource(packet: Ipv4Packet, on: Interface | undefined): Ipv4Address | undefined {
    if (on === undefined || this.sysctl.host.errorsUseInboundIfaddr.number === 0) return undefined;
    return on.primaryFor(packet.src, 'link')?.address as Ipv4Address | undefined;
  }

  /** icmpv4_mask_allow: types outside icmp_ratemask, and path-MTU discovery, are not limited. */
  private isLimited(type: number, code: number): boolean {
    if (type === ICMP.unreachable && code === ICMP_UNREACHABLE.fragmentationNeeded) return false;
    return ((1 << type) & this.sysctl.host.icmpRatemask.number) !== 0;
  }

  /** icmp_global_allow: a bucket of icmp_msgs_burst, filled in steps of at least 20 ms. */
  private globalAllows(): boolean {
    if (this.credit > 0) return true;
    const now = this.context.queue.now;
    const elapsed = Math.min(now - this.filledAt, SECOND);
    if (elapsed < REFILL_MIN_NS) return false;
    const fill = Math.floor((this.sysctl.host.icmpMsgsPerSec.number * Math.floor(elapsed / MS)) / 1000);
    if (fill === 0) return false;
    this.filledAt = now;
    this.credit = Math.min(this.credit + fill, this.sysctl.host.icmpMsgsBurst.number);
    return true;
  }

  /** icmpv4_xrlim_allow; what passes is charged to the host's bucket with 0 to 2 credits, so that its size cannot be probed. */
  private peerAllows(peer: Ipv4Address): boolean {
    const allowed = this.peers.allows(peer, this.sysctl.host.icmpRatelimit.number * MS, this.context.queue.now);
    if (allowed) this.credit -= this.context.random.stream(`icmp-credit/${this.context.name}`).below(3);
    return allowed;
  }

  private silenced(packet: Ipv4Packet, limit: string): void {
    this.ipv4.dropped(packet, 'icmp-rate-limit', `no ICMP error sent: ${limit}`);
  }
}

/** RFC 1122 section 3.2.2: no error about an error. Types that nobody knows count as errors, to be safe (__icmp_send). */
function isAboutError(packet: Ipv4Packet): boolean {
  if (packet.protocol !== IP_PROTOCOL.icmp) return false;
  const { payload } = packet;
  const type = payload.kind === 'icmp' ? payload.type : payload.payload.bytes()[0];
  return type === undefined || type > TYPE_MAX || ERROR_TYPES.has(type);
}
