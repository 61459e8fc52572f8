/**
 * forward-proxy: an HTTP proxy for clients that name it: requests in absolute-form, and tunnels by CONNECT. Access by host, network and port, users by the Basic
 * scheme, a log. Bound to anything but loopback it starts only with users, for an open proxy is a gift to strangers. Leaves out: TLS of its own, caching.
 */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { EventLoop } from '../../lib/event-loop.ts';
import { errorText } from '../../lib/failure.ts';
import { NameLookup } from '../../lib/name-lookup.ts';
import { countOption, secondsOption } from '../../lib/option-values.ts';
import { type ParsedOptions, type ProgramOptions, UsageError } from '../../lib/options.ts';
import { isLoopback, listenOrSay, type Place, parsePlace, StartError, serverProgram } from '../../lib/serving.ts';
import { readText } from '../../lib/stdio.ts';
import { AccessLog } from '../server/access-log.ts';
import { ServerContext, type ServerLimits } from '../server/context.ts';
import { serveHttp } from '../server/serve.ts';
import { type Credential, parseCredential, parseCredentials } from './credentials.ts';
import { Forwarder } from './forwarder.ts';
import { OnwardDirector } from './onward.ts';
import { Policy, parseRule, type Rule } from './policy.ts';
import { UpstreamPool } from './pool.ts';

export const options: ProgramOptions = {
  name: 'forward-proxy',
  usage: 'forward-proxy --listen [ADDRESS:]PORT [--allow RULE]... [--deny RULE]... [options]',
  options: [
    { names: ['--listen'], value: '[ADDRESS:]PORT', help: 'where clients come; 127.0.0.1 without an address' },
    { names: ['--bind'], value: 'ADDRESS', help: 'the address, where --listen names a port only' },
    {
      names: ['--allow'],
      value: 'RULE',
      help: 'only what such a rule names: HOST, *.HOST, ADDRESS, NETWORK/BITS, with :PORT; CONNECT to another port than 443 wants one',
    },
    { names: ['--deny'], value: 'RULE', help: 'never what such a rule names' },
    { names: ['--auth'], value: 'USER:PASSWORD', help: 'only for this user' },
    { names: ['--auth-file'], value: 'FILE', help: 'only for the users in its lines, USER:PASSWORD' },
    { names: ['--timeout'], value: 'SECONDS', help: 'longest silence of a server; 60 by default' },
    { names: ['--client-timeout'], value: 'SECONDS', help: 'time for a request head, and for silence; 20 by default' },
    { names: ['--keep-alive'], value: 'SECONDS', help: 'keep an idle client so long; 15 by default' },
    { names: ['--max-connections'], value: 'COUNT', help: 'answer 503 to clients beyond; 16384 by default' },
    { names: ['--log'], value: 'FILE', help: 'append an access log, with server and time at the end of each line' },
  ],
};

interface Settings {
  readonly place: Place;
  readonly policy: Policy;
  readonly credentials: readonly Credential[] | undefined;
  readonly timeoutNs: number;
  readonly logFile: string | undefined;
  readonly limits: ServerLimits;
}

const NAME = 'forward-proxy';
const IDLE_CONNECTIONS = 8;

async function readSettings(parsed: ParsedOptions, sys: Sys): Promise<Settings> {
  const listen = parsed.value('--listen');
  if (listen === undefined || parsed.operands.length > 0) throw new UsageError(`usage: ${options.usage}`);
  const place = parsePlace(NAME, listen, parsed.value('--bind'));
  const settings: Settings = {
    place,
    policy: new Policy(rules(parsed, '--allow'), rules(parsed, '--deny')),
    credentials: await readCredentials(parsed, sys),
    timeoutNs: secondsOption(NAME, parsed, '--timeout', '60'),
    logFile: parsed.value('--log'),
    limits: {
      keepaliveNs: secondsOption(NAME, parsed, '--keep-alive', '15'),
      timeoutNs: secondsOption(NAME, parsed, '--client-timeout', '20'),
      maxBodyBytes: Number.MAX_SAFE_INTEGER,
      maxConnections: countOption(NAME, parsed, '--max-connections', 16_384),
    },
  };
  if (settings.credentials === undefined && !isLoopback(place.address))
    throw new StartError(`forward-proxy: ${place.address} is not loopback: an open proxy needs --auth or --auth-file`);
  return settings;
}

function rules(parsed: ParsedOptions, name: string): readonly Rule[] {
  return parsed.values(name).map((text) => {
    const rule = parseRule(text);
    if (typeof rule === 'string') throw new UsageError(`forward-proxy: ${name}: ${rule}`);
    return rule;
  });
}

async function readCredentials(parsed: ParsedOptions, sys: Sys): Promise<readonly Credential[] | undefined> {
  const found = parsed.values('--auth').map((text) => {
    const credential = parseCredential(text);
    // The text itself is not repeated: it may be a password.
    if (credential === undefined) throw new UsageError('forward-proxy: --auth: not USER:PASSWORD');
    return credential;
  });
  for (const path of parsed.values('--auth-file')) {
    let text: string;
    try {
      text = await readText(sys, path);
    } catch (error) {
      throw new StartError(`forward-proxy: ${path}: ${errorText(error)}`);
    }
    const users = parseCredentials(text, path);
    if (typeof users === 'string') throw new StartError(`forward-proxy: ${users}`);
    found.push(...users);
  }
  return found.length > 0 ? found : undefined;
}

export const main: Program = serverProgram(options, readSettings, async (sys, settings) => {
  const loop = await EventLoop.create(sys);
  const log = await AccessLog.openOrSay(sys, loop, NAME, settings.logFile);
  const context = new ServerContext(sys, loop, NAME, 'netarium-forward-proxy', settings.limits, log);
  const listening = await listenOrSay(sys, NAME, settings.place, true);
  const pool = new UpstreamPool(context, settings.timeoutNs, IDLE_CONNECTIONS);
  const names = new NameLookup(sys, loop);
  const director = new OnwardDirector(loop, names, settings.policy, settings.credentials, settings.timeoutNs);
  await serveHttp(sys, loop, context, listening, (session) => new Forwarder(pool, director, session));
  return 0;
});
