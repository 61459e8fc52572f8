/**
 * proxy: an HTTP reverse proxy. Requests go to the backends in turn, over connections that are kept; a backend that fails is left out for a time, an idempotent
 * request is tried elsewhere, bodies flow through without being held, and the client learns what nginx would tell it: 502 where no backend could be used, 504
 * where one was silent too long. The client's Host goes through unchanged. Leaves out: TLS, upgrades, caching, weights, sticky sessions.
 */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { EventLoop } from '../../lib/event-loop.ts';
import { countOption, secondsOption } from '../../lib/option-values.ts';
import { type ParsedOptions, type ProgramOptions, UsageError } from '../../lib/options.ts';
import { resolveHost } from '../../lib/resolver.ts';
import { listenOrSay, type Place, parsePlace, parsePlaceName, StartError, serverProgram } from '../../lib/serving.ts';
import { printError } from '../../lib/stdio.ts';
import { AccessLog } from '../server/access-log.ts';
import { ServerContext, type ServerLimits } from '../server/context.ts';
import { serveHttp } from '../server/serve.ts';
import { Backend, Balancer, type BalancerOptions } from './balancer.ts';
import { Forwarder } from './forwarder.ts';
import { checkHealth, type HealthOptions } from './health.ts';
import { UpstreamPool } from './pool.ts';
import { BalancingDirector } from './reverse.ts';

export const options: ProgramOptions = {
  name: 'proxy',
  usage: 'proxy --listen [ADDRESS:]PORT --to HOST:PORT[,HOST:PORT]... [options]',
  options: [
    { names: ['--listen'], value: '[ADDRESS:]PORT', help: 'where clients come; 127.0.0.1 without an address' },
    { names: ['--bind'], value: 'ADDRESS', help: 'the address, where --listen names a port only' },
    { names: ['--to'], value: 'HOST:PORT,...', help: 'the backends' },
    {
      names: ['--balance'],
      value: 'WAY',
      help: 'roundrobin (the default), or leastconn: the one with the fewest requests',
    },
    { names: ['--max-fails'], value: 'COUNT', help: 'failures that put a backend aside; 1 by default' },
    { names: ['--fail-timeout'], value: 'SECONDS', help: 'for so long; 10 by default' },
    { names: ['--health-path'], value: 'PATH', help: 'ask backends for this page: 2xx and 3xx are healthy' },
    { names: ['--health-interval'], value: 'SECONDS', help: 'so often; 5 by default' },
    { names: ['--timeout'], value: 'SECONDS', help: 'longest silence of a backend; 60 by default' },
    { names: ['--client-timeout'], value: 'SECONDS', help: 'time for a request head, and for silence; 20 by default' },
    { names: ['--keep-alive'], value: 'SECONDS', help: 'keep an idle client so long; 15 by default' },
    { names: ['--idle-backends'], value: 'COUNT', help: 'connections kept to each backend; 64 by default' },
    { names: ['--max-connections'], value: 'COUNT', help: 'answer 503 to clients beyond; 16384 by default' },
    { names: ['--max-body'], value: 'BYTES', help: 'answer 413 to longer request bodies; no limit by default' },
    { names: ['--log'], value: 'FILE', help: 'append an access log, with backend and time at the end of each line' },
  ],
};

interface Settings {
  readonly place: Place;
  readonly backends: readonly Backend[];
  readonly balance: BalancerOptions;
  readonly health: HealthOptions | undefined;
  readonly timeoutNs: number;
  readonly idleBackends: number;
  readonly logFile: string | undefined;
  readonly limits: ServerLimits;
}

const NAME = 'proxy';

async function readSettings(parsed: ParsedOptions, sys: Sys): Promise<Settings> {
  const [listen, to] = [parsed.value('--listen'), parsed.value('--to')];
  if (listen === undefined || to === undefined || parsed.operands.length > 0)
    throw new UsageError(`usage: ${options.usage}`);
  const balance = parsed.value('--balance') ?? 'roundrobin';
  if (balance !== 'roundrobin' && balance !== 'leastconn')
    throw new UsageError(`proxy: --balance: '${balance}' is neither roundrobin nor leastconn`);
  const timeoutNs = secondsOption(NAME, parsed, '--timeout', '60');
  return {
    place: parsePlace(NAME, listen, parsed.value('--bind')),
    backends: await readBackends(sys, to),
    balance: {
      balance,
      maxFails: countOption(NAME, parsed, '--max-fails', 1),
      failNs: secondsOption(NAME, parsed, '--fail-timeout', '10'),
    },
    health: readHealth(parsed, timeoutNs),
    timeoutNs,
    idleBackends: countOption(NAME, parsed, '--idle-backends', 64),
    logFile: parsed.value('--log'),
    limits: {
      keepaliveNs: secondsOption(NAME, parsed, '--keep-alive', '15'),
      timeoutNs: secondsOption(NAME, parsed, '--client-timeout', '20'),
      maxBodyBytes: countOption(NAME, parsed, '--max-body', Number.MAX_SAFE_INTEGER),
      maxConnections: countOption(NAME, parsed, '--max-connections', 16_384),
    },
  };
}

function readHealth(parsed: ParsedOptions, timeoutNs: number): HealthOptions | undefined {
  const path = parsed.value('--health-path');
  const intervalNs = secondsOption(NAME, parsed, '--health-interval', '5');
  if (path === undefined) {
    if (parsed.has('--health-interval')) throw new UsageError('proxy: --health-interval needs --health-path');
    return undefined;
  }
  if (!/^\/[!-~]*$/.test(path)) throw new UsageError(`proxy: --health-path: '${path}' is not a path`);
  return { path, intervalNs, timeoutNs: Math.min(timeoutNs, intervalNs) };
}

/** Names are looked up once, at the start, as nginx does. */
async function readBackends(sys: Sys, list: string): Promise<readonly Backend[]> {
  const backends: Backend[] = [];
  for (const name of list.split(',')) {
    const place = parsePlaceName(name);
    if (place === undefined) throw new UsageError(`proxy: --to: '${name}' is not HOST:PORT`);
    const found = await resolveHost(sys, place.host);
    if (found.kind === 'error') throw new StartError(`proxy: --to: ${place.host}: ${found.text}`);
    backends.push(new Backend(name, { address: found.addresses[0]!, port: place.port }));
  }
  return backends;
}

export const main: Program = serverProgram(options, readSettings, async (sys, settings) => {
  const loop = await EventLoop.create(sys);
  const log = await AccessLog.openOrSay(sys, loop, NAME, settings.logFile);
  const context = new ServerContext(sys, loop, NAME, 'netarium-proxy', settings.limits, log);
  const listening = await listenOrSay(sys, NAME, settings.place, true);
  const say = async (backend: Backend, up: boolean, why: string) =>
    printError(sys, `proxy: backend ${backend.name} is ${up ? 'up' : 'down'}: ${why}\n`);
  if (settings.health !== undefined) await checkHealth(context, settings.backends, settings.health, say);
  const pool = new UpstreamPool(context, settings.timeoutNs, settings.idleBackends);
  const balancer = new Balancer(settings.backends, settings.balance);
  const director = new BalancingDirector(balancer, loop, (backend, why) => say(backend, false, why));
  await serveHttp(sys, loop, context, listening, (session) => new Forwarder(pool, director, session));
  return 0;
});
