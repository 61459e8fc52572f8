/** A process's way to the kernel: in the process that runs the kernel a function call, in its children a message (`child-link.ts`). */
import { BLOCKED } from '@netarium/core/kernel/outcome.ts';
import { CHANGE, newChanges } from '../changes.ts';
import { RegularFile } from '../files/regular-file.ts';
import type { RealKernel } from '../kernel/real-kernel.ts';
import type { RealProcess } from '../kernel/real-process.ts';
import { Pending, type Settled } from './pending.ts';

export interface KernelLink {
  call(tid: number, name: string, args: readonly unknown[]): Settled | Pending;
  /** The operating system's descriptor behind one that threads may write to by themselves, where it is one. */
  directHandle(fd: unknown): number | undefined;
  /** Of the process (`changes.ts`). */
  readonly changes: Int32Array;
}

const CHANGING: ReadonlySet<string> = new Set(['close', 'dup2', 'close_on_exec']);

export class DirectLink implements KernelLink {
  readonly changes = newChanges();

  constructor(
    private readonly kernel: RealKernel,
    private readonly process: RealProcess,
  ) {}

  call(tid: number, name: string, args: readonly unknown[]): Settled | Pending {
    if (CHANGING.has(name)) Atomics.add(this.changes, CHANGE.DESCRIPTORS, 1);
    else if (name === 'chdir') Atomics.add(this.changes, CHANGE.DIRECTORY, 1);
    const thread = this.kernel.thread(this.process, tid);
    const outcome = this.kernel.enter(thread, name, args);
    if (outcome !== BLOCKED) return outcome;
    const pending = new Pending(() => thread.interrupt());
    thread.finish = (late) => pending.settle(late);
    return pending;
  }

  directHandle(fd: unknown): number | undefined {
    const file = this.process.descriptors.get(fd as number);
    return file instanceof RegularFile ? file.handOut(this.changes) : undefined;
  }
}
