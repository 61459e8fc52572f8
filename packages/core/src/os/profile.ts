/**
 * Operating systems as data: which calls a kernel lacks, what fits into an `fd_set`, and what it calls itself. Nothing else in the house asks for a
 * profile's name.
 */
import { assert } from '../base/assert.ts';

export interface OsProfile {
  readonly sysname: string;
  readonly release: string;
  readonly version: string;
  /** Calls that this system does not have: ENOSYS. */
  readonly missing: ReadonlySet<string>;
  /** An `fd_set` holds numbers below this ... */
  readonly fdSetSize: number;
  /** ... or so many descriptors, whatever their numbers. */
  readonly fdSetCounts: boolean;
  /** select and poll take sockets only. */
  readonly selectsSocketsOnly: boolean;
  /** Signals that exist; undefined where all do. */
  readonly signals: ReadonlySet<string> | undefined;
}

const LINUX: OsProfile = {
  sysname: 'Linux',
  release: '6.1.0-netarium',
  version: '#1 SMP Netarium',
  missing: new Set(),
  fdSetSize: 1024,
  fdSetCounts: false,
  selectsSocketsOnly: false,
  signals: undefined,
};

/**
 * Windows as its socket library and C runtime look to a portable program (Winsock 2, `signal` of the CRT): `select` over an array of sockets, WSAPoll,
 * no epoll, no fork, no signal-driven I/O, and signals that a process can only send to itself. Its own completion ports are no part of this profile.
 */
const WINDOWS: OsProfile = {
  sysname: 'Windows_NT',
  release: '10.0.19045',
  version: 'Netarium',
  missing: new Set([
    'fork',
    'epoll_create',
    'epoll_ctl',
    'epoll_wait',
    'fcntl',
    'io_uring_setup',
    'io_uring_enter',
    'sigprocmask',
    'sigpending',
    'sigsuspend',
    'sigtimedwait',
    'sigqueue',
    'tgkill',
    'pause',
    'alarm',
    'setitimer',
    'getitimer',
    'getpgid',
    'setpgid',
    'getrlimit',
    'setrlimit',
    'nice',
  ]),
  fdSetSize: 64,
  fdSetCounts: true,
  selectsSocketsOnly: true,
  signals: new Set(['SIGINT', 'SIGILL', 'SIGABRT', 'SIGFPE', 'SIGSEGV', 'SIGTERM', 'SIGKILL']),
};

const PROFILES: ReadonlyMap<string, OsProfile> = new Map([
  ['linux-6.x', LINUX],
  ['windows', WINDOWS],
]);

/** What a machine's `profile` may say. */
export const OS_PROFILES: readonly string[] = [...PROFILES.keys()];

export function osProfile(name: string): OsProfile {
  const profile = PROFILES.get(name);
  assert(profile !== undefined, `there is no profile ${name}`);
  return profile;
}
