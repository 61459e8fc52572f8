/**
 * The C library's stub resolver: one name to the servers of resolv.conf, with its retries and search list (glibc's res_search and
 * res_send). Every answer comes from the servers: there is no cache here, as there is none in glibc.
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { encodeDns } from '@netarium/core/wire/dns.ts';
import { decodeDns } from '@netarium/core/wire/dns-decoder.ts';
import { type DnsName, parseName } from '@netarium/core/wire/dns-name.ts';
import {
  CLASS,
  type DnsMessage,
  fullRcode,
  NO_FLAGS,
  optRecord,
  type Question,
  RCODE,
} from '@netarium/core/wire/dns-types.ts';
import { answersQuestion } from '../dns/reading.ts';
import { Chance } from './chance.ts';
import { type DnsServer, type Exchanged, exchangeTcp, exchangeUdp } from './dns-exchange.ts';
import type { ResolvConf } from './resolv-conf.ts';

/** h_errno: HOST_NOT_FOUND, NO_DATA, TRY_AGAIN, NO_RECOVERY. */
export type StubResult =
  | { readonly kind: 'answer'; readonly name: DnsName; readonly message: DnsMessage }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'no-data' }
  | { readonly kind: 'again'; readonly cause: 'servfail' | 'timeout' | 'refused' }
  | { readonly kind: 'fail' };

const SECOND_NS = 1_000_000_000;
const DNS_PORT = 53;

export class StubResolver {
  private readonly chance: Chance;
  private first = 0;

  constructor(
    private readonly sys: Sys,
    private readonly conf: ResolvConf,
  ) {
    this.chance = new Chance(sys);
  }

  /** res_search: the name as it is, or with the endings of the search list, in the order that `ndots` says. */
  async search(name: string, type: number): Promise<StubResult> {
    const absolute = name.endsWith('.');
    const dots = name.split('.').length - 1;
    let asIs: StubResult | undefined;
    if (absolute || dots >= this.conf.ndots) {
      asIs = await this.query(name, type);
      if (asIs.kind === 'answer' || absolute) return asIs;
    }
    const found = await this.throughSearchList(name, type);
    if (found.kind === 'answer' || (found.kind === 'again' && found.cause === 'refused')) return found;
    if (asIs) return asIs;
    const last = await this.query(name, type);
    // What the name itself met counts more, but "exists without such data" under an ending is not lost.
    return last.kind === 'not-found' && found.kind !== 'not-found' ? found : last;
  }

  private async throughSearchList(name: string, type: number): Promise<StubResult> {
    let outcome: StubResult = { kind: 'not-found' };
    for (const domain of this.conf.search) {
      const result = await this.query(`${name}.${domain}`, type);
      if (result.kind === 'answer') return result;
      if (result.kind === 'again' && result.cause !== 'servfail') return result;
      if (result.kind === 'fail') return result;
      if (result.kind === 'no-data' || (result.kind === 'again' && outcome.kind === 'not-found')) outcome = result;
    }
    return outcome;
  }

  /** res_query: one absolute name. */
  async query(name: string, type: number): Promise<StubResult> {
    const absolute = parseName(name);
    if (absolute === undefined) return { kind: 'fail' };
    const message = await this.send({ name: absolute, type, class: CLASS.IN });
    if (typeof message === 'string') return { kind: 'again', cause: message };
    const rcode = fullRcode(message);
    if (rcode === RCODE.NXDOMAIN) return { kind: 'not-found' };
    if (rcode !== RCODE.NOERROR) return { kind: 'fail' };
    return message.answers.length === 0 ? { kind: 'no-data' } : { kind: 'answer', name: absolute, message };
  }

  /** res_send: every server in turn, `attempts` times; a text is what the last one said where none answered. */
  private async send(question: Question): Promise<DnsMessage | 'servfail' | 'timeout' | 'refused'> {
    const { nameservers, attempts, rotate } = this.conf;
    const start = rotate ? this.first++ : 0;
    let failure: 'servfail' | 'timeout' | 'refused' = 'refused';
    for (let attempt = 0; attempt < attempts; attempt++) {
      for (let index = 0; index < nameservers.length; index++) {
        const address = nameservers[(start + index) % nameservers.length]!;
        const result = await this.ask({ address, port: DNS_PORT }, question, this.timeoutNs(index));
        if (typeof result !== 'string') return result;
        if (failure === 'refused' || result === 'servfail') failure = result;
      }
    }
    return failure;
  }

  /** glibc's send_dg: `timeout` for the first server, for the others doubled each and shared. */
  private timeoutNs(index: number): number {
    const { timeout, nameservers } = this.conf;
    const seconds = index === 0 ? timeout : Math.floor((timeout << index) / nameservers.length);
    return Math.max(seconds, 1) * SECOND_NS;
  }

  private async ask(
    server: DnsServer,
    question: Question,
    timeoutNs: number,
  ): Promise<DnsMessage | 'servfail' | 'timeout' | 'refused'> {
    const id = await this.chance.u16();
    const query = encodeDns({
      id,
      flags: { ...NO_FLAGS, rd: true },
      questions: [question],
      answers: [],
      authorities: [],
      additionals: this.conf.edns ? [optRecord({ udpSize: 1200 })] : [],
    });
    const accept = (bytes: Uint8Array) => {
      const { message, problem } = decodeDns(bytes);
      return problem?.code !== 'short-header' && message.id === id && answersQuestion(message, question);
    };
    let exchanged: Exchanged | undefined;
    if (!this.conf.useTcp) {
      exchanged = await exchangeUdp(this.sys, server, query, accept, { timeoutNs });
      if (exchanged.kind === 'reply' && decodeDns(exchanged.bytes).message.flags.tc) exchanged = undefined;
    }
    exchanged ??= await exchangeTcp(this.sys, server, query, accept, { timeoutNs });
    if (exchanged.kind === 'timeout') return 'timeout';
    if (exchanged.kind !== 'reply') return 'refused';
    return goodReply(exchanged.bytes);
  }
}

/** The reply, or `servfail` for those that send glibc to the next server. */
function goodReply(bytes: Uint8Array): DnsMessage | 'servfail' {
  const { message, problem } = decodeDns(bytes);
  const useless: readonly number[] = [RCODE.SERVFAIL, RCODE.NOTIMP, RCODE.REFUSED];
  return problem || useless.includes(message.flags.rcode) ? 'servfail' : message;
}
