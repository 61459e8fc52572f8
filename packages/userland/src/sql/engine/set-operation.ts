/** UNION, INTERSECT and EXCEPT ("Set Operations with UNION, INTERSECT, and EXCEPT"): texts that differ in capitals only are the same. */
import type { Select } from '../language/ast.ts';
import { inType } from './conversions.ts';
import type { Core, OutputColumn } from './translator.ts';

/** One side of it: with the order that it has by itself, and times with as many digits as the others'. */
export function beside({ sql, order, columns: own }: Core, columns: readonly OutputColumn[]): string {
  const list = own.map(({ reference, type }, i) => inType({ sql: reference, type }, columns[i]!.type));
  if (order === undefined && list.every((each, i) => each === own[i]!.reference)) return sql;
  const named = list.map((each, i) => `${each} AS ${own[i]!.reference}`);
  return `SELECT ${named.join(', ')} FROM (${sql}${order === undefined ? '' : ` ORDER BY ${order}`})`;
}

/** Of rows that are the same UNION keeps the first; SQLite's own would keep the last. */
export function combined(
  left: string,
  { op, all }: Select['unions'][number],
  right: string,
  columns: readonly OutputColumn[],
): string {
  if (op !== 'UNION') return `${left} ${op} ${right}`;
  const both = `${left} UNION ALL ${right}`;
  if (all) return both;
  const list = columns.map(({ reference, type }) =>
    type.k === 'text' && !type.binary ? `${reference} COLLATE NOCASE AS ${reference}` : reference,
  );
  return `SELECT DISTINCT ${list.join(', ')} FROM (${both})`;
}
