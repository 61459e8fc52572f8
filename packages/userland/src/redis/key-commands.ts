/** Commands over keys of any kind, and their expiry. */
import { type Command, type CommandTable, integer, NO_KEYS, NOT_AN_INTEGER, SYNTAX, small } from './command.ts';
import type { Database } from './database.ts';
import { Glob } from './glob.ts';
import { OK, type Reply, replyError } from './resp.ts';

const ALL = [1, -1, 1] as const;

function remove(database: Database, keys: readonly string[]): Reply {
  return keys.filter((key) => database.delete(key)).length;
}

/** EXPIRE and its kin: times in seconds or milliseconds, from now or from 1970. */
function expire(name: string, unitMs: number, fromNow: boolean): Command {
  return {
    arity: -3,
    run(database, [key, text, ...rest], nowMs) {
      if (integer(text!) === undefined) return NOT_AN_INTEGER;
      if (rest.length > 0) return replyError(`ERR Unsupported option ${rest[0]}`);
      const time = small(text!);
      // Redis stops a little later, where milliseconds leave 64 bits.
      if (time === undefined) return replyError(`ERR invalid expire time in '${name}' command`);
      return database.expire(key!, (fromNow ? nowMs : 0) + time * unitMs) ? 1 : 0;
    },
  };
}

/** Milliseconds as seconds, rounded as TTL has it. */
function seconds(ms: number): number {
  return ms < 0 ? ms : Math.floor((ms + 500) / 1000);
}

/** FLUSHALL and FLUSHDB take SYNC or ASYNC, which are the same here. */
export function flushFault(args: readonly string[]): Reply | undefined {
  return args.length > 1 || (args.length === 1 && !/^(sync|async)$/i.test(args[0]!)) ? SYNTAX : undefined;
}

const COUNT = 10;

/** SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]: `count` keys are looked at, whatever becomes of them. */
function scan(database: Database, [cursor, ...options]: readonly string[]): Reply {
  // Numbers of 64 bits, as strtoul(3) reads them: a negative one is a very large one, where there are no keys.
  if (!/^[+-]?\d{1,20}$/.test(cursor!)) return replyError('ERR invalid cursor');
  let count = COUNT;
  let matches: Glob | undefined;
  let type: string | undefined;
  for (let i = 0; i < options.length; i += 2) {
    const [option, value] = [options[i]!.toLowerCase(), options[i + 1]];
    if (value === undefined) return SYNTAX;
    if (option === 'match') matches = new Glob(value);
    else if (option === 'type') type = value.toLowerCase();
    else if (option === 'count') {
      const wanted = small(value);
      if (wanted === undefined) return NOT_AN_INTEGER;
      if (wanted < 1) return SYNTAX;
      count = wanted;
    } else return SYNTAX;
  }
  const from = cursor!.startsWith('-') && Number(cursor) !== 0 ? Number.MAX_SAFE_INTEGER : Number(cursor);
  const { next, keys } = database.scan(from, count);
  const told = keys.filter(
    (key) => matches?.test(key) !== false && (type === undefined || typeOf(database, key) === type),
  );
  return [String(next), told];
}

function typeOf(database: Database, key: string): string {
  const value = database.get(key);
  return value === undefined ? 'none' : typeof value === 'object' ? 'list' : 'string';
}

export const keyCommands: CommandTable = [
  ['del', { arity: -2, keys: ALL, run: remove }],
  ['unlink', { arity: -2, keys: ALL, run: remove }],
  [
    'exists',
    { arity: -2, keys: ALL, run: (database, keys) => keys.filter((key) => database.get(key) !== undefined).length },
  ],
  ['type', { arity: 2, run: (database, [key]) => ({ status: typeOf(database, key!) }) }],
  ['scan', { arity: -2, keys: NO_KEYS, run: scan }],
  ['expire', expire('expire', 1000, true)],
  ['pexpire', expire('pexpire', 1, true)],
  ['expireat', expire('expireat', 1000, false)],
  ['pexpireat', expire('pexpireat', 1, false)],
  ['ttl', { arity: 2, run: (database, [key]) => seconds(database.leftMs(key!)) }],
  ['pttl', { arity: 2, run: (database, [key]) => database.leftMs(key!) }],
  [
    'persist',
    { arity: 2, run: (database, [key]) => (database.leftMs(key!) >= 0 && database.expire(key!, undefined) ? 1 : 0) },
  ],
  [
    'keys',
    {
      arity: 2,
      keys: NO_KEYS,
      run(database, [pattern]) {
        const matches = new Glob(pattern!);
        return database.keys().filter((key) => matches.test(key));
      },
    },
  ],
  ['dbsize', { arity: 1, keys: NO_KEYS, run: (database) => database.keys().length }],
  [
    'flushdb',
    {
      arity: -1,
      keys: NO_KEYS,
      run(database, args) {
        const fault = flushFault(args);
        if (fault === undefined) database.clear();
        return fault ?? OK;
      },
    },
  ],
];
