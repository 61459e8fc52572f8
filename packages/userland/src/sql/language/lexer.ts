/**
 * Words of MySQL's SQL (MySQL Reference Manual, "Language Structure"): strings with backslash escapes and in double quotes too, names in backticks, numbers,
 * hexadecimal and bit literals, `?` parameters, the three kinds of comments. Version comments (`/*!40101 … *\/`) are read as their content, as MySQL does.
 */
import { sqlError } from '../errors.ts';

export type TokenKind = 'word' | 'name' | 'string' | 'number' | 'bytes' | 'param' | 'variable' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of words in upper case; of names and strings what they mean. */
  readonly text: string;
  readonly bytes?: Uint8Array;
  /** Offsets in the statement. */
  readonly at: number;
  readonly end: number;
}

const SYMBOLS = ['<=>', '->>', '->', '<<', '>>', '<=', '>=', '<>', '!=', '||', '&&', ':=', ...'=<>+-*/%(),.;!&|^~'];
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ["'", "'"],
  ['"', '"'],
  ['b', '\b'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['Z', '\x1a'],
  ['\\', '\\'],
  // Kept with their backslash: they mean something to LIKE.
  ['%', '\\%'],
  ['_', '\\_'],
]);

/** Where a statement cannot be read on: error 1064 with the rest of it. */
export function syntaxError(sql: string, at: number): Error {
  return sqlError(1064, sql.slice(at, at + 80), lineAt(sql, at));
}

function lineAt(sql: string, at: number): number {
  let line = 1;
  for (let i = 0; i < at && i < sql.length; i++) if (sql[i] === '\n') line++;
  return line;
}

export function tokenize(sql: string): Token[] {
  const lexer = new Lexer(sql);
  const tokens: Token[] = [];
  for (let token = lexer.next(); ; token = lexer.next()) {
    tokens.push(token);
    if (token.kind === 'end') return tokens;
  }
}

class Lexer {
  private at = 0;
  private inVersionComment = false;

  constructor(private readonly sql: string) {}

  next(): Token {
    this.skip();
    const { sql, at } = this;
    const c = sql[at];
    if (c === undefined) return this.token('end', '', at);
    if (c === "'" || c === '"') return this.quoted(c, 'string');
    if (c === '`') return this.quoted(c, 'name');
    if (c === '?') return this.token('param', '?', at + 1);
    if (c === '@') return this.matched('variable', /@@?(?:[A-Za-z_][\w.$]*)?/y);
    if (/[xX]/.test(c) && sql[at + 1] === "'") return this.hexadecimal(/[xX]'(?<digits>(?:[0-9a-fA-F]{2})*)'/y);
    if (/[bB]/.test(c) && sql[at + 1] === "'") return this.bits(/[bB]'(?<digits>[01]*)'/y);
    if (c === '0' && sql[at + 1] === 'b') return this.bits(/0b(?<digits>[01]+)/y);
    if (c === '0' && sql[at + 1] === 'x') return this.hexadecimal(/0x(?<digits>[0-9a-fA-F]+)/y);
    if (/[0-9]/.test(c) || (c === '.' && /[0-9]/.test(sql[at + 1] ?? '')))
      return this.matched('number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y);
    if (/[A-Za-z_$\u0080-\uffff]/.test(c)) return this.matched('word', /[\w$\u0080-\uffff]+/y);
    const symbol = SYMBOLS.find((each) => sql.startsWith(each, at));
    if (symbol === undefined) throw syntaxError(sql, at);
    return this.token('symbol', symbol, at + symbol.length);
  }

  private token(kind: TokenKind, text: string, end: number, bytes?: Uint8Array): Token {
    const { at } = this;
    this.at = end;
    // Bytes that are no character may stand in a literal only.
    if ((kind === 'name' || kind === 'word') && /\p{Surrogate}/u.test(text)) throw sqlError(1300, 'utf8mb4', text);
    return bytes === undefined ? { kind, text, at, end } : { kind, text, bytes, at, end };
  }

  private matched(kind: TokenKind, pattern: RegExp): Token {
    pattern.lastIndex = this.at;
    const text = pattern.exec(this.sql)![0];
    return this.token(kind, text, this.at + text.length);
  }

  private hexadecimal(pattern: RegExp): Token {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.sql);
    if (match === null) throw syntaxError(this.sql, this.at);
    const digits = match.groups!.digits!;
    const even = digits.length % 2 === 0 ? digits : `0${digits}`;
    const bytes = Uint8Array.from({ length: even.length / 2 }, (_, i) =>
      Number.parseInt(even.slice(2 * i, 2 * i + 2), 16),
    );
    return this.token('bytes', match[0], this.at + match[0].length, bytes);
  }

  private bits(pattern: RegExp): Token {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.sql);
    if (match === null) throw syntaxError(this.sql, this.at);
    const digits = match.groups!.digits!;
    const whole = digits.padStart(Math.ceil(digits.length / 8) * 8, '0');
    const bytes = Uint8Array.from({ length: whole.length / 8 }, (_, i) =>
      Number.parseInt(whole.slice(8 * i, 8 * i + 8), 2),
    );
    return this.token('bytes', match[0], this.at + match[0].length, bytes);
  }

  /** A quote inside is doubled; backslash escapes in strings only. */
  private quoted(quote: string, kind: 'string' | 'name'): Token {
    const { sql } = this;
    let text = '';
    for (let i = this.at + 1; i < sql.length; i++) {
      const c = sql[i]!;
      if (c === quote) {
        if (sql[i + 1] !== quote) return this.token(kind, text, i + 1);
        text += quote;
        i++;
      } else if (c === '\\' && kind === 'string') {
        i++;
        const escaped = sql[i];
        if (escaped === undefined) break;
        text += ESCAPES.get(escaped) ?? escaped;
      } else text += c;
    }
    throw syntaxError(sql, this.at);
  }

  private skip(): void {
    const { sql } = this;
    for (;;) {
      const c = sql[this.at];
      if (c !== undefined && /\s/.test(c)) this.at++;
      // A comment of two dashes wants white space or a control character after them.
      else if (c === '#' || (c === '-' && sql[this.at + 1] === '-' && (sql[this.at + 2] ?? ' ') <= ' '))
        this.toLineEnd();
      else if (sql.startsWith('/*', this.at)) this.comment();
      else if (this.inVersionComment && sql.startsWith('*/', this.at)) {
        this.inVersionComment = false;
        this.at += 2;
      } else return;
    }
  }

  private toLineEnd(): void {
    const end = this.sql.indexOf('\n', this.at);
    this.at = end < 0 ? this.sql.length : end + 1;
  }

  private comment(): void {
    const version = /\/\*!\d{0,6}/y;
    version.lastIndex = this.at;
    const match = version.exec(this.sql);
    if (match !== null && !this.inVersionComment) {
      this.inVersionComment = true;
      this.at += match[0].length;
      return;
    }
    const end = this.sql.indexOf('*/', this.at + 2);
    if (end < 0) throw syntaxError(this.sql, this.at);
    this.at = end + 2;
  }
}
