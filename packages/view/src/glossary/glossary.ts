/** The terms of the field in both languages, with a sentence each: what texts use, and the handbook's list of terms. */
import type { Text } from '@netarium/core/check/lab.ts';
import table from './glossary.json' with { type: 'json' };

export interface Term {
  readonly term: Text;
  readonly meaning: Text;
}

export const glossary: readonly Term[] = table;
