/** Files and directories of the machine by path, over Node's synchronous calls, seen from the process's own directory. */
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { E, ENOTSUP, Errno } from '@netarium/core/base/errno.ts';
import type { CallTableOf } from '@netarium/core/syscall/call-table.ts';
import type { DirectoryEntry, OpenFlags } from '@netarium/core/syscall/sys.ts';
import { attempt, failureOf } from '../../errno-of.ts';
import { RegularFile, statusOf } from '../../files/regular-file.ts';
import type { RealKernel } from '../real-kernel.ts';
import type { RealThread } from '../real-thread.ts';

const ACCESS = { exist: constants.F_OK, read: constants.R_OK, write: constants.W_OK, execute: constants.X_OK } as const;

/** The path from the root; what ends in a slash means a directory, which Node's `resolve` forgets. */
export function absolute(thread: RealThread, path: unknown): string | Errno {
  if (typeof path !== 'string' || path.includes('\0')) return E.EINVAL;
  if (path === '') return E.ENOENT;
  const whole = resolve(thread.process.cwd, path);
  return path.endsWith('/') && !whole.endsWith('/') ? `${whole}/` : whole;
}

/** Does something with a path of the process. */
function withPath<T>(thread: RealThread, path: unknown, use: (path: string) => T): T | Errno {
  const whole = absolute(thread, path);
  return whole instanceof Errno ? whole : attempt(() => use(whole));
}

function flagsOf(flags: OpenFlags, read: boolean, write: boolean): number {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND } = constants;
  return (
    (write ? (read ? O_RDWR : O_WRONLY) : O_RDONLY) |
    (flags.create === true ? O_CREAT : 0) |
    (flags.exclusive === true ? O_EXCL : 0) |
    (flags.truncate === true && write ? O_TRUNC : 0) |
    (flags.append === true ? O_APPEND : 0) |
    // Not on every system; where it is missing, a look at what was opened stands in.
    (flags.directory === true ? (constants.O_DIRECTORY ?? 0) : 0)
  );
}

/** Creates something with the umask of the thread's process. */
function masked<T>(thread: RealThread, create: () => T): T {
  const { umask, systemUmask } = thread.process;
  if (umask === systemUmask) return create();
  process.umask(umask);
  try {
    return create();
  } finally {
    process.umask(systemUmask);
  }
}

/** To open a named pipe waits for the other side, which would stop the whole kernel. */
function isNamedPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

function open(thread: RealThread, path: string, flags: OpenFlags): number | Errno {
  const write = flags.write ?? false;
  const read = flags.read ?? !write;
  const { descriptors } = thread.process;
  const whole = absolute(thread, path);
  if (whole instanceof Errno) return whole;
  if (attempt(() => isNamedPipe(whole)) === true) return ENOTSUP;
  const handle = attempt(() => masked(thread, () => openSync(whole, flagsOf(flags, read, write), flags.mode ?? 0o666)));
  if (handle instanceof Errno) return handle;
  const file = new RegularFile(handle, { read, write, append: flags.append ?? false });
  file.openedAs = whole;
  if (flags.directory === true && file.what !== 'DIR') {
    file.hold().drop();
    return E.ENOTDIR;
  }
  if (flags.nonblock === true) file.nonblock = true;
  const fd = descriptors.install(file, flags.cloexec ?? false);
  if (fd instanceof Errno) file.hold().drop();
  return fd;
}

function typeOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}): DirectoryEntry['type'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'symlink';
  return entry.isFIFO() ? 'fifo' : entry.isSocket() ? 'socket' : 'chardev';
}

export const fileCalls = {
  open: (_kernel, thread, _call, path, flags) => open(thread, path, flags),
  stat: (_kernel, thread, _call, path) => withPath(thread, path, (whole) => statusOf(statSync(whole))),
  lstat: (_kernel, thread, _call, path) => withPath(thread, path, (whole) => statusOf(lstatSync(whole))),
  readdir: (_kernel, thread, _call, path) =>
    withPath(thread, path, (whole) =>
      readdirSync(whole, { withFileTypes: true }).map((entry) => ({ name: entry.name, type: typeOf(entry) })),
    ),
  mkdir: (_kernel, thread, _call, path, mode = 0o777) =>
    withPath(thread, path, (whole) => masked(thread, () => void mkdirSync(whole, mode))) as Errno | undefined,
  rmdir: (_kernel, thread, _call, path) =>
    withPath(thread, path, (whole) => void rmdirSync(whole)) as Errno | undefined,
  unlink: (_kernel, thread, _call, path) =>
    withPath(thread, path, (whole) => void unlinkSync(whole)) as Errno | undefined,
  rename(_kernel, thread, _call, from, to) {
    const [source, target] = [absolute(thread, from), absolute(thread, to)];
    if (source instanceof Errno) return source;
    if (target instanceof Errno) return target;
    return failureOf(() => renameSync(source, target));
  },
  symlink: (_kernel, thread, _call, target, path) =>
    withPath(thread, path, (whole) => void symlinkSync(target, whole)) as Errno | undefined,
  readlink: (_kernel, thread, _call, path) => withPath(thread, path, (whole) => readlinkSync(whole)),
  chmod: (_kernel, thread, _call, path, mode) =>
    withPath(thread, path, (whole) => void chmodSync(whole, mode & 0o7777)) as Errno | undefined,
  access: (_kernel, thread, _call, path, mode) =>
    withPath(thread, path, (whole) => void accessSync(whole, ACCESS[mode])) as Errno | undefined,
  chdir(_kernel, thread, _call, path) {
    const whole = absolute(thread, path);
    if (whole instanceof Errno) return whole;
    const stats = attempt(() => statSync(whole));
    if (stats instanceof Errno) return stats;
    if (!stats.isDirectory()) return E.ENOTDIR;
    const refused = failureOf(() => accessSync(whole, constants.X_OK));
    if (refused !== undefined) return refused;
    thread.process.cwd = resolve(whole);
    return undefined;
  },
  getcwd: (_kernel, thread) => thread.process.cwd,
  umask(_kernel, thread, _call, mask) {
    const old = thread.process.umask;
    thread.process.umask = mask & 0o777;
    return old;
  },
} satisfies Partial<CallTableOf<RealKernel, RealThread>>;
