/** How SQLite comes to the rows of each table: its own query plan, in MySQL's words ("EXPLAIN Output Format"). */
import type { Connection } from '@netarium/sqlite/sqlite.ts';
import { rowKey, sameName } from './catalogue.ts';
import { allRows } from './engine.ts';
import type { Access, Plan } from './status.ts';
import type { Visited } from './translator.ts';

export function plansOf(connection: Connection, sql: string, visited: readonly Visited[]): Plan[] {
  if (visited.length === 0) return [];
  const details = allRows(connection, `EXPLAIN QUERY PLAN ${sql}`).map((row) => String(row[3]));
  return visited.map((each) => {
    const detail = detailOf(each, details);
    return { ...planOf(each, detail), place: details.indexOf(detail) };
  });
}

function planOf(visited: Visited, detail: string): Omit<Plan, 'place'> {
  const index = /USING (?:COVERING )?INDEX t\d+:(.*?)(?: \(|$)/.exec(detail)?.[1];
  const conditions = /\((.*)\)/.exec(detail)?.[1] ?? '';
  if (detail.startsWith('SCAN')) return { visited, access: index === undefined ? 'scan' : 'index-scan', key: index };
  if (index === undefined) {
    const key = rowKey(visited.table) === undefined ? undefined : 'PRIMARY';
    return { visited, access: /rowid=\?/.test(conditions) ? 'unique' : 'range', key };
  }
  return { visited, access: accessOf(visited, index, conditions), key: index };
}

/** Of several indexes for the sides of an OR the first stands for all. */
function detailOf({ alias }: Visited, details: readonly string[]): string {
  const own = details.find((line) => new RegExp(`^(SCAN|SEARCH) ${alias}\\b`).test(line));
  return own ?? details.find((line) => line.includes(` ${alias} `)) ?? `SCAN ${alias}`;
}

function accessOf({ table }: Visited, index: string, conditions: string): Access {
  const key = table.keys.find(({ name }) => sameName(name, index));
  if (/[<>]/.test(conditions)) return 'range';
  const equal = conditions.split(' AND ').filter((each) => each.endsWith('=?')).length;
  return key !== undefined && key.kind !== 'index' && equal === key.columns.length ? 'unique' : 'ref';
}
