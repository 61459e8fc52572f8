/** `ip route`. */
import { parseInterfaceAddress, parseIpv4, parsePrefix } from '@netarium/core/base/address.ts';
import type { LinkInfo, RouteInfo, RouteSpec } from '@netarium/core/syscall/netlink.ts';
import { errorText } from '../../lib/failure.ts';
import {
  allLinks,
  change,
  findDevice,
  type IpContext,
  IpError,
  notSupported,
  runVerb,
  showDevice,
  type Verb,
  type Words,
  wrong,
} from './command.ts';

const TYPES = ['unicast', 'local', 'broadcast', 'unreachable', 'blackhole', 'prohibit'] as const;
const PROTOCOLS = ['kernel', 'boot', 'static', 'dhcp'] as const;

interface RouteFilter {
  device?: LinkInfo;
  destination?: string;
  protocol?: string;
  table: 'main' | 'local' | 'all';
}

function inLocalTable(route: RouteInfo): boolean {
  return route.type === 'local' || route.type === 'broadcast';
}

function showPrefix(prefix: string): string {
  if (prefix === '0.0.0.0/0' || prefix === 'default') return 'default';
  return prefix.endsWith('/32') ? prefix.slice(0, -3) : prefix;
}

/** One line; every word is followed by a blank, the last one too. What the filter fixes is left out, as iproute2 does. */
function routeLine(route: RouteInfo, deviceName: string, filter: RouteFilter): string {
  const special = route.type === 'unreachable' || route.type === 'blackhole' || route.type === 'prohibit';
  const words = [route.type === 'unicast' ? '' : route.type, showPrefix(route.destination)];
  if (route.gateway !== undefined) words.push('via', route.gateway);
  if (filter.device === undefined && !special) words.push('dev', deviceName);
  if (filter.table === 'all' && inLocalTable(route)) words.push('table', 'local');
  if (route.protocol !== 'boot' && filter.protocol === undefined) words.push('proto', route.protocol);
  if (route.scope !== 'global' && !special) words.push('scope', route.scope);
  if (route.source !== undefined) words.push('src', route.source);
  if (route.metric !== 0) words.push('metric', String(route.metric));
  return `${words.filter((word) => word !== '').join(' ')} \n`;
}

async function readFilter(context: IpContext, words: Words): Promise<RouteFilter> {
  const filter: RouteFilter = { table: 'main' };
  while (!words.done) {
    const word = words.next();
    if (word === 'dev' || word === 'oif') filter.device = await showDevice(context, words.next());
    else if (word === 'table') filter.table = tableName(words.next());
    else if (word === 'proto' || word === 'protocol') filter.protocol = words.next();
    else if (
      [
        'root',
        'match',
        'exact',
        'via',
        'src',
        'scope',
        'type',
        'tos',
        'from',
        'cache',
        'cached',
        'realm',
        'metric',
      ].includes(word)
    )
      throw notSupported(`route show ${word}`);
    else filter.destination = readDestination(word === 'to' ? words.next() : word);
  }
  return filter;
}

function tableName(text: string): RouteFilter['table'] {
  if (text === 'main' || text === '254') return 'main';
  if (text === 'local' || text === '255') return 'local';
  if (text === 'all' || text === '0') return 'all';
  throw notSupported(`route table ${text}`);
}

function selected(route: RouteInfo, filter: RouteFilter): boolean {
  if (filter.table !== 'all' && inLocalTable(route) !== (filter.table === 'local')) return false;
  if (filter.device && route.ifindex !== filter.device.ifindex) return false;
  if (filter.protocol !== undefined && route.protocol !== filter.protocol) return false;
  return filter.destination === undefined || route.destination === filter.destination;
}

async function show(context: IpContext, words: Words): Promise<void> {
  const filter = await readFilter(context, words);
  const links = await allLinks(context);
  for (const route of await context.sys.netlink({ get: 'routes' })) {
    if (!selected(route, filter)) continue;
    const name = links.find((link) => link.ifindex === route.ifindex)?.name ?? `if${route.ifindex}`;
    await context.print(routeLine(route, name, filter));
  }
}

function readDestination(text: string): string {
  if (text === 'default' || text === 'any' || text === 'all') return '0.0.0.0/0';
  const parsed = parseInterfaceAddress(text);
  if (!parsed) throw new IpError(`Error: any valid prefix is expected rather than "${text}".`);
  return `${parsed.address}/${parsed.prefixLength}`;
}

function readAddress(text: string): string {
  if (!parseIpv4(text)) throw new IpError(`Error: any valid address is expected rather than "${text}".`);
  return text;
}

type MutableSpec = { -readonly [K in keyof RouteSpec]: RouteSpec[K] };

async function readSpec(context: IpContext, words: Words): Promise<RouteSpec> {
  const spec: Partial<MutableSpec> = {};
  let scope: string | undefined;
  while (!words.done) {
    const word = words.next();
    if (word === 'via') spec.gateway = readGateway(words);
    else if (word === 'dev' || word === 'oif') spec.ifindex = (await findDevice(context, words.next())).ifindex;
    else if (word === 'src') spec.source = readAddress(words.next());
    else if (['metric', 'priority', 'preference'].includes(word)) spec.metric = readMetric(words.next());
    else if (word === 'proto' || word === 'protocol') spec.protocol = readProtocol(words.next());
    else if (word === 'scope') scope = words.next();
    else if (word === 'table') {
      if (tableName(words.next()) !== 'main') throw notSupported('route table local');
    } else if ((TYPES as readonly string[]).includes(word)) spec.type = word as RouteInfo['type'];
    else if (
      [
        'advmss',
        'congctl',
        'cwnd',
        'encap',
        'expires',
        'features',
        'hoplimit',
        'initcwnd',
        'initrwnd',
        'mtu',
        'nexthop',
        'nhid',
        'onlink',
        'pref',
        'quickack',
        'realms',
        'rto_min',
        'rtt',
        'rttvar',
        'throw',
        'nat',
        'multicast',
        'tos',
        'window',
      ].includes(word)
    )
      throw notSupported(`route add ${word}`);
    else {
      if (spec.destination !== undefined)
        throw new IpError(`Error: either "to" is duplicate, or "${word}" is a garbage.`, 255);
      spec.destination = readDestination(word === 'to' ? words.next() : word);
    }
  }
  // The scope follows from the gateway here; one that says otherwise would be ignored, so it is refused.
  const implied = spec.gateway === undefined ? 'link' : 'global';
  if (scope !== undefined && scope !== implied) throw notSupported(`route add scope ${scope}`);
  return { ...spec, destination: spec.destination ?? '0.0.0.0/0' };
}

/** `via [inet] ADDRESS` */
function readGateway(words: Words): string {
  const word = words.next();
  return readAddress(word === 'inet' ? words.next() : word);
}

function readMetric(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffff_ffff) throw wrong(text, '"metric" value is invalid');
  return Number(text);
}

function readProtocol(text: string): RouteInfo['protocol'] {
  const found = PROTOCOLS.find((name) => name === text);
  if (!found) throw notSupported(`route proto ${text}`);
  return found;
}

async function modify(context: IpContext, words: Words, command: 'add' | 'replace' | 'delete'): Promise<void> {
  const spec = await readSpec(context, words);
  if (command === 'delete') return change(context, { delete: 'route', ...spec });
  if (!parsePrefix(spec.destination)) throw new IpError('Error: Invalid prefix for given prefix length.', 2);
  const refusals =
    spec.gateway === undefined
      ? {}
      : { ENETUNREACH: 'Nexthop has invalid gateway.', EHOSTUNREACH: 'Nexthop has invalid gateway.' };
  await change(context, { add: 'route', ...spec, ...(command === 'replace' ? { replace: true } : {}) }, refusals);
}

async function get(context: IpContext, words: Words): Promise<void> {
  let to: string | undefined;
  let from: string | undefined;
  while (!words.done) {
    const word = words.next();
    if (word === 'from') from = readAddress(words.next());
    else if (
      [
        'iif',
        'oif',
        'dev',
        'mark',
        'tos',
        'vrf',
        'uid',
        'fibmatch',
        'connected',
        'notify',
        'sport',
        'dport',
        'ipproto',
      ].includes(word)
    )
      throw notSupported(`route get ${word}`);
    else to = readAddress((word === 'to' ? words.next() : word).replace(/\/32$/, ''));
  }
  if (to === undefined) throw new IpError('need at least a destination address', 255);
  const links = await allLinks(context);
  const route = await context.sys
    .netlink({ get: 'route', to, ...(from === undefined ? {} : { from }) })
    .catch((error: unknown) => {
      throw new IpError(`RTNETLINK answers: ${errorText(error)}`, 2);
    });
  const link = links.find((candidate) => candidate.ifindex === route.ifindex);
  const typed = route.type === 'unicast' ? '' : `${route.type} `;
  const via = route.gateway === undefined ? '' : `via ${route.gateway} `;
  const fromText = from === undefined ? '' : `from ${from} `;
  const cache = [
    link && route.mtu !== link.mtu && route.type === 'unicast' ? `mtu ${route.mtu} ` : '',
    route.type === 'local' ? '<local> ' : route.type === 'broadcast' ? '<local,brd> ' : '',
  ];
  const uid = await context.sys.getuid();
  const source = from === undefined ? `src ${route.source} ` : '';
  await context.print(
    `${typed}${to} ${fromText}${via}dev ${link?.name ?? `if${route.ifindex}`} ${source}uid ${uid} \n    cache ${cache.join('')}\n`,
  );
}

async function flush(context: IpContext, words: Words): Promise<void> {
  if (words.done) throw new IpError('"ip route flush" requires arguments', 255);
  if (words.peek() === 'cache') throw notSupported('route flush cache');
  const filter = await readFilter(context, words);
  for (const route of await context.sys.netlink({ get: 'routes' })) {
    if (!selected(route, filter)) continue;
    const { destination, ifindex, metric, gateway, type } = route;
    await change(context, {
      delete: 'route',
      destination,
      ifindex,
      metric,
      type,
      ...(gateway === undefined ? {} : { gateway }),
    });
  }
}

const VERBS: ReadonlyMap<string, Verb | undefined> = new Map<string, Verb | undefined>([
  ['list', show],
  ['show', show],
  ['lst', show],
  ['ls', show],
  ['get', get],
  ['add', (context, words) => modify(context, words, 'add')],
  ['change', undefined],
  ['chg', undefined],
  ['replace', (context, words) => modify(context, words, 'replace')],
  ['prepend', undefined],
  ['append', undefined],
  ['test', undefined],
  ['delete', (context, words) => modify(context, words, 'delete')],
  ['flush', flush],
  ['save', undefined],
  ['restore', undefined],
  ['showdump', undefined],
  ['help', undefined],
]);

export function routeCommand(context: IpContext, words: Words): Promise<void> {
  return runVerb(context, words, VERBS, 'route');
}
