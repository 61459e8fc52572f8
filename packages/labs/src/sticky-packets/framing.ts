/** Where one message ends and the next begins, three ways: a length before it, a delimiter behind it, or always the same length. */
import { concatBytes } from '@netarium/core/base/bytes.ts';

export type Framing = 'none' | 'length' | 'delimiter' | 'fixed';

/** Every message of the fixed framing is padded with zeroes to so many bytes. */
const FIXED_LENGTH = 200;
const NEWLINE = 10;

/** The bytes that a message takes on the stream. Messages hold neither newlines nor zeroes. */
export function frame(framing: Framing, message: Uint8Array): Uint8Array {
  if (framing === 'length') return concatBytes([new Uint8Array([message.length >> 8, message.length & 0xff]), message]);
  if (framing === 'delimiter') return concatBytes([message, new Uint8Array([NEWLINE])]);
  if (framing === 'none') return message;
  const padded = new Uint8Array(FIXED_LENGTH);
  padded.set(message);
  return padded;
}

/** Takes a stream apart, however it was cut; without framing a message is whatever one receive call gives. */
export class Deframer {
  private rest: Uint8Array = new Uint8Array(0);

  constructor(private readonly framing: Framing) {}

  /** The messages that are complete with this piece of the stream. */
  push(piece: Uint8Array): readonly Uint8Array[] {
    if (this.framing === 'none') return [piece];
    this.rest = concatBytes([this.rest, piece]);
    const found: Uint8Array[] = [];
    for (;;) {
      const end = this.end();
      if (end === undefined) return found;
      found.push(this.rest.slice(end.from, end.to));
      this.rest = this.rest.subarray(end.next);
    }
  }

  /** Where the first message lies in what is there; undefined while it is not whole. */
  private end(): { readonly from: number; readonly to: number; readonly next: number } | undefined {
    const { rest } = this;
    if (this.framing === 'length') {
      if (rest.length < 2) return undefined;
      const to = 2 + ((rest[0]! << 8) | rest[1]!);
      return rest.length < to ? undefined : { from: 2, to, next: to };
    }
    if (this.framing === 'delimiter') {
      const at = rest.indexOf(NEWLINE);
      return at < 0 ? undefined : { from: 0, to: at, next: at + 1 };
    }
    if (rest.length < FIXED_LENGTH) return undefined;
    const zero = rest.indexOf(0);
    return { from: 0, to: zero < 0 || zero > FIXED_LENGTH ? FIXED_LENGTH : zero, next: FIXED_LENGTH };
  }
}
