/**
 * Zero-copy calls (MSG_ZEROCOPY; the kernel's networking/msg_zerocopy): each has a number, and is told of when the buffers that hold its bytes are done with.
 * Left out: ENOBUFS for more notices than net.core.optmem_max has room for, and the limit of locked pages.
 */
import { type Seq, seqGt } from '../../base/sequence.ts';
import { ERROR_ORIGIN } from '../error-origin.ts';
import type { TcpNotice } from './api.ts';

/** SO_EE_CODE_ZEROCOPY_COPIED: the bytes were copied after all. Ours always are, once (`wire/payload.ts`); so are the kernel's towards a TUN device. */
const COPIED = 1;
/** Calls that share a notice hold so many bytes and calls at most (msg_zerocopy_realloc). */
const SHARED_BYTES_MAX = 512 * 1024;
const SHARED_CALLS_MAX = 65_534;
const PIECES_MAX = 17;

/** Calls in a row whose bytes lie in one buffer, and are told of together (struct ubuf_info_msgzc). */
interface SharedCalls {
  readonly first: number;
  count: number;
  bytes: number;
  /** End of the last buffer that holds bytes of theirs. */
  endSeq: Seq;
}

/**
 * Where the buffers of a call end whose bytes come in pieces: a buffer points to MAX_SKB_FRAGS pieces (net.core.max_skb_frags is 17 and is not here).
 * A piece counts as one, though pages of a longer one may lie apart. The memory of a whole page, which each is charged with, is left out.
 */
export function bufferEnds(pieces: readonly number[]): number[] {
  const ends: number[] = [];
  let at = 0;
  pieces.forEach((length, i) => {
    at += length;
    if ((i + 1) % PIECES_MAX === 0 || i === pieces.length - 1) ends.push(at);
  });
  return ends;
}

export class ZeroCopy {
  /** The next call's number, from 0 (sk_zckey). */
  private nextCall = 0;
  private readonly calls: SharedCalls[] = [];
  /** The latest call has not returned: its bytes are in use, whatever was acknowledged. */
  private calling = false;

  constructor(private readonly tell: (notice: TcpNotice) => void) {}

  /** A call of `size` bytes begins at `from`. `joins`: there are unsent bytes, whose buffer it may share. */
  begin(from: Seq, size: number, joins: boolean): void {
    this.calling = true;
    const last = this.calls.at(-1);
    const shared =
      joins &&
      last !== undefined &&
      last.endSeq === from &&
      last.count < SHARED_CALLS_MAX &&
      last.bytes + size <= SHARED_BYTES_MAX;
    if (shared) {
      last.count++;
      last.bytes += size;
    } else this.calls.push({ first: this.nextCall, count: 1, bytes: size, endSeq: from });
    this.nextCall = (this.nextCall + 1) >>> 0;
  }

  /** Bytes (or a FIN) were queued: the call's own, or what came into the buffer that holds its last ones. */
  queued(from: Seq, to: Seq, joined: boolean): void {
    const last = this.calls.at(-1);
    if (last !== undefined && (this.calling || (joined && last.endSeq === from))) last.endSeq = to;
  }

  returned(una: Seq): void {
    this.calling = false;
    this.release(una);
  }

  /** Where the buffers of the oldest calls end. */
  get firstEnd(): Seq | undefined {
    return this.calls[0]?.endSeq;
  }

  /** Tells of all calls whose buffers are acknowledged; false where there are none. */
  release(una: Seq): boolean {
    let told = false;
    for (let one = this.calls[0]; one !== undefined && !seqGt(one.endSeq, una); one = this.calls[0]) {
      if (this.calling && this.calls.length === 1) break;
      told = true;
      this.calls.shift();
      const data = (one.first + one.count - 1) >>> 0;
      this.tell({ errno: '', origin: ERROR_ORIGIN.ZEROCOPY, code: COPIED, info: one.first, data });
    }
    return told;
  }

  /** The connection is gone, and all buffers with it. */
  releaseAll(una: Seq): void {
    for (const one of this.calls) one.endSeq = una;
    this.release(una);
  }
}
