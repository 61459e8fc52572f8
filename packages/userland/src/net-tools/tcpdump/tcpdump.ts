/**
 * tcpdump: what passes a card, in the text of tcpdump 4.99, or as a pcap file; the same text from such a file. Reads a packet socket, filters
 * by `filter.ts`, prints by `print-frame.ts`. Leaves out: protocols other than ARP, IPv4, ICMP, UDP, TCP, DNS, DHCP and HTTP's first line, file
 * rotation, and `-i any` together with -e or -w (there is no link header to show).
 */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { errorText } from '../../lib/failure.ts';
import { withHelp } from '../../lib/help.ts';
import { UsageError, unsupported } from '../../lib/options.ts';
import { resolveHost } from '../../lib/resolver.ts';
import { readServices, type Services } from '../../lib/services.ts';
import { print, printError, readAll, readFile } from '../../lib/stdio.ts';
import { Capture, chooseLink, openCapture } from './capture.ts';
import { compileFilter } from './filter.ts';
import type { FrameTest } from './filter-primitives.ts';
import { FilterError } from './filter-words.ts';
import { LINKTYPE_ETHERNET, readPcap } from './pcap.ts';
import { DumpError, options, readSettings, type Settings } from './settings.ts';
import { openOutput, Sink } from './sink.ts';

async function compile(sys: Sys, settings: Settings, services: Services): Promise<FrameTest> {
  try {
    return await compileFilter(settings.expression, {
      host: async (name) => {
        const found = await resolveHost(sys, name);
        return found.kind === 'found' ? found.addresses : undefined;
      },
      port: (name) => services.port(name, 'tcp') ?? services.port(name, 'udp'),
    });
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new DumpError(
      error.message === 'syntax error' ? "can't parse filter expression: syntax error" : error.message,
    );
  }
}

async function replay(sys: Sys, settings: Settings, path: string): Promise<number> {
  let bytes: Uint8Array;
  try {
    bytes = path === '-' ? await readAll(sys, 0) : await readFile(sys, path);
  } catch (error) {
    throw new DumpError(`${path}: ${errorText(error)}`);
  }
  const file = readPcap(bytes);
  if (typeof file === 'string') throw new DumpError(file);
  if (file.linkType !== LINKTYPE_ETHERNET)
    throw new DumpError(unsupported('tcpdump', `link-type ${file.linkType}`).replace(/^tcpdump: /, ''));
  await printError(
    sys,
    `reading from file ${path}, link-type EN10MB (Ethernet), snapshot length ${file.snapshotLength}\n`,
  );
  const services = await readServices(sys);
  const test = await compile(sys, settings, services);
  const sink = new Sink(sys, settings, services, await openOutput(sys, settings));
  let shown = 0;
  for (const packet of file.packets) {
    if (!test(packet)) continue;
    await sink.take(packet, '');
    if (++shown >= settings.count) return 0;
  }
  if (file.problem === undefined) return 0;
  await printError(sys, `tcpdump: ${file.problem}\n`);
  return 1;
}

async function capture(sys: Sys, settings: Settings): Promise<number> {
  const { given } = settings;
  if (given.value('-i') === 'any' && (given.has('-e') || given.has('-w')))
    throw new UsageError(unsupported('tcpdump', '-i any with -e or -w'));
  const link = await chooseLink(sys, settings);
  const services = await readServices(sys);
  const test = await compile(sys, settings, services);
  const fd = await openCapture(sys, settings, link);
  const sink = new Sink(sys, settings, services, await openOutput(sys, settings));
  const type = link ? 'EN10MB (Ethernet)' : 'LINUX_SLL2 (Linux cooked v2)';
  const listening = `listening on ${link?.name ?? 'any'}, link-type ${type}, snapshot length ${settings.snapshot} bytes\n`;
  const quiet = !given.has('-v') && !given.has('-w');
  const hint = 'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n';
  await printError(sys, quiet ? hint + listening : `tcpdump: ${listening}`);
  return new Capture(sys, settings, link, test, sink).run(fd);
}

async function listInterfaces(sys: Sys): Promise<number> {
  const links = await sys.netlink({ get: 'links' });
  const lines = links.map((link, i) => {
    const flags = [
      link.up ? 'Up' : '',
      link.up && link.carrier ? 'Running' : '',
      link.type === 'loopback' ? 'Loopback' : link.carrier ? 'Connected' : 'Disconnected',
    ];
    return `${i + 1}.${link.name} [${flags.filter((flag) => flag !== '').join(', ')}]\n`;
  });
  lines.push(`${links.length + 1}.any (Pseudo-device that captures on all interfaces) [Up, Running]\n`);
  await print(sys, lines.join(''));
  return 0;
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    const settings = readSettings(argv.slice(1));
    if (settings.given.has('-D')) return await listInterfaces(sys);
    const file = settings.given.value('-r');
    return await (file === undefined ? capture(sys, settings) : replay(sys, settings, file));
  } catch (error) {
    if (error instanceof UsageError) await printError(sys, `${error.message}\n`);
    else if (error instanceof DumpError) await printError(sys, `tcpdump: ${error.message}\n`);
    else throw error;
    return 1;
  }
});
