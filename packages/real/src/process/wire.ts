/** Outcomes of calls on their way between threads and processes: an errno is an object with identity here, and a name there. */
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { Settled } from './pending.ts';

export interface Reply {
  readonly errno?: string;
  readonly value?: unknown;
  /** Of a write: the operating system's descriptor, where the thread may go on by itself (`direct-files.ts`). */
  readonly handle?: number;
}

export function toReply(outcome: Settled): Reply {
  return outcome instanceof Errno ? { errno: outcome.code } : { value: outcome };
}

export function fromReply({ errno, value }: Reply): Settled {
  return errno === undefined ? value : (E as Readonly<Record<string, Errno>>)[errno];
}
