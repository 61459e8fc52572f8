/**
 * dig: asks name servers and prints what they say, as dig(1) of BIND 9.18 does. Exit codes are its own: 0 an answer of any kind, 1 usage,
 * 9 no reply, 10 internal error.
 * Leaves out: zone transfers, batch files, TSIG, DNS over TLS and HTTPS, IPv6 (each an error by name).
 */
import { hex } from '@netarium/core/base/bytes.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { encodeDns } from '@netarium/core/wire/dns.ts';
import { decodeDns } from '@netarium/core/wire/dns-decoder.ts';
import { nameKey, parseLabels, parseName } from '@netarium/core/wire/dns-name.ts';
import { type DnsMessage, NO_FLAGS, optRecord, TYPE, typeName } from '@netarium/core/wire/dns-types.ts';
import { Chance } from '../lib/chance.ts';
import { exchangeReason } from '../lib/dns-asker.ts';
import { type Accept, type Exchanged, exchangeTcp, exchangeUdp } from '../lib/dns-exchange.ts';
import { readResolvConf } from '../lib/resolv-conf.ts';
import { resolveHost } from '../lib/resolver.ts';
import { print } from '../lib/stdio.ts';
import { DIG_LETTERS, DIG_SWITCHES, type DigCommand, type DigFlags, type Lookup, parseDig } from './dig-options.ts';
import { messageText, type Peer, type Received, receivedText, shortText, statsText } from './dig-text.ts';

const VERSION = '9.18-Netarium';

const GLOBAL_OPTIONS = ';; global options: +cmd\n';

const USAGE = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]
`;

/** Ends the program with a code; what had to be said has been printed. */
class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

interface Reply extends Received {
  readonly message: DnsMessage;
}

class Dig {
  private readonly chance: Chance;
  /** The greeting waits for the first reply; it is printed once. */
  private greeting: string;

  constructor(
    private readonly sys: Sys,
    private readonly command: DigCommand,
    words: readonly string[],
  ) {
    this.chance = new Chance(sys);
    this.greeting = command.greeting ? `\n; <<>> DiG ${VERSION} <<>>${words.map((word) => ` ${word}`).join('')}\n` : '';
  }

  async lookUp(lookup: Lookup): Promise<number> {
    const name = parseName(lookup.name);
    if (name === undefined) {
      const reason = parseLabels(lookup.name);
      await print(
        this.sys,
        `dig: '${lookup.name}' is not a legal name (${typeof reason === 'string' ? reason : 'ran out of space'})\n`,
      );
      throw new Exit(10);
    }
    const peers = await this.servers(lookup);
    const { flags } = lookup;
    if (this.greeting !== '' && !this.greeting.includes(GLOBAL_OPTIONS)) {
      if (this.command.greetsServer)
        this.greeting += `; (${peers.length} server${peers.length === 1 ? '' : 's'} found)\n`;
      this.greeting += GLOBAL_OPTIONS;
    }
    return flags.trace ? this.trace(name, lookup, peers) : this.plain(name, lookup, peers);
  }

  private async servers(lookup: Lookup): Promise<readonly Peer[]> {
    const { port } = this.command;
    if (lookup.server === undefined) {
      const { nameservers } = await readResolvConf(this.sys);
      return nameservers.map((address) => ({ address, port, name: address }));
    }
    return this.addressesOf(lookup.server, lookup.server, true);
  }

  private async addressesOf(host: string, label: string, fatal: boolean): Promise<readonly Peer[]> {
    const found = await resolveHost(this.sys, host);
    if (found.kind === 'found')
      return found.addresses.map((address) => ({ address, port: this.command.port, name: label }));
    const why = found.code === 'EAI_AGAIN' ? 'failure' : 'not found';
    await print(this.sys, `${fatal ? 'dig: ' : ''}couldn't get address for '${host}': ${why}\n`);
    if (fatal) throw new Exit(1);
    return [];
  }

  /** A run without replies greets by what +cmd was at the first name, others by what it is in the end: dig.c has it so. */
  private async greet(replied: boolean): Promise<void> {
    const text = this.greeting;
    this.greeting = '';
    if (text !== '' && (this.command.cmd || !replied)) await print(this.sys, text);
  }

  private async plain(name: string, lookup: Lookup, peers: readonly Peer[]): Promise<number> {
    const { flags } = lookup;
    const reply = await this.ask(name, lookup.type, lookup, flags.recurse, peers);
    if (!reply) return 9;
    await this.greet(true);
    if (this.command.short) await print(this.sys, shortText(reply.message, flags, reply));
    else {
      if (flags.comments) await print(this.sys, ';; Got answer:\n');
      await print(this.sys, messageText(reply.message, flags) + tail(reply, flags));
    }
    return 0;
  }

  /** From the root's servers down, asking each without recursion (+trace). */
  private async trace(name: string, lookup: Lookup, first: readonly Peer[]): Promise<number> {
    const { flags } = lookup;
    let peers = first;
    for (let step = 0; step <= MAX_STEPS; step++) {
      const root = step === 0;
      const reply = await this.ask(
        root ? '.' : name,
        root ? TYPE.NS : lookup.type,
        lookup,
        root && flags.recurse,
        peers,
      );
      if (!reply) return 9;
      await this.greet(true);
      const quiet = { ...flags, question: false, comments: false };
      const text = this.command.short
        ? shortText(reply.message, flags, reply)
        : messageText(reply.message, quiet) + tail(reply, flags);
      await print(this.sys, text);
      const referral = root ? nameServers(reply.message.answers) : this.referral(reply.message, name);
      if (referral.length === 0) return 0;
      peers = await this.tracePeers(referral);
    }
    await print(this.sys, ';; Too many referrals\n');
    return 9;
  }

  private referral(message: DnsMessage, name: string): readonly string[] {
    const answered = message.answers.length > 0 || message.flags.rcode !== 0;
    const below = message.authorities.filter((record) => record.type === TYPE.NS && isEnding(name, record.name));
    return answered || message.flags.aa ? [] : nameServers(below);
  }

  /** Servers by the system's resolver, as real dig finds them; begins at a random one. */
  private async tracePeers(names: readonly string[]): Promise<readonly Peer[]> {
    const from = await this.chance.below(names.length);
    const peers: Peer[] = [];
    for (const name of [...names.slice(from), ...names.slice(0, from)]) {
      const host = name === '.' ? name : name.replace(/\.$/, '');
      peers.push(...(await this.addressesOf(host, host, false)));
    }
    if (peers.length > 0) return peers;
    await print(this.sys, `dig: couldn't get address for '${names[0]!.replace(/\.$/, '')}': no more\n`);
    throw new Exit(1);
  }

  /** Asks until somebody replies; says what went wrong on the way, as real dig does, and undefined in the end. */
  private async ask(
    name: string,
    type: number,
    lookup: Lookup,
    recurse: boolean,
    peers: readonly Peer[],
  ): Promise<Reply | undefined> {
    const { flags } = lookup;
    const query = await this.query(name, type, lookup, recurse);
    const bytes = encodeDns(query);
    if (flags.qr && !this.command.short) {
      await this.greet(true);
      const sent = messageText(query, flags);
      await print(this.sys, `${flags.comments ? ';; Sending:\n' : ''}${sent};; QUERY SIZE: ${bytes.length}\n\n`);
    }
    // ANY goes by TCP unless +notcp says otherwise.
    const tcp = flags.tcp ?? type === TYPE.ANY;
    for (let attempt = 0; attempt < flags.tries; attempt++) {
      for (const peer of peers) {
        const reply = await this.askOnce(query, bytes, flags, peer, tcp);
        if (reply) return reply;
      }
    }
    if (tcp && this.refusedOnly) return undefined;
    await this.greet(false);
    await print(this.sys, ';; no servers could be reached\n');
    return undefined;
  }

  /** With +tcp every refusal has said so already. */
  private refusedOnly = true;

  private async askOnce(
    query: DnsMessage,
    bytes: Uint8Array,
    flags: DigFlags,
    peer: Peer,
    tcp: boolean,
  ): Promise<Reply | undefined> {
    const { sys } = this;
    const startNs = await sys.clock_gettime('monotonic');
    const { source } = this.command;
    const options = { timeoutNs: flags.timeSeconds * 1_000_000_000, ...(source === undefined ? {} : { source }) };
    const accept: Accept = (raw) => answers(raw, query);
    const exchanged = await (tcp ? exchangeTcp : exchangeUdp)(sys, peer, bytes, accept, options);
    if (exchanged.kind !== 'reply') {
      await this.complain(exchanged, query, peer, tcp);
      return undefined;
    }
    const { message, problem } = decodeDns(exchanged.bytes);
    if (problem) {
      await print(sys, `;; Got bad packet: ${problem.text}\n${exchanged.bytes.length} bytes\n${dump(exchanged.bytes)}`);
      return undefined;
    }
    if (message.flags.tc && !tcp && !flags.ignore) {
      if (flags.comments) await print(sys, ';; Truncated, retrying in TCP mode.\n');
      return this.askOnce(query, bytes, flags, peer, true);
    }
    return {
      message,
      peer,
      transport: tcp ? 'TCP' : 'UDP',
      elapsedNs: (await sys.clock_gettime('monotonic')) - startNs,
      epochSeconds: Math.floor((await sys.clock_gettime('realtime')) / 1_000_000_000),
      size: exchanged.bytes.length,
    };
  }

  private async complain(exchanged: Exchanged, query: DnsMessage, peer: Peer, tcp: boolean): Promise<void> {
    const why = exchangeReason(exchanged);
    const name = query.questions[0]!.name;
    if (tcp && exchanged.kind === 'error') {
      const host = name === '.' ? name : name.replace(/\.$/, '');
      await print(
        this.sys,
        `;; Connection to ${peer.address}#${peer.port}(${peer.name}) for ${host} failed: ${why}.\n`,
      );
      await print(this.sys, ';; no servers could be reached\n');
      return;
    }
    this.refusedOnly = false;
    await print(this.sys, `;; communications error to ${peer.address}#${peer.port}: ${why}\n`);
  }

  private async query(name: string, type: number, lookup: Lookup, recurse: boolean): Promise<DnsMessage> {
    const { flags } = lookup;
    const options = flags.cookie ? [{ code: 10, data: await this.chance.bytes(8) }] : [];
    const edns = optRecord({ udpSize: flags.bufsize, dnssecOk: flags.dnssec, options });
    return {
      id: await this.chance.u16(),
      flags: { ...NO_FLAGS, rd: recurse, aa: flags.aaonly, ad: flags.adflag, cd: flags.cdflag },
      questions: [{ name, type, class: lookup.class }],
      answers: [],
      authorities: [],
      additionals: flags.edns ? [edns] : [],
    };
  }
}

/** A chain of referrals longer than any real name. */
const MAX_STEPS = 32;

function tail(reply: Reply, flags: DigFlags): string {
  if (flags.stats) return statsText(reply);
  return flags.identify ? receivedText(reply) : '';
}

function nameServers(records: DnsMessage['answers']): readonly string[] {
  return records.flatMap((record) => (record.data.kind === 'NS' ? [record.data.target] : []));
}

function isEnding(name: string, zone: string): boolean {
  return zone === '.' || nameKey(name) === nameKey(zone) || nameKey(name).endsWith(`.${nameKey(zone)}`);
}

function answers(raw: Uint8Array, query: DnsMessage): boolean {
  const { message, problem } = decodeDns(raw);
  return problem?.code !== 'short-header' && message.flags.qr && message.id === query.id;
}

function dump(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 16) text += `${hex(bytes.subarray(at, at + 16), ' ')}\n`;
  return text;
}

export const main: Program = async (sys, argv) => {
  const words = argv.slice(1);
  const command = parseDig(words);
  switch (command.kind) {
    case 'version':
      await print(sys, `DiG ${VERSION}\n`);
      return 0;
    case 'help':
      await print(sys, USAGE);
      for (const name of ['-4', ...DIG_LETTERS, ...DIG_SWITCHES]) await print(sys, `  ${name}\n`);
      await print(sys, `Types: ${Object.values(TYPE).map(typeName).join(' ')}\n`);
      return 0;
    case 'error':
      await print(sys, `${command.text}\n${command.code === 1 ? USAGE : ''}`);
      return command.code;
  }
  const run = new Dig(sys, command, words);
  let code = 0;
  try {
    for (const lookup of command.lookups) code = Math.max(code, await run.lookUp(lookup));
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  }
  return code;
};
