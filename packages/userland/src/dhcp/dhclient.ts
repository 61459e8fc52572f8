/**
 * dhclient: gets an address by DHCP, configures the interface, goes to the background and renews, as ISC's dhclient does with Debian's
 * script. One interface per process. SIGTERM ends it and leaves the address.
 * Leaves out: dhclient.conf, IPv6, the address probe before use.
 */
import { parseMac } from '@netarium/core/base/address.ts';
import type { LinkInfo } from '@netarium/core/syscall/netlink.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { Chance } from '../lib/chance.ts';
import { type Daemon, daemonize, FOREGROUND } from '../lib/daemon.ts';
import { errorText, unless } from '../lib/failure.ts';
import { withHelp } from '../lib/help.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { printError, readText, writeFile } from '../lib/stdio.ts';
import { type ClientAction, DhcpClientMachine } from './client-machine.ts';
import { ClientPort } from './client-port.ts';
import { applyLease, bringUp, findLink, removeLease } from './interface.ts';
import { type Lease, leaseText, parseLeases, type StoredLease } from './lease.ts';

const DHCLIENT_PATH = '/usr/sbin/dhclient';

export const options: ProgramOptions = {
  name: 'dhclient',
  usage: 'dhclient [-4] [-1] [-d] [-v] [-r | -x] [-lf lease-file] [-pf pid-file] [interface]',
  singleDashLong: true,
  options: [
    { names: ['-4'], help: 'IPv4, the only protocol there is' },
    { names: ['-1'], help: 'try once: without a lease end with code 2' },
    { names: ['-d'], help: 'stay in the foreground' },
    { names: ['-v'], help: 'say what happens, on standard error' },
    { names: ['-r'], help: 'release the lease and end the running client' },
    { names: ['-x'], help: 'end the running client without releasing the lease' },
    { names: ['-lf'], value: 'FILE', help: 'file of leases; /var/lib/dhcp/dhclient.leases by default' },
    { names: ['-pf'], value: 'FILE', help: 'file for the process id; /run/dhclient.INTERFACE.pid by default' },
  ],
};

const SECOND_NS = 1_000_000_000;
/** dhclient.conf(5): timeout 60, retry 300. */
const TIMEOUT_NS = 60 * SECOND_NS;
const RETRY_NS = 300 * SECOND_NS;

interface Setup {
  readonly link: LinkInfo;
  readonly once: boolean;
  readonly verbose: boolean;
  readonly leaseFile: string;
  readonly pidFile: string;
}

class Failure extends Error {
  constructor(
    text: string,
    readonly code: number,
  ) {
    super(text);
  }
}

async function readSetup(sys: Sys, parsed: ParsedOptions): Promise<Setup> {
  const [name, ...more] = parsed.operands;
  if (more.length > 0)
    throw new UsageError('dhclient: more than one interface is not supported by Netarium; start one dhclient each');
  const cards = (await sys.netlink({ get: 'links' })).filter((link) => link.type === 'ether');
  if (name === undefined && cards.length !== 1) throw new Failure('No single interface to configure; name one.', 1);
  const link = name === undefined ? cards[0] : await findLink(sys, name);
  if (link?.type !== 'ether')
    throw new Failure(
      `Error getting hardware address for "${name}": ${link ? 'Not an Ethernet interface' : 'No such device'}`,
      1,
    );
  return {
    link,
    once: parsed.has('-1'),
    verbose: parsed.has('-v'),
    leaseFile: parsed.value('-lf') ?? '/var/lib/dhcp/dhclient.leases',
    pidFile: parsed.value('-pf') ?? `/run/dhclient.${link.name}.pid`,
  };
}

/** The process of the pid file, if it still runs. */
async function runningPid(sys: Sys, pidFile: string): Promise<number | undefined> {
  const text = await unless(readText(sys, pidFile), 'ENOENT');
  const pid = Number(text?.trim());
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  const alive = await unless(
    sys.kill(pid, 0).then(() => true),
    'ESRCH',
  );
  return alive ? pid : undefined;
}

async function lastLease(sys: Sys, setup: Setup): Promise<StoredLease | undefined> {
  const text = (await unless(readText(sys, setup.leaseFile), 'ENOENT')) ?? '';
  return parseLeases(text).findLast((one) => one.interface === setup.link.name);
}

async function epochSeconds(sys: Sys): Promise<number> {
  return Math.floor((await sys.clock_gettime('realtime')) / SECOND_NS);
}

class DhcpClient {
  private readonly chance: Chance;
  private readonly machine: DhcpClientMachine;
  private readonly port: ClientPort;
  private exitCode: number | undefined;
  /** Bound, or given up for now: the time to go to the background. */
  private settled = false;

  constructor(
    private readonly sys: Sys,
    private readonly setup: Setup,
    hostname: string,
    private readonly daemon: Daemon,
  ) {
    this.chance = new Chance(sys);
    this.port = new ClientPort(sys, setup.link);
    this.machine = new DhcpClientMachine({
      interface: setup.link.name,
      mac: macBytes(setup.link),
      hostname: hostname.split('.')[0]!,
      timeoutNs: TIMEOUT_NS,
      retryNs: RETRY_NS,
    });
  }

  async run(): Promise<number> {
    const { sys, setup, machine } = this;
    const stored = await lastLease(sys, setup);
    const valid = stored && stored.boundAt + stored.lease.leaseSeconds > (await epochSeconds(sys));
    await this.port.listenRaw();
    machine.start(await this.now(), await this.chance.u32(), valid ? stored.lease.address : undefined);
    while (this.exitCode === undefined) {
      for (const action of machine.takeActions()) await this.act(action);
      // Only now, so that the command that waits ends behind its last line.
      if (this.settled) await this.daemon.started(sys);
      if (this.exitCode === undefined) await this.step();
    }
    await this.port.close();
    return this.exitCode;
  }

  private now(): Promise<number> {
    return this.sys.clock_gettime('monotonic');
  }

  /** Waits for a message or the timer, whichever comes first. */
  private async step(): Promise<void> {
    const { machine } = this;
    const leftNs = machine.timerNs === undefined ? -1 : Math.max(0, machine.timerNs - (await this.now()));
    const message = await this.port.receive(leftNs);
    const nowNs = await this.now();
    if (message) machine.receive(message, nowNs, await this.chance.u32());
    if (machine.timerNs !== undefined && nowNs >= machine.timerNs) machine.timer(nowNs, await this.chance.u32());
  }

  private async act(action: ClientAction): Promise<void> {
    switch (action.kind) {
      case 'log':
        await this.say(action.text);
        break;
      case 'send':
        await this.port.send(action.message, action.to);
        break;
      case 'bind':
        await this.bind(action.lease, action.renewal);
        break;
      case 'unbind':
        await removeLease(this.sys, this.setup.link.ifindex, action.lease);
        await this.port.listenRaw();
        break;
      case 'no-lease':
        await this.noLease();
        break;
    }
  }

  private async bind(lease: Lease, renewal: boolean): Promise<void> {
    const { sys, setup } = this;
    try {
      await applyLease(sys, setup.link.ifindex, lease);
    } catch (error) {
      // A lease that makes no sense (a multicast address, say): dhclient-script prints what `ip` says, and dhclient goes on.
      await this.say(`RTNETLINK answers: ${errorText(error)}`);
    }
    await this.record({ interface: setup.link.name, lease, boundAt: await epochSeconds(sys) });
    if (!renewal) await this.port.listenUdp();
    this.settled = true;
  }

  private async record(stored: StoredLease): Promise<void> {
    const { sys, setup } = this;
    const old = (await unless(readText(sys, setup.leaseFile), 'ENOENT')) ?? '';
    const others = parseLeases(old).filter((one) => one.interface !== stored.interface);
    await unless(
      writeFile(sys, setup.leaseFile, [...others, stored].map(leaseText).join('')),
      'ENOENT',
      'EROFS',
      'ENOSPC',
    );
  }

  private async noLease(): Promise<void> {
    // -1 is about the first try: a client that had a lease goes on looking.
    if (this.setup.once && !this.settled) {
      await this.say('Unable to obtain a lease on first try.  Exiting.');
      this.exitCode = 2;
      return;
    }
    await this.say('No working leases in persistent database - sleeping.');
    this.settled = true;
  }

  private async say(text: string): Promise<void> {
    if (this.setup.verbose) await printError(this.sys, `${text}\n`);
  }
}

function macBytes(link: LinkInfo): Uint8Array {
  const key = parseMac(link.mac)!.key;
  return Uint8Array.from({ length: 6 }, (_, i) => Number((BigInt(key) >> BigInt(8 * (5 - i))) & 255n));
}

const BANNER = 'Netarium DHCP client, in the manner of ISC dhclient 4.4\n\n';

async function start(sys: Sys, parsed: ParsedOptions, argv: readonly string[]): Promise<number> {
  const setup = await readSetup(sys, parsed);
  const daemon = parsed.has('-d') ? FOREGROUND : await daemonize(sys, DHCLIENT_PATH, argv);
  if (typeof daemon === 'number') return daemon;
  const other = await runningPid(sys, setup.pidFile);
  if (other !== undefined) throw new Failure(`dhclient(${other}) is already running - exiting.`, 1);
  await bringUp(sys, setup.link);
  await writeFile(sys, setup.pidFile, `${await sys.getpid()}\n`);
  const { name, mac } = setup.link;
  if (setup.verbose)
    await printError(
      sys,
      `${BANNER}Listening on LPF/${name}/${mac}\nSending on   LPF/${name}/${mac}\nSending on   Socket/fallback\n`,
    );
  const code = await new DhcpClient(sys, setup, (await sys.uname()).nodename, daemon).run();
  await unless(sys.unlink(setup.pidFile), 'ENOENT');
  return code;
}

/** -r and -x: ends the running client; -r also gives the lease back. */
async function stop(sys: Sys, parsed: ParsedOptions): Promise<number> {
  const setup = await readSetup(sys, parsed);
  const pid = await runningPid(sys, setup.pidFile);
  if (pid !== undefined) {
    await sys.kill(pid, 'SIGTERM');
    for (let i = 0; i < 100 && (await runningPid(sys, setup.pidFile)) !== undefined; i++)
      await sys.nanosleep(10_000_000);
    await unless(sys.unlink(setup.pidFile), 'ENOENT');
    await printError(sys, `Killed old client process\n`);
  }
  if (parsed.has('-r')) await release(sys, setup);
  return 0;
}

async function release(sys: Sys, setup: Setup): Promise<void> {
  const stored = await lastLease(sys, setup);
  if (!stored) return;
  const machine = new DhcpClientMachine({
    interface: setup.link.name,
    mac: macBytes(setup.link),
    hostname: '',
    timeoutNs: TIMEOUT_NS,
    retryNs: RETRY_NS,
  });
  machine.lease = stored.lease;
  machine.release(await sys.clock_gettime('monotonic'), await new Chance(sys).u32());
  const port = new ClientPort(sys, setup.link);
  await port.listenUdp();
  for (const action of machine.takeActions()) {
    if (action.kind === 'send') await port.send(action.message, action.to);
    else if (action.kind === 'log' && setup.verbose) await printError(sys, `${action.text}\n`);
  }
  await port.close();
  await removeLease(sys, setup.link.ifindex, stored.lease);
  const text = (await unless(readText(sys, setup.leaseFile), 'ENOENT')) ?? '';
  const others = parseLeases(text).filter((one) => one.interface !== setup.link.name);
  await writeFile(sys, setup.leaseFile, others.map(leaseText).join(''));
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    const parsed = parseOptions(options, argv.slice(1));
    return parsed.has('-r') || parsed.has('-x') ? await stop(sys, parsed) : await start(sys, parsed, argv);
  } catch (error) {
    if (error instanceof UsageError) {
      await printError(sys, `${error.message}\nUsage: ${options.usage}\n`);
      return 1;
    }
    const failure = error instanceof Failure ? error : undefined;
    await printError(sys, `${failure?.message ?? `dhclient: ${errorText(error)}`}\n`);
    return failure?.code ?? 1;
  }
});
