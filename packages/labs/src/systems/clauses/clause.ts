/** A clause of "it works when". */
import type { Text } from '@netarium/core/check/lab.ts';

export interface Clause {
  readonly text: Text;
  /** The comparison with the real thing that asserts it, where it is about what no simulation may imitate: an error of the Python language. */
  readonly comparedBy?: string;
}

/** A row's number, and its clauses. */
export type RowClauses = readonly [row: number, clauses: readonly Clause[]];

export const clause = (en: string, zh: string): Clause => ({ text: { en, zh } });

export const comparedBy = (test: string, en: string, zh: string): Clause => ({ text: { en, zh }, comparedBy: test });
