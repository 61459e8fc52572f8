/** UTF-8 by hand: core is compiled without DOM or Node types, so there is no TextEncoder to borrow. Invalid input becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const ascii = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return encodeFrom(text, ascii, i);
    ascii[i] = code;
  }
  return ascii;
}

/** The same from the first character on that is not ASCII; `before` holds those until there. */
function encodeFrom(text: string, before: Uint8Array, from: number): Uint8Array {
  const out = new Uint8Array(from + (text.length - from) * 3);
  out.set(before.subarray(0, from));
  let at = from;
  for (let i = from; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdfff) {
      const low = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      if (code <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        i++;
      } else code = 0xfffd;
    }
    if (code < 0x80) out[at++] = code;
    else if (code < 0x800) {
      out[at++] = 0xc0 | (code >> 6);
      out[at++] = 0x80 | (code & 63);
    } else if (code < 0x10000) {
      out[at++] = 0xe0 | (code >> 12);
      out[at++] = 0x80 | ((code >> 6) & 63);
      out[at++] = 0x80 | (code & 63);
    } else {
      out[at++] = 0xf0 | (code >> 18);
      out[at++] = 0x80 | ((code >> 12) & 63);
      out[at++] = 0x80 | ((code >> 6) & 63);
      out[at++] = 0x80 | (code & 63);
    }
  }
  return out.slice(0, at);
}

export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const parts: string[] = [];
  let codes: number[] = [];
  for (let i = start; i < end; ) {
    const ascii = asciiEnd(bytes, i, end);
    if (ascii - i >= LONG_RUN || codes.length >= CODES_MOST) {
      parts.push(String.fromCodePoint(...codes), latin1(bytes, i, ascii));
      codes = [];
      i = ascii;
    }
    for (; i < ascii; i++) codes.push(bytes[i]!);
    if (i === end) break;
    const [code, length] = decodeOne(bytes, i, end);
    codes.push(code);
    i += length;
  }
  parts.push(String.fromCodePoint(...codes));
  return parts.join('');
}

/** As many arguments as a call surely takes. */
const CODES_MOST = 4096;

/** Text without an accent is copied as it is, from so many bytes on: long texts are mostly that. */
const LONG_RUN = 16;

function asciiEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at]! < 0x80) at++;
  return at;
}

const MIN_BY_LENGTH = [0, 0, 0x80, 0x800, 0x10000];

/** The code point at `i`, which is not ASCII, and the bytes it takes; a malformed lead or a cut sequence takes one byte and is U+FFFD. */
function decodeOne(bytes: Uint8Array, i: number, end: number): [code: number, length: number] {
  const lead = bytes[i]!;
  const length = lead >= 0xf0 && lead < 0xf8 ? 4 : lead >= 0xe0 ? (lead < 0xf0 ? 3 : 0) : lead >= 0xc0 ? 2 : 0;
  if (length === 0 || i + length > end) return [0xfffd, 1];
  let code = lead & (0xff >> (length + 1));
  for (let k = 1; k < length; k++) {
    const next = bytes[i + k]!;
    if ((next & 0xc0) !== 0x80) return [0xfffd, 1];
    code = (code << 6) | (next & 63);
  }
  const overlong = code < MIN_BY_LENGTH[length]!;
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return [0xfffd, 1];
  return [code, length];
}

/** One byte per character, as protocols of ASCII text and hex dumps want it. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  let i = start;
  // Eight at a time: a third of the time that one by one takes.
  for (; i + 8 <= end; i += 8)
    text += String.fromCharCode(
      bytes[i]!,
      bytes[i + 1]!,
      bytes[i + 2]!,
      bytes[i + 3]!,
      bytes[i + 4]!,
      bytes[i + 5]!,
      bytes[i + 6]!,
      bytes[i + 7]!,
    );
  for (; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
