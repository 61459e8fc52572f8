/** A bare world for tests of the link layer: a queue, a recorder, ports that note what arrives, and frames of a wanted size. */
import { Ipv4Address, MacAddress } from '../base/address.ts';
import { Randomness } from '../random/random.ts';
import type { WorldEvent } from '../record/catalogue.ts';
import { Recorder } from '../record/recorder.ts';
import { EventQueue } from '../time/queue.ts';
import { ETHERTYPE, Frame, IP_PROTOCOL, Ipv4Packet, PacketId, UdpDatagram, VlanTagged } from '../wire/packet.ts';
import { payloadOf } from '../wire/payload.ts';
import { NetworkCard } from './card.ts';
import { type LinkContext, Port } from './port.ts';

export class NotingPort extends Port {
  readonly arrivals: { at: number; frame: Frame }[] = [];
  readonly carrierLog: { at: number; up: boolean }[] = [];
  onFrame: ((frame: Frame, now: number) => void) | undefined;

  deliver(frame: Frame, now: number): void {
    this.arrivals.push({ at: now, frame });
    this.onFrame?.(frame, now);
  }

  protected carrierChanged(up: boolean): void {
    this.carrierLog.push({ at: this.context.queue.now, up });
  }

  get times(): number[] {
    return this.arrivals.map(({ at }) => at);
  }

  get ids(): number[] {
    return this.arrivals.map(({ frame }) => ('ident' in frame.payload ? frame.payload.ident.id : 0));
  }
}

export class TestWorld {
  readonly queue = new EventQueue();
  readonly recorder = new Recorder(this.queue);
  readonly random: Randomness;
  readonly events: WorldEvent[] = [];
  private lastId = 0;

  constructor(seed = 1) {
    this.random = new Randomness(seed);
    this.recorder.onEvent((event) => this.events.push(event));
  }

  context(name: string): LinkContext {
    return { name, queue: this.queue, random: this.random, recorder: this.recorder };
  }

  port(host: string, name = 'eth0'): NotingPort {
    return new NotingPort(this.context(host), name, true);
  }

  card(host: string, mac: number, mtu = 1500): NetworkCard {
    return new NetworkCard(this.context(host), { name: 'eth0', ifindex: 2, mac: macOf(mac), mtu, up: true });
  }

  /** An Ethernet frame of `length` bytes (at least 42) with an IPv4 UDP packet. */
  frame(length = 100, dst = macOf(2), src = macOf(1)): Frame {
    const payload = payloadOf(new Uint8Array(length - 42).fill(this.lastId & 255));
    const packet = Ipv4Packet.of({
      ident: new PacketId(++this.lastId),
      src: new Ipv4Address(0x0a00_0001),
      dst: new Ipv4Address(0x0a00_0002),
      protocol: IP_PROTOCOL.udp,
      ttl: 64,
      payload: new UdpDatagram(1000, 2000, payload),
    });
    return new Frame(dst, src, ETHERTYPE.ipv4, packet);
  }

  /** The same, marked in the ECN field (RFC 3168); `tagged` for VLAN 7. */
  frameWithEcn(ecnField: number, tagged: boolean): Frame {
    const { dst, src, payload } = this.frame();
    const packet = (payload as Ipv4Packet).withTos(ecnField);
    if (!tagged) return new Frame(dst, src, ETHERTYPE.ipv4, packet);
    return new Frame(dst, src, ETHERTYPE.vlan, new VlanTagged(7, 0, ETHERTYPE.ipv4, packet));
  }

  run(until = Number.MAX_SAFE_INTEGER): void {
    while (this.queue.step(until));
    if (until < Number.MAX_SAFE_INTEGER) this.queue.advance(until);
  }

  /** Runs `act` at an instant. */
  at(instant: number, act: () => void): void {
    this.queue.schedule(instant, { fire: act });
  }

  valuesOf(kind: string): Record<string, unknown>[] {
    return this.events.filter((event) => event.kind === kind).map(({ values }) => values as Record<string, unknown>);
  }

  get dropReasons(): string[] {
    return this.valuesOf('frame.drop').map(({ reason }) => String(reason));
  }
}

export function macOf(n: number): MacAddress {
  return new MacAddress(0x0200_0000_0000 + n);
}
