/**
 * What SHOW STATUS tells of a session, under MySQL's names ("Server Status Variables"): all of it counted while statements ran, nothing estimated. Rows that a scan
 * brought are `Handler_read_rnd_next`, rows that a search in a unique key found `Handler_read_key`, rows of another search the first `_key` and the others `_next`; MySQL
 * also counts the attempt that finds the end. Pages are SQLite's, hence their name.
 */
import type { Visited } from './translator.ts';

export type Access = 'scan' | 'index-scan' | 'unique' | 'ref' | 'range';

export interface Plan {
  readonly visited: Visited;
  readonly access: Access;
  /** The key's name; none for a scan of the table. */
  readonly key: string | undefined;
  /** Which table comes first. */
  readonly place: number;
}

const NAMES = [
  'Com_commit',
  'Com_delete',
  'Com_insert',
  'Com_rollback',
  'Com_select',
  'Com_update',
  'Handler_delete',
  'Handler_read_first',
  'Handler_read_key',
  'Handler_read_next',
  'Handler_read_rnd_next',
  'Handler_update',
  'Handler_write',
  'Questions',
  'Sqlite_pages_read',
] as const;

export type StatusName = (typeof NAMES)[number];

export class Status {
  private readonly counts = new Map<StatusName, number>(NAMES.map((name) => [name, 0]));

  add(name: StatusName, amount = 1): void {
    this.counts.set(name, this.counts.get(name)! + amount);
  }

  /** FLUSH STATUS. */
  reset(): void {
    for (const name of NAMES) this.counts.set(name, 0);
  }

  all(): [string, string][] {
    return [...this.counts].map(([name, count]) => [name, String(count)]);
  }

  read(plans: readonly Plan[], seen: readonly number[]): void {
    for (const [i, { access }] of plans.entries()) this.rows(access, seen[i] ?? 0);
  }

  private rows(access: Access, rows: number): void {
    switch (access) {
      case 'scan':
        this.add('Handler_read_rnd_next', rows);
        break;
      case 'index-scan':
        this.add('Handler_read_first', Math.min(rows, 1));
        this.add('Handler_read_next', Math.max(rows - 1, 0));
        break;
      case 'unique':
        this.add('Handler_read_key', rows);
        break;
      default:
        this.add('Handler_read_key', Math.min(rows, 1));
        this.add('Handler_read_next', Math.max(rows - 1, 0));
    }
  }
}
