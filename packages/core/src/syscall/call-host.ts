/**
 * What the calls on descriptors, and those on memory and locks, ask of a kernel and of the thread that makes them. The simulated kernel (`kernel.ts`) has more; the second
 * implementation of `sys`, on the machine's own kernel, has this, and so both share the calls on descriptors, sockets and readiness.
 */
import type { Errno } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import type { DescriptorTable } from '../kernel/descriptors.ts';
import type { OpenFile } from '../kernel/open-file.ts';
import type { CostModel } from '../os/costs.ts';
import type { Memory, SharedNames } from '../os/memory.ts';
import type { OsProfile } from '../os/profile.ts';
import type { LockThread } from '../os/sync/lock-thread.ts';
import type { WakeUpLatency } from '../os/sync/sync-object.ts';
import type { Clock } from '../record/recorder.ts';
import type { SocketFile, SocketIdentity } from '../socket/socket-file.ts';
import type { SocketFamily, SocketProtocol, SocketType } from '../socket/types.ts';
import type { UnixNames } from '../socket/unix-socket.ts';

export interface CallThread {
  readonly process: { readonly descriptors: DescriptorTable; readonly uid: number };
  /** From when on a time limit of its call counts. */
  readonly readyAt: number;
}

/** Makes the sockets of a host. */
export interface SocketMaker {
  create(
    family: SocketFamily,
    type: SocketType,
    protocol: SocketProtocol | undefined,
    identity: SocketIdentity,
    identify: () => SocketIdentity,
    names: UnixNames,
  ): SocketFile | Errno;
}

export interface CallHost {
  readonly profile: OsProfile;
  readonly sockets: SocketMaker;
  readonly clock: Clock;
  nextIno(): number;
  /** Wall clock in nanoseconds since the Unix epoch. */
  wallNs(): number;
  file(thread: CallThread, fd: number): OpenFile | Errno;
  /** `select`, `poll` or `epoll_wait` has looked at so many files, of which so many are ready. */
  scanned(thread: CallThread, call: Call, files: number, ready: number): void;
  /** A write came to EPIPE: SIGPIPE for the thread's process. */
  brokenPipe(thread: CallThread): void;
  /** Unix socket names as the thread's process sees them. */
  unixNames(thread: CallThread): UnixNames;
}

/** Who makes calls on memory and locks. */
export interface MemoryThread extends LockThread {
  readonly process: {
    readonly memory: Memory;
    readonly interpreter: { readonly profile: { readonly instructionNs: number } } | undefined;
  };
  /** Objects in memory that it has made: numbers them. */
  objectsMade: number;
  charge(ns: number): void;
}

/** Where cells, lists and locks lie. */
export interface MemoryHost extends WakeUpLatency {
  readonly costs: Pick<CostModel, 'cellNs' | 'syscallNs'>;
  readonly sharedObjects: SharedNames;
}
