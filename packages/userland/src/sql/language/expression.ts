/** Expressions: operators by MySQL's precedence ("Operator Precedence"); what they stand between is in primary.ts. What MySQL has and this server has not is refused by name. */
import { sqlError } from '../errors.ts';
import type { BinaryOperator, Expr, Ordering } from './ast.ts';
import { readBinary } from './column-type.ts';
import { readPrimary } from './primary.ts';
import type { Reader } from './reader.ts';
import { atSelect, readSelect } from './select.ts';
import { readInterval } from './special-call.ts';

export function readExpr(reader: Reader): Expr {
  return reader.nested(() => readOr(reader));
}

function binaryLevel(
  operatorOf: (reader: Reader) => BinaryOperator | undefined,
  operand: (reader: Reader) => Expr,
): (reader: Reader) => Expr {
  return (reader) => {
    let left = operand(reader);
    for (let op = operatorOf(reader); op !== undefined; op = operatorOf(reader)) {
      const right = operand(reader);
      left = { k: 'binary', op, left, right, at: left.at, end: right.end };
    }
    return left;
  };
}

const symbols =
  (table: Readonly<Record<string, BinaryOperator>>, words: readonly BinaryOperator[] = []) =>
  (reader: Reader): BinaryOperator | undefined => {
    const { kind, text } = reader.token;
    if (kind === 'symbol' && Object.hasOwn(table, text)) {
      reader.advance();
      return table[text];
    }
    return reader.acceptOneOf(...words) as BinaryOperator | undefined;
  };

const readBitXor = binaryLevel(symbols({ '^': '^' }), readUnary);
export const readMultiplicative = binaryLevel((reader) => {
  if (reader.accept('MOD')) return '%';
  return symbols({ '*': '*', '/': '/', '%': '%' }, ['DIV'])(reader);
}, readBitXor);
const readShifted = binaryLevel(symbols({ '<<': '<<', '>>': '>>' }), readAdditive);
const readBitAnd = binaryLevel(symbols({ '&': '&' }), readShifted);
/** Without comparisons, IN, LIKE. */
export const readBits = binaryLevel(symbols({ '|': '|' }), readBitAnd);
const readAnd = binaryLevel(symbols({ '&&': 'AND' }, ['AND']), readNot);
const readXor = binaryLevel(symbols({}, ['XOR']), readAnd);
const readOr = binaryLevel(symbols({ '||': 'OR' }, ['OR']), readXor);

const comparison = symbols({
  '=': '=',
  '<=>': '<=>',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
});

/** `+` and `-`, also of a time and an interval. */
function readAdditive(reader: Reader): Expr {
  let left = readMultiplicative(reader);
  for (;;) {
    const op = reader.acceptSymbol('+') ? '+' : reader.acceptSymbol('-') ? '-' : undefined;
    if (op === undefined) return left;
    if (reader.accept('INTERVAL')) {
      const interval = readInterval(reader);
      left = { k: 'shift', x: left, ...interval, back: op === '-', at: left.at, end: reader.lastEnd };
    } else {
      const right = readMultiplicative(reader);
      left = { k: 'binary', op, left, right, at: left.at, end: right.end };
    }
  }
}

function readNot(reader: Reader): Expr {
  const { at } = reader.token;
  if (!reader.accept('NOT')) return readComparison(reader);
  const x = reader.nested(() => readNot(reader));
  return { k: 'unary', op: 'NOT', x, at, end: x.end };
}

function readComparison(reader: Reader): Expr {
  let left = readBits(reader);
  for (;;) {
    const op = comparison(reader);
    if (op !== undefined) {
      const quantifier = reader.acceptOneOf('ALL', 'ANY', 'SOME');
      if (quantifier !== undefined) {
        const select = reader.parenthesised(() => readSelect(reader));
        left = { k: 'quantified', x: left, op, all: quantifier === 'ALL', select, at: left.at, end: reader.lastEnd };
        continue;
      }
      const right = readBits(reader);
      left = { k: 'binary', op, left, right, at: left.at, end: right.end };
      continue;
    }
    const next = readPredicate(reader, left);
    if (next === undefined) return left;
    left = next;
  }
}

function readPredicate(reader: Reader, x: Expr): Expr | undefined {
  const { at } = x;
  if (reader.accept('IS')) {
    const not = reader.accept('NOT');
    const word = reader.acceptOneOf('NULL', 'TRUE', 'FALSE', 'UNKNOWN') ?? reader.fail();
    const what = word === 'TRUE' ? true : word === 'FALSE' ? false : null;
    return { k: 'is', x, what, not, at, end: reader.lastEnd };
  }
  const not = reader.is('NOT') && /^(IN|BETWEEN|LIKE|REGEXP|RLIKE)$/i.test(reader.peek().text) && reader.accept('NOT');
  if (reader.accept('IN')) {
    const among = reader.parenthesised(() =>
      atSelect(reader) ? readSelect(reader) : reader.list(() => readExpr(reader)),
    );
    return { k: 'in', x, among, not, at, end: reader.lastEnd };
  }
  if (reader.accept('BETWEEN')) {
    const low = readBits(reader);
    reader.expect('AND');
    const high = readBits(reader);
    return { k: 'between', x, low, high, not, at, end: high.end };
  }
  if (reader.accept('LIKE')) {
    const pattern = readBits(reader);
    const escapedBy = reader.accept('ESCAPE') ? reader.string() : '\\';
    if ([...escapedBy].length > 1) throw sqlError(1210, 'ESCAPE');
    return { k: 'like', x, pattern, escape: escapedBy, not, at, end: reader.lastEnd };
  }
  if (reader.acceptOneOf('REGEXP', 'RLIKE') !== undefined) {
    const pattern = readBits(reader);
    return { k: 'regexp', x, pattern, not, at, end: pattern.end };
  }
  return undefined;
}

function readUnary(reader: Reader): Expr {
  const { token } = reader;
  const { at } = token;
  if (reader.acceptSymbol('-')) {
    const x = reader.nested(() => readUnary(reader));
    if (x.k === 'literal' && typeof x.value === 'number') return { ...x, value: -x.value, at };
    if (x.k === 'literal' && typeof x.value === 'bigint') return { ...x, value: -x.value, at };
    return { k: 'unary', op: '-', x, at, end: x.end };
  }
  if (reader.acceptSymbol('+')) return reader.nested(() => readUnary(reader));
  if (reader.acceptSymbol('!')) {
    const x = reader.nested(() => readUnary(reader));
    return { k: 'unary', op: 'NOT', x, at, end: x.end };
  }
  if (reader.acceptSymbol('~')) {
    const x = reader.nested(() => readUnary(reader));
    return { k: 'unary', op: '~', x, at, end: x.end };
  }
  if (reader.accept('BINARY')) {
    const x = reader.nested(() => readUnary(reader));
    return { k: 'collate', x, binary: true, at, end: x.end };
  }
  const x = readPrimary(reader);
  if (!reader.is('COLLATE')) return x;
  const binary = readBinary(reader);
  return { k: 'collate', x, binary, at, end: reader.lastEnd };
}

export function readOrderings(reader: Reader): Ordering[] {
  return reader.list(() => {
    const expr = readExpr(reader);
    const descending = reader.accept('DESC');
    if (!descending) reader.accept('ASC');
    return { expr, descending };
  });
}
