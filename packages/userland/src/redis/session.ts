/**
 * One client of the server: transactions, subscriptions and blocking pops, around the commands over keys. What it answers goes out in the order of the
 * requests; a message of a channel may come between.
 */
import type { CoverageSection } from '../lib/options.ts';
import { type Command, commands, popOne } from './commands.ts';
import { NULL_ARRAY, OK, QUEUED, type Reply } from './resp.ts';
import type { Shop } from './shop.ts';

const error = (text: string): Reply => ({ error: text });

/** Who waits in BLPOP or BRPOP. */
export interface Blocked {
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

const WHILE_SUBSCRIBED: ReadonlySet<string> = new Set(['subscribe', 'unsubscribe', 'ping', 'quit']);

export class Session {
  readonly channels = new Set<string>();
  private transaction: (readonly string[])[] | undefined;
  private transactionFailed = false;
  /** QUIT: the connection ends after this answer. */
  over = false;

  constructor(
    private readonly shop: Shop,
    /** Sends something that is no answer, or more than one of them. */
    readonly send: (reply: Reply) => void,
  ) {}

  answer(words: readonly string[]): Answer {
    const name = words[0]!.toLowerCase();
    const args = words.slice(1);
    if (this.channels.size > 0 && !WHILE_SUBSCRIBED.has(name))
      return error(
        `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
      );
    const fault = arityFault(name, words.length) ?? (OWN.has(name) || commands.has(name) ? undefined : unknown(words));
    if (fault !== undefined) {
      this.transactionFailed ||= this.transaction !== undefined;
      return fault;
    }
    if (this.transaction !== undefined && !['exec', 'discard', 'multi', 'quit'].includes(name)) {
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
      case 'select':
        return args[0] === '0'
          ? OK
          : error(
              /^-?\d+$/.test(args[0]!) ? 'ERR DB index is out of range' : 'ERR value is not an integer or out of range',
            );
      case 'multi':
        return this.multi();
      case 'exec':
        return this.exec();
      case 'discard':
        return this.discard();
      case 'publish':
        return this.shop.publish(args[0]!, args[1]!);
      case 'subscribe':
        return this.subscribe(args);
      case 'unsubscribe':
        return this.unsubscribe(args);
      default:
        return this.blockingPop(name === 'blpop', args, mayWait);
    }
  }

  private overKeys(name: string, command: Command, args: readonly string[]): Reply {
    const reply = command.run(this.shop.database, args, this.shop.nowMs());
    // Whoever waits is served when the command is over, not before its answer is made.
    if (name === 'lpush' || name === 'rpush') this.shop.serveWaiting(args[0]!);
    return reply;
  }

  private ping(args: readonly string[]): Reply {
    if (args.length > 1) return error("ERR wrong number of arguments for 'ping' command");
    if (this.channels.size > 0) return ['pong', args[0] ?? ''];
    return args[0] ?? { status: 'PONG' };
  }

  private multi(): Reply {
    if (this.transaction !== undefined) return error('ERR MULTI calls can not be nested');
    this.transaction = [];
    this.transactionFailed = false;
    return OK;
  }

  private discard(): Reply {
    if (this.transaction === undefined) return error('ERR DISCARD without MULTI');
    this.transaction = undefined;
    return OK;
  }

  /** All of it, with nobody in between; a command that fails does not stop the others. */
  private exec(): Reply {
    const { transaction, transactionFailed } = this;
    if (transaction === undefined) return error('ERR EXEC without MULTI');
    this.transaction = undefined;
    if (transactionFailed) return error('EXECABORT Transaction discarded because of previous errors.');
    return transaction.map((words) => this.carryOut(words[0]!.toLowerCase(), words.slice(1), false) as Reply);
  }

  private subscribe(names: readonly string[]): undefined {
    for (const name of names) {
      this.shop.subscribe(name, this);
      this.send(['subscribe', name, this.channels.size]);
    }
  }

  private unsubscribe(names: readonly string[]): undefined {
    const which = names.length > 0 ? names : [...this.channels];
    if (which.length === 0) this.send(['unsubscribe', null, 0]);
    for (const name of which) {
      this.shop.unsubscribe(name, this);
      this.send(['unsubscribe', name, this.channels.size]);
    }
  }

  private blockingPop(left: boolean, args: readonly string[], mayWait: boolean): Answer {
    const keys = args.slice(0, -1);
    const seconds = args.at(-1)!;
    if (!/^-?\d+(\.\d+)?$/.test(seconds)) return error('ERR timeout is not a float or out of range');
    if (seconds.startsWith('-')) return error('ERR timeout is negative');
    for (const key of keys) {
      const item = popOne(this.shop.database, key, left);
      if (typeof item === 'string') return [key, item];
      if (item !== null) return item;
    }
    if (!mayWait) return NULL_ARRAY;
    return { wait: { keys, left }, timeoutMs: Math.ceil(Number(seconds) * 1000) };
  }
}

/** Commands about the connection, with their arities. */
const OWN: ReadonlyMap<string, number> = new Map([
  ['ping', -1],
  ['quit', -1],
  ['select', 2],
  ['multi', 1],
  ['exec', 1],
  ['discard', 1],
  ['publish', 3],
  ['subscribe', -2],
  ['unsubscribe', -1],
  ['blpop', -3],
  ['brpop', -3],
]);

function arityFault(name: string, count: number): Reply | undefined {
  const arity = commands.get(name)?.arity ?? OWN.get(name);
  if (arity === undefined || (arity >= 0 ? count === arity : count >= -arity)) return undefined;
  return error(`ERR wrong number of arguments for '${name}' command`);
}

const SHOWN_MAX = 128;

function unknown([name, ...args]: readonly string[]): Reply {
  let shown = '';
  for (const arg of args) {
    if (shown.length >= SHOWN_MAX) break;
    shown += `'${arg.slice(0, SHOWN_MAX - shown.length)}' `;
  }
  return error(`ERR unknown command '${name!.slice(0, SHOWN_MAX)}', with args beginning with: ${shown}`);
}

/** For the coverage page. */
export const commandCoverage: readonly CoverageSection[] = [
  {
    program: 'redis-server',
    title: 'Commands',
    entries: [...commands.keys(), ...OWN.keys()].sort().map((name) => `${name.toUpperCase()}: ${arityText(name)}`),
  },
];

function arityText(name: string): string {
  const arity = commands.get(name)?.arity ?? OWN.get(name)!;
  const words = Math.abs(arity) - 1;
  return arity > 0 ? `${words} arguments` : `${words} arguments or more`;
}
