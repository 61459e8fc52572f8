/** What a page shows before anybody has asked for anything. */
import type { Recording } from '../recording/recording.ts';
import type { Timeline } from './timeline.ts';

export interface FirstLook {
  readonly atNs: number;
  readonly endNs: number;
  readonly pane: 'topology' | 'lanes';
  /** So many threads can be looked at. */
  readonly lanes: number;
}

/** One step before the first frame leaves; where none ever does, what the threads do. */
export function firstLook({ hops, lanes, endNs }: Recording, timeline: Timeline): FirstLook {
  const silent = hops.startNs.length === 0;
  return {
    atNs: silent ? 0 : timeline.previous(hops.startNs[0]!),
    endNs,
    pane: silent && lanes.lanes.length > 0 ? 'lanes' : 'topology',
    lanes: lanes.lanes.length,
  };
}
