/**
 * Regular expressions for `matches`, in time proportional to pattern times text whatever the pattern (a filter is typed by a person or
 * comes from a link, and must not hang the page): a set of states moves along the text, nothing is tried twice. Case is ignored, as
 * Wireshark does unless told otherwise. Supported: characters, `.`, classes, groups, `|`, `*` `+` `?` `{m,n}`, `^` `$` `\b`, `\d \w \s`
 * and their opposites, `(?i)` and `(?-i)` at the start. Back-references and look-around are refused by name.
 */
import { encodeUtf8, latin1 } from '../../base/utf8.ts';
import { type CharTest, Pattern, type State } from './automaton.ts';
import { fold, isDigit, isSpace, isWord, upper } from './characters.ts';

const MAX_STATES = 5_000;
const NOWHERE = -1;

export class PatternError {
  constructor(
    readonly message: string,
    readonly at: number,
  ) {}
}

export function compilePattern(source: string): Pattern | PatternError {
  // One character per byte, as the texts it is tried on.
  const compiler = new Compiler(latin1(encodeUtf8(source)));
  try {
    return compiler.compile();
  } catch (error) {
    if (error instanceof Refusal) return new PatternError(error.message, error.at);
    throw error;
  }
}

class Refusal extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** A piece of automaton: where it begins, and the open ends that go on behind it. */
interface Fragment {
  readonly first: number;
  readonly ends: readonly { readonly state: State; readonly arm: 'next' | 'other' }[];
}

class Compiler {
  private readonly states: State[] = [];
  private at = 0;
  private depth = 0;
  private ignoreCase = true;

  constructor(private readonly source: string) {}

  compile(): Pattern {
    if (this.source.startsWith('(?i)')) this.at = 4;
    else if (this.source.startsWith('(?-i)')) {
      this.at = 5;
      this.ignoreCase = false;
    }
    const whole = this.alternatives();
    if (this.at < this.source.length) this.refuse('this ")" closes nothing');
    const accept = this.state('accept');
    this.patch(whole, accept);
    return new Pattern(this.states, whole.first);
  }

  private refuse(message: string): never {
    throw new Refusal(message, this.at);
  }

  private state(kind: State['kind'], test?: CharTest): number {
    if (this.states.length >= MAX_STATES) this.refuse('the pattern is too large');
    this.states.push({ kind, next: NOWHERE, other: NOWHERE, ...(test === undefined ? {} : { test }) });
    return this.states.length - 1;
  }

  private patch(fragment: Fragment, target: number): void {
    for (const { state, arm } of fragment.ends) state[arm] = target;
  }

  private single(index: number): Fragment {
    return { first: index, ends: [{ state: this.states[index]!, arm: 'next' }] };
  }

  private alternatives(): Fragment {
    if (++this.depth > 50) this.refuse('the pattern is nested too deeply');
    let left = this.sequence();
    while (this.source[this.at] === '|') {
      this.at++;
      const right = this.sequence();
      const split = this.state('split');
      this.states[split]!.next = left.first;
      this.states[split]!.other = right.first;
      left = { first: split, ends: [...left.ends, ...right.ends] };
    }
    this.depth--;
    return left;
  }

  private sequence(): Fragment {
    let whole: Fragment | undefined;
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      const piece = this.repeated();
      if (whole === undefined) whole = piece;
      else {
        this.patch(whole, piece.first);
        whole = { first: whole.first, ends: piece.ends };
      }
    }
    return whole ?? this.empty();
  }

  /** Nothing: a split both of whose arms go on. */
  private empty(): Fragment {
    const index = this.state('split');
    const state = this.states[index]!;
    return {
      first: index,
      ends: [
        { state, arm: 'next' },
        { state, arm: 'other' },
      ],
    };
  }

  private repeated(): Fragment {
    const start = this.at;
    const atom = this.atom();
    const count = this.quantifier();
    if (count === undefined) return atom;
    const end = this.at;
    const fragment = this.times(atom, count.min, count.max, start);
    this.at = end;
    // A lazy or possessive mark changes which match is found, not whether there is one.
    if (this.source[this.at] === '?' || this.source[this.at] === '+') this.at++;
    if (this.quantifier() !== undefined) this.refuse('a repetition cannot be repeated: use a group');
    return fragment;
  }

  private quantifier(): { readonly min: number; readonly max: number } | undefined {
    const char = this.source[this.at];
    const simple = char === '*' ? [0, Infinity] : char === '+' ? [1, Infinity] : char === '?' ? [0, 1] : undefined;
    if (simple !== undefined) {
      this.at++;
      return { min: simple[0]!, max: simple[1]! };
    }
    const braces = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.source.slice(this.at));
    if (braces === null) return undefined;
    const min = Number(braces[1]);
    const max = braces[2] === undefined ? min : braces[3] === '' ? Infinity : Number(braces[3]);
    if (max < min) this.refuse('the second number of {m,n} is smaller than the first');
    this.at += braces[0].length;
    return { min, max };
  }

  /** The atom's source is compiled once for each copy that the counts ask for. */
  private times(atom: Fragment, min: number, max: number, start: number): Fragment {
    const copies: Fragment[] = [];
    const again = (): Fragment => {
      this.at = start;
      return this.atom();
    };
    const wanted = max === Infinity ? Math.max(min, 1) : max;
    if (wanted === 0) return this.empty();
    for (let i = 0; i < wanted; i++) {
      const copy = i === 0 ? atom : again();
      copies.push(i < min ? copy : this.optional(copy));
    }
    if (max === Infinity) copies[copies.length - 1] = this.looped(copies.at(-1)!);
    return copies.reduce((left, right) => {
      this.patch(left, right.first);
      return { first: left.first, ends: right.ends };
    });
  }

  private optional(fragment: Fragment): Fragment {
    const split = this.state('split');
    this.states[split]!.next = fragment.first;
    return { first: split, ends: [...fragment.ends, { state: this.states[split]!, arm: 'other' }] };
  }

  private looped(fragment: Fragment): Fragment {
    const split = this.state('split');
    this.states[split]!.next = fragment.first;
    this.patch(fragment, split);
    return { first: fragment.first, ends: [{ state: this.states[split]!, arm: 'other' }] };
  }

  private atom(): Fragment {
    const char = this.source[this.at]!;
    if (char === '(') return this.group();
    if (char === '[') return this.single(this.state('char', this.charClass()));
    if (char === '\\') return this.escape();
    if ('*+?'.includes(char)) this.refuse(`"${char}" repeats nothing`);
    this.at++;
    if (char === '^') return this.single(this.state('start'));
    if (char === '$') return this.single(this.state('end'));
    if (char === '.') return this.single(this.state('char', (code) => code !== 10));
    return this.single(this.state('char', this.exactly(char.charCodeAt(0))));
  }

  private group(): Fragment {
    this.at++;
    if (this.source.startsWith('?:', this.at)) this.at += 2;
    else if (this.source[this.at] === '?') this.refuse('look-around and named groups are not supported here');
    const inner = this.alternatives();
    if (this.source[this.at] !== ')') this.refuse('this "(" is not closed');
    this.at++;
    return inner;
  }

  private escape(): Fragment {
    const char = this.source[this.at + 1];
    if (char === undefined) this.refuse('a backslash ends the pattern');
    if (char === 'b' || char === 'B') {
      this.at += 2;
      return this.single(this.state(char === 'b' ? 'boundary' : 'inside'));
    }
    return this.single(this.state('char', this.escapedTest()));
  }

  /** At a backslash, inside or outside a class. */
  private escapedTest(): CharTest {
    const char = this.source[this.at + 1] ?? '';
    const named = NAMED.get(char);
    if (named !== undefined) {
      this.at += 2;
      return named;
    }
    return this.exactly(this.escapedCode());
  }

  private escapedCode(): number {
    const char = this.source[this.at + 1] ?? '';
    const digits = char === 'x' ? /^[0-9a-fA-F]{2}/.exec(this.source.slice(this.at + 2))?.[0] : undefined;
    if (digits !== undefined) {
      this.at += 4;
      return Number.parseInt(digits, 16);
    }
    const control = CONTROL.get(char);
    if (control === undefined && /[A-Za-z0-9]/.test(char)) this.refuse(`"\\${char}" is not supported here`);
    if (char === '') this.refuse('a backslash ends the pattern');
    this.at += 2;
    return control ?? char.charCodeAt(0);
  }

  private exactly(code: number): CharTest {
    if (!this.ignoreCase) return (other) => other === code;
    const folded = fold(code);
    return (other) => fold(other) === folded;
  }

  private charClass(): CharTest {
    this.at++;
    const negated = this.source[this.at] === '^';
    if (negated) this.at++;
    const tests: CharTest[] = [];
    for (let first = true; first || this.source[this.at] !== ']'; first = false) {
      if (this.at >= this.source.length) this.refuse('this "[" is not closed');
      tests.push(this.classItem());
    }
    this.at++;
    return (code) => tests.some((test) => test(code)) !== negated;
  }

  private classItem(): CharTest {
    if (this.source[this.at] === '\\' && NAMED.has(this.source[this.at + 1] ?? '')) return this.escapedTest();
    const low = this.classCode();
    const range = this.source[this.at] === '-' && this.source[this.at + 1] !== ']' && this.at + 1 < this.source.length;
    if (!range) return this.exactly(low);
    this.at++;
    const high = this.classCode();
    if (high < low) this.refuse('this range of a class runs backwards');
    if (!this.ignoreCase) return (code) => code >= low && code <= high;
    return (code) => [code, fold(code), upper(code)].some((c) => c >= low && c <= high);
  }

  private classCode(): number {
    if (this.source[this.at] === '\\') return this.escapedCode();
    return this.source.charCodeAt(this.at++);
  }
}

const NAMED: ReadonlyMap<string, CharTest> = new Map([
  ['d', isDigit],
  ['D', (code: number) => !isDigit(code)],
  ['w', isWord],
  ['W', (code: number) => !isWord(code)],
  ['s', isSpace],
  ['S', (code: number) => !isSpace(code)],
]);
const CONTROL: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
  ['v', 11],
  ['a', 7],
  ['e', 27],
  ['0', 0],
]);
