/** Files and directories by path, and what is written to them: open(2) to umask(2). */
import { E, Errno } from '../../base/errno.ts';
import type { Call } from '../../kernel/call.ts';
import type { OpenFile } from '../../kernel/open-file.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { FileLock } from '../../os/files/file-lock.ts';
import { permits } from '../../os/files/file-system.ts';
import {
  Device,
  Directory,
  type Inode,
  isDirectory,
  RegularFile,
  SocketNode,
  Symlink,
  SyntheticFile,
} from '../../os/files/inode.ts';
import { type AccessMode, OpenDirectory, OpenRegular, OpenSynthetic } from '../../os/files/open-regular.ts';
import { INFINITY } from '../../os/limits.ts';
import type { Thread } from '../../os/thread.ts';
import type { CallTable } from '../call-table.ts';
import { fileAs, type Kernel } from '../kernel.ts';
import type { DirectoryEntry, OpenFlags } from '../sys.ts';
import { withFd, withSigpipe } from './open-file.ts';

function openInode(inode: Inode, access: AccessMode): OpenFile | Errno {
  if (inode instanceof RegularFile) return new OpenRegular(inode, access);
  if (inode instanceof SyntheticFile) return new OpenSynthetic(inode, access);
  if (inode instanceof Device) return inode.open();
  if (inode instanceof SocketNode) return E.ENXIO;
  if (isDirectory(inode)) return access.write ? E.EISDIR : new OpenDirectory(inode);
  return E.ELOOP;
}

function open(kernel: Kernel, thread: Thread, path: string, flags: OpenFlags): number | Errno {
  const { process } = thread;
  // O_EXCL: the last component is not followed, so that a dangling link is there too (open(2)).
  const once = flags.create === true && flags.exclusive === true;
  const found = kernel.files.resolve(path, process.cwd, process.uid, !once);
  if (found instanceof Errno) return found;
  const write = flags.write ?? false;
  const read = flags.read ?? !write;
  let inode = found.inode;
  if (inode === undefined) {
    if (flags.create !== true || path.endsWith('/')) return E.ENOENT;
    if (!permits(found.parent, process.uid, 'write')) return E.EACCES;
    inode = new RegularFile(kernel, (flags.mode ?? 0o666) & ~process.umask, process.uid);
    const refused = found.parent.link(found.name, inode);
    if (refused) return refused;
  } else {
    if (once) return E.EEXIST;
    if (flags.directory === true && !isDirectory(inode)) return E.ENOTDIR;
    if (read && !permits(inode, process.uid, 'read')) return E.EACCES;
    if (write && !isDirectory(inode) && !permits(inode, process.uid, 'write')) return E.EACCES;
  }
  const file = openInode(inode, { read, write, append: flags.append ?? false });
  if (file instanceof Errno) return file;
  if (flags.truncate === true && write && inode instanceof RegularFile) inode.resize(0);
  if (flags.nonblock === true) file.nonblock = true;
  file.openedAs = kernel.files.canonical(path, process.cwd);
  return process.descriptors.install(file, flags.cloexec ?? false);
}

/** RLIMIT_FSIZE: what still fits is written; past the limit come SIGXFSZ and EFBIG (setrlimit(2)). */
function write(kernel: Kernel, thread: Thread, call: Call, file: OpenFile, data: Uint8Array): Outcome<number> {
  const { soft } = thread.process.limits.RLIMIT_FSIZE;
  if (soft === INFINITY || !(file instanceof OpenRegular) || data.length === 0) return file.write(call, data);
  const room = soft - file.writesAt;
  return room > 0 ? file.write(call, data.subarray(0, room)) : tooLarge(kernel, thread);
}

function truncate(kernel: Kernel, thread: Thread, file: OpenFile, length: number): Errno | undefined {
  const { soft } = thread.process.limits.RLIMIT_FSIZE;
  const grows = file instanceof OpenRegular && soft !== INFINITY && length > soft;
  return grows ? tooLarge(kernel, thread) : file.truncate(length);
}

function tooLarge(kernel: Kernel, thread: Thread): Errno {
  kernel.processes.signal(thread.process, 'SIGXFSZ', 0);
  return E.EFBIG;
}

function find(kernel: Kernel, thread: Thread, path: string, follow = true): Inode | Errno {
  return kernel.files.find(path, thread.process.cwd, thread.process.uid, follow);
}

/** The directory entry at `path`, for calls that change the directory: its parent must be writable. */
function entry(kernel: Kernel, thread: Thread, path: string) {
  const found = kernel.files.resolve(path, thread.process.cwd, thread.process.uid, false);
  if (found instanceof Errno) return found;
  if (found.name === '.' || found.name === '..') return E.EBUSY;
  return permits(found.parent, thread.process.uid, 'write') ? found : E.EACCES;
}

function rename(kernel: Kernel, thread: Thread, from: string, to: string): Errno | undefined {
  const source = entry(kernel, thread, from);
  if (source instanceof Errno) return source;
  const target = entry(kernel, thread, to);
  if (target instanceof Errno) return target;
  if (source.inode === undefined) return E.ENOENT;
  if (source.inode === target.inode) return undefined;
  if (target.inode !== undefined) {
    if (isDirectory(target.inode)) {
      if (!isDirectory(source.inode)) return E.EISDIR;
      if (!(target.inode instanceof Directory) || !target.inode.empty) return E.ENOTEMPTY;
    } else if (isDirectory(source.inode)) return E.ENOTDIR;
  }
  if (
    isDirectory(source.inode) &&
    `${kernel.files.canonical(to, thread.process.cwd)}/`.startsWith(
      `${kernel.files.canonical(from, thread.process.cwd)}/`,
    )
  )
    return E.EINVAL;
  const refused = target.parent.link(target.name, source.inode);
  if (refused) return refused;
  // For a moment it has both names.
  source.inode.nlink += 1;
  return source.parent.unlink(source.name);
}

export const fileCalls = {
  open: (kernel, thread, _call, path, flags) => open(kernel, thread, path, flags),
  write: (kernel, thread, call: Call, fd, data) =>
    data instanceof Uint8Array
      ? withFd(kernel, thread, fd, (file) => withSigpipe(kernel, thread, write(kernel, thread, call, file, data)))
      : E.EFAULT,
  ftruncate: (kernel, thread, _call, fd, length) =>
    withFd(kernel, thread, fd, (file) => truncate(kernel, thread, file, length)),
  flock(kernel, thread, call, fd, operation, nonblock = false) {
    const file = fileAs(kernel.file(thread, fd), OpenRegular);
    if (file instanceof Errno) return file;
    if (operation !== 'shared' && operation !== 'exclusive' && operation !== 'unlock') return E.EINVAL;
    file.inode.lock ??= new FileLock();
    if (operation !== 'unlock') return file.inode.lock.acquire(file, call, operation === 'exclusive', nonblock);
    file.inode.lock.release(file);
    return undefined;
  },
  stat(kernel, thread, _call, path) {
    const inode = find(kernel, thread, path);
    return inode instanceof Errno ? inode : inode.status();
  },
  lstat(kernel, thread, _call, path) {
    const inode = find(kernel, thread, path, false);
    return inode instanceof Errno ? inode : inode.status();
  },
  readdir(kernel, thread, _call, path) {
    const inode = find(kernel, thread, path);
    if (inode instanceof Errno) return inode;
    if (!isDirectory(inode)) return E.ENOTDIR;
    if (!permits(inode, thread.process.uid, 'read')) return E.EACCES;
    const entries: DirectoryEntry[] = [];
    for (const name of inode.names()) {
      const child = inode.lookup(name);
      if (child !== undefined) entries.push({ name, type: child.type });
    }
    return entries;
  },
  mkdir(kernel, thread, _call, path, mode = 0o777) {
    const found = entry(kernel, thread, path);
    if (found instanceof Errno) return found === E.EBUSY ? E.EEXIST : found;
    if (found.inode !== undefined) return E.EEXIST;
    return found.parent.link(found.name, new Directory(kernel, mode & ~thread.process.umask, thread.process.uid));
  },
  rmdir(kernel, thread, _call, path) {
    const found = entry(kernel, thread, path);
    if (found instanceof Errno) return found;
    if (found.inode === undefined) return E.ENOENT;
    if (!(found.inode instanceof Directory)) return isDirectory(found.inode) ? E.EBUSY : E.ENOTDIR;
    return found.inode.empty ? found.parent.unlink(found.name) : E.ENOTEMPTY;
  },
  unlink(kernel, thread, _call, path) {
    const found = entry(kernel, thread, path);
    if (found instanceof Errno) return found;
    if (found.inode === undefined) return E.ENOENT;
    return isDirectory(found.inode) ? E.EISDIR : found.parent.unlink(found.name);
  },
  rename: (kernel, thread, _call, from, to) => rename(kernel, thread, from, to),
  symlink(kernel, thread, _call, target, path) {
    const found = entry(kernel, thread, path);
    if (found instanceof Errno) return found;
    return found.inode === undefined
      ? found.parent.link(found.name, new Symlink(kernel, thread.process.uid, target))
      : E.EEXIST;
  },
  readlink(kernel, thread, _call, path) {
    const inode = find(kernel, thread, path, false);
    if (inode instanceof Errno) return inode;
    return inode instanceof Symlink ? inode.target : E.EINVAL;
  },
  chmod(kernel, thread, _call, path, mode) {
    const inode = find(kernel, thread, path);
    if (inode instanceof Errno) return inode;
    if (thread.process.uid !== 0 && thread.process.uid !== inode.uid) return E.EPERM;
    inode.mode = mode & 0o7777;
    return undefined;
  },
  access(kernel, thread, _call, path, mode) {
    const inode = find(kernel, thread, path);
    if (inode instanceof Errno) return inode;
    return mode === 'exist' || permits(inode, thread.process.uid, mode) ? undefined : E.EACCES;
  },
  chdir(kernel, thread, _call, path) {
    const { process } = thread;
    const inode = find(kernel, thread, path);
    if (inode instanceof Errno) return inode;
    if (!isDirectory(inode)) return E.ENOTDIR;
    if (!permits(inode, process.uid, 'execute')) return E.EACCES;
    process.cwd = kernel.files.canonical(path, process.cwd);
    return undefined;
  },
  getcwd: (_kernel, thread) => thread.process.cwd,
  umask(_kernel, thread, _call, mask) {
    const old = thread.process.umask;
    thread.process.umask = mask & 0o777;
    return old;
  },
} satisfies Partial<CallTable>;
