/** A script's expressions as the values that our calls take. */
import { parseIpv4 } from '../../base/address.ts';
import { E, type Errno, type ErrnoCode } from '../../base/errno.ts';
import type { SockAddrIn } from '../../socket/types.ts';
import type { Expression } from './ast.ts';
import { MESSAGE_FLAGS, NUMBERS } from './constants.ts';
import { CannotRun } from './problem.ts';

const LENGTH_MAX = 100_000_000;

/** A C integer: a number, a constant, an or of them. A name that is not known is refused by name. */
export function numberOf(e: Expression): number {
  if (e.kind === 'number') return e.value;
  if (e.kind === 'list' && e.items.length === 1) return numberOf(e.items[0]!);
  if (e.kind === 'or') return e.parts.reduce((sum, part) => Number(BigInt(sum) | BigInt(numberOf(part))), 0);
  if (e.kind === 'call' && e.args.length === 1 && /^(htons|htonl|ntohs|ntohl)$/.test(e.name))
    return numberOf(e.args[0]!);
  if (e.kind === 'name') {
    const value = NUMBERS.get(e.value) ?? errnoNamed(e.value)?.number;
    if (value !== undefined) return value;
    throw new CannotRun(e.line, `the constant ${e.value}`);
  }
  throw new CannotRun(e.line, 'a number is expected here');
}

/** Of what a call moves. */
export function lengthOf(e: Expression): number {
  const length = numberOf(e);
  if (length < 0 || length > LENGTH_MAX) throw new CannotRun(e.line, `a length of ${length}`);
  return length;
}

/** An errno by its name, the doubled names of C included. */
export function errnoNamed(name: string): Errno | undefined {
  const known = name === 'EWOULDBLOCK' ? 'EAGAIN' : name === 'ENOTSUP' ? 'EOPNOTSUPP' : name;
  return Object.hasOwn(E, known) ? E[known as ErrnoCode] : undefined;
}

export function namesOf(e: Expression): string[] {
  if (e.kind === 'name') return [e.value];
  if (e.kind === 'or') return e.parts.flatMap(namesOf);
  if (e.kind === 'number' && e.value === 0) return [];
  throw new CannotRun(e.line, 'names of constants are expected here');
}

/** `MSG_PEEK|MSG_DONTWAIT` as the flags of our calls. */
export function messageFlags(e: Expression | undefined): Record<string, boolean> {
  const flags: Record<string, boolean> = {};
  if (e === undefined || e.kind === 'ellipsis') return flags;
  for (const name of namesOf(e)) {
    const field = MESSAGE_FLAGS.get(name);
    if (field === undefined) throw new CannotRun(e.line, `the message flag ${name}`);
    flags[field] = true;
  }
  return flags;
}

/** `{sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("1.2.3.4")}`. */
export function addressOf(e: Expression): SockAddrIn {
  const port = member(e, 'sin_port');
  const address = member(e, 'sin_addr');
  if (port === undefined || address === undefined)
    throw new CannotRun(e.line, 'an address without sin_port and sin_addr');
  return { family: 'inet', address: addressText(address), port: numberOf(port) };
}

/** `inet_addr("a.b.c.d")` and INADDR_ANY. */
export function addressText(e: Expression): string {
  if (e.kind === 'call' && e.args.length === 1) {
    const [inner] = e.args;
    if (inner!.kind === 'string' && parseIpv4(inner!.value) !== undefined) return inner!.value;
    if (e.name === 'htonl') return addressText(inner!);
  }
  if ((e.kind === 'name' && e.value === 'INADDR_ANY') || (e.kind === 'number' && e.value === 0)) return '0.0.0.0';
  throw new CannotRun(e.line, 'an address other than inet_addr("a.b.c.d") and INADDR_ANY');
}

export function member(e: Expression, name: string): Expression | undefined {
  if (e.kind !== 'struct') throw new CannotRun(e.line, `a structure with ${name} is expected here`);
  return e.fields.find((field) => field.name === name)?.value;
}
