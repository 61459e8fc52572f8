/**
 * The cores of a host and who has them. A thread that becomes ready asks for a core (`request`); it works on it (`work`), leaves it (`leave`) or
 * is taken from it at the end of its slice or by a better one. Nothing is scheduled for a thread that finds an idle core and sleeps again
 * before its work reaches a portion, so an uncontended host costs no events.
 */
import { assert } from '../../base/assert.ts';
import type { HostContext } from '../../record/host-context.ts';
import type { CostModel } from '../costs.ts';
import { Core } from './core.ts';
import type { QueueReason, SchedulingPolicy } from './policy.ts';
import type { Task } from './task.ts';

export class Cpu {
  readonly cores: Core[] = [];

  constructor(
    private readonly ctx: HostContext,
    coreCount: number,
    readonly policy: SchedulingPolicy,
    private readonly costs: CostModel,
  ) {
    assert(Number.isInteger(coreCount) && coreCount >= 1, `a host with ${coreCount} cores`);
    for (let number = 0; number < coreCount; number++) this.cores.push(new Core(number, this));
  }

  private get now(): number {
    return this.ctx.queue.now;
  }

  /** The task wants a core. True: it has one, and goes on in this event. False: it waits, and `dispatched` tells it. */
  request(task: Task, reason: QueueReason = 'wake'): boolean {
    // Those who wait already come first: an idle core is about to be given to one of them.
    const core = (this.policy.waiting === 0 ? this.idleCore(task) : undefined) ?? this.takenFrom(task);
    if (core !== undefined) {
      this.seat(core, task);
      return true;
    }
    this.queueUp(task, reason);
    return false;
  }

  /** Lets the core's task work for so long; then comes `workDone`. */
  work(task: Task, ns: number): void {
    const core = task.core!;
    core.workEndsAt = this.now + ns;
    task.workLeftNs = ns;
    if (this.policy.sortsByWork && ns > 0 && !task.sorted) this.sortAnew(core);
    else this.arrange(core);
  }

  /** Declared work is known from here on: the task is compared with those who wait, once per piece of work, and with who else comes at this instant. */
  private sortAnew(core: Core): void {
    const task = core.task!;
    task.sorted = true;
    this.evict(core);
    this.freed(core);
  }

  /** The task sleeps or ends. `tailNs` of work are done before the core is free. */
  leave(task: Task, tailNs: number): void {
    const core = task.core;
    if (core === undefined) return;
    this.vacate(core, tailNs);
    task.voluntarySwitches++;
    this.policy.left(task);
    this.freed(core);
  }

  /** Stops the work in progress and answers what is left of it; the task keeps its core. */
  interrupt(task: Task): number {
    const core = task.core!;
    const left = Math.max(0, core.workEndsAt - this.now);
    core.workEndsAt = -1;
    this.account(core, 0);
    this.disarm(core);
    return left;
  }

  /** Gives the core to whoever is next, and waits behind them (sched_yield(2)). */
  yield(task: Task): void {
    const core = task.core!;
    this.vacate(core, 0);
    this.queueUp(task, 'yield');
    this.freed(core);
  }

  /** The task wants nothing any more: ended or stopped. */
  forget(task: Task): void {
    if (task.core !== undefined) this.leave(task, 0);
    else this.policy.remove(task);
  }

  /** Cores whose task or tail is busy now. */
  get busy(): number {
    const { now } = this;
    return this.cores.filter((core) => core.task !== undefined || core.freeAt > now).length;
  }

  private idleCore(task: Task): Core | undefined {
    const { now, cores } = this;
    const last = cores[task.lastCore]!;
    if (last.task === undefined && last.freeAt <= now && task.mayUse(last.number)) return last;
    for (const core of cores)
      if (core.task === undefined && core.freeAt <= now && task.mayUse(core.number)) return core;
    return undefined;
  }

  /** The core of the running task that gives way to this one first, if one does; that task goes back to the queue. */
  private takenFrom(task: Task): Core | undefined {
    const { policy } = this;
    let found: Core | undefined;
    for (const core of this.cores) {
      if (!core.working || !task.mayUse(core.number)) continue;
      this.account(core, 0);
      if (!policy.preempts(task, core.task!)) continue;
      if (found === undefined || policy.preempts(found.task!, core.task!)) found = core;
    }
    if (found !== undefined) this.evict(found);
    return found;
  }

  private seat(core: Core, task: Task): void {
    const { now } = this;
    core.task = task;
    core.accountedAt = now;
    task.core = core;
    task.lastCore = core.number;
    task.turnSince = now;
    if (task.firstRunAt < 0) task.firstRunAt = now;
    if (core.last !== task) {
      core.switches++;
      task.switchCostNs =
        this.costs.contextSwitchNs +
        (core.last?.owner.addressSpace === task.owner.addressSpace ? 0 : this.costs.pageTableSwitchNs);
      core.last = task;
    }
  }

  private queueUp(task: Task, reason: QueueReason): void {
    task.queuedAt = this.now;
    this.policy.enqueue(task, reason, this.now);
    for (const core of this.cores) this.arrange(core);
  }

  private vacate(core: Core, tailNs: number): void {
    this.account(core, tailNs);
    core.task!.core = undefined;
    core.task = undefined;
    core.workEndsAt = -1;
    core.freeAt = this.now + tailNs;
    this.disarm(core);
  }

  private freed(core: Core): void {
    if (this.policy.waiting > 0) this.arm(core, core.freeAt);
  }

  /** Takes the core from its working task, which goes back to the queue with the rest of its work. */
  private evict(core: Core): void {
    const task = core.task!;
    const left = core.workEndsAt - this.now;
    this.vacate(core, 0);
    task.involuntarySwitches++;
    task.workLeftNs = left;
    task.queuedAt = this.now;
    this.policy.enqueue(task, 'preempted', this.now);
    task.owner.preempted(left);
  }

  private account(core: Core, tailNs: number): void {
    const { task } = core;
    const ran = this.now + tailNs - core.accountedAt;
    core.accountedAt = this.now + tailNs;
    if (task === undefined || ran === 0) return;
    task.runNs += ran;
    core.busyNs += ran;
    this.policy.charge(task, ran);
  }

  /** Sets the core's one event: the end of its work, or of its slice where others wait. */
  private arrange(core: Core): void {
    if (core.task === undefined) {
      if (this.policy.waiting > 0) this.arm(core, Math.max(core.freeAt, this.now));
      return;
    }
    if (!core.working) return;
    let at = core.workEndsAt;
    if (this.policy.waiting > 0) {
      this.account(core, 0);
      at = Math.min(at, Math.max(this.now, this.policy.runsUntil(core.task, core.task.turnSince, this.now)));
    }
    this.arm(core, at);
  }

  private arm(core: Core, at: number): void {
    if (core.slot >= 0) {
      if (core.eventAt === at) return;
      this.ctx.queue.cancel(core.slot, core);
    }
    core.eventAt = at;
    core.slot = this.ctx.queue.schedule(at, core);
  }

  private disarm(core: Core): void {
    if (core.slot < 0) return;
    this.ctx.queue.cancel(core.slot, core);
    core.slot = -1;
  }

  /** A core's event: its work is done, its slice is over, or it has become free while tasks wait. */
  coreDue(core: Core): void {
    const { now, policy } = this;
    const { task } = core;
    if (task !== undefined) {
      if (!core.working) return;
      this.account(core, 0);
      if (core.workEndsAt <= now) {
        core.workEndsAt = -1;
        task.workLeftNs = 0;
        task.sorted = false;
        task.owner.workDone();
        return;
      }
      if (policy.waiting === 0 || policy.runsUntil(task, task.turnSince, now) > now) {
        this.arrange(core);
        return;
      }
      this.evict(core);
    }
    this.giveToNext(core);
  }

  private giveToNext(core: Core): void {
    const { now } = this;
    if (core.freeAt > now) {
      this.freed(core);
      return;
    }
    const next = this.policy.pick(core.number, now);
    if (next === undefined) return;
    next.waitNs += now - next.queuedAt;
    this.seat(core, next);
    if (this.policy.waiting > 0) for (const other of this.cores) if (other !== core) this.arrange(other);
    next.owner.dispatched();
  }
}
