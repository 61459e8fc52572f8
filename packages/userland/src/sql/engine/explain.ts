/** EXPLAIN: how each table is read, and how many rows that took. MySQL estimates `rows`; here a query was run and its rows were counted. */
import { BIGINT, TEXT } from '../types.ts';
import type { RowsResult } from './result.ts';
import type { Access, Plan } from './status.ts';

const SHOWN: Readonly<Record<Access, string>> = {
  scan: 'ALL',
  'index-scan': 'index',
  unique: 'eq_ref',
  ref: 'ref',
  range: 'range',
};
const COLUMNS = ['id', 'select_type', 'table', 'type', 'key', 'rows', 'Extra'];

/** Without counts for a change, which is not carried out. */
export function explainResult(plans: readonly Plan[], seen: readonly number[] | undefined): RowsResult {
  const columns = COLUMNS.map((name) => ({ name, type: name === 'id' || name === 'rows' ? BIGINT : TEXT }));
  const inOrder = plans
    .map((plan, i) => ({ ...plan, rows: seen === undefined ? null : (seen[i] ?? 0) }))
    .sort((a, b) => a.place - b.place);
  const rows = inOrder.map(({ visited, access, key, rows: looked }, i) => {
    // The one row of a unique key is a constant of the query where nothing comes before it.
    const type = access === 'unique' && i === 0 ? 'const' : SHOWN[access];
    return [
      1,
      'SIMPLE',
      visited.shown,
      type,
      key ?? null,
      looked,
      looked === null ? '' : 'rows counted by running the query',
    ];
  });
  return { k: 'rows', columns, rows };
}
