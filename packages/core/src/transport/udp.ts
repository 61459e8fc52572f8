/**
 * UDP (RFC 768; RFC 1122 section 4.1): ports, delivery, ICMP errors to errno. A datagram to a port that nobody holds is answered with port
 * unreachable. The send side keeps no queue of its own: what the card's queue does not take is lost there, so SO_SNDBUF never blocks a sender.
 */
import type { IpAddress } from '../base/address.ts';
import { E, Errno } from '../base/errno.ts';
import { SysctlSet } from '../base/sysctl.ts';
import type { QuotedPacket } from '../network/types.ts';
import type { HostContext } from '../record/host-context.ts';
import type { Instant } from '../time/instant.ts';
import { get16 } from '../wire/buffer.ts';
import {
  type IcmpMessage,
  IP_PROTOCOL,
  IPV4_HEADER_LENGTH,
  type Ipv4Packet,
  PacketId,
  UDP_HEADER_LENGTH,
  UdpDatagram,
} from '../wire/packet.ts';
import type { Payload } from '../wire/payload.ts';
import { BufferSettings, DatagramSocket } from './datagram.ts';
import { type CardName, type IpOutput, mayBind, type Path, type TransportHandler } from './ip-output.ts';
import { PortSettings, PortTable } from './ports.ts';

/** 65,535 less the IP and UDP headers. */
export const UDP_PAYLOAD_MAX = 65_507;
/** What is longer is refused before anything else is looked at. */
const LENGTH_MAX = 65_535;

const MEMBERSHIP_SET = new SysctlSet({
  maxMemberships: { key: 'net.ipv4.igmp_max_memberships', initial: 20, min: 0 },
});

export class Udp implements TransportHandler {
  readonly ports: PortTable<UdpSocket>;
  readonly buffers: BufferSettings;
  readonly maxMemberships = MEMBERSHIP_SET.initial.maxMemberships;

  constructor(
    readonly context: HostContext,
    readonly ip: IpOutput,
  ) {
    this.ports = new PortTable<UdpSocket>(context, 'udp', new PortSettings(context));
    this.buffers = new BufferSettings(context.sysctl);
    context.sysctl.declareSet(MEMBERSHIP_SET, this);
    ip.register(IP_PROTOCOL.udp, this);
  }

  socket(): UdpSocket {
    return new UdpSocket(this);
  }

  /** Every bound socket, for `ss` and /proc/net/udp. */
  sockets(): UdpSocket[] {
    return this.ports.all();
  }

  receive(packet: Ipv4Packet, card: CardName, group: boolean, now: Instant): void {
    const { payload } = packet;
    if (payload.kind !== 'udp') {
      const reason =
        payload.kind === 'raw' && payload.problem === 'bad checksum'
          ? 'transport-checksum'
          : 'transport-header-invalid';
      this.drop(packet, 0, reason);
      return;
    }
    if (group) {
      this.deliverToAll(packet, payload, card, now);
      return;
    }
    const socket = this.lookup(packet.dst, payload.dstPort, packet.src, payload.srcPort, card.name);
    if (socket === undefined) {
      this.drop(packet, payload.dstPort, 'port-closed');
      this.ip.unreachablePort(packet);
    } else if (!socket.accept(packet, payload, card, now)) this.drop(packet, payload.dstPort, 'socket-buffer-full');
  }

  /** Broadcasts and multicasts reach every socket that matches (RFC 1122 section 4.1.3.3); nobody there is no error (section 3.2.2). */
  private deliverToAll(packet: Ipv4Packet, datagram: UdpDatagram, card: CardName, now: Instant): void {
    let found = false;
    for (const socket of [...this.ports.at(datagram.dstPort)]) {
      if (matchScore(socket, packet.dst, packet.src, datagram.srcPort, card.name) < 0) continue;
      if (packet.dst.isMulticast && !socket.wantsGroup(packet.dst, card.name)) continue;
      found = true;
      if (!socket.accept(packet, datagram, card, now)) this.drop(packet, datagram.dstPort, 'socket-buffer-full');
    }
    if (!found) this.drop(packet, datagram.dstPort, 'port-closed');
  }

  /** The socket that fits best; among equals of one SO_REUSEPORT group a hash of the peer decides, else the newest. */
  private lookup(
    local: IpAddress,
    localPort: number,
    remote: IpAddress,
    remotePort: number,
    card: string,
  ): UdpSocket | undefined {
    // Most ports have one holder, which makes it no list.
    const only = this.ports.only(localPort);
    if (only !== undefined) return matchScore(only, local, remote, remotePort, card) < 0 ? undefined : only;
    let best: UdpSocket | undefined;
    let bestScore = -1;
    let equals = 0;
    const holders = this.ports.at(localPort);
    for (const socket of holders) {
      const score = matchScore(socket, local, remote, remotePort, card);
      if (score > bestScore) {
        bestScore = score;
        best = socket;
        equals = 1;
      } else if (score === bestScore && score >= 0) {
        equals++;
        if (!socket.reusePort) best = socket;
      }
    }
    if (best === undefined || equals === 1 || !best.reusePort) return best;
    const group = [...holders].filter(
      (s) => s.reusePort && matchScore(s, local, remote, remotePort, card) === bestScore,
    );
    return group[this.ports.flowHash(local, remote, remotePort) % group.length];
  }

  error(icmp: IcmpMessage, quoted: QuotedPacket, from: IpAddress): void {
    this.sender(quoted)?.icmp(icmp, quoted, get16(quoted.bytes, 2), from);
  }

  /** Whether the sender of a quoted datagram is still here, and lets a report lower the path's MTU (ipv4_sk_update_pmtu). */
  knows(quoted: QuotedPacket, aboutMtu: boolean): boolean {
    const sender = this.sender(quoted);
    return sender !== undefined && (!aboutMtu || sender.believesReports);
  }

  private sender({ bytes, src, dst }: QuotedPacket): UdpSocket | undefined {
    if (bytes.length < UDP_HEADER_LENGTH) return undefined;
    return this.lookup(src, get16(bytes, 0), dst, get16(bytes, 2), '');
  }

  private drop(
    packet: Ipv4Packet,
    port: number,
    reason: 'port-closed' | 'socket-buffer-full' | 'transport-checksum' | 'transport-header-invalid',
  ): void {
    this.context.recorder.emit('udp.drop', this.context.name, { packet: packet.ident.id, reason, port });
  }
}

/** -1 where the socket must not get the datagram; higher is closer (bound address, connected peer, bound card). */
function matchScore(socket: UdpSocket, local: IpAddress, remote: IpAddress, remotePort: number, card: string): number {
  let score = 0;
  if (!socket.localAddress.isUnspecified) {
    if (socket.localAddress.key !== local.key) return -1;
    score += 4;
  }
  if (socket.connected) {
    if (socket.remoteAddress.key !== remote.key) return -1;
    score += 4;
    // Who connected to port 0 hears every port of the peer (compute_score).
    if (socket.remotePort !== 0) {
      if (socket.remotePort !== remotePort) return -1;
      score += 4;
    }
  }
  if (socket.boundCard !== undefined) {
    if (card !== '' && socket.boundCard !== card) return -1;
    score += 4;
  }
  return score;
}

interface Membership {
  readonly group: IpAddress;
  readonly card: string | undefined;
}

export class UdpSocket extends DatagramSocket {
  /** Whom an unconnected socket sent to last: a server answers the same peers again and again. */
  private recentPeer: IpAddress | undefined = undefined;
  private recentPath: Path | undefined = undefined;
  private memberships: Membership[] = [];
  /** SO_NO_CHECK: send no checksum (RFC 768, zero). */
  noChecksum = false;

  constructor(private readonly udp: Udp) {
    super(udp.buffers, udp.ip);
  }

  /** EINVAL when already bound; EADDRNOTAVAIL for a foreign address; EACCES, EADDRINUSE. Port 0 picks one. */
  bind(address: IpAddress, port: number): Errno | undefined {
    const { ip, ports } = this.udp;
    if (!mayBind(ip, address, this.freebind)) return E.EADDRNOTAVAIL;
    if (this.localPort !== 0 || this.closed) return E.EINVAL;
    const previous = this.localAddress;
    this.localAddress = address;
    const taken = port === 0 ? ports.anyForBind(this) : (ports.take(port, this) ?? port);
    if (taken instanceof Errno) {
      this.localAddress = previous;
      return taken;
    }
    this.localPort = taken;
    return undefined;
  }

  /** Sends one datagram: the bytes sent, or the error. One that is pending comes after those of the address and the way to it (udp_sendmsg). */
  send(payload: Payload, to?: IpAddress, toPort = 0): number | Errno {
    // Whatever becomes of the datagram, the socket has a port from now on (inet_send_prepare).
    const bound = this.autobind();
    if (bound !== undefined) return bound;
    if (payload.length > LENGTH_MAX) return E.EMSGSIZE;
    if (to === undefined && !this.connected) return E.EDESTADDRREQ;
    if (to !== undefined && toPort === 0) return E.EINVAL;
    const path = this.pathTo(to);
    if (path instanceof Errno) return path;
    if (path.kind === 'broadcast' && !this.broadcast) return E.EACCES;
    const failed = this.transmit(path, payload, to === undefined ? this.remotePort : toPort);
    return failed ?? payload.length;
  }

  private transmit(path: Path, payload: Payload, port: number): Errno | undefined {
    const datagram = new UdpDatagram(this.localPort, port, payload, !this.noChecksum);
    const length = datagram.length + IPV4_HEADER_LENGTH;
    const unable = this.checkLength(path, length) ?? this.unable();
    if (unable !== undefined) return unable;
    const options = this.outputOptions(path, length, new PacketId(this.udp.context.ids.next()));
    return this.udp.ip.output(path, datagram, IP_PROTOCOL.udp, options);
  }

  protected override routeTo(to: IpAddress): Path | Errno {
    const plain = this.boundCard === undefined && this.localAddress.isUnspecified && !to.isMulticast && !this.dontRoute;
    if (plain && to === this.recentPeer && this.recentPath?.valid === true) return this.recentPath;
    const path = super.routeTo(to);
    if (plain && !(path instanceof Errno)) {
      this.recentPeer = to;
      this.recentPath = path;
    }
    return path;
  }

  protected freePort(): number | Errno {
    return this.udp.ports.anyForBind(this);
  }

  /** Called by `Udp` for each datagram that is for this socket. */
  accept(packet: Ipv4Packet, datagram: UdpDatagram, card: CardName, now: Instant): boolean {
    return this.take(packet, card, now, datagram.payload, datagram.srcPort);
  }

  icmp(icmp: IcmpMessage, quoted: QuotedPacket, toPort: number, from: IpAddress): void {
    this.quoteError(icmp, quoted, from, quoted.bytes.subarray(UDP_HEADER_LENGTH), toPort);
  }

  /** IP_ADD_MEMBERSHIP. EINVAL for no group address, EADDRINUSE when a member already, ENOBUFS for more than a socket may have. */
  join(group: IpAddress, card?: string): Errno | undefined {
    if (!group.isMulticast) return E.EINVAL;
    if (this.memberships.some((m) => m.group.key === group.key && m.card === card)) return E.EADDRINUSE;
    if (this.memberships.length >= this.udp.maxMemberships.number) return E.ENOBUFS;
    const failed = this.udp.ip.joinGroup(group, card === undefined ? undefined : { name: card });
    if (failed !== undefined) return failed;
    this.memberships.push({ group, card });
    return undefined;
  }

  /** IP_DROP_MEMBERSHIP. EADDRNOTAVAIL when no member. */
  leave(group: IpAddress, card?: string): Errno | undefined {
    const at = this.memberships.findIndex((m) => m.group.key === group.key && m.card === card);
    if (at < 0) return E.EADDRNOTAVAIL;
    this.memberships.splice(at, 1);
    return this.udp.ip.leaveGroup(group, card === undefined ? undefined : { name: card });
  }

  /** Linux's IP_MULTICAST_ALL default: a socket bound to the port gets every group that the host joined. */
  wantsGroup(group: IpAddress, card: string): boolean {
    const member = this.memberships.some((m) => m.group.key === group.key && (m.card === undefined || m.card === card));
    return member || this.multicastAll;
  }

  multicastAll = true;

  protected release(): void {
    for (const { group, card } of this.memberships)
      this.udp.ip.leaveGroup(group, card === undefined ? undefined : { name: card });
    this.memberships = [];
    if (this.localPort !== 0) this.udp.ports.release(this.localPort, this);
  }
}
