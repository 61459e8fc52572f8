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
import type {
  MessageFlags,
  OptionValue,
  Received,
  SockAddr,
  SocketFamily,
  SocketLevel,
  SocketProtocol,
  SocketType,
} from '../socket/types.ts';
import type { NetlinkReply, NetlinkRequest } from './netlink.ts';

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

export type Program = (sys: Sys, argv: readonly string[]) => Promise<number>;

export interface SocketFlags {
  readonly nonblock?: boolean;
  readonly cloexec?: boolean;
}

export interface OpenFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly append?: boolean;
  readonly directory?: boolean;
  readonly nonblock?: boolean;
  readonly cloexec?: boolean;
  /** Permission bits of a file created by this call; 0o666 less the umask. */
  readonly mode?: number;
}

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'chardev';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly ino: number;
  readonly nlink: number;
  /** Nanoseconds since the Unix epoch, by the host's clock. */
  readonly mtimeNs: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly type: FileStat['type'];
}

export interface SpawnOptions {
  /** Descriptors of the child: child's number to ours. Default 0, 1, 2 to 0, 1, 2. All others are closed in the child. */
  readonly fds?: Readonly<Record<number, number>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  /** Process group: 0 makes the child its own leader; default is the parent's group. */
  readonly pgid?: number;
  /** Puts the child's group into the foreground of the controlling terminal. */
  readonly foreground?: boolean;
}

export interface WaitResult {
  readonly pid: number;
  /** Exit code, when the child ended by exit. */
  readonly code?: number;
  /** Signal name, when a signal ended it. */
  readonly signal?: Signal;
}

export type Signal =
  | 'SIGHUP'
  | 'SIGINT'
  | 'SIGQUIT'
  | 'SIGKILL'
  | 'SIGUSR1'
  | 'SIGUSR2'
  | 'SIGPIPE'
  | 'SIGALRM'
  | 'SIGTERM'
  | 'SIGCHLD'
  | 'SIGCONT'
  | 'SIGSTOP'
  | 'SIGTSTP'
  | 'SIGTTIN'
  | 'SIGTTOU'
  | 'SIGURG'
  | 'SIGIO'
  | 'SIGWINCH';

/** A handler runs between two calls of the thread that it interrupts; the interrupted call ends with EINTR, or is restarted with SA_RESTART. */
export type SignalAction =
  | 'default'
  | 'ignore'
  | { readonly handler: (sys: Sys, signal: Signal) => Promise<void> | void; readonly restart?: boolean };

export interface PollRequest {
  readonly fd: number;
  readonly events: number;
}

export interface PollResult {
  readonly fd: number;
  readonly revents: number;
}

/** poll(2) and epoll(7) event bits, Linux's values. */
export const POLL = {
  IN: 0x001,
  PRI: 0x002,
  OUT: 0x004,
  ERR: 0x008,
  HUP: 0x010,
  NVAL: 0x020,
  RDHUP: 0x2000,
  ONESHOT: 0x4000_0000,
  ET: 0x8000_0000,
  EXCLUSIVE: 0x1000_0000,
} as const;

export interface Utsname {
  readonly sysname: string;
  readonly nodename: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
}

export interface Sys {
  // Processes
  getpid(): Promise<number>;
  getppid(): Promise<number>;
  getuid(): Promise<number>;
  setuid(uid: number): Promise<void>;
  getpgid(pid?: number): Promise<number>;
  setpgid(pid: number, pgid: number): Promise<void>;
  /** Starts the program at `path` (looked up as given, no PATH search). ENOENT, EACCES, ENOEXEC, EBADF. */
  spawn(path: string, argv: readonly string[], options?: SpawnOptions): Promise<number>;
  /**
   * Replaces the running program (execve(2)): the process keeps its pid, its directory and the descriptors that are not close-on-exec; handled
   * signals go back to their defaults. Returns only by failing: ENOENT, EACCES, ENOEXEC.
   */
  exec(
    path: string,
    argv: readonly string[],
    options?: { readonly env?: Readonly<Record<string, string>> },
  ): Promise<never>;
  /** Waits for a child: a pid, or -1 for any. With `nohang` answers undefined when none has ended. ECHILD, EINTR. */
  waitpid(pid: number, options?: { readonly nohang?: boolean }): Promise<WaitResult | undefined>;
  /** Ends the process at once: the promise never settles. */
  exit(code: number): Promise<never>;
  /** Sends a signal to a process, or to a group with a negative pid; signal 0 only checks. ESRCH, EPERM, EINVAL. */
  kill(pid: number, signal: Signal | 0): Promise<void>;
  sigaction(signal: Signal, action: SignalAction): Promise<void>;
  /** Waits until a signal's handler has run; then fails with EINTR. */
  pause(): Promise<never>;
  /** One-shot SIGALRM after so many nanoseconds; 0 cancels. Answers what was left. */
  alarm(ns: number): Promise<number>;
  getenv(): Promise<Readonly<Record<string, string>>>;
  uname(): Promise<Utsname>;
  sethostname(name: string): Promise<void>;

  // Time, chance, work
  clock_gettime(clock: 'realtime' | 'monotonic'): Promise<number>;
  nanosleep(ns: number): Promise<void>;
  /** Declared computation: takes so much CPU time of this thread. */
  cpu(ns: number): Promise<void>;
  getrandom(length: number): Promise<Uint8Array>;

  // Files and descriptors
  open(path: string, flags: OpenFlags): Promise<number>;
  /** Reads up to `length` bytes; empty at end of file. */
  read(fd: number, length: number): Promise<Uint8Array>;
  /** Writes; the answer may be short of `data.length` on non-blocking descriptors. */
  write(fd: number, data: Uint8Array): Promise<number>;
  close(fd: number): Promise<void>;
  lseek(fd: number, offset: number, whence: 'set' | 'cur' | 'end'): Promise<number>;
  ftruncate(fd: number, length: number): Promise<void>;
  fstat(fd: number): Promise<FileStat>;
  stat(path: string): Promise<FileStat>;
  lstat(path: string): Promise<FileStat>;
  readdir(path: string): Promise<readonly DirectoryEntry[]>;
  mkdir(path: string, mode?: number): Promise<void>;
  rmdir(path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  readlink(path: string): Promise<string>;
  chmod(path: string, mode: number): Promise<void>;
  access(path: string, mode: 'exist' | 'read' | 'write' | 'execute'): Promise<void>;
  dup(fd: number): Promise<number>;
  dup2(from: number, to: number): Promise<number>;
  pipe(): Promise<readonly [readEnd: number, writeEnd: number]>;
  setNonblock(fd: number, on: boolean): Promise<void>;
  isatty(fd: number): Promise<boolean>;
  chdir(path: string): Promise<void>;
  getcwd(): Promise<string>;
  umask(mask: number): Promise<number>;

  // Sockets
  socket(family: SocketFamily, type: SocketType, protocol?: SocketProtocol, flags?: SocketFlags): Promise<number>;
  bind(fd: number, address: SockAddr): Promise<void>;
  listen(fd: number, backlog: number): Promise<void>;
  accept(fd: number, flags?: SocketFlags): Promise<{ readonly fd: number; readonly peer: SockAddr }>;
  connect(fd: number, address: SockAddr): Promise<void>;
  send(fd: number, data: Uint8Array, flags?: MessageFlags): Promise<number>;
  sendto(fd: number, data: Uint8Array, to: SockAddr, flags?: MessageFlags): Promise<number>;
  /** Receives up to `length` bytes; empty at the end of a stream. */
  recv(fd: number, length: number, flags?: MessageFlags): Promise<Uint8Array>;
  recvfrom(fd: number, length: number, flags?: MessageFlags): Promise<Received>;
  shutdown(fd: number, how: 'read' | 'write' | 'both'): Promise<void>;
  getsockname(fd: number): Promise<SockAddr>;
  getpeername(fd: number): Promise<SockAddr>;
  /** Options by their POSIX or Linux names: `setsockopt(fd, 'socket', 'SO_REUSEADDR', 1)`. ENOPROTOOPT for unknown ones. */
  setsockopt(fd: number, level: SocketLevel, name: string, value: OptionValue): Promise<void>;
  getsockopt(fd: number, level: SocketLevel, name: string): Promise<OptionValue>;

  // Readiness
  /** Waits for events on descriptors; `timeoutNs` -1 waits for ever, 0 only looks. Answers those with revents. */
  poll(requests: readonly PollRequest[], timeoutNs: number): Promise<readonly PollResult[]>;
  epoll_create(): Promise<number>;
  epoll_ctl(epfd: number, op: 'add' | 'mod' | 'del', fd: number, events?: number): Promise<void>;
  epoll_wait(epfd: number, max: number, timeoutNs: number): Promise<readonly PollResult[]>;

  /** The netlink-like door to addresses, routes, neighbours, links and sockets (`syscall/netlink.ts`). */
  netlink<R extends NetlinkRequest>(request: R): Promise<NetlinkReply<R>>;
}
