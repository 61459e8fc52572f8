/**
 * Host names to addresses and back, as getaddrinfo(3) and getnameinfo(3) do it: numeric text, then the services of nsswitch.conf in
 * their order, `files` (/etc/hosts) and `dns` (the servers of /etc/resolv.conf). Errors are glibc's EAI codes and texts.
 *
 * Left out: service names, sorting by RFC 6724 (with IPv4 alone it keeps the order), services other than files and dns, which count as
 * unavailable, as a module that is not installed does.
 */
import { Ipv4Address, parseIpv4, parseIpv6 } from '@netarium/core/base/address.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { nameKey, nameText, parseName } from '@netarium/core/wire/dns-name.ts';
import { type DnsMessage, TYPE } from '@netarium/core/wire/dns-types.ts';
import { type HostsEntry, type LookupStatus, readHosts, readNsswitch, readResolvConf } from './resolv-conf.ts';
import { StubResolver, type StubResult } from './stub-resolver.ts';

export type EaiCode = 'EAI_NONAME' | 'EAI_AGAIN' | 'EAI_FAIL' | 'EAI_NODATA' | 'EAI_FAMILY';

/** glibc's gai_strerror. */
const EAI_TEXT: Readonly<Record<EaiCode, readonly [number: number, text: string]>> = {
  EAI_NONAME: [-2, 'Name or service not known'],
  EAI_AGAIN: [-3, 'Temporary failure in name resolution'],
  EAI_FAIL: [-4, 'Non-recoverable failure in name resolution'],
  EAI_NODATA: [-5, 'No address associated with hostname'],
  EAI_FAMILY: [-6, 'ai_family not supported'],
};

export interface GaiError {
  readonly kind: 'error';
  readonly code: EaiCode;
  readonly number: number;
  readonly text: string;
}

export interface FoundHost {
  readonly kind: 'found';
  /** In the order in which to try them. */
  readonly addresses: readonly string[];
  readonly canonicalName: string;
  readonly aliases: readonly string[];
  /** Which service knew it; `numeric` where nothing had to be looked up. */
  readonly source: 'numeric' | 'files' | 'dns';
}

export interface ResolveOptions {
  /** AF_INET by default: simulated hosts have no IPv6 addresses, and AI_ADDRCONFIG would leave AAAA out. */
  readonly family?: 'inet' | 'inet6' | 'unspec';
  /** AI_NUMERICHOST */
  readonly numericOnly?: boolean;
}

function gaiError(code: EaiCode): GaiError {
  const [number, text] = EAI_TEXT[code];
  return { kind: 'error', code, number, text };
}

/** inet_aton(3): one to four numbers, decimal, octal or hexadecimal, the last filling the rest. */
export function parseAton(text: string): string | undefined {
  if (parseIpv4(text)) return text;
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(0x[0-9a-f]{1,8}|0[0-7]{0,11}|[1-9]\d{0,9})$/i.test(part)))
    return undefined;
  const values = parts.map((part) => (/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)));
  const last = values.pop()!;
  const room = [0x1_0000_0000, 0x100_0000, 0x1_0000, 0x100][values.length]!;
  if (last >= room || values.some((value) => value > 255)) return undefined;
  let key = last;
  let weight = 0x100_0000;
  for (const value of values) {
    key += value * weight;
    weight /= 256;
  }
  return String(new Ipv4Address(key));
}

export async function resolveHost(sys: Sys, name: string, options: ResolveOptions = {}): Promise<FoundHost | GaiError> {
  const family = options.family ?? 'inet';
  const numeric = parseAton(name) ?? parseIpv6(name)?.toString();
  if (numeric !== undefined) {
    const fits = family === 'unspec' || (family === 'inet6') === numeric.includes(':');
    if (!fits) return gaiError(name.includes(':') ? 'EAI_FAMILY' : 'EAI_NONAME');
    return { kind: 'found', addresses: [numeric], canonicalName: name, aliases: [], source: 'numeric' };
  }
  // RFC 1123 section 2.1 bounds names; glibc refuses the rest before it asks anybody.
  if (options.numericOnly || name === '' || parseName(name) === undefined) return gaiError('EAI_NONAME');
  let error = gaiError('EAI_NONAME');
  for (const service of await readNsswitch(sys)) {
    const { status, result } = await lookUp(sys, service.name, name, family);
    if (result.kind === 'found') return result;
    if (status !== 'UNAVAIL') error = result;
    if (service.returnOn.has(status)) return result;
  }
  return error;
}

interface Lookup {
  readonly status: LookupStatus;
  readonly result: FoundHost | GaiError;
}

async function lookUp(sys: Sys, service: string, name: string, family: Family): Promise<Lookup> {
  if (service === 'files') {
    const result = inFiles(await readHosts(sys), name, family);
    return result === undefined
      ? { status: 'NOTFOUND', result: gaiError('EAI_NONAME') }
      : { status: 'SUCCESS', result };
  }
  if (service === 'dns') return inDns(new StubResolver(sys, await readResolvConf(sys)), name, family);
  return { status: 'UNAVAIL', result: gaiError('EAI_NONAME') };
}

type Family = NonNullable<ResolveOptions['family']>;

/** A host of /etc/hosts. */
export function inFiles(entries: readonly HostsEntry[], name: string, family: Family): FoundHost | undefined {
  const key = name.toLowerCase().replace(/\.$/, '');
  const named = entries.filter((entry) => [entry.name, ...entry.aliases].some((one) => one.toLowerCase() === key));
  const fitting = named.filter((entry) => family === 'unspec' || (family === 'inet6') === entry.address.includes(':'));
  const [first] = fitting;
  if (first === undefined) return undefined;
  // Every line with the name counts (nss_files with `multi on`, glibc's default since 2.26).
  const addresses = [...new Set(fitting.map((entry) => entry.address))];
  return { kind: 'found', addresses, canonicalName: first.name, aliases: first.aliases, source: 'files' };
}

async function inDns(resolver: StubResolver, name: string, family: Family): Promise<Lookup> {
  const types = family === 'unspec' ? [TYPE.A, TYPE.AAAA] : [family === 'inet' ? TYPE.A : TYPE.AAAA];
  let found: FoundHost | undefined;
  let failure: Lookup | undefined;
  for (const type of types) {
    const result = await resolver.search(name, type);
    const host = result.kind === 'answer' ? hostOf(result.name, type, result.message) : undefined;
    if (host) found = found ? { ...found, addresses: [...found.addresses, ...host.addresses] } : host;
    else failure ??= failureOf(result);
  }
  return found ? { status: 'SUCCESS', result: found } : failure!;
}

function failureOf(result: StubResult): Lookup {
  switch (result.kind) {
    case 'not-found':
      return { status: 'NOTFOUND', result: gaiError('EAI_NONAME') };
    case 'again':
      return { status: 'TRYAGAIN', result: gaiError('EAI_AGAIN') };
    case 'fail':
      return { status: 'UNAVAIL', result: gaiError('EAI_FAIL') };
    default:
      return { status: 'NOTFOUND', result: gaiError('EAI_NODATA') };
  }
}

function withoutDot(name: string): string {
  return name === '.' ? name : name.replace(/\.$/, '');
}

/** The names on the way from `name` to its addresses by the answer, itself the first, and the addresses. */
function followed(name: string, type: number, message: DnsMessage): { names: string[]; addresses: string[] } {
  const names = [name];
  let at = name;
  for (let links = 0; links <= message.answers.length; links++) {
    const alias = message.answers.find((record) => record.type === TYPE.CNAME && nameKey(record.name) === nameKey(at));
    if (alias?.data.kind !== 'CNAME') break;
    at = alias.data.target;
    names.push(at);
  }
  const addresses = message.answers.flatMap((record) =>
    record.type === type && nameKey(record.name) === nameKey(at) && 'address' in record.data
      ? [record.data.address]
      : [],
  );
  return { names, addresses };
}

/** The addresses that a response has for a name. */
export function addressesOf(name: string, type: number, message: DnsMessage): readonly string[] {
  return followed(name, type, message).addresses;
}

/** The answer as getaddrinfo(3) tells it; undefined where it has no address. */
function hostOf(name: string, type: number, message: DnsMessage): FoundHost | undefined {
  const { names, addresses } = followed(name, type, message);
  if (addresses.length === 0) return undefined;
  const [canonicalName, ...aliases] = names.map(withoutDot).reverse() as [string, ...string[]];
  return { kind: 'found', addresses, canonicalName, aliases: aliases.reverse(), source: 'dns' };
}

/** The name under which `address` is found backwards: `4.3.2.1.in-addr.arpa.` (RFC 1035 section 3.5), or ip6.arpa (RFC 3596). */
export function reverseName(address: string): string | undefined {
  const ipv4 = parseIpv4(address);
  if (ipv4) return nameText([...address.split('.').reverse(), 'in-addr', 'arpa']);
  const ipv6 = parseIpv6(address);
  return ipv6 && nameText([...ipv6.key.split('').reverse(), 'ip6', 'arpa']);
}

/** The name of an address, by /etc/hosts and PTR records; undefined where nobody knows one. */
export async function resolveAddress(sys: Sys, address: string): Promise<string | undefined> {
  const reverse = reverseName(address);
  if (reverse === undefined) return undefined;
  for (const service of await readNsswitch(sys)) {
    if (service.name === 'files') {
      const entry = (await readHosts(sys)).find((one) => one.address === address);
      if (entry) return entry.name;
      if (service.returnOn.has('NOTFOUND')) return undefined;
    } else if (service.name === 'dns') {
      const result = await new StubResolver(sys, await readResolvConf(sys)).query(reverse, TYPE.PTR);
      const record = result.kind === 'answer' ? result.message.answers.find((one) => one.type === TYPE.PTR) : undefined;
      if (record?.data.kind === 'PTR') return withoutDot(record.data.target);
      if (service.returnOn.has('NOTFOUND')) return undefined;
    }
  }
  return undefined;
}
