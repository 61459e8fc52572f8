/**
 * echo-server: sends back what clients send, in four ways: a thread for each connection, a child process for each, or one thread for all with select or
 * epoll. What is the same for all of them is here; the ways are in files of their own, to be compared.
 */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { countOption } from '../../lib/option-values.ts';
import { type ParsedOptions, type ProgramOptions, UsageError } from '../../lib/options.ts';
import { LOOPBACK, listenOrSay, type Place, parseBind, parsePort, sayReady, serverProgram } from '../../lib/serving.ts';
import { serveByChildren, serveByThreads, serveInChild, serveInThread } from './blocking.ts';
import { epollWatcher, selectWatcher, serveByReadiness } from './readiness.ts';
import { transformOf } from './transform.ts';

export const options: ProgramOptions = {
  name: 'echo-server',
  usage: 'echo-server --port PORT [--bind ADDRESS] [--model threads|fork|select|epoll] [--max-clients COUNT] [--upper]',
  options: [
    { names: ['--port'], value: 'PORT', help: 'listen on this port, or with 0 on a free one' },
    { names: ['--bind'], value: 'ADDRESS', help: 'on this address; 127.0.0.1 by default' },
    { names: ['--model'], value: 'MODEL', help: 'threads, fork, select or epoll, which is the default' },
    {
      names: ['--max-clients'],
      value: 'COUNT',
      help: 'with threads and fork: serve so many at a time, others wait; 64 by default',
    },
    { names: ['--upper'], help: 'send letters back in upper case' },
  ],
};

const MODELS = ['threads', 'fork', 'select', 'epoll'] as const;

interface Settings {
  readonly place: Place;
  readonly model: (typeof MODELS)[number];
  readonly upper: boolean;
  readonly maxClients: number;
}

function readSettings(parsed: ParsedOptions): Settings {
  const port = parsed.value('--port');
  if (port === undefined || parsed.operands.length > 0) throw new UsageError(`usage: ${options.usage}`);
  const text = parsed.value('--model') ?? 'epoll';
  const model = MODELS.find((one) => one === text);
  if (model === undefined) throw new UsageError(`echo-server: --model: '${text}' is none of ${MODELS.join(', ')}`);
  const address = parseBind('echo-server', parsed.value('--bind') ?? LOOPBACK);
  if (parsed.has('--max-clients') && (model === 'select' || model === 'epoll'))
    throw new UsageError(`echo-server: --max-clients is for threads and fork, not for ${model}`);
  return {
    place: { address, port: parsePort('echo-server', port) },
    model,
    upper: parsed.has('--upper'),
    maxClients: countOption('echo-server', parsed, '--max-clients', 64),
  };
}

const main: Program = serverProgram(options, readSettings, async (sys, { place, model, upper, maxClients }) => {
  const blocking = model === 'threads' || model === 'fork';
  const listening = await listenOrSay(sys, 'echo-server', place, !blocking);
  const { fd } = listening;
  let ended = false;
  const stop = { handler: () => void (ended = true) };
  await sys.sigaction('SIGTERM', stop);
  await sys.sigaction('SIGINT', stop);
  await sayReady(sys, listening);
  const stopped = () => ended;
  if (model === 'threads') await serveByThreads(sys, fd, { upper, maxClients, stopped });
  else if (model === 'fork') await serveByChildren(sys, fd, { upper, maxClients, stopped });
  else {
    const watcher = model === 'select' ? selectWatcher(sys) : await epollWatcher(sys);
    await serveByReadiness(sys, fd, watcher, transformOf(upper), stopped);
  }
  // Threads that still serve end with their process.
  return sys.exit(0);
});

export const echoServer = { main, thread: serveInThread, child: serveInChild };
