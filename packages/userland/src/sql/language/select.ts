/** SELECT, with joins, derived tables, UNION, INTERSECT, EXCEPT, WITH, windows; refused by name: hints of indexes, INTO a file, CUBE. */
import { unsupportedSql } from '../errors.ts';
import type { Cte, Expr, Ordering, Select, SelectCore, SelectItem, SetOperator, Source } from './ast.ts';
import { readExpr, readOrderings } from './expression.ts';
import { userName } from './primary.ts';
import type { Reader } from './reader.ts';
import { readNamedWindow } from './window.ts';

/** Where a SELECT may begin, also behind parentheses. */
export function atSelect(reader: Reader): boolean {
  let ahead = 0;
  while (reader.peek(ahead).kind === 'symbol' && reader.peek(ahead).text === '(') ahead++;
  const { kind, text } = reader.peek(ahead);
  return kind === 'word' && /^(SELECT|WITH)$/i.test(text);
}

export function readSelect(reader: Reader): Select {
  return reader.nested(() => {
    const ctes = readWith(reader);
    const into: string[] = [];
    const [first, whole] = readOperand(reader, into);
    const unions: { op: SetOperator; all: boolean; core: SelectCore }[] = [];
    for (let op = setOperator(reader); op !== undefined; op = setOperator(reader)) {
      const all = reader.accept('ALL');
      if (!all) reader.accept('DISTINCT');
      if (all && op !== 'UNION') throw unsupportedSql(`${op} ALL`);
      unions.push({ op, all, core: readOperand(reader, into)[0] });
    }
    if (unions.some(({ op }) => op === 'INTERSECT') && unions.some(({ op }) => op !== 'INTERSECT'))
      throw unsupportedSql('INTERSECT beside UNION or EXCEPT without parentheses');
    const tail = readTail(reader);
    const bare = ctes.length === 0 && unions.length === 0 && tail.orderBy.length === 0 && tail.limit === undefined;
    if (whole !== undefined && bare) return whole;
    if (reader.is('INTO')) into.push(...readInto(reader));
    const locking = readLocking(reader);
    return { k: 'select', ctes, first, unions, ...tail, locking, ...(into.length > 0 && { into }) };
  });
}

function setOperator(reader: Reader): SetOperator | undefined {
  return reader.acceptOneOf('UNION', 'INTERSECT', 'EXCEPT') as SetOperator | undefined;
}

/** One side of a UNION; in parentheses it may have an order and a limit of its own, and is a derived table then. */
function readOperand(reader: Reader, into: string[]): readonly [core: SelectCore, whole?: Select] {
  if (!reader.isSymbol('(')) return [readCore(reader, into)];
  const { at } = reader.token;
  const whole = reader.parenthesised(() => readSelect(reader));
  const { ctes, first, unions, orderBy, limit } = whole;
  if (ctes.length === 0 && unions.length === 0 && orderBy.length === 0 && limit === undefined) return [first, whole];
  const star = { star: { at, end: at }, name: '*' };
  const from = { k: 'derived', select: whole, alias: '' } as const;
  return [{ distinct: false, items: [star], from, groupBy: [], rollup: false, windows: [] }, whole];
}

/** INTO @a, @b. */
function readInto(reader: Reader): string[] {
  reader.expect('INTO');
  if (/^(OUTFILE|DUMPFILE)$/i.test(reader.token.text)) throw unsupportedSql(`INTO ${reader.token.text.toUpperCase()}`);
  return reader.list(() => {
    const { token } = reader;
    if (token.kind !== 'variable' || token.text.startsWith('@@')) reader.fail();
    return userName(reader.advance().text);
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

function readCore(reader: Reader, into: string[]): SelectCore {
  reader.expect('SELECT');
  if (reader.accept('SQL_CALC_FOUND_ROWS')) throw unsupportedSql('SQL_CALC_FOUND_ROWS');
  // There is no cache of queries to leave out.
  reader.acceptOneOf('SQL_NO_CACHE', 'SQL_CACHE');
  const distinct = reader.accept('DISTINCT') || reader.accept('DISTINCTROW');
  if (!distinct) reader.accept('ALL');
  const items = reader.list(() => readItem(reader));
  if (reader.is('INTO')) into.push(...readInto(reader));
  const from = reader.accept('FROM') && !reader.accept('DUAL') ? readSources(reader) : undefined;
  const where = reader.accept('WHERE') ? readExpr(reader) : undefined;
  const groupBy = reader.accept('GROUP', 'BY') ? reader.list(() => readExpr(reader)) : [];
  const rollup = groupBy.length > 0 && readRollup(reader);
  const having = reader.accept('HAVING') ? readExpr(reader) : undefined;
  const windows = reader.accept('WINDOW') ? reader.list(() => readNamedWindow(reader)) : [];
  return {
    distinct,
    items,
    ...(from && { from }),
    ...(where && { where }),
    groupBy,
    rollup,
    ...(having && { having }),
    windows,
  };
}

function readRollup(reader: Reader): boolean {
  if (!reader.accept('WITH')) return false;
  if (reader.is('CUBE')) throw unsupportedSql('WITH CUBE');
  reader.expect('ROLLUP');
  return true;
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

export function readSources(reader: Reader): Source {
  let left = readJoins(reader);
  while (reader.acceptSymbol(',')) left = { k: 'join', kind: 'INNER', left, right: readJoins(reader) };
  return left;
}

interface Joining {
  readonly kind: 'INNER' | 'LEFT' | 'RIGHT';
  readonly natural: boolean;
}

function readJoins(reader: Reader): Source {
  let left = readSource(reader);
  for (let joining = readJoining(reader); joining !== undefined; joining = readJoining(reader)) {
    const { kind, natural } = joining;
    const right = readSource(reader);
    const on = !natural && reader.accept('ON') ? readExpr(reader) : undefined;
    const using = !on && !natural && reader.accept('USING') ? reader.names() : undefined;
    if (kind !== 'INNER' && !on && !using && !natural) reader.fail();
    left = { k: 'join', kind, left, right, ...(on && { on }), ...(using && { using }), ...(natural && { natural }) };
  }
  return left;
}

function readJoining(reader: Reader): Joining | undefined {
  // The order of the tables is the engine's business.
  if (reader.accept('STRAIGHT_JOIN')) return { kind: 'INNER', natural: false };
  const natural = reader.accept('NATURAL');
  const outer = reader.acceptOneOf('LEFT', 'RIGHT') as 'LEFT' | 'RIGHT' | undefined;
  if (outer !== undefined) reader.accept('OUTER');
  const inner = outer === undefined && reader.acceptOneOf('INNER', 'CROSS') !== undefined;
  if (outer === undefined && !inner && !natural && !reader.is('JOIN')) return undefined;
  reader.expect('JOIN');
  return { kind: outer ?? 'INNER', natural };
}

function readSource(reader: Reader): Source {
  if (reader.isSymbol('(') && !atSelect(reader))
    return reader.nested(() => reader.parenthesised(() => readSources(reader)));
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
