/** The process's directory as a worker thread knows it: asked of the kernel once, and again when some thread has changed it. */
import { CHANGE } from '../changes.ts';

export class KnownDirectory {
  private path: string | undefined;
  private seen = 0;

  /** `changes`: those of the process. */
  constructor(private readonly changes: Int32Array) {}

  find(): string | undefined {
    const now = Atomics.load(this.changes, CHANGE.DIRECTORY);
    if (now !== this.seen) this.path = undefined;
    this.seen = now;
    return this.path;
  }

  /** After a `find`, and an answer to `getcwd`. */
  learn(path: string): void {
    if (Atomics.load(this.changes, CHANGE.DIRECTORY) === this.seen) this.path = path;
  }
}
