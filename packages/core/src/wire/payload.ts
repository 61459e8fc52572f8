/**
 * Payload: a view (chunk, start, end) of bytes that a program sent. `send` copies the program's bytes once into a chunk that is never
 * written again; segments, retransmissions and copies on other links share it. A chunk is summed once, when the first frame that carries
 * it is digested, and a payload keeps its checksum once a header needed it: both are made once for all the links that it crosses.
 */
import { Mix } from '../base/mix.ts';
import { sumBytes, WORD_SUM_FROM } from './checksum.ts';

export class Chunk {
  private sumA = 0;
  private sumB = 0;
  private summed = false;

  /** The chunk is `bytes` from `from` up to `to`; payloads of it count from the start of `bytes`. `words` are the same bytes in fours. */
  constructor(
    readonly bytes: Uint8Array,
    readonly from = 0,
    private readonly to = bytes.length,
    private words: Int32Array | undefined = undefined,
  ) {}

  /** One's complement sum of bytes[start, end) (RFC 1071), at most 16 bits wide. Many segments are summed out of one chunk, by one view. */
  sum(start: number, end: number): number {
    if (this.words === undefined && end - start >= WORD_SUM_FROM && (this.bytes.byteOffset & 3) === 0)
      this.words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length >> 2);
    return sumBytes(this.bytes, start, end, this.words);
  }

  /** Mixes in this chunk's digest, two words. */
  digestInto(mix: Mix): void {
    if (!this.summed) {
      const own = new Mix();
      own.bytes(this.bytes, this.from, this.to, this.words);
      this.sumA = own.a;
      this.sumB = own.b;
      this.summed = true;
    }
    mix.word(this.sumA);
    mix.word(this.sumB);
  }
}

export class Payload {
  private checksum = -1;

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

  /** One's complement sum of the bytes (RFC 1071), at most 16 bits wide. */
  sum(): number {
    if (this.checksum < 0) this.checksum = this.chunk.sum(this.start, this.end);
    return this.checksum;
  }

  /** It begins where `before` ends, in the same chunk. */
  follows(before: Payload): boolean {
    return this.chunk === before.chunk && this.start === before.end;
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

/** Joins pieces: a view where they lie side by side in one chunk, a copy in a new chunk otherwise. */
export function joinPayloads(parts: readonly Payload[]): Payload {
  if (parts.length === 0) return EMPTY_PAYLOAD;
  const first = parts[0]!;
  const last = parts[parts.length - 1]!;
  if (parts.every((part, i) => i === 0 || part.follows(parts[i - 1]!))) {
    return first === last ? first : new Payload(first.chunk, first.start, last.end);
  }
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

const SLAB_BYTES = 16_384;
/** Larger pieces get memory of their own, so that no small one keeps much more than itself alive. */
const SHARED_BYTES_MAX = 2048;

/**
 * Where a sender's bytes are copied to, once. Small pieces share slabs: a program that sends many small messages costs no allocation of
 * memory each. What was handed out is never written again.
 */
export class PayloadStore {
  private slab = new Uint8Array(0);
  private words = new Int32Array(0);
  private at = 0;

  copy(bytes: Uint8Array): Payload {
    const { length } = bytes;
    if (length === 0) return EMPTY_PAYLOAD;
    if (length > SHARED_BYTES_MAX) return payloadOf(bytes.slice());
    if (this.at + length > this.slab.length) {
      this.slab = new Uint8Array(SLAB_BYTES);
      this.words = new Int32Array(this.slab.buffer);
      this.at = 0;
    }
    const from = this.at;
    this.slab.set(bytes, from);
    // Word by word is how sums are made.
    this.at = (from + length + 3) & ~3;
    return new Payload(new Chunk(this.slab, from, from + length, this.words), from, from + length);
  }
}
