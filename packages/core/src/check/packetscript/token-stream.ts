/** Looking at tokens and taking them, with errors that name the line. */
import type { Token, TokenKind } from './lexer.ts';
import { CannotRun } from './problem.ts';

export class TokenStream {
  private at = 0;

  constructor(private readonly all: readonly Token[]) {}

  peek(ahead = 0): Token {
    return this.all[Math.min(this.at + ahead, this.all.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }

  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === 'symbol' || token.kind === 'word');
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  expect(text: string): Token {
    if (!this.is(text)) this.refuse(`'${text}'`);
    return this.next();
  }

  take(kind: TokenKind, what: string): Token {
    if (this.peek().kind !== kind) this.refuse(what);
    return this.next();
  }

  /** A whole number that a field holds: 32 bits where `most` does not say otherwise. */
  integer(what: string, most = 0xffff_ffff): number {
    const { text, line } = this.take('number', what);
    const value = Number(text);
    if (!Number.isInteger(value) || value > most) throw new CannotRun(line, `syntax: ${what} expected`, text);
    return value;
  }

  refuse(wanted: string): never {
    const { text, line } = this.peek();
    throw new CannotRun(line, `syntax: ${wanted} expected`, text);
  }
}
