/**
 * Bytes in order that the program has not read: views into the chunks that packets carried. Reading copies out. The buffer is charged as
 * Linux charges it, by the memory that a packet takes (`segmentMemory`), so that many small segments fill it sooner than their bytes; one that
 * fits behind the last is copied there and costs nothing (tcp_try_coalesce).
 */
import { joinPayloads, type Payload } from '../../wire/payload.ts';
import { COPIED_MAX, copiedMemory, copiedRoom, segmentMemory, tailRoom } from './buffer-memory.ts';

export class ReceiveQueue {
  length = 0;
  /** Charged against SO_RCVBUF. */
  memory = 0;
  private parts: Payload[] = [];
  /** What each part is charged with; parts that share a buffer have it on the last of them. */
  private charges: number[] = [];
  private head = 0;
  private headOffset = 0;
  /** Left in the last buffer. */
  private room = 0;
  /** Parts that are no longer in the array, and the numbers of those whose front was here before, both counted from the first ever. */
  private gone = 0;
  private cuts: number[] | undefined = undefined;

  /** Bytes of a segment that is charged with `memory` and would leave `room`; `cut`: its front was here before, so that it keeps its buffer. */
  add(payload: Payload, memory = segmentMemory(payload.length), room = tailRoom(payload.length), cut = false): void {
    const { length } = payload;
    const last = this.parts.length - 1;
    if (cut) (this.cuts ??= []).push(this.gone + last + 1);
    if (last >= this.head && !cut && length <= this.room) {
      this.charges.push(this.charges[last]!);
      this.charges[last] = 0;
      this.room -= length;
    } else {
      this.charges.push(memory);
      this.memory += memory;
      this.room = room;
    }
    this.parts.push(payload);
    this.length += length;
  }

  /** Unread bytes of the first segment; something waits. */
  get firstLength(): number {
    return this.parts[this.head]!.length - this.headOffset;
  }

  /** Copies the first `size` bytes out; consumes them unless `peek`. */
  read(out: Uint8Array, size: number, peek: boolean): void {
    let at = 0;
    let index = this.head;
    let offset = this.headOffset;
    while (at < size) {
      const part = this.parts[index]!;
      const start = part.start + offset;
      const take = Math.min(size - at, part.end - start);
      out.set(part.chunk.bytes.subarray(start, start + take), at);
      at += take;
      if (start + take === part.end) {
        index++;
        offset = 0;
      } else offset += take;
    }
    if (!peek) this.consume(size, index, offset);
  }

  private consume(size: number, index: number, offset: number): void {
    this.length -= size;
    for (let i = this.head; i < index; i++) this.memory -= this.charges[i]!;
    this.head = index;
    this.headOffset = offset;
    if (index === this.parts.length) {
      this.gone += index;
      this.cuts = undefined;
      // Most often one segment waits: `pop` keeps the array's memory, which a length of 0 would give away.
      if (index === 1) {
        this.parts.pop();
        this.charges.pop();
      } else this.parts.length = this.charges.length = 0;
      this.head = 0;
    } else if (index >= 32 && index * 2 > this.parts.length) {
      this.parts = this.parts.slice(index);
      this.charges = this.charges.slice(index);
      this.gone += index;
      this.head = 0;
    }
  }

  /**
   * Copies segments together before received data is given up (tcp_collapse): from the first on that was read in part, whose buffer is too large for its bytes
   * (`wasteful`), or that overlaps with the next.
   */
  collapse(wasteful: (memory: number, length: number) => boolean): void {
    const from = this.headOffset > 0 ? this.head : this.firstBuffer(wasteful);
    if (from === this.parts.length) return;
    const old = this.parts.slice(from);
    if (from === this.head) old[0] = old[0]!.slice(this.headOffset, old[0]!.length);
    const whole = joinPayloads(old);
    for (const charge of this.charges.splice(from)) this.memory -= charge;
    this.cuts = undefined;
    this.parts.length = from;
    if (from === this.head) this.headOffset = 0;
    for (let at = 0; at < whole.length; at += COPIED_MAX) {
      const part = whole.slice(at, Math.min(at + COPIED_MAX, whole.length));
      this.parts.push(part);
      this.charges.push(copiedMemory(part.length));
      this.memory += copiedMemory(part.length);
      this.room = copiedRoom(part.length);
    }
  }

  /** Where the first such buffer begins. What shares a buffer is charged at its last part. */
  private firstBuffer(wasteful: (memory: number, length: number) => boolean): number {
    let begin = this.head;
    let length = 0;
    if (this.isCut(begin)) return begin;
    for (let i = this.head; i < this.parts.length; i++) {
      length += this.parts[i]!.length;
      if (this.charges[i] === 0) continue;
      if (wasteful(this.charges[i]!, length) || this.isCut(i + 1)) return begin;
      begin = i + 1;
      length = 0;
    }
    return begin;
  }

  private isCut(index: number): boolean {
    return this.cuts?.includes(this.gone + index) === true;
  }

  /** Passes over one byte (urgent data that is read out of band). */
  skip(): void {
    const part = this.parts[this.head]!;
    const offset = this.headOffset + 1;
    if (offset === part.length) this.consume(1, this.head + 1, 0);
    else this.consume(1, this.head, offset);
  }
}
