/**
 * `sys`: the door through which a program reaches its host. POSIX names, errno errors (`SysError`), one call in progress per thread.
 *
 * A program is `async (sys, argv) => exitCode`. Simulated hosts give it a `sys` over the synchronous kernel interface
 * (`syscall/kernel.ts`); a second implementation runs the same program on the real kernel. A thread has one call in progress: a second
 * one is a bug that names both, so several things at once take non-blocking descriptors and `poll` or `epoll`.
 *
 * Shapes: descriptors, pids and signals are numbers as on Linux; bytes are `Uint8Array`; times are nanoseconds in a number;
 * addresses are text (`'10.0.1.2'`), never four bytes.
 */
import type { NetlinkReply, NetlinkRequest } from './netlink.ts';
import type { DescriptorCalls } from './sys/descriptor.ts';
import type { FileCalls } from './sys/file.ts';
import type { IoRingCalls } from './sys/io-ring.ts';
import type { LimitCalls } from './sys/limits.ts';
import type { MemoryCalls } from './sys/memory.ts';
import type { MessageQueueCalls } from './sys/message-queue.ts';
import type { ProcessCalls } from './sys/process.ts';
import type { ReadinessCalls } from './sys/readiness.ts';
import type { SignalCalls } from './sys/signal.ts';
import type { SocketCalls } from './sys/socket.ts';
import type { SyncCalls } from './sys/sync.ts';
import type { ThreadCalls } from './sys/thread.ts';
import type { TimeCalls } from './sys/time.ts';
import type { TraceCalls } from './sys/trace.ts';

export type {
  MessageFlags,
  OptionValue,
  Received,
  SockAddr,
  SockAddrIn,
  SockAddrLl,
  SockAddrUnix,
  SocketFamily,
  SocketLevel,
  SocketProtocol,
  SocketType,
} from '../socket/types.ts';
export { type FcntlCommand, FD_CLOEXEC, O } from './sys/descriptor.ts';
export type { DirectoryEntry, FileStat, OpenFlags } from './sys/file.ts';
export type { Completion, Ring, RingOperation, Submission } from './sys/io-ring.ts';
export type { Limit, Resource } from './sys/limits.ts';
export type { CellOptions } from './sys/memory.ts';
export type { SpawnOptions, Utsname, WaitOptions, WaitResult } from './sys/process.ts';
export { FD_SETSIZE, type FdSets, POLL, type PollRequest, type PollResult } from './sys/readiness.ts';
export { SIGNALS, type Signal, type SignalAction, type SignalInfo, signalByNumber } from './sys/signal.ts';
export type { SocketFlags } from './sys/socket.ts';
export type { LockStatistics, MutexOptions, RwLockOptions, SyncOptions } from './sys/sync.ts';
export type {
  Cloneable,
  InterpreterProfile,
  InterpreterVersion,
  SchedulerSettings,
  SchedulingClass,
  ThreadOptions,
} from './sys/thread.ts';
export type { TracedValue, TraceRecord } from './sys/trace.ts';

/** A program's main entry; a module with more entries is a `ProgramModule` (`syscall/program.ts`). */
export type Program = (sys: Sys, argv: readonly string[]) => Promise<number>;

/** All calls, family by family: `syscall/sys/`. */
export interface Sys
  extends ProcessCalls,
    ThreadCalls,
    MemoryCalls,
    SyncCalls,
    MessageQueueCalls,
    SignalCalls,
    TimeCalls,
    FileCalls,
    DescriptorCalls,
    SocketCalls,
    ReadinessCalls,
    IoRingCalls,
    LimitCalls,
    TraceCalls {
  /** The netlink-like door to addresses, routes, neighbours, links and sockets (`syscall/netlink.ts`). */
  netlink<R extends NetlinkRequest>(request: R): Promise<NetlinkReply<R>>;
}
