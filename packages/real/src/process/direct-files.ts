/**
 * Files that a worker thread writes to without asking the thread that has the kernel: those that are only written, at their ends (logs, ledgers, standard output), so
 * that no offset has to be known. Whoever answers a `write` on one tells its descriptor in the operating system, and this thread uses that as long as no
 * descriptor of the process has been closed or replaced, and nobody has moved the file's offset; a write that races with such a change meets the old file or the new one, as on any kernel.
 */
import { CHANGE } from '../changes.ts';

export class DirectFiles {
  private readonly handles = new Map<number, number>();
  private seen: number;

  /** `changes`: those of the process. */
  constructor(private readonly changes: Int32Array) {
    this.seen = Atomics.load(changes, CHANGE.DESCRIPTORS);
  }

  find(fd: unknown): number | undefined {
    const now = Atomics.load(this.changes, CHANGE.DESCRIPTORS);
    if (now !== this.seen) this.handles.clear();
    this.seen = now;
    return this.handles.get(fd as number);
  }

  /** After a `find`, and a call that was answered with this handle. */
  learn(fd: number, handle: number): void {
    if (Atomics.load(this.changes, CHANGE.DESCRIPTORS) === this.seen) this.handles.set(fd, handle);
  }
}
