/** The options of `ping`, checked. */
import { fromHex } from '@netarium/core/base/bytes.ts';
import { parseSecondsNs } from '../../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError, unsupported } from '../../lib/options.ts';

export const options: ProgramOptions = {
  name: 'ping',
  usage: 'ping [options] <destination>',
  options: [
    { names: ['-4'], help: 'IPv4, which is always so here' },
    { names: ['-b'], help: 'allow pinging a broadcast address' },
    { names: ['-c'], value: 'COUNT', help: 'stop after so many replies' },
    { names: ['-D'], help: 'print timestamps' },
    { names: ['-I'], value: 'INTERFACE', help: 'send from this interface name or address' },
    { names: ['-i'], value: 'SECONDS', help: 'time between packets' },
    { names: ['-M'], value: 'do|dont|want', help: 'path MTU discovery' },
    { names: ['-n'], help: 'no name lookup of addresses' },
    { names: ['-O'], help: 'report outstanding replies' },
    { names: ['-p'], value: 'PATTERN', help: 'content of the padding bytes, in hexadecimal' },
    { names: ['-Q'], value: 'TOS', help: 'type of service byte' },
    { names: ['-q'], help: 'quiet: only the statistics' },
    { names: ['-s'], value: 'SIZE', help: 'data bytes to send' },
    { names: ['-t'], value: 'TTL', help: 'time to live' },
    { names: ['-v'], help: 'verbose: print the identifier too' },
    { names: ['-W'], value: 'SECONDS', help: 'how long to wait for the last reply' },
    { names: ['-w'], value: 'SECONDS', help: 'end after so many seconds' },
  ],
};

export interface PingSettings {
  readonly destination: string;
  readonly count: number | undefined;
  readonly intervalNs: number;
  readonly size: number;
  readonly ttl: number | undefined;
  readonly lingerNs: number;
  readonly deadlineNs: number | undefined;
  readonly discovery: number | undefined;
  readonly tos: number | undefined;
  readonly numeric: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly timestamps: boolean;
  readonly outstanding: boolean;
  readonly broadcast: boolean;
  readonly source: string | undefined;
  readonly pattern: Uint8Array | undefined;
}

/** What an IPv4 packet can carry behind its own and the ICMP header. */
const MAX_SIZE = 65507;
const DISCOVERY = new Map([
  ['dont', 0],
  ['want', 1],
  ['do', 2],
]);

/** ping's two failures of usage end with different codes. */
export class PingUsageError extends UsageError {
  constructor(
    text: string,
    readonly code: 1 | 2,
  ) {
    super(text);
  }
}

function integer(
  given: ParsedOptions,
  name: string,
  min: number,
  max: number,
  shownMax = String(max),
): number | undefined {
  const text = given.value(name);
  if (text === undefined) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw new PingUsageError(`ping: invalid argument: '${text}'`, 1);
  const value = Number(text);
  if (value >= min && value <= max) return value;
  throw new PingUsageError(`ping: invalid argument: '${text}': out of range: ${min} <= value <= ${shownMax}`, 1);
}

function seconds(given: ParsedOptions, name: string): number | undefined {
  const text = given.value(name);
  if (text === undefined) return undefined;
  const ns = parseSecondsNs(text);
  if (ns === undefined) throw new PingUsageError(`ping: bad timing interval: ${text}`, 2);
  return ns;
}

function readPattern(text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined;
  const bytes = fromHex(text.length % 2 === 0 ? text : `0${text}`);
  if (bytes === undefined || bytes.length === 0)
    throw new PingUsageError('ping: patterns must be specified as hex digits', 2);
  return bytes.slice(0, 16);
}

function readTos(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^0x[0-9a-fA-F]{1,2}$/.test(text) || /^\d{1,3}$/.test(text) ? Number(text) : -1;
  if (value < 0 || value > 255) throw new PingUsageError(`ping: bad value for flowinfo: ${text}`, 2);
  return value;
}

export function readSettings(argv: readonly string[]): PingSettings {
  const given = parseOptions(options, argv);
  const [destination, ...more] = given.operands;
  if (more.length > 0) throw new UsageError(unsupported('ping', 'a list of hops'));
  const mode = given.value('-M');
  if (mode !== undefined && !DISCOVERY.has(mode)) throw new PingUsageError(`ping: invalid -M argument: ${mode}`, 2);
  const size = integer(given, '-s', 0, 2147483647) ?? 56;
  if (size > MAX_SIZE) throw new PingUsageError(`ping: packet size ${size} is too large. Maximum is ${MAX_SIZE}`, 2);
  const intervalNs = seconds(given, '-i') ?? 1_000_000_000;
  if (intervalNs === 0) throw new UsageError(unsupported('ping', '-i 0'));
  const settings: PingSettings = {
    destination: destination ?? '',
    count: integer(given, '-c', 1, Number.MAX_SAFE_INTEGER, '9223372036854775807'),
    intervalNs,
    size,
    ttl: integer(given, '-t', 0, 255),
    lingerNs: seconds(given, '-W') ?? 10_000_000_000,
    deadlineNs: integerSeconds(given, '-w'),
    discovery: mode === undefined ? undefined : DISCOVERY.get(mode),
    tos: readTos(given.value('-Q')),
    numeric: given.has('-n'),
    quiet: given.has('-q'),
    verbose: given.has('-v'),
    timestamps: given.has('-D'),
    outstanding: given.has('-O'),
    broadcast: given.has('-b'),
    source: given.value('-I'),
    pattern: readPattern(given.value('-p')),
  };
  if (destination === undefined) throw new PingUsageError('ping: usage error: Destination address required', 1);
  return settings;
}

function integerSeconds(given: ParsedOptions, name: string): number | undefined {
  const value = integer(given, name, 0, 8_640_000, '2147483647');
  return value === undefined || value === 0 ? undefined : value * 1_000_000_000;
}
