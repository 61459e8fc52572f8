/** nslookup(1), its form with a name on the command line, as BIND 9.18 prints it. The interactive form is not supported. */
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { parseName } from '@netarium/core/wire/dns-name.ts';
import {
  type DnsMessage,
  fullRcode,
  RCODE,
  type ResourceRecord,
  rcodeName,
  TYPE,
  typeName,
  typeNumber,
} from '@netarium/core/wire/dns-types.ts';
import { type Asked, Asker, chased, serversOf, withoutDot } from '../lib/dns-asker.ts';
import { parseCount } from '../lib/numbers.ts';
import { type CoverageSection, UsageError, unsupported } from '../lib/options.ts';
import { readResolvConf } from '../lib/resolv-conf.ts';
import { reverseName } from '../lib/resolver.ts';
import { print, printError } from '../lib/stdio.ts';
import { rdataText } from './record-text.ts';

interface Settings {
  readonly name: string;
  readonly server: string | undefined;
  readonly type: number | undefined;
  readonly port: number;
  readonly attempts: number;
  readonly timeoutSeconds: number;
  readonly tcp: boolean;
  readonly recurse: boolean;
}

/** Words before the name. */
const OPTIONS = ['-type=', '-query=', '-port=', '-retry=', '-timeout=', '-[no]recurse', '-[no]vc'];

/** For the coverage page. */
export const coverage: readonly CoverageSection[] = [
  {
    program: 'nslookup',
    title: 'Options',
    entries: OPTIONS.map((name) => `\`${name}\``),
  },
];

function readSettings(words: readonly string[]): Settings {
  let settings: Settings = {
    name: '',
    server: undefined,
    type: undefined,
    port: 53,
    attempts: 3,
    timeoutSeconds: 5,
    tcp: false,
    recurse: true,
  };
  const operands = words.filter((word) => !word.startsWith('-'));
  for (const word of words) if (word.startsWith('-')) settings = { ...settings, ...setting(word) };
  const [name, server, ...extra] = operands;
  if (name === undefined) throw new UsageError(unsupported('nslookup', 'interactive mode'));
  if (extra.length > 0) throw new UsageError('nslookup: a name and at most one server');
  return { ...settings, name, server };
}

function setting(word: string): Partial<Settings> {
  const [name, value = ''] = word.slice(1).split('=');
  const number = parseCount(value, 0, 65_535);
  if (['type', 'query', 'querytype', 'q'].includes(name!)) {
    const type = typeNumber(value);
    if (type === undefined || type === TYPE.AXFR || type === TYPE.IXFR)
      throw new UsageError(`unknown query type: ${value}`);
    return { type };
  }
  if (name === 'port' && number !== undefined) return { port: number };
  if (name === 'retry' && number !== undefined) return { attempts: Math.max(1, number) };
  if (name === 'timeout' && number !== undefined) return { timeoutSeconds: Math.max(1, number) };
  if (word === '-vc' || word === '-novc') return { tcp: word === '-vc' };
  if (word === '-recurse' || word === '-norecurse') return { recurse: word === '-recurse' };
  throw new UsageError(unsupported('nslookup', word));
}

function soaLines(record: ResourceRecord): string {
  if (record.data.kind !== 'SOA') return '';
  const { primary, mailbox, serial, refresh, retry, expire, minimum } = record.data;
  return [
    withoutDot(record.name),
    `\torigin = ${withoutDot(primary)}`,
    `\tmail addr = ${withoutDot(mailbox)}`,
    `\tserial = ${serial}`,
    `\trefresh = ${refresh}`,
    `\tretry = ${retry}`,
    `\texpire = ${expire}`,
    `\tminimum = ${minimum}\n`,
  ].join('\n');
}

const VERBS: ReadonlyMap<number, string> = new Map<number, string>([
  [TYPE.NS, 'nameserver'],
  [TYPE.CNAME, 'canonical name'],
  [TYPE.PTR, 'name'],
  [TYPE.MX, 'mail exchanger'],
  [TYPE.TXT, 'text'],
  [TYPE.SRV, 'service'],
]);

function recordText(record: ResourceRecord): string {
  const name = withoutDot(record.name);
  if (record.data.kind === 'A' || record.data.kind === 'AAAA')
    return `Name:\t${name}\nAddress: ${record.data.address}\n`;
  if (record.data.kind === 'SOA') return soaLines(record);
  const verb = VERBS.get(record.type);
  return verb === undefined
    ? `${name}\trdata_${record.type} = ${rdataText(record.data)}\n`
    : `${name}\t${verb} = ${rdataText(record.data)}\n`;
}

/** Records of the authority and additional sections have a shorter form for addresses. */
function otherText(record: ResourceRecord): string {
  if (record.data.kind === 'A') return `${withoutDot(record.name)}\tinternet address = ${record.data.address}\n`;
  if (record.data.kind === 'AAAA') return `${withoutDot(record.name)}\thas AAAA address ${record.data.address}\n`;
  return recordText(record);
}

function serverText({ server }: Asked, label: string): string {
  return `Server:\t\t${label}\nAddress:\t${server.address}#${server.port}\n\n`;
}

function failureText(asked: Asked): string {
  return `** server can't find ${withoutDot(asked.name)}: ${rcodeName(fullRcode(asked.message))}\n`;
}

function whereElse(message: DnsMessage, type: number): string {
  if (message.flags.aa || type === TYPE.A || type === TYPE.AAAA) return '';
  const others = [...message.authorities, ...message.additionals].map(otherText).join('');
  return `\nAuthoritative answers can be found from:\n${others}`;
}

class Nslookup {
  constructor(
    private readonly sys: Sys,
    private readonly settings: Settings,
    private readonly asker: Asker,
  ) {}

  async one(name: string, type: number, withServer: boolean): Promise<number> {
    const asked = await this.asker.search(name, type);
    if (!asked) return this.unreachable();
    const { message } = asked;
    let text = withServer ? this.server(asked) : '';
    const failed = fullRcode(message) !== RCODE.NOERROR;
    if (failed) text += failureText(asked);
    else {
      if (!message.flags.aa && withServer) text += 'Non-authoritative answer:\n';
      text += message.answers.map(recordText).join('');
      if (message.answers.length === 0) text += `*** Can't find ${withoutDot(asked.name)}: No answer\n`;
      text += whereElse(message, type);
    }
    await print(this.sys, `${text}\n`);
    return failed ? 1 : 0;
  }

  /** Without -type: A, then AAAA of the same name, or of the one behind its aliases. */
  async addresses(name: string): Promise<number> {
    const first = await this.asker.search(name, TYPE.A);
    if (!first) return this.unreachable();
    await print(this.sys, this.server(first));
    if (fullRcode(first.message) !== RCODE.NOERROR) {
      await print(this.sys, `${failureText(first)}\n`);
      return 1;
    }
    if (!first.message.flags.aa) await print(this.sys, 'Non-authoritative answer:\n');
    await print(this.sys, first.message.answers.map(recordText).join(''));
    const target = chased(first.message, first.name);
    const second = await this.asker.ask(target, TYPE.AAAA);
    if (!second) return this.unreachable();
    const records = fullRcode(second.message) === RCODE.NOERROR ? second.message.answers : [];
    await print(this.sys, records.map(recordText).join(''));
    if (records.length === 0 && first.message.answers.length === 0)
      await print(this.sys, `*** Can't find ${withoutDot(target)}: No answer\n`);
    await print(this.sys, '\n');
    return 0;
  }

  private server(asked: Asked): string {
    return serverText(asked, this.settings.server ?? asked.server.address);
  }

  private async unreachable(): Promise<number> {
    await print(this.sys, '\n');
    return 1;
  }
}

async function run(sys: Sys, settings: Settings): Promise<number> {
  const servers = await serversOf(sys, settings.server, settings.port);
  if (typeof servers === 'string') {
    await print(sys, `nslookup: ${servers}\n`);
    return 1;
  }
  const conf = await readResolvConf(sys);
  const asker = new Asker(sys, {
    servers,
    search: conf.search,
    ndots: conf.ndots,
    attempts: settings.attempts,
    timeoutNs: settings.timeoutSeconds * 1_000_000_000,
    tcp: settings.tcp,
    recurse: settings.recurse,
    checkRecursion: settings.server === undefined && settings.recurse,
  });
  const nslookup = new Nslookup(sys, settings, asker);
  const reverse = reverseName(settings.name);
  // An address is looked up backwards, and that form does not say which server was asked.
  if (reverse !== undefined && settings.type === undefined) return nslookup.one(reverse, TYPE.PTR, false);
  if (parseName(settings.name) === undefined) throw new UsageError(`nslookup: '${settings.name}' is not a legal name`);
  return settings.type === undefined
    ? nslookup.addresses(settings.name)
    : nslookup.one(settings.name, settings.type, true);
}

export const main: Program = async (sys, argv) => {
  if (argv[1] === '--help') {
    await print(sys, `Usage: nslookup [OPTION]... NAME [SERVER]\n${OPTIONS.map((name) => `  ${name}\n`).join('')}`);
    return 0;
  }
  try {
    return await run(sys, readSettings(argv.slice(1)));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await printError(sys, `${error.message}\nTypes: ${Object.values(TYPE).map(typeName).join(' ')}\n`);
    return 1;
  }
};
