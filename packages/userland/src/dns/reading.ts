/**
 * What a resolver may conclude from a response: answer, alias, denial, referral, or nothing (RFC 1034 section 5.3.3, RFC 2308 section 2,
 * RFC 2181 section 5.4.1). Pure.
 *
 * Promises: nothing outside the bailiwick of the server that was asked is believed or kept, so a server for `shop.test` cannot say
 * anything about `bank.test`.
 */
import { type DnsName, isWithin, labelsOf, nameKey } from '@netarium/core/wire/dns-name.ts';
import {
  type DnsMessage,
  fullRcode,
  type Question,
  RCODE,
  type ResourceRecord,
  TYPE,
} from '@netarium/core/wire/dns-types.ts';
import { setsOf, TRUST, type Trust } from './cache.ts';
import type { RecordSet } from './zone.ts';

export interface Denial {
  readonly kind: 'nodata' | 'nxdomain';
  /** The name denied: the end of the alias chain. */
  readonly name: DnsName;
  /** Its TTL is the negative TTL. Absent where the server gave none; then the denial is not cached (RFC 2308 section 5). */
  readonly soa?: ResourceRecord;
}

export type Reading =
  | {
      readonly kind: 'answer';
      /** Aliases from the asked name on, then the answer, where the chain got there. */
      readonly sets: readonly RecordSet[];
      readonly denial?: Denial;
      readonly keep: readonly Kept[];
    }
  | { readonly kind: 'referral'; readonly cut: DnsName; readonly servers: RecordSet; readonly keep: readonly Kept[] }
  /** This server is of no use for the name: error, or lame (RFC 1912 section 2.8). */
  | { readonly kind: 'useless'; readonly reason: string };

/** A record set for the cache. */
export interface Kept {
  readonly set: RecordSet;
  readonly trust: Trust;
}

/** The server asked: the zone it was asked as server of; a forwarder speaks for all names and without AA. */
export interface Asked {
  readonly zone: DnsName;
  readonly forwarder: boolean;
}

/** True where the response repeats the question (RFC 5452 section 9.1). */
export function answersQuestion(response: DnsMessage, question: Question): boolean {
  const [echo] = response.questions;
  return (
    response.flags.qr &&
    response.questions.length === 1 &&
    echo!.type === question.type &&
    echo!.class === question.class &&
    nameKey(echo!.name) === nameKey(question.name)
  );
}

export function readResponse(response: DnsMessage, question: Question, asked: Asked): Reading {
  const rcode = fullRcode(response);
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return { kind: 'useless', reason: `rcode ${rcode}` };
  const trusted = (records: readonly ResourceRecord[]) =>
    setsOf(records.filter((record) => isWithin(record.name, asked.zone)));
  const answers = trusted(response.answers);
  const authorities = trusted(response.authorities);
  const chain = followChain(answers, question, asked.zone);
  const authoritative = response.flags.aa || asked.forwarder;
  const keep = keptSets(chain.sets, authorities, trusted(response.additionals), question.name, response.flags.aa);
  if (chain.complete) return { kind: 'answer', sets: chain.sets, keep };
  const denial = denialOf(rcode, authorities, chain, authoritative);
  if (denial) return { kind: 'answer', sets: chain.sets, denial, keep };
  if (chain.sets.length > 0) return { kind: 'answer', sets: chain.sets, keep };
  const referral = authorities.find(
    (set) => set.type === TYPE.NS && isBelow(set.name, asked.zone) && isWithin(question.name, set.name),
  );
  if (referral && !asked.forwarder) return { kind: 'referral', cut: referral.name, servers: referral, keep };
  return { kind: 'useless', reason: 'lame server' };
}

interface Chain {
  readonly sets: readonly RecordSet[];
  readonly end: DnsName;
  readonly complete: boolean;
}

function followChain(answers: readonly RecordSet[], question: Question, zone: DnsName): Chain {
  const byName = (name: DnsName, type: number) =>
    answers.find((set) => set.type === type && nameKey(set.name) === nameKey(name));
  if (question.type === TYPE.ANY) {
    const sets = answers.filter((set) => nameKey(set.name) === nameKey(question.name));
    return { sets, end: question.name, complete: sets.length > 0 };
  }
  const sets: RecordSet[] = [];
  let end = question.name;
  for (;;) {
    const answer = byName(end, question.type);
    if (answer) return { sets: [...sets, answer], end, complete: true };
    const alias = byName(end, TYPE.CNAME);
    const data = alias?.data[0];
    if (!alias || data?.kind !== 'CNAME' || sets.includes(alias)) return { sets, end, complete: false };
    sets.push(alias);
    end = data.target;
    // What the target is, only its own servers may say.
    if (!isWithin(end, zone)) return { sets, end, complete: false };
  }
}

function denialOf(
  rcode: number,
  authorities: readonly RecordSet[],
  chain: Chain,
  authoritative: boolean,
): Denial | undefined {
  const soa = authorities.find((set) => set.type === TYPE.SOA && isWithin(chain.end, set.name));
  const data = soa?.data[0];
  const delegation = authorities.some((set) => set.type === TYPE.NS);
  if (!authoritative) return undefined;
  // Without a SOA, an alias may just be the first part of an answer, and a delegation is a referral (RFC 2308 section 2.2).
  if (rcode === RCODE.NOERROR && !soa && (chain.sets.length > 0 || delegation)) return undefined;
  const kind = rcode === RCODE.NXDOMAIN ? 'nxdomain' : 'nodata';
  if (!soa || data?.kind !== 'SOA') return { kind, name: chain.end };
  // RFC 2308 section 5: the lesser of the SOA's TTL and its minimum field.
  const ttl = Math.min(soa.ttl, data.minimum);
  return { kind, name: chain.end, soa: { name: soa.name, type: TYPE.SOA, class: 1, ttl, data } };
}

function keptSets(
  chain: readonly RecordSet[],
  authorities: readonly RecordSet[],
  additionals: readonly RecordSet[],
  name: DnsName,
  authoritative: boolean,
): Kept[] {
  const kept: Kept[] = chain.map((set) => ({ set, trust: authoritative ? TRUST.authoritative : TRUST.answer }));
  const servers = authorities.filter((set) => set.type === TYPE.NS && isWithin(name, set.name));
  for (const set of servers) kept.push({ set, trust: TRUST.referral });
  const hosts = new Set(
    servers.flatMap((set) => set.data.map((data) => (data.kind === 'NS' ? nameKey(data.target) : ''))),
  );
  for (const set of additionals) {
    if ((set.type === TYPE.A || set.type === TYPE.AAAA) && hosts.has(nameKey(set.name)))
      kept.push({ set, trust: TRUST.glue });
  }
  return kept;
}

function isBelow(name: DnsName, zone: DnsName): boolean {
  return isWithin(name, zone) && labelsOf(name).length > labelsOf(zone).length;
}
