/**
 * How `host` and `nslookup` ask: servers in turn, the search list, complaints in the words of BIND's tools. (`dig` has more to say about
 * each step and does it itself.)
 */
import type { ErrnoCode } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { encodeDns } from '@netarium/core/wire/dns.ts';
import { decodeDns } from '@netarium/core/wire/dns-decoder.ts';
import { type DnsName, nameKey, parseName } from '@netarium/core/wire/dns-name.ts';
import { CLASS, type DnsMessage, NO_FLAGS, RCODE, TYPE } from '@netarium/core/wire/dns-types.ts';
import { answersQuestion } from '../dns/reading.ts';
import { Chance } from './chance.ts';
import { type DnsServer, type Exchanged, exchangeTcp, exchangeUdp } from './dns-exchange.ts';
import { readResolvConf } from './resolv-conf.ts';
import { resolveHost } from './resolver.ts';
import { print } from './stdio.ts';

/** libisc's words for what a socket says. */
const REASONS: ReadonlyMap<ErrnoCode, string> = new Map<ErrnoCode, string>([
  ['ECONNREFUSED', 'connection refused'],
  ['EHOSTUNREACH', 'host unreachable'],
  ['ENETUNREACH', 'network unreachable'],
  ['ECONNRESET', 'connection reset'],
  ['ETIMEDOUT', 'timed out'],
  ['EADDRNOTAVAIL', 'address not available'],
  ['EACCES', 'permission denied'],
]);

/** Why an exchange brought no reply. */
export function exchangeReason(exchanged: Exchanged): string {
  if (exchanged.kind === 'error') return REASONS.get(exchanged.errno) ?? exchanged.errno;
  return exchanged.kind === 'closed' ? 'end of file' : 'timed out';
}

export interface AskerOptions {
  readonly servers: readonly DnsServer[];
  readonly search: readonly string[];
  readonly ndots: number;
  readonly attempts: number;
  readonly timeoutNs: number;
  readonly tcp: boolean;
  readonly recurse: boolean;
  /** Complain of servers that do not recurse, as nslookup does of those that it was not told to ask. */
  readonly checkRecursion: boolean;
}

export interface Asked {
  /** The last name tried. */
  readonly name: DnsName;
  readonly message: DnsMessage;
  readonly server: DnsServer;
}

/** The servers of resolv.conf, or those of a host that the user named; a text is the complaint. */
export async function serversOf(
  sys: Sys,
  named: string | undefined,
  port: number,
): Promise<readonly DnsServer[] | string> {
  if (named === undefined) return (await readResolvConf(sys)).nameservers.map((address) => ({ address, port }));
  const found = await resolveHost(sys, named);
  if (found.kind === 'found') return found.addresses.map((address) => ({ address, port }));
  return `couldn't get address for '${named}': ${found.code === 'EAI_AGAIN' ? 'failure' : 'not found'}`;
}

export class Asker {
  private readonly chance: Chance;

  constructor(
    private readonly sys: Sys,
    private readonly options: AskerOptions,
  ) {
    this.chance = new Chance(sys);
  }

  /** The name as it is or with an ending of the search list, whichever is answered first; undefined where nobody replied. */
  async search(name: string, type: number): Promise<Asked | undefined> {
    const { search, ndots } = this.options;
    const dots = name.split('.').length - 1;
    const endings = search.map((domain) => `${name}.${domain}`);
    const names = name.endsWith('.') ? [name] : dots >= ndots ? [name, ...endings] : [...endings, name];
    let last: Asked | undefined;
    for (const one of names) {
      const absolute = parseName(one);
      if (absolute === undefined) continue;
      last = await this.ask(absolute, type);
      if (!last || last.message.flags.rcode === RCODE.NOERROR) return last;
    }
    return last;
  }

  async ask(name: DnsName, type: number): Promise<Asked | undefined> {
    const { servers, attempts, checkRecursion } = this.options;
    for (let attempt = 0; attempt < attempts; attempt++) {
      for (const [index, server] of servers.entries()) {
        const message = await this.askServer(server, name, type);
        if (!message) continue;
        if (checkRecursion && !message.flags.ra) {
          const more = index + 1 < servers.length;
          await print(
            this.sys,
            `;; Got recursion not available from ${server.address}${more ? ', trying next server' : ''}\n`,
          );
          if (more) continue;
        }
        return { name, message, server };
      }
    }
    await print(this.sys, ';; no servers could be reached\n');
    return undefined;
  }

  private async askServer(server: DnsServer, name: DnsName, type: number): Promise<DnsMessage | undefined> {
    const { timeoutNs, tcp, recurse } = this.options;
    const question = { name, type, class: CLASS.IN };
    const id = await this.chance.u16();
    const query = encodeDns({
      id,
      flags: { ...NO_FLAGS, rd: recurse },
      questions: [question],
      answers: [],
      authorities: [],
      additionals: [],
    });
    const accept = (bytes: Uint8Array) => {
      const { message, problem } = decodeDns(bytes);
      return !problem && message.id === id && (answersQuestion(message, question) || message.flags.rcode !== 0);
    };
    let exchanged = await (tcp ? exchangeTcp : exchangeUdp)(this.sys, server, query, accept, { timeoutNs });
    if (!tcp && exchanged.kind === 'reply' && decodeDns(exchanged.bytes).message.flags.tc) {
      await print(this.sys, ';; Truncated, retrying in TCP mode.\n');
      exchanged = await exchangeTcp(this.sys, server, query, accept, { timeoutNs });
    }
    if (exchanged.kind === 'reply') return decodeDns(exchanged.bytes).message;
    await print(
      this.sys,
      `;; communications error to ${server.address}#${server.port}: ${exchangeReason(exchanged)}\n`,
    );
    return undefined;
  }
}

/** The end of the alias chain that the answer holds for `name`. */
export function chased(message: DnsMessage, name: DnsName): DnsName {
  let at = name;
  for (let links = 0; links <= message.answers.length; links++) {
    const alias = message.answers.find((one) => one.type === TYPE.CNAME && nameKey(one.name) === nameKey(at));
    if (alias?.data.kind !== 'CNAME') break;
    at = alias.data.target;
  }
  return at;
}

export function withoutDot(name: DnsName): string {
  return name === '.' ? name : name.replace(/\.$/, '');
}
