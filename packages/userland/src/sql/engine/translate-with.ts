/**
 * WITH: tables for one statement ("WITH (Common Table Expressions)"). One that does not read itself is put in where it is named. A recursive one becomes
 * SQLite's own: its columns have the types of the first SELECT, and after a thousand rounds it is over, as max_recursive_iterations has it in MariaDB.
 */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Cte } from '../language/ast.ts';
import { isNumeric, TEXT } from '../types.ts';
import { asText } from './conversions.ts';
import { literal } from './fragments.ts';
import type { Piece, Scope } from './scope.ts';
import type { OutputColumn, Translated, Translator } from './translator.ts';

/** The tables of WITH that a name may mean, the last one first. */
export interface CteScope {
  readonly cte: Cte;
  readonly around: CteScope | undefined;
  read: boolean;
  /** While its own recursive part is translated. */
  readonly itself?: Recursion;
}

/** A table of WITH while the part of it is translated that reads it. */
interface Recursion {
  readonly name: string;
  readonly columns: readonly OutputColumn[];
  /** The SELECT that is being translated, and under which name it reads the table; empty: not at all. */
  reader: Scope | undefined;
  alias: string;
}

/** What the core of a recursive part has beyond one that stands by itself. */
export interface RecursiveStep {
  /** What it makes, for errors. */
  readonly table: string;
  begin(scope: Scope): void;
  /** A value of the list as the first SELECT has it. */
  piece(piece: Piece, at: number): Piece;
  /** Behind the list, and among the conditions: asked for when FROM is known. */
  ending(): { readonly list: string; readonly condition: string };
}

const ROUNDS_MAX = 1000;

export function findCte(scope: CteScope | undefined, name: string): CteScope | undefined {
  for (let each = scope; each !== undefined; each = each.around) {
    if (each.cte.name !== name) continue;
    each.read = true;
    return each;
  }
  return undefined;
}

/** Each sees those before it; the statement sees all. */
export function declared(ctes: readonly Cte[], around: CteScope | undefined): CteScope | undefined {
  let scope = around;
  for (const [i, cte] of ctes.entries()) {
    if (ctes.findIndex(({ name }) => name === cte.name) !== i) throw sqlError(4004, cte.name);
    scope = { cte, around: scope, read: false };
  }
  return scope;
}

/** Those that were declared up to `around` and that nothing has read. */
export function* unread(ctes: CteScope | undefined, around: CteScope | undefined): Generator<CteScope> {
  for (let each = ctes; each !== around && each !== undefined; each = each.around) if (!each.read) yield each;
}

/** What stands for a table of WITH that was named in a FROM, under an alias, and its columns. */
export function cteSource(translator: Translator, found: CteScope, alias: string, scope?: Scope): Translated {
  const { cte, around, itself } = found;
  if (itself !== undefined) {
    if (scope !== itself.reader && scope?.outer === undefined)
      throw unsupportedSql('WITH RECURSIVE that reads itself in a subquery of FROM');
    if (scope !== itself.reader || itself.alias !== '') throw sqlError(4008, cte.name);
    itself.alias = alias;
    return { sql: itself.name, columns: itself.columns };
  }
  const plain = !cte.recursive || cte.select.unions.length === 0;
  const { sql, columns } = plain
    ? translator.within(around, () => translator.select(cte.select))
    : recursive(translator, found, `r${alias}`);
  return { sql: `(${sql})`, columns: renamed(cte, columns) };
}

function renamed({ name, columns }: Cte, found: readonly OutputColumn[]): readonly OutputColumn[] {
  if (columns === undefined) return found;
  if (columns.length !== found.length) throw sqlError(4002, name);
  return found.map((column, i) => ({ ...column, name: columns[i]! }));
}

function recursive(translator: Translator, { cte, around }: CteScope, name: string): Translated {
  const { first, unions, orderBy, limit } = cte.select;
  const anchor = translator.within(around, () => translator.core(first, undefined));
  const columns = renamed(cte, anchor.columns).map(({ origin: _, ...column }) => column);
  const itself: Recursion = { name, columns, reader: undefined, alias: '' };
  const all = unions.every((each) => each.all);
  const step: RecursiveStep = {
    table: cte.name,
    begin: (scope) => {
      itself.reader = scope;
      itself.alias = '';
    },
    piece: (piece, at) => likeAnchor(piece, columns[at]!),
    ending: () => ending(itself, all),
  };
  const steps = translator.within({ cte, around, itself, read: true }, () =>
    unions.map(({ core }) => {
      if (core.items.length !== columns.length) throw sqlError(1222);
      const { sql } = translator.core(core, undefined, step);
      return { sql, reads: itself.alias !== '' };
    }),
  );
  // It may read itself, but does not.
  if (!steps.some(({ reads }) => reads)) return translator.within(around, () => translator.select(cte.select));
  if (orderBy.length > 0 || limit !== undefined) throw unsupportedSql('ORDER BY or LIMIT in a recursive WITH');
  if (unions.some(({ op }) => op !== 'UNION')) throw unsupportedSql('INTERSECT or EXCEPT in a recursive WITH');
  if (!all && unions.some((each) => each.all)) throw unsupportedSql('UNION and UNION ALL in a recursive WITH');
  const list = columns.map(({ reference }) => reference).join(', ');
  // SQLite wants those that do not read it first.
  const parts = [...steps.filter(({ reads }) => !reads), ...steps.filter(({ reads }) => reads)];
  const body = [all ? `SELECT *, 0 FROM (${anchor.sql})` : anchor.sql, ...parts.map(({ sql }) => sql)];
  const head = `WITH RECURSIVE ${name}(${list}${all ? ', round' : ''}) AS (${body.join(all ? ' UNION ALL ' : ' UNION ')})`;
  return { sql: `${head} SELECT ${list} FROM ${name}`, columns };
}

/** Rounds are counted where ALL keeps every row; otherwise a row that was there already ends its branch, and a number would make each row a new one. */
function ending({ alias }: Recursion, all: boolean): ReturnType<RecursiveStep['ending']> {
  if (!all) return { list: '', condition: 'my_recursion()' };
  if (alias === '') return { list: ', 0', condition: 'my_recursion()' };
  return { list: `, ${alias}.round + 1`, condition: `${alias}.round < ${ROUNDS_MAX} AND my_recursion()` };
}

/** What comes in is made what the first SELECT has there, as if it was stored in a column. */
function likeAnchor(piece: Piece, { name, type, literalLength }: OutputColumn): Piece {
  const { k } = piece.type;
  if (k === 'null') return piece;
  if (type.k === 'text') {
    const length = literalLength ?? type.length;
    if (length >= TEXT.length)
      throw unsupportedSql(`text of unknown length in a recursive WITH, column '${name}': CAST it AS CHAR(N)`);
    return { sql: `my_fitting(${asText(piece).sql}, ${length}, ${literal(name)})`, type };
  }
  if (isNumeric(type) && isNumeric(piece.type)) {
    if (type.k === 'decimal') return { sql: `my_decimal(${piece.sql}, ${type.scale})`, type };
    if (type.k === 'int' && k !== 'int') return { sql: `CAST(my_decimal(${piece.sql}, 0) AS INTEGER)`, type };
    return { sql: piece.sql, type };
  }
  if (k === type.k) return piece;
  throw unsupportedSql(`the type of column '${name}' in a recursive WITH`);
}
