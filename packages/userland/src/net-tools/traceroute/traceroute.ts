/**
 * traceroute: the hops to a destination by packets whose TTL runs out, with UDP, ICMP or TCP probes, up to 16 under way at once, in the output
 * of traceroute 2.1. Leaves out: gateways, ICMP extensions, AS lookups, MTU discovery, other protocols.
 */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { POLL, type Program, type Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '../../lib/failure.ts';
import { withHelp } from '../../lib/help.ts';
import { formatFixed, parseCount, parseSecondsNs } from '../../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../../lib/options.ts';
import { resolveAddress, resolveHost } from '../../lib/resolver.ts';
import { print, printError } from '../../lib/stdio.ts';
import { IcmpMethod, type Method, type MethodSettings, TcpMethod, TraceError, UdpMethod } from './methods.ts';
import { newProbes, type Probe, type WaitTimes, waitNs } from './probes.ts';

export const options: ProgramOptions = {
  name: 'traceroute',
  usage:
    'traceroute [-4FITn] [-f first_ttl] [-i device] [-m max_ttl] [-N squeries] [-p port] [-q nqueries] [-s src_addr] [-t tos] [-w MAX,HERE,NEAR] host [packetlen]',
  options: [
    { names: ['-4'], help: 'IPv4, which is always so here' },
    { names: ['-F', '--dont-fragment'], help: 'do not fragment packets' },
    { names: ['-f', '--first'], value: 'TTL', help: 'start with this TTL' },
    { names: ['-I', '--icmp'], help: 'probe with ICMP echo requests' },
    { names: ['-i', '--interface'], value: 'DEVICE', help: 'send through this interface' },
    { names: ['-m', '--max-hops'], value: 'TTL', help: 'end with this TTL; 30 by default' },
    { names: ['-N', '--sim-queries'], value: 'NUMBER', help: 'probes under way at once; 16 by default' },
    { names: ['-n'], help: 'no host names' },
    { names: ['-p', '--port'], value: 'PORT', help: 'first UDP port, the TCP port, or the first ICMP sequence number' },
    { names: ['-q', '--queries'], value: 'NUMBER', help: 'probes per hop; 3 by default' },
    { names: ['-s', '--source'], value: 'ADDRESS', help: 'source address' },
    { names: ['-T', '--tcp'], help: 'probe with TCP SYN' },
    { names: ['-t', '--tos'], value: 'TOS', help: 'type of service byte' },
    { names: ['-w', '--wait'], value: 'MAX,HERE,NEAR', help: 'how long to wait for an answer; 5,3,10 by default' },
  ],
};

interface Settings {
  readonly host: string;
  readonly firstHop: number;
  readonly maxHops: number;
  readonly perHop: number;
  readonly simultaneous: number;
  readonly wait: WaitTimes;
  readonly numeric: boolean;
  readonly kind: 'udp' | 'icmp' | 'tcp';
  readonly method: Omit<MethodSettings, 'destination'>;
}

function count(given: ParsedOptions, name: string, fallback: number): number {
  const text = given.value(name);
  if (text === undefined) return fallback;
  const value = parseCount(text, 0, 1_000_000);
  if (value === undefined) throw new UsageError(`Cannot handle "${name}" option with arg \`${text}'`);
  return value;
}

function readWait(text: string | undefined): WaitTimes {
  const [max = '5', here = '3', near = '10', ...more] = (text ?? '').split(',').filter((word) => word !== '');
  const maxNs = parseSecondsNs(max);
  const factors = [here, near].map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : undefined));
  if (maxNs === undefined || factors.includes(undefined) || more.length > 0)
    throw new UsageError(`Cannot handle "-w" option with arg \`${text}'`);
  return { maxNs, here: factors[0]!, near: factors[1]! };
}

function readSettings(argv: readonly string[]): Settings {
  const given = parseOptions(options, argv);
  const [host, length, ...more] = given.operands;
  if (host === undefined) throw new UsageError(`Usage:\n  ${options.usage}`);
  if (more.length > 0) throw new UsageError(`Extra arg \`${more[0]}' (position 3, argc ${given.operands.length})`);
  const packetBytes = length === undefined ? 60 : parseCount(length, 0, 65000);
  if (packetBytes === undefined)
    throw new UsageError(`Cannot handle "packetlen" cmdline arg \`${length}' on position 2 (argc 2)`);
  const settings: Settings = {
    host,
    firstHop: count(given, '-f', 1),
    maxHops: count(given, '-m', 30),
    perHop: count(given, '-q', 3),
    simultaneous: count(given, '-N', 16),
    wait: readWait(given.value('-w')),
    numeric: given.has('-n'),
    kind: given.has('-T') ? 'tcp' : given.has('-I') ? 'icmp' : 'udp',
    method: {
      source: given.value('-s'),
      device: given.value('-i'),
      tos: given.has('-t') ? count(given, '-t', 0) : undefined,
      dontFragment: given.has('-F'),
      port: given.has('-p') ? count(given, '-p', 0) & 0xffff : undefined,
      packetBytes: Math.max(28, packetBytes),
    },
  };
  if (settings.maxHops > 255) throw new UsageError('max hops cannot be more than 255');
  if (settings.maxHops < 1 || settings.firstHop < 1 || settings.firstHop > settings.maxHops)
    throw new UsageError('first hop out of range');
  if (settings.perHop > 10) throw new UsageError('no more than 10 probes per hop');
  if (settings.perHop < 1 || settings.simultaneous < 1) throw new UsageError('no probes');
  return settings;
}

class Trace {
  private readonly probes: Probe[];
  private readonly names = new Map<string, string>();
  /** The first probe that is not printed yet, and the end of those that count. */
  private start: number;
  private end: number;

  constructor(
    private readonly sys: Sys,
    private readonly settings: Settings,
    private readonly method: Method,
  ) {
    this.probes = newProbes(settings.maxHops, settings.perHop);
    this.start = (settings.firstHop - 1) * settings.perHop;
    this.end = this.probes.length;
  }

  async run(): Promise<void> {
    while (this.start < this.end) {
      const untilNs = await this.sendAndPrint();
      if (this.start >= this.end) return;
      const now = await this.sys.clock_gettime('monotonic');
      await this.wait(Math.max(0, untilNs - now));
    }
  }

  /** Prints what is done in order, sends while fewer than `-N` are under way; answers when the first of them is given up. */
  private async sendAndPrint(): Promise<number> {
    let earliest = Number.MAX_SAFE_INTEGER;
    let underWay = 0;
    for (let i = this.start; i < this.end && underWay < this.settings.simultaneous; i++) {
      const probe = this.probes[i]!;
      if (probe.sentNs !== undefined && !probe.done) await this.giveUp(probe);
      if (probe.done) {
        if (i === this.start) await this.print(probe);
        continue;
      }
      if (probe.sentNs === undefined) await this.method.send(probe);
      earliest = Math.min(earliest, this.deadlineNs(probe));
      underWay++;
    }
    return earliest;
  }

  private deadlineNs(probe: Probe): number {
    return probe.sentNs! + waitNs(this.probes, probe, this.settings.perHop, this.settings.wait);
  }

  private async giveUp(probe: Probe): Promise<void> {
    if ((await this.sys.clock_gettime('monotonic')) < this.deadlineNs(probe)) return;
    probe.done = true;
    await this.method.forget(probe);
  }

  private async wait(timeoutNs: number): Promise<void> {
    try {
      const requests = this.method.fds.map((fd) => ({ fd, events: POLL.IN | POLL.ERR }));
      for (const { fd, revents } of await this.sys.poll(requests, timeoutNs)) await this.method.receive(fd, revents);
    } catch (error) {
      if (errnoOf(error) !== 'EINTR') throw error;
    }
  }

  private async print(probe: Probe): Promise<void> {
    const { perHop } = this.settings;
    const place = probe.index % perHop;
    let text = place === 0 ? `${String(probe.ttl).padStart(2)} ` : '';
    if (probe.from === undefined) text += ' *';
    else {
      const before = this.probes.slice(probe.index - place, probe.index).findLast((other) => other.from !== undefined);
      if (before?.from !== probe.from) text += ` ${await this.showAddress(probe.from)}`;
      text += `  ${formatFixed(probe.receivedNs! - probe.sentNs!, 1_000_000, 3)} ms`;
      if (probe.mark !== '') text += ` ${probe.mark}`;
    }
    if (place === perHop - 1) text += '\n';
    await print(this.sys, text);
    this.start = probe.index + 1;
    if (probe.final) this.end = (probe.ttl - 1) * perHop + perHop;
  }

  private async showAddress(address: string): Promise<string> {
    if (this.settings.numeric) return address;
    let name = this.names.get(address);
    if (name === undefined) {
      name = (await resolveAddress(this.sys, address)) ?? address;
      this.names.set(address, name);
    }
    return `${name} (${address})`;
  }
}

async function trace(sys: Sys, settings: Settings): Promise<number> {
  const found = await resolveHost(sys, settings.host);
  if (found.kind === 'error') {
    await printError(
      sys,
      `${settings.host}: ${found.text}\nCannot handle "host" cmdline arg \`${settings.host}' on position 1 (argc 1)\n`,
    );
    return 2;
  }
  const destination = found.addresses[0]!;
  const bytes = settings.kind === 'tcp' ? Math.max(60, settings.method.packetBytes) : settings.method.packetBytes;
  const shown = parseIpv4(settings.host) ? destination : found.canonicalName;
  const methodSettings = { ...settings.method, destination };
  const methods = { udp: UdpMethod, icmp: IcmpMethod, tcp: TcpMethod };
  const method: Method = new methods[settings.kind](sys, methodSettings);
  try {
    await method.open();
    await print(sys, `traceroute to ${shown} (${destination}), ${settings.maxHops} hops max, ${bytes} byte packets\n`);
    await new Trace(sys, settings, method).run();
    return 0;
  } finally {
    await method.close();
  }
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    return await trace(sys, readSettings(argv.slice(1)));
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof TraceError)) throw error;
    await printError(sys, `${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
});
