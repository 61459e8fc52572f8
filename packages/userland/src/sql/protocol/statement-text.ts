/**
 * The text of a statement: UTF-8, in which a client may put bytes of a BLOB between quotes as they are (mysqldump does). A byte that is part of no character becomes one of
 * U+DC80 to U+DCFF, which no text has; a literal with one of them is a literal of bytes.
 */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';

export function decodeStatement(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  // Nothing was lost, unless somebody really wrote the character that stands for what is.
  if (!text.includes('\ufffd')) return text;
  let out = '';
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at);
    out += length === 0 ? String.fromCharCode(0xdc00 + bytes[at]!) : decodeUtf8(bytes.subarray(at, at + length));
    at += Math.max(length, 1);
  }
  return out;
}

/** How many bytes the character has that begins here; 0 for none (RFC 3629, section 4). */
function lengthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  const whole = bytes.subarray(at, at + length);
  if (length === 0 || whole.length < length) return 0;
  const decoded = decodeUtf8(whole);
  return decoded === '\ufffd' ? (isReplacement(whole) ? 3 : 0) : [...decoded].length === 1 ? length : 0;
}

function isReplacement(bytes: Uint8Array): boolean {
  return bytes.length === 3 && bytes[0] === 0xef && bytes[1] === 0xbf && bytes[2] === 0xbd;
}

/** The bytes of a literal that is no text; undefined for one that is. */
export function literalBytes(text: string): Uint8Array | undefined {
  if (!/[\udc80-\udcff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''))) return undefined;
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (character.length === 1 && code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encodeUtf8(character));
  }
  return Uint8Array.from(bytes);
}
