/**
 * telnet: opens a TCP connection and copies both ways, as people use it to see whether a port answers. Leaves out TELNET's own commands and
 * negotiation (RFC 854), which a later stage brings.
 */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { errorText } from '../lib/failure.ts';
import { withHelp } from '../lib/help.ts';
import { type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { resolveHost } from '../lib/resolver.ts';
import { readServices } from '../lib/services.ts';
import { print, printError } from '../lib/stdio.ts';
import { Relay } from './nc/relay.ts';

export const options: ProgramOptions = {
  name: 'telnet',
  usage: 'telnet host [port]',
  options: [{ names: ['-4'], help: 'IPv4, which is always so here' }],
};

const RELAY = {
  listening: true,
  udp: false,
  shutdownAtEof: false,
  quitAfterNs: undefined,
  idleNs: undefined,
  noInput: false,
  crlf: true,
};

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    const [host, portText = 'telnet', ...more] = parseOptions(options, argv.slice(1)).operands;
    if (host === undefined || more.length > 0) throw new UsageError(`usage: ${options.usage}`);
    const port = /^\d{1,5}$/.test(portText) ? Number(portText) : (await readServices(sys)).port(portText, 'tcp');
    if (port === undefined || port > 65535)
      throw new UsageError(`telnet: could not resolve ${host}/${portText}: Servname not supported for ai_socktype`);
    const found = await resolveHost(sys, host);
    if (found.kind === 'error') throw new UsageError(`telnet: could not resolve ${host}/${portText}: ${found.text}`);
    for (const address of found.addresses) {
      await print(sys, `Trying ${address}...\n`);
      const fd = await sys.socket('inet', 'stream', 'tcp');
      try {
        await sys.connect(fd, { family: 'inet', address, port });
      } catch (error) {
        await printError(sys, `telnet: Unable to connect to remote host: ${errorText(error)}\n`);
        await sys.close(fd);
        continue;
      }
      await print(sys, `Connected to ${found.canonicalName}.\nEscape character is '^]'.\n`);
      await new Relay(sys, fd, RELAY).run();
      await printError(sys, 'Connection closed by foreign host.\n');
      return 1;
    }
    return 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await printError(sys, `${error.message}\n`);
    return 1;
  }
});
