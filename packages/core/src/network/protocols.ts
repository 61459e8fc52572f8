/** Who receives which protocol: one handler each, and raw listeners beside it. */

import type { IpAddress } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import type { NetworkCard } from '../link/card.ts';
import type { Instant } from '../time/instant.ts';
import type { IcmpMessage, Ipv4Packet } from '../wire/packet.ts';
import type { QuotedPacket, RawListener, TransportHandler } from './types.ts';

export class Protocols {
  private readonly handlers: (TransportHandler | undefined)[] = new Array(256).fill(undefined);
  private readonly raw = new Map<number, readonly RawListener[]>();

  register(protocol: number, handler: TransportHandler): void {
    assert(this.handlers[protocol] === undefined, `protocol ${protocol} has a handler already`);
    this.handlers[protocol] = handler;
  }

  get(protocol: number): TransportHandler | undefined {
    return this.handlers[protocol];
  }

  addRaw(protocol: number, listener: RawListener): void {
    this.raw.set(protocol, [...(this.raw.get(protocol) ?? []), listener]);
  }

  removeRaw(protocol: number, listener: RawListener): void {
    const rest = (this.raw.get(protocol) ?? []).filter((other) => other !== listener);
    if (rest.length > 0) this.raw.set(protocol, rest);
    else this.raw.delete(protocol);
  }

  /** True where a raw listener took it: then an unknown protocol is no error (ip_protocol_deliver_rcu). */
  toRaw(packet: Ipv4Packet, card: NetworkCard, now: Instant): boolean {
    if (this.raw.size === 0) return false;
    const listeners = this.raw.get(packet.protocol);
    if (listeners === undefined) return false;
    for (const listener of listeners) listener.receive(packet, card, now);
    return true;
  }

  /** An ICMP error, to whoever sent the quoted packet. */
  tell(icmp: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void {
    for (const listener of this.raw.get(quoted.protocol) ?? []) listener.error?.(icmp, quoted, from);
    this.handlers[quoted.protocol]?.error(icmp, quoted, from);
  }
}
