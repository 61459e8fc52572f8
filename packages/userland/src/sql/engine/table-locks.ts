/** LOCK TABLES of one session ("LOCK TABLES and UNLOCK TABLES Statements"): which tables it may touch. That nobody else changes one is the write lock's part. */
import { sqlError } from '../errors.ts';
import type { Statement } from '../language/ast.ts';
import type { Table } from './catalogue.ts';
import type { Session } from './session.ts';
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
    const other = all.find((table) => table.own === undefined && !this.locked.has(table));
    if (other !== undefined) throw sqlError(1100, other.name);
  }
}

/** The tables of the statement; a view is put in where it is read, and has nothing to lock, nor has a table that nobody else can see. */
export function lockedTables({ engine, database, temporary }: Session, locks: Locks): Map<Table, boolean> {
  const { catalogue } = engine;
  const found = new Map<Table, boolean>();
  for (const { table, write } of locks)
    if (temporary.find(table, database) === undefined && catalogue.view(table, database) === undefined)
      found.set(catalogue.table(table, database), write);
  return found;
}
