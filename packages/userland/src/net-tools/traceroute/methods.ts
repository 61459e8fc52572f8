/** The three ways to probe: UDP to rising ports, ICMP echo, TCP SYN. Each sends with a given TTL and turns what comes back into answers. */
import { POLL, type Received, type Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText, unless } from '../../lib/failure.ts';
import { echoRequest, ICMP, internetChecksum, readEcho } from '../icmp-text.ts';
import { applyIcmpError, type Probe } from './probes.ts';

export class TraceError extends Error {
  override readonly name = 'TraceError';
}

export interface MethodSettings {
  readonly destination: string;
  readonly source: string | undefined;
  readonly device: string | undefined;
  readonly tos: number | undefined;
  readonly dontFragment: boolean;
  readonly port: number | undefined;
  /** Bytes of the whole packet. */
  readonly packetBytes: number;
}

export interface Method {
  /** The descriptors to wait for, and what to do when one is ready. */
  readonly fds: readonly number[];
  open(): Promise<void>;
  send(probe: Probe): Promise<void>;
  receive(fd: number, revents: number): Promise<void>;
  /** No answer is waited for any more. */
  forget(probe: Probe): Promise<void>;
  close(): Promise<void>;
}

const IP_HEADER_BYTES = 20;

async function configure(sys: Sys, fd: number, settings: MethodSettings): Promise<void> {
  await sys.setsockopt(fd, 'ip', 'IP_RECVERR', 1);
  if (settings.tos !== undefined) await sys.setsockopt(fd, 'ip', 'IP_TOS', settings.tos);
  await sys.setsockopt(fd, 'ip', 'IP_MTU_DISCOVER', settings.dontFragment ? 2 : 0);
  try {
    if (settings.device !== undefined) await sys.setsockopt(fd, 'socket', 'SO_BINDTODEVICE', settings.device);
    if (settings.source !== undefined) await sys.bind(fd, { family: 'inet', address: settings.source, port: 0 });
  } catch (error) {
    throw new TraceError(`bind: ${errorText(error)}`);
  }
}

/** Sends; an errno that is an old ICMP error is in the error queue already, and the packet goes out at the second try. */
async function sendProbe(sys: Sys, fd: number, bytes: Uint8Array, to: string, port: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await sys.sendto(fd, bytes, { family: 'inet', address: to, port });
      return;
    } catch (error) {
      const code = errnoOf(error);
      if (attempt > 0 || code === 'ENETUNREACH' || code === 'EMSGSIZE' || code === 'EACCES')
        throw new TraceError(`send: ${errorText(error)}`);
    }
  }
}

async function errorEntry(sys: Sys, fd: number): Promise<Received | undefined> {
  return unless(sys.recvfrom(fd, 256, { errqueue: true, dontwait: true }), 'EAGAIN');
}

function answer(probe: Probe, from: string, atNs: number): void {
  probe.done = true;
  probe.from = from;
  probe.receivedNs = Math.max(atNs, probe.sentNs!);
}

/** Takes an ICMP error out of the queue for the probe that it belongs to. */
function answerError(probe: Probe, entry: Received): void {
  const error = entry.error!;
  answer(probe, error.offender, entry.atNs);
  applyIcmpError(probe, error.type, error.code, error.info);
}

/** Probe n goes to port 33434 + n (RFC 1393's forerunner, and every firewall's list); one socket each, so that errors find their probe. */
export class UdpMethod implements Method {
  private readonly open_ = new Map<number, Probe>();

  constructor(
    private readonly sys: Sys,
    private readonly settings: MethodSettings,
  ) {}

  get fds(): readonly number[] {
    return [...this.open_.keys()];
  }

  async open(): Promise<void> {}

  async send(probe: Probe): Promise<void> {
    const { sys, settings } = this;
    const fd = await sys.socket('inet', 'dgram', 'udp');
    this.open_.set(fd, probe);
    await configure(sys, fd, settings);
    await sys.setsockopt(fd, 'ip', 'IP_TTL', probe.ttl);
    const port = ((settings.port ?? 33434) + probe.index) & 0xffff;
    const size = Math.max(0, settings.packetBytes - IP_HEADER_BYTES - 8);
    const data = Uint8Array.from({ length: size }, (_, i) => 0x40 + (i & 0x3f));
    try {
      await sys.connect(fd, { family: 'inet', address: settings.destination, port });
    } catch (error) {
      throw new TraceError(`connect: ${errorText(error)}`);
    }
    probe.sentNs = await sys.clock_gettime('monotonic');
    await sendProbe(sys, fd, data, settings.destination, port);
  }

  async receive(fd: number, revents: number): Promise<void> {
    const probe = this.open_.get(fd);
    if (!probe) return;
    if (revents & POLL.ERR) {
      const entry = await errorEntry(this.sys, fd);
      if (entry?.error) answerError(probe, entry);
    } else if (revents & POLL.IN) {
      // Somebody listens on that port, and answered.
      const received = await unless(
        this.sys.recvfrom(fd, 1, { dontwait: true }),
        'EAGAIN',
        'ECONNREFUSED',
        'EHOSTUNREACH',
      );
      if (!received) return;
      answer(probe, this.settings.destination, received.atNs);
      probe.final = true;
    }
    if (probe.done) await this.forget(probe);
  }

  async forget(probe: Probe): Promise<void> {
    for (const [fd, owner] of this.open_) {
      if (owner !== probe) continue;
      this.open_.delete(fd);
      await this.sys.close(fd);
    }
  }

  async close(): Promise<void> {
    for (const fd of this.open_.keys()) await this.sys.close(fd);
    this.open_.clear();
  }
}

/** Echo requests; the sequence number names the probe. */
export class IcmpMethod implements Method {
  private fd = -1;
  private raw = false;
  private identifier = 0;
  private readonly waiting = new Map<number, Probe>();

  constructor(
    private readonly sys: Sys,
    private readonly settings: MethodSettings,
  ) {}

  get fds(): readonly number[] {
    return [this.fd];
  }

  async open(): Promise<void> {
    const { sys } = this;
    const plain = await unless(sys.socket('inet', 'dgram', 'icmp'), 'EACCES', 'EPROTONOSUPPORT', 'ESOCKTNOSUPPORT');
    this.raw = plain === undefined;
    this.fd = plain ?? (await privileged(sys.socket('inet', 'raw', 'icmp')));
    this.identifier = (await sys.getpid()) & 0xffff;
    await configure(sys, this.fd, this.settings);
  }

  async send(probe: Probe): Promise<void> {
    const { sys, settings } = this;
    await sys.setsockopt(this.fd, 'ip', 'IP_TTL', probe.ttl);
    const sequence = ((settings.port ?? 1) + probe.index) & 0xffff;
    const size = Math.max(0, settings.packetBytes - IP_HEADER_BYTES - 8);
    const packet = echoRequest(
      this.identifier,
      sequence,
      Uint8Array.from({ length: size }, (_, i) => 0x40 + (i & 0x3f)),
    );
    this.waiting.set(sequence, probe);
    probe.sentNs = await sys.clock_gettime('monotonic');
    await sendProbe(sys, this.fd, packet, settings.destination, 0);
  }

  async receive(_fd: number, revents: number): Promise<void> {
    if (revents & POLL.ERR) {
      for (let entry = await errorEntry(this.sys, this.fd); entry?.error; entry = await errorEntry(this.sys, this.fd)) {
        const probe = this.probeOf(entry.data, (entry.data[0] ?? 0) >> 4 === 4, ICMP.ECHO);
        if (probe) answerError(probe, entry);
      }
    }
    if (!(revents & POLL.IN)) return;
    for (;;) {
      const received = await unless(
        this.sys.recvfrom(this.fd, 2048, { dontwait: true }),
        'EAGAIN',
        'EHOSTUNREACH',
        'ENETUNREACH',
        'ECONNREFUSED',
      );
      if (!received) return;
      const probe = this.probeOf(received.data, this.raw, ICMP.ECHO_REPLY);
      if (!probe) continue;
      answer(
        probe,
        received.from?.family === 'inet' ? received.from.address : this.settings.destination,
        received.atNs,
      );
      probe.final = true;
    }
  }

  private probeOf(bytes: Uint8Array, withHeader: boolean, type: number): Probe | undefined {
    const echo = readEcho(bytes, withHeader);
    if (echo?.type !== type || (this.raw && echo.identifier !== this.identifier)) return undefined;
    const probe = this.waiting.get(echo.sequence);
    return probe && !probe.done ? probe : undefined;
  }

  async forget(): Promise<void> {}

  async close(): Promise<void> {
    if (this.fd >= 0) await this.sys.close(this.fd);
  }
}

async function privileged<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const hint = errnoOf(error) === 'EPERM' ? 'You do not have enough privileges to use this traceroute method.\n' : '';
    throw new TraceError(`${hint}socket: ${errorText(error)}`);
  }
}

/** SYN segments of our own making over a raw socket. Each probe keeps a bound, idle stream socket, so that its port is nobody else's. */
export class TcpMethod implements Method {
  private fd = -1;
  private source = '';
  private readonly ports = new Map<number, Probe>();
  private readonly reserved: number[] = [];

  constructor(
    private readonly sys: Sys,
    private readonly settings: MethodSettings,
  ) {}

  get fds(): readonly number[] {
    return [this.fd];
  }

  async open(): Promise<void> {
    const { sys, settings } = this;
    this.fd = await privileged(sys.socket('inet', 'raw', 'tcp'));
    await configure(sys, this.fd, settings);
    this.source = settings.source ?? (await sourceFor(sys, settings.destination));
  }

  async send(probe: Probe): Promise<void> {
    const { sys, settings } = this;
    const holder = await sys.socket('inet', 'stream', 'tcp');
    this.reserved.push(holder);
    await sys.bind(holder, { family: 'inet', address: this.source, port: 0 });
    const own = await sys.getsockname(holder);
    const sourcePort = own.family === 'inet' ? own.port : 0;
    this.ports.set(sourcePort, probe);
    await sys.setsockopt(this.fd, 'ip', 'IP_TTL', probe.ttl);
    const random = await sys.getrandom(4);
    const segment = synSegment(this.source, settings.destination, sourcePort, settings.port ?? 80, random);
    probe.sentNs = await sys.clock_gettime('monotonic');
    await sendProbe(sys, this.fd, segment, settings.destination, 0);
  }

  async receive(_fd: number, revents: number): Promise<void> {
    if (revents & POLL.ERR) {
      for (let entry = await errorEntry(this.sys, this.fd); entry?.error; entry = await errorEntry(this.sys, this.fd)) {
        const at = (entry.data[0] ?? 0) === 0x45 ? IP_HEADER_BYTES : 0;
        const probe = this.ports.get(((entry.data[at] ?? 0) << 8) | (entry.data[at + 1] ?? 0));
        if (probe && !probe.done) answerError(probe, entry);
      }
    }
    if (!(revents & POLL.IN)) return;
    for (;;) {
      const received = await unless(
        this.sys.recvfrom(this.fd, 256, { dontwait: true }),
        'EAGAIN',
        'EHOSTUNREACH',
        'ENETUNREACH',
        'ECONNREFUSED',
      );
      if (!received) return;
      this.onSegment(received);
    }
  }

  /** SYN and ACK, or RST: either way the destination has answered. */
  private onSegment(received: Received): void {
    const at = (received.data[0]! & 15) * 4;
    const from = received.from?.family === 'inet' ? received.from.address : '';
    const probe = this.ports.get(((received.data[at + 2] ?? 0) << 8) | (received.data[at + 3] ?? 0));
    if (from !== this.settings.destination || !probe || probe.done) return;
    answer(probe, from, received.atNs);
    probe.final = true;
  }

  async forget(): Promise<void> {}

  async close(): Promise<void> {
    for (const fd of this.reserved) await this.sys.close(fd);
    if (this.fd >= 0) await this.sys.close(this.fd);
  }
}

async function sourceFor(sys: Sys, destination: string): Promise<string> {
  const fd = await sys.socket('inet', 'dgram', 'udp');
  try {
    await sys.connect(fd, { family: 'inet', address: destination, port: 1025 });
    const own = await sys.getsockname(fd);
    return own.family === 'inet' ? own.address : '0.0.0.0';
  } catch (error) {
    throw new TraceError(`connect: ${errorText(error)}`);
  } finally {
    await sys.close(fd);
  }
}

/** MSS, SACK permitted, timestamps, window scale: 20 bytes of options, as a Linux SYN carries them. */
const SYN_OPTIONS = [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 2];

function synSegment(
  source: string,
  destination: string,
  sourcePort: number,
  port: number,
  sequence: Uint8Array,
): Uint8Array {
  const address = (text: string) => text.split('.').map(Number);
  const segment = Uint8Array.from([
    ...[sourcePort >> 8, sourcePort & 255, port >> 8, port & 255],
    ...sequence,
    ...[0, 0, 0, 0, 0xa0, 0x02, 0x16, 0xd0, 0, 0, 0, 0],
    ...SYN_OPTIONS,
  ]);
  const pseudo = [...address(source), ...address(destination), 0, 6, 0, segment.length];
  const checksum = internetChecksum(Uint8Array.from([...pseudo, ...segment]));
  segment[16] = checksum >> 8;
  segment[17] = checksum & 255;
  return segment;
}
