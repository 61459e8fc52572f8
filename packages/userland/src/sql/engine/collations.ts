/** The one character set that there is, and its two collations ("Character Sets, Collations, Unicode"). */
import type { ColumnType, SqlValue } from '../types.ts';

export const CHARSET = 'utf8mb4';
export const COLLATION = 'utf8mb4_general_ci';
const BINARY_COLLATION = 'utf8mb4_bin';

/** As INFORMATION_SCHEMA lists them. */
export const COLLATIONS: readonly SqlValue[][] = [
  [COLLATION, CHARSET, 45, 'Yes', 'Yes', 1],
  [BINARY_COLLATION, CHARSET, 46, '', 'Yes', 1],
];

export function collationOf(type: ColumnType): string | null {
  if (type.k === 'enum') return COLLATION;
  return type.k === 'text' ? (type.binary ? BINARY_COLLATION : COLLATION) : null;
}
