/** A thread whose program is the script: it makes the calls that it is told to make and keeps what they come to. */
import { BLOCKED } from '../../kernel/outcome.ts';
import type { FrontEnd } from '../../os/front-end.ts';
import type { Thread } from '../../os/thread.ts';

export class ScriptThread implements FrontEnd {
  readonly synchronous = true;
  thread!: Thread;
  private whenDone: ((outcome: unknown) => void) | undefined;

  /** A call is in progress. */
  get busy(): boolean {
    return this.whenDone !== undefined;
  }

  start(): void {}

  /** Makes a call; `done` is told what it comes to, now or when it no longer blocks. */
  call(name: string, args: readonly unknown[], done: (outcome: unknown) => void): void {
    this.whenDone = done;
    const outcome = this.thread.enter(name, args);
    if (outcome !== BLOCKED) this.resume(outcome);
  }

  resume(outcome: unknown): void {
    const done = this.whenDone;
    this.whenDone = undefined;
    done?.(outcome);
  }

  runHandler(): void {
    this.thread.handlerReturned();
  }
}
