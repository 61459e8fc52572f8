/** ITIMER_REAL: SIGALRM by the clock, one timer per process at the most (setitimer(2), alarm(2)). */
import type { Process } from '../os/process.ts';
import { Timer } from '../time/timer.ts';
import type { Kernel } from './kernel.ts';
import type { IntervalTimer } from './sys/signal.ts';

const OFF: IntervalTimer = { valueNs: 0, intervalNs: 0 };

export function realTimerOf(kernel: Kernel, { realTimer }: Process): IntervalTimer {
  if (realTimer === undefined || !realTimer.timer.running) return OFF;
  return { valueNs: realTimer.timer.deadline - kernel.ctx.queue.now, intervalNs: realTimer.intervalNs };
}

/** Starts, restarts or (0) stops the timer; answers what was left of the one before. */
export function setRealTimer(kernel: Kernel, process: Process, { valueNs, intervalNs }: IntervalTimer): IntervalTimer {
  const old = realTimerOf(kernel, process);
  if (valueNs === 0) process.realTimer?.timer.dispose();
  else {
    process.realTimer ??= { timer: new Timer(kernel.ctx.queue, () => expired(kernel, process)), intervalNs };
    process.realTimer.intervalNs = intervalNs;
    process.realTimer.timer.setAfter(valueNs);
  }
  return old;
}

function expired(kernel: Kernel, process: Process): void {
  const { timer, intervalNs } = process.realTimer!;
  if (intervalNs > 0) timer.setAfter(intervalNs);
  kernel.processes.signal(process, 'SIGALRM', 0);
}
