/** What a statement says, before any table is known. `at` and `end` are offsets in its text: MySQL heads a column with the expression as written. */
import type { ColumnType } from '../types.ts';

export interface Place {
  readonly at: number;
  readonly end: number;
}

export type LiteralValue = null | number | bigint | string | Uint8Array;

export type Expr = Place &
  (
    | { readonly k: 'literal'; readonly value: LiteralValue; readonly scale?: number }
    | { readonly k: 'param'; readonly index: number }
    | { readonly k: 'column'; readonly table?: string; readonly name: string }
    | { readonly k: 'variable'; readonly name: string }
    | { readonly k: 'unary'; readonly op: '-' | 'NOT'; readonly x: Expr }
    | { readonly k: 'binary'; readonly op: BinaryOperator; readonly left: Expr; readonly right: Expr }
    | { readonly k: 'is'; readonly x: Expr; readonly what: null | boolean; readonly not: boolean }
    | { readonly k: 'in'; readonly x: Expr; readonly among: readonly Expr[] | Select; readonly not: boolean }
    | { readonly k: 'between'; readonly x: Expr; readonly low: Expr; readonly high: Expr; readonly not: boolean }
    | { readonly k: 'like'; readonly x: Expr; readonly pattern: Expr; readonly escape: string; readonly not: boolean }
    | {
        readonly k: 'case';
        readonly base?: Expr;
        readonly whens: readonly (readonly [when: Expr, then: Expr])[];
        readonly otherwise?: Expr;
      }
    | {
        readonly k: 'call';
        readonly name: string;
        readonly args: readonly Expr[];
        readonly distinct: boolean;
        readonly star: boolean;
        readonly separator?: string;
        readonly orderBy?: readonly Ordering[];
        /** A window, or the name of one. */
        readonly over?: Window | string;
      }
    | { readonly k: 'cast'; readonly x: Expr; readonly type: ColumnType }
    | { readonly k: 'subquery'; readonly select: Select }
    | { readonly k: 'exists'; readonly select: Select }
  );

export type BinaryOperator =
  | 'OR'
  | 'XOR'
  | 'AND'
  | '='
  | '<=>'
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | 'DIV'
  | '%';

export interface Ordering {
  readonly expr: Expr;
  readonly descending: boolean;
}

/** Which rows a window function sees ("Window Function Concepts and Syntax"). */
export interface Window {
  /** The named window that it adds to. */
  readonly base?: string;
  readonly partitionBy: readonly Expr[];
  readonly orderBy: readonly Ordering[];
  readonly frame?: Frame;
}

export interface Frame {
  readonly unit: 'ROWS' | 'RANGE';
  readonly start: Bound;
  /** Undefined: the present row. */
  readonly end?: Bound;
}

export type Bound =
  | { readonly k: 'UNBOUNDED PRECEDING' | 'CURRENT ROW' | 'UNBOUNDED FOLLOWING' }
  | { readonly k: 'PRECEDING' | 'FOLLOWING'; readonly by: number };

/** A table that WITH makes for one statement. */
export interface Cte {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly select: Select;
  /** It may read itself. */
  readonly recursive: boolean;
}

export interface TableName extends Place {
  readonly database?: string;
  readonly name: string;
}

export type Source =
  | { readonly k: 'table'; readonly table: TableName; readonly alias?: string }
  | { readonly k: 'derived'; readonly select: Select; readonly alias: string }
  | {
      readonly k: 'join';
      readonly kind: 'INNER' | 'LEFT' | 'RIGHT';
      readonly left: Source;
      readonly right: Source;
      readonly on?: Expr;
      readonly using?: readonly string[];
    };

export interface SelectItem {
  readonly expr?: Expr;
  /** `*`, or `t.*` with a table. */
  readonly star?: Place & { readonly table?: string };
  /** What the column is called: the alias, or the text as written. */
  readonly name: string;
}

export interface SelectCore {
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from?: Source;
  readonly where?: Expr;
  readonly groupBy: readonly Expr[];
  readonly having?: Expr;
  /** WINDOW name AS (…). */
  readonly windows: readonly (readonly [name: string, window: Window])[];
}

export interface Select {
  readonly k: 'select';
  readonly ctes: readonly Cte[];
  readonly first: SelectCore;
  readonly unions: readonly { readonly all: boolean; readonly core: SelectCore }[];
  readonly orderBy: readonly Ordering[];
  readonly limit?: Expr;
  readonly offset?: Expr;
  /** FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE. */
  readonly locking: boolean;
}

export interface Assignment {
  readonly column: string;
  readonly table?: string;
  /** Undefined: DEFAULT. */
  readonly value: Expr | undefined;
}

export interface Insert {
  readonly k: 'insert';
  readonly table: TableName;
  readonly ignore: boolean;
  readonly columns?: readonly string[];
  /** Undefined in a row: DEFAULT. */
  readonly rows?: readonly (readonly (Expr | undefined)[])[];
  readonly select?: Select;
  readonly onDuplicate: readonly Assignment[];
}

export interface Update {
  readonly k: 'update';
  readonly table: TableName;
  readonly alias?: string;
  readonly assignments: readonly Assignment[];
  readonly where?: Expr;
  readonly orderBy: readonly Ordering[];
  readonly limit?: Expr;
}

export interface Delete {
  readonly k: 'delete';
  readonly table: TableName;
  readonly alias?: string;
  readonly where?: Expr;
  readonly orderBy: readonly Ordering[];
  readonly limit?: Expr;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  readonly defaultValue?: Expr;
  readonly autoIncrement: boolean;
  readonly onUpdateNow: boolean;
  readonly key?: 'primary' | 'unique';
  readonly comment: string;
  /** REFERENCES behind the column. */
  readonly foreignKey?: ForeignKeyDefinition;
}

export interface KeyDefinition {
  /** Empty: to be made up from the first column. */
  readonly name: string;
  readonly kind: 'primary' | 'unique' | 'index';
  readonly columns: readonly string[];
}

/** RESTRICT, which is what happens without a word, is empty. */
export type ReferenceAction = '' | 'CASCADE' | 'SET NULL' | 'NO ACTION';

export interface ForeignKeyDefinition {
  /** Empty: to be made up from the table's name. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly table: TableName;
  readonly references: readonly string[];
  readonly onDelete: ReferenceAction;
  readonly onUpdate: ReferenceAction;
}

export interface CreateTable {
  readonly k: 'create-table';
  readonly table: TableName;
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnDefinition[];
  readonly keys: readonly KeyDefinition[];
  readonly foreignKeys: readonly ForeignKeyDefinition[];
  readonly autoIncrement: number;
}

export interface CreateView {
  readonly k: 'create-view';
  readonly view: TableName;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly columns?: readonly string[];
  readonly select: Select;
  /** Where in the statement the SELECT begins. */
  readonly at: number;
}

export type Alteration =
  | { readonly k: 'add-column'; readonly column: ColumnDefinition }
  | { readonly k: 'add-key'; readonly key: KeyDefinition }
  | { readonly k: 'drop-key'; readonly name: string };

export type Statement =
  | Select
  | Insert
  | Update
  | Delete
  | CreateTable
  | CreateView
  | { readonly k: 'drop-view'; readonly views: readonly TableName[]; readonly ifExists: boolean }
  | { readonly k: 'explain'; readonly select: Select }
  | { readonly k: 'drop-table'; readonly tables: readonly TableName[]; readonly ifExists: boolean }
  | { readonly k: 'alter-table'; readonly table: TableName; readonly changes: readonly Alteration[] }
  | { readonly k: 'truncate'; readonly table: TableName }
  | { readonly k: 'create-database'; readonly name: string; readonly ifNotExists: boolean }
  | { readonly k: 'drop-database'; readonly name: string; readonly ifExists: boolean }
  | { readonly k: 'use'; readonly name: string }
  | { readonly k: 'flush-status' }
  | { readonly k: 'begin' }
  | { readonly k: 'commit' }
  | { readonly k: 'rollback'; readonly to?: string }
  | { readonly k: 'savepoint'; readonly name: string }
  | { readonly k: 'release'; readonly name: string }
  | { readonly k: 'set'; readonly settings: readonly Setting[] }
  | {
      readonly k: 'show';
      readonly what: ShowSubject;
      readonly table?: TableName;
      readonly like?: string;
      readonly name?: string;
    };

export type ShowSubject =
  | 'databases'
  | 'tables'
  | 'columns'
  | 'index'
  | 'create-table'
  | 'create-view'
  | 'status'
  | 'variables'
  | 'warnings'
  | 'processlist';

export interface Setting {
  readonly name: string;
  /** A word (ON, READ-COMMITTED, utf8mb4) counts as its text. */
  readonly value: Expr;
}
