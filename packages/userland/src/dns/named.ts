/**
 * named: an authoritative and recursive name server, configured by a part of BIND's named.conf (`named-conf.ts`). Without -f or -g it
 * goes to the background once it serves. SIGHUP reads configuration and zones again, SIGTERM ends it.
 * Leaves out: zone transfers, dynamic update, DNSSEC, views, rndc.
 */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { MONTH_NAMES, pad2, toCalendar } from '../lib/calendar.ts';
import { type Daemon, daemonize, FOREGROUND } from '../lib/daemon.ts';
import { EventLoop } from '../lib/event-loop.ts';
import { errorText, unless } from '../lib/failure.ts';
import { parseCount } from '../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { printError, writeAll, writeFile } from '../lib/stdio.ts';
import { NameServer } from './name-server.ts';
import type { NamedConfig } from './named-conf.ts';
import { loadData, readConfig, SetupError } from './named-setup.ts';

export const NAMED_PATH = '/usr/sbin/named';

export const options: ProgramOptions = {
  name: 'named',
  usage: 'named [-4] [-c config] [-f | -g] [-L logfile] [-p port] [-v]',
  options: [
    { names: ['-4'], help: 'use IPv4 only, as this server always does' },
    { names: ['-c'], value: 'FILE', help: 'configuration; /etc/bind/named.conf by default' },
    { names: ['-f'], help: 'stay in the foreground' },
    { names: ['-g'], help: 'stay in the foreground and log to standard error' },
    { names: ['-L'], value: 'FILE', help: 'append the log to this file' },
    { names: ['-p'], value: 'PORT', help: 'listen on this port in place of that of the configuration' },
    { names: ['-v'], help: 'print the version' },
  ],
};

const VERSION = 'named (Netarium), configured as BIND 9.18';

type Log = (text: string) => Promise<void>;

/** `21-Nov-2026 04:10:00.123 running`, as BIND logs to a file. */
function logTo(sys: Sys, fd: number | undefined): Log {
  return async (text) => {
    if (fd === undefined) return;
    const nowNs = await sys.clock_gettime('realtime');
    const { year, month, day, hour, minute, second } = toCalendar(Math.floor(nowNs / 1_000_000_000));
    const ms = String(Math.floor(nowNs / 1_000_000) % 1000).padStart(3, '0');
    const date = `${pad2(day)}-${MONTH_NAMES[month - 1]}-${year}`;
    await writeAll(sys, fd, `${date} ${pad2(hour)}:${pad2(minute)}:${pad2(second)}.${ms} ${text}\n`);
  };
}

/** The addresses to serve on: all that this host has now, as BIND scans its interfaces. */
async function servedAddresses(sys: Sys, config: NamedConfig): Promise<readonly string[]> {
  const all = (await sys.netlink({ get: 'addresses' })).map((one) => one.address.split('/')[0]!);
  return config.listenOn ? config.listenOn.filter((address) => all.includes(address)) : all;
}

/** Opens the addresses that are not served yet; a reload finds those that came later. */
async function listen(sys: Sys, server: NameServer, port: number, log: Log): Promise<void> {
  const addresses = await servedAddresses(sys, server.config);
  let failure = 'not listening on any interfaces';
  for (const address of addresses) {
    if (server.sockets.serves(address)) continue;
    try {
      await server.sockets.listen(address, port);
      await log(`listening on IPv4 interface, ${address}#${port}`);
    } catch (error) {
      failure = `could not listen on ${address}#${port}: ${errorText(error)}`;
      await log(failure);
    }
  }
  if (!addresses.some((address) => server.sockets.serves(address))) throw new SetupError(failure);
}

async function serve(sys: Sys, parsed: ParsedOptions, daemon: Daemon): Promise<number> {
  const path = parsed.value('-c') ?? '/etc/bind/named.conf';
  const port = parsed.has('-p') ? parseCount(parsed.value('-p')!, 1, 65_535) : 0;
  if (port === undefined) throw new UsageError(`named: port '${parsed.value('-p')}' out of range`);
  const logFile = parsed.value('-L');
  const file = logFile === undefined ? undefined : await sys.open(logFile, { write: true, create: true, append: true });
  const log = logTo(sys, file ?? (parsed.has('-g') ? 2 : undefined));
  await log(`starting ${VERSION}`);
  const data = await loadData(sys, await readConfig(sys, path), log);
  const loop = await EventLoop.create(sys);
  const server = new NameServer(sys, loop, data, log);
  await listen(sys, server, port || data.config.port, log);
  let reload = false;
  await sys.sigaction('SIGHUP', { handler: () => void (reload = true) });
  await writePid(sys);
  await log('running');
  await daemon.started(sys);
  await loop.run(async () => {
    if (!reload) return;
    reload = false;
    await reloadData(sys, server, path, log);
    await listen(sys, server, port || data.config.port, log);
  });
  return 0;
}

/** Debian's place for it. */
async function writePid(sys: Sys): Promise<void> {
  await unless(sys.mkdir('/run/named'), 'EEXIST');
  await writeFile(sys, '/run/named/named.pid', `${await sys.getpid()}\n`);
}

/** A reload that fails leaves the old data in force, as BIND does; the cache starts empty. */
async function reloadData(sys: Sys, server: NameServer, path: string, log: Log): Promise<void> {
  try {
    server.use(await loadData(sys, await readConfig(sys, path), log));
    await log('reloaded');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    await log(`reloading configuration failed: ${error.message}`);
  }
}

export const main: Program = async (sys, argv) => {
  try {
    const parsed = parseOptions(options, argv.slice(1));
    if (parsed.operands.length > 0)
      throw new UsageError(`named: extra command line arguments\nusage: ${options.usage}`);
    if (parsed.has('-v')) {
      await writeAll(sys, 1, `${VERSION}\n`);
      return 0;
    }
    const foreground = parsed.has('-f') || parsed.has('-g');
    const daemon = foreground ? FOREGROUND : await daemonize(sys, NAMED_PATH, argv);
    return typeof daemon === 'number' ? daemon : await serve(sys, parsed, daemon);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof SetupError))
      await printError(sys, `named: ${errorText(error)}\n`);
    else await printError(sys, error instanceof UsageError ? `${error.message}\n` : `named: ${error.message}\n`);
    return 1;
  }
};
