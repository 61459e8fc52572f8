/**
 * REGEXP ("Regular Expressions"): the everyday part of MariaDB's expressions, matched by an automaton whose time is the product of the two lengths, so that no expression
 * holds up the server. Refused by name: groups with `(?`, lazy and possessive repetition, and escapes other than \d \D \w \W \s \S \b \B \n \t.
 */
import { Regex, RegexError } from '../../coreutils/regex/regex.ts';
import { sqlError, unsupportedSql } from '../errors.ts';

const KEPT_MAX = 100;

/** Compiled expressions of one engine. */
export class Expressions {
  private readonly kept = new Map<string, Regex>();

  of(pattern: string, ignoreCase: boolean): Regex {
    const key = `${ignoreCase ? 'i' : 'b'}${pattern}`;
    let regex = this.kept.get(key);
    if (regex === undefined) {
      regex = compiled(pattern, ignoreCase);
      if (this.kept.size === KEPT_MAX) this.kept.clear();
      this.kept.set(key, regex);
    }
    return regex;
  }
}

/** Every match by a text, in which `\\1` is the first group. */
export function replaced(letters: readonly string[], regex: Regex, by: string): string {
  let out = '';
  let at = 0;
  for (let from = 0; from <= letters.length; ) {
    const slots = regex.exec(letters, from)?.slots;
    if (slots === undefined) break;
    const [start, end] = slots as [number, number];
    const group = (n: number): string => letters.slice(slots[2 * n] ?? 0, slots[2 * n + 1] ?? 0).join('');
    out +=
      letters.slice(at, start).join('') +
      by.replace(/\\([\s\S])/g, (_, c: string) => (/\d/.test(c) ? group(Number(c)) : c));
    at = end;
    // An empty match must not be found again.
    from = end > start ? end : end + 1;
  }
  return out + letters.slice(at).join('');
}

function compiled(pattern: string, ignoreCase: boolean): Regex {
  try {
    return new Regex(asPosix([...pattern]), { extended: true, ignoreCase });
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw sqlError(1139, error.message);
  }
}

const OUTSIDE: ReadonlyMap<string, string> = new Map([
  ['d', '[0-9]'],
  ['D', '[^0-9]'],
  ...['w', 'W', 's', 'S', 'b', 'B', 'n', 't'].map((c) => [c, `\\${c}`] as const),
]);
const INSIDE: ReadonlyMap<string, string> = new Map([
  ['d', '0-9'],
  ['w', '[:alnum:]_'],
  ['s', '[:space:]'],
  ['n', '\n'],
  ['t', '\t'],
]);

/** An extended expression of POSIX that means the same; it knows no backslash in brackets. */
function asPosix(pattern: readonly string[]): string {
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '[') {
      const end = bracketEnd(pattern, i);
      out += bracket(pattern.slice(i, end));
      i = end - 1;
    } else if (c === '\\') out += escaped(pattern[++i], OUTSIDE);
    else {
      if (c === '(' && pattern[i + 1] === '?') throw unsupportedSql('(? in REGEXP');
      if (/[*+?}]/.test(c) && /[?+]/.test(pattern[i + 1] ?? ''))
        throw unsupportedSql(`${c}${pattern[i + 1]} in REGEXP`);
      out += c;
    }
  }
  return out;
}

function escaped(c: string | undefined, known: ReadonlyMap<string, string>): string {
  if (c === undefined) return '\\';
  const meant = known.get(c);
  if (meant !== undefined) return meant;
  if (known === OUTSIDE && /[1-9]/.test(c)) return `\\${c}`;
  if (/[A-Za-z0-9]/.test(c)) throw unsupportedSql(`\\${c} in REGEXP`);
  if (known === INSIDE) return `[.${c}.]`;
  // With a backslash they would be the edges of a word.
  return /[<>]/.test(c) ? c : `\\${c}`;
}

function bracketEnd(pattern: readonly string[], from: number): number {
  let i = from + (pattern[from + 1] === '^' ? 2 : 1);
  if (pattern[i] === ']') i++;
  while (i < pattern.length && pattern[i] !== ']') {
    if (pattern[i] === '[' && /[:.=]/.test(pattern[i + 1] ?? '')) {
      const close = pattern[i + 1];
      i += 2;
      while (i < pattern.length && !(pattern[i] === close && pattern[i + 1] === ']')) i++;
      i++;
    } else if (pattern[i] === '\\') i++;
    i++;
  }
  return i + 1;
}

function bracket(letters: readonly string[]): string {
  let out = '';
  for (let i = 0; i < letters.length; i++) out += letters[i] === '\\' ? escaped(letters[++i], INSIDE) : letters[i];
  return out;
}
