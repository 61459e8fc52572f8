/**
 * One client of the server: transactions, subscriptions and blocking pops, around the commands over keys. What it answers goes out in the order of the
 * requests; a message of a channel may come between.
 */
import type { CoverageSection } from '../lib/options.ts';
import { type Command, NO_KEYS, NOT_AN_INTEGER } from './command.ts';
import { commands } from './commands.ts';
import { config, settingNames } from './config.ts';
import type { Database } from './database.ts';
import { authenticate, client, command as commandInfo, type Described, hello, info } from './introduction.ts';
import { flushFault } from './key-commands.ts';
import { popOne } from './list-commands.ts';
import { NULL_ARRAY, OK, type Protocol, QUEUED, type Reply, replyError } from './resp.ts';
import type { Shop } from './shop.ts';
import { Watches } from './watches.ts';

/** Who waits in BLPOP or BRPOP. */
export interface Blocked {
  readonly database: Database;
  readonly keys: readonly string[];
  readonly left: boolean;
  /** Answers the request; false where the client is gone. */
  give(key: string, item: string): boolean;
}

/** A request that is answered later: by the first push, or after so many milliseconds (0: never). */
export interface Waiting {
  readonly wait: Omit<Blocked, 'give'>;
  readonly timeoutMs: number;
}

export type Answer = Reply | Waiting | undefined;

export function isWaiting(answer: Answer): answer is Waiting {
  return typeof answer === 'object' && answer !== null && 'wait' in answer;
}

const SUBSCRIBING = ['subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe'];
const WHILE_SUBSCRIBED: ReadonlySet<string> = new Set([...SUBSCRIBING, 'ping', 'quit', 'reset']);
/** Never queued by MULTI. */
const AT_ONCE: ReadonlySet<string> = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);

export class Session {
  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  readonly id: number;
  /** CLIENT SETNAME. */
  name: string | null = null;
  /** HELLO. */
  protocol: Protocol = 2;
  readonly watches = new Watches();
  private database: Database;
  private transaction: (readonly string[])[] | undefined;
  private transactionFailed = false;
  /** The replies of the EXEC under way. */
  private executing: Reply[] | undefined;
  /** QUIT: the connection ends after this answer. */
  over = false;

  constructor(
    private readonly shop: Shop,
    /** Sends something that is no answer, or more than one of them. */
    readonly send: (reply: Reply) => void,
  ) {
    this.id = shop.enter(this);
    this.database = shop.databases[0]!;
  }

  private get subscriptions(): number {
    return this.channels.size + this.patterns.size;
  }

  answer(words: readonly string[]): Answer {
    const name = words[0]!.toLowerCase();
    const args = words.slice(1);
    // RESP3 tells messages from answers.
    if (this.subscriptions > 0 && this.protocol === 2 && !WHILE_SUBSCRIBED.has(name))
      return replyError(
        `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
      );
    const fault = arityFault(name, words.length) ?? (KNOWN.has(name) ? undefined : unknown(words));
    if (fault !== undefined) {
      this.transactionFailed ||= this.transaction !== undefined;
      return fault;
    }
    if (this.transaction !== undefined && !AT_ONCE.has(name)) {
      this.transaction.push(words);
      return QUEUED;
    }
    return this.carryOut(name, args, true);
  }

  private carryOut(name: string, args: readonly string[], mayWait: boolean): Answer {
    const command = commands.get(name);
    if (command !== undefined) return this.overKeys(name, command, args);
    switch (name) {
      case 'ping':
        return this.ping(args);
      case 'quit':
        this.over = true;
        return OK;
      case 'reset':
        return this.reset();
      case 'select':
        return this.select(args[0]!);
      case 'flushall':
        return this.flushAll(args);
      case 'hello':
        return hello(this, args);
      case 'auth':
        return authenticate(args);
      case 'client':
        return client(this, args);
      case 'info':
        return info(this.shop, args);
      case 'command':
        return commandInfo(KNOWN, args);
      case 'multi':
        return this.multi();
      case 'exec':
        return this.exec();
      case 'discard':
        return this.discard();
      case 'watch':
        return this.watch(args);
      case 'unwatch':
        this.watches.forget();
        return OK;
      case 'config':
        return config(args);
      case 'publish':
        return this.shop.publish(args[0]!, args[1]!);
      case 'subscribe':
        return this.subscribe(args);
      case 'unsubscribe':
        return this.unsubscribe(args);
      case 'psubscribe':
        return this.subscribePatterns(args);
      case 'punsubscribe':
        return this.unsubscribePatterns(args);
      default:
        return this.blockingPop(name === 'blpop', args, mayWait);
    }
  }

  private overKeys(name: string, command: Command, args: readonly string[]): Reply {
    const reply = command.run(this.database, args, this.shop.nowMs());
    // Whoever waits is served when the command is over, not before its answer is made.
    if (name === 'lpush' || name === 'rpush') this.shop.serveWaiting(this.database, args[0]!);
    return reply;
  }

  private ping(args: readonly string[]): Reply {
    if (args.length > 1) return replyError("ERR wrong number of arguments for 'ping' command");
    if (this.subscriptions > 0 && this.protocol === 2) return ['pong', args[0] ?? ''];
    return args[0] ?? { status: 'PONG' };
  }

  private select(index: string): Reply {
    if (!/^-?\d+$/.test(index)) return NOT_AN_INTEGER;
    const database = this.shop.databases[Number(index)];
    if (database === undefined) return replyError('ERR DB index is out of range');
    this.database = database;
    return OK;
  }

  private flushAll(args: readonly string[]): Reply {
    const fault = flushFault(args);
    if (fault !== undefined) return fault;
    for (const database of this.shop.databases) database.clear();
    return OK;
  }

  /** As if it had just connected. */
  private reset(): Reply {
    for (const channel of [...this.channels]) this.shop.unsubscribe(channel, this);
    for (const pattern of [...this.patterns]) this.shop.unsubscribePattern(pattern, this);
    this.transaction = undefined;
    this.watches.forget();
    this.name = null;
    this.protocol = 2;
    this.database = this.shop.databases[0]!;
    return { status: 'RESET' };
  }

  private multi(): Reply {
    if (this.transaction !== undefined) return replyError('ERR MULTI calls can not be nested');
    this.transaction = [];
    this.transactionFailed = false;
    return OK;
  }

  private discard(): Reply {
    if (this.transaction === undefined) return replyError('ERR DISCARD without MULTI');
    this.transaction = undefined;
    this.watches.forget();
    return OK;
  }

  private watch(keys: readonly string[]): Reply {
    if (this.transaction !== undefined) return replyError('ERR WATCH inside MULTI is not allowed');
    this.watches.add(this.database, keys);
    return OK;
  }

  /** All of it, with nobody in between; a command that fails does not stop the others. */
  private exec(): Reply {
    const { transaction, transactionFailed } = this;
    if (transaction === undefined) return replyError('ERR EXEC without MULTI');
    this.transaction = undefined;
    const changed = this.watches.look();
    this.watches.forget();
    if (transactionFailed) return replyError('EXECABORT Transaction discarded because of previous errors.');
    if (changed) return NULL_ARRAY;
    const replies: Reply[] = [];
    this.executing = replies;
    for (const words of transaction) {
      const reply = this.carryOut(words[0]!.toLowerCase(), words.slice(1), false);
      if (reply !== undefined) replies.push(reply as Reply);
    }
    this.executing = undefined;
    return replies;
  }

  /** One of several answers to a command; within EXEC it is one of EXEC's. */
  private tell(reply: Reply): void {
    if (this.executing === undefined) this.send(reply);
    else this.executing.push(reply);
  }

  private subscribe(names: readonly string[]): undefined {
    for (const name of names) {
      this.shop.subscribe(name, this);
      this.tell({ push: ['subscribe', name, this.subscriptions] });
    }
  }

  private subscribePatterns(patterns: readonly string[]): undefined {
    for (const pattern of patterns) {
      this.shop.subscribePattern(pattern, this);
      this.tell({ push: ['psubscribe', pattern, this.subscriptions] });
    }
  }

  private unsubscribe(names: readonly string[]): undefined {
    const which = names.length > 0 ? names : [...this.channels];
    if (which.length === 0) this.tell({ push: ['unsubscribe', null, this.subscriptions] });
    for (const name of which) {
      this.shop.unsubscribe(name, this);
      this.tell({ push: ['unsubscribe', name, this.subscriptions] });
    }
  }

  private unsubscribePatterns(patterns: readonly string[]): undefined {
    const which = patterns.length > 0 ? patterns : [...this.patterns];
    if (which.length === 0) this.tell({ push: ['punsubscribe', null, this.subscriptions] });
    for (const pattern of which) {
      this.shop.unsubscribePattern(pattern, this);
      this.tell({ push: ['punsubscribe', pattern, this.subscriptions] });
    }
  }

  private blockingPop(left: boolean, args: readonly string[], mayWait: boolean): Answer {
    const keys = args.slice(0, -1);
    const seconds = args.at(-1)!;
    if (!/^-?\d+(\.\d+)?$/.test(seconds)) return replyError('ERR timeout is not a float or out of range');
    if (seconds.startsWith('-')) return replyError('ERR timeout is negative');
    for (const key of keys) {
      const item = popOne(this.database, key, left);
      if (typeof item === 'string') return [key, item];
      if (item !== null) return item;
    }
    if (!mayWait) return NULL_ARRAY;
    return { wait: { database: this.database, keys, left }, timeoutMs: Math.ceil(Number(seconds) * 1000) };
  }
}

const connection = (arity: number): Described => ({ arity, keys: NO_KEYS });

/** Commands about the connection, and those that concern other clients. */
const OWN: ReadonlyMap<string, Described> = new Map([
  ['ping', connection(-1)],
  ['quit', connection(-1)],
  ['reset', connection(1)],
  ['select', connection(2)],
  ['hello', connection(-1)],
  ['auth', connection(-2)],
  ['client', connection(-2)],
  ['info', connection(-1)],
  ['command', connection(-1)],
  ['flushall', connection(-1)],
  ['multi', connection(1)],
  ['exec', connection(1)],
  ['discard', connection(1)],
  ['watch', { arity: -2, keys: [1, -1, 1] }],
  ['unwatch', connection(1)],
  ['config', connection(-2)],
  ['publish', connection(3)],
  ['subscribe', connection(-2)],
  ['unsubscribe', connection(-1)],
  ['psubscribe', connection(-2)],
  ['punsubscribe', connection(-1)],
  ['blpop', { arity: -3, keys: [1, -2, 1] }],
  ['brpop', { arity: -3, keys: [1, -2, 1] }],
]);

const KNOWN: ReadonlyMap<string, Described> = new Map<string, Described>([...commands, ...OWN]);

function arityFault(name: string, count: number): Reply | undefined {
  const arity = KNOWN.get(name)?.arity;
  if (arity === undefined || (arity >= 0 ? count === arity : count >= -arity)) return undefined;
  return replyError(`ERR wrong number of arguments for '${name}' command`);
}

const SHOWN_MAX = 128;

function unknown([name, ...args]: readonly string[]): Reply {
  let shown = '';
  for (const arg of args) {
    if (shown.length >= SHOWN_MAX) break;
    shown += `'${arg.slice(0, SHOWN_MAX - shown.length)}' `;
  }
  return replyError(`ERR unknown command '${name!.slice(0, SHOWN_MAX)}', with args beginning with: ${shown}`);
}

/** For the coverage page. */
export const commandCoverage: readonly CoverageSection[] = [
  {
    program: 'redis-server',
    title: 'Commands',
    entries: [...KNOWN].map(([name, { arity }]) => `${name.toUpperCase()}: ${arityText(arity)}`).sort(),
  },
  { program: 'redis-server', title: 'Settings that CONFIG GET tells', entries: settingNames },
];

function arityText(arity: number): string {
  const words = Math.abs(arity) - 1;
  return arity > 0 ? `${words} arguments` : `${words} arguments or more`;
}
