/**
 * POSIX message queues (mq_overview(7)): whole messages with priorities, kept by the kernel under a name until that is unlinked. A descriptor is an open file
 * of the queue, as on Linux, so that it can be polled and inherited. Left out: mq_notify(3).
 */
import { E, type Errno } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import { type FileStatus, OpenFile } from '../kernel/open-file.ts';
import { BLOCKED, type Blocked, type Outcome } from '../kernel/outcome.ts';
import { READY } from '../kernel/readiness.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { Instant } from '../time/instant.ts';

/** MQ_PRIO_MAX; msg_default, msgsize_default and their ceilings for users other than root (mq_overview(7)). */
const MQ_PRIO_MAX = 32_768;
export const MQ_DEFAULTS = { maxmsg: 10, msgsize: 8_192 } as const;
const HARD = { maxmsg: 65_536, msgsize: 16_777_216 } as const;

export interface Message {
  readonly data: Uint8Array;
  readonly priority: number;
}

export class MessageQueue {
  /** Highest priority first, then first in, first out. */
  readonly messages: Message[] = [];
  readonly receivers = new WaitQueue();
  readonly senders = new WaitQueue();
  /** Descriptors of it, told when its readiness changes. */
  readonly openFiles = new Set<OpenQueue>();

  constructor(
    readonly maxmsg: number,
    readonly msgsize: number,
    readonly mode: number,
    readonly uid: number,
    readonly ino: number,
    readonly wallNs: number,
  ) {}

  get full(): boolean {
    return this.messages.length >= this.maxmsg;
  }

  put(message: Message): void {
    const at = this.messages.findIndex(({ priority }) => priority < message.priority);
    if (at < 0) this.messages.push(message);
    else this.messages.splice(at, 0, message);
    this.receivers.wakeFirst(1, 0);
    this.changed();
  }

  take(): Message {
    const message = this.messages.shift()!;
    this.senders.wakeFirst(1, 0);
    this.changed();
    return message;
  }

  private changed(): void {
    for (const file of this.openFiles) file.waiters.wake();
  }
}

/** EINVAL for sizes that nobody, or nobody but root, may ask for. */
export function checkSizes(maxmsg: number, msgsize: number, isRoot: boolean): Errno | undefined {
  const most = isRoot ? HARD : MQ_DEFAULTS;
  const fits = (value: number, limit: number) => Number.isInteger(value) && value >= 1 && value <= limit;
  return fits(maxmsg, most.maxmsg) && fits(msgsize, most.msgsize) ? undefined : E.EINVAL;
}

export class OpenQueue extends OpenFile {
  readonly what = 'MQ';

  constructor(
    readonly queue: MessageQueue,
    override readonly accessMode: 0 | 1 | 2,
  ) {
    super();
    queue.openFiles.add(this);
  }

  readiness(): number {
    return (this.queue.messages.length > 0 ? READY.IN : 0) | (this.queue.full ? 0 : READY.OUT);
  }

  status(): FileStatus {
    const { mode, uid, ino, wallNs } = this.queue;
    return { type: 'file', mode, uid, gid: 0, size: this.queue.messages.length, ino, nlink: 1, mtimeNs: wallNs };
  }

  /** `deadline`: until when it may sleep; -1 for ever. */
  send(call: Call, message: Message, deadline: Instant): Outcome<undefined> {
    const { queue } = this;
    if (this.accessMode === 0) return E.EBADF;
    if (message.data.length > queue.msgsize) return E.EMSGSIZE;
    if (!Number.isInteger(message.priority) || message.priority < 0 || message.priority >= MQ_PRIO_MAX) return E.EINVAL;
    if (queue.full) return this.waitIn(queue.senders, call, deadline);
    queue.put({ data: message.data.slice(), priority: message.priority });
    return undefined;
  }

  receive(call: Call, length: number, deadline: Instant): Outcome<Message> {
    const { queue } = this;
    if (this.accessMode === 1) return E.EBADF;
    if (length < queue.msgsize) return E.EMSGSIZE;
    if (queue.messages.length === 0) return this.waitIn(queue.receivers, call, deadline);
    return queue.take();
  }

  private waitIn(waiters: WaitQueue, call: Call, deadline: Instant): Errno | Blocked {
    if (this.nonblock) return E.EAGAIN;
    if (call.expired) return E.ETIMEDOUT;
    if (deadline >= 0) call.expireAt(deadline);
    call.waitOn(waiters);
    return BLOCKED;
  }

  protected release(): void {
    this.queue.openFiles.delete(this);
  }
}
