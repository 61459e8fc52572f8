/**
 * nc: connects or listens over TCP and UDP and copies both ways, as Debian's netcat-openbsd 1.219. Leaves out: Unix sockets, proxies, IPv6,
 * TLS, TELNET negotiation, TTL and buffer options.
 */
import { E } from '@netarium/core/base/errno.ts';
import type { Program, SockAddrIn, Sys } from '@netarium/core/syscall/sys.ts';
import { POLL } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText } from '../../lib/failure.ts';
import { withHelp } from '../../lib/help.ts';
import { parseCount } from '../../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../../lib/options.ts';
import { resolveAddress, resolveHost } from '../../lib/resolver.ts';
import { readServices, type Services } from '../../lib/services.ts';
import { printError } from '../../lib/stdio.ts';
import { Relay, type RelayOptions } from './relay.ts';

export const options: ProgramOptions = {
  name: 'nc',
  usage: 'nc [-4CdklNnuvz] [-p source_port] [-q seconds] [-s sourceaddr] [-w timeout] [destination] [port]',
  options: [
    { names: ['-4'], help: 'IPv4, which is always so here' },
    { names: ['-C'], help: 'send CRLF as line ending' },
    { names: ['-d'], help: 'do not read standard input' },
    { names: ['-k'], help: 'with -l: take the next connection when one has ended' },
    { names: ['-l'], help: 'listen' },
    { names: ['-N'], help: 'shut the connection down at the end of standard input' },
    { names: ['-n'], help: 'no name lookups' },
    { names: ['-p'], value: 'PORT', help: 'local port' },
    { names: ['-q'], value: 'SECONDS', help: 'end so long after the end of standard input' },
    { names: ['-s'], value: 'ADDRESS', help: 'local address' },
    { names: ['-u'], help: 'UDP' },
    { names: ['-v'], help: 'say what happens' },
    { names: ['-w'], value: 'SECONDS', help: 'give up a connect, or an idle connection, after so long' },
    { names: ['-z'], help: 'only see whether the port answers' },
  ],
};

class NcError extends Error {
  override readonly name = 'NcError';
}

const SECOND_NS = 1_000_000_000;
/** Debian's scan of a UDP port: so many bytes, a second apart, to give an ICMP error time to come back. */
const UDP_PROBES = 3;

interface Settings {
  readonly given: ParsedOptions;
  readonly udp: boolean;
  readonly verbose: boolean;
  readonly numeric: boolean;
  readonly idleNs: number | undefined;
  readonly relay: RelayOptions;
  readonly services: Services;
}

function portNumber(text: string, services: Services, protocol: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : services.port(text, protocol);
  if (port === undefined) throw new NcError(`port number invalid: ${text}`);
  if (port > 65535) throw new NcError(`port number too large: ${text}`);
  if (port < 1) throw new NcError(`port number too small: ${text}`);
  return port;
}

/** `80`, `http`, `20-30`. */
function portRange(text: string, services: Services, protocol: string): readonly number[] {
  const range = /^(\d+)-(\d+)$/.exec(text);
  if (!range) return [portNumber(text, services, protocol)];
  const [from, to] = [portNumber(range[1]!, services, protocol), portNumber(range[2]!, services, protocol)];
  const low = Math.min(from, to);
  return Array.from({ length: Math.max(from, to) - low + 1 }, (_, i) => low + i);
}

function seconds(given: ParsedOptions, name: string, min: number): number | undefined {
  const text = given.value(name);
  if (text === undefined) return undefined;
  const value = parseCount(text, min, 2_147_483);
  if (value === undefined)
    throw new NcError(name === '-w' ? `timeout invalid: ${text}` : `quit timer invalid: ${text}`);
  return value < 0 ? undefined : value * SECOND_NS;
}

async function readSettings(sys: Sys, argv: readonly string[]): Promise<Settings> {
  const given = parseOptions(options, argv);
  if (given.has('-k') && !given.has('-l')) throw new NcError('must use -l with -k');
  if (given.has('-z') && given.has('-l')) throw new NcError('cannot use -z and -l');
  const idleNs = seconds(given, '-w', 0);
  const udp = given.has('-u');
  return {
    given,
    udp,
    verbose: given.has('-v'),
    numeric: given.has('-n'),
    idleNs: idleNs === 0 ? undefined : idleNs,
    services: await readServices(sys),
    relay: {
      listening: given.has('-l'),
      udp,
      shutdownAtEof: given.has('-N'),
      quitAfterNs: seconds(given, '-q', -1),
      idleNs: idleNs === 0 ? undefined : idleNs,
      noInput: given.has('-d'),
      crlf: given.has('-C'),
    },
  };
}

async function addressesOf(sys: Sys, host: string, port: string, numeric: boolean): Promise<readonly string[]> {
  const found = await resolveHost(sys, host, numeric ? { numericOnly: true } : {});
  if (found.kind === 'error') throw new NcError(`getaddrinfo for host "${host}" port ${port}: ${found.text}`);
  return found.addresses;
}

async function openSocket(sys: Sys, udp: boolean): Promise<number> {
  const fd = udp ? await sys.socket('inet', 'dgram', 'udp') : await sys.socket('inet', 'stream', 'tcp');
  if (!udp) await sys.setsockopt(fd, 'socket', 'SO_REUSEADDR', 1);
  return fd;
}

async function bindLocal(sys: Sys, fd: number, address: string, port: number): Promise<void> {
  try {
    await sys.bind(fd, { family: 'inet', address, port });
  } catch (error) {
    throw new NcError(errorText(error));
  }
}

/** A connected socket, or why there is none: `failed: Connection refused`. */
async function tryConnect(sys: Sys, settings: Settings, to: SockAddrIn): Promise<number | string> {
  const { given } = settings;
  const fd = await openSocket(sys, settings.udp);
  const source = given.value('-s');
  if (source !== undefined || given.has('-p')) {
    const port = given.has('-p') ? portNumber(given.value('-p')!, settings.services, 'tcp') : 0;
    await bindLocal(sys, fd, source ?? '0.0.0.0', port);
  }
  await sys.setNonblock(fd, true);
  const failure = await connectWithin(sys, fd, to, settings.idleNs ?? -1);
  if (failure === undefined) return fd;
  await sys.close(fd);
  return failure;
}

async function connectWithin(sys: Sys, fd: number, to: SockAddrIn, timeoutNs: number): Promise<string | undefined> {
  try {
    await sys.connect(fd, to);
    return undefined;
  } catch (error) {
    if (errnoOf(error) !== 'EINPROGRESS') return `failed: ${errorText(error)}`;
  }
  const ready = await sys.poll([{ fd, events: POLL.OUT }], timeoutNs);
  // Debian's nc still holds the errno of connect() here.
  if (ready.length === 0) return `timed out: ${E.EINPROGRESS.text}`;
  try {
    await sys.connect(fd, to);
    return undefined;
  } catch (error) {
    return errnoOf(error) === 'EISCONN' ? undefined : `failed: ${errorText(error)}`;
  }
}

async function client(sys: Sys, settings: Settings, host: string, portText: string): Promise<number> {
  const { udp, given } = settings;
  const protocol = udp ? 'udp' : 'tcp';
  const ports = portRange(portText, settings.services, protocol);
  const addresses = await addressesOf(sys, host, portText, settings.numeric);
  let code = 1;
  for (const port of ports) {
    for (const address of addresses) {
      const fd = await tryConnect(sys, settings, { family: 'inet', address, port });
      if (typeof fd === 'string') {
        if (settings.verbose) {
          const shown = address === host ? host : `${host} (${address})`;
          await printError(sys, `nc: connect to ${shown} port ${port} (${protocol}) ${fd}\n`);
        }
        continue;
      }
      code = await useConnection(sys, settings, fd, host, address, port);
      await sys.close(fd);
      if (!given.has('-z')) return code;
      break;
    }
  }
  return code;
}

async function useConnection(
  sys: Sys,
  settings: Settings,
  fd: number,
  host: string,
  address: string,
  port: number,
): Promise<number> {
  const { udp, given } = settings;
  if (udp && (given.has('-z') || settings.verbose) && !(await probeUdp(sys, fd))) return 1;
  if (settings.verbose) {
    const protocol = udp ? 'udp' : 'tcp';
    const service = settings.numeric ? '*' : (settings.services.name(port, protocol) ?? '*');
    const shown = address === host ? host : `${host} (${address})`;
    await printError(sys, `Connection to ${shown} ${port} port [${protocol}/${service}] succeeded!\n`);
  }
  return given.has('-z') ? 0 : new Relay(sys, fd, settings.relay).run();
}

/** UDP has no handshake: a port counts as open while no ICMP error comes back. */
async function probeUdp(sys: Sys, fd: number): Promise<boolean> {
  for (let i = 0; i < UDP_PROBES; i++) {
    await sys.nanosleep(SECOND_NS);
    try {
      await sys.send(fd, Uint8Array.of(0x58), { nosignal: true });
    } catch (error) {
      errnoOf(error);
      return false;
    }
  }
  return true;
}

async function server(sys: Sys, settings: Settings, host: string | undefined, portText: string): Promise<number> {
  const { given, udp } = settings;
  const port = portNumber(portText, settings.services, udp ? 'udp' : 'tcp');
  const addresses = host === undefined ? ['0.0.0.0'] : await addressesOf(sys, host, portText, settings.numeric);
  const local = { address: addresses[0]!, port };
  let listener = await openListener(sys, settings, local);
  for (;;) {
    let code: number;
    if (udp) {
      code = await serveUdp(sys, settings, listener);
      await sys.close(listener);
      if (given.has('-k')) listener = await openListener(sys, settings, local);
    } else {
      const { fd, peer } = await sys.accept(listener);
      if (!given.has('-k')) await sys.close(listener);
      if (peer.family === 'inet') await received(sys, settings, peer);
      code = await new Relay(sys, fd, settings.relay).run();
      await sys.close(fd);
    }
    if (!given.has('-k')) return code;
  }
}

async function openListener(
  sys: Sys,
  settings: Settings,
  local: { readonly address: string; readonly port: number },
): Promise<number> {
  const fd = await openSocket(sys, settings.udp);
  await bindLocal(sys, fd, local.address, local.port);
  if (!settings.udp) {
    try {
      await sys.listen(fd, 1);
    } catch (error) {
      throw new NcError(`listen: ${errorText(error)}`);
    }
  }
  if (settings.verbose)
    await printError(sys, `${settings.udp ? 'Bound' : 'Listening'} on ${local.address} ${local.port}\n`);
  return fd;
}

/** The first datagram decides whom to talk to. */
async function serveUdp(sys: Sys, settings: Settings, fd: number): Promise<number> {
  const first = await sys.recvfrom(fd, 1, { peek: true });
  if (first.from?.family === 'inet') {
    await sys.connect(fd, first.from);
    await received(sys, settings, first.from);
  }
  return new Relay(sys, fd, settings.relay).run();
}

async function received(sys: Sys, settings: Settings, peer: SockAddrIn): Promise<void> {
  if (!settings.verbose) return;
  const name = settings.numeric ? undefined : await resolveAddress(sys, peer.address);
  await printError(sys, `Connection received on ${name ?? peer.address} ${peer.port}\n`);
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    const settings = await readSettings(sys, argv.slice(1));
    const { given } = settings;
    const [first, second, ...more] = given.operands;
    if (more.length > 0 || (first === undefined && !given.has('-l'))) throw new UsageError(`usage: ${options.usage}`);
    if (given.has('-l')) {
      // `nc -l 80`, `nc -l host 80`, and Debian's `nc -l -p 80`.
      const port = second ?? (given.has('-p') ? given.value('-p') : first);
      const host = second === undefined && !given.has('-p') ? undefined : first;
      if (port === undefined) throw new NcError('missing port number');
      return await server(sys, settings, host, port);
    }
    if (second === undefined) throw new NcError('missing port number');
    return await client(sys, settings, first!, second);
  } catch (error) {
    if (error instanceof UsageError) await printError(sys, `${error.message}\n`);
    else if (error instanceof NcError) await printError(sys, `nc: ${error.message}\n`);
    else throw error;
    return 1;
  }
});
