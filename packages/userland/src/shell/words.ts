/**
 * Words: quoting, parameter expansion, command substitution, arithmetic expansion and tildes (POSIX 2.2, 2.6), from text to parts.
 * Nothing is expanded here. Commands inside `$(...)` are parsed by the grammar that the caller passes in (`parseCommands`), so that this
 * file and `parser.ts` need not know each other.
 */
import type { Assignment, ListNode, LiteralPart, ParameterOperator, Part, Word } from './ast.ts';
import { isDigit, isNameChar, isNameStart, type Scanner } from './scanner.ts';

/** What the word reader needs of the grammar. */
export interface CommandGrammar {
  /** Parses commands up to the closing parenthesis, which is taken. */
  untilParenthesis(scanner: Scanner): ListNode;
  /** Parses a whole text: the inside of backquotes. */
  whole(text: string, line: number): ListNode;
}

/**
 * Where the reader is: in plain text, between double quotes, inside the braces of an expansion (plain or quoted), in arithmetic, in the body
 * of a here-document.
 */
type Context = 'plain' | 'double' | 'brace' | 'quotedBrace' | 'arithmetic' | 'here';

const META = new Set(['', ' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')']);
const SPECIAL_PARAMETERS = '@*#?-$!';

/** Collects parts, joining neighbouring literals. */
class Parts {
  readonly list: Part[] = [];
  private text: string[] = [];
  private quoted = false;

  add(text: string, quoted: boolean): void {
    if (this.text.length > 0 && this.quoted !== quoted) this.flush();
    this.quoted = quoted;
    this.text.push(text);
  }

  part(part: Part): void {
    this.flush();
    this.list.push(part);
  }

  flush(): void {
    if (this.text.length === 0) return;
    this.list.push({ kind: 'literal', text: this.text.join(''), quoted: this.quoted });
    this.text = [];
  }

  done(): Part[] {
    this.flush();
    return this.list;
  }
}

export class WordReader {
  constructor(
    private readonly scanner: Scanner,
    private readonly grammar: CommandGrammar,
  ) {}

  /** One word in command context, up to the next metacharacter. Empty when there is none. */
  word(): Word {
    return splitTilde(this.read('plain', (c) => META.has(c)));
  }

  /** The body of an unquoted here-document: the scanner's whole text. */
  hereDocument(): Word {
    return this.read('here', (c) => c === '');
  }

  /** The delimiter of a here-document. Nothing is expanded in it, so dollar signs and backquotes are text. */
  delimiter(): Delimiter {
    const parts = new Parts();
    for (let quotedBy = ''; ; ) {
      const c = this.scanner.peek();
      if (c === '' && quotedBy !== '') throw this.scanner.unexpectedEnd('Unterminated quoted string');
      if (quotedBy === '' && META.has(c)) break;
      this.scanner.next();
      if (c === quotedBy) quotedBy = '';
      else if (quotedBy === '' && (c === '"' || c === "'")) {
        quotedBy = c;
        parts.add('', true);
      } else if (c === '\\' && quotedBy !== "'") this.backslash(parts, quotedBy === '' ? 'plain' : 'double');
      else parts.add(c, quotedBy !== '');
    }
    const list = parts.done() as readonly LiteralPart[];
    return { text: list.map((part) => part.text).join(''), quoted: list.some((part) => part.quoted) };
  }

  private read(context: Context, isEnd: (c: string) => boolean): Word {
    const parts = new Parts();
    const quoted = context === 'double' || context === 'quotedBrace' || context === 'here' || context === 'arithmetic';
    for (let depth = 0, inner = false; ; ) {
      const c = this.scanner.peek();
      if (depth === 0 && !inner && isEnd(c)) return parts.done();
      if (c === '') throw this.endInside(context);
      this.scanner.next();
      // In "${x-"..."}" the inner quotes change nothing but this: a brace between them closes nothing.
      if (c === '"' && context === 'quotedBrace') {
        inner = !inner;
        continue;
      }
      if (c === '\\') this.backslash(parts, context);
      else if (c === '$') this.dollar(parts, quoted);
      else if (c === '`') parts.part(this.backquotes(quoted, context));
      else if (c === "'" && (context === 'plain' || context === 'brace')) this.singleQuotes(parts);
      else if (c === '"' && context !== 'here' && context !== 'arithmetic') this.doubleQuotes(parts);
      else {
        if (context === 'arithmetic') depth += c === '(' ? 1 : c === ')' && depth > 0 ? -1 : 0;
        parts.add(c, quoted);
      }
    }
  }

  private endInside(context: Context): Error {
    const quotes = context === 'double' || (context === 'quotedBrace' && !this.scanner.isHereDocument);
    if (quotes) return this.scanner.unexpectedEnd('Unterminated quoted string');
    return this.scanner.unexpectedEnd(context === 'arithmetic' ? "Missing '))'" : "Missing '}'");
  }

  /** POSIX 2.2.1, and 2.2.3 between double quotes: there only some characters can be escaped. */
  private backslash(parts: Parts, context: Context): void {
    const c = this.scanner.peekRaw();
    const all = context === 'plain' || context === 'brace';
    const some =
      c === '$' ||
      c === '`' ||
      c === '\\' ||
      (c === '"' && context !== 'here') ||
      (c === '}' && context === 'quotedBrace');
    if (c !== '' && (all || some)) parts.add(this.scanner.nextRaw(), true);
    else if (c === '' && !this.scanner.complete) throw this.scanner.unexpectedEnd('');
    else parts.add('\\', true);
  }

  private singleQuotes(parts: Parts): void {
    parts.add('', true);
    for (;;) {
      const c = this.scanner.nextRaw();
      if (c === '') throw this.scanner.unexpectedEnd('Unterminated quoted string');
      if (c === "'") return;
      parts.add(c, true);
    }
  }

  private doubleQuotes(parts: Parts): void {
    const inner = this.scanner.nested(() => this.read('double', (c) => c === '"'));
    this.scanner.next();
    if (inner.length === 0) parts.add('', true);
    for (const part of inner)
      if (part.kind === 'literal') parts.add(part.text, true);
      else parts.part(part);
  }

  private dollar(parts: Parts, quoted: boolean): void {
    const c = this.scanner.peek();
    if (c === '(') {
      this.scanner.next();
      parts.part(this.scanner.accept('(') ? this.arithmetic(quoted) : this.command(quoted));
    } else if (c === '{') {
      this.scanner.next();
      parts.part(this.scanner.nested(() => this.braces(quoted)));
    } else if (isNameStart(c)) parts.part(parameter(this.name(), quoted));
    else if (c !== '' && (isDigit(c) || SPECIAL_PARAMETERS.includes(c))) {
      parts.part(parameter(this.scanner.next(), quoted));
    } else parts.add('$', quoted);
  }

  private command(quoted: boolean): Part {
    const body = this.scanner.nested(() => this.grammar.untilParenthesis(this.scanner));
    return { kind: 'command', body, quoted };
  }

  /** `$((...))`: dash never takes this for a subshell inside a command substitution. */
  private arithmetic(quoted: boolean): Part {
    const isEnd = (c: string): boolean => {
      if (c !== ')') return false;
      const mark = this.scanner.mark();
      this.scanner.next();
      if (this.scanner.peek() === ')') return true;
      this.scanner.reset(mark);
      return false;
    };
    const expression = this.scanner.nested(() => this.read('arithmetic', isEnd));
    this.scanner.next();
    return { kind: 'arithmetic', expression, quoted };
  }

  private name(): string {
    let name = '';
    while (isNameChar(this.scanner.peek())) name += this.scanner.next();
    return name;
  }

  /** After `${`. */
  private braces(quoted: boolean): Part {
    const scanner = this.scanner;
    let length = false;
    if (scanner.peek() === '#') {
      const mark = scanner.mark();
      scanner.next();
      length = isNameChar(scanner.peek()) || this.isSpecialThenBrace();
      if (!length) scanner.reset(mark);
    }
    const name = this.parameterName();
    if (name === '') return this.badSubstitution(quoted);
    if (length) return this.close({ ...parameter(name, quoted), operator: 'length' });
    const c = scanner.peek();
    if (c === '}') return this.close(parameter(name, quoted));
    if (c === '') throw this.endInside(quoted ? 'quotedBrace' : 'brace');
    const [operator, colon] = this.operator();
    if (operator === 'bad') return this.badSubstitution(quoted);
    const trims = operator.startsWith('%') || operator.startsWith('#');
    // A pattern is quoted by its own quotes only; a default word takes part in the double quotes around it (POSIX 2.6.2, 2.2.3).
    const word = this.read(quoted && !trims ? 'quotedBrace' : 'brace', (end) => end === '}');
    scanner.next();
    return { kind: 'parameter', name, operator, colon, word: splitTilde(word), quoted };
  }

  private isSpecialThenBrace(): boolean {
    const mark = this.scanner.mark();
    const special = SPECIAL_PARAMETERS.includes(this.scanner.next() || ' ') && this.scanner.peek() === '}';
    this.scanner.reset(mark);
    return special;
  }

  private parameterName(): string {
    const c = this.scanner.peek();
    if (isNameStart(c)) return this.name();
    if (isDigit(c)) {
      let digits = '';
      while (isDigit(this.scanner.peek())) digits += this.scanner.next();
      return digits;
    }
    return c !== '' && SPECIAL_PARAMETERS.includes(c) ? this.scanner.next() : '';
  }

  private operator(): [operator: ParameterOperator, colon: boolean] {
    const colon = this.scanner.accept(':');
    const c = this.scanner.next();
    if (c === '-' || c === '=' || c === '?' || c === '+') return [c, colon];
    if (colon || (c !== '%' && c !== '#')) return ['bad', colon];
    if (c === '%') return [this.scanner.accept('%') ? '%%' : '%', false];
    return [this.scanner.accept('#') ? '##' : '#', false];
  }

  private close<T extends Part>(part: T): Part {
    const c = this.scanner.peek();
    if (c === '') throw this.endInside(part.kind === 'parameter' && part.quoted ? 'quotedBrace' : 'brace');
    if (c !== '}') return this.badSubstitution(part.kind === 'parameter' && part.quoted);
    this.scanner.next();
    return part;
  }

  /** dash reads on to the closing brace and complains only when the expansion is reached. */
  private badSubstitution(quoted: boolean): Part {
    this.read(quoted ? 'quotedBrace' : 'brace', (c) => c === '}');
    this.scanner.next();
    return { kind: 'parameter', name: '', operator: 'bad', colon: false, word: [], quoted };
  }

  /** Between backquotes a backslash escapes `$`, backquote and itself; between double quotes also `"` (POSIX 2.6.3). */
  private backquotes(quoted: boolean, context: Context): Part {
    const line = this.scanner.line;
    const text: string[] = [];
    for (;;) {
      const c = this.scanner.next();
      if (c === '') throw this.scanner.unexpectedEnd('EOF in backquote substitution');
      if (c === '`') break;
      if (c !== '\\') {
        text.push(c);
        continue;
      }
      const escaped = this.scanner.peekRaw();
      const drops =
        escaped === '$' || escaped === '`' || escaped === '\\' || (escaped === '"' && quoted && context !== 'here');
      text.push(drops ? this.scanner.nextRaw() : '\\');
    }
    return { kind: 'command', body: this.scanner.nested(() => this.grammar.whole(text.join(''), line)), quoted };
  }
}

function parameter(name: string, quoted: boolean): Part & { kind: 'parameter' } {
  return { kind: 'parameter', name, operator: 'plain', colon: false, word: [], quoted };
}

/** Takes a leading unquoted `~name` (POSIX 2.6.1) out of a word. */
function splitTilde(word: Word, inAssignment = false): Word {
  const first = word[0];
  if (first === undefined || first.kind !== 'literal' || first.quoted) return word;
  if (inAssignment) return splitAssignmentTildes(word);
  return [...tildeOf(first.text, word.length === 1), ...word.slice(1)];
}

function tildeOf(text: string, alone: boolean): Part[] {
  const literal: Part[] = text === '' ? [] : [{ kind: 'literal', text, quoted: false }];
  if (text[0] !== '~') return literal;
  const slash = text.indexOf('/');
  // A name that runs into a quoted or an expanded part is no tilde-prefix.
  if (slash < 0 && !alone) return literal;
  const user = slash < 0 ? text.slice(1) : text.slice(1, slash);
  if (!/^[A-Za-z0-9._-]*$/.test(user)) return literal;
  const rest = slash < 0 ? '' : text.slice(slash);
  return [{ kind: 'tilde', user }, ...(rest === '' ? [] : [{ kind: 'literal', text: rest, quoted: false } as const])];
}

/** In an assignment a tilde counts after each unquoted colon, too. */
function splitAssignmentTildes(word: Word): Word {
  const out: Part[] = [];
  let starts = true;
  word.forEach((part, index) => {
    if (part.kind !== 'literal' || part.quoted) {
      out.push(part);
      starts = false;
      return;
    }
    const pieces = part.text.split(':');
    pieces.forEach((piece, k) => {
      if (k > 0) out.push({ kind: 'literal', text: ':', quoted: false });
      const alone = k < pieces.length - 1 || index === word.length - 1;
      if (k > 0 || starts) out.push(...tildeOf(piece, alone));
      else if (piece !== '') out.push({ kind: 'literal', text: piece, quoted: false });
    });
    starts = false;
  });
  return out;
}

/** The text of a word that consists of unquoted literals only: a keyword or a name, perhaps. */
export function plainText(word: Word): string | undefined {
  if (word.length !== 1) return undefined;
  const part = word[0]!;
  return part.kind === 'literal' && !part.quoted ? part.text : undefined;
}

/** The delimiter of a here-document: its text after quote removal, and whether any of it was quoted (POSIX 2.7.4). */
export interface Delimiter {
  readonly text: string;
  readonly quoted: boolean;
}

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=/;

/** `name=value` with an unquoted literal name (POSIX 2.10.2 rule 7). */
export function assignmentOf(word: Word): Assignment | undefined {
  const first = word[0];
  if (first === undefined || first.kind !== 'literal' || first.quoted) return undefined;
  const match = ASSIGNMENT.exec(first.text);
  if (match === null) return undefined;
  const rest = first.text.slice(match[0].length);
  const value: Word = [
    ...(rest === '' ? [] : [{ kind: 'literal', text: rest, quoted: false } as const]),
    ...word.slice(1),
  ];
  return { name: match[1]!, value: splitTilde(value, true) };
}
