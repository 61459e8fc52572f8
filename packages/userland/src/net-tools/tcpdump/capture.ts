/** Packets of a card as they pass, from a packet socket (packet(7)), until the count is reached or somebody interrupts. */
import type { LinkInfo } from '@netarium/core/syscall/netlink.ts';
import { POLL, type Received, type Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText } from '../../lib/failure.ts';
import { printError } from '../../lib/stdio.ts';
import type { FrameTest } from './filter-primitives.ts';
import { SECOND_NS, type Timestamp } from './pcap.ts';
import { DumpError, type Settings } from './settings.ts';
import type { Sink } from './sink.ts';

export async function chooseLink(sys: Sys, settings: Settings): Promise<LinkInfo | undefined> {
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

export async function openCapture(sys: Sys, settings: Settings, link: LinkInfo | undefined): Promise<number> {
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

export class Capture {
  private captured = 0;
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
      `${start}${plural(this.captured)} captured\n${plural(this.captured)} received by filter\n${plural(drops)} dropped by kernel\n`,
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
