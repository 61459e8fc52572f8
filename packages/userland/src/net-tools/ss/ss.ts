/**
 * ss: the internet sockets of a host over sock_diag, in the table of iproute2. Leaves out Unix and packet sockets, memory and extended
 * details, name resolution of addresses, and closing sockets.
 */
import type { SocketInfo, SocketStateName } from '@netarium/core/syscall/netlink.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { withHelp } from '../../lib/help.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../../lib/options.ts';
import { readServices } from '../../lib/services.ts';
import { print, printError } from '../../lib/stdio.ts';
import { ALL_STATES, CONNECTED, parseFilter } from './filter.ts';
import { formatSummary, formatTable } from './table.ts';

export const options: ProgramOptions = {
  name: 'ss',
  usage: 'ss [ OPTIONS ] [ FILTER ]',
  options: [
    { names: ['-4', '--ipv4'], help: 'IPv4 sockets, which all are here' },
    { names: ['-a', '--all'], help: 'listening sockets too' },
    { names: ['-H', '--no-header'], help: 'no header line' },
    { names: ['-i', '--info'], help: 'TCP internals' },
    { names: ['-l', '--listening'], help: 'listening sockets only' },
    { names: ['-n', '--numeric'], help: 'no service names' },
    { names: ['-o', '--options'], help: 'timers' },
    { names: ['-p', '--processes'], help: 'who uses the socket' },
    { names: ['-s', '--summary'], help: 'counts only' },
    { names: ['-t', '--tcp'], help: 'TCP sockets' },
    { names: ['-u', '--udp'], help: 'UDP sockets' },
    { names: ['-w', '--raw'], help: 'raw sockets' },
  ],
};

const PROTOCOLS = [
  ['-w', 'raw'],
  ['-w', 'icmp'],
  ['-u', 'udp'],
  ['-t', 'tcp'],
] as const;

function defaultStates(given: ParsedOptions): readonly SocketStateName[] {
  if (given.has('-a')) return ALL_STATES;
  return given.has('-l') ? ['LISTEN', 'UNCONN'] : CONNECTED;
}

async function show(sys: Sys, given: ParsedOptions): Promise<void> {
  const sockets = await sys.netlink({ get: 'sockets' });
  if (given.has('-s')) return print(sys, formatSummary(sockets));
  const services = await readServices(sys);
  const filter = parseFilter(given.operands, services);
  const states = filter.states ?? defaultStates(given);
  const named = PROTOCOLS.filter(([flag]) => given.has(flag));
  const wanted = (named.length === 0 ? PROTOCOLS : named).map(([, protocol]) => protocol as SocketInfo['protocol']);
  const chosen = wanted.flatMap((protocol) =>
    sockets.filter((socket) => socket.protocol === protocol && states.includes(socket.state) && filter.test(socket)),
  );
  const links = await sys.netlink({ get: 'links' });
  const families = new Set(wanted.filter((protocol) => protocol !== 'icmp'));
  const table = formatTable(chosen, {
    numeric: given.has('-n'),
    processes: given.has('-p'),
    timers: given.has('-o'),
    internals: given.has('-i'),
    netid: families.size > 1,
    state: states.length > 1,
    header: !given.has('-H'),
    services,
    deviceName: (ifindex) => links.find((link) => link.ifindex === ifindex)?.name ?? `if${ifindex}`,
  });
  await print(sys, table);
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    await show(sys, parseOptions(options, argv.slice(1)));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await printError(sys, `${error.message}\n`);
    return 255;
  }
});
