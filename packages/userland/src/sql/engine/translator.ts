/**
 * SELECT of MySQL as SQLite's. Every table that a statement reads gets a number and a call of `my_seen` before all other conditions: SQLite evaluates it for each row
 * that a scan or a search brings, before it looks at the row's other columns, and that is how rows are counted.
 */
import { SqlError, sqlError } from '../errors.ts';
import type { Place, Select, SelectCore, SelectItem, TableName } from '../language/ast.ts';
import type { ColumnType, SqlValue } from '../types.ts';
import type { Catalogue, Table } from './catalogue.ts';
import { commonType, truth, valuePiece } from './conversions.ts';
import { literal, quoteName } from './fragments.ts';
import { INFORMATION_SCHEMA } from './information-rows.ts';
import { type Piece, Scope } from './scope.ts';
import type { SessionView } from './session-view.ts';
import { beside, combined } from './set-operation.ts';
import { tableSource } from './table-source.ts';
import type { TemporaryTables } from './temporary-tables.ts';
import { compared, ordered } from './text-comparison.ts';
import { expressionPiece, whereText } from './translate-expression.ts';
import { groupPiece, limitText, orderingText } from './translate-order.ts';
import { rollupOf } from './translate-rollup.ts';
import { sourceText } from './translate-source.ts';
import { type Target, targetColumn } from './translate-target.ts';
import { type CteScope, cteSource, declared, findCte, type RecursiveStep, unread } from './translate-with.ts';
import type { View } from './views.ts';
import type { VirtualTable } from './virtual-table.ts';

export interface OutputColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** What SQLite calls it. */
  readonly reference: string;
  readonly notNull?: boolean;
  readonly origin?: NonNullable<Piece['column']>;
  /** Letters of a text that is written there. */
  readonly literalLength?: number;
}

/** `*` or `t.*`, and what it stands for. */
export interface Star extends Place {
  readonly columns: readonly (readonly [table: string, column: string])[];
}

export interface Translated {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
}

/** One SELECT of a UNION, with what its names mean. */
export interface Core extends Translated {
  readonly scope: Scope;
  /** The order that its rows have by themselves. */
  readonly order?: string;
}

/** What stands in the list of a SELECT. */
export interface Item {
  readonly name: string;
  readonly piece: Piece;
  /** Of a group as a whole. */
  readonly aggregate: boolean;
}

/** A table that the statement reads, as SQLite's plan calls it. */
export interface Visited {
  readonly alias: string;
  readonly shown: string;
  readonly table: Table;
}

export class Translator {
  readonly visited: Visited[] = [];
  private derived = 0;
  /** What WITH has made around what is being translated. */
  private ctes: CteScope | undefined;
  /** The table that a row is being put into, for VALUES(column). */
  insertingInto: Target | undefined;
  /** User variables that were read. */
  readonly userVariables = new Set<string>();

  /** Stars and views that were read, for who makes a view of it. */
  readonly stars: Star[] = [];
  readonly views = new Set<View>();
  /** What names of tables without a database's mean: in a view, what they meant when it was made. */
  private home: string | undefined;
  private inView = false;

  constructor(
    readonly catalogue: Catalogue,
    readonly session: SessionView,
    private readonly params: readonly SqlValue[],
  ) {
    this.home = session.database;
  }

  param(index: number): SqlValue {
    return this.params[index] ?? null;
  }

  /** While a statement is prepared nobody knows them yet. */
  hasParam(index: number): boolean {
    return index < this.params.length;
  }

  variable(name: string): SqlValue {
    return this.session.variable(name);
  }

  /** What a user variable is worth; noted, for it decides what a change does. */
  userVariable(name: string): Piece {
    const { value, type } = this.session.userVariable(name);
    this.userVariables.add(name);
    if (value === null || typeof value === 'string') return valuePiece(value);
    return { ...valuePiece(value), sql: literal(value, type.k === 'decimal' || type.k === 'double'), type };
  }

  table(name: TableName): Table {
    return this.catalogue.table(name, this.home, this.temporary);
  }

  viewNamed(name: TableName): View | undefined {
    return this.temporary?.find(name, this.home) ? undefined : this.catalogue.view(name, this.home);
  }

  /** A view does not know them. */
  private get temporary(): TemporaryTables | undefined {
    return this.inView ? undefined : this.session.temporary;
  }

  cteNamed({ database, name }: TableName): CteScope | undefined {
    return database === undefined ? findCte(this.ctes, name) : undefined;
  }

  insertedValue(name: string): Piece {
    if (this.insertingInto === undefined) throw sqlError(1054, name, 'field list');
    const column = targetColumn(this.insertingInto, name);
    return { sql: `excluded.${quoteName(column.name)}`, type: column.type };
  }

  /** Takes a table into a scope; answers what SQLite is to read from. */
  visit(table: Table, shown: string, scope: Scope): Visited {
    const visited = { alias: `s${this.visited.length}`, shown, table };
    this.visited.push(visited);
    scope.add(tableSource(table, shown, visited.alias));
    return visited;
  }

  seen({ alias }: Visited): string {
    return `my_seen(${alias.slice(1)}, ${alias}._rowid_)`;
  }

  /** Translates something among these tables of WITH. */
  within<T>(ctes: CteScope | undefined, translate: () => T): T {
    const before = this.ctes;
    this.ctes = ctes;
    const translated = translate();
    this.ctes = before;
    return translated;
  }

  select(select: Select, outer?: Scope): Translated {
    const ctes = declared(select.ctes, this.ctes);
    const translated = this.within(ctes, () => this.compound(select, outer));
    // What nobody reads must be right too, but it is not carried out.
    for (const each of unread(ctes, this.ctes))
      cteSource(new Translator(this.catalogue, this.session, this.params), each, 'd0');
    return translated;
  }

  private compound(select: Select, outer: Scope | undefined): Translated {
    const sets = select.unions.some(({ op }) => op !== 'UNION');
    const cores = [select.first, ...select.unions.map(({ core }) => core)].map((core) =>
      this.core(core, outer, undefined, sets),
    );
    const [first] = cores;
    if (cores.some(({ columns }) => columns.length !== first!.columns.length)) throw sqlError(1222);
    const union = cores.length > 1;
    const columns = first!.columns.map((column, i) =>
      union
        ? { name: column.name, reference: column.reference, type: commonType(cores.map((core) => core.columns[i]!)) }
        : column,
    );
    const [head, ...others] = cores.map((core) => (union ? beside(core, columns) : core.sql));
    const sql = others.reduce((text, core, i) => combined(text, select.unions[i]!, core, columns), head!);
    if (first!.order !== undefined && select.orderBy.length > 0) throw sqlError(1221, 'CUBE/ROLLUP', 'ORDER BY');
    const own = first!.order === undefined || union ? [] : [first!.order];
    const order = [...own, ...select.orderBy.map((each) => orderingText(this, each, first!, union))];
    return {
      sql:
        sql + (order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '') + limitText(this, select.limit, select.offset),
      columns,
    };
  }

  core(
    core: SelectCore,
    outer: Scope | undefined,
    step?: RecursiveStep,
    /** What is the same as another SELECT's row is looked for, too. */
    inSet = false,
  ): Core {
    const scope = new Scope(outer);
    step?.begin(scope);
    const conditions: string[] = [];
    const source = core.from && sourceText(this, core.from, scope, conditions);
    for (const [name, window] of core.windows) scope.windows.set(name.toLowerCase(), window);
    const listed = () => core.items.flatMap((item) => this.item(item, scope));
    const start = { derived: this.derived, visited: this.visited.length };
    const plain = listed();
    // Rows are chosen before WITH ROLLUP counts them for several groups.
    const chosen = core.where && whereText(this, core.where, scope);
    const rollup = core.rollup ? rollupOf(this, core.groupBy, scope, plain) : undefined;
    const from = [source, rollup?.levels].filter((each) => each !== undefined).join(' CROSS JOIN ');
    const found = rollup === undefined ? plain : this.again(start, listed);
    const items = step === undefined ? found : found.map((each, i) => ({ ...each, piece: step.piece(each.piece, i) }));
    const ending = step?.ending();
    if (ending !== undefined) conditions.push(ending.condition);
    const columns = items.map(({ name, piece }, i) => ({
      name,
      type: piece.type,
      reference: `c${i}`,
      ...(piece.notNull && { notNull: true }),
      ...(piece.column && { origin: piece.column }),
      ...(typeof piece.constant === 'string' && { literalLength: [...piece.constant].length }),
    }));
    const asSet = core.distinct || inSet;
    const list = items.map(({ piece }, i) => `${asSet ? compared(piece) : piece.sql} AS c${i}`).join(', ');
    if (chosen !== undefined) conditions.push(chosen);
    for (const { name, piece } of items)
      if (!scope.aliases.has(name.toLowerCase())) scope.aliases.set(name.toLowerCase(), piece);
    const groups = rollup?.groups ?? core.groupBy.map((expr) => ordered(groupPiece(this, expr, scope, items)));
    const having =
      core.having && truth(expressionPiece(this, core.having, { scope, clause: 'having clause', aliases: true }));
    // Without groups HAVING chooses rows, as a second WHERE that knows the names of the list.
    const filters = having !== undefined && groups.length === 0 && scope.aggregates === 0;
    if (filters) conditions.push(having);
    const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
    const groupBy = groups.length > 0 ? ` GROUP BY ${groups.join(', ')}` : '';
    if (step !== undefined && (groups.length > 0 || scope.aggregates > 0)) throw sqlError(4008, step.table);
    const sql = `SELECT ${core.distinct ? 'DISTINCT ' : ''}${list}${ending?.list ?? ''}${from === '' ? '' : ` FROM ${from}`}${where}${groupBy}${having !== undefined && !filters ? ` HAVING ${having}` : ''}`;
    return { sql, columns, scope, ...(rollup && { order: rollup.order }) };
  }

  private item(item: SelectItem, scope: Scope): Item[] {
    if (item.expr) {
      const before = scope.aggregates;
      const piece = expressionPiece(this, item.expr, { scope, clause: 'field list', windows: true });
      return [{ name: item.name, piece, aggregate: scope.aggregates > before }];
    }
    const { table, at, end } = item.star!;
    const meant =
      table === undefined
        ? scope.star
        : scope.sources
            .filter(({ alias }) => alias === table)
            .flatMap(({ alias, columns }) => columns.map((column) => ({ alias, column })));
    if (meant.length === 0) throw table === undefined ? sqlError(1096) : sqlError(1051, table);
    this.stars.push({ at, end, columns: meant.map(({ alias, column }) => [alias, column.name] as const) });
    return meant.map(({ column: { name, piece } }) => ({ name, piece: scope.rolledUp(piece), aggregate: false }));
  }

  /** One of INFORMATION_SCHEMA. */
  informationTable({ database, name }: TableName): VirtualTable | undefined {
    if ((database ?? this.home)?.toLowerCase() !== INFORMATION_SCHEMA) return undefined;
    const found = this.session.informationTable(name);
    if (found === undefined) throw sqlError(1109, name, INFORMATION_SCHEMA);
    return found;
  }

  /** The SELECT of a view, as it is now. */
  viewed(view: View): Translated {
    return this.atHomeOf(view, () => this.within(undefined, () => this.select(view.select)));
  }

  /** Translates something of a view: names of tables mean there what they meant when it was made. */
  atHomeOf<T>(view: View, translate: () => T): T {
    const before = [this.home, this.inView] as const;
    [this.home, this.inView] = [view.home, true];
    this.views.add(view);
    try {
      return translate();
    } catch (error) {
      // A table or a column that it reads has gone.
      if (!(error instanceof SqlError) || ![1054, 1146, 1356].includes(error.errno)) throw error;
      throw sqlError(1356, `${view.database}.${view.name}`);
    } finally {
      [this.home, this.inView] = before;
    }
  }

  /** Translates what has been translated from there on once more: its tables have the names that they had, and are visited once. */
  private again<T>(start: { readonly derived: number; readonly visited: number }, translate: () => T): T {
    const { derived } = this;
    const visited = this.visited.splice(start.visited);
    this.derived = start.derived;
    const translated = translate();
    this.derived = derived;
    this.visited.splice(start.visited, Infinity, ...visited);
    return translated;
  }

  /** SQLite's name for the next table that is made. */
  nextDerived(): string {
    return `d${this.derived++}`;
  }
}
