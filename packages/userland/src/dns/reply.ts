/**
 * Queries to replies at the message level: what is wrong with a query, the header and EDNS of a reply, and truncation
 * (RFC 1035 section 4.1.1 and 4.2.1, RFC 6891 sections 6 and 7, RFC 2181 section 9). Pure.
 */
import { encodeDns } from '@netarium/core/wire/dns.ts';
import { decodeDns } from '@netarium/core/wire/dns-decoder.ts';
import { nameKey } from '@netarium/core/wire/dns-name.ts';
import {
  CLASS,
  type DnsMessage,
  type Edns,
  ednsOf,
  NO_FLAGS,
  OPCODE,
  optRecord,
  type Question,
  RCODE,
  type ResourceRecord,
  TYPE,
} from '@netarium/core/wire/dns-types.ts';

const UDP_SIZE_WITHOUT_EDNS = 512;
/** What we say we take and the most we send by UDP: the DNS flag day 2020 value, BIND's default since 9.16.8. */
export const EDNS_UDP_SIZE = 1232;

/** A query worth an answer. */
export interface Query {
  readonly message: DnsMessage;
  readonly question: Question;
  readonly edns: Edns | undefined;
}

export type ReadQuery =
  | { readonly kind: 'query'; readonly query: Query }
  /** Answered here and now. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  /** Not worth a reply: too short for a header, or itself a reply (answering it could go on for ever). */
  | { readonly kind: 'drop' };

export interface ReplyContent {
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
}

export function emptyReply(rcode: number): ReplyContent {
  return { rcode, authoritative: false, answers: [], authorities: [], additionals: [] };
}

function errorReply(message: DnsMessage, rcode: number, withQuestion: boolean, recursion: boolean): ReadQuery {
  const { opcode, rd, cd } = message.flags;
  const edns = ednsOf(message);
  const bytes = encodeDns({
    id: message.id,
    flags: { ...NO_FLAGS, qr: true, opcode, rd, cd, ra: recursion, rcode: rcode & 15 },
    questions: withQuestion ? message.questions : [],
    answers: [],
    authorities: [],
    additionals: edns ? [optRecord({ udpSize: EDNS_UDP_SIZE, extendedRcode: rcode >> 4 })] : [],
  });
  return { kind: 'reply', bytes };
}

/** Reads a query; `recursion` says whether this server would recurse (RA in error replies). */
export function readQuery(bytes: Uint8Array, recursion: boolean): ReadQuery {
  const decoded = decodeDns(bytes);
  const { message, problem } = decoded;
  if (problem?.code === 'short-header' || message.flags.qr) return { kind: 'drop' };
  if (message.flags.opcode !== OPCODE.QUERY) return errorReply(message, RCODE.NOTIMP, !problem, recursion);
  if (problem || message.questions.length !== 1) return errorReply(message, RCODE.FORMERR, false, recursion);
  const opts = message.additionals.filter((record) => record.type === TYPE.OPT);
  // RFC 6891 section 6.1.1: at most one OPT, its owner is the root.
  if (opts.length > 1 || (opts.length === 1 && opts[0]!.name !== '.'))
    return errorReply({ ...message, additionals: [] }, RCODE.FORMERR, true, recursion);
  const edns = ednsOf(message);
  if (edns && edns.version > 0) return errorReply(message, RCODE.BADVERS, true, recursion);
  const question = message.questions[0]!;
  if (question.type === TYPE.OPT) return errorReply(message, RCODE.FORMERR, true, recursion);
  // Zone transfers are not offered: docs/coverage/named.md.
  if (question.type === TYPE.AXFR || question.type === TYPE.IXFR)
    return errorReply(message, RCODE.NOTIMP, true, recursion);
  if (question.class !== CLASS.IN) return errorReply(message, RCODE.REFUSED, true, recursion);
  return { kind: 'query', query: { message, question, edns } };
}

/** The largest reply that this client takes by UDP. */
export function udpLimit(edns: Edns | undefined): number {
  if (!edns) return UDP_SIZE_WITHOUT_EDNS;
  // RFC 6891 section 6.2.3: values below 512 mean 512.
  return Math.min(Math.max(edns.udpSize, UDP_SIZE_WITHOUT_EDNS), EDNS_UDP_SIZE);
}

/** True for a client with EDNS that takes no more than anybody does: BIND leaves out what it could do without. */
export function wantsLittle(edns: Edns | undefined, transport: 'udp' | 'tcp'): boolean {
  return transport === 'udp' && edns !== undefined && edns.udpSize <= UDP_SIZE_WITHOUT_EDNS;
}

/** Encodes the reply so that it fits: TC where an answer, an authority or needed glue was left out. */
export function encodeReply(query: Query, content: ReplyContent, recursion: boolean, limit: number): Uint8Array {
  const opt = query.edns
    ? [optRecord({ udpSize: EDNS_UDP_SIZE, extendedRcode: content.rcode >> 4, dnssecOk: query.edns.dnssecOk })]
    : [];
  const { rd, cd } = query.message.flags;
  const whole: DnsMessage = {
    id: query.message.id,
    flags: {
      ...NO_FLAGS,
      qr: true,
      aa: content.authoritative,
      rd,
      cd,
      ra: recursion,
      rcode: content.rcode & 15,
    },
    questions: query.message.questions,
    answers: content.answers,
    authorities: content.authorities,
    additionals: [...opt, ...content.additionals],
  };
  const bytes = encodeDns(whole);
  return bytes.length <= limit ? bytes : truncated(whole, opt, limit);
}

/**
 * As BIND renders: answers and authorities record by record until one does not fit, which sets TC; additional sets as long as they fit.
 * A truncated reply to a client with EDNS holds nothing, for that client knows that it must come by TCP.
 */
function truncated(whole: DnsMessage, opt: readonly ResourceRecord[], limit: number): Uint8Array {
  const nothing: DnsMessage = { ...whole, answers: [], authorities: [], additionals: opt };
  let fits = nothing;
  const tooLong = (longer: DnsMessage) => encodeDns(longer).length > limit;
  for (const section of ['answers', 'authorities'] as const) {
    for (const record of whole[section]) {
      const more = { ...fits, [section]: [...fits[section], record] };
      if (tooLong(more))
        return encodeDns({ ...(opt.length > 0 ? nothing : fits), flags: { ...whole.flags, tc: true } });
      fits = more;
    }
  }
  // RFC 2181 section 9: missing additional records are no reason for TC, except the glue that a referral cannot do without.
  for (const set of recordSets(whole.additionals.filter((record) => record.type !== TYPE.OPT))) {
    const more = { ...fits, additionals: [...fits.additionals, ...set] };
    if (tooLong(more)) {
      const useless = whole.answers.length === 0 && fits.additionals.length === opt.length;
      return encodeDns({ ...fits, flags: { ...fits.flags, tc: useless } });
    }
    fits = more;
  }
  return encodeDns(fits);
}

function recordSets(records: readonly ResourceRecord[]): ResourceRecord[][] {
  const sets: ResourceRecord[][] = [];
  for (const record of records) {
    const last = sets.at(-1);
    if (last && last[0]!.type === record.type && nameKey(last[0]!.name) === nameKey(record.name)) last.push(record);
    else sets.push([record]);
  }
  return sets;
}
