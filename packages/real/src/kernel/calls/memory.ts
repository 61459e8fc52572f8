/** The calls on memory that the kernel carries: on objects that several processes have (`memory/kernel-memory.ts`). The others each thread makes for itself. */
import type { Call } from '@netarium/core/kernel/call.ts';
import type { Outcome } from '@netarium/core/kernel/outcome.ts';
import { SHARED_MEMORY_CALLS, type SharedMemoryCall } from '../../memory/kernel-memory.ts';
import type { RealKernel } from '../real-kernel.ts';
import type { RealThread } from '../real-thread.ts';

type MemoryCall = (kernel: RealKernel, thread: RealThread, call: Call) => Outcome<unknown>;

const attempt: MemoryCall = (kernel, thread, call) => kernel.memory.attempt(thread, call);

export const memoryCalls = {
  ...(Object.fromEntries(SHARED_MEMORY_CALLS.map((name) => [name, attempt])) as Record<SharedMemoryCall, MemoryCall>),
  /** Of this run alone: one of a process's threads has ended, and the process has not. */
  thread_ended(kernel: RealKernel, { process }: RealThread, call: Call) {
    const ended = process.threads.get(call.args[0] as number);
    if (ended !== undefined) kernel.threadEnded(ended);
    return undefined;
  },
};
