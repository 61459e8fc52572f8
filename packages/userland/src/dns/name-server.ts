/**
 * A name server at work: what comes in by `clients`, is answered from zones, or by the recursor through `upstream`. All of it in one
 * thread, with any number of questions under way.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { nameKey } from '@netarium/core/wire/dns-name.ts';
import { type DnsMessage, type Question, RCODE, type ResourceRecord, typeName } from '@netarium/core/wire/dns-types.ts';
import { Chance } from '../lib/chance.ts';
import type { EventLoop } from '../lib/event-loop.ts';
import { type AnswerOptions, answerFromZones } from './authority.ts';
import { type Client, ClientSockets } from './clients.ts';
import type { NamedConfig } from './named-conf.ts';
import type { Outcome, Recursor } from './recursor.ts';
import { emptyReply, encodeReply, type Query, type ReplyContent, readQuery, udpLimit, wantsLittle } from './reply.ts';
import { Upstream } from './upstream.ts';
import type { Zone } from './zone.ts';

const TCP_LIMIT = 65_535;

export interface ServerData {
  readonly config: NamedConfig;
  readonly zones: ReadonlyMap<string, Zone>;
  /** Absent with `recursion no`. */
  readonly recursor: Recursor | undefined;
}

interface Waiting {
  readonly query: Query;
  readonly client: Client;
}

/** A recursor with the clients that wait for it; after a reload the old one still ends what it began. */
interface Recursion {
  readonly recursor: Recursor;
  readonly waiting: Map<number, Waiting>;
}

export class NameServer {
  readonly sockets: ClientSockets;
  private readonly upstream: Upstream;
  private readonly chance: Chance;
  private recursion: Recursion | undefined;
  private turn = 0;

  constructor(
    sys: Sys,
    private readonly loop: EventLoop,
    private data: ServerData,
    private readonly log: (text: string) => Promise<void>,
  ) {
    this.chance = new Chance(sys);
    this.sockets = new ClientSockets(sys, loop, (bytes, client) => this.query(bytes, client));
    this.upstream = new Upstream(sys, loop, this.chance);
    this.use(data);
  }

  /** Serves from this data from now on. */
  use(data: ServerData): void {
    this.data = data;
    this.recursion = data.recursor && { recursor: data.recursor, waiting: new Map() };
  }

  get config(): NamedConfig {
    return this.data.config;
  }

  private async query(bytes: Uint8Array, client: Client): Promise<void> {
    const read = readQuery(bytes, this.recursion !== undefined);
    if (read.kind === 'drop') return;
    if (read.kind === 'reply') {
      await client.reply(read.bytes);
      return;
    }
    const { query } = read;
    const { question, message } = query;
    if (this.data.config.querylog)
      await this.log(
        `client ${client.name}: query: ${question.name} IN ${typeName(question.type)} ${queryFlags(query, client)}`,
      );
    const wanted = this.recursion !== undefined && message.flags.rd;
    const options: AnswerOptions = {
      minimal: this.data.config.minimal === true || wantsLittle(query.edns, client.transport),
      noAuthority: this.data.config.minimal === undefined && message.flags.rd,
      acrossZones: this.recursion !== undefined,
      rotate: await this.rotation(),
    };
    const answer = answerFromZones(this.data.zones, question, options);
    if (answer && !(wanted && answer.open)) await this.reply({ query, client }, answer);
    else if (wanted) await this.recurse({ query, client });
    else await this.reply({ query, client }, await this.fromCache(question));
  }

  /** Where a record set begins, by the rrset-order of the configuration. */
  private async rotation(): Promise<number> {
    switch (this.data.config.order) {
      case 'fixed':
        return 0;
      case 'cyclic':
        return this.turn++;
      case 'random':
        return this.chance.u16();
    }
  }

  private async recurse(waiting: Waiting): Promise<void> {
    const recursion = this.recursion!;
    const ticket = recursion.recursor.resolve(waiting.query.question, await this.loop.now());
    recursion.waiting.set(ticket, waiting);
    await this.carryOut(recursion);
  }

  /** Without recursion: what the cache knows, else nothing of ours (BIND's allow-query-cache for everybody). */
  private async fromCache(question: Question): Promise<ReplyContent> {
    const known = this.data.recursor?.cached(question, await this.loop.now());
    return known ? { ...known, authoritative: false, additionals: [] } : emptyReply(RCODE.REFUSED);
  }

  private async carryOut(recursion: Recursion): Promise<void> {
    const { recursor } = recursion;
    for (let effects = recursor.takeEffects(); effects.length > 0; effects = recursor.takeEffects()) {
      for (const effect of effects) {
        if (effect.kind === 'finish') await this.finish(recursion, effect.ticket, effect.outcome);
        else await this.upstream.send(effect.request, (result) => this.told(recursion, effect.exchange, result));
      }
    }
  }

  private async told(recursion: Recursion, exchange: number, result: DnsMessage | string): Promise<void> {
    const nowNs = await this.loop.now();
    if (typeof result === 'string') recursion.recursor.failed(exchange, result, nowNs);
    else recursion.recursor.response(exchange, result, nowNs);
    await this.carryOut(recursion);
  }

  private async finish(recursion: Recursion, ticket: number, outcome: Outcome): Promise<void> {
    const waiting = recursion.waiting.get(ticket);
    if (!waiting) return;
    recursion.waiting.delete(ticket);
    const { question } = waiting.query;
    if (outcome.reason !== undefined)
      await this.log(`query failed (${outcome.reason}) for ${question.name}/IN/${typeName(question.type)}`);
    const answers = rotated(outcome.answers, await this.rotation());
    await this.reply(waiting, { ...outcome, answers, authoritative: false, additionals: [] });
  }

  private async reply({ query, client }: Waiting, content: ReplyContent): Promise<void> {
    const limit = client.transport === 'tcp' ? TCP_LIMIT : udpLimit(query.edns);
    await client.reply(encodeReply(query, content, this.recursion !== undefined, limit));
  }
}

/** BIND's marks of the query log: recursion desired, EDNS version, TCP. */
function queryFlags(query: Query, client: Client): string {
  const rd = query.message.flags.rd ? '+' : '-';
  return `${rd}${query.edns ? `E(${query.edns.version})` : ''}${client.transport === 'tcp' ? 'T' : ''}`;
}

/** Every record set of the answer begins with another of its records. */
function rotated(records: readonly ResourceRecord[], rotate: number): ResourceRecord[] {
  const out: ResourceRecord[] = [];
  for (let at = 0; at < records.length; ) {
    const first = records[at]!;
    let end = at + 1;
    while (
      end < records.length &&
      records[end]!.type === first.type &&
      nameKey(records[end]!.name) === nameKey(first.name)
    )
      end++;
    const set = records.slice(at, end);
    const from = rotate % set.length;
    out.push(...set.slice(from), ...set.slice(0, from));
    at = end;
  }
  return out;
}
