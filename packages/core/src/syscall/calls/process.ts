/** Processes and identity: spawn(3), execve(2), waitpid(2), setuid(2), uname(2) and their kin. */
import { E, Errno } from '../../base/errno.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import type { Call, WaitsFor } from '../../kernel/call.ts';
import { DescriptorTable } from '../../kernel/descriptors.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import { permits } from '../../os/files/file-system.ts';
import { RegularFile } from '../../os/files/inode.ts';
import type { Process } from '../../os/process.ts';
import type { Thread } from '../../os/thread.ts';
import type { CallTable } from '../call-table.ts';
import type { Kernel } from '../kernel.ts';
import type { SpawnOptions, Sys, WaitOptions, WaitResult } from '../sys.ts';
import { inheritWatchers } from './child.ts';
import { inheritScheduling } from './thread.ts';
import { traceOf } from './trace.ts';

type ExecOptions = NonNullable<Parameters<Sys['exec']>[2]>;

const MAX_INTERPRETERS = 4;

/** Finds the program behind a path; scripts name theirs on a `#!` line. */
export function loadProgram(
  kernel: Kernel,
  path: string,
  argv: readonly string[],
  cwd: string,
  uid: number,
  depth = 0,
): { readonly program: unknown; readonly argv: readonly string[]; readonly name: string } | Errno {
  const inode = kernel.files.find(path, cwd, uid);
  if (inode instanceof Errno) return inode;
  if (!(inode instanceof RegularFile) || !permits(inode, uid, 'execute')) return E.EACCES;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (inode.program !== undefined) return { program: inode.program, argv, name };
  const head = decodeUtf8(inode.content.subarray(0, 256));
  const match = /^#![ \t]*(\S+)(?:[ \t]+([^\n]*\S))?[ \t]*(?:\n|$)/.exec(head);
  if (!match) return E.ENOEXEC;
  if (depth === MAX_INTERPRETERS) return E.ELOOP;
  const words = [match[1]!, ...(match[2] === undefined ? [] : [match[2]]), path, ...argv.slice(1)];
  const loaded = loadProgram(kernel, match[1]!, words, cwd, uid, depth + 1);
  return loaded instanceof Errno ? loaded : { ...loaded, name };
}

/** The child's descriptors: those named, in place; everything else is closed. */
function childDescriptors(parent: Process, options: SpawnOptions): DescriptorTable | Errno {
  const table = new DescriptorTable();
  table.limit = parent.descriptors.limit;
  const wanted =
    options.fds === undefined
      ? ([0, 1, 2] as const).map((fd) => [fd, fd] as const)
      : Object.entries(options.fds).map(([to, from]) => [Number(to), from] as const);
  for (const [to, from] of wanted) {
    const file = parent.descriptors.get(from);
    if (file instanceof Errno) {
      if (options.fds === undefined) continue;
      table.closeAll();
      return E.EBADF;
    }
    const placed = table.place(to, file);
    if (placed instanceof Errno) {
      table.closeAll();
      return placed;
    }
  }
  return table;
}

function spawn(
  kernel: Kernel,
  thread: Thread,
  path: string,
  argv: readonly string[],
  options: SpawnOptions,
): number | Errno {
  const parent = thread.process;
  const uid = options.uid ?? parent.uid;
  if (uid !== parent.uid && parent.uid !== 0) return E.EPERM;
  const cwd = options.cwd === undefined ? parent.cwd : kernel.files.canonical(options.cwd, parent.cwd);
  const loaded = loadProgram(kernel, path, argv, cwd, uid);
  if (loaded instanceof Errno) return loaded;
  const trace = options.tracer === undefined ? undefined : traceOf(kernel, thread, options.tracer);
  if (trace instanceof Errno) return trace;
  if (!kernel.processes.mayFork(parent)) return E.EAGAIN;
  const descriptors = childDescriptors(parent, options);
  if (descriptors instanceof Errno) return descriptors;
  const env = options.env === undefined ? parent.env : new Map(Object.entries(options.env));
  const child = kernel.processes.add(
    parent,
    loaded.name,
    loaded.argv,
    uid,
    options.pgid ?? parent.pgid,
    cwd,
    env,
    descriptors,
  );
  child.umask = parent.umask;
  inheritWatchers(kernel, parent, child, trace);
  child.tracer?.executed(child, path, kernel.ctx.queue.now);
  child.terminal = parent.terminal;
  for (const [signal, disposition] of parent.dispositions)
    if (disposition === 'ignore') child.dispositions.set(signal, 'ignore');
  if (options.foreground === true && child.terminal !== undefined) child.terminal.foreground = child.pgid;
  succeed(thread, kernel.start(child, loaded.program, kernel.costs.spawnNs));
  return child.pid;
}

/** What a new program has from the thread that started it: its blocked signals and its place in the schedule (execve(2), sched(7)). */
function succeed(from: Thread, to: Thread): void {
  to.blocked = from.blocked;
  inheritScheduling(from, to);
}

/** execve(2). The thread that asked ends here; the process goes on with a new one. */
function exec(
  kernel: Kernel,
  thread: Thread,
  path: string,
  argv: readonly string[],
  options: ExecOptions,
): Errno | typeof BLOCKED {
  const { process } = thread;
  const loaded = loadProgram(kernel, path, argv, process.cwd, process.uid);
  if (loaded instanceof Errno) return loaded;
  for (const [fd, , cloexec] of [...process.descriptors.entries()]) if (cloexec) process.descriptors.close(fd);
  for (const [signal, disposition] of process.dispositions)
    if (disposition !== 'ignore') process.dispositions.delete(signal);
  for (const other of process.threads) other.end();
  process.threads.length = 0;
  process.name = loaded.name;
  process.argv = loaded.argv;
  if (options.env !== undefined) process.env = new Map(Object.entries(options.env));
  process.tracer?.executed(process, path, kernel.ctx.queue.now);
  kernel.ctx.recorder.emit('process.exec', kernel.ctx.name, {
    pid: process.pid,
    name: loaded.name,
    argv: loaded.argv.join(' '),
  });
  succeed(thread, kernel.start(process, loaded.program, kernel.costs.spawnNs));
  kernel.turnstile.giveBack(thread);
  return BLOCKED;
}

function waitResult(child: Process): WaitResult {
  const status = child.exitStatus!;
  return status.signal === '' ? { pid: child.pid, code: status.code } : { pid: child.pid, signal: status.signal };
}

/** Which children a waitpid(2) means. */
function isMeant(child: Process, pid: number, parent: Process): boolean {
  if (pid > 0) return child.pid === pid;
  return pid === -1 || child.pgid === (pid === 0 ? parent.pgid : -pid);
}

/** What there is to tell of a child, taken: an end is told once, a stop and a continuation too. */
function newsOf(kernel: Kernel, child: Process, options: WaitOptions): WaitResult | undefined {
  if (child.exitStatus !== undefined) {
    kernel.processes.reap(child);
    return waitResult(child);
  }
  const { stopToReport, pid } = child;
  if (options.untraced === true && stopToReport !== undefined) {
    child.stopToReport = undefined;
    return { pid, stopped: stopToReport };
  }
  if (options.continued !== true || !child.continuedToReport) return undefined;
  child.continuedToReport = false;
  return { pid, continued: true };
}

/** A child with one thread ends when that ends; of several, any may end it. */
function endOf(child: Process): WaitsFor {
  return { what: `process ${child.pid}`, holders: () => (child.threads.length === 1 ? child.threads : []) };
}

function waitpid(
  kernel: Kernel,
  { process }: Thread,
  call: Call,
  pid: number,
  options: WaitOptions,
): Outcome<WaitResult | undefined> {
  const mine = [...process.children.values()].filter((child) => isMeant(child, pid, process));
  if (mine.length === 0) return E.ECHILD;
  for (const child of mine) {
    const news = newsOf(kernel, child, options);
    if (news !== undefined) return news;
  }
  if (options.nohang === true) return undefined;
  if (mine.length === 1) call.waitsFor ??= endOf(mine[0]!);
  call.waitOn(process.childEnded);
  return BLOCKED;
}

export const processCalls = {
  getpid: (_kernel, thread) => thread.process.pid,
  getppid: (_kernel, thread) => thread.process.ppid,
  getuid: (_kernel, thread) => thread.process.uid,
  setuid(_kernel, thread, _call, uid) {
    if (!Number.isInteger(uid) || uid < 0) return E.EINVAL;
    if (thread.process.uid !== 0 && thread.process.uid !== uid) return E.EPERM;
    thread.process.uid = uid;
    return undefined;
  },
  getpgid(kernel, thread, _call, pid = 0) {
    const process = pid === 0 ? thread.process : kernel.processes.get(pid);
    return process === undefined ? E.ESRCH : process.pgid;
  },
  setpgid(kernel, thread, _call, pid, pgid) {
    const process = pid === 0 ? thread.process : kernel.processes.get(pid);
    if (process === undefined || (process !== thread.process && process.parent !== thread.process)) return E.ESRCH;
    process.pgid = pgid === 0 ? process.pid : pgid;
    return undefined;
  },
  spawn: (kernel, thread, _call, path, argv, options = {}) => spawn(kernel, thread, path, argv, options),
  exec: (kernel, thread, _call, path, argv, options = {}) => exec(kernel, thread, path, argv, options),
  waitpid: (kernel, thread, call, pid, options = {}) => waitpid(kernel, thread, call, pid, options),
  exit(kernel, thread, _call, code) {
    kernel.processes.exit(thread.process, { code: code & 0xff, signal: '' });
    return BLOCKED;
  },
  getenv: (_kernel, thread) => Object.fromEntries(thread.process.env),
  uname: (kernel) => ({
    sysname: kernel.profile.sysname,
    nodename: kernel.hostname,
    release: kernel.profile.release,
    version: kernel.profile.version,
    machine: 'x86_64',
  }),
  sethostname(kernel, thread, _call, name) {
    if (thread.process.uid !== 0) return E.EPERM;
    if (name.length > 64) return E.EINVAL;
    kernel.hostname = name;
    return undefined;
  },
} satisfies Partial<CallTable>;
