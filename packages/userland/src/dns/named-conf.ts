/**
 * The part of BIND's named.conf that this server carries out (docs/coverage/named.md): any other statement is an error with its line.
 *
 *     options {
 *       directory "/etc/bind";  recursion yes;  forwarders { 10.0.0.53; };  forward only;
 *       listen-on port 53 { any; };  rrset-order { order cyclic; };  minimal-responses yes;
 *       dnssec-validation no;  allow-query { any; };  querylog yes;  listen-on-v6 { none; };
 *     };
 *     zone "shop.test" { type primary; file "db.shop.test"; };
 *     zone "." { type hint; file "db.root"; };
 */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import { type DnsName, nameKey, parseName } from '@netarium/core/wire/dns-name.ts';
import type { CoverageSection } from '../lib/options.ts';
import { ConfigError, type ConfigProblem, readStatements, type Statement } from '../lib/statements.ts';

export interface ZoneConfig {
  readonly name: DnsName;
  readonly type: 'primary' | 'hint';
  readonly file: string;
  readonly line: number;
}

export interface NamedConfig {
  readonly directory: string;
  readonly recursion: boolean;
  readonly forwarders: readonly string[];
  readonly forwardOnly: boolean;
  readonly port: number;
  /** Addresses to serve on; undefined means all of this host. */
  readonly listenOn: readonly string[] | undefined;
  readonly order: 'random' | 'cyclic' | 'fixed';
  /** Undefined is BIND's `no-auth-recursive`: no authority section where the query asks for recursion, offered or not. */
  readonly minimal: boolean | undefined;
  readonly querylog: boolean;
  readonly zones: readonly ZoneConfig[];
}

const SYNTAX = { semicolonAfterBlock: true, cComments: true, commas: false } as const;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Omit<Mutable<NamedConfig>, 'zones'>;

function unsupported(line: number, what: string): never {
  throw new ConfigError(line, `${what} is not supported by Netarium; see docs/coverage/named.md`);
}

/** The one word behind the statement's name. */
function single(statement: Statement): string {
  const [name, value] = statement.words;
  if (statement.block || !value || statement.words.length > 2)
    throw new ConfigError(statement.line, `'${name!.text}': expected one value`);
  return value.text;
}

function yesNo(statement: Statement): boolean {
  const value = single(statement);
  if (['yes', 'true', '1'].includes(value)) return true;
  if (['no', 'false', '0'].includes(value)) return false;
  throw new ConfigError(statement.line, `boolean expected near '${value}'`);
}

function oneOf<T extends string>(statement: Statement, values: readonly T[]): T {
  const value = single(statement);
  if ((values as readonly string[]).includes(value)) return value as T;
  return unsupported(statement.line, `'${statement.words[0]!.text} ${value}'`);
}

/** The elements of `{ a; b; }`. */
function list(statement: Statement): string[] {
  if (!statement.block) throw new ConfigError(statement.line, `'{' expected near '${statement.words.at(-1)!.text}'`);
  return statement.block.map((one) => {
    if (one.block || one.words.length !== 1) unsupported(one.line, `'${one.words.map((word) => word.text).join(' ')}'`);
    return one.words[0]!.text;
  });
}

function addresses(statement: Statement): string[] {
  return list(statement).map((text) => {
    if (!parseIpv4(text)) throw new ConfigError(statement.line, `expected IP address near '${text}'`);
    return text;
  });
}

/** For the coverage page; the reader below takes nothing else. */
export const coverage: readonly CoverageSection[] = [
  {
    program: 'named',
    title: 'Statements of named.conf',
    entries: [
      '`options { … };` with the options below',
      '`zone "NAME" [IN] { type primary|master; file "FILE"; allow-update { none; }; allow-transfer { none; }; };`',
      '`zone "." { type hint; file "FILE"; };`',
    ],
  },
  {
    program: 'named',
    title: 'Options',
    entries: [
      '`directory "PATH"`',
      '`recursion yes|no`',
      '`forwarders { ADDRESS; … }`, `forward first|only`',
      '`listen-on [port N] { any|none|ADDRESS; … }`, `listen-on-v6 { none; }`',
      '`rrset-order { order random|cyclic|fixed; }`',
      '`minimal-responses yes|no|no-auth-recursive`',
      '`querylog yes|no`',
      '`dnssec-validation no`, `allow-query { any; }`, `allow-recursion { any; }`: what holds anyway',
    ],
  },
  {
    program: 'named',
    title: 'Zone files',
    entries: [
      '`$ORIGIN`, `$TTL` (not `$INCLUDE`, not `$GENERATE`)',
      'types A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT; all others as `TYPEnnn \\# length hex` (RFC 3597)',
    ],
  },
];

type OptionReader = (draft: Draft, statement: Statement) => void;

const onlyList =
  (accepted: string): OptionReader =>
  (_draft, statement) => {
    const given = list(statement).join(' ');
    if (given !== accepted) unsupported(statement.line, `'${statement.words[0]!.text} { ${given}; }'`);
  };

/** The options that are carried out. */
const OPTIONS: ReadonlyMap<string, OptionReader> = new Map<string, OptionReader>([
  ['directory', (draft, statement) => void (draft.directory = single(statement))],
  ['recursion', (draft, statement) => void (draft.recursion = yesNo(statement))],
  ['querylog', (draft, statement) => void (draft.querylog = yesNo(statement))],
  ['forwarders', (draft, statement) => void (draft.forwarders = addresses(statement))],
  ['forward', (draft, statement) => void (draft.forwardOnly = oneOf(statement, ['only', 'first']) === 'only')],
  ['listen-on', listenOn],
  ['listen-on-v6', onlyList('none')],
  ['allow-query', onlyList('any')],
  ['allow-recursion', onlyList('any')],
  ['rrset-order', rrsetOrder],
  ['dnssec-validation', (_draft, statement) => void oneOf(statement, ['no'])],
  ['minimal-responses', minimalResponses],
]);

function listenOn(draft: Draft, statement: Statement): void {
  const words = statement.words.slice(1).map((word) => word.text);
  if (words.length === 2 && words[0] === 'port' && /^\d{1,5}$/.test(words[1]!) && Number(words[1]) <= 65_535)
    draft.port = Number(words[1]);
  else if (words.length > 0) throw new ConfigError(statement.line, `'{' expected near '${words[0]}'`);
  const elements = list(statement);
  draft.listenOn = elements.includes('any') ? undefined : elements.includes('none') ? [] : addresses(statement);
}

function rrsetOrder(draft: Draft, statement: Statement): void {
  const [rule, ...more] = statement.block ?? [];
  const words = rule?.words.map((word) => word.text) ?? [];
  if (more.length > 0 || words.length !== 2 || words[0] !== 'order')
    unsupported(statement.line, `this form of 'rrset-order'`);
  const order = words[1];
  if (order !== 'random' && order !== 'cyclic' && order !== 'fixed') unsupported(statement.line, `'order ${order}'`);
  draft.order = order;
}

function minimalResponses(draft: Draft, statement: Statement): void {
  const value = single(statement);
  draft.minimal = value === 'no-auth-recursive' ? undefined : yesNo(statement);
}

function zoneConfig(statement: Statement): ZoneConfig {
  const [, nameWord, klass, ...extra] = statement.words;
  const name = parseName(nameWord?.text ?? '');
  if (!nameWord || name === undefined)
    throw new ConfigError(statement.line, `zone: bad name '${nameWord?.text ?? ''}'`);
  if ((klass && klass.text.toUpperCase() !== 'IN') || extra.length > 0)
    unsupported(statement.line, `zone of class '${klass!.text}'`);
  if (!statement.block) throw new ConfigError(statement.line, `'{' expected near '${nameWord.text}'`);
  let type: ZoneConfig['type'] | undefined;
  let file: string | undefined;
  for (const one of statement.block) {
    const option = one.words[0]!.text;
    if (option === 'type') type = zoneType(one);
    else if (option === 'file') file = single(one);
    else if (option === 'allow-update' || option === 'allow-transfer') {
      if (list(one).join(' ') !== 'none') unsupported(one.line, `'${option}' other than { none; }`);
    } else unsupported(one.line, `zone option '${option}'`);
  }
  const label = nameWord.text;
  if (type === undefined) throw new ConfigError(statement.line, `zone '${label}': 'type' not present`);
  if (file === undefined) throw new ConfigError(statement.line, `zone '${label}': missing 'file' entry`);
  if (type === 'hint' && name !== '.')
    throw new ConfigError(statement.line, `zone '${label}': only '.' can be of type hint`);
  return { name, type, file, line: statement.line };
}

function zoneType(statement: Statement): ZoneConfig['type'] {
  const value = single(statement);
  if (value === 'primary' || value === 'master') return 'primary';
  return value === 'hint' ? 'hint' : unsupported(statement.line, `zone type '${value}'`);
}

export function parseNamedConf(text: string): NamedConfig | ConfigProblem {
  const draft: Draft = {
    directory: '/etc/bind',
    recursion: true,
    forwarders: [],
    forwardOnly: false,
    port: 53,
    listenOn: undefined,
    order: 'random',
    minimal: undefined,
    querylog: false,
  };
  const zones: ZoneConfig[] = [];
  return readStatements(text, SYNTAX, (statements) => {
    for (const statement of statements) readStatement(draft, zones, statement);
    return { ...draft, zones };
  });
}

function readStatement(draft: Draft, zones: ZoneConfig[], statement: Statement): void {
  const name = statement.words[0]?.text ?? '';
  if (name === 'zone') {
    const zone = zoneConfig(statement);
    if (zones.some((one) => nameKey(one.name) === nameKey(zone.name)))
      throw new ConfigError(statement.line, `zone '${statement.words[1]!.text}': already exists`);
    zones.push(zone);
    return;
  }
  if (name !== 'options') unsupported(statement.line, `statement '${name}'`);
  if (!statement.block) throw new ConfigError(statement.line, `'{' expected near 'options'`);
  for (const option of statement.block) {
    const known = OPTIONS.get(option.words[0]?.text ?? '');
    if (!known) unsupported(option.line, `option '${option.words[0]?.text ?? ''}'`);
    known(draft, option);
  }
}
