/** Columns as DESCRIBE and SHOW CREATE TABLE write them. */
import { textOf } from '../types.ts';
import type { Column } from './catalogue.ts';

export function defaultText({ defaultsTo, type }: Column): string | null {
  if (defaultsTo.k === 'now') return 'CURRENT_TIMESTAMP';
  if (defaultsTo.k === 'none' || defaultsTo.value === null) return null;
  return type.k === 'decimal' ? (defaultsTo.value as number).toFixed(type.scale) : textOf(defaultsTo.value);
}
