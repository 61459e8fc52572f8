/**
 * arp: the neighbour table as net-tools shows and changes it, read over netlink. Leaves out proxy entries (`pub`), `-f` and hardware types
 * other than Ethernet.
 */
import { parseIpv4, parseMac, parsePrefix } from '@netarium/core/base/address.ts';
import type { LinkInfo, NeighbourInfo } from '@netarium/core/syscall/netlink.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText } from '../lib/failure.ts';
import { withHelp } from '../lib/help.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError, unsupported } from '../lib/options.ts';
import { resolveAddress, resolveHost } from '../lib/resolver.ts';
import { print, printError } from '../lib/stdio.ts';

export const options: ProgramOptions = {
  name: 'arp',
  usage: 'arp [-vn] [-i <if>] [-a] [<hostname>] | [-i <if>] -d <host> | [-i <if>] -s <host> <hwaddr> [temp]',
  options: [
    { names: ['-a'], help: 'show entries in BSD style' },
    { names: ['-d', '--delete'], help: 'delete an entry' },
    { names: ['-e'], help: 'show entries in Linux style, which is the default' },
    { names: ['-H', '-t', '--hw-type'], value: 'TYPE', help: 'hardware type; ether only' },
    { names: ['-i', '--device'], value: 'IF', help: 'entries of this interface only' },
    { names: ['-n', '--numeric'], help: 'no host names' },
    { names: ['-s', '--set'], help: 'add an entry' },
    { names: ['-v', '--verbose'], help: 'count the entries too' },
  ],
};

class ArpError extends Error {
  override readonly name = 'ArpError';
}

interface Shown {
  readonly entry: NeighbourInfo;
  readonly device: string;
}

/** /proc/net/arp leaves out entries that were never tried; all others are there. */
async function entries(sys: Sys): Promise<readonly Shown[]> {
  const links = await sys.netlink({ get: 'links' });
  const device = (ifindex: number) => links.find((link) => link.ifindex === ifindex)?.name ?? `if${ifindex}`;
  const list = await sys.netlink({ get: 'neighbours' });
  return list.filter(({ state }) => state !== 'NOARP').map((entry) => ({ entry, device: device(entry.ifindex) }));
}

function complete(entry: NeighbourInfo): entry is NeighbourInfo & { readonly mac: string } {
  return entry.mac !== undefined && entry.state !== 'INCOMPLETE' && entry.state !== 'FAILED';
}

async function hostName(sys: Sys, address: string, numeric: boolean): Promise<string | undefined> {
  return numeric ? undefined : resolveAddress(sys, address);
}

async function bsdLine(sys: Sys, { entry, device }: Shown, numeric: boolean): Promise<string> {
  const name = (await hostName(sys, entry.address, numeric)) ?? '?';
  if (!complete(entry)) return `${name} (${entry.address}) at <incomplete> on ${device}\n`;
  const permanent = entry.state === 'PERMANENT' ? ' PERM' : '';
  return `${name} (${entry.address}) at ${entry.mac} [ether]${permanent} on ${device}\n`;
}

async function linuxLine(sys: Sys, { entry, device }: Shown, numeric: boolean): Promise<string> {
  const name = ((await hostName(sys, entry.address, numeric)) ?? entry.address).slice(0, 23).padEnd(23);
  if (!complete(entry)) return `${name}  ${' '.repeat(8)}${'(incomplete)'.padEnd(20)}${' '.repeat(22)}${device}\n`;
  const flags = entry.state === 'PERMANENT' ? 'CM' : 'C';
  return `${name}  ${'ether'.padEnd(8)}${entry.mac.padEnd(20)}${flags.padEnd(22)}${device}\n`;
}

const HEAD = 'Address                  HWtype  HWaddress           Flags Mask            Iface\n';

async function show(sys: Sys, given: ParsedOptions): Promise<number> {
  const [host, ...more] = given.operands;
  if (more.length > 0) throw new UsageError(`usage: ${options.usage}`);
  const wanted = host === undefined ? undefined : await addressOf(sys, host);
  const all = await entries(sys);
  const device = given.value('-i');
  const found = all.filter(
    (shown) =>
      (wanted === undefined || shown.entry.address === wanted) && (device === undefined || shown.device === device),
  );
  const numeric = given.has('-n');
  const lines: string[] = [];
  for (const shown of found) lines.push(await (given.has('-a') ? bsdLine : linuxLine)(sys, shown, numeric));
  if (lines.length > 0 && !given.has('-a')) lines.unshift(HEAD);
  if (given.has('-v'))
    lines.push(`Entries: ${all.length}\tSkipped: ${all.length - found.length}\tFound: ${found.length}\n`);
  if (found.length === 0 && host !== undefined) lines.push(`${host} (${wanted}) -- no entry\n`);
  else if (found.length === 0 && device !== undefined && all.length > 0)
    await printError(sys, `arp: in ${all.length} entries no match found.\n`);
  await print(sys, lines.join(''));
  return 0;
}

async function addressOf(sys: Sys, host: string): Promise<string> {
  if (parseIpv4(host)) return host;
  const found = await resolveHost(sys, host);
  if (found.kind === 'error') throw new ArpError(`${host}: Unknown host`);
  return found.addresses[0]!;
}

/** The interface whose prefix holds the address, as the kernel finds it for SIOCSARP without a device. */
async function deviceFor(sys: Sys, address: string, given: ParsedOptions, call: string): Promise<LinkInfo> {
  const links = await sys.netlink({ get: 'links' });
  const named = given.value('-i');
  if (named !== undefined) {
    const link = links.find((candidate) => candidate.name === named);
    if (!link) throw new ArpError(`${call}: No such device`);
    return link;
  }
  for (const own of await sys.netlink({ get: 'addresses' })) {
    const link = links.find((candidate) => candidate.ifindex === own.ifindex);
    if (link && link.type === 'ether' && parsePrefix(own.address, true)?.contains(parseIpv4(address)!)) return link;
  }
  throw new ArpError(`${call}: Network is unreachable`);
}

async function set(sys: Sys, given: ParsedOptions): Promise<number> {
  const [host, mac, ...rest] = given.operands;
  if (host === undefined) throw new ArpError('arp: need host name');
  if (mac === undefined) throw new ArpError('arp: need hardware address');
  if (!parseMac(mac)) throw new ArpError('arp: invalid hardware address');
  for (const word of rest) if (word !== 'temp') throw new UsageError(unsupported('arp', word));
  const address = await addressOf(sys, host);
  const link = await deviceFor(sys, address, given, 'SIOCSARP');
  const permanent = !rest.includes('temp');
  try {
    await sys.netlink({ add: 'neighbour', ifindex: link.ifindex, address, mac, permanent, replace: true });
  } catch (error) {
    throw new ArpError(`SIOCSARP: ${errorText(error)}`);
  }
  return 0;
}

async function remove(sys: Sys, given: ParsedOptions): Promise<number> {
  const [host, ...rest] = given.operands;
  if (host === undefined) throw new ArpError('arp: need host name');
  for (const word of rest) throw new UsageError(unsupported('arp', word));
  const address = await addressOf(sys, host);
  const link = await deviceFor(sys, address, given, 'SIOCDARP(dontpub)');
  try {
    await sys.netlink({ delete: 'neighbour', ifindex: link.ifindex, address });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw new ArpError(`No ARP entry for ${address}`);
    throw new ArpError(`SIOCDARP(dontpub): ${errorText(error)}`);
  }
  return 0;
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    const given = parseOptions(options, argv.slice(1));
    const type = given.value('-H');
    if (type !== undefined && type !== 'ether') throw new UsageError(unsupported('arp', `-H ${type}`));
    if (given.has('-s')) return await set(sys, given);
    return await (given.has('-d') ? remove : show)(sys, given);
  } catch (error) {
    if (!(error instanceof ArpError) && !(error instanceof UsageError)) throw error;
    await printError(sys, `${error.message}\n`);
    return error instanceof UsageError ? 3 : 255;
  }
});
