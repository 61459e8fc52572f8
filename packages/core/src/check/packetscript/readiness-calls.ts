/** poll and epoll of a script: what it asks for, and the events that it expects to be told. */
import type { PollResult } from '../../syscall/sys.ts';
import type { Expression } from './ast.ts';
import type { CallContext, Plan } from './calls.ts';
import { CannotRun } from './problem.ts';
import { member, numberOf } from './values.ts';

const MS_NS = 1_000_000;
const OPERATIONS = new Map<number, string>([
  [1, 'add'],
  [2, 'del'],
  [3, 'mod'],
]);

export function readinessCall(name: string, args: readonly Expression[], context: CallContext): Plan {
  const { fds, line } = context;
  if (name === 'epoll_create') return { name, args: [], value: (fd: number) => fd, opens: true };
  if (name === 'poll') return poll(args, context);
  const [epfd, second, third, fourth] = args;
  if (epfd === undefined || second === undefined || third === undefined || fourth === undefined)
    throw new CannotRun(line, `syntax: ${name} needs four arguments`);
  if (name === 'epoll_ctl') {
    const operation = OPERATIONS.get(numberOf(second));
    if (operation === undefined) throw new CannotRun(line, 'the epoll_ctl operation');
    const events = fourth.kind === 'struct' ? numberOf(field(fourth, 'events')) : 0;
    return { name, args: [fds.liveOf(epfd), operation, fds.liveOf(third), events] };
  }
  const wanted = second.kind === 'list' ? second.items : second.kind === 'ellipsis' ? [] : [second];
  const pairs = wanted.map((item) => [fds.liveOf(field(item, 'fd')), numberOf(field(item, 'events'))] as const);
  return {
    name: 'epoll_wait',
    args: [fds.liveOf(epfd), numberOf(third), timeout(numberOf(fourth))],
    value: (ready: readonly PollResult[]) => ready.length,
    output: (ready: readonly PollResult[]) => differ(pairs.slice(0, ready.length), ready, second.kind === 'ellipsis'),
  };
}

function poll(args: readonly Expression[], { fds, line }: CallContext): Plan {
  const [list, count, timeoutMs] = args;
  if (list?.kind !== 'list' || count === undefined || timeoutMs === undefined)
    throw new CannotRun(line, 'syntax: poll needs a list, a count and a time-out');
  const requests = list.items.map((item) => ({
    fd: fds.liveOf(field(item, 'fd')),
    events: numberOf(field(item, 'events')),
  }));
  const wanted = list.items.map(
    (item, i) => [requests[i]!.fd, numberOf(member(item, 'revents') ?? zero(line))] as const,
  );
  return {
    name: 'poll',
    args: [requests.slice(0, numberOf(count)), timeout(numberOf(timeoutMs))],
    value: (ready: readonly PollResult[]) => ready.length,
    output: (ready: readonly PollResult[]) =>
      differ(
        wanted.filter(([, events]) => events !== 0),
        ready,
        false,
      ),
  };
}

const zero = (line: number): Expression => ({ kind: 'number', value: 0, line });

function field(e: Expression, name: string): Expression {
  const found = member(e, name);
  if (found === undefined) throw new CannotRun(e.line, `a structure with ${name} is expected here`);
  return found;
}

function timeout(ms: number): number {
  return ms < 0 ? -1 : ms * MS_NS;
}

function differ(
  wanted: readonly (readonly [number, number])[],
  ready: readonly PollResult[],
  any: boolean,
): readonly [string, string] | undefined {
  if (any) return undefined;
  const a = ready.map(({ fd, revents }) => `${fd}:0x${revents.toString(16)}`).join(' ');
  const b = wanted.map(([fd, events]) => `${fd}:0x${(events >>> 0).toString(16)}`).join(' ');
  return a === b ? undefined : [`events ${a || 'none'}`, `events ${b || 'none'}`];
}
