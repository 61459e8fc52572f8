/**
 * What REPEATABLE READ reads ("Consistent Nonlocking Reads"): the rows as they were when the transaction read first. Until somebody commits, that is what everybody reads; then the
 * database is copied before the commit, once for all who read it so, and the copy goes with the last of them.
 */
import type { Connection } from '@netarium/sqlite/sqlite.ts';
import { allRows } from './all-rows.ts';
import type { Table } from './catalogue.ts';

export interface Snapshot {
  /** Undefined as long as nothing has been committed since. */
  readonly copy: Connection | undefined;
}

interface Counted extends Snapshot {
  copy: Connection | undefined;
  readers: number;
}

export class Snapshots {
  /** Of what is committed now. */
  private newest: Counted | undefined;

  /** `copied` makes a copy of what is committed. */
  constructor(private readonly copied: () => Connection) {}

  take(): Snapshot {
    this.newest ??= { copy: undefined, readers: 0 };
    this.newest.readers++;
    return this.newest;
  }

  release(snapshot: Snapshot): void {
    const counted = snapshot as Counted;
    if (--counted.readers > 0) return;
    counted.copy?.close();
    if (this.newest === counted) this.newest = undefined;
  }

  /** What is committed now is not, from here on. */
  beforeCommit(): void {
    if (this.newest !== undefined) this.newest.copy = this.copied();
    this.newest = undefined;
  }
}

/** Whether a table has another shape by now, or was not there. */
export function isRedefined({ copy }: Snapshot, { id, columns }: Table): boolean {
  if (copy === undefined) return false;
  const names = allRows(copy, `PRAGMA table_info(t${id})`).map((row) => row[1]);
  return names.join('\0') !== columns.map(({ name }) => name).join('\0');
}
