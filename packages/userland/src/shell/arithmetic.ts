/**
 * Arithmetic expansion (POSIX 2.6.4): signed 64-bit integers that wrap, C's operators and precedence, assignments. As in dash there is no
 * `++`, `--`, comma or `**`; constants are decimal, octal (0…) and hexadecimal (0x…) and saturate.
 */
import { ShellError } from './errors.ts';

/** The variables that an expression reads and writes. */
export interface ArithmeticVariables {
  /** The variable's text, undefined when it is unset. */
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

const MAX = 9223372036854775807n;
const MAX_DEPTH = 200;

/** Binding strength of the binary operators below `&&`; larger binds tighter. */
const PRECEDENCE = new Map<string, number>([
  ['*', 10],
  ['/', 10],
  ['%', 10],
  ['+', 9],
  ['-', 9],
  ['<<', 8],
  ['>>', 8],
  ['<', 7],
  ['<=', 7],
  ['>', 7],
  ['>=', 7],
  ['==', 6],
  ['!=', 6],
  ['&', 5],
  ['^', 4],
  ['|', 3],
]);
const ASSIGNMENTS = new Set(['=', '*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|=']);
const TOKEN =
  /[ \t\n]*(?:(0[xX][0-9a-fA-F]+|[0-9]+)|([A-Za-z_][A-Za-z0-9_]*)|(<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&^|]=|[-+*/%&^|<>=!~?:()]))/y;

type Token =
  | { readonly type: 'number'; readonly value: bigint }
  | { readonly type: 'name'; readonly text: string }
  | { readonly type: 'operator'; readonly text: string }
  | { readonly type: 'end' };

/** The value of `text` as decimal digits. Throws `ShellError` with dash's words. */
export function arithmetic(text: string, variables: ArithmeticVariables): string {
  return new Evaluator(text, variables).whole().toString();
}

/**
 * A variable's or an operand's text as a number, as strtoimax(3) with base 0 reads it. Undefined when it is none, or out of range.
 */
function parseInteger(text: string): bigint | undefined {
  const match = /^[ \t\n\v\f\r]*([-+]?)(0[xX][0-9a-fA-F]+|[0-9]+)[ \t\n\v\f\r]*$/.exec(text);
  if (match === null) return undefined;
  const magnitude = constant(match[2]!);
  if (magnitude === undefined) return undefined;
  const value = match[1] === '-' ? -magnitude : magnitude;
  return value > MAX || value < -MAX - 1n ? undefined : value;
}

/** The magnitude of a constant; undefined for an octal constant with digits that are none. */
function constant(text: string): bigint | undefined {
  if (/^0[xX]/.test(text)) return BigInt(text);
  if (text.length > 1 && text.startsWith('0')) return /^[0-7]+$/.test(text) ? BigInt(`0o${text.slice(1)}`) : undefined;
  return BigInt(text);
}

class Evaluator {
  private at = 0;
  private token: Token = { type: 'end' };
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly variables: ArithmeticVariables,
  ) {
    this.advance();
  }

  whole(): bigint {
    const value = this.assignment(true);
    if (this.token.type !== 'end') throw this.error('expecting EOF');
    return value;
  }

  private error(what: string): ShellError {
    return new ShellError(`arithmetic expression: ${what}: "${this.text}"`);
  }

  private advance(): void {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.text);
    if (match === null) {
      // Anything else is a token that fits nowhere, so the message is about what was wanted there.
      const rest = this.text.slice(this.at).trim();
      this.token = rest === '' ? { type: 'end' } : { type: 'operator', text: rest };
      this.at = this.text.length;
      return;
    }
    this.at = TOKEN.lastIndex;
    if (match[1] !== undefined) this.token = this.number(match[1]);
    else if (match[2] !== undefined) this.token = { type: 'name', text: match[2] };
    else this.token = { type: 'operator', text: match[3]! };
  }

  private number(text: string): Token {
    // "09" is the octal constant 0 and then a token that fits nowhere.
    const octal = /^0[0-7]*(?=[89])/.exec(text);
    if (octal !== null) this.at -= text.length - octal[0].length;
    const magnitude = constant(octal === null ? text : octal[0]) ?? 0n;
    return { type: 'number', value: magnitude > MAX ? MAX : magnitude };
  }

  private operator(): string {
    return this.token.type === 'operator' ? this.token.text : '';
  }

  private accept(operator: string): boolean {
    if (this.token.type !== 'operator' || this.token.text !== operator) return false;
    this.advance();
    return true;
  }

  /** `live` is false in a branch that `&&`, `||` or `?:` does not take: no assignment happens there and no division fails. */
  private assignment(live: boolean): bigint {
    if (++this.depth > MAX_DEPTH) throw this.error('nested too deeply');
    const value = this.assignmentOrConditional(live);
    this.depth--;
    return value;
  }

  private assignmentOrConditional(live: boolean): bigint {
    if (this.token.type !== 'name') return this.conditional(this.primary(live), live);
    const name = this.token.text;
    this.advance();
    const operator = this.operator();
    if (!ASSIGNMENTS.has(operator)) return this.conditional(this.variable(name, live), live);
    this.advance();
    const right = this.assignment(live);
    const value = operator === '=' ? right : this.apply(operator.slice(0, -1), this.variable(name, live), right, live);
    if (live) this.variables.set(name, value.toString());
    return value;
  }

  private conditional(first: bigint, live: boolean): bigint {
    const condition = this.logicalOr(first, live);
    if (!this.accept('?')) return condition;
    const whenTrue = this.assignment(live && condition !== 0n);
    if (!this.accept(':')) throw this.error("expecting ':'");
    if (++this.depth > MAX_DEPTH) throw this.error('nested too deeply');
    const otherwise = live && condition === 0n;
    const whenFalse = this.conditional(this.primary(otherwise), otherwise);
    this.depth--;
    return condition !== 0n ? whenTrue : whenFalse;
  }

  private logicalOr(first: bigint, live: boolean): bigint {
    let value = this.logicalAnd(first, live);
    while (this.accept('||')) {
      const right = live && value === 0n;
      const next = this.logicalAnd(this.primary(right), right);
      value = value !== 0n || next !== 0n ? 1n : 0n;
    }
    return value;
  }

  private logicalAnd(first: bigint, live: boolean): bigint {
    let value = this.binary(first, 0, live);
    while (this.accept('&&')) {
      const right = live && value !== 0n;
      const next = this.binary(this.primary(right), 0, right);
      value = value !== 0n && next !== 0n ? 1n : 0n;
    }
    return value;
  }

  /** Precedence climbing over the operators that bind tighter than `minimum`. */
  private binary(left: bigint, minimum: number, live: boolean): bigint {
    for (;;) {
      const operator = this.operator();
      const strength = PRECEDENCE.get(operator) ?? 0;
      if (strength <= minimum) return left;
      this.advance();
      const right = this.binary(this.primary(live), strength, live);
      left = this.apply(operator, left, right, live);
    }
  }

  private primary(live: boolean): bigint {
    if (++this.depth > MAX_DEPTH) throw this.error('nested too deeply');
    const value = this.unary(live);
    this.depth--;
    return value;
  }

  private unary(live: boolean): bigint {
    const token = this.token;
    if (token.type === 'number') {
      this.advance();
      return token.value;
    }
    if (token.type === 'name') {
      this.advance();
      return this.variable(token.text, live);
    }
    if (this.accept('(')) {
      const value = this.assignment(live);
      if (!this.accept(')')) throw this.error("expecting ')'");
      return value;
    }
    if (this.accept('-')) return BigInt.asIntN(64, -this.primary(live));
    if (this.accept('+')) return this.primary(live);
    if (this.accept('!')) return this.primary(live) === 0n ? 1n : 0n;
    if (this.accept('~')) return ~this.primary(live);
    throw this.error('expecting primary');
  }

  private variable(name: string, live: boolean): bigint {
    if (!live) return 0n;
    const text = this.variables.get(name) ?? '';
    if (text === '') return 0n;
    const value = parseInteger(text);
    if (value === undefined) throw new ShellError(`Illegal number: ${text}`);
    return value;
  }

  private apply(operator: string, left: bigint, right: bigint, live: boolean): bigint {
    if (!live) return 0n;
    return BigInt.asIntN(64, this.compute(operator, left, right));
  }

  private compute(operator: string, left: bigint, right: bigint): bigint {
    const truth = (condition: boolean): bigint => (condition ? 1n : 0n);
    switch (operator) {
      case '*':
        return left * right;
      case '/':
      case '%':
        if (right === 0n) throw this.error('division by zero');
        return operator === '/' ? left / right : left % right;
      case '+':
        return left + right;
      case '-':
        return left - right;
      // The machine's shift instruction uses the low six bits of the count.
      case '<<':
        return left << (right & 63n);
      case '>>':
        return left >> (right & 63n);
      case '<':
        return truth(left < right);
      case '<=':
        return truth(left <= right);
      case '>':
        return truth(left > right);
      case '>=':
        return truth(left >= right);
      case '==':
        return truth(left === right);
      case '!=':
        return truth(left !== right);
      case '&':
        return left & right;
      case '^':
        return left ^ right;
      default:
        return left | right;
    }
  }
}
