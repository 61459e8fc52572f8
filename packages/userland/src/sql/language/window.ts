/** Windows: OVER (…), OVER name, WINDOW name AS (…) ("Window Function Concepts and Syntax"). Refused by name, as MariaDB does not have them either: GROUPS, EXCLUDE. */
import { unsupportedSql } from '../errors.ts';
import type { Bound, Frame, Window } from './ast.ts';
import { readExpr, readOrderings } from './expression.ts';
import type { Reader } from './reader.ts';

/** By name: the fewest and the most arguments. They are words of the grammar: what does not fit is a syntax error. */
const FUNCTIONS: ReadonlyMap<string, readonly [min: number, max: number]> = new Map([
  ['ROW_NUMBER', [0, 0]],
  ['RANK', [0, 0]],
  ['DENSE_RANK', [0, 0]],
  ['PERCENT_RANK', [0, 0]],
  ['CUME_DIST', [0, 0]],
  ['NTILE', [1, 1]],
  ['LAG', [1, 2]],
  ['LEAD', [1, 2]],
  ['FIRST_VALUE', [1, 1]],
  ['LAST_VALUE', [1, 1]],
  ['NTH_VALUE', [2, 2]],
]);
const AGGREGATES = /^(COUNT|SUM|AVG|MIN|MAX|GROUP_CONCAT)$/;

export const windowFunctionNames: readonly string[] = [...FUNCTIONS.keys()];

export function isWindowFunction(name: string): boolean {
  return FUNCTIONS.has(name);
}

/** What stands behind OVER, where it comes next: it has to behind some functions, and must not behind most. */
export function readOver(reader: Reader, name: string, args: number): Window | string | undefined {
  const bounds = FUNCTIONS.get(name);
  if (bounds === undefined && !(AGGREGATES.test(name) && reader.is('OVER'))) return undefined;
  if (bounds !== undefined && (args < bounds[0] || args > bounds[1])) reader.fail();
  reader.expect('OVER');
  return reader.isSymbol('(') ? readWindow(reader) : reader.name();
}

export function readNamedWindow(reader: Reader): readonly [name: string, window: Window] {
  const name = reader.name();
  reader.expect('AS');
  return [name, readWindow(reader)];
}

function readWindow(reader: Reader): Window {
  return reader.parenthesised(() => {
    const own = reader.is('PARTITION') || reader.is('ROWS') || reader.is('RANGE') || reader.is('GROUPS');
    const base = reader.atName && !own ? { base: reader.name() } : {};
    const partitionBy = reader.accept('PARTITION', 'BY') ? reader.list(() => readExpr(reader)) : [];
    const orderBy = reader.accept('ORDER', 'BY') ? readOrderings(reader) : [];
    if (reader.is('GROUPS')) throw unsupportedSql('GROUPS frame');
    const unit = reader.acceptOneOf('ROWS', 'RANGE') as Frame['unit'] | undefined;
    const frame = unit === undefined ? {} : { frame: readFrame(reader, unit) };
    if (reader.is('EXCLUDE')) throw unsupportedSql('EXCLUDE');
    return { ...base, partitionBy, orderBy, ...frame };
  });
}

function readFrame(reader: Reader, unit: Frame['unit']): Frame {
  if (!reader.accept('BETWEEN')) return { unit, start: readBound(reader) };
  const start = readBound(reader);
  reader.expect('AND');
  return { unit, start, end: readBound(reader) };
}

const WORDS = ['UNBOUNDED PRECEDING', 'UNBOUNDED FOLLOWING', 'CURRENT ROW'] as const;

function readBound(reader: Reader): Bound {
  const k = WORDS.find((words) => reader.accept(...words.split(' ')));
  if (k !== undefined) return { k };
  if (reader.token.kind !== 'number') throw unsupportedSql('a computed bound of a frame');
  const by = reader.wholeNumber();
  const side = reader.acceptOneOf('PRECEDING', 'FOLLOWING') ?? reader.fail();
  return { k: side as 'PRECEDING' | 'FOLLOWING', by };
}
