/** Expressions, by MySQL's precedence ("Operator Precedence"). What MySQL has and this server has not is refused by name. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { sqlError, unsupportedSql } from '../errors.ts';
import { literalBytes } from '../protocol/statement-text.ts';
import type { BinaryOperator, Expr, Ordering, Place } from './ast.ts';
import { readBinary, readColumnType } from './column-type.ts';
import type { Reader } from './reader.ts';
import { atSelect, readSelect } from './select.ts';
import { readInterval, readSpecialCall } from './special-call.ts';
import { readOver } from './window.ts';

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
const readMultiplicative = binaryLevel((reader) => {
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

function readPrimary(reader: Reader): Expr {
  const { token } = reader;
  const { at } = token;
  const literal = readLiteral(reader);
  if (literal !== undefined) return literal;
  if (token.kind === 'param') {
    reader.advance();
    return { k: 'param', index: reader.params++, at, end: token.end };
  }
  if (token.kind === 'variable') return readVariable(reader);
  if (reader.isSymbol('(')) return readParenthesised(reader);
  if (reader.accept('EXISTS')) {
    const select = reader.parenthesised(() => readSelect(reader));
    return { k: 'exists', select, at, end: reader.lastEnd };
  }
  if (reader.accept('CASE')) return readCase(reader, at);
  if (reader.is('CAST') && reader.peek().text === '(') return readCast(reader);
  if (reader.accept('INTERVAL')) {
    const interval = readInterval(reader);
    reader.expectSymbol('+');
    const x = readMultiplicative(reader);
    return { k: 'shift', x, ...interval, back: false, at, end: x.end };
  }
  if (token.kind === 'word' && reader.peek().text === '(' && reader.peek().kind === 'symbol') return readCall(reader);
  // These need no parentheses.
  if (
    /^(CURRENT_(DATE|TIMESTAMP)|LOCALTIME|LOCALTIMESTAMP|UTC_(DATE|TIMESTAMP))$/i.test(token.text) &&
    reader.advance()
  )
    return { k: 'call', name: token.text.toUpperCase(), args: [], distinct: false, star: false, at, end: token.end };
  return readColumn(reader);
}

function readParenthesised(reader: Reader): Expr {
  const { at } = reader.token;
  return reader.nested(() => {
    reader.expectSymbol('(');
    if (atSelect(reader)) {
      const select = readSelect(reader);
      reader.expectSymbol(')');
      return { k: 'subquery', select, at, end: reader.lastEnd };
    }
    const inner = readExpr(reader);
    if (reader.acceptSymbol(',')) {
      const items = [inner, ...reader.list(() => readExpr(reader))];
      reader.expectSymbol(')');
      return { k: 'row', items, at, end: reader.lastEnd };
    }
    reader.expectSymbol(')');
    return { ...inner, at, end: reader.lastEnd };
  });
}

function readLiteral(reader: Reader): Expr | undefined {
  const { token } = reader;
  const place: Place = { at: token.at, end: token.end };
  if (token.kind === 'string') {
    let value = reader.advance().text;
    // 'a' 'b' is 'ab'.
    while (reader.token.kind === 'string') value += reader.advance().text;
    const bytes = literalBytes(value);
    if (bytes !== undefined) return { k: 'literal', value: bytes, at: token.at, end: reader.lastEnd };
    return { k: 'literal', value, at: token.at, end: reader.lastEnd };
  }
  if (token.kind === 'bytes') {
    reader.advance();
    return { k: 'literal', value: token.bytes!, ...place };
  }
  if (token.kind === 'number') {
    reader.advance();
    return { k: 'literal', ...numberLiteral(token.text), ...place };
  }
  if (token.kind !== 'word') return undefined;
  if (/^_(binary|utf8(mb[34])?)$/i.test(token.text) && /^(string|bytes)$/.test(reader.peek().kind))
    return readIntroduced(reader, /^_b/i.test(token.text));
  const word = reader.acceptOneOf('NULL', 'TRUE', 'FALSE');
  if (word === undefined) return undefined;
  return { k: 'literal', value: word === 'NULL' ? null : word === 'TRUE' ? 1 : 0, ...place };
}

/** `_binary 'text'`, `_utf8mb4 x'…'`: a literal with its character set in front. */
function readIntroduced(reader: Reader, binary: boolean): Expr {
  const { at } = reader.advance();
  const literal = readLiteral(reader) as Expr & { k: 'literal' };
  const { value } = literal;
  if (binary && typeof value === 'string') return { ...literal, value: encodeUtf8(value), at };
  return !binary && value instanceof Uint8Array ? { ...literal, value: decodeUtf8(value), at } : { ...literal, at };
}

/** Whole numbers are integers, those with a point DECIMAL, those with an exponent DOUBLE. */
function numberLiteral(text: string): { readonly value: number | bigint; readonly scale?: number } {
  if (!Number.isFinite(Number(text))) throw sqlError(1367, 'double', text);
  if (/e/i.test(text)) return { value: Number(text), scale: -1 };
  const point = text.indexOf('.');
  if (point >= 0) return { value: Number(text), scale: text.length - point - 1 };
  const value = BigInt(text);
  return { value: Number.isSafeInteger(Number(value)) ? Number(value) : value };
}

/** Names of user variables are the same in capitals and small letters. */
export function userName(text: string): string {
  return text.slice(1).toLowerCase();
}

function readVariable(reader: Reader): Expr {
  const { text, at } = reader.advance();
  if (reader.isSymbol(':=')) throw unsupportedSql('assignment in an expression');
  if (!text.startsWith('@@')) return { k: 'user-variable', name: userName(text), at, end: reader.lastEnd };
  return {
    k: 'variable',
    name: text
      .slice(2)
      .replace(/^(session|global|local)\./i, '')
      .toLowerCase(),
    at,
    end: reader.lastEnd,
  };
}

function readCase(reader: Reader, at: number): Expr {
  const base = reader.is('WHEN') ? undefined : readExpr(reader);
  const whens: (readonly [Expr, Expr])[] = [];
  while (reader.accept('WHEN')) {
    const when = readExpr(reader);
    reader.expect('THEN');
    whens.push([when, readExpr(reader)]);
  }
  if (whens.length === 0) reader.fail();
  const otherwise = reader.accept('ELSE') ? readExpr(reader) : undefined;
  reader.expect('END');
  return { k: 'case', ...(base && { base }), whens, ...(otherwise && { otherwise }), at, end: reader.lastEnd };
}

function readCast(reader: Reader): Expr {
  const { at } = reader.advance();
  reader.expectSymbol('(');
  const x = readExpr(reader);
  reader.expect('AS');
  const type = readColumnType(reader, true);
  reader.expectSymbol(')');
  return { k: 'cast', x, type, at, end: reader.lastEnd };
}

function readCall(reader: Reader): Expr {
  const { at, text } = reader.advance();
  const name = text.toUpperCase();
  reader.expectSymbol('(');
  const special = readSpecialCall(reader, name, at);
  if (special !== undefined) return special;
  const distinct = reader.accept('DISTINCT');
  const star = name === 'COUNT' && reader.acceptSymbol('*');
  const args = star || reader.isSymbol(')') ? [] : reader.list(() => readExpr(reader));
  const orderBy = reader.accept('ORDER', 'BY') ? readOrderings(reader) : undefined;
  const separator = reader.accept('SEPARATOR') ? reader.string() : undefined;
  if ((orderBy || separator !== undefined) && name !== 'GROUP_CONCAT') reader.fail();
  reader.expectSymbol(')');
  const over = readOver(reader, name, args.length);
  return {
    k: 'call',
    name,
    args,
    distinct,
    star,
    ...(separator !== undefined && { separator }),
    ...(orderBy && { orderBy }),
    ...(over !== undefined && { over }),
    at,
    end: reader.lastEnd,
  };
}

function readColumn(reader: Reader): Expr {
  const { at } = reader.token;
  const parts = [reader.name()];
  while (reader.isSymbol('.') && parts.length < 3) {
    reader.advance();
    parts.push(reader.nameAfterPoint());
  }
  const name = parts.pop()!;
  const table = parts.pop();
  return { k: 'column', ...(table !== undefined && { table }), name, at, end: reader.lastEnd };
}

export function readOrderings(reader: Reader): Ordering[] {
  return reader.list(() => {
    const expr = readExpr(reader);
    const descending = reader.accept('DESC');
    if (!descending) reader.accept('ASC');
    return { expr, descending };
  });
}
