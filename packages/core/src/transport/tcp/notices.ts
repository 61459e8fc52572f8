/**
 * What a connection tells of bytes that it was given: zero-copy calls that are done with (`zero-copy.ts`) and time stamps (`send-stamps.ts`). The entries wait
 * in the socket's error queue for recvmsg(2) with MSG_ERRQUEUE, and poll(2) says POLLERR meanwhile. A connection has none of this before a program asks for it.
 */
import type { Ipv4Address } from '../../base/address.ts';
import { E, type Errno } from '../../base/errno.ts';
import { type Seq, seqGt } from '../../base/sequence.ts';
import type { OutputOptions } from '../../network/types.ts';
import { encodeNetwork } from '../../wire/codec.ts';
import { fragmentWord, IP_PROTOCOL, Ipv4Packet, serviceWord, type TcpSegment } from '../../wire/packet.ts';
import { payloadOf } from '../../wire/payload.ts';
import { ERROR_ORIGIN } from '../error-origin.ts';
import type { SendFlags, TcpNotice } from './api.ts';
import { type ControlBlock, now, WAKE } from './control-block.ts';
import { askedOf, SendStamps, STAMPING } from './send-stamps.ts';
import { firstOfBuffer } from './sent.ts';
import { ZeroCopy } from './zero-copy.ts';

export class Notices {
  private readonly queue: TcpNotice[] = [];
  private readonly zeroCopy: ZeroCopy;
  private readonly stamps: SendStamps;
  /** Where the buffer begins that bytes were added to last. */
  private bufferFrom: Seq = 0;
  /** Stamps that the present call asks for, until its last byte is known. */
  private asked = 0;

  constructor(private readonly c: ControlBlock) {
    const tell = (notice: TcpNotice): void => this.tell(notice);
    this.zeroCopy = new ZeroCopy(tell);
    this.stamps = new SendStamps(tell);
    if (c.sendQueue !== undefined) this.bufferFrom = (c.writeSeq - c.sendQueue.waitingInGroup) | 0;
  }

  get waiting(): boolean {
    return this.queue.length > 0;
  }

  /** A stamp is told to a program that wants those of software (SOF_TIMESTAMPING_SOFTWARE). */
  take(): TcpNotice | undefined {
    const notice = this.queue.shift();
    if (notice?.stampNs === undefined || (this.c.settings.stamping & STAMPING.SOFTWARE) !== 0) return notice;
    return { ...notice, stampNs: undefined };
  }

  /** SOF_TIMESTAMPING_OPT_ID begins to count: from what is unacknowledged, or, with OPT_ID_TCP, from what is not yet written. */
  countFrom(seq: Seq): void {
    this.stamps.base = seq;
  }

  /** ENOBUFS for a zero-copy call that there is no memory to tell of (net.core.optmem_max). */
  checkMemory(size: number, unsent: boolean, flags: SendFlags | undefined): Errno | undefined {
    const { settings, writeSeq, tcp } = this.c;
    if (flags?.zerocopy !== true || !settings.zeroCopy || flags.continued === true) return undefined;
    const unread = this.queue.reduce((sum, { origin }) => sum + (origin === ERROR_ORIGIN.ZEROCOPY ? 1 : 0), 0);
    const fits = this.zeroCopy.mayBegin(writeSeq, size, unsent, unread, tcp.buffers.optmemMax.number);
    return fits ? undefined : E.ENOBUFS;
  }

  /** A call's first bytes, or further ones, are queued next. MSG_ZEROCOPY is nothing without SO_ZEROCOPY. */
  begin(size: number, unsent: boolean, flags: SendFlags | undefined): void {
    const { settings, sndUna, writeSeq } = this.c;
    this.asked = askedOf(settings.stamping, flags?.stamping);
    if (flags?.zerocopy !== true || !settings.zeroCopy) this.zeroCopy.returned(sndUna);
    else if (flags.continued !== true) this.zeroCopy.begin(writeSeq, flags.pieces ?? [size], unsent);
  }

  /** Of `room` bytes that the last buffer has room for, those that may go there. */
  roomBehind(room: number): number {
    const { writeSeq, sndNxt } = this.c;
    return room === 0 ? 0 : this.zeroCopy.buffers.roomBehind(writeSeq, sndNxt, room);
  }

  /** Of `size` bytes, those that a buffer of their own holds. */
  roomInNew(size: number): number {
    return this.zeroCopy.buffers.fit(size);
  }

  /** A buffer that begins now is not made one with the last: either has pages of a zero-copy call (skb_shift). */
  get keepsApart(): boolean {
    return this.zeroCopy.buffers.keepsApart((this.c.writeSeq - 1) | 0);
  }

  /** What pages of zero-copy calls take beside their bytes. */
  get pageBytes(): number {
    return this.zeroCopy.buffers.extra;
  }

  get ownMemory(): number {
    return this.zeroCopy.buffers.notAskedFor(this.c.sndUna);
  }

  /** The byte lies in a buffer of pages, which no other is joined with. */
  inPages(seq: Seq): boolean {
    return this.zeroCopy.buffers.holds(seq);
  }

  /** Where the unsent bytes begin of the buffer that bytes were added to last. */
  private get unsentFrom(): Seq {
    const { sndNxt } = this.c;
    return seqGt(this.bufferFrom, sndNxt) ? this.bufferFrom : sndNxt;
  }

  /** Bytes (or a FIN) were queued, from `from` to the end, behind others in a buffer or in one of their own. */
  queued(from: Seq, joined: boolean): void {
    if (!joined) this.bufferFrom = from;
    this.zeroCopy.queued(from, this.c.writeSeq, this.unsentFrom, joined);
  }

  /** The last byte that the call brings is queued, and perhaps sent already (tcp_tx_timestamp). */
  queuedAll(): void {
    if (this.asked === 0) return;
    const { c } = this;
    let from = this.unsentFrom;
    if (c.writeSeq === c.sndNxt && c.rtxTail !== undefined) from = firstOfBuffer(c.rtxTail).seq;
    this.stamps.watch((c.writeSeq - 1) | 0, this.asked, from);
    this.asked = 0;
  }

  /** The call returns; where it took a part, that part's end is watched. */
  returned(): void {
    this.queuedAll();
    this.zeroCopy.returned(this.c.sndUna);
  }

  /** Two segments, or the next so many bytes, became one buffer. */
  joined(from: Seq, to: Seq): void {
    this.stamps.joined(from, to);
  }

  grown(length: number): void {
    const { sndNxt, writeSeq } = this.c;
    const end = (sndNxt + length) | 0;
    this.stamps.joined(sndNxt, end);
    if (seqGt(end, this.bufferFrom)) this.bufferFrom = end === writeSeq ? sndNxt : end;
  }

  left(segment: TcpSegment, { ident, ttl, tos, dontFragment, identification }: OutputOptions): void {
    const { c } = this;
    this.stamps.left(segment.seq, segment.seqLength, segment.payload, now(c), c.settings.stamping, () => {
      const [src, dst] = [c.localAddress as Ipv4Address, c.remoteAddress as Ipv4Address];
      const service = serviceWord(IP_PROTOCOL.tcp, ttl, tos);
      const place = fragmentWord(identification ?? 0, dontFragment, false, 0);
      return payloadOf(encodeNetwork(new Ipv4Packet(ident, src, dst, service, place, undefined, segment)));
    });
  }

  /** SND.UNA moved, and the oldest buffer out is one that began at `oldest`, or was acknowledged up to there before. */
  acknowledged(oldest: Seq): void {
    const { c, stamps, zeroCopy } = this;
    const { sndUna } = c;
    const [at, flags] = [now(c), c.settings.stamping];
    // Buffer by buffer: its stamp, then its end (tcp_clean_rtx_queue).
    for (let end = zeroCopy.firstEnd; end !== undefined && !seqGt(end, sndUna); end = zeroCopy.firstEnd) {
      stamps.acknowledged(end, oldest, at, flags);
      if (!zeroCopy.release(end)) break;
    }
    stamps.acknowledged(sndUna, oldest, at, flags);
    zeroCopy.buffers.acknowledged(sndUna, oldest);
  }

  /** What is queued will never be acknowledged. */
  forget(): void {
    this.stamps.forget();
    this.zeroCopy.releaseAll(this.c.sndNxt);
  }

  /** A zero-copy notice that follows the last one that nobody has read becomes part of it (skb_zerocopy_notify_extend). */
  private tell(notice: TcpNotice): void {
    const last = this.queue.at(-1);
    const extends_ =
      notice.origin === ERROR_ORIGIN.ZEROCOPY &&
      last?.origin === ERROR_ORIGIN.ZEROCOPY &&
      (last.data + 1) >>> 0 === notice.info;
    if (extends_) this.queue[this.queue.length - 1] = { ...last, data: notice.data };
    else this.queue.push(notice);
    this.c.wakes |= WAKE.ERROR;
  }
}
