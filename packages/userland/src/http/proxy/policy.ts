/**
 * Whom a forward proxy lets where: `--deny` before `--allow`, and with any `--allow` only what one of them names. A rule is `HOST`, `HOST:PORT` or `:PORT`;
 * HOST is a name, `*.name` for what lies below it, an address, or a network such as `10.0.0.0/8`, which is held against the addresses of names as well, so
 * that no name of the client's own leads into it. CONNECT goes to port 443 only, unless an `--allow` names another.
 */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import type { CoverageSection } from '../../lib/options.ts';

export const coverage: readonly CoverageSection[] = [
  {
    program: 'forward-proxy',
    title: 'Rules of `--allow` and `--deny`',
    entries: [
      '`HOST`, `HOST:PORT`, `:PORT`',
      'HOST: a name, `*.name` for what lies below it, an address, `ADDRESS/BITS`; networks are held against the addresses of names too',
      '`--deny` counts before `--allow`; CONNECT goes to port 443 unless an `--allow` names another',
    ],
  },
];

export interface Rule {
  /** Lower case; undefined is any. */
  readonly host: string | undefined;
  readonly network: { readonly base: number; readonly size: number } | undefined;
  readonly port: number | undefined;
}

/** A text says what is wrong with the rule. */
export function parseRule(text: string): Rule | string {
  const match = /^([^:]*)(?::(\d{1,5}))?$/.exec(text);
  if (!match || text === '') return `'${text}' is not HOST, HOST:PORT or :PORT`;
  const port = match[2] === undefined ? undefined : Number(match[2]);
  if (port !== undefined && (port < 1 || port > 65_535)) return `'${text}': a port is a number from 1 to 65535`;
  const host = match[1]!.toLowerCase();
  if (host === '' || host === '*') return { host: undefined, network: undefined, port };
  const network = parseNetwork(host);
  if (network === undefined && !/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/.test(host))
    return `'${text}': '${host}' is neither a name, nor *.name, nor an address, nor a network`;
  return { host: network === undefined ? host.replace(/\.$/, '') : undefined, network, port };
}

function addressNumber(text: string): number | undefined {
  if (!parseIpv4(text)) return undefined;
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** An address is a network of one. */
function parseNetwork(text: string): Rule['network'] {
  const [address = '', bits = '32', ...more] = text.split('/');
  const base = addressNumber(address);
  if (base === undefined || more.length > 0 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  let size = 1;
  for (let i = Number(bits); i < 32; i++) size *= 2;
  return { base: base - (base % size), size };
}

function inNetwork(network: NonNullable<Rule['network']>, address: string): boolean {
  const number = addressNumber(address);
  return number !== undefined && number >= network.base && number < network.base + network.size;
}

function matches(rule: Rule, host: string, addresses: readonly string[], port: number): boolean {
  if (rule.port !== undefined && rule.port !== port) return false;
  const { network } = rule;
  if (network !== undefined) return addresses.some((address) => inNetwork(network, address));
  if (rule.host === undefined) return true;
  const name = host.toLowerCase().replace(/\.$/, '');
  return rule.host.startsWith('*.') ? name.endsWith(rule.host.slice(1)) : name === rule.host;
}

const HTTPS_PORT = 443;

export class Policy {
  constructor(
    private readonly allow: readonly Rule[],
    private readonly deny: readonly Rule[],
  ) {}

  /** Before a look at the addresses: what no address could make permitted. */
  permitsName(host: string, port: number): boolean {
    return !this.deny.some((rule) => rule.network === undefined && matches(rule, host, [], port));
  }

  /** With the addresses of the host, all of which must be permitted. */
  permits(host: string, addresses: readonly string[], port: number, connect: boolean): boolean {
    const matching = (rules: readonly Rule[]) => rules.filter((rule) => matches(rule, host, addresses, port));
    if (matching(this.deny).length > 0) return false;
    const allowing = matching(this.allow);
    if (this.allow.length > 0 && allowing.length === 0) return false;
    return !connect || port === HTTPS_PORT || allowing.some((rule) => rule.port === port);
  }
}
