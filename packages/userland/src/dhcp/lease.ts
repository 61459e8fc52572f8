/** A lease as a client holds it, read from a DHCPACK, and its file, in the form of ISC dhclient's /var/lib/dhcp/dhclient.leases. */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import {
  type DhcpMessage,
  optionAddress,
  optionAddresses,
  optionNumber,
  optionText,
} from '@netarium/core/wire/dhcp.ts';
import { DHCP_OPTION } from '@netarium/core/wire/dhcp-options.ts';
import { fromCalendar } from '../lib/calendar.ts';
import { isProblem, parseStatements, type Statement } from '../lib/statements.ts';
import { formatTime } from '../lib/strftime.ts';

export interface Lease {
  readonly address: string;
  readonly subnetMask: string;
  readonly broadcast: string | undefined;
  readonly routers: readonly string[];
  readonly nameServers: readonly string[];
  readonly domainName: string | undefined;
  readonly mtu: number | undefined;
  readonly server: string;
  /** Seconds, all three from the moment of the request (RFC 2131 section 4.4.1). */
  readonly leaseSeconds: number;
  readonly renewSeconds: number;
  readonly rebindSeconds: number;
}

/** 0xffffffff means for ever (RFC 2131 section 3.3); a date that far off is still a date for the file of leases. */
const FOR_EVER = 0xffff_ffff;
const LONGEST_SECONDS = 0x7fff_ffff;

/** 100 days: no world runs longer, so what lies behind needs no timer. */
export const PAST_THE_END_SECONDS = 8_640_000;

/** The mask of the address's class, where a server names none (RFC 2132 section 3.3 leaves it to the client). */
function naturalMask(address: string): string {
  const first = Number(address.split('.')[0]);
  return first < 128 ? '255.0.0.0' : first < 192 ? '255.255.0.0' : '255.255.255.0';
}

export function prefixLength(mask: string): number | undefined {
  const key = parseIpv4(mask)?.key;
  if (key === undefined) return undefined;
  let length = 0;
  while (length < 32 && (key >>> (31 - length)) & 1) length++;
  return length === 32 || (key << length) >>> 0 === 0 ? length : undefined;
}

/** The lease of a DHCPACK or offer; undefined where it lacks what a lease needs. */
export function leaseOf(message: DhcpMessage): Lease | undefined {
  const server = optionAddress(message, DHCP_OPTION.SERVER_ID);
  const given = optionNumber(message, DHCP_OPTION.LEASE_TIME);
  if (server === undefined || given === undefined || message.yiaddr === '0.0.0.0') return undefined;
  const leaseSeconds = given === FOR_EVER ? LONGEST_SECONDS : Math.min(given, LONGEST_SECONDS);
  // RFC 2131 section 4.4.5: T1 is half of the lease, T2 seven eighths, unless the server says otherwise.
  const renew = optionNumber(message, DHCP_OPTION.RENEWAL_TIME) ?? Math.floor(leaseSeconds / 2);
  const rebind = optionNumber(message, DHCP_OPTION.REBINDING_TIME) ?? Math.floor((leaseSeconds * 7) / 8);
  const mask = optionAddress(message, DHCP_OPTION.SUBNET_MASK);
  return {
    address: message.yiaddr,
    subnetMask: mask !== undefined && prefixLength(mask) !== undefined ? mask : naturalMask(message.yiaddr),
    broadcast: optionAddress(message, DHCP_OPTION.BROADCAST),
    routers: optionAddresses(message, DHCP_OPTION.ROUTERS),
    nameServers: optionAddresses(message, DHCP_OPTION.NAME_SERVERS),
    domainName: optionText(message, DHCP_OPTION.DOMAIN_NAME),
    mtu: optionNumber(message, DHCP_OPTION.INTERFACE_MTU),
    server,
    leaseSeconds,
    renewSeconds: Math.min(renew, leaseSeconds),
    rebindSeconds: Math.min(Math.max(rebind, renew), leaseSeconds),
  };
}

/** `6 2026/11/21 03:44:35`: day of the week, date and time, in UTC. */
export function leaseTime(epochSeconds: number): string {
  return formatTime('%w %Y/%m/%d %T', epochSeconds);
}

export interface StoredLease {
  readonly interface: string;
  readonly lease: Lease;
  /** Seconds since the epoch. */
  readonly boundAt: number;
}

export function leaseText({ interface: name, lease, boundAt }: StoredLease): string {
  const lines = [`interface "${name}"`, `fixed-address ${lease.address}`, `option subnet-mask ${lease.subnetMask}`];
  const option = (text: string, value: string | undefined) => {
    if (value !== undefined && value !== '') lines.push(`option ${text} ${value}`);
  };
  option('routers', lease.routers.join(','));
  option('dhcp-lease-time', String(lease.leaseSeconds));
  option('dhcp-renewal-time', String(lease.renewSeconds));
  option('dhcp-rebinding-time', String(lease.rebindSeconds));
  option('domain-name-servers', lease.nameServers.join(','));
  option('dhcp-server-identifier', lease.server);
  option('broadcast-address', lease.broadcast);
  option('interface-mtu', lease.mtu === undefined ? undefined : String(lease.mtu));
  option('domain-name', lease.domainName === undefined ? undefined : `"${lease.domainName.replace(/["\\]/g, '\\$&')}"`);
  lines.push(`renew ${leaseTime(boundAt + lease.renewSeconds)}`);
  lines.push(`rebind ${leaseTime(boundAt + lease.rebindSeconds)}`);
  lines.push(`expire ${leaseTime(boundAt + lease.leaseSeconds)}`);
  return `lease {\n${lines.map((line) => `  ${line};\n`).join('')}}\n`;
}

/** `2026/11/21 03:44:35` to seconds since the epoch. */
export function parseLeaseTime(date: string | undefined, time: string | undefined): number | undefined {
  const match = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(`${date} ${time}`);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  return fromCalendar({ year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! });
}

const SYNTAX = { semicolonAfterBlock: false, cComments: false, commas: true } as const;

function storedLease(statement: Statement): StoredLease | undefined {
  const values = new Map<string, readonly string[]>();
  for (const { words } of statement.block ?? []) {
    const [head, ...rest] = words.map((word) => word.text);
    if (head === 'option') values.set(rest[0] ?? '', rest.slice(1));
    else values.set(head ?? '', rest);
  }
  const one = (name: string) => values.get(name)?.[0];
  const expire = values.get('expire');
  const expires = parseLeaseTime(expire?.[1], expire?.[2]);
  const [address, name, server] = [one('fixed-address'), one('interface'), one('dhcp-server-identifier')];
  const leaseSeconds = Number(one('dhcp-lease-time'));
  if (address === undefined || name === undefined || server === undefined || expires === undefined) return undefined;
  if (!parseIpv4(address) || !parseIpv4(server) || !Number.isSafeInteger(leaseSeconds)) return undefined;
  const mtu = one('interface-mtu');
  const lease: Lease = {
    address,
    subnetMask: one('subnet-mask') ?? naturalMask(address),
    broadcast: one('broadcast-address'),
    routers: values.get('routers') ?? [],
    nameServers: values.get('domain-name-servers') ?? [],
    domainName: one('domain-name'),
    mtu: mtu === undefined ? undefined : Number(mtu),
    server,
    leaseSeconds,
    renewSeconds: Number(one('dhcp-renewal-time')) || Math.floor(leaseSeconds / 2),
    rebindSeconds: Number(one('dhcp-rebinding-time')) || Math.floor((leaseSeconds * 7) / 8),
  };
  return { interface: name, lease, boundAt: expires - leaseSeconds };
}

/** The leases of a file, oldest first; what cannot be read is left out, as a damaged file must not keep a host off the network. */
export function parseLeases(text: string): readonly StoredLease[] {
  const statements = parseStatements(text, SYNTAX);
  if (isProblem(statements)) return [];
  return statements.flatMap((one) => (one.words[0]?.text === 'lease' ? (storedLease(one) ?? []) : []));
}
