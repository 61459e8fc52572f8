/**
 * Bytes that the program sent and TCP has not: a list of views into the program's chunks. Small writes share a *group*, up to the size that
 * one large buffer would hold on Linux; the end of a group's last write carries PSH (RFC 9293 section 3.9.1), and bytes behind an end of
 * record (MSG_EOR) never share a segment with those before it.
 */
import { assert } from '../../base/assert.ts';
import { EMPTY_PAYLOAD, joinPayloads, type Payload } from '../../wire/payload.ts';

const PUSH = 1;
const END_OF_RECORD = 2;
/** The part begins a group. */
const FIRST = 4;
/** Bytes behind it never share a segment with those before it, though no program asked for that. */
const APART = 8;
const ENDS = END_OF_RECORD | APART;

export class SendQueue {
  /** Unsent bytes. */
  length = 0;
  /** Set by `take`: a group that ends among the bytes taken, or with them, had a push marked. */
  tookPush = false;
  /** Set by `take`: they end a record, too. */
  tookRecord = false;
  /** A push was marked inside the burst that is being sent: its last segment carries it, as one large buffer would. */
  carriesPush = false;
  /** Groups that are not sent to their end. */
  groups = 0;
  private parts: Payload[] = [];
  private marks: number[] = [];
  private head = 0;
  /** Bytes of the head part that were taken already. */
  private headOffset = 0;
  private groupBytes = 0;
  /** Parts in the queue that end a record, or are kept apart. */
  private ends = 0;

  /** Room that is left in the last group, for writes that may join it. */
  groupRoom(groupLimit: number): number {
    if (this.length === 0 || this.marks[this.parts.length - 1]! & ENDS) return 0;
    return Math.max(0, groupLimit - this.waitingInGroup);
  }

  /** What of the last group has not been sent: a large buffer that went out in part has room again (tcp_sendmsg_locked, tso_fragment). */
  get waitingInGroup(): number {
    return Math.min(this.groupBytes, this.length);
  }

  /**
   * Appends bytes to the last group, or begins a new one. More that follows in a group makes its end no end of a write any more; within one write a push
   * moves to the group's new end (tcp_sendmsg_locked clears PSH only where a call's first bytes join).
   */
  add(payload: Payload, join: boolean, sameWrite: boolean): void {
    let mark = FIRST;
    if (join && this.length > 0) {
      const last = this.parts.length - 1;
      mark = sameWrite ? this.marks[last]! & PUSH : 0;
      this.marks[last]! &= ~PUSH;
      this.groupBytes = this.waitingInGroup + payload.length;
    } else {
      this.groupBytes = payload.length;
      this.groups++;
    }
    this.parts.push(payload);
    this.marks.push(mark);
    this.length += payload.length;
  }

  /** Marks the end of what was added so far. */
  markPush(): void {
    if (this.length > 0) this.marks[this.parts.length - 1]! |= PUSH;
  }

  markEndOfRecord(): void {
    this.endHere(END_OF_RECORD | PUSH);
  }

  /** What comes next is kept apart from what is here, as buffers of a program's pages are. */
  markApart(): void {
    this.endHere(APART);
  }

  /** The same for what is before the last group. */
  markGroupApart(): void {
    let first = this.parts.length - 1;
    while (first > this.head && !(this.marks[first]! & FIRST)) first--;
    if (first > this.head) this.endHere(APART, first - 1);
  }

  private endHere(marks: number, at = this.parts.length - 1): void {
    if (this.length === 0) return;
    if (!(this.marks[at]! & ENDS)) this.ends++;
    this.marks[at]! |= marks;
  }

  /** Bytes of the first group. */
  get headGroupLength(): number {
    let length = -this.headOffset;
    for (let i = this.head; i < this.parts.length; i++) {
      if (i > this.head && this.marks[i]! & FIRST) break;
      length += this.parts[i]!.length;
    }
    return length;
  }

  /** Bytes that may share the next segment: up to the first end of record, or to where bytes are kept apart. */
  get recordLength(): number {
    if (this.ends === 0) return this.length;
    let length = -this.headOffset;
    for (let i = this.head; i < this.parts.length; i++) {
      length += this.parts[i]!.length;
      if (this.marks[i]! & ENDS) return length;
    }
    return length;
  }

  /** The first group takes bytes over from those behind it until it holds so many, as far as nothing keeps them apart; a push moves to its new end. */
  grow(bytes: number): void {
    let length = -this.headOffset;
    for (let i = this.head; this.groups > 1; i++) {
      length += this.parts[i]!.length;
      if (this.marks[i]! & ENDS) break;
      if (!(this.marks[i + 1]! & FIRST)) continue;
      if (length >= bytes) break;
      this.marks[i + 1]! &= ~FIRST;
      const end = this.moveGroup(i + 1, bytes - length);
      if (this.marks[i]! & PUSH) {
        this.marks[i]! &= ~PUSH;
        this.marks[end]! |= PUSH;
      }
    }
    let last = this.parts.length - 1;
    let size = this.parts[last]!.length;
    for (; last > this.head && !(this.marks[last]! & FIRST); last--) size += this.parts[last - 1]!.length;
    this.groupBytes = size;
  }

  /** The group that began at the part `from` begins `bytes` later, or is no more: the last part before that. */
  private moveGroup(from: number, bytes: number): number {
    let left = bytes;
    for (let end = from; ; end++) {
      const part = this.parts[end]!;
      if (left < part.length) {
        this.parts.splice(end, 1, part.slice(0, left), part.slice(left, part.length));
        this.marks.splice(end, 1, 0, this.marks[end]! | FIRST);
        return end;
      }
      left -= part.length;
      if (end + 1 === this.parts.length || this.marks[end + 1]! & FIRST) {
        this.groups--;
        return end;
      }
      if (left === 0) {
        this.marks[end + 1]! |= FIRST;
        return end;
      }
    }
  }

  /** Takes `count` bytes; one part is a slice of the program's chunk, several are copied together. */
  take(count: number): Payload {
    assert(count <= this.length, 'more bytes taken than queued');
    this.length -= count;
    this.tookPush = false;
    if (count === 0) return EMPTY_PAYLOAD;
    const first = this.parts[this.head]!;
    const from = this.headOffset;
    if (from + count < first.length) {
      this.headOffset = from + count;
      return first.slice(from, from + count);
    }
    if (from + count === first.length) {
      this.dropHead();
      return from === 0 ? first : first.slice(from, first.length);
    }
    return this.takeSeveral(count);
  }

  private takeSeveral(count: number): Payload {
    const pieces: Payload[] = [];
    while (count > 0) {
      const part = this.parts[this.head]!;
      const from = this.headOffset;
      const size = Math.min(count, part.length - from);
      pieces.push(part.slice(from, from + size));
      count -= size;
      if (from + size === part.length) this.dropHead();
      else this.headOffset = from + size;
    }
    return joinPayloads(pieces);
  }

  private dropHead(): void {
    this.tookPush ||= (this.marks[this.head]! & PUSH) !== 0;
    this.tookRecord = (this.marks[this.head]! & END_OF_RECORD) !== 0;
    if (this.marks[this.head]! & ENDS) this.ends--;
    this.headOffset = 0;
    this.head++;
    if (this.head === this.parts.length || this.marks[this.head]! & FIRST) this.groups--;
    if (this.head === this.parts.length) {
      this.parts.length = 0;
      this.marks.length = 0;
      this.head = 0;
    } else if (this.head >= 32 && this.head * 2 > this.parts.length) {
      this.parts = this.parts.slice(this.head);
      this.marks = this.marks.slice(this.head);
      this.head = 0;
    }
  }
}
