/**
 * arping: ARP requests and what answers, as iputils has it: is somebody there, is an address taken (-D, RFC 5227 section 2.1.1), and announcements to
 * the neighbours as request (-U) and as answer (-A). Leaves out interval fractions and link layers other than Ethernet.
 */
import {
  type InterfaceAddress,
  IPV4_ANY,
  type Ipv4Address,
  MAC_BROADCAST,
  type MacAddress,
  parseInterfaceAddress,
  parseIpv4,
  parseMac,
  prefixOf,
} from '@netarium/core/base/address.ts';
import type { LinkInfo } from '@netarium/core/syscall/netlink.ts';
import { POLL, type Program, type Received, type Sys } from '@netarium/core/syscall/sys.ts';
import { decodeNetwork, encodeNetwork } from '@netarium/core/wire/codec.ts';
import { ARP_REPLY, ARP_REQUEST, ArpPacket, ETHERTYPE, PacketId } from '@netarium/core/wire/packet.ts';
import { helpText } from '../coreutils/tool.ts';
import { errnoOf, errorText } from '../lib/failure.ts';
import { withHelp } from '../lib/help.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { resolveHost } from '../lib/resolver.ts';
import { print, printError } from '../lib/stdio.ts';

export const options: ProgramOptions = {
  name: 'arping',
  usage: 'arping [options] <destination>',
  options: [
    { names: ['-A'], help: 'ARP answer mode, update your neighbours' },
    { names: ['-b'], help: 'keep on broadcasting, do not unicast' },
    { names: ['-c'], value: 'COUNT', help: 'how many packets to send' },
    { names: ['-D'], help: 'duplicate address detection mode' },
    { names: ['-f'], help: 'quit on first reply' },
    { names: ['-I'], value: 'DEVICE', help: 'which ethernet device to use' },
    { names: ['-i'], value: 'INTERVAL', help: 'seconds between packets (default: 1)' },
    { names: ['-q'], help: 'be quiet' },
    { names: ['-s'], value: 'SOURCE', help: 'source ip address' },
    { names: ['-U'], help: 'unsolicited ARP mode, update your neighbours' },
    { names: ['-w'], value: 'TIMEOUT', help: 'how long to wait for a reply, in seconds' },
  ],
};

const SECOND_NS = 1_000_000_000;
const US_NS = 1000;
const FRAME_BYTES = 1500;

/** The words and the exit code of a failure. */
class ArpingError extends Error {
  override readonly name = 'ArpingError';
  constructor(
    text: string,
    readonly code: 1 | 2 = 2,
  ) {
    super(text);
  }
}

interface Settings {
  readonly destination: Ipv4Address;
  readonly link: LinkInfo;
  readonly mac: MacAddress;
  readonly source: Ipv4Address;
  readonly count: number;
  readonly timeoutNs: number;
  readonly intervalNs: number;
  readonly quitOnReply: boolean;
  readonly quiet: boolean;
  readonly keepBroadcasting: boolean;
  readonly probing: boolean;
  readonly unsolicited: boolean;
  readonly answering: boolean;
}

class Arping {
  private to: MacAddress = MAC_BROADCAST;
  private sent = 0;
  private broadcasts = 0;
  private received = 0;
  private requestsSeen = 0;
  private broadcastsSeen = 0;
  private lastSentNs = 0;
  private interrupted = false;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private readonly settings: Settings,
  ) {}

  async run(): Promise<number> {
    const { sys, settings } = this;
    await sys.sigaction('SIGINT', { handler: () => void (this.interrupted = true) });
    await this.say(`ARPING ${settings.destination} from ${settings.source} ${settings.link.name}\n`);
    const startNs = await sys.clock_gettime('monotonic');
    const endNs = settings.timeoutNs > 0 ? startNs + settings.timeoutNs : Number.MAX_SAFE_INTEGER;
    let nextNs = startNs;
    while (!this.interrupted && !this.enough()) {
      const now = await sys.clock_gettime('monotonic');
      if (now >= nextNs) {
        if (this.sent >= settings.count) break;
        await this.send(now);
        nextNs += settings.intervalNs;
      } else if (now >= endNs) break;
      else await this.wait(Math.min(nextNs, endNs) - now);
    }
    return this.finish();
  }

  /** The first answer ends a probe; with a time limit as many answers as probes were asked for do. */
  private enough(): boolean {
    const { quitOnReply, probing, timeoutNs, count } = this.settings;
    if (this.received === 0) return false;
    return quitOnReply || probing || (timeoutNs > 0 && this.received >= count);
  }

  private async say(text: string): Promise<void> {
    if (!this.settings.quiet) await print(this.sys, text);
  }

  private async send(now: number): Promise<void> {
    const { sys, settings } = this;
    const { answering, mac, source, destination, link } = settings;
    const operation = answering ? ARP_REPLY : ARP_REQUEST;
    const target = answering ? mac : this.to;
    const packet = new ArpPacket(new PacketId(0), operation, mac, source, target, destination);
    const to = {
      family: 'packet',
      ifindex: link.ifindex,
      protocol: ETHERTYPE.arp,
      address: this.to.toString(),
    } as const;
    try {
      await sys.sendto(this.fd, encodeNetwork(packet), to);
    } catch (error) {
      throw new ArpingError(`arping: sendto: ${errorText(error)}`);
    }
    this.lastSentNs = now;
    this.sent++;
    if (this.to === MAC_BROADCAST) this.broadcasts++;
  }

  private async wait(ns: number): Promise<void> {
    try {
      const ready = await this.sys.poll([{ fd: this.fd, events: POLL.IN }], ns);
      if (ready.length > 0) await this.take(await this.sys.recvfrom(this.fd, FRAME_BYTES));
    } catch (error) {
      if (errnoOf(error) !== 'EINTR') throw error;
    }
  }

  private async take({ data, from }: Received): Promise<void> {
    if (from?.family !== 'packet') return;
    const { packetType } = from;
    if (packetType === 'outgoing' || packetType === 'otherhost') return;
    const arp = decodeNetwork(data, ETHERTYPE.arp, new PacketId(0));
    if (arp.kind !== 'arp' || !this.isAbout(arp)) return;
    await this.show(arp, packetType === 'host');
    this.received++;
    if (packetType !== 'host') this.broadcastsSeen++;
    if (arp.operation === ARP_REQUEST) this.requestsSeen++;
    // From now on only who answered is asked.
    if (!this.settings.keepBroadcasting) this.to = arp.senderMac;
  }

  /** An answer to us, or while probing also another host's probe of the same address (RFC 5227 section 2.1.1). */
  private isAbout(arp: ArpPacket): boolean {
    const { destination, source, mac, probing } = this.settings;
    if (arp.operation !== ARP_REQUEST && arp.operation !== ARP_REPLY) return false;
    if (probing) {
      const another = arp.senderIp.isUnspecified && arp.targetIp.key === destination.key;
      return (another || arp.senderIp.key === destination.key) && arp.senderMac.key !== mac.key;
    }
    return arp.senderIp.key === destination.key && arp.targetIp.key === source.key && arp.targetMac.key === mac.key;
  }

  private async show(arp: ArpPacket, unicast: boolean): Promise<void> {
    const { source, mac } = this.settings;
    const now = await this.sys.clock_gettime('monotonic');
    const us = Math.floor((now - this.lastSentNs) / US_NS);
    const what = `${unicast ? 'Unicast' : 'Broadcast'} ${arp.operation === ARP_REPLY ? 'reply' : 'request'}`;
    const forAddress = arp.targetIp.key === source.key ? '' : `for ${arp.targetIp} `;
    const forMac =
      arp.operation === ARP_REPLY && arp.targetMac.key !== mac.key ? ` for [${capitals(arp.targetMac)}]` : '';
    const time = `${Math.floor(us / 1000)}.${String(us % 1000).padStart(3, '0')}ms`;
    await this.say(`${what} from ${arp.senderIp} [${capitals(arp.senderMac)}] ${forAddress}${forMac} ${time}\n`);
  }

  private async finish(): Promise<number> {
    const { probing, unsolicited } = this.settings;
    const kinds: string[] = [];
    if (this.requestsSeen > 0) kinds.push(`${this.requestsSeen} request(s)`);
    if (this.broadcastsSeen > 0) kinds.push(`${this.broadcastsSeen} broadcast(s)`);
    await this.say(`Sent ${this.sent} probes (${this.broadcasts} broadcast(s))\n`);
    await this.say(`Received ${this.received} response(s)${kinds.length === 0 ? '' : ` (${kinds.join(', ')})`}\n`);
    if (probing) return this.received > 0 ? 1 : 0;
    return unsolicited || this.received > 0 ? 0 : 1;
  }
}

function capitals(mac: MacAddress): string {
  return mac.toString().toUpperCase();
}

function whole(given: ParsedOptions, name: string, otherwise: number): number {
  const text = given.value(name);
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new ArpingError(`arping: invalid argument: '${text}'`, 1);
  return Number(text);
}

/** The card that was named, or the only one that speaks ARP and is up. */
async function deviceOf(sys: Sys, name: string | undefined): Promise<LinkInfo> {
  const links = await sys.netlink({ get: 'links' });
  if (name === undefined) {
    const suitable = links.filter(({ type, up }) => type === 'ether' && up);
    if (suitable.length === 1) return suitable[0]!;
    throw new ArpingError('arping: Suitable device could not be determined. Please, use option -I.');
  }
  const link = links.find((candidate) => candidate.name === name);
  if (link === undefined) throw new ArpingError(`arping: Device ${name} not available.`);
  if (!link.up) throw new ArpingError(`Interface "${name}" is down`);
  if (link.type !== 'ether') throw new ArpingError(`Interface "${name}" is not ARPable`);
  return link;
}

/** The card's address in the destination's network, or its first one. */
async function sourceOn(sys: Sys, link: LinkInfo, destination: Ipv4Address): Promise<Ipv4Address> {
  const all = await sys.netlink({ get: 'addresses' });
  const own = all
    .filter(({ ifindex }) => ifindex === link.ifindex)
    .map(({ address }) => parseInterfaceAddress(address) as InterfaceAddress);
  const near = own.find((one) => prefixOf(one.address, one.prefixLength).contains(destination)) ?? own[0];
  if (near === undefined) throw new ArpingError('arping: connect: Network is unreachable');
  return near.address as Ipv4Address;
}

/** -s has to be an address of this host, as a socket is bound to it. */
async function givenSource(sys: Sys, text: string): Promise<Ipv4Address> {
  const address = parseIpv4(text);
  if (address === undefined) throw new ArpingError(`arping: invalid source ${text}`);
  const fd = await sys.socket('inet', 'dgram', 'udp', { cloexec: true });
  try {
    await sys.bind(fd, { family: 'inet', address: text, port: 0 });
  } catch (error) {
    throw new ArpingError(`arping: bind: ${errorText(error)}`);
  } finally {
    await sys.close(fd);
  }
  return address;
}

/** What was asked for, after a look whether it is ours; else what the mode takes. */
function sourceFor(sys: Sys, asked: string | undefined, otherwise: () => Promise<Ipv4Address>): Promise<Ipv4Address> {
  return asked === undefined ? otherwise() : givenSource(sys, asked);
}

async function settingsOf(sys: Sys, given: ParsedOptions): Promise<Settings> {
  const [name] = given.operands;
  if (name === undefined || given.operands.length > 1) throw new UsageError('');
  const count = whole(given, '-c', Number.MAX_SAFE_INTEGER);
  const timeoutNs = whole(given, '-w', 0) * SECOND_NS;
  const intervalNs = whole(given, '-i', 1) * SECOND_NS;
  if (intervalNs === 0) throw new ArpingError("arping: invalid argument: '0'", 1);
  const link = await deviceOf(sys, given.value('-I'));
  const found = await resolveHost(sys, name);
  if (found.kind !== 'found') throw new ArpingError(`arping: ${name}: ${found.text}`);
  const destination = parseIpv4(found.addresses[0]!)!;
  const answering = given.has('-A');
  const unsolicited = given.has('-U') || answering;
  const probing = given.has('-D');
  const source = await sourceFor(sys, given.value('-s') ?? (unsolicited ? destination.toString() : undefined), () =>
    probing ? Promise.resolve(IPV4_ANY) : sourceOn(sys, link, destination),
  );
  return {
    ...{ destination, link, mac: parseMac(link.mac)!, source, count, timeoutNs, intervalNs },
    ...{ quitOnReply: given.has('-f'), quiet: given.has('-q'), keepBroadcasting: given.has('-b') },
    ...{ probing, unsolicited, answering },
  };
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    const settings = await settingsOf(sys, parseOptions(options, argv.slice(1)));
    const fd = await sys.socket('packet', 'dgram', ETHERTYPE.arp, { cloexec: true });
    await sys.bind(fd, { family: 'packet', ifindex: settings.link.ifindex, protocol: ETHERTYPE.arp });
    return await new Arping(sys, fd, settings).run();
  } catch (error) {
    if (error instanceof ArpingError) {
      await printError(sys, `${error.message}\n`);
      return error.code;
    }
    if (error instanceof UsageError) {
      await printError(sys, `${error.message === '' ? '' : `${error.message}\n`}\n${helpText(options)}`);
      return 2;
    }
    await printError(sys, `arping: socket: ${errorText(error)}\n`);
    return 2;
  }
});
