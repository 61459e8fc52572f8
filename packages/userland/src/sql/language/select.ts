/** SELECT, with joins, derived tables, UNION, WITH, windows; refused by name: NATURAL joins, INTO, ROLLUP. */
import { unsupportedSql } from '../errors.ts';
import type { Cte, Expr, Ordering, Select, SelectCore, SelectItem, Source } from './ast.ts';
import { readExpr, readOrderings } from './expression.ts';
import type { Reader } from './reader.ts';
import { readNamedWindow } from './window.ts';

/** Where a SELECT may begin. */
export function atSelect(reader: Reader): boolean {
  return reader.is('SELECT') || reader.is('WITH');
}

export function readSelect(reader: Reader): Select {
  return reader.nested(() => {
    const ctes = readWith(reader);
    const first = readCore(reader);
    const unions: { all: boolean; core: SelectCore }[] = [];
    while (reader.accept('UNION')) {
      const all = reader.accept('ALL');
      if (!all) reader.accept('DISTINCT');
      unions.push({ all, core: readCore(reader) });
    }
    const tail = readTail(reader);
    return { k: 'select', ctes, first, unions, ...tail, locking: readLocking(reader) };
  });
}

function readWith(reader: Reader): Cte[] {
  if (!reader.accept('WITH')) return [];
  const recursive = reader.accept('RECURSIVE');
  return reader.list(() => {
    const name = reader.name();
    const columns = reader.isSymbol('(') ? reader.names() : undefined;
    reader.expect('AS');
    const select = reader.parenthesised(() => readSelect(reader));
    return { name, ...(columns && { columns }), select, recursive };
  });
}

function readCore(reader: Reader): SelectCore {
  reader.expect('SELECT');
  const distinct = reader.accept('DISTINCT') || reader.accept('DISTINCTROW');
  if (!distinct) reader.accept('ALL');
  const items = reader.list(() => readItem(reader));
  if (reader.is('INTO')) throw unsupportedSql('SELECT ... INTO');
  const from = reader.accept('FROM') && !reader.accept('DUAL') ? readSources(reader) : undefined;
  const where = reader.accept('WHERE') ? readExpr(reader) : undefined;
  const groupBy = reader.accept('GROUP', 'BY') ? reader.list(() => readExpr(reader)) : [];
  if (groupBy.length > 0 && reader.accept('WITH')) throw unsupportedSql('WITH ROLLUP');
  const having = reader.accept('HAVING') ? readExpr(reader) : undefined;
  const windows = reader.accept('WINDOW') ? reader.list(() => readNamedWindow(reader)) : [];
  return {
    distinct,
    items,
    ...(from && { from }),
    ...(where && { where }),
    groupBy,
    ...(having && { having }),
    windows,
  };
}

function readItem(reader: Reader): SelectItem {
  const { at } = reader.token;
  if (reader.acceptSymbol('*')) return { star: { at, end: reader.lastEnd }, name: '*' };
  if (reader.atName && reader.peek().text === '.' && reader.peek(2).text === '*') {
    const table = reader.name();
    reader.advance();
    reader.advance();
    return { star: { table, at, end: reader.lastEnd }, name: '*' };
  }
  const expr = readExpr(reader);
  const alias = readAlias(reader, true);
  return { expr, name: alias ?? heading(reader, expr) };
}

/** A column's name, the content of a text, else the expression as it is written. */
function heading(reader: Reader, expr: Expr): string {
  if (expr.k === 'column') return expr.name;
  return expr.k === 'literal' && typeof expr.value === 'string' ? expr.value : reader.sql.slice(expr.at, expr.end);
}

function readAlias(reader: Reader, stringToo = false): string | undefined {
  const as = reader.accept('AS');
  if (stringToo && reader.token.kind === 'string') return reader.advance().text;
  if (as) return reader.name();
  return reader.atName ? reader.name() : undefined;
}

function readSources(reader: Reader): Source {
  let left = readJoins(reader);
  while (reader.acceptSymbol(',')) left = { k: 'join', kind: 'INNER', left, right: readJoins(reader) };
  return left;
}

function readJoins(reader: Reader): Source {
  let left = readSource(reader);
  for (let kind = joinKind(reader); kind !== undefined; kind = joinKind(reader)) {
    const right = readSource(reader);
    const on = reader.accept('ON') ? readExpr(reader) : undefined;
    const using = !on && reader.accept('USING') ? reader.names() : undefined;
    if (kind !== 'INNER' && !on && !using) reader.fail();
    if (kind === 'RIGHT' && using) throw unsupportedSql('RIGHT JOIN ... USING');
    left = { k: 'join', kind, left, right, ...(on && { on }), ...(using && { using }) };
  }
  return left;
}

function joinKind(reader: Reader): 'INNER' | 'LEFT' | 'RIGHT' | undefined {
  if (reader.is('NATURAL')) throw unsupportedSql('NATURAL JOIN');
  if (reader.is('STRAIGHT_JOIN')) throw unsupportedSql('STRAIGHT_JOIN');
  const outer = reader.acceptOneOf('LEFT', 'RIGHT');
  if (outer !== undefined) {
    reader.accept('OUTER');
    reader.expect('JOIN');
    return outer as 'LEFT' | 'RIGHT';
  }
  if (reader.acceptOneOf('INNER', 'CROSS') !== undefined) {
    reader.expect('JOIN');
    return 'INNER';
  }
  return reader.accept('JOIN') ? 'INNER' : undefined;
}

function readSource(reader: Reader): Source {
  if (reader.isSymbol('(')) {
    const select = reader.parenthesised(() => readSelect(reader));
    const alias = readAlias(reader);
    if (alias === undefined) reader.fail();
    return { k: 'derived', select, alias };
  }
  const table = reader.tableName();
  const alias = readAlias(reader);
  const hint = reader.acceptOneOf('USE', 'FORCE', 'IGNORE');
  if (hint !== undefined) throw unsupportedSql(`${hint} INDEX`);
  return { k: 'table', table, ...(alias !== undefined && { alias }) };
}

/** ORDER BY and LIMIT; `LIMIT offset, count` too. */
export function readTail(reader: Reader): { orderBy: Ordering[]; limit?: Expr; offset?: Expr } {
  const orderBy = reader.accept('ORDER', 'BY') ? readOrderings(reader) : [];
  if (!reader.accept('LIMIT')) return { orderBy };
  const first = readCount(reader);
  if (reader.acceptSymbol(',')) return { orderBy, offset: first, limit: readCount(reader) };
  if (reader.accept('OFFSET')) return { orderBy, limit: first, offset: readCount(reader) };
  return { orderBy, limit: first };
}

function readCount(reader: Reader): Expr {
  const { token } = reader;
  if (token.kind === 'param') return readExpr(reader);
  const value = reader.wholeNumber();
  return { k: 'literal', value, at: token.at, end: token.end };
}

function readLocking(reader: Reader): boolean {
  if (reader.accept('LOCK', 'IN', 'SHARE', 'MODE')) return true;
  if (!reader.accept('FOR')) return false;
  if (reader.acceptOneOf('UPDATE', 'SHARE') === undefined) reader.fail();
  if (reader.is('NOWAIT') || reader.is('SKIP')) throw unsupportedSql(`FOR UPDATE ${reader.token.text.toUpperCase()}`);
  return true;
}
