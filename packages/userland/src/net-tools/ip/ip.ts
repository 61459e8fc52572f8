/**
 * ip: addresses, links, routes and neighbours over netlink, with the output, abbreviations and errors of iproute2 6.1: `address
 * show|add|replace|delete|flush`, `link show|set` (up, down, mtu, address, promisc), `route show|get|add|replace|delete|flush` (via, dev, src,
 * metric, proto, table main|local|all, unreachable, blackhole, prohibit), `neighbour show|add|replace|delete|flush`. Leaves out every
 * other object (rule, netns, tunnel …), IPv6, JSON and details.
 */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { type CoverageSection, type ProgramOptions, unsupported } from '../../lib/options.ts';
import { print, printError } from '../../lib/stdio.ts';
import { addressCommand } from './address.ts';
import { abbreviated, type IpContext, IpError, type IpFlags, Words } from './command.ts';
import { linkCommand } from './link.ts';
import { neighbourCommand } from './neighbour.ts';
import { routeCommand } from './route.ts';

export const options: ProgramOptions = {
  name: 'ip',
  usage: 'ip [ OPTIONS ] { address | link | route | neighbour } { COMMAND }',
  singleDashLong: true,
  options: [
    { names: ['-4'], help: 'IPv4, which is always so here' },
    { names: ['-br', '-brief'], help: 'one short line each' },
    { names: ['-f', '-family'], value: 'inet', help: 'address family; inet only' },
    { names: ['-o', '-oneline'], help: 'one line each' },
    { names: ['-s', '-stats', '-statistics'], help: 'counters too' },
    { names: ['-V', '-Version'], help: 'print the version' },
  ],
};

export const coverage: readonly CoverageSection[] = [
  {
    program: 'ip',
    title: 'Commands',
    entries: [
      '`address show [dev] DEV [up]`, `address add|replace|del PREFIX dev DEV [brd +|-|ADDRESS] [valid_lft SECONDS]`, `address flush DEV`',
      '`link show [DEV] [up]`, `link set DEV [up|down] [mtu N] [address MAC] [promisc on|off]`',
      '`route show [PREFIX] [dev DEV] [proto P] [table main|local|all]`, `route get ADDRESS [from ADDRESS]`, `route flush FILTER`',
      '`route add|replace|del [unicast|unreachable|blackhole|prohibit] PREFIX [via ADDRESS] [dev DEV] [src ADDRESS] [metric N] [proto P]`',
      '`neighbour show [ADDRESS] [dev DEV] [nud STATE]`, `neighbour add|replace|del ADDRESS lladdr MAC dev DEV [nud permanent|reachable]`, `neighbour flush FILTER`',
    ],
  },
];

const OBJECTS = [
  'address',
  'addrlabel',
  'maddress',
  'route',
  'rule',
  'neighbor',
  'neighbour',
  'ntable',
  'ntbl',
  'link',
  'l2tp',
  'fou',
  'ila',
  'macsec',
  'tunnel',
  'tunl',
  'tuntap',
  'tap',
  'token',
  'tcpmetrics',
  'monitor',
  'xfrm',
  'mroute',
  'mrule',
  'netns',
  'netconf',
  'vrf',
  'sr',
  'nexthop',
  'mptcp',
  'ioam',
  'help',
  'stats',
] as const;
const COMMANDS = new Map([
  ['address', addressCommand],
  ['link', linkCommand],
  ['route', routeCommand],
  ['neighbor', neighbourCommand],
  ['neighbour', neighbourCommand],
]);
const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { address | link | neighbour | route }
       OPTIONS := { -4 | -br[ief] | -f[amily] inet | -o[neline] | -s[tatistics] | -V[ersion] }
`;

interface CommandLine {
  readonly flags: IpFlags;
  readonly version: boolean;
  readonly rest: readonly string[];
}

/** Options may be shortened to any beginning, in iproute2's order of preference. */
const LONG = [
  '-loops',
  '-family',
  '-4',
  '-6',
  '-0',
  '-M',
  '-B',
  '-human-readable',
  '-iec',
  '-stats',
  '-statistics',
  '-details',
  '-resolve',
  '-oneline',
  '-timestamp',
  '-tshort',
  '-Version',
  '-force',
  '-batch',
  '-brief',
  '-json',
  '-pretty',
  '-rcvbuf',
  '-color',
  '-help',
  '-netns',
  '-Numeric',
  '-all',
  '-echo',
];

function readOptions(argv: readonly string[]): CommandLine {
  const flags = { brief: false, oneline: false, statistics: false };
  let version = false;
  let at = 0;
  for (; at < argv.length && argv[at]!.startsWith('-'); at++) {
    const typed = argv[at]!.startsWith('--') ? argv[at]!.slice(1) : argv[at]!;
    if (typed === '-') {
      at++;
      break;
    }
    const name = typed === '-br' ? '-brief' : abbreviated(typed, LONG);
    if (name === '-4') continue;
    if (name === '-brief') flags.brief = true;
    else if (name === '-oneline') flags.oneline = true;
    else if (name === '-stats' || name === '-statistics') flags.statistics = true;
    else if (name === '-Version') version = true;
    else if (name === '-family') {
      const family = argv[++at] ?? '';
      if (family !== 'inet') throw new IpError(unsupported('ip', `-family ${family}`), 255);
    } else if (name === '-help') throw new IpError(USAGE.trimEnd(), 255);
    else if (name !== undefined) throw new IpError(unsupported('ip', name), 255);
    else throw new IpError(`Option "${typed}" is unknown, try "ip -help".`, 255);
  }
  return { flags, version, rest: argv.slice(at) };
}

async function run(context: IpContext, rest: readonly string[]): Promise<void> {
  const words = new Words(rest);
  if (words.done) throw new IpError(USAGE.trimEnd(), 255);
  const typed = words.next();
  const object = abbreviated(typed, OBJECTS);
  if (object === undefined) throw new IpError(`Object "${typed}" is unknown, try "ip help".`);
  if (object === 'help') throw new IpError(USAGE.trimEnd(), 255);
  const command = COMMANDS.get(object);
  if (!command) throw new IpError(unsupported('ip', object), 255);
  await command(context, words);
}

export const main: Program = async (sys, argv) => {
  try {
    const { flags, version, rest } = readOptions(argv.slice(1));
    if (version) {
      await print(sys, 'ip utility, iproute2-6.1.0 (Netarium)\n');
      return 0;
    }
    await run({ sys, flags, print: (text) => print(sys, text) }, rest);
    return 0;
  } catch (error) {
    if (!(error instanceof IpError)) throw error;
    await printError(sys, `${error.message}\n`);
    return error.code;
  }
};
