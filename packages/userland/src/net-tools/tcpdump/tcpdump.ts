/**
 * tcpdump: what passes a card, in the text of tcpdump 4.99, or as a pcap file; the same text from such a file. Reads a packet socket, filters
 * by `filter.ts`, prints by `print-frame.ts`. Leaves out: protocols other than ARP, IPv4, ICMP, UDP, TCP, DNS, DHCP and HTTP's first line, file
 * rotation, and `-i any` together with -e or -w (there is no link header to show).
 */
import type { LinkInfo } from '@netarium/core/syscall/netlink.ts';
import { POLL, type Program, type Received, type Sys } from '@netarium/core/syscall/sys.ts';
import { pad2 } from '../../lib/calendar.ts';
import { errnoOf, errorText } from '../../lib/failure.ts';
import { withHelp } from '../../lib/help.ts';
import { parseCount } from '../../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError, unsupported } from '../../lib/options.ts';
import { resolveAddress, resolveHost } from '../../lib/resolver.ts';
import { readServices, type Services } from '../../lib/services.ts';
import { print, printError, readAll, readFile, writeAll } from '../../lib/stdio.ts';
import { formatTime } from '../../lib/strftime.ts';
import { ABSOLUTE, type PrintContext } from './context.ts';
import { compileFilter } from './filter.ts';
import type { FrameTest } from './filter-primitives.ts';
import { FilterError } from './filter-words.ts';
import { asciiDump, hexDump } from './hexdump.ts';
import { ETHERNET_BYTES, locateNetwork } from './locate.ts';
import { type CapturedPacket, LINKTYPE_ETHERNET, pcapHeader, pcapRecord, readPcap, type Timestamp } from './pcap.ts';
import { frameText } from './print-frame.ts';
import { SequenceTracker } from './sequence.ts';

export const options: ProgramOptions = {
  name: 'tcpdump',
  usage:
    'tcpdump [-AeDlnpqStUvxX#] [-c count] [-i interface] [-Q in|out|inout] [-r file] [-s snaplen] [-w file] [expression]',
  options: [
    { names: ['-A'], help: 'print packets as text' },
    { names: ['-c'], value: 'COUNT', help: 'end after so many packets' },
    { names: ['-D', '--list-interfaces'], help: 'list the interfaces' },
    { names: ['-e'], help: 'print the link header' },
    { names: ['-i', '--interface'], value: 'INTERFACE', help: 'listen there; `any` for all' },
    { names: ['-l'], help: 'write line by line, which is always so here' },
    { names: ['-n'], help: 'no names for addresses and ports' },
    { names: ['-p', '--no-promiscuous-mode'], help: 'no promiscuous mode' },
    { names: ['-Q', '--direction'], value: 'in|out|inout', help: 'one direction only' },
    { names: ['-q'], help: 'less protocol detail' },
    { names: ['-r'], value: 'FILE', help: 'read packets from a pcap file' },
    { names: ['-S', '--absolute-tcp-sequence-numbers'], help: 'absolute sequence numbers' },
    { names: ['-s', '--snapshot-length'], value: 'BYTES', help: 'take so many bytes of each packet' },
    { names: ['-t'], help: 'no time; -tt seconds, -ttt since the packet before, -tttt date, -ttttt since the first' },
    { names: ['-U', '--packet-buffered'], help: 'write packet by packet, which is always so here' },
    { names: ['-v'], help: 'more detail; -vv and -vvv still more' },
    { names: ['-w'], value: 'FILE', help: 'write a pcap file' },
    { names: ['-x'], help: 'dump packets in hexadecimal; -xx with the link header' },
    { names: ['-X'], help: 'dump in hexadecimal and text; -XX with the link header' },
    { names: ['-#', '--number'], help: 'number the lines' },
  ],
};

class DumpError extends Error {
  override readonly name = 'DumpError';
}

const DEFAULT_SNAPSHOT = 262_144;
const SECOND_NS = 1_000_000_000;

interface Settings {
  readonly given: ParsedOptions;
  readonly count: number;
  readonly snapshot: number;
  readonly expression: string;
  readonly direction: 'in' | 'out' | 'inout';
}

function readSettings(argv: readonly string[]): Settings {
  const given = parseOptions(options, argv);
  const countText = given.value('-c');
  const count = countText === undefined ? Number.MAX_SAFE_INTEGER : parseCount(countText, 1, Number.MAX_SAFE_INTEGER);
  if (count === undefined) throw new DumpError(`invalid packet count ${countText}`);
  const snapshotText = given.value('-s') ?? '0';
  const snapshot = parseCount(snapshotText, 0, DEFAULT_SNAPSHOT);
  if (snapshot === undefined)
    throw new DumpError(`invalid snaplen ${snapshotText} (must be >= 0 and <= ${DEFAULT_SNAPSHOT})`);
  const direction = given.value('-Q') ?? 'inout';
  if (direction !== 'in' && direction !== 'out' && direction !== 'inout')
    throw new DumpError(`unknown capture direction \`${direction}'`);
  return {
    given,
    count,
    snapshot: snapshot === 0 ? DEFAULT_SNAPSHOT : snapshot,
    expression: given.operands.join(' '),
    direction,
  };
}

/** Prints packets, and writes them where that was asked for. */
class Sink {
  private readonly tracker = new SequenceTracker();
  private readonly names = new Map<string, string>();
  private number = 0;
  private first: Timestamp | undefined;
  private before: Timestamp | undefined;

  constructor(
    private readonly sys: Sys,
    private readonly settings: Settings,
    private readonly services: Services,
    /** Descriptor of the pcap file, or -1 to print. */
    private readonly file: number,
  ) {}

  async take(packet: CapturedPacket, prefix: string): Promise<void> {
    if (this.file >= 0) await writeAll(this.sys, this.file, pcapRecord(packet));
    else await this.show(packet, prefix);
  }

  private async show(packet: CapturedPacket, prefix: string): Promise<void> {
    const { given } = this.settings;
    const base = given.has('-S') ? ABSOLUTE : this.tracker.base(packet.bytes);
    const unknown = new Set<string>();
    const context: PrintContext = {
      verbose: given.count('-v'),
      quiet: given.has('-q'),
      numeric: given.has('-n'),
      linkHeader: given.has('-e'),
      base,
      host: (address) => {
        if (given.has('-n')) return address;
        const name = this.names.get(address);
        if (name === undefined) unknown.add(address);
        return name ?? address;
      },
      port: (port, protocol) => (given.has('-n') ? String(port) : (this.services.name(port, protocol) ?? String(port))),
    };
    let text = frameText(context, packet.bytes, packet.wireLength);
    if (unknown.size > 0) {
      // The first printing only found out which names are needed.
      for (const address of unknown) this.names.set(address, (await resolveAddress(this.sys, address)) ?? address);
      text = frameText(context, packet.bytes, packet.wireLength);
    }
    const number = given.has('-#') ? `${String(++this.number).padStart(5)}  ` : '';
    await print(this.sys, `${number}${this.timeText(packet.time)}${prefix}${text}${this.dump(packet.bytes)}\n`);
  }

  private dump(bytes: Uint8Array): string {
    const { given } = this.settings;
    const start = locateNetwork(bytes) === undefined ? 0 : ETHERNET_BYTES;
    if (given.has('-A')) return asciiDump(bytes.subarray(start));
    if (given.count('-X') > 1) return hexDump(bytes, true);
    if (given.has('-X')) return hexDump(bytes.subarray(start), true);
    if (given.count('-x') > 1) return hexDump(bytes, false);
    return given.has('-x') ? hexDump(bytes.subarray(start), false) : '';
  }

  private timeText(time: Timestamp): string {
    const mode = this.settings.given.count('-t');
    const micros = String(Math.floor(time.nanoseconds / 1000)).padStart(6, '0');
    const clock = (seconds: number) =>
      `${pad2(Math.floor(seconds / 3600) % 24)}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}`;
    const since = (reference: Timestamp) => {
      const difference = (time.seconds - reference.seconds) * SECOND_NS + time.nanoseconds - reference.nanoseconds;
      const positive = Math.abs(difference);
      const fraction = String(Math.floor((positive % SECOND_NS) / 1000)).padStart(6, '0');
      return `${difference < 0 ? '-' : ' '}${clock(Math.floor(positive / SECOND_NS))}.${fraction} `;
    };
    const before = this.before ?? time;
    this.before = time;
    this.first ??= time;
    if (mode === 0) return `${clock(time.seconds)}.${micros} `;
    if (mode === 1) return '';
    if (mode === 2) return `${time.seconds}.${micros} `;
    if (mode === 3) return since(before);
    if (mode > 4) return since(this.first);
    return `${formatTime('%F %T', time.seconds)}.${micros} `;
  }
}

async function openOutput(sys: Sys, settings: Settings): Promise<number> {
  const file = settings.given.value('-w');
  if (file === undefined) return -1;
  let fd = 1;
  try {
    if (file !== '-') fd = await sys.open(file, { write: true, create: true, truncate: true });
  } catch (error) {
    throw new DumpError(`${file}: ${errorText(error)}`);
  }
  await writeAll(sys, fd, pcapHeader(settings.snapshot));
  return fd;
}

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

async function chooseLink(sys: Sys, settings: Settings): Promise<LinkInfo | undefined> {
  const links = await sys.netlink({ get: 'links' });
  const name = settings.given.value('-i');
  if (name === 'any') return undefined;
  const link =
    name === undefined
      ? (links.find(({ up, type }) => up && type === 'ether') ?? links[0])
      : links.find((candidate) => candidate.name === name);
  if (!link) throw new DumpError(`${name}: No such device exists\n(No such device exists)`);
  if (!link.up) throw new DumpError(`${link.name}: That device is not up`);
  return link;
}

async function openCapture(sys: Sys, settings: Settings, link: LinkInfo | undefined): Promise<number> {
  let fd: number;
  try {
    fd = await sys.socket('packet', 'raw', 0x0003);
  } catch (error) {
    const name = link?.name ?? 'any';
    throw new DumpError(
      `${name}: You don't have permission to perform this capture on that device\n(socket: ${errorText(error)})`,
    );
  }
  await sys.bind(fd, { family: 'packet', ifindex: link?.ifindex ?? 0, protocol: 0x0003 });
  if (link && link.type === 'ether' && !settings.given.has('-p'))
    await sys.setsockopt(fd, 'packet', 'PACKET_ADD_MEMBERSHIP', { ifindex: link.ifindex, type: 'promisc' });
  return fd;
}

/** The wall clock at the start of the monotonic one, in microseconds: finer than that a number cannot hold it. */
async function clockOffsetUs(sys: Sys): Promise<number> {
  const monotonic = await sys.clock_gettime('monotonic');
  const realtime = await sys.clock_gettime('realtime');
  return Math.round((realtime - monotonic) / 1000);
}

function timestamp(offsetUs: number, atNs: number): Timestamp {
  const offsetSeconds = Math.floor(offsetUs / 1_000_000);
  const rest = (offsetUs - offsetSeconds * 1_000_000) * 1000 + atNs;
  return { seconds: offsetSeconds + Math.floor(rest / SECOND_NS), nanoseconds: rest % SECOND_NS };
}

class Capture {
  private captured = 0;
  private seen = 0;
  private interrupted = false;

  constructor(
    private readonly sys: Sys,
    private readonly settings: Settings,
    private readonly link: LinkInfo | undefined,
    private readonly test: FrameTest,
    private readonly sink: Sink,
  ) {}

  async run(fd: number): Promise<number> {
    const { sys } = this;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      await sys.sigaction(signal, { handler: () => void (this.interrupted = true) });
    const links = await sys.netlink({ get: 'links' });
    const offsetUs = await clockOffsetUs(sys);
    while (!this.interrupted && this.captured < this.settings.count) {
      const received = await this.receive(fd);
      if (received) await this.onFrame(received, offsetUs, links);
    }
    await this.report(fd);
    return 0;
  }

  private async receive(fd: number): Promise<Received | undefined> {
    try {
      await this.sys.poll([{ fd, events: POLL.IN }], -1);
      return await this.sys.recvfrom(fd, this.settings.snapshot, { dontwait: true });
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'EINTR' || code === 'EAGAIN') return undefined;
      throw new DumpError(`pcap_loop: ${errorText(error)}`);
    }
  }

  private async onFrame(received: Received, offsetUs: number, links: readonly LinkInfo[]): Promise<void> {
    const from = received.from;
    if (from?.family !== 'packet') return;
    const outgoing = from.packetType === 'outgoing';
    if (this.settings.direction !== 'inout' && outgoing !== (this.settings.direction === 'out')) return;
    if (isLoopbackEcho(from.ifindex, outgoing, links)) return;
    const packet = { time: timestamp(offsetUs, received.atNs), bytes: received.data, wireLength: received.length };
    if (!this.test(packet)) return;
    this.seen++;
    this.captured++;
    await this.sink.take(packet, this.link ? '' : anyPrefix(from.ifindex, from.packetType, links));
  }

  private async report(fd: number): Promise<void> {
    const statistics = await this.sys.getsockopt(fd, 'packet', 'PACKET_STATISTICS');
    const drops = typeof statistics === 'object' && !(statistics instanceof Uint8Array) ? Number(statistics.drops) : 0;
    const plural = (count: number) => `${count} packet${count === 1 ? '' : 's'}`;
    const start = this.interrupted ? '\n' : '';
    await printError(
      this.sys,
      `${start}${plural(this.captured)} captured\n${plural(this.seen)} received by filter\n${plural(drops)} dropped by kernel\n`,
    );
  }
}

/** On the loopback card every packet passes twice; one is enough. */
function isLoopbackEcho(ifindex: number, outgoing: boolean, links: readonly LinkInfo[]): boolean {
  return outgoing && links.find((link) => link.ifindex === ifindex)?.type === 'loopback';
}

const DIRECTIONS: ReadonlyMap<string | undefined, string> = new Map([
  ['host', 'In'],
  ['broadcast', 'B'],
  ['multicast', 'M'],
  ['otherhost', 'P'],
  ['outgoing', 'Out'],
]);

function anyPrefix(ifindex: number, packetType: string | undefined, links: readonly LinkInfo[]): string {
  const name = links.find((link) => link.ifindex === ifindex)?.name ?? `if${ifindex}`;
  return `${name.padEnd(5)} ${(DIRECTIONS.get(packetType) ?? '?').padEnd(3)} `;
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
