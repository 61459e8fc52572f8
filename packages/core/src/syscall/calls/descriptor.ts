/** fcntl(2): flags of descriptors and of open files, copies, and who is signalled (O_ASYNC). */
import { E, Errno } from '../../base/errno.ts';
import type { OpenFile } from '../../kernel/open-file.ts';
import { OpenRegular } from '../../os/files/open-regular.ts';
import { PipeReader, PipeWriter } from '../../os/pipe.ts';
import { SignalIo } from '../../os/signal-io.ts';
import { SIGNALS, signalByNumber } from '../../os/signals.ts';
import type { Thread } from '../../os/thread.ts';
import { SocketFile } from '../../socket/socket-file.ts';
import type { CallTable } from '../call-table.ts';
import type { Kernel } from '../kernel.ts';
import { type FcntlCommand, O } from '../sys/descriptor.ts';
import { fcntlOfAny } from './open-file.ts';

function statusFlags(file: OpenFile): number {
  const append = file instanceof OpenRegular && file.appends ? O.APPEND : 0;
  return file.accessMode | append | (file.nonblock ? O.NONBLOCK : 0) | (file.signalIo?.enabled === true ? O.ASYNC : 0);
}

/** The file's signal settings; made when somebody asks for them. */
function signalIoOf(kernel: Kernel, file: OpenFile, fd: number): SignalIo {
  if (!(file.signalIo instanceof SignalIo)) file.signalIo = new SignalIo(kernel.processes, file, fd);
  return file.signalIo as SignalIo;
}

/** What can send a signal when it becomes ready: sockets, pipes and terminals (open(2), O_ASYNC). */
function mayBeAsync(file: OpenFile): boolean {
  return file instanceof SocketFile || file instanceof PipeReader || file instanceof PipeWriter || file.isTerminal;
}

function setStatusFlags(kernel: Kernel, file: OpenFile, fd: number, flags: number): number | Errno {
  // The access mode is there to be ignored; O_APPEND does not change once a file is open here.
  const known = O.NONBLOCK | O.ASYNC | O.APPEND | 3;
  if ((flags & ~known) !== 0 || ((flags ^ statusFlags(file)) & O.APPEND) !== 0) return E.EINVAL;
  const wantsSignals = (flags & O.ASYNC) !== 0;
  if (wantsSignals && !mayBeAsync(file)) return E.ENOTTY;
  file.nonblock = (flags & O.NONBLOCK) !== 0;
  if (wantsSignals || file.signalIo !== undefined) signalIoOf(kernel, file, fd).enable(wantsSignals);
  return 0;
}

function setOwner(kernel: Kernel, file: OpenFile, fd: number, owner: number): number | Errno {
  if (!Number.isInteger(owner)) return E.EINVAL;
  if (owner > 0 && kernel.processes.get(owner) === undefined) return E.ESRCH;
  signalIoOf(kernel, file, fd).owner = owner;
  return 0;
}

function setSignal(kernel: Kernel, file: OpenFile, fd: number, number: number): number | Errno {
  const signal = number === 0 ? undefined : signalByNumber(number);
  if (number !== 0 && signal === undefined) return E.EINVAL;
  signalIoOf(kernel, file, fd).signal = signal;
  return 0;
}

function fcntl(kernel: Kernel, thread: Thread, fd: number, command: FcntlCommand, value: number): number | Errno {
  const { descriptors } = thread.process;
  const file = descriptors.get(fd);
  if (file instanceof Errno) return file;
  const own = fcntlOfAny(descriptors, file, fd, command, value);
  if (own !== undefined) return own;
  switch (command) {
    case 'F_GETFL':
      return statusFlags(file);
    case 'F_SETFL':
      return setStatusFlags(kernel, file, fd, value);
    case 'F_GETOWN':
      return file.signalIo instanceof SignalIo ? file.signalIo.owner : 0;
    case 'F_SETOWN':
      return setOwner(kernel, file, fd, value);
    case 'F_GETSIG': {
      const signal = file.signalIo instanceof SignalIo ? file.signalIo.signal : undefined;
      return signal === undefined ? 0 : SIGNALS[signal];
    }
    case 'F_SETSIG':
      return setSignal(kernel, file, fd, value);
    default:
      return E.EINVAL;
  }
}

export const descriptorCalls = {
  fcntl: (kernel, thread, _call, fd, command, value = 0) => fcntl(kernel, thread, fd, command, value),
} satisfies Partial<CallTable>;
