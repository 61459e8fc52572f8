/**
 * Who waits for whom. An edge leads from a thread to each of those that must all let go of what its call waits for. A circle in which everybody waits
 * without a time limit never opens again by itself: a deadlock, found at the instant in which its last edge is made.
 */
import type { WaitingThread } from '../../kernel/call.ts';

/** The circle through `start`, beginning with it; undefined where it is not part of one. */
export function waitCircle(start: WaitingThread): readonly WaitingThread[] | undefined {
  const path: WaitingThread[] = [];
  return leadsTo(start, start, new Set(), path) ? path : undefined;
}

/** Is there a way from `from` back to `start`? Then `path` has it. */
function leadsTo(from: WaitingThread, start: WaitingThread, seen: Set<WaitingThread>, path: WaitingThread[]): boolean {
  const { call, phase } = from;
  if (phase !== 'blocked' || call?.waitsFor === undefined || call.deadline >= 0 || seen.has(from)) return false;
  seen.add(from);
  path.push(from);
  for (const holder of call.waitsFor.holders()) if (holder === start || leadsTo(holder, start, seen, path)) return true;
  path.pop();
  return false;
}
