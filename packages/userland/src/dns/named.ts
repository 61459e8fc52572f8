/**
 * named: an authoritative and recursive name server, configured by a part of BIND's named.conf (`named-conf.ts`). Without -f or -g it
 * goes to the background once it serves. `named zones/ --port 5353` is ours: it serves the zone files of a directory, stays in the foreground, and
 * listens on loopback unless --bind names an address. SIGHUP reads configuration and zones again, SIGTERM ends it.
 * Leaves out: zone transfers, dynamic update, DNSSEC, views, rndc.
 */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { type Daemon, daemonize, FOREGROUND } from '../lib/daemon.ts';
import { EventLoop } from '../lib/event-loop.ts';
import { errorText, unless } from '../lib/failure.ts';
import { withHelp } from '../lib/help.ts';
import { parseCount } from '../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { LOOPBACK, type Place, parseBind, sayReady } from '../lib/serving.ts';
import { printError, writeAll, writeFile } from '../lib/stdio.ts';
import { formatTime } from '../lib/strftime.ts';
import { NameServer, type ServerData } from './name-server.ts';
import type { NamedConfig } from './named-conf.ts';
import { loadData, readConfig, readZoneFolder, SetupError } from './named-setup.ts';

const NAMED_PATH = '/usr/sbin/named';

export const options: ProgramOptions = {
  name: 'named',
  usage: 'named [-4] [-c config | directory] [--bind address]... [-f | -g] [-L logfile] [-p port] [-v]',
  options: [
    { names: ['-4'], help: 'use IPv4 only, as this server always does' },
    { names: ['-c'], value: 'FILE', help: 'configuration; /etc/bind/named.conf by default' },
    { names: ['-f'], help: 'stay in the foreground' },
    { names: ['-g'], help: 'stay in the foreground and log to standard error' },
    { names: ['-L'], value: 'FILE', help: 'append the log to this file' },
    {
      names: ['-p', '--port'],
      value: 'PORT',
      help: 'listen on this port in place of that of the configuration; 0 is a free one, for a directory',
    },
    { names: ['--bind'], value: 'ADDRESS', help: 'serve on this address alone, or on these' },
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
    const date = formatTime('%d-%b-%Y %T', Math.floor(nowNs / 1_000_000_000));
    const ms = String(Math.floor(nowNs / 1_000_000) % 1000).padStart(3, '0');
    await writeAll(sys, fd, `${date}.${ms} ${text}\n`);
  };
}

/** What a command line says beside the configuration. */
interface Settings {
  /** A directory of zone files in place of a configuration. */
  readonly folder: string | undefined;
  readonly path: string;
  readonly port: number | undefined;
  readonly bind: readonly string[];
}

/** The addresses to serve on: those of the command line, or all that this host has now, as BIND scans its interfaces. */
async function servedAddresses(sys: Sys, config: NamedConfig, { folder, bind }: Settings): Promise<readonly string[]> {
  if (bind.length > 0) return bind;
  // Where servers that are told no address serve one alone, as on a machine of this world, interfaces are not asked for.
  const { BIND_ADDRESS: only } = await sys.getenv();
  if (folder !== undefined) return [only ?? LOOPBACK];
  if (only !== undefined) return config.listenOn ?? [only];
  const all = (await sys.netlink({ get: 'addresses' })).map((one) => one.address.split('/')[0]!);
  return config.listenOn ? config.listenOn.filter((address) => all.includes(address)) : all;
}

/** Opens the addresses that are not served yet; a reload finds those that came later. Answers the places that are new. */
async function listen(sys: Sys, server: NameServer, settings: Settings, log: Log): Promise<readonly Place[]> {
  const port = settings.port ?? server.config.port;
  const addresses = await servedAddresses(sys, server.config, settings);
  const opened: Place[] = [];
  let failure = 'not listening on any interfaces';
  for (const address of addresses) {
    if (server.sockets.serves(address)) continue;
    try {
      const place = { address, port: await server.sockets.listen(address, port) };
      opened.push(place);
      await log(`listening on IPv4 interface, ${address}#${place.port}`);
    } catch (error) {
      failure = `could not listen on ${address}#${port}: ${errorText(error)}`;
      await log(failure);
      // Whoever names an address wants that one.
      if (settings.bind.length > 0) throw new SetupError(failure);
    }
  }
  if (!addresses.some((address) => server.sockets.serves(address))) throw new SetupError(failure);
  return opened;
}

function readData(sys: Sys, { folder, path }: Settings, log: Log): Promise<ServerData> {
  const config = folder === undefined ? readConfig(sys, path) : readZoneFolder(sys, folder);
  return config.then((one) => loadData(sys, one, log));
}

function readSettings(parsed: ParsedOptions): Settings {
  const [folder] = parsed.operands;
  const text = parsed.value('-p');
  const port = text === undefined ? undefined : parseCount(text, folder === undefined ? 1 : 0, 65_535);
  if (text !== undefined && port === undefined) throw new UsageError(`named: port '${text}' out of range`);
  if (folder !== undefined && parsed.has('-c'))
    throw new UsageError('named: -c and a directory of zones exclude each other');
  const bind = parsed.values('--bind').map((address) => parseBind('named', address));
  return { folder: folder?.replace(/(.)\/+$/, '$1'), path: parsed.value('-c') ?? '/etc/bind/named.conf', port, bind };
}

async function serve(sys: Sys, parsed: ParsedOptions, settings: Settings, daemon: Daemon): Promise<number> {
  const logFile = parsed.value('-L');
  const file = logFile === undefined ? undefined : await sys.open(logFile, { write: true, create: true, append: true });
  const log = logTo(sys, file ?? (parsed.has('-g') ? 2 : undefined));
  await log(`starting ${VERSION}`);
  const data = await readData(sys, settings, log);
  const loop = await EventLoop.create(sys);
  const server = new NameServer(sys, loop, data, log);
  const places = await listen(sys, server, settings, log);
  let reload = false;
  await sys.sigaction('SIGHUP', { handler: () => void (reload = true) });
  await loop.stopOnSignals();
  if (settings.folder === undefined) await writePid(sys, log);
  else for (const place of places) await sayReady(sys, place);
  await log('running');
  await daemon.started(sys);
  await loop.run(async () => {
    if (!reload) return;
    reload = false;
    await reloadData(sys, server, settings, log);
    await listen(sys, server, settings, log);
  });
  if (settings.folder === undefined)
    await unless(sys.unlink(PID_FILE), 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS');
  await log('exiting');
  return 0;
}

const PID_FILE = '/run/named/named.pid';

/** Debian's place for it. Who may not write there serves all the same, as BIND does. */
async function writePid(sys: Sys, log: Log): Promise<void> {
  try {
    await unless(sys.mkdir('/run/named'), 'EEXIST');
    await writeFile(sys, PID_FILE, `${await sys.getpid()}\n`);
  } catch (error) {
    await log(`couldn't write ${PID_FILE}: ${errorText(error)}`);
  }
}

/** A reload that fails leaves the old data in force, as BIND does; the cache starts empty. */
async function reloadData(sys: Sys, server: NameServer, settings: Settings, log: Log): Promise<void> {
  try {
    server.use(await readData(sys, settings, log));
    await log('reloaded');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    await log(`reloading configuration failed: ${error.message}`);
  }
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    const parsed = parseOptions(options, argv.slice(1));
    if (parsed.operands.length > 1)
      throw new UsageError(`named: extra command line arguments\nusage: ${options.usage}`);
    if (parsed.has('-v')) {
      await writeAll(sys, 1, `${VERSION}\n`);
      return 0;
    }
    const settings = readSettings(parsed);
    const foreground = parsed.has('-f') || parsed.has('-g') || settings.folder !== undefined;
    const daemon = foreground ? FOREGROUND : await daemonize(sys, NAMED_PATH, argv);
    return typeof daemon === 'number' ? daemon : await serve(sys, parsed, settings, daemon);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof SetupError))
      await printError(sys, `named: ${errorText(error)}\n`);
    else await printError(sys, error instanceof UsageError ? `${error.message}\n` : `named: ${error.message}\n`);
    return 1;
  }
});
