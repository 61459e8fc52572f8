/**
 * Packet sockets (packet(7)): frames as the card sees them, with the link header (`raw`) or without (`dgram`). What tcpdump and DHCP clients
 * use. Bytes are made here, when somebody reads them.
 */
import { MAC_BROADCAST, type MacAddress, parseMac } from '../base/address.ts';
import { E, Errno } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { READY } from '../kernel/readiness.ts';
import type { NetworkCard, Tap } from '../link/card.ts';
import type { HostContext } from '../record/host-context.ts';
import type { Instant } from '../time/instant.ts';
import { decodeFrame, encodeFrame } from '../wire/codec.ts';
import { ETHERNET_HEADER_LENGTH, type Frame, PacketId } from '../wire/packet.ts';
import { numberOf, SocketFile, type SocketIdentity } from './socket-file.ts';
import type { MessageFlags, OptionValue, Received, SockAddr, SockAddrLl, SocketLevel } from './types.ts';

export const ETH_P_ALL = 0x0003;
const RECEIVE_LIMIT_BYTES = 212_992;
const FRAME_OVERHEAD_BYTES = 768;

export interface CardDirectory {
  cards(): readonly NetworkCard[];
}

interface Captured {
  readonly bytes: Uint8Array;
  readonly from: SockAddrLl;
  readonly at: Instant;
}

export class PacketSocket extends SocketFile implements Tap {
  readonly family = 'packet';
  private protocol: number;
  private ifindex = 0;
  private readonly tapped: NetworkCard[] = [];
  private readonly promiscuous: NetworkCard[] = [];
  private queue: Captured[] = [];
  private memory = 0;
  packets = 0;
  drops = 0;

  constructor(
    readonly type: 'raw' | 'dgram',
    protocol: number,
    private readonly directory: CardDirectory,
    private readonly ctx: HostContext,
    identity: SocketIdentity,
  ) {
    super(identity);
    this.protocol = protocol;
    if (protocol !== 0) this.tapAll();
  }

  private tapAll(): void {
    for (const card of this.tapped.splice(0)) card.removeTap(this);
    for (const card of this.directory.cards()) {
      if (this.ifindex !== 0 && card.ifindex !== this.ifindex) continue;
      card.addTap(this);
      this.tapped.push(card);
    }
  }

  frame(card: NetworkCard, frame: Frame, direction: 'in' | 'out', at: Instant): void {
    // Own transmissions are seen by ETH_P_ALL sockets only (packet(7)).
    if (this.protocol !== ETH_P_ALL && (frame.etherType !== this.protocol || direction === 'out')) return;
    const bytes = encodeFrame(frame);
    this.packets++;
    if (this.memory > RECEIVE_LIMIT_BYTES) {
      this.drops++;
      return;
    }
    this.memory += bytes.length + FRAME_OVERHEAD_BYTES;
    this.queue.push({
      bytes: this.type === 'raw' ? bytes.slice() : bytes.slice(ETHERNET_HEADER_LENGTH),
      from: {
        family: 'packet',
        ifindex: card.ifindex,
        protocol: frame.etherType,
        address: String(frame.src),
        packetType: packetType(card, frame, direction),
      },
      at,
    });
    this.waiters.wake(READY.IN);
  }

  readiness(): number {
    return READY.OUT | (this.queue.length > 0 ? READY.IN : 0);
  }

  bind(address: SockAddr): Errno | undefined {
    if (address.family !== 'packet') return E.EINVAL;
    if (address.ifindex !== 0 && !this.directory.cards().some((card) => card.ifindex === address.ifindex))
      return E.ENODEV;
    this.ifindex = address.ifindex;
    if (address.protocol !== 0) this.protocol = address.protocol;
    if (this.protocol !== 0) this.tapAll();
    return undefined;
  }

  connect(): Outcome<undefined> {
    return E.EOPNOTSUPP;
  }

  localAddress(): SockAddr {
    return { family: 'packet', ifindex: this.ifindex, protocol: this.protocol };
  }

  peerAddress(): Errno {
    return E.EOPNOTSUPP;
  }

  send(_call: Call, data: Uint8Array, to: SockAddr | undefined): Outcome<number> {
    if (to !== undefined && to.family !== 'packet') return E.EINVAL;
    const card = this.cardFor(to);
    if (card instanceof Errno) return card;
    if (!card.up) return E.ENETDOWN;
    const headerLength = this.type === 'raw' ? ETHERNET_HEADER_LENGTH : 0;
    if (data.length > card.mtu + headerLength + (this.type === 'raw' ? 4 : 0)) return E.EMSGSIZE;
    if (data.length < headerLength) return E.EINVAL;
    const bytes = this.type === 'raw' ? data.slice() : withHeader(card, data, to, this.protocol);
    if (bytes instanceof Errno) return bytes;
    card.transmit(decodeFrame(bytes, new PacketId(this.ctx.ids.next())));
    return data.length;
  }

  private cardFor(to: SockAddrLl | undefined): NetworkCard | Errno {
    const ifindex = to?.ifindex ?? this.ifindex;
    if (ifindex === 0) return E.ENXIO;
    return this.directory.cards().find((card) => card.ifindex === ifindex) ?? E.ENXIO;
  }

  receive(call: Call, length: number, flags: MessageFlags): Outcome<Received> {
    const head = this.queue[0];
    if (head === undefined) return this.wait(call, flags, this.receiveTimeoutNs, this.ctx.queue.now);
    if (flags.peek !== true) {
      this.queue.shift();
      this.memory -= head.bytes.length + FRAME_OVERHEAD_BYTES;
    }
    return {
      data: head.bytes.slice(0, length),
      from: head.from,
      truncated: head.bytes.length > length,
      length: head.bytes.length,
      atNs: head.at,
    };
  }

  shutdown(): Errno {
    return E.EOPNOTSUPP;
  }

  protected override get withoutPeekOffset(): Errno {
    return E.EOPNOTSUPP;
  }

  setOption(level: SocketLevel, name: string, value: OptionValue): Errno | undefined {
    if (level === 'packet' && name === 'PACKET_ADD_MEMBERSHIP') {
      const card = this.directory
        .cards()
        .find((candidate) => candidate.ifindex === (value as { ifindex?: unknown }).ifindex);
      if (card === undefined) return E.ENODEV;
      card.addPromiscuity(1);
      this.promiscuous.push(card);
      return undefined;
    }
    const generic = this.setGeneric(level, name, value);
    if (generic !== false) return generic;
    if (level === 'socket' && (name === 'SO_RCVBUF' || name === 'SO_BROADCAST'))
      return numberOf(value) === undefined ? E.EINVAL : undefined;
    return E.ENOPROTOOPT;
  }

  getOption(level: SocketLevel, name: string): OptionValue | Errno {
    if (level === 'packet' && name === 'PACKET_STATISTICS') return { packets: this.packets, drops: this.drops };
    if (level === 'socket' && name === 'SO_ERROR') return 0;
    return this.getGeneric(level, name) ?? E.ENOPROTOOPT;
  }

  protected release(): void {
    for (const card of this.tapped) card.removeTap(this);
    for (const card of this.promiscuous) card.addPromiscuity(-1);
  }
}

function packetType(card: NetworkCard, frame: Frame, direction: 'in' | 'out'): NonNullable<SockAddrLl['packetType']> {
  if (direction === 'out') return 'outgoing';
  if (frame.dst.isBroadcast) return 'broadcast';
  if (frame.dst.isGroup) return 'multicast';
  return frame.dst.key === card.mac.key ? 'host' : 'otherhost';
}

function withHeader(
  card: NetworkCard,
  data: Uint8Array,
  to: SockAddrLl | undefined,
  protocol: number,
): Uint8Array | Errno {
  const destination = to?.address === undefined ? MAC_BROADCAST : parseMac(to.address);
  if (destination === undefined) return E.EINVAL;
  const bytes = new Uint8Array(ETHERNET_HEADER_LENGTH + data.length);
  putMac(bytes, 0, destination);
  putMac(bytes, 6, card.mac);
  const etherType = to === undefined || to.protocol === 0 ? protocol : to.protocol;
  bytes[12] = etherType >> 8;
  bytes[13] = etherType;
  bytes.set(data, ETHERNET_HEADER_LENGTH);
  return bytes;
}

function putMac(bytes: Uint8Array, at: number, mac: MacAddress): void {
  let key = mac.key;
  for (let i = 5; i >= 0; i--) {
    bytes[at + i] = key % 256;
    key = Math.floor(key / 256);
  }
}
