/** A call that a signal handler stands upon, what is blocked meanwhile (sigaction(2)), and what becomes of the call when the handler has returned (signal(7)). */
import { E } from '../base/errno.ts';
import type { Call } from '../kernel/call.ts';
import type { SignalSet } from './pending-signals.ts';
import { type Handler, isRestarted, type SignalInfo } from './signals.ts';

/** A signal on its way to a handler. */
export interface SignalDelivery {
  readonly info: SignalInfo;
  readonly action: Handler;
}

export interface InterruptedCall {
  readonly call: Call | undefined;
  readonly outcome: unknown;
  readonly hasOutcome: boolean;
  readonly workLeftNs: number;
  readonly restart: boolean;
  /** What the thread blocks when the handler has returned. */
  readonly blocked: SignalSet;
}

export function blockedDuring({ mask, nodefer }: Handler, { signal }: SignalInfo, blocked: SignalSet): SignalSet {
  return new Set([...blocked, ...mask, ...(nodefer ? [] : [signal])]);
}

/** What it ends with; undefined where it is attempted again. */
export function resultOf({
  call,
  outcome,
  hasOutcome,
  restart,
}: InterruptedCall): { readonly outcome: unknown } | undefined {
  if (hasOutcome) return { outcome };
  if (call === undefined || isRestarted(call.name, restart, call.timed)) return undefined;
  // A write that has moved bytes before the signal answers their number (write(2)).
  return { outcome: typeof call.progress === 'number' && call.progress > 0 ? call.progress : E.EINTR };
}
