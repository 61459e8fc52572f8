/**
 * Names to addresses without standing still, for servers that serve others meanwhile: numeric text, /etc/hosts, then the servers of /etc/resolv.conf over
 * the event loop. Answers are kept as long as their records say, a minute at most.
 * Leaves out: what nsswitch.conf says beyond `files dns`, the search list (names of a proxy's clients are whole), retries over TCP.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { parseName } from '@netarium/core/wire/dns-name.ts';
import { CLASS, type DnsMessage, RCODE, TYPE } from '@netarium/core/wire/dns-types.ts';
import { Upstream } from '../dns/upstream.ts';
import { Chance } from './chance.ts';
import type { EventLoop } from './event-loop.ts';
import { readHosts, readResolvConf } from './resolv-conf.ts';
import { addressesOf, inFiles, parseAton } from './resolver.ts';

export type Addresses = readonly string[];

/** The addresses in the order to try them; a text says why there are none. */
export type TellAddresses = (result: Addresses | string) => Promise<void>;

interface Known {
  readonly addresses: Addresses;
  readonly untilNs: number;
}

const MAX_KEPT_NS = 60_000_000_000;
const MAX_KEPT = 1024;
const NS_PER_SECOND = 1_000_000_000;

export class NameLookup {
  private readonly upstream: Upstream;
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly sys: Sys,
    private readonly loop: EventLoop,
  ) {
    this.upstream = new Upstream(sys, loop, new Chance(sys));
  }

  async find(name: string, tell: TellAddresses): Promise<void> {
    const numeric = parseAton(name);
    if (numeric !== undefined) return tell([numeric]);
    const key = name.toLowerCase().replace(/\.$/, '');
    const known = this.known.get(key);
    if (known !== undefined && known.untilNs > this.loop.nowNs) return tell(known.addresses);
    const listed = inFiles(await readHosts(this.sys), name, 'inet');
    if (listed !== undefined) return tell(listed.addresses);
    const absolute = parseName(key);
    if (absolute === undefined) return tell('not a host name');
    await this.ask(key, absolute, tell);
  }

  /** Every server in turn, as often as resolv.conf says. */
  private async ask(key: string, name: string, tell: TellAddresses): Promise<void> {
    const { nameservers, attempts, timeout } = await readResolvConf(this.sys);
    const question = { name, type: TYPE.A, class: CLASS.IN };
    const turns = nameservers.length * attempts;
    const turn = async (at: number, why: string): Promise<void> => {
      if (at === turns) return tell(why);
      const request = {
        server: nameservers[at % nameservers.length]!,
        transport: 'udp',
        question,
        recursionDesired: true,
        edns: true,
        timeoutNs: timeout * NS_PER_SECOND,
      } as const;
      await this.upstream.send(request, async (result) => {
        if (typeof result === 'string') return turn(at + 1, result);
        const { rcode } = result.flags;
        if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return turn(at + 1, 'server failure');
        await this.answered(key, name, result, tell);
      });
    };
    await turn(0, 'no name server');
  }

  private answered(key: string, name: string, message: DnsMessage, tell: TellAddresses): Promise<void> {
    const addresses = addressesOf(name, TYPE.A, message);
    if (addresses.length === 0) return tell('no such name');
    const seconds = Math.min(...message.answers.map(({ ttl }) => ttl));
    const { nowNs } = this.loop;
    if (this.known.size >= MAX_KEPT) this.known.delete(this.known.keys().next().value!);
    this.known.set(key, { addresses, untilNs: nowNs + Math.min(seconds * NS_PER_SECOND, MAX_KEPT_NS) });
    return tell(addresses);
  }
}
