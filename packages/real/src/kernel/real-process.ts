/** A process as the real kernel knows it: its descriptors, directory, children. Its code runs in the operating system's process of the same id. */
import { DescriptorTable } from '@netarium/core/kernel/descriptors.ts';
import { WaitQueue } from '@netarium/core/kernel/wait-queue.ts';
import type { Signal } from '@netarium/core/syscall/sys.ts';
import type { RealThread } from './real-thread.ts';

/** As many as the operating system lets a process have is found out by asking it. */
const DESCRIPTORS_MAX = 1_048_576;

export interface RealExit {
  readonly code: number;
  /** The signal that ended it, or empty. */
  readonly signal: Signal | '';
}

export class RealProcess {
  readonly descriptors = new DescriptorTable();
  readonly children = new Map<number, RealProcess>();
  /** Woken when a child ends. */
  readonly childEnded = new WaitQueue();
  /** Threads that make calls, by their ids. */
  readonly threads = new Map<number, RealThread>();
  /** Set once it has ended and until its parent has waited for it. */
  exitStatus: RealExit | undefined;
  umask: number;
  /** The mask of the operating system's process that has the kernel. */
  readonly systemUmask: number;

  constructor(
    readonly pid: number,
    readonly parent: RealProcess | undefined,
    readonly uid: number,
    public cwd: string,
  ) {
    this.descriptors.limit = DESCRIPTORS_MAX;
    // Node sets the mask for an instant to read it, which it advises against beside threads; here no file is being made yet.
    this.systemUmask = parent?.systemUmask ?? process.umask();
    this.umask = parent?.umask ?? this.systemUmask;
  }

  get ppid(): number {
    return this.parent?.pid ?? process.ppid;
  }
}
