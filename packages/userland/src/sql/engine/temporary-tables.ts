/**
 * CREATE TEMPORARY TABLE: tables of one session, which go with it and hide others of their name. SQLite keeps their rows among all others, so that whoever holds the write
 * lock and whoever only reads both find them; one that has gone is taken away by the next commit.
 */
import type { TableName } from '../language/ast.ts';
import { placeKey, type Table } from './catalogue.ts';

export class TemporaryTables {
  private readonly tables = new Map<string, Table>();
  /** Whether there ever was one: then the journal has to tell the session apart. */
  used = false;

  find({ database, name }: TableName, current: string | undefined): Table | undefined {
    return this.tables.get(placeKey(database ?? current ?? '', name));
  }

  all(): readonly Table[] {
    return [...this.tables.values()];
  }

  add(table: Table): void {
    this.used = true;
    this.tables.set(placeKey(table.database, table.name), table);
  }

  remove({ database, name }: Table): void {
    this.tables.delete(placeKey(database, name));
  }
}
