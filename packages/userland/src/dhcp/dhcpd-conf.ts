/**
 * The part of ISC's dhcpd.conf that the server carries out (docs/coverage/dhcpd.md); any other statement is an error with its line.
 *
 *     authoritative;  default-lease-time 600;  max-lease-time 7200;
 *     option domain-name "home.test";  option domain-name-servers 10.0.1.1;
 *     subnet 10.0.1.0 netmask 255.255.255.0 {
 *       range 10.0.1.100 10.0.1.199;  option routers 10.0.1.1;
 *     }
 *     host printer { hardware ethernet 02:00:00:00:00:09;  fixed-address 10.0.1.9; }
 */
import { Ipv4Address, maskIpv4, parseIpv4, parseMac } from '@netarium/core/base/address.ts';
import { DHCP_OPTION, type DhcpOption } from '@netarium/core/wire/dhcp-options.ts';
import type { CoverageSection } from '../lib/options.ts';
import { ConfigError, type ConfigProblem, readStatements, type Statement } from '../lib/statements.ts';
import { prefixLength } from './lease.ts';

/** What may stand at every level; the innermost that says something counts. */
export interface Parameters {
  readonly options: ReadonlyMap<number, DhcpOption>;
  readonly defaultLeaseSeconds: number | undefined;
  readonly maxLeaseSeconds: number | undefined;
  readonly authoritative: boolean | undefined;
}

export interface Subnet extends Parameters {
  /** As a number, host bits clear. */
  readonly network: number;
  readonly prefixLength: number;
  readonly mask: string;
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
}

export interface Reservation extends Parameters {
  readonly name: string;
  /** MAC address text. */
  readonly mac: string;
  readonly address: string | undefined;
}

export interface DhcpdConfig extends Parameters {
  readonly subnets: readonly Subnet[];
  readonly hosts: readonly Reservation[];
}

const SYNTAX = { semicolonAfterBlock: false, cComments: false, commas: true } as const;

function unsupported(line: number, what: string): never {
  throw new ConfigError(line, `${what} is not supported by Netarium; see docs/coverage/dhcpd.md`);
}

function addressOf(line: number, text: string | undefined): string {
  if (text === undefined || !parseIpv4(text))
    throw new ConfigError(line, `expecting an IP address, not '${text ?? ';'}'.`);
  return text;
}

function secondsOf(line: number, text: string | undefined): number {
  if (text === undefined || !/^\d{1,10}$/.test(text) || Number(text) > 0xffff_ffff)
    throw new ConfigError(line, `expecting a number of seconds, not '${text ?? ';'}'.`);
  return Number(text);
}

type OptionKind = 'address' | 'addresses' | 'text' | 'u16';
const OPTIONS: ReadonlyMap<string, readonly [code: number, kind: OptionKind]> = new Map([
  ['subnet-mask', [DHCP_OPTION.SUBNET_MASK, 'address']],
  ['routers', [DHCP_OPTION.ROUTERS, 'addresses']],
  ['domain-name-servers', [DHCP_OPTION.NAME_SERVERS, 'addresses']],
  ['host-name', [DHCP_OPTION.HOST_NAME, 'text']],
  ['domain-name', [DHCP_OPTION.DOMAIN_NAME, 'text']],
  ['interface-mtu', [DHCP_OPTION.INTERFACE_MTU, 'u16']],
  ['broadcast-address', [DHCP_OPTION.BROADCAST, 'address']],
] as const satisfies readonly (readonly [string, readonly [number, OptionKind]])[]);

function optionOf(statement: Statement): DhcpOption {
  const [, name, ...values] = statement.words.map((word) => word.text);
  const { line } = statement;
  const known = OPTIONS.get(name ?? '');
  if (!known) return unsupported(line, `option '${name ?? ''}'`);
  const [code, kind] = known;
  if (values.length === 0 || (kind !== 'addresses' && values.length > 1))
    throw new ConfigError(line, `option ${name}: expecting one value.`);
  switch (kind) {
    case 'address':
      return { code, kind, address: addressOf(line, values[0]) };
    case 'addresses':
      return { code, kind, addresses: values.map((value) => addressOf(line, value)) };
    case 'text':
      if (!statement.words[2]!.quoted) throw new ConfigError(line, `option ${name}: expecting a quoted string.`);
      return { code, kind, text: values[0]! };
    case 'u16': {
      const value = secondsOf(line, values[0]);
      if (value > 0xffff) throw new ConfigError(line, `option ${name}: ${value} is out of range.`);
      return { code, kind: 'number', value };
    }
  }
}

/** For the coverage page. */
export const coverage: readonly CoverageSection[] = [
  {
    program: 'dhcpd',
    title: 'Statements of dhcpd.conf',
    entries: [
      '`subnet ADDRESS netmask MASK { range LOW [HIGH]; … }`',
      '`host NAME { hardware ethernet MAC; fixed-address ADDRESS; }`',
      '`default-lease-time SECONDS`, `max-lease-time SECONDS`, `[not] authoritative`, `ddns-update-style none`: at the top, in subnets and hosts',
      ...[...OPTIONS.keys()].map((name) => `\`option ${name} …\``),
    ],
  },
];

class ParameterReader {
  private readonly options = new Map<number, DhcpOption>();
  private defaultLeaseSeconds: number | undefined;
  private maxLeaseSeconds: number | undefined;
  private authoritative: boolean | undefined;

  /** False where the statement is none of these. */
  read(statement: Statement): boolean {
    const words = statement.words.map((word) => word.text);
    if (statement.block) return false;
    if (words[0] === 'option') {
      const option = optionOf(statement);
      this.options.set(option.code, option);
    } else if (words[0] === 'default-lease-time') this.defaultLeaseSeconds = secondsOf(statement.line, words[1]);
    else if (words[0] === 'max-lease-time') this.maxLeaseSeconds = secondsOf(statement.line, words[1]);
    else if (words.join(' ') === 'authoritative') this.authoritative = true;
    else if (words.join(' ') === 'not authoritative') this.authoritative = false;
    else if (words.join(' ') !== 'ddns-update-style none') return false;
    return true;
  }

  get parameters(): Parameters {
    const { options, defaultLeaseSeconds, maxLeaseSeconds, authoritative } = this;
    return { options, defaultLeaseSeconds, maxLeaseSeconds, authoritative };
  }
}

const key = (text: string): number => parseIpv4(text)!.key;

function subnetOf(statement: Statement): Subnet {
  const { line } = statement;
  const [, networkText, keyword, mask, ...extra] = statement.words.map((word) => word.text);
  const length = prefixLength(addressOf(line, mask));
  if (keyword !== 'netmask' || extra.length > 0 || length === undefined)
    throw new ConfigError(line, 'expecting: subnet ADDRESS netmask MASK');
  const network = key(addressOf(line, networkText));
  if (maskIpv4(network, length) !== network)
    throw new ConfigError(line, `subnet ${networkText} netmask ${mask}: bad subnet number/mask combination.`);
  const reader = new ParameterReader();
  const ranges: { from: number; to: number }[] = [];
  for (const one of statement.block!) {
    if (reader.read(one)) continue;
    const [name, low, high, ...rest] = one.words.map((word) => word.text);
    if (name !== 'range' || one.block || rest.length > 0) unsupported(one.line, `statement '${name}' in a subnet`);
    const from = key(addressOf(one.line, low));
    const to = high === undefined ? from : key(addressOf(one.line, high));
    if (maskIpv4(from, length) !== network || maskIpv4(to, length) !== network)
      throw new ConfigError(one.line, `range ${low} to ${high ?? low} not on net ${networkText}/${length}!`);
    ranges.push({ from: Math.min(from, to), to: Math.max(from, to) });
  }
  return { ...reader.parameters, network, prefixLength: length, mask: mask!, ranges };
}

function hostOf(statement: Statement): Reservation {
  const { line } = statement;
  const reader = new ParameterReader();
  let mac: string | undefined;
  let address: string | undefined;
  for (const one of statement.block!) {
    if (reader.read(one)) continue;
    const [name, first, second, ...rest] = one.words.map((word) => word.text);
    if (name === 'hardware' && rest.length === 0) {
      if (first !== 'ethernet') unsupported(one.line, `hardware type '${first}'`);
      mac = parseMac(second ?? '')?.toString();
      if (mac === undefined) throw new ConfigError(one.line, `expecting an Ethernet address, not '${second ?? ';'}'.`);
    } else if (name === 'fixed-address' && second === undefined) address = addressOf(one.line, first);
    else unsupported(one.line, `statement '${name}' in a host declaration`);
  }
  const name = statement.words[1]?.text ?? '';
  if (mac === undefined) throw new ConfigError(line, `host ${name}: no hardware address.`);
  return { ...reader.parameters, name, mac, address };
}

export function parseDhcpdConf(text: string): DhcpdConfig | ConfigProblem {
  return readStatements(text, SYNTAX, (statements) => {
    const reader = new ParameterReader();
    const subnets: Subnet[] = [];
    const hosts: Reservation[] = [];
    for (const statement of statements) {
      const name = statement.words[0]?.text ?? '';
      if (name === 'subnet' && statement.block) subnets.push(subnetOf(statement));
      else if (name === 'host' && statement.block) hosts.push(hostOf(statement));
      else if (!reader.read(statement)) unsupported(statement.line, `statement '${name}'`);
    }
    return { ...reader.parameters, subnets, hosts };
  });
}

export function inSubnet(subnet: Subnet, address: string): boolean {
  const parsed = parseIpv4(address);
  return parsed !== undefined && maskIpv4(parsed.key, subnet.prefixLength) === subnet.network;
}

export function addressText(value: number): string {
  return String(new Ipv4Address(value));
}
