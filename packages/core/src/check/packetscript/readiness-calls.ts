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
    const [epoll, target] = [fds.liveOf(epfd), fds.liveOf(third)];
    const events = fourth.kind === 'struct' ? numberOf(field(fourth, 'events')) : 0;
    if (fourth.kind === 'struct') fds.userData.set(`${epoll} ${target}`, userDataOf(fourth));
    return { name, args: [epoll, operation, target, events] };
  }
  return epollWait(epfd, second, [third, fourth], context);
}

/** `{events=EPOLLIN, fd=4}` as it was registered: the kernel gives the data back as they are, whatever the union's member is called. */
function epollWait(
  epfd: Expression,
  wanted: Expression,
  [most, timeoutMs]: readonly [Expression, Expression],
  { fds }: CallContext,
): Plan {
  const epoll = fds.liveOf(epfd);
  const items = wanted.kind === 'list' ? wanted.items : wanted.kind === 'ellipsis' ? [] : [wanted];
  const pairOf = (item: Expression): readonly [number, number] => [userDataOf(item), numberOf(field(item, 'events'))];
  return {
    name: 'epoll_wait',
    args: [epoll, numberOf(most), timeout(numberOf(timeoutMs))],
    value: (ready: readonly PollResult[]) => ready.length,
    output: (ready: readonly PollResult[]) =>
      differ(
        items.slice(0, ready.length).map(pairOf),
        ready.map(({ fd, revents }) => ({ fd: fds.userData.get(`${epoll} ${fd}`)!, revents })),
        wanted.kind === 'ellipsis',
      ),
  };
}

const USER_DATA = ['fd', 'ptr', 'u32', 'u64'] as const;

function userDataOf(e: Expression): number {
  const found = USER_DATA.map((name) => member(e, name)).find((value) => value !== undefined);
  if (found === undefined) throw new CannotRun(e.line, 'a structure with fd, ptr, u32 or u64 is expected here');
  return numberOf(found);
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
