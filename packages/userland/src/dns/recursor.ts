/**
 * The recursive half of a name server: client questions in, answers out, through own zones, cache and fetches (RFC 1034 section 5.3.3).
 * Pure: time comes with every call, sending is an effect that the program carries out; many questions are under way at once.
 *
 * Promises: every question ends, by answer or SERVFAIL; equal questions under way share one fetch; an alias chain has at most 16 links;
 * fetches that wait for each other in a circle fail instead of waiting.
 */
import { type DnsName, nameKey } from '@netarium/core/wire/dns-name.ts';
import { type DnsMessage, type Question, RCODE, type ResourceRecord, TYPE } from '@netarium/core/wire/dns-types.ts';
import { type Answer, answerFromZones } from './authority.ts';
import { setsOf, TRUST } from './cache.ts';
import {
  addressesOf,
  type Budget,
  Fetch,
  type FetchResult,
  type FetchStep,
  type FetchWorld,
  type SendRequest,
  seconds,
} from './fetch.ts';
import { type RecordSet, recordsOf, type Zone } from './zone.ts';

const MAX_ALIASES = 16;

export interface Outcome {
  readonly rcode: number;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  /** Why it failed, for the server's log. */
  readonly reason?: string;
}

export type Effect =
  /** Send a query; report to `response` or `failed` with this exchange number. */
  | { readonly kind: 'send'; readonly exchange: number; readonly request: SendRequest }
  | { readonly kind: 'finish'; readonly ticket: number; readonly outcome: Outcome };

/** A fetch under way with those who wait for it. */
interface Task {
  readonly key: string;
  readonly fetch: Fetch;
  readonly waiters: ((result: FetchResult, nowNs: number) => void)[];
  /** The fetch for a server's address that this one waits for. */
  waitsFor: Task | undefined;
}

/** A client question on its way along the aliases. */
interface Resolution {
  readonly ticket: number;
  readonly type: number;
  readonly budget: Budget;
  readonly answers: ResourceRecord[];
  readonly names: Set<string>;
}

export class Recursor {
  private readonly tasks = new Map<string, Task>();
  private readonly exchanges = new Map<number, Task>();
  private effects: Effect[] = [];
  private lastExchange = 0;
  private lastTicket = 0;

  constructor(
    private readonly world: FetchWorld,
    private readonly zones: ReadonlyMap<string, Zone> = new Map(),
  ) {}

  /** Questions of the network that have no answer yet. */
  get pending(): number {
    return this.tasks.size;
  }

  /** What is to be done now; each effect is handed out once. */
  takeEffects(): readonly Effect[] {
    const effects = this.effects;
    this.effects = [];
    return effects;
  }

  /** Begins to answer; the `finish` effect with the returned ticket may already be there. */
  resolve(question: Question, nowNs: number): number {
    const ticket = ++this.lastTicket;
    const resolution = { ticket, type: question.type, budget: { queries: 0 }, answers: [], names: new Set<string>() };
    this.step(resolution, question.name, [], nowNs);
    return ticket;
  }

  /** What can be said without asking anybody. */
  cached(question: Question, nowNs: number): Outcome | undefined {
    const answers: ResourceRecord[] = [];
    for (let at: DnsName | undefined = question.name, links = 0; at !== undefined && links <= MAX_ALIASES; links++) {
      const known: Known | undefined = this.known(at, question.type, [], nowNs);
      if (!known) break;
      if (known.kind === 'denied') return { rcode: known.rcode, answers, authorities: known.soa ? [known.soa] : [] };
      answers.push(...known.sets.flatMap((set) => recordsOf(set)));
      at = known.next;
    }
    return answers.length > 0 ? { rcode: RCODE.NOERROR, answers, authorities: [] } : undefined;
  }

  response(exchange: number, message: DnsMessage, nowNs: number): void {
    const task = this.exchanges.get(exchange);
    if (!task) return;
    this.exchanges.delete(exchange);
    this.advance(task, task.fetch.response(message, nowNs), nowNs);
  }

  /** No response came: `timeout`, or the reason why none can come. */
  failed(exchange: number, reason: string, nowNs: number): void {
    const task = this.exchanges.get(exchange);
    if (!task) return;
    this.exchanges.delete(exchange);
    this.advance(task, task.fetch.failed(reason, nowNs), nowNs);
  }

  // Resolutions

  /** Goes on at `name` with what is at hand: sets that a response just brought, own zones, the cache; then the network. */
  private step(resolution: Resolution, name: DnsName, fresh: readonly RecordSet[], nowNs: number): void {
    for (let at = name; ; ) {
      const key = nameKey(at);
      if (resolution.names.has(key) || resolution.names.size > MAX_ALIASES) {
        // BIND shows the circle beside its SERVFAIL.
        const answers = resolution.answers;
        this.finish(resolution, { rcode: RCODE.SERVFAIL, reason: `alias loop or chain too long at ${at}`, answers });
        return;
      }
      resolution.names.add(key);
      const local = answerFromZones(
        this.zones,
        { name: at, type: resolution.type, class: 1 },
        { minimal: true, acrossZones: true, rotate: 0 },
      );
      if (local && !local.open) {
        resolution.answers.push(...local.answers);
        this.finish(resolution, { rcode: local.rcode, authorities: local.authorities });
        return;
      }
      if (local) this.fromLocal(resolution, local, nowNs);
      const target = local ? openName(local, at) : at;
      const known = this.known(target, resolution.type, fresh, nowNs);
      if (known?.kind === 'denied') {
        this.finish(resolution, { rcode: known.rcode, authorities: known.soa ? [known.soa] : [] });
        return;
      }
      if (!known) {
        this.fetchFor(resolution, target, nowNs);
        return;
      }
      resolution.answers.push(...known.sets.flatMap((set) => recordsOf(set)));
      if (known.next === undefined) {
        this.finish(resolution, { rcode: RCODE.NOERROR });
        return;
      }
      at = known.next;
    }
  }

  /** A local zone delegated the name or sent it elsewhere by alias: keep its aliases, and its delegation as if it came from a parent. */
  private fromLocal(resolution: Resolution, local: Answer, nowNs: number): void {
    resolution.answers.push(...local.answers);
    for (const record of local.answers) resolution.names.add(nameKey(record.name));
    if (local.open?.kind !== 'referral') return;
    for (const set of setsOf(local.authorities)) this.world.cache.put(set, TRUST.referral, seconds(nowNs));
    for (const set of setsOf(local.additionals)) this.world.cache.put(set, TRUST.glue, seconds(nowNs));
  }

  private known(name: DnsName, type: number, fresh: readonly RecordSet[], nowNs: number): Known | undefined {
    const here = fresh.filter((set) => nameKey(set.name) === nameKey(name));
    if (type === TYPE.ANY) return here.length > 0 ? { kind: 'sets', sets: here, next: undefined } : undefined;
    const nowS = seconds(nowNs);
    const cached = this.world.cache.get(name, type, nowS);
    // Glue and referrals are hints for finding servers, not answers (RFC 2181 section 5.4.1).
    const believed = cached?.kind === 'set' && cached.trust >= TRUST.answer ? cached.set : undefined;
    const set = here.find((one) => one.type === type) ?? believed;
    if (set) return { kind: 'sets', sets: [set], next: undefined };
    const alias = here.find((one) => one.type === TYPE.CNAME) ?? this.world.cache.getSet(name, TYPE.CNAME, nowS);
    const data = alias?.data[0];
    if (alias && data?.kind === 'CNAME' && type !== TYPE.CNAME)
      return { kind: 'sets', sets: [alias], next: data.target };
    if (!cached || cached.kind === 'set') return undefined;
    return { kind: 'denied', rcode: cached.kind === 'nxdomain' ? RCODE.NXDOMAIN : RCODE.NOERROR, soa: cached.soa };
  }

  private fetchFor(resolution: Resolution, name: DnsName, nowNs: number): void {
    const task = this.task(name, resolution.type, 0, resolution.budget, nowNs, (result, atNs) => {
      if (!result.ok) {
        this.finish(resolution, { rcode: RCODE.SERVFAIL, reason: result.reason });
        return;
      }
      this.afterFetch(resolution, name, result, atNs);
    });
    this.begin(task, nowNs);
  }

  private afterFetch(resolution: Resolution, name: DnsName, result: FetchResult & { ok: true }, nowNs: number): void {
    const { sets, denial } = result;
    if (denial && nameKey(denial.name) === nameKey(name) && sets.length === 0) {
      const rcode = denial.kind === 'nxdomain' ? RCODE.NXDOMAIN : RCODE.NOERROR;
      this.finish(resolution, { rcode, authorities: denial.soa ? [denial.soa] : [] });
      return;
    }
    if (sets.length === 0) {
      this.finish(resolution, { rcode: RCODE.SERVFAIL, reason: 'empty answer' });
      return;
    }
    resolution.names.delete(nameKey(name));
    this.step(resolution, name, sets, nowNs);
  }

  private finish(resolution: Resolution, outcome: Partial<Outcome> & { readonly rcode: number }): void {
    const answers = outcome.answers ?? (outcome.rcode === RCODE.SERVFAIL ? [] : resolution.answers);
    this.effects.push({
      kind: 'finish',
      ticket: resolution.ticket,
      outcome: { authorities: [], ...outcome, answers },
    });
  }

  // Fetches

  /** The fetch under way for the name and type, or a new one that `begin` starts. */
  private task(
    name: DnsName,
    type: number,
    depth: number,
    budget: Budget,
    startNs: number,
    waiter: Task['waiters'][number],
  ): Task | undefined {
    const key = `${nameKey(name)} ${type}`;
    const running = this.tasks.get(key);
    if (running) {
      running.waiters.push(waiter);
      return undefined;
    }
    const fetch = new Fetch(name, type, depth, budget, this.world, startNs);
    const task: Task = { key, fetch, waiters: [waiter], waitsFor: undefined };
    this.tasks.set(key, task);
    return task;
  }

  private begin(task: Task | undefined, nowNs: number): void {
    if (task) this.advance(task, task.fetch.start(nowNs), nowNs);
  }

  private advance(task: Task, step: FetchStep, nowNs: number): void {
    switch (step.kind) {
      case 'send': {
        const exchange = ++this.lastExchange;
        this.exchanges.set(exchange, task);
        this.effects.push({ kind: 'send', exchange, request: step.request });
        break;
      }
      case 'address':
        this.findAddress(task, step.name, nowNs);
        break;
      case 'done':
        this.tasks.delete(task.key);
        for (const waiter of task.waiters) waiter(step.result, nowNs);
        break;
    }
  }

  private findAddress(task: Task, name: DnsName, nowNs: number): void {
    const local = answerFromZones(
      this.zones,
      { name, type: TYPE.A, class: 1 },
      { minimal: true, acrossZones: true, rotate: 0 },
    );
    const own = local?.open ? [] : setsOf(local?.answers ?? []).flatMap(addressesOf);
    const running = this.tasks.get(`${nameKey(name)} ${TYPE.A}`);
    if (own.length > 0 || (running && waitsOn(running, task))) {
      this.advance(task, task.fetch.addressesKnown(name, own, nowNs), nowNs);
      return;
    }
    // The time that the parent has left is all that its helper has.
    const { depth, budget, startNs } = task.fetch;
    const started = this.task(name, TYPE.A, depth + 1, budget, startNs, (result, atNs) => {
      task.waitsFor = undefined;
      const sets = result.ok ? result.sets.filter((set) => set.type === TYPE.A) : [];
      this.advance(task, task.fetch.addressesKnown(name, sets.flatMap(addressesOf), atNs), atNs);
    });
    task.waitsFor = started ?? running;
    this.begin(started, nowNs);
  }
}

type Known =
  | { readonly kind: 'sets'; readonly sets: readonly RecordSet[]; readonly next: DnsName | undefined }
  | { readonly kind: 'denied'; readonly rcode: number; readonly soa: ResourceRecord | undefined };

function openName(local: Answer, asked: DnsName): DnsName {
  if (local.open?.kind === 'alias') return local.open.target;
  const last = local.answers.at(-1)?.data;
  return last?.kind === 'CNAME' ? last.target : asked;
}

/** True where `task` waits, over however many others, for `other`. */
function waitsOn(task: Task, other: Task): boolean {
  for (let at: Task | undefined = task; at; at = at.waitsFor) if (at === other) return true;
  return false;
}
