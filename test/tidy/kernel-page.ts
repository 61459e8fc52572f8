/**
 * docs/coverage/kernel.md: which of Linux's socket options and variables a simulated host has, asked of one. An option counts where setsockopt(2) takes a
 * plain value or getsockopt(2) answers; everything else is an error, as on a kernel without it.
 */
import { Errno } from '../../packages/core/src/base/errno.ts';
import { DEFAULT_ADDRESSES, Testbed } from '../../packages/core/src/check/packetscript/testbed.ts';
import type { SocketFile } from '../../packages/core/src/socket/socket-file.ts';
import type { OptionValue, SocketLevel } from '../../packages/core/src/socket/types.ts';
import { KINDS, socketsOf } from '../kernel/host-sockets.ts';

/** Of socket(7), ip(7) and tcp(7), and what the headers have beside, without those of one family of hardware or of security modules. */
const OPTIONS: readonly (readonly [SocketLevel, string])[] = [
  [
    'socket',
    `ACCEPTCONN ATTACH_FILTER ATTACH_BPF BINDTODEVICE BINDTOIFINDEX BROADCAST BUF_LOCK BUSY_POLL COOKIE DEBUG DOMAIN DONTROUTE ERROR
    INCOMING_CPU KEEPALIVE LINGER LOCK_FILTER MARK MAX_PACING_RATE MEMINFO NO_CHECK OOBINLINE PEEK_OFF PRIORITY PROTOCOL RCVBUF RCVBUFFORCE
    RCVLOWAT RCVMARK RCVTIMEO REUSEADDR REUSEPORT RXQ_OVFL SELECT_ERR_QUEUE SNDBUF SNDBUFFORCE SNDTIMEO TIMESTAMP TIMESTAMPING TIMESTAMPNS TXREHASH
    TXTIME TYPE ZEROCOPY`,
  ],
  [
    'ip',
    `ADD_MEMBERSHIP ADD_SOURCE_MEMBERSHIP BIND_ADDRESS_NO_PORT DROP_MEMBERSHIP FREEBIND HDRINCL LOCAL_PORT_RANGE MINTTL MSFILTER MTU
    MTU_DISCOVER MULTICAST_ALL MULTICAST_IF MULTICAST_LOOP MULTICAST_TTL OPTIONS PKTINFO RECVERR RECVFRAGSIZE RECVOPTS RECVORIGDSTADDR RECVTOS RECVTTL
    RETOPTS ROUTER_ALERT TOS TRANSPARENT TTL UNICAST_IF`,
  ],
  [
    'tcp',
    `CC_INFO CONGESTION CORK DEFER_ACCEPT FASTOPEN FASTOPEN_CONNECT INFO INQ KEEPCNT KEEPIDLE KEEPINTVL LINGER2 MAXSEG MD5SIG NODELAY
    NOTSENT_LOWAT QUICKACK REPAIR RTO_MAX_MS SAVE_SYN SYNCNT THIN_DUPACK THIN_LINEAR_TIMEOUTS TIMESTAMP TX_DELAY ULP USER_TIMEOUT WINDOW_CLAMP
    ZEROCOPY_RECEIVE`,
  ],
].flatMap(([level, names]) =>
  names!.split(/\s+/).map((name) => [level as SocketLevel, prefix(level!) + name] as const),
);

function prefix(level: string): string {
  return level === 'socket' ? 'SO_' : `${level.toUpperCase()}_`;
}

/** What is no plain number. */
const VALUES = new Map<string, OptionValue>([
  ['SO_BINDTODEVICE', 'lo'],
  ['SO_LINGER', { onoff: 1, linger: 1 }],
  ['SO_RCVTIMEO', { sec: 1, usec: 0 }],
  ['SO_SNDTIMEO', { sec: 1, usec: 0 }],
  ['SO_TIMESTAMPING', 0x12],
  ['IP_ADD_MEMBERSHIP', { group: '239.1.1.1', interface: 'lo' }],
  ['IP_DROP_MEMBERSHIP', { group: '239.1.1.1', interface: 'lo' }],
  ['IP_MULTICAST_IF', '127.0.0.1'],
  ['TCP_CONGESTION', 'cubic'],
  ['TCP_MAXSEG', 1000],
  ['TCP_WINDOW_CLAMP', 10_000],
]);

/** `set` and `get`, where the socket knows the option. */
function known(socket: SocketFile, level: SocketLevel, name: string): string {
  const outcomes = [socket.setOption(level, name, VALUES.get(name) ?? 1), socket.getOption(level, name)];
  return ['set', 'get'].filter((_, i) => isKnown(outcomes[i])).join(', ');
}

function isKnown(outcome: OptionValue | Errno | undefined): boolean {
  return !(outcome instanceof Errno) || !/^(ENOPROTOOPT|EOPNOTSUPP|EINVAL)$/.test(outcome.code);
}

export function kernelPage(): string {
  const bed = new Testbed(DEFAULT_ADDRESSES);
  const sockets = socketsOf(bed);
  const rows = OPTIONS.map(([level, name]) => {
    const cells = KINDS.map((kind) => known(sockets(kind), level, name));
    return { name, cells };
  });
  const here = rows.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const absent = rows.filter((row) => !here.includes(row));
  const keys = bed.ctx.sysctl.keys().filter((key) => !/\.conf\.(default|lo|tun0)\./.test(key));
  const value = (key: string) => bed.ctx.sysctl.get(key)!.text.replace(/\t/g, ' ');
  return `${[
    '# What a simulated host has of Linux',
    'Socket options and variables, asked of a host. Written by `npx tsx scripts/coverage.ts`. Their values and errors are compared with the kernel by the scripts of ' +
      '`test/packetscripts` ([tcp](tcp.md)) and by `test/kernel/options.real.test.ts`, value by value.',
    '## Socket options',
    ['| option | TCP | UDP | raw |', '|---|---|---|---|', ...here.map(row)].join('\n'),
    `Not here, an error by name: ${absent.map(({ name }) => `\`${name}\``).join(', ')}.`,
    '## Known differences',
    KNOWN_GAPS.map((gap) => `- ${gap}`).join('\n'),
    '## Variables',
    `${keys.length} with the values of a new host; of \`net.ipv4.conf\` those of \`all\`, which each card and \`default\` have too. Any other does not exist.`,
    ['| variable | value |', '|---|---|', ...keys.map((key) => `| ${key} | ${value(key)} |`)].join('\n'),
  ].join('\n\n')}\n`;
}

function row({ name, cells }: { readonly name: string; readonly cells: readonly string[] }): string {
  return `| ${name} | ${cells.join(' | ')} |`;
}

const KNOWN_GAPS = [
  '`tcpi_delivery_rate` and `tcpi_delivery_rate_app_limited` are not here: a rate sample per segment would cost every connection, and nothing but TCP_INFO reads it.',
  '`SO_MAX_PACING_RATE` is not here, so `tcpi_max_pacing_rate` is always the largest number; `tcpi_pacing_rate` is worked out when it is read, Linux does it at each acknowledgment.',
  '`net.ipv4.conf.all.accept_source_route` is 0 and stays 0: a datagram with a source route is dropped.',
  '`net.ipv4.conf.*.log_martians` keeps its value; there is no kernel log that a program could read. A recording has every dropped martian (`ip.drop`).',
  'Bounds of a variable that depend on another are not looked at: the kernel keeps `ip_local_port_range` above `ip_unprivileged_port_start`, and `ipfrag_high_thresh` above `ipfrag_low_thresh`, which is not here. Times below zero are refused, where the kernel keeps the number.',
  '`SO_PRIORITY` and `SO_MARK` are kept, and nothing here looks at them: a card has one queue, and routes have no rules.',
  '`SO_TIMESTAMP`, `SO_TIMESTAMPNS`, `IP_PKTINFO`, `IP_RECVTTL` and `IP_RECVTOS` of datagrams only switch on what `recvfrom` always tells. Streams have no time stamps of what arrives, nor `SCM_TIMESTAMPING_OPT_STATS`.',
  '`SO_PEEK_OFF` is of TCP and UDP, not of Unix sockets.',
];
