/**
 * How signals reach processes and threads (signal(7), kernel/signal.c): discarded where they are ignored, pending while they are blocked, acted on
 * at once where the default action needs no thread, and taken by a thread with a handler the next time it returns from a call.
 */
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { HostContext } from '../record/host-context.ts';
import type { SignalDelivery } from './interrupted-call.ts';
import type { ExitStatus, Process } from './process.ts';
import {
  type Disposition,
  defaultAction,
  isUnstoppable,
  SIGNALS,
  type SignalInfo,
  type SignalName,
  STOPPING,
} from './signals.ts';
import type { Thread } from './thread.ts';

const CONTINUE: ReadonlySet<SignalName> = new Set(['SIGCONT']);

/** What a signal may do to the life of a process. */
export interface ProcessLife {
  /** Pid 1: no signal reaches it, for it has no handlers. */
  readonly init: Process;
  exit(process: Process, status: ExitStatus): void;
  stop(process: Process, signal: SignalName): void;
  continue(process: Process): void;
}

export class Signals {
  constructor(
    private readonly ctx: HostContext,
    private readonly life: ProcessLife,
  ) {}

  /** Sends a signal to a process, or to one thread of it. */
  send(process: Process, info: SignalInfo, thread?: Thread): void {
    if (process.exitStatus !== undefined || process === this.life.init) return;
    const { signal } = info;
    this.ctx.recorder.emit('signal.send', this.ctx.name, { pid: process.pid, signal, from: info.pid });
    this.stopOrContinue(process, signal);
    if (signal === 'SIGKILL') {
      this.life.exit(process, { code: 0, signal });
      return;
    }
    const target = thread ?? receiver(process, signal);
    // A tracer sees ignored signals too (ptrace(2), signal-delivery-stop).
    if (target?.blocked.has(signal) !== true) process.tracer?.signal(process, info, this.ctx.queue.now);
    if (target !== undefined && this.actAtOnce(process, target, signal)) return;
    // Ignored signals are kept only while somebody blocks them: the disposition may change before they are let in.
    const pending = thread === undefined ? process.pendingSignals : thread.pendingSignals;
    if (!pending.add(info)) return;
    if (process.signalArrived !== undefined) process.signalArrived.wake();
    if (target !== undefined && !target.blocked.has(signal)) due(target);
  }

  /** Ignored, or a default action that needs no program: done here. False where the signal has to wait for the thread. */
  private actAtOnce(process: Process, target: Thread, signal: SignalName): boolean {
    if (waitsFor(target, signal)) return false;
    if (target.blocked.has(signal)) return false;
    const disposition = dispositionOf(process, signal);
    if (disposition === 'ignore') return true;
    if (disposition !== 'default') return false;
    this.actByDefault(process, signal);
    return true;
  }

  private actByDefault(process: Process, signal: SignalName): void {
    const action = defaultAction(signal);
    if (action === 'terminate' || action === 'core') this.life.exit(process, { code: 0, signal });
    else if (action === 'stop') this.life.stop(process, signal);
  }

  /** A stop signal takes a pending SIGCONT away and the other way round; SIGCONT continues even where it is blocked or ignored (POSIX, 2.4.1). */
  private stopOrContinue(process: Process, signal: SignalName): void {
    if (signal !== 'SIGCONT' && !STOPPING.has(signal)) return;
    const opposite = signal === 'SIGCONT' ? STOPPING : CONTINUE;
    process.pendingSignals.discard(opposite);
    for (const thread of process.threads) thread.pendingSignals.discard(opposite);
    if (signal === 'SIGCONT') this.life.continue(process);
  }

  /** The next signal with a handler that this thread does not block; default actions are carried out on the way. */
  take(thread: Thread): SignalDelivery | undefined {
    const { process } = thread;
    while (!thread.ended) {
      const own = thread.pendingSignals.firstOutside(thread.blocked);
      const info = own ?? process.pendingSignals.firstOutside(thread.blocked);
      if (info === undefined) break;
      (own === undefined ? process.pendingSignals : thread.pendingSignals).remove(info);
      const disposition = dispositionOf(process, info.signal);
      if (disposition === 'default') this.actByDefault(process, info.signal);
      else if (disposition !== 'ignore') {
        if (disposition.once) process.dispositions.delete(info.signal);
        return { info, action: disposition };
      }
    }
    thread.signalDue = false;
    return undefined;
  }

  /** After a change of the mask: what was held back is due. */
  maskChanged(thread: Thread): void {
    if (
      thread.pendingSignals.firstOutside(thread.blocked) !== undefined ||
      thread.process.pendingSignals.firstOutside(thread.blocked) !== undefined
    )
      due(thread);
  }

  /** Takes one of the wanted signals off the pending ones (sigwaitinfo(2)). */
  accept(thread: Thread, wanted: readonly SignalName[]): SignalInfo | undefined {
    const own = thread.pendingSignals.firstOf(wanted);
    const info = own ?? thread.process.pendingSignals.firstOf(wanted);
    if (info !== undefined) (own === undefined ? thread.process.pendingSignals : thread.pendingSignals).remove(info);
    return info;
  }

  /** A disposition of "ignore" discards what is pending, even blocked (POSIX, sigaction). */
  setDisposition(process: Process, signal: SignalName, disposition: Disposition): void {
    process.dispositions.set(signal, disposition);
    if (disposition !== 'ignore' && !(disposition === 'default' && isIgnoredByDefault(signal))) return;
    const gone = new Set([signal]);
    process.pendingSignals.discard(gone);
    for (const thread of process.threads) thread.pendingSignals.discard(gone);
  }

  /** Where sigtimedwait(2) waits. */
  arrivals(process: Process): WaitQueue {
    if (process.signalArrived === undefined) process.signalArrived = new WaitQueue();
    return process.signalArrived;
  }
}

function isIgnoredByDefault(signal: SignalName): boolean {
  const action = defaultAction(signal);
  return action === 'ignore' || action === 'continue';
}

function due(thread: Thread): void {
  thread.signalDue = true;
  thread.interrupt();
}

/** The thread waits for this very signal in sigtimedwait(2): it takes it, whatever the disposition. */
function waitsFor(thread: Thread, signal: SignalName): boolean {
  const { call } = thread;
  return call?.name === 'sigtimedwait' && (call.args[0] as readonly SignalName[]).includes(signal);
}

/** The thread that gets a signal of the process: the first one, unless it blocks the signal and another does not (complete_signal). */
function receiver(process: Process, signal: SignalName): Thread | undefined {
  const alive = process.threads.filter((thread) => !thread.ended);
  return alive.find((thread) => waitsFor(thread, signal) || !thread.blocked.has(signal)) ?? alive[0];
}

function dispositionOf(process: Process, signal: SignalName): Disposition {
  return isUnstoppable(signal) ? 'default' : (process.dispositions.get(signal) ?? 'default');
}

/** Exit status as wait(2) packs it, for SIGCHLD's si_status. */
export function childStatus(status: ExitStatus): number {
  return status.signal === '' ? status.code : SIGNALS[status.signal];
}
