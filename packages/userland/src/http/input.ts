/** Bytes that have arrived but are not parsed yet. Lines may be cut anywhere; no answer depends on where the cuts were. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { latin1 } from '@netarium/core/base/utf8.ts';

export type Line = { readonly text: string; readonly crlf: boolean };

export class Input {
  private readonly parts: Uint8Array[] = [];
  private at = 0;
  private partial = '';
  /** Bytes taken so far; those of an unfinished line count once the line is whole. */
  taken = 0;

  feed(bytes: Uint8Array): void {
    if (bytes.length > 0) this.parts.push(bytes);
  }

  /** True while any byte, or the beginning of a line, waits. */
  get pending(): boolean {
    return this.partial !== '' || this.parts.length > 0;
  }

  /**
   * The next line without its terminator, which is CRLF or a single LF (RFC 9112 section 2.2); 'more' when its end has not arrived;
   * 'long' when it has more than `limit` characters, terminator not counted.
   */
  takeLine(limit: number): Line | 'more' | 'long' {
    for (let part = this.parts[0]; part !== undefined; part = this.parts[0]) {
      const end = part.indexOf(10, this.at);
      // Never copies more than the limit allows: a line of a gigabyte is refused at its limit.
      const stop = Math.min(end < 0 ? part.length : end, this.at + limit + 2 - this.partial.length);
      this.partial += latin1(part, this.at, stop);
      if (end >= 0 && stop === end) {
        this.advance(part, end + 1);
        const crlf = this.partial.endsWith('\r');
        const text = crlf ? this.partial.slice(0, -1) : this.partial;
        this.taken += this.partial.length + 1;
        this.partial = '';
        return text.length > limit ? 'long' : { text, crlf };
      }
      this.advance(part, stop);
      // One more than the limit may still be the CR of a line that just fits.
      if (this.partial.length > limit + 1 || (this.partial.length > limit && !this.partial.endsWith('\r')))
        return 'long';
    }
    return 'more';
  }

  /** The beginning of a line whose end will not come: everything that waits up to there. */
  takePartialLine(): string {
    const rest = this.partial;
    this.taken += rest.length;
    this.partial = '';
    return rest;
  }

  /** Up to `max` bytes as a view; undefined when none are here. */
  takeBytes(max: number): Uint8Array | undefined {
    const part = this.parts[0];
    if (part === undefined || max <= 0) return undefined;
    const end = Math.min(part.length, this.at + max);
    const bytes = part.subarray(this.at, end);
    this.taken += bytes.length;
    this.advance(part, end);
    return bytes;
  }

  /** Everything that waits; nothing may be in the middle of a line. */
  takeRest(): Uint8Array {
    const parts = this.parts.splice(0);
    if (parts.length > 0) parts[0] = parts[0]!.subarray(this.at);
    this.at = 0;
    return concatBytes(parts);
  }

  private advance(part: Uint8Array, to: number): void {
    this.at = to;
    if (to >= part.length) {
      this.parts.shift();
      this.at = 0;
    }
  }
}
