/** sort(1): lines in the order of their bytes, of numbers, or of keys. Works on byte strings: GNU sort counts bytes in the C.UTF-8 locale. */
import { latin1 } from '@netarium/core/base/utf8.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { withFile, writeAll } from '../lib/stdio.ts';
import { bytesOf, toByteText } from '../shell/bytetext.ts';
import { compareText, splitLines } from './text.ts';
import { quote, readOperand, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'sort',
  usage: 'sort [-bcfnrsu] [-k key]... [-t separator] [-o file] [file...]',
  options: [
    { names: ['-n', '--numeric-sort'], help: 'by numeric value' },
    { names: ['-r', '--reverse'], help: 'the other way round' },
    { names: ['-u', '--unique'], help: 'one of each run of equals' },
    { names: ['-f', '--ignore-case'], help: 'small letters as capitals' },
    { names: ['-b', '--ignore-leading-blanks'], help: 'leading blanks do not count' },
    { names: ['-s', '--stable'], help: 'equals stay in their order' },
    { names: ['-c', '--check'], help: 'only check that the input is sorted' },
    { names: ['-k', '--key'], value: 'F[.C][bfnr][,F[.C][bfnr]]', help: 'sort by a part of the line' },
    { names: ['-t', '--field-separator'], value: 'separator', help: 'what stands between fields' },
    { names: ['-o', '--output'], value: 'file', help: 'write there' },
  ],
};

interface Ordering {
  readonly numeric: boolean;
  readonly reverse: boolean;
  readonly fold: boolean;
  readonly blanks: boolean;
}

interface Key extends Ordering {
  readonly from: number;
  readonly fromChar: number;
  /** 0: to the end of the line. */
  readonly to: number;
  readonly toChar: number;
}

const KEY = /^([0-9]+)(?:\.([0-9]+))?([bfnr]*)(?:,([0-9]+)(?:\.([0-9]+))?([bfnr]*))?$/;

function parseKey(text: string, defaults: Ordering): Key {
  const match = KEY.exec(text);
  if (match === null || Number(match[1]) === 0)
    throw new ToolError(`invalid number at field start: invalid count at start of ${quote(text)}`, 2);
  const letters = `${match[3]}${match[6] ?? ''}`;
  const own = letters !== '';
  return {
    from: Number(match[1]),
    fromChar: Number(match[2] ?? 1),
    to: Number(match[4] ?? 0),
    toChar: Number(match[5] ?? 0),
    numeric: own ? letters.includes('n') : defaults.numeric,
    reverse: own ? letters.includes('r') : defaults.reverse,
    fold: own ? letters.includes('f') : defaults.fold,
    blanks: own ? letters.includes('b') : defaults.blanks,
  };
}

/** Where each field begins and ends. Without a separator a field begins with the blanks before it (POSIX sort). */
function fieldBounds(line: string, separator: string | undefined): [start: number, end: number][] {
  const bounds: [number, number][] = [];
  if (separator !== undefined) {
    let from = 0;
    for (let at = line.indexOf(separator); at >= 0; at = line.indexOf(separator, from)) {
      bounds.push([from, at]);
      from = at + 1;
    }
    bounds.push([from, line.length]);
    return bounds;
  }
  for (const match of line.matchAll(/[ \t]*[^ \t]*/g)) {
    if (match[0] !== '') bounds.push([match.index, match.index + match[0].length]);
  }
  return bounds;
}

function keyText(line: string, key: Key, separator: string | undefined): string {
  const bounds = fieldBounds(line, separator);
  const first = bounds[key.from - 1];
  if (first === undefined) return '';
  let start = first[0];
  if (key.blanks) while (start < line.length && /[ \t]/.test(line[start]!)) start++;
  start += key.fromChar - 1;
  const last = key.to === 0 ? undefined : bounds[key.to - 1];
  const end = last === undefined ? line.length : key.toChar === 0 ? last[1] : last[0] + key.toChar;
  return line.slice(start, Math.max(start, end));
}

interface Numeric {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

/** The number at the start of a text, of any length: kept as digits. */
function numericPrefix(text: string): Numeric {
  const match = /^[ \t]*(-?)([0-9]*)(?:\.([0-9]*))?/.exec(text)!;
  const whole = match[2]!.replace(/^0+/, '');
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  return { negative: match[1] === '-' && (whole !== '' || fraction !== ''), whole, fraction };
}

function compareNumeric(a: string, b: string): number {
  const x = numericPrefix(a);
  const y = numericPrefix(b);
  if (x.negative !== y.negative) return x.negative ? -1 : 1;
  const size = x.whole.length - y.whole.length || compareText(x.whole, y.whole) || compareText(x.fraction, y.fraction);
  return x.negative ? -size : size;
}

function compareBy(a: string, b: string, { numeric, reverse, fold }: Ordering): number {
  let order: number;
  if (numeric) order = compareNumeric(a, b);
  else order = fold ? compareText(upper(a), upper(b)) : compareText(a, b);
  return reverse ? -order : order;
}

function upper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

export const main = tool(
  options,
  async ({ sys, options: given, operands }) => {
    const ordering: Ordering = {
      numeric: given.has('-n'),
      reverse: given.has('-r'),
      fold: given.has('-f'),
      blanks: given.has('-b'),
    };
    const stated = given.value('-t');
    const separator = stated === undefined ? undefined : toByteText(stated);
    if (separator !== undefined && separator.length !== 1)
      throw new ToolError(`multi-character tab ${quote(separator)}`, 2);
    const keys = given.values('-k').map((text) => parseKey(text, ordering));
    const start = (line: string): string => (ordering.blanks ? line.replace(/^[ \t]+/, '') : line);
    const byKeys = (a: string, b: string): number => {
      if (keys.length === 0) return compareBy(start(a), start(b), ordering);
      for (const key of keys) {
        const order = compareBy(keyText(a, key, separator), keyText(b, key, separator), key);
        if (order !== 0) return order;
      }
      return 0;
    };
    // The last resort, unless -s or -u: the whole line.
    const whole =
      given.has('-s') || given.has('-u')
        ? () => 0
        : (a: string, b: string) => (ordering.reverse ? compareText(b, a) : compareText(a, b));
    const compare = (a: string, b: string): number => byKeys(a, b) || whole(a, b);
    const lines: string[] = [];
    for (const name of operands.length === 0 ? ['-'] : operands) {
      try {
        for (const line of splitLines(latin1(await readOperand(sys, name)))) lines.push(line);
      } catch (error) {
        throw new ToolError(`cannot read: ${name}: ${(error as { reason?: { text: string } }).reason?.text ?? ''}`, 2);
      }
    }
    if (given.has('-c')) return check(lines, compare, given.has('-u'), operands[0] ?? '-');
    lines.sort(compare);
    const kept = given.has('-u') ? lines.filter((line, i) => i === 0 || byKeys(lines[i - 1]!, line) !== 0) : lines;
    const text = kept.map((line) => `${line}\n`).join('');
    const output = given.value('-o');
    if (output === undefined) await writeAll(sys, 1, bytesOf(text));
    else {
      const flags = { write: true, create: true, truncate: true };
      await withFile(sys, output, flags, (fd) => writeAll(sys, fd, bytesOf(text)));
    }
    return 0;
  },
  { failStatus: 2 },
);

function check(
  lines: readonly string[],
  compare: (a: string, b: string) => number,
  unique: boolean,
  name: string,
): number {
  for (let i = 1; i < lines.length; i++) {
    const order = compare(lines[i - 1]!, lines[i]!);
    if (order > 0 || (unique && order === 0)) throw new ToolError(`${name}:${i + 1}: disorder: ${lines[i]}`);
  }
  return 0;
}
