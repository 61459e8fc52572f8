/**
 * Words of the display-filter language (wireshark-filter(4)). A word is whatever Wireshark's lexer leaves unparsed: a field name, a
 * number, an address, a value name; what it means is decided where the other side's type is known.
 */
import { Problem } from './problem.ts';

export interface Token {
  readonly kind: 'word' | 'string' | 'operator' | 'end';
  /** The operator in its symbol form, the word, or the string's content. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What is wrong with a filter, and where: character positions in the text. */
export class FilterError {
  constructor(
    readonly problem: Problem,
    readonly start: number,
    readonly end: number,
    /** Names that may have been meant. */
    readonly suggestions: readonly string[] = [],
  ) {}

  get message(): string {
    return this.problem.sentence;
  }
}

/** Longest first. */
const SYMBOLS = [
  '===',
  '!==',
  '==',
  '!=',
  '~=',
  '>=',
  '<=',
  '&&',
  '||',
  '..',
  '>',
  '<',
  '!',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
  '&',
  '~',
];
/** Word operators (wireshark-filter(4), "Comparison operators" and "Logical expressions"). */
const WORD_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['eq', '=='],
  ['any_eq', '=='],
  ['ne', '!='],
  ['all_ne', '!='],
  ['all_eq', '==='],
  ['any_ne', '!=='],
  ['gt', '>'],
  ['lt', '<'],
  ['ge', '>='],
  ['le', '<='],
  ['and', '&&'],
  ['or', '||'],
  ['not', '!'],
  ['bitwise_and', '&'],
  ['in', 'in'],
  ['contains', 'contains'],
  ['matches', 'matches'],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);
/** A filter longer than this is refused, which bounds everything that follows. */
const MAX_LENGTH = 10_000;

export function tokenize(text: string): readonly Token[] | FilterError {
  if (text.length > MAX_LENGTH)
    return new FilterError(new Problem('too-long', String(MAX_LENGTH)), MAX_LENGTH, text.length);
  const tokens: Token[] = [];
  let slice = 0;
  for (let at = 0; at < text.length; ) {
    const char = text[at]!;
    if (' \t\r\n'.includes(char)) {
      at++;
      continue;
    }
    const token = next(text, at, slice > 0);
    if (token instanceof FilterError) return token;
    if (token.text === '[' && token.kind === 'operator') slice++;
    if (token.text === ']' && token.kind === 'operator') slice--;
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

function next(text: string, at: number, inSlice: boolean): Token | FilterError {
  const char = text[at]!;
  if (char === '"' || char === "'" || ((char === 'r' || char === 'R') && text[at + 1] === '"')) return quoted(text, at);
  const end = wordEnd(text, at, inSlice);
  if (end > at) {
    const word = text.slice(at, end);
    const operator = inSlice ? undefined : WORD_OPERATORS.get(word.toLowerCase());
    return { kind: operator === undefined ? 'word' : 'operator', text: operator ?? word, start: at, end };
  }
  const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
  if (symbol !== undefined)
    return { kind: 'operator', text: symbol === '~=' ? '!==' : symbol, start: at, end: at + symbol.length };
  return new FilterError(new Problem('no-meaning', char), at, at + 1);
}

/** Two dots end a word: they are the range of a set. */
function wordEnd(text: string, at: number, inSlice: boolean): number {
  const part = inSlice ? /[0-9:-]/ : /[A-Za-z0-9_.:/-]/;
  let end = at;
  while (end < text.length && part.test(text[end]!) && !(text[end] === '.' && text[end + 1] === '.')) end++;
  return end;
}

function quoted(text: string, at: number): Token | FilterError {
  const raw = text[at] === 'r' || text[at] === 'R';
  const open = raw ? at + 1 : at;
  const quote = text[open]!;
  let value = '';
  let i = open + 1;
  while (i < text.length && text[i] !== quote) {
    if (text[i] !== '\\') value += text[i++]!;
    else if (raw) {
      value += text.slice(i, i + 2);
      i += 2;
    } else {
      const escaped = unescaped(text, i);
      if (escaped instanceof FilterError) return escaped;
      value += escaped.text;
      i = escaped.end;
    }
  }
  if (i >= text.length) return new FilterError(new Problem('open-quote'), at, text.length);
  return { kind: 'string', text: value, start: at, end: i + 1 };
}

/** Backslash escapes of C; unknown ones stay as they are, for regular expressions. */
function unescaped(text: string, at: number): { readonly text: string; readonly end: number } | FilterError {
  const next = text[at + 1];
  if (next === undefined) return new FilterError(new Problem('open-quote'), at, text.length);
  if (next === 'x') {
    const digits = /^[0-9a-fA-F]{2}/.exec(text.slice(at + 2, at + 4))?.[0];
    if (digits === undefined) return new FilterError(new Problem('hex-escape'), at, Math.min(at + 4, text.length));
    return { text: String.fromCharCode(Number.parseInt(digits, 16)), end: at + 4 };
  }
  const simple = ESCAPES.get(next);
  return { text: simple ?? `\\${next}`, end: at + 2 };
}
