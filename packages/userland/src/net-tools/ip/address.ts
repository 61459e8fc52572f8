/** `ip address`. */
import { parseInterfaceAddress, parseIpv4, prefixOf } from '@netarium/core/base/address.ts';
import type { AddressInfo, LinkInfo } from '@netarium/core/syscall/netlink.ts';
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
import { briefName, linkAddressLine, linkHead, linkStatistics } from './link.ts';

const SECOND_NS = 1_000_000_000;

function lifetime(ns: number | undefined): string {
  return ns === undefined ? 'forever' : `${Math.floor(ns / SECOND_NS)}sec`;
}

/** True for every address but the first of its prefix on a card: the kernel's IFA_F_SECONDARY. */
function isSecondary(address: AddressInfo, own: readonly AddressInfo[]): boolean {
  const prefixText = (info: AddressInfo) => {
    const parsed = parseInterfaceAddress(info.address);
    return parsed && String(prefixOf(parsed.address, parsed.prefixLength));
  };
  return own.find((other) => prefixText(other) === prefixText(address)) !== address;
}

/** The two lines of an address. */
function addressLines(address: AddressInfo, link: LinkInfo, own: readonly AddressInfo[]): readonly string[] {
  const broadcast = address.broadcast === undefined ? '' : ` brd ${address.broadcast}`;
  const secondary = isSecondary(address, own) ? ' secondary' : '';
  const dynamic = address.dynamic ? ' dynamic' : '';
  const left = lifetime(address.validNs);
  return [
    `    inet ${address.address}${broadcast} scope ${address.scope}${secondary}${dynamic} ${link.name}`,
    `       valid_lft ${left} preferred_lft ${left}`,
  ];
}

async function show(context: IpContext, words: Words): Promise<void> {
  let device: string | undefined;
  let upOnly = false;
  while (!words.done) {
    const word = words.next();
    if (word === 'up') upOnly = true;
    else if (word === 'dev') device = words.next();
    else if (['to', 'scope', 'label', 'dynamic', 'permanent', 'master', 'type', 'vrf', 'group'].includes(word))
      throw notSupported(`address show ${word}`);
    else device = word;
  }
  const links = device === undefined ? await allLinks(context) : [await showDevice(context, device)];
  const addresses = await context.sys.netlink({ get: 'addresses' });
  for (const link of links) {
    if (upOnly && !link.up) continue;
    await showLink(
      context,
      link,
      addresses.filter((address) => address.ifindex === link.ifindex),
    );
  }
}

async function showLink(context: IpContext, link: LinkInfo, own: readonly AddressInfo[]): Promise<void> {
  const { flags } = context;
  if (flags.brief) return context.print(`${briefName(link)}${own.map((address) => `${address.address} `).join('')}\n`);
  if (flags.oneline) {
    for (const address of own) {
      const [first, second] = addressLines(address, link, own) as [string, string];
      await context.print(`${link.ifindex}: ${link.name}${first}\\${second}\n`);
    }
    return;
  }
  const lines = [
    linkHead(link, false),
    linkAddressLine(link),
    ...own.flatMap((address) => addressLines(address, link, own)),
  ];
  if (flags.statistics) lines.push(...linkStatistics(link));
  await context.print(`${lines.join('\n')}\n`);
}

interface AddressChange {
  address?: string;
  broadcast?: string;
  validNs?: number;
  device?: string;
}

function readChange(words: Words): AddressChange {
  const found: AddressChange = {};
  while (!words.done) {
    const word = words.next();
    if (word === 'dev') found.device = words.next();
    else if (word === 'broadcast' || word === 'brd') found.broadcast = words.next();
    else if (word === 'valid_lft') {
      const value = words.next();
      if (value === 'forever') continue;
      if (!/^\d{1,9}$/.test(value)) throw wrong(value, 'valid_lft value');
      found.validNs = Number(value) * SECOND_NS;
    } else if (
      [
        'anycast',
        'home',
        'label',
        'mngtmpaddr',
        'metric',
        'nodad',
        'noprefixroute',
        'optimistic',
        'peer',
        'preferred_lft',
        'proto',
        'remote',
        'scope',
        'autojoin',
      ].includes(word)
    )
      throw notSupported(`address add ${word}`);
    else {
      const value = word === 'local' ? words.next() : word;
      if (found.address !== undefined)
        throw new IpError(`Error: either "local" is duplicate, or "${value}" is a garbage.`, 255);
      if (!parseInterfaceAddress(value))
        throw new IpError(`Error: any valid prefix is expected rather than "${value}".`);
      found.address = value.includes('/') ? value : `${value}/32`;
    }
  }
  return found;
}

/** `brd +` asks for the prefix's own broadcast address, `brd -` for none. */
function broadcastOf(found: AddressChange): string | undefined {
  if (found.broadcast === undefined || found.broadcast === '-') return undefined;
  if (found.broadcast !== '+') {
    if (!parseIpv4(found.broadcast))
      throw new IpError(`Error: any valid address is expected rather than "${found.broadcast}".`);
    return found.broadcast;
  }
  const parsed = parseInterfaceAddress(found.address ?? '')!;
  const broadcast = prefixOf(parsed.address, parsed.prefixLength).broadcast;
  return broadcast && String(broadcast);
}

async function modify(context: IpContext, words: Words, command: Change): Promise<void> {
  const found = readChange(words);
  if (found.device === undefined) throw new IpError('Not enough information: "dev" argument is required.');
  const link = await findDevice(context, found.device);
  if (found.address === undefined) {
    if (command !== 'delete') throw new IpError('RTNETLINK answers: Invalid argument', 2);
    return change(context, { flush: 'addresses', ifindex: link.ifindex });
  }
  const target = { ifindex: link.ifindex, address: found.address };
  if (command === 'delete') {
    await change(context, { delete: 'address', ...target }, { EADDRNOTAVAIL: 'ipv4: Address not found.' });
    return;
  }
  const broadcast = broadcastOf(found);
  await change(
    context,
    {
      add: 'address',
      ...target,
      ...(broadcast === undefined ? {} : { broadcast }),
      ...(found.validNs === undefined ? {} : { validNs: found.validNs }),
      ...(command === 'replace' ? { replace: true } : {}),
    },
    { EEXIST: 'ipv4: Address already assigned.' },
  );
}

async function flush(context: IpContext, words: Words): Promise<void> {
  const word = words.done ? undefined : words.next();
  const name = word === 'dev' ? words.next() : word;
  if (name === undefined) throw new IpError('Flush requires arguments.', 255);
  if (!words.done) throw notSupported(`address flush ${words.peek()}`);
  const link = await showDevice(context, name);
  await change(context, { flush: 'addresses', ifindex: link.ifindex });
}

const VERBS: Verbs = new Map([
  ...changing(modify),
  ...listing(show),
  ['flush', flush],
  ['save', undefined],
  ['showdump', undefined],
  ['restore', undefined],
  ['help', undefined],
]);

export function addressCommand(context: IpContext, words: Words): Promise<void> {
  return runVerb(context, words, VERBS, 'address');
}
