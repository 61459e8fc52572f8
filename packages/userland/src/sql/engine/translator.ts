/**
 * SELECT of MySQL as SQLite's. Every table that a statement reads gets a number and a call of `my_seen` before all other conditions: SQLite evaluates it for each row
 * that a scan or a search brings, before it looks at the row's other columns, and that is how rows are counted.
 */
import { SqlError, sqlError, unsupportedSql } from '../errors.ts';
import type { Expr, Ordering, Place, Select, SelectCore, SelectItem, Source, TableName } from '../language/ast.ts';
import type { ColumnType, SqlValue } from '../types.ts';
import { type Catalogue, sameName, type Table } from './catalogue.ts';
import { collated, commonType, truth, valuePiece } from './conversions.ts';
import { literal, quoteName } from './fragments.ts';
import { INFORMATION_SCHEMA } from './information-rows.ts';
import { type Piece, Scope } from './scope.ts';
import { combined, compared } from './set-operation.ts';
import { tableSource } from './table-source.ts';
import { expressionPiece } from './translate-expression.ts';
import { joinText } from './translate-join.ts';
import { type Target, targetColumn } from './translate-target.ts';
import { type CteScope, cteSource, declared, findCte, type RecursiveStep, unread } from './translate-with.ts';
import type { View } from './views.ts';
import { type VirtualTable, virtualColumns, virtualText } from './virtual-table.ts';

/** What a statement may know of who runs it, and when. */
export interface SessionView {
  readonly database: string | undefined;
  readonly user: string;
  readonly connectionId: number;
  readonly lastInsertId: number | bigint;
  readonly rowCount: number;
  /** Of the last query. */
  readonly rowsFound: number;
  /** `YYYY-MM-DD hh:mm:ss` of the statement's start. */
  readonly now: string;
  variable(name: string): SqlValue;
  userVariable(name: string): UserValue;
  informationTable(name: string): VirtualTable | undefined;
}

/** A user variable: a value and what it counts as. */
export interface UserValue {
  readonly value: SqlValue;
  readonly type: ColumnType;
}

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
  /** How many aggregate functions there were. */
  aggregates = 0;
  /** The table that a row is being put into, for VALUES(column). */
  insertingInto: Target | undefined;
  /** User variables that were read. */
  readonly userVariables = new Set<string>();

  /** Stars and views that were read, for who makes a view of it. */
  readonly stars: Star[] = [];
  readonly views = new Set<View>();
  /** What names of tables without a database's mean: in a view, what they meant when it was made. */
  private home: string | undefined;

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
    return this.catalogue.table(name, this.home);
  }

  viewNamed(name: TableName): View | undefined {
    return this.catalogue.view(name, this.home);
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
    const sql = cores
      .slice(1)
      .reduce((text, core, i) => combined(text, select.unions[i]!, core.sql, columns), first!.sql);
    const order = select.orderBy.map((each) => this.ordering(each, first!, union));
    return {
      sql: sql + (order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '') + this.limit(select.limit, select.offset),
      columns,
    };
  }

  core(
    core: SelectCore,
    outer: Scope | undefined,
    step?: RecursiveStep,
    /** Rows that are the same are one, here or beside other rows. */
    asSet = core.distinct,
  ): Translated & { readonly scope: Scope; readonly distinct: boolean } {
    const scope = new Scope(outer);
    const conditions: string[] = [];
    const aggregatesBefore = this.aggregates;
    const from = core.from === undefined ? '' : ` FROM ${this.source(core.from, scope, conditions)}`;
    for (const [name, window] of core.windows) scope.windows.set(name.toLowerCase(), window);
    const found = core.items.flatMap((item) => this.item(item, scope));
    const items =
      step === undefined ? found : found.map(({ name, piece }, i) => ({ name, piece: step.piece(piece, i) }));
    const ending = step?.ending();
    if (ending !== undefined) conditions.push(ending.condition);
    const distinct = core.distinct;
    const columns = items.map(({ name, piece }, i) => ({
      name,
      type: piece.type,
      reference: `c${i}`,
      ...(piece.notNull && { notNull: true }),
      ...(piece.column && { origin: piece.column }),
      ...(typeof piece.constant === 'string' && { literalLength: [...piece.constant].length }),
    }));
    const list = items.map(({ piece }, i) => `${asSet ? compared(piece) : piece.sql} AS c${i}`).join(', ');
    if (core.where)
      conditions.push(truth(expressionPiece(this, core.where, { scope, clause: 'where clause', noAggregates: true })));
    for (const { name, piece } of items)
      if (!scope.aliases.has(name.toLowerCase())) scope.aliases.set(name.toLowerCase(), piece);
    const groups = core.groupBy.map((expr) => this.group(expr, scope, items));
    const having =
      core.having && truth(expressionPiece(this, core.having, { scope, clause: 'having clause', aliases: true }));
    // Without groups HAVING chooses rows, as a second WHERE that knows the names of the list.
    const filters = having !== undefined && groups.length === 0 && this.aggregates === aggregatesBefore;
    if (filters) conditions.push(having);
    const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
    const groupBy = groups.length > 0 ? ` GROUP BY ${groups.join(', ')}` : '';
    if (step !== undefined && (groups.length > 0 || this.aggregates > aggregatesBefore))
      throw sqlError(4008, step.table);
    const sql = `SELECT ${distinct ? 'DISTINCT ' : ''}${list}${ending?.list ?? ''}${from}${where}${groupBy}${having !== undefined && !filters ? ` HAVING ${having}` : ''}`;
    return { sql, columns, scope, distinct };
  }

  private item(item: SelectItem, scope: Scope): { readonly name: string; readonly piece: Piece }[] {
    if (item.expr)
      return [
        { name: item.name, piece: expressionPiece(this, item.expr, { scope, clause: 'field list', windows: true }) },
      ];
    const { table, at, end } = item.star!;
    const meant =
      table === undefined
        ? scope.star
        : scope.sources
            .filter(({ alias }) => alias === table)
            .flatMap(({ alias, columns }) => columns.map((column) => ({ alias, column })));
    if (meant.length === 0) throw table === undefined ? sqlError(1105, 'No tables used') : sqlError(1051, table);
    this.stars.push({ at, end, columns: meant.map(({ alias, column }) => [alias, column.name] as const) });
    return meant.map(({ column }) => column);
  }

  private group(expr: Expr, scope: Scope, items: readonly { readonly piece: Piece }[]): string {
    if (expr.k === 'literal' && typeof expr.value === 'number') {
      const item = items[expr.value - 1];
      if (item === undefined) throw sqlError(1054, String(expr.value), 'group statement');
      return collated(item.piece);
    }
    const at = { scope, clause: 'group statement', noAggregates: true };
    // A column goes before an alias of the same name.
    const alias =
      expr.k === 'column' && expr.table === undefined ? scope.aliases.get(expr.name.toLowerCase()) : undefined;
    try {
      return collated(expressionPiece(this, expr, at));
    } catch (error) {
      if (alias === undefined) throw error;
      return collated(alias);
    }
  }

  /** By position, by an alias, by an expression; of a union by what it is called only. */
  private ordering(
    { expr, descending }: Ordering,
    first: Translated & { readonly scope: Scope; readonly distinct: boolean },
    union: boolean,
  ): string {
    return `${this.orderedBy(expr, first, union)}${descending ? ' DESC' : ''}`;
  }

  private orderedBy(expr: Expr, first: Translated & { readonly scope: Scope }, union: boolean): string {
    if (expr.k === 'literal' && typeof expr.value === 'number') {
      const column = first.columns[expr.value - 1];
      if (column === undefined) throw sqlError(1054, String(expr.value), 'order clause');
      return column.reference;
    }
    const named =
      expr.k === 'column' && expr.table === undefined
        ? first.columns.find(({ name }) => sameName(name, expr.name))
        : undefined;
    if (union) {
      if (named === undefined) throw unsupportedSql('ORDER BY an expression after UNION');
      return named.reference;
    }
    const piece = expressionPiece(this, expr, {
      scope: first.scope,
      clause: 'order clause',
      aliases: true,
      windows: true,
    });
    const sql = collated(piece);
    // A bare number would be a place in the list.
    return /^-?\d+$/.test(sql) ? `coalesce(${sql}, NULL)` : sql;
  }

  limit(limit: Expr | undefined, offset?: Expr): string {
    if (limit === undefined) return '';
    return ` LIMIT ${this.count(limit)}${offset === undefined ? '' : ` OFFSET ${this.count(offset)}`}`;
  }

  private count(expr: Expr): string {
    // While a statement is prepared nobody knows yet.
    if (expr.k === 'param' && expr.index >= this.params.length) return '0';
    const value = expr.k === 'param' ? this.param(expr.index) : expr.k === 'literal' ? expr.value : null;
    if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return String(Number(value));
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return literal(value);
    if (typeof value === 'bigint' && value >= 0n) return literal(value);
    throw sqlError(1210, 'LIMIT');
  }

  /** What SQLite is to read from; which rows goes to the conditions. */
  source(source: Source, scope: Scope, conditions: string[]): string {
    switch (source.k) {
      case 'table': {
        const cte = source.table.database === undefined ? findCte(this.ctes, source.table.name) : undefined;
        if (cte !== undefined) return this.cte(cte, source.alias ?? source.table.name, scope);
        const known = this.informationTable(source.table);
        if (known !== undefined)
          return this.addDerived(
            virtualText(known),
            virtualColumns(known),
            this.nextDerived(),
            source.alias ?? source.table.name,
            scope,
          );
        const view = this.viewNamed(source.table);
        if (view !== undefined) return this.view(view, source.alias ?? source.table.name, scope);
        const table = this.table(source.table);
        const visited = this.visit(table, source.alias ?? source.table.name, scope);
        conditions.push(this.seen(visited));
        return `t${table.id} AS ${visited.alias}`;
      }
      case 'derived':
        return this.derivedSource(source, scope);
      case 'join':
        return joinText(this, source, scope, conditions);
    }
  }

  private informationTable({ database, name }: TableName): VirtualTable | undefined {
    if ((database ?? this.home)?.toLowerCase() !== INFORMATION_SCHEMA) return undefined;
    const found = this.session.informationTable(name);
    if (found === undefined) throw sqlError(1109, name, INFORMATION_SCHEMA);
    return found;
  }

  private derivedSource({ select, alias }: Source & { k: 'derived' }, scope: Scope): string {
    const { sql, columns } = this.select(select, scope.outer);
    return this.addDerived(`(${sql})`, columns, this.nextDerived(), alias, scope);
  }

  private cte(found: CteScope, shown: string, scope: Scope): string {
    const name = this.nextDerived();
    const { sql, columns } = cteSource(this, found, name);
    return this.addDerived(sql, columns, name, shown, scope);
  }

  /** The columns of a view, as its SELECT has them now. */
  ofView(view: View): readonly OutputColumn[] {
    return this.viewed(view).columns;
  }

  private view(view: View, shown: string, scope: Scope): string {
    const { sql, columns } = this.viewed(view);
    const named = columns.map((column, i) => ({ ...column, name: view.columns[i]! }));
    return this.addDerived(`(${sql})`, named, this.nextDerived(), shown, scope);
  }

  private viewed(view: View): Translated {
    return this.atHomeOf(view, () => this.within(undefined, () => this.select(view.select)));
  }

  /** Translates something of a view: names of tables mean there what they meant when it was made. */
  atHomeOf<T>(view: View, translate: () => T): T {
    const before = this.home;
    this.home = view.home;
    this.views.add(view);
    try {
      return translate();
    } catch (error) {
      // A table or a column that it reads has gone.
      if (!(error instanceof SqlError) || ![1054, 1146, 1356].includes(error.errno)) throw error;
      throw sqlError(1356, `${view.database}.${view.name}`);
    } finally {
      this.home = before;
    }
  }

  private nextDerived(): string {
    return `d${this.derived++}`;
  }

  /** Takes a table that is made here into a scope; answers what SQLite is to read from. */
  private addDerived(sql: string, columns: readonly OutputColumn[], name: string, shown: string, scope: Scope): string {
    const twice = columns.find((column, i) => columns.findIndex((each) => sameName(each.name, column.name)) !== i);
    if (twice !== undefined) throw sqlError(1060, twice.name);
    scope.add({
      alias: shown,
      columns: columns.map((column) => ({
        name: column.name,
        piece: { sql: `${name}.${column.reference}`, type: column.type },
      })),
    });
    return `${sql} AS ${name}`;
  }
}
