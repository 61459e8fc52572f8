/**
 * RLIMIT_CPU: SIGXCPU when a process has used its soft limit of CPU seconds and again each second after it, SIGKILL at the hard limit (getrlimit(2)).
 * Looked at as often as the limit could be reached, a tick of 4 ms at the least, as the kernel's own clock does.
 */
import { INFINITY } from '../os/limits.ts';
import type { Process } from '../os/process.ts';
import { JIFFY_NS, SECOND } from '../time/instant.ts';
import { Timer } from '../time/timer.ts';
import type { Kernel } from './kernel.ts';

/** The process has got a limit, or lost it. */
export function watchCpuLimit(kernel: Kernel, process: Process): void {
  process.cpuWatch?.dispose();
  process.cpuWatch = undefined;
  const { soft, hard } = process.limits.RLIMIT_CPU;
  if (soft === INFINITY && hard === INFINITY) return;
  const killAtNs = hard === INFINITY ? Infinity : hard * SECOND;
  let warnAtNs = soft === INFINITY ? Infinity : soft * SECOND;
  const look = (): void => {
    if (process.cpuNs >= killAtNs) {
      kernel.processes.signal(process, 'SIGKILL', 0);
      return;
    }
    if (process.cpuNs >= warnAtNs) {
      warnAtNs += SECOND;
      kernel.processes.signal(process, 'SIGXCPU', 0);
    }
    // The signal may have been the end.
    if (process.exitStatus === undefined) timer.setAfter(waitNs(kernel, process, Math.min(warnAtNs, killAtNs)));
  };
  const timer = new Timer(kernel.ctx.queue, look);
  process.cpuWatch = timer;
  timer.setAfter(waitNs(kernel, process, Math.min(warnAtNs, killAtNs)));
}

/** The earliest that the process can have used so much: all its threads at work, each on a core of its own. */
function waitNs(kernel: Kernel, process: Process, untilNs: number): number {
  const workers = Math.max(1, Math.min(process.threads.length, kernel.cpu.cores.length));
  return Math.max(JIFFY_NS, Math.floor((untilNs - process.cpuNs) / workers));
}
