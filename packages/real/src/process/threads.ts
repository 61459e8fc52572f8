/** The threads of a process beside its main one: Node's worker threads. Each runs an entry of the program and makes its calls through this process. */
import { E, type Errno } from '@netarium/core/base/errno.ts';
import { cloned } from '@netarium/core/os/memory.ts';
import { crashText } from '@netarium/core/syscall/crash-text.ts';
import { hasEntry } from '@netarium/core/syscall/program.ts';
import type { ThreadOptions } from '@netarium/core/syscall/sys.ts';
import { Alarm } from './alarm.ts';
import { Pending, type Settled } from './pending.ts';
import type { ProcessHost } from './process-host.ts';
import type { FromThread } from './thread-entry.ts';
import type { Occupant, ThreadWorker } from './worker-cache.ts';

/** pthread_join(3p) of what has ended, and a time limit for what has not. */
interface Joiner {
  readonly pending: Pending;
  readonly alarm: Alarm | undefined;
}

class RunningThread implements Occupant {
  joiner: Joiner | undefined;
  ended = false;
  result: unknown;
  detached = false;

  constructor(
    readonly tid: number,
    readonly worker: ThreadWorker,
    public name: string,
    private readonly threads: Threads,
  ) {}

  heard(message: FromThread): void {
    this.threads.heard(this, message);
  }

  crashed(error: Error): void {
    this.threads.crashed(error);
  }

  gone(): void {
    this.threads.finished(this);
  }
}

export class Threads {
  private readonly threads = new Map<number, RunningThread>();
  private last: number;
  private stopped = false;
  /** The main thread has ended by itself: the last of the others ends the process. */
  private mainIsGone = false;

  constructor(private readonly host: ProcessHost) {
    this.last = host.pid;
  }

  create(entry: unknown, args: unknown = [], options: ThreadOptions = {}): Errno | Pending {
    const copied = cloned(args);
    if (typeof entry !== 'string' || copied === undefined || !Array.isArray(copied.value)) return E.EINVAL;
    return Pending.of(this.start(entry, copied.value, options));
  }

  /** How many there are beside the main one. */
  get count(): number {
    let count = 0;
    for (const { ended } of this.threads.values()) if (!ended) count++;
    return count;
  }

  private async start(entry: string, args: readonly unknown[], options: ThreadOptions): Promise<number | Errno> {
    const { host } = this;
    const module = await host.options.resolve(host.program);
    if (!hasEntry(module, entry)) return E.EINVAL;
    const tid = ++this.last;
    const { program, pid, env } = host;
    const worker = host.options.workers.take();
    const thread = new RunningThread(tid, worker, options.name ?? '', this);
    thread.detached = options.detached ?? false;
    this.threads.set(tid, thread);
    const { changes } = host.options.link;
    worker.run({ program, entry, args, tid, pid, env, changes, memory: host.heap.buffer }, thread);
    return tid;
  }

  heard(thread: RunningThread, message: FromThread): void {
    if (message.kind === 'ended') {
      thread.result = message.result;
      this.host.options.workers.giveBack(thread.worker);
      this.finished(thread);
      return;
    }
    if (message.kind === 'left') {
      thread.result = message.result;
      return;
    }
    const outcome = this.host.call(thread, message.name, message.args);
    if (outcome instanceof Pending) outcome.whenSettled((late) => thread.worker.answer(late));
    else if (message.name !== 'write') thread.worker.answer(outcome);
    else thread.worker.answer(outcome, this.host.options.link.directHandle(message.args[0]));
  }

  /** An exception that nobody caught ends the process, as one in the main thread does. */
  crashed(error: Error): void {
    if (this.stopped) return;
    process.stderr.write(crashText(this.host.program, error));
    this.host.end(1, '');
  }

  /** Its last call has been made, and its worker may be another's already. */
  finished(thread: RunningThread): void {
    thread.ended = true;
    this.host.main.threadEnded(thread.tid);
    const { joiner } = thread;
    if (thread.detached || joiner !== undefined) this.threads.delete(thread.tid);
    if (joiner !== undefined) {
      joiner.alarm?.stop();
      joiner.pending.settle(thread.result);
    }
    if (this.mainIsGone && [...this.threads.values()].every(({ ended }) => ended)) this.host.end(0, '');
  }

  join(caller: number, tid: number, timeoutNs = -1): Settled | Pending {
    if (tid === caller) return E.EDEADLK;
    const thread = this.threads.get(tid);
    if (thread === undefined) return E.ESRCH;
    if (thread.detached || thread.joiner !== undefined) return E.EINVAL;
    if (thread.ended) {
      this.threads.delete(tid);
      return thread.result;
    }
    if (timeoutNs === 0) return E.ETIMEDOUT;
    const pending = new Pending();
    const expire = (): void => {
      thread.joiner = undefined;
      pending.settle(E.ETIMEDOUT);
    };
    thread.joiner = { pending, alarm: timeoutNs > 0 ? new Alarm(timeoutNs, expire) : undefined };
    return pending;
  }

  detach(tid: number): Errno | undefined {
    const thread = this.threads.get(tid);
    if (thread === undefined) return E.ESRCH;
    if (thread.detached || thread.joiner !== undefined) return E.EINVAL;
    thread.detached = true;
    if (thread.ended) this.threads.delete(tid);
    return undefined;
  }

  /** Of the main thread: others end by themselves (`thread-entry.ts`). */
  exit(_tid: number, _value: unknown): Pending {
    this.mainIsGone = true;
    if ([...this.threads.values()].every(({ ended }) => ended)) this.host.end(0, '');
    return new Pending();
  }

  setName(tid: number, name: unknown): Errno | undefined {
    if (typeof name !== 'string') return E.EINVAL;
    if (tid === this.host.pid) return undefined;
    const thread = this.threads.get(tid);
    if (thread === undefined) return E.ESRCH;
    thread.name = name;
    return undefined;
  }

  stop(): void {
    this.stopped = true;
    for (const { worker, ended } of this.threads.values()) if (!ended) worker.terminate();
  }
}
