/**
 * Expressions of `%{ code }%`: the part of Python that scripts use for conditions, which is numbers. Names are TCP_INFO's fields, the constants that
 * go with them, and the script's own variables. Anything else (texts, calls of functions that are not here) is refused by name.
 */
import { CannotRun } from './problem.ts';

/** A name's value; undefined where there is none. */
export type Lookup = (name: string) => number | undefined;

export interface Evaluated {
  readonly value: number;
  /** The values of the fields and variables that the expression uses. */
  readonly names: ReadonlyMap<string, number>;
}

/** The value of an expression, and nothing behind it but a comma and a message for the reader. */
export function evaluate(text: string, line: number, lookup: Lookup): Evaluated {
  const names = new Map<string, number>();
  const evaluator = new Evaluator(text, line, (name) => {
    const value = lookup(name);
    if (value !== undefined && /^[a-z]/.test(name)) names.set(name, value);
    return value;
  });
  return { value: evaluator.run(), names };
}

const TOKEN =
  /\s*(?:(0x[0-9a-fA-F]+|\d+(?:\.\d+)?)|([A-Za-z_]\w*)|("[^"]*"|'[^']*')|(\*\*|\/\/|<<|>>|==|!=|<=|>=|[-+*/%&|^~<>()[\],]))/y;
const COMPARISONS = new Map<string, (a: number, b: number) => boolean>([
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
  ['<=', (a, b) => a <= b],
  ['>=', (a, b) => a >= b],
  ['<', (a, b) => a < b],
  ['>', (a, b) => a > b],
]);
/** From the loosest to the tightest. */
const BINARY: readonly ReadonlyMap<string, (a: number, b: number) => number>[] = [
  new Map([['|', (a, b) => Number(BigInt(a) | BigInt(b))]]),
  new Map([['^', (a, b) => Number(BigInt(a) ^ BigInt(b))]]),
  new Map([['&', (a, b) => Number(BigInt(a) & BigInt(b))]]),
  new Map([
    ['<<', (a, b) => Number(BigInt(a) << BigInt(b))],
    ['>>', (a, b) => Number(BigInt(a) >> BigInt(b))],
  ]),
  new Map([
    ['+', (a, b) => a + b],
    ['-', (a, b) => a - b],
  ]),
  new Map([
    ['*', (a, b) => a * b],
    ['/', (a, b) => a / b],
    ['//', (a, b) => Math.floor(a / b)],
    ['%', (a, b) => a - Math.floor(a / b) * b],
  ]),
];
/** Python's own functions that conditions over numbers use. */
const FUNCTIONS = new Map<string, (values: readonly number[]) => number>([
  ['abs', ([value]) => Math.abs(value!)],
  ['int', ([value]) => Math.trunc(value!)],
  ['min', (values) => Math.min(...values)],
  ['max', (values) => Math.max(...values)],
]);
const BITS: ReadonlySet<string> = new Set(['|', '^', '&', '<<', '>>']);
const NESTING_MAX = 50;

class Evaluator {
  private readonly tokens: string[] = [];
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly line: number,
    private readonly lookup: Lookup,
  ) {
    let from = 0;
    let brackets = 0;
    // What follows the comma outside of brackets is the message, for the reader.
    while (text.slice(from).trim() !== '' && !(brackets === 0 && this.tokens.at(-1) === ',')) {
      TOKEN.lastIndex = from;
      const found = TOKEN.exec(text);
      if (found === null) this.refuse(`the code '${text.slice(from).trim().slice(0, 20)}'`);
      const token = found[0].trim();
      if (token === '(' || token === '[') brackets++;
      if (token === ')' || token === ']') brackets--;
      this.tokens.push(token);
      from = TOKEN.lastIndex;
    }
  }

  private refuse(what: string): never {
    throw new CannotRun(this.line, what, this.text.trim());
  }

  /** The condition, and nothing behind it but a message. */
  run(): number {
    const value = this.choice();
    if (this.at < this.tokens.length && this.tokens[this.at] !== ',') this.refuse(`the code '${this.tokens[this.at]}'`);
    return value;
  }

  private accept(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  /** `a if condition else b` */
  private choice(): number {
    const value = this.or();
    if (!this.accept('if')) return value;
    const condition = this.or();
    if (!this.accept('else')) this.refuse("the code without 'else'");
    const other = this.choice();
    return condition !== 0 ? value : other;
  }

  private or(): number {
    let value = this.and();
    while (this.accept('or')) {
      const right = this.and();
      if (value === 0) value = right;
    }
    return value;
  }

  private and(): number {
    let value = this.not();
    while (this.accept('and')) {
      const right = this.not();
      if (value !== 0) value = right;
    }
    return value;
  }

  private not(): number {
    let negations = 0;
    while (this.accept('not')) negations++;
    const value = this.comparison();
    return negations === 0 ? value : (value === 0) === (negations % 2 === 1) ? 1 : 0;
  }

  /** `1 <= x <= 3` holds where each link does. */
  private comparison(): number {
    let left = this.binary(0);
    let holds: boolean | undefined;
    for (;;) {
      const compare = COMPARISONS.get(this.tokens[this.at] ?? '');
      if (compare === undefined && this.accept('in')) return this.list().includes(left) ? 1 : 0;
      if (compare === undefined && this.tokens[this.at + 1] === 'in' && this.accept('not')) {
        this.at++;
        return this.list().includes(left) ? 0 : 1;
      }
      if (compare === undefined) return holds === undefined ? left : holds ? 1 : 0;
      this.at++;
      const right = this.binary(0);
      holds = (holds ?? true) && compare(left, right);
      left = right;
    }
  }

  private binary(level: number): number {
    const operators = BINARY[level];
    if (operators === undefined) return this.unary();
    let value = this.binary(level + 1);
    for (;;) {
      const sign = this.tokens[this.at] ?? '';
      const operator = operators.get(sign);
      if (operator === undefined) return value;
      this.at++;
      const right = this.binary(level + 1);
      if (
        BITS.has(sign) &&
        !(
          Number.isSafeInteger(value) &&
          Number.isSafeInteger(right) &&
          right >= 0 &&
          right <= 0xffff_ffff &&
          (sign !== '<<' || right < 53)
        )
      )
        this.refuse(`the operator ${sign} on ${value} and ${right}`);
      if ((sign === '/' || sign === '//' || sign === '%') && right === 0) this.refuse('a division by zero');
      value = operator(value, right);
    }
  }

  /** `(1, 2, 3)` or `[1, 2, 3]`, of one value at least. */
  private list(): number[] {
    const close = this.accept('[') ? ']' : ')';
    if (close === ')' && !this.accept('(')) this.refuse("the code without '('");
    const values = [this.choice()];
    while (this.accept(',') && this.tokens[this.at] !== close) values.push(this.choice());
    if (!this.accept(close)) this.refuse(`the code without '${close}'`);
    return values;
  }

  private unary(): number {
    if (++this.depth > NESTING_MAX) this.refuse('fewer nested brackets');
    const value = this.operand();
    this.depth--;
    return value;
  }

  private operand(): number {
    const token = this.tokens[this.at++];
    if (token === undefined) this.refuse('the end of the condition');
    if (token === '-') return -this.unary();
    if (token === '+') return this.unary();
    if (token === '~') return -this.unary() - 1;
    if (token === '(') {
      const value = this.choice();
      if (!this.accept(')')) this.refuse("the code without ')'");
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    const call = FUNCTIONS.get(token);
    if (call !== undefined) return call(this.list());
    const value = /^[A-Za-z_]/.test(token) ? this.lookup(token) : undefined;
    if (value === undefined) this.refuse(`the name ${token} in code`);
    return value;
  }
}
