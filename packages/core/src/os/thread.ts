/**
 * A thread: one call in progress at a time, CPU time owed, a place among the host's cores, and a front end that runs its code. The kernel never
 * calls into the program: it completes a call and hands the turn to the thread, whose front end (promises, generators, packet scripts) goes on.
 *
 * A thread is always in one phase. `turn`: its code runs, in no virtual time. `working`: it has a core and uses it up to an instant. `queued`: it
 * wants a core. `blocked`: its call waits. `interpreter`: it waits for the interpreter lock of its process.
 */
import { Call, type CallArguments, type CallOwner } from '../kernel/call.ts';
import { BLOCKED, type Outcome } from '../kernel/outcome.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { LoopQueues } from '../record/loop-queues.ts';
import { formatInstant, type Instant } from '../time/instant.ts';
import type { Event } from '../time/queue.ts';
import { isVisible, releasesInterpreter } from './call-traits.ts';
import { CallUsage } from './call-usage.ts';
import { Task, type TaskOwner } from './cpu/task.ts';
import type { FrontEnd } from './front-end.ts';
import { blockedDuring, type InterruptedCall, resultOf, type SignalDelivery } from './interrupted-call.ts';
import { type Party, ProgramBug } from './party.ts';
import { NO_SIGNALS, PendingSignals, type SignalSet } from './pending-signals.ts';
import type { Process } from './process.ts';
import { Loans, type Urgency } from './sync/loans.ts';
import type { Mutex } from './sync/mutex.ts';
import type { ThreadHost } from './thread-host.ts';

const CALLS_PER_INSTANT = 100_000;

type Next = 'start' | 'resume' | 'handler' | 'nothing';
export type ThreadPhase = 'new' | 'turn' | 'working' | 'queued' | 'blocked' | 'interpreter' | 'ended';

export class Thread implements CallOwner, Party, Event, TaskOwner {
  call: Call | undefined = undefined;
  phase: ThreadPhase = 'new';
  readonly task: Task;
  name = '';
  /** What the entry answered, or `thread_exit` was given. */
  result: unknown = undefined;
  detached = false;
  /** Woken at the thread's end. */
  readonly joiners = new WaitQueue();
  /** Objects in memory that it has made: numbers them. */
  objectsMade = 0;
  /** Thread-local storage, by key. */
  readonly local = new Map<number, unknown>();
  /** Signals for this thread alone, and those that it blocks. */
  readonly pendingSignals = new PendingSignals();
  blocked: SignalSet = NO_SIGNALS;
  /** The mask of before sigsuspend(2), until the handler that ends it has returned. */
  maskToRestore: SignalSet | undefined = undefined;
  /** A signal that is not blocked waits to be taken. */
  signalDue = false;
  readonly usage = new CallUsage();
  private heldRobust: Set<Mutex> | undefined = undefined;
  private borrowed: Loans | undefined = undefined;
  private delivery: SignalDelivery | undefined = undefined;
  private owedNs = 0;
  /** Work of the call in progress that is still to do when it has a core again. */
  private workLeftNs = 0;
  /** That work is the program's own, not the kernel's. */
  private workNeedsInterpreter = false;
  /** The work that it did before it went to sleep reaches until here. */
  busyUntil: Instant = 0;
  private next: Next = 'start';
  private outcome: unknown = undefined;
  private hasOutcome = false;
  private scheduled = false;
  private yielding = false;
  private readonly interruptedCalls: InterruptedCall[] = [];
  private lastCall = 'none yet';
  /** Where in the program the last call was made, where somebody asked for that (see `CallSite`). */
  private callSite = '';
  private callsAt: Instant = -1;
  private callCount = 0;

  constructor(
    readonly tid: number,
    readonly process: Process,
    readonly frontEnd: FrontEnd,
    private readonly host: ThreadHost,
  ) {
    this.task = new Task(tid, this);
  }

  readonly draining = false;

  get ended(): boolean {
    return this.phase === 'ended';
  }

  get parked(): boolean {
    return this.call !== undefined || this.ended;
  }

  get synchronous(): boolean {
    return this.frontEnd.synchronous;
  }

  get now(): Instant {
    return this.host.queue.now;
  }

  get addressSpace(): object {
    return this.process;
  }

  get pending(): Call | undefined {
    return this.hasOutcome ? undefined : this.call;
  }

  /** Robust mutexes that it holds: told of its end. */
  get robustLocks(): Set<Mutex> {
    this.heldRobust ??= new Set();
    return this.heldRobust;
  }

  /** What it borrows and lends through locks with priority inheritance. */
  get loans(): Loans {
    this.borrowed ??= new Loans(this);
    return this.borrowed;
  }

  /** Runs with another priority from now on, also where it waits for a core just now. */
  setUrgency({ schedulingClass, realtimePriority, priority }: Urgency): void {
    const { task } = this;
    const queued = this.phase === 'queued' && task.core === undefined;
    if (queued) this.host.cpu.forget(task);
    task.schedulingClass = schedulingClass;
    task.realtimePriority = realtimePriority;
    task.priority = priority;
    if (queued) this.wantCore();
  }

  /** CPU time used so far, in nanoseconds. */
  get cpuNs(): number {
    const { core, runNs } = this.task;
    return runNs + this.owedNs + (core?.working === true ? this.now - core.accountedAt : 0);
  }

  /** Starts the thread's code after `delayNs`. */
  launch(delayNs: number): void {
    this.next = 'start';
    this.scheduleAt(this.now + delayNs);
  }

  /**
   * Enters a system call. A value or errno means that the code goes on at once; BLOCKED that the turn is given back and the front end's
   * `resume` will be called.
   */
  enter(name: string, args: CallArguments): Outcome<unknown> {
    if (this.ended) return BLOCKED;
    if (this.call !== undefined) this.failTwoCalls(name, args);
    this.countCall(name, args);
    const call = new Call(name, args, this.now, this, this.host.queue);
    this.call = call;
    const { costs, cpu } = this.host;
    this.owedNs += costs.syscallNs;
    this.next = 'resume';
    if (cpu.policy.decidesEveryOperation) return this.parkBefore();
    const { interpreter } = this.process;
    const released = interpreter !== undefined && releasesInterpreter(name, args);
    if (released) interpreter.drop(this);
    const outcome = this.host.runner.attempt(this, call);
    if (this.ended) {
      this.host.turnstile.giveBack(this);
      return BLOCKED;
    }
    if (outcome === BLOCKED) this.sleep();
    else if (this.goesOnAtOnce(name, released)) {
      call.finish();
      this.call = undefined;
      return outcome;
    } else this.finishLater(outcome);
    this.host.turnstile.giveBack(this);
    return BLOCKED;
  }

  /** Most calls end in the turn in which they began; CPU time, signals and other threads make them last. */
  private goesOnAtOnce(name: string, released: boolean): boolean {
    const { process } = this;
    if (released || this.owedNs >= this.host.costs.portionNs || this.yielding) return false;
    if (this.signalDue || process.stopped) return false;
    return (process.threads.length === 1 && !process.memory.isShared) || !isVisible(name);
  }

  /** Where the next call is made, for who asked for that. */
  callsFrom(site: string, queues: LoopQueues | undefined): void {
    this.callSite = site;
    this.host.called(this, site, queues);
  }

  /** An explorer decides before each operation who goes next; the operation itself is attempted with the next core. */
  private parkBefore(): Outcome<unknown> {
    this.phase = 'queued';
    this.process.interpreter?.drop(this);
    this.host.cpu.yield(this.task);
    this.host.turnstile.giveBack(this);
    return BLOCKED;
  }

  private finishLater(outcome: unknown): void {
    this.outcome = outcome;
    this.hasOutcome = true;
    this.work(this.takeOwed());
    if (this.process.stopped) this.stop();
  }

  private work(ns: number): void {
    this.phase = 'working';
    this.host.cpu.work(this.task, ns);
  }

  private takeOwed(): number {
    const owed = this.owedNs + this.task.switchCostNs;
    this.owedNs = 0;
    this.task.switchCostNs = 0;
    return owed;
  }

  /** Leaves the core and waits for the call's wait queues. */
  private sleep(): void {
    const owed = this.takeOwed();
    this.phase = 'blocked';
    this.busyUntil = this.now + owed;
    this.host.cpu.leave(this.task, owed);
    this.process.interpreter?.drop(this);
    if (this.signalDue) this.scheduleAt(this.busyUntil);
    this.host.blocked(this);
  }

  /** Adds to the CPU time that this thread owes the clock. */
  charge(ns: number): void {
    this.owedNs += ns;
  }

  /** Gives its core to the next in the queue once the call in progress is over (sched_yield(2)). */
  yieldCore(): void {
    this.yielding = true;
  }

  /** When the CPU work owed so far will be done: where a sleep begins. */
  get readyAt(): Instant {
    return Math.max(this.now + this.owedNs + this.task.switchCostNs, this.busyUntil);
  }

  private failTwoCalls(name: string, args: CallArguments): never {
    const second = new Call(name, args, this.now, this, this.host.queue);
    const bug = new ProgramBug(
      `${this.title} entered ${second} while ${this.call} is still in progress: a thread has one call in progress; await each call, or use poll/epoll`,
    );
    this.host.turnstile.fail(bug);
    throw bug;
  }

  private countCall(name: string, args: CallArguments): void {
    this.lastCall = name;
    const { now } = this;
    if (this.callsAt !== now) {
      this.callsAt = now;
      this.callCount = 0;
    }
    if (++this.callCount <= CALLS_PER_INSTANT) return;
    const call = new Call(name, args, now, this, this.host.queue);
    const bug = new ProgramBug(
      `${this.title} made ${CALLS_PER_INSTANT} calls at ${formatInstant(now)} s without time passing; the last is ${call}`,
    );
    this.host.turnstile.fail(bug);
    throw bug;
  }

  /** A wait queue woke the call in progress, `afterNs` from now. */
  callReady(call: Call, afterNs = 0): void {
    if (call === this.call) this.scheduleAt(Math.max(this.now + afterNs, this.busyUntil));
  }

  /** A signal with a handler is pending: look at it, even in the middle of a wait or of declared work. */
  interrupt(): void {
    if (this.call !== undefined) this.scheduleAt(Math.max(this.now, this.busyUntil));
  }

  private scheduleAt(at: Instant): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.host.queue.schedule(at, this);
  }

  /** Woken, interrupted, or launched. */
  fire(): void {
    this.scheduled = false;
    if (this.process.stopped) return;
    if (this.phase === 'working') this.interruptWork();
    else if (this.phase === 'blocked' || this.phase === 'new' || this.phase === 'interpreter') this.wantCore();
  }

  private interruptWork(): void {
    if (!this.signalDue) return;
    this.workLeftNs = this.host.cpu.interrupt(this.task);
    this.goOn();
  }

  private wantCore(): void {
    this.phase = 'queued';
    if (this.host.cpu.request(this.task)) this.dispatched();
    else this.host.note(this, 'ready');
  }

  /** Wakes a thread that waits for the interpreter lock. */
  wakeAt(at: Instant): void {
    this.scheduleAt(Math.max(at, this.busyUntil));
  }

  dispatched(): void {
    this.host.note(this, 'running');
    if (this.workLeftNs === 0 || this.signalDue) {
      this.goOn();
      return;
    }
    if (this.workNeedsInterpreter && !this.takeInterpreter()) return;
    this.workNeedsInterpreter = false;
    const left = this.workLeftNs;
    this.workLeftNs = 0;
    this.work(left);
  }

  preempted(leftNs: number): void {
    this.workLeftNs = leftNs;
    this.phase = 'queued';
    this.host.note(this, 'ready');
  }

  workDone(): void {
    this.goOn();
  }

  /** It has a core and nothing to compute: attempts the call once more, or runs the program's code. */
  private goOn(): void {
    if (this.heldByStop()) return;
    // The call looks before the signal is seen, as wait loops do: what came in the same instant is not lost to EINTR.
    if (this.next === 'resume' && !this.hasOutcome && !this.attemptAgain()) return;
    if (this.signalDue && this.next !== 'start' && this.delivery === undefined && !this.takeSignal()) return;
    if (this.yielding) {
      this.yielding = false;
      this.phase = 'queued';
      this.host.cpu.yield(this.task);
      return;
    }
    this.runCode();
  }

  /** A signal that is due has a handler, or its default action is carried out here. False where the thread goes on no further for now. */
  private takeSignal(): boolean {
    this.delivery = this.host.runner.takeSignal(this);
    if (this.ended || this.heldByStop()) return false;
    if (this.delivery !== undefined) this.next = 'handler';
    else if (!this.hasOutcome) {
      this.sleep();
      return false;
    }
    return true;
  }

  private heldByStop(): boolean {
    if (!this.process.stopped) return false;
    this.phase = 'blocked';
    this.host.cpu.leave(this.task, 0);
    return true;
  }

  /** False where the call blocks again, or has ended the thread. */
  private attemptAgain(): boolean {
    const call = this.call!;
    call.leaveQueues();
    const outcome = this.host.runner.attempt(this, call);
    if (this.ended) return false;
    if (outcome === BLOCKED) {
      if (this.signalDue) return true;
      this.sleep();
      return false;
    }
    this.outcome = outcome;
    this.hasOutcome = true;
    if (this.owedNs < this.host.costs.portionNs) return true;
    this.work(this.takeOwed());
    return false;
  }

  /** The program's code is next: under an interpreter lock, with it. */
  private runCode(): void {
    if (!this.takeInterpreter()) return;
    this.phase = 'turn';
    this.host.turnstile.handTurn(this);
  }

  /** False where another thread has the interpreter lock: this one leaves its core and waits. */
  private takeInterpreter(): boolean {
    const { interpreter } = this.process;
    if (interpreter === undefined || interpreter.take(this)) return true;
    const owed = this.takeOwed();
    this.phase = 'interpreter';
    this.busyUntil = this.now + owed;
    this.host.cpu.leave(this.task, owed);
    this.host.note(this, 'interpreter');
    return false;
  }

  /** Another thread is to have the interpreter lock, in the middle of declared work. False where this thread is not at work just now. */
  giveInterpreterUp(): boolean {
    if (this.phase !== 'working') return false;
    this.workLeftNs = this.host.cpu.interrupt(this.task);
    this.workNeedsInterpreter = true;
    this.process.interpreter!.drop(this);
    this.process.interpreter!.await(this);
    this.phase = 'interpreter';
    this.host.cpu.leave(this.task, 0);
    this.host.note(this, 'interpreter');
    return true;
  }

  /** The process was stopped: what it did waits for SIGCONT. */
  stop(): void {
    if (this.phase === 'working') {
      this.workLeftNs = this.host.cpu.interrupt(this.task);
      this.host.cpu.leave(this.task, 0);
      this.phase = 'blocked';
    } else if (this.phase === 'queued') {
      this.host.cpu.forget(this.task);
      this.phase = 'blocked';
    }
  }

  /** Continues after the process was stopped. */
  continueAfterStop(): void {
    this.scheduleAt(Math.max(this.now, this.busyUntil));
  }

  proceed(): void {
    const { next } = this;
    this.next = 'nothing';
    if (this.ended) this.host.turnstile.giveBack(this);
    else if (next === 'start') this.frontEnd.start(this);
    else if (next === 'handler') this.enterHandler();
    else {
      const outcome = this.outcome;
      this.call?.finish();
      this.call = undefined;
      this.outcome = undefined;
      this.hasOutcome = false;
      this.frontEnd.resume(outcome);
    }
  }

  private enterHandler(): void {
    const { info, action } = this.delivery!;
    this.delivery = undefined;
    this.call?.abandonWait();
    const { call, outcome, hasOutcome, workLeftNs } = this;
    const blocked = this.maskToRestore ?? this.blocked;
    this.maskToRestore = undefined;
    this.interruptedCalls.push({ call, outcome, hasOutcome, workLeftNs, restart: action.restart, blocked });
    this.blocked = blockedDuring(action, info, this.blocked);
    this.call = undefined;
    this.outcome = undefined;
    this.hasOutcome = false;
    this.workLeftNs = 0;
    this.frontEnd.runHandler(action.handler, info);
  }

  /** The handler on top has returned: the interrupted call ends with EINTR or is attempted again. */
  handlerReturned(): void {
    const below = this.interruptedCalls.pop();
    if (below === undefined || this.ended) return;
    this.call = below.call;
    this.next = 'resume';
    this.blocked = below.blocked;
    this.host.runner.signalMaskChanged(this);
    const result = resultOf(below);
    this.hasOutcome = result !== undefined;
    this.outcome = result?.outcome;
    this.work(this.takeOwed() + below.workLeftNs);
    this.host.turnstile.giveBack(this);
  }

  /** The thread runs no more. Its front end is never resumed. */
  end(): void {
    if (this.ended) return;
    if (this.task.core === undefined) this.host.cpu.forget(this.task);
    else {
      const owed = this.takeOwed();
      this.busyUntil = Math.max(this.busyUntil, this.now + owed);
      this.host.cpu.leave(this.task, owed);
    }
    this.phase = 'ended';
    this.call?.finish();
    this.call = undefined;
    this.process.interpreter?.forget(this);
    this.host.note(this, 'ended');
    this.joiners.wake();
    if (this.heldRobust !== undefined) for (const lock of [...this.heldRobust]) lock.ownerDied(this);
  }

  get title(): string {
    const { name, pid } = this.process;
    const thread = this.tid === pid ? '' : `/${this.name === '' ? this.tid : this.name}`;
    return `${name}[${pid}${thread}] on ${this.process.host}`;
  }

  describe(): string {
    const where = this.callSite === '' ? '' : ` (${this.callSite})`;
    return `${this.title}, last call ${this.call === undefined ? this.lastCall : String(this.call)}${where}`;
  }
}
