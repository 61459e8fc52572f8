/** `ip` of a script's set-up: `link set`, and `address`, `route` and `neigh` with add, replace and del, as netlink changes of the simulated host. */
import { Errno } from '../../base/errno.ts';
import type { NetlinkChange } from '../../syscall/network-admin.ts';
import { CannotRun } from './problem.ts';
import type { Testbed } from './testbed.ts';

export function ipCommand(args: readonly string[], line: number, bed: Testbed): void {
  const rest = args.filter((word) => word !== '-4' && word !== '-q');
  const [object = '', verb = '', ...words] = rest;
  const text = args.join(' ');
  // Our hosts keep no metrics of their peers (ip-tcp_metrics(8)), so there is nothing to throw away.
  if (object === 'tcp_metrics' && verb === 'flush' && (words.length === 0 || text.endsWith('all'))) return;
  if ((object === 'link' || object === 'l') && verb === 'set') {
    link(words, line, bed);
    return;
  }
  const replace = verb === 'replace' || verb === 'change';
  const add = verb === 'add' || replace || verb === 'append';
  const known = add || verb === 'del' || verb === 'delete';
  const change = known ? ipChange(object, add, replace, words, bed) : undefined;
  if (change === undefined) throw new CannotRun(line, `the command ip ${object} ${verb}`.trim(), text);
  answer(bed.network.change(change), line, text);
}

/** The netlink message of `ip address|route|neigh add|del …`; undefined for words that are not known. */
function ipChange(
  object: string,
  add: boolean,
  replace: boolean,
  words: readonly string[],
  bed: Testbed,
): NetlinkChange | undefined {
  const [target = '', ...rest] = words;
  const options = new Map<string, string>();
  for (let i = 0; i < rest.length; i += 2) {
    if (rest[i + 1] === undefined) return undefined;
    options.set(rest[i]!, rest[i + 1]!);
  }
  const dev = options.get('dev');
  const ifindex = dev === undefined ? undefined : deviceIndex(dev, bed);
  if (dev !== undefined && ifindex === undefined) return undefined;
  const only = (...known: string[]): boolean => [...options.keys()].every((key) => known.includes(key));
  if (object === 'addr' || object === 'address' || object === 'a') {
    if (!only('dev') || ifindex === undefined) return undefined;
    return add
      ? { add: 'address', ifindex, address: target, replace }
      : { delete: 'address', ifindex, address: target };
  }
  if (object === 'neigh' || object === 'neighbour' || object === 'n') {
    const mac = options.get('lladdr');
    if (!only('dev', 'lladdr') || ifindex === undefined || (add && mac === undefined)) return undefined;
    return add
      ? { add: 'neighbour', ifindex, address: target, mac: mac!, permanent: true, replace }
      : { delete: 'neighbour', ifindex, address: target };
  }
  if (object !== 'route' && object !== 'ro' && object !== 'r') return undefined;
  const metrics = routeMetrics(options);
  if (metrics === undefined || !only('dev', 'via', 'src', 'metric', ...METRICS)) return undefined;
  const via = options.get('via');
  const src = options.get('src');
  const metric = options.get('metric');
  const destination = target.includes('/') || target === 'default' ? target : `${target}/32`;
  const route = {
    destination,
    ...(via === undefined ? {} : { gateway: via }),
    ...(ifindex === undefined ? {} : { ifindex }),
    ...(src === undefined ? {} : { source: src }),
    ...(metric === undefined ? {} : { metric: Number(metric) }),
    ...(metrics.size === 0 ? {} : { metrics: Object.fromEntries(metrics) }),
  };
  return add ? { add: 'route', ...route, replace } : { delete: 'route', ...route };
}

/** Metrics of a route that are plain numbers. */
const NUMBERS = ['mtu', 'advmss', 'initcwnd', 'initrwnd'] as const;
const METRICS: readonly string[] = [...NUMBERS, 'rto_min', 'features', 'quickack'];
const UNITS_US = new Map([
  ['ms', 1000],
  ['s', 1_000_000],
]);

/** Undefined where one is no value of its kind. */
function routeMetrics(options: ReadonlyMap<string, string>): Map<string, number | boolean> | undefined {
  const metrics = new Map<string, number | boolean>();
  for (const name of NUMBERS) {
    const text = options.get(name);
    if (text === undefined) continue;
    if (!/^[1-9]\d{0,8}$/.test(text)) return undefined;
    metrics.set(name, Number(text));
  }
  const rtoMin = options.get('rto_min');
  if (rtoMin !== undefined) {
    const [, number, unit] = /^(\d{1,6})(ms|s)$/.exec(rtoMin) ?? [];
    if (number === undefined) return undefined;
    metrics.set('rtoMinUs', Number(number) * UNITS_US.get(unit!)!);
  }
  const features = options.get('features');
  if (features !== undefined && features !== 'ecn') return undefined;
  if (features !== undefined) metrics.set('ecn', true);
  const quickack = options.get('quickack');
  if (quickack !== undefined && !/^[01]$/.test(quickack)) return undefined;
  if (quickack === '1') metrics.set('quickack', true);
  return metrics;
}

function link(words: readonly string[], line: number, bed: Testbed): void {
  const rest = words[0] === 'dev' ? words.slice(1) : [...words];
  const ifindex = deviceIndex(rest[0] ?? '', bed);
  if (ifindex === undefined) throw new CannotRun(line, `the device ${rest[0]}`);
  for (let i = 1; i < rest.length; i++) {
    const word = rest[i]!;
    if (word === 'up' || word === 'down')
      answer(bed.network.change({ set: 'link', ifindex, up: word === 'up' }), line, word);
    else if (word === 'mtu')
      answer(bed.network.change({ set: 'link', ifindex, mtu: Number(rest[++i]) }), line, words.join(' '));
    else throw new CannotRun(line, `ip link set ${word}`);
  }
}

export function deviceIndex(dev: string, bed: Testbed): number | undefined {
  return bed.network.cards().find((card) => card.name === dev)?.ifindex;
}

function answer(refused: Errno | undefined, line: number, text: string): void {
  if (refused instanceof Errno) throw new CannotRun(line, `ip: ${refused.text}`, text);
}
