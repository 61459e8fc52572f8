/** host(1): names to addresses and other data in sentences, as BIND 9.18's does. Verbose output, -a, -C and -l are not supported. */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { type DnsName, parseLabels, parseName } from '@netarium/core/wire/dns-name.ts';
import {
  fullRcode,
  RCODE,
  type ResourceRecord,
  rcodeName,
  TYPE,
  typeName,
  typeNumber,
} from '@netarium/core/wire/dns-types.ts';
import { type Asked, Asker, chased, serversOf, withoutDot } from '../lib/dns-asker.ts';
import type { DnsServer } from '../lib/dns-exchange.ts';
import { withHelp } from '../lib/help.ts';
import { parseCount } from '../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { readResolvConf } from '../lib/resolv-conf.ts';
import { reverseName } from '../lib/resolver.ts';
import { print, printError } from '../lib/stdio.ts';
import { rdataText } from './record-text.ts';

export const options: ProgramOptions = {
  name: 'host',
  usage: 'host [-rT4] [-N ndots] [-p port] [-R retries] [-t type] [-W seconds] hostname [server]',
  options: [
    { names: ['-4'], help: 'IPv4, the only transport there is' },
    { names: ['-N'], value: 'DOTS', help: 'names with so many dots are tried as they are first' },
    { names: ['-p'], value: 'PORT', help: 'port of the server' },
    { names: ['-r'], help: 'without recursion' },
    { names: ['-R'], value: 'COUNT', help: 'retries; 1 by default' },
    { names: ['-t'], value: 'TYPE', help: 'this type instead of A, AAAA and MX' },
    { names: ['-T'], help: 'by TCP' },
    { names: ['-W'], value: 'SECONDS', help: 'time for each try; 5 by default' },
  ],
};

const SENTENCES: ReadonlyMap<number, string> = new Map<number, string>([
  [TYPE.A, 'has address'],
  [TYPE.AAAA, 'has IPv6 address'],
  [TYPE.NS, 'name server'],
  [TYPE.CNAME, 'is an alias for'],
  [TYPE.PTR, 'domain name pointer'],
  [TYPE.MX, 'mail is handled by'],
  [TYPE.TXT, 'descriptive text'],
]);

function sentence(record: ResourceRecord): string {
  const verb = SENTENCES.get(record.type) ?? `has ${typeName(record.type)} record`;
  return `${withoutDot(record.name)} ${verb} ${rdataText(record.data)}\n`;
}

function count(parsed: ParsedOptions, name: string, fallback: number): number {
  const value = parseCount(parsed.value(name) ?? String(fallback), 0, 65_535);
  if (value === undefined) throw new UsageError(`host: invalid number '${parsed.value(name)}'`);
  return value;
}

/** Prints one answer; false where the name was not found. */
async function show(sys: Sys, asked: Asked, only: boolean): Promise<boolean> {
  const { message, name } = asked;
  const rcode = fullRcode(message);
  if (rcode !== RCODE.NOERROR) {
    await print(sys, `Host ${withoutDot(name)} not found: ${rcode}(${rcodeName(rcode)})\n`);
    return false;
  }
  for (const record of message.answers) await print(sys, sentence(record));
  const [question] = message.questions;
  if (only && message.answers.length === 0 && question)
    await print(sys, `${withoutDot(name)} has no ${typeName(question.type)} record\n`);
  return true;
}

/** After A, for the same name, or the one behind its aliases, AAAA and MX. */
async function defaultLookups(sys: Sys, asker: Asker, first: Asked): Promise<number> {
  if (!(await show(sys, first, false))) return 1;
  const target: DnsName = chased(first.message, first.name);
  for (const type of [TYPE.AAAA, TYPE.MX]) {
    const more = await asker.ask(target, type);
    if (!more) return 1;
    if (fullRcode(more.message) === RCODE.NOERROR) await show(sys, more, false);
  }
  return 0;
}

async function run(sys: Sys, parsed: ParsedOptions): Promise<number> {
  const [name, server, ...extra] = parsed.operands;
  if (name === undefined || extra.length > 0) throw new UsageError('host: a host name and at most one server');
  const typeText = parsed.value('-t');
  const type = typeText === undefined ? undefined : typeNumber(typeText);
  if (typeText !== undefined && (type === undefined || type === TYPE.AXFR || type === TYPE.IXFR))
    throw new UsageError(`host: invalid type: ${typeText}`);
  const servers = await serversOf(sys, server, count(parsed, '-p', 53));
  if (typeof servers === 'string') {
    await print(sys, `host: ${servers}\n`);
    return 1;
  }
  const conf = await readResolvConf(sys);
  const asker = new Asker(sys, {
    servers,
    search: conf.search,
    ndots: count(parsed, '-N', conf.ndots),
    attempts: count(parsed, '-R', 1) + 1,
    timeoutNs: Math.max(1, count(parsed, '-W', 5)) * 1_000_000_000,
    tcp: parsed.has('-T'),
    recurse: !parsed.has('-r'),
    checkRecursion: false,
  });
  const reverse = reverseName(name);
  if (reverse === undefined && parseName(name) === undefined) {
    const reason = parseLabels(name);
    await print(
      sys,
      `host: '${name}' is not a legal name (${typeof reason === 'string' ? reason : 'ran out of space'})\n`,
    );
    return 1;
  }
  const byAddress = reverse !== undefined;
  const first = await asker.search(reverse ?? name, type ?? (byAddress ? TYPE.PTR : TYPE.A));
  if (!first) return 1;
  if (server !== undefined) await greet(sys, server, first.server);
  if (!byAddress && type === undefined) return defaultLookups(sys, asker, first);
  return (await show(sys, first, true)) ? 0 : 1;
}

async function greet(sys: Sys, name: string, { address, port }: DnsServer): Promise<void> {
  await print(sys, `Using domain server:\nName: ${name}\nAddress: ${address}#${port}\nAliases: \n\n`);
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    return await run(sys, parseOptions(options, argv.slice(1)));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await printError(sys, `${error.message}\nUsage: ${options.usage}\n`);
    return 1;
  }
});
