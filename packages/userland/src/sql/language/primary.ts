/** What operators stand between: literals, parameters, variables, parentheses, CASE, CAST, calls, columns ("Expressions" of MySQL's manual calls them simple expressions). */
import { unsupportedSql } from '../errors.ts';
import type { Expr } from './ast.ts';
import { readColumnType } from './column-type.ts';
import { readExpr, readMultiplicative, readOrderings } from './expression.ts';
import { readLiteral } from './literal.ts';
import type { Reader } from './reader.ts';
import { atSelect, readSelect } from './select.ts';
import { readInterval, readSpecialCall } from './special-call.ts';
import { readOver } from './window.ts';

export function readPrimary(reader: Reader): Expr {
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
  const column: Expr = { k: 'column', ...(table !== undefined && { table }), name, at, end: reader.lastEnd };
  return readArrow(reader, column);
}

/** `column -> path` is JSON_EXTRACT, `->>` with JSON_UNQUOTE around it. */
function readArrow(reader: Reader, column: Expr): Expr {
  const unquoting = reader.acceptSymbol('->>');
  if (!unquoting && !reader.acceptSymbol('->')) return column;
  const { at, end } = reader.token;
  const path: Expr = { k: 'literal', value: reader.string(), at, end };
  const called = (name: string, args: readonly Expr[]): Expr => {
    return { k: 'call', name, args, distinct: false, star: false, at: column.at, end: reader.lastEnd };
  };
  const extracted = called('JSON_EXTRACT', [column, path]);
  return unquoting ? called('JSON_UNQUOTE', [extracted]) : extracted;
}
