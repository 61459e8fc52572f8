/**
 * dhcpd: the DHCP server, configured by a part of ISC's dhcpd.conf. Without -f or -d it goes to the background once it serves. SIGTERM ends
 * it; the leases are in /var/lib/dhcp/dhcpd.leases before any client hears of them.
 */
import type { LinkInfo } from '@netarium/core/syscall/netlink.ts';
import { POLL, type Program, type Sys } from '@netarium/core/syscall/sys.ts';
import { DHCP_CLIENT_PORT, DHCP_SERVER_PORT, type DhcpMessage, encodeDhcp } from '@netarium/core/wire/dhcp.ts';
import { decodeDhcp } from '@netarium/core/wire/dhcp-decoder.ts';
import { type Daemon, daemonize, FOREGROUND } from '../lib/daemon.ts';
import { EventLoop } from '../lib/event-loop.ts';
import { errnoOf, errorText, unless } from '../lib/failure.ts';
import { withHelp } from '../lib/help.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { isProblem } from '../lib/statements.ts';
import { printError, readText, writeFile } from '../lib/stdio.ts';
import { ETHERTYPE_IPV4, encodeDatagram } from './datagram.ts';
import { addressText, type DhcpdConfig, inSubnet, parseDhcpdConf } from './dhcpd-conf.ts';
import { type LeaseTable, leasesText, parseLeaseTable } from './lease-table.ts';
import { type Destination, DhcpServer, type ServedLink } from './server-logic.ts';

const DHCPD_PATH = '/usr/sbin/dhcpd';

export const options: ProgramOptions = {
  name: 'dhcpd',
  usage: 'dhcpd [-4] [-d | -f] [-q] [-t] [-cf config-file] [-lf lease-file] [-pf pid-file] [interface ...]',
  singleDashLong: true,
  options: [
    { names: ['-4'], help: 'IPv4, the only protocol there is' },
    { names: ['-d'], help: 'stay in the foreground and log to standard error' },
    { names: ['-f'], help: 'stay in the foreground' },
    { names: ['-q'], help: 'be quiet at the start' },
    { names: ['-t'], help: 'only test the configuration' },
    { names: ['-cf'], value: 'FILE', help: 'configuration; /etc/dhcp/dhcpd.conf by default' },
    { names: ['-lf'], value: 'FILE', help: 'leases; /var/lib/dhcp/dhcpd.leases by default' },
    { names: ['-pf'], value: 'FILE', help: 'file for the process id; /run/dhcpd.pid by default' },
  ],
};

class Failure extends Error {}

interface Served extends ServedLink {
  readonly link: LinkInfo;
}

async function readConfig(sys: Sys, path: string): Promise<DhcpdConfig> {
  let text: string;
  try {
    text = await readText(sys, path);
  } catch (error) {
    throw new Failure(`Can't open ${path}: ${errorText(error)}`);
  }
  const config = parseDhcpdConf(text);
  if (isProblem(config))
    throw new Failure(`${path} line ${config.line}: ${config.text}\nConfiguration file errors encountered -- exiting`);
  return config;
}

/** The interfaces to serve: those named, else all with an address in a declared subnet. */
async function servedLinks(sys: Sys, config: DhcpdConfig, names: readonly string[]): Promise<readonly Served[]> {
  const links = (await sys.netlink({ get: 'links' })).filter((link) => link.type === 'ether');
  const addresses = await sys.netlink({ get: 'addresses' });
  const served: Served[] = [];
  for (const name of names)
    if (!links.some((link) => link.name === name)) throw new Failure(`No such interface: ${name}`);
  for (const link of links) {
    if (names.length > 0 && !names.includes(link.name)) continue;
    const own = addresses.filter((one) => one.ifindex === link.ifindex).map((one) => one.address.split('/')[0]!);
    const address = own.find((one) => config.subnets.some((subnet) => inSubnet(subnet, one)));
    if (address !== undefined) served.push({ name: link.name, address, link });
    else if (names.length > 0)
      throw new Failure(`No subnet declaration for ${link.name} (${own[0] ?? 'no IPv4 addresses'}).`);
  }
  if (served.length === 0) throw new Failure('Not configured to listen on any interfaces!');
  return served;
}

async function readLeases(sys: Sys, path: string): Promise<LeaseTable> {
  const text = await unless(readText(sys, path), 'ENOENT');
  // ISC's server wants the file to be there; ours makes it.
  if (text === undefined) await writeFile(sys, path, '');
  const table = parseLeaseTable(text ?? '');
  if (typeof table === 'string') throw new Failure(`${path} line ${table}`);
  return table;
}

class DhcpDaemon {
  private readonly server: DhcpServer;
  private readonly sockets = new Map<string, number>();
  private packetSocket = -1;

  constructor(
    private readonly sys: Sys,
    config: DhcpdConfig,
    table: LeaseTable,
    private readonly leaseFile: string,
    private readonly log: (text: string) => Promise<void>,
  ) {
    this.server = new DhcpServer(config, table);
  }

  async listen(loop: EventLoop, served: readonly Served[]): Promise<void> {
    const { sys } = this;
    // Protocol 0 receives nothing (packet(7)): this socket only sends to clients that have no address yet.
    this.packetSocket = await sys.socket('packet', 'dgram', 0, { cloexec: true });
    for (const one of served) {
      const fd = await sys.socket('inet', 'dgram', 'udp', { nonblock: true, cloexec: true });
      await sys.setsockopt(fd, 'socket', 'SO_REUSEADDR', 1);
      await sys.setsockopt(fd, 'socket', 'SO_BROADCAST', 1);
      await sys.setsockopt(fd, 'socket', 'SO_BINDTODEVICE', one.name);
      await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: DHCP_SERVER_PORT });
      this.sockets.set(one.name, fd);
      await loop.watch(fd, POLL.IN, () => this.receive(fd, one));
      await this.log(`Listening on LPF/${one.name}/${one.link.mac}\nSending on   LPF/${one.name}/${one.link.mac}`);
    }
  }

  private async receive(fd: number, served: Served): Promise<void> {
    for (;;) {
      let data: Uint8Array;
      try {
        data = (await this.sys.recvfrom(fd, 65_535)).data;
      } catch (error) {
        if (errnoOf(error) === 'EAGAIN') return;
        continue;
      }
      const { message, problem } = decodeDhcp(data);
      if (!problem) await this.handle(message, served);
    }
  }

  private async handle(message: DhcpMessage, served: Served): Promise<void> {
    const nowS = await epochSeconds(this.sys);
    const answer = this.server.handle(message, served, nowS);
    if (answer.tableChanged) await writeFile(this.sys, this.leaseFile, leasesText(this.server.table, nowS));
    for (const line of answer.log) await this.log(line);
    if (!answer.reply) return;
    try {
      await this.send(answer.reply.message, answer.reply.to, served);
    } catch (error) {
      await this.log(`send_packet: ${errorText(error)}`);
    }
  }

  private async send(message: DhcpMessage, to: Destination, served: Served): Promise<void> {
    const payload = encodeDhcp(message);
    const fd = this.sockets.get(served.name)!;
    if (to.kind === 'unicast')
      await this.sys.sendto(fd, payload, { family: 'inet', address: to.address, port: to.port });
    else await this.sendRaw(payload, to, served);
  }

  private async sendRaw(
    payload: Uint8Array,
    to: Exclude<Destination, { kind: 'unicast' }>,
    served: Served,
  ): Promise<void> {
    const address = to.kind === 'link' ? to.address : '255.255.255.255';
    const packet = encodeDatagram({
      from: { address: served.address, port: DHCP_SERVER_PORT },
      to: { address, port: DHCP_CLIENT_PORT },
      payload,
    });
    await this.sys.sendto(this.packetSocket, packet, {
      family: 'packet',
      ifindex: served.link.ifindex,
      protocol: ETHERTYPE_IPV4,
      address: to.kind === 'link' ? to.mac : 'ff:ff:ff:ff:ff:ff',
    });
  }
}

async function epochSeconds(sys: Sys): Promise<number> {
  return Math.floor((await sys.clock_gettime('realtime')) / 1_000_000_000);
}

async function serve(sys: Sys, parsed: ParsedOptions, config: DhcpdConfig, daemon: Daemon): Promise<number> {
  const logging = parsed.has('-d');
  const log = async (text: string) => {
    if (logging) await printError(sys, `${text}\n`);
  };
  const leaseFile = parsed.value('-lf') ?? '/var/lib/dhcp/dhcpd.leases';
  const table = await readLeases(sys, leaseFile);
  if (!parsed.has('-q')) await log(`Wrote ${table.all().length} leases to leases file.`);
  const served = await servedLinks(sys, config, parsed.operands);
  const loop = await EventLoop.create(sys);
  const server = new DhcpDaemon(sys, config, table, leaseFile, log);
  await server.listen(loop, served);
  await writeFile(sys, parsed.value('-pf') ?? '/run/dhcpd.pid', `${await sys.getpid()}\n`);
  await daemon.started(sys);
  await loop.run();
  return 0;
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    const parsed = parseOptions(options, argv.slice(1));
    const config = await readConfig(sys, parsed.value('-cf') ?? '/etc/dhcp/dhcpd.conf');
    if (parsed.has('-t')) {
      const ranges = config.subnets.map((subnet) => addressText(subnet.network)).join(', ');
      await printError(sys, `Configuration file is valid${ranges === '' ? '' : ` (${ranges})`}.\n`);
      return 0;
    }
    const foreground = parsed.has('-d') || parsed.has('-f');
    const daemon = foreground ? FOREGROUND : await daemonize(sys, DHCPD_PATH, argv);
    return typeof daemon === 'number' ? daemon : await serve(sys, parsed, config, daemon);
  } catch (error) {
    if (error instanceof UsageError) await printError(sys, `${error.message}\nUsage: ${options.usage}\n`);
    else await printError(sys, `${error instanceof Failure ? error.message : `dhcpd: ${errorText(error)}`}\n`);
    return 1;
  }
});
