/**
 * One question put to the world's servers, from the deepest known zone cut down (RFC 1034 section 5.3.3): a state machine that is told of
 * responses and failures and says what to send next. It follows referrals, not aliases; those are for `recursor.ts`.
 *
 * Timers are BIND's: each server of a round gets 0.8 s, or twice its smoothed round-trip time and a bit where that is more; after three
 * rounds the 0.8 s double from round to round; 10 s after its start a fetch fails, whatever remains.
 * Left out, on purpose: QNAME minimisation (RFC 9156), DNS 0x20, priming of the root servers (the hints are used as they are).
 */
import { type DnsName, isWithin, nameKey, parentName } from '@netarium/core/wire/dns-name.ts';
import { CLASS, type DnsMessage, ednsOf, type Question, RCODE, TYPE } from '@netarium/core/wire/dns-types.ts';
import type { DnsCache } from './cache.ts';
import { type Denial, type Reading, readResponse } from './reading.ts';
import type { ServerTable } from './servers.ts';
import type { RecordSet } from './zone.ts';

export const FETCH_LIMIT_NS = 10_000_000_000;
const FIRST_TIMEOUT_NS = 800_000_000;
const ROUNDS_BEFORE_BACKOFF = 3;
/** Queries on behalf of one client question, and how deep a server's name may need a server's name (BIND's max-recursion-*). */
const MAX_QUERIES = 100;
export const MAX_DEPTH = 7;

export interface SendRequest {
  readonly server: string;
  readonly transport: 'udp' | 'tcp';
  readonly question: Question;
  readonly recursionDesired: boolean;
  readonly edns: boolean;
  readonly timeoutNs: number;
}

export type FetchResult =
  | { readonly ok: true; readonly sets: readonly RecordSet[]; readonly denial?: Denial }
  | { readonly ok: false; readonly reason: string };

export type FetchStep =
  | { readonly kind: 'send'; readonly request: SendRequest }
  /** The addresses of this server name are needed first. */
  | { readonly kind: 'address'; readonly name: DnsName }
  | { readonly kind: 'done'; readonly result: FetchResult };

export interface FetchWorld {
  readonly cache: DnsCache;
  readonly servers: ServerTable;
  readonly hints: ReadonlyMap<DnsName, readonly string[]>;
  readonly forwarders: readonly string[];
  readonly forwardOnly: boolean;
}

/** Shared by all fetches that one client question causes. */
export interface Budget {
  queries: number;
}

export const seconds = (ns: number): number => Math.floor(ns / 1_000_000_000);

export class Fetch {
  readonly question: Question;
  private zone: DnsName = '.';
  private forwarding: boolean;
  /** Server name to its known addresses; an empty list where none is known. */
  private candidates = new Map<DnsName, readonly string[]>();
  private readonly asked = new Set<string>();
  private readonly bad = new Set<string>();
  private readonly namesTried = new Set<string>();
  private round = 1;
  private current: SendRequest | undefined;
  private sentNs = 0;
  private lastReason = 'no servers';

  constructor(
    name: DnsName,
    type: number,
    readonly depth: number,
    readonly budget: Budget,
    private readonly world: FetchWorld,
    readonly startNs: number,
  ) {
    this.question = { name, type, class: CLASS.IN };
    this.forwarding = world.forwarders.length > 0;
  }

  start(nowNs: number): FetchStep {
    if (this.forwarding) this.candidates.set('forwarders', this.world.forwarders);
    else this.startAtDeepestCut(nowNs);
    return this.next(nowNs);
  }

  /** The addresses of a server name have been looked up; undefined where that failed. */
  addressesKnown(name: DnsName, addresses: readonly string[], nowNs: number): FetchStep {
    if (this.candidates.has(name)) this.candidates.set(name, addresses);
    return this.next(nowNs);
  }

  failed(reason: string, nowNs: number): FetchStep {
    const sent = this.current!;
    this.lastReason = `${sent.server}: ${reason}`;
    if (reason === 'timeout') this.world.servers.timedOut(sent.server);
    else this.bad.add(sent.server);
    return this.next(nowNs);
  }

  response(message: DnsMessage, nowNs: number): FetchStep {
    const sent = this.current!;
    this.world.servers.answered(sent.server, nowNs - this.sentNs);
    const { rcode, tc } = message.flags;
    if (tc && sent.transport === 'udp') return this.send({ ...sent, transport: 'tcp' }, nowNs);
    // RFC 6891 section 7: a server that knows no EDNS says FORMERR (or NOTIMP) without OPT; ask it again without.
    if (sent.edns && (rcode === RCODE.FORMERR || rcode === RCODE.NOTIMP) && !ednsOf(message)) {
      this.world.servers.lacksEdns(sent.server);
      return this.send({ ...sent, edns: false }, nowNs);
    }
    return this.read(readResponse(message, this.question, { zone: this.zone, forwarder: this.forwarding }), nowNs);
  }

  private read(reading: Reading, nowNs: number): FetchStep {
    if (reading.kind === 'useless') return this.failed(reading.reason, nowNs);
    const now = seconds(nowNs);
    for (const { set, trust } of reading.keep) this.world.cache.put(set, trust, now);
    if (reading.kind === 'referral') {
      this.descend(reading.cut, reading.servers, reading, now);
      return this.next(nowNs);
    }
    const { denial } = reading;
    if (denial?.soa) this.world.cache.putNegative(denial.kind, denial.name, this.question.type, denial.soa, now);
    return { kind: 'done', result: { ok: true, sets: reading.sets, ...(denial ? { denial } : {}) } };
  }

  private descend(cut: DnsName, servers: RecordSet, reading: Reading & { kind: 'referral' }, nowS: number): void {
    this.zone = cut;
    this.asked.clear();
    this.bad.clear();
    this.namesTried.clear();
    this.round = 1;
    this.candidates = new Map();
    for (const data of servers.data) {
      if (data.kind !== 'NS') continue;
      // Glue with TTL 0 is not in the cache, but good for this fetch.
      const glue = reading.keep.filter(({ set }) => set.type === TYPE.A && nameKey(set.name) === nameKey(data.target));
      const addresses = glue.flatMap(({ set }) => addressesOf(set));
      this.candidates.set(data.target, addresses.length > 0 ? addresses : this.cachedAddresses(data.target, nowS));
    }
  }

  private cachedAddresses(name: DnsName, nowS: number): readonly string[] {
    return addressesOf(this.world.cache.getSet(name, TYPE.A, nowS));
  }

  private startAtDeepestCut(nowNs: number): void {
    const nowS = seconds(nowNs);
    for (let at: DnsName | undefined = this.question.name; at !== undefined; at = parentName(at)) {
      const set = this.world.cache.getSet(at, TYPE.NS, nowS);
      const names = set?.data.flatMap((data) => (data.kind === 'NS' ? [data.target] : [])) ?? [];
      const cut = at;
      // A cut whose servers are known by names below it alone, without addresses, is a closed door: go higher and get the glue.
      if (!names.some((name) => this.cachedAddresses(name, nowS).length > 0 || !isWithin(name, cut))) continue;
      this.zone = at;
      this.candidates = new Map(names.map((name) => [name, this.cachedAddresses(name, nowS)]));
      return;
    }
    this.zone = '.';
    this.candidates = new Map(this.world.hints);
  }

  private next(nowNs: number): FetchStep {
    this.current = undefined;
    if (nowNs - this.startNs >= FETCH_LIMIT_NS) return this.giveUp(`timed out; last: ${this.lastReason}`);
    if (this.budget.queries >= MAX_QUERIES) return this.giveUp(`more than ${MAX_QUERIES} queries for one question`);
    const usable = [...this.candidates.values()].flat().filter((address) => !this.bad.has(address));
    const fresh = usable.filter((address) => !this.asked.has(address));
    const server = this.world.servers.pick(fresh);
    if (server !== undefined) return this.ask(server, nowNs);
    const nameless = [...this.candidates].find(([name, known]) => known.length === 0 && !this.namesTried.has(name));
    if (nameless && this.depth < MAX_DEPTH) {
      this.namesTried.add(nameless[0]);
      return { kind: 'address', name: nameless[0] };
    }
    if (usable.length > 0) {
      this.round += 1;
      this.asked.clear();
      return this.next(nowNs);
    }
    if (this.forwarding && !this.world.forwardOnly) return this.withoutForwarders(nowNs);
    return this.giveUp(this.lastReason);
  }

  /** BIND's `forward first`: no forwarder helped, so ask the servers themselves. */
  private withoutForwarders(nowNs: number): FetchStep {
    this.forwarding = false;
    this.asked.clear();
    this.bad.clear();
    this.round = 1;
    this.startAtDeepestCut(nowNs);
    return this.next(nowNs);
  }

  private ask(server: string, nowNs: number): FetchStep {
    this.asked.add(server);
    return this.send(
      {
        server,
        transport: 'udp',
        question: this.question,
        recursionDesired: this.forwarding,
        edns: this.world.servers.knowsEdns(server),
        timeoutNs: 0,
      },
      nowNs,
    );
  }

  private send(request: SendRequest, nowNs: number): FetchStep {
    this.budget.queries += 1;
    const left = this.startNs + FETCH_LIMIT_NS - nowNs;
    if (left <= 0) return this.giveUp('timed out');
    const timeoutNs = Math.min(left, request.transport === 'tcp' ? FETCH_LIMIT_NS : this.timeoutNs(request.server));
    this.current = { ...request, timeoutNs };
    this.sentNs = nowNs;
    return { kind: 'send', request: this.current };
  }

  private timeoutNs(server: string): number {
    const doublings = Math.min(Math.max(0, this.round - ROUNDS_BEFORE_BACKOFF), 8);
    let base = FIRST_TIMEOUT_NS;
    for (let i = 0; i < doublings; i++) base *= 2;
    const rttNs = this.world.servers.rttNs(server);
    const fudgeNs = rttNs < 50_000_000 ? 50_000_000 : rttNs < 100_000_000 ? 100_000_000 : 200_000_000;
    return Math.max(base, 2 * (rttNs + fudgeNs));
  }

  private giveUp(reason: string): FetchStep {
    return { kind: 'done', result: { ok: false, reason } };
  }
}

export function addressesOf(set: RecordSet | undefined): readonly string[] {
  return set?.data.flatMap((data) => (data.kind === 'A' ? [data.address] : [])) ?? [];
}
