/** What the tables of commands are made of: arities, arguments as numbers, answers that many of them give. Errors are in Redis's words. */
import type { Database } from './database.ts';
import { type Reply, replyError } from './resp.ts';

/** Places of the keys in a request, as COMMAND tells them: the first, the last (negative: from the end), the step. */
export type KeyPlaces = readonly [first: number, last: number, step: number];

export const NO_KEYS: KeyPlaces = [0, 0, 0];

export interface Command {
  /** How many words (redis.io/commands; negative: at least so many, its name counted). */
  readonly arity: number;
  /** One key, the first argument, unless it says otherwise. */
  readonly keys?: KeyPlaces;
  run(database: Database, args: readonly string[], nowMs: number): Reply;
}

export type CommandTable = readonly (readonly [name: string, command: Command])[];

export const WRONG_TYPE = replyError('WRONGTYPE Operation against a key holding the wrong kind of value');
export const NOT_AN_INTEGER = replyError('ERR value is not an integer or out of range');
export const SYNTAX = replyError('ERR syntax error');

const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);

export function fitsInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

export function integer(text: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return fitsInt64(value) ? value : undefined;
}

/** An integer that a number holds exactly. */
export function small(text: string): number | undefined {
  const value = integer(text);
  return value === undefined || value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)
    ? undefined
    : Number(value);
}
