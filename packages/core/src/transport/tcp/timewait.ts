/**
 * TIME-WAIT (RFC 9293 section 3.6.1 and 3.10.7), in what Linux keeps of a connection for it: numbers, no queues, 60 seconds. A FIN-WAIT-2 without an
 * owner spends its time here too. RFC 1337's hazard (a RST ends the wait) is Linux's default, net.ipv4.tcp_rfc1337 closes it.
 */
import type { IpAddress } from '../../base/address.ts';
import { seqAdd, seqDiff, seqGt, seqLt } from '../../base/sequence.ts';
import type { TcpStateReason } from '../../record/catalogue.ts';
import { type Instant, MS } from '../../time/instant.ts';
import { Timer } from '../../time/timer.ts';
import { type Ipv4Packet, TCP_FLAG, TcpSegment } from '../../wire/packet.ts';
import { EMPTY_PAYLOAD } from '../../wire/payload.ts';
import type { FlowEntry } from '../demux.ts';
import type { PortHolder } from '../ports.ts';
import { PAWS_WINDOW, STATE, TIME_WAIT_NS } from './constants.ts';
import { type ControlBlock, receiveWindow, WAKE } from './control-block.ts';
import { finish, wake } from './outcome.ts';
import type { Tcp } from './tcp.ts';

/** What the layer is to do with a segment that met TIME-WAIT. */
export type TimeWaitVerdict = 'done' | 'reset' | 'new-connection';

export class TimeWait implements FlowEntry, PortHolder {
  hashNext: FlowEntry | undefined = undefined;
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly remoteAddress: IpAddress;
  readonly remotePort: number;
  readonly uid: number;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  readonly boundCard: string | undefined;
  readonly listening = false;
  readonly id: number;
  readonly portFromBind: boolean;
  state: typeof STATE.FIN_WAIT_2 | typeof STATE.TIME_WAIT;
  readonly sndNxt: number;
  rcvNxt: number;
  tsRecent: number;
  readonly timer: Timer;
  private readonly rcvWnd: number;
  private readonly rcvScale: number;
  private readonly tsOffset: number;
  readonly timestampsOn: boolean;
  private readonly since: Instant;
  private ackAt = -1;

  constructor(
    private readonly tcp: Tcp,
    c: ControlBlock,
    state: typeof STATE.FIN_WAIT_2 | typeof STATE.TIME_WAIT,
  ) {
    this.localAddress = c.localAddress;
    this.localPort = c.localPort;
    this.remoteAddress = c.remoteAddress;
    this.remotePort = c.remotePort;
    this.uid = c.uid;
    this.reuseAddress = c.reuseAddress;
    this.reusePort = c.reusePort;
    this.boundCard = c.boundCard;
    this.portFromBind = c.portFromBind;
    this.id = c.id;
    this.state = state;
    this.sndNxt = c.sndNxt;
    this.rcvNxt = c.rcvNxt;
    this.rcvWnd = receiveWindow(c);
    this.rcvScale = c.rcvScale;
    this.tsRecent = c.tsRecent;
    this.tsOffset = c.tsOffset;
    this.timestampsOn = c.timestampsOn;
    this.since = tcp.queue.now;
    this.timer = new Timer(
      tcp.queue,
      () => this.kill('timeout'),
      tcp.report.watch(this, 'time-wait', () => (this.state === STATE.FIN_WAIT_2 ? 'fin-wait-2' : 'time-wait')),
    );
  }

  /** Time stamps tell this incarnation from the next one: they are in use, and net.ipv4.tcp_tw_reuse_delay has passed. */
  get stampsMovedOn(): boolean {
    return this.timestampsOn && this.tcp.queue.now - this.since > this.tcp.config.twReuseDelayMs.number * MS;
  }

  /** Is over: the port pair is free. */
  kill(reason: TcpStateReason): void {
    this.timer.dispose();
    this.tcp.forgetTimeWait(this, reason);
  }

  receive(segment: TcpSegment, packet: Ipv4Packet): TimeWaitVerdict {
    const stamped = this.timestampsOn && segment.tsVal >= 0;
    const paws = stamped && this.tsRecent !== 0 && seqDiff(this.tsRecent, segment.tsVal) > PAWS_WINDOW;
    return this.state === STATE.FIN_WAIT_2
      ? this.inFinWait2(segment, packet, paws)
      : this.inTimeWait(segment, packet, paws);
  }

  private inFinWait2(segment: TcpSegment, packet: Ipv4Packet, paws: boolean): TimeWaitVerdict {
    const endSeq = seqAdd(segment.seq, segment.seqLength);
    if (paws || !this.inWindow(segment.seq, endSeq)) {
      this.limitedAck(segment, packet); // also a RST, as Linux does
      return 'done';
    }
    if (segment.has(TCP_FLAG.rst)) {
      this.kill('reset');
      return 'done';
    }
    if (segment.has(TCP_FLAG.syn) && !seqLt(segment.seq, this.rcvNxt)) {
      this.kill('syn-in-window');
      return 'reset';
    }
    if (!segment.has(TCP_FLAG.ack) || !seqGt(endSeq, this.rcvNxt) || endSeq === segment.seq) return 'done';
    // Data for a program that is gone (RFC 9293 section 3.6.1): reset. Only the FIN is awaited.
    if (!segment.has(TCP_FLAG.fin) || endSeq !== seqAdd(this.rcvNxt, 1)) {
      this.kill('data-after-close');
      return 'reset';
    }
    this.rcvNxt = endSeq;
    if (segment.tsVal >= 0 && this.timestampsOn) this.tsRecent = segment.tsVal | 0;
    this.tcp.report.state(this, STATE.FIN_WAIT_2, STATE.TIME_WAIT, 'fin-received');
    this.state = STATE.TIME_WAIT;
    this.timer.setAfter(TIME_WAIT_NS);
    this.ack(packet);
    return 'done';
  }

  private inTimeWait(segment: TcpSegment, packet: Ipv4Packet, paws: boolean): TimeWaitVerdict {
    const { seq } = segment;
    const rst = segment.has(TCP_FLAG.rst);
    if (!paws && seq === this.rcvNxt && (segment.seqLength === 0 || rst)) {
      if (rst) {
        if (this.tcp.config.rfc1337.number === 0) {
          this.kill('reset');
          return 'done';
        }
      } else if (segment.tsVal >= 0 && this.timestampsOn) this.tsRecent = segment.tsVal | 0;
      if (rst || !segment.has(TCP_FLAG.syn)) {
        if (rst) this.timer.setAfter(TIME_WAIT_NS);
        return 'done';
      }
    }
    // RFC 9293 section 3.10.7.4 (MAY-2) and RFC 6191: a new SYN that is surely newer opens a new incarnation.
    const newer =
      seqGt(seq, this.rcvNxt) || (this.timestampsOn && segment.tsVal >= 0 && seqDiff(this.tsRecent, segment.tsVal) < 0);
    if (segment.has(TCP_FLAG.syn) && !rst && !segment.has(TCP_FLAG.ack) && !paws && newer) {
      this.kill('new-connection');
      return 'new-connection';
    }
    if (rst) return 'done';
    // A retransmitted FIN restarts the wait (RFC 9293 section 3.10.7.4, eighth).
    if (paws || segment.has(TCP_FLAG.ack)) this.timer.setAfter(TIME_WAIT_NS);
    this.limitedAck(segment, packet);
    return 'done';
  }

  private inWindow(seq: number, endSeq: number): boolean {
    if (seq === this.rcvNxt) return true;
    const end = seqAdd(this.rcvNxt, this.rcvWnd);
    if (seqGt(endSeq, this.rcvNxt) && seqLt(seq, end)) return true;
    return seq === end && seq === endSeq;
  }

  /** At most two a second, but to segments with data, which end no loop of ACKs. */
  private limitedAck(segment: TcpSegment, packet: Ipv4Packet): void {
    if (segment.seqLength > 0 && !segment.has(TCP_FLAG.syn)) {
      this.ack(packet);
      return;
    }
    const at = this.tcp.queue.now;
    if (this.ackAt >= 0 && at - this.ackAt < this.tcp.config.invalidRateLimitMs.number * MS) return;
    this.ackAt = at;
    this.ack(packet);
  }

  private ack(packet: Ipv4Packet): void {
    const ts = this.timestampsOn ? (Math.floor(this.tcp.queue.now / MS) + this.tsOffset) >>> 0 : -1;
    const segment = new TcpSegment(
      this.localPort,
      this.remotePort,
      this.sndNxt,
      this.rcvNxt,
      TCP_FLAG.ack,
      Math.min(this.rcvWnd >>> this.rcvScale, 65_535),
      0,
      ts,
      this.timestampsOn ? this.tsRecent : 0,
      undefined,
      EMPTY_PAYLOAD,
    );
    this.tcp.replyTo(packet, segment, this.boundCard);
  }
}

/** The connection becomes a `TimeWait`; its owner sees it closed. */
export function enterTimeWait(
  c: ControlBlock,
  state: typeof STATE.FIN_WAIT_2 | typeof STATE.TIME_WAIT,
  time: number,
): void {
  // "Time wait bucket table overflow": the wait is given up, not the host's memory.
  if (c.tcp.timeWaits >= c.tcp.config.maxTimeWaits.number) {
    wake(c, WAKE.STATE);
    finish(c, 'time-wait-overflow');
    return;
  }
  const rest = new TimeWait(c.tcp, c, state);
  if (c.state !== state) c.tcp.report.state(c, c.state, state, 'close');
  c.tcp.replaceByTimeWait(c, rest);
  rest.timer.setAfter(time);
  // The events go on under the same number; the connection itself ends silently.
  c.state = STATE.CLOSED;
  wake(c, WAKE.STATE);
  finish(c, 'time-wait');
}
