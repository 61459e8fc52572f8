/** Which columns a name may mean: the sources of a SELECT, and of those around it. */
import { sqlError } from '../errors.ts';
import type { Window } from '../language/ast.ts';
import type { ColumnType } from '../types.ts';
import { type Column, sameName, type Table } from './catalogue.ts';

/** A piece of SQLite's SQL and what MySQL would take its value for. */
export interface Piece {
  readonly sql: string;
  readonly type: ColumnType;
  readonly notNull?: boolean;
  /** A quotient, with so many digits behind the point, more than its type shows. */
  readonly loose?: number;
  /** How SQLite would compare its text, where that is known: a column's own way, or what COLLATE says. */
  readonly collation?: 'nocase' | 'binary';
  /** TRUE, FALSE or a condition: a number that JSON writes as a word. */
  readonly truth?: true;
  /** COLLATE or BINARY said so. */
  readonly explicit?: true;
  /** The column that it is, for headings and keys. */
  readonly column?: { readonly table: Table; readonly column: Column; readonly alias: string };
  /** A literal, which can be turned into another type before it is written. */
  readonly constant?: string | number | bigint;
}

export interface SourceColumn {
  readonly name: string;
  readonly piece: Piece;
}

export interface ScopeSource {
  /** As the statement calls it. */
  readonly alias: string;
  readonly columns: readonly SourceColumn[];
  readonly table?: Table;
}

export class Scope {
  /** Names of SELECT's own list, for ORDER BY, HAVING and GROUP BY. */
  readonly aliases = new Map<string, Piece>();
  /** Columns that mean something else here: earlier assignments of an UPDATE. */
  readonly replaced = new Map<string, Piece>();
  readonly sources: ScopeSource[] = [];
  /** What a star without a table's name stands for, in its order. */
  readonly star: { readonly alias: string; readonly column: SourceColumn }[] = [];
  /** Of two columns that USING made one the other one: meant only where its table is named. */
  readonly hidden = new Set<SourceColumn>();
  /** Named windows, in small letters. */
  readonly windows = new Map<string, Window>();

  /** How many aggregate functions are of this SELECT. */
  aggregates = 0;
  /** How many names have meant something here. */
  private meant = 0;

  /** Of WITH ROLLUP: what stands for an expression that groups are made by, by its SQL; a NULL in the rows above. */
  readonly rollup = new Map<string, Piece>();

  constructor(readonly outer?: Scope) {}

  add(source: ScopeSource): void {
    if (this.sources.some(({ alias }) => alias === source.alias)) throw sqlError(1066, source.alias);
    this.sources.push(source);
    for (const column of source.columns) this.star.push({ alias: source.alias, column });
  }

  /** A piece, or what stands for it in the rows of WITH ROLLUP. */
  rolledUp(piece: Piece): Piece {
    return this.rollup.get(piece.sql) ?? piece;
  }

  /** Translates an aggregate function, and counts it where it belongs: to the innermost SELECT that has one of its columns, to this one where it has none. */
  aggregated(translate: () => Piece): Piece {
    const scopes: Scope[] = [];
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.outer) scopes.push(scope);
    const before = scopes.map((each) => each.meant);
    const piece = translate();
    (scopes.find((each, i) => each.meant > before[i]!) ?? this).aggregates++;
    return piece;
  }

  /** What a name means; `clause` is where it stands, for the error. */
  find(table: string | undefined, name: string, clause: string): Piece {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.outer) {
      const found = scope.own(table, name, clause);
      if (found === undefined) continue;
      scope.meant++;
      return found;
    }
    throw sqlError(1054, table === undefined ? name : `${table}.${name}`, clause);
  }

  private own(table: string | undefined, name: string, clause: string): Piece | undefined {
    const replaced = this.replaced.get(name.toLowerCase());
    if (replaced !== undefined) return replaced;
    const found = this.sources
      .filter(({ alias }) => table === undefined || alias === table)
      .flatMap(({ columns }) => columns.filter((column) => sameName(column.name, name)))
      .filter((column) => table !== undefined || !this.hidden.has(column));
    if (found.length > 1) throw sqlError(1052, table === undefined ? name : `${table}.${name}`, clause);
    return found[0]?.piece;
  }
}
