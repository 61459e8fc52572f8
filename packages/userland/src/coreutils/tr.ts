/** tr(1): translates, squeezes or deletes bytes, as GNU tr does (it knows bytes only). */
import { encodeUtf8, latin1 } from '@netarium/core/base/utf8.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { writeAll } from '../lib/stdio.ts';
import { formatEscape } from './escapes.ts';
import { quote, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'tr',
  usage: 'tr [-cdst] set1 [set2]',
  options: [
    { names: ['-c', '-C', '--complement'], help: 'all bytes that are not in set1' },
    { names: ['-d', '--delete'], help: 'delete the bytes of set1' },
    { names: ['-s', '--squeeze-repeats'], help: 'one of each run of bytes of the last set' },
    { names: ['-t', '--truncate-set1'], help: 'cut set1 to the length of set2' },
  ],
};

const CLASSES = new Map<string, (code: number) => boolean>([
  ['alnum', (c) => isAlpha(c) || isDigit(c)],
  ['alpha', isAlpha],
  ['blank', (c) => c === 32 || c === 9],
  ['cntrl', (c) => c < 32 || c === 127],
  ['digit', isDigit],
  ['graph', (c) => c > 32 && c < 127],
  ['lower', (c) => c >= 97 && c <= 122],
  ['print', (c) => c >= 32 && c < 127],
  ['punct', (c) => c > 32 && c < 127 && !isAlpha(c) && !isDigit(c)],
  ['space', (c) => c === 32 || (c >= 9 && c <= 13)],
  ['upper', (c) => c >= 65 && c <= 90],
  ['xdigit', (c) => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102)],
]);

function isAlpha(c: number): boolean {
  return (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

const MAX_REPEAT = 65536;

/** The bytes of a set, in order. `[c*]` is as long as `fill` asks for. */
function parseSet(text: string, fill: number): number[] {
  const bytes = latin1(encodeUtf8(text));
  const out: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const named = /^\[:([a-z]+):\]/.exec(bytes.slice(i));
    const repeat = /^\[(\\?[\s\S])\*([0-9]*)\]/.exec(bytes.slice(i));
    if (named !== null) {
      const member = CLASSES.get(named[1]!);
      if (member === undefined) throw new ToolError(`invalid character class ${quote(named[1]!)}`);
      for (let c = 0; c < 256; c++) if (member(c)) out.push(c);
      i += named[0].length;
    } else if (repeat !== null) {
      const count = repeat[2] === '' || Number(repeat[2]) === 0 ? Math.max(0, fill - out.length) : Number(repeat[2]);
      const [code] = oneAt(repeat[1]!, 0);
      for (let k = 0; k < Math.min(count, MAX_REPEAT); k++) out.push(code);
      i += repeat[0].length;
    } else i = range(bytes, i, out);
  }
  return out;
}

function oneAt(bytes: string, at: number): [code: number, next: number] {
  if (bytes[at] !== '\\' || at + 1 === bytes.length) return [bytes.charCodeAt(at), at + 1];
  const [value, length] = formatEscape(bytes, at + 1);
  return length === 0 ? [bytes.charCodeAt(at + 1), at + 2] : [value.charCodeAt(0), at + 1 + length];
}

/** One byte or `a-z`. Answers where to go on. */
function range(bytes: string, at: number, out: number[]): number {
  const [from, next] = oneAt(bytes, at);
  if (bytes[next] !== '-' || next + 1 >= bytes.length) {
    out.push(from);
    return next;
  }
  const [to, end] = oneAt(bytes, next + 1);
  if (to < from) {
    throw new ToolError(`range-endpoints of '${bytes.slice(at, end)}' are in reverse collating sequence order`);
  }
  for (let c = from; c <= to; c++) out.push(c);
  return end;
}

interface Plan {
  /** What each byte becomes; -1 deletes it. */
  readonly map: Int16Array;
  readonly squeezed: ReadonlySet<number>;
}

function plan(given: { has(name: string): boolean }, operands: readonly string[]): Plan {
  const [first, second] = operands;
  const deletes = given.has('-d');
  const squeezes = given.has('-s');
  if (first === undefined) throw new ToolError("missing operand\nTry 'tr --help' for more information.");
  if (second === undefined && !deletes && !squeezes) {
    throw new ToolError(
      `missing operand after ${quote(first)}\nTwo strings must be given when translating.\nTry 'tr --help' for more information.`,
    );
  }
  const allowed = deletes && !squeezes ? 1 : 2;
  if (operands.length > allowed) {
    const why =
      deletes && operands.length === 2 ? '\nOnly one string may be given when deleting without squeezing repeats.' : '';
    throw new ToolError(`extra operand ${quote(operands[allowed]!)}${why}\nTry 'tr --help' for more information.`);
  }
  let set1 = parseSet(first, 0);
  if (given.has('-c')) set1 = Array.from({ length: 256 }, (_, c) => c).filter((c) => !set1.includes(c));
  const set2 = second === undefined ? [] : parseSet(second, set1.length);
  const map = Int16Array.from({ length: 256 }, (_, c) => c);
  if (deletes) for (const c of set1) map[c] = -1;
  else if (second !== undefined) translate(map, set1, set2, given.has('-t'));
  return { map, squeezed: new Set(squeezes ? (second === undefined ? set1 : set2) : []) };
}

function translate(map: Int16Array, set1: readonly number[], set2: readonly number[], truncates: boolean): void {
  if (set2.length === 0) throw new ToolError('when not truncating set1, string2 must be non-empty');
  set1.forEach((c, index) => {
    // A shorter second set is filled up with its last byte.
    if (index < set2.length || !truncates) map[c] = set2[Math.min(index, set2.length - 1)]!;
  });
}

export const main = tool(options, async ({ sys, options: given, operands }) => {
  const { map, squeezed } = plan(given, operands);
  let last = -1;
  for (;;) {
    const data = await sys.read(0, 65536);
    if (data.length === 0) return 0;
    const out = new Uint8Array(data.length);
    let length = 0;
    for (const byte of data) {
      const value = map[byte]!;
      if (value < 0 || (value === last && squeezed.has(value))) continue;
      last = value;
      out[length++] = value;
    }
    await writeAll(sys, 1, out.subarray(0, length));
  }
});
