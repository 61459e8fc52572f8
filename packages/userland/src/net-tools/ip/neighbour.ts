/** `ip neighbour`. */
import { parseIpv4, parseMac, parsePrefix } from '@netarium/core/base/address.ts';
import type { LinkInfo, NeighbourInfo } from '@netarium/core/syscall/netlink.ts';
import {
  allLinks,
  type Change,
  change,
  changing,
  findDevice,
  type IpContext,
  IpError,
  listing,
  notSupported,
  runVerb,
  showDevice,
  type Verbs,
  type Words,
  wrong,
} from './command.ts';

const STATES = ['INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'NOARP', 'PERMANENT'] as const;

/** One line; the device is left out where the command named it. */
function neighbourLine(entry: NeighbourInfo, deviceName: string | undefined): string {
  const device = deviceName === undefined ? '' : `dev ${deviceName} `;
  const mac = entry.mac === undefined ? '' : `lladdr ${entry.mac} `;
  return `${entry.address} ${device}${mac}${entry.state} \n`;
}

interface NeighbourFilter {
  device?: LinkInfo;
  prefix?: string;
  state?: string;
}

async function readFilter(context: IpContext, words: Words, command: string): Promise<NeighbourFilter> {
  const filter: NeighbourFilter = {};
  while (!words.done) {
    const word = words.next();
    if (word === 'dev') filter.device = await showDevice(context, words.next());
    else if (word === 'nud') filter.state = readState(words.next());
    else if (['proxy', 'unused', 'vrf', 'master', 'nomaster'].includes(word))
      throw notSupported(`neighbour ${command} ${word}`);
    else {
      const value = word === 'to' ? words.next() : word;
      if (!parsePrefix(value, true)) throw new IpError(`Error: any valid prefix is expected rather than "${value}".`);
      filter.prefix = value;
    }
  }
  return filter;
}

function readState(text: string): string {
  const found = text === 'all' ? 'all' : STATES.find((state) => state === text.toUpperCase());
  if (!found) throw wrong(text, 'nud state is bad');
  return found;
}

function selected(entry: NeighbourInfo, filter: NeighbourFilter): boolean {
  if (filter.device && entry.ifindex !== filter.device.ifindex) return false;
  if (filter.prefix !== undefined && !parsePrefix(filter.prefix, true)!.contains(parseIpv4(entry.address)!))
    return false;
  if (filter.state === undefined) return entry.state !== 'NOARP';
  return filter.state === 'all' || entry.state === filter.state;
}

async function show(context: IpContext, words: Words): Promise<void> {
  const filter = await readFilter(context, words, 'show');
  const links = await allLinks(context);
  for (const entry of await context.sys.netlink({ get: 'neighbours' })) {
    if (!selected(entry, filter)) continue;
    const name = links.find((link) => link.ifindex === entry.ifindex)?.name ?? `if${entry.ifindex}`;
    if (context.flags.brief) {
      const device = filter.device ? '' : `${name.padEnd(16)} `;
      await context.print(`${entry.address.padEnd(39)} ${device}${entry.mac ?? ''}\n`);
    } else await context.print(neighbourLine(entry, filter.device ? undefined : name));
  }
}

async function modify(context: IpContext, words: Words, command: Change): Promise<void> {
  let address: string | undefined;
  let mac: string | undefined;
  let device: string | undefined;
  let state = 'PERMANENT';
  while (!words.done) {
    const word = words.next();
    if (word === 'dev') device = words.next();
    else if (word === 'lladdr') {
      mac = words.next();
      if (!parseMac(mac)) throw new IpError(`"${mac}" is invalid lladdr.`, 255);
    } else if (word === 'nud') state = readState(words.next());
    else if (['proxy', 'router', 'extern_learn', 'managed', 'use', 'protocol'].includes(word))
      throw notSupported(`neighbour add ${word}`);
    else {
      address = word === 'to' ? words.next() : word;
      if (!parseIpv4(address)) throw new IpError(`Error: any valid address is expected rather than "${address}".`);
    }
  }
  if (address === undefined || device === undefined)
    throw new IpError('Device and destination are required arguments.', 255);
  const { ifindex } = await findDevice(context, device);
  if (command === 'delete') return change(context, { delete: 'neighbour', ifindex, address });
  if (mac === undefined) throw new IpError('Error: No link layer address given.', 2);
  if (state !== 'PERMANENT' && state !== 'REACHABLE') throw notSupported(`neighbour add nud ${state.toLowerCase()}`);
  const replace = command === 'replace' ? { replace: true } : {};
  await change(context, { add: 'neighbour', ifindex, address, mac, permanent: state === 'PERMANENT', ...replace });
}

/** Permanent entries stay, as with iproute2, unless they are asked for. */
async function flush(context: IpContext, words: Words): Promise<void> {
  if (words.done) throw new IpError('Flush requires arguments.');
  if (words.peek() === 'all') words.next();
  const filter = await readFilter(context, words, 'flush');
  for (const entry of await context.sys.netlink({ get: 'neighbours' })) {
    if (!selected(entry, filter)) continue;
    if (filter.state === undefined && entry.state === 'PERMANENT') continue;
    await change(context, { delete: 'neighbour', ifindex: entry.ifindex, address: entry.address });
  }
}

const VERBS: Verbs = new Map([
  ...changing(modify),
  ['get', undefined],
  ...listing(show),
  ['flush', flush],
  ['help', undefined],
]);

export function neighbourCommand(context: IpContext, words: Words): Promise<void> {
  return runVerb(context, words, VERBS, 'neighbour', 'neigh');
}
