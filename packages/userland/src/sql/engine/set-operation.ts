/** UNION, INTERSECT and EXCEPT ("Set Operations with UNION, INTERSECT, and EXCEPT"): texts that differ in capitals only are the same. */
import type { Select } from '../language/ast.ts';
import type { OutputColumn } from './translator.ts';

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
