/** Damages an input in a few places: cuts, copies, foreign characters, numbers at their limits, pieces of other inputs. Bytes are characters below 256. */
import type { Stream } from '@netarium/core/random/random.ts';

const NUMBERS = [
  '0',
  '-1',
  '1',
  '255',
  '256',
  '65535',
  '65536',
  '2147483648',
  '4294967296',
  '1e400',
  '99999999999999999999',
];
const ODD = [
  '\0',
  '\n',
  '\t',
  ' ',
  '"',
  "'",
  '\\',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '<',
  '>',
  '$',
  '`',
  '#',
  '\u00e9',
  '\u2028',
  '\ud800',
  '\uffff',
];
const LENGTH_MAX = 8192;
const CHANGES_MAX = 5;

type Change = (text: string, random: Stream, pool: readonly string[]) => string;

const splice = (text: string, at: number, length: number, by: string): string =>
  text.slice(0, at) + by + text.slice(at + length);
const place = (text: string, random: Stream): number => random.below(text.length + 1);
const piece = (text: string, random: Stream): string => {
  const at = place(text, random);
  return text.slice(at, at + 1 + random.below(40));
};

const CHANGES: readonly Change[] = [
  (text, random) => splice(text, place(text, random), 1 + random.below(30), ''),
  (text, random) => splice(text, place(text, random), random.below(2), String.fromCharCode(random.below(256))),
  (text, random) => splice(text, place(text, random), 0, piece(text, random)),
  (text, random) => splice(text, place(text, random), random.below(2), ODD[random.below(ODD.length)]!),
  (text, random) => {
    const at = place(text, random);
    return splice(text, at, 1, String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << random.below(8))));
  },
  (text, random) => {
    const numbers = [...text.matchAll(/\d+/g)];
    const chosen = numbers[random.below(Math.max(1, numbers.length))];
    if (chosen === undefined) return text;
    return splice(text, chosen.index, chosen[0].length, NUMBERS[random.below(NUMBERS.length)]!);
  },
  (text, random, pool) =>
    splice(text, place(text, random), random.below(20), piece(pool[random.below(pool.length)]!, random)),
  (text, random) => {
    const lines = text.split('\n');
    const [from, to] = [random.below(lines.length), random.below(lines.length)];
    lines.splice(to, random.below(2), lines[from]!);
    return lines.join('\n');
  },
  (text, random) => piece(text, random).repeat(1 + random.below(50)) + text,
];

export function mutate(text: string, random: Stream, pool: readonly string[]): string {
  let changed = text;
  for (let left = 1 + random.below(CHANGES_MAX); left > 0; left--)
    changed = CHANGES[random.below(CHANGES.length)]!(changed, random, pool).slice(0, LENGTH_MAX);
  return changed;
}
