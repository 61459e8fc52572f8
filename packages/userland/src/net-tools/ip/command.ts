/** What the objects of `ip` share: word lists with abbreviations, device names, errors with iproute2's words and codes. */
import type { LinkInfo, NetlinkRequest } from '@netarium/core/syscall/netlink.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText } from '../../lib/failure.ts';
import { unsupported } from '../../lib/options.ts';

/** An error that ends `ip` with this code; the text goes to standard error as it is. */
export class IpError extends Error {
  override readonly name = 'IpError';

  constructor(
    text: string,
    readonly code: 1 | 2 | 255 = 1,
  ) {
    super(text);
  }
}

export interface IpFlags {
  readonly brief: boolean;
  readonly oneline: boolean;
  readonly statistics: boolean;
}

export interface IpContext {
  readonly sys: Sys;
  readonly flags: IpFlags;
  print(text: string): Promise<void>;
}

/** The rest of a command line. */
export class Words {
  private at = 0;

  constructor(private readonly list: readonly string[]) {}

  get done(): boolean {
    return this.at >= this.list.length;
  }

  peek(): string | undefined {
    return this.list[this.at];
  }

  next(): string {
    const word = this.list[this.at];
    if (word === undefined) throw new IpError('Command line is not complete. Try option "help"', 255);
    this.at++;
    return word;
  }
}

/** The first of the words that begins with what was typed, as iproute2's `matches` decides it. */
export function abbreviated(typed: string, words: readonly string[]): string | undefined {
  return typed === '' ? undefined : words.find((word) => word.startsWith(typed));
}

export type Verb = (context: IpContext, words: Words) => Promise<void>;

/** The commands of an object in iproute2's order, which decides what an abbreviation means; undefined is one that is not carried out. */
export type Verbs = ReadonlyMap<string, Verb | undefined>;
type VerbEntry = readonly [string, Verb | undefined];

export type Change = 'add' | 'replace' | 'delete';

/** The commands that change an object, as `ip address` and `ip neighbour` have them. */
export function changing(
  modify: (context: IpContext, words: Words, command: Change) => Promise<void>,
): readonly VerbEntry[] {
  const replace: Verb = (context, words) => modify(context, words, 'replace');
  return [
    ['add', (context, words) => modify(context, words, 'add')],
    ['change', replace],
    ['chg', replace],
    ['replace', replace],
    ['delete', (context, words) => modify(context, words, 'delete')],
  ];
}

/** The names of the command that shows an object. */
export function listing(show: Verb): readonly VerbEntry[] {
  return ['show', 'list', 'lst', 'ls'].map((name) => [name, show]);
}

/** Carries out a command of an object; without one the object is shown. */
export async function runVerb(
  context: IpContext,
  words: Words,
  verbs: Verbs,
  object: string,
  short = object,
): Promise<void> {
  const typed = words.done ? 'show' : words.next();
  const found = abbreviated(typed, [...verbs.keys()]);
  if (found === undefined) throw new IpError(`Command "${typed}" is unknown, try "ip ${short} help".`, 255);
  const verb = verbs.get(found);
  if (verb === undefined) throw notSupported(`${object} ${found}`);
  return verb(context, words);
}

export function wrong(value: string, text: string): IpError {
  return new IpError(`Error: argument "${value}" is wrong: ${text}\n`, 255);
}

export function notSupported(what: string): IpError {
  return new IpError(unsupported('ip', what), 255);
}

export async function allLinks(context: IpContext): Promise<readonly LinkInfo[]> {
  return context.sys.netlink({ get: 'links' });
}

/** For commands that change something: `Cannot find device`. */
export async function findDevice(context: IpContext, name: string): Promise<LinkInfo> {
  const link = (await allLinks(context)).find((candidate) => candidate.name === name);
  if (!link) throw new IpError(`Cannot find device "${name}"`);
  return link;
}

/** For commands that show something: `does not exist`. */
export async function showDevice(context: IpContext, name: string): Promise<LinkInfo> {
  const link = (await allLinks(context)).find((candidate) => candidate.name === name);
  if (!link) throw new IpError(`Device "${name}" does not exist.`);
  return link;
}

/** Sends a change; the kernel's refusal in its own words where it has some, else `RTNETLINK answers`. */
export async function change(
  context: IpContext,
  request: NetlinkRequest,
  words: Readonly<Partial<Record<string, string>>> = {},
): Promise<void> {
  try {
    await context.sys.netlink(request);
  } catch (error) {
    const own = words[errnoOf(error)];
    throw new IpError(own === undefined ? `RTNETLINK answers: ${errorText(error)}` : `Error: ${own}`, 2);
  }
}
