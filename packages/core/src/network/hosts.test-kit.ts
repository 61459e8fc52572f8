/** A small world for tests of this layer: hosts with real cards on real cables, no transport above. */
import {
  type InterfaceAddress,
  type IpAddress,
  MacAddress,
  parseInterfaceAddress,
  parseIp,
  parsePrefix,
} from '../base/address.ts';
import { assert } from '../base/assert.ts';
import { Errno } from '../base/errno.ts';
import { SysctlTable } from '../base/sysctl.ts';
import { Cable, type CableOptions } from '../link/cable.ts';
import { loopbackCard, NetworkCard, type Tap } from '../link/card.ts';
import { Randomness } from '../random/random.ts';
import type { EventCatalogue, EventKind, WorldEvent } from '../record/catalogue.ts';
import type { HostContext } from '../record/host-context.ts';
import { Recorder } from '../record/recorder.ts';
import { EventQueue } from '../time/queue.ts';
import {
  type ArpPacket,
  type Frame,
  ICMP,
  IcmpMessage,
  IP_PROTOCOL,
  type Ipv4Packet,
  PacketId,
  type TransportPdu,
} from '../wire/packet.ts';
import { payloadOf } from '../wire/payload.ts';
import { IpStack } from './ip-stack.ts';
import type { OutputOptions, QuotedPacket, TransportHandler } from './types.ts';

export function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert(address !== undefined, `${text} is no address`);
  return address;
}

export class TestWorld {
  readonly queue = new EventQueue();
  readonly recorder = new Recorder(this.queue);
  readonly random: Randomness;
  readonly events: WorldEvent[] = [];
  private lastId = 0;
  private cards = 0;

  constructor(seed = 1) {
    this.random = new Randomness(seed);
    this.recorder.onEvent((event) => this.events.push(event));
  }

  context(name: string): HostContext {
    const { queue, recorder, random } = this;
    const ids = { next: () => ++this.lastId };
    return { name, queue, recorder, random, ids, sysctl: new SysctlTable(), profile: 'linux-6.x' };
  }

  host(name: string, cards: Readonly<Record<string, string>> = {}, gateway?: string): TestHost {
    const host = new TestHost(this, this.context(name));
    for (const [card, address] of Object.entries(cards)) host.card(card, ++this.cards, address);
    if (gateway !== undefined) host.defaultRoute(gateway);
    return host;
  }

  /** A host with lo only and no protocols. */
  bareHost(name: string): TestHost {
    return new TestHost(this, this.context(name), false);
  }

  cable(a: NetworkCard, b: NetworkCard, options: CableOptions = {}): Cable {
    return new Cable(this.context(''), a, b, options);
  }

  /** Runs until `until`, or until nothing is pending. */
  run(until = Number.MAX_SAFE_INTEGER): void {
    while (this.queue.step(until));
    if (until < Number.MAX_SAFE_INTEGER) this.queue.advance(until);
  }

  /** The values of what was reported of one kind. */
  reported<K extends EventKind>(kind: K, host?: string): EventCatalogue[K][] {
    return this.events
      .filter((event) => event.kind === kind && (host === undefined || event.host === host))
      .map((event) => event.values as EventCatalogue[K]);
  }
}

export interface Seen {
  readonly at: number;
  readonly packet: Ipv4Packet;
}

export interface SeenError {
  readonly at: number;
  readonly type: number;
  readonly code: number;
  readonly rest: number;
  readonly from: string;
  readonly quoted: QuotedPacket;
}

export class TestHost {
  readonly stack: IpStack;
  readonly name: string;
  readonly received: Seen[] = [];
  readonly errors: SeenError[] = [];

  constructor(
    readonly world: TestWorld,
    readonly context: HostContext,
    withProtocols = true,
  ) {
    this.name = context.name;
    this.stack = new IpStack(context);
    const lo = loopbackCard(context);
    this.stack.attach(lo);
    this.stack.config.setUp(lo.ifindex, true);
    if (withProtocols) this.registerProtocols();
  }

  private registerProtocols(): void {
    const { world } = this;
    const handler: TransportHandler = {
      receive: (packet) => this.received.push({ at: world.queue.now, packet }),
      error: (icmp, quoted, from) => {
        const { type, code, rest } = icmp;
        this.errors.push({ at: world.queue.now, type, code, rest, from: from.toString(), quoted });
      },
    };
    this.stack.register(IP_PROTOCOL.icmp, handler);
    this.stack.register(IP_PROTOCOL.udp, handler);
  }

  card(name: string, number: number, address: string): NetworkCard {
    const ifindex = this.stack.config.cards().length + 1;
    const card = new NetworkCard(this.context, { name, ifindex, mac: new MacAddress(0x0200_0000_0000 + number) });
    this.stack.attach(card);
    this.stack.config.setUp(ifindex, true);
    for (const one of address.split(' ').filter((text) => text !== '')) this.address(name, one);
    return card;
  }

  address(card: string, text: string): void {
    const parsed: InterfaceAddress | undefined = parseInterfaceAddress(text);
    assert(parsed !== undefined, `${text} is no address`);
    const error = this.stack.config.addAddress(this.eth(card).ifindex, parsed);
    assert(error === undefined, `${this.name}: ${text}: ${error}`);
  }

  eth(name = 'eth0'): NetworkCard {
    const card = this.stack.config.cardNamed(name);
    assert(card !== undefined, `${this.name} has no ${name}`);
    return card;
  }

  defaultRoute(gateway: string): void {
    this.route('default', gateway);
  }

  route(to: string, gateway?: string): void {
    const error = this.stack.config.addRoute({
      destination: parsePrefix(to)!,
      gateway: gateway === undefined ? undefined : ip(gateway),
    });
    assert(error === undefined, `${this.name}: route ${to}: ${error}`);
  }

  set(key: string, value: number): void {
    const cell = this.context.sysctl.get(key);
    assert(cell?.set(String(value)) === true, `${key} = ${value} was refused`);
  }

  forwarding(): this {
    this.set('net.ipv4.ip_forward', 1);
    return this;
  }

  /** Sends to `dst`; the errno where that fails. */
  send(dst: string, pdu: TransportPdu, protocol: number, options: Partial<OutputOptions> = {}): Errno | undefined {
    const path = this.stack.route(ip(dst));
    if (path instanceof Errno) return path;
    const ident = new PacketId(this.context.ids.next());
    return this.stack.output(path, pdu, protocol, { tos: 0, ttl: 64, dontFragment: false, ident, ...options });
  }

  ping(dst: string, sequence = 1, bytes = 56, options: Partial<OutputOptions> = {}): Errno | undefined {
    const data = new Uint8Array(bytes).map((_, i) => i);
    const request = new IcmpMessage(ICMP.echoRequest, 0, (0x1234 << 16) | sequence, payloadOf(data));
    return this.send(dst, request, IP_PROTOCOL.icmp, options);
  }

  neighbours(): string[] {
    return this.stack.config.neighbours().map((n) => `${n.address} ${n.mac ?? '-'} ${n.state}`);
  }
}

/** Everything that passes a card, in words. */
export class Watch implements Tap {
  readonly lines: string[] = [];
  readonly packets: Ipv4Packet[] = [];

  constructor(card: NetworkCard) {
    card.addTap(this);
  }

  frame(_card: NetworkCard, frame: Frame, direction: 'in' | 'out', at: number): void {
    const pdu = frame.payload;
    const text = pdu.kind === 'arp' ? arpText(pdu, frame) : pdu.kind === 'ipv4' ? ipText(pdu) : pdu.kind;
    if (pdu.kind === 'ipv4') this.packets.push(pdu);
    this.lines.push(`${at} ${direction} ${text}`);
  }
}

function arpText(arp: ArpPacket, frame: Frame): string {
  const to = frame.dst.isBroadcast ? 'broadcast' : 'unicast';
  if (arp.operation === 1) return `arp who-has ${arp.targetIp} tell ${arp.senderIp} ${to}`;
  return `arp ${arp.senderIp} is-at ${arp.senderMac} ${to}`;
}

function ipText(packet: Ipv4Packet): string {
  const { payload } = packet;
  const what = payload.kind === 'icmp' ? `icmp ${payload.type}/${payload.code}` : payload.kind;
  const fragment = packet.isFragment ? ` frag ${packet.fragmentOffset}${packet.moreFragments ? '+' : ''}` : '';
  return `${packet.src}>${packet.dst} ttl ${packet.ttl} ${what} ${packet.length}${fragment}`;
}
