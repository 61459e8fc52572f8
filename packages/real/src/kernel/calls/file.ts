/** Files and directories of the machine by path: what needs more of the process than its directory, its descriptors and its umask. */
import { accessSync, constants, mkdirSync, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { E, ENOTSUP, Errno } from '@netarium/core/base/errno.ts';
import type { CallTableOf } from '@netarium/core/syscall/call-table.ts';
import type { OpenFlags } from '@netarium/core/syscall/sys.ts';
import { attempt, failureOf } from '../../errno-of.ts';
import { RegularFile } from '../../files/regular-file.ts';
import type { RealKernel } from '../real-kernel.ts';
import type { RealThread } from '../real-thread.ts';
import { absolute, pathCalls, withPath } from './path.ts';

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

export const fileCalls = {
  ...pathCalls,
  open: (_kernel, thread, _call, path, flags) => open(thread, path, flags),
  mkdir: (_kernel, thread, _call, path, mode = 0o777) =>
    withPath(thread, path, (whole) => masked(thread, () => void mkdirSync(whole, mode))) as Errno | undefined,
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
