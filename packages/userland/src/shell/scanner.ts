/**
 * A cursor over script text: one character at a time, with line numbers. A backslash before a newline joins lines (POSIX 2.2.1) and is
 * invisible to `peek`; contexts in which it is ordinary text (single quotes, quoted here-documents) use the `raw` calls.
 */
import { IncompleteInput, ShellSyntaxError } from './errors.ts';

/** Nesting of commands, substitutions and braces; real scripts stay far below, and hostile ones must not exhaust our stack. */
const MAX_NESTING = 200;

export class Scanner {
  private nesting = 0;

  constructor(
    readonly text: string,
    public at = 0,
    public line = 1,
    /** Whether the end of `text` is the end of the script, or more may come. */
    readonly complete = true,
    /** For the body of a here-document: the line behind it, where an error at its end is reported. */
    private readonly lineBehind?: number,
  ) {}

  get isHereDocument(): boolean {
    return this.lineBehind !== undefined;
  }

  /** The next character, or '' at the end. */
  peek(): string {
    while (this.text[this.at] === '\\' && this.text[this.at + 1] === '\n') {
      this.at += 2;
      this.line++;
    }
    return this.text[this.at] ?? '';
  }

  next(): string {
    const c = this.peek();
    this.skip(c);
    return c;
  }

  peekRaw(): string {
    return this.text[this.at] ?? '';
  }

  nextRaw(): string {
    const c = this.peekRaw();
    this.skip(c);
    return c;
  }

  private skip(c: string): void {
    if (c === '') return;
    if (c === '\n') this.line++;
    this.at++;
  }

  /** Takes `c` if it is next. */
  accept(c: string): boolean {
    if (this.peek() !== c) return false;
    this.next();
    return true;
  }

  mark(): readonly [at: number, line: number] {
    return [this.at, this.line];
  }

  reset(mark: readonly [at: number, line: number]): void {
    [this.at, this.line] = mark;
  }

  /** The text ended where it must not: an error, unless more text may come. */
  unexpectedEnd(reason: string): Error {
    return this.complete ? new ShellSyntaxError(this.lineBehind ?? this.line, reason) : new IncompleteInput();
  }

  error(reason: string): ShellSyntaxError {
    return new ShellSyntaxError(this.line, reason);
  }

  nested<T>(parse: () => T): T {
    if (++this.nesting > MAX_NESTING) throw this.error('nested too deeply');
    const result = parse();
    this.nesting--;
    return result;
  }
}

export function isNameStart(c: string): boolean {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c === '_';
}

export function isDigit(c: string): boolean {
  return c.length === 1 && c >= '0' && c <= '9';
}

export function isNameChar(c: string): boolean {
  return isNameStart(c) || isDigit(c);
}

/** A variable's name (XBD 3.216). */
export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}
