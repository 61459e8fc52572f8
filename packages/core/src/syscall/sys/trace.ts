/** Tracing calls of other processes: what strace(1) stands on. */
import type { SignalInfo, SignalName } from '../../os/signals.ts';

export type TracedValue =
  | null
  | string
  | number
  | boolean
  | readonly TracedValue[]
  | { readonly [name: string]: TracedValue };

/** One line of JSON from a trace's descriptor. Data is `{ bytes, length }`: its first 32 bytes, one character each. */
export type TraceRecord =
  | {
      readonly kind: 'call';
      readonly pid: number;
      readonly tid: number;
      readonly name: string;
      readonly args: readonly TracedValue[];
      readonly result?: TracedValue;
      readonly errno?: string;
      readonly text?: string;
      readonly startNs: number;
      readonly endNs: number;
    }
  | {
      readonly kind: 'exec';
      readonly pid: number;
      readonly path: string;
      readonly argv: readonly string[];
      /** How many variables it has. */
      readonly environment: number;
      readonly atNs: number;
    }
  | { readonly kind: 'signal'; readonly pid: number; readonly info: SignalInfo; readonly atNs: number }
  /** A call that was in progress when its process ended. */
  | {
      readonly kind: 'unfinished';
      readonly pid: number;
      readonly name: string;
      readonly args: readonly TracedValue[];
      readonly startNs: number;
    }
  | {
      readonly kind: 'exit';
      readonly pid: number;
      readonly code: number;
      readonly signal: SignalName | '';
      readonly atNs: number;
    };

export interface TraceCalls {
  /**
   * A trace without tracees: a descriptor that gives records, and the end of the file when the last tracee has ended. With `follow` the children of
   * tracees are traced too. Tracees come by `trace_attach` and by `tracer` of SpawnOptions. This is no call of Linux, where ptrace(2) does it.
   */
  trace_create(options?: { readonly follow?: boolean }): Promise<number>;
  /** EPERM for another user's process or one that is traced already, ESRCH, EBADF, EINVAL. */
  trace_attach(fd: number, pid: number): Promise<void>;
}
