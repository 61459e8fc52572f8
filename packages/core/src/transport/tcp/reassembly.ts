/**
 * Segments that arrived ahead of their turn, in sequence order and without overlap, and the SACK blocks that report them, most recent first
 * (RFC 2018 section 4). Bounded: the caller admits only what lies in the advertised window, and pruning throws out the highest first.
 */
import { type Seq, seqAdd, seqDiff, seqGeq, seqGt, seqLeq, seqLt } from '../../base/sequence.ts';
import type { Payload } from '../../wire/payload.ts';
import { segmentMemory, tailRoom } from './buffer-memory.ts';

export interface Segment {
  readonly seq: Seq;
  readonly endSeq: Seq;
  readonly payload: Payload;
  readonly fin: boolean;
}

/** In the queue, with what it is charged (nothing where it lies in the buffer of the one before it) and the room behind it. */
interface Queued extends Segment {
  readonly memory: number;
  room: number;
  /** Its front was here before: a buffer before it overlaps with it. */
  cut: boolean;
}

/** What an insertion came to. */
export interface Insertion {
  /** Bytes that were here already, for a D-SACK report; none when left equals right. */
  readonly dupLeft: Seq;
  readonly dupRight: Seq;
  readonly stored: boolean;
  /** What the segment is charged. */
  readonly memory: number;
}

const MAX_BLOCKS = 4;
const NO_BLOCK = [0, 0] as const;

export class ReassemblyQueue {
  private segments: Queued[] = [];
  private blocks: (readonly [Seq, Seq])[] = [];
  /** Charged against SO_RCVBUF. */
  memory = 0;

  get empty(): boolean {
    return this.segments.length === 0;
  }

  get sackBlocks(): readonly (readonly [Seq, Seq])[] {
    return this.blocks;
  }

  /** Adds a segment beyond rcvNxt; what is here already is kept, what the new one covers whole is replaced. */
  insert(segment: Segment, optionBytes = 0): Insertion {
    let { seq, endSeq, payload } = segment;
    let at = this.segments.length;
    while (at > 0 && seqGt(this.segments[at - 1]!.seq, seq)) at--;
    const same = this.segments[at - 1];
    if (same !== undefined && same.seq === seq && seqGt(endSeq, same.endSeq)) at--;
    let dupLeft = 0;
    let dupRight = 0;
    const before = this.segments[at - 1];
    if (before !== undefined && seqGt(before.endSeq, seq)) {
      if (seqLeq(endSeq, before.endSeq)) {
        this.remember(seq, endSeq);
        return { dupLeft: seq, dupRight: endSeq, stored: false, memory: 0 };
      }
      dupLeft = seq;
      dupRight = before.endSeq;
      payload = payload.slice(Math.min(payload.length, seqDiff(before.endSeq, seq)), payload.length);
      seq = before.endSeq;
    }
    // Later segments that the new one covers go; one that it reaches into cuts its tail off.
    let fin = segment.fin;
    let covered = at;
    while (covered < this.segments.length && seqGt(endSeq, this.segments[covered]!.seq)) {
      const later = this.segments[covered]!;
      if (dupRight === dupLeft) dupLeft = later.seq;
      if (seqLt(endSeq, later.endSeq)) {
        dupRight = endSeq;
        payload = payload.slice(0, Math.min(payload.length, seqDiff(later.seq, seq)));
        endSeq = later.seq;
        later.cut = true;
        fin = false;
        break;
      }
      dupRight = later.endSeq;
      this.memory -= later.memory;
      covered++;
    }
    const { length } = segment.payload;
    const joins = before !== undefined && before.endSeq === segment.seq && length <= before.room;
    const memory = joins ? 0 : segmentMemory(length + optionBytes);
    const room = joins ? before.room - length : tailRoom(length + optionBytes);
    if (joins) before.room = 0;
    const queued = { seq, endSeq, payload, fin, memory, room, cut: seq !== segment.seq };
    if (at === this.segments.length) this.segments.push(queued);
    else this.segments.splice(at, covered - at, queued);
    this.memory += memory;
    this.remember(segment.seq, segment.endSeq);
    return { dupLeft, dupRight, stored: true, memory };
  }

  /** How many blocks stand before the one that an arrival would grow, or all of them where it grows none. */
  blocksApart(left: Seq, right: Seq): number {
    const grown = this.blocks.findIndex((block) => seqGeq(right, block[0]) && seqLeq(left, block[1]));
    return grown < 0 ? this.blocks.length : grown;
  }

  /** The block of the latest arrival moves to the front, grown by whatever it touches. */
  private remember(left: Seq, right: Seq): void {
    // Its place, until it is known how far it reaches.
    const kept: (readonly [Seq, Seq])[] = [NO_BLOCK];
    for (const block of this.blocks) {
      if (seqGeq(right, block[0]) && seqLeq(left, block[1])) {
        if (seqLt(block[0], left)) left = block[0];
        if (seqGt(block[1], right)) right = block[1];
      } else kept.push(block);
    }
    kept[0] = [left, right];
    if (kept.length > MAX_BLOCKS) kept.length = MAX_BLOCKS;
    this.blocks = kept;
  }

  /** The run of queued bytes that lies below `rcvNxt`, first to last; undefined for none. */
  coveredBelow(rcvNxt: Seq): readonly [Seq, Seq] | undefined {
    const first = this.segments[0];
    if (first === undefined || !seqLt(first.seq, rcvNxt)) return undefined;
    let right = first.endSeq;
    for (const segment of this.segments) {
      if (seqGt(segment.seq, right)) break;
      right = segment.endSeq;
    }
    return [first.seq, seqLt(right, rcvNxt) ? right : rcvNxt];
  }

  /**
   * Takes the next segment that begins at or before `rcvNxt`, cut to what is new; `undefined` while there is a hole. A segment that brings
   * nothing new is dropped on the way.
   */
  next(rcvNxt: Seq): Queued | undefined {
    for (;;) {
      const first = this.segments[0];
      if (first === undefined || seqGt(first.seq, rcvNxt)) return undefined;
      this.segments.shift();
      this.memory -= first.memory;
      if (seqLeq(first.endSeq, rcvNxt)) continue;
      const skip = Math.min(first.payload.length, seqDiff(rcvNxt, first.seq));
      if (skip === 0) return first;
      const { endSeq, payload, fin, memory, room } = first;
      const rest = payload.slice(skip, payload.length);
      return { seq: seqAdd(first.seq, skip), endSeq, payload: rest, fin, memory, room, cut: true };
    }
  }

  /** Drops the blocks that rcvNxt has reached. */
  acknowledge(rcvNxt: Seq): void {
    if (this.segments.length === 0) this.blocks = [];
    else if (this.blocks.some((block) => seqLeq(block[0], rcvNxt)))
      this.blocks = this.blocks.filter((block) => seqGt(block[0], rcvNxt));
  }

  /** Right after the last byte that waits; rcvNxt's caller asks only while something does. */
  get end(): Seq {
    return this.segments.at(-1)?.endSeq ?? 0;
  }

  /** The highest sequence number that a SACK block reports, for the RST rule of Linux beside RFC 5961. */
  get highest(): Seq | undefined {
    let highest: Seq | undefined;
    for (const [, right] of this.blocks) if (highest === undefined || seqGt(right, highest)) highest = right;
    return highest;
  }

  /** Throws away the highest segments until no more than `limit` is charged; RFC 2018 section 8 lets a receiver renege. */
  prune(limit: number): boolean {
    let pruned = false;
    while (this.memory > limit && this.segments.length > 0) {
      this.memory -= this.segments.pop()!.memory;
      pruned = true;
    }
    if (pruned) this.blocks = [];
    return pruned;
  }

  clear(): void {
    this.segments = [];
    this.blocks = [];
    this.memory = 0;
  }
}
