/**
 * What a connection tells of bytes that it was given: that a zero-copy send is done with (MSG_ZEROCOPY; the kernel's networking/msg_zerocopy). The
 * entries wait in the socket's error queue for recvmsg(2) with MSG_ERRQUEUE, and poll(2) says POLLERR meanwhile. A connection has none of this before
 * a program asks for it.
 * Left out: ENOBUFS for more notices than net.core.optmem_max has room for, and the limit of locked pages.
 */
import { type Seq, seqAdd, seqGt } from '../../base/sequence.ts';
import { ERROR_ORIGIN } from '../error-origin.ts';
import type { TcpNotice } from './api.ts';
import { type ControlBlock, WAKE } from './control-block.ts';

/** SO_EE_CODE_ZEROCOPY_COPIED: the bytes were copied after all. Ours always are, once (`wire/payload.ts`); so are the kernel's towards a TUN device. */
const COPIED = 1;
/** Calls that share a notice hold so many bytes and calls at most (msg_zerocopy_realloc). */
const SHARED_BYTES_MAX = 512 * 1024;
const SHARED_CALLS_MAX = 65_534;

/** Calls in a row whose bytes lie in one buffer, and are told of together (struct ubuf_info_msgzc). */
interface ZeroCopyCalls {
  readonly first: number;
  count: number;
  bytes: number;
  /** End of the last buffer that holds bytes of theirs. */
  endSeq: Seq;
}

export class Notices {
  /** The next zero-copy call's number, from 0 (sk_zckey). */
  private nextCall = 0;
  private readonly calls: ZeroCopyCalls[] = [];
  /** The latest call has not returned: its bytes are in use, whatever was acknowledged. */
  private calling = false;
  private readonly queue: TcpNotice[] = [];

  get waiting(): boolean {
    return this.queue.length > 0;
  }

  take(): TcpNotice | undefined {
    return this.queue.shift();
  }

  /** A zero-copy call of `size` bytes, of which the first are queued next. `joins`: there are unsent bytes, whose buffer they may share. */
  begin(c: ControlBlock, size: number, joins: boolean): void {
    this.calling = true;
    const last = this.calls.at(-1);
    const shared =
      joins &&
      last !== undefined &&
      last.endSeq === c.writeSeq &&
      last.count < SHARED_CALLS_MAX &&
      last.bytes + size <= SHARED_BYTES_MAX;
    if (shared) {
      last.count++;
      last.bytes += size;
    } else this.calls.push({ first: this.nextCall, count: 1, bytes: size, endSeq: c.writeSeq });
    this.nextCall = (this.nextCall + 1) >>> 0;
  }

  /** Bytes (or a FIN) were queued, from `before` on: the call's own, or what came into the buffer that holds its last ones. */
  queued(c: ControlBlock, before: Seq, joined: boolean): void {
    const last = this.calls.at(-1);
    if (last !== undefined && (this.calling || (joined && last.endSeq === before))) last.endSeq = c.writeSeq;
  }

  /** The call returns. */
  end(c: ControlBlock): void {
    this.calling = false;
    this.release(c);
  }

  /** Tells of all calls whose bytes are acknowledged, or gone. */
  release(c: ControlBlock): void {
    for (;;) {
      const [first] = this.calls;
      if (first === undefined || seqGt(first.endSeq, c.sndUna) || (this.calling && this.calls.length === 1)) return;
      this.calls.shift();
      this.tell(c, first);
    }
  }

  /** What was queued will never be acknowledged: the connection is gone. */
  releaseAll(c: ControlBlock): void {
    for (const calls of this.calls) calls.endSeq = c.sndUna;
    this.release(c);
  }

  /** A notice that follows the last one that nobody has read becomes part of it (skb_zerocopy_notify_extend). */
  private tell(c: ControlBlock, { first, count }: ZeroCopyCalls): void {
    const tail = this.queue.at(-1);
    const last = seqAdd(first, count - 1) >>> 0;
    if (tail?.origin === ERROR_ORIGIN.ZEROCOPY && (tail.data + 1) >>> 0 === first)
      this.queue[this.queue.length - 1] = { ...tail, data: last };
    else this.queue.push({ errno: '', origin: ERROR_ORIGIN.ZEROCOPY, code: COPIED, info: first, data: last });
    c.wakes |= WAKE.ERROR;
  }
}
