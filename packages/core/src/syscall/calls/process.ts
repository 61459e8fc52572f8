/** Processes, signals and identity: spawn(3), waitpid(2), kill(2), sigaction(2), uname(2) and their kin. */
import { E, Errno } from '../../base/errno.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import { DescriptorTable } from '../../kernel/descriptors.ts';
import { BLOCKED } from '../../kernel/outcome.ts';
import { permits } from '../../os/files/file-system.ts';
import { RegularFile } from '../../os/files/inode.ts';
import type { Process } from '../../os/process.ts';
import { SIGNALS } from '../../os/signals.ts';
import type { Thread } from '../../os/thread.ts';
import type { CallTable } from '../call-table.ts';
import type { Kernel } from '../kernel.ts';
import type { Signal, SpawnOptions, Sys, WaitResult } from '../sys.ts';

type ExecOptions = NonNullable<Parameters<Sys['exec']>[2]>;

const RELEASE = '6.1.0-netarium';
const MAX_INTERPRETERS = 4;

function isSignal(signal: unknown): signal is Signal {
  return typeof signal === 'string' && Object.hasOwn(SIGNALS, signal);
}

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
  child.terminal = parent.terminal;
  for (const [signal, disposition] of parent.dispositions)
    if (disposition === 'ignore') child.dispositions.set(signal, 'ignore');
  if (options.foreground === true && child.terminal !== undefined) child.terminal.foreground = child.pgid;
  kernel.start(child, loaded.program, kernel.costs.spawnNs);
  return child.pid;
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
  process.pendingHandlers.length = 0;
  for (const other of process.threads) other.end();
  process.threads.length = 0;
  process.name = loaded.name;
  process.argv = loaded.argv;
  if (options.env !== undefined) process.env = new Map(Object.entries(options.env));
  kernel.ctx.recorder.emit('process.exec', kernel.ctx.name, {
    pid: process.pid,
    name: loaded.name,
    argv: loaded.argv.join(' '),
  });
  kernel.start(process, loaded.program, kernel.costs.spawnNs);
  kernel.turnstile.giveBack(thread);
  return BLOCKED;
}

function waitResult(child: Process): WaitResult {
  const status = child.exitStatus!;
  return status.signal === '' ? { pid: child.pid, code: status.code } : { pid: child.pid, signal: status.signal };
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
  waitpid(kernel, thread, call, pid, options = {}) {
    const { process } = thread;
    const mine = [...process.children.values()].filter((child) => pid === -1 || child.pid === pid);
    if (mine.length === 0) return E.ECHILD;
    const ended = mine.find((child) => child.exitStatus !== undefined);
    if (ended !== undefined) {
      kernel.processes.reap(ended);
      return waitResult(ended);
    }
    if (options.nohang === true) return undefined;
    call.waitOn(process.childEnded);
    return BLOCKED;
  },
  exit(kernel, thread, _call, code) {
    kernel.processes.exit(thread.process, { code: code & 0xff, signal: '' });
    return BLOCKED;
  },
  kill(kernel, thread, _call, pid, signal) {
    if (signal !== 0 && !isSignal(signal)) return E.EINVAL;
    return kernel.processes.kill(thread.process, pid, signal === 0 ? undefined : signal);
  },
  sigaction(_kernel, thread, _call, signal, action) {
    if (!isSignal(signal) || signal === 'SIGKILL' || signal === 'SIGSTOP') return E.EINVAL;
    const disposition =
      typeof action === 'string' ? action : { handler: action.handler, restart: action.restart ?? false };
    thread.process.dispositions.set(signal, disposition);
    return undefined;
  },
  pause: () => BLOCKED,
  getenv: (_kernel, thread) => Object.fromEntries(thread.process.env),
  uname: (kernel) => ({
    sysname: 'Linux',
    nodename: kernel.hostname,
    release: RELEASE,
    version: '#1 SMP Netarium',
    machine: 'x86_64',
  }),
  sethostname(kernel, thread, _call, name) {
    if (thread.process.uid !== 0) return E.EPERM;
    if (name.length > 64) return E.EINVAL;
    kernel.hostname = name;
    return undefined;
  },
} satisfies Partial<CallTable>;
