/**
 * The files that steer name lookups, as the C library reads them: /etc/resolv.conf (resolv.conf(5)), /etc/nsswitch.conf (nsswitch.conf(5)),
 * /etc/hosts (hosts(5)). Lines that they do not understand are skipped, as there; a missing file means its defaults.
 */
import { parseIpv4, parseIpv6 } from '@netarium/core/base/address.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { unless } from './failure.ts';
import { readText } from './stdio.ts';

export interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
  /** Seconds. */
  readonly timeout: number;
  readonly attempts: number;
  readonly rotate: boolean;
  readonly useTcp: boolean;
  readonly edns: boolean;
}

/** MAXNS of <resolv.h>. */
const MAX_SERVERS = 3;

function words(line: string): string[] {
  return line.split(/[ \t]+/).filter((word) => word !== '');
}

/** A file's text, empty where it cannot be read. */
async function textOf(sys: Sys, path: string): Promise<string> {
  return (await unless(readText(sys, path), 'ENOENT', 'EACCES', 'ENOTDIR', 'EISDIR')) ?? '';
}

function bounded(text: string, max: number, fallback: number): number {
  const digits = /^\d+/.exec(text)?.[0];
  return digits === undefined ? fallback : Math.min(Number(digits), max);
}

export function parseResolvConf(text: string, hostname: string): ResolvConf {
  const nameservers: string[] = [];
  let search: readonly string[] = hostname.includes('.') ? [hostname.slice(hostname.indexOf('.') + 1)] : [];
  const conf = { ndots: 1, timeout: 5, attempts: 2, rotate: false, useTcp: false, edns: false };
  for (const line of text.split('\n')) {
    if (/^[#;]/.test(line)) continue;
    const [keyword, ...values] = words(line);
    if (keyword === 'nameserver' && nameservers.length < MAX_SERVERS && parseIpv4(values[0] ?? ''))
      nameservers.push(values[0]!);
    // The last of `domain` and `search` counts (resolv.conf(5)).
    else if (keyword === 'domain' && values[0] !== undefined) search = [values[0]];
    else if (keyword === 'search') search = values;
    else if (keyword === 'options') for (const option of values) readOption(conf, option);
  }
  // No server named: that of this host (resolv.conf(5)).
  return { nameservers: nameservers.length > 0 ? nameservers : ['127.0.0.1'], search, ...conf };
}

type Options = { -readonly [K in Exclude<keyof ResolvConf, 'nameservers' | 'search'>]: ResolvConf[K] };

/** The bounds are those of <resolv.h>: RES_MAXNDOTS, RES_MAXRETRANS, RES_MAXRETRY. */
function readOption(conf: Options, option: string): void {
  const [name, value = ''] = option.split(':');
  if (name === 'ndots') conf.ndots = bounded(value, 15, conf.ndots);
  else if (name === 'timeout') conf.timeout = bounded(value, 30, conf.timeout);
  else if (name === 'attempts') conf.attempts = bounded(value, 5, conf.attempts);
  else if (name === 'rotate') conf.rotate = true;
  else if (name === 'use-vc') conf.useTcp = true;
  else if (name === 'edns0') conf.edns = true;
}

export async function readResolvConf(sys: Sys): Promise<ResolvConf> {
  const text = await textOf(sys, '/etc/resolv.conf');
  return parseResolvConf(text, (await sys.uname()).nodename);
}

// nsswitch.conf

export type LookupStatus = 'SUCCESS' | 'NOTFOUND' | 'UNAVAIL' | 'TRYAGAIN';

export interface LookupService {
  readonly name: string;
  /** Statuses after which the search ends; SUCCESS always does unless it is told to continue. */
  readonly returnOn: ReadonlySet<LookupStatus>;
}

const STATUSES: readonly LookupStatus[] = ['SUCCESS', 'NOTFOUND', 'UNAVAIL', 'TRYAGAIN'];

/** The `hosts:` line; `files dns` where there is none. */
export function parseNsswitch(text: string): readonly LookupService[] {
  const line = text
    .split('\n')
    .map((one) => one.replace(/#.*/, ''))
    .find((one) => /^\s*hosts\s*:/.test(one));
  const body = (line ?? 'hosts: files dns').replace(/^[^:]*:/, '');
  const services: { name: string; returnOn: Set<LookupStatus> }[] = [];
  for (const [, actions, name] of body.matchAll(/\[([^\]]*)\]|([^\s[\]]+)/g)) {
    const last = services.at(-1);
    if (name !== undefined) services.push({ name, returnOn: new Set(['SUCCESS']) });
    else if (last) for (const action of words(actions!.toUpperCase())) applyAction(last.returnOn, action);
  }
  return services;
}

/** `NOTFOUND=return`, `!UNAVAIL=return`, `SUCCESS=continue`. */
function applyAction(returnOn: Set<LookupStatus>, action: string): void {
  const [, not, status, what] = /^(!?)([A-Z]+)=(RETURN|CONTINUE)$/.exec(action) ?? [];
  for (const one of STATUSES) {
    if (status === undefined || (one === status) === (not === '!')) continue;
    if (what === 'RETURN') returnOn.add(one);
    else returnOn.delete(one);
  }
}

export async function readNsswitch(sys: Sys): Promise<readonly LookupService[]> {
  return parseNsswitch(await textOf(sys, '/etc/nsswitch.conf'));
}

// hosts

export interface HostsEntry {
  readonly address: string;
  readonly name: string;
  readonly aliases: readonly string[];
}

export function parseHosts(text: string): readonly HostsEntry[] {
  const entries: HostsEntry[] = [];
  for (const line of text.split('\n')) {
    const [address, name, ...aliases] = words(line.replace(/#.*/, '').replace(/\r$/, ''));
    if (address === undefined || name === undefined) continue;
    const parsed = parseIpv4(address) ?? parseIpv6(address);
    if (parsed) entries.push({ address: String(parsed), name, aliases });
  }
  return entries;
}

/** Systems that keep the file elsewhere: Windows below drive C:, which is the root of its tree here. */
const HOSTS_FILES: ReadonlyMap<string, string> = new Map([['Windows_NT', '/Windows/System32/drivers/etc/hosts']]);

export async function readHosts(sys: Sys): Promise<readonly HostsEntry[]> {
  const { sysname } = await sys.uname();
  return parseHosts(await textOf(sys, HOSTS_FILES.get(sysname) ?? '/etc/hosts'));
}
