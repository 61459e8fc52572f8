/** Comparisons that a sentence cannot hold: a table for each of the notes' questions that asks for differences. Data in `tables.json`. */
import type { Text } from '@netarium/core/check/lab.ts';
import { type Language, textIn } from '@netarium/view/language.ts';
import tableTable from './tables.json' with { type: 'json' };

/** The first column names what is compared. */
export interface Table {
  readonly head: readonly Text[];
  readonly rows: readonly (readonly Text[])[];
}

export interface TableTexts {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** By the question's id. */
export const tables: ReadonlyMap<string, Table> = new Map(tableTable.map(({ id, head, rows }) => [id, { head, rows }]));

export function tableIn({ head, rows }: Table, language: Language): TableTexts {
  const cells = (row: readonly Text[]): string[] => row.map((each) => textIn(each, language));
  return { head: cells(head), rows: rows.map(cells) };
}
