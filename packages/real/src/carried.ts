/**
 * Which calls of `sys` the real kernel carries, from the tables that it goes by, and where a carried call differs from the simulated one: what
 * docs/coverage/real.md is made of. A call that is in none of the tables is ENOTSUP.
 */
import { callNames } from '@netarium/core/syscall/sys-of.ts';
import { realCalls } from './kernel/calls/table.ts';
import { isMemoryCall } from './process/memory-calls.ts';
import { HOST_CALLS } from './process/process-host.ts';

export type Carrier = 'kernel' | 'process' | 'thread';

/** Calls that each thread answers for itself, beside those on memory. */
const THREAD_CALLS: ReadonlySet<string> = new Set([
  'nanosleep',
  'cpu',
  'interpreter_attach',
  'interpreter_profile',
  'interpreter_setinterval',
]);

/** What a program may notice. */
const NOTES: ReadonlyMap<string, string> = new Map([
  ['accept', 'Node accepts as connections come; they wait in the process, not in the operating system’s backlog'],
  [
    'bind',
    'a stream socket listens from here on, so a connection that comes before `listen` waits instead of being refused',
  ],
  ['cpu', 'the thread is busy for so long; the main thread in pieces of 2 ms, between which its kernel serves others'],
  ['exec', 'a program of the machine runs beside, with this process’s descriptors, and its end is this process’s end'],
  ['fcntl', 'no signal-driven I/O: O_ASYNC, F_SETOWN and F_SETSIG are ENOTSUP'],
  ['fork', 'a Node process of its own that starts at the entry; its calls come over a channel'],
  [
    'getsockopt',
    'SO_ERROR, SO_TYPE, SO_ACCEPTCONN, SO_REUSEADDR, SO_KEEPALIVE, SO_LINGER, SO_RCVTIMEO, SO_SNDTIMEO, SO_BROADCAST, TCP_NODELAY, TCP_KEEPIDLE',
  ],
  [
    'interpreter_attach',
    'one thread at a time runs, handed over at calls: what JavaScript computes between two calls is not cut short',
  ],
  ['interpreter_profile', 'costs of the interpreter’s own code are 0: they are not added to the real cost of this one'],
  ['kill', 'no real-time signals'],
  ['listen', 'the operating system’s backlog is 4096'],
  ['mutex_create', '`protocol: inherit` is ENOTSUP'],
  ['open', 'no named pipes: ENOTSUP'],
  ['recv', 'no MSG_OOB, MSG_ERRQUEUE'],
  ['send', 'no MSG_OOB, MSG_EOR'],
  [
    'setsockopt',
    'as `getsockopt`; SO_REUSEADDR is on for every listener, SO_LINGER takes a time of 0 only, IP_TTL and multicast options after `bind` only',
  ],
  ['setuid', 'to the present user only'],
  ['sigaction', 'in the main thread only; no real-time signals'],
  ['socket', 'inet stream and dgram, unix stream; raw and packet sockets, ping sockets and unix dgram are ENOTSUP'],
  [
    'spawn',
    'Netarium’s programs by their paths, all others are the machine’s; these get files, pipes and standard streams as descriptors, no sockets',
  ],
  [
    'thread_create',
    'a worker thread; the main thread of the process carries its calls on descriptors, but not writes to files opened for appending alone',
  ],
  ['waitpid', 'no WUNTRACED, no WCONTINUED, no process groups'],
]);

export interface CarriedCall {
  readonly name: string;
  /** Who carries it; undefined: nobody, it is ENOTSUP. */
  readonly carrier: Carrier | undefined;
  readonly note: string;
}

function carrierOf(name: string): Carrier | undefined {
  if (THREAD_CALLS.has(name) || isMemoryCall(name)) return 'thread';
  if (Object.hasOwn(HOST_CALLS, name)) return 'process';
  return Object.hasOwn(realCalls, name) ? 'kernel' : undefined;
}

/** Every call of `sys`, by name. */
export function carriedCalls(): CarriedCall[] {
  return [...callNames].sort().map((name) => ({ name, carrier: carrierOf(name), note: NOTES.get(name) ?? '' }));
}

/** Notes that are about no call. */
export function strayNotes(): string[] {
  const names = new Set(carriedCalls().map(({ name }) => name));
  return [...NOTES.keys()].filter((name) => !names.has(name));
}

/** docs/coverage/real.md. */
export function carriedPage(): string {
  const calls = carriedCalls();
  const carried = calls.filter(({ carrier }) => carrier !== undefined);
  const others = calls.filter(({ carrier }) => carrier === undefined);
  const parts = [
    '# The calls that the real kernel carries',
    '`netarium real PROGRAM …` and `netarium run LAB --real` give programs a second `sys`, on this machine’s own kernel through Node. ' +
      `Of the ${calls.length} calls it carries ${carried.length}; the others fail with ENOTSUP, by name. ` +
      'The contract in `test/kernels` runs on both kernels. Written by `npx tsx scripts/coverage.ts`.',
    'Carried by the *kernel*: in the main thread of the first process, for all processes of the run. By the *process*: in its main thread. ' +
      'By the *thread*: without leaving it; memory and locks lie in a SharedArrayBuffer, those shared between processes with the kernel.',
    [
      '| call | carried by | differs |',
      '|---|---|---|',
      ...carried.map((each) => `| ${each.name} | ${each.carrier} | ${each.note} |`),
    ].join('\n'),
    '## Not carried',
    others.map(({ name }) => `\`${name}\``).join(', '),
    '## Differs throughout',
    '- `/proc` and `/dev` are the machine’s own, where it has them.\n' +
      '- The name of a Unix socket goes away when its listener closes, and who waits there sees the end instead of a reset: Node has it so.\n' +
      '- Servers of Netarium that are told no address listen on 127.0.0.1 (`BIND_ADDRESS`), and daemons stay in the foreground.\n' +
      '- A connection that is closed with unread bytes is reset, as TCP’s is; a Unix one just ends.',
  ];
  return `${parts.join('\n\n')}\n`;
}
