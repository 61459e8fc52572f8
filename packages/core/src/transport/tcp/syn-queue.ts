/**
 * Half-open connections of a listener (Linux's request socks): what a SYN told, our answer's sequence number, and a timer to send it again. The
 * full connection is made when the third segment comes (RFC 9293 section 3.5, RFC 4987 section 3.4).
 */
import type { IpAddress } from '../../base/address.ts';
import { seqAdd, seqGt, seqLt, unsigned } from '../../base/sequence.ts';
import type { RetransmitReason } from '../../record/catalogue.ts';
import { type Instant, MS } from '../../time/instant.ts';
import { Timer } from '../../time/timer.ts';
import { type Ipv4Packet, PacketId, TCP_FLAG, type TcpOptions, TcpSegment } from '../../wire/packet.ts';
import { EMPTY_PAYLOAD } from '../../wire/payload.ts';
import type { FlowEntry } from '../demux.ts';
import { PAWS_WINDOW, RTO_INITIAL_NS } from './constants.ts';
import type { ControlBlock } from './control-block.ts';
import { stampOptions } from './syn-cookies.ts';

export interface SynOffer {
  readonly peerMss: number;
  readonly window: number;
  readonly windowScale: number | undefined;
  readonly sack: boolean;
  /** The peer asked for ECN and we grant it. */
  readonly ecn: boolean;
  readonly tsVal: number;
}

export class HalfOpen implements FlowEntry {
  hashNext: FlowEntry | undefined = undefined;
  readonly id: number;
  timeouts = 0;
  /** The third segment came while the accept queue was full. */
  acked = false;
  readonly timer: Timer;
  tsRecent: number;
  /** Below 0: not known. */
  sentAt: Instant = 0;
  retransmissions = 0;
  /** The time stamp of a SYN cookie, in place of the clock's. */
  private cookieStamp: number | undefined;
  private ackAt = -1;
  private firstPacket = 0;

  constructor(
    readonly listener: ControlBlock,
    readonly localAddress: IpAddress,
    readonly remoteAddress: IpAddress,
    readonly localPort: number,
    readonly remotePort: number,
    readonly iss: number,
    readonly irs: number,
    readonly offer: SynOffer,
    readonly tsOffset: number,
    readonly window: number,
    readonly windowClamp: number,
    readonly windowScale: number,
    readonly mss: number,
    /** Of the SYN-ACK, and of the connection after it. */
    readonly tos: number,
  ) {
    this.id = listener.tcp.nextId();
    this.tsRecent = Math.max(offer.tsVal, 0) | 0;
    this.timer = new Timer(
      listener.tcp.queue,
      () => this.timeout(),
      listener.tcp.report.watch(this, 'syn-ack', () => 'syn-ack'),
    );
  }

  get timestamps(): boolean {
    return this.offer.tsVal >= 0;
  }

  start(packet: Ipv4Packet): void {
    this.sendSynAck(packet.ident.id);
    this.timer.setAfter(RTO_INITIAL_NS);
  }

  /** Sends the one SYN-ACK of a SYN cookie; nothing of it is kept. */
  sendCookie(packet: Ipv4Packet): void {
    const clock = Math.floor(this.listener.tcp.queue.now / MS);
    if (this.timestamps) this.cookieStamp = (stampOptions(this.offer, clock) + this.tsOffset) >>> 0;
    this.sendSynAck(packet.ident.id);
  }

  /** Retransmits the SYN-ACK with doubling intervals; gives up after net.ipv4.tcp_synack_retries. */
  private timeout(): void {
    const { tcp, settings } = this.listener;
    const most = settings.synRetries > 0 ? settings.synRetries : tcp.config.synAckRetries.number;
    const { deferRounds } = settings;
    const expired =
      deferRounds === 0
        ? this.timeouts >= most
        : this.timeouts >= most && (!this.acked || this.timeouts >= deferRounds);
    if (expired) {
      this.listener.listener!.drop(this, 'timeout');
      return;
    }
    // With TCP_DEFER_ACCEPT an acknowledged SYN-ACK is only repeated for the last round.
    const repeat = deferRounds === 0 || !this.acked || this.timeouts >= deferRounds - 1;
    if (repeat) this.repeat('synack-timeout');
    this.timeouts++;
    this.timer.setAfter(Math.min(RTO_INITIAL_NS * (1 << Math.min(this.timeouts, 8)), tcp.config.rtoMaxNs));
  }

  defers(): boolean {
    return this.timeouts < this.listener.settings.deferRounds;
  }

  /** Sends the SYN-ACK again, for the timer or for a repeated SYN. */
  repeat(reason: RetransmitReason): void {
    const { tcp } = this.listener;
    this.retransmissions++;
    const id = tcp.context.ids.next();
    tcp.context.recorder.emit('tcp.retransmit', tcp.context.name, {
      socket: this.id,
      packet: id,
      seq: unsigned(this.iss),
      length: 0,
      reason,
      rtoNs: RTO_INITIAL_NS * (1 << Math.min(this.timeouts, 7)),
    });
    this.transmit(new PacketId(id, 'retransmission', this.firstPacket));
  }

  private sendSynAck(about: number): void {
    const id = new PacketId(this.listener.tcp.context.ids.next(), 'reply', about);
    this.firstPacket = id.id;
    this.sentAt = this.listener.tcp.queue.now;
    this.transmit(id);
  }

  /** What fits the field of a SYN-ACK, which is never scaled (RFC 7323 section 2.2). */
  private get toldWindow(): number {
    return Math.min(this.window, 65_535);
  }

  private transmit(id: PacketId): void {
    const options: { mss: number; windowScale?: number; sackPermitted?: boolean } = { mss: this.mss };
    if (this.offer.windowScale !== undefined) options.windowScale = this.windowScale;
    if (this.offer.sack) options.sackPermitted = true;
    const flags = TCP_FLAG.syn | TCP_FLAG.ack | (this.offer.ecn ? TCP_FLAG.ece : 0);
    this.send(this.iss, flags, this.toldWindow, options, id);
  }

  private send(seq: number, flags: number, window: number, options: TcpOptions | undefined, id: PacketId): void {
    const { tcp } = this.listener;
    const ts = this.timestamps ? (this.cookieStamp ?? (Math.floor(tcp.queue.now / MS) + this.tsOffset) >>> 0) : -1;
    const segment = new TcpSegment(
      this.localPort,
      this.remotePort,
      seq,
      seqAdd(this.irs, 1),
      flags,
      window,
      0,
      ts,
      this.timestamps ? this.tsRecent : 0,
      options,
      EMPTY_PAYLOAD,
    );
    const { settings } = this.listener;
    tcp.sendDetached(this.localAddress, this.remoteAddress, segment, id, settings, settings.boundCard, this.tos);
  }

  /** A segment for this half-open connection (RFC 9293 section 3.10.7.4 in SYN-RECEIVED; Linux's tcp_check_req). */
  receive(segment: TcpSegment, packet: Ipv4Packet): 'dropped' | 'established' | 'reset' | 'not-ours' {
    const paws = this.timestamps && segment.tsVal >= 0 && ((this.tsRecent - segment.tsVal) | 0) > PAWS_WINDOW;
    const flags = segment.flags & (TCP_FLAG.rst | TCP_FLAG.syn | TCP_FLAG.ack);
    if (segment.seq === this.irs && flags === TCP_FLAG.syn && !paws) {
      if (!this.limited(segment)) this.repeat('syn-repeated');
      return 'dropped';
    }
    if (segment.has(TCP_FLAG.rst)) {
      if (!paws) this.resetReceived(segment, packet);
      return 'dropped';
    }
    // An ACK for something else is answered with RST (RFC 9293 section 3.10.7.4, fifth).
    if (segment.has(TCP_FLAG.ack) && segment.ack !== seqAdd(this.iss, 1)) return 'not-ours';
    const endSeq = seqAdd(segment.seq, segment.seqLength);
    if (paws || !this.inWindow(segment.seq, endSeq)) {
      if (!this.limited(segment)) this.sendAck(packet);
      return 'dropped';
    }
    if (segment.tsVal >= 0 && this.timestamps && !seqGt(segment.seq, seqAdd(this.irs, 1)))
      this.tsRecent = segment.tsVal | 0;
    // A SYN that begins at our IRS has its SYN below the window: only the rest counts.
    const syn = segment.has(TCP_FLAG.syn) && segment.seq !== this.irs;
    if (syn) {
      this.listener.listener!.drop(this, 'syn-in-window');
      return 'reset';
    }
    if (!segment.has(TCP_FLAG.ack)) return 'dropped';
    if (this.defers() && endSeq === seqAdd(this.irs, 1)) {
      this.acked = true;
      return 'dropped';
    }
    return 'established';
  }

  /** RFC 5961 section 3.2 holds for half-open connections too: exactly the next number resets, others in the window are challenged. */
  private resetReceived(segment: TcpSegment, packet: Ipv4Packet): void {
    if (!this.inWindow(segment.seq, seqAdd(segment.seq, segment.seqLength))) return;
    if (segment.seq === seqAdd(this.irs, 1)) this.listener.listener!.drop(this, 'reset');
    else if (!this.tooSoon()) this.sendAck(packet);
  }

  private inWindow(seq: number, endSeq: number): boolean {
    const next = seqAdd(this.irs, 1);
    const end = seqAdd(next, this.toldWindow);
    if (seq === next) return true;
    if (seqGt(endSeq, next) && seqLt(seq, end)) return true;
    return seq === end && seq === endSeq;
  }

  /** At most two answers a second, but to segments with data, which end no loop of ACKs. */
  private limited(segment: TcpSegment): boolean {
    return (segment.seqLength === 0 || segment.has(TCP_FLAG.syn)) && this.tooSoon();
  }

  private tooSoon(): boolean {
    const at = this.listener.tcp.queue.now;
    if (this.ackAt >= 0 && at - this.ackAt < this.listener.tcp.config.invalidRateLimitMs.number * MS) return true;
    this.ackAt = at;
    return false;
  }

  private sendAck(packet: Ipv4Packet): void {
    const id = new PacketId(this.listener.tcp.context.ids.next(), 'reply', packet.ident.id);
    this.send(
      seqAdd(this.iss, 1),
      TCP_FLAG.ack,
      this.toldWindow >>> (this.offer.windowScale === undefined ? 0 : this.windowScale),
      undefined,
      id,
    );
  }
}
