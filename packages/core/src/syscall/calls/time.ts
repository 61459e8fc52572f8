/** Clocks, sleeping, declared work, randomness: clock_gettime(2), nanosleep(2), alarm(2), getrandom(2). */
import { E } from '../../base/errno.ts';
import { BLOCKED } from '../../kernel/outcome.ts';
import type { Process } from '../../os/process.ts';
import { Timer } from '../../time/timer.ts';
import type { CallTable } from '../call-table.ts';
import type { Kernel } from '../kernel.ts';

/** SIGALRM timers, one per process at the most. */
export class Alarms {
  private readonly timers = new Map<Process, Timer>();

  /** Starts, restarts or (0) stops the alarm; answers what was left of the one before. */
  set(kernel: Kernel, process: Process, ns: number): number {
    let timer = this.timers.get(process);
    const left = timer?.running ? timer.deadline - kernel.ctx.queue.now : 0;
    if (timer === undefined) {
      timer = new Timer(kernel.ctx.queue, () => kernel.processes.signal(process, 'SIGALRM', 0));
      this.timers.set(process, timer);
    }
    if (ns > 0) timer.setAfter(ns);
    else this.forget(process);
    return left;
  }

  forget(process: Process): void {
    this.timers.get(process)?.dispose();
    this.timers.delete(process);
  }
}

function isDuration(ns: unknown): ns is number {
  return typeof ns === 'number' && Number.isSafeInteger(ns) && ns >= 0;
}

export const timeCalls = {
  clock_gettime: (kernel, _thread, _call, clock) => (clock === 'realtime' ? kernel.wallNs() : kernel.ctx.queue.now),
  nanosleep(_kernel, thread, call, ns) {
    if (!isDuration(ns)) return E.EINVAL;
    if (call.expired) return undefined;
    call.expireAt(thread.readyAt + ns);
    return BLOCKED;
  },
  cpu(_kernel, thread, call, ns) {
    if (!isDuration(ns)) return E.EINVAL;
    if (call.progress === undefined) {
      call.progress = 0;
      thread.charge(ns);
    }
    return undefined;
  },
  alarm: (kernel, thread, _call, ns) => (isDuration(ns) ? kernel.alarms.set(kernel, thread.process, ns) : E.EINVAL),
  getrandom(kernel, _thread, _call, length) {
    if (!Number.isInteger(length) || length < 0 || length > 1_048_576) return E.EINVAL;
    return kernel.ctx.random.stream(`getrandom/${kernel.ctx.name}`).bytes(length);
  },
} satisfies Partial<CallTable>;
