/**
 * The lexical level of master files (RFC 1035 section 5.1): characters to logical lines of words. Parentheses join lines, `;` begins a
 * comment, quotes hold blanks. Promises: linear in the length of the text; every word knows its line.
 */
import type { Word } from './record-text.ts';

export interface ZoneLine {
  readonly line: number;
  /** The line begins with blanks: the owner is that of the record before. */
  readonly indented: boolean;
  readonly words: readonly Word[];
}

export interface ZoneProblem {
  readonly line: number;
  readonly text: string;
}

class Lexer {
  readonly lines: ZoneLine[] = [];
  private words: Word[] = [];
  private indented = false;
  private firstLine = 1;
  private line = 1;
  private depth = 0;
  private at = 0;

  constructor(private readonly text: string) {}

  run(): readonly ZoneLine[] | ZoneProblem {
    while (this.at < this.text.length) {
      const problem = this.step(this.text[this.at]!);
      if (problem !== undefined) return { line: this.line, text: problem };
    }
    if (this.depth > 0) return { line: this.line, text: 'unbalanced parentheses' };
    this.finishLine();
    return this.lines;
  }

  private step(char: string): string | undefined {
    switch (char) {
      case '\n':
        this.at++;
        this.line++;
        if (this.depth === 0) this.finishLine();
        return undefined;
      case ' ':
      case '\t':
      case '\r':
        if (this.words.length === 0 && this.depth === 0 && this.atLineStart()) this.indented = true;
        this.at++;
        return undefined;
      case ';': {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
        return undefined;
      }
      case '(':
        this.depth++;
        this.at++;
        return undefined;
      case ')':
        this.at++;
        return --this.depth < 0 ? 'unbalanced parentheses' : undefined;
      case '"':
        return this.quoted();
      default:
        this.plain();
        return undefined;
    }
  }

  private atLineStart(): boolean {
    return this.at === 0 || this.text[this.at - 1] === '\n';
  }

  private quoted(): string | undefined {
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== '"' && this.text[end] !== '\n')
      end += this.text[end] === '\\' ? 2 : 1;
    if (this.text[end] !== '"') return 'unbalanced quotes';
    this.words.push({ text: this.text.slice(this.at + 1, end), quoted: true, line: this.line });
    this.at = end + 1;
    return undefined;
  }

  private plain(): void {
    let end = this.at;
    while (end < this.text.length && !/[\s;()"]/.test(this.text[end]!)) end += this.text[end] === '\\' ? 2 : 1;
    this.words.push({ text: this.text.slice(this.at, end), quoted: false, line: this.line });
    this.at = Math.min(end, this.text.length);
  }

  private finishLine(): void {
    if (this.words.length > 0) this.lines.push({ line: this.firstLine, indented: this.indented, words: this.words });
    this.words = [];
    this.indented = false;
    this.firstLine = this.line;
  }
}

export function zoneLines(text: string): readonly ZoneLine[] | ZoneProblem {
  return new Lexer(text).run();
}
