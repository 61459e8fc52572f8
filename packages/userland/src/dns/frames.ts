/** DNS over TCP: messages with a length of two bytes before them (RFC 1035 section 4.2.2, RFC 7766 section 8). */
import { concatBytes } from '@netarium/core/base/bytes.ts';

/** The length and the message as one piece, so that they leave in one segment. */
export function framed(message: Uint8Array): Uint8Array {
  return concatBytes([Uint8Array.of(message.length >> 8, message.length & 255), message]);
}

/** Cuts a byte stream into messages. */
export class FrameReader {
  private rest: Uint8Array = new Uint8Array(0);

  /** Adds bytes; answers the messages that are complete now. */
  push(bytes: Uint8Array): Uint8Array[] {
    this.rest = this.rest.length === 0 ? bytes.slice() : concatBytes([this.rest, bytes]);
    const messages: Uint8Array[] = [];
    for (;;) {
      if (this.rest.length < 2) return messages;
      const length = (this.rest[0]! << 8) | this.rest[1]!;
      if (this.rest.length < 2 + length) return messages;
      messages.push(this.rest.slice(2, 2 + length));
      this.rest = this.rest.slice(2 + length);
    }
  }

  /** True between two messages. */
  get atBoundary(): boolean {
    return this.rest.length === 0;
  }
}
