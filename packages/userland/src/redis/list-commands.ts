/** Commands over lists. What is empty is no key any more. */
import { type CommandTable, NOT_AN_INTEGER, small, WRONG_TYPE } from './command.ts';
import type { Database } from './database.ts';
import { Deque } from './deque.ts';
import { NULL_ARRAY, OK, type Reply, replyError } from './resp.ts';

/** The list under a key, a new one where there is none; undefined where the key holds something else. */
function listOf(database: Database, key: string): Deque | undefined {
  const value = database.get(key);
  if (value === undefined) return new Deque();
  return typeof value === 'object' ? value : undefined;
}

function keep(database: Database, key: string, list: Deque): void {
  if (list.length === 0) database.delete(key);
  else database.set(key, list, -1, true);
}

/** An index from the front, or from the end where it is negative. */
const place = (list: Deque, index: number): number => (index < 0 ? list.length + index : index);

function push(database: Database, [key, ...items]: readonly string[], left: boolean, always: boolean): Reply {
  const list = listOf(database, key!);
  if (list === undefined) return WRONG_TYPE;
  if (!always && list.length === 0) return 0;
  for (const item of items) list.push(item, left);
  keep(database, key!, list);
  return list.length;
}

/** One element, null where there is none. */
export function popOne(database: Database, key: string, left: boolean): Reply {
  const list = listOf(database, key);
  if (list === undefined) return WRONG_TYPE;
  const item = list.pop(left);
  if (item !== undefined) keep(database, key, list);
  return item ?? null;
}

function pop(database: Database, [key, count, ...rest]: readonly string[], left: boolean): Reply {
  if (rest.length > 0) return replyError(`ERR wrong number of arguments for '${left ? 'lpop' : 'rpop'}' command`);
  if (count === undefined) return popOne(database, key!, left);
  const wanted = small(count);
  if (wanted === undefined || wanted < 0) return replyError('ERR value is out of range, must be positive');
  const list = listOf(database, key!);
  if (list === undefined) return WRONG_TYPE;
  if (list.length === 0) return NULL_ARRAY;
  const items: string[] = [];
  while (items.length < wanted && list.length > 0) items.push(list.pop(left)!);
  if (items.length > 0) keep(database, key!, list);
  return items;
}

/** Start and end of a range, the end not included; undefined where a word is no number. */
function bounds(list: Deque, from: string, to: string): readonly [number, number] | undefined {
  const [first, last] = [small(from), small(to)];
  if (first === undefined || last === undefined) return undefined;
  return [Math.max(0, place(list, first)), Math.max(0, place(list, last) + 1)];
}

function range(database: Database, [key, from, to]: readonly string[], trim: boolean): Reply {
  const list = listOf(database, key!);
  const found = bounds(list ?? new Deque(), from!, to!);
  if (found === undefined) return NOT_AN_INTEGER;
  if (list === undefined) return WRONG_TYPE;
  const items = list.slice(...found);
  if (!trim) return items;
  if (list.length > 0) keep(database, key!, Deque.of(items));
  return OK;
}

function index(database: Database, [key, text]: readonly string[]): Reply {
  const list = listOf(database, key!);
  if (list === undefined) return WRONG_TYPE;
  if (list.length === 0) return null;
  const at = small(text!);
  return at === undefined ? NOT_AN_INTEGER : (list.at(place(list, at)) ?? null);
}

function setAt(database: Database, [key, text, item]: readonly string[]): Reply {
  const list = listOf(database, key!);
  if (list?.length === 0) return replyError('ERR no such key');
  if (list === undefined) return WRONG_TYPE;
  const at = small(text!);
  if (at === undefined) return NOT_AN_INTEGER;
  if (!list.set(place(list, at), item!)) return replyError('ERR index out of range');
  database.touched(key!);
  return OK;
}

/** LREM: so many equal elements from the front, from the end where negative, all where 0. */
function remove(database: Database, [key, text, item]: readonly string[]): Reply {
  const count = small(text!);
  if (count === undefined) return NOT_AN_INTEGER;
  const list = listOf(database, key!);
  if (list === undefined) return WRONG_TYPE;
  if (list.length === 0) return 0;
  const before = list.length;
  let left = count === 0 ? before : Math.abs(count);
  const stays = (one: string): boolean => one !== item || left-- <= 0;
  const items = list.slice(0, before);
  const kept = count < 0 ? items.reverse().filter(stays).reverse() : items.filter(stays);
  if (kept.length < before) keep(database, key!, Deque.of(kept));
  return before - kept.length;
}

export const listCommands: CommandTable = [
  ['lpush', { arity: -3, run: (database, args) => push(database, args, true, true) }],
  ['rpush', { arity: -3, run: (database, args) => push(database, args, false, true) }],
  ['lpushx', { arity: -3, run: (database, args) => push(database, args, true, false) }],
  ['rpushx', { arity: -3, run: (database, args) => push(database, args, false, false) }],
  ['lpop', { arity: -2, run: (database, args) => pop(database, args, true) }],
  ['rpop', { arity: -2, run: (database, args) => pop(database, args, false) }],
  ['llen', { arity: 2, run: (database, [key]) => listOf(database, key!)?.length ?? WRONG_TYPE }],
  ['lrange', { arity: 4, run: (database, args) => range(database, args, false) }],
  ['ltrim', { arity: 4, run: (database, args) => range(database, args, true) }],
  ['lindex', { arity: 3, run: index }],
  ['lset', { arity: 4, run: setAt }],
  ['lrem', { arity: 4, run: remove }],
];
