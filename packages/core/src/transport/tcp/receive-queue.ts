/** Bytes in order that the program has not read: views into the chunks that packets carried. Reading copies out. */
import type { ByteArena } from '../../base/arena.ts';
import type { Payload } from '../../wire/payload.ts';

export class ReceiveQueue {
  length = 0;
  private parts: Payload[] = [];
  private head = 0;
  private headOffset = 0;

  add(payload: Payload): void {
    this.parts.push(payload);
    this.length += payload.length;
  }

  /** Copies out up to `max` bytes into memory from `arena`; consumes them unless `peek`. */
  read(max: number, peek: boolean, arena: ByteArena): Uint8Array {
    const size = Math.min(max, this.length);
    const out = arena.take(size);
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
    return out;
  }

  private consume(size: number, index: number, offset: number): void {
    this.length -= size;
    this.head = index;
    this.headOffset = offset;
    if (index === this.parts.length) {
      this.parts.length = 0;
      this.head = 0;
    } else if (index >= 32 && index * 2 > this.parts.length) {
      this.parts = this.parts.slice(index);
      this.head = 0;
    }
  }

  /** Passes over one byte (urgent data that is read out of band). */
  skip(): void {
    const part = this.parts[this.head]!;
    const offset = this.headOffset + 1;
    if (offset === part.length) this.consume(1, this.head + 1, 0);
    else this.consume(1, this.head, offset);
  }
}
