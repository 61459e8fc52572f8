/** How a table of functions says what a call becomes: how many arguments it takes, and the piece of SQLite's SQL that it makes of them. */
import type { ColumnType } from '../types.ts';
import { TEXT } from '../types.ts';
import { asNumber, asText } from './conversions.ts';
import type { Piece } from './scope.ts';
import { isExact } from './text-comparison.ts';

export type Make = (args: readonly Piece[]) => Piece;
export type CallTable = readonly (readonly [name: string, min: number, max: number, make: Make])[];

export const MANY = 100;

/** A text that is made of texts compares as they do. */
export function madeOf(args: readonly Piece[], type: ColumnType): ColumnType {
  return type.k === 'text' && args.some(isExact) ? { ...type, binary: true } : type;
}

/** A function of ours over texts. */
export const text =
  (name: string): Make =>
  (args) => ({ sql: `my_${name}(${args.map((arg) => asText(arg).sql).join(', ')})`, type: madeOf(args, TEXT) });

/** The same with other kinds among its arguments: `t` a text, `n` a number. */
export const mixed =
  (name: string, kinds: string, type: ColumnType = TEXT): Make =>
  (args) => ({
    sql: `my_${name}(${args.map((arg, i) => (kinds[i] === 'n' ? asNumber(arg) : asText(arg)).sql).join(', ')})`,
    type: madeOf(args, type),
  });
