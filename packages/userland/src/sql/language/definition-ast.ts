/** What CREATE and ALTER say of tables and views, before any is known. */
import type { ColumnType } from '../types.ts';
import type { Expr, Select, TableName } from './ast.ts';

export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  readonly defaultValue?: Expr;
  readonly autoIncrement: boolean;
  readonly onUpdateNow: boolean;
  readonly key?: 'primary' | 'unique';
  readonly comment: string;
  /** CHECK behind the column: the text of its condition. */
  readonly check?: string;
  /** REFERENCES behind the column. */
  readonly foreignKey?: ForeignKeyDefinition;
}

export interface KeyDefinition {
  /** Empty: to be made up from the first column. */
  readonly name: string;
  readonly kind: 'primary' | 'unique' | 'index';
  readonly columns: readonly string[];
}

export interface CheckDefinition {
  /** Empty: to be made up. */
  readonly name: string;
  /** The condition, as it is written. */
  readonly text: string;
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
  readonly checks: readonly CheckDefinition[];
  readonly autoIncrement: number;
  /** LIKE: the table that it is made after. */
  readonly like?: TableName;
  /** CREATE TABLE … SELECT: where its rows, and columns that are not named, come from. */
  readonly select?: Select;
  readonly orReplace: boolean;
  readonly temporary: boolean;
}

export interface CreateView {
  readonly k: 'create-view';
  readonly view: TableName;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly columns?: readonly string[];
  readonly select: Select;
  /** Where in the statement the SELECT begins and ends. */
  readonly at: number;
  readonly end: number;
}

/** Where a column comes in: at the end, in front, or behind another one. */
export type ColumnPlace = undefined | 'FIRST' | { readonly after: string };

export type Alteration =
  | { readonly k: 'add-column'; readonly column: ColumnDefinition; readonly place: ColumnPlace }
  | { readonly k: 'drop-column'; readonly name: string; readonly ifExists: boolean }
  /** MODIFY and CHANGE: another name, type and attributes. */
  | {
      readonly k: 'change-column';
      readonly name: string;
      readonly column: ColumnDefinition;
      readonly place: ColumnPlace;
    }
  | { readonly k: 'rename-column'; readonly name: string; readonly to: string }
  /** ALTER COLUMN … SET DEFAULT, or DROP DEFAULT. */
  | { readonly k: 'set-default'; readonly name: string; readonly defaultValue: Expr | undefined }
  | { readonly k: 'add-key'; readonly key: KeyDefinition }
  | { readonly k: 'drop-key'; readonly name: string }
  | { readonly k: 'rename-key'; readonly name: string; readonly to: string }
  | { readonly k: 'add-foreign-key'; readonly key: ForeignKeyDefinition }
  | { readonly k: 'drop-foreign-key'; readonly name: string }
  | { readonly k: 'add-check'; readonly check: CheckDefinition }
  /** A CHECK, a foreign key or a unique key. */
  | { readonly k: 'drop-constraint'; readonly name: string }
  | { readonly k: 'rename-table'; readonly to: TableName }
  | { readonly k: 'auto-increment'; readonly next: number }
  /** DISABLE KEYS, ENABLE KEYS: they are kept up to date row by row anyway. */
  | { readonly k: 'switch-keys' }
  /** ENGINE, CHARSET: what this server has anyway. */
  | { readonly k: 'nothing' };
