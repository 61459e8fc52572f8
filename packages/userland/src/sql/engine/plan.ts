/** How SQLite comes to the rows of each table: its own query plan, in MySQL's words ("EXPLAIN Output Format"). */
import type { Connection } from '@netarium/sqlite/sqlite.ts';
import { allRows } from './all-rows.ts';
import { rowKey, sameName } from './catalogue.ts';
import type { Access, Plan } from './status.ts';
import type { Visited } from './translator.ts';

type Shape = Omit<Plan, 'visited'>;

const KEPT_MAX = 1000;

/** Plans of statements, for as long as no table changes. Without statistics SQLite plans by the form of a statement: its values do not matter, so those of one form share a plan. */
export class Plans {
  private readonly kept = new Map<string, readonly Shape[]>();

  clear(): void {
    this.kept.clear();
  }

  of(connection: Connection, sql: string, visited: readonly Visited[]): Plan[] {
    if (visited.length === 0) return [];
    const form = sql.replace(/'(?:[^']|'')*'|(?<![\w.])\d[\w.+-]*/g, '?');
    let shapes = this.kept.get(form);
    if (shapes === undefined) {
      shapes = shapesOf(connection, sql, visited);
      if (this.kept.size === KEPT_MAX) this.kept.clear();
      this.kept.set(form, shapes);
    }
    return shapes.map((shape, i) => ({ ...shape, visited: visited[i]! }));
  }
}

function shapesOf(connection: Connection, sql: string, visited: readonly Visited[]): Shape[] {
  const details = allRows(connection, `EXPLAIN QUERY PLAN ${sql}`).map((row) => String(row[3]));
  return visited.map((each) => {
    const detail = detailOf(each, details);
    return { ...planOf(each, detail), place: details.indexOf(detail) };
  });
}

function planOf(visited: Visited, detail: string): Omit<Shape, 'place'> {
  const index = /USING (?:COVERING )?INDEX t\d+:(.*?)(?: \(|$)/.exec(detail)?.[1];
  const conditions = /\((.*)\)/.exec(detail)?.[1] ?? '';
  if (detail.startsWith('SCAN')) return { access: index === undefined ? 'scan' : 'index-scan', key: index };
  if (index === undefined) {
    const key = rowKey(visited.table) === undefined ? undefined : 'PRIMARY';
    return { access: /rowid=\?/.test(conditions) ? 'unique' : 'range', key };
  }
  return { access: accessOf(visited, index, conditions), key: index };
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
