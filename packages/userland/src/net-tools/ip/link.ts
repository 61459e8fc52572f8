/** `ip link`: cards, their states and counters. */
import { parseMac } from '@netarium/core/base/address.ts';
import type { LinkInfo } from '@netarium/core/syscall/netlink.ts';
import {
  allLinks,
  change,
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

function linkFlags(link: LinkInfo): string {
  const flags: string[] = [];
  if (link.up && !link.carrier) flags.push('NO-CARRIER');
  if (link.type === 'loopback') flags.push('LOOPBACK');
  else flags.push('BROADCAST', 'MULTICAST');
  if (link.promiscuous) flags.push('PROMISC');
  if (link.up) flags.push('UP');
  if (link.up && link.carrier) flags.push('LOWER_UP');
  return `<${flags.join(',')}>`;
}

/** The operational state (RFC 2863); loopback has none. */
function linkState(link: LinkInfo): string {
  if (!link.up) return 'DOWN';
  if (link.type === 'loopback') return 'UNKNOWN';
  return link.carrier ? 'UP' : 'DOWN';
}

/** The first line of a card. `mode` is shown by `ip link` only. */
export function linkHead(link: LinkInfo, withMode: boolean): string {
  const queue = link.type === 'loopback' ? 'noqueue' : 'pfifo_fast';
  const mode = withMode ? ' mode DEFAULT' : '';
  const state = `qdisc ${queue} state ${linkState(link)}${mode} group default qlen ${link.txQueueLength}`;
  return `${link.ifindex}: ${link.name}: ${linkFlags(link)} mtu ${link.mtu} ${state}`;
}

export function linkAddressLine(link: LinkInfo): string {
  const broadcast = link.type === 'loopback' ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff';
  return `    link/${link.type} ${link.mac} brd ${broadcast}`;
}

/** The two tables of `-s`: every column as wide as its widest number. */
export function linkStatistics(link: LinkInfo): readonly string[] {
  const { stats } = link;
  const received = [stats.rxBytes, stats.rxPackets, stats.rxErrors, stats.rxDropped, 0, stats.multicast];
  const sent = [stats.txBytes, stats.txPackets, stats.txErrors, stats.txDropped, 0, stats.collisions];
  const least = [10, 7, 6, 7, 7, 7];
  const widths = least.map((width, i) => Math.max(width, String(received[i]).length, String(sent[i]).length));
  const head = (mark: string, names: readonly string[]) =>
    `    ${mark}: ${names.map((name, i) => name.padStart(widths[i]! - (i === 0 ? 4 : 0))).join(' ')} ${' '.repeat(10)}`;
  const row = (values: readonly number[]) =>
    `    ${values.map((value, i) => `${String(value).padStart(widths[i]!)} `).join('')}`;
  return [
    head('RX', ['bytes', 'packets', 'errors', 'dropped', 'missed', 'mcast']),
    row(received),
    head('TX', ['bytes', 'packets', 'errors', 'dropped', 'carrier', 'collsns']),
    row(sent),
  ];
}

export function briefName(link: LinkInfo): string {
  return `${link.name.padEnd(16)} ${linkState(link).padEnd(14)} `;
}

async function show(context: IpContext, words: Words): Promise<void> {
  let device: string | undefined;
  let upOnly = false;
  while (!words.done) {
    const word = words.next();
    if (word === 'up') upOnly = true;
    else if (word === 'dev') device = words.next();
    else if (['group', 'master', 'type', 'vrf', 'nomaster'].includes(word)) throw notSupported(`link show ${word}`);
    else device = word;
  }
  const links = device === undefined ? await allLinks(context) : [await showDevice(context, device)];
  const { flags } = context;
  for (const link of links) {
    if (upOnly && !link.up) continue;
    if (flags.brief) {
      await context.print(`${briefName(link)}${link.mac} ${linkFlags(link)} \n`);
      continue;
    }
    const lines = [linkHead(link, true), linkAddressLine(link), ...(flags.statistics ? linkStatistics(link) : [])];
    await context.print(`${lines.join(flags.oneline ? '\\' : '\n')}\n`);
  }
}

interface LinkChange {
  up?: boolean;
  mtu?: number;
  mac?: string;
  promiscuous?: boolean;
}

function readChange(words: Words, into: LinkChange): string | undefined {
  const word = words.next();
  switch (word) {
    case 'dev':
      return words.next();
    case 'up':
    case 'down':
      into.up = word === 'up';
      return undefined;
    case 'mtu': {
      const value = words.next();
      if (!/^\d{1,9}$/.test(value)) throw wrong(value, 'Invalid "mtu" value');
      into.mtu = Number(value);
      return undefined;
    }
    case 'address': {
      const value = words.next();
      if (!parseMac(value)) throw new IpError(`"${value}" is invalid lladdr.`, 255);
      into.mac = value;
      return undefined;
    }
    case 'promisc': {
      const value = words.next();
      if (value !== 'on' && value !== 'off')
        throw new IpError(`Error: argument of "promisc" must be "on" or "off", not "${value}"`, 255);
      into.promiscuous = value === 'on';
      return undefined;
    }
  }
  const known = [
    'alias',
    'allmulticast',
    'arp',
    'carrier',
    'group',
    'master',
    'multicast',
    'name',
    'netns',
    'nomaster',
    'txqueuelen',
    'type',
    'vf',
    'xdp',
  ];
  if (known.includes(word)) throw notSupported(`link set ${word}`);
  return word;
}

async function set(context: IpContext, words: Words): Promise<void> {
  let name: string | undefined;
  const wanted: LinkChange = {};
  while (!words.done) {
    const device = readChange(words, wanted);
    if (device === undefined) continue;
    if (name !== undefined) throw new IpError(`Error: either "dev" is duplicate, or "${device}" is a garbage.`, 255);
    name = device;
  }
  if (name === undefined) throw new IpError('Not enough of information: "dev" argument is required.', 255);
  const link = await findDevice(context, name);
  const limits = {
    EINVAL:
      wanted.mtu === undefined
        ? undefined
        : wanted.mtu < 68
          ? 'mtu less than device minimum.'
          : 'mtu greater than device maximum.',
  };
  await change(
    context,
    { set: 'link', ifindex: link.ifindex, ...wanted },
    limits.EINVAL === undefined ? {} : { EINVAL: limits.EINVAL },
  );
}

const VERBS: Verbs = new Map([
  ['add', undefined],
  ['change', undefined],
  ['replace', undefined],
  ['delete', undefined],
  ['set', set],
  ...listing(show),
  ['afstats', undefined],
  ['property', undefined],
  ['help', undefined],
]);

export function linkCommand(context: IpContext, words: Words): Promise<void> {
  return runVerb(context, words, VERBS, 'link');
}
