/**
 * Zero-copy calls (MSG_ZEROCOPY; the kernel's networking/msg_zerocopy): each has a number, and is told of when the buffers that hold its bytes are done with.
 * Left out: the limit of locked pages.
 */
import { type Seq, seqGt, seqLt } from '../../base/sequence.ts';
import { ERROR_ORIGIN } from '../error-origin.ts';
import type { TcpNotice } from './api.ts';
import { EMPTY_BUFFER } from './buffer-memory.ts';
import { PageBuffers } from './page-buffers.ts';

/** SO_EE_CODE_ZEROCOPY_COPIED: the bytes that left were copied after all. Ours always are, once (`wire/payload.ts`); so are the kernel's towards a TUN device. */
const COPIED = 1;
/** What has to be free for a notice, which then takes an empty buffer (sock_omalloc). */
const NOTICE_NEEDS = 576;
/** Calls that share a notice hold so many bytes and calls at most (msg_zerocopy_realloc). */
const SHARED_BYTES_MAX = 512 * 1024;
const SHARED_CALLS_MAX = 65_534;

/** Calls in a row whose bytes lie in one buffer, and are told of together (struct ubuf_info_msgzc). */
interface SharedCalls {
  readonly first: number;
  count: number;
  bytes: number;
  /** Begin of the first buffer that holds bytes of theirs, as far as that was unsent, and end of the last. */
  fromSeq: Seq;
  endSeq: Seq;
}

export class ZeroCopy {
  readonly buffers = new PageBuffers();
  /** The next call's number, from 0 (sk_zckey). */
  private nextCall = 0;
  private readonly calls: SharedCalls[] = [];
  /** The latest call has not returned: its bytes are in use, whatever was acknowledged. */
  private calling = false;

  constructor(private readonly tell: (notice: TcpNotice) => void) {}

  /** A call of `size` bytes at `from` would be told of together with the one before it: `joins` says that there are unsent bytes, whose buffer it may share. */
  private shares(from: Seq, size: number, joins: boolean): boolean {
    const last = this.calls.at(-1);
    return (
      joins &&
      last !== undefined &&
      last.endSeq === from &&
      last.count < SHARED_CALLS_MAX &&
      last.bytes + size <= SHARED_BYTES_MAX
    );
  }

  /** There is memory to tell of such a call, while `unread` notices wait. */
  mayBegin(from: Seq, size: number, joins: boolean, unread: number, most: number): boolean {
    return this.shares(from, size, joins) || EMPTY_BUFFER * (this.calls.length + unread) + NOTICE_NEEDS <= most;
  }

  /** A call of `pieces` begins at `from`. `joins`: there are unsent bytes, whose buffer it may share. */
  begin(from: Seq, pieces: readonly number[], joins: boolean): void {
    this.calling = true;
    const size = pieces.reduce((sum, length) => sum + length, 0);
    const last = this.calls.at(-1);
    if (this.shares(from, size, joins)) {
      last!.count++;
      last!.bytes += size;
    } else {
      // A buffer has one owner: bytes of an earlier call that wait there keep this call's out (skb_zerocopy_iter_stream).
      if (last !== undefined && last.endSeq === from) this.buffers.closeLast();
      this.calls.push({ first: this.nextCall, count: 1, bytes: size, fromSeq: from, endSeq: from });
    }
    this.nextCall = (this.nextCall + 1) >>> 0;
    this.buffers.expect(pieces);
  }

  /** Bytes (or a FIN) were queued: the call's own, or what came into the buffer that holds its last ones, unsent from `start`. */
  queued(from: Seq, to: Seq, start: Seq, joined: boolean): void {
    const last = this.calls.at(-1);
    if (last !== undefined && (this.calling || (joined && last.endSeq === from))) {
      // What leaves of their buffer is copied, whether or not it holds bytes of theirs (skb_zerocopy_clone).
      if (joined && last.fromSeq === from) last.fromSeq = start;
      last.endSeq = to;
    }
    this.buffers.queued(from, to, start, joined, this.calling);
  }

  returned(una: Seq): void {
    this.calling = false;
    this.buffers.expect([]);
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
      this.tellOf(one, COPIED);
    }
    return told;
  }

  /** The connection is gone, and all buffers with it: first those that never left, and so were not copied (tcp_write_queue_purge). */
  releaseAll(nxt: Seq): void {
    this.calling = false;
    const left = this.calls.splice(0);
    for (const one of left) if (!seqLt(one.fromSeq, nxt)) this.tellOf(one, 0);
    for (const one of left) if (seqLt(one.fromSeq, nxt)) this.tellOf(one, COPIED);
    this.buffers.forget();
  }

  private tellOf({ first, count }: SharedCalls, code: number): void {
    this.tell({ errno: '', origin: ERROR_ORIGIN.ZEROCOPY, code, info: first, data: (first + count - 1) >>> 0 });
  }
}
