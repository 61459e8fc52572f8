/**
 * The commands over keys, each with its arity (redis.io/commands; negative: at least so many words, its name counted). Errors are in Redis's words. What is not
 * here is "unknown command".
 */
import type { Database, Value } from './database.ts';
import { OK, type Reply } from './resp.ts';

export interface Command {
  readonly arity: number;
  run(database: Database, args: readonly string[], nowMs: number): Reply;
}

const error = (text: string): Reply => ({ error: text });
const WRONG_TYPE = error('WRONGTYPE Operation against a key holding the wrong kind of value');
const NOT_AN_INTEGER = error('ERR value is not an integer or out of range');
const SYNTAX = error('ERR syntax error');
const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);

function integer(text: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

function small(text: string): number | undefined {
  const value = integer(text);
  return value === undefined || value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)
    ? undefined
    : Number(value);
}

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
      if (time <= 0) return error("ERR invalid expire time in 'set' command");
      expiresMs = nowMs + (option === 'EX' ? time * 1000 : time);
    } else return SYNTAX;
  }
  const before = database.get(key!);
  if (get && Array.isArray(before)) return WRONG_TYPE;
  const answer = get ? ((before as string | undefined) ?? null) : undefined;
  if ((condition === 'NX' && before !== undefined) || (condition === 'XX' && before === undefined))
    return answer ?? null;
  database.set(key!, value!, expiresMs, keep);
  return answer === undefined ? OK : answer;
}

function add(database: Database, key: string, amount: bigint): Reply {
  const before = database.get(key);
  if (Array.isArray(before)) return WRONG_TYPE;
  const value = before === undefined ? 0n : integer(before);
  if (value === undefined) return NOT_AN_INTEGER;
  const sum = value + amount;
  if (sum > INT64_MAX || sum < INT64_MIN) return error('ERR increment or decrement would overflow');
  database.set(key, String(sum), -1, true);
  return sum;
}

function addBy(database: Database, key: string, text: string, sign: bigint): Reply {
  const amount = integer(text);
  return amount === undefined ? NOT_AN_INTEGER : add(database, key, sign * amount);
}

/** The list under a key, made where there is none; undefined where the key holds something else. */
function listOf(database: Database, key: string): string[] | undefined {
  const value: Value | undefined = database.get(key);
  if (value === undefined) return [];
  return Array.isArray(value) ? value : undefined;
}

function push(database: Database, [key, ...items]: readonly string[], left: boolean): Reply {
  const list = listOf(database, key!);
  if (list === undefined) return WRONG_TYPE;
  for (const item of items) {
    if (left) list.unshift(item);
    else list.push(item);
  }
  database.set(key!, list, -1, true);
  return list.length;
}

/** One element, null where there is none; what is empty then is no key any more. */
export function popOne(database: Database, key: string, left: boolean): Reply {
  const list = listOf(database, key);
  if (list === undefined) return WRONG_TYPE;
  const item = left ? list.shift() : list.pop();
  if (list.length === 0) database.delete(key);
  return item ?? null;
}

function pop(database: Database, [key, count, ...rest]: readonly string[], left: boolean): Reply {
  if (rest.length > 0) return error(`ERR wrong number of arguments for '${left ? 'lpop' : 'rpop'}' command`);
  if (count === undefined) return popOne(database, key!, left);
  const wanted = small(count);
  if (wanted === undefined || wanted < 0) return error('ERR value is out of range, must be positive');
  const list = listOf(database, key!);
  if (list === undefined) return WRONG_TYPE;
  if (list.length === 0) return { nullArray: true };
  const items: Reply[] = [];
  for (let i = 0; i < wanted && listOf(database, key!)!.length > 0; i++) items.push(popOne(database, key!, left));
  return items;
}

function range(database: Database, [key, from, to]: readonly string[]): Reply {
  const [first, last] = [small(from!), small(to!)];
  if (first === undefined || last === undefined) return NOT_AN_INTEGER;
  const list = listOf(database, key!);
  if (list === undefined) return WRONG_TYPE;
  const place = (index: number): number => (index < 0 ? list.length + index : index);
  return list.slice(Math.max(0, place(first)), Math.max(0, place(last) + 1));
}

function expire(database: Database, [key, text, ...rest]: readonly string[], unitMs: number, nowMs: number): Reply {
  const time = small(text!);
  if (time === undefined) return NOT_AN_INTEGER;
  if (rest.length > 0) return error(`ERR Unsupported option ${rest[0]}`);
  if (time > 0) return database.expire(key!, nowMs + time * unitMs) ? 1 : 0;
  return database.delete(key!) ? 1 : 0;
}

/** Milliseconds as seconds, rounded as TTL has it. */
function seconds(ms: number): number {
  return ms < 0 ? ms : Math.floor((ms + 500) / 1000);
}

/** KEYS pattern: *, ? and [abc]. */
function matcher(pattern: string): RegExp {
  const source = pattern.replace(/\\(.)|\[\^?[^\]]*\]|[.*+?^${}()|\\]/gs, (match, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    if (match.startsWith('[')) return match;
    return match === '*' ? '[\\s\\S]*' : match === '?' ? '[\\s\\S]' : `\\${match}`;
  });
  return new RegExp(`^${source}$`);
}

export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['echo', { arity: 2, run: (_database, [text]) => text! }],
  ['set', { arity: -3, run: set }],
  [
    'get',
    {
      arity: 2,
      run(database, [key]) {
        const value = database.get(key!);
        return Array.isArray(value) ? WRONG_TYPE : (value ?? null);
      },
    },
  ],
  [
    'append',
    {
      arity: 3,
      run(database, [key, text]) {
        const before = database.get(key!);
        if (Array.isArray(before)) return WRONG_TYPE;
        const value = (before ?? '') + text!;
        database.set(key!, value, -1, true);
        return value.length;
      },
    },
  ],
  [
    'strlen',
    {
      arity: 2,
      run(database, [key]) {
        const value = database.get(key!);
        return Array.isArray(value) ? WRONG_TYPE : (value ?? '').length;
      },
    },
  ],
  ['incr', { arity: 2, run: (database, [key]) => add(database, key!, 1n) }],
  ['decr', { arity: 2, run: (database, [key]) => add(database, key!, -1n) }],
  ['incrby', { arity: 3, run: (database, [key, amount]) => addBy(database, key!, amount!, 1n) }],
  ['decrby', { arity: 3, run: (database, [key, amount]) => addBy(database, key!, amount!, -1n) }],
  ['del', { arity: -2, run: (database, keys) => keys.filter((key) => database.delete(key)).length }],
  ['exists', { arity: -2, run: (database, keys) => keys.filter((key) => database.get(key) !== undefined).length }],
  [
    'type',
    {
      arity: 2,
      run(database, [key]) {
        const value = database.get(key!);
        return { status: value === undefined ? 'none' : Array.isArray(value) ? 'list' : 'string' };
      },
    },
  ],
  ['expire', { arity: -3, run: (database, args, nowMs) => expire(database, args, 1000, nowMs) }],
  ['pexpire', { arity: -3, run: (database, args, nowMs) => expire(database, args, 1, nowMs) }],
  ['ttl', { arity: 2, run: (database, [key]) => seconds(database.leftMs(key!)) }],
  ['pttl', { arity: 2, run: (database, [key]) => database.leftMs(key!) }],
  [
    'persist',
    { arity: 2, run: (database, [key]) => (database.leftMs(key!) >= 0 && database.expire(key!, -1) ? 1 : 0) },
  ],
  [
    'keys',
    {
      arity: 2,
      run(database, [pattern]) {
        const matches = matcher(pattern!);
        return database.keys().filter((key) => matches.test(key));
      },
    },
  ],
  ['dbsize', { arity: 1, run: (database) => database.keys().length }],
  [
    'flushall',
    {
      arity: -1,
      run(database, args) {
        if (args.length > 1 || (args.length === 1 && !/^(sync|async)$/i.test(args[0]!))) return SYNTAX;
        database.clear();
        return OK;
      },
    },
  ],
  ['lpush', { arity: -3, run: (database, args) => push(database, args, true) }],
  ['rpush', { arity: -3, run: (database, args) => push(database, args, false) }],
  ['lpop', { arity: -2, run: (database, args) => pop(database, args, true) }],
  ['rpop', { arity: -2, run: (database, args) => pop(database, args, false) }],
  [
    'llen',
    {
      arity: 2,
      run(database, [key]) {
        return listOf(database, key!)?.length ?? WRONG_TYPE;
      },
    },
  ],
  ['lrange', { arity: 4, run: range }],
]);
