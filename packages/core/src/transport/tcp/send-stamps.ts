/**
 * Time stamps of sent bytes (SO_TIMESTAMPING; the kernel's networking/timestamping): the last byte of a call is watched, and the error queue tells
 * when its segment entered the queueing discipline, when the card took it, and when the peer acknowledged it. Here the first two are one instant.
 * Left out, and refused by `checkStamping`: stamps of what arrives, TCP's figures beside a stamp (OPT_STATS), clocks of cards, TX_COMPLETION. A card has no
 * clock of its own, so the flags for hardware stamps are taken and nothing comes of them.
 */
import { E, type Errno } from '../../base/errno.ts';
import { type Seq, seqDiff, seqGt, seqLt } from '../../base/sequence.ts';
import type { Instant } from '../../time/instant.ts';
import type { Payload } from '../../wire/payload.ts';
import { ERROR_ORIGIN } from '../error-origin.ts';
import type { TcpNotice } from './api.ts';

/** SOF_TIMESTAMPING_… of linux/net_tstamp.h. */
export const STAMPING = {
  TX_HARDWARE: 1,
  TX_SOFTWARE: 2,
  RX_HARDWARE: 4,
  SOFTWARE: 0x10,
  SYS_HARDWARE: 0x20,
  RAW_HARDWARE: 0x40,
  OPT_ID: 0x80,
  TX_SCHED: 0x100,
  TX_ACK: 0x200,
  OPT_CMSG: 0x400,
  OPT_TSONLY: 0x800,
  OPT_TX_SWHW: 0x4000,
  OPT_ID_TCP: 0x10000,
} as const;
/** All that linux/net_tstamp.h defines. */
const DEFINED = 0x7ffff;
const KNOWN = Object.values(STAMPING).reduce((sum, bit) => sum | bit, 0);
/** What a control message may ask for (SOF_TIMESTAMPING_TX_RECORD_MASK), as far as it is here. */
const RECORDED = STAMPING.TX_HARDWARE | STAMPING.TX_SOFTWARE | STAMPING.TX_SCHED | STAMPING.TX_ACK;
const SOFTWARE_STAMPS = RECORDED & ~STAMPING.TX_HARDWARE;

/** SCM_TSTAMP_… of linux/errqueue.h. */
const KIND = { SENT: 0, SCHEDULED: 1, ACKED: 2 } as const;

interface Watched {
  /** Of the byte. */
  key: Seq;
  /** A byte of the buffer that is watched: that byte, or the first unacknowledged one where that byte is acknowledged and its buffer not yet gone. */
  anchor: Seq;
  acknowledged: boolean;
  flags: number;
  /** Of the segment that carried it last. */
  payload: Payload | undefined;
}

/** A socket's flags with those that a call asks for in their place. */
export function askedOf(socketFlags: number, callFlags: number | undefined): number {
  return callFlags === undefined ? socketFlags : (socketFlags & ~RECORDED) | callFlags;
}

/** EINVAL for what is no request (__sock_cmsg_send). */
export function checkAsked(callFlags: number | undefined): Errno | undefined {
  return callFlags !== undefined && (callFlags & ~RECORDED) !== 0 ? E.EINVAL : undefined;
}

/** sock_set_timestamping: EINVAL for flags that do not exist or fit together, EOPNOTSUPP for those that are not here. */
export function checkStamping(flags: number): Errno | undefined {
  if ((flags & ~DEFINED) !== 0) return E.EINVAL;
  if ((flags & STAMPING.OPT_ID_TCP) !== 0 && (flags & STAMPING.OPT_ID) === 0) return E.EINVAL;
  return (flags & ~KNOWN) === 0 ? undefined : E.EOPNOTSUPP;
}

export class SendStamps {
  /** Where OPT_ID counts from (sk_tskey). */
  base: Seq = 0;
  private readonly watched: Watched[] = [];

  constructor(private readonly tell: (notice: TcpNotice) => void) {}

  /** Watches a call's last byte. `bufferFrom`: calls whose last byte lies behind it share a buffer, and a buffer has one byte watched. */
  watch(key: Seq, flags: number, bufferFrom: Seq): void {
    const wanted = flags & SOFTWARE_STAMPS;
    if (wanted === 0) return;
    const last = this.watched.at(-1);
    if (last !== undefined && !seqLt(last.key, bufferFrom)) {
      last.key = last.anchor = key;
      last.flags |= wanted;
    } else this.watched.push({ key, anchor: key, acknowledged: false, flags: wanted, payload: undefined });
  }

  /** Bytes became one buffer, which has one byte watched: the last one (tcp_skb_collapse_tstamp). */
  joined(from: Seq, to: Seq): void {
    const within = this.watched.filter(({ anchor }) => !seqLt(anchor, from) && seqLt(anchor, to));
    const last = within.pop();
    for (const one of within) {
      last!.flags |= one.flags;
      this.watched.splice(this.watched.indexOf(one), 1);
    }
  }

  /**
   * A segment of so many sequence numbers left, for the first time or again, with the byte or without what of its buffer is acknowledged: that may leave
   * the FIN alone. `whole` makes the bytes of its packet.
   */
  left(seq: Seq, seqLength: number, payload: Payload, at: Instant, flags: number, whole: () => Payload): void {
    for (const one of this.watched) {
      if (seqLt(one.anchor, seq) || seqDiff(one.anchor, seq) >= seqLength) continue;
      one.payload = payload;
      if ((one.flags & STAMPING.TX_SCHED) !== 0) this.stamp(one, KIND.SCHEDULED, at, flags, whole);
      if ((one.flags & STAMPING.TX_SOFTWARE) !== 0) this.stamp(one, KIND.SENT, at, flags, whole);
    }
  }

  /**
   * All before `una` is acknowledged, and what was sent before `oldest` is gone; what only a SACK told of is not (the receiver may have bytes before it still to
   * come).
   */
  acknowledged(una: Seq, oldest: Seq, at: Instant, flags: number): void {
    let gone = 0;
    for (const one of this.watched) {
      if (!seqGt(una, one.anchor)) break;
      const { payload } = one;
      if (!one.acknowledged && (one.flags & STAMPING.TX_ACK) !== 0)
        this.stamp(one, KIND.ACKED, at, flags, () => payload);
      one.acknowledged = true;
      if (seqGt(oldest, one.anchor)) gone++;
      else one.anchor = una;
    }
    this.watched.splice(0, gone);
  }

  forget(): void {
    this.watched.length = 0;
  }

  private stamp({ key }: Watched, kind: number, at: Instant, flags: number, bytes: () => Payload | undefined): void {
    this.tell({
      errno: 'ENOMSG',
      origin: ERROR_ORIGIN.TIMESTAMPING,
      code: 0,
      info: kind,
      data: (flags & STAMPING.OPT_ID) === 0 ? 0 : seqDiff(key, this.base) >>> 0,
      stampNs: at,
      payload: (flags & STAMPING.OPT_TSONLY) === 0 ? bytes() : undefined,
    });
  }
}
