/** A process's way to the kernel: in the process that runs the kernel a function call, in its children a message (`child-link.ts`). */
import { BLOCKED } from '@netarium/core/kernel/outcome.ts';
import type { RealKernel } from '../kernel/real-kernel.ts';
import type { RealProcess } from '../kernel/real-process.ts';
import { Pending, type Settled } from './pending.ts';

export interface KernelLink {
  call(tid: number, name: string, args: readonly unknown[]): Settled | Pending;
}

export class DirectLink implements KernelLink {
  constructor(
    private readonly kernel: RealKernel,
    private readonly process: RealProcess,
  ) {}

  call(tid: number, name: string, args: readonly unknown[]): Settled | Pending {
    const thread = this.kernel.thread(this.process, tid);
    const outcome = this.kernel.enter(thread, name, args);
    if (outcome !== BLOCKED) return outcome;
    const pending = new Pending(() => thread.interrupt());
    thread.finish = (late) => pending.settle(late);
    return pending;
  }
}
