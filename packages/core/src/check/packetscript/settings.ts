/** In-script options (`--tolerance_usecs=10000`): those that mean something here. The others are refused by name. */
import { Ipv4Address, maskIpv4, parseIpv4 } from '../../base/address.ts';
import type { ScriptOption } from './ast.ts';
import { CannotRun } from './problem.ts';
import { type Addresses, DEFAULT_ADDRESSES } from './testbed.ts';

export interface Settings {
  readonly addresses: Addresses;
  readonly toleranceUs: number;
  /** Of the time since the event before; what is more of the two tolerances holds. */
  readonly tolerancePercent: number;
  /** 0 leaves the values of time stamps unchecked. */
  readonly stampTickUs: number;
  /** An expected segment is one on the wire. */
  readonly strictSegments: boolean;
  readonly bindPort: number;
  readonly connectPort: number;
  /** Paths of set-up scripts, each with the line that names it. */
  readonly initScripts: readonly (readonly [path: string, line: number])[];
}

const DEFAULT_TOLERANCE_US = 4_000;
/** Timers of a real kernel are late by up to an eighth of their time. */
const DEFAULT_TOLERANCE_PERCENT = 12.5;
const DEFAULT_PORT = 8080;
/** About the tool and not about the host: nothing here depends on them. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['send_omit_free', 'verbose', 'debug', 'no_cleanup']);
/** Options whose only value is what this interpreter does anyway. */
const ONLY_VALUE = new Map([
  ['ip_version', /^ipv4$/],
  ['code_command', /^(\/usr\/bin\/)?python3?$/],
  ['code_format', /^python$/],
  ['code_sockopt', /^TCP_INFO$/],
]);

export function settingsOf(options: readonly ScriptOption[]): Settings {
  let addresses = DEFAULT_ADDRESSES;
  let settings: Omit<Settings, 'addresses'> = {
    toleranceUs: DEFAULT_TOLERANCE_US,
    tolerancePercent: DEFAULT_TOLERANCE_PERCENT,
    stampTickUs: 0,
    strictSegments: false,
    bindPort: DEFAULT_PORT,
    connectPort: DEFAULT_PORT,
    initScripts: [],
  };
  for (const option of options) {
    const { name } = option;
    if (WITHOUT_EFFECT.has(name)) continue;
    const only = ONLY_VALUE.get(name);
    if (only !== undefined) requireValue(option, only);
    else if (name === 'init_scripts')
      settings = {
        ...settings,
        initScripts: requireValue(option, /^.+$/)
          .split(',')
          .map((path) => [path, option.line]),
      };
    else if (name === 'local_ip') addresses = { ...addresses, local: address(option) };
    else if (name === 'gateway_ip') addresses = { ...addresses, gateway: address(option) };
    else if (name === 'remote_ip') addresses = { ...addresses, remote: address(option) };
    else if (name === 'netmask_ip') addresses = { ...addresses, prefixLength: prefixLength(option) };
    else if (name === 'mtu') addresses = { ...addresses, mtu: number(option, 68, 65_535) };
    else if (name === 'tolerance_usecs') settings = { ...settings, toleranceUs: number(option, 0, 3_600_000_000) };
    else if (name === 'tolerance_percent') settings = { ...settings, tolerancePercent: number(option, 0, 1_000) };
    else if (name === 'tcp_ts_tick_usecs') settings = { ...settings, stampTickUs: number(option, 0, 1_000_000) };
    else if (name === 'strict_segments') settings = { ...settings, strictSegments: true };
    else if (name === 'bind_port') settings = { ...settings, bindPort: number(option, 1, 65_535) };
    else if (name === 'connect_port') settings = { ...settings, connectPort: number(option, 1, 65_535) };
    else throw new CannotRun(option.line, `the in-script option --${name}`);
  }
  return { addresses: withGateway(addresses, options), ...settings };
}

/** A gateway that the script does not name stands in the local network, wherever that is. */
function withGateway(addresses: Addresses, options: readonly ScriptOption[]): Addresses {
  if (options.some(({ name }) => name === 'gateway_ip')) return addresses;
  const { prefixLength, gateway } = addresses;
  const local = parseIpv4(addresses.local)!;
  if (maskIpv4(local.key, prefixLength) === maskIpv4(parseIpv4(gateway)!.key, prefixLength)) return addresses;
  return { ...addresses, gateway: String(new Ipv4Address((local.key ^ 1) >>> 0)) };
}

function requireValue({ name, value = '', line }: ScriptOption, pattern: RegExp): string {
  if (!pattern.test(value)) throw new CannotRun(line, `the in-script option --${name}=${value}`);
  return value;
}

function number(option: ScriptOption, min: number, max: number): number {
  const value = Number(requireValue(option, /^\d+$/));
  if (value < min || value > max) throw new CannotRun(option.line, `the in-script option --${option.name}=${value}`);
  return value;
}

function address(option: ScriptOption): string {
  const text = requireValue(option, /^[\d.]+$/);
  if (parseIpv4(text) === undefined) throw new CannotRun(option.line, `the in-script option --${option.name}=${text}`);
  return text;
}

function prefixLength(option: ScriptOption): number {
  const { key } = parseIpv4(address(option))!;
  const ones = Math.clz32(~key);
  if (ones < 32 && key << ones !== 0)
    throw new CannotRun(option.line, `the in-script option --netmask_ip=${option.value}`);
  return ones;
}
