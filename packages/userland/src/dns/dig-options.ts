/**
 * dig's command line (dig(1) of BIND 9.18): `[@server] [options] name [type] [class] {name …}`. Options before the first name are for all
 * lookups, later ones for the lookup that they follow. What is not in the tables is an error that names it.
 */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { CLASS, classNumber, TYPE, typeNumber } from '@netarium/core/wire/dns-types.ts';
import { parseCount } from '../lib/numbers.ts';
import { type CoverageSection, unsupported } from '../lib/options.ts';
import { reverseName } from '../lib/resolver.ts';

export interface Lookup {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly server: string | undefined;
  readonly flags: DigFlags;
}

/** What `+name` and `+noname` switch. */
export interface DigFlags {
  aaonly: boolean;
  adflag: boolean;
  additional: boolean;
  answer: boolean;
  authority: boolean;
  cdflag: boolean;
  class: boolean;
  comments: boolean;
  cookie: boolean;
  dnssec: boolean;
  edns: boolean;
  identify: boolean;
  ignore: boolean;
  qr: boolean;
  question: boolean;
  recurse: boolean;
  stats: boolean;
  /** Undefined: UDP, but for ANY, whose answers are long. */
  tcp: boolean | undefined;
  trace: boolean;
  ttlid: boolean;
  bufsize: number;
  timeSeconds: number;
  tries: number;
}

export interface DigCommand {
  readonly kind: 'lookups';
  readonly lookups: readonly Lookup[];
  readonly port: number;
  readonly source: string | undefined;
  /** +short and +cmd are for the whole run, wherever they stand. */
  readonly short: boolean;
  readonly cmd: boolean;
  /** What +cmd was at the first name: whether a run without replies begins with the greeting. */
  readonly greeting: boolean;
  /** Whether a server had been named by then. */
  readonly greetsServer: boolean;
}

interface Globals {
  cmd: boolean;
  short: boolean;
}

export type ParsedDig =
  | DigCommand
  | { readonly kind: 'version' | 'help' }
  | { readonly kind: 'error'; readonly text: string; readonly code: number };

type BooleanFlag = { [K in keyof DigFlags]: DigFlags[K] extends boolean | undefined ? K : never }[keyof DigFlags];

/** Spellings of the switches; where real dig lets a name be cut short, the shortest form stands behind the slash. */
const SWITCHES: readonly (readonly [full: string, shortest: string, flag: BooleanFlag])[] = [
  ['aaflag', 'aaf', 'aaonly'],
  ['aaonly', 'aao', 'aaonly'],
  ['additional', 'add', 'additional'],
  ['adflag', 'ad', 'adflag'],
  ['answer', 'an', 'answer'],
  ['authority', 'au', 'authority'],
  ['cdflag', 'cd', 'cdflag'],
  ['class', 'cl', 'class'],
  ['comments', 'com', 'comments'],
  ['cookie', 'coo', 'cookie'],
  ['dnssec', 'dnss', 'dnssec'],
  ['do', 'do', 'dnssec'],
  ['edns', 'edns', 'edns'],
  ['identify', 'id', 'identify'],
  ['ignore', 'ig', 'ignore'],
  ['qr', 'qr', 'qr'],
  ['question', 'qu', 'question'],
  ['rdflag', 'rd', 'recurse'],
  ['recurse', 'rec', 'recurse'],
  ['stats', 'st', 'stats'],
  ['tcp', 'tcp', 'tcp'],
  ['trace', 'tra', 'trace'],
  ['ttlid', 'ttl', 'ttlid'],
  ['vc', 'v', 'tcp'],
];

const DEFAULTS: DigFlags = {
  aaonly: false,
  adflag: true,
  additional: true,
  answer: true,
  authority: true,
  cdflag: false,
  class: true,
  comments: true,
  cookie: true,
  dnssec: false,
  edns: true,
  identify: false,
  ignore: false,
  qr: false,
  question: true,
  recurse: true,
  stats: true,
  tcp: undefined,
  trace: false,
  ttlid: true,
  bufsize: 1232,
  timeSeconds: 5,
  tries: 3,
};

class DigError extends Error {
  constructor(
    text: string,
    readonly code: number,
  ) {
    super(text);
  }
}

function numeric(what: string, text: string, max: number): number {
  const value = parseCount(text, 0, 4_294_967_295);
  if (value === undefined)
    throw new DigError(`invalid ${what} '${text}': not a valid number\ndig: Couldn't parse ${what}`, 10);
  if (value > max) throw new DigError(`invalid ${what} '${text}': out of range\ndig: Couldn't parse ${what}`, 10);
  return value;
}

function plusOption(word: string, flags: DigFlags, globals: Globals): void {
  const equals = word.indexOf('=');
  const given = word.slice(1, equals < 0 ? undefined : equals);
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  const negated = given.startsWith('no');
  const name = negated ? given.slice(2) : given;
  if (name === 'all') {
    for (const flag of ['question', 'answer', 'authority', 'additional', 'comments', 'stats'] as const)
      flags[flag] = !negated;
    globals.cmd = !negated;
  } else if (value === undefined && 'cmd'.startsWith(name) && name.startsWith('cm')) globals.cmd = !negated;
  else if (value === undefined && 'short'.startsWith(name) && name.startsWith('shor')) short(!negated, flags, globals);
  else if (value !== undefined && !negated && valueOption(name, value, flags)) return;
  else {
    const found = SWITCHES.find(([full, shortest]) => full.startsWith(name) && name.startsWith(shortest));
    if (!found || value !== undefined) throw new DigError(unsupported('dig', word), 1);
    flags[found[2]] = !negated;
    applyBundle(found[2], !negated, flags);
  }
}

function valueOption(name: string, value: string, flags: DigFlags): boolean {
  if (name === 'bufsize') {
    flags.bufsize = numeric('buffer size', value, 65_535);
    flags.edns = true;
  } else if (name === 'time' || name === 'timeout') flags.timeSeconds = Math.max(numeric('timeout', value, 65_535), 1);
  else if (name === 'tries') flags.tries = Math.max(numeric('tries', value, 65_535), 1);
  else if (name === 'retry') flags.tries = numeric('retries', value, 65_534) + 1;
  else if (name === 'edns' && value === '0') flags.edns = true;
  else return false;
  return true;
}

/** +short shows the answers alone. */
function short(on: boolean, flags: DigFlags, globals: Globals): void {
  globals.short = on;
  if (!on) return;
  globals.cmd = false;
  for (const off of ['additional', 'authority', 'question', 'comments', 'stats'] as const) flags[off] = false;
  flags.answer = true;
}

/** Options that set others, as in dig.c: +trace asks for less and shows what each server says. */
function applyBundle(flag: BooleanFlag, on: boolean, flags: DigFlags): void {
  if (flag === 'dnssec' && on) flags.edns = true;
  if (flag !== 'trace' || !on) return;
  for (const off of ['comments', 'stats', 'additional'] as const) flags[off] = false;
  for (const set of ['identify', 'authority', 'dnssec', 'edns'] as const) flags[set] = true;
}

/** Letters with a value, joined or as the next word. */
const VALUE_LETTERS = 'bcpqtx';

class CommandLine {
  private readonly lookups: Lookup[] = [];
  private readonly defaults: Draft = {
    name: '.',
    type: undefined,
    class: undefined,
    server: undefined,
    flags: { ...DEFAULTS },
  };
  private readonly globals: Globals = { cmd: true, short: false };
  private greeting: { readonly greeting: boolean; readonly greetsServer: boolean } | undefined;
  private current: Draft | undefined;
  private port = 53;
  private source: string | undefined;

  run(words: readonly string[]): ParsedDig {
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      if (word === '-v') return { kind: 'version' };
      if (word === '-h' || word === '--help') return { kind: 'help' };
      if (word.startsWith('@')) this.draft.server = word.slice(1);
      else if (word.startsWith('+')) plusOption(word, this.draft.flags, this.globals);
      else if (word.startsWith('-') && word.length > 1) {
        const letter = word[1]!;
        const joined = word.slice(2);
        if (!VALUE_LETTERS.includes(letter)) this.flag(word);
        else if (joined !== '') this.value(letter, joined);
        else if (i + 1 < words.length) this.value(letter, words[++i]!);
        else throw new DigError(`dig: option '-${letter}' requires an argument`, 1);
      } else this.word(word);
    }
    this.finish();
    // Nothing asked: the name servers of the root, as dig(1) says.
    if (this.lookups.length === 0) this.add(this.defaults, this.defaults.type ?? TYPE.NS);
    const { lookups, port, source, globals } = this;
    return { kind: 'lookups', lookups, port, source, ...globals, ...this.greetingNow() };
  }

  private get draft(): Draft {
    return this.current ?? this.defaults;
  }

  private flag(word: string): void {
    // IPv4 is all there is, so -4 changes nothing.
    if (word !== '-4') throw new DigError(unsupported('dig', word), 1);
  }

  private value(letter: string, value: string): void {
    switch (letter) {
      case 'p':
        this.port = numeric('port number', value, 65_535);
        break;
      case 'b':
        if (!parseIpv4(value)) throw new DigError(`dig: invalid address ${value}`, 10);
        this.source = value;
        break;
      case 't': {
        const type = typeNumber(value);
        if (type === undefined) throw new DigError(`dig: invalid type '${value}'`, 1);
        this.setType(type);
        break;
      }
      case 'c': {
        const klass = classNumber(value);
        if (klass === undefined) throw new DigError(`dig: invalid class '${value}'`, 1);
        this.draft.class = klass;
        break;
      }
      case 'q':
        this.newName(value);
        break;
      case 'x': {
        const name = reverseName(value);
        if (name === undefined) throw new DigError(`Invalid IP address ${value}`, 1);
        this.newName(name);
        this.draft.type = TYPE.PTR;
        break;
      }
    }
  }

  /** A type, a class, or a new name, tried in this order as dig does. */
  private word(word: string): void {
    const type = typeNumber(word);
    const klass = classNumber(word);
    if (type !== undefined && !(word.toUpperCase() === 'ANY' && this.draft.type !== undefined)) this.setType(type);
    else if (klass !== undefined) this.draft.class = klass;
    else this.newName(word);
  }

  private setType(type: number): void {
    if (type === TYPE.AXFR || type === TYPE.IXFR)
      throw new DigError(unsupported('dig', type === TYPE.AXFR ? 'AXFR' : 'IXFR'), 1);
    this.draft.type = type;
  }

  private newName(name: string): void {
    this.finish();
    this.greeting ??= this.greetingNow();
    this.current = { ...this.defaults, name, flags: { ...this.defaults.flags } };
  }

  private greetingNow(): { readonly greeting: boolean; readonly greetsServer: boolean } {
    return this.greeting ?? { greeting: this.globals.cmd, greetsServer: this.defaults.server !== undefined };
  }

  private finish(): void {
    if (this.current) this.add(this.current, this.current.type ?? TYPE.A);
    this.current = undefined;
  }

  private add(draft: Draft, type: number): void {
    this.lookups.push({ ...draft, type, class: draft.class ?? CLASS.IN });
  }
}

interface Draft {
  name: string;
  type: number | undefined;
  class: number | undefined;
  server: string | undefined;
  flags: DigFlags;
}

export function parseDig(words: readonly string[]): ParsedDig {
  try {
    return new CommandLine().run(words);
  } catch (error) {
    if (error instanceof DigError) return { kind: 'error', text: error.message, code: error.code };
    throw error;
  }
}

/** What `dig -h` lists. */
export const DIG_LETTERS: readonly string[] = [...VALUE_LETTERS].map((letter) => `-${letter} VALUE`);
export const DIG_SWITCHES: readonly string[] = [
  ...SWITCHES.map(([full]) => `+[no]${full}`),
  '+[no]all',
  '+[no]cmd',
  '+[no]short',
  '+bufsize=',
  '+edns=0',
  '+retry=',
  '+time=',
  '+tries=',
];

export const coverage: readonly CoverageSection[] = [
  {
    program: 'dig',
    title: 'Options',
    entries: ['@SERVER', ...DIG_LETTERS, '-4', '-h', '-v'].map((name) => `\`${name}\``),
  },
  { program: 'dig', title: 'Query options', entries: DIG_SWITCHES.map((name) => `\`${name}\``) },
];
