/** Commands over strings and counters. */
import {
  type Command,
  type CommandTable,
  fitsInt64,
  integer,
  NOT_AN_INTEGER,
  SYNTAX,
  small,
  WRONG_TYPE,
} from './command.ts';
import type { Database } from './database.ts';
import { OK, type Reply, replyError } from './resp.ts';

const expiryFault = (command: string): Reply => replyError(`ERR invalid expire time in '${command}' command`);

/** SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]. */
function set(database: Database, [key, value, ...options]: readonly string[], nowMs: number): Reply {
  let condition = '';
  let get = false;
  let keep = false;
  let expiresMs = -1;
  for (let i = 0; i < options.length; i++) {
    const option = options[i]!.toUpperCase();
    if ((option === 'NX' || option === 'XX') && condition === '') condition = option;
    else if (option === 'GET') get = true;
    else if (option === 'KEEPTTL' && expiresMs < 0) keep = true;
    else if ((option === 'EX' || option === 'PX') && expiresMs < 0 && !keep && i + 1 < options.length) {
      const time = small(options[++i]!);
      if (time === undefined) return NOT_AN_INTEGER;
      if (time <= 0) return expiryFault('set');
      expiresMs = nowMs + (option === 'EX' ? time * 1000 : time);
    } else return SYNTAX;
  }
  const before = database.get(key!);
  if (get && typeof before === 'object') return WRONG_TYPE;
  const answer = get ? ((before as string | undefined) ?? null) : undefined;
  if ((condition === 'NX' && before !== undefined) || (condition === 'XX' && before === undefined))
    return answer ?? null;
  database.set(key!, value!, expiresMs, keep);
  return answer === undefined ? OK : answer;
}

/** SETEX and PSETEX. */
function setFor(name: string, unitMs: number): Command {
  return {
    arity: 4,
    run(database, [key, text, value], nowMs) {
      const time = small(text!);
      if (time === undefined) return NOT_AN_INTEGER;
      if (time <= 0) return expiryFault(name);
      database.set(key!, value!, nowMs + time * unitMs);
      return OK;
    },
  };
}

function get(database: Database, key: string): Reply {
  const value = database.get(key);
  return typeof value === 'object' ? WRONG_TYPE : (value ?? null);
}

/** What is there is answered; then the key changes, unless it holds a list. */
function getAnd(change: (database: Database, args: readonly string[]) => void): Command['run'] {
  return (database, args) => {
    const before = get(database, args[0]!);
    if (before === WRONG_TYPE) return before;
    change(database, args);
    return before;
  };
}

function setMany(database: Database, args: readonly string[]): Reply {
  if (args.length % 2 !== 0) return replyError("ERR wrong number of arguments for 'mset' command");
  for (let i = 0; i < args.length; i += 2) database.set(args[i]!, args[i + 1]!);
  return OK;
}

function append(database: Database, [key, text]: readonly string[]): Reply {
  const before = database.get(key!);
  if (typeof before === 'object') return WRONG_TYPE;
  const value = (before ?? '') + text!;
  database.set(key!, value, -1, true);
  return value.length;
}

function add(database: Database, key: string, amount: bigint): Reply {
  const before = database.get(key);
  if (typeof before === 'object') return WRONG_TYPE;
  const value = before === undefined ? 0n : integer(before);
  if (value === undefined) return NOT_AN_INTEGER;
  const sum = value + amount;
  if (!fitsInt64(sum)) return replyError('ERR increment or decrement would overflow');
  database.set(key, String(sum), -1, true);
  return sum;
}

function addBy(database: Database, key: string, text: string, sign: bigint): Reply {
  const amount = integer(text);
  return amount === undefined ? NOT_AN_INTEGER : add(database, key, sign * amount);
}

export const stringCommands: CommandTable = [
  ['set', { arity: -3, run: set }],
  ['get', { arity: 2, run: (database, [key]) => get(database, key!) }],
  ['setex', setFor('setex', 1000)],
  ['psetex', setFor('psetex', 1)],
  [
    'setnx',
    {
      arity: 3,
      run(database, [key, value]) {
        if (database.get(key!) !== undefined) return 0;
        database.set(key!, value!);
        return 1;
      },
    },
  ],
  ['getset', { arity: 3, run: getAnd((database, [key, value]) => database.set(key!, value!)) }],
  ['getdel', { arity: 2, run: getAnd((database, [key]) => database.delete(key!)) }],
  [
    'mget',
    {
      arity: -2,
      keys: [1, -1, 1],
      run: (database, keys) =>
        keys.map((key) => {
          const value = database.get(key);
          return typeof value === 'string' ? value : null;
        }),
    },
  ],
  ['mset', { arity: -3, keys: [1, -1, 2], run: setMany }],
  ['append', { arity: 3, run: append }],
  [
    'strlen',
    {
      arity: 2,
      run(database, [key]) {
        const value = database.get(key!);
        return typeof value === 'object' ? WRONG_TYPE : (value ?? '').length;
      },
    },
  ],
  ['incr', { arity: 2, run: (database, [key]) => add(database, key!, 1n) }],
  ['decr', { arity: 2, run: (database, [key]) => add(database, key!, -1n) }],
  ['incrby', { arity: 3, run: (database, [key, amount]) => addBy(database, key!, amount!, 1n) }],
  ['decrby', { arity: 3, run: (database, [key, amount]) => addBy(database, key!, amount!, -1n) }],
];
