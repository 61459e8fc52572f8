/** What all open files do, whatever they are: reading, copies of descriptors, pipes. Shared by both kernels. */
import { E, Errno } from '../../base/errno.ts';
import type { DescriptorTable } from '../../kernel/descriptors.ts';
import type { OpenFile } from '../../kernel/open-file.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { PIPE_CAPACITY, Pipe, PipeReader, PipeWriter } from '../../os/pipe.ts';
import type { CallHost, CallThread } from '../call-host.ts';
import type { SharedCallTable } from '../call-table.ts';
import { FD_CLOEXEC } from '../sys/descriptor.ts';

/** Runs `use` with the descriptor's file, or answers EBADF. */
export function withFd<T>(
  kernel: CallHost,
  thread: CallThread,
  fd: number,
  use: (file: OpenFile) => Outcome<T>,
): Outcome<T> {
  const file = kernel.file(thread, fd);
  return file instanceof Errno ? file : use(file);
}

function isLength(length: unknown): length is number {
  return typeof length === 'number' && Number.isInteger(length) && length >= 0 && length <= 0x7fff_f000;
}

/** Sends SIGPIPE with EPIPE, as write(2) does. */
export function withSigpipe<T>(
  kernel: CallHost,
  thread: CallThread,
  outcome: Outcome<T>,
  nosignal = false,
): Outcome<T> {
  if (outcome === E.EPIPE && !nosignal) kernel.brokenPipe(thread);
  return outcome;
}

/** What of fcntl(2) every open file answers alike; undefined for the other commands. */
export function fcntlOfAny(
  descriptors: DescriptorTable,
  file: OpenFile,
  fd: number,
  command: string,
  value: number,
): number | Errno | undefined {
  switch (command) {
    case 'F_DUPFD':
    case 'F_DUPFD_CLOEXEC':
      if (!Number.isInteger(value) || value < 0 || value >= descriptors.limit) return E.EINVAL;
      return descriptors.install(file, command === 'F_DUPFD_CLOEXEC', value);
    case 'F_GETFD':
      return descriptors.isCloexec(fd) ? FD_CLOEXEC : 0;
    case 'F_SETFD':
      descriptors.setCloexec(fd, (value & FD_CLOEXEC) !== 0);
      return 0;
    case 'F_GETPIPE_SZ':
      return file instanceof PipeReader || file instanceof PipeWriter ? PIPE_CAPACITY : E.EBADF;
    default:
      return undefined;
  }
}

export const openFileCalls = {
  read: (kernel, thread, call, fd, length) =>
    isLength(length) ? withFd(kernel, thread, fd, (file) => file.read(call, length)) : E.EINVAL,
  close(kernel, thread, call, fd) {
    const file = kernel.file(thread, fd);
    if (file instanceof Errno) return file;
    const lingering = file.held === 1 ? file.linger(call) : undefined;
    return lingering === undefined ? thread.process.descriptors.close(fd) : lingering;
  },
  lseek: (kernel, thread, _call, fd, offset, whence) => withFd(kernel, thread, fd, (file) => file.seek(offset, whence)),
  fstat: (kernel, thread, _call, fd) => withFd(kernel, thread, fd, (file) => file.status()),
  fsync: (kernel, thread, call, fd) => withFd(kernel, thread, fd, (file) => file.sync(call, false)),
  fdatasync: (kernel, thread, call, fd) => withFd(kernel, thread, fd, (file) => file.sync(call, true)),
  dup: (kernel, thread, _call, fd) => withFd(kernel, thread, fd, (file) => thread.process.descriptors.install(file)),
  dup2: (kernel, thread, _call, from, to) =>
    withFd(kernel, thread, from, (file) => thread.process.descriptors.place(to, file)),
  pipe(kernel, thread) {
    const pipe = new Pipe(kernel.nextIno(), kernel.wallNs());
    const reader = thread.process.descriptors.install(pipe.reader);
    if (reader instanceof Errno) return reader;
    const writer = thread.process.descriptors.install(pipe.writer);
    if (writer instanceof Errno) {
      thread.process.descriptors.close(reader);
      return writer;
    }
    return [reader, writer] as const;
  },
  isatty: (kernel, thread, _call, fd) => withFd(kernel, thread, fd, (file) => file.isTerminal),
  setNonblock(kernel, thread, _call, fd, on) {
    const file = kernel.file(thread, fd);
    if (file instanceof Errno) return file;
    file.nonblock = on;
    return undefined;
  },
} satisfies Partial<SharedCallTable>;
