/**
 * Buffers that hold the program's own pages (zero-copy calls). Such a buffer points to MAX_SKB_FRAGS pieces of pages and no more, is never made one with its
 * neighbour, and the send buffer is charged with whole pages (zerocopy_fill_skb_from_iter). Where in a page a program's bytes begin is not known here: it is
 * taken to be the middle.
 */
import { type Seq, seqDiff, seqGt, seqLeq } from '../../base/sequence.ts';
import { PAGE_BYTES } from './buffer-memory.ts';

/** net.core.max_skb_frags is 17, and is not here. */
const PIECES_MAX = 17;
const BEGIN_BYTES = PAGE_BYTES / 2;

interface PageBuffer {
  readonly from: Seq;
  end: Seq;
  /** What it is charged with beside its bytes. */
  extra: number;
  /** Ends of its pieces of pages. */
  readonly pieces: Seq[];
  closed: boolean;
  /** Nothing was copied into it. */
  pure: boolean;
  /** A byte of the sent buffer that its cost lies with: its first, later the first that is not acknowledged. */
  anchor: Seq;
}

export class PageBuffers {
  /** Charged beside the bytes, of all. */
  extra = 0;
  private readonly buffers: PageBuffer[] = [];
  /** Pages of the present call that are not queued yet, with what each holds. */
  private coming: number[] = [];
  /** The first of them is the rest of the page that the last piece points to. */
  private split = false;

  /** A call brings bytes that lie in so long pieces. */
  expect(pieces: readonly number[]): void {
    this.coming = pieces.flatMap(pagesOf);
    this.split = false;
  }

  /** The last buffer takes nothing more in. */
  closeLast(): void {
    const last = this.buffers.at(-1);
    if (last !== undefined) last.closed = true;
  }

  /** Of `room` bytes behind the unsent ones of the last buffer, those that the call at hand may put there: `from` is where they would begin, `nxt` what is unsent. */
  roomBehind(from: Seq, nxt: Seq, room: number): number {
    const last = this.buffers.at(-1);
    if (last === undefined || last.end !== from) return this.coming.length === 0 ? room : this.fit(room, 1);
    if (last.closed) return 0;
    const used = last.pieces.reduce((sum, end) => (seqGt(end, nxt) ? sum + 1 : sum), 0);
    if (this.coming.length > 0) return this.fit(room, this.split ? used - 1 : used);
    return used < PIECES_MAX ? room : 0;
  }

  /** Of `size` bytes, those that a buffer with so many pieces can point to. */
  fit(size: number, used = 0): number {
    if (this.coming.length === 0) return size;
    const most = this.coming.slice(0, PIECES_MAX - used).reduce((sum, length) => sum + length, 0);
    return Math.min(size, most);
  }

  /** Bytes were queued, by a zero-copy call or others, in a buffer whose unsent bytes begin at `start`. */
  queued(from: Seq, to: Seq, start: Seq, joined: boolean, zeroCopy: boolean): void {
    const last = this.buffers.at(-1);
    const behind = joined && last !== undefined && last.end === from;
    if (!zeroCopy) {
      // What is copied is a piece of its own, as no other is (skb_can_coalesce).
      if (behind) {
        last.pure = false;
        last.pieces.push(to);
        last.end = to;
      }
      return;
    }
    const buffer = behind ? last : newBuffer(start, to, joined ? [from] : []);
    if (!behind) this.buffers.push(buffer);
    this.pointTo(buffer, from, to);
  }

  private pointTo(buffer: PageBuffer, from: Seq, to: Seq): void {
    const before = buffer.extra;
    let at = from;
    while (at !== to) {
      if (this.coming.length === 0) this.coming = pagesOf(seqDiff(to, at));
      const length = Math.min(this.coming[0]!, seqDiff(to, at));
      at = (at + length) | 0;
      if (this.split && buffer.end === from) buffer.pieces.pop();
      buffer.pieces.push(at);
      buffer.extra += PAGE_BYTES - length;
      this.split = length < this.coming[0]!;
      if (this.split) this.coming[0]! -= length;
      else this.coming.shift();
    }
    buffer.end = to;
    this.extra += buffer.extra - before;
  }

  /** All before `una` is acknowledged, and what was sent before `oldest` is gone: what a buffer costs stays with its first byte (tso_fragment). */
  acknowledged(una: Seq, oldest: Seq): void {
    for (const one of this.buffers) {
      if (!seqGt(una, one.anchor)) continue;
      if (!seqGt(oldest, one.anchor)) one.anchor = una;
      else {
        this.extra -= one.extra;
        one.extra = 0;
      }
    }
    while (this.buffers.length > 0 && this.buffers[0]!.extra === 0 && !seqGt(this.buffers[0]!.end, una))
      this.buffers.shift();
  }

  /** Memory that is the program's own, and not asked of the host, of what is not acknowledged (skb_zcopy_pure). */
  notAskedFor(una: Seq): number {
    let sum = 0;
    for (const { from, end, extra, pure } of this.buffers)
      if (pure) sum += seqDiff(end, seqGt(una, from) ? una : from) + extra;
    return sum;
  }

  /** A call brings pages, or the byte lies on some. */
  keepsApart(seq: Seq): boolean {
    return this.coming.length > 0 || this.holds(seq);
  }

  /** The byte lies in such a buffer. */
  holds(seq: Seq): boolean {
    return this.buffers.some(({ from, end }) => seqLeq(from, seq) && seqGt(end, seq));
  }

  forget(): void {
    this.buffers.length = 0;
    this.extra = 0;
  }
}

/** `pieces`: what was copied there before. */
function newBuffer(from: Seq, end: Seq, pieces: Seq[]): PageBuffer {
  return { from, end, extra: 0, pieces, closed: false, pure: pieces.length === 0, anchor: from };
}

/** What of a piece lies in each page. */
function pagesOf(length: number): number[] {
  const pages: number[] = [];
  for (let left = length, room = PAGE_BYTES - BEGIN_BYTES; left > 0; left -= room, room = PAGE_BYTES)
    pages.push(Math.min(left, room));
  return pages;
}
