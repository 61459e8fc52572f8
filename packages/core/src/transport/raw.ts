/**
 * Raw IPv4 sockets (raw(7)): a copy of every packet of one protocol that this host receives, with its IP header; sending with a header that the
 * kernel makes, or with the program's own (IP_HDRINCL, always on for IPPROTO_RAW). The layer above asks for the privilege.
 */
import { type IpAddress, Ipv4Address } from '../base/address.ts';
import { E, Errno } from '../base/errno.ts';
import type { QuotedPacket } from '../network/types.ts';
import type { HostContext } from '../record/host-context.ts';
import type { Instant } from '../time/instant.ts';
import { decodeNetwork, decodeTransport, encodeNetwork } from '../wire/codec.ts';
import { ETHERTYPE, type IcmpMessage, Ipv4Packet, PacketId, type TransportPdu } from '../wire/packet.ts';
import { type Payload, payloadOf } from '../wire/payload.ts';
import { BufferSettings, DatagramSocket } from './datagram.ts';
import { type CardName, type IpOutput, mayBind, type Path } from './ip-output.ts';

export const IPPROTO_RAW = 255;
const LARGEST = 65_535;
const MIN_HEADER = 20;

interface Listener {
  receive(packet: Ipv4Packet, card: CardName, now: Instant): void;
  error?(icmp: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void;
}

/** What raw sockets need of the network layer beside the rest. */
export interface RawAccess extends IpOutput {
  addRawListener(protocol: number, listener: Listener): void;
  removeRawListener(protocol: number, listener: Listener): void;
  /** A datagram with the program's own header. */
  outputPacket(path: Path, packet: Ipv4Packet): Errno | undefined;
}

export class Raw {
  readonly buffers: BufferSettings;

  constructor(
    readonly context: HostContext,
    readonly ip: RawAccess,
  ) {
    this.buffers = new BufferSettings(context.sysctl);
  }

  socket(protocol: number): RawSocket {
    return new RawSocket(this, protocol);
  }
}

export class RawSocket extends DatagramSocket {
  /** IP_HDRINCL. */
  headerIncluded: boolean;
  /** ICMP_FILTER: bit n set keeps messages of type n away. */
  icmpFilter = 0;
  private readonly listener: Listener = {
    receive: (packet, card, now) => this.deliver(packet, card, now),
    error: (icmp, quoted, from) => this.icmp(icmp, quoted, from),
  };

  constructor(
    private readonly raw: Raw,
    readonly protocol: number,
  ) {
    super(raw.buffers, raw.ip);
    this.reuseAddress = true; // INET_PROTOSW_REUSE
    this.headerIncluded = protocol === IPPROTO_RAW;
    if (protocol !== IPPROTO_RAW) raw.ip.addRawListener(protocol, this.listener);
  }

  /** Only packets to this address; the port means nothing (`ss` shows the protocol). */
  bind(address: IpAddress, _port: number): Errno | undefined {
    if (this.closed) return E.EINVAL;
    if (!mayBind(this.raw.ip, address, this.freebind)) return E.EADDRNOTAVAIL;
    this.localAddress = address;
    return undefined;
  }

  send(payload: Payload, to?: IpAddress, _toPort?: number): number | Errno {
    if (payload.length > LARGEST) return E.EMSGSIZE;
    if (to === undefined && !this.connected) return E.EDESTADDRREQ;
    const path = this.pathTo(to);
    if (path instanceof Errno) return path;
    if (path.kind === 'broadcast' && !this.broadcast) return E.EACCES;
    const failed = this.headerIncluded ? this.sendOwnHeader(path, payload) : this.sendBody(path, payload);
    return failed ?? payload.length;
  }

  private sendBody(path: Path, payload: Payload): Errno | undefined {
    const length = payload.length + MIN_HEADER;
    const unable = this.checkLength(path, length) ?? this.unable();
    if (unable !== undefined) return unable;
    const pdu = this.transportUnit(payload, path);
    const options = this.outputOptions(path, length, new PacketId(this.raw.context.ids.next()));
    return this.raw.ip.output(path, pdu, this.protocol, options);
  }

  /** The bytes as the value that they are, so that the receiving stack and the packet tree see a header and not a blob. */
  private transportUnit(payload: Payload, path: Path): TransportPdu {
    const { src, dst } = path;
    if (src.family !== 4 || dst.family !== 4) return decodeTransport(payload.bytes(), this.protocol, 0, 0);
    return decodeTransport(payload.bytes(), this.protocol, src.key, dst.key);
  }

  /** The kernel fills in what raw(7) lists: total length, checksum, and source and identification where they are zero. */
  private sendOwnHeader(path: Path, payload: Payload): Errno | undefined {
    if (payload.length > path.linkMtu) return this.tooLong(path.linkMtu, path.dst);
    if (payload.length < MIN_HEADER) return E.EINVAL;
    const unable = this.unable();
    if (unable !== undefined) return unable;
    const bytes = payload.bytes().slice();
    const headerLength = (bytes[0]! & 15) * 4;
    if (bytes[0]! >> 4 !== 4 || headerLength < MIN_HEADER || headerLength > bytes.length) return E.EINVAL;
    fillHeader(bytes, headerLength, path);
    const ident = new PacketId(this.raw.context.ids.next());
    const packet = decodeNetwork(bytes, ETHERTYPE.ipv4, ident);
    return packet instanceof Ipv4Packet ? this.raw.ip.outputPacket(path, packet) : E.EINVAL;
  }

  private deliver(packet: Ipv4Packet, card: CardName, now: Instant): void {
    if (!this.wants(packet, card)) return;
    const taken = this.take(packet, card, now, payloadOf(encodeNetwork(packet)));
    if (taken) return;
    const { recorder, name } = this.raw.context;
    recorder.emit('udp.drop', name, { packet: packet.ident.id, reason: 'socket-buffer-full', port: 0 });
  }

  private wants(packet: Ipv4Packet, card: CardName): boolean {
    if (!this.localAddress.isUnspecified && this.localAddress.key !== packet.dst.key) return false;
    if (this.connected && this.remoteAddress.key !== packet.src.key) return false;
    if (this.boundCard !== undefined && this.boundCard !== card.name) return false;
    const { payload } = packet;
    return payload.kind !== 'icmp' || payload.type > 31 || ((this.icmpFilter >>> payload.type) & 1) === 0;
  }

  private icmp(icmp: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void {
    if (this.connected && this.remoteAddress.key !== quoted.dst.key) return;
    if (!this.localAddress.isUnspecified && this.localAddress.key !== quoted.src.key) return;
    this.quoteError(icmp, quoted, from, quoted.bytes);
  }

  protected freePort(): number {
    return 0;
  }

  protected release(): void {
    if (this.protocol !== IPPROTO_RAW) this.raw.ip.removeRawListener(this.protocol, this.listener);
  }
}

function fillHeader(bytes: Uint8Array, headerLength: number, path: Path): void {
  bytes[2] = bytes.length >>> 8;
  bytes[3] = bytes.length;
  const noSource = bytes[12] === 0 && bytes[13] === 0 && bytes[14] === 0 && bytes[15] === 0;
  if (noSource && path.src instanceof Ipv4Address) bytes.set(path.src.bytes(), 12);
  bytes[10] = 0;
  bytes[11] = 0;
  let sum = 0;
  for (let i = 0; i < headerLength; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  bytes[10] = (~sum >>> 8) & 255;
  bytes[11] = ~sum & 255;
}
