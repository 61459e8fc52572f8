/**
 * TCP of one host: which endpoint a segment is for, what answers segments for none, ports and sequence numbers, ICMP errors. The door for the
 * network layer below and the socket layer above.
 */
import { IPV4_ANY, type IpAddress } from '../../base/address.ts';
import { ByteArena } from '../../base/arena.ts';
import { E, Errno } from '../../base/errno.ts';
import { seqAdd, seqBetween } from '../../base/sequence.ts';
import { echoOptions } from '../../network/options.ts';
import type { QuotedPacket } from '../../network/types.ts';
import type { TcpStateReason } from '../../record/catalogue.ts';
import type { HostContext } from '../../record/host-context.ts';
import { SECOND } from '../../time/instant.ts';
import { get16, get32 } from '../../wire/buffer.ts';
import {
  type IcmpMessage,
  IP_PROTOCOL,
  type Ipv4Packet,
  PacketId,
  TCP_FLAG,
  type TcpSegment,
} from '../../wire/packet.ts';
import { isSigned } from '../../wire/tcp-options.ts';
import { BufferSettings } from '../datagram.ts';
import { type FlowEntry, FlowTable } from '../demux.ts';
import type { CardName, IpOutput, Path, TransportHandler } from '../ip-output.ts';
import { type PortHolder, PortSettings, PortTable } from '../ports.ts';
import { TcpConfig } from './config.ts';
import type { CongestionControl } from './congestion/interface.ts';
import { congestionNamed } from './congestion/registry.ts';
import { TcpConnection } from './connection.ts';
import { STATE } from './constants.ts';
import { ControlBlock } from './control-block.ts';
import { initChild } from './handshake.ts';
import { icmpForConnection, icmpForHalfOpen } from './icmp.ts';
import { receiveSegment } from './input.ts';
import { SequenceSource } from './isn.ts';
import { Notices } from './notices.ts';
import { TcpReport } from './report.ts';
import { resetFor } from './reset.ts';
import { dontFragment, Settings } from './settings.ts';
import { SynCookies } from './syn-cookies.ts';
import { HalfOpen } from './syn-queue.ts';
import { disposeTimers } from './timers.ts';
import { TimeWait } from './timewait.ts';

/** The two low bits of the former type-of-service byte (RFC 3168 section 5). */
const ECN_FIELD = 3;
const UNLIMITED = 0x7fff_ffff;
/** Settings of sockets that changed nothing. */
const DEFAULT_SETTINGS: Settings = Object.freeze(new Settings());

const NOBODY: readonly TcpConnection[] = [];

/** Whoever is bound to a card hears nothing from another (inet_match). */
function takesFrom(entry: FlowEntry, card: CardName): boolean {
  const holder = entry instanceof HalfOpen ? entry.listener : entry;
  const bound = holder instanceof ControlBlock || holder instanceof TimeWait ? holder.boundCard : undefined;
  return bound === undefined || bound === card.name;
}

interface MutableSendOptions {
  tos: number;
  ttl: number;
  dontFragment: boolean;
  ident: PacketId;
  identification: number | undefined;
  ipOptions: Uint8Array | undefined;
}

export class Tcp implements TransportHandler {
  readonly config: TcpConfig;
  readonly buffers: BufferSettings;
  readonly sequences: SequenceSource;
  readonly cookies: SynCookies;
  readonly report: TcpReport;
  readonly flows = new FlowTable<FlowEntry>();
  readonly ports: PortTable<PortHolder>;
  readonly listeners = new Map<number, TcpConnection[]>();
  private readonly portSettings: PortSettings;
  /** What programs read is copied into. */
  readonly arena = new ByteArena();
  private readonly options: MutableSendOptions = {
    tos: 0,
    ttl: 64,
    dontFragment: true,
    ident: new PacketId(0),
    identification: undefined,
    ipOptions: undefined,
  };
  private ids = 0;
  private challengeSecond = -1;
  private challengesLeft = 0;
  /** Connections in TIME-WAIT, and ownerless ones: both bounded. */
  timeWaits = 0;
  orphans = 0;
  /** A socket of this host has been bound to a card: until then nobody asks by which one a segment came. */
  cardsMatter = false;
  /** The ECN field of the packet that is being processed (RFC 3168 section 5). */
  arrivedEcn = 0;

  constructor(
    readonly context: HostContext,
    readonly ip: IpOutput,
  ) {
    this.config = new TcpConfig(context.sysctl);
    this.buffers = new BufferSettings(context.sysctl);
    this.portSettings = new PortSettings(context);
    this.ports = new PortTable<PortHolder>(context, 'tcp', this.portSettings);
    this.sequences = new SequenceSource(context.random.stream(`tcp-isn/${context.name}`));
    this.cookies = new SynCookies(context.random.stream(`tcp-cookies/${context.name}`));
    this.report = new TcpReport(context);
    ip.register(IP_PROTOCOL.tcp, this);
  }

  get queue(): HostContext['queue'] {
    return this.context.queue;
  }

  /** net.ipv4.tcp_challenge_ack_limit: so many a second for the whole host, give or take a half, so that their number cannot be probed (RFC 5961 section 7). */
  challengeAllowed(): boolean {
    const limit = this.config.challengeAckLimit.number;
    if (limit === UNLIMITED || limit === 0) return true; // 0 wraps around in the kernel
    const second = Math.floor(this.queue.now / SECOND);
    if (second !== this.challengeSecond) {
      this.challengeSecond = second;
      const { random, name } = this.context;
      this.challengesLeft = ((limit + 1) >> 1) + random.stream(`tcp-challenge/${name}`).below(limit);
    }
    return this.challengesLeft-- > 0;
  }

  nextId(): number {
    return ++this.ids;
  }

  defaultCongestion(): CongestionControl {
    return congestionNamed(this.config.congestion.text) ?? congestionNamed('reno')!;
  }

  /** A new socket, closed. */
  socket(): TcpConnection {
    return new TcpConnection(this.nextId(), this, DEFAULT_SETTINGS);
  }

  /** Everything that `ss -a` lists, in the order of creation. */
  endpoints(): readonly (TcpConnection | TimeWait | HalfOpen)[] {
    const flows = this.flows.all() as readonly FlowEntry[] as readonly (TcpConnection | TimeWait | HalfOpen)[];
    return [...[...this.listeners.values()].flat(), ...flows].sort((a, b) => a.id - b.id);
  }

  /** The host is switched off: no timer fires, no packet leaves. */
  shutdown(): void {
    for (const entry of this.flows.all()) {
      if (entry instanceof ControlBlock) disposeTimers(entry);
      else if (entry instanceof HalfOpen || entry instanceof TimeWait) entry.timer.dispose();
    }
  }

  /** Is the quoted packet one that is still out (RFC 5927 section 4.1)? Asked before a path MTU is believed. */
  knows(quoted: QuotedPacket): boolean {
    const { bytes } = quoted;
    if (bytes.length < 8) return false;
    const entry = this.flows.find(quoted.src, get16(bytes, 0), quoted.dst, get16(bytes, 2));
    if (entry instanceof HalfOpen) return true;
    return entry instanceof ControlBlock && seqBetween(entry.sndUna, get32(bytes, 4), seqAdd(entry.sndNxt, 1));
  }

  // --- packets in ----------------------------------------------------------------------------------------------------------------

  receive(packet: Ipv4Packet, card: CardName, group: boolean): void {
    const segment = packet.payload;
    if (segment.kind !== 'tcp') {
      const reason =
        segment.kind === 'raw' && segment.problem === 'bad checksum'
          ? 'transport-checksum'
          : 'transport-header-invalid';
      this.report.packetDrop(0, packet, 0, reason);
      return;
    }
    // RFC 9293 MUST-57: nothing for or from a group address.
    if (group || packet.src.isMulticast || packet.src.isUnspecified) {
      this.report.packetDrop(0, packet, segment.seq, 'tcp-no-listener');
      return;
    }
    this.report.packet = packet.ident.id;
    this.arrivedEcn = packet.tos & ECN_FIELD;
    let entry = this.flows.find(packet.dst, segment.dstPort, packet.src, segment.srcPort);
    if (this.cardsMatter && entry !== undefined && !takesFrom(entry, card)) entry = undefined;
    const signed = segment.options !== undefined && isSigned(segment.options);
    if (signed && !(entry instanceof TimeWait)) this.dropSigned(packet, segment);
    else if (entry instanceof ControlBlock) {
      if (receiveSegment(entry, segment, packet.ident.id)) this.reset(packet, segment);
    } else if (entry instanceof TimeWait) this.receiveInTimeWait(entry, packet, segment, signed, card);
    else if (entry instanceof HalfOpen) this.receiveHalfOpen(entry, packet, segment);
    else this.receiveForListener(packet, segment, 0, card);
  }

  /** No socket here has a key, so none expects a signature, and a stray one is not answered (tcp_inbound_hash, tcp_v4_send_reset). */
  private dropSigned(packet: Ipv4Packet, segment: TcpSegment): void {
    this.report.packetDrop(0, packet, segment.seq, 'tcp-signed');
  }

  /** TIME-WAIT itself asks for no key; whom it hands the segment to does. */
  private receiveInTimeWait(
    entry: TimeWait,
    packet: Ipv4Packet,
    segment: TcpSegment,
    signed: boolean,
    card: CardName,
  ): void {
    const verdict = entry.receive(segment, packet);
    if (verdict === 'done') return;
    if (signed) this.dropSigned(packet, segment);
    else if (verdict === 'reset') this.reset(packet, segment);
    else if (verdict === 'new-connection') {
      // A sequence number above all that the old incarnation used (RFC 9293 section 3.10.7.4, MAY-2).
      const isn = seqAdd(entry.sndNxt, 65_535 + 2);
      this.receiveForListener(packet, segment, isn === 0 ? 1 : isn, card);
    }
  }

  private receiveHalfOpen(entry: HalfOpen, packet: Ipv4Packet, segment: TcpSegment): void {
    const verdict = entry.receive(segment, packet);
    if (verdict === 'reset' || verdict === 'not-ours') this.reset(packet, segment);
    if (verdict !== 'established') return;
    const listener = entry.listener.listener;
    if (listener === undefined) return;
    this.opened(listener.complete(entry, packet), segment, packet);
  }

  private receiveForListener(packet: Ipv4Packet, segment: TcpSegment, isn: number, card: CardName): void {
    const listener = this.findListener(packet.dst, segment.dstPort, packet.src, segment.srcPort, card);
    if (listener === undefined) {
      this.report.packetDrop(0, packet, segment.seq, 'tcp-no-listener');
      this.reset(packet, segment);
      return;
    }
    const cookie =
      segment.has(TCP_FLAG.ack) && !segment.has(TCP_FLAG.rst)
        ? listener.listener!.receiveCookie(segment, packet)
        : undefined;
    if (cookie !== undefined) this.opened(cookie, segment, packet);
    else if (listener.listener!.receive(segment, packet, isn)) this.reset(packet, segment);
  }

  /** A third segment was good: it is processed by its new connection. */
  private opened(child: ControlBlock | 'full' | 'abort', segment: TcpSegment, packet: Ipv4Packet): void {
    if (child === 'abort') this.reset(packet, segment);
    else if (child !== 'full' && receiveSegment(child, segment, packet.ident.id)) this.reset(packet, segment);
  }

  /** An exact address beats the wildcard, then who is bound to the card beats who is not; a group of SO_REUSEPORT listeners shares by a hash of the peer. */
  private findListener(
    local: IpAddress,
    port: number,
    remote: IpAddress,
    remotePort: number,
    card: CardName,
  ): TcpConnection | undefined {
    const listening = this.listeners.get(port);
    if (listening === undefined) return undefined;
    const candidates = this.cardsMatter ? listening.filter((l) => takesFrom(l, card)) : listening;
    const exact = candidates.filter((l) => l.localAddress.key === local.key);
    const near = exact.length > 0 ? exact : candidates.filter((l) => l.localAddress.isUnspecified);
    const bound = this.cardsMatter ? near.filter((l) => l.boundCard !== undefined) : NOBODY;
    const group = bound.length > 0 ? bound : near;
    if (group.length <= 1) return group[0];
    return group[this.ports.flowHash(local, remote, remotePort) % group.length];
  }

  error(icmp: IcmpMessage, quoted: QuotedPacket, _from: IpAddress): void {
    const { bytes } = quoted;
    if (bytes.length < 8) return;
    const entry = this.flows.find(quoted.src, get16(bytes, 0), quoted.dst, get16(bytes, 2));
    const seq = get32(bytes, 4) | 0;
    // TIME-WAIT takes no notice: an attacker could forge these too easily.
    if (entry instanceof ControlBlock) icmpForConnection(entry, icmp, seq);
    else if (entry instanceof HalfOpen) icmpForHalfOpen(entry, icmp, seq);
  }

  /** The way of a socket's segments: by the card that it is bound to, and by no gateway where it is told so. */
  routeFor(
    { boundCard, dontRoute }: Pick<Settings, 'boundCard' | 'dontRoute'>,
    to: IpAddress,
    from: IpAddress | undefined,
  ): Path | Errno {
    return this.ip.route(to, from, boundCard === undefined ? undefined : { name: boundCard }, dontRoute);
  }

  // --- packets out without a connection ------------------------------------------------------------------------------------------

  sendOptions(
    path: Path,
    settings: Settings,
    ident: PacketId,
    identification?: number,
    ecnField = 0,
  ): MutableSendOptions {
    const { options } = this;
    options.tos = settings.tos | ecnField;
    options.ttl = settings.ttl || this.ip.defaultTtl;
    options.dontFragment = dontFragment(this, settings, path);
    options.ident = ident;
    options.identification = identification;
    options.ipOptions = undefined;
    return options;
  }

  /** RST in answer to a segment; service class and IP options come back as they came (ip_send_unicast_reply). */
  private reset(packet: Ipv4Packet, segment: TcpSegment): void {
    const answer = resetFor(segment);
    const path = answer === undefined ? E.EINVAL : this.ip.route(packet.src, packet.dst);
    if (answer === undefined || path instanceof Errno) return;
    const ident = new PacketId(this.context.ids.next(), 'reply', packet.ident.id);
    this.sendOptions(path, DEFAULT_SETTINGS, ident);
    this.options.tos = packet.tos & ~ECN_FIELD;
    if (packet.options !== undefined) this.options.ipOptions = echoOptions(packet.options);
    this.ip.output(path, answer, IP_PROTOCOL.tcp, this.options);
  }

  /** Sends a segment back to where `packet` came from. */
  replyTo(packet: Ipv4Packet, segment: TcpSegment, card: string | undefined): void {
    const ident = new PacketId(this.context.ids.next(), 'reply', packet.ident.id);
    this.sendDetached(packet.dst, packet.src, segment, ident, DEFAULT_SETTINGS, card);
  }

  /** Sends a segment that belongs to no full connection. A route that fails is a lost segment. */
  sendDetached(
    from: IpAddress,
    to: IpAddress,
    segment: TcpSegment,
    ident: PacketId,
    settings: Settings,
    card = settings.boundCard,
    tos = settings.tos,
  ): void {
    const path = this.routeFor({ boundCard: card, dontRoute: settings.dontRoute }, to, from);
    if (path instanceof Errno) return;
    this.sendOptions(path, settings, ident).tos = tos;
    this.ip.output(path, segment, IP_PROTOCOL.tcp, this.options);
  }

  // --- endpoints come and go -----------------------------------------------------------------------------------------------------

  /** The full connection of a completed handshake. */
  childOf(parent: ControlBlock, request: HalfOpen, window: number): TcpConnection {
    const child = new TcpConnection(request.id, this, parent.settings);
    child.uid = parent.uid;
    child.localAddress = request.localAddress;
    child.localPort = request.localPort;
    child.remoteAddress = request.remoteAddress;
    child.remotePort = request.remotePort;
    child.portFromBind = true;
    child.congestion = parent.congestion;
    child.sendBuffer = parent.sendBuffer;
    child.receiveBuffer = parent.receiveBuffer;
    child.nagle = parent.nagle;
    if (parent.settings.stamping !== 0) child.notices = new Notices(child);
    const path = this.routeFor(child.settings, child.remoteAddress, child.localAddress);
    child.path = path instanceof Errno ? undefined : path;
    child.ipId = this.sequences.identification();
    if (request.tos !== parent.settings.tos) {
      child.settings = child.settings.copy();
      child.settings.tos = request.tos;
    }
    initChild(child, request, window, path instanceof Errno ? request.mss + 40 : path.mtu);
    this.flows.add(child);
    child.inTable = true;
    this.ports.hold(child.localPort, child);
    return child;
  }

  /** A connection reached ESTABLISHED: where it came from a listener, that one's owner may accept it. */
  completed(c: ControlBlock): void {
    const { parent } = c;
    c.parent = undefined;
    parent?.announce();
  }

  /** Out of the tables; the port is free unless the program bound it and still holds the socket. */
  forget(c: ControlBlock): void {
    if (c.inTable) this.flows.remove(c);
    c.inTable = false;
    const list = this.listeners.get(c.localPort);
    if (list !== undefined) {
      const rest = list.filter((l) => l !== c);
      if (rest.length === 0) this.listeners.delete(c.localPort);
      else this.listeners.set(c.localPort, rest);
    }
    if (c.localPort !== 0) this.ports.release(c.localPort, c);
  }

  /** A socket whose connection attempt failed starts over: its variables are those of a new one. */
  resetForReuse(c: TcpConnection): void {
    const port = c.boundByProgram ? c.localPort : 0;
    if (port === 0) c.localPort = 0;
    else this.ports.hold(port, c);
    if (!c.boundAddress) c.localAddress = IPV4_ANY;
    Object.assign(c, new TcpConnection(c.id, this, c.settings), {
      owner: c.owner,
      uid: c.uid,
      localAddress: c.localAddress,
      localPort: port,
      boundByProgram: c.boundByProgram,
      portFromBind: c.boundByProgram,
      boundAddress: c.boundAddress,
      sendBuffer: c.sendBuffer,
      receiveBuffer: c.receiveBuffer,
      congestion: c.congestion,
      nagle: c.nagle,
      notices: c.notices,
    });
  }

  replaceByTimeWait(c: ControlBlock, rest: TimeWait): void {
    if (c.inTable) this.flows.remove(c);
    c.inTable = false;
    this.timeWaits++;
    this.flows.add(rest);
    this.ports.hold(rest.localPort, rest);
  }

  forgetTimeWait(rest: TimeWait, reason: TcpStateReason): void {
    this.timeWaits--;
    this.flows.remove(rest);
    this.ports.release(rest.localPort, rest);
    this.report.state(rest, rest.state, STATE.CLOSED, reason);
  }
}
