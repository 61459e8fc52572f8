/**
 * The global interpreter lock of one process (CPython, Python/ceval_gil.c): only its holder runs the program's code. A thread gives it up around calls
 * that may wait, and when another asks for it. Waiters are woken one at a time and late; until the woken one runs, whoever comes by may take
 * the lock first. After a release that was asked for, the releasing thread cannot take it back before another has had it (forced switch).
 */
import type { HostContext } from '../../record/host-context.ts';
import type { Event } from '../../time/queue.ts';
import type { InterpreterProfile } from './profile.ts';

/** A thread, as the lock sees it. */
export interface LockUser {
  /** Run at this instant, and try again to take the lock. */
  wakeAt(at: number): void;
  /** In the middle of its work, it is to give the lock up. False where it is not at work: it will be told when it comes to run code. */
  giveInterpreterUp(): boolean;
}

export class InterpreterLock implements Event {
  holder: LockUser | undefined;
  /** How often the lock went from one thread to another. */
  switches = 0;
  private readonly waiters: LockUser[] = [];
  private lastHolder: LockUser | undefined;
  /** The holder must let go as soon as it can. */
  private asked = false;
  /** May not take the lock before another has. */
  private barred: LockUser | undefined;
  private slot = -1;

  constructor(
    private readonly ctx: HostContext,
    public profile: InterpreterProfile,
  ) {}

  /** Takes the lock if it can be had, and joins the waiters where it cannot. The holder itself lets go here when it was asked to. */
  take(thread: LockUser): boolean {
    if (this.profile.switching === 'none') return true;
    if (this.holder === thread) {
      if (!this.asked || this.waiters.length === 0) return true;
      this.release(true);
    } else if (this.holder === undefined && this.barred !== thread) {
      this.hold(thread);
      return true;
    }
    this.await(thread);
    return false;
  }

  /** Joins the waiters. */
  await(thread: LockUser): void {
    if (!this.waiters.includes(thread)) this.waiters.push(thread);
    this.arm();
  }

  /** Lets go, where the thread holds the lock: before a call that may wait. */
  drop(thread: LockUser): void {
    if (this.holder === thread) this.release(this.asked);
  }

  /** The thread is no more. */
  forget(thread: LockUser): void {
    const at = this.waiters.indexOf(thread);
    if (at >= 0) this.waiters.splice(at, 1);
    if (this.barred === thread) this.barred = undefined;
    this.drop(thread);
    if (this.holder === undefined) this.wakeFirst();
  }

  private hold(thread: LockUser): void {
    const at = this.waiters.indexOf(thread);
    if (at >= 0) this.waiters.splice(at, 1);
    if (this.lastHolder !== thread) this.switches++;
    this.holder = thread;
    this.lastHolder = thread;
    this.asked = false;
    this.barred = undefined;
    this.disarm();
    this.arm();
  }

  private release(forced: boolean): void {
    const { holder } = this;
    this.holder = undefined;
    this.asked = false;
    this.disarm();
    if (this.waiters.length === 0) return;
    if (forced && this.profile.switching === 'interval') this.barred = holder;
    this.wakeFirst();
  }

  /** The first of the waiters, or the first that may have the lock. */
  private wakeFirst(): void {
    const next = this.waiters.find((thread) => thread !== this.barred);
    if (next === undefined) return;
    const { wakeUpMinNs, wakeUpMaxNs } = this.profile;
    next.wakeAt(this.ctx.queue.now + wakeUpMinNs + this.draw(wakeUpMaxNs - wakeUpMinNs));
  }

  private draw(ns: number): number {
    return ns === 0 ? 0 : this.ctx.random.choose('interpreter', this.ctx.name, ns);
  }

  /** While somebody waits, the holder is asked to let go after the interval. */
  private arm(): void {
    if (this.slot >= 0 || this.holder === undefined || this.waiters.length === 0) return;
    const { intervalNs, jitterNs } = this.profile;
    this.slot = this.ctx.queue.schedule(this.ctx.queue.now + intervalNs + this.draw(jitterNs), this);
  }

  private disarm(): void {
    if (this.slot < 0) return;
    this.ctx.queue.cancel(this.slot, this);
    this.slot = -1;
  }

  fire(): void {
    this.slot = -1;
    const { holder } = this;
    if (holder === undefined || this.waiters.length === 0) return;
    this.asked = true;
    if (holder.giveInterpreterUp()) this.retake(holder);
  }

  /** Up to 3.1 the holder takes the lock back at once, if nobody was faster. */
  private retake(holder: LockUser): void {
    if (this.profile.switching === 'check') holder.wakeAt(this.ctx.queue.now + this.profile.retakeNs);
  }
}
