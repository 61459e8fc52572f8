/**
 * Who waits for whom. An edge leads from a thread to each holder of what its call waits for. A circle in which everybody waits without a time limit never
 * opens again by itself: a deadlock, found at the instant in which its last edge is made.
 */
import type { WaitingThread } from '../../kernel/call.ts';

/** The circle through `start`, beginning with it; undefined where it is not part of one. All of a thread's holders must be caught for it to be hopeless. */
export function waitCircle(start: WaitingThread): readonly WaitingThread[] | undefined {
  const path: WaitingThread[] = [];
  const seen = new Set<WaitingThread>();
  let current: WaitingThread | undefined = start;
  while (current !== undefined && !seen.has(current)) {
    if (current.phase !== 'blocked') return undefined;
    const { call } = current as WaitingThread;
    if (call?.waitsFor === undefined || call.deadline >= 0) return undefined;
    seen.add(current);
    path.push(current);
    const holders: readonly WaitingThread[] = call.waitsFor.holders();
    if (holders.length !== 1) return undefined;
    current = holders[0];
  }
  return current === start ? path : undefined;
}
