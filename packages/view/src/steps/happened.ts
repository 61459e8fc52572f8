/** What happened between two instants, for who listens instead of looking: the last few events that were passed, whichever way time went. */
import type { Recording } from '../recording/recording.ts';
import { above } from '../timeline/timeline.ts';

/** At most `most` indices of events, in order; going back it is the last one before the instant. */
export function happened({ events }: Recording, fromNs: number, toNs: number, most: number): readonly number[] {
  const end = above(events.atNs, toNs);
  const first = toNs < fromNs ? end - 1 : Math.max(above(events.atNs, fromNs), end - most);
  return Array.from({ length: end - Math.max(0, first) }, (_, i) => Math.max(0, first) + i);
}
