/** How long the threads of a program were in each state, from the states that the host reports. */
import type { LabTools } from '@netarium/core/check/lab-context.ts';

export interface Stay {
  readonly pid: number;
  readonly tid: number;
  readonly process: string;
  readonly state: string;
  /** The call that it slept in. */
  readonly waits: string;
  readonly fromNs: number;
  readonly toNs: number;
}

/** All stays of all threads of a host, as they end; the answer grows while the lab runs. */
export function stays({ on }: LabTools, hostName: string): readonly Stay[] {
  const open = new Map<number, Stay>();
  const done: Stay[] = [];
  on('thread.state', ({ host, at, values }) => {
    if (host !== hostName) return;
    const { pid, tid, process, state, waits } = values;
    const before = open.get(tid);
    if (before !== undefined) done.push({ ...before, toNs: at });
    if (state === 'ended') open.delete(tid);
    else open.set(tid, { pid, tid, process, state, waits, fromNs: at, toNs: at });
  });
  return done;
}

/** Nanoseconds that a program's threads slept in calls of this name, between two instants. */
export function blockedNs(all: readonly Stay[], process: string, call: string, fromNs = 0, toNs = Infinity): number {
  return all
    .filter((stay) => stay.process === process && stay.state === 'blocked' && stay.waits.startsWith(`${call}(`))
    .reduce((sum, stay) => sum + Math.max(0, Math.min(stay.toNs, toNs) - Math.max(stay.fromNs, fromNs)), 0);
}
