/** What a statement says, before any table is known. `at` and `end` are offsets in its text: MySQL heads a column with the expression as written. */
import type { ColumnType } from '../types.ts';
import type { Alteration, CreateTable, CreateView } from './definition-ast.ts';

export interface Place {
  readonly at: number;
  readonly end: number;
}

export type LiteralValue = null | number | bigint | string | Uint8Array;

export type Expr = Place &
  (
    | { readonly k: 'literal'; readonly value: LiteralValue; readonly scale?: number; readonly truth?: true }
    | { readonly k: 'param'; readonly index: number }
    | { readonly k: 'column'; readonly table?: string; readonly name: string }
    | { readonly k: 'variable'; readonly name: string }
    /** `@name`, the session's own. */
    | { readonly k: 'user-variable'; readonly name: string }
    | { readonly k: 'unary'; readonly op: '-' | 'NOT' | '~'; readonly x: Expr }
    | { readonly k: 'binary'; readonly op: BinaryOperator; readonly left: Expr; readonly right: Expr }
    | { readonly k: 'is'; readonly x: Expr; readonly what: null | boolean; readonly not: boolean }
    | { readonly k: 'in'; readonly x: Expr; readonly among: readonly Expr[] | Select; readonly not: boolean }
    | { readonly k: 'between'; readonly x: Expr; readonly low: Expr; readonly high: Expr; readonly not: boolean }
    | { readonly k: 'like'; readonly x: Expr; readonly pattern: Expr; readonly escape: string; readonly not: boolean }
    | { readonly k: 'regexp'; readonly x: Expr; readonly pattern: Expr; readonly not: boolean }
    /** A time and an interval: `x + INTERVAL by unit`, or back. */
    | { readonly k: 'shift'; readonly x: Expr; readonly by: Expr; readonly unit: TimeUnit; readonly back: boolean }
    | { readonly k: 'row'; readonly items: readonly Expr[] }
    /** `x op ANY (SELECT …)`, or ALL. */
    | {
        readonly k: 'quantified';
        readonly x: Expr;
        readonly op: BinaryOperator;
        readonly all: boolean;
        readonly select: Select;
      }
    /** `x COLLATE name`: whether capitals and small letters differ. */
    | { readonly k: 'collate'; readonly x: Expr; readonly binary: boolean }
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
  | '%'
  | '|'
  | '&'
  | '^'
  | '<<'
  | '>>';

export type TimeUnit = 'MICROSECOND' | 'SECOND' | 'MINUTE' | 'HOUR' | 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

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
      /** By all columns of the same name. */
      readonly natural?: boolean;
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
  /** WITH ROLLUP. */
  readonly rollup: boolean;
  readonly having?: Expr;
  /** WINDOW name AS (…). */
  readonly windows: readonly (readonly [name: string, window: Window])[];
}

export interface Select {
  readonly k: 'select';
  readonly ctes: readonly Cte[];
  readonly first: SelectCore;
  readonly unions: readonly { readonly op: SetOperator; readonly all: boolean; readonly core: SelectCore }[];
  readonly orderBy: readonly Ordering[];
  readonly limit?: Expr;
  readonly offset?: Expr;
  /** FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE. */
  readonly locking: boolean;
  /** INTO @a, @b: user variables that the row goes to. */
  readonly into?: readonly string[];
}

export type SetOperator = 'UNION' | 'INTERSECT' | 'EXCEPT';

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
  /** REPLACE: rows that are in the way go. */
  readonly replace: boolean;
  readonly columns?: readonly string[];
  /** Undefined in a row: DEFAULT. */
  readonly rows?: readonly (readonly (Expr | undefined)[])[];
  readonly select?: Select;
  readonly onDuplicate: readonly Assignment[];
}

export interface Update {
  readonly k: 'update';
  readonly ignore: boolean;
  /** One table, or a join of which one is changed. */
  readonly source: Source;
  readonly assignments: readonly Assignment[];
  readonly where?: Expr;
  readonly orderBy: readonly Ordering[];
  readonly limit?: Expr;
}

export interface Delete {
  readonly k: 'delete';
  readonly ignore: boolean;
  readonly source: Source;
  /** Which tables of a join lose rows, as the join calls them; none named where there is one table only. */
  readonly targets?: readonly TableName[];
  readonly where?: Expr;
  readonly orderBy: readonly Ordering[];
  readonly limit?: Expr;
}

export type RowChange = Insert | Update | Delete;

export type Statement =
  | Select
  | RowChange
  | CreateTable
  | CreateView
  | { readonly k: 'drop-view'; readonly views: readonly TableName[]; readonly ifExists: boolean }
  | { readonly k: 'explain'; readonly of: Select | Update | Delete }
  /** DO: expressions whose values nobody wants. */
  | { readonly k: 'do'; readonly select: Select }
  /** A comment. */
  | { readonly k: 'nothing' }
  | {
      readonly k: 'drop-table';
      readonly tables: readonly TableName[];
      readonly ifExists: boolean;
      /** No others than temporary ones. */
      readonly temporary: boolean;
    }
  | { readonly k: 'alter-table'; readonly table: TableName; readonly changes: readonly Alteration[] }
  | { readonly k: 'rename-tables'; readonly pairs: readonly { readonly from: TableName; readonly to: TableName }[] }
  | { readonly k: 'truncate'; readonly table: TableName }
  | { readonly k: 'lock-tables'; readonly locks: readonly { readonly table: TableName; readonly write: boolean }[] }
  | { readonly k: 'unlock-tables' }
  | { readonly k: 'create-database'; readonly name: string; readonly ifNotExists: boolean }
  | { readonly k: 'drop-database'; readonly name: string; readonly ifExists: boolean }
  | { readonly k: 'use'; readonly name: string }
  | { readonly k: 'flush-status' }
  /** `snapshot`: what it reads counts from now, not from when it reads first. */
  | { readonly k: 'begin'; readonly snapshot: boolean }
  | { readonly k: 'commit' }
  | { readonly k: 'rollback'; readonly to?: string }
  | { readonly k: 'savepoint'; readonly name: string }
  | { readonly k: 'release'; readonly name: string }
  | { readonly k: 'set'; readonly settings: readonly Setting[] }
  /** SET TRANSACTION: of the next one. */
  | { readonly k: 'next-isolation'; readonly level: Expr }
  | {
      readonly k: 'show';
      readonly what: ShowSubject;
      /** More of each. */
      readonly full: boolean;
      readonly table?: TableName;
      readonly like?: string;
      readonly where?: Expr;
      readonly name?: string;
      readonly ifNotExists?: boolean;
    };

export type ShowSubject =
  | 'databases'
  | 'tables'
  | 'columns'
  | 'index'
  | 'create-table'
  | 'create-view'
  | 'create-database'
  | 'table-status'
  | 'engines'
  | 'character-sets'
  | 'collations'
  | 'triggers'
  | 'events'
  | 'routines'
  | 'plugins'
  | 'grants'
  | 'status'
  | 'variables'
  | 'warnings'
  | 'processlist';

export interface Setting {
  readonly name: string;
  /** `@name`, not a variable of the system. */
  readonly user?: boolean;
  /** A word (ON, READ-COMMITTED, utf8mb4) counts as its text. */
  readonly value: Expr;
}
