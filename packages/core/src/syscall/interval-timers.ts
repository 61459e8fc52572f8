/** ITIMER_REAL: SIGALRM by the clock, one timer per process at the most (setitimer(2), alarm(2)). */
import type { Process } from '../os/process.ts';
import { Timer } from '../time/timer.ts';
import type { Kernel } from './kernel.ts';
import type { IntervalTimer } from './sys/signal.ts';

const OFF: IntervalTimer = { valueNs: 0, intervalNs: 0 };

interface Running {
  readonly timer: Timer;
  intervalNs: number;
}

export class IntervalTimers {
  private readonly running = new Map<Process, Running>();

  get(kernel: Kernel, process: Process): IntervalTimer {
    const found = this.running.get(process);
    if (found === undefined || !found.timer.running) return OFF;
    return { valueNs: found.timer.deadline - kernel.ctx.queue.now, intervalNs: found.intervalNs };
  }

  /** Starts, restarts or (0) stops the timer; answers what was left of the one before. */
  set(kernel: Kernel, process: Process, { valueNs, intervalNs }: IntervalTimer): IntervalTimer {
    const old = this.get(kernel, process);
    if (valueNs === 0) {
      this.forget(process);
      return old;
    }
    let entry = this.running.get(process);
    if (entry === undefined) {
      const timer = new Timer(kernel.ctx.queue, () => this.expired(kernel, process));
      entry = { timer, intervalNs };
      this.running.set(process, entry);
    }
    entry.intervalNs = intervalNs;
    entry.timer.setAfter(valueNs);
    return old;
  }

  private expired(kernel: Kernel, process: Process): void {
    const entry = this.running.get(process);
    if (entry === undefined) return;
    if (process.exitStatus !== undefined || entry.intervalNs === 0) this.forget(process);
    else entry.timer.setAfter(entry.intervalNs);
    kernel.processes.signal(process, 'SIGALRM', 0);
  }

  forget(process: Process): void {
    this.running.get(process)?.timer.dispose();
    this.running.delete(process);
  }
}
