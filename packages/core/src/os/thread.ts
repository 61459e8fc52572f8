/**
 * A thread: one call in progress at a time, CPU time owed, and a front end that runs its code. The kernel never calls into the program: it
 * completes a call and hands the turn to the thread, whose front end (promises, generators, packet scripts) goes on from there.
 */
import { E, type Errno } from '../base/errno.ts';
import { Call, type CallArguments, type CallOwner } from '../kernel/call.ts';
import { BLOCKED, type Outcome } from '../kernel/outcome.ts';
import { formatInstant, type Instant } from '../time/instant.ts';
import type { Event, EventQueue } from '../time/queue.ts';
import { type Party, ProgramBug, type Turnstile } from './party.ts';
import type { Process } from './process.ts';
import { NEVER_RESTARTED, type SignalName } from './signals.ts';

/** Runs a program's code. `resume` and `start` return when the code has been set going; the thread gives the turn back by itself. */
export interface FrontEnd {
  readonly synchronous: boolean;
  start(thread: Thread): void;
  /** The call in progress has come to a value or an errno. */
  resume(outcome: unknown): void;
  /** Runs a signal handler on top of the interrupted call, then calls `thread.handlerReturned()`. */
  runHandler(handler: unknown, signal: SignalName): void;
}

/** Carries out calls: the table in `syscall/`. */
export interface CallRunner {
  attempt(thread: Thread, call: Call): Outcome<unknown>;
}

/** What system calls cost (design: 500 ns each, applied in portions of 10 us). */
export interface CostModel {
  readonly syscallNs: number;
  readonly portionNs: number;
  readonly spawnNs: number;
}

export const DEFAULT_COSTS: CostModel = { syscallNs: 500, portionNs: 10_000, spawnNs: 500_000 };

const CALLS_PER_INSTANT = 100_000;

type Next = 'start' | 'resume' | 'handler' | 'nothing';

export class Thread implements CallOwner, Party, Event {
  call: Call | undefined;
  ended = false;
  /** CPU time used so far, in nanoseconds. */
  cpuNs = 0;
  private owedNs = 0;
  private busyUntil: Instant = 0;
  private next: Next = 'start';
  private outcome: unknown;
  private hasOutcome = false;
  private scheduled = false;
  private readonly interruptedCalls: {
    call: Call | undefined;
    outcome: unknown;
    hasOutcome: boolean;
    restart: boolean;
  }[] = [];
  private lastCall = 'none yet';
  /** Where in the program the last call was made, where somebody asked for that (see `CallSite`). */
  callSite = '';
  private callsAt: Instant = -1;
  private callCount = 0;

  constructor(
    readonly tid: number,
    readonly process: Process,
    readonly frontEnd: FrontEnd,
    private readonly runner: CallRunner,
    private readonly turnstile: Turnstile,
    private readonly queue: EventQueue,
    readonly costs: CostModel,
  ) {}

  readonly draining = false;

  get parked(): boolean {
    return this.call !== undefined || this.ended;
  }

  get synchronous(): boolean {
    return this.frontEnd.synchronous;
  }

  get now(): Instant {
    return this.queue.now;
  }

  /** Starts the thread's code after `delayNs`. */
  launch(delayNs: number): void {
    this.next = 'start';
    this.scheduleAt(this.queue.now + delayNs);
  }

  /**
   * Enters a system call. A value or errno means that the code goes on at once; BLOCKED that the turn is given back and the front end's
   * `resume` will be called.
   */
  enter(name: string, args: CallArguments): Outcome<unknown> {
    if (this.ended) return BLOCKED;
    if (this.call !== undefined) this.failTwoCalls(name, args);
    this.countCall(name, args);
    const call = new Call(name, args, this.queue.now, this, this.queue);
    this.call = call;
    this.charge(this.costs.syscallNs);
    const outcome = this.runner.attempt(this, call);
    if (this.ended) {
      this.turnstile.giveBack(this);
      return BLOCKED;
    }
    const portion = this.owedNs >= this.costs.portionNs;
    if (outcome !== BLOCKED && !portion && this.process.pendingHandlers.length === 0) {
      call.finish();
      this.call = undefined;
      return outcome;
    }
    this.busyUntil = this.queue.now + this.owedNs;
    this.owedNs = 0;
    this.next = 'resume';
    if (outcome !== BLOCKED) this.complete(outcome);
    else if (this.process.pendingHandlers.length > 0) this.scheduleAt(this.busyUntil);
    this.turnstile.giveBack(this);
    return BLOCKED;
  }

  /** Adds to the CPU time that this thread owes the clock. */
  charge(ns: number): void {
    this.owedNs += ns;
    this.cpuNs += ns;
  }

  /** When the CPU work owed so far will be done: where a sleep begins. */
  get readyAt(): Instant {
    return Math.max(this.queue.now + this.owedNs, this.busyUntil);
  }

  private failTwoCalls(name: string, args: CallArguments): never {
    const second = new Call(name, args, this.queue.now, this, this.queue);
    const bug = new ProgramBug(
      `${this.title} entered ${second} while ${this.call} is still in progress: a thread has one call in progress; await each call, or use poll/epoll`,
    );
    this.turnstile.fail(bug);
    throw bug;
  }

  private countCall(name: string, args: CallArguments): void {
    this.lastCall = name;
    const now = this.queue.now;
    if (this.callsAt !== now) {
      this.callsAt = now;
      this.callCount = 0;
    }
    if (++this.callCount <= CALLS_PER_INSTANT) return;
    const call = new Call(name, args, now, this, this.queue);
    const bug = new ProgramBug(
      `${this.title} made ${CALLS_PER_INSTANT} calls at ${formatInstant(now)} s without time passing; the last is ${call}`,
    );
    this.turnstile.fail(bug);
    throw bug;
  }

  /** A wait queue woke the call in progress. */
  callReady(call: Call): void {
    if (call === this.call) this.scheduleAt(Math.max(this.queue.now, this.busyUntil));
  }

  /** A signal with a handler is pending: look at it, even in the middle of a wait. */
  interrupt(): void {
    if (this.call !== undefined) this.scheduleAt(Math.max(this.queue.now, this.busyUntil));
  }

  private scheduleAt(at: Instant): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.queue.schedule(at, this);
  }

  private complete(outcome: unknown): void {
    this.outcome = outcome;
    this.hasOutcome = true;
    this.scheduleAt(Math.max(this.queue.now, this.busyUntil));
  }

  fire(): void {
    this.scheduled = false;
    if (this.ended || this.process.stopped) return;
    if (this.next === 'start') {
      this.turnstile.handTurn(this);
      return;
    }
    const call = this.call;
    if (call === undefined) return;
    if (!this.hasOutcome) {
      call.leaveQueues();
      const outcome = this.runner.attempt(this, call);
      if (this.ended) return;
      if (outcome !== BLOCKED) {
        this.outcome = outcome;
        this.hasOutcome = true;
        if (this.owedNs > 0) {
          this.busyUntil = this.queue.now + this.owedNs;
          this.owedNs = 0;
          this.scheduleAt(this.busyUntil);
          return;
        }
      }
    }
    if (this.process.pendingHandlers.length > 0) this.next = 'handler';
    else if (!this.hasOutcome) return;
    this.turnstile.handTurn(this);
  }

  /** Continues after the process was stopped. */
  continueAfterStop(): void {
    this.scheduleAt(Math.max(this.queue.now, this.busyUntil));
  }

  proceed(): void {
    const next = this.next;
    this.next = 'nothing';
    if (this.ended) this.turnstile.giveBack(this);
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
    const { signal, handler, restart } = this.process.pendingHandlers.shift()!;
    this.call?.leaveQueues();
    this.interruptedCalls.push({ call: this.call, outcome: this.outcome, hasOutcome: this.hasOutcome, restart });
    this.call = undefined;
    this.outcome = undefined;
    this.hasOutcome = false;
    this.frontEnd.runHandler(handler, signal);
  }

  /** The handler on top has returned: the interrupted call ends with EINTR or is attempted again. */
  handlerReturned(): void {
    const below = this.interruptedCalls.pop();
    if (below === undefined || this.ended) return;
    this.call = below.call;
    this.outcome = below.outcome;
    this.hasOutcome = below.hasOutcome;
    this.next = 'resume';
    if (below.call !== undefined && !below.hasOutcome && !(below.restart && !NEVER_RESTARTED.has(below.call.name))) {
      this.outcome = partialOr(below.call, E.EINTR);
      this.hasOutcome = true;
    }
    this.scheduleAt(this.queue.now);
    this.turnstile.giveBack(this);
  }

  /** The thread runs no more. Its front end is never resumed. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.call?.finish();
    this.call = undefined;
  }

  get title(): string {
    return `${this.process.name}[${this.process.pid}] on ${this.process.host}`;
  }

  describe(): string {
    const where = this.callSite === '' ? '' : ` (${this.callSite})`;
    return `${this.title}, last call ${this.call === undefined ? this.lastCall : String(this.call)}${where}`;
  }
}

/** A write that has moved bytes before the signal answers their number (write(2)). */
function partialOr(call: Call, errno: Errno): unknown {
  return typeof call.progress === 'number' && call.progress > 0 ? call.progress : errno;
}
