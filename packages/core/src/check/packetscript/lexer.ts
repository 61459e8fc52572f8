/**
 * Tokens of the packetdrill language, words of `--define` replaced by their values. Comments (`//`, `#`, and C's) vanish; backquoted commands, `%{ code }%` and `--options` are one token each.
 * Promises: any text ends in tokens or in a `CannotRun` that names the line.
 */
import { CannotRun } from './problem.ts';

export type TokenKind = 'number' | 'word' | 'string' | 'command' | 'code' | 'option' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Without quotes, backquotes or braces. */
  readonly text: string;
  readonly line: number;
  /** Blank space or the start of a line stands before it: `.1` and `. 1` differ. */
  readonly spaced: boolean;
}

const NUMBER = /0x[0-9a-fA-F]+|\d+(?:\.\d+)?|\.\d+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPTION =
  /--[A-Za-z_][A-Za-z0-9_]*(?:[ \t]*=[ \t]*(?:[A-Za-z_][A-Za-z0-9_]*=(?="|`))?(?:"[^"\n]*"|`[^`]*`|[^\s`"]*))?/y;
/** `--define=NAME=value`: the word NAME in what follows is the value, a text in quotes, or a command in backquotes. */
const DEFINE = /^--define\s*=\s*([A-Za-z_]\w*)=(.+)$/s;
const SYMBOL = /\.\.\.|[-+*~<>=.,:;(){}[\]|&^!?/%@]/y;
const BLANK = /[ \t\r\f\v]+/y;
const LINE_COMMENT = /(?:\/\/|#)[^\n]*/y;

interface Delimited {
  readonly open: string;
  readonly close: string;
  readonly kind: TokenKind | undefined;
  readonly what: string;
}

const DELIMITED: readonly Delimited[] = [
  { open: '/*', close: '*/', kind: undefined, what: 'comment' },
  { open: '`', close: '`', kind: 'command', what: 'command' },
  { open: '%{', close: '}%', kind: 'code', what: 'code' },
];

export function tokens(text: string): Token[] {
  return new Lexer(text).run();
}

class Lexer {
  private at = 0;
  private line = 1;
  private spaced = true;
  private readonly out: Token[] = [];
  private readonly defined = new Map<string, Token>();

  constructor(private readonly text: string) {}

  run(): Token[] {
    while (this.at < this.text.length) this.step();
    this.push('end', 'the end of the script');
    return this.out;
  }

  private step(): void {
    if (this.text[this.at] === '\n') {
      this.line++;
      this.at++;
      this.spaced = true;
      return;
    }
    if (this.match(BLANK) !== undefined || this.match(LINE_COMMENT) !== undefined) {
      this.spaced = true;
      return;
    }
    if (this.delimited() || this.quoted()) return;
    for (const [kind, pattern] of [
      ['option', OPTION],
      ['number', NUMBER],
      ['word', WORD],
      ['symbol', SYMBOL],
    ] as const) {
      const text = this.match(pattern);
      if (text === undefined) continue;
      if (kind === 'option' && this.define(text)) return;
      const known = kind === 'word' ? this.defined.get(text) : undefined;
      this.push(known?.kind ?? kind, known?.text ?? text);
      return;
    }
    throw new CannotRun(this.line, `syntax: no token begins with '${this.text[this.at]}'`);
  }

  private define(option: string): boolean {
    const found = DEFINE.exec(option);
    if (found === null) return false;
    const values = tokens(found[2]!);
    const [value] = values;
    if (values.length !== 2 || value === undefined)
      throw new CannotRun(this.line, `the in-script option ${option}: one word, number, text or command`);
    this.defined.set(found[1]!, value);
    return true;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private delimited(): boolean {
    const found = DELIMITED.find(({ open }) => this.text.startsWith(open, this.at));
    if (found === undefined) return false;
    const from = this.at + found.open.length;
    const to = this.text.indexOf(found.close, from);
    if (to < 0) throw new CannotRun(this.line, `syntax: the ${found.what} has no end`);
    const body = this.text.slice(from, to);
    if (found.kind !== undefined) this.push(found.kind, body);
    this.line += body.split('\n').length - 1;
    this.at = to + found.close.length;
    this.spaced = found.kind === undefined;
    return true;
  }

  private quoted(): boolean {
    if (this.text[this.at] !== '"') return false;
    const end = /"((?:[^"\\\n]|\\.)*)"/y;
    end.lastIndex = this.at;
    const found = end.exec(this.text);
    if (found === null) throw new CannotRun(this.line, 'syntax: the string has no end');
    this.at += found[0].length;
    this.push(
      'string',
      found[1]!.replace(/\\(.)/g, (_, letter: string) => ESCAPES.get(letter) ?? letter),
    );
    return true;
  }

  private push(kind: TokenKind, text: string): void {
    this.out.push({ kind, text, line: this.line, spaced: this.spaced });
    this.spaced = false;
  }
}

const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['0', '\0'],
]);
