/**
 * Joins ("JOIN Clause"). USING and NATURAL make one column of two: the one of the side whose rows are all kept, first in the list of a star. The conditions of inner joins go to WHERE, those of an
 * outer join to its ON, so that rows of the optional side are chosen before they are joined.
 */
import { sqlError } from '../errors.ts';
import type { Source } from '../language/ast.ts';
import { sameName } from './catalogue.ts';
import { truth } from './conversions.ts';
import type { Scope, ScopeSource, SourceColumn } from './scope.ts';
import { compare, expressionPiece } from './translate-expression.ts';
import { sourceText } from './translate-source.ts';
import type { Translator } from './translator.ts';

type Join = Source & { readonly k: 'join' };

export function joinText(translator: Translator, join: Join, scope: Scope, conditions: string[]): string {
  const { kind, left, right, on, using, natural } = join;
  const own: string[] = kind === 'INNER' ? conditions : [];
  const [sources, star] = [scope.sources.length, scope.star.length];
  const before = sourceText(translator, left, scope, kind === 'RIGHT' ? own : conditions);
  const sides: Sides = { kind, scope, sources, star, middle: scope.sources.length, starMiddle: scope.star.length };
  const after = sourceText(translator, right, scope, kind === 'LEFT' ? own : conditions);
  const names = natural === true ? commonNames(sides) : using;
  if (names !== undefined) pair(sides, names, own);
  if (on) own.push(truth(expressionPiece(translator, on, { scope, clause: 'on clause', noAggregates: true })));
  const grouped = right.k === 'join' ? `(${after})` : after;
  if (kind !== 'INNER') return `${before} ${kind} JOIN ${grouped} ON ${own.length === 0 ? '1' : own.join(' AND ')}`;
  // SQLite joins from the left: a join on the right that keeps all rows of its own right side comes first.
  return keepsRight(right)
    ? `${after} JOIN ${before}`
    : `${before} JOIN ${right.k === 'join' && hasOuter(right) ? grouped : after}`;
}

/** Where in a scope the two sides of a join stand. */
interface Sides {
  readonly kind: Join['kind'];
  readonly scope: Scope;
  readonly sources: number;
  readonly middle: number;
  readonly star: number;
  readonly starMiddle: number;
}

/** Columns that both sides have, as the left one orders them. */
function commonNames({ scope, star, starMiddle }: Sides): string[] {
  const right = scope.star.slice(starMiddle);
  return scope.star
    .slice(star, starMiddle)
    .map(({ column }) => column.name)
    .filter((name) => right.some(({ column }) => sameName(column.name, name)));
}

function pair(sides: Sides, names: readonly string[], conditions: string[]): void {
  const { kind, scope, sources, middle, star, starMiddle } = sides;
  const [left, right] = [scope.sources.slice(sources, middle), scope.sources.slice(middle)];
  const shown: SourceColumn[] = [];
  const hidden: SourceColumn[] = [];
  for (const name of names) {
    const [a, b] = [theOne(scope, left, name), theOne(scope, right, name)];
    conditions.push(compare('=', a.piece, b.piece));
    shown.push(kind === 'RIGHT' ? b : a);
    hidden.push(kind === 'RIGHT' ? a : b);
  }
  const [mine, others] = [scope.star.slice(star, starMiddle), scope.star.slice(starMiddle)];
  const paired = new Set([...shown, ...hidden]);
  const rest = (list: typeof mine) => list.filter(({ column }) => !paired.has(column));
  const first = shown.map((column) => [...mine, ...others].find((each) => each.column === column)!);
  const sidesInOrder = kind === 'RIGHT' ? [...rest(others), ...rest(mine)] : [...rest(mine), ...rest(others)];
  scope.star.splice(star, scope.star.length - star, ...first, ...sidesInOrder);
  for (const column of hidden) scope.hidden.add(column);
}

function theOne(scope: Scope, sources: readonly ScopeSource[], name: string): SourceColumn {
  const found = sources
    .flatMap(({ columns }) => columns)
    .filter((column) => sameName(column.name, name) && !scope.hidden.has(column));
  if (found.length > 1) throw sqlError(1052, name, 'from clause');
  return found[0] ?? missing(name);
}

function missing(name: string): never {
  throw sqlError(1054, name, 'from clause');
}

function keepsRight(source: Source): boolean {
  return source.k === 'join' && (source.kind === 'RIGHT' || keepsRight(source.left));
}

function hasOuter(source: Source): boolean {
  return source.k === 'join' && (source.kind !== 'INNER' || hasOuter(source.left) || hasOuter(source.right));
}
