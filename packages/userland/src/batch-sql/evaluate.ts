/** Expressions over one row of fields, with SQL's NULL. Text compares letter by letter, as in Hive: capitals are not small letters. */
import type { Expr } from '../sql/language/ast.ts';
import { BatchError } from './errors.ts';
import type { Field } from './schema.ts';

export type Row = (column: string) => Field;

const bool = (value: boolean | null): Field => (value === null ? null : value ? 1 : 0);

export function evaluate(expr: Expr, row: Row): Field {
  const of = (x: Expr): Field => evaluate(x, row);
  switch (expr.k) {
    case 'literal':
      if (typeof expr.value === 'bigint') return Number(expr.value);
      if (expr.value instanceof Uint8Array) throw new BatchError('bytes are not supported');
      return expr.value;
    case 'column':
      return row(expr.name);
    case 'unary': {
      const x = of(expr.x);
      if (x === null) return null;
      return expr.op === '-' ? -Number(x) : bool(!isTrue(x));
    }
    case 'binary':
      return binary(expr.op, of(expr.left), () => of(expr.right));
    case 'is':
      return bool((expr.what === null ? of(expr.x) === null : isTrue(of(expr.x)) === expr.what) !== expr.not);
    case 'between': {
      const inside = binary(
        'AND',
        binary('>=', of(expr.x), () => of(expr.low)),
        () => binary('<=', of(expr.x), () => of(expr.high)),
      );
      return inside === null ? null : bool((inside === 1) !== expr.not);
    }
    case 'in': {
      if ('k' in expr.among) throw new BatchError('subqueries are not supported');
      const x = of(expr.x);
      return x === null ? null : bool(expr.among.some((each) => compareFields(x, of(each)) === 0) !== expr.not);
    }
    case 'like': {
      const [x, pattern] = [of(expr.x), of(expr.pattern)];
      return x === null || pattern === null ? null : bool(likePattern(String(pattern)).test(String(x)) !== expr.not);
    }
    default:
      throw new BatchError(`'${expr.k === 'call' ? expr.name : expr.k}' is not supported here`);
  }
}

export function isTrue(value: Field): boolean {
  return value !== null && Number(value) !== 0;
}

function binary(op: string, left: Field, right: () => Field): Field {
  if (op === 'AND') {
    if (left !== null && !isTrue(left)) return 0;
    const other = right();
    return other !== null && !isTrue(other) ? 0 : left === null || other === null ? null : 1;
  }
  if (op === 'OR') {
    if (isTrue(left)) return 1;
    const other = right();
    return isTrue(other) ? 1 : left === null || other === null ? null : 0;
  }
  const other = right();
  if (left === null || other === null) return null;
  const order = ORDERS.get(op);
  return order === undefined ? arithmetic(op, Number(left), Number(other)) : bool(order(compareFields(left, other)));
}

const ORDERS: ReadonlyMap<string, (sign: number) => boolean> = new Map([
  ['=', (sign: number) => sign === 0],
  ['<>', (sign: number) => sign !== 0],
  ['<', (sign: number) => sign < 0],
  ['<=', (sign: number) => sign <= 0],
  ['>', (sign: number) => sign > 0],
  ['>=', (sign: number) => sign >= 0],
]);

function arithmetic(op: string, a: number, b: number): Field {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? null : a / b;
    case '%':
      return b === 0 ? null : a % b;
    default:
      throw new BatchError(`operator ${op} is not supported`);
  }
}

/** NULL first; numbers by size, a text beside a number as a number. */
export function compareFields(a: Field, b: Field): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function likePattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, 's');
}

/** Names of all columns of an expression. */
export function columnsOf(expr: Expr): string[] {
  switch (expr.k) {
    case 'column':
      return [expr.name];
    case 'unary':
    case 'is':
      return columnsOf(expr.x);
    case 'binary':
      return [...columnsOf(expr.left), ...columnsOf(expr.right)];
    case 'between':
      return [...columnsOf(expr.x), ...columnsOf(expr.low), ...columnsOf(expr.high)];
    case 'like':
      return [...columnsOf(expr.x), ...columnsOf(expr.pattern)];
    case 'in':
      return [...columnsOf(expr.x), ...('k' in expr.among ? [] : expr.among.flatMap(columnsOf))];
    case 'call':
      return expr.args.flatMap(columnsOf);
    default:
      return [];
  }
}
