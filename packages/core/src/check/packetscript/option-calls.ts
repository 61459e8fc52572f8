/** setsockopt and getsockopt of a script: values as C writes them, `[1]`, `"cubic"`, `{onoff=1, linger=0}`, `{tv_sec=1, tv_usec=0}`. */
import { E } from '../../base/errno.ts';
import type { OptionValue } from '../../socket/types.ts';
import type { Expression } from './ast.ts';
import type { CallContext, Plan } from './calls.ts';
import { LEVELS } from './constants.ts';
import { CannotRun } from './problem.ts';
import { addressText, namesOf, numberOf } from './values.ts';

/** Algorithms that a Linux host may have; any other name is no algorithm, and ENOENT its answer. */
const OTHER_CONGESTION: ReadonlySet<string> = new Set(
  'bbr bic cdg dctcp highspeed htcp hybla illinois lp nv scalable vegas veno westwood yeah'.split(' '),
);
const INT_BYTES = 4;
const LINGER_BYTES = 8;
const MREQN_BYTES = 12;
const TIMEVAL_BYTES = 16;

/** Options that can be read or written only: there, "protocol not available" is the host's answer (sk_setsockopt, sk_getsockopt). */
const ONE_WAY: Readonly<Record<'set' | 'get', ReadonlySet<string>>> = {
  set: new Set(['SO_ACCEPTCONN', 'SO_DOMAIN', 'SO_ERROR', 'SO_PROTOCOL', 'SO_TYPE', 'IP_MTU']),
  get: new Set(['SO_RCVBUFFORCE', 'SO_SNDBUFFORCE']),
};

export function optionCall(what: 'set' | 'get', args: readonly Expression[], { line, fds }: CallContext): Plan {
  const [fdArg, levelArg, nameArg, value, length] = args;
  if (fdArg === undefined || levelArg === undefined || nameArg === undefined || value === undefined)
    throw new CannotRun(line, 'syntax: an option needs a descriptor, a level, a name and a value');
  const level = levelOf(levelArg);
  const [name = ''] = namesOf(nameArg);
  if (name === 'TCP_INFO') throw new CannotRun(line, 'TCP_INFO as a structure; use code');
  const fd = fds.liveOf(fdArg);
  const refused = (errno: { readonly code: string }): string | undefined =>
    errno.code === 'ENOPROTOOPT' && !ONE_WAY[what].has(name)
      ? `the socket option ${name}`
      : errno.code === 'EOPNOTSUPP'
        ? `this value of the socket option ${name}`
        : errno.code === 'ENOENT' && value.kind === 'string' && OTHER_CONGESTION.has(value.value)
          ? `the congestion control ${value.value}`
          : undefined;
  if (what === 'set') {
    if (isTooShort(level, value, length)) return { run: () => E.EINVAL };
    return { name: 'setsockopt', args: [fd, level, name, optionValue(value)], refused };
  }
  return { name: 'getsockopt', args: [fd, level, name], refused, output: (seen: OptionValue) => differs(value, seen) };
}

function levelOf(e: Expression): string {
  const level = e.kind === 'name' ? LEVELS.get(e.value) : e.kind === 'number' && e.value === 0 ? 'ip' : undefined;
  if (level === undefined) throw new CannotRun(e.line, `the option level ${e.kind === 'name' ? e.value : e.kind}`);
  return level;
}

/** SOL_SOCKET and SOL_TCP ask for a whole int or structure (sk_setsockopt, do_tcp_setsockopt); SOL_IP is content with one byte. */
function isTooShort(level: string, value: Expression, length: Expression | undefined): boolean {
  if (length === undefined || length.kind === 'ellipsis') return false;
  const needed = sizeOf(level, value);
  return needed !== undefined && numberOf(length) < needed;
}

/** Undefined for a text, which has any length. */
function sizeOf(level: string, value: Expression): number | undefined {
  if (value.kind === 'list') return level === 'ip' ? 1 : INT_BYTES;
  if (value.kind !== 'struct') return undefined;
  if (isMembership(value)) return value.fields.length < 3 ? LINGER_BYTES : MREQN_BYTES;
  return value.fields.some(({ name }) => name.startsWith('tv_')) ? TIMEVAL_BYTES : LINGER_BYTES;
}

/** A `struct ip_mreq` or `ip_mreqn`. */
function isMembership(e: Expression & { kind: 'struct' }): boolean {
  return e.fields.some(({ name }) => name.startsWith('imr_'));
}

function optionValue(e: Expression): OptionValue {
  if (e.kind === 'string') return e.value;
  if (e.kind === 'list' && e.items.length === 1) return optionValue(e.items[0]!);
  if (e.kind === 'call' && e.name === 'inet_addr') return addressText(e);
  if (e.kind !== 'struct') return numberOf(e);
  const fields = e.fields.map(({ name, value }) => {
    const text = name.startsWith('imr_') && name !== 'imr_ifindex';
    return [FIELD_NAMES.get(name) ?? name, text ? addressText(value) : numberOf(value)] as const;
  });
  return Object.fromEntries(fields);
}

const FIELD_NAMES = new Map([
  ['l_onoff', 'onoff'],
  ['l_linger', 'linger'],
  ['imr_multiaddr', 'group'],
  ['imr_address', 'address'],
  ['imr_interface', 'address'],
  ['imr_ifindex', 'ifindex'],
  ['tv_sec', 'sec'],
  ['tv_usec', 'usec'],
]);

function differs(wanted: Expression, seen: OptionValue): readonly [string, string] | undefined {
  if (wanted.kind === 'ellipsis' || (wanted.kind === 'list' && wanted.items[0]?.kind === 'ellipsis')) return undefined;
  const inner = wanted.kind === 'list' && wanted.items.length === 1 ? wanted.items[0]! : wanted;
  const [a, b] = [text(seen), text(optionValue(inner))];
  return a === b ? undefined : [a, b];
}

function text(value: OptionValue): string {
  return typeof value === 'object'
    ? JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : `[${value}]`;
}
