/**
 * A 2 x 32-bit multiply-mix for digests: cheap enough for every frame, stable across engines (integer arithmetic only). Not cryptographic;
 * `record/digest.ts` puts a sha256 over its states.
 */
export class Mix {
  a = 0x9e37_79b9 | 0;
  b = 0x85eb_ca6b | 0;

  /** Mixes in the low 32 bits of an integer. */
  word(value: number): void {
    const a = Math.imul(this.a ^ value, 0x9e37_79b1);
    this.a = a ^ (a >>> 15);
    const b = Math.imul((this.b + value) | 0, 0x85eb_ca77);
    this.b = b ^ (b >>> 13);
  }

  /** Mixes in a non-negative safe integer, both halves. */
  wide(value: number): void {
    this.word(value | 0);
    this.word(Math.floor(value / 0x1_0000_0000));
  }

  text(value: string): void {
    for (let i = 0; i < value.length; i++) this.word(value.charCodeAt(i));
    this.word(value.length);
  }

  /**
   * Mixes in bytes and their number. Four independent chains take a word each in turn, so that a processor works on them side by side; then
   * every chain goes into both halves. Where the caller has a `view` of all of `bytes` in machine words, none is made.
   */
  bytes(bytes: Uint8Array, start = 0, end = bytes.length, view?: Int32Array): void {
    const length = end - start;
    const words = length >> 2;
    if (view !== undefined && LITTLE_ENDIAN && (start & 3) === 0) this.blocks(view, start >> 2, words);
    else if (words >= VIEW_PAYS_WORDS && LITTLE_ENDIAN && ((bytes.byteOffset + start) & 3) === 0)
      this.blocks(new Int32Array(bytes.buffer, bytes.byteOffset + start, words), 0, words);
    else {
      for (let from = 0; from < words; from += BLOCK_WORDS) {
        const count = Math.min(BLOCK_WORDS, words - from);
        this.chains(wordsOf(bytes, start + from * 4, count), 0, count);
      }
    }
    let tail = 0;
    for (let i = start + words * 4; i < end; i++) tail = (tail << 8) | bytes[i]!;
    this.word(tail);
    this.word(length);
  }

  private blocks(words: Int32Array, first: number, count: number): void {
    for (let from = 0; from < count; from += BLOCK_WORDS) {
      this.chains(words, first + from, first + Math.min(from + BLOCK_WORDS, count));
    }
  }

  private chains(words: Int32Array, from: number, to: number): void {
    let a = this.a;
    let b = this.b;
    let c = ~a;
    let d = ~b;
    const whole = to - ((to - from) & 3);
    for (let i = from; i < whole; i += 4) {
      a = Math.imul(a ^ words[i]!, 0x9e37_79b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ words[i + 1]!, 0x85eb_ca77);
      b ^= b >>> 13;
      c = Math.imul(c ^ words[i + 2]!, 0x9e37_79b1);
      c ^= c >>> 15;
      d = Math.imul(d ^ words[i + 3]!, 0x85eb_ca77);
      d ^= d >>> 13;
    }
    this.word(a);
    this.word(b);
    this.word(c);
    this.word(d);
    for (let i = whole; i < to; i++) this.word(words[i]!);
  }

  /** 16 hex digits. */
  toString(): string {
    return (this.a >>> 0).toString(16).padStart(8, '0') + (this.b >>> 0).toString(16).padStart(8, '0');
  }
}

/** Little-endian machines, which is all of them in practice, read words in place. */
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
/** From here on making a view costs less than putting words together. */
const VIEW_PAYS_WORDS = 64;
const BLOCK_WORDS = 256;
/** Scratch, written before it is read. */
const BLOCK = new Int32Array(BLOCK_WORDS);

function wordsOf(bytes: Uint8Array, start: number, count: number): Int32Array {
  for (let i = 0, at = start; i < count; i++, at += 4) {
    BLOCK[i] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }
  return BLOCK;
}
