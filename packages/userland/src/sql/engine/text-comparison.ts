/**
 * How texts compare ("Collation Coercibility in Expressions"): capitals and small letters are one, unless one of the texts comes from a column with a `_bin` collation, whatever
 * has been made of it; COLLATE and BINARY decide before that. SQLite knows the collation of a column and of COLLATE only, so that all others are written.
 */
import { isText } from '../types.ts';
import { asText } from './conversions.ts';
import { literal } from './fragments.ts';
import type { Piece } from './scope.ts';

/** Whether capitals and small letters differ in a text that nothing else is compared with. */
export function isExact({ type, collation, explicit }: Piece): boolean {
  return explicit === true ? collation === 'binary' : type.k === 'text' && type.binary;
}

/** Whether they differ among these texts; bytes are exact. */
export function areExact(pieces: readonly Piece[]): boolean {
  const decided = pieces.find(({ explicit }) => explicit === true);
  return decided === undefined ? pieces.some((each) => each.type.k === 'blob' || isExact(each)) : isExact(decided);
}

/** A text as it is compared with others, or counts as one of its kind: SQLite takes the collation of the left side, or where that has none the right one's. */
export function compared(x: Piece, others: readonly Piece[] = []): string {
  const all = [x, ...others];
  if (!all.some(({ type }) => isText(type))) return x.sql;
  const wanted = areExact(all) ? 'binary' : 'nocase';
  // A COLLATE among the arguments of a function counts for what it makes, on either side ("Assigning Collating Sequences from SQL").
  const hidden = all.some(({ sql, explicit }) => explicit !== true && sql.includes(' COLLATE '));
  return !hidden && wanted === x.collation ? x.sql : `${x.sql} COLLATE ${wanted.toUpperCase()}`;
}

/** Texts for a function that compares them and tells all characters apart. */
export function folded(args: readonly Piece[]): Piece[] {
  const texts = args.map(asText);
  return areExact(args) ? texts : texts.map((x) => ({ ...x, sql: `my_lower(${x.sql})` }));
}

/** As it is put in order: ENUM goes by the place in its list. */
export function ordered(x: Piece): string {
  if (x.type.k !== 'enum') return compared(x);
  return `CASE ${x.sql} ${x.type.values.map((value, i) => `WHEN ${literal(value)} THEN ${i}`).join(' ')} END`;
}
