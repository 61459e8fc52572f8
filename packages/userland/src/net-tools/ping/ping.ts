/**
 * ping: ICMP echo requests and what comes back, with the words of iputils. A ping socket (icmp(7)) where the host grants one, a raw socket
 * else; ICMP errors come from the socket's error queue (IP_RECVERR). Leaves out: flood and adaptive modes, record route, timestamps.
 */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { POLL, type Program, type Received, type Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText, unless } from '../../lib/failure.ts';
import { withHelp } from '../../lib/help.ts';
import { UsageError } from '../../lib/options.ts';
import { resolveAddress, resolveHost } from '../../lib/resolver.ts';
import { print, printError } from '../../lib/stdio.ts';
import { type EchoHeader, echoRequest, ICMP, icmpErrorText, readEcho } from '../icmp-text.ts';
import { options, type PingSettings, PingUsageError, readSettings } from './options.ts';
import { formatTrip, PingStatistics } from './statistics.ts';

export { options };

const US_NS = 1000;
const MS_NS = 1_000_000;
/** Replies show a time when their data has room for a `struct timeval`. */
const TIMEVAL_BYTES = 16;
const MIN_USER_INTERVAL_NS = 2 * MS_NS;

class PingError extends Error {
  override readonly name = 'PingError';
}

interface Target {
  readonly address: string;
  /** As the header line and the statistics show it. */
  readonly name: string;
  readonly source: string;
  readonly device: string | undefined;
  readonly numeric: boolean;
}

class Ping {
  private readonly statistics = new PingStatistics();
  private readonly sentNs = new Map<number, number>();
  private readonly names = new Map<string, string>();
  private interrupted = false;
  private statusWanted = false;
  private startNs = 0;
  private lastSendNs = 0;

  constructor(
    private readonly sys: Sys,
    private readonly settings: PingSettings,
    private readonly target: Target,
    private readonly fd: number,
    private readonly raw: boolean,
    private readonly identifier: number,
  ) {}

  async run(): Promise<number> {
    const { sys, settings, target, statistics } = this;
    await sys.sigaction('SIGINT', { handler: () => void (this.interrupted = true) });
    await sys.sigaction('SIGQUIT', { handler: () => void (this.statusWanted = true), restart: true });
    const from = settings.source === undefined ? '' : `from ${target.source} ${target.device ?? ''}: `;
    const sizes = `${settings.size}(${settings.size + 28}) bytes of data.`;
    if (settings.pattern)
      await print(sys, `PATTERN: 0x${[...settings.pattern].map((b) => b.toString(16).padStart(2, '0')).join('')}\n`);
    await print(sys, `PING ${target.name} (${target.address}) ${from}${sizes}\n`);
    this.startNs = await this.now();
    await this.loop();
    const spentMs = Math.floor((this.lastSendNs - this.startNs) / MS_NS);
    await print(sys, statistics.summary(target.name, spentMs, false));
    const short = settings.deadlineNs !== undefined && statistics.received < (settings.count ?? 0);
    return statistics.received === 0 || short ? 1 : 0;
  }

  private now(): Promise<number> {
    return this.sys.clock_gettime('monotonic');
  }

  private get allSent(): boolean {
    const { count, deadlineNs } = this.settings;
    return count !== undefined && deadlineNs === undefined && this.statistics.transmitted >= count;
  }

  private get allAnswered(): boolean {
    const { count } = this.settings;
    return count !== undefined && this.statistics.received + this.statistics.errors >= count;
  }

  private async loop(): Promise<void> {
    const { settings } = this;
    const endNs = settings.deadlineNs === undefined ? Number.MAX_SAFE_INTEGER : this.startNs + settings.deadlineNs;
    let nextSendNs = this.startNs;
    while (!this.interrupted && !this.allAnswered) {
      const now = await this.now();
      if (now >= endNs) return;
      if (!this.allSent && now >= nextSendNs) {
        await this.sendOne();
        nextSendNs += settings.intervalNs;
        continue;
      }
      const untilNs = Math.min(endNs, this.allSent ? this.lastSendNs + this.lingerNs() : nextSendNs);
      if (this.allSent && now >= untilNs) return;
      await this.wait(untilNs - now);
    }
  }

  /** After the last packet: twice the longest trip, at least one interval; -W where nothing has come yet. */
  private lingerNs(): number {
    const { received, longestUs } = this.statistics;
    return received > 0 ? Math.max(2 * longestUs * US_NS, this.settings.intervalNs) : this.settings.lingerNs;
  }

  private async wait(timeoutNs: number): Promise<void> {
    try {
      const ready = await this.sys.poll([{ fd: this.fd, events: POLL.IN | POLL.ERR }], timeoutNs);
      const revents = ready[0]?.revents ?? 0;
      if (revents & POLL.ERR) await this.readErrors();
      if (revents & POLL.IN) await this.readReplies();
    } catch (error) {
      if (errnoOf(error) !== 'EINTR') throw error;
    }
    if (this.statusWanted) {
      this.statusWanted = false;
      await printError(this.sys, this.statistics.status());
    }
  }

  private async payload(nowNs: number): Promise<Uint8Array> {
    const { size, pattern } = this.settings;
    const data = new Uint8Array(size);
    for (let i = 0; i < size; i++) data[i] = pattern ? pattern[i % pattern.length]! : i & 255;
    if (size < TIMEVAL_BYTES) return data;
    // The time of sending travels in the data, seconds and microseconds in the host's byte order, as captures of real pings show it.
    const realtime = nowNs >= 0 ? await this.sys.clock_gettime('realtime') : 0;
    const view = new DataView(data.buffer);
    const seconds = Math.floor(realtime / 1_000_000_000);
    view.setUint32(0, seconds >>> 0, true);
    view.setUint32(4, Math.floor(seconds / 0x1_0000_0000), true);
    view.setUint32(8, Math.floor((realtime % 1_000_000_000) / US_NS), true);
    view.setUint32(12, 0, true);
    return data;
  }

  private async sendOne(): Promise<void> {
    const { sys, settings, statistics } = this;
    if (settings.outstanding && statistics.transmitted > 0) await this.reportOutstanding();
    const sequence = statistics.transmitted + 1;
    const now = await this.now();
    const packet = echoRequest(this.identifier, sequence & 0xffff, await this.payload(now));
    this.lastSendNs = now;
    this.sentNs.set(sequence & 0xffff, now);
    try {
      await sys.sendto(this.fd, packet, { family: 'inet', address: this.target.address, port: 0 });
      statistics.transmitted++;
    } catch (error) {
      // A hard local error: the packet counts as sent. The error queue often says more than the errno.
      errnoOf(error);
      statistics.transmitted++;
      const told = await this.readErrors();
      if (!told && !settings.quiet) await printError(sys, `ping: sendmsg: ${errorText(error)}\n`);
      if (!told) this.statistics.errors++;
    }
  }

  private async reportOutstanding(): Promise<void> {
    const last = this.statistics.transmitted & 0xffff;
    if (!this.sentNs.has(last) || this.settings.quiet) return;
    await this.stamp();
    await print(this.sys, `no answer yet for icmp_seq=${last}\n`);
  }

  private async stamp(): Promise<void> {
    if (!this.settings.timestamps) return;
    const realtime = await this.sys.clock_gettime('realtime');
    const micros = String(Math.floor((realtime % 1_000_000_000) / US_NS)).padStart(6, '0');
    await print(this.sys, `[${Math.floor(realtime / 1_000_000_000)}.${micros}] `);
  }

  /** Drains the error queue; answers how many entries were ours. */
  private async readErrors(): Promise<number> {
    let found = 0;
    for (;;) {
      const entry = await unless(this.sys.recvfrom(this.fd, 512, { errqueue: true, dontwait: true }), 'EAGAIN');
      if (entry?.error === undefined) return found;
      if (await this.onError(entry, entry.error)) found++;
    }
  }

  private async onError(entry: Received, error: NonNullable<Received['error']>): Promise<boolean> {
    const { settings, statistics } = this;
    // A local error has no ICMP message behind it: what was sent did not fit the path.
    if (error.errno === 'EMSGSIZE' && error.type === 0) {
      statistics.errors++;
      if (!settings.quiet) await printError(this.sys, `ping: local error: message too long, mtu=${error.info}\n`);
      return true;
    }
    const withHeader = (entry.data[0] ?? 0) >> 4 === 4;
    const echo = readEcho(entry.data, withHeader);
    if (echo === undefined || echo.type !== ICMP.ECHO || (this.raw && echo.identifier !== this.identifier))
      return false;
    statistics.errors++;
    statistics.acknowledge(this.fullSequence(echo.sequence));
    this.sentNs.delete(echo.sequence);
    if (settings.quiet) return true;
    await this.stamp();
    const text = icmpErrorText(error.type, error.code, error.info);
    await print(this.sys, `From ${await this.showAddress(error.offender)} icmp_seq=${echo.sequence} ${text}\n`);
    return true;
  }

  private async readReplies(): Promise<void> {
    for (;;) {
      let received: Received;
      try {
        received = await this.sys.recvfrom(this.fd, 65535, { dontwait: true });
      } catch (error) {
        if (errnoOf(error) === 'EAGAIN') return;
        // The socket's pending error: its entry in the error queue says what it was.
        await this.readErrors();
        return;
      }
      const echo = readEcho(received.data, this.raw);
      if (echo?.type === ICMP.ECHO_REPLY && (!this.raw || echo.identifier === this.identifier))
        await this.onReply(received, echo);
      if (this.allAnswered) return;
    }
  }

  private fullSequence(sequence: number): number {
    return this.statistics.transmitted - (((this.statistics.transmitted & 0xffff) - sequence + 0x10000) & 0xffff);
  }

  private async onReply(received: Received, echo: EchoHeader): Promise<void> {
    const { settings, statistics } = this;
    const sent = this.sentNs.get(echo.sequence);
    const timed = settings.size >= TIMEVAL_BYTES && sent !== undefined;
    const tripUs = timed ? Math.max(0, Math.floor((received.atNs - sent) / US_NS)) : undefined;
    const duplicate = statistics.reply(this.fullSequence(echo.sequence), tripUs);
    if (settings.quiet) return;
    const from = received.from?.family === 'inet' ? received.from.address : '?';
    const ttl = this.raw ? (received.data[8] ?? 0) : (received.ttl ?? 0);
    const ident = settings.verbose ? ` ident=${echo.identifier}` : '';
    const time = tripUs === undefined ? '' : ` time=${formatTrip(tripUs)}`;
    await this.stamp();
    const line = `${echo.length} bytes from ${await this.showAddress(from)}: icmp_seq=${echo.sequence}${ident} ttl=${ttl}${time}`;
    await print(this.sys, `${line}${duplicate ? ' (DUP!)' : ''}\n`);
  }

  /** `name (address)`; where nobody knows a name, the address stands for it. */
  private async showAddress(address: string): Promise<string> {
    if (this.target.numeric) return address;
    let name = this.names.get(address);
    if (name === undefined) {
      name = (await resolveAddress(this.sys, address)) ?? address;
      this.names.set(address, name);
    }
    return `${name} (${address})`;
  }
}

/** Finds the address, and by a UDP connect (which sends nothing) the source that the route gives. */
async function findTarget(sys: Sys, settings: PingSettings): Promise<Target> {
  const found = await resolveHost(sys, settings.destination);
  if (found.kind === 'error') throw new PingError(`${settings.destination}: ${found.text}`);
  const address = found.addresses[0]!;
  const device = settings.source !== undefined && !parseIpv4(settings.source) ? settings.source : undefined;
  const probe = await sys.socket('inet', 'dgram', 'udp');
  try {
    await bindSource(sys, probe, settings, device);
    if (settings.broadcast) await sys.setsockopt(probe, 'socket', 'SO_BROADCAST', 1);
    await sys.connect(probe, { family: 'inet', address, port: 1025 });
    const own = await sys.getsockname(probe);
    const source = own.family === 'inet' ? own.address : '0.0.0.0';
    const name = found.source === 'numeric' ? settings.destination : found.canonicalName;
    return { address, name, source, device, numeric: settings.numeric || found.source === 'numeric' };
  } catch (error) {
    if (error instanceof PingError) throw error;
    if (errnoOf(error) === 'EACCES')
      throw new PingError('Do you want to ping broadcast? Then -b. If not, check your local firewall rules');
    throw new PingError(`connect: ${errorText(error)}`);
  } finally {
    await sys.close(probe);
  }
}

async function bindSource(sys: Sys, fd: number, settings: PingSettings, device: string | undefined): Promise<void> {
  try {
    if (device !== undefined) {
      const links = await sys.netlink({ get: 'links' });
      if (!links.some((link) => link.name === device)) throw new PingError(`SO_BINDTODEVICE ${device}: No such device`);
      await sys.setsockopt(fd, 'socket', 'SO_BINDTODEVICE', device);
    } else if (settings.source !== undefined) await sys.bind(fd, { family: 'inet', address: settings.source, port: 0 });
  } catch (error) {
    if (error instanceof PingError) throw error;
    throw new PingError(
      device === undefined ? `bind: ${errorText(error)}` : `SO_BINDTODEVICE ${device}: ${errorText(error)}`,
    );
  }
}

async function openSocket(sys: Sys): Promise<{ readonly fd: number; readonly raw: boolean }> {
  const fd = await unless(sys.socket('inet', 'dgram', 'icmp'), 'EACCES', 'EPROTONOSUPPORT', 'ESOCKTNOSUPPORT');
  if (fd !== undefined) return { fd, raw: false };
  try {
    return { fd: await sys.socket('inet', 'raw', 'icmp'), raw: true };
  } catch (error) {
    throw new PingError(`socktype: SOCK_RAW\nping: socket: ${errorText(error)}`);
  }
}

async function configure(sys: Sys, fd: number, settings: PingSettings, device: string | undefined): Promise<void> {
  await sys.setsockopt(fd, 'ip', 'IP_RECVERR', 1);
  await sys.setsockopt(fd, 'ip', 'IP_RECVTTL', 1);
  if (settings.broadcast) await sys.setsockopt(fd, 'socket', 'SO_BROADCAST', 1);
  if (settings.tos !== undefined) await sys.setsockopt(fd, 'ip', 'IP_TOS', settings.tos);
  if (settings.discovery !== undefined) await sys.setsockopt(fd, 'ip', 'IP_MTU_DISCOVER', settings.discovery);
  if (settings.ttl !== undefined) {
    try {
      await sys.setsockopt(fd, 'ip', 'IP_TTL', settings.ttl);
    } catch (error) {
      throw new PingError(`can't set unicast time-to-live: ${errorText(error)}`);
    }
  }
  await bindSource(sys, fd, settings, device);
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    const settings = readSettings(argv.slice(1));
    if (settings.intervalNs < MIN_USER_INTERVAL_NS && (await sys.getuid()) !== 0)
      throw new PingError('cannot flood, minimal interval for user must be >= 2 ms, use -i 0.002 (or higher)');
    const { fd, raw } = await openSocket(sys);
    const target = await findTarget(sys, settings);
    await configure(sys, fd, settings, target.device);
    const identifier = (await sys.getpid()) & 0xffff;
    return await new Ping(sys, settings, target, fd, raw, identifier).run();
  } catch (error) {
    if (error instanceof UsageError) {
      await printError(sys, `${error.message}\n`);
      return error instanceof PingUsageError ? error.code : 2;
    }
    if (!(error instanceof PingError)) throw error;
    await printError(sys, `ping: ${error.message}\n`);
    return 2;
  }
});
