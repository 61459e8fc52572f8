/**
 * Bytes in order that the program has not read: views into the chunks that packets carried. Reading copies out. The buffer is charged as
 * Linux charges it, by the memory that a packet takes (`segmentMemory`), so that many small segments fill it sooner than their bytes.
 */
import { joinPayloads, type Payload } from '../../wire/payload.ts';

/** What Linux's buffer for a segment takes beside its payload: headers, head room, shared info. */
const HEAD_BYTES = 424;
const DESCRIPTOR_BYTES = 256;
const PAGE_BYTES = 4096;

/** What a segment of so many bytes is charged with: descriptor and a buffer of the allocator's next size (`truesize`); pages where it is larger. */
export function segmentMemory(length: number): number {
  const needed = length + HEAD_BYTES;
  if (needed <= 576) return DESCRIPTOR_BYTES + 576;
  if (needed <= 1024) return DESCRIPTOR_BYTES + 1024;
  if (needed <= 2048) return DESCRIPTOR_BYTES + 2048;
  return DESCRIPTOR_BYTES + 576 + Math.ceil(length / PAGE_BYTES) * PAGE_BYTES;
}

export class ReceiveQueue {
  length = 0;
  /** Charged against SO_RCVBUF. */
  memory = 0;
  private parts: Payload[] = [];
  private head = 0;
  private headOffset = 0;

  add(payload: Payload): void {
    this.parts.push(payload);
    this.length += payload.length;
    this.memory += segmentMemory(payload.length);
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
    for (let i = this.head; i < index; i++) this.memory -= segmentMemory(this.parts[i]!.length);
    this.head = index;
    this.headOffset = offset;
    if (index === this.parts.length) {
      // Most often one segment waits: `pop` keeps the array's memory, which a length of 0 would give away.
      if (index === 1) this.parts.pop();
      else this.parts.length = 0;
      this.head = 0;
    } else if (index >= 32 && index * 2 > this.parts.length) {
      this.parts = this.parts.slice(index);
      this.head = 0;
    }
  }

  /** Copies small segments together, as Linux does before it gives up received data (tcp_collapse). */
  collapse(): void {
    if (this.parts.length - this.head < 2) return;
    const parts = this.parts.slice(this.head);
    parts[0] = parts[0]!.slice(this.headOffset, parts[0]!.length);
    const whole = joinPayloads(parts);
    this.parts = [whole];
    this.head = 0;
    this.headOffset = 0;
    this.memory = segmentMemory(whole.length);
  }

  /** Passes over one byte (urgent data that is read out of band). */
  skip(): void {
    const part = this.parts[this.head]!;
    const offset = this.headOffset + 1;
    if (offset === part.length) this.consume(1, this.head + 1, 0);
    else this.consume(1, this.head, offset);
  }
}
