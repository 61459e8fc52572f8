/**
 * Asynchronous I/O in the manner of io_uring(7): a program puts requests into a ring, hands them over with one call, goes on with its work, and
 * finds completions in another ring, the data already in its buffers. Both rings are memory that program and kernel share, so looking for
 * completions costs no call. The ring's descriptor is readable while completions wait.
 *
 * Offered: nop, read, write, recv, send, accept, connect, poll, timeout, cancel. Left out: linked requests, registered buffers and files, multishot
 * requests, offsets other than the file's own, and a kernel thread that polls the submission ring.
 */
import { E, Errno } from '../../base/errno.ts';
import { Call } from '../../kernel/call.ts';
import { type FileStatus, OpenFile } from '../../kernel/open-file.ts';
import { BLOCKED, type Outcome } from '../../kernel/outcome.ts';
import { READY } from '../../kernel/readiness.ts';
import type { Event, EventQueue } from '../../time/queue.ts';
import { attemptOperation, type RingHost, type RingOperation } from './operations.ts';

export interface Submission {
  readonly operation: RingOperation;
  /** Comes back with the completion. */
  readonly userData: number;
}

export interface Completion {
  readonly userData: number;
  /** What the call would have answered: a count, a descriptor, poll bits; or minus an error number. */
  readonly result: number;
}

/** A request on its way: a call without a thread. */
class Request implements Event {
  readonly call: Call;

  constructor(
    readonly ring: IoRing,
    readonly submission: Submission,
    readonly file: OpenFile | undefined,
    private readonly queue: EventQueue,
  ) {
    const { operation } = submission;
    this.call = new Call(`io_uring ${operation.op}`, [], queue.now, this, queue);
  }

  /** A queue woke it: another attempt, later in this instant. */
  callReady(_call: Call, afterNs: number): void {
    this.queue.schedule(this.queue.now + afterNs, this);
  }

  fire(): void {
    if (this.ring.has(this)) this.attempt();
  }

  attempt(): void {
    this.call.leaveQueues();
    const outcome = attemptOperation(this.ring.host, this.call, this.submission.operation, this.file);
    if (outcome !== BLOCKED) this.ring.complete(this, outcome);
  }
}

export class IoRing extends OpenFile {
  readonly what = 'a_inode';
  /** Filled by the program, emptied by `enter`. */
  readonly submissions: Submission[] = [];
  /** Filled by the kernel, emptied by the program. */
  readonly completions: Completion[] = [];
  /** Completions that found the ring full: they come in with the next `enter`. */
  private readonly overflow: Completion[] = [];
  private readonly requests = new Set<Request>();

  constructor(
    readonly host: RingHost,
    readonly entries: number,
    private readonly queue: EventQueue,
    private readonly state: FileStatus,
  ) {
    super();
  }

  readiness(): number {
    return READY.OUT | (this.completions.length > 0 ? READY.IN : 0);
  }

  status(): FileStatus {
    return this.state;
  }

  /** Takes up to `count` requests off the submission ring and begins them. */
  submit(count: number): number {
    const taken = this.submissions.splice(0, Math.min(count, this.entries));
    for (const submission of taken) this.begin(submission);
    return taken.length;
  }

  private begin(submission: Submission): void {
    const { operation } = submission;
    if (operation.op === 'cancel') {
      this.post(submission, this.cancel(operation.userData));
      return;
    }
    const file = 'fd' in operation ? this.host.file(operation.fd) : undefined;
    if (file instanceof Errno) {
      this.post(submission, file);
      return;
    }
    // The file is held until the request is over, even if its descriptor is closed meanwhile.
    const request = new Request(this, submission, file?.hold(), this.queue);
    this.requests.add(request);
    request.attempt();
  }

  has(request: Request): boolean {
    return this.requests.has(request);
  }

  complete(request: Request, outcome: Outcome<number>): void {
    this.requests.delete(request);
    request.call.finish();
    request.file?.drop();
    this.post(request.submission, outcome as number | Errno);
  }

  /** IORING_ASYNC_CANCEL by user data: ENOENT where no such request is on its way. */
  private cancel(userData: number): number | Errno {
    for (const request of this.requests) {
      if (request.submission.userData !== userData) continue;
      this.complete(request, E.ECANCELED);
      return 0;
    }
    return E.ENOENT;
  }

  private post({ userData }: Submission, outcome: number | Errno): void {
    const result = outcome instanceof Errno ? -outcome.number : outcome;
    this.overflow.push({ userData, result });
    this.flush();
    this.waiters.wake(READY.IN);
  }

  /** The completion ring has room for twice as many entries as the submission ring. */
  flush(): void {
    while (this.overflow.length > 0 && this.completions.length < 2 * this.entries)
      this.completions.push(this.overflow.shift()!);
  }

  protected release(): void {
    for (const request of this.requests) {
      request.call.finish();
      request.file?.drop();
    }
    this.requests.clear();
  }
}
