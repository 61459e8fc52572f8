/** Bytes that have come and were not yet read, as the chunks in which they came. */
const EMPTY = new Uint8Array(0);

export class ByteQueue {
  private chunks: Uint8Array[] = [];
  /** Where the unread part of the first chunk begins. */
  private start = 0;
  length = 0;

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  /** Up to `length` bytes, and takes them out. */
  take(length: number): Uint8Array {
    const first = this.chunks[0];
    if (first === undefined || length <= 0) return EMPTY;
    const here = first.length - this.start;
    // What lies in one chunk is not copied.
    if (here >= length || this.chunks.length === 1) return this.cut(first, Math.min(length, here));
    const out = this.peek(length);
    this.drop(out.length);
    return out;
  }

  private cut(first: Uint8Array, length: number): Uint8Array {
    const { start } = this;
    this.drop(length);
    return first.subarray(start, start + length);
  }

  /** The same bytes, left where they are. */
  peek(length: number): Uint8Array {
    const out = new Uint8Array(Math.max(0, Math.min(length, this.length)));
    let at = 0;
    let { start } = this;
    for (const chunk of this.chunks) {
      if (at === out.length) break;
      const part = chunk.subarray(start, start + out.length - at);
      out.set(part, at);
      at += part.length;
      start = 0;
    }
    return out;
  }

  private drop(count: number): void {
    this.length -= count;
    let left = count;
    let done = 0;
    while (left > 0) {
      const here = this.chunks[done]!.length - this.start;
      if (left < here) {
        this.start += left;
        break;
      }
      left -= here;
      this.start = 0;
      done++;
    }
    if (done > 0) this.chunks.splice(0, done);
  }

  clear(): void {
    this.chunks = [];
    this.start = 0;
    this.length = 0;
  }
}
