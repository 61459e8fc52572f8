/** What tables there are, as MySQL describes them; SQLite knows each only as `t1`, `t2` … Names of tables tell capitals from small letters (as on Linux), names of columns do not. */
import { sqlError } from '../errors.ts';
import type { TableName } from '../language/ast.ts';
import type { CheckDefinition, ForeignKeyDefinition, KeyDefinition } from '../language/definition-ast.ts';
import type { ColumnType, SqlValue } from '../types.ts';
import type { TemporaryTables } from './temporary-tables.ts';
import type { View } from './views.ts';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  readonly defaultsTo:
    | { readonly k: 'none' }
    | { readonly k: 'now' }
    | { readonly k: 'value'; readonly value: SqlValue };
  readonly autoIncrement: boolean;
  readonly onUpdateNow: boolean;
  readonly comment: string;
  /** The condition of its CHECK. */
  readonly check?: string;
}

/** As it was defined, with a name and the table that it refers to. */
export interface ForeignKey extends Omit<ForeignKeyDefinition, 'table'> {
  readonly parent: Table;
}

export interface Table {
  /** Its name in SQLite is `t` and this. */
  readonly id: number;
  database: string;
  name: string;
  columns: readonly Column[];
  keys: readonly KeyDefinition[];
  foreignKeys: readonly ForeignKey[];
  /** Those that are no column's. */
  checks: readonly CheckDefinition[];
  /** What AUTO_INCREMENT gives next. */
  nextAuto: number;
  /** Of a temporary one: those of its session. */
  readonly own?: TemporaryTables;
}

export class Catalogue {
  readonly databases = new Map<string, Map<string, Table>>();
  private readonly byId = new Map<number, Table>();
  private readonly temporary = new Map<number, Table>();
  /** By database and name, as they were made. */
  private readonly byName = new Map<string, View>();
  /** Tables that foreign keys refer to and that are not there (yet), by database and name: only SET foreign_key_checks = 0 lets that be. */
  private readonly awaited = new Map<string, Table>();
  /** Temporary tables that have gone, by number: a commit takes their rows away. */
  readonly discarded: number[] = [];
  private lastId = 0;

  database(name: string): Map<string, Table> {
    const found = this.databases.get(name);
    if (found === undefined) throw sqlError(1049, name);
    return found;
  }

  /** A table by its name, in the session's database where it names none; the session's own go first. */
  table(name: TableName, current: string | undefined, own?: TemporaryTables): Table {
    const temporary = own?.find(name, current);
    if (temporary !== undefined) return temporary;
    const database = this.databaseOf(name, current);
    const found = this.database(database).get(name.name);
    if (found !== undefined) return found;
    if (this.view({ ...name, database }, undefined) === undefined) throw sqlError(1146, `${database}.${name.name}`);
    throw sqlError(1347, `${database}.${name.name}`, 'BASE TABLE');
  }

  databaseOf(name: TableName, current: string | undefined): string {
    const database = name.database ?? current;
    if (database === undefined) throw sqlError(1046);
    return database;
  }

  view({ database, name }: TableName, current: string | undefined): View | undefined {
    return this.byName.get(placeKey(database ?? current ?? '', name));
  }

  views(): readonly View[] {
    return [...this.byName.values()];
  }

  addView(view: View): void {
    this.byName.set(placeKey(view.database, view.name), view);
  }

  removeView(view: View): void {
    this.byName.delete(placeKey(view.database, view.name));
  }

  byNumber(id: number): Table {
    return (this.byId.get(id) ?? this.temporary.get(id))!;
  }

  /** All tables that stay, as they were made: one that refers to another comes after it. */
  tables(): Table[] {
    return [...this.byId.values()].sort((a, b) => a.id - b.id);
  }

  /** With the tables that have them. */
  *foreignKeys(): Generator<readonly [child: Table, key: ForeignKey]> {
    for (const table of this.byId.values()) for (const key of table.foreignKeys) yield [table, key];
  }

  /** A table that is to be made: the one that others refer to already, or a new one. */
  awaitedOr(made: Omit<Table, 'id' | 'foreignKeys'>): Table {
    const key = placeKey(made.database, made.name);
    const awaited = this.awaited.get(key) ?? { id: this.nextId(), foreignKeys: [] };
    return Object.assign(awaited, made);
  }

  /** The table of a name, or one that is yet to come. */
  await(database: string, name: string): Table {
    const key = placeKey(database, name);
    const found = this.databases.get(database)?.get(name) ?? this.awaited.get(key);
    if (found !== undefined) return found;
    const table = {
      id: this.nextId(),
      database,
      name,
      columns: [],
      keys: [],
      foreignKeys: [],
      checks: [],
      nextAuto: 1,
    };
    this.awaited.set(key, table);
    return table;
  }

  isThere(table: Table): boolean {
    return this.byId.get(table.id) === table;
  }

  nextId(): number {
    return ++this.lastId;
  }

  rename(table: Table, database: string, name: string): void {
    if (table.own === undefined) this.database(table.database).delete(table.name);
    else table.own.remove(table);
    table.database = database;
    table.name = name;
    if (table.own === undefined) this.database(database).set(name, table);
    else table.own.add(table);
  }

  add(table: Table): void {
    if (table.own !== undefined) {
      table.own.add(table);
      this.temporary.set(table.id, table);
      return;
    }
    this.awaited.delete(placeKey(table.database, table.name));
    this.database(table.database).set(table.name, table);
    this.byId.set(table.id, table);
  }

  remove(table: Table): void {
    if (table.own !== undefined) {
      this.forget(table, table.own);
      this.discarded.push(table.id);
      return;
    }
    this.database(table.database).delete(table.name);
    this.byId.delete(table.id);
    // Others still refer to it: who makes it anew is meant then.
    for (const [child, { parent }] of this.foreignKeys())
      if (parent === table && child !== table) this.awaited.set(placeKey(table.database, table.name), table);
  }

  private forget(table: Table, own: TemporaryTables): void {
    own.remove(table);
    this.temporary.delete(table.id);
  }

  /** Keeps what there is now, a session's own tables among it; the function that it answers brings that back. Other sessions may have left in between, with their own tables. */
  checkpoint(own: TemporaryTables): () => void {
    const temporary = own.all();
    const tables = [...this.byId.values(), ...this.awaited.values(), ...temporary];
    const before = tables.map((table) => [table, { ...table }] as const);
    const databases = [...this.databases].map(([name, there]) => [name, new Map(there)] as const);
    const [byId, byName, awaited] = [[...this.byId], [...this.byName], [...this.awaited]];
    const gone = [...this.discarded];
    return () => {
      for (const table of own.all()) {
        this.forget(table, own);
        if (gone.includes(table.id)) this.discarded.push(table.id);
      }
      for (const [table, old] of before) Object.assign(table, old);
      refill(this.databases, databases);
      refill(this.byId, byId);
      refill(this.byName, byName);
      refill(this.awaited, awaited);
      for (const table of temporary) {
        this.add(table);
        const at = this.discarded.indexOf(table.id);
        if (at >= 0) this.discarded.splice(at, 1);
      }
    };
  }
}

function refill<K, V>(map: Map<K, V>, entries: Iterable<readonly [K, V]>): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

export function placeKey(database: string, name: string): string {
  return `${database}\0${name}`;
}

/** What is named twice would go twice. */
export function refuseTwice(names: readonly TableName[], current: string | undefined): void {
  const places = names.map(({ database, name }) => placeKey(database ?? current ?? '', name));
  const twice = places.findIndex((place, i) => places.indexOf(place) !== i);
  if (twice >= 0) throw sqlError(1066, names[twice]!.name);
}

export function columnOf(table: Pick<Table, 'columns'>, name: string): Column | undefined {
  return table.columns.find((column) => sameName(column.name, name));
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The integer column that is the whole primary key: SQLite keeps the table's rows in its order. */
export function rowKey(table: Pick<Table, 'columns' | 'keys'>): Column | undefined {
  const primary = table.keys.find((key) => key.kind === 'primary');
  if (primary?.columns.length !== 1) return undefined;
  const column = table.columns.find(({ name }) => sameName(name, primary.columns[0]!));
  return column?.type.k === 'int' ? column : undefined;
}
