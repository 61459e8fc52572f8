/** Tokens of the shell grammar (POSIX 2.3): operators, descriptor numbers before a redirection, words. */
import type { Word } from './ast.ts';
import { isDigit, type Scanner } from './scanner.ts';
import { plainText, type WordReader } from './words.ts';

export type Token =
  | { readonly type: 'end' }
  | { readonly type: 'operator'; readonly text: string }
  /** A redirection operator with its descriptor, -1 for the operator's own default. */
  | { readonly type: 'redirect'; readonly text: string; readonly fd: number }
  /** `keyword` is set when the word is one that may be reserved in command position. */
  | { readonly type: 'word'; readonly word: Word; readonly keyword: string | undefined };

export const KEYWORDS: ReadonlySet<string> = new Set([
  '!',
  '{',
  '}',
  'case',
  'do',
  'done',
  'elif',
  'else',
  'esac',
  'fi',
  'for',
  'if',
  'in',
  'then',
  'until',
  'while',
]);

const REDIRECTS = ['<<-', '<<', '<&', '<>', '<', '>>', '>&', '>|', '>'] as const;

export function readToken(scanner: Scanner, words: WordReader): Token {
  skipBlanks(scanner);
  const c = scanner.peek();
  switch (c) {
    case '':
      return { type: 'end' };
    case '\n':
    case '(':
    case ')':
      scanner.next();
      return { type: 'operator', text: c };
    case ';':
    case '&':
    case '|':
      scanner.next();
      return { type: 'operator', text: scanner.accept(c) ? c + c : c };
    case '<':
    case '>':
      return redirect(scanner, -1);
    default:
      return wordToken(scanner, words);
  }
}

/** Skips blanks and a comment. */
export function skipBlanks(scanner: Scanner): void {
  for (;;) {
    const c = scanner.peek();
    if (c === ' ' || c === '\t') scanner.next();
    else if (c === '#') {
      while (scanner.peekRaw() !== '\n' && scanner.peekRaw() !== '') scanner.nextRaw();
      return;
    } else return;
  }
}

function redirect(scanner: Scanner, fd: number): Token {
  const first = scanner.next();
  for (const text of REDIRECTS) {
    if (text[0] !== first) continue;
    const mark = scanner.mark();
    let matches = true;
    for (let i = 1; i < text.length && matches; i++) matches = scanner.accept(text[i]!);
    if (matches) return { type: 'redirect', text, fd };
    scanner.reset(mark);
  }
  throw scanner.error('redirection unexpected');
}

function wordToken(scanner: Scanner, words: WordReader): Token {
  const c = scanner.peek();
  if (isDigit(c)) {
    // A single digit right before < or > is a descriptor number; dash knows 0 to 9 only.
    const mark = scanner.mark();
    scanner.next();
    const after = scanner.peek();
    if (after === '<' || after === '>') return redirect(scanner, Number(c));
    scanner.reset(mark);
  }
  const word = words.word();
  const text = plainText(word);
  return { type: 'word', word, keyword: text !== undefined && KEYWORDS.has(text) ? text : undefined };
}

/** How dash names a token in `Syntax error: … unexpected`. */
export function tokenName(token: Token, keywordsCount: boolean): string {
  switch (token.type) {
    case 'end':
      return 'end of file';
    case 'redirect':
      return 'redirection';
    case 'operator':
      return token.text === '\n' ? 'newline' : `"${token.text}"`;
    case 'word':
      return keywordsCount && token.keyword !== undefined ? `"${token.keyword}"` : 'word';
  }
}

/** Tokens that may end a compound list. */
const LIST_ENDS = new Set([')', ';;']);
const KEYWORD_ENDS = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);

export function isListEnd(token: Token): boolean {
  if (token.type === 'operator') return LIST_ENDS.has(token.text);
  return token.type === 'word' && token.keyword !== undefined && KEYWORD_ENDS.has(token.keyword);
}
