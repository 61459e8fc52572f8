/**
 * CONFIG GET and its kin: the settings of redis.conf that mean something here, as they are and cannot be changed. A name that is not in the table is no setting: GET
 * answers nothing for it, SET refuses it, as Redis does with names it does not know.
 */
import { Glob } from './glob.ts';
import { OK, type Reply, replyError } from './resp.ts';
import { DATABASES } from './shop.ts';

/** What may wait for one subscriber, in bytes: the hard limit that redis.conf has. */
export const OUTPUT_MAX = 33_554_432;

/** Nothing is saved, no key is thrown out, nobody is cut off for silence; the limits are those of `resp.ts` and `server.ts`. */
const SETTINGS: ReadonlyMap<string, string> = new Map([
  ['appendonly', 'no'],
  ['client-output-buffer-limit', `normal 0 0 0 slave 268435456 67108864 60 pubsub ${OUTPUT_MAX} 8388608 60`],
  ['databases', String(DATABASES)],
  ['maxmemory', '0'],
  ['maxmemory-policy', 'noeviction'],
  ['notify-keyspace-events', ''],
  ['proto-max-bulk-len', '536870912'],
  ['requirepass', ''],
  ['save', ''],
  ['timeout', '0'],
]);

/** For the coverage page. */
export const settingNames: readonly string[] = [...SETTINGS.keys()];

export function config([subcommand, ...args]: readonly string[]): Reply {
  const name = subcommand!.toLowerCase();
  const wrong = replyError(`ERR wrong number of arguments for 'config|${name}' command`);
  if (name === 'get') return args.length === 0 ? wrong : get(args);
  if (name === 'set') return args.length < 2 ? wrong : set(args);
  if (name === 'rewrite')
    return args.length > 0 ? wrong : replyError('ERR The server is running without a config file');
  // There are no statistics to begin anew.
  if (name === 'resetstat') return args.length > 0 ? wrong : OK;
  return replyError(`ERR unknown subcommand '${subcommand}'. Try CONFIG HELP.`);
}

function get(patterns: readonly string[]): Reply {
  const found = new Map<string, string>();
  for (const pattern of patterns) {
    const lower = pattern.toLowerCase();
    const exact = SETTINGS.get(lower);
    // A name is answered as it was asked for.
    if (exact !== undefined) found.set(pattern, exact);
    const glob = new Glob(lower);
    if (/[*?[]/.test(pattern)) for (const [name, value] of SETTINGS) if (glob.test(name)) found.set(name, value);
  }
  return { map: [...found] };
}

function set(args: readonly string[]): Reply {
  const unknown = args.find((name, at) => at % 2 === 0 && !SETTINGS.has(name.toLowerCase()));
  if (args.length % 2 !== 0) return replyError('ERR syntax error');
  if (unknown !== undefined)
    return replyError(`ERR Unknown option or number of arguments for CONFIG SET - '${unknown}'`);
  return replyError(`ERR CONFIG SET failed (possibly related to argument '${args[0]}') - can't set immutable config`);
}
