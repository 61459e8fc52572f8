/**
 * What a client asks when it connects: HELLO, AUTH, CLIENT, INFO, COMMAND. Answers are those of Redis 7.0 as Debian has it, in RESP2 or RESP3. CLIENT SETINFO is of 7.2; its
 * library's name and version are taken and forgotten.
 */
import { type KeyPlaces, SYNTAX } from './command.ts';
import { OK, type Protocol, type Reply, replyError } from './resp.ts';
import type { Shop } from './shop.ts';

/** Whose replies these are: clients choose by it what they may ask. */
export const REDIS_VERSION = '7.0.15';

/** What the commands here may know and change of a client. */
export interface Introduced {
  readonly id: number;
  name: string | null;
  protocol: Protocol;
}

const BAD_NAME = replyError('ERR Client names cannot contain spaces, newlines or special characters.');

function setName(client: Introduced, name: string): Reply {
  if (/[^!-~]/.test(name)) return BAD_NAME;
  client.name = name === '' ? null : name;
  return OK;
}

/** HELLO [2 | 3 [AUTH user password] [SETNAME name]]. Its answer is in the protocol that it asks for. */
export function hello(client: Introduced, [version, ...options]: readonly string[]): Reply {
  if (version !== undefined && !/^-?\d{1,18}$/.test(version))
    return replyError('ERR Protocol version is not an integer or out of range');
  if (version !== undefined && version !== '2' && version !== '3')
    return replyError('NOPROTO unsupported protocol version');
  let name: string | undefined;
  for (let i = 0; i < options.length; i++) {
    const option = options[i]!.toUpperCase();
    if (option === 'AUTH' && i + 2 < options.length) {
      const reply = authenticate(options.slice(i + 1, i + 3));
      if (reply !== OK) return reply;
      i += 2;
    } else if (option === 'SETNAME' && i + 1 < options.length) name = options[++i];
    else return replyError(`ERR Syntax error in HELLO option '${options[i]}'`);
  }
  const named = name === undefined ? OK : setName(client, name);
  if (named !== OK) return named;
  if (version !== undefined) client.protocol = version === '3' ? 3 : 2;
  return {
    map: [
      ['server', 'redis'],
      ['version', REDIS_VERSION],
      ['proto', client.protocol],
      ['id', client.id],
      ['mode', 'standalone'],
      ['role', 'master'],
      ['modules', []],
    ],
  };
}

/** There is one user, `default`, and it has no password. */
export function authenticate(words: readonly string[]): Reply {
  if (words.length === 1)
    return replyError(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    );
  if (words.length > 2) return SYNTAX;
  return words[0] === 'default' ? OK : replyError('WRONGPASS invalid username-password pair or user is disabled.');
}

export function client(who: Introduced, [subcommand, ...args]: readonly string[]): Reply {
  const name = subcommand!.toLowerCase();
  const expected = new Map([
    ['id', 0],
    ['getname', 0],
    ['setname', 1],
    ['setinfo', 2],
  ]).get(name);
  if (expected === undefined) return replyError(`ERR unknown subcommand '${subcommand}'. Try CLIENT HELP.`);
  if (args.length !== expected) return replyError(`ERR wrong number of arguments for 'client|${name}' command`);
  if (name === 'id') return who.id;
  if (name === 'getname') return who.name;
  if (name === 'setname') return setName(who, args[0]!);
  if (!/^lib-(name|ver)$/i.test(args[0]!)) return replyError(`ERR Unrecognized option '${args[0]}'`);
  return OK;
}

/** INFO [section...]: Server, Clients and Keyspace. */
export function info(shop: Shop, sections: readonly string[]): Reply {
  const asked = new Set(sections.map((section) => section.toLowerCase()));
  const all = asked.size === 0 || ['all', 'default', 'everything'].some((word) => asked.has(word));
  const keyspace = shop.databases.flatMap((database, index) => {
    const keys = database.keys();
    const expires = keys.filter((key) => database.leftMs(key) >= 0).length;
    return keys.length === 0 ? [] : [`db${index}:keys=${keys.length},expires=${expires},avg_ttl=0`];
  });
  const uptime = Math.floor((shop.nowMs() - shop.startedMs) / 1000);
  const known: [string, string[]][] = [
    [
      'Server',
      [
        `redis_version:${REDIS_VERSION}`,
        'server_name:netarium',
        'redis_mode:standalone',
        `uptime_in_seconds:${uptime}`,
      ],
    ],
    ['Clients', [`connected_clients:${shop.sessions.size}`, `blocked_clients:${shop.blockedClients}`]],
    ['Persistence', ['loading:0']],
    ['Replication', ['role:master', 'connected_slaves:0']],
    ['Keyspace', keyspace],
  ];
  const parts = known
    .filter(([title]) => all || asked.has(title.toLowerCase()))
    .map(([title, lines]) => `# ${title}\r\n${lines.map((line) => `${line}\r\n`).join('')}`);
  return { verbatim: parts.join('\r\n') };
}

/** What COMMAND tells of a command. */
export interface Described {
  readonly arity: number;
  readonly keys?: KeyPlaces;
}

/** Flags, categories, tips, specifications of keys and subcommands are left empty. */
function described(name: string, { arity, keys = [1, 1, 1] }: Described): Reply {
  return [name, arity, [], ...keys, [], [], [], []];
}

/** COMMAND [COUNT | LIST | INFO name... | DOCS]. */
export function command(known: ReadonlyMap<string, Described>, [subcommand, ...args]: readonly string[]): Reply {
  if (subcommand === undefined) return [...known].map(([name, about]) => described(name, about));
  switch (subcommand.toLowerCase()) {
    case 'count':
      return args.length > 0 ? replyError("ERR wrong number of arguments for 'command|count' command") : known.size;
    case 'list':
      return args.length > 0 ? SYNTAX : [...known.keys()];
    case 'info': {
      const names = args.length === 0 ? [...known.keys()] : args.map((name) => name.toLowerCase());
      return names.map((name) => {
        const about = known.get(name);
        return about === undefined ? null : described(name, about);
      });
    }
    case 'docs':
      // There are none, which is an answer too: clients show what they know themselves.
      return { map: [] };
    default:
      return replyError(`ERR unknown subcommand '${subcommand}'. Try COMMAND HELP.`);
  }
}
