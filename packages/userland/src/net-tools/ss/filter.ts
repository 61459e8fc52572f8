/** The filters of `ss`: states by name, and expressions over addresses and ports (ss(8)). */
import { parseIpv4, parsePrefix } from '@netarium/core/base/address.ts';
import type { SocketInfo, SocketStateName } from '@netarium/core/syscall/netlink.ts';
import { type CoverageSection, UsageError, unsupported } from '../../lib/options.ts';
import type { Services } from '../../lib/services.ts';

export type SocketTest = (socket: SocketInfo) => boolean;

const STATES: ReadonlyMap<string, SocketStateName> = new Map([
  ['established', 'ESTAB'],
  ['estab', 'ESTAB'],
  ['syn-sent', 'SYN-SENT'],
  ['syn-recv', 'SYN-RECV'],
  ['fin-wait-1', 'FIN-WAIT-1'],
  ['fin-wait-2', 'FIN-WAIT-2'],
  ['time-wait', 'TIME-WAIT'],
  ['closed', 'UNCONN'],
  ['unconnected', 'UNCONN'],
  ['close-wait', 'CLOSE-WAIT'],
  ['last-ack', 'LAST-ACK'],
  ['listening', 'LISTEN'],
  ['listen', 'LISTEN'],
  ['closing', 'CLOSING'],
]);

export const ALL_STATES: readonly SocketStateName[] = [...new Set(STATES.values())];
/** What `ss` shows by itself: connections. */
export const CONNECTED = ALL_STATES.filter((state) => !['LISTEN', 'UNCONN', 'TIME-WAIT', 'SYN-RECV'].includes(state));
const GROUPS: ReadonlyMap<string, readonly SocketStateName[]> = new Map([
  ['all', ALL_STATES],
  ['connected', ALL_STATES.filter((state) => state !== 'LISTEN' && state !== 'UNCONN')],
  ['synchronized', ALL_STATES.filter((state) => !['LISTEN', 'UNCONN', 'SYN-SENT'].includes(state))],
  ['bucket', ['SYN-RECV', 'TIME-WAIT']],
  ['big', ALL_STATES.filter((state) => state !== 'SYN-RECV' && state !== 'TIME-WAIT')],
]);

export function statesOf(name: string): readonly SocketStateName[] {
  const one = STATES.get(name);
  const found = one === undefined ? GROUPS.get(name) : [one];
  if (!found) throw new UsageError(`ss: wrong state name: ${name}`);
  return found;
}

const COMPARE: ReadonlyMap<string, (a: number, b: number) => boolean> = new Map([
  ['=', (a: number, b: number) => a === b],
  ['==', (a, b) => a === b],
  ['eq', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
  ['ne', (a, b) => a !== b],
  ['neq', (a, b) => a !== b],
  ['<', (a, b) => a < b],
  ['lt', (a, b) => a < b],
  ['<=', (a, b) => a <= b],
  ['le', (a, b) => a <= b],
  ['leq', (a, b) => a <= b],
  ['>', (a, b) => a > b],
  ['gt', (a, b) => a > b],
  ['>=', (a, b) => a >= b],
  ['ge', (a, b) => a >= b],
  ['geq', (a, b) => a >= b],
]);

function splitExpression(words: readonly string[]): string[] {
  return words.flatMap((word) => word.match(/\(|\)|[<>!=]=?|&&?|\|\|?|[^\s()<>!=&|]+/g) ?? []);
}

/** `or` binds loosest; words side by side are joined by `and`. */
class ExpressionReader {
  private at = 0;

  constructor(
    private readonly words: readonly string[],
    private readonly services: Services,
  ) {}

  read(): SocketTest {
    const test = this.or();
    if (this.at < this.words.length) throw this.error();
    return test;
  }

  private error(): UsageError {
    return new UsageError(
      `ss: bison bellows (while parsing filter): "syntax error!" near "${this.words[this.at] ?? 'end'}"`,
    );
  }

  private take(...options: string[]): boolean {
    const word = this.words[this.at];
    if (word === undefined || !options.includes(word)) return false;
    this.at++;
    return true;
  }

  private or(): SocketTest {
    let left = this.and();
    while (this.take('or', '||', '|')) {
      const [a, b] = [left, this.and()];
      left = (socket) => a(socket) || b(socket);
    }
    return left;
  }

  private and(): SocketTest {
    let left = this.unary();
    for (;;) {
      const joined = this.take('and', '&&', '&');
      const next = this.words[this.at];
      if (!joined && (next === undefined || next === ')' || next === 'or' || next.startsWith('|'))) return left;
      const [a, b] = [left, this.unary()];
      left = (socket) => a(socket) && b(socket);
    }
  }

  private unary(): SocketTest {
    if (this.take('not', '!')) {
      const test = this.unary();
      return (socket) => !test(socket);
    }
    if (this.take('(')) {
      const test = this.or();
      if (!this.take(')')) throw this.error();
      return test;
    }
    const word = this.words[this.at++];
    if (word === 'sport' || word === 'dport') return this.port(word);
    if (word === 'src' || word === 'dst') return this.host(word);
    this.at--;
    if (word === 'dev' || word === 'fwmark' || word === 'cgroup' || word === 'autobound')
      throw new UsageError(unsupported('ss', word));
    throw this.error();
  }

  private operator(): (a: number, b: number) => boolean {
    const compare = COMPARE.get(this.words[this.at] ?? '');
    if (compare) this.at++;
    return compare ?? ((a, b) => a === b);
  }

  private port(side: 'sport' | 'dport'): SocketTest {
    const compare = this.operator();
    const text = this.words[this.at++];
    if (text === undefined) throw this.error();
    const port = this.portNumber(text.replace(/^.*:/, ''));
    return (socket) => compare((side === 'sport' ? socket.local : socket.peer).port, port);
  }

  private portNumber(text: string): number {
    const port = /^\d{1,5}$/.test(text)
      ? Number(text)
      : (this.services.port(text, 'tcp') ?? this.services.port(text, 'udp'));
    if (port === undefined || port > 65535) throw new UsageError(`ss: Cannot parse port "${text}"`);
    return port;
  }

  private host(side: 'src' | 'dst'): SocketTest {
    const compare = this.operator();
    const text = this.words[this.at++];
    if (text === undefined) throw this.error();
    const match = /^([^:]*?)(?::([^:]*))?$/.exec(text);
    const prefix =
      match && (match[1] === '' || match[1] === '*' ? parsePrefix('default') : parsePrefix(match[1]!, true));
    if (!match || !prefix) throw new UsageError(`ss: Cannot parse dst/src address: ${text}`);
    const port = match[2] === undefined || match[2] === '*' || match[2] === '' ? undefined : this.portNumber(match[2]);
    return (socket) => {
      const end = side === 'src' ? socket.local : socket.peer;
      const address = parseIpv4(end.address);
      const inside = address !== undefined && prefix.contains(address) && (port === undefined || end.port === port);
      return compare(inside ? 1 : 0, 1);
    };
  }
}

export interface SocketFilter {
  /** Undefined where the command names none: then the options decide. */
  readonly states: readonly SocketStateName[] | undefined;
  readonly test: SocketTest;
}

/** `[ state NAME | exclude NAME ]… [ EXPRESSION ]` */
export function parseFilter(words: readonly string[], services: Services): SocketFilter {
  let states: readonly SocketStateName[] | undefined;
  let at = 0;
  for (; words[at] === 'state' || words[at] === 'exclude' || words[at] === 'excl'; at += 2) {
    const named = statesOf(words[at + 1] ?? '');
    if (words[at] === 'state') states = [...(states ?? []), ...named];
    else states = (states ?? ALL_STATES).filter((state) => !named.includes(state));
  }
  const rest = splitExpression(words.slice(at));
  return { states, test: rest.length === 0 ? () => true : new ExpressionReader(rest, services).read() };
}

export const coverage: readonly CoverageSection[] = [
  {
    program: 'ss',
    title: 'Filters',
    entries: [
      `\`state\` and \`exclude\` with ${[...STATES.keys(), ...GROUPS.keys()].map((name) => `\`${name}\``).join(', ')}`,
      '`sport`, `dport` with `= != < <= > >=` (and `eq ne lt le gt ge`) and a port, `src`, `dst` with an address or prefix and perhaps a port',
      '`and`, `or`, `not` and parentheses',
    ],
  },
];
