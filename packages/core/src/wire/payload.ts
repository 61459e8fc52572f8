/**
 * Payload: a view (chunk, start, end) of bytes that a program sent. `send` copies the program's bytes once into a chunk that is never
 * written again; segments, retransmissions and copies on other links share it. A chunk is summed once, when the first frame that carries
 * it is digested.
 */
import { Mix } from '../base/mix.ts';

export class Chunk {
  private sumA = 0;
  private sumB = 0;
  private summed = false;

  constructor(readonly bytes: Uint8Array) {}

  /** Writes this chunk's digest, two words, to `words` at `at`. */
  digestInto(words: Int32Array, at: number): void {
    if (!this.summed) {
      const own = new Mix();
      own.bytes(this.bytes);
      this.sumA = own.a;
      this.sumB = own.b;
      this.summed = true;
    }
    words[at] = this.sumA;
    words[at + 1] = this.sumB;
  }
}

export class Payload {
  constructor(
    readonly chunk: Chunk,
    readonly start: number,
    readonly end: number,
  ) {}

  get length(): number {
    return this.end - this.start;
  }

  /** A view of the bytes; never write to it. */
  bytes(): Uint8Array {
    return this.chunk.bytes.subarray(this.start, this.end);
  }

  slice(from: number, to: number): Payload {
    return new Payload(this.chunk, this.start + from, this.start + to);
  }
}

export const EMPTY_PAYLOAD = new Payload(new Chunk(new Uint8Array(0)), 0, 0);

/** A payload over bytes that nobody writes to any more. */
export function payloadOf(bytes: Uint8Array): Payload {
  return bytes.length === 0 ? EMPTY_PAYLOAD : new Payload(new Chunk(bytes), 0, bytes.length);
}

/** Joins pieces; one piece is passed through, several are copied into a new chunk. */
export function joinPayloads(parts: readonly Payload[]): Payload {
  if (parts.length === 0) return EMPTY_PAYLOAD;
  if (parts.length === 1) return parts[0]!;
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part.bytes(), at);
    at += part.length;
  }
  return payloadOf(bytes);
}
