/**
 * A network card as the kernel sees it: `eth0` with its address, MTU, counters and filters. `transmit` hands a frame to the cable (its
 * queue is the cable's lane, see `lane.ts`); `receiver` gets the frames that the address filter passes.
 * Promises: no work for taps when there are none; every frame that ends here is counted and, unless the hardware filter turned it away,
 * reported with a reason.
 * Left out: interrupt moderation, receive rings (the kernel takes a frame at the instant it arrives), offloads that change packets.
 */
import { MAC_ZERO, type MacAddress } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import type { Instant } from '../time/instant.ts';
import { ETHERNET_HEADER_LENGTH, ETHERTYPE, type Frame } from '../wire/packet.ts';
import { Lane } from './lane.ts';
import { DEFAULT_TX_QUEUE_LENGTH, type LinkContext, Port } from './port.ts';

const VLAN_TAG_LENGTH = 4;

/** The kernel's side of a card. */
export interface FrameReceiver {
  /** Frames for this card, broadcast, and joined groups. Frames for others reach taps only (as `ip_rcv` turns PACKET_OTHERHOST away). */
  receiveFrame(card: NetworkCard, frame: Frame, now: Instant): void;
  carrierChanged(card: NetworkCard, up: boolean): void;
}

/** Sees frames as captures and packet sockets do: outgoing ones as the card accepts them, incoming ones after the address filter. */
export interface Tap {
  frame(card: NetworkCard, frame: Frame, direction: 'in' | 'out', at: Instant): void;
}

export interface CardOptions {
  readonly name: string;
  readonly ifindex: number;
  readonly mac: MacAddress;
  readonly mtu?: number;
  /** Administratively up from the start; cards start down, as on Linux. */
  readonly up?: boolean;
  readonly txQueueLength?: number;
  readonly loopback?: boolean;
}

export class NetworkCard extends Port {
  readonly ifindex: number;
  readonly loopback: boolean;
  mac: MacAddress;
  mtu: number;
  receiver: FrameReceiver | undefined = undefined;
  /** Receives every multicast group, as `ip link set allmulticast on`. */
  allMulticast = false;
  private promiscuity = 0;
  private taps: readonly Tap[] | undefined = undefined;
  /** Joined groups and further unicast addresses, counted by users: MAC key to number of joins. */
  private readonly joined = new Map<number, number>();

  constructor(context: LinkContext, options: CardOptions) {
    super(context, options.name, options.up ?? false, options.txQueueLength ?? DEFAULT_TX_QUEUE_LENGTH);
    this.ifindex = options.ifindex;
    this.mac = options.mac;
    this.mtu = options.mtu ?? 1500;
    this.loopback = options.loopback ?? false;
  }

  get promiscuous(): boolean {
    return this.promiscuity > 0;
  }

  /** Counted, as each capture asks for it on its own (packet(7), PACKET_MR_PROMISC). */
  addPromiscuity(by: 1 | -1): void {
    this.promiscuity += by;
    assert(this.promiscuity >= 0, `${this.fullName}: promiscuity taken back more often than given`);
  }

  /** Lets frames to `mac` through: a multicast group, or a second unicast address. Counted. */
  join(mac: MacAddress): void {
    this.joined.set(mac.key, (this.joined.get(mac.key) ?? 0) + 1);
  }

  /** False where nobody had joined. */
  leave(mac: MacAddress): boolean {
    const count = this.joined.get(mac.key);
    if (count === undefined) return false;
    if (count > 1) this.joined.set(mac.key, count - 1);
    else this.joined.delete(mac.key);
    return true;
  }

  /** Keys of the joined addresses, in the order of joining. */
  get joinedKeys(): readonly number[] {
    return [...this.joined.keys()];
  }

  addTap(tap: Tap): void {
    this.taps = this.taps === undefined ? [tap] : [...this.taps, tap];
  }

  removeTap(tap: Tap): void {
    const rest = this.taps?.filter((other) => other !== tap);
    this.taps = rest === undefined || rest.length === 0 ? undefined : rest;
  }

  /** Sends a frame; false where it went no further than this card (down, no carrier, queue full). */
  transmit(frame: Frame): boolean {
    const { stats } = this;
    if (!this.carrier) return this.refuse(frame);
    const { length } = frame;
    if (length > this.mtu + ETHERNET_HEADER_LENGTH) this.assertFits(frame);
    const now = this.context.queue.now;
    if (!this.egress!.send(frame, now)) return false;
    stats.txPackets++;
    stats.txBytes += length;
    // On the loopback device a capture shows each packet once (libpcap passes over the outgoing copy).
    if (this.taps !== undefined && !this.loopback) this.tell(frame, 'out', now);
    return true;
  }

  private refuse(frame: Frame): false {
    this.stats.txDropped++;
    this.drop(frame, !this.up ? 'link-down' : this.plug === undefined ? 'no-cable' : 'no-carrier');
    return false;
  }

  private assertFits(frame: Frame): void {
    assert(frame.length <= this.longest(frame), `${this.fullName}: frame of ${frame.length} bytes, MTU ${this.mtu}`);
  }

  /** An 802.1Q tag does not count into the MTU. */
  private longest(frame: Frame): number {
    return this.mtu + ETHERNET_HEADER_LENGTH + (frame.etherType === ETHERTYPE.vlan ? VLAN_TAG_LENGTH : 0);
  }

  deliver(frame: Frame, now: Instant): void {
    const { stats } = this;
    const { dst, length } = frame;
    if (length > this.mtu + ETHERNET_HEADER_LENGTH && length > this.longest(frame)) {
      stats.rxErrors++;
      this.drop(frame, 'frame-too-long', `MTU ${this.mtu}`);
      return;
    }
    const own = dst === this.mac;
    const mine = own || dst.key === this.mac.key || this.passes(dst);
    if (!mine && this.promiscuity === 0) return;
    stats.rxPackets++;
    stats.rxBytes += length;
    if (!own && dst.isGroup) stats.multicast++;
    if (this.taps !== undefined) this.tell(frame, 'in', now);
    if (mine) this.receiver?.receiveFrame(this, frame, now);
  }

  private passes(dst: MacAddress): boolean {
    if (this.joined.has(dst.key) || dst.isBroadcast) return true;
    return this.allMulticast && dst.isGroup;
  }

  private tell(frame: Frame, direction: 'in' | 'out', at: Instant): void {
    for (const tap of this.taps!) tap.frame(this, frame, direction, at);
  }

  protected carrierChanged(up: boolean): void {
    this.receiver?.carrierChanged(this, up);
  }
}

/** `lo`: what it sends it receives, through the event queue, at the same instant. */
export function loopbackCard(context: LinkContext, ifindex = 1): NetworkCard {
  const card = new NetworkCard(context, { name: 'lo', ifindex, mac: MAC_ZERO, mtu: 65536, loopback: true });
  const lane = new Lane(context, card, card, {});
  card.egress = lane;
  card.plug = {
    refresh(reason) {
      lane.setOpen(card.live, reason);
      card.setCarrier(card.live);
    },
    peerOf: () => card,
  };
  return card;
}
