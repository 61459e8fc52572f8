/**
 * Text of line-oriented tools. Lines are decoded as UTF-8, as in Debian's C.UTF-8 locale; a byte that is no UTF-8 becomes a lone surrogate
 * (U+DC00 + byte) and goes back to the same byte, so that no tool damages what it only passes on.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { decodeUtf8, encodeUtf8, latin1 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { writeAll } from '../lib/stdio.ts';

const REPLACEMENT = '\ufffd';

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80) return false;
  return true;
}

export function decodeText(bytes: Uint8Array): string {
  if (isAscii(bytes)) return latin1(bytes);
  const text = decodeUtf8(bytes);
  return text.includes(REPLACEMENT) ? decodeByCharacter(bytes) : text;
}

function decodeByCharacter(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!;
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    const character = decodeUtf8(bytes, at, Math.min(at + length, bytes.length));
    const whole = length === 4 ? /^[\ud800-\udbff]/.test(character) : character.length === 1;
    const genuine = lead === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd;
    if (whole && (character !== REPLACEMENT || genuine)) {
      text += character;
      at += length;
    } else {
      text += String.fromCharCode(0xdc00 + lead);
      at++;
    }
  }
  return text;
}

export function encodeText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return encodeUtf8(text);
  const parts: Uint8Array[] = [];
  // A low surrogate that follows no high one stands for a byte.
  for (const piece of text.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/)) {
    const code = piece.charCodeAt(0);
    const isByte = piece.length === 1 && code >= 0xdc80 && code <= 0xdcff;
    parts.push(isByte ? Uint8Array.of(code - 0xdc00) : encodeUtf8(piece));
  }
  return concatBytes(parts);
}

export interface Line {
  /** Without its newline. */
  readonly text: string;
  readonly bytes: Uint8Array;
  /** False for a last line that lacks its newline. */
  readonly ended: boolean;
}

const BLOCK = 65536;
const NEWLINE = 10;

/** The lines of a descriptor, each as soon as it is there. */
export async function* linesOf(sys: Sys, fd: number): AsyncGenerator<Line, void, undefined> {
  let rest: Uint8Array = new Uint8Array(0);
  for (;;) {
    const block = await sys.read(fd, BLOCK);
    if (block.length === 0) {
      if (rest.length > 0) yield { text: decodeText(rest), bytes: rest, ended: false };
      return;
    }
    const data = rest.length === 0 ? block : concatBytes([rest, block]);
    let from = 0;
    for (let at = data.indexOf(NEWLINE); at >= 0; at = data.indexOf(NEWLINE, from)) {
      const bytes = data.subarray(from, at);
      yield { text: decodeText(bytes), bytes, ended: true };
      from = at + 1;
    }
    rest = data.slice(from);
  }
}

/** Splits a whole text into lines; a last line without a newline counts. */
export function splitLines(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

export function writeText(sys: Sys, text: string): Promise<void> {
  return text === '' ? Promise.resolve() : writeAll(sys, 1, encodeText(text));
}

/** Order by code points, which is the order of UTF-8 bytes: the collation of C.UTF-8. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for code points above all others of 16 bits.
    const xHigh = x >= 0xd800 && x <= 0xdfff;
    const yHigh = y >= 0xd800 && y <= 0xdfff;
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
  }
  return a.length - b.length;
}
