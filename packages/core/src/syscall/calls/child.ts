/** What a new process has from its parent beside what the kernel's table gives it: who traces it, and the watch over its CPU limit. */
import { DEFAULT_LIMITS } from '../../os/limits.ts';
import type { Process, ProcessTracer } from '../../os/process.ts';
import { watchCpuLimit } from '../cpu-limits.ts';
import type { Kernel } from '../kernel.ts';

/** `trace`: a trace of the child's own; without it that of the parent, where it follows children. */
export function inheritWatchers(kernel: Kernel, parent: Process, child: Process, trace?: ProcessTracer): void {
  const tracer = trace ?? (parent.tracer?.follow === true ? parent.tracer : undefined);
  tracer?.attach(child);
  if (child.limits.RLIMIT_CPU !== DEFAULT_LIMITS.RLIMIT_CPU) watchCpuLimit(kernel, child);
}
