/** The tree of a POSIX regular expression, and its two spellings: basic (XBD 9.3) and extended (XBD 9.4), with GNU's extensions. */

export type Node =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly matches: (char: string) => boolean }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  /** `\<`, `\>`, `\b`, `\B` */
  | { readonly kind: 'word'; readonly edge: 'start' | 'end' | 'either' | 'neither' }
  | { readonly kind: 'group'; readonly index: number; readonly body: Node }
  | { readonly kind: 'back'; readonly index: number }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly body: Node; readonly min: number; readonly max: number };

export class RegexError extends Error {
  override readonly name = 'RegexError';
}

export interface ParsedRegex {
  readonly node: Node;
  readonly groups: number;
  readonly hasBackReferences: boolean;
}

/** RE_DUP_MAX (regcomp(3)). */
const MAX_REPEAT = 32767;
const MAX_DEPTH = 200;
export const UNBOUNDED = -1;

/**
 * Letters beyond ASCII, in ranges of our own: the language's Unicode tables differ between engines. Everything from U+00C0 on is a letter but
 * signs, punctuation, symbols and the private and unassigned areas at the end of the first plane.
 */
function isLetter(char: string): boolean {
  if (char < '\u0080') return /[A-Za-z]/.test(char);
  return /[\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3005-\u3007\u3040-\ud7ff\uf900-\ufaff\uff21-\uff3a\uff41-\uffdc]/.test(
    char,
  );
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9';
const isSpace = (char: string): boolean =>
  /[ \t\n\v\f\r\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/.test(char);
const isControl = (char: string): boolean => char < ' ' || (char >= '\u007f' && char < '\u00a0');

const CLASSES = new Map<string, (char: string) => boolean>([
  ['alnum', (char) => isLetter(char) || isDigit(char)],
  ['alpha', isLetter],
  ['blank', (char) => char === ' ' || char === '\t'],
  ['cntrl', isControl],
  ['digit', isDigit],
  ['graph', (char) => !isSpace(char) && !isControl(char)],
  ['lower', (char) => isLetter(char) && char !== char.toUpperCase()],
  ['print', (char) => !isControl(char)],
  ['punct', (char) => !isLetter(char) && !isDigit(char) && !isSpace(char) && !isControl(char)],
  ['space', isSpace],
  ['upper', (char) => isLetter(char) && char !== char.toLowerCase()],
  ['xdigit', (char) => /[0-9A-Fa-f]/.test(char)],
]);

export function isWordCharacter(char: string | undefined): boolean {
  return char !== undefined && (isLetter(char) || isDigit(char) || char === '_');
}

export function parseRegex(pattern: string, extended: boolean, ignoreCase: boolean): ParsedRegex {
  return new RegexParser([...pattern], extended, ignoreCase).whole();
}

class RegexParser {
  private at = 0;
  private groups = 0;
  private depth = 0;
  private hasBackReferences = false;

  constructor(
    private readonly text: readonly string[],
    private readonly extended: boolean,
    private readonly ignoreCase: boolean,
  ) {}

  whole(): ParsedRegex {
    const node = this.choice();
    if (this.at < this.text.length) throw new RegexError(this.extended ? 'Unmatched ) or \\)' : 'Unmatched ) or \\)');
    return { node, groups: this.groups, hasBackReferences: this.hasBackReferences };
  }

  /** Whether the operator is next: with a backslash in a basic expression, bare in an extended one. */
  private atOperator(operator: string): boolean {
    if (this.extended) return this.text[this.at] === operator;
    return this.text[this.at] === '\\' && this.text[this.at + 1] === operator;
  }

  private acceptOperator(operator: string): boolean {
    if (!this.atOperator(operator)) return false;
    this.at += this.extended ? 1 : 2;
    return true;
  }

  private choice(): Node {
    if (++this.depth > MAX_DEPTH) throw new RegexError('Regular expression too big');
    const options = [this.sequence()];
    while (this.acceptOperator('|')) options.push(this.sequence());
    this.depth--;
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  private sequence(): Node {
    const items: Node[] = [];
    while (this.at < this.text.length && !this.atOperator('|') && !(this.atOperator(')') && this.depth > 1)) {
      if (this.extended && this.text[this.at] === ')' && this.depth === 1) {
        // GNU: a lone ) in an extended expression is an ordinary character for grep -E; regcomp refuses it.
        throw new RegexError('Unmatched ) or \\)');
      }
      items.push(this.repeated(this.atom(items), items.length === 0));
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  private repeated(atom: Node, first: boolean): Node {
    let node = atom;
    for (;;) {
      const bounds = this.bounds(node, first);
      if (bounds === undefined) return node;
      node = { kind: 'repeat', body: node, min: bounds[0], max: bounds[1] };
    }
  }

  private bounds(node: Node, first: boolean): readonly [min: number, max: number] | undefined {
    const c = this.text[this.at];
    // In a basic expression a star at the start is an ordinary character.
    if (c === '*' && !(node.kind === 'start' && first && !this.extended)) {
      this.at++;
      return [0, UNBOUNDED];
    }
    if (this.acceptOperator('+')) return [1, UNBOUNDED];
    if (this.acceptOperator('?')) return [0, 1];
    if (!this.atOperator('{')) return undefined;
    const mark = this.at;
    this.acceptOperator('{');
    const close = this.extended ? '}' : '\\}';
    const rest = this.text.slice(this.at, this.at + 32).join('');
    const match = /^([0-9]*)(,?)([0-9]*)/.exec(rest)!;
    if (!rest.startsWith(close, match[0].length) || (match[1] === '' && match[2] === '')) {
      // An extended expression takes a brace that begins no interval for a character.
      this.at = mark;
      if (this.extended) return undefined;
      throw new RegexError(rest.includes(close) ? 'Invalid content of \\{\\}' : 'Unmatched \\{');
    }
    this.at += match[0].length + close.length;
    const min = Number(match[1]);
    const max = match[2] === '' ? min : match[3] === '' ? UNBOUNDED : Number(match[3]);
    if (max !== UNBOUNDED && max < min) throw new RegexError('Invalid content of \\{\\}');
    if (min > MAX_REPEAT || max > MAX_REPEAT) throw new RegexError('Regular expression too big');
    return [min, max];
  }

  private atom(before: readonly Node[]): Node {
    const first = before.length === 0;
    const c = this.text[this.at++]!;
    if (c === '.') return { kind: 'any' };
    if (c === '[') return this.bracket();
    if (c === '\\') return this.escape();
    if (c === '^' && (this.extended || first)) return { kind: 'start' };
    if (c === '$' && (this.extended || this.atExpressionEnd())) return { kind: 'end' };
    if (this.extended && c === '(') return this.group();
    if (this.extended && (c === '*' || c === '+' || c === '?') && first) return { kind: 'sequence', items: [] };
    return this.char(c);
  }

  private atExpressionEnd(): boolean {
    return this.at === this.text.length || this.atOperator(')') || this.atOperator('|');
  }

  private group(): Node {
    const index = ++this.groups;
    const body = this.choice();
    if (!this.acceptOperator(')')) throw new RegexError('Unmatched ( or \\(');
    return { kind: 'group', index, body };
  }

  private escape(): Node {
    const c = this.text[this.at++];
    if (c === undefined) throw new RegexError('Trailing backslash');
    if (!this.extended && c === '(') return this.group();
    if (!this.extended && c === ')') throw new RegexError('Unmatched ) or \\)');
    if (/[1-9]/.test(c)) {
      const index = Number(c);
      if (index > this.groups) throw new RegexError('Invalid back reference');
      this.hasBackReferences = true;
      return { kind: 'back', index };
    }
    switch (c) {
      case '<':
        return { kind: 'word', edge: 'start' };
      case '>':
        return { kind: 'word', edge: 'end' };
      case 'b':
        return { kind: 'word', edge: 'either' };
      case 'B':
        return { kind: 'word', edge: 'neither' };
      case 'w':
      case 'W':
        return { kind: 'set', negated: c === 'W', matches: isWordCharacter };
      case 's':
      case 'S':
        return { kind: 'set', negated: c === 'S', matches: isSpace };
      case 'n':
        return this.char('\n');
      case 't':
        return this.char('\t');
      default:
        return this.char(c);
    }
  }

  private char(char: string): Node {
    if (!this.ignoreCase || char.toLowerCase() === char.toUpperCase()) return { kind: 'char', char };
    const folded = char.toLowerCase();
    return { kind: 'set', negated: false, matches: (other) => other.toLowerCase() === folded };
  }

  /** XBD 9.3.5: a backslash is an ordinary character here. */
  private bracket(): Node {
    const negated = this.text[this.at] === '^';
    if (negated) this.at++;
    const tests: ((char: string) => boolean)[] = [];
    for (let first = true; ; first = false) {
      const c = this.text[this.at];
      if (c === undefined)
        throw new RegexError(first ? 'Invalid regular expression' : 'Unmatched [, [^, [:, [., or [=');
      if (c === ']' && !first) break;
      tests.push(this.bracketItem());
    }
    this.at++;
    const plain = (char: string): boolean => tests.some((test) => test(char));
    const matches = this.ignoreCase
      ? (char: string): boolean => plain(char.toLowerCase()) || plain(char.toUpperCase())
      : plain;
    return { kind: 'set', negated, matches };
  }

  private bracketItem(): (char: string) => boolean {
    const named = /^\[:([a-z]*):\]/.exec(this.text.slice(this.at, this.at + 16).join(''));
    if (named !== null) {
      const test = CLASSES.get(named[1]!);
      if (test === undefined) throw new RegexError('Invalid character class name');
      this.at += named[0].length;
      return test;
    }
    const from = this.bracketChar();
    if (this.text[this.at] !== '-' || this.text[this.at + 1] === ']' || this.at + 1 >= this.text.length) {
      return (char) => char === from;
    }
    this.at++;
    const to = this.bracketChar();
    const low = from.codePointAt(0)!;
    const high = to.codePointAt(0)!;
    if (high < low) throw new RegexError('Invalid range end');
    return (char) => char.codePointAt(0)! >= low && char.codePointAt(0)! <= high;
  }

  private bracketChar(): string {
    const collating = /^\[([.=])([\s\S])\1\]/u.exec(this.text.slice(this.at, this.at + 5).join(''));
    if (collating !== null) {
      this.at += 5;
      return collating[2]!;
    }
    return this.text[this.at++]!;
  }
}
