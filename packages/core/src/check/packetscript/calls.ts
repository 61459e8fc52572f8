/**
 * System calls of a script as calls of our kernel interface: what to call, what C would have returned, and what the call's output must be. Left
 * out, and refused by name: TCP_INFO as a structure, IPv6.
 */
import { E, type Errno } from '../../base/errno.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import type { Received, SockAddr } from '../../socket/types.ts';
import type { Expression, SystemCall } from './ast.ts';
import { addressDiffers, dataDiffers } from './call-outputs.ts';
import { NUMBERS } from './constants.ts';
import { controlDiffers, controlToSend, type ScriptClock } from './control-data.ts';
import type { ScriptDescriptors } from './descriptors.ts';
import { ioctlCall } from './ioctl-calls.ts';
import { openCall, pipeCall, sendfileCall, spliceCall } from './moving-calls.ts';
import { optionCall } from './option-calls.ts';
import { CannotRun } from './problem.ts';
import { readinessCall } from './readiness-calls.ts';
import { addressOf, lengthOf, member, messageFlags, namesOf, numberOf } from './values.ts';

export interface Plan {
  /** The kernel's call; or `run`, for what the kernel answers without one. */
  readonly name?: string;
  readonly args?: readonly unknown[];
  readonly run?: () => unknown;
  /** What C returns for an outcome that is no errno; 0 where not given. */
  readonly value?: (outcome: never) => number;
  /** The call of our kernel that goes on with what this one came to; none where that was all. */
  readonly next?: (outcome: never) => Plan | undefined;
  /** The value is a new descriptor. */
  readonly opens?: boolean;
  /** The output names new descriptors. */
  readonly opened?: (outcome: never) => void;
  /** What is wrong with the output, as [seen, wanted]. */
  readonly output?: (outcome: never) => readonly [seen: string, wanted: string] | undefined;
  /** For an errno of ours that means "not here", not an answer of the host. */
  readonly refused?: (errno: Errno) => string | undefined;
}

export interface CallContext {
  readonly line: number;
  readonly fds: ScriptDescriptors;
  readonly clock: ScriptClock;
  /** Where `...` binds to and connects to. */
  readonly bindTo: SockAddr;
  readonly connectTo: (fd: number) => SockAddr;
}

type Planner = (args: readonly Expression[], context: CallContext) => Plan;

const SOCK_TYPE_MASK = 0xf;

export function planCall(call: SystemCall, context: CallContext): Plan {
  const planner = PLANNERS.get(call.name);
  if (planner === undefined) throw new CannotRun(context.line, `the system call ${call.name}`);
  return planner(call.args, context);
}

function arg(args: readonly Expression[], i: number, { line }: CallContext): Expression {
  const found = args[i];
  if (found === undefined) throw new CannotRun(line, `syntax: the call has no argument ${i + 1}`);
  return found;
}

/** Bytes to send: a text, or zeros. */
function bytesOf(data: Expression, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (data.kind === 'string') bytes.set(encodeUtf8(data.value).subarray(0, length));
  else if (data.kind !== 'ellipsis') throw new CannotRun(data.line, 'data other than ... and a text');
  return bytes;
}

function addressOrOwn(e: Expression | undefined, own: SockAddr): SockAddr {
  return e === undefined || e.kind === 'ellipsis' ? own : addressOf(e);
}

const received = (outcome: Received | Uint8Array): number => outcome.length;

function socket(args: readonly Expression[], context: CallContext): Plan {
  const family = arg(args, 0, context);
  if (family.kind !== 'ellipsis' && numberOrName(family) !== 'AF_INET' && numberOrName(family) !== 'PF_INET')
    throw new CannotRun(context.line, `the address family ${String(numberOrName(family))}`);
  const type = numberOf(arg(args, 1, context));
  const kind = type & SOCK_TYPE_MASK;
  if (kind !== 1 && kind !== 2) throw new CannotRun(context.line, `the socket type ${kind}`);
  const protocolArg = arg(args, 2, context);
  if (numberOrName(protocolArg) === 'IPPROTO_MPTCP') throw new CannotRun(context.line, 'Multipath TCP');
  const protocol = numberOf(protocolArg);
  const flags = {
    nonblock: (type & NUMBERS.get('SOCK_NONBLOCK')!) !== 0,
    cloexec: (type & NUMBERS.get('SOCK_CLOEXEC')!) !== 0,
  };
  const args4 = [
    'inet',
    kind === 1 ? 'stream' : 'dgram',
    protocol === 0 ? undefined : protocol === 6 ? 'tcp' : protocol === 17 ? 'udp' : protocol,
    flags,
  ];
  return { name: 'socket', args: args4, value: (fd: number) => fd, opens: true };
}

function numberOrName(e: Expression): string | number {
  return e.kind === 'name' ? e.value : e.kind === 'number' ? e.value : e.kind;
}

function accept(args: readonly Expression[], context: CallContext): Plan {
  const flags = args[3] === undefined ? 0 : numberOf(args[3]);
  const wanted = args[1];
  return {
    name: 'accept',
    args: [context.fds.liveOf(arg(args, 0, context)), { nonblock: (flags & NUMBERS.get('SOCK_NONBLOCK')!) !== 0 }],
    value: ({ fd }: { fd: number }) => fd,
    opens: true,
    output: ({ peer }: { peer: SockAddr }) => addressDiffers(wanted, peer),
  };
}

function write(args: readonly Expression[], context: CallContext): Plan {
  const data = bytesOf(arg(args, 1, context), lengthOf(arg(args, 2, context)));
  return { name: 'write', args: [context.fds.liveOf(arg(args, 0, context)), data], value: (n: number) => n };
}

function send(args: readonly Expression[], context: CallContext): Plan {
  const fd = context.fds.liveOf(arg(args, 0, context));
  const data = bytesOf(arg(args, 1, context), lengthOf(arg(args, 2, context)));
  return { name: 'send', args: [fd, data, messageFlags(args[3])], value: (n: number) => n };
}

function sendto(args: readonly Expression[], context: CallContext): Plan {
  const fd = context.fds.liveOf(arg(args, 0, context));
  const data = bytesOf(arg(args, 1, context), lengthOf(arg(args, 2, context)));
  const flags = messageFlags(args[3]);
  const to = args[4];
  // NULL, or 0: as send(2).
  if (to?.kind === 'number' || (to?.kind === 'name' && to.value === 'NULL'))
    return { name: 'send', args: [fd, data, flags], value: (n: number) => n };
  return { name: 'sendto', args: [fd, data, addressOrOwn(to, context.connectTo(fd)), flags], value: (n: number) => n };
}

function read(args: readonly Expression[], context: CallContext): Plan {
  const data = arg(args, 1, context);
  const length = lengthOf(arg(args, 2, context));
  return {
    name: 'read',
    args: [context.fds.liveOf(arg(args, 0, context)), length],
    value: received as never,
    output: (seen: Uint8Array) => dataDiffers(data, seen),
  };
}

function recv(args: readonly Expression[], context: CallContext): Plan {
  const data = arg(args, 1, context);
  const flags = messageFlags(args[3]);
  const from = args[4];
  return {
    name: 'recvfrom',
    args: [context.fds.liveOf(arg(args, 0, context)), lengthOf(arg(args, 2, context)), flags],
    value: ((outcome: Received) => (flags.trunc === true ? outcome.length : outcome.data.length)) as never,
    output: (outcome: Received) => dataDiffers(data, outcome.data) ?? addressDiffers(from, outcome.from),
  };
}

/** The lengths of the pieces of `[{..., 100}, {..., 200}]`. */
function pieceLengths(e: Expression): number[] {
  if (e.kind !== 'list') throw new CannotRun(e.line, 'a list of pieces is expected here');
  return e.items.map((item) => {
    const length =
      item.kind === 'struct' ? (item.fields.find((field) => field.name === 'iov_len') ?? item.fields[1]) : undefined;
    if (length === undefined) throw new CannotRun(e.line, 'a piece {..., length} is expected here');
    return lengthOf(length.value);
  });
}

const sumOf = (lengths: readonly number[]): number => lengths.reduce((sum, length) => sum + length, 0);

/** A message's pieces and address; ancillary data is the caller's business. */
function messageOf(
  args: readonly Expression[],
  context: CallContext,
): { pieces: number[]; length: number; flags: Record<string, boolean>; name: Expression | undefined } {
  const message = arg(args, 1, context);
  const list = member(message, 'msg_iov');
  if (list === undefined) throw new CannotRun(context.line, 'a message without msg_iov');
  const pieces = pieceLengths(list);
  return { pieces, length: sumOf(pieces), flags: messageFlags(args[2]), name: member(message, 'msg_name') };
}

function sendmsg(args: readonly Expression[], context: CallContext): Plan {
  const { pieces, length, flags: named, name } = messageOf(args, context);
  const flags = { ...named, pieces, ...controlToSend(member(arg(args, 1, context), 'msg_control')) };
  const fd = context.fds.liveOf(arg(args, 0, context));
  if (flags.stamping !== undefined && context.fds.datagram(fd) !== undefined)
    throw new CannotRun(context.line, 'time stamps of datagrams that are sent');
  const data = new Uint8Array(length);
  if (name?.kind === 'struct')
    return { name: 'sendto', args: [fd, data, addressOf(name), flags], value: (n: number) => n };
  return { name: 'send', args: [fd, data, flags], value: (n: number) => n };
}

function recvmsg(args: readonly Expression[], context: CallContext): Plan {
  const { length, flags, name } = messageOf(args, context);
  return {
    name: 'recvfrom',
    args: [context.fds.liveOf(arg(args, 0, context)), length, flags],
    value: ((outcome: Received) => outcome.data.length) as never,
    output: (outcome: Received) =>
      addressDiffers(name, outcome.from) ?? controlDiffers(arg(args, 1, context), outcome, flags, context.clock),
  };
}

function fcntl(args: readonly Expression[], context: CallContext): Plan {
  const fd = context.fds.liveOf(arg(args, 0, context));
  const [command] = namesOf(arg(args, 1, context));
  if (command === 'F_SETFL') {
    const flags = numberOf(arg(args, 2, context));
    return { name: 'setNonblock', args: [fd, (flags & NUMBERS.get('O_NONBLOCK')!) !== 0] };
  }
  if (command !== 'F_GETFL') throw new CannotRun(context.line, `fcntl ${command}`);
  // Sockets are open for both directions.
  return {
    name: 'fstat',
    args: [fd],
    value: () => 2 | (context.fds.fileOf(fd)?.nonblock === true ? NUMBERS.get('O_NONBLOCK')! : 0),
  };
}

const HOW = ['read', 'write', 'both'] as const;

function named(call: 'getsockname' | 'getpeername'): Planner {
  return (args, context) => ({
    name: call,
    args: [context.fds.liveOf(arg(args, 0, context))],
    output: (seen: SockAddr) => addressDiffers(args[1], seen),
  });
}

const PLANNERS = new Map<string, Planner>([
  ['socket', socket],
  ['bind', (args, c) => ({ name: 'bind', args: [c.fds.liveOf(arg(args, 0, c)), addressOrOwn(args[1], c.bindTo)] })],
  ['listen', (args, c) => ({ name: 'listen', args: [c.fds.liveOf(arg(args, 0, c)), numberOf(arg(args, 1, c))] })],
  ['accept', accept],
  ['accept4', accept],
  [
    'connect',
    (args, c) => {
      const fd = c.fds.liveOf(arg(args, 0, c));
      return { name: 'connect', args: [fd, addressOrOwn(args[1], c.connectTo(fd))] };
    },
  ],
  ['read', read],
  ['recv', recv],
  ['recvfrom', recv],
  ['recvmsg', recvmsg],
  [
    'readv',
    (args, c) => ({
      name: 'read',
      args: [c.fds.liveOf(arg(args, 0, c)), sumOf(pieceLengths(arg(args, 1, c)))],
      value: received as never,
    }),
  ],
  ['write', write],
  ['send', send],
  ['sendto', sendto],
  ['sendmsg', sendmsg],
  [
    'writev',
    (args, c) => ({
      name: 'write',
      args: [c.fds.liveOf(arg(args, 0, c)), new Uint8Array(sumOf(pieceLengths(arg(args, 1, c))))],
      value: (n: number) => n,
    }),
  ],
  ['open', openCall],
  ['pipe', pipeCall],
  ['splice', spliceCall],
  ['sendfile', sendfileCall],
  ['close', (args, c) => ({ name: 'close', args: [c.fds.liveOf(arg(args, 0, c))] })],
  ['shutdown', shutdown],
  ['fcntl', fcntl],
  ['ioctl', ioctlCall],
  ['getsockname', named('getsockname')],
  ['getpeername', named('getpeername')],
  ['setsockopt', (args, c) => optionCall('set', args, c)],
  ['getsockopt', (args, c) => optionCall('get', args, c)],
  ['poll', (args, c) => readinessCall('poll', args, c)],
  ['epoll_create', (args, c) => readinessCall('epoll_create', args, c)],
  ['epoll_create1', (args, c) => readinessCall('epoll_create', args, c)],
  ['epoll_ctl', (args, c) => readinessCall('epoll_ctl', args, c)],
  ['epoll_wait', (args, c) => readinessCall('epoll_wait', args, c)],
]);

/** shutdown(2): another number is EINVAL, before the descriptor's state is looked at. */
function shutdown(args: readonly Expression[], context: CallContext): Plan {
  const how = HOW[numberOf(arg(args, 1, context))];
  if (how === undefined) return { run: () => E.EINVAL };
  return { name: 'shutdown', args: [context.fds.liveOf(arg(args, 0, context)), how] };
}
