/** From words to a tree: `or` below `and` below `not` below comparisons, as in wireshark-filter(4). Types are not looked at here. */
import { FilterError, type Token, tokenize } from './lexer.ts';
import { Problem } from './problem.ts';

export type Comparison = '==' | '!=' | '===' | '!==' | '>' | '<' | '>=' | '<=' | 'contains' | 'matches';

export interface Place {
  readonly start: number;
  readonly end: number;
}

export type Test =
  | { readonly kind: 'and' | 'or'; readonly left: Test; readonly right: Test }
  | { readonly kind: 'not'; readonly test: Test }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Operand;
      readonly right: Operand;
      readonly place: Place;
    }
  | { readonly kind: 'in'; readonly operand: Operand; readonly set: readonly SetEntry[] }
  /** A bare field, or a bit test. */
  | { readonly kind: 'exists'; readonly operand: Operand };

export interface SetEntry {
  readonly low: Operand;
  readonly high: Operand | undefined;
}

export type Operand = (
  | { readonly kind: 'word' | 'string'; readonly text: string }
  | { readonly kind: 'slice'; readonly of: Operand; readonly ranges: readonly SliceRange[] }
  | { readonly kind: 'function'; readonly name: string; readonly argument: Operand }
  | { readonly kind: 'bits'; readonly of: Operand; readonly mask: Operand }
) &
  Place;

/** From `from` (negative: from the end), `length` bytes, or to the end where undefined; `to` is inclusive and excludes `length`. */
export interface SliceRange {
  readonly from: number;
  readonly length: number | undefined;
  readonly to: number | undefined;
}

const COMPARISONS: ReadonlySet<string> = new Set([
  '==',
  '!=',
  '===',
  '!==',
  '>',
  '<',
  '>=',
  '<=',
  'contains',
  'matches',
  '~',
]);
const FUNCTIONS: ReadonlySet<string> = new Set(['len', 'count', 'upper', 'lower']);
/** Wireshark 4 has these too; they are refused by name. */
const UNSUPPORTED_FUNCTIONS: ReadonlySet<string> = new Set(['max', 'min', 'abs', 'string']);
const MAX_DEPTH = 100;

/** Undefined for an empty filter, which lets everything through. */
export function parse(text: string): Test | undefined | FilterError {
  const tokens = tokenize(text);
  if (tokens instanceof FilterError) return tokens;
  if (tokens.length === 1) return undefined;
  const parser = new Parser(tokens);
  try {
    return parser.whole();
  } catch (error) {
    if (error instanceof Refusal) return error.problem;
    throw error;
  }
}

/** Thrown inside the parser only. */
class Refusal extends Error {
  constructor(readonly problem: FilterError) {
    super(problem.message);
  }
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Test {
    const test = this.or();
    if (this.peek.kind !== 'end') this.unexpected();
    return test;
  }

  private get peek(): Token {
    return this.tokens[this.at]!;
  }

  private take(): Token {
    const token = this.peek;
    if (token.kind !== 'end') this.at++;
    return token;
  }

  private is(operator: string): boolean {
    return this.peek.kind === 'operator' && this.peek.text === operator;
  }

  private expect(operator: string): Token {
    if (!this.is(operator)) this.unexpected(operator);
    return this.take();
  }

  private refuse(problem: Problem, place: Place): never {
    throw new Refusal(new FilterError(problem, place.start, place.end));
  }

  /** One of the wanted operators should stand here. */
  private unexpected(...wanted: readonly string[]): never {
    const { kind, text } = this.peek;
    const problem = kind === 'end' ? new Problem('ends-here', ...wanted) : new Problem('does-not-fit', text, ...wanted);
    return this.refuse(problem, this.peek);
  }

  private or(): Test {
    let left = this.and();
    while (this.is('||')) {
      this.take();
      left = { kind: 'or', left, right: this.and() };
    }
    return left;
  }

  private and(): Test {
    let left = this.not();
    while (this.is('&&')) {
      this.take();
      left = { kind: 'and', left, right: this.not() };
    }
    return left;
  }

  private not(): Test {
    if (++this.depth > MAX_DEPTH) this.refuse(new Problem('too-deep'), this.peek);
    let test: Test;
    if (this.is('!')) {
      this.take();
      test = { kind: 'not', test: this.not() };
    } else if (this.is('(')) {
      this.take();
      test = this.or();
      this.expect(')');
    } else test = this.relation();
    this.depth--;
    return test;
  }

  private relation(): Test {
    const left = this.operand();
    if (this.is('in')) {
      this.take();
      return { kind: 'in', operand: left, set: this.set() };
    }
    if (this.peek.kind !== 'operator' || !COMPARISONS.has(this.peek.text)) return { kind: 'exists', operand: left };
    const token = this.take();
    const operator = (token.text === '~' ? 'matches' : token.text) as Comparison;
    const right = this.operand();
    if (this.peek.kind === 'operator' && COMPARISONS.has(this.peek.text)) {
      this.refuse(new Problem('comparisons-in-a-row'), this.peek);
    }
    return { kind: 'compare', operator, left, right, place: { start: left.start, end: right.end } };
  }

  private set(): SetEntry[] {
    const open = this.expect('{');
    const entries: SetEntry[] = [];
    while (!this.is('}')) {
      const low = this.operand();
      let high: Operand | undefined;
      if (this.is('..')) {
        this.take();
        high = this.operand();
      }
      entries.push({ low, high });
      if (this.is(',')) this.take();
      else if (!this.is('}')) this.unexpected(',', '}');
    }
    const close = this.take();
    if (entries.length === 0) this.refuse(new Problem('empty-set'), { start: open.start, end: close.end });
    return entries;
  }

  private operand(): Operand {
    let operand = this.primary();
    while (this.is('[')) operand = this.slice(operand);
    if (!this.is('&')) return operand;
    this.take();
    const mask = this.primary();
    return { kind: 'bits', of: operand, mask, start: operand.start, end: mask.end };
  }

  private primary(): Operand {
    const token = this.peek;
    if (token.kind === 'end') this.refuse(new Problem('ends-before-operand'), token);
    if (token.kind === 'operator') this.refuse(new Problem('no-operand', token.text), token);
    this.take();
    const { text, start, end } = token;
    if (token.kind === 'string') return { kind: 'string', text, start, end };
    if (!this.is('(')) return { kind: 'word', text, start, end };
    if (UNSUPPORTED_FUNCTIONS.has(text)) this.refuse(new Problem('unsupported-function', text), token);
    if (!FUNCTIONS.has(text)) this.refuse(new Problem('no-function', text), token);
    this.take();
    const argument = this.operand();
    const close = this.expect(')');
    return { kind: 'function', name: text, argument, start, end: close.end };
  }

  private slice(of: Operand): Operand {
    this.take();
    const ranges: SliceRange[] = [];
    do {
      const token = this.take();
      const range = token.kind === 'word' ? sliceRange(token.text) : undefined;
      if (range === undefined) this.refuse(new Problem('bad-slice'), token);
      ranges.push(range);
    } while (this.is(',') && this.take());
    const close = this.expect(']');
    return { kind: 'slice', of, ranges, start: of.start, end: close.end };
  }
}

const NUMBER = /^-?\d{1,6}$/;

function sliceRange(text: string): SliceRange | undefined {
  const colon = text.indexOf(':');
  if (colon >= 0) {
    const from = text.slice(0, colon);
    const length = text.slice(colon + 1);
    if ((from !== '' && !NUMBER.test(from)) || (length !== '' && !/^\d{1,6}$/.test(length)) || text === ':')
      return undefined;
    return { from: Number(from), length: length === '' ? undefined : Number(length), to: undefined };
  }
  if (NUMBER.test(text)) return { from: Number(text), length: 1, to: undefined };
  const span = /^(-?\d{1,6})-(-?\d{1,6})$/.exec(text);
  return span === null ? undefined : { from: Number(span[1]), length: undefined, to: Number(span[2]) };
}
