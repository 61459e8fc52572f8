/**
 * Byte strings: text in which each character is one byte (0–255). The shell of Debian handles bytes, not characters (`${#x}` of `é` is 2),
 * and `$(...)` must carry any bytes through unharmed, so all of the shell's text is in this form. Argument vectors, environments and
 * paths are proper text on the other side of `Sys`; the two functions here are the border. Bytes that are no UTF-8 become U+FFFD there.
 */
import { decodeUtf8, encodeUtf8, latin1 } from '@netarium/core/base/utf8.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
const ASCII = /^[\x00-\x7f]*$/;

/** Proper text to a byte string. */
export function toByteText(text: string): string {
  return ASCII.test(text) ? text : latin1(encodeUtf8(text));
}

/** A byte string to its bytes. */
export function bytesOf(byteText: string): Uint8Array {
  const out = new Uint8Array(byteText.length);
  for (let i = 0; i < out.length; i++) out[i] = byteText.charCodeAt(i);
  return out;
}

/** A byte string to proper text. */
export function fromByteText(byteText: string): string {
  return ASCII.test(byteText) ? byteText : decodeUtf8(bytesOf(byteText));
}
