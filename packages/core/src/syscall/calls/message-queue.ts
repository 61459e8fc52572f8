/** POSIX message queues (`os/message-queue.ts`). */
import { E, Errno } from '../../base/errno.ts';
import { checkSizes, MessageQueue, MQ_DEFAULTS, OpenQueue } from '../../os/message-queue.ts';
import type { Thread } from '../../os/thread.ts';
import type { CallTable } from '../call-table.ts';
import { fileAs, type Kernel } from '../kernel.ts';
import type { MessageQueueOptions } from '../sys/message-queue.ts';

/** Who may read and write it: the bits of its owner, or of others; root always. */
function permits(queue: MessageQueue, uid: number, { read, write }: MessageQueueOptions): boolean {
  if (uid === 0) return true;
  const bits = uid === queue.uid ? queue.mode >> 6 : queue.mode;
  return (read !== true || (bits & 4) !== 0) && (write !== true || (bits & 2) !== 0);
}

function create(kernel: Kernel, { process }: Thread, name: string, options: MessageQueueOptions): MessageQueue | Errno {
  const { maxmsg = MQ_DEFAULTS.maxmsg, msgsize = MQ_DEFAULTS.msgsize, mode = 0o600 } = options;
  const refused = checkSizes(maxmsg, msgsize, process.uid === 0);
  if (refused !== undefined) return refused;
  const permissions = mode & ~process.umask & 0o777;
  const queue = new MessageQueue(maxmsg, msgsize, permissions, process.uid, kernel.nextIno(), kernel.wallNs());
  kernel.messageQueues.set(name, queue);
  return queue;
}

function find(kernel: Kernel, thread: Thread, name: string, options: MessageQueueOptions): MessageQueue | Errno {
  if (!/^\/[^/]{1,254}$/.test(name) || (options.read !== true && options.write !== true)) return E.EINVAL;
  const found = kernel.messageQueues.get(name);
  if (found === undefined) return options.create === true ? create(kernel, thread, name, options) : E.ENOENT;
  if (options.create === true && options.exclusive === true) return E.EEXIST;
  return permits(found, thread.process.uid, options) ? found : E.EACCES;
}

const deadlineOf = (thread: Thread, timeoutNs: number): number => (timeoutNs < 0 ? -1 : thread.readyAt + timeoutNs);

export const messageQueueCalls = {
  mq_open(kernel, thread, _call, name, options) {
    const queue = find(kernel, thread, name, options);
    if (queue instanceof Errno) return queue;
    const file = new OpenQueue(queue, options.read === true ? (options.write === true ? 2 : 0) : 1);
    file.nonblock = options.nonblock === true;
    return thread.process.descriptors.install(file, true);
  },
  mq_send(kernel, thread, call, mqd, data, priority, timeoutNs = -1) {
    const file = fileAs(kernel.file(thread, mqd), OpenQueue, E.EBADF);
    if (file instanceof Errno) return file;
    if (!(data instanceof Uint8Array)) return E.EFAULT;
    return file.send(call, { data, priority }, deadlineOf(thread, timeoutNs));
  },
  mq_receive(kernel, thread, call, mqd, length, timeoutNs = -1) {
    const file = fileAs(kernel.file(thread, mqd), OpenQueue, E.EBADF);
    return file instanceof Errno ? file : file.receive(call, length, deadlineOf(thread, timeoutNs));
  },
  mq_getattr(kernel, thread, _call, mqd) {
    const file = fileAs(kernel.file(thread, mqd), OpenQueue, E.EBADF);
    if (file instanceof Errno) return file;
    const { maxmsg, msgsize, messages } = file.queue;
    return { maxmsg, msgsize, curmsgs: messages.length };
  },
  mq_unlink(kernel, thread, _call, name) {
    const queue = kernel.messageQueues.get(name);
    if (queue === undefined) return E.ENOENT;
    if (thread.process.uid !== 0 && thread.process.uid !== queue.uid) return E.EACCES;
    kernel.messageQueues.delete(name);
    return undefined;
  },
} satisfies Partial<CallTable>;
