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

export const keyCommands: CommandTable = [
  ['del', { arity: -2, keys: ALL, run: remove }],
  ['unlink', { arity: -2, keys: ALL, run: remove }],
  [
    'exists',
    { arity: -2, keys: ALL, run: (database, keys) => keys.filter((key) => database.get(key) !== undefined).length },
  ],
  [
    'type',
    {
      arity: 2,
      run(database, [key]) {
        const value = database.get(key!);
        return { status: value === undefined ? 'none' : typeof value === 'object' ? 'list' : 'string' };
      },
    },
  ],
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
