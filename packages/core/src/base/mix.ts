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

  /** Mixes in the first `count` of many words, as so many calls of `word` would. */
  words(words: Int32Array, count: number): void {
    let a = this.a;
    let b = this.b;
    for (let i = 0; i < count; i++) {
      const value = words[i]!;
      a = Math.imul(a ^ value, 0x9e37_79b1);
      a ^= a >>> 15;
      b = Math.imul((b + value) | 0, 0x85eb_ca77);
      b ^= b >>> 13;
    }
    this.a = a;
    this.b = b;
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

  bytes(bytes: Uint8Array, start = 0, end = bytes.length): void {
    let a = this.a;
    let b = this.b;
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const value = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      a = Math.imul(a ^ value, 0x9e37_79b1);
      a ^= a >>> 15;
      b = Math.imul((b + value) | 0, 0x85eb_ca77);
      b ^= b >>> 13;
    }
    this.a = a;
    this.b = b;
    let tail = 0;
    for (; i < end; i++) tail = (tail << 8) | bytes[i]!;
    this.word(tail);
    this.word(end - start);
  }

  /** 16 hex digits. */
  toString(): string {
    return (this.a >>> 0).toString(16).padStart(8, '0') + (this.b >>> 0).toString(16).padStart(8, '0');
  }
}
