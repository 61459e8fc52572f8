/** Who receives which protocol: one handler each, and raw sockets before it. */
import type { IpAddress } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import type { NetworkCard } from '../link/card.ts';
import type { Instant } from '../time/instant.ts';
import { type IcmpMessage, IP_PROTOCOL, type Ipv4Packet } from '../wire/packet.ts';
import type { QuotedPacket, RawListener, TransportHandler } from './types.ts';

const NOBODY: readonly RawListener[] = [];

export class Protocols {
  // The two that nearly all packets are for have no look-up.
  private tcp: TransportHandler | undefined = undefined;
  private udp: TransportHandler | undefined = undefined;
  private readonly others = new Map<number, TransportHandler>();
  /** Made when somebody listens: most hosts have no raw sockets, and the packet path pays one read for that. */
  private raw: Map<number, readonly RawListener[]> | undefined = undefined;

  register(protocol: number, handler: TransportHandler): void {
    assert(this.get(protocol) === undefined, `protocol ${protocol} has a handler already`);
    if (protocol === IP_PROTOCOL.tcp) this.tcp = handler;
    else if (protocol === IP_PROTOCOL.udp) this.udp = handler;
    else this.others.set(protocol, handler);
  }

  get(protocol: number): TransportHandler | undefined {
    if (protocol === IP_PROTOCOL.tcp) return this.tcp;
    return protocol === IP_PROTOCOL.udp ? this.udp : this.others.get(protocol);
  }

  addRaw(protocol: number, listener: RawListener): void {
    this.raw ??= new Map();
    this.raw.set(protocol, [...this.listeners(protocol), listener]);
  }

  removeRaw(protocol: number, listener: RawListener): void {
    const rest = this.listeners(protocol).filter((other) => other !== listener);
    if (rest.length > 0) this.raw?.set(protocol, rest);
    else this.raw?.delete(protocol);
  }

  private listeners(protocol: number): readonly RawListener[] {
    return this.raw?.get(protocol) ?? NOBODY;
  }

  /** True where somebody took a copy: then an unknown protocol is no error (ip_protocol_deliver_rcu). */
  toRaw(packet: Ipv4Packet, card: NetworkCard, now: Instant): boolean {
    if (this.raw === undefined) return false;
    let taken = false;
    for (const listener of this.listeners(packet.protocol)) {
      listener.receive(packet, card, now);
      taken = true;
    }
    return taken;
  }

  /** Whether somebody here may have sent the quoted packet, and lets a report lower the path's MTU where it is about that. */
  know(quoted: QuotedPacket, aboutMtu = false): boolean {
    if (this.listeners(quoted.protocol).length > 0) return true;
    const handler = this.get(quoted.protocol);
    return handler !== undefined && handler.knows?.(quoted, aboutMtu) !== false;
  }

  /** An ICMP error, to whoever sent the quoted packet. */
  tell(icmp: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void {
    for (const listener of this.listeners(quoted.protocol)) listener.error?.(icmp, quoted, from);
    this.get(quoted.protocol)?.error(icmp, quoted, from);
  }
}
