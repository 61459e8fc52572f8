/** LOCK TABLES of one session ("LOCK TABLES and UNLOCK TABLES Statements"): which tables it may touch. That nobody else changes one is the write lock's part. */
import { sqlError } from '../errors.ts';
import type { Statement } from '../language/ast.ts';
import type { Catalogue, Table } from './catalogue.ts';
import type { Visited } from './translator.ts';

type Locks = (Statement & { readonly k: 'lock-tables' })['locks'];

export class TableLocks {
  /** Which may be read, and which changed too. */
  private readonly locked = new Map<Table, boolean>();

  get held(): boolean {
    return this.locked.size > 0;
  }

  take(found: ReadonlyMap<Table, boolean>): void {
    for (const [table, write] of found) this.locked.set(table, write);
  }

  free(): void {
    this.locked.clear();
  }

  /** Under LOCK TABLES nothing else is touched. */
  refuseOthers(read: readonly Visited[], changed?: Table): void {
    if (!this.held) return;
    if (changed !== undefined && this.locked.get(changed) === false) throw sqlError(1099, changed.name);
    const all = [...read.map(({ table }) => table), ...(changed ? [changed] : [])];
    const other = all.find((table) => !this.locked.has(table));
    if (other !== undefined) throw sqlError(1100, other.name);
  }
}

/** The tables of the statement; a view is put in where it is read, and has nothing to lock. */
export function lockedTables(catalogue: Catalogue, locks: Locks, current: string | undefined): Map<Table, boolean> {
  const found = new Map<Table, boolean>();
  for (const { table, write } of locks)
    if (catalogue.view(table, current) === undefined) found.set(catalogue.table(table, current), write);
  return found;
}
