/**
 * Ping sockets (icmp(7): datagram sockets of protocol ICMP): echo requests without privileges. The port is the echo identifier; the program writes
 * and reads ICMP messages with their header, the kernel sets identifier and checksum. Who may open one is net.ipv4.ping_group_range, with Debian's
 * value (every group).
 */
import type { IpAddress } from '../base/address.ts';
import { E, Errno } from '../base/errno.ts';
import { SysctlSet } from '../base/sysctl.ts';
import type { QuotedPacket } from '../network/types.ts';
import type { Stream } from '../random/random.ts';
import type { HostContext } from '../record/host-context.ts';
import type { Instant } from '../time/instant.ts';
import { sumBytes } from '../wire/checksum.ts';
import { putIcmp } from '../wire/icmp.ts';
import { ICMP, IcmpMessage, IP_PROTOCOL, IPV4_HEADER_LENGTH, type Ipv4Packet, PacketId } from '../wire/packet.ts';
import { type Payload, payloadOf } from '../wire/payload.ts';
import { BufferSettings, DatagramSocket } from './datagram.ts';
import type { CardName, IpOutput, TransportHandler } from './ip-output.ts';

const HEADER = 8;
const LARGEST = 65_507 + HEADER;

const PING_SET = new SysctlSet({ groups: { key: 'net.ipv4.ping_group_range', initial: [0, 0x7fff_ffff], min: 0 } });

export class Ping implements TransportHandler {
  readonly buffers: BufferSettings;
  /** net.ipv4.ping_group_range, read through this holder. */
  private readonly settings = { ...PING_SET.initial };
  private readonly random: Stream;
  private readonly byIdentifier = new Map<number, PingSocket>();

  constructor(
    readonly context: HostContext,
    readonly ip: IpOutput,
  ) {
    this.buffers = new BufferSettings(context.sysctl);
    context.sysctl.declareSet(PING_SET, this.settings);
    this.random = context.random.stream(`ports/${context.name}/ping`);
    ip.register(IP_PROTOCOL.icmp, this);
  }

  /** May a process of this group open a ping socket? */
  allows(group: number): boolean {
    const [low, high] = this.settings.groups.numbers;
    return group >= low! && group <= high!;
  }

  socket(): PingSocket {
    return new PingSocket(this);
  }

  sockets(): readonly PingSocket[] {
    return [...this.byIdentifier.values()];
  }

  /** Takes an identifier (0: a free one) for a socket. */
  claim(socket: PingSocket, identifier: number): number | Errno {
    if (identifier !== 0) {
      if (this.byIdentifier.has(identifier)) return E.EADDRINUSE;
      this.byIdentifier.set(identifier, socket);
      return identifier;
    }
    const first = this.random.below(0xffff);
    for (let i = 0; i < 0xffff; i++) {
      const candidate = ((first + i) % 0xffff) + 1;
      if (this.byIdentifier.has(candidate)) continue;
      this.byIdentifier.set(candidate, socket);
      return candidate;
    }
    return E.EADDRINUSE;
  }

  release(identifier: number): void {
    this.byIdentifier.delete(identifier);
  }

  receive(packet: Ipv4Packet, card: CardName, _group: boolean, now: Instant): void {
    const { payload } = packet;
    if (payload.kind !== 'icmp' || payload.type !== ICMP.echoReply) return;
    this.byIdentifier.get(payload.rest >>> 16)?.accept(packet, payload, card, now);
  }

  error(icmp: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void {
    const { bytes } = quoted;
    if (bytes.length < HEADER || bytes[0] !== ICMP.echoRequest) return;
    this.byIdentifier.get((bytes[4]! << 8) | bytes[5]!)?.icmp(icmp, quoted, from);
  }
}

export class PingSocket extends DatagramSocket {
  constructor(private readonly ping: Ping) {
    super(ping.buffers, ping.ip);
    this.reuseAddress = true; // INET_PROTOSW_REUSE
  }

  bind(address: IpAddress, identifier: number): Errno | undefined {
    if (this.localPort !== 0 || this.closed) return E.EINVAL;
    if (!address.isUnspecified && !this.ping.ip.isLocal(address)) return E.EADDRNOTAVAIL;
    const taken = this.ping.claim(this, identifier);
    if (taken instanceof Errno) return taken;
    this.localPort = taken;
    this.localAddress = address;
    return undefined;
  }

  /** `payload` is an echo request with its header; identifier and checksum are filled in. */
  send(payload: Payload, to?: IpAddress, _toPort?: number): number | Errno {
    if (payload.length > LARGEST) return E.EMSGSIZE;
    const header = payload.bytes();
    if (header.length < HEADER || header[0] !== ICMP.echoRequest || header[1] !== 0) return E.EINVAL;
    if (to === undefined && !this.connected) return E.EDESTADDRREQ;
    const bound = this.autobind();
    if (bound !== undefined) return bound;
    const path = this.pathTo(to);
    if (path instanceof Errno) return path;
    if (path.kind === 'broadcast' && !this.broadcast) return E.EACCES;
    const rest = ((this.localPort << 16) | (header[6]! << 8) | header[7]!) >>> 0;
    const message = new IcmpMessage(ICMP.echoRequest, 0, rest, payload.slice(HEADER, payload.length));
    const length = message.length + IPV4_HEADER_LENGTH;
    const unable = this.checkLength(path, length) ?? this.unable();
    if (unable !== undefined) return unable;
    const options = this.outputOptions(path, length, new PacketId(this.ping.context.ids.next()));
    const failed = this.ping.ip.output(path, message, IP_PROTOCOL.icmp, options);
    return failed ?? payload.length;
  }

  protected freePort(): number | Errno {
    return this.ping.claim(this, 0);
  }

  accept(packet: Ipv4Packet, message: IcmpMessage, card: CardName, at: Instant): void {
    if (!this.localAddress.isUnspecified && this.localAddress.key !== packet.dst.key) return;
    if (this.boundCard !== undefined && this.boundCard !== card.name) return;
    const taken = this.take(packet, card, at, payloadOf(icmpBytes(message)));
    if (taken) return;
    const { recorder, name } = this.ping.context;
    recorder.emit('udp.drop', name, { packet: packet.ident.id, reason: 'socket-buffer-full', port: this.localPort });
  }

  icmp(icmp: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void {
    this.quoteError(icmp, quoted, from, quoted.bytes);
  }

  protected release(): void {
    if (this.localPort !== 0) this.ping.release(this.localPort);
  }
}

/** A message as bytes, checksum included. */
export function icmpBytes(message: IcmpMessage): Uint8Array {
  const body = message.payload.bytes();
  const out = new Uint8Array(HEADER + body.length);
  out.set(body, HEADER);
  putIcmp(out, 0, message, sumBytes(body));
  return out;
}
