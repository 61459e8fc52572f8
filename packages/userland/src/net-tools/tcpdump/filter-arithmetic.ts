/**
 * The relations of a capture filter: `tcp[13] & 2 != 0`, `len > 100`. Arithmetic is 32 bits wide and unsigned, as in BPF; `|` binds loosest, then `^`, `&`, shifts, sums,
 * products. A byte that is not there, and a division by zero, end the whole filter, whatever stands around it: that is how a BPF program returns 0.
 */
import { u16, u32 } from './context.ts';
import { type FilterFrame, type FrameTest, isProtocol, type Protocol, protocolTest } from './filter-primitives.ts';
import { FIELD_OFFSETS, FilterError, type FilterReader, filterNumber, NAMED_NUMBERS } from './filter-words.ts';
import { locateNetwork, locateTransport } from './locate.ts';

/** Thrown by an expression whose byte lies outside the frame. */
class Outside extends Error {}

type Value = (frame: FilterFrame) => number;

const RELATIONS: ReadonlyMap<string, (a: number, b: number) => boolean> = new Map([
  ['<', (a: number, b: number) => a < b],
  ['>', (a, b) => a > b],
  ['<=', (a, b) => a <= b],
  ['>=', (a, b) => a >= b],
  ['=', (a, b) => a === b],
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
]);
type Operator = readonly [level: number, apply: (a: number, b: number) => number];
const ARITHMETIC: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['|', [0, (a, b) => (a | b) >>> 0]],
  ['^', [1, (a, b) => (a ^ b) >>> 0]],
  ['&', [2, (a, b) => (a & b) >>> 0]],
  ['<<', [3, (a, b) => (b > 31 ? 0 : (a << b) >>> 0)]],
  ['>>', [3, (a, b) => (b > 31 ? 0 : a >>> b)]],
  ['+', [4, (a, b) => (a + b) >>> 0]],
  ['-', [4, (a, b) => (a - b) >>> 0]],
  ['*', [5, (a, b) => Math.imul(a, b) >>> 0]],
  ['/', [5, (a, b) => (b === 0 ? outside() : Math.floor(a / b))]],
]);

function outside(): never {
  throw new Outside();
}

/** The whole filter: false for a frame that lacks a byte that it asks for. */
export function falseOutside(test: FrameTest): FrameTest {
  return (frame) => {
    try {
      return test(frame);
    } catch (error) {
      if (error instanceof Outside) return false;
      throw error;
    }
  };
}

/** `ARITHMETIC RELOP ARITHMETIC`; undefined where the words are something else. */
export function readRelation(words: FilterReader): FrameTest | undefined {
  const left = readArithmetic(words);
  const compare = left && RELATIONS.get(words.peek() ?? '');
  if (!left || !compare) return undefined;
  words.next();
  const right = readArithmetic(words);
  if (!right) throw new FilterError('syntax error');
  return (frame) => compare(left(frame), right(frame));
}

function readArithmetic(words: FilterReader, level = 0): Value | undefined {
  if (level > 5) return readOperand(words);
  let left = readArithmetic(words, level + 1);
  for (;;) {
    const [of, apply] = ARITHMETIC.get(words.peek() ?? '') ?? [];
    if (!left || !apply || of !== level) return left;
    words.next();
    const [a, b] = [left, readArithmetic(words, level + 1)];
    if (!b) return undefined;
    left = (frame) => apply(a(frame), b(frame));
  }
}

function readOperand(words: FilterReader): Value | undefined {
  const word = words.next();
  if (word === '(') {
    const inner = readArithmetic(words);
    return inner && words.take(')') ? inner : undefined;
  }
  if (word === 'len') return ({ wireLength }) => wireLength;
  const number = filterNumber(word) ?? NAMED_NUMBERS.get(word ?? '');
  if (number !== undefined) return () => number;
  if (!isProtocol(word) || words.peek() !== '[') return undefined;
  return readBytesAt(words, word);
}

/** `tcp[13]`, `ip[2:2]`, `tcp[tcpflags]`. */
function readBytesAt(words: FilterReader, protocol: Protocol): Value | undefined {
  words.next();
  const named = FIELD_OFFSETS.get(words.peek() ?? '');
  if (named !== undefined) words.next();
  const offset = named === undefined ? readArithmetic(words) : () => named;
  let size = 1;
  if (words.take(':')) size = filterNumber(words.next()) ?? 0;
  if (!offset || !words.take(']')) return undefined;
  if (![1, 2, 4].includes(size)) throw new FilterError('data size must be 1, 2, or 4');
  return (frame) => {
    const start = headerStart(protocol, frame) + offset(frame);
    const { bytes } = frame;
    if (start + size > bytes.length) outside();
    return size === 1 ? bytes[start]! : size === 2 ? u16(bytes, start) : u32(bytes, start);
  };
}

function headerStart(protocol: Protocol, frame: FilterFrame): number {
  if (protocol === 'ether') return 0;
  if (!protocolTest(protocol)(frame)) outside();
  if (protocol === 'ip' || protocol === 'arp' || protocol === 'rarp') return locateNetwork(frame.bytes)!.start;
  const place = locateTransport(frame.bytes)!;
  if (place.fragmentOffset !== 0) outside();
  return place.start;
}
