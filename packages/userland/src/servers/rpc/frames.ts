/**
 * Marshalling: a message is JSON in UTF-8 behind its length, four bytes, the highest first. Whoever reads can be handed the stream in any pieces; a length
 * beyond the limit is refused before a byte of it is kept.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What can be wrong with a stream: too long a frame, or text that is no JSON. */
export type FrameFault = 'too long' | 'not JSON';

export type Frame = { readonly value: Json; readonly bytes: number } | FrameFault;

const LENGTH_BYTES = 4;
export const MAX_FRAME_BYTES = 1_048_576;

export function encodeFrame(value: Json): Uint8Array {
  const body = encodeUtf8(JSON.stringify(value));
  const frame = new Uint8Array(LENGTH_BYTES + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, LENGTH_BYTES);
  return frame;
}

export class FrameReader {
  private parts: Uint8Array[] = [];
  private length = 0;
  private broken = false;

  push(bytes: Uint8Array): void {
    if (this.broken) return;
    this.parts.push(bytes);
    this.length += bytes.length;
  }

  /** The next whole frame; undefined where more has to come. Nothing follows a frame that is too long: where it ends is not known. */
  next(): Frame | undefined {
    if (this.broken || this.length < LENGTH_BYTES) return undefined;
    const all = this.joined();
    const size = new DataView(all.buffer, all.byteOffset).getUint32(0);
    if (size > MAX_FRAME_BYTES) {
      this.broken = true;
      this.parts = [];
      return 'too long';
    }
    const end = LENGTH_BYTES + size;
    if (all.length < end) return undefined;
    this.parts = [all.subarray(end)];
    this.length = all.length - end;
    const value = parseJson(decodeUtf8(all, LENGTH_BYTES, end));
    return value === undefined ? 'not JSON' : { value, bytes: end };
  }

  private joined(): Uint8Array {
    if (this.parts.length > 1) this.parts = [concatBytes(this.parts)];
    return this.parts[0]!;
  }
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
